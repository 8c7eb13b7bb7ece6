"""Every kind of page, seen by five persons and by the public: no barrier, no broken markup, nothing to scroll sideways."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from portal import create_app
from tests.journeys.conftest import ROOT, Portal, serve
from tests.journeys.screen import DESK, PHONE, Screen, exact

pytestmark = pytest.mark.browser

NEIGHBOUR = "罗甸县民政局"
BUREAU, STATION, PREFECTURE = "平塘县民政局", "黔南州救助管理站", "黔南布依族苗族自治州民政局"
VILLAGE = "平塘县平舟镇京舟村村民委员会"
PERSONS = [
    (BUREAU, "经办人"), (BUREAU, "文印员"), (VILLAGE, "填报员"), (STATION, "受理员"), (PREFECTURE, "系统管理员"),
]  # fmt: skip
#: Answers that are no pages: files, pictures, redirections, and what only machines ask for.
NO_PAGES = {
    "account.start", "account.token", "calendar.template", "cases.photo", "documents.attachment", "documents.letter",
    "documents.preview", "documents.preview_page", "documents.sheet", "groups.evidence", "groups.template",
    "health.healthz", "ledgers.index", "registers.index", "security.static", "static",
}  # fmt: skip
#: Pages of the second factor; without a second factor bound they lead elsewhere. tests/web/test_accounts.py reads them.
BEHIND_A_SECOND_FACTOR = {
    "security.mf_recovery", "security.mf_recovery_codes", "security.tf_select", "security.two_factor_rescue",
    "security.two_factor_token_validation", "security.verify",
}  # fmt: skip
#: Pages that are the same whoever looks at them.
SAME_FOR_ALL = {
    "account.index", "account.switch", "check.index", "deadlines.calculator", "security.change_password",
    "security.two_factor_setup",
}  # fmt: skip
#: Pages of which several are looked at, because what they show differs.
VARIED = {"documents.show": 4, "documents.edit": 2, "registers.show": 2, "worklists.home": 3}
#: Pages to which no link leads: an error, the answer to a code on paper, a batch under way.
STRAY = "/nowhere"
UNLINKED = {"公众": (STRAY, "/check/ABCDEFGHJKLM"), f"{BUREAU}文印员": (STRAY, "/print-desk/progress")}
_ADDRESSES = "links => links.map((link) => link.href.split('#')[0])"
HAPPENED = "from tests.journeys.records import tell; tell()"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of its own in which a few persons' stories have been told."""
    with serve(tmp_path_factory.mktemp("told"), HAPPENED) as running:
        yield running


@pytest.fixture(scope="module")
def addresses() -> MapAdapter:
    """The map of the portal's addresses."""
    with ThreadPoolExecutor(1) as elsewhere:  # this thread already runs the browser's event loop
        app = elsewhere.submit(create_app, {"demo": True, "TESTING": True, "database_url": "sqlite://"}).result()
    return app.url_map.bind("127.0.0.1")


@dataclass
class Walk:
    """One person's walk through the portal: the pages seen by kind, and what was wrong on them.

    `before` are the kinds others have seen.
    """

    addresses: MapAdapter
    before: set[str]
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    def kind(self, address: str) -> str:
        """Name the page behind an address; empty for what is none of the portal's pages."""
        try:
            endpoint, _values = self.addresses.match(urlsplit(address).path, "GET")
        except (HTTPException, RequestRedirect):
            return ""
        return str(endpoint)

    def is_due(self, address: str) -> bool:
        """Tell whether this page is still to be looked at."""
        kind = self.kind(address)
        kind = {"registers.index": "registers.show", "ledgers.index": "ledgers.show"}.get(kind, kind)
        if not kind or kind in NO_PAGES or kind in SAME_FOR_ALL & self.before or address in self.visited:
            return False
        return self.seen[kind] < VARIED.get(kind, 1)


