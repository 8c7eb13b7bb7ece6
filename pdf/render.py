"""Plain data becomes a PDF: `render(content)`.

`content` is what JSON can hold. Its key "face" chooses the face; `pdf/README.md` lists the keys of each. The same content gives
the same bytes. Text is always text: templates escape everything, a name that a template asks for and
the content lacks is an error, and the renderer can fetch nothing but pictures given as data: URIs.
"""

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import jinja2
import segno

from pdf import engine, fonts, letter
from pdf.seal import MM, SealBox

LETTERS: Final = Path(__file__).resolve().parent / "letters"


class BadContent(ValueError):
    """The content lacks what its face needs; the message names it."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered paper: its bytes, its pages, and where its visible seal belongs, which the signature draws."""

    pdf: bytes
    pages: int
    seal_box: SealBox | None


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(LETTERS), autoescape=True, undefined=jinja2.StrictUndefined, auto_reload=False)


def render(content: Mapping[str, Any]) -> Rendered:
    """Typeset a paper.

    Raises BadContent (a key is missing or the face unknown), fonts.MissingGlyph (a character no face can draw),
    engine.BadPicture, fonts.FontsMissing, engine.EngineIncomplete.
    """
    fonts.check_all(_texts(content))
    try:
        return FACES[content["face"]](content)
    except KeyError as error:
        raise BadContent(f"文书内容缺少或不认识：{error.args[0]}") from error
    except jinja2.UndefinedError as error:
        raise BadContent(f"文书内容不完整：{error.message}") from error


def _texts(value: Any) -> Iterator[str]:
    """Every string of the content that is printed; pictures are not."""
    if isinstance(value, str):
        if not value.startswith("data:"):
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)


@lru_cache(maxsize=256)
def _qr(url: str) -> str:
    target = io.BytesIO()
    segno.make(url, error="m", micro=False).save(target, kind="png", border=0, scale=1)
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")


def frame(content: Mapping[str, Any], title: str) -> dict[str, Any]:
    """What every face's page has around it: title, void stamp, check code."""
    check = content.get("check")
    return {
        "face": content["face"], "title": title, "stamp": content.get("stamp") or ("作废" if content.get("void") else ""),
        "check": {"code": check["code"], "url": check["url"], "image": _qr(check["url"])} if check else None,
    }


def _html(template: str, values: Mapping[str, Any]) -> str:
    return _templates().get_template(template).render(values)


def _letter(content: Mapping[str, Any]) -> Rendered:
    annexes = content.get("annexes") or []
    sheet = letter.compose(content, annexed=bool(annexes))
    pages = [{
        "rows": page.rows, "top": page.top, "pitch": page.pitch, "number": page.number, "head": page.head,
        "record": page.record,
        "groups": [list(group) for _, group in groupby(page.rows, key=lambda row: (row.kind, row.left))],
    } for page in sheet.pages]
    html = _html("letter.html", {**frame(content, content["title"]), "pages": pages})
    pdf, count = engine.to_pdf(html, style="letter")
    return Rendered(pdf, count, _box(sheet.seal))


def _box(seal: letter.Seal | None) -> SealBox | None:
    if seal is None:
        return None
    radius = seal.diameter / 2
    return SealBox(seal.page, (seal.x - radius) * MM, (letter.PAPER[1] - seal.y - radius) * MM,
                   seal.diameter * MM, seal.diameter * MM)


FACES: Final[dict[str, Callable[[Mapping[str, Any]], Rendered]]] = {"letter": _letter, "file": _letter}
