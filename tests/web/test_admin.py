"""Organs, their letter codes, parameters, beds and the log, as administrators and organs keep them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.models import Bed, Case, Event, Unit
from portal.services import cases, settings
from tests import casework
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]


def logged(session: Session, kind: str) -> Event:
    session.rollback()
    return session.scalars(select(Event).where(Event.kind == kind)).one()


# -- organs -------------------------------------------------------------------------------------------------------


def unit_id(session: Session, code: str = "522726-bureau") -> int:
    return casework.unit(session, code).id


def test_organs_are_listed_by_kind_and_name(sign_in: SignIn) -> None:
    browser = sign_in("admin.1")
    assert "独山县民政局" in browser.page("/admin/units?text=独山").text
    police = browser.page("/admin/units?kind=police").text
    assert "独山县公安局" in police
    assert "独山县民政局" not in police
    assert len(browser.page("/admin/units?kind=all&text=独山").all("tbody tr")) > 2
    assert browser.page("/admin/units?kind=all").link("下一页")
    assert "没有符合条件的单位" in browser.page("/admin/units?text=无此单位").text


def save(session: Session, sign_in: SignIn, status: int = 200, **values: Any) -> Page:
    browser = sign_in("admin.1")
    address = f"/admin/units/{unit_id(session)}"
    return browser.submit(browser.page(address), f"form[action='{address}']", status, **values)


def test_an_organ_is_changed_with_a_reason(session: Session, sign_in: SignIn) -> None:
    page = save(session, sign_in, seal_mm="45", qr_on_letters=None, phone="0854-3221234", reason="更换新印章")
    assert "已保存" in page.notices
    session.rollback()
    unit = casework.unit(session, "522726-bureau")
    assert (unit.seal_mm, unit.qr_on_letters, unit.phone) == (45, False, "0854-3221234")
    change = logged(session, "unit_changed")
    assert change.opinion == "更换新印章"
    assert change.data["seal_mm"] == [42, 45]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"reason": "无"}, "请写明更改理由"),
        ({"reason": "更换新印章", "seal_mm": "99"}, "印章直径应在30至50毫米之间"),
        ({"reason": "更换新印章", "name": " "}, "请填写单位全称"),
        ({"reason": "代字有变动", "code-函": "DMH"}, "应为2至8个汉字"),
        ({"reason": "代字有变动", "code-函": "平民函"}, "代字“平民函”已由平塘县民政局使用"),
        ({"reason": "代字有变动", "code-函": "独民呈"}, "代字不能相同"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_the_reason(
    session: Session, sign_in: SignIn, values: dict[str, str], told: str
) -> None:
    assert told in save(session, sign_in, 422, **values).text
    session.rollback()
    unit = casework.unit(session, "522726-bureau")
    assert (unit.seal_mm, unit.letter_codes["函"], unit.name) == (42, "独民函", "独山县民政局")


def test_codes_changed_by_the_administrator_must_be_confirmed_by_the_organ(
    session: Session, sign_in: SignIn
) -> None:
    save(session, sign_in, reason="代字有变动", **{"code-函": "独山民函"})
    session.rollback()
    unit = casework.unit(session, "522726-bureau")
    assert unit.letter_codes["函"] == "独山民函"
    assert not unit.codes_confirmed


def test_the_list_of_weakly_equipped_counties_changes_with_reason_and_date(
    session: Session, sign_in: SignIn
) -> None:
    browser = sign_in("admin.1")
    address = f"/admin/units/{unit_id(session)}/weak"
    refused = browser.read(browser.post(address, data={"weak": "1"}), 422)
    assert "请写明依据" in refused.text
    assert "请填写起始日期" in refused.text
    data = {"weak": "1", "weak_since": "2026-12-01", "weak_reason": "州民政局会议纪要〔2026〕12号"}
    assert browser.post(address, data=data).status_code == 303
    session.rollback()
    assert casework.unit(session, "522726-bureau").infra_weak
    change = logged(session, "unit_infra_weak")
    assert change.data["since"] == "2026-12-01"
    police = unit_id(session, "522726-police")
    assert browser.post(f"/admin/units/{police}/weak", data=data).status_code == 403


def test_an_organ_confirms_its_own_codes_and_no_others(session: Session, sign_in: SignIn) -> None:
    with transaction(session):
        casework.unit(session, "522727-bureau").codes_confirmed = False
    browser = sign_in("pingtang.principal.1")
    page = browser.page("/unit")
    assert "待确认" in page.text
    page = browser.submit(page, **{"code-函": "平民函"})
    assert "平塘县民政局的发文机关代字已确认" in page.notices
    session.rollback()
    assert casework.unit(session, "522727-bureau").codes_confirmed
    assert logged(session, "unit_codes_confirmed").unit_id == unit_id(session, "522727-bureau")
    assert "应为2至8个汉字" in browser.submit(browser.page("/unit"), status=422, **{"code-函": "1"}).text
    fuquan = unit_id(session, "522702-bureau")
    assert browser.post(f"/unit/{fuquan}/codes", data={"code-函": "福民函"}).status_code == 404
    assert sign_in("pingtang.clerk.1").get("/unit").status_code == 403


@pytest.mark.parametrize("address", ["/admin/units", "/admin/parameters", "/admin/audit", "/admin/units/1"])
def test_the_administrators_pages_are_the_administrators(sign_in: SignIn, address: str) -> None:
    assert sign_in("pingtang.signer.1").get(address).status_code == 403


def test_an_organ_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("admin.1").get("/admin/units/999999").status_code == 404


# -- parameters ---------------------------------------------------------------------------------------------------


def test_a_parameter_is_set_with_a_reason_and_shown_with_who_set_it(session: Session, sign_in: SignIn) -> None:
    browser = sign_in("admin.1")
    page = browser.page("/admin/parameters")
    form = "#setting-reply_days form"
    page = browser.submit(page, form, value="3", reason="冬季受理量大")
    assert settings.values(session)["reply_days"] == 3
    assert "冬季受理量大" in words(page.one("#setting-reply_days"))
    assert "管理员甲" in words(page.one("#setting-reply_days"))


@pytest.mark.parametrize(
    ("value", "reason", "told"),
    [
        ("3", "", "请写明调整理由"),
        ("99", "冬季受理量大", "应在1至10个工作日之间"),
        ("two", "冬季受理量大", "请填写整数"),
    ],
)
def test_a_parameter_out_of_bounds_or_without_reason_is_refused(
    session: Session, sign_in: SignIn, value: str, reason: str, told: str
) -> None:
    browser = sign_in("admin.1")
    form = "#setting-reply_days form"
    page = browser.submit(browser.page("/admin/parameters"), form, value=value, reason=reason)
    assert told in page.notices
    assert settings.values(session)["reply_days"] == 2


# -- the log ------------------------------------------------------------------------------------------------------


def test_the_log_tells_acts_and_numbers_but_no_names_of_persons(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, person=casework.ZHANG)
    page = sign_in("admin.1").page("/admin/audit")
    assert "建立个案" in page.text
    assert case.case_no in page.text
    assert "张守田" not in page.markup


def test_the_log_is_narrowed_and_turned(session: Session, sign_in: SignIn) -> None:
    for number in range(60):
        casework.make_case(session, alias=f"桥头男{number}")
    browser = sign_in("admin.1")
    first = browser.page("/admin/audit?group=papers")
    assert len(first.all("tbody tr")) == 50
    assert len(browser.page(first.link("更早")).all("tbody tr")) == 10
    assert "还没有这类记录" in browser.page("/admin/audit?group=settings").text


def test_a_sound_log_is_verified_and_a_changed_record_is_found(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session)
    casework.make_case(session)
    browser = sign_in("admin.1")
    assert "记录完整，共2条" in browser.submit(browser.page("/admin/audit"), "form[action$=verify]").text
    session.rollback()
    with transaction(session):
        session.execute(text("UPDATE event SET opinion = '改过' WHERE seq = 1"))
    page = browser.submit(browser.page("/admin/audit"), "form[action$=verify]")
    assert "第1条记录被改动" in page.text
    assert "保留现场" in page.text
    assert sign_in("prefecture.principal.1").get("/admin/audit").status_code == 200


# -- beds ---------------------------------------------------------------------------------------------------------


def test_beds_show_who_has_them(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, person=casework.ZHANG)
    station = casework.unit(session, "522700-station")
    with transaction(session):
        moved = session.get_one(Case, case.id)
        cases.move(session, moved, station, ward="male", bed="男101", at=casework.ago(hours=1), actor_id=None)
    page = sign_in("station.reviewer.1").page("/beds")
    (taken,) = [words(bed) for bed in page.all(".bed-taken")]
    assert taken == f"男101 张守田{case.case_no}"
    assert not page.has("main form")


def test_the_clerk_adds_and_removes_free_beds(session: Session, sign_in: SignIn) -> None:
    browser = sign_in("station.clerk.1")
    page = browser.submit(browser.page("/beds"), "form[action='/beds']", ward="female", label="女299")
    assert "已增加床位女299" in page.notices
    bed = session.scalars(select(Bed).where(Bed.label == "女299")).one()
    session.rollback()
    page = browser.submit(browser.page("/beds"), "form[action$=remove]", bed=str(bed.id))
    assert "已撤销床位女299" in page.notices
    assert logged(session, "bed_removed").data["label"] == "女299"
    assert session.scalar(select(Bed.id).where(Bed.label == "女299")) is None


@pytest.mark.parametrize(
    ("label", "told"), [("男101", "已经有床位"), ("", "床位号为1至12个字"), ("<b>", "床位号为1至12个字")]
)
def test_a_bed_that_cannot_be_is_refused(session: Session, sign_in: SignIn, label: str, told: str) -> None:
    browser = sign_in("station.clerk.1")
    page = browser.submit(browser.page("/beds"), "form[action='/beds']", ward="male", label=label)
    assert told in page.notices


def test_a_bed_in_use_stays(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, region="522700")
    with transaction(session):
        cases.reserve_bed(session, session.get_one(Case, case.id), "male", "男101")
    bed = session.scalars(select(Bed.id).where(Bed.label == "男101")).one()
    browser = sign_in("station.clerk.1")
    answer = browser.post("/beds/remove", data={"bed": str(bed)}, follow_redirects=True)
    assert "有人使用或已预留" in browser.read(answer).notices


def test_beds_are_the_stations(session: Session, sign_in: SignIn) -> None:
    assert sign_in("pingtang.clerk.1").get("/beds").status_code == 403
    assert sign_in("station.reviewer.1").post("/beds", data={"ward": "male", "label": "男999"}).status_code == 403
    assert session.scalars(select(Unit.kind).where(Unit.code == "522700-station")).one() == "central_station"
