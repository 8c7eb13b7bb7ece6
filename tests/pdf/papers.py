"""Papers to typeset in tests, and a ruler to measure what came out."""

import base64
import io
from datetime import datetime, timedelta, timezone
from typing import Any

import pdfplumber
from PIL import Image

from pdf import preview

MM = 72 / 25.4
ORGAN = "三都水族自治县民政局"
NOW = datetime(2026, 9, 28, 10, tzinfo=timezone(timedelta(hours=8)))
CHECK = {"code": "QN7K-4M2P", "url": "https://relief.example/c/QN7K4M2P"}
SENTENCE = "为保障受助人员基本生活和人身安全，现商请贵站予以接收并提供集中照料。"


def photo(size: tuple[int, int] = (70, 90)) -> str:
    target = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()


def letter(**changes: Any) -> dict[str, Any]:
    return {
        "face": "letter",
        "issuer": ORGAN,
        "urgency": "特急",
        "doc_no": "三民函〔2026〕12号",
        "title": f"{ORGAN}关于商请将受助人员张大山转移至州级区域中心站集中照料的函",
        "keep": ["张大山"],
        "addressee": "黔南州救助管理站",
        "paragraphs": [{"text": SENTENCE, "level": 0}],
        "attachments": [],
        "signed_by": ORGAN,
        "signed_date": "2026年9月28日",
        "contact": None,
        "cc": [],
        "annexes": [],
        "seal": {"text": ORGAN, "diameter_mm": 42, "sample": True},
        "check": None,
        "void": False,
        **changes,
    }


def file(**changes: Any) -> dict[str, Any]:
    return letter(
        **{
            "face": "file",
            "signer": "陈国栋",
            "doc_no": "三民请〔2026〕3号",
            "addressee": "三都水族自治县人民政府",
            "title": f"{ORGAN}关于滞留流浪乞讨人员落户安置方案的请示",
            "printed_by": f"{ORGAN}办公室",
            "printed_on": "2026年9月28日",
            "cc": ["县公安局", "县卫生健康局"],
            **changes,
        }
    )


def listing(rows: int, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "list",
        "heading": "随身物品清单",
        "columns": [
            {"label": "序号", "width": 1, "align": "center"},
            {"label": "名称", "width": 4, "align": "left"},
            {"label": "数量", "width": 1, "align": "right"},
        ],
        "rows": [[f"第{n}行", f"物品{n}", str(n)] for n in range(1, rows + 1)],
        "totals": None,
        **changes,
    }


def table(*blocks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "face": "table",
        "title": "受助人员转移交接单",
        "orientation": "portrait",
        "blocks": list(blocks),
        "number_line": {"left": "编号：JJ2026-0012", "right": "2026年9月30日"},
        "foot": [["填表人", "韦小兰"]],
        "copies": "一式三份",
        "seal": None,
        "check": None,
        "void": False,
        **changes,
    }


def poster(**changes: Any) -> dict[str, Any]:
    return {
        "face": "poster",
        "title": "寻亲公告",
        "number": "寻JZ0012",
        "photo": photo((350, 450)),
        "facts": [["性别", "男"], ["体貌特征", "左前臂有约3厘米陈旧疤痕"]],
        "paragraphs": ["请知情人尽快联系。"],
        "contact_org": "三都水族自治县救助管理站",
        "contact_phone": "0854-3921234",
        "issuer": ORGAN,
        "date": "2026年9月21日",
        "seal": {"text": ORGAN, "diameter_mm": 42, "sample": True},
        "check": None,
        **changes,
    }


