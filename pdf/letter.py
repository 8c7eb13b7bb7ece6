"""The two faces of official papers: letter (信函格式) and file (文件格式, upward with 签发人).

Here the pages are composed: which line stands on which row of which page, and where head, signature and seal stand, in
millimetres from the top left corner of the type area. The template only writes down what is decided here.

Sources: GB/T 9704-2012, 5.2 (page), 7.2-7.5 (elements), 10.1 (letter format).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pdf import outlines, tables
from pdf.typeset import Line, Run, break_lines, break_title

# --- the page, in millimetres (5.2) ---------------------------------------------------------------------------------
MM: Final = 72 / 25.4  # points in a millimetre
PAPER: Final = (210.0, 297.0)
LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
LINES, CELLS = 22, 28
PITCH: Final = HEIGHT / LINES
CELL: Final = WIDTH / CELLS
BODY, TITLE, SMALL = 16.0, 22.0, 14.0  # 三号, 二号, 四号 in points
SMALLEST_PITCH: Final = HEIGHT / 24  # a page may take two more rows so that seal and text stay together
SEAL_RISE: Final = 5.0  # the seal's centre above the middle of name and date (7.3.5.1)
DOUBLE: Final = 1.7  # height of a red double line
GAP: Final = 14 / MM  # 7/8 of the height of a 三号 character (10.1)
RECORD_ROW: Final = 9.0  # a row of the end record

PENDING_NUMBER: Final = "〔　　〕　号"
PENDING_DATE: Final = "××××年×月×日"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a page. `left` is its distance from the type area's left edge in mm; `pending` is printed grey."""

    kind: str = "text"
    runs: tuple[tuple[str, str, str], ...] = ()  # (text, face, letter-spacing in pt or "")
    left: float = 0.0
    text: bool = True  # body text, in the sense of "seal and text on one page"
    keep: bool = False  # a heading: not the last row of a page
    pending: bool = False

    @property
    def blank(self) -> bool:
        """Nothing on it."""
        return not self.runs

    @property
    def body(self) -> bool:
        """Body text: neither blank nor one of the names under 附件, which do not keep a seal company."""
        return self.text and not self.blank


@dataclass(slots=True)
class Page:
    """One composed page: rows from `top` (mm below the type area's top) with `pitch` mm each."""

    rows: list[Row] = field(default_factory=list)
    top: float = 0.0
    pitch: float = PITCH
    number: int | None = None
    head: "Head | None" = None
    record: "Record | None" = None
    annex: "Annex | None" = None

    @property
    def free(self) -> float:
        """Height in mm that is left at the bottom of the type area; nothing on a wide annex."""
        if self.annex is None:
            return HEIGHT - self.top - self.pitch * len(self.rows)
        return 0.0 if self.annex.wide else HEIGHT - self.annex.top - self.annex.table.height


@dataclass(frozen=True, slots=True)
class Annex:
    """One page of an annex: on its first page label and title, then the table from `top`."""

    table: tables.Drawn
    top: float
    wide: bool
    label: str = ""
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Mark, lines and number of the first page; distances in mm below the type area's top (negative: above)."""

    face: str
    mark: str
    mark_size: float  # mm
    mark_top: float  # top of the em box
    spacing: float  # mm between the mark's characters
    line: float  # top of the first red line
    number_top: float  # top of the em box of number, urgency and signer
    number: str
    pending: bool
    urgency: str
    signer: str
    second_line: float


@dataclass(frozen=True, slots=True)
class Record:
    """The end record (版记) at the bottom of the type area: copies, and in the file format the printing line."""

    copies: tuple[str, ...]
    printed_by: str
    printed_on: str
    ruled: bool

    @property
    def height(self) -> float:
        """Height in mm."""
        return RECORD_ROW * (len(self.copies) + (1 if self.ruled else 0)) + 1.0


