"""Lengths of time that a clause can name, and where each one ends; counting.py turns them into a due moment.

Every length knows its last day before any rolling (`last_day`), its `label` and the `story` of its counting.
Source: 民法典 201–203, rules R-02 to R-05.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import ClassVar

from forms.kit.phrases import Phrase, listed
from forms.kit.workdays import ONE_DAY, SHANGHAI, WEEKDAYS, WEEKEND, Calendar


class Kind(StrEnum):
    """What happens when the last day is not a working day (R-05, A-02)."""

    ACTION = "action"  # 顺延至下一个工作日
    THRESHOLD = "threshold"  # 事实届满，不顺延
    FIXED = "fixed"  # 文件写明的日期，不顺延，只提醒


def full_years(born: date, on: date) -> int:
    """Return the age (周岁) on a day; a year is full on the birthday itself."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def chinese_date(day: date) -> str:
    """Write a date as letters do: 2026年9月28日 (no zero padding)."""
    return Phrase("%(year)d年%(month)d月%(day)d日", year=day.year, month=day.month, day=day.day)


def chinese_moment(moment: datetime) -> str:
    """Write a moment to the minute as letters do: 2026年9月28日18时30分. An aware one is told in Shanghai time."""
    local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
    return Phrase(
        "%(date)s%(hour)d时%(minute)02d分", date=chinese_date(local.date()), hour=local.hour, minute=local.minute
    )


def with_weekday(day: date, calendar: Calendar | None = None, *, year: bool = True) -> str:
    """Write a date with its weekday, with a calendar also why it is special: 10月10日（周六，调休上班）."""
    text = chinese_date(day) if year else Phrase("%(month)d月%(day)d日", month=day.month, day=day.day)
    why, weekday = calendar.reason(day) if calendar else "", Phrase(WEEKDAYS[day.weekday()])
    if why in ("", WEEKEND):
        return Phrase("%(date)s（%(weekday)s）", date=text, weekday=weekday)
    return Phrase("%(date)s（%(weekday)s，%(why)s）", date=text, weekday=weekday, why=why)


def add_months(day: date, months: int) -> date:
    """Give the same day number that many months later, or the month's end if there is none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, month_end(date(year, month + 1, 1)).day))


def month_end(day: date) -> date:
    """Give the last day of the day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY


def week_start(day: date) -> date:
    """Give the Monday of the ISO week."""
    return day - timedelta(days=day.weekday())


def weeks_touching(first: date, last: date) -> list[date]:
    """Give the Mondays of all ISO weeks that touch the window from first to last, both included (R-88)."""
    monday = week_start(first)
    return [monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1)]


def _at_least_one(n: int) -> None:
    if n < 1:
        raise ValueError("期限长度至少为1")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours from the exact minute, nights and days off included, never rolled (R-03)."""

    n: int
    kind: ClassVar[Kind] = Kind.THRESHOLD

    def __post_init__(self) -> None:
        _at_least_one(self.n)

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("%(n)s小时", n=self.n)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Working days; the trigger day is never counted (R-02)."""

    n: int
    kind: ClassVar[Kind] = Kind.ACTION

    def __post_init__(self) -> None:
        _at_least_one(self.n)

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("%(n)s个工作日", n=self.n)

    def last_day(self, day: date, calendar: Calendar) -> date:
        """Give the n-th working day."""
        return calendar.nth_working_day(day, self.n)

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Name every counted day, and every day passed over with its reason."""
        last = self.last_day(day, calendar)
        days = [day + ONE_DAY * n for n in range(1, (last - day).days + 1)]
        counted = 0
        yield Phrase("触发日%(date)s不计入", date=chinese_date(day))
        for why, group in groupby(days, key=lambda d: "" if calendar.is_working(d) else calendar.reason(d)):
            run = list(group)
            if why:
                ends = [with_weekday(d, year=d.year != day.year) for d in (run[0], run[-1])]
                span = ends[0] if len(run) == 1 else Phrase("%(least)s至%(most)s", least=ends[0], most=ends[1])
                yield Phrase("%(span)s%(why)s，不计", span=span, why=why)
            else:
                first, counted = counted + 1, counted + len(run)
                numbers = Phrase("%(least)s至%(most)s", least=first, most=counted) if len(run) > 1 else first
                names = listed(with_weekday(d, calendar, year=d.year != day.year) for d in run)
                yield Phrase("第%(numbers)s个工作日：%(days)s", numbers=numbers, days=names)


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days; the trigger day is not counted."""

    n: int
    kind: Kind = Kind.ACTION

    def __post_init__(self) -> None:
        _at_least_one(self.n)

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("%(n)s日", n=self.n)

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the n-th day."""
        return day + timedelta(days=self.n)

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say how the days were counted."""
        yield Phrase("触发日%(date)s不计入", date=chinese_date(day))
        yield Phrase("第%(n)s日为%(date)s", n=self.n, date=with_weekday(self.last_day(day, calendar)))


