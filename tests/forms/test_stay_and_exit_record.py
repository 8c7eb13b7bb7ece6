"""P-04 在站服务及离站登记表: every service a line, and a lawful way of leaving."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import Milestone
from forms.kit.counting import count
from forms.kit.effects import StayEnded, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PersonFacts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.stay_and_exit_record import EXIT_METHODS, StayAndExitRecord
from tests.forms.sample import MAN, doc, facts, moment

#: A worker of 34 from 惠水 who lost his purse, stays three nights and is fetched by his brother.
SAMPLE: dict[str, Any] = {
    "ward": "male",
    "bed": "男101",
    "services": [
        {"on": "2026-09-28", "kind": "board", "what": "安排食宿，发放洗漱用品", "by": "龙小梅"},
        {"on": "2026-09-29", "kind": "tracing", "what": "电话联系其兄，约定来站接领", "by": "石建国"},
    ],
    "exit_method": "接领返乡",
    "exit_at": "2026-10-01T10:30",
    "destination": "贵州省惠水县好花红镇",
    "cross_province": "no",
    "collector": "罗小河",
    "collector_relation": "哥哥",
    "collector_id": "440524188001010014",
    "collector_phone": "13985400003",
    "belongings_returned": "yes",
    "help_types": ["生活救助", "返乡救助"],
    "special_groups": ["无"],
    "home_area": "本省",
}
WORKER = PersonFacts(
    case_no="522727-2026-0016",
    identity_status="confirmed",
    name="罗大河",
    sex="男",
    birth_date=date(1992, 3, 2),
    admitted_at=moment("2026-09-28 18:30"),
    region_code="522727",
    hukou_address="贵州省惠水县好花红镇",
    health=("good",),
)
PAPERS = {"escort_return_handover": [doc("escort_return_handover")]}
KNOWN = facts(now="2026-10-01 11:00", person=WORKER, papers=PAPERS, attached=frozenset({"collector_id_copy"}))
COPIED = ("person_name", "person_sex", "person_age", "admitted_at")
ALONE = {"exit_method": "自行离站", "belongings_returned": "yes"}


def paper(known: Facts = KNOWN, **changes: Any) -> StayAndExitRecord:
    return StayAndExitRecord.read({**SAMPLE, **changes}, known)


def found(known: Facts = KNOWN, **changes: Any) -> list[tuple[str, str, Level]]:
    return [(problem.rule, problem.field, problem.level) for problem in paper(known, **changes).problems(known)]


def asked(method: str) -> set[str]:
    """Boxes that a way of leaving asks for besides the common ones."""
    bare = {
        key: SAMPLE[key] for key in ("ward", "services", "exit_at", "help_types", "special_groups", "home_area")
    }
    read = StayAndExitRecord.read({**bare, "exit_method": method}, KNOWN)
    return {problem.field for problem in read.problems(KNOWN) if not problem.rule}


def on_day(day: str, person: PersonFacts = WORKER, **columns: Any) -> Facts:
    return replace(KNOWN, now=moment(f"{day} 20:00"), today=date.fromisoformat(day), person=person, **columns)


def test_a_full_record_has_nothing_against_it() -> None:
    assert found() == []


def test_the_record_begins_with_what_the_admission_knows() -> None:
    violence = replace(KNOWN, case={"help_reason": ["family_violence"]})
    assert StayAndExitRecord.prefill(violence) == {
        "ward": "male",
        "help_types": ["生活救助"],
        "special_groups": ["家暴受害"],
        "home_area": "本省",
    }
    young = replace(KNOWN, person=replace(MAN, age_min=16, age_max=19))
    assert StayAndExitRecord.prefill(young)["ward"] == "minor"
    assert paper().admitted_at.printed == "2026年9月28日18时30分"


def test_a_draft_of_the_stay_lacks_only_the_exit() -> None:
    staying = {
        key: SAMPLE[key] for key in ("ward", "bed", "services", "help_types", "special_groups", "home_area")
    }
    read = StayAndExitRecord.read(staying, KNOWN)
    assert {problem.field for problem in read.problems(KNOWN)} == {"exit_method", "exit_at"}
    assert read.answers() == {**staying, **{name: read[name]._value() for name in COPIED}}


def test_the_ways_of_leaving_are_those_the_monthly_table_counts() -> None:
    assert EXIT_METHODS == (
        "自行离站",
        "自行返乡",
        "提供乘车凭证",
        "护送返乡",
        "接领返乡",
        "终止救助",
        "擅自离站",
        "安置",
        "死亡",
        "其他",
    )


@pytest.mark.parametrize(
    ("method", "boxes"),
    [
        ("自行返乡", {"destination", "belongings_returned"}),
        ("提供乘车凭证", {"destination", "voucher", "belongings_returned"}),
        ("护送返乡", {"destination", "cross_province", "belongings_returned"}),
        (
            "接领返乡",
            {
                "destination",
                "cross_province",
                "collector",
                "collector_relation",
                "collector_id",
                "collector_phone",
                "belongings_returned",
            },
        ),
        ("终止救助", {"belongings_returned"}),
        ("擅自离站", {"gone_found_at", "search"}),
        ("安置", {"placed_with", "belongings_returned"}),
        ("死亡", {"death_cause", "attachment-death_certificate"}),
        ("其他", {"exit_other", "belongings_returned"}),
    ],
)
def test_each_way_of_leaving_asks_for_its_own_boxes(method: str, boxes: set[str]) -> None:
    assert asked(method) == boxes


def test_who_fetches_somebody_shows_an_id_card() -> None:
    assert found(replace(KNOWN, attached=frozenset())) == [("", "attachment-collector_id_copy", Level.BLOCK)]


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (replace(WORKER, birth_date=date(2011, 3, 2)), "该人员未满16周岁，不能自行离站"),
        (replace(WORKER, mental_status="suspected"), "该人员有疑似精神障碍表现，不能自行离站"),
        (replace(WORKER, mental_status="intellectual"), "该人员有智力障碍，不能自行离站"),
        (replace(WORKER, health=("limited",)), "该人员行动不便，不能自行离站"),
        (replace(MAN, age_min=15, age_max=20), "该人员目测年龄下限不满16岁，不能自行离站"),
    ],
)
def test_who_needs_protection_does_not_leave_alone(person: PersonFacts, why: str) -> None:
    known = replace(KNOWN, person=person)
    refused = [problem for problem in paper(known, **ALONE).problems(known) if problem.rule == "R-19"]
    assert [(problem.sentence, problem.level) for problem in refused] == [(why, Level.BLOCK)]


@pytest.mark.parametrize("method", ["自行返乡", "提供乘车凭证"])
def test_nor_travels_alone(method: str) -> None:
    known = replace(KNOWN, person=replace(WORKER, birth_date=date(2011, 3, 2)))
    assert ("R-19", "exit_method", Level.BLOCK) in found(known, exit_method=method, voucher="C6022次惠水")


def test_a_healthy_adult_leaves_with_a_statement() -> None:
    assert found(**ALONE) == [("R-19", "attachment-exit_statement", Level.BLOCK)]
    signed = replace(KNOWN, papers={"self_exit_statement": [doc("self_exit_statement")]})
    assert found(signed, **ALONE) == []
    assert found(replace(KNOWN, attached=frozenset({"exit_statement"})), **ALONE) == []


def test_ending_help_is_told_in_writing() -> None:
    assert found(exit_method="终止救助") == [("P-06", "attachment-termination_notice", Level.BLOCK)]
    told = replace(KNOWN, papers={"termination_notice": [doc("termination_notice")]})
    assert found(told, exit_method="终止救助") == []


def test_a_return_without_handover_starts_no_revisit_and_is_explained() -> None:
    (warned,) = paper(replace(KNOWN, papers={})).problems(replace(KNOWN, papers={}))
    assert (warned.rule, warned.level, warned.remedy_paper) == ("R-70", Level.WARN, "escort_return_handover")


def test_services_after_day_ten_need_a_reason_each() -> None:
    guest = replace(WORKER, admitted_at=moment("2026-11-02 10:00"))
    rows = [
        {"on": "2026-11-12", "kind": "board", "what": "食宿", "by": "龙小梅"},
        {"on": "2026-11-13", "kind": "board", "what": "食宿", "by": "龙小梅"},
    ]
    known = on_day("2026-11-13", guest)
    (warned,) = [
        problem
        for problem in paper(known, services=rows, exit_at="2026-11-13T19:00").problems(known)
        if problem.rule == "R-18"
    ]
    assert warned.level is Level.WARN
    assert "第2行服务" in warned.sentence
    assert "2026年11月12日届满" in warned.sentence
    assert warned.remedy_paper == "stay_extension_filing"
    explained = [rows[0], {**rows[1], "over_reason": "亲属次日到站接领"}]
    assert found(known, services=explained, exit_at="2026-11-13T19:00") == []


def test_a_filed_extension_or_a_diagnosis_lifts_the_ten_days() -> None:
    guest = replace(WORKER, admitted_at=moment("2026-11-02 10:00"))
    rows = [{"on": "2026-11-13", "kind": "board", "what": "食宿", "by": "龙小梅"}]
    filed = {"stay_extension_filing": [doc("stay_extension_filing", answers={"extend_to": "2026-11-30"})]}
    for known in (
        on_day("2026-11-13", guest, papers={**PAPERS, **filed}),
        on_day("2026-11-13", replace(guest, mental_status="diagnosed")),
    ):
        assert found(known, services=rows, exit_at="2026-11-13T19:00") == []


def test_a_person_gone_is_searched_and_recorded_the_same_day() -> None:
    gone = {"exit_method": "擅自离站", "search": "调阅监控，在周边查找未果"}
    assert found(**gone, gone_found_at="2026-10-01T10:50") == []
    late = on_day("2026-10-02")
    assert found(late, **gone, gone_found_at="2026-10-01T10:50") == [("R-20", "gone_found_at", Level.WARN)]
    assert found(**gone, gone_found_at="2026-10-01T10:20") == [("R-08", "gone_found_at", Level.BLOCK)]
    (start,) = StayAndExitRecord.starts
    assert start.shown_when(paper(**gone))
    trigger = paper(**gone, gone_found_at="2026-10-01T10:50").due_trigger(start, KNOWN)
    due = count(LIMITS["unannounced_exit_due"].length, trigger, Calendar.published())
    assert due.last_day == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("person", "reported"),
    [
        (WORKER, False),
        (replace(WORKER, birth_date=date(2010, 3, 2)), True),
        (replace(WORKER, mental_status="suspected"), True),
        (replace(WORKER, mental_status="intellectual"), True),
        (replace(WORKER, health=("limited",)), False),
    ],
)
def test_a_minor_or_ill_person_gone_is_an_incident(person: PersonFacts, reported: bool) -> None:
    known = replace(KNOWN, person=person)
    effects = list(paper(known, exit_method="擅自离站").effects(Milestone.SUBMITTED, known))
    assert [effect.paper for effect in effects if isinstance(effect, TaskOpened)] == ["incident_report"] * reported


def test_a_death_is_an_incident() -> None:
    (task,) = paper(exit_method="死亡").effects(Milestone.SUBMITTED, KNOWN)
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("incident_report", "P-12")


def test_the_stay_ends_with_the_check() -> None:
    assert list(paper().effects(Milestone.SUBMITTED, KNOWN)) == []
    ended = list(paper().effects(Milestone.COMPLETED, KNOWN))
    assert ended == [StayEnded("接领返乡", moment("2026-10-01 10:30"))]
    left = replace(KNOWN, person=replace(WORKER, open=False))
    assert list(paper(left).effects(Milestone.COMPLETED, left)) == []


def test_leaving_meets_the_ten_day_clock_at_the_hour_of_leaving() -> None:
    met = next(settled for settled in StayAndExitRecord.settles if settled.limit == "stay_day_ten")
    assert (met.on, met.at) == (Milestone.SUBMITTED, "exit_at")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"exit_at": "2026-10-01T11:02"}, "exit_at"),
        ({"exit_at": "2026-09-28T18:00", "services": [SAMPLE["services"][0]]}, "exit_at"),
        ({"services": [{**SAMPLE["services"][0], "on": "2026-09-27"}]}, "services"),
        ({"services": [{**SAMPLE["services"][0], "on": "2026-10-02"}]}, "services"),
    ],
)
def test_services_and_exit_lie_within_the_stay(changes: dict[str, Any], field: str) -> None:
    assert found(**changes) == [("R-08", field, Level.BLOCK)]


def test_wards_are_kept_apart() -> None:
    assert found(ward="female") == [("R-33", "ward", Level.BLOCK)]
    minor = replace(KNOWN, person=replace(WORKER, birth_date=date(2010, 3, 2)))
    assert found(minor) == [("R-26", "ward", Level.WARN)]
    assert found(minor, ward="minor") == []


def test_cash_is_receipted_and_small() -> None:
    ticket = {"exit_method": "提供乘车凭证", "voucher": "C6022次平塘至惠水"}
    assert found(**ticket, cash="20") == [("P-04", "attachment-cash_receipt", Level.BLOCK)]
    receipted = replace(KNOWN, attached=frozenset({"cash_receipt"}))
    assert found(receipted, **ticket, cash="20.00") == []
    assert found(receipted, **ticket, cash="20.01") == [("P-04", "cash", Level.WARN)]


def test_no_special_group_goes_with_none() -> None:
    assert found(special_groups=["无", "留守儿童"]) == [("R-08", "special_groups", Level.BLOCK)]


def test_the_printed_record_counts_the_days_and_leaves_room_to_sign() -> None:
    face = paper().face(KNOWN, Stamp(names={"draft": "龙小梅", "check": "石建国"}))
    statement, signatures = face["blocks"][-2:]
    assert statement["text"] == "自2026年9月28日入站至2026年10月1日离站，在站3天。"
    assert [box["label"] for box in signatures["boxes"]] == ["接领人（签名）", "工作人员（签名）"]
    services = next(block for block in face["blocks"] if block["kind"] == "list")
    assert services["rows"][0] == ["1", "2026年9月28日", "食宿", "安排食宿，发放洗漱用品", "龙小梅", ""]
