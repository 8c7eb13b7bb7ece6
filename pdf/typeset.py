"""Lines of Chinese text: where they may break, and how a line is filled to the edge.

CSS engines do not justify Chinese, so the lines of a letter are broken here, on a grid of cells one character wide,
by the usual rules (避头尾): no closing mark at the start of a line, no opening mark at its end, numbers and
their units kept whole. A line that comes out short or long by a mark is spaced to end at the edge all the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from pdf import fonts

NOT_FIRST: Final = frozenset("，。、；：？！）》〉】〕」』”’…—％℃·,.;:?!)]}%")
NOT_LAST: Final = frozenset("（《〈【〔「『“‘([{")
#: What is never torn apart: a document number, a number with its unit, a word of Latin letters, a dash, an ellipsis.
_ATOM: Final = re.compile(
    r"〔\d{4}〕\d+号|\d[\d.,:/-]*[年月日时分号名天岁元张份项人％%]?|[A-Za-z][A-Za-z0-9_.@/:-]*|——|……|\s+|.",
    re.DOTALL,
)
#: A line may be squeezed by one mark and no more (0.8 pt a character at 16 pt).
_SQUEEZE: Final = 1.0
#: A line before a long number that may not be torn is left ragged rather than stretched by more than this many em.
_STRETCH: Final = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one face (a key of `pdf.fonts.faces`)."""

    text: str
    face: str = "fang"


