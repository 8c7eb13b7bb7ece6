"""Legal time limits of cases: started, met, cancelled, counted again; and the board that shows them (R-01…R-07)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from forms.kit import limits
from forms.kit.counting import ClockState, Due, outside_start, state_of, time_left
from forms.kit.limits import LIMITS, TimeLimit
from forms.kit.timespan import Hours
from forms.kit.workdays import SHANGHAI, Calendar
from portal import clock as time
from portal.models import CalendarDay, CalendarYear, Case, Clock, Document, Unit
from portal.services import settings
from portal.services.access import Viewer, duty_units
from portal.services.subjects import Subject, alike, primary

#: The columns that name the record a clock is about: {"case_id": 7}.
About = dict[str, int | None]
#: The trigger words of the limits that run from admission.
ADMISSION = frozenset({"入站时间", "本次连续滞留首次入站时间"})
#: Settings that replace the number of a limit marked [D].
SETTING_OF_LIMIT = {
    "transfer_decision_due": "reply_days",
    "emergency_papers_due": "emergency_papers_days",
    "lifelong_tracing_due": "lifelong_months",
    "notice_refresh_due": "refresh_months",
    "tekun_town_review_due": "town_review_days",
    "insurance_backclaim_due": "backclaim_days",
    "needs_assessment_due": "needs_days",
    "at_risk_review_due": "at_risk_months",
    "guardianship_assessment_due": "assessment_months",
    "complaint_feedback_due": "complaint_days",
}

_calendars: dict[tuple[tuple[int, datetime], ...], Calendar] = {}


def calendar(session: Session) -> Calendar:
    """Return the working-day calendar: the published years, overridden by what administrators have loaded."""
    loaded = session.execute(select(CalendarYear.year, CalendarYear.loaded_at).order_by(CalendarYear.year)).all()
    key = tuple((year, at) for year, at in loaded)
    if key not in _calendars:
        known = Calendar.published()
        for year, _ in loaded:
            rows = session.execute(select(CalendarDay.day, CalendarDay.working).where(CalendarDay.year == year))
            known = known.with_year(year, dict(rows.all()))
        _calendars.clear()
        _calendars[key] = known
    return _calendars[key]


def limits_of_setting(key: str) -> list[str]:
    """Return the limits whose number a setting replaces."""
    return [code for code, setting in SETTING_OF_LIMIT.items() if setting == key]


def limit_in_force(session: Session, code: str) -> TimeLimit:
    """Return a limit with the prefecture's own number where it chose one for a [D] value."""
    limit = LIMITS[code]
    key = SETTING_OF_LIMIT.get(code)
    return limit.with_length(settings.values(session)[key]) if key else limit


def start(
    session: Session,
    code: str,
    trigger: datetime | date,
    *,
    owner_id: int,
    about: About | None = None,
    document: Document | None = None,
) -> Clock:
    """Start a clock, or return the one of this limit already open for the record it is about.

    For a limit of an outside party the trigger is the day of service; while it is empty the document's sending
    day + 2 working days stands in and the clock says so (R-07, A-20).
    """
    running = open_clock(session, code, about, document=document, owner_id=owner_id)
    if running is not None:
        return running
    limit = limit_in_force(session, code)
    fresh = Clock(
        limit=code,
        rule=limit.rule,
        **(about or {}),
        document_id=document.id if document else None,
        owner_id=owner_id,
        outside=limit.outside,
        trigger_at=_moment(trigger),
    )
    _count(session, fresh, limit, trigger)
    session.add(fresh)
    session.flush()
    return fresh


def start_outside(
    session: Session, code: str, document: Document, *, owner_id: int, about: About | None = None
) -> Clock:
    """Start, or after service recount, the clock of an outside party on a letter."""
    sent_on = (document.sent_at or time.now()).astimezone(SHANGHAI).date()
    begin = outside_start(document.served_on, sent_on, calendar(session))
    found = start(
        session,
        code,
        begin.day,
        owner_id=owner_id,
        about=about or primary(document) or primary(document),
        document=document,
    )
    found.document_id = document.id  # a letter sent in place of a void one takes its clock over
    found.trigger_at, found.unserved = _moment(begin.day), document.served_on is None
    _count(session, found, limit_in_force(session, code), begin.day)
    return found


