"""The door: marks on every view, tokens on every write, headers on every answer, refusals as pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, request
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal import create_app
from portal.db import Base
from portal.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from portal.extensions import db
from portal.services.access import Viewer
from portal.services.permissions import Permission, allows
from portal.web.common import NAVIGATION, require_fresh
from portal.web.guard import CLOSED, LIBRARY, OWED_PAGES, PUBLIC, mark_of, public, requires
from tests.conftest import Browser

SignIn = Callable[..., Browser]
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
#: Everybody may come here; a new public page belongs on this list on purpose.
OPEN = {
    "static",
    "health.healthz",
    "security.login",
    "security.logout",
    "security.mf_recovery",
    "security.two_factor_token_validation",
    "account.language",
    "account.enter_demo",
    "check.index",
    "check.ask",
    "check.show",
}


def filled(rule: Rule) -> str:
    """Return an address of the rule with values that fit its converters and belong to nobody."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__
        values[name] = {
            "IntegerConverter": 999_999,
            "UUIDConverter": "00000000-0000-4000-8000-000000000000",
            "PathConverter": "nothing",
        }.get(kind, "nothing")
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in CLOSED:
            yield rule


# -- marks -----------------------------------------------------------------------------------------------------------------


def test_every_view_says_what_it_demands(app: Flask) -> None:
    assert [
        endpoint for endpoint in app.view_functions if endpoint not in CLOSED and mark_of(app, endpoint) is None
    ] == []


def test_what_is_declared_for_libraries_exists(app: Flask) -> None:
    assert {*LIBRARY, *CLOSED} - set(app.view_functions) == set()
    assert OWED_PAGES - set(app.view_functions) == set()


def test_no_view_is_public_by_accident(app: Flask) -> None:
    assert {each for each in app.view_functions if each not in CLOSED and mark_of(app, each) == PUBLIC} <= OPEN


def test_reading_and_writing_are_two_views(app: Flask) -> None:
    both = {rule.endpoint for rule in rules(app) if {"GET", "POST"} <= (rule.methods or set())}
    assert {endpoint for endpoint in both if not endpoint.startswith("security.")} == set()


def test_the_navigation_leads_only_where_its_permission_opens(app: Flask) -> None:
    for _label, entries in NAVIGATION:
        for entry in entries:
            if entry.endpoint in app.view_functions:
                assert mark_of(app, entry.endpoint) == entry.permission, entry.endpoint


def test_a_view_nobody_declared_is_closed_to_everybody(refusing: Flask) -> None:
    answer = refusing.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_what_libraries_bring_beyond_need_is_closed(sign_in: SignIn) -> None:
    browser = sign_in("pingtang.clerk.1")
    for address in ("/tf-rescue", "/tf-select", "/fs-static/css/base.css"):
        assert browser.get(address).status_code == 404


# -- who gets in ---------------------------------------------------------------------------------------------------------


def test_nobody_reads_anything_without_signing_in(app: Flask, client: Browser) -> None:
    for rule in rules(app):
        if mark_of(app, rule.endpoint) == PUBLIC or "GET" not in (rule.methods or set()):
            continue
        answer = client.get(filled(rule))
        assert answer.status_code == 303, rule.rule
        assert answer.headers["Location"].startswith("/sign-in"), rule.rule


def test_nobody_writes_anything_without_signing_in(app: Flask, client: Browser) -> None:
    for rule in rules(app):
        for method in UNSAFE & (rule.methods or set()):
            if mark_of(app, rule.endpoint) != PUBLIC:
                answer = client.open(filled(rule), method=method)
                assert answer.status_code == 303, rule.rule
                assert answer.headers["Location"] == "/sign-in", rule.rule


@pytest.mark.parametrize(
    "username", ["admin.1", "pingtang.clerk.1", "station.seal.1", "prefecture.supervisor.1", "province.signer.1"]
)
def test_no_seat_opens_what_the_policy_withholds(
    app: Flask, sign_in: SignIn, viewer_of: Callable[[str], Viewer], username: str
) -> None:
    browser, viewer = sign_in(username), viewer_of(username)
    for rule in rules(app):
        mark = mark_of(app, rule.endpoint)
        if not isinstance(mark, Permission) or allows(viewer, mark):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for htmx in (False, True):
                assert browser.open(filled(rule), method=method, htmx=htmx).status_code == 403, (method, rule.rule)


