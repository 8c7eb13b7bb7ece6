"""托养终止（转出）审批表 — a person leaves the institution. (P-37)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, copied_person, latest_contact, person_boxes
from forms.kit.chains import STANDARD, Milestone
from forms.kit.custody import CLAUSE, LETTER_STEPS, sealed_foot
from forms.kit.effects import ClocksCancelled, Effect, Needed, PlacementEnded, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, MoneyBox, SelectBox, TextBox, when
from forms.kit.money import both
from forms.kit.paper import Addressee, Genre, Paper, Section
from forms.kit.placing import contractor_named, placement_now
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import Item
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, person_long

#: From this many days of custody on, a month has its inspection (R-46).
MONTH_COUNTS = 15
MONTHLY = ("custody_inspection_due", "custody_inspection_next_due")


class PlacementTermination(Paper):
    """托养终止（转出）审批表, S0 三（二）2（3）: before the person moves on."""

    number, code, title = "P-37", "placement_termination", "托养终止（转出）审批表"
    genre, chain = Genre.FORM, STANDARD
    clause = CLAUSE
    addressee = Addressee.NAMED
    names_contractor = "contractor"

    person_name, person_sex, person_age = person_boxes()
    contractor = SelectBox("托养机构", copied=True, wide=True, prints=False)
    to_name = TextBox("托养机构", copied=True, most=60, wide=True)
    placed_on = DateBox("起始日期", copied=True)
    reason = ChoiceBox(
        "终止原因",
        [
            ("identified", "身份查明"),
            ("settled", "落户安置、纳入特困供养"),
            ("collected", "亲属接领"),
            ("health", "送医或病情变化"),
            ("contractor", "机构停止承接或不合格"),
            ("expired", "托养期满"),
            ("other", "其他"),
        ],
        required=True,
    )
    reason_other = TextBox(
        "其他原因", required=True, least=4, most=60, shown_when=when("reason", "other"), wide=True
    )
    ends_on = DateBox("终止日期", required=True)
    goes_to = ChoiceBox(
        "去向",
        [
            ("home", "接送返乡"),
            ("station", "转回救助管理站"),
            ("other_contractor", "转其他托养机构"),
            ("hospital", "定点医疗机构"),
            ("tekun", "特困供养机构"),
            ("other", "其他"),
        ],
        required=True,
    )
    goes_where = TextBox("去往何处", required=True, most=80)
    state = LongTextBox("身心状况", required=True, most=200)
    items = RowsBox("移交物品", Item)
    fee_until = DateBox("费用结至", required=True)
    fee_total = MoneyBox("应结费用（元）", help="本次终止时尚未结算的数额，没有的填0")
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("受助人员", ("person_name", "person_sex", "person_age", "contractor", "to_name")),
        Section("终止和去向", ("placed_on", "ends_on", "reason", "reason_other", "goes_to", "goes_where")),
        Section("移交和结算", ("state", "fee_until", "fee_total", "items")),
        Section("联系", ("contact_name", "contact_phone")),
    )
    checklist = (Needed("proof", "终止原因的证明材料", required=False),)

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take person, institution and first day from the approval in force."""
        placed = placement_now(facts)
        told = placed.answers if placed else {}
        key = str(told.get("contractor", ""))
        known = contractor_named(facts, key)
        return {
            **copied_person(facts),
            "contractor": key,
            "to_name": known.name if known else told.get("to_name", ""),
            "placed_on": told.get("starts_on", ""),
        }

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today and the reason the case itself tells."""
        reason = "identified" if facts.person.identified else ""
        return {
            "reason": reason,
            "goes_to": "home" if reason else "",
            "ends_on": facts.today,
            "fee_until": facts.today,
            **latest_contact(facts),
        }

    def offer(self, facts: Facts) -> None:
        """Offer the institution of the approval, also one the county may no longer choose."""
        key, name = self.contractor.data, self.to_name.data or ""
        self.contractor.offer([(key, name)] if key else [])

    @rule("R-45", clause=CLAUSE)
    def is_in_custody(self, facts: Facts) -> Iterator[Problem]:
        """正在托养的人员才能办理终止；同时只办一件."""
        if facts.person.case_no and placement_now(facts) is None:
            yield Problem("该人员现在没有在托养机构，不能办理托养终止", "person_name")
        same = facts.latest(self.code)
        if same is not None and not same.issued:
            yield Problem(f"该人员已有一件托养终止在办（{same.doc_no or same.title}）", "person_name")

    @rule("R-45", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """终止日不早于托养起始日；费用结算不超过终止日."""
        began, ends, settled = self.placed_on.data, self.ends_on.data, self.fee_until.data
        if began and ends and ends < began:
            yield Problem(f"托养终止日不能早于托养起始日（{chinese_date(began)}）", "ends_on")
        if ends and settled and settled > ends:
            yield Problem("费用结算不能超过托养终止日", "fee_until")

    @rule("R-14", clause=CLAUSE)
    def identity_is_confirmed(self, facts: Facts) -> Iterator[Problem]:
        """以身份查明为由的，须先填写身份确认单."""
        if self.reason.data == "identified" and facts.unidentified:
            yield Problem(
                "身份尚未确认，不能以身份查明为由终止托养",
                "reason",
                remedy="请先填写《身份确认单》",
                remedy_paper="identity_confirmation",
            )

    @rule("R-45", clause=CLAUSE, level=Level.NOTE)
    def approved_before_moving(self, facts: Facts) -> Iterator[Problem]:
        """先审批、后转出."""
        if self.ends_on.data and self.ends_on.data < facts.today:
            yield Problem("托养终止日早于今天；应先审批、后转出，请核实", "ends_on")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """End the custody; whoever goes to another institution needs a new approval."""
        if on is not Milestone.SENT or not self.ends_on.data:
            return
        yield PlacementEnded(self.ends_on.data, self.why_words)
        known = contractor_named(facts, self.contractor.data)
        others = [
            each
            for each in (known.placed_by(facts.person.region_code) if known else ())
            if each.case_no != facts.person.case_no
        ]
        if not others and self.ends_on.data.day < MONTH_COUNTS:
            yield ClocksCancelled(MONTHLY, "本县（市）在该机构已没有托养人员", of_contractor=True)
        if self.goes_to.data == "other_contractor":
            yield TaskOpened("placement_approval", "issuer", "转其他托养机构，请重新办理托养审批", "R-45")

    @property
    def why_words(self) -> str:
        """Why the custody ends, in words."""
        other = self.reason.data == "other"
        return closed(self.reason_other.data or "") if other else self.reason.printed

    def cc(self, facts: Facts) -> Sequence[str]:
        """The station that looks after the person gets a copy."""
        station = facts.county.get("county_station")
        return [station.name] if station and station.code != facts.issuer.code else []

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the table, the decision over the seal, and room for those who hand over and take."""
        face = table_face(self, facts, stamp)
        fee = f"，应结算{both(self.fee_total.data)}" if self.fee_total.data else ""
        face["blocks"] += [
            {
                "kind": "statement",
                "heading": "审批意见",
                "text": f"因{self.why_words}，同意自{self.ends_on.printed}起终止{person_long(facts)}"
                f"（救助编号：{facts.person.case_no}）在{self.to_name.data or '　　'}的托养，{self.goes_to.printed}"
                f"（{closed(self.goes_where.data or '')}）。托养费用结算至{self.fee_until.printed}{fee}。",
            },
            {
                "kind": "signatures",
                "boxes": [
                    {"label": "托养机构移交人（签章）", "name": "", "time": ""},
                    {"label": "接收人", "name": "", "time": ""},
                ],
            },
        ]
        face["signed_by"] = facts.issuer.name
        face["signed_date"] = chinese_date(stamp.signed_on) if stamp.signed_on else None
        face["foot"] = sealed_foot(stamp.names, LETTER_STEPS)
        return face
