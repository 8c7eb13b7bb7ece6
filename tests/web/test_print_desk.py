"""The print desk: many papers numbered and sealed at once, printed as one file, sent; and what is skipped."""

import io
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock, queue
from portal.db import transaction
from portal.extensions import db
from portal.models import Document, Letter, NumberSeries, Printing, Unit
from portal.services.letters import Works
from portal.workshop import works_of
from tests import papers
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]
SEAL = "pingtang.seal.1"


@pytest.fixture
def works(app: Flask) -> Works:
    return works_of(app.extensions["settings"])


def signed(session: Session, works: Works, count: int) -> list[Document]:
    """Take requests for transfer to the seal desk."""
    found = []
    for _number in range(count):
        document = papers.draft(session, papers.admit(session))
        papers.act(session, "pingtang.clerk.1", document, Act.SUBMIT, works)
        papers.act(session, "pingtang.reviewer.1", document, Act.AGREE, works)
        papers.act(session, "pingtang.signer.1", document, Act.SIGN, works)
        found.append(document)
    return found


def number(browser: Browser, documents: list[Document], status: int = 200) -> Page:
    uuids = [str(document.uuid) for document in documents]
    answer = browser.post(
        "/print-desk/number", data={"papers": uuids, "submission_key": "one-click"}, follow_redirects=True
    )
    return browser.read(answer, status)


def grow_old(session: Session) -> None:
    """Let the letters have waited longer than a page is patient."""
    with transaction(session):
        session.execute(update(Letter).values(numbered_at=clock.now() - timedelta(seconds=60)))


def letters_of(session: Session) -> list[Letter]:
    session.rollback()
    return list(session.scalars(select(Letter).where(Letter.serial.is_not(None)).order_by(Letter.serial)))


