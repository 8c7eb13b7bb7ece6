"""Set-up only: make the fonts of `pdf.fonts` from Debian's packages.

Fandol (仿宋, 小标宋, 黑体, 楷体; GPL with font exception) comes from texlive-lang-chinese, fetched and unpacked
without installing TeX. LXGW WenKai (OFL) comes from fonts-lxgw-wenkai, from the system where it is installed. Every face

* becomes TrueType: a letter is a sixth smaller and every engine can embed it;
* holds GB 2312 and symbols, commonest characters first, so that the tables of a subset stay short;
* gets one family name and the same ascent and descent, so that mixed lines keep one baseline.
"""

import gc
import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import uharfbuzz as harfbuzz
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from pdf.fonts import METRICS, FontsMissing

#: Raise by one whenever the result would differ: old fonts are then built anew.
RECIPE: Final = 3
ASCENT, DESCENT = 880, -120
#: 2024-01-01 in seconds since 1904: a fixed stamp, so that the same originals give the same bytes.
STAMP: Final = 3_786_912_000
#: Greatest distance of a converted outline from the original, in thousandths of an em (0.006 mm at 16 pt).
MAX_ERROR: Final = 1.0
FIGURES: Final = "0123456789-–—()/.:, "
#: Spaces of stepped widths, in thousandths of an em, with which pdf.tables puts text anywhere on a line.
SPACES: Final = {0x2003: 1000, 0x2002: 500, 0x2005: 250, 0x2009: 125, 0x2008: 63, 0x200A: 31}
COMMON: Final = Path(__file__).with_name("data") / "common.txt"


@dataclass(frozen=True, slots=True)
class Source:
    """One face to build: its package, the file in it, and the name it gets."""

    key: str
    family: str
    package: str
    file: str


FANDOL: Final = "texlive-lang-chinese"
LXGW: Final = "fonts-lxgw-wenkai"
SOURCES: Final = (
    Source("fang", "Relief Fangsong", FANDOL, "FandolFang-Regular.otf"),
    Source("song", "Relief Song", FANDOL, "FandolSong-Bold.otf"),
    Source("hei", "Relief Hei", FANDOL, "FandolHei-Regular.otf"),
    Source("kai", "Relief Kai", FANDOL, "FandolKai-Regular.otf"),
    Source("figures", "Relief Figures", FANDOL, "FandolSong-Regular.otf"),
    Source("rare", "Relief Rare", LXGW, "LXGWWenKai-Light.ttf"),
    Source("rare_bold", "Relief Rare Bold", LXGW, "LXGWWenKai-Bold.ttf"),
)


def build(target: Path) -> None:
    """Build every face into `target`, two at a time; nothing to do when this recipe's fonts are there."""
    target.mkdir(parents=True, exist_ok=True)
    if _ready(target):
        return
    with (
        tempfile.TemporaryDirectory(dir=target, prefix="build-") as scratch,
        ProcessPoolExecutor(2, initializer=gc.disable) as pool,  # all that is made lives until it is written
    ):
        work = Path(scratch)
        files = _gather(work)
        making = {FANDOL: _main_face, LXGW: _rare_face}
        # The largest first, so that both processes end together.
        order = sorted(SOURCES, key=lambda s: (s.package == FANDOL, files[s.file].stat().st_size), reverse=True)
        jobs = [pool.submit(making[s.package], s, files[s.file], work) for s in order]
        entries = dict(job.result() for job in jobs)
        for source in SOURCES:
            (work / entries[source.key]["file"]).replace(target / entries[source.key]["file"])
        for licence in work.glob("LICENCE-*"):
            licence.replace(target / licence.name)
        listing = work / METRICS
        listing.write_text(
            json.dumps({"recipe": RECIPE, "faces": {s.key: entries[s.key] for s in SOURCES}}), "utf-8"
        )
        listing.replace(target / METRICS)


