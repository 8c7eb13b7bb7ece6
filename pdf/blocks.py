"""The blocks of tables and annexes, made ready for the template: shares of width, cells that fill their row.

A block is a mapping with a "kind"; `prepare` says what each kind needs. All text is plain.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pdf import engine

#: Three label-and-value pairs share a row of the fields grid.
PAIRS: Final = 3
_LABEL, _REST, _PORTRAIT = "20mm", "auto", "38mm"       # four characters of a label; a 35 mm photo
_PORTRAIT_ROWS: Final = 5                   # rows of 9 mm beside a 45 mm photo


class BadBlock(ValueError):
    """A block is not built as its kind needs; the message says where."""


def prepare(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Make blocks ready for the template. Raises BadBlock, engine.BadPicture, KeyError."""
    return [_KINDS[block["kind"]](block) for block in blocks]


def _fields(block: Mapping[str, Any]) -> dict[str, Any]:
    photo = block.get("photo")
    columns = [_LABEL, _REST] * PAIRS
    if photo:
        columns.append(_PORTRAIT)
        engine.check_picture(photo)
    beside = min(_PORTRAIT_ROWS, len(block["rows"])) if photo else 0
    rows = []
    for index, row in enumerate(block["rows"]):
        width = 2 * PAIRS + (1 if photo and index >= beside else 0)
        cells, used = [], 0
        for cell in row:
            colspan = 2 * int(cell.get("span") or 1) - 1
            used += colspan + 1
            cells.append({"label": cell["label"], "value": _text(cell["value"]), "colspan": colspan})
        if not cells or used > width:
            raise BadBlock(f"表格第{index + 1}行的栏目超过{PAIRS}格或为空")
        cells[-1]["colspan"] += width - used
        rows.append(cells)
    return {"kind": "fields", "heading": block.get("heading"), "rows": rows, "photo": photo, "beside": beside,
            "columns": columns}


def _list(block: Mapping[str, Any]) -> dict[str, Any]:
    total = sum(column.get("width") or 1 for column in block["columns"])
    columns = [{"label": column["label"], "align": _align(column.get("align")),
                "share": f"{(column.get('width') or 1) / total * 100:.2f}%"} for column in block["columns"]]
    rows = [[_text(cell) for cell in row] for row in block["rows"]]
    totals = [_text(cell) for cell in block.get("totals") or []]
    for row in [*rows, *([totals] if totals else [])]:
        if len(row) != len(columns):
            raise BadBlock(f"清单应有{len(columns)}栏，有一行是{len(row)}栏")
    return {"kind": "list", "heading": block.get("heading"), "columns": columns, "rows": rows, "totals": totals}


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "statement", "heading": block.get("heading"), "text": block["text"]}


def _ticks(block: Mapping[str, Any]) -> dict[str, Any]:
    entries = [{"text": item["text"], "ok": item["ok"]} for item in block["items"]]
    return {"kind": "ticks", "heading": block.get("heading"), "entries": entries}


def _picture(block: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "picture", "label": block["label"], "data_uri": engine.check_picture(block["data_uri"])}


def _signatures(block: Mapping[str, Any]) -> dict[str, Any]:
    boxes = [{"label": box["label"], "name": box.get("name"), "time": box.get("time")} for box in block["boxes"]]
    return {"kind": "signatures", "boxes": boxes}


def _align(value: str | None) -> str:
    return value if value in {"left", "center", "right"} else "left"


def _text(value: Any) -> str:
    return "" if value is None else str(value)


_KINDS: Final = {"fields": _fields, "list": _list, "statement": _statement, "ticks": _ticks, "picture": _picture,
                 "signatures": _signatures}
