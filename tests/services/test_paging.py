"""Pages of long lists: held within what there is, counted no further than anybody reads."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Unit
from portal.services import paging


def test_a_page_beyond_the_last_is_the_last(session: Session) -> None:
    every = select(Unit).where(Unit.kind == "county_bureau").order_by(Unit.id)
    found = paging.turn_to(session, every, 99, 5)
    assert (found.page, found.pages, found.total, found.more) == (3, 3, 12, False)
    assert [unit.id for unit in found.rows] == [unit.id for unit in session.scalars(every)][10:]
    assert paging.turn_to(session, every, -1, 5).page == 1


def test_an_empty_list_has_one_page_with_nothing_on_it(session: Session) -> None:
    nothing = paging.turn_to(session, select(Unit).where(Unit.kind == "no such"), 1, 5)
    assert (nothing.rows, nothing.page, nothing.pages, nothing.total) == ([], 1, 1, 0)


def test_counting_ends_where_nobody_reads_any_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 10)
    found = paging.turn_to(session, select(Unit).where(Unit.kind == "county_bureau").order_by(Unit.id), 1, 5)
    assert (found.total, found.more, found.pages) == (10, True, 2)
