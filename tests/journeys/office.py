"""An office with its computer: the screen, the files on the desk, the letters printed, the day on the wall."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from playwright.sync_api import Page, expect

from forms.kit.limits import LIMITS
from forms.kit.workdays import SHANGHAI, Calendar
from portal.services.demo import pictures as drawn
from tests.journeys.conftest import Portal, serve
from tests.journeys.screen import Screen

#: Who signs where the reviewer and the deputy director of a county do not.
STANDARD = ("审核人", "分管副局长")
#: What stands in the margin between two pages: the page's number, check code and address.
_MARGIN = re.compile(r"—\d+—(核验码[A-Z0-9]{12}http[^一-龥]*?/check/[A-Z0-9]{12})?")


def last_day(code: str, trigger: date) -> date:
    """Return the last day of a limit, counted from the day that sets it off."""
    return LIMITS[code].due(trigger, Calendar.published()).last_day


def minute(moment: datetime) -> str:
    """Write a moment as a datetime box takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


@dataclass
class Office:
    """The screen, the portal behind it, the scans on the desk, the folder for what is printed, the letters so far."""

    screen: Screen
    portal: Portal
    files: Path
    printed: Path
    pdfs: dict[str, Path] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def opened(cls, screen: Screen, portal: Portal, desk: Path) -> Iterator[Self]:
        """Open an office for a story; at the end the console of its computer must have had nothing to say."""
        screen.pictures.mkdir(parents=True, exist_ok=True)
        files = desk / "desk"
        files.mkdir()
        yield cls(screen, portal, files, screen.pictures)
        assert not screen.faults, "\n".join(screen.faults)

    @classmethod
    @contextmanager
    def on(cls, day: date, page: Page, pictures: Path, desk: Path, history: str = "") -> Iterator[Self]:
        """Open an office on the morning of a day, with a portal of its own in which `history` has happened."""
        morning = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
        data = desk / "portal"
        data.mkdir()
        with (
            serve(data, history, begins=morning) as portal,
            cls.opened(Screen(page, portal.url, pictures), portal, desk) as office,
        ):
            yield office

    # -- the day on the wall -------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The minute on the portal's clock, in Shanghai."""
        return self.portal.now().replace(second=0, microsecond=0)

    def day(self, ahead: int = 0) -> str:
        """Write a day from today as a date box takes it."""
        return (self.now().date() + timedelta(days=ahead)).isoformat()

    def year_no(self, code: str, serial: int) -> str:
        """Write a document number of this year."""
        return f"{code}〔{self.now().year}〕{serial}号"

    def comes(self, month: int, day: int, hour: int = 9) -> None:
        """Let another day of the year begin: whoever was signed in is no longer."""
        self.portal.go_on(datetime(self.now().year, month, day, hour, tzinfo=SHANGHAI))

    def expect_due(self, code: str, trigger: date) -> None:
        """On the page of the record the limit stands with its last day, counted from the day that sets it off."""
        words = re.compile(rf"{re.escape(LIMITS[code].label)}\s*{LIMITS[code].rule}")
        line = self.screen.main.locator("#due").get_by_role("listitem").filter(has_text=words)
        expect(line).to_contain_text(last_day(code, trigger).strftime("%m-%d"))

    # -- what is done again and again ----------------------------------------------------------------------------------

    def scan(self, name: str) -> Path:
        """Return a scanned sheet of this name."""
        file = self.files / f"{name}.jpg"
        if not file.exists():
            file.write_bytes(drawn.scan(name, len(list(self.files.iterdir()))))
        return file

    def goes_its_way(
        self, organ: str, title: str, *, reviewer: str = STANDARD[0], head: str = STANDARD[1], keep: str = ""
    ) -> None:
        """Reviewer, head and seal clerk do their part on the paper's own page; `keep` names the letter that is downloaded.

        An organ without a reviewer (the province) gives none.
        """
        way: list[tuple[str, Mapping[str, str]]] = [
            (reviewer, {"同意": "情况属实"}), (head, {"签发": "同意"}), ("文印员", {"编号用印": "", "发出": ""}),
        ]  # fmt: skip
        for who, acts in way:
            if who:
                self.take_up(organ, who, title, acts)
        if keep:
            self.keep_letter(keep)

    def take_up(self, organ: str, who: str, title: str, acts: Mapping[str, str], number: int = 0) -> None:
        """Somebody opens a paper from the work list and acts on it."""
        self.screen.become(organ, who, number)
        self.screen.open_paper(title)
        for act, opinion in acts.items():
            self.screen.act(act, opinion)

    def keep_letter(self, name: str) -> None:
        """Download the letter of the paper that is open."""
        self.pdfs[name] = self.screen.take_letter(self.printed / f"{name.replace('_', '-')}.pdf")

    # -- what must hold of every letter --------------------------------------------------------------------------------

    def rasterise(self) -> None:
        """Leave a picture of every page that was printed."""
        for name, pdf in self.pdfs.items():
            subprocess.run(["pdftoppm", "-r", "70", "-png", pdf, self.printed / f"letter-{name}"], check=True)

    def letters_are_genuine(self) -> None:
        """Every letter is whole, its signature valid, trusted and over the total document."""
        anchor = next(self.portal.folder.rglob("authority.pem"))
        store = f"sql:{self.files}"
        subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
        subprocess.run(["certutil", "-A", "-d", store, "-n", "root", "-t", "C,C,C", "-i", anchor], check=True)
        for name, pdf in self.pdfs.items():
            assert subprocess.run(["qpdf", "--check", pdf], check=False, capture_output=True).returncode == 0, name
            if not name.endswith("_printed"):
                told = subprocess.run(
                    ["pdfsig", "-nssdir", store, pdf], check=True, capture_output=True, text=True
                ).stdout
                for line in ("Signature is Valid", "Certificate is Trusted", "Total document signed"):
                    assert line in told, f"{name}: {told}"

    def says(self, letter: str, *sentences: str) -> None:
        """Check that a letter contains these sentences."""
        words = _MARGIN.sub("", words_of(self.pdfs[letter]))
        for sentence in sentences:
            assert sentence in words, f"{letter}: {sentence}\n{words}"

    def check_code(self, letter: str) -> str:
        """Return the code printed on a letter."""
        code = re.search(r"核验码([A-Z0-9]{12})", words_of(self.pdfs[letter]))
        assert code is not None, letter
        return code[1]


def words_of(pdf: Path) -> str:
    """Return the words of a PDF without spaces."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return "".join(text.split())
