"""Tables, composed by hand: which cell's line stands where, where rows part, where the rules run.

A table engine lays out every cell as a box of its own; here a row of cells is one line of text, put in its columns by
spaces of exact width, and all rules of a page are one drawing. That is five times faster, rows never break, and
Chinese is broken by the same rules as in letters. Everything is in millimetres from the frame's top left corner.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from pdf import engine, fonts
from pdf.typeset import Line, Run, break_lines

MM: Final = 72 / 25.4
#: Text sizes in points with their unit, half the distance between two lines of a cell.
NORMAL, LISTED = (12.0, 2.6), (11.0, 2.4)
PAD: Final = 1.4
LABEL: Final = 20.0  # four characters of a label
PAIRS: Final = 3  # label-and-value pairs that share a row of fields
PHOTO: Final = (35.0, 45.0)
PHOTO_COLUMN, PHOTO_ROWS, PHOTO_SPACE = 38.0, 5, 47.5
TICK: Final = 4.2
_SPACES: Final = (
    (1.0, "\u2003"),
    (0.5, "\u2002"),
    (0.25, "\u2005"),
    (0.125, "\u2009"),
    (0.063, "\u2008"),
    (0.031, "\u200a"),
)


class BadBlock(ValueError):  # noqa: N818 - named for what the reader is told
    """A block is not built as its kind needs; the message says where."""


class Piece(NamedTuple):
    """A line of a cell: its left edge, its text, its face, and letter-spacing in points ("" for none)."""

    x: float
    text: str
    face: str
    spacing: str = ""


@dataclass(slots=True)
class Strip:
    """One row across the frame, `len(lines)` units high; `lines[i]` is what stands on its i-th unit."""

    lines: list[list[Piece]]
    unit: float = NORMAL[1]
    size: float = NORMAL[0]
    bars: tuple[float, ...] = ()  # where vertical rules run through it
    right: float | None = None  # where its lower rule ends, beside a photo
    keep: bool = False  # must stand with the next strip
    head: bool = False  # begins a list's head, repeated on every page
    boxes: tuple[tuple[float, float], ...] = ()  # upper left corners of tick boxes
    picture: tuple[float, float, float, float, str] | None = None
    heads: "tuple[Strip, ...]" = ()  # of a list's row: the head to repeat above it

    @property
    def height(self) -> float:
        """Height in mm."""
        return self.unit * len(self.lines)


@dataclass(slots=True)
class Group:
    """Lines of one size and pitch, as runs of (text, face, spacing)."""

    size: float
    pitch: float
    lines: list[list[tuple[str, str, str]]] = field(default_factory=list)


@dataclass(slots=True)
class Drawn:
    """The part of a table on one page: lines of text, rules as SVG paths, pictures as (x, y, width, height, uri)."""

    strips: list[Strip]
    width: float
    groups: list[Group] = field(default_factory=list)
    thin: str = ""
    frame: str = ""
    pictures: list[tuple[float, float, float, float, str]] = field(default_factory=list)

    @property
    def height(self) -> float:
        """Height in mm."""
        return sum(strip.height for strip in self.strips)


def compose(blocks: Sequence[Mapping[str, Any]], *, width: float, first: float, full: float) -> list[Drawn]:
    """Set blocks in a frame `width` wide, `first` high on the first page and `full` on the others.

    Raises BadBlock, engine.BadPicture, KeyError.
    """
    pages = [Drawn([], width)]
    room = first
    for block in blocks:
        strips = list(_KINDS[block["kind"]](block, width))
        heads = tuple(strip for strip in strips if strip.head)
        for strip in strips:
            strip.heads = () if strip.head else heads
        for unit in _units(strips, full - sum(head.height for head in heads)):
            page = pages[-1]
            high = sum(strip.height for strip in unit)
            if page.height + high > room + 0.01 and page.strips:
                page = _company(page, high, full) if block["kind"] == "signatures" else Drawn([], width)
                room = full
                pages.append(page)
                page.strips += unit[0].heads
            page.strips += unit
    return pages


def _company(page: Drawn, high: float, full: float) -> Drawn:
    """Begin a page for signatures with the last row before them: nobody signs a page that says nothing."""
    last = pull_last(page)
    if last.height + high <= full + 0.01:
        return last
    page.strips += last.strips[len(last.strips[-1].heads) :]
    return Drawn([], page.width)


def pull_last(page: Drawn) -> Drawn:
    """Take the last row of a page to a new page, its list's head above it, so that what follows does not stand alone."""
    cut = len(page.strips) - 1
    while cut > 0 and page.strips[cut - 1].keep:
        cut -= 1
    if cut <= len(page.strips[-1].heads):
        return Drawn([], page.width)
    moved = page.strips[cut:]
    page.strips = page.strips[:cut]
    return Drawn([*moved[0].heads, *moved], page.width)


