"""Settlement: the dated chain of domain §4.J, one approval and a letter each, and the identity found on the way."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.errors import Invalid
from portal.models import Case, Document, Letter
from portal.services import documents, routine, settlement
from portal.services.access import Viewer
from portal.services.files import FileStore
from portal.services.letters import Works
from portal.services.subjects import Subject, persons_of
from tests import casework
from tests.forms.sample import moment
from tests.forms.settlement_sample import REGISTERED
from tests.forms.test_dna_request import SAMPLE as DNA
from tests.forms.test_help_registration import SAMPLE as ADMISSION
from tests.forms.test_household_cancellation_letter import SAMPLE as CANCELLATION
from tests.forms.test_identity_confirmation import SAMPLE as FOUND
from tests.forms.test_police_check_result import SAMPLE as ANSWER
from tests.forms.test_quick_identity_check import SAMPLE as QUICK
from tests.forms.test_settlement_application import SAMPLE as APPLICATION
from tests.forms.test_settlement_plan_request import SAMPLE as PLAN
from tests.forms.test_tekun_confirmation import SAMPLE as CONFIRMED
from tests.forms.test_tekun_inclusion_letter import SAMPLE as INCLUSION
from tests.forms.test_tekun_termination_letter import SAMPLE as TERMINATION
from tests.forms.test_tracing_notice import SAMPLE as NOTICE
from tests.services.offices import Offices

CONTACT = {"contact_name": "罗春和", "contact_phone": "0854-7221234"}
REPLY = {"reply_doc_no": "平府函〔2026〕30号", "reply_date": "2026-07-16", "reply_received_on": "2026-07-20"}
TRUTH = {
    **FOUND, "channel": "全国救助寻亲网", "identity_method": ["relative"], "id_number": "52273119620506001X",
    "birth_date": "1962-05-06", "evidence": "其弟看到寻亲公告后来电，经视频辨认确认。",
}  # fmt: skip


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    works = Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True)
    return Offices(session, viewer_of, works)


def admitted(offices: Offices) -> Case:
    """The man of 平舟桥头, as the station takes him in."""
    answers = {
        **ADMISSION, "alias": "平舟桥头男", "age_min": "58", "age_max": "66", "admitted_at": "2026-03-18T09:40",
        "found_at": "2026-03-18T09:10",
    }  # fmt: skip
    form = offices.write("2026-03-18 10:00", "pingtang.clerk.1", "help_registration", answers, files=("photo",))
    with clock.pinned(moment("2026-03-18 10:01")), transaction(offices.session):
        reasons = {"_reasons": {"R-09": "入站后随即查询"}}
        documents.save(offices.session, offices.viewer_of("pingtang.clerk.1"), form, {**form.answers, **reasons},
                       form.revision)  # fmt: skip
    offices.form("2026-03-18 10:10", "pingtang.clerk.1", form, "pingtang.clerk.2")
    assert form.case is not None
    return form.case


def searched_for(offices: Offices, case: Case) -> None:
    """Everything that comes before a settlement: asked about, announced, sampled, not found."""
    about = Subject(case)
    check = offices.write("2026-03-18 11:00", "pingtang.clerk.1", "quick_identity_check",
                          {**QUICK, "checked_at": "2026-03-18T10:30"}, about)  # fmt: skip
    offices.form("2026-03-18 11:10", "pingtang.clerk.1", check, "pingtang.clerk.2")
    notice = offices.write("2026-03-18 19:00", "pingtang.clerk.1", "tracing_notice",
                           {**NOTICE, "found_on": "2026-03-18"}, about)  # fmt: skip
    offices.out("2026-03-18 20:10", "pingtang", notice)
    letter = offices.write("2026-03-24 09:00", "pingtang.clerk.1", "dna_request", DNA, about)
    offices.out("2026-03-24 15:00", "pingtang", letter)
    offices.act("2026-03-25 10:00", "pingtang.clerk.1", letter, Act.SERVE, served_on=date(2026, 3, 25))
    answers = {**ANSWER, "answered_on": "2026-04-17", "sampled_on": "2026-03-27", "sample_no": "PT20260327-01"}
    answer = offices.write("2026-04-20 10:00", "pingtang.clerk.1", "police_check_result", answers, about,
                           request=letter, files=("scan",))  # fmt: skip
    offices.form("2026-04-20 11:00", "pingtang.clerk.1", answer, "pingtang.clerk.2")


def stayed(offices: Offices, alias: str, **person: Any) -> Case:
    """A person as unknown after three months as the first one, with the papers of the search on file."""
    session = offices.session
    who = {"identity_status": "unknown", "alias": alias, "sex": "男", "age_min": 58, "age_max": 66, **person}
    with clock.pinned(moment("2026-03-18 09:40")):
        case = casework.make_case(
            session, alias=alias, person=who, admitted_at=moment("2026-03-18 09:40"),
            answers={"health": ["good"], "first_org_name": "平塘县救助管理站"}, limits=("stay_three_months", "lifelong_tracing_due"),
        )  # fmt: skip
        nobody = {"holder_unit_id": None, "holder_desk": None, "holder_user_id": None}
        made: dict[str, dict[str, Any]] = {
            "tracing_notice": {"state": "in_process", "step": "send", "doc_no": f"寻{case.case_no}",
                               "sent_at": moment("2026-03-18 20:10"), "signed_on": date(2026, 3, 18)},
            "dna_request": {**nobody, "state": "replied", "step": "answer", "sent_at": moment("2026-03-24 15:00"),
                            "served_on": date(2026, 3, 25), "signed_on": date(2026, 3, 24)},
            "police_check_result": {**nobody, "state": "closed", "step": "check", "signed_on": date(2026, 4, 20),
                                    "closed_at": moment("2026-04-20 11:00"),
                                    "answers": {"result": "no_match", "sampled_on": "2026-03-27", "face_result": "no_match"}},
        }  # fmt: skip
        for code, columns in made.items():
            casework.make_paper(session, case, code, held_since=moment("2026-03-18 11:00"), **columns)
    return case


def applied(offices: Offices, case: Case, name: str = "何平安", at: str = "2026-06-23") -> Document:
    answers = {**APPLICATION, "proposed_name": name}
    paper = offices.write(
        f"{at} 09:00", "pingtang-station.clerk.1", "settlement_application", answers, Subject(case)
    )
    offices.act(f"{at} 10:00", "pingtang-station.clerk.1", paper, Act.SUBMIT)
    offices.act(f"{at} 11:00", "pingtang-station.signer.1", paper, Act.SIGN)
    offices.act("2026-06-24 10:00", "pingtang.clerk.1", paper, Act.CONFIRM)
    return paper


def planned(offices: Offices, *cases: Case) -> Document:
    row = {"support_org": "平塘县社会福利院", "fund_source": "特困人员救助供养资金"}
    rows = [{"case_no": case.case_no, **row} for case in cases]
    plan = offices.write("2026-07-03 09:00", "pingtang.clerk.1", "settlement_plan_request", {**PLAN, "plan_rows": rows},
                         files=("household_consent",))  # fmt: skip
    return offices.out("2026-07-06 16:00", "pingtang", plan)


def replied(offices: Offices, plan: Document, said: dict[str, str], **more: str) -> Document:
    rows = [{"case_no": no, "approved": word, "note": "请补充残疾评定结论", **more} for no, word in said.items()]
    answers = {**REPLY, "decisions": rows, "reply_title": "关于同意滞留流浪乞讨人员落户安置方案的批复"}
    reply = offices.write("2026-07-20 16:00", "pingtang.clerk.1", "settlement_government_reply", answers,
                          request=plan, files=("scan",))  # fmt: skip
    return offices.form("2026-07-20 17:00", "pingtang.clerk.1", reply, "pingtang.clerk.2")


def letter_of(offices: Offices, case: Case) -> Document:
    """The draft that the approval has begun for a person."""
    offices.session.expire_all()
    query = select(Document).where(Document.case_id == case.id, Document.paper == "police_registration_letter")
    return offices.session.scalars(query).one()


def told_police(offices: Offices, case: Case, at: str = "2026-07-27", last: Act = Act.SEND) -> Document:
    letter = letter_of(offices, case)
    offices.fill(f"{at} 09:00", "pingtang.clerk.1", letter, CONTACT)
    return offices.out(f"{at} 10:00", "pingtang", letter, last=last)


def registered(offices: Offices, case: Case, letter: Document, at: str, **changes: Any) -> Document:
    answers = {**REGISTERED, "id_card": "pending", "id_card_date": "", **changes}
    files = ("household_register", "id_card_copy") if answers["id_card"] == "obtained" else ("household_register",)
    paper = offices.write(f"{at} 14:00", "pingtang.clerk.1", "household_registration_result", answers, Subject(case),
                          request=letter, files=files)  # fmt: skip
    return offices.form(f"{at} 15:00", "pingtang.clerk.1", paper, "pingtang.clerk.2")


def identified(offices: Offices, case: Case, at: str, **more: Any) -> Document:
    paper = offices.write(f"{at} 16:00", "pingtang.clerk.1", "identity_confirmation",
                          {**TRUTH, "confirmed_at": f"{at}T15:20", **more}, Subject(case), files=("evidence",))  # fmt: skip
    offices.act(f"{at} 16:10", "pingtang.clerk.1", paper, Act.SUBMIT)
    offices.act(f"{at} 16:30", "pingtang.reviewer.1", paper, Act.CONFIRM)
    offices.session.expire_all()
    return paper


def refused(caught: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {each.rule for each in caught.value.problems}


def test_the_full_chain_keeps_every_date_of_the_domain(offices: Offices, session: Session) -> None:
    case = admitted(offices)
    about = {"case_id": case.id}
    assert offices.running("tracing_notice_due", **about).due_at == moment("2026-03-19 09:40")
    assert offices.due("dna_request_due", **about) == date(2026, 3, 27)
    searched_for(offices, case)
    (police,) = offices.clocks("dna_result_due", **about)
    assert (police.last_day, police.done_at is not None) == (date(2026, 4, 23), True)
    assert offices.due("stay_three_months", **about) == date(2026, 6, 18)

    with pytest.raises(Invalid) as early:
        applied(offices, case, at="2026-06-18")
    assert refused(early) == {"R-50"}
    session.rollback()
    with clock.pinned(moment("2026-06-19 00:05")), transaction(session):
        assert routine.run(session).settlements == 1
    assert offices.due("settlement_application_due", **about) == date(2026, 6, 26)
    application = session.scalars(select(Document).where(Document.paper == "settlement_application")).one()
    offices.act("2026-06-23 10:00", "pingtang-station.clerk.1", application, Act.SUBMIT)
    offices.act("2026-06-23 11:00", "pingtang-station.signer.1", application, Act.SIGN)
    assert offices.due("settlement_application_due", **about) == date(2026, 6, 26)  # received counts, not signed
    offices.act("2026-06-24 10:00", "pingtang.clerk.1", application, Act.CONFIRM)
    assert offices.clocks("settlement_application_due", **about)[0].done_at == moment("2026-06-24 10:00")
    plan_due = offices.running("settlement_plan_due", **about)
    assert (plan_due.last_day, plan_due.owner.code) == (date(2026, 7, 8), "522727-bureau")

    plan = planned(offices, case)
    assert (plan.doc_no, plan.counterpart and plan.counterpart.name) == ("平民呈〔2026〕1号", "平塘县人民政府")
    assert persons_of(session, plan) == [case.id]
    assert offices.clocks("settlement_plan_due", **about)[0].done_at == moment("2026-07-06 16:00")
    replied(offices, plan, {case.case_no: "yes"})
    assert plan.state == "replied"
    assert offices.due("police_registration_letter_due", **about) == date(2026, 8, 3)

    letter = told_police(offices, case)
    assert offices.clocks("police_registration_letter_due", **about)[0].done_at == moment("2026-07-27 10:00")
    unserved = offices.running("household_registration_due", **about)
    assert (unserved.unserved, unserved.outside) == (True, True)
    offices.act("2026-07-29 11:00", "pingtang.clerk.1", letter, Act.SERVE, served_on=date(2026, 7, 29))
    assert offices.due("household_registration_due", **about) == date(2026, 8, 26)

    registered(offices, case, letter, "2026-08-21")
    assert offices.clocks("household_registration_due", **about)[0].done_at == moment("2026-08-20 00:00")
    assert offices.clocks("tekun_inclusion_due", **about) == []  # the card is still out
    assert letter.state == "in_process"
    registered(offices, case, letter, "2026-09-10", id_card="obtained", id_card_date="2026-09-10")
    assert letter.state == "replied"
    assert offices.due("tekun_inclusion_due", **about) == date(2026, 10, 14)
    assert "tekun_inclusion_letter" in offices.tasks("522727-bureau")
    assert offices.due("lifelong_tracing_due", **about) == date(2026, 9, 18)  # it never ends

    ask = offices.write("2026-09-16 09:00", "pingtang.clerk.1", "tekun_inclusion_letter",
                        {**INCLUSION, "to_unit": "522727100"}, Subject(case))  # fmt: skip
    offices.out("2026-09-16 16:00", "pingtang", ask)
    offices.act("2026-09-17 09:00", "town.clerk.1", ask, Act.RECEIVE)
    assert offices.due("tekun_town_review_due", **about) == date(2026, 9, 29)  # Sunday the 20th counts
    sheet = offices.write("2026-09-28 10:00", "town.clerk.1", "tekun_confirmation", CONFIRMED, Subject(case),
                          request=ask, files=("visit_proof", "posting_proof"))  # fmt: skip
    offices.act("2026-09-28 11:00", "town.clerk.1", sheet, Act.SUBMIT)
    offices.act("2026-09-28 11:30", "town.signer.1", sheet, Act.AGREE)
    offices.act("2026-09-29 09:00", "pingtang.clerk.2", sheet, Act.AGREE)
    offices.act("2026-09-29 10:00", "pingtang.reviewer.1", sheet, Act.AGREE)
    offices.act("2026-09-30 10:00", "pingtang.signer.1", sheet, Act.CONFIRM)
    (met,) = offices.clocks("tekun_inclusion_due", **about)
    assert (met.done_at, ask.state, sheet.state) == (moment("2026-09-30 10:00"), "replied", "closed")

    undone_after_all(offices, case)


def undone_after_all(offices: Offices, case: Case) -> None:
    """R-60: found after registration, household and support end within five working days."""
    identified(offices, case, "2026-10-12")
    about = {"case_id": case.id}
    assert offices.due("household_cancellation_due", **about) == date(2026, 10, 19)
    assert offices.due("tekun_termination_due", **about) == date(2026, 10, 19)
    assert {"household_cancellation_letter", "tekun_termination_letter", "needs_assessment"} <= offices.tasks(
        "522727-bureau"
    )
    letter = offices.write(
        "2026-10-14 09:00", "pingtang.clerk.1", "household_cancellation_letter", CANCELLATION, Subject(case)
    )
    offices.out("2026-10-14 10:00", "pingtang", letter)
    end = offices.write("2026-10-14 09:30", "pingtang.clerk.1", "tekun_termination_letter",
                        {**TERMINATION, "to_unit": "522727100"}, Subject(case))  # fmt: skip
    offices.out("2026-10-14 10:30", "pingtang", end)
    done = [
        offices.clocks(limit, **about)[0].done_at
        for limit in ("household_cancellation_due", "tekun_termination_due")
    ]
    assert done == [moment("2026-10-14 10:00"), moment("2026-10-14 10:30")]
    running = [row for row in offices.clocks("lifelong_tracing_due", **about) if row.done_at is None]
    assert all(row.cancelled_at is not None for row in running)


def test_one_approval_of_three_makes_a_letter_with_a_number_for_each_it_approves(
    offices: Offices, session: Session
) -> None:
    first, second, third = (stayed(offices, alias) for alias in ("平舟桥头男", "通州场坝男", "牙舟渡口男"))
    for case, name in ((first, "何平安"), (second, "何长顺"), (third, "何永康")):
        applied(offices, case, name)
    plan = planned(offices, first, second, third)
    assert persons_of(session, plan) == [first.id, second.id, third.id]
    replied(offices, plan, {first.case_no: "yes", second.case_no: "yes", third.case_no: "no"})
    drafts = session.scalars(select(Document).where(Document.paper == "police_registration_letter")).all()
    assert [draft.case_id for draft in drafts] == [first.id, second.id]
    assert {draft.drafter.username for draft in drafts} == {"pingtang.clerk.1"}
    assert [offices.due("police_registration_letter_due", case_id=case.id) for case in (first, second)] == [
        date(2026, 8, 3)
    ] * 2
    assert offices.clocks("police_registration_letter_due", case_id=third.id) == []
    # Refused, he is not forgotten: a plan for him is due again ten working days after the reply came in.
    assert offices.due("settlement_plan_again_due", case_id=third.id) == date(2026, 8, 3)
    assert offices.clocks("settlement_plan_again_due", case_id=first.id) == []
    assert settled(offices, third)[5:7] == [("应于2026-08-03", False), ("2026-07-20（政府未批准）", True)]
    letters = [told_police(offices, case) for case in (first, second)]
    assert [letter.doc_no for letter in letters] == ["平民函〔2026〕1号", "平民函〔2026〕2号"]
    assert [letter.answers["reg_name"] for letter in letters] == ["何平安", "何长顺"]
    letter = offices.write(
        "2026-07-28 09:00", "pingtang.clerk.1", "police_registration_letter", CONTACT, Subject(third)
    )
    with pytest.raises(Invalid) as caught:  # the third one's approval is missing
        offices.out("2026-07-28 09:10", "pingtang", letter)
    assert refused(caught) == {"R-53"}
    session.rollback()
    again = planned_again(offices, third)
    assert persons_of(session, again) == [third.id]  # refused, he may be proposed again
    for who, act in (
        ("reviewer.1", Act.AGREE),
        ("principal.1", Act.SIGN),
        ("seal.1", Act.NUMBER),
        ("seal.1", Act.SEND),
    ):
        offices.act("2026-08-10 11:00", f"pingtang.{who}", again, act)
    (met,) = offices.clocks("settlement_plan_again_due", case_id=third.id)
    assert met.done_at == moment("2026-08-10 11:00")
    assert settled(offices, third)[5:7] == [("2026-08-10", False), ("", True)]


def test_whoever_is_kept_in_care_after_a_refusal_is_searched_for_on(offices: Offices, session: Session) -> None:
    man = stayed(offices, "平舟桥头男")
    applied(offices, man)
    plan = planned(offices, man)
    for row in offices.clocks("lifelong_tracing_due", case_id=man.id):
        row.done_at = moment("2026-07-01 09:00")
    session.commit()
    replied(offices, plan, {man.case_no: "no"}, next_step="keep")
    assert offices.clocks("settlement_plan_again_due", case_id=man.id) == []
    assert offices.due("lifelong_tracing_due", case_id=man.id) == date(2027, 1, 20)
    assert settled(offices, man)[5:7] == [("继续照料和寻亲，暂不再报", False), ("2026-07-20（政府未批准）", True)]


def settled(offices: Offices, case: Case) -> list[tuple[str, bool]]:
    """The ten dates as the county's ledger shows them, and whether another organ owes them."""
    with clock.pinned(moment("2026-07-21 09:00")):
        (line,) = settlement.lines(offices.session, offices.viewer_of("pingtang.clerk.1"), Case.id == case.id)
    return [(settlement.cell(line, number), link.outside) for number, link in enumerate(line.links)]


