"""Request, reply, handover; mother and child; and the night on which a person came before any letter."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.errors import Invalid
from portal.models import Attachment, Bed, Case, Clock, Document, Task
from portal.services import approvals, documents, letters
from portal.services.access import Viewer
from portal.services.approvals import Order, Outcome
from portal.services.files import FileStore
from portal.services.letters import Works
from portal.services.subjects import Subject
from tests import casework
from tests.forms.sample import moment
from tests.forms.test_emergency_intake import SAMPLE as AT_NIGHT
from tests.forms.test_help_registration import SAMPLE as REGISTRATION
from tests.forms.test_transfer_handover import SAMPLE as HANDED_OVER
from tests.forms.test_transfer_reply import SAMPLE as ACCEPTED
from tests.forms.test_transfer_request import SAMPLE as ASKED

MOTHER = {
    "identity_status": "confirmed",
    "name": "罗小梅",
    "sex": "女",
    "birth_date": date(1992, 5, 6),
    "hukou_address": "贵州省平塘县克度镇",
}
CHILD = {**MOTHER, "name": "罗星", "sex": "男", "birth_date": date(2020, 3, 1)}
BEDS = (("male", "男101"), ("female", "女201"), ("female", "女202"), ("minor", "少1"))


class Offices:
    """The county bureau and the central station, at work on the same persons."""

    def __init__(self, session: Session, viewer_of: Callable[[str], Viewer], works: Works) -> None:
        self.session, self.viewer_of, self.works = session, viewer_of, works
        with transaction(session):
            station = casework.unit(session, "522700-station")
            session.execute(delete(Bed))
            for ward, label in BEDS:
                session.add(Bed(unit_id=station.id, ward=ward, label=label))

    def write(self, at: str, who: str, code: str, answers: dict[str, Any], *, files: dict[str, str] | None = None,
              case: Case | None = None, request: Document | None = None) -> Document:  # fmt: skip
        with clock.pinned(moment(at)), transaction(self.session):
            viewer = self.viewer_of(who)
            document = documents.start(self.session, viewer, code, about=Subject(case), request=request)
            documents.save(self.session, viewer, document, {**document.answers, **answers}, document.revision)
            for kind, day in (files or {}).items():
                self.session.add(
                    Attachment(
                        document_id=document.id, kind=kind, filename="附件.pdf", mime="application/pdf", size=1, sha256="0" * 64,
                        dated_on=date.fromisoformat(day), uploaded_by_id=viewer.user_id, uploaded_at=clock.now(),
                    )
                )  # fmt: skip
        return document

    def act(self, at: str, who: str, document: Document, act: Act, **order: Any) -> Outcome:
        with clock.pinned(moment(at)):
            viewer = self.viewer_of(who)
            self.session.refresh(document)
            with transaction(self.session):
                asked = Order(act, document.revision, uuid4().hex, **order)
                done = approvals.take_action(self.session, viewer, document.uuid, asked, self.works)
            if done.letter_id is not None and act is Act.NUMBER:
                letters.issue(self.session, done.letter_id, self.works)
        return done

    def through(self, at: str, organ: str, document: Document, last: Act = Act.SEND) -> None:
        """Take a letter from the drafter's desk through the organ."""
        for who, act in (("clerk.1", Act.SUBMIT), ("reviewer.1", Act.AGREE), ("signer.1", Act.SIGN), ("seal.1", Act.NUMBER),
                         ("seal.1", Act.SEND)):  # fmt: skip
            self.act(at, f"{organ}.{who}", document, act)
            if act is last:
                return

    def bed_of(self, case: Case) -> str | None:
        self.session.expire_all()
        return self.session.scalar(select(Bed.label).where(Bed.case_id == case.id))

    def clock_of(self, case: Case, limit: str) -> Clock:
        return self.session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.limit == limit)).one()


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    return Offices(
        session,
        viewer_of,
        Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True),
    )


def asked(offices: Offices, case: Case, **changes: Any) -> Document:
    """A request of the county that has reached the station."""
    answers = {
        **ASKED,
        "ground": "emergency",
        "emergency_reason": ["violence"],
        "identity_method": ["card"],
        **changes,
    }
    request = offices.write("2026-10-13 09:00", "pingtang.clerk.1", "transfer_request", answers, case=case,
                            files={"medical_check": "2026-10-12"})  # fmt: skip
    offices.through("2026-10-13 10:00", "pingtang", request)
    offices.act("2026-10-13 11:00", "station.clerk.1", request, Act.RECEIVE)
    return request


