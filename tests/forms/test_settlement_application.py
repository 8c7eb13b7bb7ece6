"""P-38 落户安置申请表: who is settled and when, under which name, in whose household; what the bureau gets."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import REPORTED, Milestone
from forms.kit.counting import count
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.workdays import Calendar
from forms.settlement_application import SettlementApplication
from tests.forms import settlement_sample as chain
from tests.forms.sample import moment

SAMPLE: dict[str, Any] = {
    "care_place": "station",
    "disability": "未评定",
    "refresh_count": "3",
    "inquiry_summary": "先后问询11次，本人能说“大河坝”“赶场”，核查惠水、罗甸两县同名村寨，均无相符的走失人员。",
    "proposed_name": "何平安",
    "proposed_birth": "1964-06-01",
    "proposed_ethnicity": "布依族",
    "hukou_holder": "平塘县救助管理站",
    "collective_household": "yes",
    "hukou_address": "贵州省平塘县金盆街道新城路12号",
    "proposed_support": "centralised",
    "org_opinion": "情况属实，同意申请落户安置。",
}
KNOWN = chain.known(chain.POLICE, "2026-06-23 09:00", "522727-station")


def paper(of: Facts = KNOWN, **changes: Any) -> SettlementApplication:
    return SettlementApplication.read({**SAMPLE, **changes}, of)


def found(of: Facts = KNOWN, **changes: Any) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in paper(of, **changes).problems(of)]


def admitted(at: str, now: str, **person: Any) -> Facts:
    return replace(
        KNOWN,
        person=replace(chain.PERSON, admitted_at=moment(at), **person),
        now=moment(now),
        today=moment(now).date(),
    )


def test_a_full_application_has_nothing_against_it() -> None:
    assert found() == []
    assert SettlementApplication.chain is REPORTED


def test_the_answers_survive_storing_and_reading() -> None:
    assert {key: value for key, value in paper().answers().items() if not paper()[key].copied} == SAMPLE


@pytest.mark.parametrize(
    ("at", "now", "refused"),
    [
        ("2026-06-15 10:00", "2026-09-15 23:59", True),
        ("2026-06-15 10:00", "2026-09-16 00:00", False),
        ("2026-11-30 10:00", "2027-02-28 12:00", True),
        ("2026-11-30 10:00", "2027-03-01 08:00", False),
    ],
)
def test_it_is_handed_in_from_the_day_after_three_months_are_full(at: str, now: str, refused: bool) -> None:
    assert (("R-50", "threshold_date") in found(admitted(at, now))) is refused


def test_too_early_says_from_when() -> None:
    of = admitted("2026-06-15 10:00", "2026-09-08 09:00")
    (problem,) = paper(of).problems(of)
    assert problem.sentence == "滞留至2026年9月15日满3个月，2026年9月16日起才能提交；现在可以先草拟"


def test_the_stay_is_counted_not_typed() -> None:
    read = paper(days_stayed="5", threshold_date="2026-01-01")
    assert (read.admitted_on.data, read.threshold_date.data) == (date(2026, 3, 18), date(2026, 6, 18))
    assert read.days_stayed.data == 97


def test_without_a_published_notice_nobody_is_settled() -> None:
    withdrawn = replace(chain.NOTICE, state="closed")
    of = replace(KNOWN, papers=chain.on_file(withdrawn, chain.DNA, chain.POLICE))
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-50", "notice_no", "tracing_notice")


@pytest.mark.parametrize(
    ("answers", "field", "remedy"),
    [
        ({"result": "in_progress"}, "dna_result", "police_check_result"),
        ({}, "dna_result", "police_check_result"),
        ({"result": "match", "face_result": "no_match"}, "dna_result", "identity_confirmation"),
        ({"result": "no_match", "face_result": "match"}, "dna_result", "identity_confirmation"),
        ({"result": "no_match"}, "face_result", "police_check_result"),
    ],
)
def test_the_police_must_have_searched_in_vain(answers: dict[str, str], field: str, remedy: str) -> None:
    of = replace(KNOWN, papers=chain.on_file(chain.NOTICE, chain.DNA, replace(chain.POLICE, answers=answers)))
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-50", field, remedy)


def test_a_written_reason_why_no_sample_was_taken_is_enough() -> None:
    answers = {
        "result": "not_sampled",
        "no_sample_reason": "该人员拒绝采样",
        "face_result": "not_done",
        "face_reason": "面部烧伤",
    }
    of = replace(KNOWN, papers=chain.on_file(chain.NOTICE, chain.DNA, replace(chain.POLICE, answers=answers)))
    assert found(of) == []
    assert paper(of).dna_reason.data == "该人员拒绝采样"


def test_nobody_identified_is_settled() -> None:
    of = replace(KNOWN, person=replace(chain.PERSON, identity_status="confirmed", name="罗大河"))
    assert ("R-59", "") in found(of)


def test_the_county_that_received_the_person_applies_wherever_they_are_cared_for() -> None:
    at_station = chain.known(chain.POLICE, "2026-06-23 09:00", "522727-station", place="522700-station")
    assert SettlementApplication.prefill(at_station)["care_place"] == "central_station"
    assert found(at_station, care_place="central_station") == []
    elsewhere = chain.known(chain.POLICE, "2026-06-23 09:00", "522728-station")
    assert ("R-61", "applicant_org") in found(elsewhere)


@pytest.mark.parametrize("name", ["无名01", "无名氏", "何平安1", "平", "欧阳何平安春晓", "HePing", "何·平"])
def test_a_name_is_two_to_six_letters_and_never_nameless(name: str) -> None:
    assert found(proposed_name=name) == [("R-63", "proposed_name")]


@pytest.mark.parametrize(
    ("birth", "fits"),
    [
        ("1960-01-01", False),
        ("1970-06-15", False),
        ("1970-06-16", True),
        ("1976-06-15", True),
        ("1976-06-16", False),
    ],
)
def test_the_birth_lies_inside_the_estimate(birth: str, fits: bool) -> None:
    of = admitted("2026-06-15 10:00", "2026-09-16 09:00", age_min=50, age_max=55)
    assert (found(of, proposed_birth=birth) == []) is fits


def test_the_remedy_names_the_days_that_fit() -> None:
    of = admitted("2026-06-15 10:00", "2026-09-16 09:00", age_min=50, age_max=55)
    (problem,) = paper(of, proposed_birth="1960-01-01").problems(of)
    assert problem.sentence == "按拟定出生日期，入站时66岁，不在目测年龄50至55岁之内，请重新拟定"
    assert problem.remedy == "应在1970年6月16日至1976年6月15日之间"


def test_a_private_home_is_no_household() -> None:
    typed: dict[str, Any] = {
        "hukou_holder": "other",
        "hukou_holder_name": "平塘县夕阳红养老院",
        "hukou_holder_kind": "private",
    }
    assert found(**typed) == [("R-62", "hukou_holder_kind")]
    assert found(**{**typed, "hukou_holder_kind": "public_welfare"}) == []
    assert found(collective_household="no") == [("R-62", "collective_household")]


def test_a_minor_goes_to_a_childrens_home() -> None:
    of = replace(KNOWN, person=replace(chain.PERSON, age_min=14, age_max=17))
    assert ("R-42", "proposed_support") in found(of, proposed_birth="2010-06-01")
    assert found(of, proposed_birth="2010-06-01", proposed_support="child_home") == []
    assert SettlementApplication.prefill(of)["proposed_support"] == "child_home"


def test_a_sick_mind_is_proved() -> None:
    of = replace(KNOWN, person=replace(chain.PERSON, mental_status="dementia"))
    assert found(of) == [("", "attachment-diagnosis")]


def test_a_notice_never_refreshed_is_remarked_on() -> None:
    assert found(refresh_count="0") == [("R-16", "refresh_count")]


def test_the_draft_begins_with_what_is_known() -> None:
    first = SettlementApplication.prefill(KNOWN)
    assert first["hukou_holder"] == "平塘县救助管理站"
    assert first["proposed_ethnicity"] == "布依族"
    assert first["refresh_count"] == 3


def test_taken_in_by_the_bureau_the_next_ten_days_begin() -> None:
    (start,) = SettlementApplication.starts
    assert (start.limit, start.on, start.trigger, start.owner) == (
        "settlement_plan_due", Milestone.COMPLETED, "today", "counterpart",
    )  # fmt: skip
    of = replace(KNOWN, now=moment("2026-06-24 10:00"), today=date(2026, 6, 24))
    due = count(LIMITS[start.limit].length, paper(of).due_trigger(start, of), Calendar.published())
    assert due.last_day == date(2026, 7, 8)
    assert [settled.limit for settled in SettlementApplication.settles] == ["settlement_application_due"]


def test_the_form_says_the_fixed_sentence_and_is_signed_by_both() -> None:
    stamp = Stamp(
        names={"draft": "龙小梅", "own": "石建国", "accept": "韦小兰"},
        times={"own": "2026年6月23日", "accept": "2026年6月24日"},
    )
    face = paper().face(KNOWN, stamp)
    (statement,) = [block["text"] for block in face["blocks"] if block["kind"] == "statement"]
    assert statement == (
        "该受助人员自2026年3月18日入站（院、托养机构）以来持续滞留，于2026年6月18日满3个月，"
        "经寻亲公告、DNA信息采集比对、人像比对等方式，仍未查明身份信息。现申请办理落户安置。"
    )
    assert face["blocks"][-1]["boxes"] == [
        {"label": "申请单位负责人", "name": "石建国", "time": "2026年6月23日"},
        {"label": "民政部门签收人", "name": "韦小兰", "time": "2026年6月24日"},
    ]
