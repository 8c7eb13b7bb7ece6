"""The decision of the province on a custody institution: drafted there or recorded from its paper (A-03), and found again.

Source: S0 三（二）2（3）; rules R-37 to R-45; wording of domain §3.8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from forms.kit.custody import CLAUSE
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import ChoiceBox, DateBox, IntBox, LongTextBox, TextBox, when
from forms.kit.paper import About, Paper, Section
from forms.kit.rules import Problem, rule

DECISIONS = [("agree", "同意"), ("conditions", "同意（附条件）"), ("refuse", "不同意")]
AGREED = when("decision", "agree", "conditions")


class ProvincialDecision(Paper):
    """The decision of the province, drafted there (批复) or recorded from its paper (A-03): same boxes, same rules."""

    about = About.CONTRACTOR
    answers_paper = "contractor_request_prefecture"

    request = TextBox("来文", most=200, copied=True, wide=True)
    request_no = TextBox("来文字号", copied=True)
    contractor_name = TextBox("托养机构", copied=True, wide=True)
    county = TextBox("申请单位", copied=True)
    asked_quota = IntBox("拟承接人数", copied=True, unit="人")
    decision = ChoiceBox("批复结论", DECISIONS, required=True, wide=True)
    conditions = LongTextBox(
        "批复条件", required=True, least=5, most=300, shown_when=when("decision", "conditions"),
        help="接在“请督促…落实以下要求：”之后",
    )  # fmt: skip
    refusal = LongTextBox(
        "不同意的理由", required=True, least=5, most=300, shown_when=when("decision", "refuse"), help="接在“因”之后"
    )  # fmt: skip
    approved_quota = IntBox("核定人数", required=True, least=1, most=5000, unit="人", shown_when=AGREED)
    valid_from = DateBox("有效期自", required=True, shown_when=AGREED)
    valid_to = DateBox("有效期至", required=True, shown_when=AGREED)

    decision_sections: ClassVar[tuple[Section, ...]] = (
        Section("来文", ("request", "request_no", "contractor_name", "county", "asked_quota")),
        Section(
            "批复",
            ("decision", "conditions", "refusal", "approved_quota", "valid_from", "valid_to"),
        ),
    )

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the request of the prefecture, and what the county asks for in the one behind it."""
        asked, name = facts.request, facts.contractor.name if facts.contractor else ""
        if asked is None:
            return {"contractor_name": name}
        behind = county_request_of(facts, asked)
        return {
            "request": f"{asked.issuer}《{cited(asked)}》",
            "request_no": asked.doc_no or "",
            "contractor_name": name,
            "county": behind.issuer if behind else "",
            "asked_quota": behind.answers.get("quota", "") if behind else "",
        }

    @classmethod
    def asked_terms(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what the county asked for: number and term."""
        behind = county_request_of(facts, facts.request) if facts.request else None
        asked = behind.answers if behind else {}
        names = {"approved_quota": "quota", "valid_from": "term_from", "valid_to": "term_to"}
        return {ours: asked[theirs] for ours, theirs in names.items() if theirs in asked}

    @rule("R-95", clause="条例 8")
    def answers_a_request(self, facts: Facts) -> Iterator[Problem]:
        """批复只答复一件已收到的请示."""
        request = facts.request
        if request is None or request.code != self.answers_paper:
            yield Problem("批复只用于答复请示，请从州民政局的请示办理", "request")
        elif request.state not in {"received", "in_process"}:
            yield Problem("该请示尚未签收（送达）或已经答复，不能办理批复", "request")

    @rule("R-45", clause=CLAUSE)
    def decision_is_bounded(self, facts: Facts) -> Iterator[Problem]:
        """核定人数不超过申请人数；有效期先后有序."""
        if not AGREED(self):
            return
        approved, asked = self.approved_quota.data, self.asked_quota.data
        if approved and asked and approved > asked:
            yield Problem(f"核定人数不能超过申请的{asked}人", "approved_quota")
        first, last = self.valid_from.data, self.valid_to.data
        if first and last and last <= first:
            yield Problem("有效期的止日应在起日之后", "valid_to")


@dataclass(frozen=True)
class Reply:
    """The decision of the province, whichever way it came."""

    title: str
    doc_no: str
    signed_on: date | None
    decision: str
    quota: int
    valid_from: date | None
    valid_to: date | None

    @property
    def agreed(self) -> bool:
        """The institution may be used."""
        return self.decision in {"agree", "conditions"}


def reply_to(facts: Facts, county_request: DocFacts) -> Reply | None:
    """Return the province's decision on a county's request, None while there is none."""
    forwarded = next(
        (
            doc
            for doc in facts.papers.get("contractor_request_prefecture", ())
            if doc.issued and doc.answers.get("county_request") == county_request.uuid
        ),
        None,
    )
    if forwarded is None:
        return None
    found = [
        doc
        for code in ("provincial_reply", "provincial_reply_record")
        for doc in facts.papers.get(code, ())
        if doc.issued and doc.answers.get("request_no") == forwarded.doc_no
    ]
    return _reply(max(found, key=lambda doc: doc.id)) if found else None


def _reply(doc: DocFacts) -> Reply:
    recorded, told = doc.code == "provincial_reply_record", doc.answers
    return Reply(
        title=str(told.get("prov_title", "")) if recorded else doc.title,
        doc_no=str(told.get("prov_doc_no", "")) if recorded else doc.doc_no or "",
        signed_on=_day(told.get("prov_signed_date")) if recorded else doc.signed_on,
        decision=str(told.get("decision", "")),
        quota=int(told.get("approved_quota") or 0),
        valid_from=_day(told.get("valid_from")),
        valid_to=_day(told.get("valid_to")),
    )


def _day(stored: Any) -> date | None:
    return date.fromisoformat(str(stored)) if stored else None


def reply_title(province: str, decision: str, contractor: str) -> str:
    """Return 贵州省民政厅关于同意…承接流浪乞讨受助人员托养服务的批复 (§3.8)."""
    word = "不同意" if decision == "refuse" else "同意"
    return f"{province}关于{word}{contractor}承接流浪乞讨受助人员托养服务的批复"


def county_request_of(facts: Facts, prefecture_request: DocFacts) -> DocFacts | None:
    """Return the county's request that a request of the prefecture forwards."""
    key = prefecture_request.answers.get("county_request")
    return next((doc for doc in facts.papers.get("contractor_request_county", ()) if doc.uuid == key), None)


def cited(doc: DocFacts) -> str:
    """Return a title as it is cited after the name of its organ: without that name (§3.1.2)."""
    return doc.title.removeprefix(doc.issuer)
