"""The working-day calendar: a year at a glance, loading the official arrangement, and what is counted again."""

import io
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter
from python_calamine import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.workdays import statutory_days
from portal import clock
from portal.db import transaction
from portal.models import Clock, Event
from portal.services import calendars
from tests import casework
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]
PAGE = "/admin/calendar"
YEAR = 2030
SOURCE = "国办发明电〔2029〕5号"


def arrangement(**extra: str) -> str:
    """Write the days off by law of the year, and other lines."""
    lines = [f"{day} 放假" for day in statutory_days(YEAR)] + [f"{day} {kind}" for day, kind in extra.items()]
    return "\n".join(lines)


def load(browser: Browser, status: int = 200, **posted: object) -> Page:
    data = {"year": str(YEAR), "source": SOURCE, "days": "", **posted}
    return browser.read(browser.post(PAGE, data=data), status)


def test_a_published_year_shows_days_off_and_make_up_days(sign_in: SignIn) -> None:
    page = sign_in("admin.1").page(f"{PAGE}?year=2026")
    assert "已公布" in page.text
    months = page.all(".month")
    assert len(months) == 12
    october = months[9]
    off = [words(cell) for cell in october.iter("td") if cell.attrib.get("class") == "day-off"]
    on = [words(cell) for cell in october.iter("td") if cell.attrib.get("class") == "day-on"]
    assert (off, on) == (["1", "2", "3", "4", "5", "6", "7"], ["10"])


def test_a_year_not_yet_published_is_marked_provisional(sign_in: SignIn) -> None:
    assert "暂定" in sign_in("admin.1").page(f"{PAGE}?year={YEAR}").text


@pytest.mark.parametrize("year", ["1999", "2099", "next"])
def test_a_year_out_of_reach_opens_this_year(sign_in: SignIn, year: str) -> None:
    page = sign_in("admin.1").page(f"{PAGE}?year={year}")
    assert words(page.one("#year-title")).startswith(f"{clock.today().year}年")


def test_typed_lines_load_a_year_and_open_limits_are_counted_again(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, admitted_at=casework.ago(days=0), limits=("dna_request_due",))
    with_year = date(YEAR, 1, 1)
    with transaction(session):
        running = session.scalars(select(Clock)).one()
        running.trigger_at = running.trigger_at.replace(year=YEAR - 1, month=12, day=28)
        running.provisional = True
    page = load(sign_in("admin.1"), days=arrangement(**{"2029-12-29": "上班"}))
    assert f"{YEAR}年放假安排已保存" in page.text
    assert "报请公安机关采集DNA：1项" in page.text
    session.rollback()
    recounted = session.scalars(select(Clock)).one()
    assert recounted.last_day > with_year
    logged = session.scalars(select(Event).where(Event.kind == "calendar_loaded")).one()
    assert logged.data["year"] == YEAR
    assert logged.opinion == SOURCE


def test_the_template_filled_in_loads_as_it_is(session: Session, sign_in: SignIn) -> None:
    browser = sign_in("admin.1")
    template = browser.get(f"{PAGE}/template/{YEAR}.xlsx")
    rows = load_workbook(io.BytesIO(template.data)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["日期", "安排", "说明"]
    page = load(browser, file=(io.BytesIO(template.data), "2030.xlsx"))
    assert f"{YEAR}年放假安排已保存，共{len(statutory_days(YEAR))}天" in page.text
    assert [year.year for year in calendars.years(session)] == [YEAR]
    assert SOURCE in browser.page(f"{PAGE}?year={YEAR}").text
    assert "已公布" in browser.page(f"{PAGE}?year={YEAR}").text


def workbook(rows: list[tuple[str, str]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for number, row in enumerate([("日期", "安排"), *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def test_every_wrong_row_is_named_and_nothing_is_stored(session: Session, sign_in: SignIn) -> None:
    rows = [(str(day), "放假") for day in statutory_days(YEAR)]
    rows[0] = ("2030-02-31", "放假")
    rows.append(("2030-06-03", "上班"))
    page = load(sign_in("admin.1"), 422, file=(io.BytesIO(workbook(rows)), "wrong.xlsx"))
    problems = words(page.one("#problems"))
    assert "第2行" in problems
    assert "无法识别" in problems
    assert f"第{len(rows) + 1}行" in problems
    assert "缺少法定节假日" in problems
    assert calendars.years(session) == []


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"days": ""}, "请选择填好的表格"),
        ({"days": arrangement(), "source": " "}, "请填写放假安排的文件名称和文号"),
        ({"file": (io.BytesIO(b"no spreadsheet"), "x.xlsx")}, "不是可以读取的Excel文件"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    sign_in: SignIn, posted: dict[str, object], told: str
) -> None:
    page = load(sign_in("admin.1"), 422, **posted)
    assert told in page.text
    assert words(page.one("#days")) == " ".join(str(posted.get("days", "")).split())


def test_only_the_administrator_loads_calendars(sign_in: SignIn) -> None:
    for username in ("pingtang.clerk.1", "prefecture.principal.1"):
        assert sign_in(username).get(PAGE).status_code == 403
        assert sign_in(username).post(PAGE, data={"year": str(YEAR)}).status_code == 403
