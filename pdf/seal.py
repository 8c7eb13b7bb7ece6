"""The visible seal: where it sits and how it is drawn.

A sample seal (样章) is drawn here as vector outlines: a red circle, a star, the organ's name on the arc and 样章 below the
star. A real seal is never kept in the product; where an organ has its own electronic seal, its picture is given.
"""

import io
import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image

from pdf import outlines

MM: Final = 72 / 25.4
RED: Final = "0.83 0 0"
_CIRCLE: Final = 0.5522847498  # a quarter of a circle as one Bézier curve


@dataclass(frozen=True, slots=True)
class SealBox:
    """Where the seal sits: page index from 0, lower left corner, width and height, all in points from the page's corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SealArt:
    """A drawn seal: a deflated PDF content stream in a `width` by `height` box of points, or a picture's bytes.

    For a picture, `stream` holds deflated RGB samples, `mask` the deflated alpha samples and `pixels` their size.
    """

    width: float
    height: float
    stream: bytes
    mask: bytes = b""
    pixels: tuple[int, int] = (0, 0)


@lru_cache(maxsize=64)
def sample_seal(text: str, *, diameter_mm: float = 42, star: bool = True) -> SealArt:
    """Draw a sample seal (样章) for an organ. Raises pdf.fonts.MissingGlyph."""
    radius = diameter_mm / 2
    parts = [f"{MM:.5f} 0 0 {MM:.5f} {radius * MM:.3f} {radius * MM:.3f} cm", f"{RED} rg {RED} RG"]
    parts.append(_ring(radius - 0.6, 1.2))
    if star:
        parts.append(_star(diameter_mm / 6))
    parts += _arc(text, radius)
    size = 5.2 if star else 6.5
    parts += [
        _glyph(c, size, size, (i - 1) * (size + 1.2) + 0.6, -0.62 * radius if star else -size / 2, 0)
        for i, c in enumerate("样章")
    ]
    stream = "\n".join(parts).encode("ascii")
    return SealArt(diameter_mm * MM, diameter_mm * MM, zlib.compress(stream, 9))


def _ring(radius: float, line: float) -> str:
    r, k = radius, radius * _CIRCLE
    return (
        f"{line:.2f} w {r:.3f} 0 m {r:.3f} {k:.3f} {k:.3f} {r:.3f} 0 {r:.3f} c "
        f"{-k:.3f} {r:.3f} {-r:.3f} {k:.3f} {-r:.3f} 0 c {-r:.3f} {-k:.3f} {-k:.3f} {-r:.3f} 0 {-r:.3f} c "
        f"{k:.3f} {-r:.3f} {r:.3f} {-k:.3f} {r:.3f} 0 c h S"
    )


def _star(radius: float) -> str:
    inner = radius * 0.381966
    points = [
        (
            math.sin(i * math.pi / 5) * (inner if i % 2 else radius),
            math.cos(i * math.pi / 5) * (inner if i % 2 else radius),
        )
        for i in range(10)
    ]
    first, *others = (f"{x:.3f} {y:.3f}" for x, y in points)
    return f"{first} m " + " ".join(f"{point} l" for point in others) + " h f"


def _arc(text: str, radius: float) -> list[str]:
    """The name along the ring, its characters upright to the centre, narrower the more there are."""
    height = radius * 0.27
    baseline = radius - 2.4 - height * 0.9
    span = math.radians(min(264, 26 * max(len(text) - 1, 1)))
    step = span / max(len(text) - 1, 1)
    width = min(height, step * (baseline + height * 0.3) * 0.98)
    return [
        _glyph(character, width, height, -width / 2, baseline, span / 2 - step * index if len(text) > 1 else 0)
        for index, character in enumerate(text)
    ]


def _glyph(character: str, width: float, height: float, x: float, y: float, angle: float) -> str:
    """One filled glyph, `width` by `height` mm an em, its origin at (x, y) turned by `angle` about the centre."""
    cos, sin = math.cos(angle), math.sin(angle)
    w, h = width / 1000, height / 1000
    e, f = x * cos - y * sin, x * sin + y * cos
    return (
        f"q {w * cos:.6f} {w * sin:.6f} {-h * sin:.6f} {h * cos:.6f} {e:.3f} {f:.3f} cm\n"
        f"{outlines.path(character, face='song')}\nf Q"
    )


def picture_seal(data: bytes, *, diameter_mm: float = 42) -> SealArt:
    """An organ's own seal from a PNG picture, at most 600 pixels wide. Raises ValueError when it is no picture."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            image = opened.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError("印章图片不是可读的PNG文件") from error
    image.thumbnail((600, 600))
    side = diameter_mm * MM
    return SealArt(
        side,
        side,
        zlib.compress(image.convert("RGB").tobytes()),
        zlib.compress(image.getchannel("A").tobytes()),
        image.size,
    )
