"""A person before a screen: enters an account, fills boxes by their labels, presses buttons by their words."""

import re
from pathlib import Path
from re import Pattern

from playwright.sync_api import ConsoleMessage, Locator, Page, Route, ViewportSize, expect

#: A machine shared with others answers late now and then.
PATIENCE_MS = 40_000
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

expect.set_options(timeout=PATIENCE_MS)


def exact(label: str) -> Pattern[str]:
    """Match a label whether or not a mark for required boxes follows it."""
    return re.compile(rf"^\s*{re.escape(label)}(\s*必填.*)?\s*$")


class Screen:
    """One browser window. `faults` gathers what the console complains of, page by page."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page, self.url, self.pictures = page, url, pictures
        self.main = page.get_by_role("main")
        self.faults: list[str] = []
        self.taken = 0
        self.size = DESK
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form is answered with 422, which the browser notes as a failed load: that is no fault.
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    # -- who sits here ---------------------------------------------------------------------------------------------

    def sign_in(self, organ: str, title: str, number: int = 0) -> None:
        """Enter a demo account on the sign-in page."""
        self.page.goto(f"{self.url}/sign-in")
        self._choose_person(organ, title, number)

    def become(self, organ: str, title: str, number: int = 0) -> None:
        """Change places through the account menu."""
        self.page.get_by_role("button", name="账户菜单").click()
        self.page.get_by_role("link", name="切换身份").click()
        self._choose_person(organ, title, number)

    def _choose_person(self, organ: str, title: str, number: int) -> None:
        people = self.page.locator(".demo-unit").filter(has=self.page.get_by_text(organ, exact=True))
        holders = people.locator("button").filter(has=self.page.get_by_text(title, exact=True))
        holders.nth(number).click()
        expect(self.page.get_by_role("banner")).to_contain_text(organ)
        expect(self.page.get_by_role("banner")).to_contain_text(title)

    def take(self, size: ViewportSize) -> None:
        """Go on at a desk or on a phone."""
        self.size = size
        self.page.set_viewport_size(size)

    # -- getting about ---------------------------------------------------------------------------------------------

    def go(self, entry: str) -> None:
        """Follow an entry of the main navigation, which a phone folds away."""
        if self.size is PHONE:
            self.page.get_by_role("button", name="打开菜单").click()
        self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=entry).click()

    def open_paper(self, words: str) -> None:
        """Open a paper of the work list by its title."""
        if not self.page.url.endswith("/work"):
            self.go("工作台")
        self.main.get_by_role("link", name=re.compile(words)).first.click()
        expect(self.main.get_by_role("heading", level=1)).to_have_text(re.compile(words))

    def open_person(self, name: str) -> None:
        """Open the file of a person."""
        self.go("受助人员")
        self.main.get_by_role("link", name=name).click()
        expect(self.main.get_by_role("heading", level=1)).to_have_text(name)

    def begin(self, duty: str) -> None:
        """Begin a paper from the page of a record: a duty that has a limit, or one of the papers offered.

        A draft that another paper has begun is gone on with.
        """
        due = self.main.locator("#due").get_by_role("listitem").filter(has_text=duty)
        begun = due.get_by_role("button", name="开始办理").or_(due.get_by_role("link", name="继续填写"))
        begun.or_(self.main.get_by_role("button", name=duty, exact=True)).first.click()
        expect(self.main.get_by_role("button", name="保存草稿")).to_be_visible()

    def draft(self, title: str) -> None:
        """Begin a paper that is about no one record."""
        self.go("文书")
        self.main.get_by_role("button", name=re.compile(rf"^起草\s*{re.escape(title)}$")).click()
        expect(self.main.get_by_role("button", name="保存草稿")).to_be_visible()

    def take_letter(self, file: Path) -> Path:
        """Download the issued PDF of the paper that is open."""
        with self.page.expect_download() as got:
            self.main.get_by_role("link", name="下载正式文件").click()
        got.value.save_as(file)
        return file

    def print_out(self, words: str, file: Path) -> Path:
        """Press a button whose PDF opens in a window of its own, and keep the bytes that come by."""

        def keep(passing: Route) -> None:
            answer = passing.fetch()
            file.write_bytes(answer.body())
            passing.fulfill(response=answer)

        self.page.context.route(re.compile("/print$"), keep, times=1)
        with self.page.expect_popup() as window:
            self.press(words)
        window.value.wait_for_url(re.compile("/print$"))
        window.value.close()
        return file

    def press(self, words: str, within: Locator | None = None) -> None:
        """Press a button or what looks like one."""
        (within or self.main).get_by_role("button", name=words, exact=True).click()

    def told(self, words: str) -> None:
        """Expect a sentence among the notices."""
        expect(self.page.locator("#notices")).to_contain_text(words)

    # -- filling ---------------------------------------------------------------------------------------------------

    def fill(self, answers: dict[str, str], within: Locator | None = None) -> None:
        """Fill boxes by their labels."""
        for label, value in answers.items():
            (within or self.main).get_by_label(exact(label)).fill(value)

    def select(self, answers: dict[str, str], within: Locator | None = None) -> None:
        """Choose from lists by their labels."""
        for label, choice in answers.items():
            (within or self.main).get_by_label(exact(label)).select_option(choice)

    def choose(self, answers: dict[str, str | list[str]], within: Locator | None = None) -> None:
        """Tick one or several of the choices under a question."""
        for question, choices in answers.items():
            group = (within or self.main).get_by_role("group", name=exact(question))
            for choice in [choices] if isinstance(choices, str) else choices:
                group.get_by_label(choice, exact=True).check()

    def row(self, question: str, number: int) -> Locator:
        """Return a row of a list, adding it when it is not there yet."""
        group = self.main.get_by_role("group", name=exact(question))
        row = group.get_by_role("listitem").nth(number)
        if group.get_by_role("listitem").count() <= number:
            group.get_by_role("button", name="添加一行").click()
            expect(row).to_be_visible()
        return row

    def upload(self, material: str, file: Path, dated: str = "") -> None:
        """Add a file to a line of the attachments."""
        need = self.main.locator(".need").filter(has_text=material)
        if dated:
            need.get_by_label("材料日期").fill(dated)
        need.get_by_label(re.compile("选择文件|换一张|再加一份")).set_input_files(file)
        need.get_by_role("button", name=re.compile(rf"^上传\s*{re.escape(material)}")).click()
        expect(need.get_by_role("link", name=file.name).first).to_be_visible()

    def submit(self, words: str = "提交") -> None:
        """Hand a paper in and expect its page."""
        self.press(words)
        self.told(f"已{words}")

    def act(self, words: str, opinion: str = "") -> None:
        """Do the one next act on the paper that is open."""
        acting = self.main.get_by_role("region", name="办理", exact=True)
        if opinion:
            acting.get_by_label(re.compile("^意见")).fill(opinion)
        self.press(words, acting)
        self.told(f"已{words}")

    # -- looking ---------------------------------------------------------------------------------------------------

    def picture(self, name: str, *, phone: bool = False) -> None:
        """Leave a picture of the whole page, and of a phone's view where asked or at hand."""
        self.taken += 1
        if self.size is DESK:
            self._shoot(f"{self.taken:02d}-{name}.png", DESK)
        if phone or self.size is PHONE:
            self._shoot(f"{self.taken:02d}-{name}-390.png", PHONE)

    def _shoot(self, file: str, size: ViewportSize) -> None:
        """Shoot through a window as high as the page, so that bars which stay at its foot stand at the foot."""
        self.page.set_viewport_size(size)
        height = max(size["height"], self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.set_viewport_size({"width": size["width"], "height": height})
        for image in self.page.locator("img").all():  # asked from outside: a page without script hears no event
            expect(image).to_have_js_property("complete", True)
        # `caret="initial"`: hiding the caret writes style attributes, which the portal's policy rightly forbids.
        self.page.screenshot(path=self.pictures / file, animations="disabled", caret="initial")
        self.page.set_viewport_size(self.size)
