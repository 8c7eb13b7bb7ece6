"""Making true what a paper says becomes true, in the transaction of the act that brought it there."""

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import FINAL_STATES, Desk, Milestone, Place, Side, State
from forms.kit.effects import (
    BedReleased,
    BedReserved,
    CaseOpened,
    CaseUpdated,
    ClocksCancelled,
    Effect,
    IdentityConfirmed,
    PersonMoved,
    RequestAnswered,
    Settles,
    StayEnded,
    TaskOpened,
)
from forms.kit.limits import LIMITS
from forms.kit.paper import Paper
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.errors import Invalid
from portal.models import Attachment, Case, Clock, Document, Task, Unit
from portal.services import cases, clocks, letters, search, units
from portal.services.access import Viewer
from portal.services.documents import Reading, paper_class, put
from portal.services.events import record

#: Clocks that end without fault when the identity is found (R-14).
ENDED_BY_IDENTITY = (
    "tracing_notice_due", "dna_request_due", "dna_result_due", "dna_result_month", "notice_refresh_due",
    "lifelong_tracing_due", "settlement_application_due", "settlement_plan_due", "police_registration_letter_due",
    "household_registration_due", "stay_three_months",
)  # fmt: skip
#: Papers and tasks that have lost their purpose when the identity is found (R-14, R-59).
MOOT_BY_IDENTITY = (
    "tracing_notice", "dna_request", "identity_assist_request", "settlement_application", "settlement_plan_request",
    "police_registration_letter",
)  # fmt: skip


def apply(session: Session, viewer: Viewer, reading: Reading, on: Milestone) -> None:
    """Apply the effects, start and settle the clocks that a paper declares for a milestone."""
    document = reading.document
    for effect in reading.paper.effects(on, reading.facts):
        _make_true(session, viewer, document, effect)
    kind, at = paper_class(document), clock.now()
    if document.case_id is not None:
        for settled in kind.settles:
            if settled.on is on and (settled.shown_when is None or settled.shown_when(reading.paper)):
                clocks.settle(session, settled.limit, document.case_id, _met_at(reading.paper, settled) or at)
    _start_clocks(session, reading, on)
    if on is Milestone.SUBMITTED and document.case_id is not None:
        _finish_tasks(session, document, at)
    if document.case is not None and on in {Milestone.SENT, Milestone.COMPLETED}:
        search.index(session, document.case)


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
        if LIMITS[begun.limit].outside:
            clocks.start_outside(session, begun.limit, document, owner_id=_owner(session, document, "issuer"))
            continue
        trigger = _trigger(document, begun.trigger) or paper.due_trigger(begun, facts)
        if trigger is not None:
            clocks.start(
                session,
                begun.limit,
                trigger,
                owner_id=_owner(session, document, begun.owner),
                case_id=document.case_id,
                document=document,
            )


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
    if owner == "county" and document.case is not None:
        organs = units.of_region(session, document.case.region_code)
        found = organs.get("county_bureau") or organs.get("central_station")
        if found is not None:
            return found.id
    return document.issuer_id


def _finish_tasks(session: Session, document: Document, at: datetime) -> None:
    open_tasks = session.scalars(
        select(Task).where(Task.case_id == document.case_id, Task.paper == document.paper, Task.done_at.is_(None))
    )
    for task in open_tasks:
        task.done_at = at


def _make_true(session: Session, viewer: Viewer, document: Document, effect: Effect) -> None:
    match effect:
        case CaseOpened():
            photo = session.scalar(
                select(Attachment.sha256).where(
                    Attachment.document_id == document.id,
                    Attachment.kind == "photo",
                    Attachment.removed_at.is_(None),
                )
            )
            if effect.case_no:
                document.case = _joined(session, effect)
            else:
                cases.open_case(
                    session,
                    document,
                    effect.person,
                    effect.admitted_at,
                    photo_sha256=photo,
                    first_unit=units.by_code(session, effect.unit) if effect.unit else None,
                )
        case CaseUpdated():
            cases.correct(session, _case(document), effect.values)
        case IdentityConfirmed():
            _identity_found(session, viewer, document, effect)
        case PersonMoved():
            place = units.by_code(session, effect.place)
            cases.move(
                session,
                _case_named(session, document, effect.case_no),
                place,
                ward=effect.ward,
                bed=effect.bed,
                at=effect.at,
                actor_id=viewer.user_id,
            )
        case BedReserved():
            cases.reserve_bed(session, _case_named(session, document, effect.case_no), effect.ward, effect.bed)
        case BedReleased():
            cases.release_bed(session, _case_named(session, document, effect.case_no))
        case StayEnded():
            cases.end(session, _case(document), effect.method, effect.at, actor_id=viewer.user_id)
            clocks.cancel(
                session,
                _case(document).id,
                ["stay_day_ten", "stay_three_months", "notice_refresh_due"],
                "已离站",
                clock.now(),
            )
        case RequestAnswered():
            _answer(document, effect.outcome)
        case ClocksCancelled():
            clocks.cancel(session, _case(document).id, effect.limits, effect.why, clock.now())
        case TaskOpened():
            _open_task(session, document, effect)


