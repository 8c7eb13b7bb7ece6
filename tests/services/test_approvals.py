"""The one door through which a paper moves: who may, in which order, once, and what else becomes true with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forms.kit.chains import Act, State
from forms.kit.paper import Paper
from forms.kit.rules import Level, Problem
from forms.transfer_request import TransferRequest
from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.extensions import db
from portal.models import Appointment, Clock, Document, Event, Letter, NumberSeries, Participation, User
from portal.services import approvals, documents, letters, refusals, timeline
from portal.services.approvals import Order, Outcome
from portal.services.letters import Works
from portal.workshop import works_of
from tests import papers

REASON = "材料不全，请补充后再报"
#: Forward along K and over to the station: who acts, the act, and the state reached.
WAY = (
    ("pingtang.clerk.1", Act.SUBMIT, "in_review"),
    ("pingtang.reviewer.1", Act.AGREE, "to_sign"),
    ("pingtang.signer.1", Act.SIGN, "signed"),
    ("pingtang.seal.1", Act.NUMBER, "sealed"),
    ("pingtang.seal.1", Act.SEND, "sent"),
    ("station.clerk.1", Act.RECEIVE, "in_process"),
)


@pytest.fixture
def works(app: Flask) -> Works:
    return works_of(app.extensions["settings"])


@pytest.fixture
def draft(session: Session) -> Document:
    return papers.draft(session, papers.admit(session))


def go(session: Session, document: Document, works: Works, steps: int) -> Outcome | None:
    """Take a paper the first steps along its way."""
    outcome = None
    for who, wanted, reached in WAY[:steps]:
        outcome = papers.act(session, who, document, wanted, works)
        if outcome.letter_id is not None:
            letters.issue(session, outcome.letter_id, works)
        session.refresh(document)
        assert document.state == reached
        session.rollback()
    return outcome


def held_by(session: Session, document: Document) -> tuple[str, str | None, int | None]:
    session.rollback()
    row = session.get_one(Document, document.id, populate_existing=True)
    return row.state, row.holder_desk, row.holder_user_id


# -- the way ------------------------------------------------------------------------------------------------------


def test_a_paper_is_always_held_by_exactly_one_desk_until_it_is_done(
    session: Session, draft: Document, works: Works
) -> None:
    desks = []
    for steps in range(len(WAY)):
        go(session, draft, works, 0)
        who, wanted, _reached = WAY[steps]
        outcome = papers.act(session, who, draft, wanted, works)
        if outcome.letter_id is not None:
            letters.issue(session, outcome.letter_id, works)
        desks.append(held_by(session, draft)[1])
    assert desks == ["reviewer", "signer", "seal", "seal", "clerk", "clerk"]


def test_a_paper_is_not_handed_on_to_a_desk_where_nobody_may_take_it(
    session: Session, draft: Document, works: Works
) -> None:
    with transaction(session):
        reviewers = select(User.id).where(User.username.like("pingtang.reviewer.%"))
        session.execute(
            update(Appointment).where(Appointment.user_id.in_(reviewers)).values(ends_on=date(2020, 1, 2))
        )
    with pytest.raises(Invalid, match="平塘县民政局没有可以办理下一环节的审核人"):
        go(session, draft, works, 1)
    assert held_by(session, draft)[0] == "draft"


def test_each_act_is_one_record_with_who_where_and_which_revision(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 3)
    events = session.scalars(select(Event).where(Event.document_id == draft.id).order_by(Event.seq)).all()
    assert [event.kind for event in events] == ["drafted", "submit", "agree", "sign"]
    assert [event.step for event in events] == ["draft", "draft", "review", "sign"]
    assert len({event.data.get("revision") for event in events}) == 4


def test_whoever_acted_finds_the_paper_among_those_handled(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 3)
    rows = session.scalars(select(Participation).where(Participation.document_id == draft.id)).all()
    assert {row.last_act for row in rows} == {"submit", "agree", "sign"}


def test_the_date_of_a_letter_is_the_day_it_was_signed(session: Session, draft: Document, works: Works) -> None:
    go(session, draft, works, 3)
    assert session.get_one(Document, draft.id).signed_on == clock.today()


def test_receipt_draws_an_incoming_number_and_starts_the_days_to_answer(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 6)
    row = session.get_one(Document, draft.id)
    assert row.incoming_no == f"收〔{clock.today().year}〕1号"
    running = session.scalars(select(Clock).where(Clock.limit == "transfer_decision_due")).one()
    assert running.owner_id == row.counterpart_id


def test_numbers_of_a_series_have_no_gap_when_an_act_is_undone(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 3)
    sealer = papers.viewer(session, "pingtang.seal.1")
    revision = session.get_one(Document, draft.id).revision
    asked = Order(Act.NUMBER, revision, str(uuid4()))

    def breaks_off() -> None:
        with transaction(session):
            approvals.take_action(session, sealer, draft.uuid, asked, works)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        breaks_off()
    papers.act(session, "pingtang.seal.1", draft, Act.NUMBER, works)
    session.refresh(draft)
    assert draft.doc_no == f"平民函〔{clock.today().year}〕1号"
    session.rollback()


# -- back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "who"), [(1, "reviewer"), (2, "signer"), (3, "seal")])
def test_a_return_takes_the_paper_to_its_drafter_and_earlier_signatures_no_longer_stand(
    session: Session, draft: Document, works: Works, steps: int, who: str
) -> None:
    go(session, draft, works, steps)
    papers.act(session, f"pingtang.{who}.1", draft, Act.RETURN, works, opinion=REASON)
    drafter = papers.viewer(session, "pingtang.clerk.1").user_id
    assert held_by(session, draft) == ("returned", "clerk", drafter)
    row = session.get_one(Document, draft.id)
    assert (row.reviewer_id, row.signer_id, row.signed_on, row.acted) == (None, None, None, {})


def test_one_step_back_gives_the_paper_to_the_person_who_acted_there(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 3)
    papers.act(session, "pingtang.seal.1", draft, Act.RETURN_BACK, works, opinion=REASON)
    signer = papers.viewer(session, "pingtang.signer.1").user_id
    assert held_by(session, draft) == ("to_sign", "signer", signer)
    with pytest.raises(Forbidden):
        papers.act(session, "pingtang.signer.2", draft, Act.SIGN, works)
    papers.act(session, "pingtang.signer.1", draft, Act.SIGN, works)
    assert held_by(session, draft)[0] == "signed"


def test_after_a_return_others_may_review_and_sign(session: Session, draft: Document, works: Works) -> None:
    go(session, draft, works, 2)
    papers.act(session, "pingtang.signer.1", draft, Act.RETURN, works, opinion=REASON)
    papers.act(session, "pingtang.clerk.1", draft, Act.SUBMIT, works)
    papers.act(session, "pingtang.reviewer.2", draft, Act.AGREE, works)
    papers.act(session, "pingtang.signer.2", draft, Act.SIGN, works)
    assert held_by(session, draft)[0] == "signed"


def test_nothing_goes_back_once_the_number_is_drawn(session: Session, draft: Document, works: Works) -> None:
    go(session, draft, works, 4)
    for who, act in (
        ("pingtang.clerk.1", Act.WITHDRAW),
        ("pingtang.seal.1", Act.RETURN),
        ("pingtang.seal.1", Act.RETURN_BACK),
    ):
        with pytest.raises(Forbidden):
            papers.act(session, who, draft, act, works, opinion=REASON)


def test_the_text_of_a_numbered_letter_is_closed_even_when_it_was_sent_back(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 6)
    papers.act(session, "station.clerk.1", draft, Act.SEND_BACK, works, opinion=REASON)
    drafter = papers.viewer(session, "pingtang.clerk.1")
    row = session.get_one(Document, draft.id)
    with pytest.raises(Conflict):
        documents.save(session, drafter, row, papers.answers(vehicle_no="贵J00000"), row.revision)


# -- who ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(6))
def test_only_the_desk_that_holds_the_paper_takes_it_further(
    session: Session, draft: Document, works: Works, steps: int
) -> None:
    go(session, draft, works, steps)
    _who, wanted, _reached = WAY[steps]
    desk = WAY[steps][0].rsplit(".", 1)[0]
    others = {
        "pingtang.clerk.2", "pingtang.reviewer.2", "pingtang.signer.2", "pingtang.principal.1", "pingtang.seal.2", "pingtang.duty.1",
        "fuquan.clerk.1", "fuquan.signer.1", "station.clerk.2", "station.signer.1", "prefecture.clerk.1", "admin.1",
    }  # fmt: skip
    for who in sorted(others):
        may_sit_there = who.startswith(desk) and steps > 0
        may_sit_there |= (
            who == "pingtang.principal.1" and wanted is Act.SIGN
        )  # the head may sign in place of the deputy
        if not may_sit_there:
            with pytest.raises((Forbidden, NotFound)):
                papers.act(session, who, draft, wanted, works)


def test_one_person_with_two_positions_does_not_sit_at_two_desks_of_one_paper(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 1)
    papers.appoint(session, "pingtang.reviewer.1", "signer")
    papers.appoint(session, "pingtang.clerk.1", "reviewer")
    with pytest.raises(Forbidden, match="R-99"):
        papers.act(session, "pingtang.clerk.1", draft, Act.AGREE, works)
    papers.act(session, "pingtang.reviewer.1", draft, Act.AGREE, works)
    with pytest.raises(Forbidden, match="R-99"):
        papers.act(session, "pingtang.reviewer.1", draft, Act.SIGN, works)


def test_nobody_approves_their_own_paper_as_a_stand_in(session: Session, draft: Document, works: Works) -> None:
    papers.lend_seat(session, "pingtang.reviewer.1", "pingtang.clerk.1")
    go(session, draft, works, 1)
    with pytest.raises(Forbidden, match="R-99"):
        papers.act(session, "pingtang.clerk.1", draft, Act.AGREE, works)


def test_the_log_names_the_stand_in_and_the_person_stood_in_for(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 1)
    papers.lend_seat(session, "pingtang.reviewer.1", "pingtang.duty.2")
    papers.act(session, "pingtang.duty.2", draft, Act.AGREE, works)
    event = session.scalars(select(Event).where(Event.kind == "agree")).one()
    stand_in, absent = (papers.viewer(session, who) for who in ("pingtang.duty.2", "pingtang.reviewer.1"))
    event = session.merge(event)
    assert (event.actor_id, event.for_user_id) == (stand_in.user_id, absent.user_id)
    assert timeline.who_did(event) == f"{stand_in.name}（代{absent.name}）"


def test_a_colleague_who_acted_on_the_paper_elsewhere_is_not_offered_it(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 2)
    papers.appoint(session, "pingtang.reviewer.1", "signer")
    session.rollback()
    offered = {user.username for user in approvals.colleagues(session, session.get_one(Document, draft.id))}
    assert {"pingtang.signer.1", "pingtang.signer.2"} <= offered
    assert "pingtang.reviewer.1" not in offered


# -- once, and in order -------------------------------------------------------------------------------------------


def test_an_act_on_an_older_revision_is_a_conflict_and_moves_nothing(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 1)
    session.refresh(draft)
    seen = draft.revision - 1
    session.rollback()
    with pytest.raises(Conflict, match="审核中"):
        papers.act(session, "pingtang.reviewer.1", draft, Act.AGREE, works, seen=seen)
    assert held_by(session, draft)[0] == "in_review"


def test_the_same_key_again_is_answered_and_does_nothing(session: Session, draft: Document, works: Works) -> None:
    first = papers.act(session, "pingtang.clerk.1", draft, Act.SUBMIT, works, key="k" * 20)
    again = papers.act(session, "pingtang.clerk.1", draft, Act.SUBMIT, works, key="k" * 20)
    assert (first.repeated, again.repeated) == (False, True)
    assert session.scalar(select(func.count(Event.seq)).where(Event.kind == "submit")) == 1


def test_of_many_who_press_at_once_exactly_one_acts(
    session: Session, app: Flask, draft: Document, works: Works
) -> None:
    go(session, draft, works, 1)
    session.refresh(draft)
    revision, uuid = draft.revision, draft.uuid
    actors = [papers.viewer(session, f"pingtang.reviewer.{n}") for n in (1, 2)] * 3
    gate = Barrier(len(actors))

    def press(actor: Any) -> str:
        with app.app_context(), db.sessionmaker() as own:
            gate.wait()
            try:
                with transaction(own):
                    approvals.take_action(own, actor, uuid, Order(Act.AGREE, revision, str(uuid4())), works)
            except (Conflict, Forbidden) as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(actors)) as pool:
        found = list(pool.map(press, actors))
    assert found.count("done") == 1
    assert found.count("Conflict") == len(actors) - 1
    with app.app_context():
        db.engine.dispose()


# -- law ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [Act.RETURN, Act.RETURN_BACK, Act.REJECT, Act.REASSIGN])
@pytest.mark.parametrize("opinion", ["", "    ", "不同意", "    不行    "])
def test_a_reason_has_at_least_five_characters_that_are_not_blanks(
    session: Session, draft: Document, works: Works, act: Act, opinion: str
) -> None:
    go(session, draft, works, 2)
    with pytest.raises(Invalid) as caught:
        papers.act(session, "pingtang.signer.1", draft, act, works, opinion=opinion)
    assert {problem.rule for problem in caught.value.problems} == {"R-101"}


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_the_rules_hold_again_at_every_step(session: Session, draft: Document, works: Works, steps: int) -> None:
    go(session, draft, works, steps)
    with transaction(session):
        row = session.get_one(Document, draft.id)
        row.answers = {**row.answers, "planned_date": (clock.today() - timedelta(days=1)).isoformat()}
    who, act, _reached = WAY[steps]
    with pytest.raises(Invalid) as caught:
        papers.act(session, who, draft, act, works)
    assert "R-21" in {problem.rule for problem in caught.value.problems}


@pytest.fixture
def hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the paper give a hint, as rules of expert memory do."""
    before = TransferRequest.problems

    def with_hint(paper: Paper, facts: Any) -> list[Problem]:
        return [*before(paper, facts), Problem("请留意天气", rule="R-00", level=Level.NOTE)]

    monkeypatch.setattr(TransferRequest, "problems", with_hint)


