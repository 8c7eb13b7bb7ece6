"""The public check: by code and by file, without signing in, with nothing personal, and not too often."""

import importlib
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.models import Document, Letter, RateLimit
from portal.services import letters
from portal.services.letters import Works
from portal.web.check import MOST
from portal.workshop import works_of
from tests import papers
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]


@pytest.fixture
def works(app: Flask) -> Works:
    return works_of(app.extensions["settings"])


@pytest.fixture
def document(session: Session, works: Works) -> Document:
    """A sealed request of 平塘县."""
    paper = papers.draft(session, papers.admit(session))
    for who, act in (
        ("pingtang.clerk.1", Act.SUBMIT),
        ("pingtang.reviewer.1", Act.AGREE),
        ("pingtang.signer.1", Act.SIGN),
        ("pingtang.seal.1", Act.NUMBER),
    ):
        outcome = papers.act(session, who, paper, act, works)
        if outcome.letter_id is not None:
            letters.issue(session, outcome.letter_id, works)
    return paper


def letter_of(session: Session, document: Document) -> Letter:
    session.rollback()
    return session.scalars(select(Letter).where(Letter.document_id == document.id)).one()


def verdict(page: Page) -> str:
    return words(page.one("#verdict"))


def upload(client: Browser, data: bytes, status: int = 200) -> Page:
    return client.read(client.post("/check", data={"file": (io.BytesIO(data), "letter.pdf")}), status)


def test_a_valid_letter_is_told_with_issuer_number_and_date_and_nobodys_name(
    session: Session, client: Browser, document: Document
) -> None:
    letter = letter_of(session, document)
    page = client.page(f"/check/{letter.check_code}")
    assert verdict(page) == "有效"
    for told in ("平塘县民政局", "函", str(letter.doc_no), str(document.signed_on)):
        assert told in page.text
    assert "张守田" not in page.markup
    assert document.title not in page.markup


@pytest.mark.parametrize("change", [str.lower, lambda code: f" {code[:4]} {code[4:8]}-{code[8:]} "])
def test_a_typed_code_may_be_written_with_spaces_and_small_letters(
    session: Session, client: Browser, document: Document, change: Callable[[str], str]
) -> None:
    typed = change(letter_of(session, document).check_code)
    page = client.submit(client.page("/check"), "main form:not([enctype])", code=typed)
    assert verdict(page) == "有效"


@pytest.mark.parametrize("code", ["ABCDEFGHJKLM", "无", "%27--", "A" * 200])
def test_an_unknown_code_finds_nothing(client: Browser, code: str) -> None:
    assert verdict(client.page(f"/check/{code}")) == "查无此件"


def test_the_issued_file_itself_is_valid(
    session: Session, client: Browser, document: Document, works: Works
) -> None:
    data = letters.file_of(letter_of(session, document), works)
    page = upload(client, data)
    assert verdict(page) == "有效"
    assert "数字签名完整" in page.text


def test_a_file_with_one_byte_added_was_altered(
    session: Session, client: Browser, document: Document, works: Works
) -> None:
    data = letters.file_of(letter_of(session, document), works)
    assert verdict(upload(client, data + b"\n%")) == "内容被改动"


def test_a_file_of_somebody_else_is_unknown(client: Browser, document: Document) -> None:
    assert verdict(upload(client, papers.scan())) == "查无此件"
    assert verdict(upload(client, b"no pdf at all")) == "查无此件"


def test_a_void_letter_says_so(session: Session, client: Browser, document: Document, works: Works) -> None:
    papers.act(session, "pingtang.signer.1", document, Act.VOID, works, opinion="文号用错，作废重发")
    page = client.page(f"/check/{letter_of(session, document).check_code}")
    assert verdict(page) == "已作废"
    assert "文号用错" not in page.text


def test_an_empty_question_and_a_wrong_code_are_answered_with_a_sentence(client: Browser) -> None:
    page = client.page("/check")
    assert "请输入文书上的核验码" in client.submit(page, "main form:not([enctype])", status=422).text
    assert "核验码由12位" in client.submit(page, "main form:not([enctype])", status=422, code="平民函").text


def test_a_file_beyond_20_mb_is_refused(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    page_module = importlib.import_module("portal.web.check")
    assert page_module.MOST_BYTES == 20 * 1024 * 1024
    monkeypatch.setattr(page_module, "MOST_BYTES", 1000)
    assert "超过20MB" in upload(client, b"%PDF-" + bytes(1000), 413).text


def test_asking_too_often_is_refused_until_the_minute_is_over(session: Session, client: Browser) -> None:
    for _request in range(MOST):
        assert client.get("/check/ABCDEFGHJKLM").status_code == 200
    page = client.read(client.get("/check/ABCDEFGHJKLM"), 429)
    assert "查询过于频繁" in page.text
    assert client.get("/check").status_code == 200
    assert client.get("/check/ABCDEFGHJKLM", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200
    with transaction(session):
        for row in session.scalars(select(RateLimit)):
            row.window_at = clock.now() - timedelta(minutes=2)
    assert client.get("/check/ABCDEFGHJKLM").status_code == 200


def test_the_count_holds_no_address(session: Session, client: Browser) -> None:
    client.get("/check/ABCDEFGHJKLM", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    (row,) = session.scalars(select(RateLimit)).all()
    assert "10.1" not in row.key


def test_a_signed_in_person_may_check_too(session: Session, sign_in: SignIn, document: Document) -> None:
    code = letter_of(session, document).check_code
    assert verdict(sign_in("pingtang.clerk.1").page(f"/check/{code}")) == "有效"
