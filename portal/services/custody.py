"""Contractors as papers make them: proposed, approved, suspended, ended; and who is placed with them (R-37…R-49)."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import FINAL_STATES, State
from forms.kit.effects import (
    ContractorAgreed,
    ContractorChanged,
    ContractorGranted,
    ContractorProposed,
    ContractorWithdrawn,
    CustodyEffect,
    Placed,
    PlacementEnded,
)
from portal import clock
from portal.errors import Invalid
from portal.models import Case, Contractor, ContractorTerm, Document, Placement

_FILING: Final = "contractor_public_filing"
#: Papers by which a contractor is proposed.
_PROPOSALS: Final = (_FILING, "contractor_request_county")


def make_true(session: Session, document: Document, effect: CustodyEffect) -> None:
    """Make true what a custody paper says, in the transaction of its act."""
    match effect:
        case ContractorProposed():
            document.contractor = _proposed(session, document, effect.values)
        case ContractorWithdrawn():
            _withdrawn(session, document, effect.why)
        case ContractorChanged():
            _set(_contractor(document), effect.values)
        case ContractorGranted():
            _granted(document, effect)
        case ContractorAgreed():
            term = _contractor(document).term(effect.county)
            if term is None:
                raise Invalid("该机构的批复（备案）没有列明本县（市），请核对")
            term.agreed_from, term.agreed_to = effect.agreed_from, effect.agreed_to
            term.price_month = effect.price_month
        case Placed():
            _place(session, document, effect)
        case PlacementEnded():
            running = open_placement(session, _case(document))
            if running is None:
                raise Invalid("该人员现在没有在托养机构，请核对")
            running.ends_on, running.end_reason = effect.ends_on, effect.reason
    session.flush()


def _case(document: Document) -> Case:
    assert document.case is not None, f"{document.paper} must be about a case"
    return document.case


def _contractor(document: Document) -> Contractor:
    assert document.contractor is not None, f"{document.paper} must name a contractor"
    return document.contractor


def _proposed(session: Session, document: Document, values: Mapping[str, Any]) -> Contractor:
    """Put a contractor on file; one known under the same code is proposed anew for this county (A-06)."""
    row = session.scalar(select(Contractor).where(Contractor.uscc == values["uscc"]))
    if row is None and document.contractor is not None and document.contractor.state == "proposed":
        row = document.contractor  # its code was corrected before anybody decided
    if row is None:
        row = Contractor(answers={})
        session.add(row)
    elif row.state in {"effective", "suspended"}:
        return row  # in use: a renewal, or another county asks to be named; nothing changes before the decision
    row.region_code, row.proposed_by, row.proposed_at = document.issuer.region_code, document.issuer, clock.now()
    _set(row, {**values, "answers": dict(document.answers), "state": "proposed", "state_reason": ""})
    return row


def _withdrawn(session: Session, document: Document, why: str) -> None:
    """Undo a proposal that came to nothing: the contractor may be proposed anew, unless another paper proposes it still.

    A filing that had gone out and is void permits its county nothing any more; who is in custody stays placed.
    """
    row = document.contractor
    if row is None:
        return
    others = select(Document.id).where(
        Document.contractor_id == row.id, Document.paper.in_(_PROPOSALS), Document.id != document.id
    )
    if row.state == "proposed":
        over = [state.value for state in FINAL_STATES]
        running = others.where(Document.submitted_at.is_not(None), Document.state.not_in(over))
        if session.scalar(running.limit(1)) is None:
            _set(row, {"state": "withdrawn", "state_reason": why})
    elif row.state in {"effective", "suspended"} and document.sent_at is not None and document.paper == _FILING:
        permitted = others.where(
            Document.issuer_id == document.issuer_id, Document.sent_at.is_not(None), Document.state != State.VOID
        )
        if session.scalar(permitted.limit(1)) is not None:
            return
        row.terms = [term for term in row.terms if term.region_code != document.issuer.region_code]
        if not row.terms:
            _set(row, {"state": "withdrawn", "state_reason": why})


def _granted(document: Document, effect: ContractorGranted) -> None:
    """Give a county its number and validity; what other counties have stays theirs, and so does a suspension (R-48).

    An agreement outlasts a renewal: it has its own term. The record is the county's own word on the house, so it
    does not replace the one under which another county uses it.
    """
    row, today = _contractor(document), clock.today()
    in_use = row.state in {"effective", "suspended"}
    others = [term for term in row.terms if term.region_code != effect.county and term.valid_to >= today]
    state = "suspended" if row.state == "suspended" else "effective"
    _set(row, {**({} if in_use and others else effect.record), "state": state})
    term = row.term(effect.county)
    if term is None:
        term = ContractorTerm(region_code=effect.county)
        row.terms.append(term)
    _set(
        term,
        {
            "quota": effect.quota,
            "price_month": effect.record["price_month"],
            "valid_from": effect.valid_from,
            "valid_to": effect.valid_to,
            "approval_no": effect.approval_no or document.doc_no or "",
            "approved_on": effect.approved_on or document.signed_on,
        },
    )


def _set(row: Contractor | ContractorTerm, values: Mapping[str, Any]) -> None:
    for column, value in values.items():
        setattr(row, column, value)


def _place(session: Session, document: Document, effect: Placed) -> None:
    case, contractor = _case(document), _contractor(document)
    if open_placement(session, case) is not None:
        raise Invalid("该人员已在托养机构，请先办理托养终止（转出）")
    session.add(
        Placement(
            case=case,
            contractor=contractor,
            document_id=document.id,
            region_code=case.region_code,
            starts_on=effect.starts_on,
        )
    )


def open_placement(session: Session, case: Case) -> Placement | None:
    """Return the running placement of a person, None when there is none."""
    return session.scalar(select(Placement).where(Placement.case_id == case.id, Placement.ends_on.is_(None)))