def open_clock(
    session: Session,
    code: str,
    about: About | None,
    *,
    document: Document | None = None,
    owner_id: int | None = None,
) -> Clock | None:
    """Return the clock of a limit that still runs for a record (or, without one, for a paper).

    A contractor serves several counties and a campaign has several townships: the limits of each run apart there, so
    `owner_id` counts.
    """
    if about:
        of = alike(Clock, about)
    elif document is not None:
        of = Clock.document_id == document.id
    else:
        return None
    query = select(Clock).where(Clock.limit == code, Clock.done_at.is_(None), Clock.cancelled_at.is_(None), of)
    if about and owner_id is not None and about.keys() & {"contractor_id", "campaign_id"}:
        query = query.where(Clock.owner_id == owner_id)
    return session.scalar(query.order_by(Clock.id).limit(1))


def settle(
    session: Session,
    code: str,
    about: About | None,
    at: datetime,
    *,
    document: Document | None = None,
    owner_id: int | None = None,
) -> Clock | None:
    """Meet a running clock at a moment; late work is recorded as late, never refused (R-07)."""
    running = open_clock(session, code, about, document=document, owner_id=owner_id)
    if running is not None:
        running.done_at, running.end_reason = at, ""
    return running


def cancel(session: Session, about: About, codes: Iterable[str], why: str, at: datetime) -> int:
    """End running clocks of a record without fault, for instance because the identity was found (R-14)."""
    rows = session.scalars(
        select(Clock).where(
            alike(Clock, about),
            Clock.limit.in_(list(codes)),
            Clock.done_at.is_(None),
            Clock.cancelled_at.is_(None),
        )
    ).all()
    for row in rows:
        row.cancelled_at, row.end_reason = at, why
    return len(rows)


def recount_open(session: Session, *codes: str) -> Mapping[str, int]:
    """Count every running clock again, after a calendar was loaded (R-06), or only those of some limits.

    Returns how many changed, by limit.
    """
    changed: Counter[str] = Counter()
    running = select(Clock).where(Clock.done_at.is_(None), Clock.cancelled_at.is_(None))
    for row in session.scalars(running.where(Clock.limit.in_(codes)) if codes else running):
        before = (row.due_at, row.provisional)
        limit = limit_in_force(session, row.limit)
        _count(session, row, limit, _trigger_of(limit, row.trigger_at))
        changed[row.limit] += (row.due_at, row.provisional) != before
    return {code: count for code, count in changed.items() if count}


def recount_from(session: Session, case: Case, admitted_at: datetime) -> None:
    """Count anew what runs from the time of admission, after that time was corrected (§3.1.1)."""
    for row in session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.cancelled_at.is_(None))):
        limit = limit_in_force(session, row.limit)
        begin: datetime | None = None
        if limit.trigger in ADMISSION:
            begin = admitted_at
        elif row.limit == "settlement_application_due" and row.done_at is None:
            full = LIMITS["stay_three_months"].due(admitted_at.astimezone(SHANGHAI).date(), calendar(session))
            begin = _moment(full.last_day)
        if begin is not None:
            row.trigger_at = begin
            _count(session, row, limit, _trigger_of(limit, begin))


def _trigger_of(limit: TimeLimit, moment: datetime) -> datetime | date:
    return moment if isinstance(limit.length, Hours) else moment.astimezone(SHANGHAI).date()


def _count(session: Session, row: Clock, limit: TimeLimit, trigger: datetime | date) -> None:
    due = limit.due(trigger, calendar(session))
    row.due_at, row.last_day, row.provisional = due.moment, due.last_day, due.provisional


