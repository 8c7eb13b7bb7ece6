"""Outlines of single glyphs, for what is placed by its ink and for seals, which are drawn and not typeset."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from pdf import fonts


@dataclass(frozen=True, slots=True)
class Ink:
    """Vertical reach of a text's ink in em, above (`top`) and below (`bottom`, mostly negative) the baseline."""

    top: float
    bottom: float


@cache
def _font(key: str) -> tuple[TTFont, Any, dict[int, str]]:
    font = TTFont(fonts.faces()[key].path, lazy=True)
    return font, font.getGlyphSet(), font.getBestCmap()


def _face_of(character: str, face: str) -> str:
    if ord(character) in fonts.faces()[face].characters:
        return face
    if ord(character) in fonts.faces()[fonts.FALLBACK[face]].characters:
        return fonts.FALLBACK[face]
    raise fonts.MissingGlyph(character)


@lru_cache(maxsize=256)
def ink(text: str, *, face: str) -> Ink:
    """How far the ink of a text reaches above and below its baseline. Raises MissingGlyph."""
    tops, bottoms = [0.0], [1.0]
    for character in text:
        font, _, cmap = _font(_face_of(character, face))
        glyph = font["glyf"][cmap[ord(character)]]
        if glyph.numberOfContours:
            tops.append(glyph.yMax / 1000)
            bottoms.append(glyph.yMin / 1000)
    return Ink(max(tops), min(bottoms))


class _Operators(BasePen):
    """Writes a glyph as PDF path operators in whole thousandths of an em."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.parts: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - the names are BasePen's
        self.parts.append(f"{pt[0]:.0f} {pt[1]:.0f} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"{pt[0]:.0f} {pt[1]:.0f} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(" ".join(f"{x:.0f} {y:.0f}" for x, y in points) + " c")

    def _closePath(self) -> None:  # noqa: N802
        self.parts.append("h")


@lru_cache(maxsize=1024)
def path(character: str, *, face: str) -> str:
    """A character's outline as PDF path operators, 1000 units an em, ready to be filled. Raises MissingGlyph."""
    _, glyphs, cmap = _font(_face_of(character, face))
    pen = _Operators(glyphs)
    glyphs[cmap[ord(character)]].draw(pen)
    return "\n".join(pen.parts)
