"""不纳入特困救助供养登记表 — why a settled person is not taken into support, and what is done instead. (P-43)"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from forms.kit.chains import REVIEWED, Milestone
from forms.kit.effects import ClocksCancelled, Effect, Needed, TaskOpened
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, TextBox, when
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Problem, rule
from forms.kit.settlement import RESULT, both_obtained, registration_of
from forms.kit.tekun import (
    BASIS_WORDS,
    CLAUSE,
    age_if_known,
    disability_boxes,
    incapacity_bases,
    known_disability,
)
from forms.kit.wording import closed, listed

REASONS = [
    ("able", "具有劳动能力"),
    ("income", "有生活来源"),
    ("supporter", "有法定义务人且具备履行能力"),
    ("child", "按孤儿、事实无人抚养儿童保障"),
]
ROUTES = [
    ("assessment", "申请残疾评定"),
    ("dibao", "申请最低生活保障"),
    ("work", "就业帮扶"),
    ("child", "儿童福利保障"),
    ("temporary", "临时救助"),
    ("other", "其他"),
]


class TekunExclusionRecord(Paper):
    """不纳入特困救助供养登记表: the 20-day line closes as not applicable, with the reason (A-15, R-58).

    The conditions of 特困 bind; whoever lacks them is routed elsewhere, and two persons answer for that.
    """

    number, code, title = "P-43", "tekun_exclusion_record", "不纳入特困救助供养登记表"
    genre, chain = Genre.FORM, REVIEWED
    clause = CLAUSE
    drafted_in = frozenset({"county_bureau", "prefecture_bureau"})
    one_live = True

    reg_name = TextBox("登记姓名", copied=True)
    birth_date = DateBox("出生日期", copied=True)
    disability, disability_grade = disability_boxes()
    unmet = ManyBox("不符合的条件", REASONS, required=True, wide=True)
    basis = LongTextBox(
        "核查情况", required=True, least=10, most=300, help="怎样核实的劳动能力、收入、财产和义务人"
    )
    reason_text = TextBox("登记理由", copied=True)
    routes = ManyBox("改办事项", ROUTES, required=True, wide=True)
    route_other = TextBox("其他事项", required=True, most=60, shown_when=when("routes", "other"))
    decided_by = ChoiceBox(
        "结论来源", [("bureau", "民政局核查"), ("township", "乡镇初审或县级审核未通过")], required=True
    )

    sections = (
        Section("人员", ("reg_name", "birth_date", "disability", "disability_grade")),
        Section("不符合的条件", ("unmet", "basis", "decided_by")),
        Section("改办", ("routes", "route_other")),
    )
    checklist = (Needed("proof", "核查材料", required=False),)

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; the reason in words stands in the line of the person's dates."""
        chosen = answers.get("unmet") or []
        text = listed(dict(REASONS).get(str(key), "") for key in chosen)
        return super().read({**answers, "reason_text": text}, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the disability the admission tells of."""
        return {**known_disability(facts.case), "decided_by": "bureau"}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the police registered them."""
        registered = registration_of(facts)
        said = registered.answers if registered else {}
        return {box: said.get(box, "") for box in ("reg_name", "birth_date")}

    @rule("R-57", clause=CLAUSE)
    def both_are_obtained(self, facts: Facts) -> Iterator[Problem]:
        """户口登记和居民身份证都取得之后才作结论."""
        if both_obtained(registration_of(facts)) is None:
            yield Problem(
                "户口登记或者居民身份证还没有取得，特困供养的期限还没有起算", "reg_name", remedy_paper=RESULT
            )

    @rule("R-58", clause=CLAUSE)
    def those_unable_to_work_are_not_called_able(self, facts: Facts) -> Iterator[Problem]:
        """按年龄、残疾等级属于无劳动能力的，不能以“具有劳动能力”为由不纳入."""
        age = age_if_known(self.birth_date.data, facts.today)
        grade = self.disability_grade.data if self.disability_grade.shown(self) else ""
        bases = incapacity_bases(age, self.disability.data or "", grade or "")
        if "able" in (self.unmet.data or []) and bases:
            yield Problem(
                f"该人员{BASIS_WORDS[bases[0]]}，属于无劳动能力，不能选“具有劳动能力”",
                "unmet",
                remedy="符合其他条件的，请办理《纳入特困人员救助供养的函》",
                remedy_paper="tekun_inclusion_letter",
            )
        if "child" in (self.unmet.data or []) and age is not None and age >= 16:
            yield Problem("已满16周岁，不按孤儿、事实无人抚养儿童保障", "unmet")

    @rule("R-58", clause=CLAUSE)
    def not_already_in_support(self, facts: Facts) -> Iterator[Problem]:
        """已确认为特困人员的，不再登记."""
        if facts.issued("tekun_confirmation") is not None:
            yield Problem("该人员已确认为特困人员", "reg_name")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The line closes without fault; the other ways of help are opened."""
        if on is not Milestone.COMPLETED:
            return
        why = f"不适用：{closed(self.reason_text.data or '')}"
        yield ClocksCancelled(("tekun_inclusion_due", "tekun_town_review_due"), why)
        if "assessment" in (self.routes.data or []):
            text = "疑似残疾，请申请残疾评定；评定后符合条件的，再办理纳入特困供养"
            yield TaskOpened("disability_assessment_referral", "issuer", text, "R-58")
        if {"dibao", "work", "temporary"} & set(self.routes.data or ()):
            yield TaskOpened("needs_assessment", "issuer", "不符合特困条件，请评估困难并落实帮扶", "R-58")

    def heading(self, facts: Facts) -> str:
        """Name the person as registered."""
        return f"{self.title}（{self.reg_name.data}）" if self.reg_name.data else self.title