def _moment(trigger: datetime | date) -> datetime:
    if isinstance(trigger, datetime):
        return trigger
    return datetime(trigger.year, trigger.month, trigger.day, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class ClockLine:
    """A clock as a page shows it."""

    limit: TimeLimit
    state: ClockState
    due_at: datetime
    last_day: date
    left: str
    provisional: bool
    unserved: bool
    outside: bool
    owner: str
    about: Subject
    document: Document | None
    done_at: datetime | None
    end_reason: str

    @property
    def by_hour(self) -> bool:
        """Show the minute, not only the day."""
        return isinstance(self.limit.length, Hours)

    @property
    def due_words(self) -> str:
        """The end as a list shows it: 10-13, 09-29 18:30, with the year when it is another one."""
        if self.by_hour:
            return self.due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        return self.last_day.strftime("%m-%d" if self.last_day.year == time.today().year else "%Y-%m-%d")


@dataclass(frozen=True)
class _Kept:
    """What `state_of` asks of a due moment."""

    moment: datetime
    last_day: date
    by_hour: bool


def line_of(row: Clock, known: Calendar, now: datetime) -> ClockLine:
    """Describe one clock at a moment."""
    limit = LIMITS[row.limit]
    kept = _Kept(row.due_at, row.last_day, isinstance(limit.length, Hours))
    state = state_of(kept, now, done_at=row.done_at, cancelled=row.cancelled_at is not None, calendar=known)
    running = row.done_at is None and row.cancelled_at is None
    return ClockLine(
        limit=limit,
        state=state,
        due_at=row.due_at,
        last_day=row.last_day,
        left=time_left(kept, now, known) if running else state.label,
        provisional=row.provisional,
        unserved=row.unserved,
        outside=row.outside,
        owner=row.owner.name,
        about=Subject.of(row),
        document=row.document,
        done_at=row.done_at,
        end_reason=row.end_reason,
    )


#: What a line shows of a clock, read in the same query.
SHOWN = (
    joinedload(Clock.owner),
    joinedload(Clock.document),
    joinedload(Clock.case),
    joinedload(Clock.contractor),
    joinedload(Clock.resident),
    joinedload(Clock.campaign),
)


def of_record(session: Session, about: About, counties: Collection[str] | None = None) -> list[ClockLine]:
    """Return every clock of a case, contractor, resident or campaign: running ones first, nearest first.

    `counties` leaves out what only other counties owe, where several have limits of their own.
    """
    query = select(Clock).where(alike(Clock, about))
    if counties is not None:
        theirs = and_(Unit.kind == "county_bureau", Unit.region_code.not_in(sorted(counties)))
        query = query.where(~Clock.owner.has(theirs))
    rows = session.scalars(query.options(*SHOWN).order_by(Clock.due_at)).all()
    known, now = calendar(session), time.now()
    lines = [line_of(row, known, now) for row in rows]
    return sorted(lines, key=lambda line: line.done_at is not None or line.state is ClockState.CANCELLED)


def board(session: Session, viewer: Viewer, *, outside: bool = False, most: int = 200) -> list[ClockLine]:
    """Return the running clocks on the board of the viewer's organs, nearest first; outside parties' apart (M-24)."""
    rows = session.scalars(
        select(Clock)
        .where(
            Clock.owner_id.in_(duty_units(viewer)),
            Clock.done_at.is_(None),
            Clock.cancelled_at.is_(None),
            Clock.outside.is_(outside),
        )
        .options(*SHOWN)
        .order_by(Clock.due_at)
        .limit(most)
    ).all()
    known, now = calendar(session), time.now()
    return [line_of(row, known, now) for row in rows]


def calculate(session: Session, code: str, trigger: datetime | date) -> tuple[TimeLimit, Due, list[str]]:
    """Count a limit from a trigger and tell how; for the calculator page and the command line.

    KeyError for an unknown code, ValueError for a trigger the limit cannot start from.
    """
    limit, known = limit_in_force(session, code), calendar(session)
    return limit, limit.due(trigger, known), limits.explain(limit, trigger, known)
