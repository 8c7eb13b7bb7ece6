"""Working days: which day is worked, why not, and whether the year's arrangement is officially known.

The State Council publishes each November which days of the next year are off and which weekend days are
worked (调休). Until then next year can only be reckoned from 《全国年节及纪念日放假办法》 (as in force
from 2025); everything counted through such a year is provisional (R-01, R-06, A-01).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from forms.kit.phrases import Phrase

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
WEEKEND = Phrase("周末")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

#: Year: (正月初一, 清明, 端午, 中秋). Reckoned three ways that agree on every row: the lunisolar tables
#: of the packages lunardate and borax, and new moons and the sun at 15° in Beijing time by PyEphem.
_MOVING_FEASTS: Mapping[int, tuple[str, str, str, str]] = {
    2025: ("01-29", "04-04", "05-31", "10-06"),
    2026: ("02-17", "04-05", "06-19", "09-25"),
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
    2037: ("02-15", "04-04", "06-18", "09-24"),
    2038: ("02-04", "04-05", "06-07", "09-13"),
    2039: ("01-24", "04-05", "05-27", "10-02"),
    2040: ("02-12", "04-04", "06-14", "09-20"),
}

_NAMES: Mapping[str, Phrase] = {
    "New Year's Day": Phrase("元旦"),
    "Spring Festival": Phrase("春节"),
    "Tomb-sweeping Day": Phrase("清明节"),
    "Labour Day": Phrase("劳动节"),
    "Dragon Boat Festival": Phrase("端午节"),
    "Mid-autumn Festival": Phrase("中秋节"),
    "National Day": Phrase("国庆节"),
    "Anti-Fascist 70th Day": Phrase("抗战胜利70周年纪念日"),
}
_SOME_FEAST = Phrase("节假日")


class UnknownYearError(ValueError):
    """The calendar has neither an official table nor statutory days for this year, so it refuses to guess."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年的节假日无法推算，请先导入该年度放假安排")
        self.year = year


class CalendarTableError(ValueError):
    """An administrator's holiday table has mistakes; `problems` holds one Chinese sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


def _fixed_feasts(year: int) -> dict[date, str]:
    return {
        date(year, 1, 1): "元旦",
        **{date(year, 5, day): "劳动节" for day in (1, 2)},
        **{date(year, 10, day): "国庆节" for day in (1, 2, 3)},
    }


def statutory_days(year: int) -> dict[date, str]:
    """Give the legal days off of a year with their names, without 补假 and 调休 (全国年节及纪念日放假办法).

    Raises UnknownYearError outside 2025–2040: an older law before, nothing reckoned after.
    """
    if year not in _MOVING_FEASTS:
        raise UnknownYearError(year)
    new_year, tomb_sweeping, dragon_boat, mid_autumn = (
        date.fromisoformat(f"{year}-{text}") for text in _MOVING_FEASTS[year]
    )
    return {
        **{new_year + ONE_DAY * offset: "春节" for offset in (-1, 0, 1, 2)},  # 除夕、初一至初三
        tomb_sweeping: "清明节",
        dragon_boat: "端午节",
        mid_autumn: "中秋节",
        **_fixed_feasts(year),
    }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calendar:
    """Answers for one date. `closed` and `opened` hold only days unlike an ordinary week, and why."""

    closed: Mapping[date, str]
    opened: Mapping[date, str]
    official_years: frozenset[int]
    countable_years: frozenset[int]

    def __repr__(self) -> str:
        return f"<Calendar official {min(self.official_years)}–{max(self.official_years)}>"

    @staticmethod
    @cache
    def published(through: int = 9999) -> "Calendar":
        """Build the calendar from the data of chinesecalendar, no later than the year `through`.

        Later years follow the statutory days and are not official.
        """
        from chinese_calendar.constants import holidays, workdays  # noqa: PLC0415 - 1 ms saved where nobody counts

        # 10-01 is off every year: a year without it is only the tail of its neighbour's arrangement.
        years = frozenset(d.year for d in holidays if (d.month, d.day) == (10, 1) and d.year <= through)
        closed = {
            d: Phrase("%(feast)s放假", feast=_NAMES.get(v, _SOME_FEAST))
            for d, v in holidays.items()
            if d.year in years
        }
        opened = {
            d: Phrase("%(feast)s调休上班", feast=_NAMES.get(v, _SOME_FEAST))
            for d, v in workdays.items()
            if d.year in years
        }
        reckoned = frozenset(_MOVING_FEASTS) - years
        for year in reckoned:
            closed.update(
                {d: Phrase("%(feast)s法定假日", feast=Phrase(name)) for d, name in statutory_days(year).items()}
            )
        return Calendar(closed, opened, years, years | reckoned)

    def with_year(self, year: int, days: Mapping[date, bool]) -> "Calendar":
        """Take an official table (date → worked?) instead of everything known about that year.

        The table may reach into December of the year before, as 元旦 sometimes does (2018-12-29).
        Raises ValueError for any other date.
        """
        if stray := [d for d in days if not _belongs(d, year)]:
            raise ValueError(f"{min(stray)}不属于{year}年放假安排")
        kept = Calendar(
            {d: why for d, why in self.closed.items() if d.year != year},
            {d: why for d, why in self.opened.items() if d.year != year},
            self.official_years | {year},
            self.countable_years | {year},
        )
        return kept._changed(days, Phrase("节假日放假"), Phrase("调休上班"))

    def with_overrides(self, overrides: Mapping[date, bool]) -> "Calendar":
        """Change single days (date → worked?), such as local feasts; no year becomes official."""
        return self._changed(overrides, Phrase("本地放假"), Phrase("本地调整上班"))

    def _changed(self, days: Mapping[date, bool], why_off: str, why_on: str) -> "Calendar":
        closed = {d: why for d, why in self.closed.items() if d not in days}
        opened = {d: why for d, why in self.opened.items() if d not in days}
        for day, worked in days.items():
            if not worked:
                closed[day] = why_off
            elif day.weekday() > 4:
                opened[day] = why_on
        return Calendar(closed, opened, self.official_years, self.countable_years)

    def is_official(self, day: date) -> bool:
        """Tell whether the arrangement of this day's year is published or loaded."""
        return day.year in self.official_years

    def is_provisional(self, first: date, last: date) -> bool:
        """Tell whether a year from first to last has no official table (R-06)."""
        return any(year not in self.official_years for year in range(first.year, last.year + 1))

    def is_working(self, day: date) -> bool:
        """Tell whether this is a working day (R-01).

        Raises UnknownYearError rather than guess, TypeError for a datetime.
        """
        if day in self.closed:
            return False
        if day in self.opened:
            return True
        if isinstance(day, datetime):
            raise TypeError("a calendar answers for a date, not for a moment")
        if day.year not in self.countable_years:
            raise UnknownYearError(day.year)
        return day.weekday() < 5

    def reason(self, day: date) -> str:
        """Say why a day is off (国庆节放假, 周末) or worked (国庆节调休上班); empty for an ordinary day."""
        if why := self.closed.get(day) or self.opened.get(day):
            return why
        return "" if self.is_working(day) else WEEKEND

    def on_or_after(self, day: date) -> date:
        """Give the day itself if worked, else the next working day (民法典 203)."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        """Give the day itself if worked, else the last working day before it."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def working_days(self, after: date, until: date) -> Iterator[date]:
        """Walk the working days later than `after`, up to and including `until`."""
        day = after + ONE_DAY
        while day <= until:
            if self.is_working(day):
                yield day
            day += ONE_DAY

    def nth_working_day(self, after: date, n: int) -> date:
        """Give the n-th working day after a day that itself is not counted, worked or not (R-02).

        Own counter, because chinese_calendar.find_workday is a day late when it starts from a day off.
        """
        if n < 1:
            raise ValueError("n starts at 1")
        day, closed, opened = after, self.closed, self.opened
        while n:  # is_working() written out: boards count thousands of these
            day += ONE_DAY
            if day not in closed and (day.weekday() < 5 or day in opened):
                n -= 1
        for year in range((after + ONE_DAY).year, day.year + 1):
            if year not in self.countable_years:
                raise UnknownYearError(year)
        return day


