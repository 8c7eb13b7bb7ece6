"""Long lists by pages, counted to a thousand and no further: a page costs the same after ten years as after one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import Session

MOST_COUNTED: Final = 1000
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, which page it is, and how many rows there are (`more`: so many and some)."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int
    more: bool = False


def turn_to(session: Session, query: Select[Any], number: int, size: int) -> Page[Any]:
    """Return page `number` (from 1, held within the pages there are) of an ordered query of one entity."""
    counted: Select[Any] = (
        query.with_only_columns(literal_column("1"), maintain_column_froms=True)
        .order_by(None)
        .options()
        .limit(MOST_COUNTED + 1)
    )
    found = session.scalar(select(func.count()).select_from(counted.subquery())) or 0
    total = min(found, MOST_COUNTED)
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    rows = session.scalars(query.offset((number - 1) * size).limit(size)).all()
    return Page(rows, number, pages, total, found > MOST_COUNTED)