def family(session: Session) -> tuple[Case, Case]:
    with clock.pinned(moment("2026-10-12 21:00")):
        mother = casework.make_case(session, person=MOTHER, answers={"health": ["good"]})
        return mother, casework.make_case(session, person=CHILD, answers={"health": ["good"]})


def accepted(offices: Offices, request: Document, child: Case, last: Act = Act.SEND) -> Document:
    beds = {
        "ward": "female",
        "bed": "女201",
        "companions": [{"case_no": child.case_no, "relation": "子女", "bed": "女202"}],
    }
    reply = offices.write("2026-10-13 14:00", "station.clerk.1", "transfer_reply", {**ACCEPTED, **beds},
                          case=request.case, request=request)  # fmt: skip
    offices.through("2026-10-13 15:00", "station", reply, last)
    return reply


def test_mother_and_child_are_asked_for_accepted_and_handed_over(offices: Offices, session: Session) -> None:
    mother, child = family(session)
    request = asked(offices, mother, companions=[{"case_no": child.case_no, "relation": "子女"}])
    decision = offices.clock_of(mother, "transfer_decision_emergency_due")
    assert (decision.owner.code, decision.last_day) == ("522700-station", date(2026, 10, 13))
    accepted(offices, request, child)
    assert (offices.bed_of(mother), offices.bed_of(child)) == ("女201", "女202")
    assert request.state == "replied"
    assert offices.clock_of(mother, "transfer_decision_emergency_due").done_at is not None

    sheet = offices.write(
        "2026-10-15 15:00", "station.clerk.1", "transfer_handover", {
            **HANDED_OVER, "belongings": [{"item": "无"}], "documents": ["registration", "medical_check", "reply"],
            "ward": "female", "bed": "女201",
            "companions": [{"case_no": child.case_no, "relation": "子女", "bed": "女202", "body_check": "36.5℃，未见异常"}],
        }, case=mother,
    )  # fmt: skip
    offices.act("2026-10-15 15:10", "station.clerk.1", sheet, Act.SUBMIT)
    offices.act("2026-10-15 15:12", "station.duty.1", sheet, Act.AGREE)
    offices.act("2026-10-15 15:15", "pingtang.clerk.1", sheet, Act.CONFIRM)
    session.expire_all()
    assert sheet.doc_no == f"交{mother.case_no}-1"
    assert {mother.place.code, child.place.code} == {"522700-station"}
    assert (offices.bed_of(mother), offices.bed_of(child)) == ("女201", "女202")
    assert mother.region_code == child.region_code == "522727"


@pytest.mark.parametrize("turn", [Act.RETURN, Act.VOID])
def test_an_acceptance_taken_back_frees_both_beds(offices: Offices, session: Session, turn: Act) -> None:
    mother, child = family(session)
    request = asked(offices, mother, companions=[{"case_no": child.case_no, "relation": "子女"}])
    reply = accepted(offices, request, child, Act.SIGN if turn is Act.RETURN else Act.SEND)
    assert offices.bed_of(child) == "女202"
    who = "station.seal.1" if turn is Act.RETURN else "station.signer.1"
    offices.act("2026-10-13 16:00", who, reply, turn, opinion="床位安排有误，重新办理")
    assert (offices.bed_of(mother), offices.bed_of(child)) == (None, None)


def received_at_night(offices: Offices, **changes: Any) -> Document:
    record = offices.write("2026-07-11 22:10", "station.duty.1", "emergency_intake", {**AT_NIGHT, **changes},
                           files={"photo": "2026-07-11"})  # fmt: skip
    offices.act("2026-07-11 22:15", "station.duty.1", record, Act.SUBMIT)
    return record


