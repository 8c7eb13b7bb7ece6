"""州儿童福利院接收登记 — the clerk records how the child welfare home answered, and the child's arrival there. (P-33)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, PersonMoved, RequestAnswered, TaskOpened
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, MomentBox, TextBox, when
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Problem, rule
from forms.kit.workdays import SHANGHAI

CLAUSE = "S0 三（二）2（3）；未成年人保护法第93条"
ACCEPTED = when("decision", "accept")
DECLINED = when("decision", "decline")


class ChildHomeAcceptance(Paper):
    """州儿童福利院接收登记表: the home is an outside party (§1.1), so the sender of P-33 records its answer.

    Filled in when the child has been handed over, or when the home declines; until then P-33 stays open.
    """

    number, code, title = "P-33", "child_home_acceptance", "州儿童福利院接收登记表"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    answers_paper = "minor_transfer_letter"

    letter_no = TextBox("来函文号", copied=True)
    served_on = DateBox("送达日期", copied=True)
    decision = ChoiceBox(
        "答复", [("accept", "同意接收，已到院"), ("decline", "暂不接收")], required=True, wide=True
    )
    answered_on = DateBox("答复日期", required=True)
    answer_no = TextBox("复函文号", most=40, help="口头答复的可不填")
    arrived_at = MomentBox("到院时间", required=True, shown_when=ACCEPTED)
    handed_by = TextBox("移交人", required=True, most=60, shown_when=ACCEPTED, help="两人的，用“、”隔开")
    received_by = TextBox("接收人及职务", required=True, most=60, shown_when=ACCEPTED)
    handover = LongTextBox(
        "移交情况", required=True, most=300, shown_when=ACCEPTED, help="物品和材料；没有随身物品的写“无”"
    )
    decline_reason = LongTextBox("暂不接收的理由", required=True, least=5, most=200, shown_when=DECLINED)

    sections = (
        Section("来函和答复", ("letter_no", "served_on", "decision", "answered_on", "answer_no")),
        Section("到院交接", ("arrived_at", "handed_by", "received_by", "handover")),
        Section("未接收", ("decline_reason",)),
    )
    checklist = (
        Needed("scan", "复函或双方签名的交接材料（扫描件）", shown_when=ACCEPTED),
        Needed("decline_scan", "院方书面答复（扫描件）", required=False, shown_when=DECLINED),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the escorts of the letter and today."""
        escorts = facts.request.answers.get("escort_staff", []) if facts.request else []
        return {"answered_on": facts.today, "handed_by": "、".join(str(row.get("name", "")) for row in escorts)}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take number and day of service from the letter that is answered."""
        letter = facts.request
        return {
            "letter_no": letter.doc_no or "" if letter else "",
            "served_on": letter.served_on if letter else None,
        }

    @rule("R-43", clause=CLAUSE)
    def answers_a_served_letter(self, facts: Facts) -> Iterator[Problem]:
        """接收登记针对已送达的转移函."""
        if facts.request is None or facts.request.code != "minor_transfer_letter":
            yield Problem(
                "请从已发出的《未成年人转移州儿童福利院函》登记答复",
                "letter_no",
                remedy_paper="minor_transfer_letter",
            )
        elif facts.request.served_on is None:
            yield Problem("转移函的送达日期还未登记，请先登记送达", "served_on")

    @rule("R-43", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """送达、答复、到院依次在后，都不晚于现在."""
        answered, arrived, letter = self.answered_on.data, self.arrived_at.data, facts.request
        if answered and answered > facts.today:
            yield Problem("答复日期不能晚于今天", "answered_on")
        if answered and letter and letter.served_on and answered < letter.served_on:
            yield Problem("答复日期不能早于函件送达日期，请核对", "answered_on")
        if not arrived or not self.arrived_at.shown(self):
            return
        if arrived > facts.now:
            yield Problem("到院时间不能晚于现在；未成年人到院并当面交接后再登记", "arrived_at")
        elif answered and arrived.astimezone(SHANGHAI).date() < answered:
            yield Problem("到院时间不能早于答复日期，请核对", "arrived_at")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The letter is answered; the child is cared for in the home, the county stays responsible (R-28, R-49)."""
        if on is not Milestone.COMPLETED:
            return
        yield RequestAnswered(f"州儿童福利院：{self.decision.printed}")
        if self.decision.data == "accept" and self.arrived_at.data is not None:
            yield PersonMoved(facts.prefecture["child_home"].code, self.arrived_at.data)
        elif self.decision.data == "decline":
            yield TaskOpened(
                "minor_transfer_letter",
                "issuer",
                "州儿童福利院暂不接收，未成年人不得留在成年人照料区：请补充条件后再次函商，并报州民政局协调",
                "R-26",
            )
