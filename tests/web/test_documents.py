"""A paper through its pages: every act of a request for transfer by HTTP, two persons at every desk, and what is refused."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.models import Document, Event, Letter, NumberSeries
from portal.services import letters
from portal.services.letters import Works
from portal.workshop import works_of
from tests import papers, world
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]
REASON = "材料不全，请补充后再报"


@pytest.fixture
def works(app: Flask) -> Works:
    return works_of(app.extensions["settings"])


def url(document: Document, tail: str = "") -> str:
    return f"/documents/{document.uuid}{tail}"


def order(session: Session, document: Document, act: str, **more: Any) -> dict[str, Any]:
    session.rollback()
    revision = session.scalar(select(Document.revision).where(Document.id == document.id))
    return {"act": act, "revision": revision, "submission_key": str(uuid4()), **more}


def state(session: Session, document: Document) -> str:
    session.rollback()
    return str(session.scalar(select(Document.state).where(Document.id == document.id)))


def kinds(session: Session, document: Document) -> list[str]:
    """Return what the log says happened to a paper."""
    session.rollback()
    return list(session.scalars(select(Event.kind).where(Event.document_id == document.id).order_by(Event.seq)))


def logged(session: Session, kind: str) -> Event:
    session.rollback()
    return session.scalars(select(Event).where(Event.kind == kind)).one()


def press(browser: Browser, document: Document, act: str, status: int = 200, **values: Any) -> Page:
    """Open the page of a paper and press one of its buttons as a browser does."""
    page = browser.page(url(document))
    dialog = f"#ask-{act} form"
    return browser.submit(page, dialog if page.has(dialog) else "form.acting-form", status, **values)


def submitted(session: Session, works: Works) -> Document:
    document = papers.draft(session, papers.admit(session))
    papers.act(session, "pingtang.clerk.1", document, Act.SUBMIT, works)
    return document


def to_sign(session: Session, works: Works) -> Document:
    document = submitted(session, works)
    papers.act(session, "pingtang.reviewer.1", document, Act.AGREE, works)
    return document


def signed(session: Session, works: Works) -> Document:
    document = to_sign(session, works)
    papers.act(session, "pingtang.signer.1", document, Act.SIGN, works)
    return document


def sent(session: Session, works: Works) -> Document:
    document = signed(session, works)
    outcome = papers.act(session, "pingtang.seal.1", document, Act.NUMBER, works)
    assert outcome.letter_id is not None
    letters.issue(session, outcome.letter_id, works)
    papers.act(session, "pingtang.seal.1", document, Act.SEND, works)
    return document


# -- the whole way ------------------------------------------------------------------------------------------------


def test_a_request_goes_from_draft_to_the_station_by_the_buttons_of_its_page(
    session: Session, sign_in: SignIn
) -> None:
    document = papers.draft(session, papers.admit(session))
    clerk, seal = sign_in("pingtang.clerk.1"), sign_in("pingtang.seal.2")
    form = clerk.page(url(document, "/edit")).form("#paper")[1] | {"act": "submit"}
    answer = clerk.post(url(document, "/actions"), data=form, csrf=False, follow_redirects=True)
    done = clerk.read(answer)
    assert "已提交" in done.notices
    assert "平塘县民政局审核人" in done.text
    assert "已同意" in press(sign_in("pingtang.reviewer.2"), document, "agree", opinion="情况属实").notices
    assert "已签发" in press(sign_in("pingtang.signer.2"), document, "sign").notices
    numbered = press(seal, document, "number")
    assert "已编号用印" in numbered.notices
    assert "平民函〔" in numbered.text
    assert state(session, document) == "sealed"
    assert "已发出" in press(seal, document, "send").notices
    station = sign_in("station.clerk.1")
    received = press(station, document, "receive")
    assert "已签收" in received.notices
    assert "收〔" in received.text
    assert received.has('form[action="/papers/transfer_reply/start"]')


@pytest.mark.parametrize("person", ["1", "2"])
@pytest.mark.parametrize(
    ("place", "act", "reached"),
    [
        ("submitted", "agree", "to_sign"),
        ("submitted", "return", "returned"),
        ("to_sign", "sign", "signed"),
        ("to_sign", "return", "returned"),
        ("to_sign", "return_back", "in_review"),
        ("to_sign", "reject", "rejected"),
        ("signed", "number", "sealed"),
        ("signed", "return", "returned"),
        ("signed", "return_back", "to_sign"),
        ("sent", "receive", "in_process"),
        ("sent", "send_back", "returned"),
    ],
)
def test_each_person_at_the_desk_may_do_each_act_of_that_desk(
    session: Session, sign_in: SignIn, works: Works, place: str, act: str, reached: str, person: str
) -> None:
    document = {"submitted": submitted, "to_sign": to_sign, "signed": signed, "sent": sent}[place](session, works)
    desk = {
        "submitted": "pingtang.reviewer",
        "to_sign": "pingtang.signer",
        "signed": "pingtang.seal",
        "sent": "station.clerk",
    }[place]
    press(sign_in(f"{desk}.{person}"), document, act, opinion=REASON)
    assert state(session, document) == reached


@pytest.mark.parametrize("place", ["submitted", "to_sign", "signed"])
def test_the_drafter_takes_a_paper_back_until_the_number_is_drawn(
    session: Session, sign_in: SignIn, works: Works, place: str
) -> None:
    document = {"submitted": submitted, "to_sign": to_sign, "signed": signed}[place](session, works)
    press(sign_in("pingtang.clerk.1"), document, "withdraw")
    assert state(session, document) == "withdrawn"
    assert sign_in("pingtang.clerk.1").page(url(document, "/edit")).has("#paper")


def test_a_draft_is_dropped_with_a_reason_and_stays_in_the_file(session: Session, sign_in: SignIn) -> None:
    document = papers.draft(session, papers.admit(session))
    press(sign_in("pingtang.clerk.1"), document, "drop", opinion="家属已接回，不再申请")
    assert state(session, document) == "closed"


def test_a_paper_is_passed_on_to_a_colleague_at_the_same_desk(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = submitted(session, works)
    first = sign_in("pingtang.reviewer.1")
    page = first.page(url(document))
    offered = {each.attrib["value"] for each in page.all("#ask-reassign-to option") if each.attrib["value"]}
    other = papers.viewer(session, "pingtang.reviewer.2")
    assert str(other.user_id) in offered
    passed = press(first, document, "reassign", to_person=str(other.user_id), opinion="外出培训，请代为审核")
    assert f"转给{other.name}" in passed.text
    assert not passed.has("form.acting-form")
    assert sign_in("pingtang.reviewer.2").page(url(document)).has("form.acting-form")


def test_a_paper_is_not_passed_on_to_somebody_elsewhere(session: Session, sign_in: SignIn, works: Works) -> None:
    document = submitted(session, works)
    foreign = papers.viewer(session, "fuquan.reviewer.1").user_id
    asked = order(session, document, "reassign", to_person=foreign, opinion=REASON)
    answer = sign_in("pingtang.reviewer.1").post(url(document, "/actions"), data=asked)
    assert answer.status_code == 422
    assert "请选择同一单位、同一岗位的同事" in answer.text


def test_what_the_station_sends_back_is_supplemented_and_reported_again_with_its_text_unchanged(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = sent(session, works)
    press(sign_in("station.clerk.1"), document, "send_back", opinion="请补充健康检查材料")
    clerk = sign_in("pingtang.clerk.1")
    assert clerk.get(url(document, "/edit")).status_code == 303  # the number is drawn: the text is closed (R-100)
    page = clerk.page(url(document))
    assert "请补充健康检查材料" in page.text
    press(clerk, document, "resend", opinion="已补充")
    assert state(session, document) == "sent"


def test_an_issued_letter_is_voided_by_its_signer_and_done_again_under_a_new_number(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = sent(session, works)
    voided = press(sign_in("pingtang.signer.1"), document, "void", opinion="收文机关名称有误，作废重发")
    assert "这份文书已作废" in voided.text
    again = press(sign_in("pingtang.clerk.1"), document, "replace")
    assert again.has("#paper")
    session.rollback()
    fresh = session.scalars(select(Document).where(Document.replaces_id == document.id)).one()
    assert fresh.answers["contact_name"] == document.answers["contact_name"]
    assert "被替代的原件" in sign_in("pingtang.clerk.1").page(url(fresh)).text


def test_a_letter_to_an_organ_without_accounts_is_served_by_our_clerk(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = sent(session, works)
    session.rollback()
    station = session.get_one(Document, document.id).counterpart
    assert station is not None
    papers.lend_to_outside(session, document)
    clerk = sign_in("pingtang.clerk.1")
    refused = press(clerk, document, "serve", 422, served_on="")
    assert "请填写送达日期" in refused.notices
    served = press(clerk, document, "serve", served_on=clock.today().isoformat())
    assert "已登记送达" in served.notices


# -- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "act", "who"),
    [
        ("submitted", "return", "pingtang.reviewer.1"),
        ("to_sign", "reject", "pingtang.signer.1"),
        ("signed", "return_back", "pingtang.seal.1"),
        ("sent", "send_back", "station.clerk.1"),
        ("sent", "void", "pingtang.signer.1"),
    ],
)
def test_a_reason_too_short_is_asked_for_again_with_what_was_typed(
    session: Session, sign_in: SignIn, works: Works, place: str, act: str, who: str
) -> None:
    document = {"submitted": submitted, "to_sign": to_sign, "signed": signed, "sent": sent}[place](session, works)
    before = state(session, document)
    page = press(sign_in(who), document, act, 422, opinion="不行")
    assert "R-101" in page.notices
    assert [box.text for box in page.all("#again-why")] == ["不行"]
    assert state(session, document) == before


def test_nobody_signs_their_own_review_by_pressing_the_button_anyway(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = to_sign(session, works)
    for who in ("pingtang.clerk.1", "pingtang.reviewer.1", "pingtang.seal.1"):
        browser = sign_in(who)
        assert not browser.page(url(document)).has("form.acting-form")
        answer = browser.post(url(document, "/actions"), data=order(session, document, "sign"))
        assert answer.status_code == 403
        assert "R-99" in answer.text
    assert state(session, document) == "to_sign"


def test_a_refusal_is_written_into_the_log_with_its_rules(session: Session, sign_in: SignIn) -> None:
    case = papers.admit(session, place="522702-bureau")
    document = papers.draft(session, case, "fuquan.clerk.1", ground="infrastructure")
    page_form = sign_in("fuquan.clerk.1").page(url(document, "/edit")).form("#paper")[1] | {"act": "submit"}
    answer = sign_in("fuquan.clerk.1").post(url(document, "/actions"), data=page_form)
    assert answer.status_code == 422
    assert "R-22" in answer.text
    event = logged(session, "refused")
    assert event.data["act"] == "submit"
    assert event.data["rules"] == ["R-22"]
    assert state(session, document) == "draft"
    assert "操作未获受理" in sign_in("fuquan.clerk.1").page(url(document)).text


def test_signing_asks_for_a_fresh_proof_of_identity(session: Session, sign_in: SignIn, works: Works) -> None:
    document = to_sign(session, works)
    answer = sign_in("pingtang.signer.1", proved=False).post(
        url(document, "/actions"), data=order(session, document, "sign")
    )
    assert answer.status_code == 303
    assert "/account/proof" in answer.headers["Location"]
    assert state(session, document) == "to_sign"


def test_an_opinion_typed_before_the_proof_of_identity_is_in_its_box_after_it(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = to_sign(session, works)
    browser = sign_in("pingtang.signer.1", proved=False)
    browser.post(
        url(document, "/actions"), data={**order(session, document, "sign"), "opinion": "同意，请护送途中照料"}
    )
    back = browser.submit(browser.page(f"/account/proof?next={url(document)}"), password=world.PASSWORD)
    assert words(back.one("#opinion")) == "同意，请护送途中照料"
    assert words(browser.page(url(document)).one("#opinion")) == ""


def test_what_is_no_act_is_refused(session: Session, sign_in: SignIn) -> None:
    document = papers.draft(session, papers.admit(session))
    browser = sign_in("pingtang.clerk.1")
    for broken in (
        {"act": "explode"},
        {"revision": "x"},
        {"revision": "9" * 40},
        {"submission_key": ""},
        {"to_person": "a"},
    ):
        asked = order(session, document, "drop", opinion=REASON) | broken
        assert browser.post(url(document, "/actions"), data=asked).status_code == 422
    assert state(session, document) == "draft"


# -- twice, and two at once ---------------------------------------------------------------------------------------


def test_a_double_click_does_the_act_once(session: Session, sign_in: SignIn, works: Works) -> None:
    document = signed(session, works)
    seal, asked = sign_in("pingtang.seal.1"), order(session, document, "number")
    first, second = (seal.post(url(document, "/actions"), data=asked) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    session.rollback()
    assert session.scalar(select(func.count(Letter.id)).where(Letter.document_id == document.id)) == 1
    assert kinds(session, document).count("number") == 1


def test_a_double_click_on_submit_saves_and_submits_once(session: Session, sign_in: SignIn) -> None:
    document = papers.draft(session, papers.admit(session))
    clerk = sign_in("pingtang.clerk.1")
    form = clerk.page(url(document, "/edit")).form("#paper")[1] | {"act": "submit"}
    first, second = (clerk.post(url(document, "/actions"), data=form, csrf=False) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert kinds(session, document).count("submit") == 1
    assert "refused" not in kinds(session, document)


def test_of_two_approvers_the_second_is_told_who_was_first_and_keeps_the_words(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = submitted(session, works)
    second = sign_in("pingtang.reviewer.2")
    asked = order(session, document, "agree", opinion="我也同意，请领导审定")
    press(sign_in("pingtang.reviewer.1"), document, "agree")
    answer = second.post(url(document, "/actions"), data=asked)
    page = second.read(answer, 409)
    first = papers.viewer(session, "pingtang.reviewer.1")
    assert first.name in page.text
    assert "我也同意，请领导审定" in page.markup
    assert kinds(session, document).count("agree") == 1


def test_a_key_of_somebody_else_is_not_taken(session: Session, sign_in: SignIn, works: Works) -> None:
    document = submitted(session, works)
    asked = order(session, document, "agree")
    sign_in("pingtang.reviewer.1").post(url(document, "/actions"), data=asked)
    answer = sign_in("pingtang.signer.1").post(url(document, "/actions"), data=asked | {"act": "sign"})
    assert answer.status_code == 403
    assert state(session, document) == "to_sign"


# -- the file -----------------------------------------------------------------------------------------------------


def test_when_the_file_cannot_be_made_the_page_tells_the_truth_and_it_is_finished_later(
    session: Session, sign_in: SignIn, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = signed(session, works)

    def fails(*_args: object, **_named: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(letters.sign, "sign", fails)
        page = press(sign_in("pingtang.seal.1"), document, "number")
    assert "文号已取得" in page.notices
    assert "系统会自动补做" in page.notices
    assert state(session, document) == "numbered"
    number = session.scalars(select(NumberSeries)).one().last
    assert letters.recover(session, works) == 1
    assert state(session, document) == "sealed"
    assert session.scalars(select(NumberSeries)).one().last == number


def test_the_issued_file_is_the_one_of_the_register_and_taking_it_is_written_down(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = sent(session, works)
    answer = sign_in("station.clerk.2").get(url(document, "/letter.pdf"))
    letter = session.scalars(select(Letter).where(Letter.document_id == document.id)).one()
    assert answer.data == works.files.get(letter.sha256 or "")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    reader = papers.viewer(session, "station.clerk.2").user_id
    assert logged(session, "downloaded").actor_id == reader


def test_before_its_number_a_letter_has_a_preview_but_no_file(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = submitted(session, works)
    browser = sign_in("pingtang.reviewer.1")
    assert browser.get(url(document, "/letter.pdf")).status_code == 404
    shown = browser.get(url(document, "/preview.pdf"))
    assert shown.mimetype == "application/pdf"
    picture = browser.get(url(document, "/preview/1.png"))
    assert picture.data.startswith(b"\x89PNG")
    with pikepdf.open(io.BytesIO(shown.data)) as pdf:
        assert browser.get(url(document, f"/preview/{len(pdf.pages)}.png")).status_code == 200
        assert browser.get(url(document, f"/preview/{len(pdf.pages) + 1}.png")).status_code == 404
    assert browser.get(url(document, "/preview/0.png")).status_code == 404


def test_the_sheet_with_every_opinion_stays_in_the_house(session: Session, sign_in: SignIn, works: Works) -> None:
    document = sent(session, works)
    answer = sign_in("pingtang.reviewer.1").get(url(document, "/sheet.pdf"))
    assert answer.data.startswith(b"%PDF-")
    assert sign_in("station.clerk.1").get(url(document, "/sheet.pdf")).status_code == 404


def test_the_other_organ_reads_the_letter_but_not_how_it_came_about(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = submitted(session, works)
    papers.act(session, "pingtang.reviewer.1", document, Act.AGREE, works, opinion="只供内部参考的一句话")
    papers.act(session, "pingtang.signer.1", document, Act.SIGN, works)
    outcome = papers.act(session, "pingtang.seal.1", document, Act.NUMBER, works)
    letters.issue(session, outcome.letter_id or 0, works)
    papers.act(session, "pingtang.seal.1", document, Act.SEND, works)
    ours = sign_in("pingtang.clerk.2").page(url(document))
    theirs = sign_in("station.clerk.1").page(url(document))
    reviewer = papers.viewer(session, "pingtang.reviewer.1").name
    assert "只供内部参考的一句话" in ours.text
    assert "只供内部参考的一句话" not in theirs.text
    assert reviewer in ours.text
    assert reviewer not in theirs.text
    assert "发出" in theirs.text


# -- who sees it --------------------------------------------------------------------------------------------------


def test_for_a_foreign_county_every_address_of_a_paper_is_absent(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = sent(session, works)
    stranger = sign_in("fuquan.clerk.1")
    for tail in ("", "/edit", "/preview.pdf", "/preview/1.png", "/letter.pdf", "/sheet.pdf"):
        assert stranger.get(url(document, tail)).status_code == 404, tail
    asked = order(session, document, "receive")
    for tail in ("/actions", "/draft", "/edit", "/merge", "/attachments/medical_check"):
        answer = stranger.post(url(document, tail), data=asked | {"mine": "{}"})
        assert answer.status_code == 404, tail
    for form in ({"request": str(document.uuid)}, {"case": str(document.case.uuid if document.case else "")}):
        assert stranger.post("/papers/transfer_reply/start", data=form).status_code == 404
    assert session.scalar(select(func.count(Event.seq)).where(Event.kind == "refused")) == 0


def test_the_station_does_not_see_a_request_before_it_is_sent(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = signed(session, works)
    assert sign_in("station.clerk.1").get(url(document)).status_code == 404


def test_an_address_that_is_no_identifier_is_absent(sign_in: SignIn) -> None:
    clerk = sign_in("pingtang.clerk.1")
    assert clerk.get("/documents/1").status_code == 404
    assert clerk.get("/papers?case=nonsense").status_code == 404
    assert clerk.post("/papers/transfer_request/start", data={"case": "nonsense"}).status_code == 404


MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


def test_markup_typed_into_every_box_is_shown_as_text(session: Session, sign_in: SignIn, works: Works) -> None:
    case = papers.admit(session, name=MARKUP)
    document = papers.draft(session, case)
    texts = {
        "health_summary": MARKUP, "vehicle_no": MARKUP, "contact_name": MARKUP, "contact_phone": MARKUP, "planned_date": MARKUP,
        "lack_other": MARKUP, "expected_days": MARKUP, "escort_staff": [{"name": MARKUP, "sex": MARKUP, "post": MARKUP}], "ground": MARKUP,
    }  # fmt: skip
    clerk = sign_in("pingtang.clerk.1")
    form = papers.posted(papers.answers(**texts)) | order(session, document, "submit") | {"_answers": "1"}
    refused = clerk.read(clerk.post(url(document, "/actions"), data=form), 422)
    shown = clerk.page(url(document))
    listed = clerk.page("/papers")
    for page in (refused, shown, listed):
        assert not [each for each in page.all("script") if "src" not in each.attrib]
        assert not page.has("img[onerror]")
        assert "49" not in [word.strip() for word in page.text.split('"')]
    assert MARKUP in refused.text


def test_a_typed_opinion_with_markup_is_text_in_the_record(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = submitted(session, works)
    page = press(sign_in("pingtang.reviewer.1"), document, "agree", opinion=MARKUP)
    assert [quote.text for quote in page.all(".timeline blockquote")] == [MARKUP]


# -- beginning ----------------------------------------------------------------------------------------------------


def test_the_catalogue_offers_a_clerk_what_fits_the_person_chosen(session: Session, sign_in: SignIn) -> None:
    case = papers.admit(session)
    clerk = sign_in("pingtang.clerk.1")
    without = clerk.page("/papers")
    assert without.has('form[action="/papers/help_registration/start"]')
    assert not without.has('form[action="/papers/transfer_request/start"]')
    chosen = clerk.page(f"/papers?case={case.uuid}")
    assert chosen.has('form[action="/papers/transfer_request/start"]')
    begun = clerk.submit(chosen, 'form[action="/papers/transfer_request/start"]')
    assert begun.h1 == "受助人员转移集中照料申请函"
    assert "继续填写" in clerk.page(f"/papers?case={case.uuid}").text


def test_whoever_drafts_nothing_is_told_so(sign_in: SignIn) -> None:
    page = sign_in("pingtang.signer.1").page("/papers")
    assert "这里没有您可以起草的文书" in page.text


def test_an_admission_begins_without_a_person(session: Session, sign_in: SignIn) -> None:
    clerk = sign_in("pingtang.clerk.1")
    page = clerk.submit(clerk.page("/papers"), 'form[action="/papers/help_registration/start"]')
    assert page.h1 == "求助登记表"
    assert "发布寻亲公告" in page.text  # the limits it will start are counted from the moment of admission


def test_a_paper_about_somebody_is_not_begun_about_nobody(sign_in: SignIn) -> None:
    answer = sign_in("pingtang.clerk.1").post("/papers/transfer_request/start")
    assert answer.status_code == 422
    assert "请先办理求助登记" in answer.text


def test_a_stand_in_is_named_with_the_person_stood_in_for(session: Session, sign_in: SignIn, works: Works) -> None:
    document = to_sign(session, works)
    papers.lend_seat(session, "pingtang.signer.1", "pingtang.duty.1")
    page = press(sign_in("pingtang.duty.1"), document, "sign")
    stand_in, absent = (papers.viewer(session, who).name for who in ("pingtang.duty.1", "pingtang.signer.1"))
    assert f"{stand_in}（代{absent}）" in page.text


def test_the_day_a_letter_was_served_is_not_before_it_was_sent(
    session: Session, sign_in: SignIn, works: Works
) -> None:
    document = sent(session, works)
    papers.lend_to_outside(session, document)
    early = (clock.today() - timedelta(days=30)).isoformat()
    page = press(sign_in("pingtang.clerk.1"), document, "serve", 422, served_on=early)
    assert "送达日期应在发出日期" in page.notices
    assert [box.attrib["value"] for box in page.all("#served_on")] == [early]
