"""The administrator's desk for accounts."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Event, Unit, User
from tests import world
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]


@pytest.fixture
def admin(sign_in: SignIn) -> Browser:
    return sign_in("admin.1")


def number_of(session: Session, username: str) -> int:
    found = session.scalars(select(User.id).where(User.username == username)).one()
    session.rollback()
    return found


def unit_of(session: Session, code: str) -> str:
    found = session.scalars(select(Unit.id).where(Unit.code == code)).one()
    session.rollback()
    return str(found)


def open_account(admin: Browser, username: str = "libo.clerk.1", name: str = "韦小满") -> Page:
    return admin.submit(admin.page("/admin/accounts/new"), username=username, name=name, phone="0854-3600000")


def test_an_account_is_opened_appointed_and_taken_into_use(app: Flask, session: Session, admin: Browser) -> None:
    shown = open_account(admin)
    assert shown.h1 == "一次性密码"
    password = words(shown.one(".one-time .copyable > span"))
    page = admin.page(shown.link("任命岗位"))
    appointed = admin.submit(
        page, "form[action$='/appointments']", unit_id=unit_of(session, "522722-bureau"), position="clerk"
    )
    assert "荔波县民政局" in words(appointed.one("tbody tr"))
    newcomer = app.test_client()
    assert isinstance(newcomer, Browser)
    first = newcomer.submit(newcomer.page("/sign-in"), username="libo.clerk.1", password=password)
    assert first.h1 == "更改密码"
    new = "山雀-石桥-晨雾-四十二"
    after = newcomer.submit(first, password=password, new_password=new, new_password_confirm=new)
    assert "密码已更改" in after.notices
    kinds = session.scalars(select(Event.kind).order_by(Event.seq)).all()
    assert kinds == ["account_created", "appointed", "signed_in", "password_changed"]


def test_the_one_time_password_is_shown_once_and_kept_nowhere(session: Session, admin: Browser) -> None:
    password = words(open_account(admin).one(".one-time .copyable > span"))
    assert len(password.replace("-", "")) == 16
    again = admin.page(f"/admin/accounts/{number_of(session, 'libo.clerk.1')}")
    assert password not in again.markup
    kept = session.scalars(select(User.password).where(User.username == "libo.clerk.1")).one()
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert password not in repr(session.scalars(select(Event.data)).all())


def test_a_taken_user_name_is_told_and_what_was_typed_stays(admin: Browser) -> None:
    page = admin.submit(
        admin.page("/admin/accounts/new"), status=409, username="pingtang.clerk.1", name="韦小满", phone="1"
    )
    assert "已有人使用" in page.notices
    assert page.one("#name").attrib["value"] == "韦小满"


def test_an_empty_form_names_its_boxes(admin: Browser) -> None:
    page = admin.submit(admin.page("/admin/accounts/new"), status=422, username="", name="")
    assert "请填写用户名" in page.notices
    assert "请填写姓名" in page.notices


def test_ones_own_page_offers_no_change_and_the_service_refuses_it(session: Session, admin: Browser) -> None:
    own = number_of(session, "admin.1")
    page = admin.page(f"/admin/accounts/{own}")
    assert "另一名系统管理员" in page.text
    assert not page.has("main form")
    for act in ("person", "appointments", "switch", "reset"):
        data = {
            "person-name": "新名",
            "unit_id": unit_of(session, "522727-bureau"),
            "position": "clerk",
            "starts_on": clock.today().isoformat(),
            "reason": "试一试",
        }
        answer = admin.post(f"/admin/accounts/{own}/{act}", data=data)
        assert answer.status_code == 403, act


def test_the_second_administrator_can_do_it(session: Session, admin: Browser, sign_in: SignIn) -> None:
    other = sign_in("admin.2")
    number = number_of(session, "admin.1")
    page = other.page(f"/admin/accounts/{number}")
    after = other.submit(page, "form[action$='/switch']", reason="退休")
    assert "账户已停用" in after.notices
    assert admin.get("/account").status_code == 303


def test_an_ended_position_signs_the_person_out_and_leaves_the_account(
    session: Session, admin: Browser, sign_in: SignIn
) -> None:
    clerk = sign_in("pingtang.clerk.1")
    page = admin.page(f"/admin/accounts/{number_of(session, 'pingtang.clerk.1')}")
    after = admin.submit(page, "form[action$='/end']")
    assert "已结束" in words(after.one("tbody tr"))
    assert clerk.get("/account").status_code == 303
    again = sign_in("pingtang.clerk.1")
    assert again.page("/account").h1 == "账户与安全"
    assert again.get("/account/stand-ins").status_code == 403


def test_a_reset_keeps_the_second_factor_unless_the_telephone_is_lost(session: Session, admin: Browser) -> None:
    number = number_of(session, "pingtang.signer.1")
    page = admin.page(f"/admin/accounts/{number}")
    admin.submit(page, "form[action$='/reset']")
    assert session.get_one(User, number).tf_totp_secret is not None
    session.rollback()
    admin.submit(page, "form[action$='/reset']", second_factor="1")
    user = session.get_one(User, number)
    assert (user.tf_totp_secret, user.mf_recovery_codes, user.password_changed_at) == (None, None, None)


def test_switching_off_asks_for_the_reason(session: Session, admin: Browser) -> None:
    number = number_of(session, "pingtang.clerk.2")
    answer = admin.post(f"/admin/accounts/{number}/switch", data={"active": "0", "reason": " "})
    assert answer.status_code == 422
    assert session.get_one(User, number).active


def test_name_and_telephone_are_corrected_and_the_old_ones_stay_in_the_log(
    session: Session, admin: Browser
) -> None:
    number = number_of(session, "pingtang.clerk.2")
    before = session.get_one(User, number).name
    session.rollback()
    page = admin.page(f"/admin/accounts/{number}")
    assert admin.submit(page, "form[action$='/person']", **{"person-name": "莫如初"}).h1.startswith("莫如初")
    event = session.scalars(select(Event).where(Event.kind == "account_edited")).one()
    assert event.data["before"]["name"] == before


@pytest.mark.parametrize(
    ("query", "present", "absent"),
    [
        ("text=fuquan", "fuquan.clerk.1", "pingtang.clerk.1"),
        ("text=管理员甲", "admin.1", "admin.2"),
        ("state=off", "没有符合条件的账户", "pingtang.clerk.1"),
        ("text=%25", "没有符合条件的账户", "pingtang.clerk.1"),
    ],
)
def test_accounts_are_found_by_name_user_name_and_state(
    admin: Browser, query: str, present: str, absent: str
) -> None:
    text = admin.page(f"/admin/accounts?{query}").text
    assert present in text
    assert absent not in text


def test_accounts_are_found_by_organ_and_turned_page_by_page(session: Session, admin: Browser) -> None:
    unit = unit_of(session, "522700-station")
    page = admin.page(f"/admin/accounts?unit={unit}")
    assert len(page.all("tbody tr")) == 14
    everyone = admin.page("/admin/accounts")
    assert len(everyone.all("tbody tr")) == 50
    second = admin.page(everyone.link("下一页"))
    assert len(second.all("tbody tr")) == len(list(world.persons())) - 50
    assert len(admin.page("/admin/accounts?page=99").all("tbody tr")) == len(second.all("tbody tr"))


def test_an_unknown_account_is_not_found(admin: Browser) -> None:
    assert admin.get("/admin/accounts/999999").status_code == 404
