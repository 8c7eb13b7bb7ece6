"""What time itself brings about happens once, on its day, and not before."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.db import transaction
from portal.models import Bed, Clock, Unit
from portal.services import cases, clocks, routine
from portal.services.access import Viewer
from tests import casework


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def settle(session: Session, at: str) -> routine.Done:
    with clock.pinned(moment(at)), transaction(session):
        return routine.run(session)


def test_a_kept_bed_is_free_again_after_the_day_agreed(
    session: Session, viewer_of: Callable[[str], Viewer]
) -> None:
    case = casework.make_case(session)
    reply = casework.make_paper(session, case, "transfer_reply", state="sent", step="receive")
    with transaction(session):
        row = session.merge(reply)
        row.answers = {**row.answers, "decision": "accept", "arrive_by": "2026-10-14"}
        row.signed_on = moment("2026-10-12T10:00").date()
        cases.reserve_bed(session, session.merge(case), "male", "男101")
    kept = select(Bed.label).where(Bed.case_id == case.id)
    assert settle(session, "2026-10-14T23:59").beds == 0
    assert session.scalars(kept).all() == ["男101"]
    assert settle(session, "2026-10-15T00:10").beds == 1
    assert session.scalars(kept).all() == []
    assert settle(session, "2026-10-15T01:10").beds == 0


def test_the_days_to_apply_for_settlement_begin_when_three_months_are_full(session: Session) -> None:
    case = casework.make_case(session)
    bureau = session.scalars(select(Unit).where(Unit.code == "522727-bureau")).one()
    with transaction(session):
        clocks.start(
            session,
            "stay_three_months",
            moment("2026-06-15T09:40"),
            owner_id=bureau.id,
            about={"case_id": case.id},
        )
    begun = select(Clock).where(Clock.limit == "settlement_application_due", Clock.case_id == case.id)
    assert settle(session, "2026-09-15T12:00").settlements == 0
    assert settle(session, "2026-09-16T00:05").settlements == 1
    found = session.scalars(begun).one()
    assert found.last_day.isoformat() == "2026-09-21"  # Sunday the 20th is a working day
    session.rollback()
    assert settle(session, "2026-09-17T00:05").settlements == 0
    assert len(session.scalars(begun).all()) == 1
    assert found.due_at - found.trigger_at > timedelta(days=5)
