"""What a row is about: rows without a record are about nothing, and nothing matches nothing."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Clock, Document, Task
from portal.services import clocks
from portal.services.subjects import NOTHING, Subject, alike, papers_of
from tests import casework


@pytest.fixture
def loose(session: Session) -> Document:
    """A paper, a limit and a task of an organ itself, beside a person with the same."""
    case = casework.make_case(session, limits=("dna_request_due",))
    casework.make_paper(session, case)
    paper = casework.make_paper(session, None, "patrol_record")
    unit = casework.unit(session, "522727-bureau")
    clocks.start(session, "patrol_record_due", casework.ago(hours=1), owner_id=unit.id, document=paper)
    session.add(
        Task(unit_id=unit.id, paper="patrol_record", rule="P-09", why="今日巡查", opened_at=casework.ago(hours=1))
    )
    session.commit()
    return paper


@pytest.mark.parametrize("model", [Document, Clock, Task])
@pytest.mark.parametrize("columns", [{}, {"case_id": None}, NOTHING.ids])
def test_no_row_is_about_no_record(
    session: Session,
    loose: Document,
    model: type[Document] | type[Clock] | type[Task],
    columns: dict[str, int | None],
) -> None:
    assert session.scalars(select(model)).first() is not None
    assert session.scalars(select(model).where(alike(model, columns))).all() == []


def test_a_record_finds_its_own_rows_and_no_loose_ones(session: Session, loose: Document) -> None:
    case = session.scalars(select(Document).where(Document.case_id.is_not(None))).first()
    assert case is not None
    found = session.scalars(select(Document).where(alike(Document, Subject.of(case).ids))).all()
    assert found != []
    assert loose not in found


def test_nothing_has_no_papers_and_meets_no_limit(session: Session, loose: Document) -> None:
    assert session.scalars(select(Document).where(papers_of(NOTHING))).all() == []
    assert clocks.settle(session, "patrol_record_due", {}, casework.ago(minutes=1)) is None
    assert clocks.cancel(session, {}, ["patrol_record_due", "dna_request_due"], "试", casework.ago(minutes=1)) == 0
