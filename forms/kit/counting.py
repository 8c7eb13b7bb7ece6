"""From a length and a trigger to a due moment, and from there to the state of a clock. Pure; no database.

Day-based periods end at 24:00 of their last day, which is stored as the next midnight and is itself too late;
hour-based periods end within their minute (R-02 to R-07, 民法典 201–203).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from forms.kit.phrases import Phrase
from forms.kit.timespan import (
    Hours,
    Kind,
    Length,
    PrintedDate,
    WorkingDays,
    chinese_date,
    chinese_moment,
    with_weekday,
)
from forms.kit.workdays import ONE_DAY, SHANGHAI, Calendar

DUE_SOON_WORKING_DAYS = 2
DUE_SOON_HOURS = timedelta(hours=4)
PRESUMED_DELIVERY = WorkingDays(2)


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends. The calendar is kept only to tell the story and does not count for equality."""

    length: Length
    trigger: date | datetime  # a moment only for hours, in Asia/Shanghai
    moment: datetime  # aware, Asia/Shanghai
    last_day: date
    provisional: bool
    warning: str | None
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def by_hour(self) -> bool:
        """Tell whether the period is counted in hours."""
        return isinstance(self.length, Hours)

    @property
    def exceeded_from(self) -> date:
        """The first day on which 超过 (more than the period) is true (R-04)."""
        return self.last_day + ONE_DAY

    @property
    def text(self) -> str:
        """The end in words: 2026年10月13日24时, or 2026年9月29日18时30分."""
        if self.by_hour:
            return chinese_moment(self.moment)
        return Phrase("%(date)s24时", date=chinese_date(self.last_day))

    @property
    def steps(self) -> tuple[str, ...]:
        """How it was counted, one Chinese sentence a step; written when asked, as boards never show it."""
        return tuple(_steps(self))


def local_moment(trigger: datetime) -> datetime:
    """Give an aware moment in Asia/Shanghai; raises ValueError for a naive one."""
    if trigger.tzinfo is None:
        raise ValueError("a moment without time zone cannot start a period")
    return trigger.astimezone(SHANGHAI)


def local_day(trigger: date | datetime) -> date:
    """Give the day in Asia/Shanghai on which something happened."""
    return local_moment(trigger).date() if isinstance(trigger, datetime) else trigger


def end_of(day: date) -> datetime:
    """Give 24:00 of a day, that is the next midnight in Asia/Shanghai."""
    return datetime.combine(day + ONE_DAY, time.min, SHANGHAI)


def count(length: Length, trigger: date | datetime, calendar: Calendar) -> Due:
    """Count a period from its trigger.

    Raises ValueError for hours without a moment and for a moment without time zone, UnknownYearError for a
    working-day question about a year that the calendar does not know.
    """
    if isinstance(length, Hours):
        if not isinstance(trigger, datetime):
            raise ValueError("以小时计算的期限须有起算的具体时刻")
        start = local_moment(trigger).replace(second=0, microsecond=0)
        moment = start + timedelta(hours=length.n)
        return Due(length, start, moment, moment.date(), provisional=False, warning=None, calendar=calendar)
    day = local_day(trigger)
    natural = length.last_day(day, calendar)
    last = calendar.on_or_after(natural) if length.kind is Kind.ACTION else natural
    first = day + ONE_DAY if isinstance(length, WorkingDays) else natural
    return Due(
        length,
        day,
        end_of(last),
        last,
        # Thresholds and printed dates stand whatever the holidays will be.
        provisional=length.kind is Kind.ACTION and calendar.is_provisional(first, last),
        warning=_advice(length, last, calendar) if length.kind is Kind.FIXED else None,
        calendar=calendar,
    )


def _advice(length: Length, last: date, calendar: Calendar) -> str | None:
    if calendar.is_working(last):
        return None
    act = Phrase("报送") if isinstance(length, PrintedDate) else Phrase("办结")
    return Phrase(
        "%(date)s不是工作日，期限不顺延，建议%(before)s前%(act)s",
        date=with_weekday(last, calendar),
        before=calendar.on_or_before(last),
        act=act,
    )


def _steps(due: Due) -> list[str]:
    if isinstance(due.length, Hours):
        assert isinstance(due.trigger, datetime)
        return [
            Phrase(
                "自%(first)s起算%(length)s，夜间和节假日照算，不顺延",
                first=chinese_moment(due.trigger),
                length=due.length.label,
            ),
            Phrase("期限于%(date)s届满", date=due.text),
        ]
    day = local_day(due.trigger)
    steps = list(due.length.story(day, due.calendar))
    natural = due.length.last_day(day, due.calendar)
    if natural != due.last_day:
        off = with_weekday(natural, due.calendar)
        on = with_weekday(due.last_day, due.calendar)
        steps.append(Phrase("%(off)s不是工作日，顺延至其后第一个工作日%(on)s", off=off, on=on))
    if due.length.kind is Kind.THRESHOLD:
        steps.append(Phrase("不因节假日顺延；自%(date)s起为超过", date=chinese_date(due.exceeded_from)))
    elif due.warning:
        steps.append(due.warning)
    steps.append(Phrase("期限于%(date)s届满", date=due.text))
    if due.provisional:
        steps.append(Phrase("所涉年度的放假安排尚未公布，暂按法定节假日推算，公布后重新计算"))
    return steps


