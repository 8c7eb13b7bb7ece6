"""The registers on screen, as a spreadsheet and on paper."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from python_calamine import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.models import Document, Event
from portal.services import letters
from portal.services.letters import Works
from portal.workshop import works_of
from tests import casework, papers
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]


@pytest.fixture
def works(app: Flask) -> Works:
    return works_of(app.extensions["settings"])


@pytest.fixture
def received(session: Session, works: Works) -> Document:
    """A request of 平塘县 numbered, sealed, sent and received by the station."""
    document = papers.draft(session, papers.admit(session))
    for who, act in (
        ("pingtang.clerk.1", Act.SUBMIT),
        ("pingtang.reviewer.1", Act.AGREE),
        ("pingtang.signer.1", Act.SIGN),
        ("pingtang.seal.1", Act.NUMBER),
        ("pingtang.seal.1", Act.SEND),
        ("station.clerk.1", Act.RECEIVE),
    ):
        outcome = papers.act(session, who, document, act, works)
        if outcome.letter_id is not None:
            letters.issue(session, outcome.letter_id, works)
    return document


def lines(page: Page) -> list[str]:
    return [words(row) for row in page.all("tbody tr")]


@pytest.mark.parametrize(
    ("username", "key", "told"),
    [
        ("pingtang.clerk.1", "outgoing", ["平民函〔{year}〕1号", "黔南州救助管理站", "办理中"]),
        ("pingtang.clerk.1", "seal", ["平民函〔{year}〕1号"]),
        ("station.clerk.1", "incoming", ["收〔{year}〕1号", "平塘县民政局", "平民函〔{year}〕1号"]),
    ],
)
def test_registers_write_themselves(
    sign_in: SignIn, received: Document, username: str, key: str, told: list[str]
) -> None:
    (line,) = lines(sign_in(username).page(f"/registers/{key}"))
    assert received.title in line
    for word in told:
        assert word.format(year=received.created_at.year) in line


def test_a_register_is_the_organs_own(session: Session, sign_in: SignIn, received: Document) -> None:
    browser = sign_in("fuquan.clerk.1")
    assert lines(browser.page("/registers/outgoing")) == []
    pingtang = casework.unit(session, "522727-bureau").id
    assert browser.get(f"/registers/outgoing?unit={pingtang}").status_code == 404
    assert browser.post("/registers/outgoing/xlsx", data={"unit": pingtang}).status_code == 404


def test_an_empty_year_says_so(sign_in: SignIn, received: Document) -> None:
    browser = sign_in("pingtang.clerk.1")
    assert "2020年还没有登记" in browser.page("/registers/outgoing?year=2020").text
    assert len(lines(browser.page("/registers/outgoing?year=99999"))) == 1


def test_the_first_register_opens_by_itself(sign_in: SignIn) -> None:
    assert sign_in("pingtang.clerk.1").get("/registers").location == "/registers/outgoing"


def test_a_register_leaves_as_a_spreadsheet_and_that_is_written_down(
    session: Session, sign_in: SignIn, received: Document
) -> None:
    browser = sign_in("pingtang.clerk.1")
    action, posted = browser.page("/registers/outgoing").form("form[action$=xlsx]")
    answer = browser.post(action, data=posted)
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0][0] == f"平塘县民政局{received.created_at.year}年发文登记簿"
    assert rows[2][:2] == ["发文字号", "标题"]
    assert rows[3][1] == received.title
    session.rollback()
    logged = session.scalars(select(Event).where(Event.kind == "register_exported")).one()
    assert logged.data["lines"] == 1


def test_a_register_is_printed_as_a_landscape_page(session: Session, sign_in: SignIn, received: Document) -> None:
    browser = sign_in("pingtang.clerk.1")
    action, posted = browser.page("/registers/outgoing").form("form[action$=pdf]")
    answer = browser.post(action, data=posted)
    assert answer.data.startswith(b"%PDF-")
    session.rollback()
    assert session.scalars(select(Event).where(Event.kind == "register_printed")).one().actor_id is not None


@pytest.mark.parametrize("address", ["/registers/nonsense", "/registers/outgoing/docx"])
def test_there_are_no_other_registers_and_forms(sign_in: SignIn, address: str) -> None:
    browser = sign_in("pingtang.clerk.1")
    answer = browser.post(address) if address.endswith("docx") else browser.get(address)
    assert answer.status_code == 404


def test_the_administrator_keeps_no_registers(sign_in: SignIn) -> None:
    assert sign_in("admin.1").get("/registers/outgoing").status_code == 403
