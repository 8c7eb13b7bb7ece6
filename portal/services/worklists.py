"""First page of everybody: 待办, 已办, 我发起, 抄送, 将到期, 逾期, and papers that are due by a rule.

A list and its count are one query, so they cannot differ; counts stop at 99 like those of a mail box.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, not_, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from forms.catalog import PAPERS
from forms.kit import chains, moving
from forms.kit.chains import Act
from forms.kit.counting import end_of
from forms.kit.limits import LIMITS
from forms.kit.phrases import Phrase
from forms.kit.timespan import Hours
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.errors import NotFound
from portal.models import Case, Clock, Document, DocumentCopy, Participation, Task
from portal.services import clocks, documents
from portal.services.access import Viewer, case_scope, document_scope, duty_units, working_units
from portal.services.approvals import ACT_WORDS
from portal.services.clocks import ClockLine
from portal.services.subjects import RECORDS, primary

PAGE = 20
MOST_COUNTED = 99
#: The word for going on with a paper that asks for an answer.
ANSWER = Phrase("答复")


class Listing(StrEnum):
    """The lists of the first page, in their order."""

    TODO = "todo"  # 待办
    TASKS = "tasks"  # 应办文书
    DUE = "due"  # 将到期
    OVERDUE = "overdue"  # 逾期
    DONE = "done"  # 已办
    MINE = "mine"  # 我发起
    COPIES = "copies"  # 抄送


@dataclass(frozen=True)
class WorkItem:
    """A paper in a list: who has it since when, the next legal date, and the one next button."""

    document: Document
    next_act: Act | None
    clock: ClockLine | None

    @property
    def uuid(self) -> UUID:
        """The paper's public id."""
        return self.document.uuid

    @property
    def title(self) -> str:
        """The paper's title."""
        return self.document.title

    @property
    def next_word(self) -> str:
        """Words of the next button; empty when the paper is not at the viewer's desk."""
        if self.document.step == "answer" and PAPERS[self.document.paper].answered_by:
            return ANSWER
        return ACT_WORDS[self.next_act] if self.next_act else ""


@dataclass(frozen=True)
class PageOf:
    """One page of a list and whether another follows."""

    rows: Sequence[Any]
    page: int
    more: bool


#: Steps at which R-99 bars whoever acted before.
_SEPARATED_STEPS = ("review", "check", "duty", "sign", "own", "seal", "send")


