"""附件1 as a spreadsheet: the template to fill in, its lines judged one by one, the good ones handed in as forms (P-58).

Nothing is kept between looking and handing in: the lines travel with the page as tab-separated text, and every line is
judged again before anything is written. The good lines chosen go in all together or not at all.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import xlsxwriter
from python_calamine import CalamineError, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from forms.kit.facts import Facts
from forms.kit.screening import columns, read_row
from forms.screening_form import ScreeningForm
from portal.errors import Invalid
from portal.models import Document, Resident, Unit
from portal.services import approvals, documents, facts, subjectfacts
from portal.services.access import Viewer
from portal.services.approvals import Order
from portal.services.letters import Works
from portal.services.subjects import NOTHING, Subject

MOST_LINES: Final = 500
MOST_BYTES: Final = 2 * 1024 * 1024
FIRST_LINE: Final = 3  # of the template, as the spreadsheet counts: title, heads, then the persons


@dataclass(frozen=True)
class Line:
    """One line of the sheet: as typed, as read, and what is wrong at which head."""

    number: int
    cells: Mapping[str, str]
    answers: Mapping[str, Any]
    wrong: Mapping[str, str]
    known: bool  # the person is on file already: the line updates it

    @property
    def good(self) -> bool:
        """Nothing stands against it."""
        return not self.wrong

    @property
    def name(self) -> str:
        """The person, as typed."""
        return self.cells.get("姓名", "")


def template() -> bytes:
    """Return the sheet to fill in: heads, notes, lists to choose from; numbers kept as text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("附件1")
    lists = book.add_worksheet("可选项")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    must = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#fcf1da"})
    text = book.add_format({"num_format": "@"})
    sheet.write_string(0, 0, "特殊群体排查情况表（附件1）：每人一行；带底色的列必填；可选的词见“可选项”一页")
    for index, column in enumerate(columns()):
        sheet.set_column(index, index, 20 if column.many else 14, text)
        sheet.write_string(1, index, column.header, must if column.required else head)
        if column.note:
            sheet.write_comment(1, index, column.note)
        for place, word in enumerate([column.header, *column.words] if column.words else []):
            lists.write_string(place, index, word)
        if column.words and not column.many:
            letter = xlsxwriter.utility.xl_col_to_name(index)
            source = f"=可选项!${letter}$2:${letter}${len(column.words) + 1}"
            sheet.data_validation(2, index, MOST_LINES + 1, index, {"validate": "list", "source": source})
    sheet.freeze_panes(2, 1)
    book.close()
    return target.getvalue()


def text_of(data: bytes) -> str:
    """Turn an uploaded workbook into tab-separated text with its heads; Invalid when it is none or not our template."""
    if len(data) > MOST_BYTES:
        raise Invalid("表格超过2MB，请分成几份上传")
    try:
        rows = load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError, IndexError) as broken:
        raise Invalid("打不开这个文件，请下载模板，填好后保存为xlsx再上传") from broken
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue()


def _plain(cell: Any) -> str:
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 10**15:
        return str(int(cell))
    return str(cell).strip()


def read(session: Session, village: Unit, campaign: str, typed: str) -> list[Line]:
    """Judge every line of pasted or uploaded text. Invalid when the heads of the template are not among them."""
    table = [row for row in csv.reader(io.StringIO(typed), delimiter="\t") if any(cell.strip() for cell in row)]
    known = {column.header for column in columns()}
    start = next(
        (index for index, row in enumerate(table) if len(known & {cell.strip() for cell in row}) >= 3), None
    )
    if start is None:
        raise Invalid("没有找到表头，请用模板填写，粘贴时连同表头一起复制")
    heads = [cell.strip() for cell in table[start]]
    rows = table[start + 1 :]
    if not rows:
        raise Invalid("表头下面没有人员，请每人填一行")
    if len(rows) > MOST_LINES:
        raise Invalid(f"一次最多{MOST_LINES}行，请分几次导入")
    about = facts.gather(session, village, NOTHING, kind=ScreeningForm)
    return _marked(
        session,
        village,
        [_line(number, heads, row, about, campaign) for number, row in enumerate(rows, FIRST_LINE)],
    )


def _line(number: int, heads: Sequence[str], row: Sequence[str], about: Facts, campaign: str) -> Line:
    cells = dict(zip(heads, (cell.strip() for cell in row), strict=False))
    answers, wrong = read_row(cells, about, campaign=campaign)
    return Line(number, cells, answers, wrong, known=False)


def _marked(session: Session, village: Unit, lines: list[Line]) -> list[Line]:
    """Say which persons are on file here, on file elsewhere, or twice in the sheet."""
    numbers = [str(line.answers.get("id_number", "")) for line in lines]
    rows = session.scalars(select(Resident).where(Resident.id_number.in_([each for each in numbers if each])))
    home = {row.id_number: row.village_id for row in rows}
    found = []
    for line, number in zip(lines, numbers, strict=True):
        wrong = dict(line.wrong)
        if number and numbers.count(number) > 1:
            wrong.setdefault("身份证号", "表内有重复的身份证号，请只留一行")
        elif number in home and home[number] != village.id:
            wrong.setdefault("身份证号", "该人员已在其他村（社区）建档，请与乡镇（街道）核对")
        found.append(Line(line.number, line.cells, line.answers, wrong, number in home))
    return found


def hand_in(
    session: Session, viewer: Viewer, village: Unit, lines: Sequence[Line], works: Works
) -> list[Document]:
    """Hand in a form for every line given, inside one transaction; Invalid, and nothing written, when one is not good."""
    bad = [line for line in lines if not line.good]
    if bad or not lines:
        raise Invalid(f"第{bad[0].number}行还有问题，没有导入" if bad else "没有可以导入的行")
    made = []
    for line in lines:
        number = line.answers.get("id_number")
        row = session.scalar(select(Resident).where(Resident.id_number == number)) if number else None
        about = Subject(resident=row) if row else NOTHING
        document = documents.start(
            session, viewer, ScreeningForm.code, about=about, issuer=village, answers=dict(line.answers)
        )
        documents.save(session, viewer, document, dict(line.answers), document.revision)
        order = Order(Act.SUBMIT, document.revision, uuid4().hex)
        made.append(approvals.take_action(session, viewer, document.uuid, order, works).document)
    return made


def village_of(session: Session, viewer: Viewer) -> Unit:
    """Return the village the viewer fills in for."""
    seat = next((seat for seat in viewer.seats if seat.unit_kind == "village" and seat.position == "clerk"), None)
    if seat is None:
        raise Invalid("只有村（社区）填报员可以导入情况表")
    return session.get_one(Unit, seat.unit_id)


def campaigns(session: Session, village: Unit) -> list[tuple[str, str]]:
    """Return the campaigns the lines may belong to: key and name."""
    return [(str(row.uuid), row.name) for row in subjectfacts.campaigns(session, village.region_code)]
