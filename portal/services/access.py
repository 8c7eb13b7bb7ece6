"""Who looks and acts: seats held today, own or as a stand-in, and the scope of rows they open (R-102)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import SQLCoreOperations

from forms.kit.chains import DESKS_OF_POSITION, Desk
from forms.kit.moving import Actor
from portal import clock
from portal.models import (
    Appointment,
    Campaign,
    Case,
    Contractor,
    ContractorTerm,
    Delegation,
    Document,
    DocumentCopy,
    Finding,
    Resident,
    Role,
    Task,
    Unit,
    User,
)


@dataclass(frozen=True)
class Seat:
    """A position in an organ held today; `for_user` is set when it is held as a stand-in."""

    unit_id: int
    unit_code: str
    unit_name: str
    unit_kind: str
    region_code: str
    position: str
    for_user: int | None = None


@dataclass(frozen=True)
class Viewer:
    """An account with everything its rights rest on; read anew for every request."""

    user_id: int
    name: str
    seats: tuple[Seat, ...] = ()

    @property
    def unit_ids(self) -> frozenset[int]:
        """Organs in which the viewer holds any seat."""
        return frozenset(seat.unit_id for seat in self.seats)

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of those organs."""
        return frozenset(seat.unit_kind for seat in self.seats)

    @property
    def regions(self) -> frozenset[str]:
        """Regions of those organs."""
        return frozenset(seat.region_code for seat in self.seats)

    @property
    def home(self) -> Seat | None:
        """The organ the viewer works for: the first own seat."""
        own = [seat for seat in self.seats if seat.for_user is None]
        return own[0] if own else (self.seats[0] if self.seats else None)

    def holds(self, *positions: str) -> bool:
        """Tell whether any seat is one of `positions`."""
        return any(seat.position in positions for seat in self.seats)

    def desks(self, unit_id: int | None) -> frozenset[Desk]:
        """Return the desks the viewer sits at in one organ."""
        found: set[Desk] = set()
        for seat in self.seats:
            if seat.unit_id == unit_id:
                found |= DESKS_OF_POSITION.get(seat.position, frozenset())
        return frozenset(found)

    def actor(self, issuer_id: int, counterpart_id: int | None) -> Actor:
        """Return the viewer as a chain sees them on a paper between two organs."""
        return Actor(self.user_id, self.desks(issuer_id), self.desks(counterpart_id))

    def stands_in_for(self, unit_id: int | None, desk: Desk) -> int | None:
        """Return whose stand-in the viewer is at a desk, None when the seat is their own."""
        seats = [
            seat
            for seat in self.seats
            if seat.unit_id == unit_id and desk in DESKS_OF_POSITION.get(seat.position, frozenset())
        ]
        if not seats or any(seat.for_user is None for seat in seats):
            return None
        return seats[0].for_user