def planned_again(offices: Offices, case: Case) -> Document:
    rows = [{"case_no": case.case_no, "support_org": "平塘县社会福利院", "fund_source": "特困人员救助供养资金"}]
    plan = offices.write("2026-08-10 09:00", "pingtang.clerk.1", "settlement_plan_request", {**PLAN, "plan_rows": rows},
                         files=("household_consent",))  # fmt: skip
    offices.act("2026-08-10 10:00", "pingtang.clerk.1", plan, Act.SUBMIT)
    return plan


def test_an_identity_found_while_the_plan_waits_strikes_the_row(offices: Offices, session: Session) -> None:
    first, second = (stayed(offices, alias) for alias in ("平舟桥头男", "通州场坝男"))
    for case, name in ((first, "何平安"), (second, "何长顺")):
        applied(offices, case, name)
    plan = planned(offices, first, second)
    identified(offices, first, "2026-07-10")
    assert "settlement_plan_notice" in offices.tasks("522727-bureau")
    assert plan.state == "sent" or plan.state == "in_process"  # the plan goes on for the other
    report = offices.write(
        "2026-07-10 17:00", "pingtang.clerk.1", "settlement_plan_notice", CONTACT, Subject(first)
    )
    offices.out("2026-07-10 17:30", "pingtang", report)
    with pytest.raises(Invalid) as caught:
        replied(offices, plan, {first.case_no: "yes", second.case_no: "yes"})
    assert refused(caught) == {"R-59"}
    session.rollback()
    draft = session.scalars(select(Document).where(Document.paper == "settlement_government_reply")).one()
    rows = [{"case_no": first.case_no, "approved": "struck"}, {"case_no": second.case_no, "approved": "yes"}]
    offices.fill("2026-07-20 16:30", "pingtang.clerk.1", draft, {"decisions": rows})
    offices.form("2026-07-20 17:00", "pingtang.clerk.1", draft, "pingtang.clerk.2")
    letters = session.scalars(select(Document).where(Document.paper == "police_registration_letter")).all()
    assert [letter.case_id for letter in letters] == [second.id]
    assert offices.clocks("police_registration_letter_due", case_id=first.id) == []