def test_no_page_has_a_barrier_broken_markup_or_a_sideways_scroll(
    page: Page, told: Portal, addresses: MapAdapter, pictures: Path, tmp_path: Path
) -> None:
    screen = Screen(page, told.url, pictures / "pages")
    seen: set[str] = set()
    wrong: list[str] = []
    for organ, title in [("", "公众"), *PERSONS]:
        walk = Walk(addresses, seen)
        if organ == BUREAU and title == "经办人":
            screen.sign_in(organ, title)
        elif organ:
            screen.become(organ, title)
        _walk(screen, walk, f"{organ}{title}", tmp_path)
        seen.update(walk.seen)
        wrong += walk.wrong
    assert wrong == []
    pages = {rule.endpoint for rule in addresses.map.iter_rules() if rule.methods and "GET" in rule.methods}
    assert pages - NO_PAGES - BEHIND_A_SECOND_FACTOR - seen == set()
    assert [each for each in screen.faults if STRAY not in each] == []
    checker = [".venv/bin/node", "node_modules/.bin/html-validate", "-c", ".htmlvalidate.json"]
    pages_kept = sorted(str(file) for file in tmp_path.glob("*.html"))
    found = subprocess.run([*checker, *pages_kept], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def _walk(screen: Screen, walk: Walk, who: str, folder: Path) -> None:
    start = screen.page.url if who != "公众" else f"{screen.url}/sign-in"
    waiting = [start, *(f"{screen.url}{path}" for path in UNLINKED.get(who, ()))]
    while waiting:
        address = waiting.pop(0)
        if not (walk.is_due(address) or address.endswith(STRAY)):
            continue
        walk.visited.add(address)
        answer = screen.page.goto(address)
        assert answer is not None
        kind = walk.kind(screen.page.url) or "error"
        walk.seen[kind] += 1
        name = f"{who}-{kind}-{walk.seen[kind]}"
        (folder / f"{name}.html").write_text(answer.text())
        walk.wrong += [f"{name}: {fault}" for fault in _faults(screen.page)]
        links = screen.page.eval_on_selector_all("a[href]", _ADDRESSES)
        waiting += [link for link in links if link.startswith(screen.url) and walk.is_due(link)]


def _faults(page: Page) -> Iterator[str]:
    """Yield barriers (axe, serious and critical), overflow on a desk and on a phone, and a skip link that does not skip."""
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in {"serious", "critical"}:
            yield f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            yield f"{width} px wide on a screen of {size['width']}"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    if page.evaluate("document.activeElement.id") != "main":
        yield "the first Tab does not reach a link that skips to the content"


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_portal_works_without_script(page: Page, told: Portal, pictures: Path) -> None:
    screen = Screen(page, told.url, pictures)
    screen.sign_in(BUREAU, "经办人")
    screen.press("登记新求助")
    screen.fill({"姓名": "韦大爷", "发现地点": "平塘县金盆街道"})
    screen.choose({"身份状态": "自述未核实", "性别": "男"})
    screen.press("保存草稿")
    screen.told("草稿已保存")
    expect(screen.main.get_by_label("发现地点")).to_have_value("平塘县金盆街道")
    screen.row("随身物品", 1)
    screen.press("提交")
    expect(screen.main.get_by_role("region", name="没有提交")).to_be_visible()
    expect(screen.main.get_by_label("发现地点")).to_have_value("平塘县金盆街道")
    screen.picture("without-script")
    screen.become(STATION, "受理员")
    screen.open_paper("罗甸县民政局")
    screen.press("转办")
    screen.picture("without-script-act")
    screen.become(BUREAU, "文印员")
    screen.open_paper("转移至州级区域中心站")
    screen.act("编号用印")
    screen.act("发出")


def test_a_form_is_filled_and_handed_in_by_keyboard_alone(page: Page, portal: Portal, pictures: Path) -> None:
    screen = Screen(page, portal.url, pictures)
    screen.sign_in(NEIGHBOUR, "经办人")
    _tab_to(page, "登记新求助")
    page.keyboard.press("Enter")
    expect(screen.main.get_by_role("heading", level=1)).to_have_text("求助登记表")
    page.get_by_role("radio", name="自述未核实").focus()
    page.keyboard.press("Space")
    _tab_to(page, "姓名")
    page.keyboard.type("韦大爷")
    _tab_to(page, "提交", most=150)
    with page.expect_request(
        "**/draft"
    ) as saved:  # while the focus stands on the button, a save is no more than a save
        page.evaluate("window.htmx.trigger(document.getElementById('paper'), 'save')")
    assert "act=" not in (saved.value.post_data or "")
    page.keyboard.press("Enter")
    expect(screen.main.get_by_role("region", name="没有提交")).to_be_focused()
    expect(screen.main.get_by_label(exact("姓名")).first).to_have_value("韦大爷")


def _tab_to(page: Page, words: str, most: int = 40) -> None:
    """Press Tab until what has the focus is called so."""
    named = """(words) => {
      const at = document.activeElement;
      return (at.labels?.[0]?.textContent ?? at.textContent).trim().startsWith(words);
    }"""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(named, words):
            return
    raise AssertionError(f"{most} times Tab do not reach “{words}”")
