"""One page per person: the list of cases, and everything a case file shows, in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.chains import EDITABLE_STATES
from forms.kit.counting import ClockState
from forms.kit.phrases import Phrase
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.errors import NotFound
from portal.models import Bed, Case, Clock, Document, Unit
from portal.services import casestory, clocks, documents, recordfile, search, settlement, units
from portal.services.access import Viewer, case_scope
from portal.services.clocks import ClockLine
from portal.services.events import record
from portal.services.paging import Page, turn_to
from portal.services.plain import person_facts
from portal.services.recordfile import RecordFile
from portal.services.subjects import Subject
from portal.services.trails import Trail

PAGE = 20
STATION: Final = "522700"
SIGNS_OF_LOSS: Final = frozenset({"lost", "abandoned"})
IDENTITY_WORDS: Final[Mapping[str, str]] = {"confirmed": "已查明", "claimed": "自述未核实", "unknown": "未查明"}
#: Limits whose papers have not come though their day has: shown as a flag wherever the person is named.
_FLAG_LIMITS: Final = ("stay_day_ten", "trafficking_report_due")


# -- the list -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What a list of cases is narrowed to. `stay`: open, closed or all; `text` as in a search."""

    stay: str = "open"
    unidentified: bool = False
    place_id: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Flag:
    """Something wrong with a case that everybody who opens it should see."""

    words: str
    rule: str
    what_to_do: str


@dataclass(frozen=True)
class Row:
    """A case in a list: days of stay, the next legal date, flags."""

    case: Case
    days: int
    next_clock: ClockLine | None
    flags: Sequence[Flag]


def listing(session: Session, viewer: Viewer, wanted: Wanted, number: int = 1) -> Page[Row]:
    """Return a page of the cases the viewer may open, newest admission first."""
    query = (
        select(Case)
        .where(case_scope(viewer), *_narrowed(viewer, wanted))
        .options(joinedload(Case.place))
        .order_by(Case.admitted_at.desc(), Case.id.desc())
    )
    found = turn_to(session, query, number, PAGE)
    return replace(found, rows=rows_of(session, found.rows))