def test_after_signing_in_one_is_where_one_wanted_to_be(client: Browser) -> None:
    answer = client.get("/account/stand-ins?x=1")
    assert answer.headers["Location"] == "/sign-in?next=/account/stand-ins?x%3D1"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_ended_session_sends_the_whole_page_and_never_fills_a_region(client: Browser, method: str) -> None:
    answer = client.open("/account/stand-ins", method=method, htmx=True)
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_a_page_left_open_gets_a_new_token_after_signing_in_elsewhere(sign_in: SignIn, client: Browser) -> None:
    token = sign_in("pingtang.clerk.1").get("/account/token", headers={"X-Autosave": "1"})
    assert token.content_type.startswith("text/plain")
    assert len(token.text) > 40
    assert client.get("/account/token", headers={"X-Autosave": "1"}).status_code == 401


# -- tokens and origins --------------------------------------------------------------------------------------------------


def writes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in rules(app):
        for method in UNSAFE & (rule.methods or set()):
            yield method, filled(rule)


@pytest.mark.parametrize("token", [None, "", "forged", "of another session"])
def test_no_write_passes_without_the_token_of_its_session(app: Flask, sign_in: SignIn, token: str | None) -> None:
    browser, other = sign_in("pingtang.clerk.1"), app.test_client()
    assert isinstance(other, Browser)
    if token == "of another session":
        token = other.token()
    for method, address in writes(app):
        headers = {} if token is None else {"X-CSRFToken": token}
        answer = browser.open(address, method=method, csrf=False, headers=headers)
        assert answer.status_code in {303, 400, 403}, address
        if answer.status_code == 303:
            assert address.startswith("/sign-in")
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_write_passes_from_another_site_even_with_a_token(
    app: Flask, sign_in: SignIn, headers: dict[str, str]
) -> None:
    browser = sign_in("pingtang.clerk.1")
    for method, address in writes(app):
        assert browser.open(address, method=method, headers=headers).status_code == 403, address


def test_a_write_from_our_own_page_passes(sign_in: SignIn) -> None:
    browser = sign_in("pingtang.clerk.1")
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/language", data={"language": "en"}, headers=headers).status_code == 303


def test_reading_changes_nothing(app: Flask, session: Session, sign_in: SignIn) -> None:
    browsers = [sign_in(username) for username in ("pingtang.clerk.1", "station.seal.1", "admin.1")]
    before = contents(session)
    for browser in browsers:
        for rule in rules(app):
            if "GET" in (rule.methods or set()) and rule.endpoint != "static":
                browser.get(filled(rule))
    assert contents(session) == before


def contents(session: Session) -> dict[str, str]:
    """Return every table as text; who is signed in and how often the public asked are no business data."""
    aside = {"login_session", "rate_limit"}
    tables = [each for each in inspect(session.get_bind()).get_table_names() if each not in aside]
    found = {each: repr(session.execute(text(f'SELECT * FROM "{each}" ORDER BY 1')).all()) for each in tables}
    session.rollback()
    return found


def test_no_link_signs_anybody_out(sign_in: SignIn) -> None:
    browser = sign_in("pingtang.clerk.1")
    for address in ("/sign-in", "/sign-in/code", "/sign-in/recovery-code", "/sign-out"):
        browser.get(address)
    assert browser.get("/account").status_code == 200


# -- headers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/sign-in", "/account", "/nowhere", "/healthz", "/static/app.css"])
def test_every_answer_carries_the_headers(client: Browser, address: str) -> None:
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "HX-Request" in headers["Vary"]
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert (
        policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    )
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/sign-in", "/account", "/nowhere", "/healthz"])
def test_no_page_is_kept_by_any_cache(client: Browser, address: str) -> None:
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_static_files_are_named_by_their_content_and_kept(client: Browser) -> None:
    sheet = next(
        each.attrib["href"]
        for each in client.page("/sign-in").all("link[rel=stylesheet]")
        if "app.css" in each.attrib["href"]
    )
    assert "?v=" in sheet
    assert "immutable" in client.get(sheet).headers["Cache-Control"]
    assert client.get(sheet.split("?")[0]).headers["Cache-Control"] == "no-cache"


def test_a_static_file_touches_no_session(client: Browser, session: Session) -> None:
    client.get("/static/app.css")
    assert session.execute(text("SELECT count(*) FROM login_session")).scalar() == 0


def test_health_is_told_without_signing_in(client: Browser) -> None:
    assert client.get("/healthz").text == "ok\n"


# -- refusals as pages -----------------------------------------------------------------------------------------------------

