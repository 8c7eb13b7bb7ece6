"""The official working-day calendar as an administrator loads it each November; open clocks are counted again (R-06)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from python_calamine import CalamineError, load_workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.rules import Problem
from forms.kit.workdays import ONE_DAY, CalendarTableError, parse_official_year, statutory_days
from portal import clock
from portal.errors import Invalid
from portal.models import CalendarDay, CalendarYear
from portal.services import clocks
from portal.services.events import record


@dataclass(frozen=True)
class Loaded:
    """What loading a year changed: `recounted` is how many running limits now end otherwise, by limit."""

    year: int
    days: int
    recounted: Mapping[str, int]


def from_workbook(year: int, data: bytes) -> Mapping[date, bool]:
    """Read the first sheet of an XLSX file: a head line, then date and 放假 or 上班. Invalid with a problem per row."""
    try:
        sheet = load_workbook(io.BytesIO(data)).get_sheet_by_index(0)
        lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise Invalid("不是可以读取的Excel文件（.xlsx），请按模板填写后再上传") from error
    return _parse(year, [(line[0] if line else None, line[1] if len(line) > 1 else None) for line in lines[1:]], 2)


def from_text(year: int, text: str) -> Mapping[date, bool]:
    """Read one day a line: date, space, 放假 or 上班. Invalid with a problem per line."""
    lines = [line.replace("\t", " ").split() for line in text.splitlines()]
    return _parse(year, [(line[0] if line else None, line[1] if len(line) > 1 else None) for line in lines], 1)


def template(year: int) -> bytes:
    """Return the XLSX file an administrator fills in, with the days off by law written in already."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(f"{year}年放假安排")
    sheet.set_column(0, 2, 16)
    for column, head in enumerate(("日期", "安排", "说明")):
        sheet.write_string(0, column, head, book.add_format({"bold": True, "bottom": 1}))
    for row, (day, name) in enumerate(sorted(statutory_days(year).items()), start=1):
        for column, words in enumerate((day.isoformat(), "放假", name)):
            sheet.write_string(row, column, words)
    sheet.data_validation(1, 1, 80, 1, {"validate": "list", "source": ["放假", "上班"]})
    book.close()
    return target.getvalue()


@dataclass(frozen=True)
class Day:
    """A day of the year on the administrator's page: `kind` is off, on (调休上班), weekend or empty."""

    day: date
    kind: str
    why: str


def months(session: Session, year: int) -> list[list[Day | None]]:
    """Return the twelve months of a year as cells from Monday to Sunday, None before the first day.

    Raises UnknownYearError for a year that can neither be looked up nor reckoned.
    """
    known = clocks.calendar(session)
    found = []
    for month in range(1, 13):
        first = date(year, month, 1)
        cells: list[Day | None] = [None] * first.weekday()
        day = first
        while day.month == month:
            kind = "off" if day in known.closed else "on" if day in known.opened else ""
            kind = kind or ("" if known.is_working(day) else "weekend")
            cells.append(Day(day, kind, known.reason(day)))
            day += ONE_DAY
        found.append(cells)
    return found


def is_official(session: Session, year: int) -> bool:
    """Tell whether the arrangement of a year is published or loaded."""
    return clocks.calendar(session).is_official(date(year, 1, 1))


def _parse(year: int, rows: list[tuple[object, object]], first_row: int) -> Mapping[date, bool]:
    try:
        return parse_official_year(year, rows, first_row=first_row)
    except CalendarTableError as error:
        raise Invalid(
            "放假安排表有误，没有保存任何内容，请改正后重新上传",
            [Problem(sentence, "table", "R-06") for sentence in error.problems],
        ) from error


def load(session: Session, year: int, days: Mapping[date, bool], *, source: str, actor_id: int) -> Loaded:
    """Store a year's arrangement in place of an earlier one and count every open clock again."""
    if not source.strip():
        raise Invalid("请填写放假安排的文件名称和文号", [Problem("请填写来源", "source", "R-06")])
    session.execute(delete(CalendarDay).where(CalendarDay.year == year))
    row = session.get(CalendarYear, year) or CalendarYear(year=year)
    row.source, row.loaded_at, row.loaded_by_id = source.strip(), clock.now(), actor_id
    session.add(row)
    session.flush()
    session.add_all(CalendarDay(day=day, working=working, year=year) for day, working in days.items())
    session.flush()
    recounted = clocks.recount_open(session)
    record(
        session,
        "calendar_loaded",
        actor_id=actor_id,
        opinion=source.strip(),
        data={"year": year, "days": len(days), "recounted": sum(recounted.values())},
    )
    return Loaded(year, len(days), recounted)


def years(session: Session) -> list[CalendarYear]:
    """Return the years administrators have loaded, newest first."""
    query = select(CalendarYear).options(joinedload(CalendarYear.loaded_by)).order_by(CalendarYear.year.desc())
    return list(session.scalars(query))
