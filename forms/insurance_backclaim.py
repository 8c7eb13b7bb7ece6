"""医保补报登记表 — the unknown patient has a name: insurance is checked, what the county paid is claimed back. (P-49)"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from forms.kit.blocks import copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Needed, Settles
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, MoneyBox, SelectBox, TextBox, when
from forms.kit.medical import CLAUSE, INSURANCE, SCHEMES, SETTLEMENT, payer_of
from forms.kit.money import both, yuan
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import brief_person, cells, fields

INSURED, UNINSURED = when("insurance", "insured"), when("insurance", "uninsured")
PAID = (INSURED, when("result", "paid"))
REFUSED = (INSURED, when("result", "refused"))


class InsuranceBackclaim(Paper):
    """医保补报登记表, S0 三（二）2（5）: 出院后查明身份信息的，落实医保核查和补报手续 (R-66, A-27)."""

    number, code, title = "P-49", "insurance_backclaim", "医保补报登记表"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE

    person_name, person_sex, person_age = person_boxes()
    confirmed_on = DateBox("查明日期", copied=True)
    settlement_no = TextBox("结算单号", copied=True, wide=True)
    total = MoneyBox("费用合计", copied=True)
    paid = MoneyBox("救助经费", copied=True)
    payer_name = TextBox("支付单位", copied=True)

    insurance = ChoiceBox("核查结论", INSURANCE[:2], required=True)
    checked_on = DateBox("核查日期", required=True)
    checked_with = TextBox("核查渠道", required=True, most=40)
    insured_at = TextBox("参保地", required=True, most=40, shown_when=INSURED)
    scheme = SelectBox("参保险种", SCHEMES, required=True, shown_when=INSURED)
    agency = TextBox("受理单位", required=True, most=40, shown_when=INSURED, help="如“平塘县医疗保障局”")
    claimed_on = DateBox("补报日期", required=True, shown_when=INSURED, help="材料报送医保部门之日")
    claimed = MoneyBox("补报金额", required=True, shown_when=INSURED)
    result = ChoiceBox(
        "补报结果",
        [("pending", "已受理，待支付"), ("paid", "已支付"), ("refused", "不予支付")],
        required=True,
        shown_when=INSURED,
        wide=True,
    )
    reclaimed = MoneyBox("医保支付", required=True, shown_when=PAID)
    medical_aid = MoneyBox("医疗救助支付", required=True, shown_when=PAID, help="没有的填0")
    paid_on = DateBox("到账日期", required=True, shown_when=PAID)
    refusal = TextBox("不予支付理由", required=True, least=5, most=100, shown_when=REFUSED, wide=True)
    other_source = LongTextBox(
        "其他来源", required=True, least=5, most=200, shown_when=UNINSURED,
        help="疾病应急救助基金、医疗救助、亲属承担等；没有的写明“由救助经费承担”",
    )  # fmt: skip

    sections = (
        Section("受助人员", ("person_name", "person_sex", "person_age", "confirmed_on")),
        Section("原结算", ("settlement_no", "total", "paid", "payer_name"), "由系统从身份不明时的结算单中带入"),
        Section("医保核查", ("insurance", "checked_on", "checked_with", "insured_at", "scheme")),
        Section("补报", ("agency", "claimed_on", "claimed", "result", "reclaimed", "medical_aid", "paid_on", "refusal",
                        "other_source")),
    )  # fmt: skip
    checklist = (
        Needed("insurance_proof", "参保查询结果"),
        Needed("claim", "补报材料或者受理回执", shown_when=INSURED),
        Needed("payment", "到账凭证", required=False, shown_when=INSURED, after_issue=True),
    )
    settles = (
        Settles("insurance_backclaim_due", Milestone.COMPLETED, shown_when=INSURED, at="claimed_on"),
        Settles("insurance_backclaim_due", Milestone.COMPLETED, shown_when=UNINSURED, at="checked_on"),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today and to claim everything the county paid."""
        return {
            "checked_on": facts.today,
            "claimed_on": facts.today,
            "claimed": yuan(_paid(facts)),
            "result": "pending",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Add up the bills settled while nobody knew the patient."""
        bills, found = _bills(facts), facts.issued("identity_confirmation")
        day = str(found.answers.get("confirmed_at", ""))[:10] if found else ""
        return {
            **copied_person(facts),
            "confirmed_on": date.fromisoformat(day) if day else None,
            "settlement_no": "、".join(bill.doc_no or bill.title for bill in bills),
            "total": yuan(sum(_cents(bill, "total") for bill in bills)),
            "paid": yuan(_paid(facts)),
            "payer_name": payer_of(facts).name,
        }

    @rule("R-66", clause=CLAUSE)
    def a_bill_of_an_unknown_patient_is_there(self, facts: Facts) -> Iterator[Problem]:
        """身份已查明，且有身份不明时办理的结算单."""
        if facts.unidentified:
            yield Problem(
                "身份尚未查明，无从补报",
                "insurance",
                remedy="请先办理《身份确认单》",
                remedy_paper="identity_confirmation",
            )
        if not _bills(facts):
            yield Problem(
                "没有身份不明时办理的费用结算单，不须补报",
                "settlement_no",
                remedy="已知参保情况的，直接在结算单中由医保支付",
                remedy_paper=SETTLEMENT,
            )

    @rule("R-66", clause=CLAUSE)
    def amounts_stay_within_the_bill(self, facts: Facts) -> Iterator[Problem]:
        """补报和收回的金额不超过救助经费已支付的金额."""
        paid = self.paid.data or 0
        if self.claimed.shown(self) and self.claimed.data and self.claimed.data > paid:
            yield Problem(f"补报金额不能超过已支付的{yuan(paid)}元", "claimed")
        back = (self.reclaimed.data or 0) + (self.medical_aid.data or 0)
        if self.reclaimed.shown(self) and back > paid:
            yield Problem(f"收回金额合计{yuan(back)}元，超过已支付的{yuan(paid)}元，请核对", "reclaimed")

    @rule("R-66", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """查明、核查、补报、到账依次在后，都不晚于今天."""
        before, last = self.confirmed_on.data, "查明日期"
        for box in (self.checked_on, self.claimed_on, self.paid_on):
            day = box.data if box.shown(self) else None
            if day is None:
                continue
            if day > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天", box.name)
            elif before and day < before:
                yield Problem(f"{box.label.text}不能早于{last}，请核对", box.name)
            before, last = day, box.label.text

    @rule("R-66", clause=CLAUSE, level=Level.WARN)
    def in_time(self, facts: Facts) -> Iterator[Problem]:
        """查明身份后10个工作日内补报；逾期的说明原因."""
        due = facts.clocks.get("insurance_backclaim_due")
        if due and facts.now > due:
            yield Problem("补报已逾期，请说明原因", "checked_on")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the bill, the check, and what comes back in capital characters."""
        face = table_face(self, facts, stamp)
        checked = ["insurance", "checked_on", "checked_with", "scheme", "insured_at"]
        claim = [
            "agency",
            "claimed_on",
            "claimed",
            "result",
            "reclaimed",
            "medical_aid",
            "paid_on",
            "refusal",
            "other_source",
        ]
        back = (self.reclaimed.data or 0) + (self.medical_aid.data or 0)
        came = f"已收回{both(back)}，归还{self.payer_name.printed}。" if self.reclaimed.shown(self) else ""
        paid = both(self.paid.data or 0)
        face["blocks"] = [
            brief_person(facts),
            fields(
                "原结算（单位：元）", cells(self, ["settlement_no", "confirmed_on", "total", "paid", "payer_name"])
            ),
            fields("医保核查", cells(self, checked)),
            fields("补报（单位：元）", cells(self, claim)),
            {"kind": "statement", "text": f"该人员身份不明期间，由{self.payer_name.printed}支付{paid}。{came}"},
        ]
        return face


def _bills(facts: Facts) -> list[DocFacts]:
    """Return the bills settled and sent while the patient was unknown, newest first."""
    return [
        doc
        for doc in facts.papers.get(SETTLEMENT, ())
        if doc.issued and doc.answers.get("insurance_checked") == "unknown"
    ]


def _cents(bill: DocFacts, name: str) -> int:
    yuans, _, rest = str(bill.answers.get(name, "0")).replace(",", "").partition(".")
    return int(yuans or 0) * 100 + int((rest + "00")[:2])


def _paid(facts: Facts) -> int:
    return sum(_cents(bill, "self_part") for bill in _bills(facts))