@dataclass(frozen=True, slots=True)
class OutsideStart:
    """The day from which an outside party's period is counted; `presumed` while no service is recorded."""

    day: date
    presumed: bool
    provisional: bool

    @property
    def note(self) -> str | None:
        """The remark to show beside the clock."""
        return "送达日期未登记" if self.presumed else None


def outside_start(served_on: date | None, sent_on: date, calendar: Calendar) -> OutsideStart:
    """Give the day of service, or sending day + 2 working days while it is not recorded (R-07, A-20)."""
    if served_on is not None:
        return OutsideStart(local_day(served_on), presumed=False, provisional=False)
    presumed = count(PRESUMED_DELIVERY, sent_on, calendar)
    return OutsideStart(presumed.last_day, presumed=True, provisional=presumed.provisional)


class ClockState(StrEnum):
    """State of a statutory clock (R-07)."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done_late"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The word on screen."""
        return _LABELS[self]

    @property
    def colour(self) -> Literal["green", "yellow", "red"]:
        """Red is owed and late, yellow asks for attention or was late, green is in order."""
        if self is ClockState.OVERDUE:
            return "red"
        return "yellow" if self in (ClockState.DUE_SOON, ClockState.DONE_LATE) else "green"


_LABELS = {
    ClockState.OPEN: "办理中",
    ClockState.DUE_SOON: "临近到期",
    ClockState.OVERDUE: "逾期",
    ClockState.DONE: "按期办结",
    ClockState.DONE_LATE: "逾期办结",
    ClockState.CANCELLED: "已取消",
}


class DueMoment(Protocol):
    """What a state needs to know of a due: a Due, or a stored clock that carries the same three things."""

    @property
    def moment(self) -> datetime:
        """Aware; the end, exclusive for days, inclusive of its minute for hours."""

    @property
    def last_day(self) -> date:
        """Local day of the end."""

    @property
    def by_hour(self) -> bool:
        """Tell whether the period is counted in hours."""


def kept(due: DueMoment, at: datetime) -> bool:
    """Tell whether something done at this aware moment is in time."""
    return at.replace(second=0, microsecond=0) <= due.moment if due.by_hour else at < due.moment


def working_days_left(due: DueMoment, now: datetime, calendar: Calendar) -> int:
    """Count the working days after today up to and including the last day; 0 on the last day and later."""
    return sum(1 for _ in calendar.working_days(local_day(now), due.last_day))


def state_of(
    due: DueMoment,
    now: datetime,
    calendar: Calendar,
    *,
    done_at: datetime | None = None,
    cancelled: bool = False,
) -> ClockState:
    """Say how a clock stands at an aware moment (R-07). What was done stays done, even if cancelled later."""
    if done_at is not None:
        return ClockState.DONE if kept(due, done_at) else ClockState.DONE_LATE
    if cancelled:
        return ClockState.CANCELLED
    if not kept(due, now):
        return ClockState.OVERDUE
    return ClockState.DUE_SOON if _is_near(due, now, calendar) else ClockState.OPEN


def _is_near(due: DueMoment, now: datetime, calendar: Calendar) -> bool:
    if due.by_hour:
        return due.moment - now <= DUE_SOON_HOURS
    # A third working day before the end settles it, so clocks far off cost as little as near ones.
    left = calendar.working_days(local_day(now), due.last_day)
    return all(place < DUE_SOON_WORKING_DAYS for place, _ in enumerate(left))


def lateness(due: DueMoment, at: datetime) -> str:
    """Say how late an aware moment is: 1分钟, 3小时5分钟, 2天; empty when in time."""
    if kept(due, at):
        return ""
    if not due.by_hour:
        return Phrase("%(n)s天", n=(local_day(at) - due.last_day).days)
    return _span(at.replace(second=0, microsecond=0) - due.moment)


def time_left(due: DueMoment, now: datetime, calendar: Calendar) -> str:
    """Say on a board how much is left: 还剩5个工作日, 今日截止, 还剩3小时20分钟, 逾期2天."""
    if late := lateness(due, now):
        return Phrase("逾期%(late)s", late=late)
    if due.by_hour:
        return Phrase("还剩%(time)s", time=_span(due.moment - now))
    left = working_days_left(due, now, calendar)
    if local_day(now) == due.last_day:
        return Phrase("今日截止")
    if left == 1:  # said apart because other languages have a word for one
        return Phrase("还剩1个工作日")
    if left:
        return Phrase("还剩%(n)s个工作日", n=left)
    return Phrase("%(date)s截止", date=chinese_date(due.last_day))


def _span(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    if not (days or hours or minutes):
        return Phrase("不足1分钟")
    return Phrase(
        "%(days)s%(hours)s%(minutes)s",
        days=Phrase("%(n)s天", n=days) if days else "",
        hours=Phrase("%(n)s小时", n=hours) if hours else "",
        minutes=Phrase("%(n)s分钟", n=minutes) if minutes else "",
    )
