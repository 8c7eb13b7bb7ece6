"""The lines a ledger is made of: papers that have gone out or are done, narrowed by year, and the columns they share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from forms.catalog import PAPERS
from forms.kit.paper import Paper
from forms.kit.workdays import SHANGHAI
from portal.models import Document
from portal.services.access import Viewer, document_scope
from portal.services.tables import Column

#: As many lines as a spreadsheet or a print holds; more is narrowed by year.
MOST: Final = 2000


@dataclass(frozen=True)
class Wanted:
    """What a ledger is narrowed to: a year of its date, a word in any cell, and how many lines are read."""

    year: int | None = None
    text: str = ""
    most: int = MOST


Reader = Callable[[Session, Viewer, Wanted], Sequence[Any]]


def day(moment: datetime | date | None) -> str:
    """Write the Shanghai day of a moment, or a day; empty without one."""
    if isinstance(moment, datetime):
        return moment.astimezone(SHANGHAI).date().isoformat()
    return moment.isoformat() if moment else ""


def days_of(column: Any, year: int | None) -> list[ColumnElement[bool]]:
    """Return the condition that a day lies in a year; none without a year."""
    return [column >= date(year, 1, 1), column <= date(year, 12, 31)] if year else []


def in_year(column: Any, year: int | None) -> list[ColumnElement[bool]]:
    """Return the condition that a moment lies in a year, in Shanghai time; none without a year."""
    if year is None:
        return []
    return [column >= datetime(year, 1, 1, tzinfo=SHANGHAI), column < datetime(year + 1, 1, 1, tzinfo=SHANGHAI)]


@dataclass(frozen=True)
class Line:
    """A paper in a ledger, with its answers read once."""

    document: Document
    paper: Paper

    def box(self, name: str) -> str:
        """Return what a box prints; empty when the paper has none of that name or it does not apply."""
        if name not in self.paper or not self.paper[name].shown(self.paper):
            return ""
        return str(self.paper[name].printed)


def papers(*codes: str) -> Reader:
    """Return the reader of papers of some kinds that have gone out or are done."""

    def read(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[Line]:
        query: Select[Document] = (
            select(Document)
            .where(
                Document.paper.in_(codes),
                document_scope(viewer),
                Document.signed_on.is_not(None),
                Document.state.not_in(["void", "rejected"]),
                *in_year(Document.created_at, wanted.year),
            )
            .options(
                joinedload(Document.case),
                joinedload(Document.contractor),
                joinedload(Document.resident),
                joinedload(Document.issuer),
                joinedload(Document.counterpart),
            )
            .order_by(Document.id.desc())
            .limit(wanted.most)
        )
        return [Line(row, PAPERS[row.paper].read(row.answers)) for row in session.scalars(query)]

    return read


def _who(line: Line) -> str:
    document = line.document
    if document.case is not None:
        return document.case.display_name
    return document.resident.name if document.resident else line.box("person_name")


def box(head: str, width: int, name: str) -> Column:
    """Return the column of what a box of the paper prints."""
    return Column(head, width, lambda line: line.box(name))


NUMBER: Final = Column("文号", 4, lambda line: line.document.doc_no or "")
SIGNED: Final = Column("日期", 3, lambda line: day(line.document.signed_on))
WHO: Final = Column("人员", 4, _who)
CASE_NO: Final = Column("救助编号", 4, lambda line: line.document.case.case_no if line.document.case else "")
TO: Final = Column("主送机关", 5, lambda line: line.document.counterpart.name if line.document.counterpart else "")
FROM: Final = Column("填报单位", 5, lambda line: line.document.issuer.name)