def at_my_desk(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a paper waits for this viewer: named to them, or at a desk of theirs they may sit at."""
    ways: list[ColumnElement[bool]] = [Document.holder_user_id == viewer.user_id]
    for unit_id in viewer.unit_ids:
        desks = viewer.desks(unit_id)
        if desks:
            ways.append(
                and_(
                    Document.holder_unit_id == unit_id,
                    Document.holder_desk.in_(sorted(desks)),
                    Document.holder_user_id.is_(None),
                )
            )
    me = viewer.user_id
    barred = and_(
        Document.step.in_(_SEPARATED_STEPS),
        Document.holder_unit_id == Document.issuer_id,
        or_(Document.drafter_id == me, Document.reviewer_id == me, Document.signer_id == me),
    )
    return and_(or_(*ways), not_(func.coalesce(barred, false())))


def _documents(viewer: Viewer, listing: Listing, most: int) -> Select[Document]:
    query = select(Document).options(
        joinedload(Document.issuer),
        joinedload(Document.counterpart),
        joinedload(Document.case),
        joinedload(Document.holder_unit),
        joinedload(Document.holder_user),
        joinedload(Document.drafter),
    )
    if listing is Listing.TODO:
        return query.where(at_my_desk(viewer)).order_by(Document.held_since)
    if listing is Listing.MINE:
        return query.where(Document.drafter_id == viewer.user_id, document_scope(viewer)).order_by(
            Document.id.desc()
        )
    if listing is Listing.DONE:
        return (
            query.join(Participation, Participation.document_id == Document.id)
            .where(Participation.user_id == viewer.user_id, document_scope(viewer))
            .order_by(Participation.last_at.desc())
        )
    newest = _newest_copies(viewer, most)
    return query.join(newest, newest.c.document_id == Document.id).order_by(newest.c.sent_at.desc())


def _newest_copies(viewer: Viewer, most: int) -> Subquery:
    """Return the newest copies sent to the viewer's organs: `most` entries of the index for each, whatever lies behind."""
    copies = select(DocumentCopy.document_id, DocumentCopy.sent_at)
    parts = [
        copies.where(DocumentCopy.unit_id == unit).order_by(DocumentCopy.sent_at.desc()).limit(most).subquery()
        for unit in sorted(working_units(viewer))
    ]
    return union_all(*(select(part) for part in parts)).subquery() if parts else copies.where(false()).subquery()


def _clocks(session: Session, viewer: Viewer, listing: Listing, now: datetime) -> Select[Clock]:
    query = (
        select(Clock)
        .where(
            Clock.owner_id.in_(duty_units(viewer)),
            Clock.outside.is_(False),
            Clock.done_at.is_(None),
            Clock.cancelled_at.is_(None),
        )
        .options(*clocks.SHOWN)
        .order_by(Clock.due_at)
    )
    if listing is Listing.OVERDUE:
        return query.where(Clock.due_at <= now)
    # Due soon: at most two working days left, or four hours for periods in hours.
    today = now.astimezone(SHANGHAI).date()
    third = clocks.calendar(session).nth_working_day(today, 3)
    by_hour = [code for code, limit in LIMITS.items() if isinstance(limit.length, Hours)]
    near = or_(
        and_(Clock.limit.in_(by_hour), Clock.due_at <= now + timedelta(hours=4)),
        and_(Clock.limit.not_in(by_hour), Clock.due_at <= end_of(third - timedelta(days=1))),
    )
    return query.where(Clock.due_at > now, near)


def _tasks(viewer: Viewer) -> Select[Task]:
    return (
        select(Task)
        .outerjoin(Case, Case.id == Task.case_id)
        .where(
            Task.unit_id.in_(duty_units(viewer)),
            Task.done_at.is_(None),
            or_(Task.case_id.is_(None), case_scope(viewer)),
        )
        .options(
            joinedload(Task.case),
            joinedload(Task.contractor),
            joinedload(Task.resident),
            joinedload(Task.campaign),
        )
        .order_by(Task.id)
    )


def task(session: Session, viewer: Viewer, task_id: int) -> Task:
    """Return an open task of the viewer's organs, NotFound otherwise."""
    found = session.scalar(_tasks(viewer).where(Task.id == task_id))
    if found is None:
        raise NotFound("这项应办文书已经办理，或者不属于您的单位")
    return found


def _query(session: Session, viewer: Viewer, listing: Listing, most: int) -> Select[Any]:
    """Return the query of a list, of which `most` rows will be read from the beginning."""
    if listing in {Listing.DUE, Listing.OVERDUE}:
        return _clocks(session, viewer, listing, clock.now())
    if listing is Listing.TASKS:
        return _tasks(viewer)
    return _documents(viewer, listing, most)


def counts(session: Session, viewer: Viewer) -> Mapping[Listing, int]:
    """Count every list in one round trip, each to at most 100 (shown as 99+)."""
    parts = []
    for listing in Listing:
        limited = (
            _query(session, viewer, listing, MOST_COUNTED + 1).order_by(None).options().limit(MOST_COUNTED + 1)
        )
        ids = limited.with_only_columns(_key(listing)).subquery()
        parts.append(select(func.count()).select_from(ids).scalar_subquery().label(listing.value))
    row = session.execute(select(*parts)).one()
    return {listing: getattr(row, listing.value) for listing in Listing}


def _key(listing: Listing) -> ColumnElement[Any]:
    if listing in {Listing.DUE, Listing.OVERDUE}:
        return Clock.id.expression
    return Task.id.expression if listing is Listing.TASKS else Document.id.expression


def page(session: Session, viewer: Viewer, listing: Listing, number: int = 1) -> PageOf:
    """Return one page of a list: WorkItem for papers, ClockLine for clocks, Task for tasks."""
    offset = (max(number, 1) - 1) * PAGE
    query = _query(session, viewer, listing, offset + PAGE + 1).offset(offset).limit(PAGE + 1)
    rows = list(session.scalars(query).unique())
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if listing in {Listing.DUE, Listing.OVERDUE}:
        known, now = clocks.calendar(session), clock.now()
        return PageOf([clocks.line_of(row, known, now) for row in rows], number, more)
    if listing is Listing.TASKS:
        return PageOf(rows, number, more)
    return PageOf(items_of(session, viewer, rows), number, more)


def items_of(session: Session, viewer: Viewer, rows: Sequence[Document]) -> list[WorkItem]:
    """Describe papers for a list, with the clock each one is to meet: one query for all of them."""
    near = nearest_clocks(session, rows)
    return [WorkItem(row, next_act(viewer, row), near.get(row.id)) for row in rows]


def next_act(viewer: Viewer, document: Document) -> Act | None:
    """Return the forward act when the paper waits for this viewer, None otherwise."""
    acts = moving.moves(
        PAPERS[document.paper].chain,
        documents.standing(document),
        viewer.actor(document.issuer_id, document.counterpart_id),
    )
    return next((act for act in Act if act in acts & chains.FORWARD), None)


def _of_their_records(rows: Sequence[Document]) -> list[ColumnElement[bool]]:
    """Return the condition for each kind of record the papers are about."""
    ids = {column: {getattr(row, column) for row in rows} - {None} for column in RECORDS}
    return [false(), *(getattr(Clock, column).in_(found) for column, found in ids.items() if found)]


def _same_record(running: Clock, row: Document) -> bool:
    about = primary(row)
    return bool(about) and all(getattr(running, column) == value for column, value in about.items())


def nearest_clocks(session: Session, rows: Iterable[Document]) -> Mapping[int, ClockLine]:
    """Return, by document id, the running clock that finishing the paper would meet."""
    wanted = list(rows)
    codes = {code for code, limit in LIMITS.items() if limit.paper in {row.paper for row in wanted}}
    if not wanted:
        return {}
    running = session.scalars(
        select(Clock)
        .where(
            Clock.done_at.is_(None),
            Clock.cancelled_at.is_(None),
            or_(
                and_(or_(*_of_their_records(wanted)), Clock.limit.in_(codes)),
                Clock.document_id.in_([row.id for row in wanted]),
            ),
        )
        .options(*clocks.SHOWN)
        .order_by(Clock.due_at.desc())
    ).all()
    known, now = clocks.calendar(session), clock.now()
    found: dict[int, ClockLine] = {}
    for row in wanted:
        for running_clock in running:
            meets = LIMITS[running_clock.limit].paper == row.paper and _same_record(running_clock, row)
            if meets or running_clock.document_id == row.id:
                found[row.id] = clocks.line_of(running_clock, known, now)
    return found
