"""Limits of an organ itself, which no record joins: the hospital in use is inspected every quarter (P-50)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.models import Case, Clock
from portal.services.access import Viewer
from portal.services.files import FileStore
from portal.services.letters import Works
from portal.services.subjects import Subject
from tests import casework
from tests.forms.sample import moment
from tests.forms.test_hospital_inspection import SAMPLE as INSPECTION
from tests.forms.test_medical_referral import SAMPLE as REFERRAL
from tests.services.offices import Offices


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    works = Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True)
    return Offices(session, viewer_of, works)


def taken(offices: Offices, at: str, alias: str, who: str = "pingtang", region: str = "522727") -> None:
    with clock.pinned(moment("2026-09-28 18:30")):
        case: Case = casework.make_case(offices.session, alias=alias, region=region, answers={"health": ["good"]})
    answers = {**REFERRAL, "taken_at": f"{at}T08:20", "received_at": f"{at}T08:45"}
    paper = offices.write(f"{at} 09:00", f"{who}.clerk.1", "medical_referral", answers, Subject(case))
    offices.act(f"{at} 09:10", f"{who}.clerk.1", paper, Act.SUBMIT)


def running(offices: Offices) -> list[Clock]:
    rows = offices.session.query(Clock).where(Clock.limit == "hospital_inspection_due").order_by(Clock.id)
    offices.session.expire_all()
    return [row for row in rows if row.done_at is None]


def test_the_first_use_of_a_hospital_begins_the_quarterly_inspections_of_its_county(offices: Offices) -> None:
    taken(offices, "2026-10-13", "河滨路男")
    taken(offices, "2026-10-14", "客运站男")  # the same hospital: nothing more
    (first,) = running(offices)
    assert (first.last_day, first.owner.code, first.case_id) == (date(2026, 12, 31), "522727-bureau", None)
    taken(offices, "2026-10-14", "洒金桥男", who="fuquan", region="522702")
    assert [row.owner.code for row in running(offices)] == ["522727-bureau", "522702-bureau"]

    seen = offices.write(
        "2026-11-20 09:00", "pingtang.clerk.1", "hospital_inspection", {**INSPECTION, "inspected_on": "2026-11-19"}
    )
    offices.form("2026-11-20 10:00", "pingtang.clerk.1", seen, "pingtang.clerk.2")
    neighbour, following = running(offices)
    assert (neighbour.owner.code, neighbour.last_day) == ("522702-bureau", date(2026, 12, 31))
    assert (following.owner.code, following.last_day) == ("522727-bureau", date(2027, 3, 31))
    offices.session.refresh(first)
    assert first.done_at == moment("2026-11-19 00:00")
    taken(offices, "2026-11-23", "平舟桥头男")
    assert len(running(offices)) == 2