def _ready(target: Path) -> bool:
    listing = target / METRICS
    if not listing.is_file():
        return False
    known = json.loads(listing.read_text("utf-8"))
    return known["recipe"] == RECIPE and all(
        (target / entry["file"]).is_file() and (target / entry["file"]).stat().st_size == entry["bytes"]
        for entry in known["faces"].values()
    )


# --- where the originals come from ------------------------------------------------------------------------------------


def _gather(work: Path) -> dict[str, Path]:
    """Original files by name, from installed packages or from downloaded ones."""
    files: dict[str, Path] = {}
    for package in (LXGW, FANDOL):
        wanted = [source.file for source in SOURCES if source.package == package]
        places = [Path("/usr/share/fonts"), Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")]
        found = {name: hit for name in wanted for place in places if place.is_dir() for hit in place.rglob(name)}
        documents = Path("/usr/share/doc") / package
        if len(found) < len(wanted):
            root = _unpack(package, work)
            found = {name: hit for name in wanted for hit in root.rglob(name)}
            documents = root / "usr/share/doc" / package
        if missing := [name for name in wanted if name not in found]:
            raise FontsMissing(f"{missing[0]} is not in the Debian package {package}")
        files |= found
        if (documents / "copyright").is_file():
            shutil.copyfile(documents / "copyright", work / f"LICENCE-{package}")
    return files


def _unpack(package: str, work: Path) -> Path:
    """Fetch a Debian package and unpack only its fonts and its copyright notice; nothing is installed."""
    folder = work / package
    folder.mkdir()
    fetch = ["apt-get", "download", "-q", package]
    if subprocess.run(fetch, cwd=folder, check=False, capture_output=True).returncode:
        subprocess.run(["apt-get", "update", "-q"], check=False, capture_output=True)
        again = subprocess.run(fetch, cwd=folder, check=False, capture_output=True, text=True)
        if again.returncode:
            raise FontsMissing(f"the Debian package {package} cannot be fetched: {again.stderr.strip()}")
    archive = next(folder.glob("*.deb"))
    patterns = ["*/fandol/Fandol*.otf", "*/lxgw-wenkai/*.ttf", f"./usr/share/doc/{package}/copyright"]
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", archive.name], cwd=folder, stdout=subprocess.PIPE
    ) as stream:
        subprocess.run(
            ["tar", "x", "--wildcards", *patterns],
            cwd=folder,
            stdin=stream.stdout,
            check=False,
            stderr=subprocess.DEVNULL,
        )
    archive.unlink()
    return folder


# --- what a face holds ------------------------------------------------------------------------------------------------


