"""What time itself brings about, looked for every hour and at every start; repeating it changes nothing twice.

- A bed kept for a person who did not come by the day agreed is free again (R-33).
- Three months of stay are full: the limit to apply for settlement begins (R-04, R-51).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal import clock as time
from portal.models import Bed, Case, Clock, Document
from portal.services import cases, clocks
from portal.services.events import record


@dataclass(frozen=True)
class Done:
    """How many of each kind were found."""

    beds: int
    settlements: int


def run(session: Session) -> Done:
    """Do what is due now, inside the caller's write transaction."""
    return Done(_release_beds(session), _begin_settlements(session))


def _release_beds(session: Session) -> int:
    """Free the beds of persons who are not at the station though the last accepted day has passed."""
    today = time.today().isoformat()
    kept = session.scalars(
        select(Case).join(Bed, Bed.case_id == Case.id).options(joinedload(Case.place)).order_by(Case.id)
    ).all()
    freed = 0
    for case in kept:
        if case.place.kind == "central_station":
            continue
        reply = session.scalar(
            select(Document)
            .where(
                Document.case_id == case.id, Document.paper == "transfer_reply", Document.signed_on.is_not(None)
            )
            .order_by(Document.id.desc())
            .limit(1)
        )
        until = str(reply.answers.get("arrive_by", "")) if reply else ""
        if until and until < today:
            cases.release_bed(session, case)
            record(
                session, "bed_released", actor_id=None, unit_id=reply.issuer_id if reply else None, case_id=case.id,
                data={"arrive_by": until},
            )  # fmt: skip
            freed += 1
    return freed


def _begin_settlements(session: Session) -> int:
    """Begin the five working days for whoever is still unidentified when the three months are full."""
    full = session.scalars(
        select(Clock)
        .where(
            Clock.limit == "stay_three_months",
            Clock.done_at.is_(None),
            Clock.cancelled_at.is_(None),
            Clock.due_at <= time.now(),
        )
        .options(joinedload(Clock.case))
    ).all()
    for row in full:
        assert row.case is not None, "this limit runs for persons"
        clocks.start(
            session,
            "settlement_application_due",
            row.last_day,
            owner_id=row.owner_id,
            about={"case_id": row.case_id},
        )
        row.done_at = row.due_at
    return len(full)