def _full_day_story(label: str, day: date, last: date) -> Iterator[str]:
    yield Phrase(
        "自%(first)s起满%(length)s为%(date)s", first=chinese_date(day), length=label, date=with_weekday(last)
    )
    if last.day != day.day:
        yield Phrase("当月没有对应日，以月末日为届满日")


@dataclass(frozen=True, slots=True)
class Months:
    """Months to the same day number (R-04)."""

    n: int
    kind: Kind = Kind.ACTION

    def __post_init__(self) -> None:
        _at_least_one(self.n)

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("%(n)s个月", n=self.n)

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the day on which the months are full."""
        return add_months(day, self.n)

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which day corresponds."""
        yield from _full_day_story(self.label, day, self.last_day(day, calendar))


@dataclass(frozen=True, slots=True)
class Years:
    """Years to the same day of the year (R-04)."""

    n: int
    kind: Kind = Kind.ACTION

    def __post_init__(self) -> None:
        _at_least_one(self.n)

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("%(n)s年", n=self.n)

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the day on which the years are full."""
        return add_months(day, 12 * self.n)

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which day corresponds."""
        yield from _full_day_story(self.label, day, self.last_day(day, calendar))


@dataclass(frozen=True, slots=True)
class SameDay:
    """The trigger day itself, worked or not."""

    kind: ClassVar[Kind] = Kind.THRESHOLD
    label: ClassVar[str] = Phrase("当日")

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the trigger day."""
        return day

    def story(self, day: date, _calendar: Calendar) -> Iterator[str]:
        """Say that the day itself is the limit."""
        yield Phrase("须在触发当日%(date)s办理", date=with_weekday(day))


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The last day of the trigger's month, or of a month `ahead` of it.

    With `min_days` a month counts only when that many days of it, the trigger day included, are left (R-46).
    """

    ahead: int = 0
    min_days: int = 1
    kind: ClassVar[Kind] = Kind.FIXED

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("次月底前") if self.ahead else Phrase("当月底前")

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the last day of the month meant."""
        late = (month_end(day) - day).days + 1 < self.min_days
        return month_end(add_months(day.replace(day=1), self.ahead + late))

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which month and why."""
        left = (month_end(day) - day).days + 1
        if left < self.min_days:
            month = Phrase("%(year)d年%(month)d月", year=day.year, month=day.month)
            yield Phrase(
                "%(month)s仅余%(n)s天，不足%(least)s天，自次月起", month=month, n=left, least=self.min_days
            )
        yield Phrase("该月最后一日为%(date)s", date=with_weekday(self.last_day(day, calendar)))