def _belongs(day: date, year: int) -> bool:
    return day.year == year or (day.year == year - 1 and day.month == 12)


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_WORKED: Mapping[str, bool] = {"放假": False, "上班": True}


def _cell_date(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if match := _DATE.fullmatch(str(cell).strip()):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return None
    return None


def _row_problem(year: int, cell: object, kind: str, seen: Mapping[date, bool]) -> str | None:
    day = _cell_date(cell)
    if day is None:
        return f"日期“{cell}”无法识别，请写成{year}-01-01的样式"
    if not _belongs(day, year):
        return f"{day}不在{year}年放假安排之内"
    if kind not in _WORKED:
        return f"{day}的安排“{kind}”无法识别，只能填“放假”或“上班”"
    if day in seen:
        return f"{day}重复填写"
    if _WORKED[kind] and day.weekday() < 5:
        return f"{day}是{WEEKDAYS[day.weekday()]}，本为工作日，不用填“上班”，请核对日期"
    return None


def parse_official_year(
    year: int, rows: Iterable[tuple[object, object]], *, first_row: int = 2
) -> dict[date, bool]:
    """Read an administrator's table of (date, "放假" or "上班") for one year into {date: worked}.

    Dates may be date cells or text (2027-01-01, 2027/1/1, 2027年1月1日); empty rows are passed over;
    `first_row` is the sheet's number of the first row given. Raises CalendarTableError with a sentence for
    each wrong row, and for missing statutory days, as half a table would be counted as a whole one.
    """
    days: dict[date, bool] = {}
    problems: list[str] = []
    for number, (cell, kind_cell) in enumerate(rows, first_row):
        kind = str(kind_cell or "").strip()
        if cell in (None, "") and not kind:
            continue
        if problem := _row_problem(year, cell, kind, days):
            problems.append(f"第{number}行：{problem}")
        elif day := _cell_date(cell):
            days[day] = _WORKED[kind]
    expected = statutory_days(year) if year in _MOVING_FEASTS else _fixed_feasts(year)
    if missing := [f"{d}（{name}）" for d, name in sorted(expected.items()) if days.get(d) is not False]:
        problems.append(f"缺少法定节假日：{'、'.join(missing)}")
    if problems:
        raise CalendarTableError(problems)
    return days
