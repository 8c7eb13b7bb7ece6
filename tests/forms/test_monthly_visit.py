"""P-66 月度走访记录: one visit a calendar month, and what it sets going (R-74, R-80)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import NOTED, Milestone
from forms.kit.counting import count
from forms.kit.effects import ProblemFound, ResidentVisited, TaskOpened
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.monthly_visit import MonthlyVisit
from tests.forms.sample import GRANNY, NOBODY, facts

SAMPLE: dict[str, Any] = {
    "name": "罗阿秀",
    "category": "留守老年人",
    "last_visited_on": "2026-09-28",
    "visited_on": "2026-10-13",
    "visitor": "陆小梅",
    "way": "home",
    "seen": "yes",
    "situation": ["good"],
    "changed": "no",
    "harm": ["none"],
    "difficulty": "none",
}


def known(**changes: Any) -> Facts:
    return facts("522727100-01", **{"person": NOBODY, "resident": GRANNY, **changes})


def paper(of: Facts | None = None, **changes: Any) -> MonthlyVisit:
    return MonthlyVisit.read({**SAMPLE, **changes}, of or known())


def against(of: Facts | None = None, **changes: Any) -> list[tuple[str, str]]:
    found = paper(of, **changes).problems(of or known())
    return [(each.field, each.sentence) for each in found if each.level is not Level.NOTE]


def running(form: MonthlyVisit, kind: str) -> list[str]:
    return [each.limit for each in getattr(form, kind) if each.shown_when is None or each.shown_when(form)]


def effects(**changes: Any) -> list[Any]:
    return list(paper(**changes).effects(Milestone.COMPLETED, known()))


def test_one_person_writes_it_and_it_is_done() -> None:
    assert MonthlyVisit.chain is NOTED
    assert against() == []
    assert paper().answers() == SAMPLE
    assert effects() == [ResidentVisited(date(2026, 10, 13))]


def test_a_visit_meets_the_month_and_starts_the_next() -> None:
    assert (
        running(paper(), "settles") == running(paper(), "starts") == ["monthly_visit_due", "screening_update_due"]
    )
    assert {each.at for each in MonthlyVisit.settles} == {"visited_on"}


@pytest.mark.parametrize(
    ("visited", "due"), [("2026-10-02", "2026-11-30"), ("2026-10-30", "2026-11-30"), ("2026-11-03", "2026-12-31")]
)
def test_two_visits_in_october_do_not_satisfy_november(visited: str, due: str) -> None:
    length = LIMITS["monthly_visit_due"].length
    assert count(length, date.fromisoformat(visited), Calendar.published()).last_day.isoformat() == due


def test_what_has_changed_asks_for_a_new_form() -> None:
    form = {"changed": "yes", "changes": "搬到镇上与儿子同住"}
    assert running(paper(**form), "settles") == ["monthly_visit_due"]
    assert TaskOpened("screening_form", "issuer", "罗阿秀的情况有变化，请更新情况表", "R-74") in effects(**form)
    assert against(changed="yes") == [("changes", "请填写“变化情况”")]


def test_a_telephone_call_is_no_visit() -> None:
    assert running(paper(way="phone"), "settles") == []
    assert effects(way="phone") == []
    (note,) = paper(way="phone").problems(known())
    assert (note.rule, note.level) == ("R-80", Level.NOTE)


def test_a_visit_written_down_late_does_not_turn_the_clock_back() -> None:
    of = known(resident=replace(GRANNY, visited_on=date(2026, 10, 12)))
    assert running(paper(of, visited_on="2026-10-05"), "settles") == []


def test_great_difficulty_goes_to_the_township() -> None:
    found = effects(difficulty="great", difficulty_detail="突发脑梗，家里拿不出住院押金")
    assert (
        TaskOpened("hardship_report", "issuer", "罗阿秀生活遭遇较大困难，请及时报告乡镇（街道）", "R-80") in found
    )


def test_harm_goes_to_the_police() -> None:
    form = {"harm": ["abuse", "missing"]}
    assert TaskOpened("mandatory_report", "issuer", "罗阿秀：虐待、失踪，请立即报告公安机关", "R-81") in effects(
        **form
    )
    assert "mandatory_report_due" in running(paper(**form), "starts")


def test_problems_go_on_the_list() -> None:
    row = {"kind": "其他", "detail": "屋顶漏雨", "measure": "报危改", "owner_name": "陆小梅"}
    assert ProblemFound("visit", "罗阿秀", "其他", "屋顶漏雨", date(2026, 10, 13), "报危改", "陆小梅") in effects(
        problems_found=[row]
    )


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"visited_on": "2026-10-14"}, "visited_on", "走访日期不能晚于今天，请核对"),
        ({"harm": ["none", "abuse"]}, "harm", "“侵害和危险”选了“无”，不能再选其他"),
        ({"situation": ["good", "ill"]}, "situation", "“生活状况”选了“生活正常”，不能再选其他"),
        ({"seen": "no"}, "not_seen_reason", "请填写“未见到的原因”"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], field: str, sentence: str) -> None:
    assert (field, sentence) in against(**changes)


def test_a_new_record_begins_today_with_the_last_visitor() -> None:
    of = known(resident=replace(GRANNY, answers={"visitor": "陆小梅"}))
    assert MonthlyVisit.prefill(of) == {"visited_on": date(2026, 10, 13), "visitor": "陆小梅", "way": "home"}
