"""Cases: opened with a number that is never reused, corrected, moved, ended, and relinked when identity is found."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.workdays import SHANGHAI
from portal.errors import Invalid
from portal.models import Bed, Case, Document, NumberSeries, Person, Unit
from portal.services import clocks, search, units
from portal.services.events import record

#: Columns of the person that the admission form and later corrections fill.
PERSON_COLUMNS = (
    "identity_status", "name", "alias", "sex", "birth_date", "age_min", "age_max", "id_number", "hukou_code", "hukou_address",
)  # fmt: skip


def next_case_no(session: Session, unit: Unit, region_code: str, year: int) -> str:
    """Return the next 救助编号: county code-year-serial, one per admission, never reused (§1.4)."""
    query = select(NumberSeries).where(
        NumberSeries.unit_id == unit.id,
        NumberSeries.code == f"救助编号{region_code}",
        NumberSeries.year == year,
    )
    session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())
    series = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if series is None:
        series = NumberSeries(unit_id=unit.id, code=f"救助编号{region_code}", year=year, last=0)
        session.add(series)
    series.last += 1
    session.flush()
    return f"{region_code}-{year}-{series.last:04d}"


def open_case(
    session: Session,
    document: Document,
    person: Mapping[str, Any],
    admitted_at: datetime,
    *,
    photo_sha256: str | None,
    first_unit: Unit | None = None,
) -> Case:
    """Open the case a paper describes and hang the paper on it.

    `first_unit` is the organ that first received the person and fixes the responsible county; the issuer unless named.
    """
    issuer = first_unit or document.issuer
    region = units.PREFECTURE if issuer.kind == "central_station" else issuer.region_code
    bureau = units.of_region(session, region).get("county_bureau") or issuer
    number = next_case_no(session, bureau, region, admitted_at.astimezone(SHANGHAI).year)
    who = _known(session, person) or Person(**_columns(person))
    case = Case(
        case_no=number,
        national_no=str(document.answers.get("national_no", "")),
        person=who,
        region_code=region,
        first_unit=issuer,
        place=issuer,
        display_name=_display(person, number),
        answers=dict(document.answers),
        admitted_at=admitted_at,
        photo_sha256=photo_sha256,
        flags={},
    )
    session.add(case)
    session.flush()
    document.case = case
    search.index(session, case)
    return case


def _known(session: Session, person: Mapping[str, Any]) -> Person | None:
    """Return the person already on file under the same confirmed ID number."""
    number = person.get("id_number")
    if not number or person.get("identity_status") != "confirmed":
        return None
    return session.scalar(select(Person).where(Person.id_number == number))


def _columns(person: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: person.get(key) for key in PERSON_COLUMNS}
    for key in ("name", "alias", "hukou_code", "hukou_address", "sex"):
        values[key] = values[key] or ""
    values["id_number"] = (values["id_number"] or None) if values["identity_status"] == "confirmed" else None
    return values


def _display(person: Mapping[str, Any], number: str) -> str:
    if person.get("identity_status") == "unknown":
        return str(person.get("alias") or number)
    return str(person.get("name") or person.get("alias") or number)


def correct(session: Session, case: Case, values: Mapping[str, Any]) -> None:
    """Set columns of the case or its person; other names go into the admission answers."""
    for key, value in values.items():
        if key in PERSON_COLUMNS:
            setattr(case.person, key, value)
        elif key in {"admitted_at", "national_no", "photo_sha256"}:
            setattr(case, key, value)
            if key == "admitted_at":
                clocks.recount_from(session, case, value)
        else:
            case.answers = {**case.answers, key: value}
    case.display_name = _display(
        {key: getattr(case.person, key) for key in ("identity_status", "name", "alias")}, case.case_no
    )
    search.index(session, case)


def identify(
    session: Session,
    case: Case,
    *,
    name: str,
    sex: str,
    birth_date: date,
    id_number: str,
    hukou_address: str,
    at: datetime,
    actor_id: int,
) -> None:
    """Give the person their identity; every paper of the case follows, earlier cases of the same person are linked.

    The former person row stays when other cases still hang on it, so that a wrong link can be undone (R-14).
    """
    before = case.person
    known = session.scalar(select(Person).where(Person.id_number == id_number))
    if known is not None and known.id != before.id:
        case.person = known
        known.alias = known.alias or before.alias
    who = case.person
    who.identity_status, who.name, who.sex, who.birth_date = "confirmed", name, sex, birth_date
    who.id_number, who.hukou_address, who.identified_at = id_number, hukou_address, at
    session.flush()
    correct(session, case, {"identity_status": "confirmed"})
    record(
        session,
        "identity_linked",
        actor_id=actor_id,
        case_id=case.id,
        data={"person": who.id, "was_person": before.id, "alias": before.alias},
    )


def move(
    session: Session,
    case: Case,
    place: Unit,
    *,
    ward: str = "",
    bed: str = "",
    at: datetime,
    actor_id: int | None,
) -> None:
    """The person is cared for at `place` from the moment `at` on; the responsible county stays (R-28)."""
    release_bed(session, case)
    case.place = place
    if bed:
        reserve_bed(session, case, ward, bed)
    session.flush()
    record(
        session,
        "moved",
        actor_id=actor_id,
        unit_id=place.id,
        case_id=case.id,
        data={"place": place.code, "place_name": place.name, "bed": bed, "at": at.isoformat(timespec="minutes")},
    )
    search.index(session, case)


def reserve_bed(session: Session, case: Case, ward: str, label: str) -> None:
    """Keep a free bed for the case. Invalid when it is taken meanwhile (R-33)."""
    session.flush()
    found = session.scalar(select(Bed).where(Bed.ward == ward, Bed.label == label).with_for_update())
    if found is None or found.case_id not in {None, case.id}:
        raise Invalid(f"{label}床位已被占用，请另选床位（R-33）")
    release_bed(session, case)
    found.case_id = case.id
    session.flush()


def release_bed(session: Session, case: Case) -> None:
    """Free the bed the case has, if any."""
    for bed in session.scalars(select(Bed).where(Bed.case_id == case.id)):
        bed.case_id = None
    session.flush()


def end(session: Session, case: Case, method: str, at: datetime, *, actor_id: int | None) -> None:
    """End the stay with its exit method; the case closes."""
    release_bed(session, case)
    case.is_open, case.exit_method, case.exited_at = False, method, at
    data = {"method": method, "at": at.isoformat(timespec="minutes")}
    record(session, "stay_ended", actor_id=actor_id, unit_id=case.place_unit_id, case_id=case.id, data=data)