def text_line(pieces: Sequence[Piece], *, size: float, pitch: float) -> Group:
    """One line outside the frame."""
    return Group(size, pitch, [_runs(pieces, size)])


def draw(page: Drawn) -> Drawn:
    """Work out a page's text groups, rules and pictures from its strips."""
    top, thin = 0.0, []
    for index, strip in enumerate(page.strips):
        bottom = top + strip.height
        if index + 1 < len(page.strips):
            thin.append(f"M0 {bottom:.3f}H{strip.right or page.width:.3f}")
        thin += [f"M{bar:.3f} {top:.3f}V{bottom:.3f}" for bar in strip.bars]
        thin += [f"M{x:.3f} {top + y:.3f}h{TICK}v{TICK}h-{TICK}z" for x, y in strip.boxes]
        if strip.picture:
            x, y, *rest = strip.picture
            page.pictures.append((x, top + y, *rest))  # type: ignore[arg-type]
        _set_lines(page, strip)
        top = bottom
    page.thin = "".join(thin)
    page.frame = f"M0 0H{page.width:.3f}V{top:.3f}H0z"
    return page


def _set_lines(page: Drawn, strip: Strip) -> None:
    single = len(strip.lines) == 3 and not strip.lines[0] and not strip.lines[2]
    pitch = strip.unit * 3 if single else strip.unit
    if not page.groups or (page.groups[-1].size, page.groups[-1].pitch) != (strip.size, pitch):
        page.groups.append(Group(strip.size, pitch))
    for line in strip.lines[1:2] if single else strip.lines:
        page.groups[-1].lines.append(_runs(line, strip.size))


def _runs(pieces: Sequence[Piece], size: float) -> list[tuple[str, str, str]]:
    """Pieces as runs, with spaces before each that bring it to its place."""
    runs: list[tuple[str, str, str]] = []
    reached = 0.0
    for piece in sorted(pieces):
        target = piece.x * MM / size
        gap, reached = _gap(target - reached), max(reached, target)
        if runs and (runs[-1][1], runs[-1][2]) == ("fang", ""):
            runs[-1] = (runs[-1][0] + gap, "fang", "")
        elif gap:
            runs.append((gap, "fang", ""))
        if (piece.face, piece.spacing) == ("fang", "") and runs:
            runs[-1] = (runs[-1][0] + piece.text, "fang", "")
        else:
            runs.append((piece.text, piece.face, piece.spacing))
        reached += fonts.width(piece.text, face=piece.face) + float(piece.spacing or 0) * len(piece.text) / size
    return runs


def _gap(ems: float) -> str:
    text = ""
    for width, space in _SPACES:
        count = max(0, int((ems + 0.0005) / width))
        text += space * count
        ems -= count * width
    return text


def _units(strips: Sequence[Strip], tallest: float) -> Iterator[list[Strip]]:
    """Strips that must stay together; a strip higher than a page is cut where its lines allow."""
    unit: list[Strip] = []
    for strip in strips:
        unit.append(strip)
        if not strip.keep:
            if len(unit) == 1 and strip.height > tallest:
                most = int(tallest / strip.unit)
                yield from (
                    [replace(strip, lines=strip.lines[i : i + most])] for i in range(0, len(strip.lines), most)
                )
            else:
                yield unit
            unit = []
    if unit:
        yield unit


# --- cells ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    x: float
    width: float
    text: str
    face: str = "fang"
    align: str = "left"
    indent: int = 0
    pad: float = PAD