def _case(document: Document) -> Case:
    assert document.case is not None, f"{document.paper} must be about a case"
    return document.case


def _case_named(session: Session, document: Document, case_no: str) -> Case:
    """Return the paper's own case, or the companion's case of the same county that it names."""
    own = _case(document)
    if not case_no:
        return own
    found = session.scalar(select(Case).where(Case.case_no == case_no, Case.region_code == own.region_code))
    if found is None:
        raise Invalid(f"没有找到救助编号为{case_no}的个案，请核对随行人员")
    return found


def _joined(session: Session, effect: CaseOpened) -> Case:
    """Return the case the county has already registered, checked against the person at the door (P-18)."""
    region = units.by_code(session, effect.unit).region_code
    found = session.scalar(
        select(Case).where(Case.case_no == effect.case_no, Case.region_code == region, Case.is_open)
    )
    if found is None or found.person.sex != effect.person.get("sex"):
        raise Invalid(
            f"没有找到救助编号为{effect.case_no}、性别相符的在办个案，请与护送人员核对编号，或按“尚未登记”办理"
        )
    return found


def _identity_found(session: Session, viewer: Viewer, document: Document, effect: IdentityConfirmed) -> None:
    """R-14: identity onto the person, clocks cancelled, notices withdrawn, unfinished tracing papers closed."""
    case, at = _case(document), clock.now()
    cases.identify(
        session,
        case,
        name=effect.name,
        sex=effect.sex,
        birth_date=effect.birth_date,
        id_number=effect.id_number,
        hukou_address=effect.hukou_address,
        at=effect.confirmed_at,
        actor_id=viewer.user_id,
    )
    clocks.cancel(session, case.id, ENDED_BY_IDENTITY, "身份已查明", at)
    rows = session.scalars(
        select(Document).where(
            Document.case_id == case.id,
            Document.paper.in_(MOOT_BY_IDENTITY),
            Document.id != document.id,
            Document.state.not_in([state.value for state in FINAL_STATES]),
        )
    )
    for row in rows:
        if row.state == State.SEALED:  # numbered and not sent: the number stays, the letter does not go out
            letters.void(session, row, actor_id=viewer.user_id, reason="身份已查明")
        close(session, row, "身份已查明", actor_id=viewer.user_id)
    for task in session.scalars(
        select(Task).where(Task.case_id == case.id, Task.paper.in_(MOOT_BY_IDENTITY), Task.done_at.is_(None))
    ):
        task.done_at = at


def close(session: Session, document: Document, reason: str, *, actor_id: int) -> None:
    """End a paper that has become moot; nobody holds it any more."""
    document.state = State.VOID if document.state == State.SEALED else State.CLOSED
    document.close_reason, document.closed_at = reason, clock.now()
    document.holder_desk = document.holder_unit = document.holder_user = None
    document.holder_unit_id = document.holder_user_id = None
    record(
        session,
        "closed",
        actor_id=actor_id,
        unit_id=document.issuer_id,
        document_id=document.id,
        case_id=document.case_id,
        step=document.step,
        opinion=reason,
    )


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
    same = session.scalar(
        select(Task.id).where(Task.case_id == document.case_id, Task.paper == effect.paper, Task.done_at.is_(None))
    )
    if same is None:
        session.add(
            Task(
                unit_id=unit.id,
                case_id=document.case_id,
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
        row.cancelled_at, row.end_reason = at, "文书已作废"
    for settled in paper_class(document).settles:
        met = session.scalar(
            select(Clock)
            .where(
                Clock.case_id == document.case_id,
                Clock.limit == settled.limit,
                Clock.done_at >= document.created_at,
            )
            .order_by(Clock.done_at.desc())
        )
        if met is not None and clocks.open_clock(session, settled.limit, document.case_id) is None:
            met.done_at, met.end_reason = None, ""
    request = document.in_reply_to
    if request is not None and request.state == State.REPLIED:
        request.closed_at, request.close_reason = None, ""
        put(request, Place(State.IN_PROCESS, "answer", Side.COUNTERPART, Desk.CLERK))


def release_kept_beds(session: Session, reading: Reading) -> None:
    """Free the beds that the signature of this very paper kept: it does not stand any more (R-33)."""
    for effect in reading.paper.effects(Milestone.SIGNED, reading.facts):
        if isinstance(effect, BedReserved):
            case = _case_named(session, reading.document, effect.case_no)
            if case.place.kind != "central_station":
                cases.release_bed(session, case)