@pytest.mark.usefixtures("hint")
def test_a_hint_stops_nothing(session: Session, draft: Document, works: Works) -> None:
    go(session, draft, works, 2)
    assert held_by(session, draft)[0] == "to_sign"


def test_a_void_letter_keeps_its_number_reason_and_name(session: Session, draft: Document, works: Works) -> None:
    go(session, draft, works, 5)
    papers.act(session, "pingtang.signer.2", draft, Act.VOID, works, opinion="收文机关名称有误")
    letter = session.scalars(select(Letter).where(Letter.document_id == draft.id)).one()
    assert (letter.state, letter.doc_no, letter.void_reason) == (
        "void",
        f"平民函〔{clock.today().year}〕1号",
        "收文机关名称有误",
    )
    assert letter.voided_by_id == session.scalars(select(Event).where(Event.kind == "void")).one().actor_id
    second = papers.draft(session, papers.admit(session))
    go(session, second, works, 4)
    assert session.get_one(Document, second.id).doc_no == f"平民函〔{clock.today().year}〕2号"
    assert session.scalars(select(NumberSeries.last).where(NumberSeries.code == "平民函")).one() == 2


def test_a_letter_whose_file_is_not_made_yet_is_neither_sent_nor_voided(
    session: Session, draft: Document, works: Works
) -> None:
    go(session, draft, works, 3)
    papers.act(session, "pingtang.seal.1", draft, Act.NUMBER, works)
    assert held_by(session, draft)[0] == State.NUMBERED
    for who, act in (("pingtang.seal.1", Act.SEND), ("pingtang.signer.1", Act.VOID)):
        with pytest.raises(Forbidden):
            papers.act(session, who, draft, act, works, opinion=REASON)


