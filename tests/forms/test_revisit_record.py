"""P-56 回访记录: every half-year, at least a year and two visits; who is at risk is watched (R-70, R-71, R-72)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseFlagged, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.revisit_record import RevisitRecord
from tests.forms.sample import ZHANG, doc, facts, moment, rules_hit

#: The first visit, half a year after the return, to a man who lives with his brother.
SAMPLE: dict[str, Any] = {
    "visited_on": "2026-09-30",
    "visitors": "罗春和、岑秋实",
    "way": "home",
    "informant": "本人；张守地（弟弟）",
    "phone": "13985412345",
    "met": "yes",
    "address": "贵州省平塘县通州镇新光村六组12号",
    "present": "settled",
    "living": "与其弟同住，饮食起居由其弟媳照料",
    "conditions": ["none"],
    "treatment": "regular",
    "welfare": ["dibao", "insurance"],
    "guardian": "good",
    "away_again": "no",
    "difficulty": "冬衣不足",
    "measures": "协调镇政府发放冬衣、棉被",
    "closing": "no",
}
FIRST, SECOND = moment("2026-09-30 23:59"), moment("2027-03-31 23:59")


def returned(day: str = "2026-03-31") -> Any:
    answers = {
        "returned_at": f"{day}T10:00",
        "home_address": "通州镇新光村六组12号",
        "receiver_phone": "13985412345",
    }
    return doc("escort_return_handover", answers=answers)


def visit(day: str, **answers: Any) -> Any:
    return doc("revisit_record", answers={**SAMPLE, "visited_on": day, **answers})


def known(now: str = "2026-09-30 16:00", **changes: Any) -> Facts:
    first = {
        "person": replace(ZHANG, open=False),
        "papers": {"escort_return_handover": [returned()]},
        "clocks": {"revisit_first_due": FIRST, "revisit_second_due": SECOND},
        **changes,
    }
    return facts("522727-bureau", now, **first)


def a_year_later(day: str = "2027-03-31", **changes: Any) -> Facts:
    """The second visit, on a day around one year after the return."""
    papers = {"escort_return_handover": [returned()], "revisit_record": [visit("2026-09-30")]}
    return known(f"{day} 16:00", **{"papers": papers, "clocks": {"revisit_second_due": SECOND}, **changes})


def paper(of: Facts | None = None, **changes: Any) -> RevisitRecord:
    return RevisitRecord.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def settled(made: RevisitRecord) -> list[str]:
    return [each.limit for each in RevisitRecord.settles if each.shown_when(made)]


def begun(made: RevisitRecord) -> list[str]:
    return [each.limit for each in RevisitRecord.starts if each.shown_when(made)]


def test_a_full_record_has_nothing_against_it_after_the_case_is_closed() -> None:
    assert sentences() == []
    assert RevisitRecord.chain is FORM
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


def test_the_first_visit_meets_the_first_limit_and_starts_none() -> None:
    made = paper()
    assert (made.round.data, made.duty.data, made.due_on.data) == (1, "first", date(2026, 9, 30))
    assert settled(made) == ["revisit_first_due"]
    assert begun(made) == []
    assert {each.at for each in RevisitRecord.settles} == {"visited_on"}


def test_the_second_visit_meets_the_second_limit_and_the_next_is_due_in_half_a_year() -> None:
    of = a_year_later("2027-03-30")
    made = paper(of, visited_on="2027-03-30")
    assert (made.round.data, made.duty.data) == (2, "second")
    assert settled(made) == ["revisit_second_due"]
    assert begun(made) == ["revisit_later_due"]
    due = LIMITS["revisit_later_due"].due(date(2027, 3, 30), Calendar.published())
    assert due.last_day == date(2027, 9, 30)


def test_a_visit_in_the_first_half_year_cannot_stand_for_the_second() -> None:
    early = a_year_later("2026-09-30", papers={
        "escort_return_handover": [returned()], "revisit_record": [visit("2026-08-01")],
    })  # fmt: skip
    made = paper(early)
    assert made.duty.data == "extra"
    assert (settled(made), begun(made)) == ([], [])


def test_later_visits_go_on_while_the_risk_lasts() -> None:
    of = a_year_later("2027-09-28", clocks={"revisit_later_due": moment("2027-09-30 23:59")})
    made = paper(of, visited_on="2027-09-28")
    assert (settled(made), begun(made)) == (["revisit_later_due"], ["revisit_later_due"])


@pytest.mark.parametrize(("day", "ok"), [("2027-03-30", False), ("2027-03-31", True)])
def test_closing_takes_a_whole_year(day: str, ok: bool) -> None:
    of = a_year_later(day)
    changes = {"visited_on": day, "closing": "yes", "closing_reason": "生活稳定，无走失风险"}
    found = sentences(of, **changes)
    assert found == ([] if ok else ["回访期不少于1年，2027年3月31日起才可以结束，请选“继续回访”"])
    assert rules_hit(paper(of, **changes), of) == (set() if ok else {"R-70"})


def test_closing_takes_two_visits() -> None:
    of = known("2027-04-02 16:00", clocks={"revisit_first_due": FIRST, "revisit_second_due": SECOND})
    found = sentences(of, visited_on="2027-04-02", closing="yes", closing_reason="生活稳定，无走失风险")
    assert found == ["回访不少于2次，本次是第1次，请选“继续回访”"]


def test_who_is_away_again_is_not_closed() -> None:
    of = a_year_later()
    changes = {"present": "away", "away_again": "yes", "away_detail": "3月10日离家，已报警查找", "met": "no"}
    (problem,) = paper(
        of, visited_on="2027-03-31", closing="yes", closing_reason="已失去联系", **changes
    ).problems(of)
    assert problem.sentence == "该人员再次外出流浪或者失去联系，仍须每半年回访"


def test_death_ends_the_visits_at_once() -> None:
    of = known(attached=frozenset({"death_certificate"}))
    changes = {"present": "died", "met": "no", "closing": "yes", "closing_reason": "因病在家去世"}
    assert sentences(of, **changes) == []
    assert list(paper(of, **changes).effects(Milestone.COMPLETED, of)) == []


def test_the_disabled_are_closed_only_with_a_reason() -> None:
    of = a_year_later()
    changes = {
        "visited_on": "2027-03-31",
        "conditions": ["intellectual"],
        "closing": "yes",
        "closing_reason": "生活稳定",
    }
    (problem,) = paper(of, **{**changes, "closing_reason": "生活稳定，家人看护"}).problems(of)
    assert (problem.rule, problem.level) == ("R-71", Level.WARN)
    assert "智力残疾" in problem.sentence


@pytest.mark.parametrize(
    ("changes", "admissions", "words"),
    [
        ({"away_again": "yes", "away_detail": "9月离家未归"}, 1, "回访发现再次外出流浪或者失去联系"),
        ({"conditions": ["mental", "physical"]}, 1, "精神障碍（含疑似）、肢体残疾"),
        ({"conditions": ["dementia"]}, 1, "痴呆（认知障碍）"),
        ({}, 2, "12个月内2次入站"),
    ],
)
def test_who_is_at_risk_is_flagged_and_registered(changes: dict[str, Any], admissions: int, words: str) -> None:
    of = known(admissions_12_months=admissions)
    flagged, task = paper(of, **changes).effects(Milestone.COMPLETED, of)
    assert flagged == CaseFlagged("focus", words)
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.unit, task.rule) == ("at_risk_register", "county", "R-71")


def test_who_lives_quietly_is_not_flagged() -> None:
    assert list(paper().effects(Milestone.COMPLETED, known())) == []


def test_a_guardian_who_refuses_is_told_with_the_police() -> None:
    (problem,) = paper(guardian="refuse").problems(known())
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-72", Level.WARN, "guardian_duty_notice")
    (task,) = paper(guardian="refuse").effects(Milestone.COMPLETED, known())
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("guardian_duty_notice", "R-72")


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-10-01", ["回访日期不能晚于今天"]),
        ("2026-03-30", ["回访日期不能早于返乡日期，请核对"]),
    ],
)
def test_dates_run_forward(day: str, found: list[str]) -> None:
    assert sentences(visited_on=day) == found


def test_a_visit_follows_the_one_before() -> None:
    of = a_year_later()
    assert sentences(of, visited_on="2026-09-30") == ["上一次回访在2026-09-30，本次应在其后，请核对"]


def test_without_a_return_there_is_no_revisit() -> None:
    of = known(papers={}, clocks={})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-70", "escort_return_handover")


@pytest.mark.parametrize(
    ("code", "answers", "day"),
    [
        ("center_return_handover", {"whereto": "relatives", "left_at": "2026-05-09T10:00"}, date(2026, 5, 9)),
        ("center_return_handover", {"whereto": "county", "left_at": "2026-05-09T10:00"}, None),
        ("stay_and_exit_record", {"exit_method": "自行返乡", "exit_at": "2026-05-09T10:00"}, date(2026, 5, 9)),
        ("stay_and_exit_record", {"exit_method": "安置", "exit_at": "2026-05-09T10:00"}, None),
    ],
)
def test_the_return_is_read_from_whichever_paper_tells_it(
    code: str, answers: dict[str, str], day: date | None
) -> None:
    assert paper(known(papers={code: [doc(code, answers=answers)]})).returned.data == day


def test_answers_do_not_contradict() -> None:
    assert sentences(present="away") == ["目前状况为再次走失、流浪或者失去联系，“再次外出”应选“是”"]
    assert sentences(welfare=["none", "dibao"]) == ["保障待遇选了“无”，不能再选其他，请核对"]
    (problem,) = paper(met="no").problems(known())
    assert problem.level is Level.WARN


def test_the_draft_begins_with_the_last_visit() -> None:
    first = RevisitRecord.prefill(known())
    assert (first["address"], first["phone"], first["conditions"]) == (
        "通州镇新光村六组12号", "13985412345", ["none"],
    )  # fmt: skip
    again = RevisitRecord.prefill(a_year_later())
    assert again["welfare"] == ["dibao", "insurance"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "继续回访，下一次回访应于2027年3月31日前后开展。"),
        ({"closing": "yes"}, "本人员回访结束。再次求助或者外出流浪的，重新列入回访。"),
    ],
)
def test_the_sheet_tells_the_next_visit(changes: dict[str, str], words: str) -> None:
    face = paper(**changes).face(known(), Stamp())
    assert next(block["text"] for block in face["blocks"] if block["kind"] == "statement") == words
    assert [box["label"] for box in face["blocks"][-1]["boxes"]] == ["受访人（签名）", "回访人（签名）"]
