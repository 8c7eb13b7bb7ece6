"""Writing a paper: kept while one types, with and without script; rows; files; two versions of one draft."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forms.kit.chains import Act
from forms.kit.tekun import SELF_CARE
from portal import clock
from portal.db import transaction
from portal.models import Attachment, Document, Event
from portal.services import documents
from portal.services.subjects import Subject
from portal.workshop import works_of
from tests import papers, world
from tests.conftest import Browser
from tests.page import Page

SignIn = Callable[..., Browser]
AUTOSAVE = {"X-Autosave": "1"}


def url(document: Document, tail: str = "/draft") -> str:
    return f"/documents/{document.uuid}{tail}"


def newest(session: Session, document: Document) -> Document:
    session.rollback()
    return session.get_one(Document, document.id, populate_existing=True)


def form(session: Session, document: Document, **changes: Any) -> dict[str, Any]:
    """Return what the page of a draft posts, with some boxes typed anew."""
    row = newest(session, document)
    return papers.posted({**row.answers, **changes}) | {"revision": row.revision, "_answers": "1"}


def autosave(browser: Browser, document: Document, posted: dict[str, Any]) -> TestResponse:
    return browser.post(url(document), data=posted, htmx="save-status", headers=AUTOSAVE)


def region(answer: TestResponse) -> Page:
    assert answer.status_code == 200, answer.text[:500]
    return Page(answer.text, whole=False)


@pytest.fixture
def clerk(sign_in: SignIn) -> Browser:
    return sign_in("pingtang.clerk.1")


@pytest.fixture
def draft(session: Session) -> Document:
    return papers.draft(session, papers.admit(session))


# -- while one types ----------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_and_the_answer_says_when(session: Session, clerk: Browser, draft: Document) -> None:
    page = region(autosave(clerk, draft, form(session, draft, vehicle_no="贵J77777")))
    row = newest(session, draft)
    assert row.answers["vehicle_no"] == "贵J77777"
    assert "草稿已保存" in page.text
    assert page.one("#revision").attrib["value"] == str(row.revision)
    assert page.one("#revision").attrib["hx-swap-oob"] == "true"


def test_a_half_written_date_is_kept_as_typed_and_told_under_its_box(
    session: Session, clerk: Browser, draft: Document
) -> None:
    page = region(autosave(clerk, draft, form(session, draft, planned_date="明天下午")))
    assert newest(session, draft).answers["planned_date"] == "明天下午"
    assert "请按年-月-日填写日期" in "".join(page.one("#err-planned_date").itertext())


def test_an_empty_box_is_counted_but_not_scolded_before_a_try_to_submit(
    session: Session, clerk: Browser, draft: Document
) -> None:
    posted = form(session, draft, vehicle_no="")
    page = region(autosave(clerk, draft, posted))
    assert "还差1项" in page.text
    assert not "".join(page.one("#err-vehicle_no").itertext()).strip()
    tried = region(autosave(clerk, draft, form(session, draft, vehicle_no="") | {"_tried": "1"}))
    assert "请填写“护送车辆”" in "".join(tried.one("#err-vehicle_no").itertext())


def test_a_rule_speaks_up_while_one_types_with_clause_and_remedy(session: Session, sign_in: SignIn) -> None:
    document = papers.draft(
        session, papers.admit(session, place="522702-bureau"), "fuquan.clerk.1", ground="emergency"
    )
    page = region(autosave(sign_in("fuquan.clerk.1"), document, form(session, document, ground="infrastructure")))
    told = "".join(page.one("#against").itertext())
    assert "仅平塘、贵定、罗甸、三都四县可按站内设施不足情形申请" in told
    assert "R-22" in told
    assert "请改选“临时应急情形”" in told


def test_the_limit_that_follows_is_counted_while_one_types(
    session: Session, clerk: Browser, draft: Document
) -> None:
    slow = region(autosave(clerk, draft, form(session, draft)))
    assert "答复转移集中照料申请" in "".join(slow.one("#deadlines").itertext())
    urgent = form(session, draft, ground="emergency", emergency_reason=["disaster"])
    quick = "".join(region(autosave(clerk, draft, urgent)).one("#deadlines").itertext())
    today = clock.today()
    assert "答复临时应急转移申请" in quick
    assert f"{today.year}年{today.month}月{today.day}日24时" in quick


def test_what_follows_from_other_boxes_is_told_anew_by_every_save(session: Session, clerk: Browser) -> None:
    case = papers.admit(session)
    with transaction(session):
        about = Subject(case)
        document = documents.start(
            session, world.viewer(session, "pingtang.clerk.1"), "tekun_inclusion_letter", about=about
        )
    begun = clerk.page(url(document, "/edit")).one("#field-self_care")
    assert "自动算出" in "".join(begun.itertext())
    assert "填好相关各项后算出" in "".join(begun.itertext())
    six = dict.fromkeys(SELF_CARE, "yes") | {"can_walk": "no"}
    told = region(autosave(clerk, document, form(session, document, **six))).one("#answer-self_care")
    assert "部分丧失" in "".join(told.itertext())
    assert told.attrib["hx-swap-oob"] == "true"


def test_the_printed_page_is_drawn_anew_only_when_it_changed(
    session: Session, clerk: Browser, draft: Document
) -> None:
    mark = clerk.page(url(draft, "/edit")).one("input[name=_shown]").attrib["value"]
    same = region(autosave(clerk, draft, form(session, draft) | {"_shown": mark}))
    assert not same.has("#preview")
    other = region(autosave(clerk, draft, form(session, draft, expected_days="45") | {"_shown": mark}))
    picture = other.all("#preview img")[0].attrib["src"]
    assert mark not in picture
    assert clerk.get(picture).data.startswith(b"\x89PNG")


def test_a_page_that_cannot_be_set_is_told_and_stops_nothing(
    session: Session, clerk: Browser, draft: Document
) -> None:
    page = region(autosave(clerk, draft, form(session, draft, lack_condition=["other"], lack_other="\ue123")))
    assert "字库中没有" in "".join(page.one("#preview").itertext())
    assert newest(session, draft).answers["lack_other"] == "\ue123"
    assert clerk.get(url(draft, "/preview/1.png")).status_code == 422


def test_a_warning_asks_for_a_reason_and_goes_with_it(session: Session, sign_in: SignIn) -> None:
    case = papers.admit(
        session, identity_status="unknown", name="", alias="河滨路男", id_number=None, hukou_address=""
    )
    papers.let_expire(session, case, "tracing_notice_due")
    document = papers.draft(
        session,
        case,
        ground="emergency",
        emergency_reason=["disaster"],
        identity_status="unknown",
        identity_method=[],
    )
    browser = sign_in("pingtang.clerk.1")
    asked = browser.page(url(document, "/edit"))
    assert asked.has("textarea[name=_reason_R-25]")
    same = region(autosave(browser, document, form(session, document) | {"_warned": "R-25"}))
    assert not same.has("#reasons")  # not swapped while somebody may be typing in it
    form_now = form(session, document) | {"_reason_R-25": "通讯中断，公告迟发一日"}
    autosave(browser, document, form_now)
    again = browser.page(url(document, "/edit"))
    assert again.one("textarea[name=_reason_R-25]").text == "通讯中断，公告迟发一日"
    posted = again.form("#paper")[1] | {"act": "submit"}
    answer = browser.post(url(document, "/actions"), data=posted, csrf=False)
    assert answer.status_code == 303
    assert "通讯中断，公告迟发一日" in browser.page(url(document, "")).text


def test_a_session_that_ended_is_no_redirect_into_the_page_and_saving_goes_on_after_signing_in(
    session: Session, app: Flask, sign_in: SignIn, draft: Document
) -> None:
    posted = form(session, draft, vehicle_no="贵J00001")
    stranger = app.test_client()
    refused = stranger.post(url(draft), data=posted, headers={"HX-Request": "true", **AUTOSAVE})
    assert refused.status_code == 401
    assert not refused.data
    assert newest(session, draft).answers["vehicle_no"] != "贵J00001"
    region(autosave(sign_in("pingtang.clerk.1"), draft, posted))
    assert newest(session, draft).answers["vehicle_no"] == "贵J00001"


@pytest.mark.parametrize("who", ["pingtang.clerk.2", "pingtang.reviewer.1", "station.clerk.1", "fuquan.clerk.1"])
def test_nobody_but_the_drafter_writes_a_draft(
    session: Session, sign_in: SignIn, draft: Document, who: str
) -> None:
    answer = sign_in(who).post(url(draft), data=form(session, draft, vehicle_no="贵J66666"))
    assert answer.status_code in {403, 404}
    assert newest(session, draft).answers["vehicle_no"] != "贵J66666"


def test_a_colleague_who_opens_the_writing_page_is_shown_the_paper(sign_in: SignIn, draft: Document) -> None:
    answer = sign_in("pingtang.clerk.2").get(url(draft, "/edit"))
    assert answer.headers["Location"] == url(draft, "")


def test_boxes_that_are_not_on_the_paper_are_not_kept(session: Session, clerk: Browser, draft: Document) -> None:
    clerk.post(
        url(draft), data=form(session, draft) | {"doc_no": "平民函〔2026〕1号", "state": "signed", "_warned": "x"}
    )
    row = newest(session, draft)
    assert not {"doc_no", "state", "_warned", "csrf_token"} & row.answers.keys()
    assert (row.doc_no, row.state) == (None, "draft")


def test_the_identity_comes_from_the_case_whatever_is_posted(
    session: Session, clerk: Browser, draft: Document
) -> None:
    posted = form(session, draft, identity_status="unknown")
    page = clerk.read(clerk.post(url(draft), data=posted, follow_redirects=True))
    assert "已查明" in "".join(page.one("#field-identity_status").itertext())


# -- without script -----------------------------------------------------------------------------------------------


def test_without_script_the_draft_is_saved_by_its_button(
    session: Session, clerk: Browser, draft: Document
) -> None:
    page = clerk.submit(clerk.page(url(draft, "/edit")), "#paper", vehicle_no="贵J12121")
    assert "草稿已保存" in page.notices
    assert page.one("#vehicle_no").attrib["value"] == "贵J12121"


def test_rows_are_added_and_taken_away_without_script(session: Session, clerk: Browser, draft: Document) -> None:
    def names(page: Page) -> list[str]:
        return [box.attrib.get("value", "") for box in page.all("#rows-escort_staff input[name$=-name]")]

    page = clerk.page(url(draft, "/edit"))
    assert names(page) == ["王建国", "李小燕"]
    page = clerk.submit(page, "#paper", _add="escort_staff")
    assert names(page) == ["王建国", "李小燕", ""]
    page = clerk.submit(page, "#paper", _add="escort_staff")
    assert names(page) == ["王建国", "李小燕", "", ""]
    page = clerk.submit(page, "#paper", _remove="escort_staff-0")
    assert names(page) == ["李小燕", "", ""]
    assert [row["name"] for row in newest(session, draft).answers["escort_staff"]] == ["李小燕"]


def test_rows_are_added_by_region_and_the_revision_goes_along(
    session: Session, clerk: Browser, draft: Document
) -> None:
    answer = clerk.post(
        url(draft, "/edit"), data=form(session, draft) | {"_add": "escort_staff"}, htmx=True, headers=AUTOSAVE
    )
    page = region(answer)
    assert len(page.all("#rows-escort_staff .row-item")) == 3
    assert page.one("#revision").attrib["value"] == str(newest(session, draft).revision)


@pytest.mark.parametrize("asked", ["escort_staff-99", "nonsense-0", "vehicle_no-0", "escort_staff--1", "<b>-0"])
def test_taking_away_a_row_that_is_not_there_takes_away_nothing(
    session: Session, clerk: Browser, draft: Document, asked: str
) -> None:
    answer = clerk.post(url(draft), data=form(session, draft) | {"_remove": asked}, follow_redirects=True)
    assert answer.status_code == 200
    assert len(newest(session, draft).answers["escort_staff"]) == 2


def test_a_paper_that_mends_a_problem_is_begun_from_the_draft_and_nothing_is_lost(
    session: Session, clerk: Browser
) -> None:
    case = papers.admit(
        session, identity_status="unknown", name="", alias="河滨路男", id_number=None, hukou_address=""
    )
    document = papers.draft(session, case, identity_status="unknown", identity_method=[])
    page = clerk.page(url(document, "/edit"))
    assert page.has("button[name=_remedy][value=tracing_notice]")
    begun = clerk.submit(page, "#paper", vehicle_no="贵J34343", _remedy="tracing_notice")
    assert begun.h1 == "寻亲公告"
    assert newest(session, document).answers["vehicle_no"] == "贵J34343"


def test_a_refused_submit_keeps_everything_and_leads_to_each_box(
    session: Session, clerk: Browser, draft: Document
) -> None:
    posted = clerk.page(url(draft, "/edit")).form("#paper")[1]
    posted |= {
        "act": "submit",
        "vehicle_no": "",
        "planned_date": "2020-01-01",
        "health_summary": "已退烧，精神尚可",
    }
    page = clerk.read(clerk.post(url(draft, "/actions"), data=posted, csrf=False), 422)
    summary = page.one("#problems")
    targets = {link.attrib["href"] for link in summary.iter("a")}
    assert {"#field-vehicle_no", "#field-planned_date"} <= targets
    assert all(page.has(f'[id="{target[1:]}"]') for target in targets)
    assert page.one("#health_summary").text == "已退烧，精神尚可"
    assert newest(session, draft).answers["health_summary"] == "已退烧，精神尚可"
    assert newest(session, draft).state == "draft"
    again = page.form("#paper")[1] | {"act": "submit", "vehicle_no": "贵J10001"}
    again["planned_date"] = (clock.today() + timedelta(days=1)).isoformat()
    assert clerk.post(url(draft, "/actions"), data=again, csrf=False).status_code == 303


def test_what_was_submitted_is_no_longer_written(
    session: Session, clerk: Browser, app: Flask, draft: Document
) -> None:
    posted = form(session, draft, vehicle_no="贵J99999")
    papers.act(session, "pingtang.clerk.1", draft, Act.SUBMIT, works_of(app.extensions["settings"]))
    answer = clerk.post(url(draft), data=posted)
    assert answer.status_code == 409
    assert newest(session, draft).answers["vehicle_no"] != "贵J99999"


# -- two versions -------------------------------------------------------------------------------------------------


def two_tabs(session: Session, clerk: Browser, draft: Document) -> dict[str, Any]:
    """Save in one tab and return what the other, opened before, is about to post."""
    stale = form(session, draft, vehicle_no="贵J22222", health_summary="在本页改过的健康状况")
    autosave(clerk, draft, form(session, draft, vehicle_no="贵J11111", expected_days="60"))
    return stale


def test_a_second_tab_overwrites_nothing_and_loses_nothing(
    session: Session, clerk: Browser, draft: Document
) -> None:
    stale = two_tabs(session, clerk, draft)
    page = region(autosave(clerk, draft, stale))
    assert "另一处已保存过" in page.text
    assert page.has("#overtaken button[type=submit]")
    assert newest(session, draft).answers["vehicle_no"] == "贵J11111"
    conflict = clerk.read(clerk.post(url(draft), data=stale), 409)
    for words in ("贵J11111", "贵J22222", "在本页改过的健康状况", "60天"):
        assert words in conflict.text
    assert "护送人员" not in conflict.text  # the same in both


def test_two_versions_are_merged_box_by_box(session: Session, clerk: Browser, draft: Document) -> None:
    conflict = clerk.read(clerk.post(url(draft), data=two_tabs(session, clerk, draft)), 409)
    choices = {"choice-vehicle_no": "theirs", "choice-health_summary": "mine", "choice-expected_days": "theirs"}
    page = clerk.submit(conflict, "#merge", **choices)
    assert "已按您的选择合并保存" in page.notices
    kept = newest(session, draft).answers
    assert (kept["vehicle_no"], kept["health_summary"], kept["expected_days"]) == (
        "贵J11111",
        "在本页改过的健康状况",
        "60",
    )
    assert len(kept["escort_staff"]) == 2


def test_a_third_save_during_the_choice_asks_again(session: Session, clerk: Browser, draft: Document) -> None:
    conflict = clerk.read(clerk.post(url(draft), data=two_tabs(session, clerk, draft)), 409)
    autosave(clerk, draft, form(session, draft, vehicle_no="贵J33333"))
    again = clerk.submit(conflict, "#merge", 409, **{"choice-vehicle_no": "mine"})
    assert "贵J33333" in again.text
    assert "贵J22222" in again.text
    assert newest(session, draft).answers["vehicle_no"] == "贵J33333"


def test_a_conflict_on_submit_submits_nothing(session: Session, clerk: Browser, draft: Document) -> None:
    stale = two_tabs(session, clerk, draft) | {"act": "submit", "submission_key": "a" * 20}
    clerk.read(clerk.post(url(draft, "/actions"), data=stale), 409)
    assert newest(session, draft).state == "draft"


@pytest.mark.parametrize(
    "mine",
    [
        "",
        "null",
        "[]",
        "{",
        '{"companions": 5, "ground": {"a": 1}}',
        '{"escort_staff": [[1], {"name": {"x": 1}}], "_reasons": 3}',
    ],
)
def test_a_forged_version_is_read_like_any_typed_text(
    session: Session, clerk: Browser, draft: Document, mine: str
) -> None:
    row = newest(session, draft)
    asked = {"revision": row.revision, "mine": mine, "choice-ground": "mine", "choice-escort_staff": "mine"}
    answer = clerk.post(url(draft, "/merge"), data=asked)
    assert answer.status_code in {303, 409}
    json.dumps(newest(session, draft).answers)
    clerk.page(url(draft, "/edit"))


def test_the_same_text_saved_twice_is_no_conflict(session: Session, clerk: Browser, draft: Document) -> None:
    posted = form(session, draft, vehicle_no="贵J55555")
    for _ in range(2):  # the first answer was lost on its way
        assert "草稿已保存" in autosave(clerk, draft, posted).text


# -- files --------------------------------------------------------------------------------------------------------


def upload(data: bytes, name: str = "体检报告.pdf", kind: str = "medical_check") -> dict[str, Any]:
    import io  # noqa: PLC0415

    return {f"file-{kind}": (io.BytesIO(data), name), f"dated-{kind}": clock.today().isoformat()}


def test_a_scan_is_sent_from_the_page_without_script_and_what_is_typed_is_saved_with_it(
    session: Session, clerk: Browser, draft: Document
) -> None:
    posted = form(session, draft, vehicle_no="贵J45454") | upload(papers.scan(2))
    answer = clerk.post(url(draft, "/attachments/medical_check"), data=posted, follow_redirects=True)
    page = clerk.read(answer)
    assert "已上传“体检报告.pdf”" in page.notices
    assert newest(session, draft).answers["vehicle_no"] == "贵J45454"
    link = [each.attrib["href"] for each in page.all("#attachments .file-words a") if each.text == "体检报告.pdf"]
    got = clerk.get(link[0])
    assert got.data.startswith(b"%PDF-")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    session.rollback()
    assert session.scalars(select(Event).where(Event.kind == "attachment_opened")).one()


def test_a_refused_file_is_told_at_its_line_and_the_text_is_kept(
    session: Session, clerk: Browser, draft: Document
) -> None:
    posted = form(session, draft, vehicle_no="贵J46464") | upload(b"GIF89a", "体检.gif")
    page = clerk.read(clerk.post(url(draft, "/attachments/medical_check"), data=posted), 422)
    assert "这是GIF图片，请另存为JPEG或PNG后再上传" in "".join(page.one("#err-file-medical_check").itertext())
    assert page.one("#vehicle_no").attrib["value"] == "贵J46464"
    assert newest(session, draft).answers["vehicle_no"] == "贵J46464"


def test_a_file_sent_by_region_answers_by_the_checklist(session: Session, clerk: Browser, draft: Document) -> None:
    posted = form(session, draft) | upload(papers.picture(), "体检.jpg")
    page = region(clerk.post(url(draft, "/attachments/medical_check"), data=posted, htmx=True))
    assert "体检.jpg" in "".join(page.one("#attachments").itertext())
    assert page.one("#revision").attrib["value"] == str(newest(session, draft).revision)


def test_sending_nothing_asks_for_a_file(session: Session, clerk: Browser, draft: Document) -> None:
    page = clerk.read(clerk.post(url(draft, "/attachments/medical_check"), data=form(session, draft)), 422)
    assert "请先选择文件" in page.text


def test_a_file_is_taken_off_from_the_page(session: Session, clerk: Browser, draft: Document) -> None:
    session.rollback()
    file = session.scalars(select(Attachment).where(Attachment.document_id == draft.id)).one()
    page = clerk.read(
        clerk.post(f"/attachments/{file.uuid}/remove", data=form(session, draft), follow_redirects=True)
    )
    assert "附件已删除" in page.notices
    assert "请上传附件“健康检查材料”" in page.text
    assert clerk.get(f"/attachments/{file.uuid}").status_code == 404


def test_for_a_foreign_county_the_files_of_a_paper_are_absent(
    session: Session, sign_in: SignIn, draft: Document
) -> None:
    session.rollback()
    file = session.scalars(select(Attachment).where(Attachment.document_id == draft.id)).one()
    stranger = sign_in("fuquan.clerk.1")
    assert stranger.get(f"/attachments/{file.uuid}").status_code == 404
    assert stranger.post(f"/attachments/{file.uuid}/remove").status_code == 404
    assert stranger.post(url(draft, "/attachments/medical_check"), data=upload(papers.scan())).status_code == 404


def test_a_colleague_reads_the_files_but_does_not_change_them(
    session: Session, sign_in: SignIn, draft: Document
) -> None:
    session.rollback()
    file = session.scalars(select(Attachment).where(Attachment.document_id == draft.id)).one()
    colleague = sign_in("pingtang.clerk.2")
    assert colleague.post(f"/attachments/{file.uuid}/remove").status_code == 403
    assert colleague.post(url(draft, "/attachments/medical_check"), data=upload(papers.scan())).status_code == 403


def test_a_paper_without_such_a_line_takes_no_such_file(session: Session, clerk: Browser, draft: Document) -> None:
    posted = form(session, draft) | upload(papers.picture(), kind="photo")
    assert clerk.post(url(draft, "/attachments/photo"), data=posted).status_code == 404