def test_a_letter_numbered_but_not_sent_is_void_when_the_identity_is_found(
    offices: Offices, session: Session
) -> None:
    case = stayed(offices, "平舟桥头男")
    applied(offices, case)
    replied(offices, planned(offices, case), {case.case_no: "yes"})
    letter = told_police(offices, case, last=Act.NUMBER)
    assert (letter.state, letter.doc_no) == ("sealed", "平民函〔2026〕1号")
    identified(offices, case, "2026-07-28")
    assert (letter.state, letter.close_reason, letter.doc_no) == ("void", "身份已查明", "平民函〔2026〕1号")
    assert session.scalars(select(Letter.state).where(Letter.document_id == letter.id)).one() == "void"
    (ended,) = offices.clocks("police_registration_letter_due", case_id=case.id)
    assert (ended.cancelled_at is not None, ended.end_reason) == (True, "身份已查明")
    assert not offices.tasks("522727-bureau") & {"household_cancellation_letter", "police_registration_letter"}


def test_an_identity_found_after_the_police_were_told_asks_them_to_stop(
    offices: Offices, session: Session
) -> None:
    case = stayed(offices, "平舟桥头男")
    applied(offices, case)
    replied(offices, planned(offices, case), {case.case_no: "yes"})
    letter = told_police(offices, case)
    identified(offices, case, "2026-08-03")
    (ended,) = offices.clocks("household_registration_due", case_id=case.id)
    assert ended.cancelled_at is not None
    assert "household_cancellation_letter" in offices.tasks("522727-bureau")
    stop = offices.write(
        "2026-08-04 09:00", "pingtang.clerk.1", "household_cancellation_letter", CANCELLATION, Subject(case)
    )
    assert stop.answers["purpose"] == "stop"
    offices.out("2026-08-04 10:00", "pingtang", stop)
    assert "household_cancellation_letter" not in offices.tasks("522727-bureau")
    session.refresh(letter)
    assert letter.state in {"sent", "closed"}


def test_whoever_turns_out_to_have_been_helped_in_the_year_is_watched_more_closely(
    offices: Offices, session: Session
) -> None:
    who = {"identity_status": "confirmed", "name": TRUTH["name"], "sex": "男", "birth_date": date(1962, 5, 6),
           "id_number": TRUTH["id_number"], "hukou_address": "贵州省惠水县"}  # fmt: skip
    with clock.pinned(moment("2025-11-05 10:00")):
        casework.make_case(session, person=who, admitted_at=moment("2025-11-05 09:40"))
    stranger = stayed(offices, "通州场坝男")
    man = stayed(offices, "平舟桥头男")
    identified(offices, man, "2026-07-10", _reasons={"R-71": "已与去年的照片核对"})
    assert (man.flags, stranger.flags) == ({"focus": "12个月内第2次入站"}, {})
    assert "at_risk_register" in offices.tasks("522727-bureau")