def load_viewer(session: Session, user_id: int, on: date) -> Viewer | None:
    """Read the account and its seats on a day; None when the account is gone or switched off."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        return None
    seats = [
        _seat(unit, position)
        for unit, position in session.execute(_seats(on).where(Appointment.user_id == user_id))
    ]
    stand_in = session.execute(
        select(Delegation.user_id, Delegation.unit_id).where(
            Delegation.stand_in_id == user_id,
            Delegation.starts_on <= on,
            Delegation.ends_on >= on,
            Delegation.revoked_at.is_(None),
        )
    ).all()
    for absent, unit_id in stand_in:
        rows = session.execute(_seats(on).where(Appointment.user_id == absent, Appointment.unit_id == unit_id))
        seats += [_seat(unit, position, for_user=absent) for unit, position in rows]
    return Viewer(user.id, user.name, tuple(seats))


def _seats(on: date) -> Select[Unit, str]:
    return (
        select(Unit, Role.name)
        .join(Appointment, Appointment.unit_id == Unit.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Appointment.starts_on <= on, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= on))
        .order_by(Appointment.id)
    )


def _seat(unit: Unit, position: str, for_user: int | None = None) -> Seat:
    return Seat(unit.id, unit.code, unit.name, unit.kind, unit.region_code, position, for_user)


_CASE_READERS = ("clerk", "reviewer", "signer", "principal", "seal", "duty")
COUNTY_KINDS = ("county_bureau", "county_station")


def _working_units(viewer: Viewer, kinds: Iterable[str]) -> set[int]:
    wanted = set(kinds)
    return {seat.unit_id for seat in viewer.seats if seat.unit_kind in wanted and seat.position in _CASE_READERS}


def _working_regions(viewer: Viewer, kinds: Iterable[str]) -> set[str]:
    wanted = set(kinds)
    return {
        seat.region_code for seat in viewer.seats if seat.unit_kind in wanted and seat.position in _CASE_READERS
    }


def working_units(viewer: Viewer) -> frozenset[int]:
    """Return the organs in which the viewer holds a working seat; seats that administer, count or supervise are none."""
    return frozenset(seat.unit_id for seat in viewer.seats if seat.position in _CASE_READERS)


def duty_units(viewer: Viewer) -> Select[int]:
    """Return the organs whose duties are the viewer's: of their working seats, and bureau and station of a county as one.

    A county station answers for what its bureau owes and the other way round (A-04). Seats that only administer,
    count or supervise bring no duties.
    """
    counties = _working_regions(viewer, COUNTY_KINDS)
    return select(Unit.id).where(
        or_(
            Unit.id.in_(working_units(viewer)),
            and_(Unit.region_code.in_(counties), Unit.kind.in_(COUNTY_KINDS)),
        )
    )


#: Rows a condition looks at beside those it is put on; made once, as an alias copies every column.
_TASK, _PAPER, _TERM = aliased(Task), aliased(Document), aliased(ContractorTerm)


def case_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query to the cases the viewer may open.

    A county sees its own; the central station sees prefecture cases, those at the station and those a live paper or
    an open task has brought to it; the prefecture bureau and a township see none without a paper addressed to them (R-102).
    """
    county_regions = _working_regions(viewer, COUNTY_KINDS)
    stations = _working_units(viewer, ["central_station"])
    reached = _working_units(viewer, ["central_station", "prefecture_bureau", "child_home", "township"])
    ways: list[ColumnElement[bool]] = []
    if county_regions:
        ways.append(Case.region_code.in_(county_regions))
    if stations:
        asked = select(_TASK.id).where(
            _TASK.case_id == Case.id, _TASK.unit_id.in_(stations), _TASK.done_at.is_(None)
        )
        ways += [Case.region_code == "522700", Case.place_unit_id.in_(stations), exists(asked)]
    if reached:
        addressed = and_(_PAPER.counterpart_id.in_(reached), _arrived(_PAPER))
        brought = select(_PAPER.id).where(_PAPER.case_id == Case.id, or_(addressed, _PAPER.issuer_id.in_(reached)))
        ways.append(exists(brought))
    return or_(*ways) if ways else false()


def contractor_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query to the contractors the viewer may open.

    A county sees its own and those approved for it; the prefecture (bureau and station) and the province see all.
    """
    regions = contractor_counties(viewer)
    return true() if regions is None else or_(Contractor.region_code.in_(regions), naming(regions))


def contractor_counties(viewer: Viewer) -> frozenset[str] | None:
    """Return the counties whose contractors the viewer answers for; None stands for all of them."""
    if _working_units(viewer, ["prefecture_bureau", "central_station", "province"]):
        return None
    return frozenset(_working_regions(viewer, COUNTY_KINDS))


def naming(regions: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a filing or reply names one of these counties (R-45)."""
    return exists(
        select(_TERM.id).where(_TERM.contractor_id == Contractor.id, _TERM.region_code.in_(sorted(regions)))
    )


