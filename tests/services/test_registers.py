"""Registers of an organ and year: numbers without a hole, voids that stay, cells that are text."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from python_calamine import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.workdays import SHANGHAI
from pdf import render
from portal.db import transaction
from portal.models import Letter, NumberSeries, Unit
from portal.services import registers, tables
from portal.services.registers import REGISTERS
from tests import casework

OUTGOING = REGISTERS["outgoing"]


def number(session: Session, serial: int, year: int = 2026, **columns: Any) -> None:
    """Enter one numbered letter of 平塘县民政局."""
    document = casework.make_paper(session, None, title=columns.pop("title", f"第{serial}件"), state="sent", step="receive",
                                   signed_on=date(year, 3, serial), doc_no=f"平民函〔{year}〕{serial}号")  # fmt: skip
    with transaction(session):
        known = select(NumberSeries).where(NumberSeries.code == "平民函", NumberSeries.year == year)
        series = session.scalars(known).one_or_none()
        if series is None:
            series = NumberSeries(unit_id=document.issuer_id, code="平民函", year=year, last=0)
        series.last = serial
        moment = datetime(year, 3, serial, 9, tzinfo=SHANGHAI)
        first = {"state": "issued", "sha256": f"{year}{serial:060d}", "issued_at": moment}
        letter = Letter(document_id=document.id, series=series, serial=serial, doc_no=document.doc_no, numbered_at=moment,
                        check_code=f"{year}{serial:08d}", content={}, numbered_by_id=document.drafter_id,
                        **{**first, **columns})  # fmt: skip
        session.add(letter)


@pytest.fixture
def bureau(session: Session) -> Unit:
    return casework.unit(session, "522727-bureau")


def cells(session: Session, bureau: Unit, year: int = 2026) -> list[list[str]]:
    session.rollback()
    return tables.cells(OUTGOING.columns, registers.rows(session, OUTGOING, bureau, year))


def test_every_number_of_the_year_stands_once_newest_first(session: Session, bureau: Unit) -> None:
    for serial in (1, 2, 3):
        number(session, serial)
    number(session, 1, year=2025)
    assert [line[0] for line in cells(session, bureau)] == [f"平民函〔2026〕{serial}号" for serial in (3, 2, 1)]
    assert [line[0] for line in cells(session, bureau, 2025)] == ["平民函〔2025〕1号"]
    assert registers.years(session, [bureau.id], date(2027, 1, 4)) == [2027, 2026, 2025]


def test_a_void_letter_keeps_its_line_with_reason_and_name(session: Session, bureau: Unit) -> None:
    signer = casework.user(session, "pingtang.signer.1")
    number(
        session, 1, state="void", voided_at=casework.ago(days=1), voided_by_id=signer.id, void_reason="文号用错"
    )
    (line,) = cells(session, bureau)
    assert line[-1] == f"作废（文号用错，{signer.name}）"
    (row,) = registers.rows(session, OUTGOING, bureau, 2026)
    assert registers.is_void(row)


def test_a_title_that_looks_like_a_formula_stays_a_title(session: Session, bureau: Unit) -> None:
    number(session, 1, title='=HYPERLINK("http://example.invalid")')
    data = registers.workbook(OUTGOING, registers.rows(session, OUTGOING, bureau, 2026), bureau, 2026)
    rows = load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[3][1] == '=HYPERLINK("http://example.invalid")'


def test_a_page_and_one_line_more_tell_that_another_page_follows(session: Session, bureau: Unit) -> None:
    for serial in range(1, 4):
        number(session, serial)
    assert len(registers.rows(session, OUTGOING, bureau, 2026, page=1)) == 3
    assert registers.rows(session, OUTGOING, bureau, 2026, page=2) == []


@pytest.mark.parametrize("key", sorted(REGISTERS))
def test_every_register_is_set_as_a_landscape_page(session: Session, bureau: Unit, key: str) -> None:
    number(session, 1)
    register = REGISTERS[key]
    content = registers.face(register, registers.rows(session, register, bureau, 2026), bureau, 2026)
    assert content["orientation"] == "landscape"
    assert render.render(content).pdf.startswith(b"%PDF-")
