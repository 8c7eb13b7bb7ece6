"""Ledgers: every one opens for who may read it, narrows, and leaves the portal as text."""

import io
from collections.abc import Callable

import pytest
import python_calamine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Event
from portal.services.ledgers import LEDGERS
from portal.services.permissions import Permission, allows
from tests import casework
from tests.conftest import Browser
from tests.page import words

SignIn = Callable[..., Browser]


@pytest.mark.parametrize("key", LEDGERS)
def test_every_ledger_opens_for_who_may_read_it(key: str, sign_in: SignIn) -> None:
    page = sign_in("pingtang.clerk.1").page(f"/ledgers/{key}")
    assert LEDGERS[key].title in words(page.one("h1"))


def test_the_first_ledger_is_one_the_viewer_may_read(sign_in: SignIn) -> None:
    assert sign_in("province.clerk.1").get("/ledgers").status_code == 303


def test_a_person_in_care_stands_in_the_ledger_of_their_county_alone(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    own = sign_in("pingtang.clerk.1").page("/ledgers/in_care")
    assert case.case_no in words(own.one("table"))
    assert not sign_in("fuquan.clerk.1").page("/ledgers/in_care").has("table")


def test_a_word_narrows_the_lines(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    browser = sign_in("pingtang.clerk.1")
    assert browser.page(f"/ledgers/in_care?text={case.case_no}").has("table")
    page = browser.page("/ledgers/in_care?text=没有这个人")
    assert "没有符合条件的记录" in words(page.one(".empty"))


def test_the_spreadsheet_holds_text_only_and_the_log_says_who_took_it(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    answer = sign_in("pingtang.clerk.1").post("/ledgers/in_care/xlsx")
    assert answer.status_code == 200
    (sheet,) = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).sheet_names
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_name(sheet)
        .to_python()
    )
    assert any(case.case_no in row for row in rows)
    assert all(isinstance(cell, str) for row in rows for cell in row)
    taken = session.scalars(select(Event).where(Event.kind == "register_exported")).one()
    assert taken.data == {"register": "in_care", "title": "在站人员台账", "lines": 1}


def test_the_print_is_a_landscape_page(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session)
    answer = sign_in("pingtang.clerk.1").post("/ledgers/in_care/pdf")
    assert answer.data.startswith(b"%PDF")


def test_a_ledger_of_another_office_is_refused(sign_in: SignIn, viewer_of) -> None:  # type: ignore[no-untyped-def]
    assert not allows(viewer_of("station.clerk.1"), Permission.GROUPS_READ)
    assert sign_in("station.clerk.1").get("/ledgers/residents").status_code == 403
