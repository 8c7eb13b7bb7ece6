"""Papers that are tables: forms, registers, internal sheets. Title, number line, the framed table, seal, foot.

All distances are in millimetres from the top left corner of the page's content box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pdf import fonts, tables
from pdf.letter import PENDING_DATE, SEAL_RISE
from pdf.tables import MM, Drawn, Group, Piece
from pdf.typeset import break_title

#: Content box by orientation: width, height, left and top margin, paper height.
BOXES: Final = {"portrait": (165.0, 247.0, 25.0, 25.0, 297.0), "landscape": (257.0, 160.0, 20.0, 25.0, 210.0)}
TITLE_ROW, SEALING = 10.2, 44.0


@dataclass(slots=True)
class Page:
    """One page: titles, lines of text at their heights, the table, and what the margins carry."""

    table: Drawn
    top: float  # of the table
    titles: list[str] = field(default_factory=list)
    texts: list[tuple[float, Group]] = field(default_factory=list)
    pending: tuple[float, float, str] | None = None  # a date not yet set: left edge, height, text
    running: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A composed table paper; `seal` is page index, centre from the paper's left and bottom edges in mm, diameter."""

    pages: list[Page]
    orientation: str
    seal: tuple[int, float, float, float] | None


def compose(content: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]]) -> Sheet:
    """Compose a table paper. Raises what tables.compose raises."""
    orientation = content.get("orientation") or "portrait"
    width, height, left, top, paper = BOXES[orientation]
    titles = break_title(content["title"], cells=width * MM / 22 - 0.6, keep=content.get("keep", ()))
    texts, start = _above(content, titles, width)
    drawn = tables.compose(blocks, width=width, first=height - start, full=height)
    pages = [Page(part, 0.0, running=f"{content['title']}（续）") for part in drawn]
    pages[0].top, pages[0].titles, pages[0].texts, pages[0].running = start, titles, texts, ""
    tail = _below(content, width)
    if pages[-1].top + pages[-1].table.height + tail.height > height:
        pages.append(Page(tables.pull_last(pages[-1].table), 0.0, running=f"{content['title']}（续）"))
    last = pages[-1]
    y = last.top + last.table.height
    last.texts += [(y + offset, group) for offset, group in tail.texts]
    if tail.pending:
        x, offset, text = tail.pending
        last.pending = x, y + offset, text
    for number, page in enumerate(pages, 1):
        page.number = number
        tables.draw(page.table)
    seal = content.get("seal")
    place = None
    if seal and tail.centre:
        middle = paper - (top + y + tail.middle - SEAL_RISE)
        place = len(pages) - 1, left + tail.centre, middle, float(seal.get("diameter_mm") or 42)
    return Sheet(pages, orientation, place)


def _above(
    content: Mapping[str, Any], titles: Sequence[str], width: float
) -> tuple[list[tuple[float, Group]], float]:
    """Number line and filters, and the height at which the table begins."""
    texts = []
    y = TITLE_ROW * len(titles) + 3.0
    line = content.get("number_line") or {}
    if line.get("left") or line.get("right"):
        texts.append(
            (
                y,
                tables.text_line(
                    _ends(line.get("left") or "", line.get("right") or "", width, 14.0), size=14.0, pitch=7.0
                ),
            )
        )
        y += 8.0
    if filters := content.get("filters"):
        texts.append((y, tables.text_line([Piece(0.0, filters, "fang")], size=11.0, pitch=5.5)))
        y += 6.5
    return texts, y


def _ends(left: str, right: str, width: float, size: float) -> list[Piece]:
    pieces = [Piece(0.0, left, "fang")] if left else []
    return [*pieces, Piece(width - fonts.width(right) * size / MM, right, "fang")] if right else pieces


@dataclass(slots=True)
class _Tail:
    height: float = 0.0
    texts: list[tuple[float, Group]] = field(default_factory=list)
    pending: tuple[float, float, str] | None = None
    centre: float = 0.0
    middle: float = 0.0


def _below(content: Mapping[str, Any], width: float) -> _Tail:
    """Name and date with room for the seal, the foot, the digest."""
    tail = _Tail()
    seal = content.get("seal") or {}
    if name := content.get("signed_by") or seal.get("text"):
        date = content.get("signed_date") or PENDING_DATE
        size, row = 14.0, 9.5
        widths = [fonts.width(text) * size / MM for text in (name, date)]
        tail.centre, tail.middle = width - max(30.0, max(widths) / 2 + 6.0), 26.5
        tail.texts.append(
            (
                tail.middle - row,
                tables.text_line([Piece(tail.centre - widths[0] / 2, name, "fang")], size=size, pitch=row),
            )
        )
        if content.get("signed_date"):
            tail.texts.append(
                (
                    tail.middle,
                    tables.text_line([Piece(tail.centre - widths[1] / 2, date, "fang")], size=size, pitch=row),
                )
            )
        else:
            tail.pending = tail.centre - widths[1] / 2, tail.middle, date
        tail.height = SEALING
    entries = [f"{label}：{name or ''}" for label, name in content.get("foot") or []]
    if copies := content.get("copies"):
        entries.append(copies)
    for line in _foot(entries, width):
        tail.texts.append((tail.height + 2.0, tables.text_line(line, size=12.0, pitch=6.0)))
        tail.height += 8.0
    if digest := content.get("sha256"):
        tail.texts.append(
            (
                tail.height + 2.0,
                tables.text_line([Piece(0.0, f"PDF指纹（SHA-256）：{digest}", "fang")], size=9.0, pitch=5.0),
            )
        )
        tail.height += 7.0
    return tail


def _foot(entries: Sequence[str], width: float) -> list[list[Piece]]:
    """Entries spread over the width, as many to a line as fit."""
    lines: list[list[str]] = []
    for entry in entries:
        if lines and sum(map(_width, [*lines[-1], entry])) + 4.0 * len(lines[-1]) <= width:
            lines[-1].append(entry)
        else:
            lines.append([entry])
    made = []
    for line in lines:
        gap = (width - sum(map(_width, line))) / max(1, len(line) - 1)
        x, pieces = 0.0, []
        for entry in line:
            pieces.append(Piece(x, entry, "fang"))
            x += _width(entry) + gap
        made.append(pieces)
    return made


def _width(text: str) -> float:
    return fonts.width(text) * 12.0 / MM
