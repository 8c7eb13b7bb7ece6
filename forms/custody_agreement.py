"""托养服务协议登记表 — the agreement with an institution, registered with its scan and reported as a copy. (P-31)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import REPORTED, Milestone
from forms.kit.custody import CLAUSE, KINDS, PUBLIC, by_province
from forms.kit.effects import ContractorAgreed, Effect, Needed, Settles, Starts
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IntBox, MoneyBox, NameBox, TextBox
from forms.kit.money import yuan
from forms.kit.paper import About, Addressee, Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import our_office


class CustodyAgreement(Paper):
    """托养服务协议登记表, S0 三（二）2（3）: signed on paper after the approval, before the first placement.

    The head signs the registration, which puts the agreement in force here; the copy then lies with the superior.
    """

    number, code, title = "P-31", "custody_agreement", "托养服务协议登记表"
    genre, chain = Genre.FORM, REPORTED
    clause = CLAUSE
    about = About.CONTRACTOR
    addressee = Addressee.SUPERIOR
    drafted_in = frozenset({"county_bureau", "central_station"})
    starts = (Starts("agreement_copy_due", Milestone.SUBMITTED, "signed_on"),)
    settles = (Settles("agreement_copy_due", Milestone.SIGNED),)

    contractor_name = TextBox("托养机构", copied=True, wide=True)
    contractor_type = ChoiceBox("机构性质", KINDS, copied=True)
    approval_no = TextBox("批复（备案）文号", copied=True)
    approved_on = DateBox("批复（备案）日期", copied=True)
    approved_from = DateBox("批复期限自", copied=True)
    approved_to = DateBox("批复期限至", copied=True)
    agreement_no = TextBox("协议编号", most=40)
    signed_on = DateBox("签订日期", required=True)
    valid_from = DateBox("协议期限自", required=True)
    valid_to = DateBox("协议期限至", required=True)
    beds = IntBox("约定人数", required=True, least=1, most=5000, unit="人")
    price_month = MoneyBox("月费用（元）", required=True, help="每人每月，单位元")
    signed_by_us = NameBox("本方签字人", required=True)
    signed_by_them = NameBox("机构签字人", required=True)

    sections = (
        Section(
            "托养机构",
            ("contractor_name", "contractor_type", "approval_no", "approved_on", "approved_from", "approved_to"),
        ),
        Section("协议", ("agreement_no", "signed_on", "valid_from", "valid_to", "beds", "price_month")),
        Section("签字", ("signed_by_us", "signed_by_them")),
    )
    checklist = (Needed("scan", "双方签字盖章的托养服务协议（扫描件）"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what was approved: persons, price, the rest of the term."""
        known = facts.contractor
        if known is None:
            return {}
        return {
            "beds": known.quota,
            "price_month": yuan(known.price_month),
            "valid_from": max(facts.today, known.valid_from) if known.valid_from else facts.today,
            "valid_to": known.valid_to,
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name institution and approval as on file."""
        known = facts.contractor
        if known is None:
            return {}
        return {
            "contractor_name": known.name,
            "contractor_type": known.kind,
            "approval_no": known.approval_no,
            "approved_on": known.approved_on,
            "approved_from": known.valid_from,
            "approved_to": known.valid_to,
        }

    @rule("R-38", clause=f"{CLAUSE}“批复同意后再执行”")
    def approval_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """批复（备案）之后才能签订协议."""
        known, signed = facts.contractor, self.signed_on.data
        if known is None:
            return
        approved = known.approved_on
        if known.state in {"effective", "suspended"} and not known.named:
            yield Problem(f"该机构的批复（备案）没有列明{facts.issuer.place}，不能签订协议", "contractor_name")
        elif known.state not in {"effective", "suspended"} or approved is None:
            yield Problem(
                "该机构还没有批复（备案），不能签订托养协议",
                "approved_on",
                remedy="公办机构请先备案；其他机构请等待州民政局转知省民政厅批复",
                remedy_paper="contractor_public_filing" if known.kind in PUBLIC else "contractor_request_county",
            )
        elif signed and by_province(known.kind, known.operator) and signed <= approved:
            yield Problem(
                f"批复同意后再执行：协议应在批复日期（{chinese_date(approved)}）的次日以后签订", "signed_on"
            )
        elif signed and signed < approved:
            yield Problem(f"协议不能早于备案日期（{chinese_date(approved)}）签订", "signed_on")

    @rule("R-38", clause=CLAUSE)
    def agreement_keeps_within_the_approval(self, facts: Facts) -> Iterator[Problem]:
        """协议期限、人数不超出批复（备案）；签订日期不晚于今天."""
        known, first, last = facts.contractor, self.valid_from.data, self.valid_to.data
        if self.signed_on.data and self.signed_on.data > facts.today:
            yield Problem("签订日期不能晚于今天；签订后再登记", "signed_on")
        if first and last and last <= first:
            yield Problem("协议期限的止日应在起日之后", "valid_to")
        if first and self.signed_on.data and first < self.signed_on.data:
            yield Problem("协议期限不能早于签订日期开始", "valid_from")
        if known is None or not known.named:
            return
        if first and known.valid_from and first < known.valid_from:
            yield Problem(
                f"协议期限不能早于批复（备案）期限（{chinese_date(known.valid_from)}）开始", "valid_from"
            )
        if last and known.valid_to and last > known.valid_to:
            yield Problem(f"协议期限不能超过批复（备案）有效期（{chinese_date(known.valid_to)}）", "valid_to")
        if self.beds.data and self.beds.data > known.quota:
            yield Problem(f"约定人数不能超过核定的{known.quota}人", "beds")

    @rule("R-104", clause=f"{CLAUSE}；§3.8", level=Level.WARN)
    def price_is_the_one_approved(self, facts: Facts) -> Iterator[Problem]:
        """协议收费标准高于报批（备案）标准的，须说明."""
        known, price = facts.contractor, self.price_month.data
        if known and price and price > known.price_month:
            approved = yuan(known.price_month)
            yield Problem(f"收费标准高于报批（备案）的每人每月{approved}元，请说明依据", "price_month")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Open the institution for placements once the head has signed the registration."""
        if on is Milestone.SIGNED:
            first, last = self.valid_from.data, self.valid_to.data
            yield ContractorAgreed(facts.issuer.region_code, first, last, self.price_month.data or 0)

    def heading(self, facts: Facts) -> str:
        """Name the institution in lists and registers."""
        return f"{self.title}（{self.contractor_name.data or ''}）"

    def face(self, facts: Facts, stamp: Any) -> dict[str, Any]:
        """Print what was agreed and that the copy goes to the superior."""
        face = super().face(facts, stamp)
        to = facts.counterpart.name if facts.counterpart else "　　"
        face["blocks"] += [
            {
                "kind": "statement",
                "text": f"{our_office(facts)}已与该机构签订托养服务协议，现将协议副本报{to}备案。",
            },
            {
                "kind": "signatures",
                "boxes": [
                    {
                        "label": "登记单位负责人",
                        "name": stamp.names.get("own", ""),
                        "time": stamp.times.get("own", ""),
                    },
                    {
                        "label": "备案单位经办人",
                        "name": stamp.names.get("accept", ""),
                        "time": stamp.times.get("accept", ""),
                    },
                ],
            },
        ]
        face["foot"] = [["经办人", stamp.names.get("draft", "")]]
        return face