@dataclass(frozen=True, slots=True)
class Seal:
    """Where the seal sits: page index and centre in mm from the paper's top left corner."""

    page: int
    x: float
    y: float
    diameter: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A composed paper."""

    pages: list[Page]
    seal: Seal | None


def compose(content: Mapping[str, Any]) -> Sheet:
    """Compose the pages of a letter or file. Raises KeyError for a key that is missing, and what tables.compose raises."""
    head, start = _head(content)
    record = _record(content)
    rows = [*_title(content), *_body(content), *_attachments(content)]
    tail, centre = _signature(content)
    annexes = _annexes(content)
    pages = _paginate(rows, tail, start, record.height if record and not record.ruled and not annexes else 0)
    pages[0].head = head
    signed = len(pages) - 1
    pages += annexes
    for number, page in enumerate(pages, 1):
        page.number = number if head.face == "file" or number > 1 else None
    if record:
        _place_record(pages, record)
    return Sheet(pages, _seal(content, pages[signed], signed, len(tail), centre))


# --- head -----------------------------------------------------------------------------------------------------------


def _head(content: Mapping[str, Any]) -> tuple[Head, int]:
    """The head and the row (from 0) on which the title begins."""
    face = content["face"]
    mark = content["issuer"] + ("文件" if face == "file" else "")
    size = min(15.0, 150.0 / len(mark))
    spacing = min(0.28 * size, (150.0 - size * len(mark)) / max(1, len(mark) - 1))
    ink = outlines.ink(mark, face="song")
    ink_top = (30.0 - TOP) if face == "letter" else 35.0  # 10.1; 7.2.4
    baseline = ink_top + ink.top * size
    bottom = baseline - ink.bottom * size
    em = BODY / MM
    if face == "letter":
        line = bottom + 4.0
        number_top = line + DOUBLE + GAP
        below = number_top + em
    else:
        number_top = bottom + 2 * PITCH
        line = number_top + em + 4.0
        below = line
    # Two blank lines, then the title: its em box stands half the difference of pitch and size below its row's top.
    start = round((below + 2 * PITCH - (PITCH - TITLE / MM) / 2) / PITCH)
    number = content.get("doc_no")
    return Head(
        face=face,
        mark=mark,
        mark_size=size,
        mark_top=baseline - 0.88 * size,
        spacing=spacing,
        line=line,
        number_top=number_top,
        number=number or PENDING_NUMBER,
        pending=not number,
        urgency=content.get("urgency") or "",
        signer=content.get("signer") or "",
        second_line=PAPER[1] - 20.0 - DOUBLE - TOP,
    ), start


# --- text -----------------------------------------------------------------------------------------------------------


def _spaced(line: Line, cells: float, indent: float) -> tuple[tuple[str, str, str], ...]:
    """The runs of a line with the letter-spacing that ends it at the edge; "" is the usual spacing."""
    if not line.filled:
        return tuple((run.text, run.face, "") for run in line.runs)
    count = len(line.text) + indent
    room = cells * CELL * MM - (line.width + indent) * BODY
    spacing = f"{room / count:.2f}"
    return tuple((run.text, run.face, "" if spacing == "-0.21" else spacing) for run in line.runs)


def paragraph(runs: Sequence[Run], *, first: int = 0, hanging: int = 0, keep: bool = False) -> list[Row]:
    """Rows of one paragraph on the grid, its first line indented by `first` cells, the others by `hanging`."""
    rows = []
    lines = break_lines(runs, cells=CELLS, first=first, hanging=hanging)
    for index, line in enumerate(lines):
        indent = hanging if index else first
        pieces = list(_spaced(line, CELLS, indent))
        if indent and pieces:
            text, face, spacing = pieces[0]
            pieces[0] = ("　" * indent + text, face, spacing)
        rows.append(Row("text", tuple(pieces), keep=keep and index == len(lines) - 1))
    return rows


def _title(content: Mapping[str, Any]) -> list[Row]:
    keep = [*content.get("keep", ()), content["issuer"]]
    lines = break_title(content["title"], cells=WIDTH * MM / TITLE - 0.6, keep=keep)
    return [*(Row("title", ((line, "song", ""),), text=False) for line in lines), Row(text=False)]


def _body(content: Mapping[str, Any]) -> list[Row]:
    rows = [Row(row.kind, row.runs, text=False) for row in paragraph([Run(content["addressee"] + "：")])]
    for part in content["paragraphs"]:
        text, level = part["text"], part.get("level", 0)
        face = {1: "hei", 2: "kai"}.get(level, "fang")
        # A level's face belongs to its heading: the whole paragraph, or the first sentence when text goes on after it.
        end = text.find("。") + 1 if "。" in text[:-1] else len(text)
        runs = [Run(text[:end], face), Run(text[end:])] if face != "fang" else [Run(text)]
        heading = level > 0 and not text.endswith(("。", "；", "："))
        rows += paragraph([run for run in runs if run.text], first=2, keep=heading)
    return rows


def _attachments(content: Mapping[str, Any]) -> list[Row]:
    names = content.get("attachments") or []
    if not names:
        return []
    rows = [Row(text=False)]
    for index, name in enumerate(names):
        number = f"{index + 1}." if len(names) > 1 else ""
        lead = ("附件：" if not index else "　　　") + number
        hanging = 5 + (1 if number else 0)
        rows += [replace(row, text=False) for row in paragraph([Run(lead + name)], first=2, hanging=hanging)]
    return rows


def _width(text: str) -> float:
    """Width in mm of a 三号 text at the grid's spacing."""
    line = break_lines([Run(text)], cells=10_000)[0]
    return (line.width * BODY - 0.21 * len(text)) / MM


