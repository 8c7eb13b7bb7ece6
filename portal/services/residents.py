"""Residents of the special groups: the list of a village, town or county, and one file per person (一人一档)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, func, select
from sqlalchemy.orm import Session, joinedload

from forms.kit import groups
from forms.kit.phrases import Phrase
from forms.kit.timespan import full_years
from portal import clock
from portal.models import Campaign, Finding, Resident, Unit
from portal.services import problems, recordfile
from portal.services.access import Viewer, campaign_scope, resident_scope, village_scope
from portal.services.paging import Page, turn_to
from portal.services.recordfile import RecordFile
from portal.services.subjects import Subject

PAGE: Final = 30
#: 人员类别 (§3.13), as stored.
CATEGORIES: Final[Mapping[str, str]] = {
    "left_elder": Phrase("留守老年人"), "left_child": Phrase("留守儿童"), "left_woman": Phrase("留守妇女"),
    "disabled": Phrase("重度残疾人"), "mental": Phrase("精神残疾人（含疑似）"), "intellectual": Phrase("智力残疾人（含疑似）"),
    "migrant": Phrase("外来困难人员"), "other": Phrase("其他困难人员"),
}  # fmt: skip

#: 居住情况 of the newest form, as stored.
LIVING: Final[Mapping[str, str]] = dict(groups.LIVING)


@dataclass(frozen=True)
class Wanted:
    """What a list of residents is narrowed to."""

    category: str = ""
    village_id: int | None = None
    campaign: UUID | None = None
    unseen: bool = False  # not visited in this calendar month
    text: str = ""


def listing(session: Session, viewer: Viewer, wanted: Wanted, number: int = 1) -> Page[Resident]:
    """Return a page of the residents on file that the viewer may open, by village and name."""
    query = (
        select(Resident)
        .where(resident_scope(viewer), Resident.closed_on.is_(None), *_narrowed(wanted))
        .options(joinedload(Resident.village), joinedload(Resident.town))
        .order_by(Resident.village_id, Resident.name, Resident.id)
    )
    return turn_to(session, query, number, PAGE)


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = []
    if wanted.category:
        # JSON lists are searched differently by each database: the categories are read as text.
        ways.append(cast(Resident.categories, String).contains(f'"{wanted.category}"', autoescape=True))
    if wanted.village_id is not None:
        ways.append(Resident.village_id == wanted.village_id)
    if wanted.campaign is not None:
        ways.append(Resident.campaign_id.in_(select(Campaign.id).where(Campaign.uuid == wanted.campaign)))
    if wanted.unseen:
        first = clock.today().replace(day=1)
        ways.append(func.coalesce(Resident.visited_on, date(1900, 1, 1)) < first)
    if wanted.text.strip():
        ways.append(Resident.name.contains(wanted.text.strip()))
    return ways


def villages(session: Session, viewer: Viewer) -> list[Unit]:
    """Return the villages that have residents on file in the viewer's scope."""
    filed = exists().where(Resident.village_id == Unit.id, Resident.closed_on.is_(None))
    return list(session.scalars(select(Unit).where(village_scope(viewer), filed).order_by(Unit.code)))


def campaigns(session: Session, viewer: Viewer) -> list[Campaign]:
    """Return the campaigns of the viewer's county, newest first."""
    return list(session.scalars(select(Campaign).where(campaign_scope(viewer)).order_by(Campaign.id.desc())))


@dataclass(frozen=True)
class ResidentFile:
    """Everything on the page of one resident."""

    resident: Resident
    file: RecordFile
    age: int
    findings: Sequence[Finding]


def load(session: Session, viewer: Viewer, resident: Resident) -> ResidentFile:
    """Read the file of a resident."""
    return ResidentFile(
        resident=resident,
        file=recordfile.load(session, viewer, Subject(resident=resident)),
        age=full_years(resident.birth_date, clock.today()),
        findings=problems.of_resident(session, viewer, resident),
    )
