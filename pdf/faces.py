"""Every face: which template it uses, what the template is given, and where its seal sits.

`FACES` maps the content's "face" to a function that gives the finished paper. The keys of each face are described in
`pdf/README.md`.
"""

import base64
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import jinja2
import segno

from pdf import engine, letter, sheets
from pdf.seal import MM, SealBox
from pdf.typeset import Run

LETTERS: Final = Path(__file__).resolve().parent / "letters"
#: A poster that is too long is set smaller, step by step, until it is one page.
POSTER_SCALES: Final = (1.2, 1.1, 1.0, 0.93, 0.86, 0.79, 0.72, 0.65, 0.58)
#: Index of the scale that a notice with a portrait and one paragraph of features has.
_USUAL_SCALE: Final = POSTER_SCALES.index(0.72)


class TooLong(ValueError):  # noqa: N818 - named for what is wrong
    """The text does not fit on the one page that its face has."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered paper: its bytes, its pages, and where its visible seal belongs, which the signature draws."""

    pdf: bytes
    pages: int
    seal_box: SealBox | None


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(LETTERS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )


def _html(template: str, content: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    check = content.get("check")
    return (
        _templates()
        .get_template(template)
        .render(
            {
                "face": content["face"],
                "title": content["title"],
                "stamp": content.get("stamp") or ("作废" if content.get("void") else ""),
                "check": {"code": check["code"], "url": check["url"], "image": _qr(check["url"])}
                if check
                else None,
                "pending_date": letter.PENDING_DATE,
                **values,
            }
        )
    )


@lru_cache(maxsize=256)
def _qr(url: str) -> str:
    target = io.BytesIO()
    segno.make(url, error="m", micro=False).save(target, kind="png", border=0, scale=1)
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")


# --- letter and file --------------------------------------------------------------------------------------------------


def _letter(content: Mapping[str, Any]) -> Rendered:
    sheet = letter.compose(content)
    pages = [
        {
            "top": page.top,
            "pitch": page.pitch,
            "number": page.number,
            "head": page.head,
            "record": page.record,
            "groups": _groups(page.rows),
            "annex": page.annex,
        }
        for page in sheet.pages
    ]
    made = engine.to_pdf(_html("letter.html", content, {"pages": pages}), style="letter")
    return Rendered(made.pdf, made.pages, _box(sheet.seal))


def _groups(rows: list[letter.Row]) -> list[list[letter.Row]]:
    return [list(group) for _, group in groupby(rows, key=lambda row: (row.kind, row.left))]


def _box(seal: letter.Seal | None) -> SealBox | None:
    if seal is None:
        return None
    return _box_around(seal.page, seal.x * MM, (letter.PAPER[1] - seal.y) * MM, seal.diameter)


def _box_around(page: int, x: float, y: float, diameter: float) -> SealBox:
    side = diameter * MM
    return SealBox(page, x - side / 2, y - side / 2, side, side)


def _anchored(content: Mapping[str, Any], made: engine.Typeset) -> SealBox | None:
    """The seal centred over the name and date that a flowing face prints, a little above their middle (7.3.5.1)."""
    seal = content.get("seal")
    if seal is None or made.anchor is None:
        return None
    anchor = made.anchor
    return _box_around(
        anchor.page, anchor.x, anchor.y + letter.SEAL_RISE * MM, float(seal.get("diameter_mm") or 42)
    )


# --- tables, registers, internal sheets -------------------------------------------------------------------------------


def _table(content: Mapping[str, Any]) -> Rendered:
    return _composed(content, content["blocks"])


def _register(content: Mapping[str, Any]) -> Rendered:
    listing = {
        "kind": "list",
        "columns": content["columns"],
        "rows": content["rows"],
        "totals": content.get("totals"),
    }
    return _composed({**content, "orientation": "landscape"}, [listing])


def _sheet(content: Mapping[str, Any]) -> Rendered:
    """发文稿纸: the one face that shows who drafted, reviewed and signed; it never leaves the house."""
    opinions = {
        "kind": "list",
        "heading": "审批意见",
        "columns": [
            {"label": "环节", "width": 3},
            {"label": "姓名", "width": 3},
            {"label": "处理", "width": 2},
            {"label": "意见", "width": 8},
            {"label": "时间", "width": 7, "align": "center"},
        ],
        "rows": [[o["step"], o["name"], o["action"], o["opinion"], o["time"]] for o in content["opinions"]],
    }
    return _composed(content, [{"kind": "fields", "rows": content["fields"]}, opinions])


def _composed(content: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]]) -> Rendered:
    sheet = sheets.compose(content, blocks)
    values = {"pages": sheet.pages, "orientation": sheet.orientation, "counted": content["face"] == "register"}
    made = engine.to_pdf(_html("table.html", content, values), style="table")
    if sheet.seal is None:
        return Rendered(made.pdf, made.pages, None)
    page, x, y, diameter = sheet.seal
    return Rendered(made.pdf, made.pages, _box_around(page, x * MM, y * MM, diameter))