def _signature(content: Mapping[str, Any]) -> tuple[list[Row], float]:
    """Rows of the signature block: two blank ones, name, date, contact; and the name's centre in mm (7.3.5.1)."""
    name, date = content.get("signed_by") or content["issuer"], content.get("signed_date")
    date_text = date or PENDING_DATE
    centre = WIDTH - 4 * CELL - _width(date_text) / 2
    centre = min(centre, WIDTH - _width(name) / 2)
    rows = [
        Row(text=False),
        Row(text=False),
        Row("text", ((name, "fang", ""),), left=centre - _width(name) / 2, text=False),
        Row("text", ((date_text, "fang", ""),), left=centre - _width(date_text) / 2, text=False, pending=not date),
    ]
    if contact := content.get("contact"):
        rows += [
            Row(row.kind, row.runs, text=False) for row in paragraph([Run(f"（{contact}）")], first=2, hanging=3)
        ]
    return rows, centre


# --- pages ----------------------------------------------------------------------------------------------------------


def _paginate(rows: list[Row], tail: list[Row], start: int, reserve: float) -> list[Page]:
    """Lay rows on pages; the signature block stays with at least two rows of text."""
    cuts = _cuts(rows, LINES - start)
    written = sum(row.body for row in rows[cuts[-1] :])
    if len(cuts) > 1 and written < 2:
        cuts[-1] = _earlier(rows, cuts[-1], 2 - written)
    last = _page(rows[cuts[-1] :], start if len(cuts) == 1 else 0)
    need, space = len(last.rows) + len(tail), HEIGHT - last.top - reserve
    if need * PITCH > space + 0.01:
        if space / need >= SMALLEST_PITCH:
            last.pitch = space / need
        else:
            cuts.append(_earlier(rows, len(rows), 2))
            last = _page(rows[cuts[-1] :], 0)
    bounds = [*cuts, len(rows)]
    pages = [_page(rows[bounds[n] : bounds[n + 1]], 0 if n else start) for n in range(len(cuts) - 1)]
    last.rows += tail
    return [*pages, last]


def _page(rows: Sequence[Row], start: int) -> Page:
    """A page of rows from row `start` on; blank rows at its top fall away."""
    first = next((n for n, row in enumerate(rows) if not row.blank), len(rows))
    return Page(rows=list(rows[first:]), top=start * PITCH)


