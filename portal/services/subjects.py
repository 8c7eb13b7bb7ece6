"""What a paper, a clock or a task is about, in one value: asked of a row, put on a row, turned into a condition."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import Session, aliased

from forms.kit.paper import About, Paper
from portal.models import Campaign, Case, Clock, Contractor, Document, DocumentCase, Resident, Task

#: The columns that name the record a row is about.
RECORDS = ("case_id", "contractor_id", "resident_id", "campaign_id")


@dataclass(frozen=True)
class Subject:
    """The record something hangs on. All empty: the issuing organ's own business."""

    case: Case | None = None
    contractor: Contractor | None = None
    resident: Resident | None = None
    campaign: Campaign | None = None

    @classmethod
    def of(cls, row: Document | Clock | Task) -> Self:
        """Return what a row is about."""
        return cls(row.case, row.contractor, row.resident, row.campaign)

    @property
    def ids(self) -> dict[str, int | None]:
        """The columns of a row about this."""
        known = (self.case, self.contractor, self.resident, self.campaign)
        return {column: record.id if record else None for column, record in zip(RECORDS, known, strict=True)}

    @property
    def region_code(self) -> str | None:
        """The county the record belongs to; None without a record."""
        records = (self.case, self.resident, self.campaign, self.contractor)
        return next((record.region_code for record in records if record is not None), None)

    @property
    def house(self) -> Contractor | None:
        """The contractor as a record of its own, which several counties may share; None where a person placed is meant."""
        return self.contractor if self.case is None else None

    def fits(self, kind: type[Paper]) -> bool:
        """Tell whether a paper of this kind can hang on it."""
        present = {
            About.CASE: self.case,
            About.CONTRACTOR: self.contractor,
            About.RESIDENT: self.resident,
            About.CAMPAIGN: self.campaign,
        }
        return kind.about not in present or present[kind.about] is not None


NOTHING = Subject()


def primary(row: Document) -> dict[str, int | None]:
    """Return the columns of the record a paper is about: a person before the contractor named for them."""
    for column in RECORDS:
        if (found := getattr(row, column)) is not None:
            return {column: found}
    return {}


def alike(model: type[Document] | type[Clock] | type[Task], columns: dict[str, Any]) -> ColumnElement[bool]:
    """Return the condition that a row is about the record these columns name; without any, no row is."""
    named = [getattr(model, name) == value for name, value in columns.items() if value is not None]
    return and_(*named) if named else false()


#: Papers beside the ones asked for; made once, as an alias copies every column.
_OTHER = aliased(Document)


def of_case(case_id: int) -> ColumnElement[bool]:
    """Return the condition that a paper is about a person, alone or among several."""
    alone = select(_OTHER.id).where(_OTHER.case_id == case_id)
    named = select(DocumentCase.document_id).where(DocumentCase.case_id == case_id)
    return Document.id.in_(alone.union_all(named))  # not “or”: beside it PostgreSQL reads every paper there is


def papers_of(about: Subject) -> ColumnElement[bool]:
    """Return the condition that a paper is about a record. None is about nothing; a contractor's persons have their own."""
    if about == NOTHING:
        return false()
    if about.case is not None:
        return of_case(about.case.id)
    return and_(alike(Document, about.ids), Document.case_id.is_(None))


def persons_of(session: Session, document: Document) -> list[int]:
    """Return the persons (case ids) a paper is about: its own, or the several it names."""
    if document.case_id is not None:
        return [document.case_id]
    query = select(DocumentCase.case_id).where(DocumentCase.document_id == document.id)
    return list(session.scalars(query.order_by(DocumentCase.case_id)))
