"""P-47 送医救治单: written at once by whoever is on duty; names who pays; calls for the settlement (R-29, R-36, R-65)."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import NOTED, Milestone
from forms.kit.effects import TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.medical_referral import MedicalReferral
from tests.forms.sample import MAN, facts

#: An unknown man with a high fever, taken to the county hospital.
SAMPLE: dict[str, Any] = {
    "taken_at": "2026-10-13T08:20",
    "taken_from": "station",
    "condition": "acute",
    "symptoms": "早餐后寒战、呕吐，体温39.5℃，意识清楚",
    "temp_c": "39.5",
    "history": "不详",
    "hospital": "平塘县人民医院",
    "way": "own",
    "escorts": "罗春和、岑秋实",
    "relatives_told": "none",
    "received_at": "2026-10-13T08:45",
    "doctor": "急诊科　陆远",
    "outcome": "inpatient",
    "diagnosis": "肺炎",
    "green_channel": "yes",
}


def paper(of: Facts | None = None, **changes: Any) -> MedicalReferral:
    return MedicalReferral.read({**SAMPLE, **changes}, of or facts())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or facts())]


def test_a_full_referral_has_nothing_against_it() -> None:
    assert sentences() == []
    assert MedicalReferral.chain is NOTED


def test_what_is_not_known_yet_does_not_hold_up_the_ambulance() -> None:
    first = {"received_at": "", "doctor": "", "outcome": "waiting", "diagnosis": "", "green_channel": ""}
    assert sentences(temp_c="", history="", **first) == []


def test_the_draft_knows_the_hospital_and_the_state_of_health() -> None:
    first = MedicalReferral.prefill(facts(person=replace(MAN, health=("acute", "limited"))))
    assert (first["hospital"], first["condition"], first["taken_from"]) == ("平塘县人民医院", "acute", "station")
    assert first["relatives_told"] == "none"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"taken_at": "2026-10-13T09:02", "received_at": ""}, ["送医时间不能晚于现在，请核对"]),
        ({"received_at": "2026-10-13T08:19"}, ["接诊时间不能早于送医时间，请核对"]),
        ({"received_at": "2026-10-13T09:02"}, ["接诊时间不能晚于现在，请核对"]),
    ],
)
def test_times_run_forward(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(**changes) == found


def test_help_before_registration_is_no_fault_and_a_late_entry_is_only_noted() -> None:
    (noted,) = paper(taken_at="2026-09-28T17:00", received_at="").problems(facts())
    assert (noted.level, noted.field) == (Level.NOTE, "taken_at")


def test_acute_mental_symptoms_point_to_the_psychiatric_referral() -> None:
    (noted,) = paper(condition="mental").problems(facts())
    assert (noted.rule, noted.level, noted.remedy_paper) == ("R-85", Level.NOTE, "psychiatric_referral")


def test_the_county_pays_also_while_the_person_is_at_the_central_station() -> None:
    at_station = facts(place="522700-station")
    assert paper(at_station).payer_name.printed == "平塘县民政局"
    assert list(paper(at_station).effects(Milestone.COMPLETED, at_station)) == [
        TaskOpened(
            "medical_settlement",
            "county",
            "集中照料期间送医，请负责救治监管；出院时核查参保情况并结算费用",
            "R-29",
        )
    ]
    assert MedicalReferral.prefill(at_station)["taken_from"] == "central_station"


def test_the_station_pays_for_prefecture_cases() -> None:
    of = facts("522700-station", person=replace(MAN, region_code="522700"))
    assert paper(of).payer_name.printed == "黔南州救助管理站"
    assert [effect.rule for effect in paper(of).effects(Milestone.COMPLETED, of)] == ["R-65"]  # type: ignore[union-attr]


def test_the_sheet_tells_the_hospital_who_pays_and_leaves_room_for_ink() -> None:
    face = paper().face(facts(), Stamp(names={"draft": "罗春和"}, times={"draft": "2026年10月13日8时50分"}))
    statement, signatures = face["blocks"][-2:]
    assert statement["text"] == (
        "请按照“先救治、后救助”的原则先行诊治。身份不明或者暂时无力支付费用的，不影响救治；"
        "出院时由平塘县民政局核查参保情况，据实结算费用，并负责救治监管。"
    )
    assert [box["label"] for box in signatures["boxes"]] == ["陪送人员（签名）", "接诊医师（签名）"]
    assert face["foot"] == [["值班经办人", "罗春和"], ["填写时间", "2026年10月13日8时50分"]]
