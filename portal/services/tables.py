"""Tables that leave the portal: as a spreadsheet whose cells are text, and as a landscape page (§3.2.4)."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter


@dataclass(frozen=True)
class Column:
    """A column: its head, its relative width in print, and how a line fills it."""

    head: str
    width: int
    cell: Callable[[Any], str]


def cells(columns: Sequence[Column], lines: Sequence[Any]) -> list[list[str]]:
    """Fill the columns for some lines."""
    return [[column.cell(line) for column in columns] for line in lines]


def workbook(title: str, heading: str, columns: Sequence[Column], lines: Sequence[Any]) -> bytes:
    """Return the table as XLSX; every cell is text, so nothing typed can become a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write_string(0, 0, heading, book.add_format({"bold": True, "font_size": 14}))
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width * 4)
        sheet.write_string(2, index, column.head, bold)
    for line, texts in enumerate(cells(columns, lines), start=3):
        for index, text in enumerate(texts):
            sheet.write_string(line, index, text)
    sheet.freeze_panes(3, 0)
    book.close()
    return target.getvalue()


def face(title: str, left: str, columns: Sequence[Column], lines: Sequence[Any]) -> dict[str, Any]:
    """Return the table as a landscape page for the typesetter."""
    return {
        "face": "table",
        "title": title,
        "orientation": "landscape",
        "number_line": {"left": left, "right": f"共{len(lines)}件"},
        "blocks": [
            {
                "kind": "list",
                "heading": None,
                "columns": [{"label": column.head, "width": column.width, "align": "left"} for column in columns],
                "rows": cells(columns, lines),
                "totals": None,
            }
        ],
        "foot": [],
        "copies": None,
        "seal": None,
        "check": None,
        "void": False,
    }
