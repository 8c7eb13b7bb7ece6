"""Contractors as papers make them: proposed, approved, suspended, ended; and who is placed with them (R-37…R-49)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.effects import ContractorChanged, ContractorProposed, Placed, PlacementEnded
from portal import clock
from portal.errors import Invalid
from portal.models import Case, Contractor, Document, Placement

Custody = ContractorProposed | ContractorChanged | Placed | PlacementEnded


def make_true(session: Session, document: Document, effect: Custody) -> None:
    """Make true what a custody paper says, in the transaction of its act."""
    match effect:
        case ContractorProposed():
            document.contractor = _proposed(session, document, effect.values)
        case ContractorChanged():
            _set(_contractor(document), effect.values)
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
        row = Contractor(
            region_code=document.issuer.region_code,
            counties=[],
            proposed_by=document.issuer,
            proposed_at=clock.now(),
            answers={},
        )
        session.add(row)
    elif row.state in {"effective", "suspended"}:
        return row  # in use: a renewal, or another county asks to be named; nothing changes before the decision
    _set(row, {**values, "answers": dict(document.answers), "state": "proposed"})
    return row


def _set(row: Contractor, values: Mapping[str, Any]) -> None:
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
