"""The official working-day calendar as an administrator loads it each November; open clocks are counted again (R-06)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from python_calamine import CalamineError, load_workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms.kit.rules import Problem
from forms.kit.workdays import CalendarTableError, parse_official_year
from portal import clock
from portal.errors import Invalid
from portal.models import CalendarDay, CalendarYear
from portal.services import clocks
from portal.services.events import record


@dataclass(frozen=True)
class Loaded:
    """What loading a year changed."""

    year: int
    days: int
    recounted: int


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
        data={"year": year, "days": len(days), "recounted": recounted},
    )
    return Loaded(year, len(days), recounted)


def years(session: Session) -> list[CalendarYear]:
    """Return the years administrators have loaded, newest first."""
    return list(session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))
