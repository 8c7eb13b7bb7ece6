"""P-25 身份确认单: the person has a name again; what was begun ends, what is owed begins."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.identity_confirmation import CHANNELS, IdentityConfirmation
from forms.kit.chains import REVIEWED, Milestone
from forms.kit.counting import count
from forms.kit.effects import CaseUpdated, ClocksCancelled, IdentityConfirmed, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import MAN, ZHANG, doc, facts, moment

#: The man of 河滨路 is found through the police's DNA comparison: a villager of 惠水县, missed for years.
SAMPLE: dict[str, Any] = {
    "confirmed_at": "2026-10-12T15:20",
    "channel": "公安DNA比对",
    "identity_method": ["police", "relative"],
    "evidence": "平塘县公安局反馈DNA比中其胞弟，10月12日视频辨认，能互相说出父母姓名。",
    "name": "罗大河",
    "sex": "男",
    "id_number": "522731197205060014",
    "birth_date": "1972-05-06",
    "ethnicity": "布依族",
    "hukou_code": "522731",
    "hukou_address": "贵州省惠水县好花红镇",
    "relative_name": "罗小河",
    "relation": "弟弟",
    "relative_phone": "13985400003",
    "relative_answer": "escort",
}
MATCH = {
    "result": "match",
    "matched_name": "罗大河",
    "matched_id_number": "522731197205060014",
    "matched_hukou": "贵州省惠水县好花红镇",
}
KNOWN = facts(
    now="2026-10-12 16:00",
    attached=frozenset({"evidence"}),
    papers={"police_check_result": [doc("police_check_result", answers=MATCH)]},
)


def paper(known: Facts = KNOWN, **changes: Any) -> IdentityConfirmation:
    return IdentityConfirmation.read({**SAMPLE, **changes}, known)


def found(known: Facts = KNOWN, **changes: Any) -> list[tuple[str, str, Level]]:
    return [(problem.rule, problem.field, problem.level) for problem in paper(known, **changes).problems(known)]


def tasks(known: Facts = KNOWN, **changes: Any) -> dict[str, tuple[str, str]]:
    return {
        effect.paper: (effect.unit, effect.rule)
        for effect in paper(known, **changes).effects(Milestone.COMPLETED, known)
        if isinstance(effect, TaskOpened)
    }


def settled(*papers: str) -> Facts:
    done = {code: [doc(code, answers={"result": "registered"})] for code in papers}
    return replace(KNOWN, papers={**KNOWN.papers, **done})


def begun(of: IdentityConfirmation) -> set[str]:
    return {
        start.limit
        for start in of.starts
        if start.on is Milestone.COMPLETED and start.shown_when is not None and start.shown_when(of)
    }


def test_a_full_confirmation_has_nothing_against_it() -> None:
    assert found() == []
    assert IdentityConfirmation.chain is REVIEWED


def test_the_channels_are_those_the_statistics_count() -> None:
    assert CHANNELS == (
        "站内问询",
        "公安人脸识别",
        "公安DNA比对",
        "公安其他",
        "今日头条",
        "宝贝回家",
        "志愿者",
        "全国救助寻亲网",
        "异地救助机构",
        "其他",
    )
    assert found(channel="其他", channel_other="") == [("", "channel_other", Level.BLOCK)]


def test_the_police_answer_fills_the_form() -> None:
    first = IdentityConfirmation.prefill(KNOWN)
    assert first["name"] == "罗大河"
    assert first["birth_date"] == date(1972, 5, 6)
    assert first["channel"] == "公安DNA比对"
    assert first["identity_method"] == ["police"]
    empty = IdentityConfirmation.prefill(facts())
    assert (empty["name"], empty["id_number"], empty["birth_date"]) == ("", "", "")


def test_the_review_makes_the_identity_true() -> None:
    effects = list(paper().effects(Milestone.COMPLETED, KNOWN))
    assert effects[0] == IdentityConfirmed(
        name="罗大河",
        sex="男",
        birth_date=date(1972, 5, 6),
        id_number="522731197205060014",
        hukou_address="贵州省惠水县好花红镇",
        confirmed_at=moment("2026-10-12 15:20"),
        channel="公安DNA比对",
    )
    assert effects[1] == CaseUpdated({"hukou_code": "522731", "ethnicity": "布依族"})
    assert list(paper().effects(Milestone.SUBMITTED, KNOWN)) == []


def test_the_way_home_and_the_needs_are_looked_after() -> None:
    assert tasks() == {"escort_return_letter": ("county", "R-69"), "needs_assessment": ("county", "R-14")}


@pytest.mark.parametrize(
    ("changes", "paper_code", "unit"),
    [
        ({"hukou_code": "510104"}, "escort_return_letter", "522700-station"),
        ({"hukou_code": "522727"}, "escort_return_handover", "issuer"),
        ({"relative_answer": "collect"}, "escort_return_handover", "issuer"),
    ],
)
def test_distance_decides_who_writes_to_the_home_station(
    changes: dict[str, str], paper_code: str, unit: str
) -> None:
    assert tasks(**changes)[paper_code][0] == unit


def test_somebody_who_has_left_is_not_sent_home_again() -> None:
    gone = replace(KNOWN, person=replace(MAN, open=False))
    assert set(tasks(gone)) == {"needs_assessment"}


def test_an_identity_found_after_settlement_undoes_it() -> None:
    known = settled("household_registration_result", "tekun_confirmation")
    after = paper(known)
    assert (after.settled.printed, after.in_tekun.printed) == ("是", "是")
    assert begun(after) == {"household_cancellation_due", "tekun_termination_due"}
    opened = tasks(known)
    assert opened["household_cancellation_letter"] == ("522727-bureau", "R-60")
    assert opened["tekun_termination_letter"] == ("522727-bureau", "R-60")
    assert begun(paper()) == set()


def test_what_the_police_returned_was_no_settlement() -> None:
    returned = doc("household_registration_result", answers={"result": "returned"})
    known = replace(KNOWN, papers={**KNOWN.papers, "household_registration_result": [returned]})
    assert paper(known).settled.data == "no"
    assert "household_cancellation_letter" not in tasks(known)


def test_support_not_yet_given_is_not_owed_any_more() -> None:
    ended = [
        effect for effect in paper().effects(Milestone.COMPLETED, KNOWN) if isinstance(effect, ClocksCancelled)
    ]
    assert ended == [ClocksCancelled(("tekun_inclusion_due", "tekun_town_review_due"), "身份已查明")]


def test_a_plan_before_the_government_is_reported_on() -> None:
    plan = doc(
        "settlement_plan_request", "in_process", sent_at=moment("2026-10-08 16:00"), doc_no="平民呈〔2026〕3号"
    )
    known = replace(KNOWN, papers={**KNOWN.papers, "settlement_plan_request": [plan]})
    assert tasks(known)["settlement_plan_notice"] == ("522727-bureau", "R-59")
    drafted = replace(known, papers={**KNOWN.papers, "settlement_plan_request": [replace(plan, sent_at=None)]})
    assert "settlement_plan_notice" not in tasks(drafted)


def test_a_letter_at_the_police_is_stopped() -> None:
    letter = doc("police_registration_letter", "in_process", sent_at=moment("2026-10-08 16:00"), closed_at=None)
    known = replace(KNOWN, papers={**KNOWN.papers, "police_registration_letter": [letter]})
    assert tasks(known)["household_cancellation_letter"] == ("522727-bureau", "R-59")
    answered = replace(
        known, papers={**KNOWN.papers, "police_registration_letter": [replace(letter, state="replied")]}
    )
    assert "household_cancellation_letter" not in tasks(answered)


def test_the_bill_of_an_unknown_patient_is_claimed_back() -> None:
    known = settled("medical_settlement")
    assert begun(paper(known)) == {"insurance_backclaim_due"}
    assert tasks(known)["insurance_backclaim"] == ("county", "R-66")


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("household_cancellation_due", date(2026, 10, 19)),
        ("insurance_backclaim_due", date(2026, 10, 26)),
        ("identity_confirmation_due", date(2026, 10, 12)),
    ],
)
def test_what_is_owed_is_counted_from_the_finding(limit: str, due: date) -> None:
    started = next(start for start in IdentityConfirmation.starts if start.limit == limit)
    trigger = paper().due_trigger(started, KNOWN)
    assert count(LIMITS[limit].length, trigger, Calendar.published()).last_day == due


def test_what_the_case_tells_cannot_be_typed_over() -> None:
    assert paper(settled="yes").settled.data == "no"


def test_an_identity_is_confirmed_once() -> None:
    known = replace(KNOWN, person=ZHANG)
    assert ("R-14", "name", Level.BLOCK) in found(known)


@pytest.mark.parametrize("at", ["2026-10-12T16:02", "2026-09-28T18:29"])
def test_the_finding_lies_between_admission_and_now(at: str) -> None:
    assert found(confirmed_at=at) == [("R-14", "confirmed_at", Level.BLOCK)]


def test_birth_and_sex_agree_with_the_number() -> None:
    assert found(birth_date="1972-05-07") == [("R-08", "birth_date", Level.BLOCK)]
    assert found(sex="女") == [("R-08", "sex", Level.BLOCK), ("R-14", "sex", Level.WARN)]
    assert found(id_number="522731197205060015") == [("", "id_number", Level.BLOCK)]


@pytest.mark.parametrize(
    ("low", "high", "warned"), [(50, 55, False), (64, 70, False), (65, 70, True), (20, 43, True)]
)
def test_an_age_far_from_the_estimate_is_looked_at_again(low: int, high: int, warned: bool) -> None:
    known = replace(KNOWN, person=replace(MAN, age_min=low, age_max=high))
    assert found(known) == ([("R-14", "birth_date", Level.WARN)] if warned else [])


def test_a_dna_match_rests_on_the_police_answer() -> None:
    bare = replace(KNOWN, papers={})
    assert found(bare) == [("R-13", "channel", Level.WARN)]
    assert found(bare, channel="站内问询") == []


def test_an_earlier_rescue_under_the_same_number_is_looked_at() -> None:
    again = replace(KNOWN, same_id_cases=("522731-2025-0007",))
    assert found(again) == [("R-71", "id_number", Level.WARN)]


def test_relatives_who_refuse_are_admonished() -> None:
    assert found(relative_answer="refuse") == [("R-72", "relative_answer", Level.WARN)]
    assert tasks(relative_answer="refuse")["guardian_duty_notice"] == ("county", "R-72")


def test_a_relative_who_answered_is_named() -> None:
    nobody = {"relative_name": "", "relation": "", "relative_phone": ""}
    assert [field for _, field, _ in found(**nobody)] == ["relative_name", "relation", "relative_phone"]
    assert found(**nobody, relative_answer="none") == []


def test_the_evidence_is_on_file() -> None:
    assert found(replace(KNOWN, attached=frozenset())) == [("", "attachment-evidence", Level.BLOCK)]


def test_the_form_names_both_persons_in_one() -> None:
    assert paper().heading(KNOWN) == "身份确认单（河滨路男——罗大河）"
    face = paper().face(KNOWN, Stamp(names={"draft": "龙小梅", "review": "石建国"}))
    assert face["foot"][:2] == [["填表人", "龙小梅"], ["审核人", "石建国"]]
