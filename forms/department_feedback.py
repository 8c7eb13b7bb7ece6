"""职能部门整改反馈单 — what the department told came to: mended, refused, unfounded. (P-63)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, ProblemAnswered, RequestAnswered, Settles
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, TextBox, when
from forms.kit.groups import named_problems, problem_words
from forms.kit.paper import About, Paper, Section
from forms.kit.rules import Problem, rule
from forms.kit.timespan import chinese_date

CLAUSE = "S4 二（二）"
REFUSED = when("outcome", "refused")


class DepartmentFeedback(Paper):
    """职能部门整改反馈单, S4 二（二）: recorded by the clerk who sent the letter; closes it (R-77)."""

    number, code, title = "P-63", "department_feedback", "职能部门整改反馈单"
    clause = CLAUSE
    chain = FORM
    answers_paper = "department_notice_letter"
    drafted_in = frozenset({"county_bureau", "township"})
    about = About.ORGAN
    reads_findings = True

    notice_no = TextBox("抄告函文号", copied=True)
    department = TextBox("职能部门", copied=True)
    served_on = DateBox("送达日期", copied=True)
    answered_on = DateBox("反馈日期", required=True, help="部门完成督促整改、作出答复的日期")
    answer_no = TextBox("复函文号", most=40, help="没有文号的可不填")
    told_by = TextBox("反馈人", most=30, help="姓名、职务")
    outcome = ChoiceBox(
        "处理结果",
        [("rectified", "已整改"), ("refused", "拒不整改，依法处理"), ("unfounded", "不属实")],
        required=True,
        wide=True,
    )
    left = ManyBox(
        "未整改的问题", required=True, shown_when=REFUSED, wide=True, prints=False, help="未选的按已整改登记"
    )
    detail = LongTextBox("整改情况", required=True, least=5, most=300, help="逐项写明做了什么、由谁验收")
    legal_action = LongTextBox(
        "依法处理情况", required=True, least=5, most=300, shown_when=REFUSED, help="处理的机关、依据、措施和文书文号"
    )  # fmt: skip

    sections = (
        Section("抄告函", ("notice_no", "department", "served_on")),
        Section("反馈", ("answered_on", "answer_no", "told_by", "outcome", "left", "detail", "legal_action")),
    )

    def anything_mended(self) -> bool:
        """Tell whether at least one problem of the letter is mended, which asks for proof (R-76)."""
        left = set(self.left.data or ())
        return self.outcome.data == "rectified" or (
            self.outcome.data == "refused" and bool(set(self.left.words) - left)
        )

    checklist = (
        Needed("evidence", "整改佐证（照片、验收材料）", shown_when=anything_mended),
        Needed("reply", "部门书面答复（扫描件）", required=False),
    )
    settles = (Settles("hazard_rectification_due", Milestone.COMPLETED, at="answered_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today."""
        return {"answered_on": facts.today}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take number, department and service of the letter."""
        letter = facts.request
        named = str(letter.answers.get("to_name", "")) if letter else ""
        organs = {organ.code: organ.name for organ in facts.county.values()}
        return {
            "notice_no": (letter.doc_no or "") if letter else "",
            "department": named or organs.get(str(letter.answers.get("to_unit", "")) if letter else "", ""),
            "served_on": letter.served_on if letter else None,
        }

    def offer(self, facts: Facts) -> None:
        """Offer the problems of the letter."""
        self.left.offer([(each.key, problem_words(each)) for each in named_problems(facts, _told(facts))])

    @rule("R-77", clause=CLAUSE)
    def answers_a_letter(self, facts: Facts) -> Iterator[Problem]:
        """反馈在送达之后，不晚于今天."""
        if facts.request is None:
            yield Problem(
                "反馈单须从抄告函上登记", "notice_no", remedy="请打开已发出的抄告函，选择“答复”",
                remedy_paper="department_notice_letter",
            )  # fmt: skip
        answered, served = self.answered_on.data, self.served_on.data
        if answered and answered > facts.today:
            yield Problem("反馈日期不能晚于今天，请核对", "answered_on")
        elif answered and served and answered < served:
            yield Problem(f"反馈日期不能早于抄告函送达日期（{chinese_date(served)}），请核对", "answered_on")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The letter is answered, the problems stand as told."""
        if on is not Milestone.COMPLETED:
            return
        yield RequestAnswered(self.outcome.printed)
        keys, refused = _told(facts), set(self.left.data or ()) if self.left.shown(self) else set()
        result = "rectified" if self.outcome.data == "refused" else str(self.outcome.data)
        if mended := tuple(key for key in keys if key not in refused):
            yield ProblemAnswered(mended, result, str(self.detail.data))
        if open_still := tuple(key for key in keys if key in refused):
            yield ProblemAnswered(open_still, "refused", str(self.legal_action.data))

    def heading(self, facts: Facts) -> str:
        """Name the letter that is answered."""
        return f"{self.title}（{self.notice_no.data}）" if self.notice_no.data else self.title


def _told(facts: Facts) -> list[str]:
    return list(facts.request.answers.get("problems_told", ())) if facts.request else []
