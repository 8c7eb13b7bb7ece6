"""What the page of a record offers to begin, beyond what hangs on it alone."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.models import Case, Document
from portal.services import dossier, recordfile, records
from portal.services.access import Viewer
from portal.services.documents import read
from portal.services.files import FileStore
from portal.services.letters import Works
from portal.services.subjects import NOTHING, Subject
from tests.forms.sample import moment
from tests.services.offices import Offices
from tests.services.test_settlement_chain import applied, planned, stayed


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    works = Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True)
    return Offices(session, viewer_of, works)


def offered(offices: Offices, case: Case, at: str) -> set[str]:
    with clock.pinned(moment(at)):
        file = recordfile.load(offices.session, offices.viewer_of("pingtang.clerk.1"), Subject(case))
    return set(file.offers)


def begun(offices: Offices, case: Case, code: str, at: str) -> Document:
    with clock.pinned(moment(at)), transaction(offices.session) as session:
        return records.begin(session, offices.viewer_of("pingtang.clerk.1"), code, Subject(case))


def test_a_plan_for_several_begins_on_the_page_of_one_once_the_application_is_in(offices: Offices) -> None:
    case = stayed(offices, "平舟桥头男")
    assert "settlement_plan_request" not in offered(offices, case, "2026-06-23 08:00")
    applied(offices, case)
    assert "settlement_plan_request" in offered(offices, case, "2026-06-25 08:00")
    plan = begun(offices, case, "settlement_plan_request", "2026-06-25 08:10")
    assert Subject.of(plan) == NOTHING
    assert [row["case_no"] for row in plan.answers["plan_rows"]] == [case.case_no]


def test_the_reply_of_the_government_begun_there_answers_the_plan(offices: Offices, session: Session) -> None:
    case = stayed(offices, "平舟桥头男")
    applied(offices, case)
    plan = planned(offices, case)
    offices.act("2026-07-07 10:00", "pingtang.clerk.1", plan, Act.SERVE, served_on=date(2026, 7, 7))
    known = offered(offices, case, "2026-07-20 09:00")
    assert "settlement_government_reply" in known
    assert "settlement_plan_request" not in known
    reply = begun(offices, case, "settlement_government_reply", "2026-07-20 09:10")
    assert reply.in_reply_to_id == plan.id
    with clock.pinned(moment("2026-07-20 09:20")):
        reading = read(session, reply)
        told = {deadline.limit.code for deadline in dossier.deadlines(session, reading)}
    assert told == set()  # nobody is approved or refused yet