# -- refusals -----------------------------------------------------------------------------------------------------


def test_a_refusal_is_recorded_apart_and_leaves_the_paper_as_it_was(session: Session, draft: Document) -> None:
    reader = papers.viewer(session, "pingtang.reviewer.1")
    before = (draft.revision, held_by(session, draft))
    problems = [Problem("a", "ground", "R-22"), Problem("b", "vehicle_no"), Problem("c", "ground", "R-22")]
    with transaction(session):
        refusals.note(session, reader, draft.uuid, "agree", Invalid("不行", problems))
    event = session.scalars(select(Event).where(Event.kind == "refused")).one()
    assert event.data == {"act": "agree", "status": 422, "rules": ["R-22"], "boxes": ["vehicle_no"]}
    session.refresh(draft)
    assert (draft.revision, held_by(session, draft)) == before


def test_no_record_tells_a_stranger_that_a_paper_exists(session: Session, draft: Document) -> None:
    stranger = papers.viewer(session, "fuquan.clerk.1")
    with transaction(session):
        refusals.note(session, stranger, draft.uuid, "agree", Forbidden("不行"))
        refusals.note(session, stranger, uuid4(), "agree", NotFound())
    assert session.scalar(select(func.count(Event.seq)).where(Event.kind == "refused")) == 0
