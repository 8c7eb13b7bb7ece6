"""The list of persons and the file of one person: scope, masking, what is due, what may be begun."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.models import Case, Document, Event
from portal.services import cases
from portal.workshop import works_of
from tests import casework, papers
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]
ID_NUMBER = re.compile(r"\d{17}[\dXx]")


def url(case: Case, tail: str = "") -> str:
    return f"/cases/{case.uuid}{tail}"


def names(page: Page) -> list[str]:
    return [words(link) for link in page.all("tbody td.main a")]


def test_a_county_lists_its_own_persons_only(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, alias="河滨路男")
    casework.make_case(session, region="522702", alias="金山路女")
    assert names(sign_in("pingtang.clerk.1").page("/cases")) == ["河滨路男"]
    assert names(sign_in("fuquan.clerk.1").page("/cases")) == ["金山路女"]
    assert names(sign_in("station.clerk.1").page("/cases")) == []


@pytest.mark.parametrize("tail", ["", "/photo"])
def test_a_foreign_person_looks_like_nobody(session: Session, sign_in: SignIn, tail: str) -> None:
    case = casework.make_case(session)
    assert sign_in("fuquan.clerk.1").get(url(case, tail)).status_code == 404


@pytest.mark.parametrize("username", ["admin.1", "pingtang.statistician.1", "pingtang.supervisor.1"])
def test_whoever_handles_no_cases_opens_none(session: Session, sign_in: SignIn, username: str) -> None:
    case = casework.make_case(session)
    assert sign_in(username).get(url(case)).status_code == 403


def test_the_list_is_narrowed_by_stay_identity_and_place(session: Session, sign_in: SignIn) -> None:
    left = casework.make_case(session, alias="已离站男")
    casework.make_case(session, alias="未查明女")
    casework.make_case(session, person=casework.ZHANG)
    with transaction(session):
        cases.end(session, session.get_one(Case, left.id), "自行离站", casework.ago(hours=1), actor_id=None)
    browser = sign_in("pingtang.clerk.1")
    assert sorted(names(browser.page("/cases"))) == ["张守田", "未查明女"]
    assert names(browser.page("/cases?stay=closed")) == ["已离站男"]
    assert len(names(browser.page("/cases?stay=all"))) == 3
    assert names(browser.page("/cases?unidentified=1")) == ["未查明女"]
    bureau = casework.unit(session, "522727-bureau").id
    assert len(names(browser.page(f"/cases?place={bureau}"))) == 2
    assert "没有符合条件" in browser.page("/cases?place=999999").text


def test_a_name_narrows_the_list_without_standing_in_the_address(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, alias="河滨路男")
    casework.make_case(session, person=casework.ZHANG)
    browser = sign_in("pingtang.clerk.1")
    answer = browser.post("/cases/filter", data={"text": "守田", "stay": "open"})
    assert "守田" not in answer.location
    page = browser.page(answer.location)
    assert names(page) == ["张守田"]
    assert "清除“守田”" in page.text
    browser.post("/cases/filter", data={"text": ""})
    assert len(names(browser.page("/cases"))) == 2


def test_the_file_shows_the_person_with_the_number_masked(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, person=casework.ZHANG, admitted_at=casework.ago(days=3))
    browser = sign_in("pingtang.clerk.1")
    page = browser.page(url(case))
    assert page.h1 == "张守田"
    for shown in ("已查明", "平塘县民政局", case.case_no, "522727********0015", "在站第3天"):
        assert shown in page.text
    for address in (url(case), "/cases", "/work", "/work?list=mine", "/deadlines"):
        assert not ID_NUMBER.search(browser.get(address).text), address


def test_the_whole_number_is_shown_once_with_reason_written_down(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, person=casework.ZHANG)
    browser = sign_in("pingtang.clerk.1")
    page = browser.submit(browser.page(url(case)), "#unmask form", reason="核对身份")
    assert "522727197403020015" in page.text
    session.rollback()
    logged = session.scalars(select(Event).where(Event.kind == "id_unmasked")).one()
    assert (logged.case_id, logged.opinion) == (case.id, "核对身份")
    assert logged.actor_id == casework.user(session, "pingtang.clerk.1").id
    again = browser.page(url(case))
    assert "522727197403020015" not in again.markup
    assert "查看完整证件号码" in again.text


def test_a_foreign_number_is_not_shown(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, person=casework.ZHANG)
    assert sign_in("fuquan.clerk.1").post(url(case, "/id-number")).status_code == 404


@pytest.mark.parametrize(
    ("limit", "days", "flag"),
    [("stay_day_ten", 12, "超期未备案"), ("stay_day_ten", 9, ""), ("trafficking_report_due", 0, "报警回执缺")],
)
def test_flags_stand_on_the_file_and_in_the_list(
    session: Session, sign_in: SignIn, limit: str, days: int, flag: str
) -> None:
    case = casework.make_case(session, admitted_at=casework.ago(days=days), limits=(limit,))
    browser = sign_in("pingtang.clerk.1")
    for page in (browser.page(url(case)), browser.page("/cases")):
        shown = [words(mark) for mark in page.all(".mark-red")]
        assert shown == ([flag] if flag else [])


def test_what_is_due_stands_with_the_button_that_begins_the_paper(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, limits=("dna_request_due",))
    browser = sign_in("pingtang.clerk.1")
    page = browser.page(url(case))
    assert "报请公安机关采集DNA" in words(page.one("#due"))
    address, posted = page.form("#due form")
    answer = browser.post(address, data=posted)
    assert answer.location.endswith("/edit")
    session.rollback()
    draft = session.scalars(select(Document).where(Document.paper == "dna_request")).one()
    assert draft.case_id == case.id
    assert browser.page(url(case)).link("继续填写") == f"/documents/{draft.uuid}/edit"


def test_a_county_is_not_offered_the_papers_of_the_station(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    offered = words(sign_in("pingtang.clerk.1").page(url(case)).one("#papers"))
    assert "受助人员转移集中照料申请函" in offered
    assert "转移交接单" not in offered
    assert "复函" not in offered
    assert not sign_in("pingtang.signer.1").page(url(case)).has("#papers form")


def test_beginning_a_paper_without_the_right_is_refused(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    browser = sign_in("pingtang.clerk.1")
    about = {"case": str(case.uuid)}
    assert browser.post("/papers/transfer_reply/start", data=about).status_code == 403
    assert browser.post("/papers/no_such_paper/start", data=about).status_code == 404
    assert sign_in("fuquan.clerk.1").post("/papers/dna_request/start", data=about).status_code == 404
    assert sign_in("pingtang.signer.1").post("/papers/dna_request/start", data=about).status_code == 403


def test_registering_twice_opens_the_same_empty_form(session: Session, sign_in: SignIn) -> None:
    browser = sign_in("pingtang.clerk.1")
    first, second = browser.post("/cases"), browser.post("/cases")
    assert first.status_code == 303
    assert first.location == second.location
    assert sign_in("pingtang.signer.1").post("/cases").status_code == 403


def test_the_photo_is_shown_to_those_who_may_open_the_file(app: Flask, session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    digest = works_of(app.extensions["settings"]).files.put(papers.picture())
    with transaction(session):
        session.get_one(Case, case.id).photo_sha256 = digest
    browser = sign_in("pingtang.clerk.1")
    assert browser.page(url(case)).one(".case-photo").attrib["src"] == url(case, "/photo")
    answer = browser.get(url(case, "/photo"))
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"


def test_earlier_stays_and_moves_are_told(session: Session, sign_in: SignIn) -> None:
    earlier = casework.make_case(session, person=casework.ZHANG, admitted_at=casework.ago(days=200))
    case = casework.make_case(session, person=casework.ZHANG)
    station = casework.unit(session, "522700-station")
    with transaction(session):
        moved = session.get_one(Case, case.id)
        cases.move(session, moved, station, ward="male", bed="男101", at=casework.ago(hours=1), actor_id=None)
    page = sign_in("pingtang.clerk.1").page(url(case))
    assert page.link(earlier.case_no) == url(earlier)
    assert "黔南州救助管理站，床位男101" in page.text
    assert "转至" in page.text
    assert names(sign_in("station.clerk.1").page("/cases")) == ["张守田"]


def test_the_station_sees_of_a_county_case_only_what_was_sent_to_it(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    station = casework.unit(session, "522700-station")
    casework.make_paper(session, case, title="还在拟稿的函")
    casework.make_paper(session, case, title="发给州站的函", state="sent", step="receive", counterpart_id=station.id,
                        holder_unit_id=station.id, holder_user_id=None, sent_at=casework.ago(minutes=5))  # fmt: skip
    page = sign_in("station.clerk.1").page(url(case))
    assert "发给州站的函" in page.text
    assert "还在拟稿的函" not in page.text


def test_list_and_file_take_the_same_number_of_queries_however_long(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    case = casework.make_case(session, limits=("dna_request_due",))
    browser = sign_in("pingtang.clerk.1")

    def more_cases() -> None:
        for number in range(15):
            casework.make_case(session, alias=f"桥头男{number}", limits=("dna_request_due", "stay_day_ten"))

    def more_papers() -> None:
        for number in range(12):
            casework.make_paper(session, case, title=f"第{number}件")

    few, many = casework.grown(app, lambda: browser.get("/cases"), more_cases)
    assert few == many
    few, many = casework.grown(app, lambda: browser.get(url(case)), more_papers)
    assert few == many


def test_a_limit_met_on_a_paper_that_is_out_leads_to_that_paper(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, limits=("notice_refresh_due",))
    notice = casework.make_paper(
        session, case, "tracing_notice", state="in_process", step="send", title="寻亲公告"
    )
    page = sign_in("pingtang.clerk.1").page(f"/cases/{case.uuid}")
    assert page.link("打开文书").endswith(f"/documents/{notice.uuid}")