REFUSALS: dict[str, Refusal] = {
    "invalid": Invalid("接收日期早于函件日期，请核对"),
    "conflict": Conflict("同事刚刚保存过这份文书"),
    "forbidden": Forbidden("审核人不能再签发同一份文书"),
    "absent": NotFound(),
}


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with pages that refuse, fail, want a proof of identity, or were never declared."""
    folder = tmp_path_factory.mktemp("refusing")
    app = create_app(
        {
            "database_url": f"sqlite:///{folder / 'portal.sqlite'}",
            "files": folder / "files",
            "keys": folder / "keys",
            "secret_key": "test",
            "accounts_key": "test",
            "TESTING": True,
        }
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
    pages = Blueprint("trial", __name__)

    @pages.get("/refuse/<word>")
    @public
    def refuse(word: str) -> str:
        raise REFUSALS[word]

    @pages.get("/fail")
    @public
    def fail() -> str:
        raise RuntimeError("the sentence nobody may read")

    @pages.get("/sign")
    @public
    def sign() -> str:
        require_fresh("/documents/7")
        return "signed"

    @pages.get("/closed")
    @requires(Permission.CASE_READ)
    def closed() -> str:
        return "closed"

    pages.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.register_blueprint(pages)
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("word", "status", "heading"),
    [
        ("invalid", 422, "有内容不符合要求"),
        ("conflict", 409, "这份文书刚刚有了变动"),
        ("forbidden", 403, "没有办理这一步的权限"),
        ("absent", 404, "没有找到这一页"),
    ],
)
def test_a_refusal_is_a_page_that_says_what_happened_what_is_safe_and_what_next(
    refusing: Flask, word: str, status: int, heading: str
) -> None:
    browser = refusing.test_client()
    assert isinstance(browser, Browser)
    page = browser.page(f"/refuse/{word}", status)
    assert page.h1 == heading
    assert all(each in page.text for each in ("发生了什么", "不受影响的", "接下来"))
    assert page.has("#error")
    if word != "absent":
        assert REFUSALS[word].sentence in page.text


def test_absent_and_foreign_are_told_alike(refusing: Flask) -> None:
    browser = refusing.test_client()
    assert isinstance(browser, Browser)
    assert browser.page("/refuse/absent", 404).text == browser.page("/nowhere", 404).text


def test_a_failure_tells_a_number_and_no_secret(refusing: Flask) -> None:
    refusing.config["SHOW_FAILURES"] = True
    browser = refusing.test_client()
    assert isinstance(browser, Browser)
    page = browser.page("/fail", 500)
    assert page.h1 == "系统出了问题"
    assert len("".join(page.one(".error-reference code").itertext())) == 8
    assert "nobody may read" not in page.markup


def test_a_wrong_method_is_a_page_too(client: Browser) -> None:
    answer = client.open("/sign-out", method="GET")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "请求不完整" in answer.text


def test_an_act_that_binds_the_organ_leads_to_the_proof_and_back(refusing: Flask) -> None:
    browser = refusing.test_client()
    answer = browser.get("/sign")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/proof?next=/documents/7")
    in_region = browser.get("/sign", headers={"HX-Request": "true"})
    assert (in_region.status_code, in_region.headers["HX-Redirect"]) == (401, "/account/proof?next=/documents/7")


def test_a_sign_in_page_left_open_too_long_asks_again_kindly(client: Browser) -> None:
    answer = client.post("/sign-in", data={"username": "x", "password": "y"}, csrf=False, follow_redirects=True)
    assert "登录页停留过久" in client.read(answer).notices


def test_the_session_store_writes_nothing_for_a_passing_stranger(client: Browser, app: Flask) -> None:
    client.get("/")
    client.get("/nowhere")
    with app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM login_session")).scalar() == 0


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "10.52.27.9")])
def test_the_address_behind_a_proxy_counts_only_when_a_proxy_is_declared(
    tmp_path: Path, proxies: int, address: str
) -> None:
    app = create_app(
        {
            "database_url": f"sqlite:///{tmp_path / 'portal.sqlite'}",
            "files": tmp_path / "files",
            "keys": tmp_path / "keys",
            "secret_key": "test",
            "accounts_key": "test",
            "proxies": proxies,
            "TESTING": True,
        }
    )
    app.add_url_rule("/who", "who", public(lambda: str(request.remote_addr)))
    assert app.test_client().get("/who", headers={"X-Forwarded-For": "1.2.3.4, 10.52.27.9"}).text == address
