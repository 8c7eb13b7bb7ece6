"""WeasyPrint, kept in one place: its fonts, its style sheets, what it may fetch, and that it is complete.

One process keeps one font configuration and one parsed style sheet per face; that alone makes a letter 1.6 times faster and saves
150 MB (fonts given by @font-face would be copied and parsed for every document).
"""

import base64
import binascii
import ctypes
import gc
import io
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from PIL import Image

from pdf import fonts, tuning

STYLES: Final = Path(__file__).resolve().parent / "styles"
_PICTURE: Final = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/]+={0,2})")
#: The style sheets that make up each style.
STYLE_PARTS: Final = {
    "letter": ("base", "letter"),
    "table": ("base", "letter", "table"),
    "poster": ("base", "poster"),
    "notice": ("base", "letter", "notice"),
}
#: Pango's font map is shared by all documents and is not made for two threads at once.
_ONE_AT_A_TIME: Final = threading.Lock()
_GREATEST_SIDE: Final = 12_000


class EngineIncomplete(RuntimeError):  # noqa: N818 - named for what is wrong
    """A system library that the renderer needs is not installed; the message names it and its package."""


class FetchRefused(RuntimeError):  # noqa: N818 - named for what happened
    """The markup of a face asked for something from outside; the message names it. Papers as built here never do."""


class BadPicture(ValueError):  # noqa: N818 - named for what is wrong
    """A picture is not a readable PNG or JPEG given as a data: URI."""


def _assert_subsetter() -> None:
    """Without libharfbuzz-subset WeasyPrint falls back to a subsetter that takes thirteen times as long."""
    try:
        ctypes.CDLL("libharfbuzz-subset.so.0")
    except OSError as error:
        raise EngineIncomplete(
            "libharfbuzz-subset.so.0 is missing: install the Debian package libharfbuzz-subset0"
        ) from error


@cache
def _weasyprint() -> Any:
    """WeasyPrint, imported once, with fontconfig told to know the built fonts only."""
    _assert_subsetter()
    os.environ["FONTCONFIG_FILE"] = str(fonts.fontconfig_file())
    import weasyprint  # noqa: PLC0415 - fontconfig reads its environment when WeasyPrint is imported
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class PicturesOnly(URLFetcher):
        """Fetches nothing but PNG and JPEG pictures in data: URIs; everything else stops the rendering."""

        def __init__(self) -> None:
            super().__init__(fail_on_errors=True)

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - the base class asks for it
            found = _PICTURE.fullmatch(url)
            if not found:
                raise PermissionError(url[:80])
            return URLFetcherResponse(url, base64.b64decode(found[2]), {"Content-Type": f"image/{found[1]}"})

    tuning.apply(weasyprint)
    weasyprint.pdf_fetcher = PicturesOnly()
    weasyprint.pdf_fonts = FontConfiguration()
    # What is loaded by now stays loaded: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    return weasyprint


@cache
def _style(name: str) -> Any:
    weasyprint = _weasyprint()
    text = "".join((STYLES / f"{part}.css").read_text("utf-8") for part in STYLE_PARTS[name])
    return weasyprint.CSS(string=text, font_config=weasyprint.pdf_fonts, url_fetcher=weasyprint.pdf_fetcher)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Middle of the element with the id "seal": page index, and points from the page's lower left corner."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Typeset:
    """A typeset document: its PDF, its number of pages, and the anchor of its seal where it has one."""

    pdf: bytes
    pages: int
    anchor: Anchor | None


def to_pdf(html: str, *, style: str) -> Typeset:
    """Typeset a page of HTML with one of the packaged styles."""
    made = to_pdf_within(html, style=style, most_pages=None)
    assert made is not None
    return made


def to_pdf_within(html: str, *, style: str, most_pages: int | None) -> Typeset | None:
    """Typeset HTML, or return None as soon as it turns out to take more than `most_pages`: then nothing is written."""
    weasyprint = _weasyprint()
    try:
        with _ONE_AT_A_TIME, _collector_waiting():
            return _typeset(weasyprint, html, style, most_pages)
    except weasyprint.urls.FatalURLFetchingError as error:  # not an Exception: it would end a worker
        raise FetchRefused(str(error)) from error


@contextmanager
def _collector_waiting() -> Iterator[None]:
    """Let the garbage collector wait: a document is a hundred thousand objects that all live until it is written.

    Collecting among them again and again takes a third of a form's time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _typeset(weasyprint: Any, html: str, style: str, most_pages: int | None) -> Typeset | None:
    document = weasyprint.HTML(string=html, url_fetcher=weasyprint.pdf_fetcher).render(
        font_config=weasyprint.pdf_fonts, stylesheets=[_style(style)], cache={}, optimize_images=True, dpi=300
    )
    if most_pages is not None and len(document.pages) > most_pages:
        return None
    anchor = _anchor(document) if 'id="seal"' in html else None
    return Typeset(document.write_pdf(), len(document.pages), anchor)


def _anchor(document: Any) -> Anchor | None:
    for index, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            if box.element is not None and box.element.get("id") == "seal" and box.element_tag == "div":
                x = box.position_x + box.border_width() / 2
                y = page.height - box.position_y - box.border_height() / 2
                return Anchor(index, x * 0.75, y * 0.75)
    return None


def check_picture(uri: str) -> str:
    """Give back a picture's data: URI when it can be printed. Raises BadPicture."""
    picture_size(uri)
    return uri


@lru_cache(maxsize=32)
def picture_size(uri: str) -> tuple[int, int]:
    """Width and height of a picture in pixels, the picture having been read to its end. Raises BadPicture."""
    found = _PICTURE.fullmatch(uri)
    if not found:
        raise BadPicture("照片须为PNG或JPEG图片")
    try:
        with Image.open(io.BytesIO(base64.b64decode(found[2], validate=True)), formats=("PNG", "JPEG")) as image:
            if max(image.size) > _GREATEST_SIDE:
                raise BadPicture("照片过大，请缩小后再上传")
            image.load()
            return image.size
    except (OSError, SyntaxError, binascii.Error, Image.DecompressionBombError) as error:
        raise BadPicture("照片文件已损坏或不是PNG、JPEG图片") from error
