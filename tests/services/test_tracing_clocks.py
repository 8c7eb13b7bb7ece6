"""Notices, letters to the police and to named organs: which limits a milestone meets, starts, counts anew or ends."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from forms.kit.effects import StayEnded
from portal import clock
from portal.db import transaction
from portal.models import Attachment, Case, Clock, Document, Task, Unit
from portal.services import approvals, caseeffects, documents
from portal.services.access import Viewer
from portal.services.approvals import Order, Outcome
from portal.services.files import FileStore
from portal.services.letters import Works
from tests import casework
from tests.forms import test_identity_assist_request as assist
from tests.forms import test_minor_transfer_letter as minor
from tests.forms import test_police_check_result as police
from tests.forms.sample import moment
from tests.forms.test_dna_request import SAMPLE as DNA
from tests.forms.test_tracing_notice import SAMPLE as NOTICE

ADMITTED = moment("2026-09-28 18:30")
ADMISSION = ("tracing_notice_due", "dna_request_due", "lifelong_tracing_due")


@pytest.fixture
def desk(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Iterator["Office"]:
    with clock.pinned(ADMITTED):
        yield Office(session, viewer_of, Works(FileStore(tmp_path), tmp_path, "", "http://localhost", True))


NOBODY = {"holder_unit_id": None, "holder_desk": None, "holder_user_id": None}


class Office:
    """平塘县民政局 at work on one unidentified man."""

    def __init__(self, session: Session, viewer_of: Callable[[str], Viewer], works: Works) -> None:
        self.session, self.viewer_of, self.works = session, viewer_of, works
        self.case = casework.make_case(session, admitted_at=ADMITTED, limits=ADMISSION)
        self.paper(
            "quick_identity_check",
            state="closed",
            step="check",
            signed_on=date(2026, 9, 28),
            closed_at=ADMITTED,
            **NOBODY,
        )

    def paper(self, code: str, **columns: Any) -> Document:
        return casework.make_paper(self.session, self.case, code, **columns)

    def sealed(self, code: str, answers: dict[str, Any], counterpart: str = "", **columns: Any) -> Document:
        """A paper numbered and sealed, waiting to be sent."""
        return self.paper(
            code,
            answers=answers,
            state="sealed",
            step="send",
            holder_desk="seal",
            holder_user_id=None,
            counterpart=casework.unit(self.session, counterpart) if counterpart else None,
            signed_on=clock.today(),
            **columns,
        )

    def act(self, at: str, who: str, document: Document, act: Act, **order: Any) -> Outcome:
        with clock.pinned(moment(at)):
            viewer = self.viewer_of(f"pingtang.{who}")
            self.session.refresh(document)
            asked = Order(act, document.revision, uuid4().hex, **order)
            with transaction(self.session):
                return approvals.take_action(self.session, viewer, document.uuid, asked, self.works)

    def attach(self, document: Document, kind: str) -> None:
        with transaction(self.session):
            self.session.add(
                Attachment(
                    document_id=document.id, kind=kind, filename="扫描件.pdf", mime="application/pdf", size=1,
                    sha256="0" * 64, uploaded_by_id=document.drafter_id, uploaded_at=clock.now(),
                )
            )  # fmt: skip

    def clocks(self, limit: str) -> list[Clock]:
        return list(self.session.scalars(select(Clock).where(Clock.limit == limit).order_by(Clock.id)))

    def running(self, limit: str) -> Clock:
        (found,) = [row for row in self.clocks(limit) if row.done_at is None and row.cancelled_at is None]
        return found


def published(desk: Office, at: str = "2026-09-29 10:00") -> Document:
    notice = desk.sealed("tracing_notice", NOTICE, doc_no="寻522727-2026-0001")
    desk.act(at, "seal.1", notice, Act.SEND)
    return notice


def sent(desk: Office, at: str = "2026-10-12 16:00", **columns: Any) -> Document:
    letter = desk.sealed("dna_request", DNA, "522727-police", doc_no="平民函〔2026〕7号", **columns)
    desk.act(at, "seal.1", letter, Act.SEND)
    return letter


def served(desk: Office) -> Document:
    letter = sent(desk)
    desk.act("2026-10-14 09:00", "clerk.1", letter, Act.SERVE, served_on=date(2026, 10, 13))
    return letter


def recorded(desk: Office, letter: Document, answers: dict[str, Any], at: str = "2026-11-12 09:00") -> Document:
    """An answer filled in by one clerk and confirmed by another."""
    draft = desk.paper(letter_answer(letter), answers=answers, in_reply_to=letter)
    desk.attach(draft, "scan")
    desk.act(at, "clerk.1", draft, Act.SUBMIT)
    desk.act(at, "clerk.2", draft, Act.CONFIRM)
    desk.session.refresh(letter)
    return draft


def letter_answer(letter: Document) -> str:
    return documents.paper_class(letter).answered_by[0]


# ---- the notice ------------------------------------------------------------------------------------------------


def test_publishing_meets_the_day_and_starts_month_and_half_year(desk: Office) -> None:
    notice = published(desk)
    (day,) = desk.clocks("tracing_notice_due")
    assert day.done_at == moment("2026-09-29 10:00")
    assert day.due_at == moment("2026-09-29 18:30")
    assert desk.running("notice_refresh_due").last_day == date(2026, 10, 29)
    before, after = desk.clocks("lifelong_tracing_due")
    assert before.done_at == moment("2026-09-29 10:00")
    assert after.last_day == date(2027, 3, 29)
    assert (notice.state, notice.holder_user_id) == ("in_process", notice.drafter_id)


def test_a_notice_a_minute_late_is_recorded_as_late(desk: Office) -> None:
    published(desk, "2026-09-29 18:31")
    (day,) = desk.clocks("tracing_notice_due")
    assert day.done_at is not None
    assert day.done_at > day.due_at


def test_a_refresh_starts_the_month_anew_and_leaves_the_half_year(desk: Office) -> None:
    notice = published(desk)
    desk.act("2026-10-27 16:20", "clerk.2", notice, Act.REFRESH)
    first, second = desk.clocks("notice_refresh_due")
    assert first.done_at == moment("2026-10-27 16:20")
    assert second.last_day == date(2026, 11, 27)
    assert len(desk.clocks("lifelong_tracing_due")) == 2
    assert notice.state == "in_process"


def test_a_recall_ends_the_month_and_asks_for_a_right_notice(desk: Office) -> None:
    notice = published(desk)
    desk.act("2026-10-05 09:00", "clerk.1", notice, Act.RECALL, opinion="内容有误：照片放错")
    (month,) = desk.clocks("notice_refresh_due")
    assert (month.cancelled_at, month.done_at) == (moment("2026-10-05 09:00"), None)
    task = desk.session.scalars(select(Task).where(Task.paper == "tracing_notice")).one()
    assert (task.rule, task.done_at) == ("R-10", None)
    assert (notice.state, notice.close_reason) == ("closed", "内容有误：照片放错")


def test_the_end_of_the_stay_ends_the_refreshing(desk: Office) -> None:
    published(desk)
    with transaction(desk.session):
        document = desk.session.scalars(select(Document).where(Document.paper == "tracing_notice")).one()
        caseeffects.make_true(
            desk.session, desk.viewer_of("pingtang.clerk.1"), document, StayEnded("left", clock.now())
        )
    (month,) = desk.clocks("notice_refresh_due")
    assert (month.cancelled_at is not None, month.end_reason) == (True, "已离站")
    assert desk.running("lifelong_tracing_due")


# ---- the letter to the police ----------------------------------------------------------------------------------


def test_sending_meets_our_limit_and_presumes_the_day_of_service(desk: Office) -> None:
    sent(desk)
    (own,) = desk.clocks("dna_request_due")
    assert (own.done_at, own.last_day) == (moment("2026-10-12 16:00"), date(2026, 10, 13))
    theirs, month = desk.running("dna_result_due"), desk.running("dna_result_month")
    assert (theirs.outside, theirs.unserved) == (True, True)
    assert theirs.trigger_at == moment("2026-10-14 00:00")
    assert (theirs.last_day, month.last_day) == (date(2026, 11, 11), date(2026, 11, 16))


def test_service_counts_their_limits_again_from_its_own_day(desk: Office) -> None:
    letter = served(desk)
    theirs, month = desk.running("dna_result_due"), desk.running("dna_result_month")
    assert (theirs.unserved, theirs.trigger_at) == (False, moment("2026-10-13 00:00"))
    assert (theirs.last_day, month.last_day) == (date(2026, 11, 10), date(2026, 11, 13))
    assert len(desk.clocks("dna_result_due")) == 1
    assert (letter.state, letter.holder_user_id) == ("in_process", letter.drafter_id)


def test_a_letter_in_place_of_a_void_one_takes_its_clock_over(desk: Office) -> None:
    first = sent(desk)
    with transaction(desk.session):
        first.state, first.holder_unit_id, first.holder_desk, first.holder_user_id = "void", None, None, None
    second = sent(desk, "2026-10-15 09:00")
    theirs = desk.running("dna_result_due")
    assert (theirs.document_id, theirs.trigger_at) == (second.id, moment("2026-10-19 00:00"))


def test_a_final_answer_meets_their_limits_on_its_own_day_and_closes_the_letter(desk: Office) -> None:
    letter = served(desk)
    recorded(desk, letter, police.SAMPLE)
    for limit in ("dna_result_due", "dna_result_month"):
        (row,) = desk.clocks(limit)
        assert row.done_at == moment("2026-11-09 00:00")
    assert (letter.state, letter.close_reason, letter.holder_desk) == ("replied", "公安机关反馈：未比中", None)


def test_progress_meets_nothing(desk: Office) -> None:
    letter = served(desk)
    recorded(desk, letter, police.IN_PROGRESS)
    assert desk.running("dna_result_due")
    assert letter.state == "in_process"
    recorded(desk, letter, police.SAMPLE, "2026-11-20 09:00")
    assert letter.state == "replied"


def test_a_match_is_to_be_confirmed_the_same_day(desk: Office) -> None:
    recorded(desk, served(desk), police.MATCH)
    task = desk.session.scalars(select(Task).where(Task.paper == "identity_confirmation")).one()
    assert task.rule == "R-14"
    assert desk.running("identity_confirmation_due").last_day == date(2026, 11, 12)


# ---- organs named by their full name -----------------------------------------------------------------------------


def outside(session: Session) -> list[Unit]:
    return list(session.scalars(select(Unit).where(Unit.kind == "outside")))


def test_an_organ_typed_by_name_is_added_when_the_letter_is_submitted(desk: Office) -> None:
    clerk = desk.viewer_of("pingtang.clerk.1")
    letters = []
    for _ in range(2):
        draft = desk.paper("identity_assist_request", answers={})
        with transaction(desk.session):
            documents.save(desk.session, clerk, draft, assist.SAMPLE, draft.revision)
        assert draft.counterpart is None
        letters.append(draft)
    assert outside(desk.session) == []
    for draft in letters:
        desk.act("2026-10-20 09:00", "clerk.1", draft, Act.SUBMIT)
    (station,) = outside(desk.session)
    assert (station.name, station.in_portal) == ("广西壮族自治区河池市救助管理站", False)
    assert {draft.counterpart_id for draft in letters} == {station.id}


def test_an_organ_on_file_is_found_by_its_name(desk: Office) -> None:
    draft = desk.paper("identity_assist_request", answers={})
    answers = {**assist.SAMPLE, "to_name": "平塘县金盆街道办事处"}
    with transaction(desk.session):
        documents.save(desk.session, desk.viewer_of("pingtang.clerk.1"), draft, answers, draft.revision)
    assert draft.counterpart is not None
    assert (draft.counterpart.kind, draft.counterpart.region_code) == ("township", "522727")


# ---- a child goes to the child welfare home ----------------------------------------------------------------------


def test_a_child_taken_in_is_cared_for_in_the_home_and_the_county_stays_responsible(desk: Office) -> None:
    letter = desk.sealed("minor_transfer_letter", minor.SAMPLE, "522700-child-home", doc_no="平民函〔2026〕9号")
    desk.act("2026-10-13 15:00", "seal.1", letter, Act.SEND)
    desk.act("2026-10-13 16:00", "clerk.1", letter, Act.SERVE, served_on=date(2026, 10, 13))
    recorded(desk, letter, minor.ACCEPTED, "2026-10-14 15:00")
    case = desk.session.get_one(Case, letter.case_id, populate_existing=True)
    assert (case.place.code, case.region_code, case.is_open) == ("522700-child-home", "522727", True)
    assert letter.state == "replied"
    assert letter.sent_at == datetime(2026, 10, 13, 7, tzinfo=UTC)