def test_ticked_papers_get_numbers_in_order_and_their_files(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    documents = signed(session, works, 3)
    browser = sign_in(SEAL)
    page = browser.page("/print-desk")
    assert [words(row.find("td[2]//a")) for row in page.all("tbody tr")] == [
        document.title for document in documents
    ]
    progress = number(browser, documents)
    assert "已完成0／3" in progress.text
    assert progress.one("#progress").attrib["hx-get"] == "/print-desk/progress"
    made = letters_of(session)
    assert [letter.serial for letter in made] == [1, 2, 3]
    assert [letter.document_id for letter in made] == [document.id for document in documents]
    grow_old(session)
    for _poll in range(3):
        progress = browser.page("/print-desk/progress")
    assert "已完成3／3" in progress.text
    assert "hx-get" not in progress.one("#progress").attrib
    assert {letter.state for letter in letters_of(session)} == {"issued"}


def test_the_letters_wait_in_the_queue_of_the_worker(
    app: Flask, session: Session, sign_in: SignIn, works: Works
) -> None:
    settings = app.extensions["settings"]
    queue.queue_of(settings).flush()
    number(sign_in(SEAL), signed(session, works, 1))
    (waiting,) = queue.queue_of(settings).pending()
    assert waiting.args == (letters_of(session)[0].id,)
    queue.letter_task(settings).call_local(*waiting.args)
    assert letters_of(session)[0].state == "issued"
    with queue.application_of(settings).app_context():
        db.engine.dispose()
    queue.queue_of(settings).storage.close()


def test_a_second_click_draws_no_second_number(session: Session, sign_in: SignIn, works: Works) -> None:
    documents = signed(session, works, 1)
    browser = sign_in(SEAL)
    number(browser, documents)
    number(browser, documents)
    session.rollback()
    assert session.scalar(select(NumberSeries.last).where(NumberSeries.code == "平民函")) == 1


def test_what_cannot_be_numbered_is_named_with_the_reason_and_the_rest_goes_on(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    good, late = signed(session, works, 2)
    papers.act(session, "pingtang.clerk.1", late, Act.WITHDRAW, works)
    page = number(sign_in(SEAL), [good, late])
    (left_out,) = [words(item) for item in page.all(".batch-items .batch-failed")]
    assert late.title in left_out
    assert "R-99" in left_out or "办理" in left_out
    assert len(letters_of(session)) == 1


def test_numbering_asks_for_a_fresh_proof_of_identity(session: Session, sign_in: SignIn, works: Works) -> None:
    documents = signed(session, works, 1)
    answer = sign_in(SEAL, proved=False).post("/print-desk/number", data={"papers": [str(documents[0].uuid)]})
    assert answer.status_code == 303
    assert "next=/print-desk" in answer.location
    assert letters_of(session) == []


def test_codes_nobody_confirmed_draw_no_number_and_the_desk_says_where_to_confirm(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    documents = signed(session, works, 1)
    with transaction(session):
        session.execute(update(Unit).where(Unit.code == "522727-bureau").values(codes_confirmed=False))
    browser = sign_in(SEAL)
    assert browser.page("/print-desk").link("打开单位设置") == "/unit"
    page = number(browser, documents)
    assert "发文机关代字尚未确认" in page.text
    assert letters_of(session) == []


@pytest.fixture
def sealed(session: Session, sign_in: SignIn, works: Works) -> list[Document]:
    """Two letters sealed and ready to be printed."""
    documents = signed(session, works, 2)
    browser = sign_in(SEAL)
    number(browser, documents)
    grow_old(session)
    for _poll in range(2):
        browser.page("/print-desk/progress")
    return documents


def test_letters_are_printed_as_one_file_each_on_a_fresh_sheet(
    session: Session, sign_in: SignIn, sealed: list[Document]
) -> None:
    browser = sign_in(SEAL)
    data = {"papers": [str(document.uuid) for document in sealed], "duplex": "1"}
    answer = browser.post("/print-desk/print", data=data)
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) % 2 == 0
    session.rollback()
    assert [(row.copy_no, row.reason) for row in session.scalars(select(Printing))] == [(1, ""), (1, "")]
    assert "1份" in browser.page("/print-desk?tab=send").text


def test_a_reprint_asks_why_and_says_so_in_the_register(
    session: Session, sign_in: SignIn, sealed: list[Document]
) -> None:
    browser = sign_in(SEAL)
    data = {"papers": [str(sealed[0].uuid)]}
    assert browser.post("/print-desk/print", data=data).status_code == 200
    assert "重印须写明理由" in browser.read(browser.post("/print-desk/print", data=data), 422).text
    assert browser.post("/print-desk/print", data={**data, "reason": "首份卡纸损坏"}).status_code == 200
    register = browser.page("/registers/print").text
    assert "第2份" in register
    assert "首份卡纸损坏" in register


def test_nothing_ticked_nothing_done(sign_in: SignIn) -> None:
    browser = sign_in(SEAL)
    for act, words_of in (("number", "请先勾选要编号用印的文书"), ("send", "请先勾选要发出的文书")):
        answer = browser.post(f"/print-desk/{act}", follow_redirects=True)
        assert words_of in browser.read(answer).notices
    assert browser.post("/print-desk/print").status_code == 422
    assert browser.post("/print-desk/number", data={"papers": ["no-uuid"]}).status_code == 422


def test_sealed_letters_are_sent_together(session: Session, sign_in: SignIn, sealed: list[Document]) -> None:
    data = {"papers": [str(document.uuid) for document in sealed], "submission_key": "send-click"}
    browser = sign_in(SEAL)
    assert "已发出2件" in browser.read(browser.post("/print-desk/send", data=data, follow_redirects=True)).notices
    session.rollback()
    assert set(session.scalars(select(Document.state).where(Document.sent_at.is_not(None)))) == {"sent"}
    assert "没有等待打印发出的文书" in browser.page("/print-desk?tab=send").text


def test_the_seal_desk_of_another_organ_sees_and_does_nothing(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    documents = signed(session, works, 1)
    browser = sign_in("fuquan.seal.1")
    assert "没有等待编号用印的文书" in browser.page("/print-desk").text
    page = number(browser, documents)
    assert documents[0].title not in page.text
    assert letters_of(session) == []
    assert browser.post("/print-desk/print", data={"papers": [str(documents[0].uuid)]}).status_code == 422
    assert sign_in("pingtang.clerk.1").get("/print-desk").status_code == 403


def test_letters_left_over_are_finished_from_the_desk(session: Session, sign_in: SignIn, works: Works) -> None:
    number(sign_in(SEAL), signed(session, works, 1))
    grow_old(session)
    other = sign_in("pingtang.seal.2")
    assert "1件已编号，文件正在生成" in other.page("/print-desk").text
    answer = other.post("/print-desk/finish", follow_redirects=True)
    assert "已完成1／1" in other.read(answer).text
