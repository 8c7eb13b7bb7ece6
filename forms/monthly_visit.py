"""月度走访记录 — seen this month: how the person is, what is needed. (P-66)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import NOTED, Milestone
from forms.kit.effects import Effect, Needed, ProblemFound, ResidentVisited, Settles, Starts, TaskOpened
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, NameBox, TextBox, YesNoBox, when
from forms.kit.groups import CATEGORIES, DANGERS, HARMS, FoundProblem
from forms.kit.paper import About, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule

CLAUSE = "S4 二（三）1"
CHANGED = when("changed", "yes")
GREAT = when("difficulty", "great")
ANY_DIFFICULTY = when("difficulty", "some", "great")


class MonthlyVisit(Paper):
    """月度走访记录, S4 二（三）1: at least one visit a calendar month; also the month's update when nothing has changed."""

    number, code, title = "P-66", "monthly_visit", "月度走访记录"
    clause = CLAUSE
    chain = NOTED
    drafted_in = frozenset({"village"})
    about = About.RESIDENT

    name = TextBox("姓名", copied=True)
    category = TextBox("人员类别", copied=True)
    last_visited_on = DateBox("上次走访", copied=True, prints=False)
    visited_on = DateBox("走访日期", required=True)
    visitor = NameBox("走访人", required=True)
    way = ChoiceBox(
        "方式", [("home", "入户"), ("elsewhere", "在其他地方见面"), ("phone", "电话、视频")], required=True
    )
    seen = ChoiceBox("见到本人", [("yes", "见到"), ("family", "只见到家属"), ("no", "未见到")], required=True)
    not_seen_reason = TextBox(
        "未见到的原因", required=True, least=4, most=60, shown_when=when("seen", "family", "no"), wide=True
    )
    situation = ManyBox(
        "生活状况",
        [
            ("good", "生活正常"),
            ("ill", "生病或者用药困难"),
            ("care", "无人照料"),
            ("food", "吃住困难"),
            ("house", "住房不安全"),
            ("mood", "情绪异常"),
            ("school", "未在校"),
            ("away", "外出未归"),
        ],
        required=True,
        wide=True,
    )
    changed = YesNoBox("情况表有变化", required=True, help="户口、类别、监护、救助、住房等任何一项变了，选“是”")
    changes = LongTextBox("变化情况", required=True, least=4, most=200, shown_when=CHANGED)
    harm = ManyBox(
        "侵害和危险", [("none", "无"), *HARMS, *DANGERS], required=True, wide=True,
        help="发现任何一种情形，应立即报告公安机关",
    )  # fmt: skip
    difficulty = ChoiceBox(
        "困难", [("none", "没有"), ("some", "有，已当场帮助解决"), ("great", "较大，须报告乡镇（街道）")],
        required=True, wide=True,
    )  # fmt: skip
    difficulty_detail = LongTextBox("困难和办理", required=True, least=4, most=200, shown_when=ANY_DIFFICULTY)
    problems_found = RowsBox("新发现的问题", FoundProblem, most=10, help="列入问题清单")

    sections = (
        Section("走访", ("name", "category", "last_visited_on", "visited_on", "visitor", "way", "seen",
                        "not_seen_reason")),
        Section("情况", ("situation", "changed", "changes", "harm", "difficulty", "difficulty_detail")),
        Section("问题", ("problems_found",)),
    )  # fmt: skip
    checklist = (Needed("scene", "走访照片", required=False),)

    def newest_visit(self) -> bool:
        """Tell whether no later visit is on file, and this one counts: a telephone call is no visit."""
        day, last = self.visited_on.data, self.last_visited_on.data
        return self.counts() and day is not None and (last is None or day >= last)

    def counts(self) -> bool:
        """A visit is to the person or the home; a call alone does not satisfy the month (R-80)."""
        return bool(self.way.data != "phone")

    def confirms_the_form(self) -> bool:
        """Tell whether the visit is the month's update as well: somebody was there, nothing had changed (R-74)."""
        return self.newest_visit() and self.changed.data == "no" and self.seen.data != "no"

    def harmed(self) -> list[str]:
        """Return the words of what must be told to the police."""
        return [self.harm.label_of(key) for key in self.harm.data or () if key != "none"]

    starts = (
        Starts("monthly_visit_due", Milestone.COMPLETED, "visited_on", shown_when=newest_visit),
        Starts("screening_update_due", Milestone.COMPLETED, "visited_on", shown_when=confirms_the_form),
        Starts("mandatory_report_due", Milestone.COMPLETED, "now", shown_when=harmed),
    )
    settles = (
        Settles("monthly_visit_due", Milestone.COMPLETED, at="visited_on", shown_when=newest_visit),
        Settles("screening_update_due", Milestone.COMPLETED, at="visited_on", shown_when=confirms_the_form),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today, the visitor of the last form, a visit at home."""
        known = facts.resident.answers if facts.resident else {}
        return {"visited_on": facts.today, "visitor": known.get("visitor", ""), "way": "home"}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person and the last visit from the file."""
        person = facts.resident
        if person is None:
            return {}
        words = dict(CATEGORIES)
        return {
            "name": person.name,
            "category": "、".join(words.get(key, key) for key in person.categories),
            "last_visited_on": person.visited_on,
        }

    @rule("R-80", clause=CLAUSE)
    def visit_has_happened(self, facts: Facts) -> Iterator[Problem]:
        """走访日期不晚于今天；“无”“生活正常”不与其他选项同选."""
        if self.visited_on.data and self.visited_on.data > facts.today:
            yield Problem("走访日期不能晚于今天，请核对", "visited_on")
        for box, alone in ((self.harm, "none"), (self.situation, "good")):
            if alone in (box.data or ()) and len(box.data) > 1:
                yield Problem(f"“{box.label.text}”选了“{box.label_of(alone)}”，不能再选其他", box.name)

    @rule("R-80", clause=CLAUSE, level=Level.NOTE)
    def calls_do_not_count(self, facts: Facts) -> Iterator[Problem]:
        """每月至少走访1次；电话、视频联系不算走访."""
        if not self.counts():
            yield Problem("电话、视频联系照记，但不算本月走访，本月仍须当面走访一次", "way")

    @rule("R-81", clause="S4 二（三）3；未成年人保护法第11条", level=Level.NOTE)
    def police_come_first(self, facts: Facts) -> Iterator[Problem]:
        """发现疑似侵害和危险的，立即报告公安机关."""
        if self.harmed():
            yield Problem(
                f"{'、'.join(self.harmed())}：请立即报警，并填写《强制报告单》，24小时内须报出", "harm",
                remedy_paper="mandatory_report",
            )  # fmt: skip

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The visit is on file; what it showed goes where it is dealt with."""
        day = self.visited_on.data
        if on is not Milestone.COMPLETED or day is None:
            return
        if self.counts():
            yield ResidentVisited(day)
        name = str(self.name.data)
        for row in self.problems_found.rows:
            yield ProblemFound(
                "visit", name, row.kind.data, row.detail.data, day, row.measure.data or "", row.owner_name.data or ""
            )  # fmt: skip
        if self.harmed():
            why = f"{name}：{'、'.join(self.harmed())}，请立即报告公安机关"
            yield TaskOpened("mandatory_report", "issuer", why, "R-81")
        if self.difficulty.data == "great":
            yield TaskOpened(
                "hardship_report", "issuer", f"{name}生活遭遇较大困难，请及时报告乡镇（街道）", "R-80"
            )
        if self.changed.is_yes:
            yield TaskOpened("screening_form", "issuer", f"{name}的情况有变化，请更新情况表", "R-74")

    def heading(self, facts: Facts) -> str:
        """Name the person."""
        return f"{self.title}（{facts.resident.name}）" if facts.resident else self.title