@dataclass(frozen=True, slots=True)
class QuarterEnd:
    """The last day of the trigger's quarter, or of a quarter `ahead` of it (R-47)."""

    ahead: int = 0
    kind: ClassVar[Kind] = Kind.FIXED

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("下季度末前") if self.ahead else Phrase("本季度末前")

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give 03-31, 06-30, 09-30 or 12-31."""
        return month_end(add_months(day.replace(day=1), (3 - day.month) % 3 + 3 * self.ahead))

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which quarter end."""
        yield Phrase("该季度最后一日为%(date)s", date=with_weekday(self.last_day(day, calendar)))


@dataclass(frozen=True, slots=True)
class WeekEnd:
    """The last working day of the trigger's ISO week, or the first one after a week without any (R-89)."""

    kind: ClassVar[Kind] = Kind.ACTION
    label: ClassVar[str] = Phrase("当周最后一个工作日")

    def last_day(self, day: date, calendar: Calendar) -> date:
        """Give the day, which may be a worked Saturday or Sunday."""
        monday = week_start(day)
        worked = list(calendar.working_days(monday - ONE_DAY, monday + timedelta(days=6)))
        return worked[-1] if worked else calendar.on_or_after(monday + timedelta(days=7))

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which week and which day."""
        monday = week_start(day)
        sunday = monday + timedelta(days=6)
        last = self.last_day(day, calendar)
        ends = with_weekday(sunday, year=sunday.year != monday.year)
        yield Phrase("当周为%(first)s至%(last)s", first=chinese_date(monday), last=ends)
        if last > sunday:
            yield Phrase("当周没有工作日，顺至其后第一个工作日%(date)s", date=with_weekday(last))
        else:
            yield Phrase("当周最后一个工作日为%(date)s", date=with_weekday(last, calendar))


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A numbered day of the month after the trigger's month, such as the 5th for a monthly table."""

    n: int
    kind: ClassVar[Kind] = Kind.FIXED

    def __post_init__(self) -> None:
        if not 1 <= self.n <= 28:
            raise ValueError("每月的日期只能在1至28之间")

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("次月%(n)s日前", n=self.n)

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give that day of the next month."""
        return add_months(day.replace(day=1), 1).replace(day=self.n)

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which day."""
        last = with_weekday(self.last_day(day, calendar))
        month = Phrase("%(year)d年%(month)d月", year=day.year, month=day.month)
        yield Phrase("%(month)s的次月%(n)s日为%(date)s，当日计入", month=month, n=self.n, date=last)


@dataclass(frozen=True, slots=True)
class YearlyDate:
    """A printed calendar date that comes back each year: its next occurrence, the trigger day included."""

    month: int
    day: int
    kind: ClassVar[Kind] = Kind.FIXED

    @property
    def label(self) -> str:
        """The length in words."""
        return Phrase("%(month)d月%(day)d日前", month=self.month, day=self.day)

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the date in this year, or in the next when it is past."""
        this_year = date(day.year, self.month, self.day)
        return this_year if this_year >= day else date(day.year + 1, self.month, self.day)

    def story(self, day: date, calendar: Calendar) -> Iterator[str]:
        """Say which date."""
        yield Phrase("文件写明的日期%(date)s，当日计入", date=with_weekday(self.last_day(day, calendar)))


@dataclass(frozen=True, slots=True)
class FixedDate:
    """The trigger is itself the date printed in the notice, such as a campaign's (R-05); it is included."""

    kind: ClassVar[Kind] = Kind.FIXED
    label: ClassVar[str] = Phrase("文件写明日期前")

    def last_day(self, day: date, _calendar: Calendar) -> date:
        """Give the date."""
        return day

    def story(self, day: date, _calendar: Calendar) -> Iterator[str]:
        """Say which date."""
        yield Phrase("文件写明的日期%(date)s，当日计入", date=with_weekday(day))


PrintedDate = MonthDay | YearlyDate | FixedDate
DayLength = WorkingDays | Days | Months | Years | SameDay | WeekEnd | MonthEnd | QuarterEnd | PrintedDate
Length = Hours | DayLength
