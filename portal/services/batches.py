"""One act on many papers: each in its own transaction; what is not allowed is left out and named."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.db import transaction
from portal.errors import Invalid, NotFound, Refusal
from portal.models import Document
from portal.services import approvals
from portal.services.access import Viewer, document_scope
from portal.services.approvals import Order
from portal.services.letters import Works

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Skipped:
    """A paper left out of a batch, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class BatchOutcome:
    """What a batch did: papers done in the order given, letters whose file is to be made, papers skipped with reasons."""

    done: Sequence[Document]
    letter_ids: Sequence[int]
    skipped: Sequence[Skipped]


def act_on_many(
    session: Session, viewer: Viewer, act: Act, uuids: Sequence[UUID], key: str, works: Works, opinion: str = ""
) -> BatchOutcome:
    """Do one act on many papers, each in its own transaction; what is not allowed is skipped and named.

    The same `key` posted again repeats nothing. Files are made afterwards by the caller or the worker.
    """
    if len(uuids) > MOST_AT_ONCE:
        raise Invalid(f"一次最多办理{MOST_AT_ONCE}件，请分批")
    done: list[Document] = []
    pending: list[int] = []
    skipped: list[Skipped] = []
    for uuid in uuids:
        document = session.scalar(select(Document).where(Document.uuid == uuid, document_scope(viewer)))
        if document is None:
            skipped.append(Skipped(str(uuid), NotFound().sentence))
            continue
        title, revision = document.title, document.revision
        try:
            with transaction(session):
                order = Order(act, revision, f"{key}:{uuid}", opinion)
                outcome = approvals.take_action(session, viewer, uuid, order, works)
        except Refusal as refusal:
            details = "；".join(problem.sentence for problem in getattr(refusal, "problems", ()))
            skipped.append(Skipped(title, details or refusal.sentence))
            continue
        done.append(outcome.document)
        if outcome.letter_id is not None:
            pending.append(outcome.letter_id)
    return BatchOutcome(done, pending, skipped)