def _narrowed(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = []
    if wanted.stay in {"open", "closed"}:
        ways.append(Case.is_open.is_(wanted.stay == "open"))
    if wanted.unidentified:
        ways.append(Case.person.has(identity_status="unknown") | Case.person.has(identity_status="claimed"))
    if wanted.place_id is not None:
        ways.append(Case.place_unit_id == wanted.place_id)
    if wanted.text.strip():
        ways.append(Case.id.in_(search.case_ids(viewer, wanted.text)))
    return ways


def places(session: Session, viewer: Viewer) -> list[Unit]:
    """Return the organs at which persons of the viewer's scope are now, for the filter of the list."""
    here = select(Case.place_unit_id).where(Case.is_open.is_(True), case_scope(viewer)).distinct()
    return list(session.scalars(select(Unit).where(Unit.id.in_(here)).order_by(Unit.code)))


def rows_of(session: Session, found: Sequence[Case]) -> list[Row]:
    """Describe cases for a list: one query for the running limits of all of them."""
    running = session.scalars(
        select(Clock)
        .where(
            Clock.case_id.in_([case.id for case in found]), Clock.done_at.is_(None), Clock.cancelled_at.is_(None)
        )
        .options(*clocks.SHOWN)
        .order_by(Clock.due_at)
    ).all()
    known, now = clocks.calendar(session), clock.now()
    lines: dict[int, list[ClockLine]] = {}
    for each in running:
        if each.case_id is not None:
            lines.setdefault(each.case_id, []).append(clocks.line_of(each, known, now))
    return [
        Row(
            case,
            days_stayed(case),
            next((line for line in lines.get(case.id, ()) if not line.outside), None),
            flags_of(lines.get(case.id, ())),
        )
        for case in found
    ]


def days_stayed(case: Case) -> int:
    """Return whole calendar days of stay; the day of admission is day 0 (§5.1)."""
    until = case.exited_at or clock.now()
    return (until.astimezone(SHANGHAI).date() - case.admitted_at.astimezone(SHANGHAI).date()).days


def flags_of(lines: Iterable[ClockLine]) -> list[Flag]:
    """Return what is wrong, read from the running limits of a case."""
    found = []
    for line in lines:
        if line.limit.code == "stay_day_ten" and line.state is ClockState.OVERDUE:
            found.append(Flag(Phrase("超期未备案"), "R-18", line.limit.next_step))
        elif line.limit.code == "trafficking_report_due":
            found.append(Flag(Phrase("报警回执缺"), "R-17", line.limit.next_step))
    return found


# -- the file -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseFile:
    """Everything on the page of one person: the file every record has, and what only a person has."""

    case: Case
    file: RecordFile
    settlement: Trail | None
    county: str
    bed: str
    days: int
    age: str
    flags: Sequence[Flag]
    stays: Sequence[casestory.Stay]
    earlier: Sequence[Case]


def load(session: Session, viewer: Viewer, case: Case) -> CaseFile:
    """Read the file of a case as far as the viewer may see it."""
    events = casestory.events(session, case)
    file = recordfile.load(session, viewer, Subject(case), events)
    return CaseFile(
        case=case,
        file=file,
        settlement=settlement.of_case(session, viewer, case),
        county=responsible(session, case),
        bed=session.scalar(select(Bed.label).where(Bed.case_id == case.id)) or "",
        days=days_stayed(case),
        age=age_words(case, clock.today()),
        flags=[*flags_of([*file.own, *file.others]), *_marks(case)],
        stays=casestory.stays(session, case, events),
        earlier=_earlier(session, viewer, case),
    )


#: Marks that papers put on a person (CaseFlagged), in words.
FLAG_WORDS: Final[Mapping[str, str]] = {"focus": Phrase("重点关注")}


def _marks(case: Case) -> list[Flag]:
    return [Flag(FLAG_WORDS[key], "R-71", str(why)) for key, why in case.flags.items() if key in FLAG_WORDS]


def responsible(session: Session, case: Case) -> str:
    """Return the organ responsible for the case: the county's bureau, or the central station (R-28, R-35)."""
    organs = units.of_region(session, case.region_code)
    kind = "central_station" if case.region_code == STATION else "county_bureau"
    found = organs.get(kind)
    return found.name if found else case.region_code


def age_words(case: Case, today: date) -> str:
    """Return the age in words: 52岁, or 约50至55岁 as estimated."""
    person = case.person
    full = person_facts(case).age_on(today)
    if full is not None:
        return Phrase("%(n)s岁", n=full)
    bounds = [str(bound) for bound in (person.age_min, person.age_max) if bound is not None]
    if not bounds:
        return ""
    span = Phrase("%(least)s至%(most)s", least=bounds[0], most=bounds[-1])
    return Phrase("约%(span)s岁", span=span if len(set(bounds)) > 1 else bounds[0])


def masked_number(number: str | None) -> str:
    """Return an ID number as lists show it: 522727********001X (R-103)."""
    return f"{number[:6]}{'*' * max(len(number) - 10, 0)}{number[-4:]}" if number else ""


def unmask(session: Session, viewer: Viewer, case: Case, reason: str) -> str:
    """Return the whole ID number and write down who looked and why, in the caller's transaction (R-103)."""
    if not case.person.id_number:
        raise NotFound("尚未登记公民身份号码")
    record(
        session,
        "id_unmasked",
        actor_id=viewer.user_id,
        unit_id=viewer.home.unit_id if viewer.home else None,
        case_id=case.id,
        opinion=reason,
    )
    return case.person.id_number


def _earlier(session: Session, viewer: Viewer, case: Case) -> list[Case]:
    return list(
        session.scalars(
            select(Case)
            .where(Case.person_id == case.person_id, Case.id != case.id, case_scope(viewer))
            .options(joinedload(Case.place))
            .order_by(Case.admitted_at.desc())
        )
    )


# -- beginning ----------------------------------------------------------------------------------------------------


def register(session: Session, viewer: Viewer) -> Document:
    """Begin an admission form, or return the viewer's own that nothing has been typed into yet."""
    untouched = session.scalar(
        select(Document)
        .where(
            Document.paper == "help_registration",
            Document.drafter_id == viewer.user_id,
            Document.case_id.is_(None),
            Document.state.in_(EDITABLE_STATES),
            Document.updated_at == Document.created_at,
        )
        .order_by(Document.id.desc())
        .limit(1)
    )
    return untouched or documents.start(session, viewer, "help_registration")
