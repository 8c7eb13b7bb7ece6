"""The faces a paper is set in: where they are, what they can draw, how wide their characters are.

The fonts are built once, at set-up, by `python -m pdf.fonts` (see `pdf.fontbuild`) into `pdf/fonts/`, and named from there
by absolute path. Nothing is ever taken from the system's own fonts: a missing file or a character that no face
can draw is an error with a name, never a silent replacement.
"""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

FOLDER: Final = Path(__file__).resolve().parent / "fonts"
METRICS: Final = "metrics.json"
FONTCONFIG: Final = "fonts.conf"

#: The fallback of each face, by weight of line: LXGW WenKai Light beside 仿宋 and 楷体, Bold beside 小标宋 and 黑体.
FALLBACK: Final = {
    "fang": "rare",
    "kai": "rare",
    "figures": "rare",
    "song": "rare_bold",
    "hei": "rare_bold",
}


class FontsMissing(RuntimeError):  # noqa: N818 - named for what is wrong
    """A built font is not where it must be; the message names the file and the command that builds it."""


class MissingGlyph(ValueError):  # noqa: N818 - named for what is missing
    """No face can draw a character. `character` and `code_point` say which."""

    def __init__(self, character: str) -> None:
        self.character = character
        self.code_point = f"U+{ord(character):04X}"
        super().__init__(f"字库中没有“{character}”（{self.code_point}），无法排印，请核对或改用通用规范汉字")


class Coverage:
    """The characters of a face: a flag for each code point up to the third plane, 200 kB where a set takes 2 MB."""

    __slots__ = ("_flags",)

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._flags = bytearray(0x40000)
        for first, last in ranges:
            self._flags[first : last + 1] = b"\x01" * (last + 1 - first)

    def __contains__(self, point: int) -> bool:
        return point < 0x40000 and self._flags[point] == 1


@dataclass(frozen=True, slots=True)
class Face:
    """One built face.

    `advances` holds, in thousandths of an em, the width of every character that is not exactly one em wide.
    """

    key: str
    family: str
    path: Path
    characters: Coverage
    advances: dict[int, int]

    def advance(self, character: str) -> float:
        """Width of one character in em."""
        return self.advances.get(ord(character), 1000) / 1000


@cache
def faces(folder: Path = FOLDER) -> dict[str, Face]:
    """All built faces by key, each file seen to be there and of the size it was built with.

    Raises FontsMissing, naming the file.
    """
    listing = folder / METRICS
    if not listing.is_file():
        raise FontsMissing(f"{listing} is missing: run `python -m pdf.fonts`")
    found: dict[str, Face] = {}
    for key, entry in json.loads(listing.read_text("utf-8"))["faces"].items():
        path = folder / entry["file"]
        if not path.is_file() or path.stat().st_size != entry["bytes"]:
            raise FontsMissing(f"{path} is missing or damaged: run `python -m pdf.fonts`")
        advances = {int(point): width for point, width in entry["advances"].items()}
        found[key] = Face(key, entry["family"], path, Coverage(entry["ranges"]), advances)
    return found


def check_all(texts: Iterable[str]) -> None:
    """Raise MissingGlyph for the first character of any text that the faces cannot draw.

    The faces hold the same characters and so do their fallbacks, so the answer is the same for every face.
    """
    main, rare = faces()["fang"].characters, faces()["rare"].characters
    for character in sorted(set().union(*texts)):
        point = ord(character)
        if point not in main and point not in rare and character not in "\n\r\t\u200b":
            raise MissingGlyph(character)


class _Widths(dict[str, float]):
    """Widths in em of a face's characters, looked up once each."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.main, self.rare = faces()[key], faces()[FALLBACK[key]]

    def __missing__(self, character: str) -> float:
        face = self.main if ord(character) in self.main.characters else self.rare
        self[character] = face.advance(character)
        return self[character]


_widths = cache(_Widths)


def width(text: str, *, face: str = "fang") -> float:
    """Width of a text in em, without letter-spacing."""
    return sum(map(_widths(face).__getitem__, text))


def fontconfig_file(folder: Path = FOLDER) -> Path:
    """The private fontconfig file, which names the built fonts by absolute path and nothing else.

    Written again when the folder has been moved. Raises FontsMissing.
    """
    known = faces(folder)
    path = folder / FONTCONFIG
    accepted = "".join(f"<glob>{escape(str(face.path))}</glob>" for face in known.values())
    wanted = (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{escape(str(folder))}</dir>\n  <cachedir>{escape(str(folder / 'cache'))}</cachedir>\n"
        f"  <selectfont><rejectfont><glob>*</glob></rejectfont><acceptfont>{accepted}</acceptfont></selectfont>\n"
        "</fontconfig>\n"
    )
    if not path.is_file() or path.read_text("utf-8") != wanted:
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(wanted, "utf-8")
        draft.replace(path)
    return path


def build(target: Path = FOLDER) -> None:
    """Build the fonts into `target` from Debian's packages; does nothing when they are already there.

    Takes about half a minute on two cores. Raises FontsMissing when a package cannot be had.
    """
    from pdf import fontbuild  # noqa: PLC0415 - fontTools is needed at set-up only

    fontbuild.build(target)
    faces.cache_clear()
    _widths.cache_clear()
    fontconfig_file(target)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
