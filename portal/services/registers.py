"""发文、收文、用印、打印登记簿 (P-90): written by themselves from numbers, receipts and seals; on screen, as XLSX and in print."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.phrases import Phrase
from forms.kit.timespan import chinese_date
from forms.kit.workdays import SHANGHAI
from portal.models import Document, IncomingSeries, Letter, NumberSeries, Printing, Unit
from portal.services import tables
from portal.services.access import Viewer, duty_units
from portal.services.approvals import state_word
from portal.services.events import record
from portal.services.tables import Column

PAGE = 50


@dataclass(frozen=True)
class Register:
    """One of the four books: its query for an organ and a year, and its columns."""

    key: str
    title: str
    number: str
    query: Callable[[int, int], Select[Any]]
    columns: Sequence[Column]


def _day(moment: datetime | None) -> str:
    return chinese_date(moment.astimezone(SHANGHAI).date()) if moment else ""


def _year(year: int) -> tuple[datetime, datetime]:
    return (
        datetime(year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC),
        datetime(year + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC),
    )


def _outgoing(unit_id: int, year: int) -> Select[Letter]:
    return (
        select(Letter)
        .join(NumberSeries, NumberSeries.id == Letter.series_id)
        .where(NumberSeries.unit_id == unit_id, NumberSeries.year == year)
        .options(
            joinedload(Letter.document).joinedload(Document.counterpart),
            joinedload(Letter.document).joinedload(Document.drafter),
            joinedload(Letter.voided_by),
        )
        .order_by(NumberSeries.code, Letter.serial.desc())
    )


def _incoming(unit_id: int, year: int) -> Select[Document]:
    begin, end = _year(year)
    return (
        select(Document)
        .where(Document.counterpart_id == unit_id, Document.received_at >= begin, Document.received_at < end)
        .where(Document.incoming_no.is_not(None))
        .options(joinedload(Document.issuer))
        .order_by(Document.received_at.desc())
    )


def _seals(unit_id: int, year: int) -> Select[Letter]:
    begin, end = _year(year)
    return (
        select(Letter)
        .join(Document, Document.id == Letter.document_id)
        .where(
            Document.issuer_id == unit_id,
            Document.sealer_id.is_not(None),
            Letter.issued_at >= begin,
            Letter.issued_at < end,
        )
        .options(joinedload(Letter.document).joinedload(Document.counterpart), joinedload(Letter.numbered_by))
        .order_by(Letter.issued_at.desc())
    )


def _printings(unit_id: int, year: int) -> Select[Printing]:
    begin, end = _year(year)
    return (
        select(Printing)
        .join(Letter, Letter.id == Printing.letter_id)
        .join(Document, Document.id == Letter.document_id)
        .where(Document.issuer_id == unit_id, Printing.printed_at >= begin, Printing.printed_at < end)
        .options(joinedload(Printing.letter).joinedload(Letter.document), joinedload(Printing.printed_by))
        .order_by(Printing.printed_at.desc(), Printing.id.desc())
    )


def _letter_state(letter: Letter) -> str:
    if letter.state == "void":
        who = letter.voided_by.name if letter.voided_by else ""
        return Phrase("作废（%(why)s，%(who)s）", why=letter.void_reason, who=who)
    return Phrase(state_word(letter.document.state))


REGISTERS: Mapping[str, Register] = {
    register.key: register
    for register in (
        Register(
            "outgoing",
            "发文登记簿",
            "P-90",
            _outgoing,
            (
                Column("发文字号", 5, lambda row: row.doc_no or ""),
                Column("标题", 10, lambda row: row.document.title),
                Column(
                    "主送机关", 5, lambda row: row.document.counterpart.name if row.document.counterpart else ""
                ),
                Column(
                    "成文日期",
                    4,
                    lambda row: chinese_date(row.document.signed_on) if row.document.signed_on else "",
                ),
                Column("拟稿人", 3, lambda row: row.document.drafter.name),
                Column("发出日期", 4, lambda row: _day(row.document.sent_at)),
                Column("状态", 3, _letter_state),
            ),
        ),
        Register(
            "incoming",
            "收文登记簿",
            "P-90",
            _incoming,
            (
                Column("收文编号", 4, lambda row: row.incoming_no or ""),
                Column("收文日期", 4, lambda row: _day(row.received_at)),
                Column("来文机关", 5, lambda row: row.issuer.name),
                Column("来文字号", 5, lambda row: row.doc_no or ""),
                Column("标题", 10, lambda row: row.title),
                Column("办理情况", 3, lambda row: Phrase(state_word(row.state))),
            ),
        ),
        Register(
            "seal",
            "用印登记簿",
            "P-90",
            _seals,
            (
                Column("用印时间", 4, lambda row: _minute(row.issued_at)),
                Column("发文字号", 5, lambda row: row.doc_no or ""),
                Column("标题", 10, lambda row: row.document.title),
                Column(
                    "主送机关", 5, lambda row: row.document.counterpart.name if row.document.counterpart else ""
                ),
                Column("用印人", 3, lambda row: row.numbered_by.name),
                Column("页数", 2, lambda row: str(row.pages or "")),
                Column("文件校验值", 4, lambda row: (row.sha256 or "")[:16]),
            ),
        ),
        Register(
            "print",
            "打印登记簿",
            "P-90",
            _printings,
            (
                Column("打印时间", 4, lambda row: _minute(row.printed_at)),
                Column("发文字号", 5, lambda row: row.letter.doc_no or ""),
                Column("标题", 10, lambda row: row.letter.document.title),
                Column("第几份", 3, lambda row: Phrase("第%(n)s份", n=row.copy_no)),
                Column("打印人", 3, lambda row: row.printed_by.name),
                Column("重印理由", 4, lambda row: row.reason),
            ),
        ),
    )
}


def _minute(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""


def rows(session: Session, register: Register, unit: Unit, year: int, page: int | None = None) -> list[Any]:
    """Return the lines of a register for an organ and year: one page, or all of them for export and print."""
    query = register.query(unit.id, year)
    if page is None:
        return list(session.scalars(query))
    entity = query.column_descriptions[0]["entity"]
    keys = list(
        session.scalars(query.with_only_columns(entity.id).offset((page - 1) * PAGE).limit(PAGE + 1))
    )  # first the keys alone: a year is sorted in no time without its texts
    found = {line.id: line for line in session.scalars(query.where(entity.id.in_(keys)))}
    return [found[key] for key in keys]


def paper_of(line: Any) -> Document:
    """Return the paper a line is about."""
    if isinstance(line, Printing):
        return line.letter.document
    return line.document if isinstance(line, Letter) else line


def years(session: Session, unit_ids: Sequence[int], today: date) -> list[int]:
    """Return the years in which these organs have entries, and this one, newest first."""
    drawn = session.scalars(
        select(NumberSeries.year)
        .where(NumberSeries.unit_id.in_(unit_ids))
        .union(select(IncomingSeries.year).where(IncomingSeries.unit_id.in_(unit_ids)))
    )
    return sorted({*drawn, today.year}, reverse=True)


def units_of(session: Session, viewer: Viewer) -> list[Unit]:
    """Return the organs whose registers the viewer keeps or reads."""
    return list(session.scalars(select(Unit).where(Unit.id.in_(duty_units(viewer))).order_by(Unit.code)))


def write_down(
    session: Session, viewer: Viewer, kind: str, register: Register, unit: Unit, year: int, lines: int
) -> None:
    """Record that a register left the portal as a file or on paper, in the caller's transaction."""
    record(
        session,
        kind,
        actor_id=viewer.user_id,
        unit_id=unit.id,
        data={"register": register.key, "title": register.title, "year": year, "lines": lines},
    )


def workbook(register: Register, lines: Sequence[Any], unit: Unit, year: int) -> bytes:
    """Return the register as a spreadsheet."""
    return tables.workbook(register.title, f"{unit.name}{year}年{register.title}", register.columns, lines)


def face(register: Register, lines: Sequence[Any], unit: Unit, year: int) -> dict[str, Any]:
    """Return the register as a landscape page."""
    return tables.face(f"{register.title}（{year}年）", unit.name, register.columns, lines)


def is_void(line: Any) -> bool:
    """Tell whether the letter of a line is void: it keeps its number and is drawn grey."""
    return isinstance(line, Letter) and line.state == "void"
