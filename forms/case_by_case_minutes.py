"""“一事一议”专题会议记录 — the township decides a hardship that no rule covers. (P-68)"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from forms.kit.chains import HEADED
from forms.kit.effects import Needed
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, LongTextBox, ManyBox, MomentBox, MoneyBox, NameBox, TextBox, when
from forms.kit.groups import foot
from forms.kit.paper import About, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule

CLAUSE = "S4 二（三）2"
HELPED = when("decision", "help")
MONEY = (HELPED, when("form", "cash"))
LEAST_PRESENT = 3


class Present(Row):
    """Somebody at the meeting."""

    name = NameBox("姓名", required=True)
    post = TextBox("单位和职务", required=True, most=30)
    view = ChoiceBox("意见", [("agree", "同意"), ("disagree", "不同意"), ("none", "列席")], required=True)


class CaseByCaseMinutes(Paper):
    """“一事一议”专题会议记录, S4 二（三）2: decision and amount; the township's head signs, the county gets a copy."""

    number, code, title = "P-68", "case_by_case_minutes", "“一事一议”专题会议记录"
    clause = CLAUSE
    chain = HEADED
    may_hang_on = frozenset({About.RESIDENT})
    drafted_in = frozenset({"township"})
    about = About.ORGAN

    met_at = MomentBox("会议时间", required=True)
    meeting_place = TextBox("会议地点", required=True, most=40)
    host = NameBox("主持人", required=True)
    recorder = NameBox("记录人", required=True)
    present = RowsBox("参会人员", Present, required=True, least=LEAST_PRESENT, most=20)

    person_name = TextBox("救助对象", required=True, most=30)
    household = TextBox("家庭情况", required=True, most=60, help="人口、住址、收入来源", wide=True)
    hardship = LongTextBox("困难情况", required=True, least=10, most=400)
    why_uncovered = LongTextBox(
        "现有政策难以明确的原因", required=True, least=5, most=200, help="已核对低保、特困、临时救助、医疗救助等哪些政策，为什么不能解决"
    )  # fmt: skip
    discussion = LongTextBox("讨论情况", required=True, least=10, most=400)
    decision = ChoiceBox(
        "会议决定", [("help", "给予救助"), ("refuse", "不予救助"), ("later", "补充调查后再议")], required=True
    )
    form = ManyBox(
        "救助方式",
        [("cash", "现金"), ("goods", "实物"), ("service", "照料服务"), ("referral", "转介慈善、救急难基金")],
        required=True,
        shown_when=HELPED,
    )
    amount = MoneyBox("救助金额（元）", required=True, shown_when=MONEY)
    source = TextBox("资金来源", required=True, most=40, shown_when=MONEY)
    measures = LongTextBox(
        "具体办法", required=True, least=4, most=300, shown_when=HELPED, help="由谁办、何时办完"
    )
    refused_reason = LongTextBox(
        "理由", required=True, least=5, most=200, shown_when=when("decision", "refuse", "later")
    )

    sections = (
        Section("会议", ("met_at", "meeting_place", "host", "recorder", "present")),
        Section("事项", ("person_name", "household", "hardship", "why_uncovered")),
        Section(
            "讨论和决定", ("discussion", "decision", "form", "amount", "source", "measures", "refused_reason")
        ),
    )
    checklist = (Needed("sign_in", "签到表", required=False), Needed("proof", "证明材料", required=False))

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take the person and the hardship from the village's report."""
        told = facts.latest("hardship_report")
        return {
            "met_at": facts.now,
            "meeting_place": f"{facts.issuer.short_name}会议室" if facts.issuer.short_name else "",
            "person_name": facts.resident.name if facts.resident else "",
            "household": facts.resident.answers.get("address", "") if facts.resident else "",
            "hardship": told.answers.get("detail", "") if told else "",
        }

    @rule("P-68", clause=CLAUSE)
    def amount_is_named(self, facts: Facts) -> Iterator[Problem]:
        """给予现金救助的，金额大于0."""
        if self.amount.shown(self) and self.amount.data == 0:
            yield Problem("救助金额应大于0", "amount")

    @rule("P-68", clause=CLAUSE)
    def meeting_has_been_held(self, facts: Facts) -> Iterator[Problem]:
        """会议已召开，主持人、记录人参会，同一人不重复."""
        if self.met_at.data and self.met_at.data > facts.now + timedelta(minutes=1):
            yield Problem("会议时间不能晚于现在，请核对", "met_at")
        names = [row.name.data for row in self.present.rows]
        for box in (self.host, self.recorder):
            if box.data and names and box.data not in names:
                yield Problem(f"{box.label.text}{box.data}不在参会人员中，请补上", "present")
        for name in {name for name in names if names.count(name) > 1}:
            yield Problem(f"参会人员{name}重复", "present")

    @rule("P-68", clause=CLAUSE, level=Level.WARN)
    def majority_agrees(self, facts: Facts) -> Iterator[Problem]:
        """决定与表决意见一致；多数人不同意仍给予救助的，说明理由."""
        votes = [row.view.data for row in self.present.rows if row.view.data in {"agree", "disagree"}]
        agreed = votes.count("agree")
        if self.decision.data == "help" and votes and 2 * agreed <= len(votes):
            yield Problem(f"{len(votes)}人表决，{agreed}人同意，未过半数，请核对或者说明理由", "decision")

    def cc(self, facts: Facts) -> Sequence[str]:
        """The county bureau gets a copy."""
        bureau = facts.county.get("county_bureau")
        return [bureau.name] if bureau else []

    def heading(self, facts: Facts) -> str:
        """Name the person."""
        return f"{self.title}（{self.person_name.data}）" if self.person_name.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """The record with the names of those present; below, who wrote and who signed, and who gets a copy."""
        made = super().face(facts, stamp)
        made["number_line"] = {"left": "", "right": facts.issuer.name}
        made["foot"] = foot(stamp, {"draft": "填表人", "sign": "负责人"})
        if copies := self.cc(facts):
            made["copies"] = f"抄送：{'、'.join(copies)}"
        return made
