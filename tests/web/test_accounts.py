"""Signing in and out, lock-out, codes good once, passwords, sessions and stand-ins, as a browser meets them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_security.totp import TOTP
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.extensions import db
from portal.models import Delegation, Event, LoginSession, User
from portal.services import accounts, sessions
from portal.web.sign_in_forms import library
from tests import world
from tests.conftest import Browser
from tests.page import Page

SignIn = Callable[..., Browser]
CLERK = "pingtang.clerk.1"
NEW_PASSWORD = "远山-白鹭-竹筏-渡口-77"


def present_code(app: Flask, username: str) -> str:
    """Return what the telephone of a person shows now."""
    with app.app_context():
        user = accounts.find(db.session, username)
        assert user is not None
        return str(library().totp_factory.generate_totp_password(user.tf_totp_secret))


def without_second_factor(session: Session, username: str) -> User:
    with transaction(session):
        user = session.scalars(select(User).where(User.username == username)).one()
        user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
    return user


def give(client: Browser, username: str, password: str = world.PASSWORD) -> Page:
    return client.submit(client.page("/sign-in"), username=username, password=password)


# -- signing in ----------------------------------------------------------------------------------------------------------


def test_a_person_signs_in_with_user_name_password_and_code(app: Flask, client: Browser) -> None:
    code_page = give(client, CLERK)
    assert code_page.h1 == "输入动态口令"
    client.submit(code_page, code=present_code(app, CLERK))
    assert client.page("/account").h1 == "账户与安全"


def test_the_password_alone_opens_nothing_when_a_code_is_bound(client: Browser) -> None:
    give(client, CLERK)
    assert client.get("/account").status_code == 303


def test_a_user_name_may_be_typed_in_capitals(session: Session, client: Browser) -> None:
    without_second_factor(session, CLERK)
    give(client, " Pingtang.Clerk.1 ")
    assert client.page("/account").h1 == "账户与安全"


@pytest.mark.parametrize("username", [CLERK, "nobody.at.all"])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Browser, username: str) -> None:
    page = give(client, username, "wrong")
    assert page.h1 == "登录"
    assert page.notices == "用户名或密码不正确。连续输错5次，账户将锁定15分钟。"


def test_an_unknown_name_costs_as_much_work_as_a_known_one(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    monkeypatch.setattr("portal.web.sign_in_forms.hash_password", hashed.append)
    give(client, "nobody.at.all", "wrong")
    assert hashed == ["wrong"]


def test_a_switched_off_account_is_answered_like_a_wrong_password(session: Session, client: Browser) -> None:
    user = without_second_factor(session, CLERK)
    with transaction(session):
        user.active = False
    assert "用户名或密码不正确" in give(client, CLERK).notices


def test_a_code_is_good_once(app: Flask, client: Browser, sign_in: SignIn) -> None:
    code = present_code(app, CLERK)
    client.submit(give(client, CLERK), code=code)
    second = app.test_client()
    assert isinstance(second, Browser)
    for replay in (code, f"{code[:3]} {code[3:]}"):
        page = second.submit(give(second, CLERK), code=replay)
        assert "已经用过" in page.notices
    assert second.get("/account").status_code == 303


def test_two_uses_of_one_code_at_once_let_one_in(app: Flask, session: Session) -> None:
    user = session.scalars(select(User.id).where(User.username == CLERK)).one()
    with transaction(session):
        assert [accounts.use_code_once(session, user, 100) for _ in range(3)] == [True, False, False]
        assert not accounts.use_code_once(session, user, 99)
        assert accounts.use_code_once(session, user, 101)


def test_a_printed_code_opens_once_when_the_telephone_is_lost(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(CLERK)
    shown = browser.submit(browser.page("/account/recovery-codes"))
    code = "".join(shown.one(".auth-codes li:first-child code").itertext())
    for expected in (200, 303):
        other = app.test_client()
        assert isinstance(other, Browser)
        page = other.page(give(other, CLERK).link("使用备用口令"))
        other.submit(page, code=code)
        assert other.get("/account").status_code == expected


def test_recovery_codes_are_not_kept_in_the_clear(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(CLERK)
    shown = browser.submit(browser.page("/account/recovery-codes"))
    codes = ["".join(each.itertext()) for each in shown.all(".auth-codes code")]
    assert len(codes) == 8
    kept = session.scalars(select(User.mf_recovery_codes).where(User.username == CLERK)).one()
    assert kept is not None
    assert not set(codes) & set(kept)


# -- lock-out ------------------------------------------------------------------------------------------------------------


def test_the_fifth_wrong_answer_closes_the_account_for_fifteen_minutes(session: Session, client: Browser) -> None:
    without_second_factor(session, CLERK)
    for _ in range(5):
        give(client, CLERK, "wrong")
    assert "用户名或密码不正确" in give(client, CLERK).notices
    assert (
        session.scalars(select(func.count()).select_from(Event).where(Event.kind == "account_locked")).one() == 1
    )
    with clock.pinned(clock.now() + timedelta(minutes=15, seconds=1)):
        give(client, CLERK)
        assert client.page("/account").h1 == "账户与安全"


def test_four_wrong_answers_and_a_right_one_start_the_count_anew(session: Session, client: Browser) -> None:
    without_second_factor(session, CLERK)
    for _ in range(2):
        for _ in range(4):
            give(client, CLERK, "wrong")
        give(client, CLERK)
        assert client.post("/sign-out").status_code == 302
        client.token_word = None


def test_wrong_answers_spread_over_the_day_close_nothing(session: Session, client: Browser) -> None:
    without_second_factor(session, CLERK)
    moment = clock.now()
    for quarter in range(6):
        with clock.pinned(moment + quarter * timedelta(minutes=16)):
            give(client, CLERK, "wrong")
    with clock.pinned(moment + timedelta(hours=2)):
        give(client, CLERK)
        assert client.page("/account").h1 == "账户与安全"


def test_one_locked_account_locks_nobody_else(session: Session, client: Browser) -> None:
    without_second_factor(session, "pingtang.clerk.2")
    for _ in range(6):
        give(client, CLERK, "wrong")
    give(client, "pingtang.clerk.2")
    assert client.page("/account").h1 == "账户与安全"


def test_wrong_codes_count_towards_the_lock(app: Flask, session: Session, client: Browser) -> None:
    page = give(client, CLERK)
    for _ in range(5):
        client.submit(page, code="000000")
    locked = session.scalars(select(User.locked_until).where(User.username == CLERK)).one()
    assert locked is not None
    assert locked > clock.now()
    assert client.submit(page, code=present_code(app, CLERK)).h1 == "输入动态口令"


# -- sessions ------------------------------------------------------------------------------------------------------------


def test_signing_in_takes_a_new_key(app: Flask, session: Session, client: Browser) -> None:
    without_second_factor(session, CLERK)
    client.page("/sign-in")
    before = client.get_cookie("portal_session")
    give(client, CLERK)
    after = client.get_cookie("portal_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = app.test_client()
    thief.set_cookie("portal_session", before.value)
    assert thief.get("/account").status_code == 303


def test_the_key_itself_is_nowhere_in_the_table(session: Session, sign_in: SignIn) -> None:
    cookie = sign_in(CLERK).get_cookie("portal_session")
    assert cookie is not None
    row = session.scalars(select(LoginSession)).one()
    assert cookie.value not in (row.key_hash, row.data)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: Browser) -> None:
    written = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in written
    assert "SameSite=Lax" in written
    assert "Path=/" in written


def test_signing_out_ends_the_session_for_every_holder_of_the_key(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(CLERK)
    key = browser.get_cookie("portal_session")
    assert key is not None
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = app.test_client()
    thief.set_cookie("portal_session", key.value)
    assert thief.get("/account").status_code == 303


@pytest.mark.parametrize(("minutes", "alive"), [(59, True), (61, False)])
def test_an_hour_without_use_ends_a_session(sign_in: SignIn, minutes: int, alive: bool) -> None:
    browser = sign_in(CLERK)
    with clock.pinned(clock.now() + timedelta(minutes=minutes)):
        assert (browser.get("/account").status_code == 200) is alive


def test_twelve_hours_end_a_session_however_busy(sign_in: SignIn) -> None:
    browser, moment = sign_in(CLERK), clock.now()
    for half_hours in range(1, 24):
        with clock.pinned(moment + half_hours * timedelta(minutes=30)):
            assert browser.get("/account").status_code == 200
    with clock.pinned(moment + timedelta(hours=12, seconds=1)):
        assert browser.get("/account").status_code == 303


def test_a_click_is_noted_once_a_minute_at_most(session: Session, sign_in: SignIn) -> None:
    browser, moment = sign_in(CLERK), clock.now()
    seen = []
    for seconds in (10, 70, 80):
        with clock.pinned(moment + timedelta(seconds=seconds)):
            browser.get("/account")
        seen.append(session.scalars(select(LoginSession.seen_at)).one())
        session.rollback()
    assert seen[0] < seen[1] == seen[2]


def test_a_person_ends_a_session_elsewhere(sign_in: SignIn) -> None:
    here, elsewhere = sign_in(CLERK), sign_in(CLERK)
    page = here.page("/account")
    assert len(page.all("tbody tr")) == 2
    hashes = [form.attrib["action"] for form in page.all("form[action$='/end']")]
    own = page.one("tr:has(.mark) form").attrib["action"]
    here.post(next(action for action in hashes if action != own))
    assert elsewhere.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_nobody_ends_the_session_of_another(session: Session, sign_in: SignIn) -> None:
    sign_in("pingtang.clerk.2")
    foreign = session.scalars(select(LoginSession.key_hash)).one()
    session.rollback()
    assert sign_in(CLERK).post(f"/account/sessions/{foreign}/end").status_code == 404
    assert session.get(LoginSession, foreign) is not None


def test_all_other_sessions_end_with_one_press(sign_in: SignIn) -> None:
    here, *others = (sign_in(CLERK) for _ in range(3))
    here.post("/account/sessions/end-others")
    assert [browser.get("/account").status_code for browser in (here, *others)] == [200, 303, 303]


def test_a_request_under_way_does_not_revive_a_session_that_was_ended(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(CLERK)
    row = session.scalars(select(LoginSession.key_hash)).one()
    session.rollback()
    cookie = browser.get_cookie("portal_session")
    assert cookie is not None
    with transaction(session):
        sessions.end_all(session, session.scalars(select(User.id).where(User.username == CLERK)).one())
    with transaction(session):
        sessions.keep(session, cookie.value, "{}", clock.now())
    assert session.get(LoginSession, row) is None


# -- passwords -----------------------------------------------------------------------------------------------------------


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(session: Session, sign_in: SignIn) -> None:
    here, elsewhere = sign_in(CLERK), sign_in(CLERK)
    page = here.submit(
        here.page("/account/password"),
        password=world.PASSWORD,
        new_password=NEW_PASSWORD,
        new_password_confirm=NEW_PASSWORD,
    )
    assert page.h1 == "账户与安全"
    assert "密码已更改" in page.notices
    assert elsewhere.get("/account").status_code == 303
    assert session.scalars(select(Event.kind).where(Event.kind == "password_changed")).all() == [
        "password_changed"
    ]


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("short", "short", "至少10个字符"),
        ("1234567890", "1234567890", "过于简单"),
        ("pingtang.clerk.1", "pingtang.clerk.1", "过于简单"),
        ("minzhengqiannan", "minzhengqiannan", "过于简单"),
        (NEW_PASSWORD, "另一个完全不同的密码", "不一致"),
        (world.PASSWORD, world.PASSWORD, "相同"),
    ],
)
def test_a_bad_new_password_is_refused_with_its_reason(
    sign_in: SignIn, new: str, again: str, sentence: str
) -> None:
    browser = sign_in(CLERK)
    page = browser.submit(
        browser.page("/account/password"), password=world.PASSWORD, new_password=new, new_password_confirm=again
    )
    assert page.h1 == "更改密码"
    assert sentence in page.notices


def test_a_one_time_password_must_be_replaced_before_anything_else(session: Session, sign_in: SignIn) -> None:
    with transaction(session):
        session.scalars(select(User).where(User.username == CLERK)).one().password_changed_at = None
    browser = sign_in(CLERK)
    answer = browser.get("/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/password")
    assert "一次性密码" in browser.page("/account/password").notices
    browser.submit(
        browser.page("/account/password"),
        password=world.PASSWORD,
        new_password=NEW_PASSWORD,
        new_password_confirm=NEW_PASSWORD,
    )
    assert browser.page("/account").h1 == "账户与安全"


# -- second factor -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", ["signer", "principal", "seal"])
def test_seats_that_bind_an_organ_bind_a_second_factor_first(
    session: Session, sign_in: SignIn, position: str
) -> None:
    without_second_factor(session, f"pingtang.{position}.1")
    answer = sign_in(f"pingtang.{position}.1").get("/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/second-factor")


def test_demo_mode_asks_for_no_second_factor(demo: Flask, session: Session, sign_in: SignIn) -> None:
    without_second_factor(session, "pingtang.signer.1")
    assert sign_in("pingtang.signer.1").page("/account").h1 == "账户与安全"


def test_a_second_factor_is_bound_and_recovery_codes_follow(app: Flask, session: Session, sign_in: SignIn) -> None:
    without_second_factor(session, "pingtang.signer.1")
    browser = sign_in("pingtang.signer.1")
    page = browser.submit(browser.page("/account/second-factor"))
    key = "".join(page.one(".auth-key").itertext()).replace("-", "").replace(" ", "")
    code = TOTP(key=key, format="base32").generate().token
    codes_page = browser.submit(page, code=code)
    assert codes_page.h1 == "备用口令"
    assert browser.get("/account").headers["Location"] == "/account/recovery-codes"
    assert len(browser.submit(browser.page("/account/recovery-codes")).all(".auth-codes li")) == 8
    assert browser.page("/account").h1 == "账户与安全"


def test_nobody_unbinds_the_second_factor_by_themselves(session: Session, sign_in: SignIn) -> None:
    sign_in(CLERK).post("/account/second-factor", data={"setup": "disable"})
    assert session.scalars(select(User.tf_totp_secret).where(User.username == CLERK)).one() is not None


def test_binding_asks_for_a_fresh_proof_of_identity(sign_in: SignIn) -> None:
    answer = sign_in(CLERK, proved=False).get("/account/second-factor")
    assert answer.status_code == 302
    assert "/account/proof" in answer.headers["Location"]


@pytest.mark.parametrize("with_code", [True, False])
def test_password_or_code_prove_who_one_is(app: Flask, sign_in: SignIn, with_code: bool) -> None:
    browser = sign_in(CLERK, proved=False)
    page = browser.page("/account/proof?next=/account/second-factor")
    proof = present_code(app, CLERK) if with_code else world.PASSWORD
    assert browser.submit(page, password=proof).h1 == "绑定动态口令"


def test_wrong_proofs_count_towards_the_lock(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(CLERK, proved=False)
    for _ in range(5):
        page = browser.submit(browser.page("/account/proof"), password="wrong")
        assert "不正确" in page.notices
    page = browser.submit(browser.page("/account/proof"), password=world.PASSWORD)
    assert page.h1 == "确认本人身份"


# -- language, stand-ins, demo -------------------------------------------------------------------------------------------


def test_the_language_is_kept_in_the_account_and_on_the_sign_in_page(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(CLERK)
    browser.post("/language", data={"language": "en"})
    assert browser.page("/account").root.attrib["lang"] == "en"
    assert session.scalars(select(User.language).where(User.username == CLERK)).one() == "en"
    browser.post("/sign-out")
    assert browser.page("/sign-in").root.attrib["lang"] == "en"


def test_the_language_switch_leads_to_no_foreign_page(client: Browser) -> None:
    answer = client.post("/language", data={"language": "en"}, headers={"Referer": "http://elsewhere.example/x"})
    assert answer.headers["Location"] == "/sign-in"


def test_a_stand_in_is_arranged_and_revoked(session: Session, sign_in: SignIn) -> None:
    signer, reviewer = sign_in("pingtang.signer.1"), sign_in("pingtang.reviewer.1")
    form = signer.page("/account/stand-ins")
    stand_in = session.scalars(select(User.id).where(User.username == "pingtang.reviewer.1")).one()
    session.rollback()
    today = clock.today()
    values = {"stand_in_id": str(stand_in), "starts_on": today.isoformat(), "ends_on": today.isoformat()}
    page = signer.submit(form, selector="form[action='/account/stand-ins']", **values)
    assert "代理中" in page.text
    assert "您正在代理：平塘县民政局分管副局长" in reviewer.page("/account").text
    made = session.scalars(select(Delegation.id)).one()
    session.rollback()
    signer.post(f"/account/stand-ins/{made}/revoke")
    assert "您正在代理" not in reviewer.page("/account").text


def test_impossible_days_are_told_on_the_form_with_what_was_typed(session: Session, sign_in: SignIn) -> None:
    signer = sign_in("pingtang.signer.1")
    form = signer.page("/account/stand-ins")
    today = clock.today()
    values = {"starts_on": (today + timedelta(3)).isoformat(), "ends_on": today.isoformat(), "reason": "外出培训"}
    page = signer.submit(form, selector="form[action='/account/stand-ins']", status=422, **values)
    assert "结束日期早于开始日期" in page.notices
    assert page.one("#reason").attrib["value"] == "外出培训"


def test_invented_accounts_enter_with_one_press_in_demo_mode_only(
    app: Flask, session: Session, client: Browser
) -> None:
    with transaction(session):
        session.scalars(select(User).where(User.username == CLERK)).one().is_demo = True
    assert client.post("/demo/enter", data={"username": CLERK}).status_code == 404


def test_demo_mode_offers_invented_accounts_by_organ_and_lets_one_change_places(
    demo: Flask, session: Session, client: Browser
) -> None:
    with transaction(session):
        for user in session.scalars(select(User).where(User.username.like("pingtang.%"))):
            user.is_demo = True
    page = client.page("/sign-in")
    assert "平塘县民政局" in page.text
    assert "黔南州救助管理站" not in page.text
    entered = client.submit(page, selector=".demo-people li:first-child form")
    assert "平塘县民政局" in entered.text
    client.token_word = None
    switch = client.page("/demo")
    assert len(switch.all(".demo-people form")) == 14
    assert client.post("/demo/enter", data={"username": "station.clerk.1"}).status_code == 404