def resident_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query to the residents on file the viewer may open.

    A village sees its own, a township those of its villages, the county bureau all of the county; nobody else (R-102).
    """
    return _villages_towns_counties(viewer, Resident.village_id, Resident.town_id, Resident.region_code)


def village_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query of organs to the villages whose residents the viewer may open."""
    return and_(
        Unit.kind == "village", _villages_towns_counties(viewer, Unit.id, Unit.parent_id, Unit.region_code)
    )


def _villages_towns_counties(
    viewer: Viewer, village: SQLCoreOperations[Any], town: SQLCoreOperations[Any], region: SQLCoreOperations[Any]
) -> ColumnElement[bool]:
    ways: list[tuple[SQLCoreOperations[Any], Collection[int | str]]] = [
        (village, _working_units(viewer, ["village"])),
        (town, _working_units(viewer, ["township"])),
        (region, _working_regions(viewer, ["county_bureau"])),
    ]
    # Conditions that match nobody are left out: beside them no index is used.
    return or_(false(), *(column.in_(values) for column, values in ways if values))


def campaign_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query to the campaigns of the viewer's county: bureau, townships, villages."""
    return Campaign.region_code.in_(_working_regions(viewer, ["county_bureau", "township", "village"]))


def finding_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query to the problems on the lists of the viewer's township or county."""
    of_village = select(Resident.id).where(Resident.village_id.in_(_working_units(viewer, ["village"])))
    return or_(
        Finding.resident_id.in_(of_village),
        Finding.town_id.in_(_working_units(viewer, ["township"])),
        Finding.region_code.in_(_working_regions(viewer, ["county_bureau"])),
    )


def document_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that keeps a query to the papers the viewer may open.

    Issuing organ: always. Other organ: once the paper has reached it. Copied organ: its copy. County bureau: what its
    villages and townships have filed about a resident of the county.
    """
    working = working_units(viewer)
    if not working:
        return false()
    ways = [_filed_about_residents(viewer)] if "county_bureau" in viewer.kinds else []
    return or_(
        *ways,
        Document.issuer_id.in_(working),
        and_(Document.counterpart_id.in_(working), _arrived(Document)),
        _looked_up(
            select(DocumentCopy.document_id).where(
                DocumentCopy.document_id == Document.id, DocumentCopy.unit_id.in_(working)
            )
        ),
    )


def _looked_up(rows: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that there is such a row for a paper; unlike EXISTS it is never read for all papers at once."""
    return rows.limit(1).correlate(Document).scalar_subquery().is_not(None)


def _filed_about_residents(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a paper about a resident of the viewer's county is done or gone out (R-102, §3.13)."""
    counties = _working_regions(viewer, ["county_bureau"])
    ours = _looked_up(
        select(Resident.id).where(Resident.id == Document.resident_id, Resident.region_code.in_(counties))
    )
    return and_(Document.resident_id.is_not(None), filed(), ours)


def filed() -> ColumnElement[bool]:
    """Return the condition that a paper was handed in and is done or gone out."""
    return and_(
        Document.submitted_at.is_not(None), or_(Document.closed_at.is_not(None), Document.sent_at.is_not(None))
    )


def _arrived(paper: type[Document]) -> ColumnElement[bool]:
    """Return the condition that a paper has reached the other organ: sent to it, or waiting at its desk."""
    return or_(
        paper.sent_at.is_not(None), paper.holder_unit_id == paper.counterpart_id, paper.closed_at.is_not(None)
    )


def holders_of_desk(session: Session, unit_id: int, desk: str, on: date | None = None) -> list[User]:
    """Return the active accounts that sit at a desk of an organ on a day (today by default), by name."""
    day = on or clock.today()
    positions = [position for position, desks in DESKS_OF_POSITION.items() if desk in desks]
    query = (
        select(User)
        .join(Appointment, Appointment.user_id == User.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(
            Appointment.unit_id == unit_id,
            Role.name.in_(positions),
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
            User.active,
        )
        .order_by(User.name, User.id)
        .distinct()
    )
    return list(session.scalars(query))