def _broken(cell: _Cell, size: float) -> list[Line]:
    cells = max(1.0, (cell.width - 2 * cell.pad) * MM / size)
    parts = cell.text.splitlines() or [""]
    return [line for part in parts for line in break_lines([Run(part, cell.face)], cells=cells, first=cell.indent)]


def _strip(cells: Sequence[_Cell], *, style: tuple[float, float] = NORMAL, **more: Any) -> Strip:
    """A strip of cells, each centred in height, high enough for the longest."""
    size, unit = style
    broken = [_broken(cell, size) for cell in cells]
    most = max(len(lines) for lines in broken)
    strip = Strip(
        [[] for _ in range(2 * most + 1)], unit, size, bars=tuple(cell.x for cell in cells if cell.x), **more
    )
    for cell, lines in zip(cells, broken, strict=True):
        for index, line in enumerate(lines):
            if line.text:
                strip.lines[most - len(lines) + 2 * index + 1].append(_piece(cell, line, size, first=not index))
    return strip


def _piece(cell: _Cell, line: Line, size: float, *, first: bool) -> Piece:
    room, width = cell.width - 2 * cell.pad, line.width * size / MM
    indent = cell.indent * size / MM if first else 0.0
    shift = {"left": indent, "center": (room - width) / 2, "right": room - width}[cell.align]
    spacing = ""
    if cell.indent and line.filled:  # running text is filled to the edge
        spacing = f"{(room - indent - width) * MM / len(line.text):.2f}"
    return Piece(cell.x + cell.pad + max(0.0, shift), line.text, line.runs[0].face, spacing)


def _heading(block: Mapping[str, Any], width: float, **more: Any) -> list[Strip]:
    text = block.get("heading")
    return [_strip([_Cell(0, width, text, "hei", "center")], keep=True, **more)] if text else []


def _text(value: Any) -> str:
    return "" if value is None else str(value)


# --- kinds ------------------------------------------------------------------------------------------------------------


def _fields(block: Mapping[str, Any], width: float) -> Iterator[Strip]:
    photo, rows = block.get("photo"), block["rows"]
    beside = min(PHOTO_ROWS, len(rows)) if photo else 0
    narrow = width - PHOTO_COLUMN
    strips = []
    for index, row in enumerate(rows):
        right = narrow if index < beside else width
        pair = right / PAIRS
        spans = [int(cell.get("span") or 1) for cell in row]
        if not row or sum(spans) > PAIRS or min(spans) < 1:
            raise BadBlock(f"表格第{index + 1}行的栏目超过{PAIRS}格或为空")
        spans[-1] += PAIRS - sum(spans)
        cells, x = [], 0.0
        for cell, span in zip(row, spans, strict=True):
            cells.append(_Cell(x, LABEL, cell["label"], "hei", "center", pad=0.8))
            cells.append(_Cell(x + LABEL, span * pair - LABEL, _text(cell["value"])))
            x += span * pair
        strips.append(_strip(cells, right=right if index < beside else None, keep=index + 1 < beside))
    if photo:
        _beside_photo(strips[:beside], engine.check_picture(photo), narrow)
    yield from [*_heading(block, width), *strips]


