"""Making true what a paper says becomes true, in the transaction of the act that brought it there."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import delete, false, or_, select
from sqlalchemy.orm import Session

from forms.kit.chains import Desk, Milestone, Side, State
from forms.kit.effects import (
    ClocksCancelled,
    CustodyEffect,
    DraftOpened,
    Effect,
    GroupEffect,
    RequestAnswered,
    Settles,
    Starts,
    TaskOpened,
)
from forms.kit.limits import LIMITS
from forms.kit.moving import Place
from forms.kit.paper import Paper
from forms.kit.phrases import Phrase
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.errors import Invalid
from portal.models import Case, Clock, Contractor, Document, DocumentCase, Task, Unit
from portal.services import caseeffects, clocks, custody, groups, search, units
from portal.services.access import Viewer, load_viewer
from portal.services.documents import Reading, paper_class, put, start
from portal.services.subjects import RECORDS, Subject, alike, persons_of, primary


def apply(session: Session, viewer: Viewer, reading: Reading, on: Milestone) -> None:
    """Apply the effects, start and settle the clocks that a paper declares for a milestone."""
    document = reading.document
    if on in {Milestone.SUBMITTED, Milestone.COMPLETED}:
        _name_records(session, reading)
    for effect in reading.paper.effects(on, reading.facts):
        _make_true(session, viewer, document, effect)
    kind, at = paper_class(document), clock.now()
    for settled in kind.settles:
        if settled.on is on and (settled.shown_when is None or settled.shown_when(reading.paper)):
            for about in _records(session, document, settled.of_contractor):
                clocks.settle(
                    session,
                    settled.limit,
                    about,
                    _met_at(reading.paper, settled) or at,
                    document=document.in_reply_to,
                    owner_id=_owner(session, document, "contract" if "contractor_id" in about else "issuer"),
                )
        if settled.on is on and kind.thread_box and not primary(document):
            for running in _thread(session, reading, settled.limit, kind.thread_box, document.issuer.region_code):
                running.done_at = running.done_at or _met_at(reading.paper, settled) or at
    _start_clocks(session, reading, on)
    if on in {Milestone.SUBMITTED, Milestone.COMPLETED}:
        _finish_tasks(session, document, at)
    if document.case is not None and on in {Milestone.SENT, Milestone.COMPLETED}:
        search.index(session, document.case)


def _thread(session: Session, reading: Reading, limit: str, box: str, region: str) -> Sequence[Clock]:
    """Return the limits of a county, met or not, that earlier papers about the same person or place have begun.

    No record joins those papers, only what their boxes of this name say.
    """
    value = str(reading.document.answers.get(box, ""))
    return session.scalars(
        select(Clock)
        .join(Document, Document.id == Clock.document_id)
        .join(Unit, Unit.id == Clock.owner_id)
        .where(
            Clock.limit == limit,
            Clock.cancelled_at.is_(None),
            Unit.region_code == region,
            Document.answers[box].as_string() == value,
            Document.id != reading.document.id,
            *(getattr(Clock, column).is_(None) for column in RECORDS),
        )
    ).all()


def _name_records(session: Session, reading: Reading) -> None:
    """Hang the paper on the persons its rows name and on the contractor it chooses."""
    document, paper, kind = reading.document, reading.paper, paper_class(reading.document)
    if kind.persons_box:
        wanted = [str(row.case_no.data) for row in paper[kind.persons_box].rows]
        session.execute(delete(DocumentCase).where(DocumentCase.document_id == document.id))
        found = session.scalars(
            select(Case.id).where(Case.case_no.in_(wanted), Case.region_code == document.issuer.region_code)
        ).all()
        if len(found) != len(set(wanted)):
            raise Invalid("有的救助编号不是本地的在办个案，请核对人员名单")
        session.add_all(DocumentCase(document_id=document.id, case_id=each) for each in found)
    if kind.names_contractor and (key := str(paper[kind.names_contractor].data or "")):
        document.contractor = session.scalar(select(Contractor).where(Contractor.uuid == UUID(key)))
    session.flush()


def _records(
    session: Session, document: Document, of_contractor: bool, only: frozenset[str] | None = None
) -> list[dict[str, int | None]]:
    """Return what a limit of this paper runs for: its contractor, each of its persons, its record, or (empty) itself.

    `only` keeps to the persons of these case numbers.
    """
    if of_contractor:
        return [{"contractor_id": document.contractor_id}]
    persons = persons_of(session, document)
    if only is not None:
        persons = list(session.scalars(select(Case.id).where(Case.id.in_(persons), Case.case_no.in_(only))))
        return [{"case_id": each} for each in persons]
    return [{"case_id": each} for each in persons] or [primary(document)]


def _met_at(paper: Paper, settled: Settles) -> datetime | None:
    """Return the moment a box names as the one the duty was met; a day counts from its first minute."""
    found = paper[settled.at].data if settled.at else None
    if isinstance(found, datetime) or found is None:
        return found
    return datetime.combine(found, time(), SHANGHAI)


def _start_clocks(session: Session, reading: Reading, on: Milestone) -> None:
    document, paper, facts = reading.document, reading.paper, reading.facts
    identified = document.case.person.identity_status == "confirmed" if document.case else facts.person.identified
    again = on is Milestone.SUBMITTED and _submitted_before(session, document)
    for begun in paper_class(document).starts:
        if begun.on is not on or again or (begun.unless_identified and identified):
            continue
        if begun.shown_when is not None and not begun.shown_when(paper):
            continue
        if begun.thread_box:
            _start_thread(session, reading, begun)
            continue
        rows = paper.rows_of(begun)
        meant = None if rows is None else frozenset(str(row.case_no.data) for row in rows)
        for about in _records(session, document, begun.of_contractor, meant):
            if LIMITS[begun.limit].outside:
                owner = _owner(session, document, "issuer")
                clocks.start_outside(session, begun.limit, document, owner_id=owner, about=about)
                continue
            trigger = _trigger(document, begun.trigger) or paper.due_trigger(begun, facts)
            if trigger is not None:
                of_contract = "contractor_id" in about and begun.owner != "counterpart"
                owner = _owner(session, document, "contract" if of_contract else begun.owner)
                running = _begun_by_request(session, document, begun.limit) or clocks.start(
                    session, begun.limit, trigger, owner_id=owner, about=about, document=document
                )
                if begun.met_at:  # done before it was written down: kept to show whether in time
                    running.done_at = paper[begun.met_at].data


def _start_thread(session: Session, reading: Reading, begun: Starts) -> None:
    """Start a limit of the organ itself, unless a paper about the same person or place has done so before."""
    document = reading.document
    owner = _owner(session, document, begun.owner)
    region = session.get_one(Unit, owner).region_code
    trigger = reading.paper.due_trigger(begun, reading.facts)
    if trigger is not None and not _thread(session, reading, begun.limit, begun.thread_box, region):
        clocks.start(session, begun.limit, trigger, owner_id=owner, document=document)


def _begun_by_request(session: Session, document: Document, limit: str) -> Clock | None:
    """Return the running limit that the paper this one follows has begun, when neither hangs on a record."""
    if document.in_reply_to is None or primary(document):
        return None
    return clocks.open_clock(session, limit, None, document=document.in_reply_to)


def _submitted_before(session: Session, document: Document) -> bool:
    """Tell whether the paper comes back after a return: what it started then runs on, or is done."""
    return session.scalar(select(Clock.id).where(Clock.document_id == document.id).limit(1)) is not None


def _trigger(document: Document, name: str) -> datetime | date | None:
    if name == "admitted_at" and document.case is not None:
        return document.case.admitted_at
    if name in {"served_on", "received_at", "sent_at"}:
        found: datetime | date | None = getattr(document, name)
        return found
    return None


def _owner(session: Session, document: Document, owner: str) -> int:
    if owner == "counterpart" and document.counterpart_id is not None:
        return document.counterpart_id
    region = Subject.of(document).region_code
    if owner == "contract":  # what is owed with a contractor, the bureau of whoever writes owes
        if document.issuer.kind == "prefecture_bureau":
            return document.issuer_id
        owner, region = "county", document.issuer.region_code
    if owner == "county" and region is not None:
        organs = units.of_region(session, region)
        found = organs.get("county_bureau") or organs.get("central_station")
        if found is not None:
            return found.id
    if owner == "settler" and region is not None:
        organs = units.of_region(session, region)
        found = organs.get("county_bureau") or organs.get("prefecture_bureau")
        if found is not None:
            return found.id
    return document.issuer_id


def _finish_tasks(session: Session, document: Document, at: datetime) -> None:
    asked = [alike(Task, about) for about in _records(session, document, of_contractor=False) if about]
    if document.in_reply_to_id is not None:  # a task without a record asks for the paper that follows its own
        asked.append(Task.opened_by_id == document.in_reply_to_id)
    open_tasks = session.scalars(
        select(Task).where(
            or_(false(), *asked),
            Task.paper == document.paper,
            Task.done_at.is_(None),
        )
    )
    for task in open_tasks:
        task.done_at = at


def _make_true(session: Session, viewer: Viewer, document: Document, effect: Effect) -> None:
    match effect:
        case RequestAnswered():
            _answer(document, effect.outcome)
        case ClocksCancelled():
            _cancel(session, document, effect)
        case TaskOpened():
            _open_task(session, document, effect)
        case DraftOpened():
            _open_draft(session, viewer, document, effect)
        case _ if isinstance(effect, CustodyEffect):
            custody.make_true(session, document, effect)
        case _ if isinstance(effect, GroupEffect):
            groups.make_true(session, viewer, document, effect)
        case _:
            caseeffects.make_true(session, viewer, document, effect)


def _cancel(session: Session, document: Document, effect: ClocksCancelled) -> None:
    """End limits of the record; of a contractor, those of this county that are not overdue yet (R-46)."""
    now = clock.now()
    if not effect.of_contractor:
        for about in _records(session, document, of_contractor=False):
            clocks.cancel(session, about, effect.limits, effect.why, now)
        return
    owner = _owner(session, document, "contract")
    for code in effect.limits:
        running = clocks.open_clock(session, code, {"contractor_id": document.contractor_id}, owner_id=owner)
        if running is not None and running.due_at > now:
            running.cancelled_at, running.end_reason = now, effect.why


def _open_draft(session: Session, viewer: Viewer, document: Document, effect: DraftOpened) -> None:
    """Begin another paper for the same drafter, about one of the persons of this one or about its own record."""
    about = Subject.of(document)
    if effect.case_no:
        known = session.scalars(select(Case).where(Case.id.in_(persons_of(session, document)))).all()
        about = Subject(case=next(case for case in known if case.case_no == effect.case_no))
    drafter = load_viewer(session, document.drafter_id, clock.today()) or viewer
    start(session, drafter, effect.paper, about=about, issuer=document.issuer, answers=effect.answers)


def _answer(document: Document, outcome: str) -> None:
    """Mark the paper this one answers as answered."""
    request = document.in_reply_to
    if request is None or request.state in {"replied", "closed", "void"}:
        return
    request.state = "replied"
    request.close_reason = outcome
    request.holder_desk = request.holder_unit = request.holder_user = None
    request.holder_unit_id = request.holder_user_id = None
    request.closed_at = clock.now()


def _open_task(session: Session, document: Document, effect: TaskOpened) -> None:
    unit: Unit | None
    if effect.unit in {"issuer", "county"}:
        unit = session.get(Unit, _owner(session, document, effect.unit))
    else:
        unit = units.by_code(session, effect.unit)
    assert unit is not None
    for about in _records(session, document, of_contractor=False):
        same = select(Task.id).where(alike(Task, about), Task.paper == effect.paper, Task.done_at.is_(None))
        if about and session.scalar(same) is not None:
            continue
        session.add(
            Task(
                unit_id=unit.id,
                **about,
                paper=effect.paper,
                rule=effect.rule,
                why=effect.why,
                opened_by_id=document.id,
                opened_at=clock.now(),
            )
        )


def undo(session: Session, document: Document) -> None:
    """Take back what a voided letter had brought about: its clocks end, duties it had met and its request are open again."""
    at = clock.now()
    started = select(Clock).where(
        Clock.document_id == document.id, Clock.done_at.is_(None), Clock.cancelled_at.is_(None)
    )
    for row in session.scalars(started):
        row.cancelled_at, row.end_reason = at, Phrase("文书已作废")
    for settled in paper_class(document).settles:
        for about in _records(session, document, settled.of_contractor):
            asked = (
                Clock.document_id == document.in_reply_to_id
            )  # without a record, the limit of the paper it follows
            met = session.scalar(
                select(Clock)
                .where(
                    alike(Clock, about) if about else asked,
                    Clock.limit == settled.limit,
                    Clock.done_at >= document.created_at,
                )
                .order_by(Clock.done_at.desc())
            )
            again = clocks.open_clock(session, settled.limit, about, document=document.in_reply_to)
            if met is not None and again is None:
                met.done_at, met.end_reason = None, ""
    request = document.in_reply_to
    if request is not None and request.state == State.REPLIED:
        request.closed_at, request.close_reason = None, ""
        put(request, Place(State.IN_PROCESS, "answer", Side.COUNTERPART, Desk.CLERK))