def test_a_person_received_on_saturday_night_is_the_countys_from_the_first_minute(
    offices: Offices, session: Session
) -> None:
    record = received_at_night(offices)
    case = record.case
    assert case is not None
    assert (case.case_no, case.region_code, case.first_unit.code) == (
        "522727-2026-0001",
        "522727",
        "522727-bureau",
    )
    assert (case.place.code, offices.bed_of(case)) == ("522700-station", "男101")
    assert offices.clock_of(case, "emergency_papers_due").last_day == date(2026, 7, 14)
    owners = {
        offices.clock_of(case, limit).owner.code
        for limit in ("emergency_papers_due", "tracing_notice_due", "dna_request_due")
    }
    assert owners == {"522727-bureau"}
    assert set(session.scalars(select(Task.paper).where(Task.case_id == case.id, Task.done_at.is_(None)))) >= {
        "help_registration",
        "transfer_request",
    }
    offices.act("2026-07-13 09:30", "station.signer.1", record, Act.CONFIRM)
    assert record.state == "closed"
    assert documents.find(session, offices.viewer_of("pingtang.clerk.1"), record.uuid) is record


def test_on_monday_the_county_registers_asks_and_is_answered(offices: Offices, session: Session) -> None:
    record = received_at_night(offices)
    offices.act("2026-07-13 09:30", "station.signer.1", record, Act.CONFIRM)
    case = record.case
    assert case is not None
    with clock.pinned(moment("2026-07-13 09:35")), transaction(session):
        clerk = offices.viewer_of("pingtang.clerk.1")
        first = dict(documents.start(session, clerk, "help_registration", about=Subject(case)).answers)
    # What was seen at night is not asked again.
    assert {box: first[box] for box in ("alias", "sex", "age_min", "found_place", "health", "admitted_at", "help_reason")} == {
        "alias": "通州桥头男", "sex": "男", "age_min": "50", "found_place": "平塘县通州镇新街路口", "health": ["good"],
        "admitted_at": "2026-07-11T22:00", "help_reason": ["disaster"],
    }  # fmt: skip
    assert first["belongings"] == [{"item": "布袋", "quantity": "1个"}]
    form = offices.write(
        "2026-07-13 09:40", "pingtang.clerk.1", "help_registration",
        {**REGISTRATION, "alias": "通州桥头男", "admitted_at": "2026-07-11T22:00", "found_at": "2026-07-11T20:00", "health": ["good"]},
        case=case, files={"photo": "2026-07-11"},
    )  # fmt: skip
    reasons = {"_reasons": {"R-09": "应急接收，随后查询"}}
    with clock.pinned(moment("2026-07-13 09:45")), transaction(session):
        documents.save(
            session, offices.viewer_of("pingtang.clerk.1"), form, {**form.answers, **reasons}, form.revision
        )
    offices.act("2026-07-13 09:50", "pingtang.clerk.1", form, Act.SUBMIT)
    request = offices.write(
        "2026-07-13 10:00", "pingtang.clerk.1", "transfer_request",
        {**ASKED, "ground": "emergency", "emergency_reason": ["disaster"], "_reasons": {"R-25": "洪水断网，现已补发"}},
        case=case, files={"medical_check": "2026-07-13"},
    )  # fmt: skip
    offices.through("2026-07-13 10:30", "pingtang", request)
    offices.act("2026-07-13 11:00", "station.clerk.1", request, Act.RECEIVE)
    reply = offices.write("2026-07-13 14:00", "station.clerk.1", "transfer_reply", {**ACCEPTED, "arrive_by": "2026-07-14"},
                          case=case, request=request)  # fmt: skip
    offices.through("2026-07-13 15:00", "station", reply)
    assert offices.clock_of(case, "emergency_papers_due").done_at is not None
    assert session.scalar(select(Case.id).where(Case.id != case.id)) is None


def test_a_case_the_county_has_already_opened_is_joined_and_not_doubled(
    offices: Offices, session: Session
) -> None:
    with clock.pinned(moment("2026-07-11 20:00")):
        case = casework.make_case(session, alias="通州桥头男")
    record = received_at_night(offices, case_state="known", known_case_no=case.case_no)
    assert (record.case_id, case.place.code) == (case.id, "522700-station")
    assert session.scalars(select(Case)).all() == [case]


def test_a_mistyped_number_joins_nobody(offices: Offices, session: Session) -> None:
    with clock.pinned(moment("2026-07-11 20:00")):
        casework.make_case(session, person=MOTHER)
    with pytest.raises(Invalid, match="性别相符的在办个案"):
        received_at_night(offices, case_state="known", known_case_no="522727-2026-0001")