def _beside_photo(strips: Sequence[Strip], photo: str, narrow: float) -> None:
    last = strips[-1]
    last.right = None
    short = PHOTO_SPACE - sum(strip.height for strip in strips)
    for _ in range(-int(-short // (2 * last.unit)) if short > 0 else 0):
        last.lines = [[], *last.lines, []]
    height = sum(strip.height for strip in strips)
    strips[0].picture = (narrow + (PHOTO_COLUMN - PHOTO[0]) / 2, (height - PHOTO[1]) / 2, *PHOTO, photo)
    for strip in strips:
        strip.bars = (*strip.bars, narrow)


def _list(block: Mapping[str, Any], width: float) -> Iterator[Strip]:
    columns = block["columns"]
    shares = [float(column.get("width") or 1) for column in columns]
    lefts, x = [], 0.0
    for share in shares:
        lefts.append(x)
        x += width * share / sum(shares)
    rights = [*lefts[1:], width]

    def row(cells: Sequence[Any], face: str, number: str) -> list[_Cell]:
        if len(cells) != len(columns):
            raise BadBlock(f"清单应有{len(columns)}栏，{number}有{len(cells)}栏")
        return [
            _Cell(left, right - left, _text(cell), face, column.get("align") or "left", pad=1.0)
            for left, right, cell, column in zip(lefts, rights, cells, columns, strict=True)
        ]

    yield from _heading(block, width, head=True)
    head = [replace(cell, align="center") for cell in row([column["label"] for column in columns], "hei", "表头")]
    yield _strip(head, style=LISTED, head=True, keep=bool(block["rows"]))
    totals = block.get("totals")
    last = len(block["rows"]) - 1
    for index, cells in enumerate(block["rows"]):  # totals never stand alone on a page
        yield _strip(row(cells, "fang", f"第{index + 1}行"), style=LISTED, keep=bool(totals) and index == last)
    if totals:
        yield _strip(row(totals, "hei", "合计行"), style=LISTED)


def _statement(block: Mapping[str, Any], width: float) -> Iterator[Strip]:
    yield from _heading(block, width)
    yield _strip([_Cell(0, width, block["text"], indent=2)])


def _ticks(block: Mapping[str, Any], width: float) -> Iterator[Strip]:
    yield from _heading(block, width)
    items = list(block["items"])
    for index in range(0, len(items), 2):
        pair = items[index : index + 2]
        shift = TICK + 3.2
        cells = [
            _Cell(column * width / 2 + shift, width / len(pair) - shift, item["text"])
            for column, item in enumerate(pair)
        ]
        strip = _strip(cells)
        strip.bars = (width / 2,) if len(pair) == 2 else ()
        middle = strip.height / 2
        strip.boxes = tuple((column * width / 2 + 2.4, middle - TICK / 2) for column in range(len(pair)))
        for column, item in enumerate(pair):
            mark = {True: "√", False: "×"}.get(item["ok"], "")
            if mark:
                strip.lines[len(strip.lines) // 2].append(Piece(column * width / 2 + 2.4, mark, "fang"))
        yield strip


def _picture(block: Mapping[str, Any], width: float) -> Iterator[Strip]:
    uri = engine.check_picture(block["data_uri"])
    pixels = engine.picture_size(uri)
    scale = min(110 / pixels[0], 90 / pixels[1])
    wide, high = pixels[0] * scale, pixels[1] * scale
    strip = _strip([_Cell(0, LABEL, block["label"], "hei", "center", pad=0.8), _Cell(LABEL, width - LABEL, "")])
    while strip.height < high + 3:
        strip.lines = [[], *strip.lines, []]
    strip.picture = (LABEL + (width - LABEL - wide) / 2, (strip.height - high) / 2, wide, high, uri)
    yield strip


def _signatures(block: Mapping[str, Any], width: float) -> Iterator[Strip]:
    boxes = block["boxes"]
    share = width / len(boxes)
    strip = Strip([[] for _ in range(9)], bars=tuple(share * index for index in range(1, len(boxes))))
    for index, box in enumerate(boxes):
        x = share * index
        time = box.get("time") or "年　月　日"
        strip.lines[1].append(Piece(x + PAD, f"{box['label']}：", "hei"))
        for number, line in enumerate(
            _broken(_Cell(x + 5, share - 5, _text(box.get("name")), "kai"), NORMAL[0])[:2]
        ):
            strip.lines[3 + 2 * number].append(Piece(x + 5 + PAD, line.text, "kai"))
        day, mark, minute = time.partition("日")
        fits = fonts.width(time) * NORMAL[0] / MM <= share - 2 * PAD
        for at, part in ((7, time),) if fits else ((5, day + mark), (7, minute.strip())):
            strip.lines[at].append(Piece(x + share - PAD - fonts.width(part) * NORMAL[0] / MM, part, "fang"))
    yield strip


_KINDS: Final = {
    "fields": _fields,
    "list": _list,
    "statement": _statement,
    "ticks": _ticks,
    "picture": _picture,
    "signatures": _signatures,
}
