"""The records papers hang on, found as far as the viewer may see them; and papers begun about them."""

from collections.abc import Mapping
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from forms.catalog import PAPERS
from forms.kit.paper import About
from portal.errors import NotFound
from portal.models import Campaign, Contractor, Document, Resident, Task
from portal.services import casepapers, documents
from portal.services.access import Viewer, campaign_scope, contractor_scope, document_scope, resident_scope
from portal.services.subjects import NOTHING, Subject, papers_of

Row = TypeVar("Row")
#: What a form calls the record it names.
WORDS: Final = ("case", "contractor", "resident", "campaign")


def find(session: Session, viewer: Viewer, named: Mapping[str, UUID]) -> Subject:
    """Return the record named by one of WORDS; NotFound when it is absent or foreign: the two look alike."""
    return Subject(
        case=documents.find_case(session, viewer, named["case"]) if "case" in named else None,
        contractor=contractor(session, viewer, named["contractor"]) if "contractor" in named else None,
        resident=resident(session, viewer, named["resident"]) if "resident" in named else None,
        campaign=campaign(session, viewer, named["campaign"]) if "campaign" in named else None,
    )


def contractor(session: Session, viewer: Viewer, uuid: UUID) -> Contractor:
    """Return a contractor the viewer may open."""
    return _one(session.scalar(select(Contractor).where(Contractor.uuid == uuid, contractor_scope(viewer))))


def resident(session: Session, viewer: Viewer, uuid: UUID) -> Resident:
    """Return the file of a resident the viewer may open."""
    return _one(session.scalar(select(Resident).where(Resident.uuid == uuid, resident_scope(viewer))))


def campaign(session: Session, viewer: Viewer, uuid: UUID) -> Campaign:
    """Return a campaign the viewer may open."""
    return _one(session.scalar(select(Campaign).where(Campaign.uuid == uuid, campaign_scope(viewer))))


def _one(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def papers(session: Session, viewer: Viewer, about: Subject, *also: ColumnElement[bool]) -> list[Document]:
    """Return the papers about a record that the viewer may open, newest first."""
    query = select(Document).where(papers_of(about), document_scope(viewer), *also).order_by(Document.id.desc())
    return list(session.scalars(query))


def begin(
    session: Session, viewer: Viewer, code: str, about: Subject, request: Document | None = None
) -> Document:
    """Begin a paper about a record, as a reply where it answers one that waits at the viewer's organ."""
    if request is None:
        now = casepapers.situation(viewer, about, papers(session, viewer, about))
        request = casepapers.request_for(viewer, code, now)
    if code in PAPERS and PAPERS[code].about is About.PERSONS:
        about = NOTHING  # it names its persons itself
    return documents.start(session, viewer, code, about=about, request=request)


def begin_task(session: Session, viewer: Viewer, task: Task) -> Document:
    """Begin the paper a task asks for; one that hangs on no record follows the paper that asked for it."""
    about = Subject.of(task)
    asked = session.get(Document, task.opened_by_id) if about == NOTHING and task.opened_by_id else None
    return begin(session, viewer, task.paper, about, asked)


def fields_of(about: Subject | Document) -> dict[str, UUID]:
    """Return the hidden fields that name the record of a form: of its four columns the one a paper is about."""
    found = {word: getattr(about, word) for word in WORDS}
    return {word: row.uuid for word, row in found.items() if row is not None}