def _cuts(rows: Sequence[Row], room: int) -> list[int]:
    """Indices of the rows that begin a page, the first page having `room` rows."""
    cuts, used = [0], 0
    for index, row in enumerate(rows):
        stranded = row.keep and used == room - 1 and index + 1 < len(rows)
        if used == room or stranded:
            cuts.append(index)
            used, room = 0, LINES
        if used or not row.blank:
            used += 1
    return cuts


def _earlier(rows: Sequence[Row], cut: int, wanted: int) -> int:
    """The last place before `cut` with at least `wanted` rows of body text from there on, not behind a heading."""
    written = 0
    while cut > 1 and (written < wanted or rows[cut - 1].keep):
        cut -= 1
        written += rows[cut].body
    return cut


def _seal(content: Mapping[str, Any], page: Page, index: int, tail: int, centre: float) -> Seal | None:
    seal = content.get("seal")
    if seal is None:
        return None
    between = page.top + page.pitch * (len(page.rows) - tail + 3)  # the line between name and date
    diameter, half = float(seal.get("diameter_mm") or 42), BODY / MM / 2
    rise = SEAL_RISE
    if tail > 4:  # so high that the contact below the date stays clear, but never into the text (7.3.5.1, 7.3.6)
        clear, room = diameter / 2 - 1.5 * page.pitch + half, 3.5 * page.pitch - half - diameter / 2
        rise = max(SEAL_RISE, min(clear, room - 0.3))
    return Seal(index, LEFT + centre, TOP + between - rise, diameter)


# --- end record -----------------------------------------------------------------------------------------------------


def _record(content: Mapping[str, Any]) -> Record | None:
    """The end record; a letter has one only to name who gets copies (10.1), a file always."""
    ruled = content["face"] == "file"
    copies: tuple[str, ...] = ()
    if names := content.get("cc"):
        cells = (WIDTH * MM - 2 * SMALL) / SMALL
        lines = break_lines([Run("抄送：" + "，".join(names) + "。")], cells=cells, hanging=3)
        copies = tuple(("　　　" if index else "") + line.text for index, line in enumerate(lines))
    if not ruled and not copies:
        return None
    printed_on = content.get("printed_on") or (content.get("signed_date") or PENDING_DATE)
    return Record(copies, content.get("printed_by") or content["issuer"], f"{printed_on}印发", ruled)


def _place_record(pages: list[Page], record: Record) -> None:
    """Put the end record at the bottom of the last page, in a file of the last even page (7.4.1).

    Pages added for it carry no number (7.5).
    """
    last = pages[-1]
    even = len(pages) % 2 == 0
    if (even or not record.ruled) and _make_room(last, record.height):
        last.record = record
        return
    if even and record.ruled:
        pages.append(Page())
    pages.append(Page(record=record))


def _make_room(page: Page, height: float) -> bool:
    """Whether `height` mm are free at the bottom of a page, its rows having been drawn together where that is enough."""
    if page.free >= height - 0.01:
        return True
    if page.annex or (HEIGHT - page.top - height) / len(page.rows) < SMALLEST_PITCH:
        return False
    page.pitch = (HEIGHT - page.top - height) / len(page.rows)
    return True


# --- annexes ----------------------------------------------------------------------------------------------------------


def _annexes(content: Mapping[str, Any]) -> list[Page]:
    pages = []
    annexes = content.get("annexes") or []
    for index, annex in enumerate(annexes):
        wide = annex.get("orientation") == "landscape"
        width, height = (HEIGHT, WIDTH) if wide else (WIDTH, HEIGHT)
        titles = tuple(break_title(annex["title"], cells=width * MM / TITLE - 0.6, keep=content.get("keep", ())))
        top = PITCH * (2 + len(titles)) + 3.0
        parts = tables.compose(
            annex.get("blocks") or [annex["table"]], width=width, first=height - top, full=height
        )
        label = f"附件{index + 1}" if max(len(annexes), len(content.get("attachments") or ())) > 1 else "附件"
        pages += [
            Page(annex=Annex(tables.draw(part), 0.0, wide))
            if number
            else Page(annex=Annex(tables.draw(part), top, wide, label, titles))
            for number, part in enumerate(parts)
        ]
    return pages