def notice(**changes: Any) -> dict[str, Any]:
    return {
        "face": "notice",
        "title": "不予救助通知书",
        "number": "三救不予〔2026〕2号",
        "addressee": "张大山",
        "paragraphs": ["经核查，你有能力解决食宿，决定不予救助。"],
        "issuer": "三都水族自治县救助管理站",
        "date": "2026年9月20日",
        "seal": {"text": "三都水族自治县救助管理站", "diameter_mm": 42, "sample": True},
        "receipt": ["受送达人签名：", ["送达时间：", "2026年9月20日"]],
        "counterfoil": {"title": "不予救助通知书（存根）", "rows": [["申请人", "张大山"]]},
        "check": None,
        **changes,
    }


def sheet(**changes: Any) -> dict[str, Any]:
    return {
        "face": "sheet",
        "title": f"{ORGAN}发文稿纸",
        "fields": [[{"label": "标题", "value": "关于转移的函", "span": 3}]],
        "opinions": [
            {"step": "审核", "name": "蒙天福", "action": "同意", "opinion": "情况属实。", "time": "2026年9月27日"}
        ],
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        **changes,
    }


def register(**changes: Any) -> dict[str, Any]:
    return {
        "face": "register",
        "title": "受助人员台账",
        "filters": "期间：2026年第三季度",
        **{key: listing(40)[key] for key in ("columns", "rows", "totals")},
        **changes,
    }


def every_face() -> dict[str, dict[str, Any]]:
    return {
        "letter": letter(annexes=[{"title": "清单", "table": listing(3)}]),
        "file": file(),
        "table": table(listing(3)),
        "poster": poster(),
        "notice": notice(),
        "sheet": sheet(),
        "register": register(),
    }


class Measured:
    """One page, in millimetres from its top left corner."""

    def __init__(self, pdf: bytes, page: int = 0) -> None:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            found = document.pages[page]
            self.width, self.height = float(found.width) / MM, float(found.height) / MM
            self.chars = [
                {
                    "text": c["text"],
                    "size": round(c["size"], 2),
                    "font": c["fontname"].split("+")[-1],
                    "left": c["x0"] / MM,
                    "right": c["x1"] / MM,
                    "top": c["top"] / MM,
                    "bottom": c["bottom"] / MM,
                    "colour": tuple(c["non_stroking_color"] or ()),
                }
                for c in found.chars
                if c["text"].strip()
            ]
            self.rects = sorted(
                ((r["x0"] / MM, r["top"] / MM, r["x1"] / MM, r["bottom"] / MM) for r in found.rects),
                key=lambda r: r[1],
            )

    @property
    def text(self) -> str:
        return "".join(c["text"] for c in self.chars)

    def find(self, text: str) -> list[dict[str, Any]]:
        """The characters of a text's first occurrence."""
        start = self.text.index(text)
        return self.chars[start : start + len(text)]

    def body_lines(self) -> list[list[dict[str, Any]]]:
        """Lines of 三号 text, top to bottom."""
        lines: dict[float, list[dict[str, Any]]] = {}
        for char in self.chars:
            if char["size"] == 16:
                lines.setdefault(round(char["top"], 1), []).append(char)
        return [lines[top] for top in sorted(lines)]


def pages(pdf: bytes) -> list[Measured]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        count = len(document.pages)
    return [Measured(pdf, number) for number in range(count)]


def red_rows(pdf: bytes, page: int = 0) -> list[float]:
    """Heights in mm of the rows of pixels that hold red ink, measured on the drawn page."""
    picture = Image.open(io.BytesIO(preview.page_png(pdf, page, 1654)))  # 200 dots an inch
    red = picture.convert("RGB").split()
    rows = []
    for y in range(picture.height):
        line = (0, y, picture.width, y + 1)
        r, g = red[0].crop(line).getextrema(), red[1].crop(line).getextrema()
        if r[1] > 150 and g[0] < 90 and _reddish(picture.crop(line)):
            rows.append(y / 200 * 25.4)
    return rows


def _reddish(line: Image.Image) -> bool:
    colours = line.convert("RGB").getcolors(4000) or []
    return any(r > 150 and g < 90 and b < 90 for _, (r, g, b) in colours)
