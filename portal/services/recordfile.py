"""What the page of any record shows: its limits, its papers in their stages, what is to be begun, what happened."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from forms.catalog import PAPERS
from forms.kit.counting import ClockState
from portal.models import Attachment, Document, Event, Task, Unit
from portal.services import casepapers, casestory, clocks, timeline, trails, units
from portal.services.access import Viewer, contractor_counties, document_scope, duty_units, filed
from portal.services.casepapers import Offer, Stage
from portal.services.clocks import ClockLine
from portal.services.subjects import NOTHING, Subject, alike, papers_of
from portal.services.trails import Station, Trail

_ENDED: Final = frozenset({ClockState.DONE, ClockState.DONE_LATE, ClockState.CANCELLED})


@dataclass(frozen=True)
class RecordFile:
    """A record with everything that hangs on it, as far as the viewer may see it."""

    about: Subject
    own: Sequence[ClockLine]
    others: Sequence[ClockLine]
    ended: Sequence[ClockLine]
    stages: Sequence[Stage]
    papers: Sequence[Document]
    offers: Mapping[str, Offer]
    tasks: Sequence[Task]
    attachments: Sequence[Attachment]
    history: Sequence[timeline.Item]
    trails: Sequence[Trail]


def load(session: Session, viewer: Viewer, about: Subject, events: Sequence[Event] | None = None) -> RecordFile:
    """Read the file of a record in a fixed number of queries. `events`: those of a case, where they are read already."""
    assert about != NOTHING, "a file is about something"
    columns: dict[str, int | None] = {"case_id": about.case.id} if about.case else about.ids
    lines = clocks.of_record(session, columns, contractor_counties(viewer) if about.house else None)
    running = [line for line in lines if line.state not in _ENDED]
    papers = session.scalars(
        select(Document)
        .where(papers_of(about), document_scope(viewer))
        .options(
            joinedload(Document.issuer),
            joinedload(Document.counterpart),
            joinedload(Document.holder_unit),
            joinedload(Document.in_reply_to),
            selectinload(Document.attachments).joinedload(Attachment.document),
        )
        .order_by(Document.id.desc())
    ).all()
    offered = casepapers.offers(viewer, about, papers)
    told = _events(session, papers) if events is None else events
    return RecordFile(
        about=about,
        own=[line for line in running if not line.outside],
        others=[line for line in running if line.outside],
        ended=[line for line in lines if line.state in _ENDED],
        stages=casepapers.stages(papers, offered),
        papers=papers,
        offers={offer.kind.code: offer for offer in offered},
        tasks=_tasks(session, viewer, columns, {line.limit.paper for line in running if not line.outside}),
        attachments=[each for paper in papers for each in paper.attachments if each.removed_at is None],
        history=casestory.history(viewer, papers, told),
        trails=_trails(viewer, about, papers, running, _elsewhere(session, about, papers)),
    )


def _trails(
    viewer: Viewer,
    about: Subject,
    papers: Sequence[Document],
    running: Sequence[ClockLine],
    elsewhere: Sequence[tuple[Unit, Station]],
) -> list[Trail]:
    """Draw the chains of a record; where several counties use one contractor, those of each county the viewer answers for."""
    organs = [*(paper.issuer for paper in papers), *(unit for unit, _ in elsewhere)]
    users = {unit.region_code: unit.name for unit in organs if unit.kind in units.CUSTODY_USERS}
    if about.house is None or len(users) < 2:
        return trails.drawn(about, papers, running, {station.code: station for _, station in elsewhere})
    mine = contractor_counties(viewer)
    drawn: list[Trail] = []
    for region, name in sorted(users.items()):
        if mine is not None and region not in mine:
            continue
        others = {unit.id for unit in organs if unit.kind in units.CUSTODY_USERS and unit.region_code != region}
        found = trails.drawn(
            about,
            [paper for paper in papers if paper.issuer_id not in others],
            [line for line in running if line.owner == name],
            {station.code: station for unit, station in elsewhere if unit.id not in others},
        )
        drawn += [replace(trail, side=name) for trail in found]
    return drawn


def _elsewhere(session: Session, about: Subject, papers: Iterable[Document]) -> list[tuple[Unit, Station]]:
    """Return the steps other organs have done about a record in papers the viewer cannot open, newest last."""
    query = (
        select(Document.paper, Unit, Document.signed_on)
        .join(Unit, Unit.id == Document.issuer_id)
        .where(papers_of(about), Document.id.not_in([paper.id for paper in papers]))
        .where(filed(), Document.state.not_in(("void", "rejected")))
        .order_by(Document.id)
    )
    return [(unit, trails.unseen(code, unit.name, day)) for code, unit, day in session.execute(query)]


def _events(session: Session, papers: Iterable[Document]) -> Sequence[Event]:
    return session.scalars(
        select(Event)
        .where(Event.document_id.in_([paper.id for paper in papers]))
        .options(joinedload(Event.actor), joinedload(Event.for_user), joinedload(Event.unit))
        .order_by(Event.seq)
    ).all()


def _tasks(
    session: Session, viewer: Viewer, columns: dict[str, int | None], limited: Collection[str]
) -> list[Task]:
    """Return the papers rules ask for, but for those that stand among the limits already."""
    query = select(Task).where(alike(Task, columns), Task.done_at.is_(None), Task.unit_id.in_(duty_units(viewer)))
    return [task for task in session.scalars(query.order_by(Task.id)) if task.paper not in limited]


def kind_of_file(attachment: Attachment) -> str:
    """Return what an attachment is, in the words of its paper's checklist."""
    checklist = PAPERS[attachment.document.paper].checklist
    return next((need.label for need in checklist if need.kind == attachment.kind), attachment.filename)
