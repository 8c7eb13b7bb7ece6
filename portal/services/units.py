"""Organs as papers need them: by code, by region and kind, as plain facts."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.facts import OrganFacts
from portal.errors import NotFound
from portal.models import Unit
from portal.reference import regions

PREFECTURE, PROVINCE = regions.PREFECTURE.code, regions.PROVINCE.code
#: Kinds of organs that place persons with a contractor, each on terms of its own; those above them only decide.
CUSTODY_USERS = ("county_bureau", "central_station")
#: Kinds of which a region has many: found by code, never by kind.
_MANY = ("township", "village", "outside")


def by_code(session: Session, code: str) -> Unit:
    """Return the organ of a code. NotFound when there is none."""
    unit = session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(f"没有代码为{code}的机关")
    return unit


def by_name(session: Session, name: str, *, create: bool) -> Unit | None:
    """Return the organ of a full name; with `create`, an unknown one is added as an outside party.

    None when there is none. Letters to outside parties are served by the sender, who also records the answer (§1.1).
    """
    unit = session.scalar(select(Unit).where(Unit.name == name).order_by(Unit.id).limit(1))
    if unit is None and create:
        unit = Unit(code=f"outside-{uuid4().hex[:12]}", name=name, short_name=name, kind="outside", region_code="")
        session.add(unit)
        session.flush()
    return unit


def of_region(session: Session, region_code: str) -> Mapping[str, Unit]:
    """Return the organs of a region by kind; townships and villages are many and left out."""
    (organs,) = _of_regions(session, [region_code])
    return organs


def _of_regions(session: Session, codes: Sequence[str]) -> Sequence[Mapping[str, Unit]]:
    """Return the organs of each region by kind, in the order of the regions; one query for all of them."""
    rows = session.scalars(select(Unit).where(Unit.region_code.in_(codes), Unit.kind.not_in(_MANY)))
    found: dict[str, dict[str, Unit]] = {code: {} for code in codes}
    for unit in rows:
        found[unit.region_code][unit.kind] = unit
    return [found[code] for code in codes]


def facts_of(unit: Unit) -> OrganFacts:
    """Copy an organ into plain facts."""
    return OrganFacts(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        region_code=unit.region_code,
        short_name=unit.short_name,
        self_word=unit.self_word,
        infra_weak=unit.infra_weak,
        child_home=unit.child_home,
        in_portal=unit.in_portal,
        seal_mm=unit.seal_mm,
        phone=unit.phone,
    )


def kind_facts(session: Session, *region_codes: str) -> Sequence[Mapping[str, OrganFacts]]:
    """Return the organs of each region as facts by kind, in the order of the regions; one query for all of them."""
    found = _of_regions(session, region_codes)
    return [{kind: facts_of(unit) for kind, unit in organs.items()} for organs in found]
