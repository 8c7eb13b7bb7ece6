"""What was refused: written into the log in a transaction of its own, after the paper was left as it was (G16, R-99)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Invalid, NotFound, Refusal
from portal.models import Document
from portal.services.access import Viewer, document_scope
from portal.services.events import record


def note(session: Session, viewer: Viewer, uuid: UUID, act: str, refusal: Refusal) -> None:
    """Write down that an act was refused and by which rules. Call inside a transaction of its own.

    A paper the viewer may not open leaves no record: nothing is said about it.
    """
    if isinstance(refusal, NotFound):
        return
    document = session.scalar(select(Document).where(Document.uuid == uuid, document_scope(viewer)))
    if document is None:
        return
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    record(
        session,
        "refused",
        actor_id=viewer.user_id,
        unit_id=viewer.home.unit_id if viewer.home else None,
        document_id=document.id,
        case_id=document.case_id,
        step=document.step,
        data={
            "act": act,
            "status": refusal.status,
            "rules": sorted({problem.rule for problem in problems if problem.rule}),
            "boxes": sorted({problem.field for problem in problems if problem.field and not problem.rule}),
        },
    )
