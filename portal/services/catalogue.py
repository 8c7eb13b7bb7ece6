"""Which papers somebody may begin, in the groups of the catalogue (domain §2), and about which persons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.catalog import ALL, PAPERS
from forms.kit.paper import Paper
from portal.models import Case, Document, Task
from portal.services import casepapers
from portal.services.access import Viewer, case_scope, document_scope
from portal.services.casepapers import Offer

MOST_CASES = 60


@dataclass(frozen=True)
class Group:
    """A group of the catalogue with what may be begun in it."""

    title: str
    offers: Sequence[Offer]


def offers(session: Session, viewer: Viewer, case: Case | None) -> list[Group]:
    """Return what the viewer may begin: about a case, or, without one, the papers that open or need none."""
    if case is None:
        found = [
            Offer(kind, casepapers.stage_of(kind))
            for kind in ALL
            if kind.opens and casepapers.may_draft(viewer, kind.code, None)
        ]
    else:
        found = casepapers.offers(viewer, case, _papers(session, viewer, case))
    return _grouped(found)


def _grouped(found: Iterable[Offer]) -> list[Group]:
    groups: dict[str, list[Offer]] = {}
    for offer in found:
        groups.setdefault(offer.stage, []).append(offer)
    return [Group(title, listed) for title, listed in groups.items()]


def _papers(session: Session, viewer: Viewer, case: Case) -> Sequence[Document]:
    query = (
        select(Document).where(Document.case_id == case.id, document_scope(viewer)).order_by(Document.id.desc())
    )
    return session.scalars(query).all()


def asked_for(session: Session, viewer: Viewer, case: Case | None) -> dict[str, str]:
    """Return the papers a rule asks the viewer's organ for about a case, by code, with the reason."""
    if case is None:
        return {}
    rows = session.scalars(
        select(Task).where(Task.case_id == case.id, Task.done_at.is_(None), Task.unit_id.in_(viewer.unit_ids))
    )
    return {task.paper: task.why for task in rows}


def can_begin(viewer: Viewer, code: str, case: Case | None) -> bool:
    """Tell whether the viewer may begin a paper: for the buttons beside a problem that another paper mends."""
    kind: type[Paper] | None = PAPERS.get(code)
    if kind is None or kind.answers_paper or kind.opens is not (case is None):
        return False
    return casepapers.may_draft(viewer, code, case.region_code if case else None)


def open_cases(session: Session, viewer: Viewer) -> Sequence[Case]:
    """Return the newest open cases the viewer may open: to choose whom a paper is about."""
    return session.scalars(
        select(Case)
        .where(Case.is_open, case_scope(viewer))
        .options(joinedload(Case.place))
        .order_by(Case.id.desc())
        .limit(MOST_CASES)
    ).all()
