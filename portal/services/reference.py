"""Loading the reference data: organs, positions, beds of the central station. Repeating it changes nothing twice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Bed, Role, Unit
from portal.models.people import Position
from portal.reference.organs import ORGANS
from portal.services.positions import title

#: Beds the central station starts with; its clerk keeps them (R-33).
BEDS = {
    "male": [f"男{n}" for n in range(101, 113)],
    "female": [f"女{n}" for n in range(201, 209)],
    "minor": [f"童{n}" for n in range(301, 305)],
    "observation": [f"观{n}" for n in range(1, 5)],
}


def load(session: Session) -> int:
    """Write what is missing; what an administrator changed since stays. Returns the number of new organs."""
    known = {unit.code: unit for unit in session.scalars(select(Unit))}
    fresh = 0
    for organ in ORGANS:
        if organ.code in known:
            continue
        unit = Unit(
            code=organ.code,
            name=organ.name,
            short_name=organ.short_name,
            kind=organ.kind,
            region_code=organ.region_code,
            parent=known[organ.parent_code] if organ.parent_code else None,
            self_word=organ.self_word,
            infra_weak=organ.infra_weak,
            child_home=organ.child_home,
            in_portal=organ.in_portal,
            seal_mm=organ.seal_diameter_mm,
            letter_codes=dict(organ.letter_codes),
            phone=organ.phone,
        )
        session.add(unit)
        known[organ.code] = unit
        fresh += 1
    names = set(session.scalars(select(Role.name)))
    session.add_all(
        Role(name=position, description=title("", position)) for position in Position if position not in names
    )
    session.flush()
    station = known["522700-station"]
    if session.scalar(select(Bed.id).limit(1)) is None:
        session.add_all(
            Bed(unit_id=station.id, ward=ward, label=label) for ward, labels in BEDS.items() for label in labels
        )
    session.flush()
    return fresh