@dataclass(frozen=True, slots=True)
class Line:
    """One broken line: its runs, its width in em without spacing, and whether it is to be filled to the edge."""

    runs: tuple[Run, ...]
    width: float
    filled: bool

    @property
    def text(self) -> str:
        """The line's characters."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class _Atom:
    text: str
    face: str
    width: float


def _atoms(runs: Sequence[Run], cells: float) -> list[_Atom]:
    atoms = []
    for run in runs:
        for piece in _ATOM.findall(run.text):
            width = fonts.width(piece, face=run.face)
            if width <= cells:
                atoms.append(_Atom(piece, run.face, width))
            else:  # longer than a line: it cannot be kept whole
                atoms.extend(_Atom(c, run.face, fonts.width(c, face=run.face)) for c in piece)
    return atoms


def _may_part(before: _Atom, after: _Atom) -> bool:
    return before.text[-1] not in NOT_LAST and after.text[0] not in NOT_FIRST


def break_lines(runs: Sequence[Run], *, cells: float, first: float = 0, hanging: float = 0) -> list[Line]:
    """Break runs into lines `cells` em wide.

    The first line is indented by `first` em, the others by `hanging`; the indents are not part of the lines. Always gives
    at least one line, which may be empty.
    """
    atoms = _atoms(runs, cells - max(first, hanging))
    ends: list[int] = []
    while not ends or ends[-1] < len(atoms):
        start = ends[-1] if ends else 0
        ends.append(_line_end(atoms, start, cells - (hanging if ends else first)))
        if not atoms:
            return [Line((), 0, filled=False)]
    _no_lone_character(atoms, ends)
    lines: list[Line] = []
    for start, end in pairwise([0, *ends]):
        room = cells - (hanging if lines else first)
        taken = atoms[start:end]
        width = sum(atom.width for atom in taken)
        filled = (end < len(atoms) and room - width <= _STRETCH) or width > room
        lines.append(Line(_merge(taken), width, filled))
    return lines


def _no_lone_character(atoms: Sequence[_Atom], ends: list[int]) -> None:
    """Give a last line of one character and a mark a second character from the line above, where it may part there."""
    if len(ends) < 2:
        return
    last = "".join(atom.text for atom in atoms[ends[-2] :])
    cut = ends[-2] - 1
    above = ends[-3] if len(ends) > 2 else 0
    if (
        len(last.rstrip("".join(NOT_FIRST))) == 1
        and cut > above + 1
        and len(atoms[cut].text) == 1
        and (_may_part(atoms[cut - 1], atoms[cut]))
    ):
        ends[-2] = cut


def _line_end(atoms: Sequence[_Atom], start: int, room: float) -> int:
    """Index after the last atom of the line that begins at `start`."""
    width, best, cost = 0.0, start, float("inf")
    for index in range(start, len(atoms)):
        width += atoms[index].width
        over = width - room
        if over > _SQUEEZE:
            break
        final = index + 1 == len(atoms)
        if final and over <= 0:
            return index + 1
        if not final and not _may_part(atoms[index], atoms[index + 1]):
            continue
        if over > 0 and atoms[index].text[-1] not in NOT_FIRST:
            break
        if abs(over) < cost:
            best, cost = index + 1, abs(over)
    if best > start:
        return best
    # Nothing but marks and unbreakable pieces: fill the line as far as it goes.
    width = 0.0
    for index in range(start, len(atoms)):
        width += atoms[index].width
        if width > room:
            return max(index, start + 1)
    return len(atoms)


def _merge(atoms: Sequence[_Atom]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for atom in atoms:
        if runs and runs[-1].face == atom.face:
            runs[-1] = Run(runs[-1].text + atom.text, atom.face)
        else:
            runs.append(Run(atom.text, atom.face))
    return tuple(runs)


# --- titles -----------------------------------------------------------------------------------------------------------

#: Words of these papers' titles that a line break must not tear (GB/T 9704-2012 7.3.1: 词意完整).
WORDS: Final = tuple((Path(__file__).with_name("data") / "words.txt").read_text("utf-8").split())
_BAD_START: Final = frozenset("的和与及等至于了")
_BAD_END: Final = ("关于", "将", "至", "由", "对", "和", "与", "及", "1名")


def _words(title: str, keep: Sequence[str]) -> list[str]:
    """Cut a title into pieces that stay whole, longest known word first."""
    known = sorted({*WORDS, *(word for word in keep if len(word) > 1)}, key=lambda word: (-len(word), word))
    shapes = [r"《[^》]{1,14}》", r"〔\d{4}〕\d+号", r"\d+[年月日名人次]?", r"[A-Za-z][\w-]*", "."]
    return re.findall("|".join([*map(re.escape, known), *shapes]), title)


def break_title(title: str, *, cells: float, keep: Sequence[str] = ()) -> list[str]:
    """Break a title into lines of at most `cells` em, as a trapezium or a rhombus, no word torn.

    `keep` names further words that stay whole: organs, persons. GB/T 9704-2012 7.3.1.
    """
    if fonts.width(title, face="song") <= cells:
        return [title]
    words: list[str] = []
    for word in _words(title, [word for word in keep if fonts.width(word, face="song") <= cells]):
        if words and (word[0] in NOT_FIRST or words[-1][-1] in NOT_LAST):
            words[-1] += word
        else:
            words.append(word)
    widths = [fonts.width(word, face="song") for word in words]
    total = sum(widths)
    fewest = int(-(-total // cells))
    best: tuple[float, list[str]] | None = None
    for count in range(fewest, fewest + 3):
        for cost, lines in _splits(words, widths, count, cells):
            full = cost + 6 * (count - fewest) + _shape(lines)
            if best is None or full < best[0]:
                best = full, lines
        if best and best[0] < 12:
            break
    if best is None:  # a word longer than a line
        return [line.text for line in break_lines([Run(title, "song")], cells=cells)]
    return best[1]


def _splits(
    words: Sequence[str],
    widths: Sequence[float],
    count: int,
    cells: float,
) -> list[tuple[float, list[str]]]:
    """Every way to set the words in `count` lines, with the cost of its break points."""
    found: list[tuple[float, list[str]]] = []

    def extend(start: int, lines: list[str], cost: float) -> None:
        left = count - len(lines)
        if left == 1:
            if sum(widths[start:]) <= cells:
                found.append((cost, [*lines, "".join(words[start:])]))
            return
        width = 0.0
        for end in range(start + 1, len(words)):
            width += widths[end - 1]
            if width > cells:
                break
            if sum(widths[end:]) > (left - 1) * cells or width < 4:
                continue
            line = "".join(words[start:end])
            part = 0.0
            part += 5 if words[end][0] in _BAD_START else 0
            part += 5 if line.endswith(_BAD_END) else 0
            part += 2 if len(words[end - 1]) == 1 and len(words[end]) == 1 else 0
            part -= 2 if words[end] == "关于" else 0
            extend(end, [*lines, line], cost + part)

    extend(0, [], 0)
    return found


def _shape(lines: Sequence[str]) -> float:
    """Cost of the outline: trapezium and rhombus are free, an hourglass and very uneven lines are not."""
    lengths = [fonts.width(line, face="song") for line in lines]
    spread = max(lengths) - min(lengths)
    cost = 0.4 * max(0, spread - 6) + (1 if spread < 1 else 0)
    middle = lengths[1:-1]
    if middle and min(middle) < min(lengths[0], lengths[-1]) - 0.5:
        cost += 8
    return cost + (6 if lengths[-1] < 4 else 0)