def _gb2312() -> list[int]:
    """The code points of GB 2312 in its own order: symbols, then the 3,755 commoner, then 3,008 rarer characters."""
    points = []
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                points.append(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return points


def _repertoire() -> list[int]:
    """What a main face should hold, commonest first."""
    first = [ord(c) for c in COMMON.read_text("utf-8") if not c.isspace()]
    symbols = [
        *range(0x20, 0x7F),
        0xB7,
        0xD7,
        *range(0x2010, 0x2027),
        *range(0x3000, 0x3020),
        *range(0xFF01, 0xFF5F),
    ]
    return list(dict.fromkeys([*symbols, *first, *_gb2312()]))


def _entry(source: Source, path: Path, font: TTFont) -> tuple[str, dict[str, Any]]:
    cmap = font.getBestCmap()
    widths = font["hmtx"].metrics
    return source.key, {
        "family": source.family,
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "ranges": _ranges(cmap),
        "advances": {point: widths[name][0] for point, name in cmap.items() if widths[name][0] != 1000},
    }


def _ranges(points: Iterable[int]) -> list[list[int]]:
    ordered = sorted(points)
    breaks = [i + 1 for i, (a, b) in enumerate(pairwise(ordered)) if b != a + 1]
    return [[ordered[i], ordered[j - 1]] for i, j in pairwise([0, *breaks, len(ordered)])]


def _names(family: str) -> dict[str, str]:
    return {
        "familyName": family,
        "styleName": "Regular",
        "uniqueFontIdentifier": family,
        "fullName": family,
        "psName": family.replace(" ", ""),
        "version": f"Version {RECIPE}.0",
    }


def _main_face(source: Source, original: Path, work: Path) -> tuple[str, dict[str, Any]]:
    """Convert a Fandol face (CFF, 1000 units an em) to TrueType."""
    drawn = harfbuzz.Font(_face(original))  # reads outlines in a tenth of fontTools' time
    with TTFont(original) as font:
        cmap, widths = dict(font.getBestCmap()), font["hmtx"].metrics
        points = [ord(c) for c in FIGURES] if source.key == "figures" else _repertoire()
        points = [point for point in points if point in cmap and point not in SPACES]
        order = [".notdef", *dict.fromkeys(cmap[point] for point in points)]
        outlines = {}
        for name in order:
            pen = TTGlyphPen(None)
            drawn.draw_glyph_with_pen(font.getGlyphID(name), Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
            outlines[name] = pen.glyph()
        advances = {name: widths[name][0] for name in order}
    if source.key == "fang":
        for point, advance in SPACES.items():
            name = f"space{point:04X}"
            order.append(name)
            outlines[name], advances[name], cmap[point] = TTGlyphPen(None).glyph(), advance, name
        points = [*dict.fromkeys([*points, *SPACES])]
    short = {name: f"g{index}" if index else name for index, name in enumerate(order)}
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([short[name] for name in order])
    made.setupCharacterMap({point: short[cmap[point]] for point in points})
    made.setupGlyf({short[name]: glyph for name, glyph in outlines.items()})
    made.setupHorizontalMetrics(
        {short[name]: (advances[name], getattr(outlines[name], "xMin", 0)) for name in order}
    )
    _finish(made, source.family)
    path = work / f"{source.key}.ttf"
    made.save(path)
    return _entry(source, path, made.font)


def _finish(made: FontBuilder, family: str) -> None:
    made.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT, lineGap=0)
    made.setupNameTable(_names(family))
    made.setupOS2(
        sTypoAscender=ASCENT,
        sTypoDescender=DESCENT,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=-DESCENT,
        usWeightClass=400,
        fsSelection=0x40,
    )
    made.setupPost(keepGlyphNames=False)
    made.font["head"].created = made.font["head"].modified = STAMP
    made.font.recalcTimestamp = False


def _rare_face(source: Source, original: Path, work: Path) -> tuple[str, dict[str, Any]]:
    """Keep of LXGW WenKai what GB 2312 lacks, the digits and letters, and every symbol."""
    common = {point for point in _gb2312() if point >= 0x4E00}
    with TTFont(original, lazy=True) as whole:
        points = [point for point in whole.getBestCmap() if point not in common]
    path = work / f"{source.key}.ttf"
    path.write_bytes(_subset(original, points))
    font = TTFont(path, recalcBBoxes=False, recalcTimestamp=False)
    made = FontBuilder(font=font)
    for table in ("vhea", "vmtx", "BASE", "gasp"):
        if table in font:
            del font[table]
    del font["name"]
    font["head"].created = font["head"].modified = STAMP
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ASCENT, DESCENT, 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ASCENT, DESCENT, 0
    os2.usWinAscent, os2.usWinDescent, os2.usWeightClass, os2.fsSelection = ASCENT, -DESCENT, 400, 0x40
    made.setupNameTable(_names(source.family))
    font.save(path)
    return _entry(source, path, font)


def _subset(original: Path, points: list[int]) -> bytes:
    """Keep the glyphs of these code points and no layout feature, so that no alternate glyphs are drawn in."""
    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.update(points)
    wanted.sets(harfbuzz.SubsetInputSets.LAYOUT_FEATURE_TAG).clear()
    return bytes(harfbuzz.subset(_face(original), wanted).blob.data)


def _face(original: Path) -> harfbuzz.Face:
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(str(original)))
