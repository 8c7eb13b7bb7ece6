"""公办托养机构选择备案表 — a county chooses a public institution and files it with the prefecture. (P-26)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact
from forms.kit.chains import STANDARD, Milestone
from forms.kit.custody import CLAUSE, LETTER_STEPS, ContractorRecord, sealed_foot
from forms.kit.effects import (
    ContractorGranted,
    ContractorProposed,
    ContractorWithdrawn,
    Effect,
    Needed,
    Starts,
    TaskOpened,
)
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import LongTextBox
from forms.kit.paper import Addressee, Genre, Section
from forms.kit.phrases import Phrase
from forms.kit.rules import Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, our_office


class ContractorPublicFiling(ContractorRecord):
    """公办托养机构选择备案表, S0 三（二）2（3）: the county decides, the prefecture is told, the station gets a copy."""

    number, code, title = "P-26", "contractor_public_filing", "公办托养机构选择备案表"
    genre, chain = Genre.FORM, STANDARD
    clause = CLAUSE
    addressee = Addressee.SUPERIOR
    drafted_in = frozenset({"county_bureau", "central_station"})

    choice_reason = LongTextBox(
        "选择意见", required=True, least=10, most=300, prints=False, help="为什么选择该机构、能承接哪些人员"
    )
    contact_name, contact_phone = contact_boxes()

    sections = (
        *ContractorRecord.record_sections,
        Section("选择意见和联系", ("choice_reason", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("licences", "资质证照（扫描件）"),
        Needed("site_report", "实地考察记录"),
        Needed("contract_draft", "托养服务协议草案", required=False),
    )
    starts = (Starts("bureau_inspection_due", Milestone.SENT, "today"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take over what is on file of an institution proposed again; most public ones are publicly run."""
        return {"operator_type": "public", **cls.known_record(facts), **latest_contact(facts)}

    @rule("R-37", clause=f"{CLAUSE}；A-06")
    def only_public_institutions(self, facts: Facts) -> Iterator[Problem]:
        """公办公营的机构由县（市）选定并备案；社会服务机构、企业和公建民营机构报省民政厅批复（R-41）."""
        if self.contractor_type.data and self.goes_to_province:
            yield Problem(
                "社会服务机构、企业和公建民营机构须逐级报送省民政厅批复，不能办理备案",
                "operator_type" if self.operator_type.shown(self) else "contractor_type",
                remedy="请办理《选择托养机构的请示（县→州）》",
                remedy_paper="contractor_request_county",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Put the institution on file; it may be used from the day the filing goes out."""
        if on is Milestone.SUBMITTED:
            yield ContractorProposed(self.columns())
        if on is Milestone.SENT:
            first, last = self.term_from.data, self.term_to.data
            yield ContractorGranted(facts.issuer.region_code, self.quota.data or 0, first, last, self.columns())
            yield TaskOpened("custody_agreement", "issuer", "备案已报出，请签订托养服务协议并登记", "R-38")
        if on is Milestone.ENDED:
            yield ContractorWithdrawn(Phrase("备案表已取消、未获同意或已作废"))

    def heading(self, facts: Facts) -> str:
        """Name the institution in lists and registers."""
        return f"{self.title}（{self.contractor_name.data or ''}）"

    def cc(self, facts: Facts) -> Sequence[str]:
        """The central station gets a copy (§2.D)."""
        station = facts.prefecture.get("central_station")
        return [station.name] if station and station.code != facts.issuer.code else []

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the record, the decision over the seal, and who gets it."""
        face = table_face(self, facts, stamp)
        we, name = our_office(facts), self.contractor_name.data or "　　"
        superior = facts.counterpart.name if facts.counterpart else "　　"
        copy = f"抄送{'、'.join(self.cc(facts))}。" if self.cc(facts) else ""
        face["blocks"] += [
            {
                "kind": "statement",
                "heading": "选择意见和备案",
                "text": f"{closed(self.choice_reason.data or '')}。经实地考察，{we}决定选择{name}（{self.kind_words}）"
                f"承接流浪乞讨受助人员托养服务，托养人数不超过{self.quota.printed}，期限自{self.term_from.printed}"
                f"至{self.term_to.printed}。现报{superior}备案。{copy}",
            },
        ]
        face["signed_by"] = facts.issuer.name
        face["signed_date"] = chinese_date(stamp.signed_on) if stamp.signed_on else None
        face["foot"] = [
            *sealed_foot(stamp.names, LETTER_STEPS),
            ["联系人", " ".join(word for word in (self.contact_name.data, self.contact_phone.data) if word)],
        ]
        return face
