"""P-18 应急先行接收记录: Saturday night, 22:00, a county's person stands at the door (R-31)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.emergency_intake import EmergencyIntake
from forms.kit.chains import Milestone
from forms.kit.effects import CaseOpened, PersonMoved, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PersonFacts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level, Problem
from forms.kit.workdays import Calendar
from pdf.render import render
from tests.forms.sample import MAN, doc, facts, moment
from tests.forms.test_transfer_reply import COUNTY
from tests.forms.test_transfer_request import MOTHER

NIGHT = "2026-07-11 22:20"
SAMPLE: dict[str, Any] = {
    "arrived_at": "2026-07-11T22:00",
    "ground": "emergency",
    "emergency_reason": ["disaster"],
    "to_unit": "522727-bureau",
    "brought_by": "county",
    "escort_staff": [
        {"name": "王建国", "sex": "男", "post": "平塘县救助管理站站员"},
        {"name": "李小燕", "sex": "女", "post": "平塘县民政局科员"},
    ],
    "county_told": "yes",
    "told_name": "陈晓云",
    "told_phone": "0854-7222222",
    "case_state": "none",
    "sex": "男",
    "identity_status": "unknown",
    "alias": "通州桥头男",
    "age_min": "50",
    "age_max": "55",
    "found_place": "平塘县通州镇新街路口",
    "mental_status": "normal",
    "health": ["good"],
    "temp_c": "36.4",
    "acute_signs": ["none"],
    "wounds": "no",
    "body_check": "未见异常",
    "belongings": [{"item": "布袋", "quantity": "1个"}],
    "cash": "0",
    "valuables": "无",
    "ward": "male",
    "bed": "男101",
}


CARD = {"identity_status": "confirmed", "name": "王大山", "id_number": "440524188001010014"}


def known(**changes: Any) -> Facts:
    """Return what the station knows at the door: no case, no county, only itself."""
    first: dict[str, Any] = {
        "person": PersonFacts(case_no="", region_code="522700"),
        "case": {},
        "exists": False,
        "working_day": False,
        "now": NIGHT,
        "place": "",
        "attached": frozenset({"photo"}),
        "free_beds": {"male": ["男101"], "female": ["女201"], "minor": ["少1"], "observation": ["观1"]},
    }
    return facts("522700-station", **{**first, **changes})


def registered(**changes: Any) -> Facts:
    """Return what it knows of a case the county has brought to it before."""
    first: dict[str, Any] = {
        "person": MAN,
        "county": COUNTY,
        "exists": True,
        "photo": "sha256:00",
        "attached": frozenset(),
    }
    return known(**{**first, **changes})


def found(answers: dict[str, Any], about: Facts) -> list[Problem]:
    return EmergencyIntake.read(answers, about).problems(about)


def marks(answers: dict[str, Any], about: Facts) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in found(answers, about)]


def effects(answers: dict[str, Any], about: Facts) -> list[Any]:
    return list(EmergencyIntake.read(answers, about).effects(Milestone.SUBMITTED, about))


# ---- when it may be used ---------------------------------------------------------------------------------------


def test_a_flood_victim_on_saturday_night_is_taken_in() -> None:
    assert found(SAMPLE, known()) == []


def test_a_weak_station_is_no_emergency() -> None:
    (problem,) = found({**SAMPLE, "ground": "infrastructure"}, known())
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-31", "ground", "transfer_request")


@pytest.mark.parametrize(
    ("at", "now", "working", "ok"),
    [
        ("2026-07-11T10:00", "2026-07-11 10:30", False, True),  # Saturday
        ("2026-07-13T08:59", "2026-07-13 09:10", True, True),
        ("2026-07-13T09:00", "2026-07-13 09:10", True, False),
        ("2026-07-13T16:59", "2026-07-13 17:10", True, False),
        ("2026-07-13T17:00", "2026-07-13 17:10", True, True),
        ("2026-09-20T10:00", "2026-09-20 10:30", True, False),  # a Sunday that is worked
        ("2026-10-05T10:00", "2026-10-05 10:30", False, True),  # National Day holiday
        ("2026-07-10T22:00", "2026-07-11 00:20", False, True),  # written after midnight
        ("2026-07-10T15:00", "2026-07-11 00:20", False, False),  # Friday afternoon, written at night
    ],
)
def test_it_is_for_nights_and_holidays_only(at: str, now: str, working: bool, ok: bool) -> None:
    problems = marks({**SAMPLE, "arrived_at": at}, known(now=now, working_day=working))
    assert problems == ([] if ok else [("R-31", "arrived_at")])


def test_office_hours_are_a_setting() -> None:
    late = known(now="2026-07-13 17:40", working_day=True, settings={"office_opens": 8, "office_closes": 18})
    assert marks({**SAMPLE, "arrived_at": "2026-07-13T17:30"}, late) == [("R-31", "arrived_at")]


def test_nobody_is_received_in_the_future() -> None:
    assert marks({**SAMPLE, "arrived_at": "2026-07-11T23:00"}, known()) == [("R-31", "arrived_at")]


def test_a_county_that_cannot_be_reached_is_explained_not_waited_for() -> None:
    answers = {**SAMPLE, "county_told": "unreachable", "told_name": "", "told_phone": ""}
    (problem,) = found(answers, known())
    assert (problem.rule, problem.level) == ("R-31", Level.WARN)
    assert found({**answers, "_reasons": {"R-31": "两次拨打值班电话无人接听"}}, known()) == []


def test_whoever_comes_alone_needs_no_escort() -> None:
    assert found({**SAMPLE, "brought_by": "self", "escort_staff": []}, known()) == []


def test_persons_of_the_prefecture_are_admitted_directly() -> None:
    assert ("R-35", "case_state") in marks(SAMPLE, registered(person=replace(MAN, region_code="522700")))


def test_somebody_already_handed_over_is_not_received_again() -> None:
    papers = {"transfer_handover": [doc("transfer_handover", answers={"result": "accept"})]}
    assert marks(SAMPLE, registered(papers=papers)) == [("R-34", "known_case_no")]


# ---- who it is -------------------------------------------------------------------------------------------------


def test_without_a_face_nobody_is_taken_in() -> None:
    assert marks(SAMPLE, known(attached=frozenset())) == [("", "attachment-photo")]
    assert marks(SAMPLE, registered()) == []


def test_a_known_case_is_joined_by_its_number_and_nothing_is_typed_twice() -> None:
    typed = ("identity_status", "alias", "age_min", "age_max", "found_place", "mental_status", "health")
    answers = {name: value for name, value in SAMPLE.items() if name not in typed}
    answers |= {"case_state": "known", "known_case_no": "522727-2026-0012"}
    assert found(answers, known()) == []
    assert marks({**answers, "known_case_no": "522728-2026-0012"}, known()) == [("R-34", "known_case_no")]
    opened = effects(answers, known())[0]
    assert isinstance(opened, CaseOpened)
    assert (opened.unit, opened.case_no, opened.person) == ("522727-bureau", "522727-2026-0012", {"sex": "男"})


def test_a_case_the_station_can_see_fills_itself_in() -> None:
    paper = EmergencyIntake.read({}, registered())
    assert (paper.known_case_no.data, paper.to_unit.printed, paper.sex.data) == (
        "522727-2026-0012",
        "平塘县民政局",
        "男",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"age_min": "50", "age_max": "71"}, "age_max"),
        ({"age_min": "60", "age_max": "50"}, "age_max"),
        ({"alias": "无名男"}, "alias"),
        (
            {
                "identity_status": "confirmed",
                "name": "王大山",
                "id_number": "440524188001010014",
                "sex": "女",
                "ward": "female",
                "bed": "女201",
            },
            "sex",
        ),
    ],
)
def test_a_person_without_a_case_is_described_soundly(change: dict[str, str], field: str) -> None:
    assert marks({**SAMPLE, **change}, known()) == [("R-08", field)]


def test_an_identity_card_gives_birth_and_sex() -> None:
    answers = {**SAMPLE, **CARD, "hukou_address": "广东省汕头市"}
    person = effects(answers, known())[0].person
    assert (person["name"], person["birth_date"], person["alias"], person["age_min"]) == (
        "王大山",
        date(1880, 1, 1),
        "",
        None,
    )


# ---- where they sleep ------------------------------------------------------------------------------------------


def test_the_bed_fits_the_person_at_the_door() -> None:
    assert marks({**SAMPLE, "ward": "female", "bed": "女201"}, known()) == [("R-33", "ward")]
    assert ("R-33", "bed") in marks(
        SAMPLE, known(free_beds={"male": [], "female": [], "minor": [], "observation": []})
    )


BOY = {**SAMPLE, "age_min": "15", "age_max": "17", "alias": "桥头少年"}


def test_a_minor_alone_is_not_put_among_adults() -> None:
    assert marks(BOY, known()) == [("R-26", "ward")]
    assert marks({**BOY, "guardian_here": "yes"}, known()) == []


def test_a_minor_alone_is_sheltered_for_the_night_and_the_child_home_is_asked() -> None:
    answers = {**BOY, "ward": "minor", "bed": "少1"}
    (problem,) = found(answers, known())
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-26", Level.WARN, "minor_transfer_letter")
    watched = {**answers, "_reasons": {"R-26": "由值班员龙江整夜陪护"}}
    assert found(watched, known()) == []
    assert "minor_transfer_letter" in {e.paper for e in effects(watched, known()) if isinstance(e, TaskOpened)}


@pytest.mark.parametrize(
    "change", [{"health": ["acute"]}, {"acute_signs": ["mental"], "onset_on": "2026-07-11"}, {"temp_c": "39.5"}]
)
def test_the_ill_go_to_hospital_first_even_at_night(change: dict[str, Any]) -> None:
    (problem,) = found({**SAMPLE, **change}, known())
    assert (problem.rule, problem.remedy_paper) == ("R-36", "medical_referral")
    cleared = known(
        attached=frozenset({"photo", "hospital_clearance"}),
        attached_dates={"hospital_clearance": date(2026, 7, 11)},
    )
    assert found({**SAMPLE, **change}, cleared) == []


# ---- what becomes true -----------------------------------------------------------------------------------------


def test_an_unregistered_person_gets_a_case_of_the_county_a_bed_and_the_county_two_tasks() -> None:
    opened, moved, *tasks = effects(SAMPLE, known())
    assert opened == CaseOpened(
        {
            "identity_status": "unknown",
            "name": "",
            "alias": "通州桥头男",
            "sex": "男",
            "birth_date": None,
            "age_min": 50,
            "age_max": 55,
            "id_number": "",
            "hukou_address": "",
        },
        moment("2026-07-11 22:00"),
        unit="522727-bureau",
    )
    assert moved == PersonMoved("522700-station", moment("2026-07-11 22:00"), "male", "男101")
    assert [(task.paper, task.unit) for task in tasks] == [
        ("help_registration", "county"),
        ("transfer_request", "county"),
    ]


def test_a_person_with_a_case_only_moves() -> None:
    moved, task = effects(SAMPLE, registered())
    assert isinstance(moved, PersonMoved)
    assert task.paper == "transfer_request"


def test_the_heads_confirmation_changes_nothing_more() -> None:
    assert list(EmergencyIntake.read(SAMPLE, known()).effects(Milestone.COMPLETED, known())) == []


def test_the_rules_still_hold_when_the_head_confirms_on_monday() -> None:
    monday = registered(now="2026-07-13 09:30", working_day=True, place="522700-station")
    assert found(SAMPLE, monday) == []


def clocks(about: Facts) -> list[str]:
    paper = EmergencyIntake.read(SAMPLE, about)
    return [s.limit for s in EmergencyIntake.starts if s.shown_when is None or s.shown_when(paper)]


def test_the_countys_clocks_begin_at_the_door_where_none_ran_before() -> None:
    assert clocks(known()) == ["emergency_papers_due", "tracing_notice_due", "dna_request_due"]
    assert clocks(registered()) == ["emergency_papers_due"]
    assert {s.owner for s in EmergencyIntake.starts} == {"county"}


def test_saturday_night_the_papers_are_due_on_tuesday() -> None:
    due = LIMITS["emergency_papers_due"].due(moment("2026-07-11 22:00"), Calendar.published())
    assert due.last_day == date(2026, 7, 14)


# ---- the printed record ----------------------------------------------------------------------------------------


def test_the_record_tells_the_county_what_is_due() -> None:
    about = known(settings={"emergency_papers_days": 3})
    face = EmergencyIntake.read(SAMPLE, about).face(about, Stamp(names={"draft": "龙江", "sign": "韦明"}))
    statement, signatures = face["blocks"][-2:]
    assert "请平塘县民政局自接收之日起3个工作日内补报转移集中照料申请函" in statement["text"]
    assert [box["name"] for box in signatures["boxes"]] == ["王建国、李小燕", "龙江", "韦明"]
    assert face["blocks"][0]["rows"][0][0]["value"] == "通州桥头男"
    assert EmergencyIntake.read(SAMPLE, about).heading(about) == "应急先行接收记录（通州桥头男）"


def test_the_record_is_set_on_paper() -> None:
    about = known(person=MOTHER, exists=True, county=COUNTY)
    assert render(EmergencyIntake.read(SAMPLE, about).face(about, Stamp())).pages <= 2