# --- poster -----------------------------------------------------------------------------------------------------------


def _poster(content: Mapping[str, Any]) -> Rendered:
    photo = content.get("photo")
    values = {
        "number": content.get("number") or "",
        "photo": engine.check_picture(photo) if photo else None,
        "facts": content["facts"],
        "paragraphs": [p["text"] if isinstance(p, Mapping) else p for p in content["paragraphs"]],
        "contact_org": content["contact_org"],
        "contact_phone": content["contact_phone"],
        "issuer": content["issuer"],
        "date": content.get("date") or "",
    }

    def at(scale: float) -> engine.Typeset | None:
        html = _html("poster.html", content, {**values, "scale": scale})
        return engine.to_pdf_within(html, style="poster", most_pages=1)

    # The largest type that stays on one page: what fits at one size fits at every smaller one. Most notices are of the
    # usual size, and two looks show it.
    best: engine.Typeset | None = None
    low, high, first = 0, len(POSTER_SCALES) - 1, iter((_USUAL_SCALE, _USUAL_SCALE - 1))
    while low <= high:
        guess = min(max(next(first, (low + high) // 2), low), high)
        made = at(POSTER_SCALES[guess])
        if made is not None:
            best, high = made, guess - 1
        else:
            low = guess + 1
    if best is None:
        raise TooLong("公告内容过长，一页排不下，请精简体貌特征等文字")
    return Rendered(best.pdf, 1, _anchored(content, best))


# --- notice -----------------------------------------------------------------------------------------------------------


def _notice(content: Mapping[str, Any]) -> Rendered:
    texts = [(p["text"] if isinstance(p, Mapping) else p) for p in content["paragraphs"]]
    rows = letter.paragraph([Run(f"{content['addressee']}：")])
    for text in texts:
        rows += letter.paragraph([Run(text)], first=2)
    counterfoil = content["counterfoil"]
    values = {
        "number": content.get("number") or letter.PENDING_NUMBER,
        "pending": not content.get("number"),
        "groups": _groups(rows),
        "issuer": content["issuer"],
        "date": content.get("date") or "",
        "receipt": list(_receipt(content.get("receipt") or [])),
        "counterfoil_title": counterfoil["title"],
        "counterfoil": counterfoil["rows"],
    }
    made = engine.to_pdf(_html("notice.html", content, values), style="notice")
    return Rendered(made.pdf, made.pages, _anchored(content, made))


def _receipt(lines: Any) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield (line, "") if isinstance(line, str) else (line[0], line[1])


FACES: Final[dict[str, Callable[[Mapping[str, Any]], Rendered]]] = {
    "letter": _letter,
    "file": _letter,
    "table": _table,
    "register": _register,
    "sheet": _sheet,
    "poster": _poster,
    "notice": _notice,
}
