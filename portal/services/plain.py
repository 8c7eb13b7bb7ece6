"""Rows as plain facts: copies without a database behind them, which papers may read."""

from datetime import date
from typing import Any

from forms.kit.facts import ContractorFacts, DocFacts, PersonFacts, PlacedFacts, ResidentFacts
from portal.models import Case, Contractor, Document, Placement, Resident


def person_facts(case: Case) -> PersonFacts:
    """Copy the person of a case as known now."""
    person, answers = case.person, case.answers
    return PersonFacts(
        case_no=case.case_no,
        identity_status=person.identity_status,
        name=person.name,
        alias=person.alias,
        sex=person.sex,
        birth_date=person.birth_date,
        age_min=person.age_min,
        age_max=person.age_max,
        id_number=person.id_number or "",
        hukou_address=person.hukou_address,
        mental_status=str(answers.get("mental_status", "normal")),
        health=tuple(answers.get("health", ())),
        admitted_at=case.admitted_at,
        region_code=case.region_code,
        open=case.is_open,
    )


def doc_facts(document: Document) -> DocFacts:
    """Copy a paper into plain facts."""
    return DocFacts(
        id=document.id,
        uuid=str(document.uuid),
        code=document.paper,
        state=document.state,
        title=document.title,
        answers=dict(document.answers),
        issuer=document.issuer.name,
        doc_no=document.doc_no,
        signed_on=document.signed_on,
        submitted_at=document.submitted_at,
        sent_at=document.sent_at,
        served_on=document.served_on,
        received_at=document.received_at,
        incoming_no=document.incoming_no,
        closed_at=document.closed_at,
    )


#: What of a county's terms its papers know.
_OF_TERM = (
    "quota", "price_month", "valid_from", "valid_to", "approval_no", "approved_on", "agreed_from", "agreed_to",
)  # fmt: skip


def contractor_facts(row: Contractor, county: str, today: date) -> ContractorFacts:
    """Copy a contractor with what a county has with it, and the persons in custody there."""
    term = row.term(county)
    terms: dict[str, Any] = {} if term is None else {name: getattr(term, name) for name in _OF_TERM}
    return ContractorFacts(
        key=str(row.uuid),
        name=row.name,
        uscc=row.uscc,
        kind=row.kind,
        operator=row.operator,
        serves=tuple(row.serves),
        state=row.state,
        region_code=row.region_code,
        county=county,
        named=term is not None,
        beds=row.beds,
        whole_quota=row.quota,
        placed=tuple(_placed(each, today) for each in row.placements if each.ends_on is None),
        answers=dict(row.answers),
        **{"price_month": row.price_month, **terms},
    )


def _placed(row: Placement, today: date) -> PlacedFacts:
    return PlacedFacts(
        case_no=row.case.case_no,
        name=row.case.display_name,
        region_code=row.region_code,
        starts_on=row.starts_on,
        minor=person_facts(row.case).minor_on(today),
    )


def resident_facts(row: Resident) -> ResidentFacts:
    """Copy a resident as the newest form left them."""
    return ResidentFacts(
        key=str(row.uuid),
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        village=row.village.name,
        town=row.town.name,
        id_number=row.id_number or "",
        categories=tuple(row.categories),
        answers=dict(row.answers),
        updated_on=row.updated_on,
        visited_on=row.visited_on,
        open=row.closed_on is None,
    )
