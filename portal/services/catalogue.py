"""Which papers somebody may begin, in the groups of the catalogue (domain §2), and about which persons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.models import Case, Document, Task
from portal.services import casepapers
from portal.services.access import Viewer, case_scope, document_scope
from portal.services.casepapers import Offer
from portal.services.subjects import Subject, of_case

MOST_CASES = 60


@dataclass(frozen=True)
class Group:
    """A group of the catalogue with what may be begun in it."""

    title: str
    offers: Sequence[Offer]


def offers(session: Session, viewer: Viewer, case: Case | None) -> list[Group]:
    """Return what the viewer may begin: about a case, or, without one, the papers that open or need none."""
    papers = _papers(session, viewer, case) if case else ()
    return _grouped(casepapers.offers(viewer, Subject(case), papers))


def _grouped(found: Iterable[Offer]) -> list[Group]:
    groups: dict[str, list[Offer]] = {}
    for offer in found:
        groups.setdefault(offer.stage, []).append(offer)
    return [Group(title, listed) for title, listed in groups.items()]


def _papers(session: Session, viewer: Viewer, case: Case) -> Sequence[Document]:
    query = select(Document).where(of_case(case.id), document_scope(viewer)).order_by(Document.id.desc())
    return session.scalars(query).all()


def asked_for(session: Session, viewer: Viewer, case: Case | None) -> dict[str, str]:
    """Return the papers a rule asks the viewer's organ for about a case, by code, with the reason."""
    if case is None:
        return {}
    rows = session.scalars(
        select(Task).where(Task.case_id == case.id, Task.done_at.is_(None), Task.unit_id.in_(viewer.unit_ids))
    )
    return {task.paper: task.why for task in rows}


def open_cases(session: Session, viewer: Viewer) -> Sequence[Case]:
    """Return the newest open cases the viewer may open: to choose whom a paper is about."""
    return session.scalars(
        select(Case)
        .where(Case.is_open, case_scope(viewer))
        .options(joinedload(Case.place))
        .order_by(Case.id.desc())
        .limit(MOST_CASES)
    ).all()
