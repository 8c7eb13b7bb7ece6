"""Beds of the central station: which are free, who has the others, and which there are (R-33)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from forms.kit.blocks import WARDS
from forms.kit.rules import Problem
from portal.errors import Conflict, Invalid, NotFound
from portal.models import Bed, Case
from portal.services.access import Viewer, case_scope
from portal.services.events import record

WARD_WORDS: Final = dict(WARDS)
_LABEL = re.compile(r"[\w\u4e00-\u9fa5-]{1,12}")


@dataclass(frozen=True)
class Place:
    """A bed and who has it. `case` is None when it is free, or when the viewer may not know whose it is."""

    bed: Bed
    case: Case | None

    @property
    def free(self) -> bool:
        """Nobody has it, nor is it kept for anybody."""
        return self.bed.case_id is None


@dataclass(frozen=True)
class Ward:
    """A ward with its beds."""

    key: str
    title: str
    places: Sequence[Place]

    @property
    def free(self) -> int:
        """How many beds are free."""
        return sum(1 for place in self.places if place.free)


def stations(viewer: Viewer) -> list[int]:
    """Return the central stations the viewer works at."""
    return sorted({seat.unit_id for seat in viewer.seats if seat.unit_kind == "central_station"})


def wards(session: Session, viewer: Viewer) -> list[Ward]:
    """Return the wards of the viewer's station in their order, with every bed."""
    beds = session.scalars(
        select(Bed).where(Bed.unit_id.in_(stations(viewer))).order_by(Bed.ward, Bed.label)
    ).all()
    taken = [bed.case_id for bed in beds if bed.case_id is not None]
    rows = session.scalars(
        select(Case).where(Case.id.in_(taken), case_scope(viewer)).options(joinedload(Case.place))
    )
    known = {case.id: case for case in rows}
    return [
        Ward(
            key,
            title,
            [Place(bed, known.get(bed.case_id) if bed.case_id else None) for bed in beds if bed.ward == key],
        )
        for key, title in WARDS
    ]


def add(session: Session, viewer: Viewer, ward: str, label: str) -> Bed:
    """Add a bed, in the caller's transaction. Invalid for a ward or label that cannot be."""
    label = label.strip()
    if ward not in WARD_WORDS:
        raise Invalid("请选择区域", [Problem("请选择区域", "ward", "R-33")])
    if not _LABEL.fullmatch(label):
        raise Invalid(
            "床位号为1至12个字，可用汉字、字母、数字和短横线", [Problem("床位号不符合要求", "label", "R-33")]
        )
    bed = Bed(unit_id=stations(viewer)[0], ward=ward, label=label)
    session.add(bed)
    try:
        session.flush()
    except IntegrityError as same:
        raise Conflict(f"已经有床位“{label}”，请换一个床位号") from same
    _write_down(session, viewer, "bed_added", bed)
    return bed


def remove(session: Session, viewer: Viewer, bed_id: int) -> Bed:
    """Take a free bed away, in the caller's transaction. Conflict while somebody has it."""
    bed = session.scalar(select(Bed).where(Bed.id == bed_id, Bed.unit_id.in_(stations(viewer))).with_for_update())
    if bed is None:
        raise NotFound("没有这个床位")
    if bed.case_id is not None:
        raise Conflict(f"床位“{bed.label}”有人使用或已预留，不能撤销")
    _write_down(session, viewer, "bed_removed", bed)
    session.delete(bed)
    return bed


def _write_down(session: Session, viewer: Viewer, kind: str, bed: Bed) -> None:
    record(
        session, kind, actor_id=viewer.user_id, unit_id=bed.unit_id, data={"ward": bed.ward, "label": bed.label}
    )
