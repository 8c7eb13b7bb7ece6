"""Residents on file and the problems found about them or about places, as papers make them (R-73…R-87)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forms.kit.effects import (
    GroupEffect,
    ProblemAnswered,
    ProblemFound,
    ProblemsNoticed,
    ResidentChanged,
    ResidentRecorded,
    ResidentVisited,
)
from portal import clock
from portal.models import Attachment, Campaign, Clock, Document, Finding, Resident, Task, Unit
from portal.services import clocks
from portal.services.access import Viewer


def make_true(session: Session, viewer: Viewer, document: Document, effect: GroupEffect) -> None:
    """Make true what a paper on the special groups says, in the transaction of its act."""
    match effect:
        case ResidentRecorded():
            document.resident = _recorded(session, document, effect)
        case ResidentChanged():
            assert document.resident is not None, f"{document.paper} must be about a resident"
            kept = {**document.resident.answers, **effect.answers}
            document.resident.answers = {box: value for box, value in kept.items() if value}
        case ResidentVisited():
            assert document.resident is not None, f"{document.paper} must be about a resident"
            document.resident.visited_on = max(document.resident.visited_on or effect.on, effect.on)
        case ProblemFound():
            session.add(_finding(session, document, effect))
        case ProblemsNoticed():
            for row in _findings(session, document, effect.keys):
                row.notice_id = document.id
                _notice_given(session, document, row)
        case ProblemAnswered():
            proof = _evidence(session, document)
            for row in _findings(session, document, effect.keys):
                row.result, row.result_note, row.reported_by_id = effect.result, effect.note, viewer.user_id
                if proof is not None:
                    row.evidence_sha256, row.evidence_name = proof.sha256, proof.filename
        case _:
            raise TypeError(f"nobody makes {type(effect).__name__} true")
    session.flush()


def _recorded(session: Session, document: Document, effect: ResidentRecorded) -> Resident:
    """Open or update the file of a resident: known by the paper's own record, or by the ID number."""
    values: dict[str, Any] = dict(effect.values)
    campaign = _campaign(session, str(values.pop("campaign", "")))
    row = document.resident
    if row is None and values.get("id_number"):
        row = session.scalar(select(Resident).where(Resident.id_number == values["id_number"]))
    if row is None:
        row = Resident(region_code=document.issuer.region_code)
    village = document.issuer if document.issuer.kind == "village" else None
    if village is not None:
        assert village.parent_id is not None, "a village belongs to a township"
        row.village, row.town_id = village, village.parent_id
    for column, value in values.items():  # `answers` among them: only those the form still asks for
        setattr(row, column, value)
    if campaign is not None:
        row.campaign_id = campaign.id
    row.updated_on = effect.updated_on
    session.add(row)
    session.flush()
    _take_over(session, document, row)
    return row


def _take_over(session: Session, document: Document, row: Resident) -> None:
    """Hang on the file what its first form brought about before the file was there: limits and tasks."""
    for model, origin in ((Clock, Clock.document_id), (Task, Task.opened_by_id)):
        session.execute(
            update(model).where(origin == document.id, model.resident_id.is_(None)).values(resident_id=row.id)
        )


def _campaign(session: Session, key: str) -> Campaign | None:
    """Return the campaign a form belongs to; None for an update outside any."""
    try:
        return session.scalar(select(Campaign).where(Campaign.uuid == UUID(key)))
    except ValueError:
        return None


def _finding(session: Session, document: Document, effect: ProblemFound) -> Finding:
    town = _town(session, document)
    campaign = document.resident.campaign_id if document.resident else document.campaign_id
    return Finding(
        number=_number(session, document.issuer.region_code, effect.found_on.year),
        region_code=document.issuer.region_code,
        town_id=town.id,
        campaign_id=campaign,
        resident=document.resident,
        document_id=document.id,
        found_on=effect.found_on,
        source=effect.source,
        subject=effect.subject,
        kind=effect.kind,
        detail=effect.detail,
        measure=effect.measure,
        owner_unit_id=town.id,
        owner_name=effect.owner_name,
        due_on=effect.due_on or _due(session, campaign, effect.kind, effect.found_on),
    )


def _town(session: Session, document: Document) -> Unit:
    """Return the township whose list a problem stands on; the county's own where no township is concerned."""
    if document.resident is not None:
        return session.get_one(Unit, document.resident.town_id)
    issuer = document.issuer
    return issuer.parent if issuer.kind == "village" and issuer.parent else issuer


def _evidence(session: Session, document: Document) -> Attachment | None:
    """Return the evidence that came with an answer, None when there is none."""
    return session.scalar(
        select(Attachment)
        .where(
            Attachment.document_id == document.id, Attachment.kind == "evidence", Attachment.removed_at.is_(None)
        )
        .order_by(Attachment.id.desc())
    )


def _due(session: Session, campaign_id: int | None, kind: str, found_on: date) -> date:
    """R-76: the campaign's second date; a problem found later has ten working days, an unlicensed home thirty (R-78)."""
    if kind == "无证无照养老":
        return clocks.calculate(session, "eldercare_registration_due", found_on)[1].last_day
    campaign = session.get(Campaign, campaign_id) if campaign_id else None
    if campaign is not None and found_on <= campaign.clearing_due:
        return campaign.clearing_due
    return clocks.calculate(session, "problem_clearing_later_due", found_on)[1].last_day


def _number(session: Session, region_code: str, year: int) -> str:
    """Return the next 问题编号 of a county: 问522727-2026-0001. The write lock keeps it without gaps."""
    begin = f"问{region_code}-{year}-"
    taken = session.scalar(select(func.count(Finding.id)).where(Finding.number.startswith(begin))) or 0
    return f"{begin}{taken + 1:04d}"


def _notice_given(session: Session, document: Document, row: Finding) -> None:
    """Finish the task by which the paper that found a problem asked for this letter, from wherever it was begun."""
    asked = select(Task).where(
        Task.opened_by_id == row.document_id, Task.paper == document.paper, Task.done_at.is_(None)
    )
    for task in session.scalars(asked):
        task.done_at = clock.now()


def _findings(session: Session, document: Document, keys: tuple[str, ...]) -> list[Finding]:
    wanted = [UUID(key) for key in keys]
    rows = session.scalars(
        select(Finding).where(Finding.uuid.in_(wanted), Finding.region_code == document.issuer.region_code)
    )
    return list(rows)
