"""P-34 and P-35: everybody placed is seen every month, the bureau comes every quarter, failing stops new placements."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.bureau_custody_inspection import BureauCustodyInspection
from forms.contractor_monthly_inspection import ContractorMonthlyInspection
from forms.kit.chains import FORM, Milestone
from forms.kit.counting import ClockState, count, state_of
from forms.kit.effects import ContractorChanged, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PlacedFacts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import HOME, NOBODY, doc, facts, moment, organ, rules_hit

PLACED = (
    PlacedFacts("522727-2026-0012", "河滨路男", "522727", date(2026, 10, 16)),
    PlacedFacts("522727-2026-0015", "张守田", "522727", date(2026, 10, 20)),
    PlacedFacts("522728-2026-0003", "罗甸某男", "522728", date(2026, 10, 1)),
)
IN_USE = replace(HOME, placed=PLACED)
#: The October visit: both persons of the county were seen.
SAMPLE: dict[str, Any] = {
    "month": "2026-10",
    "inspected_on": "2026-10-28",
    "host": "吴松年",
    "inspectors": [{"name": "罗春和", "post": "平塘县救助管理站站长"}, {"name": "岑秋实"}],
    "persons": [
        {"case_no": "522727-2026-0012", "name": "河滨路男", "seen": "yes", "note": "进食、睡眠正常"},
        {"case_no": "522727-2026-0015", "name": "张守田", "seen": "yes", "note": "情绪稳定"},
    ],
    **dict.fromkeys(ContractorMonthlyInspection.items, "good"),
    "verdict": "good",
    "grave": "no",
    "findings": "无",
}
#: The bureau's visit in the last quarter.
BUREAU_SAMPLE: dict[str, Any] = {
    "quarter": "2026-4",
    "inspected_on": "2026-11-18",
    "host": "吴松年",
    "inspectors": [{"name": "杨国栋", "post": "平塘县民政局副局长"}],
    **dict.fromkeys(BureauCustodyInspection.items, "good"),
    "verdict": "good",
    "grave": "no",
}
BAD = {
    "fire_safety": "bad",
    "verdict": "bad",
    "findings": "二楼安全出口上锁，灭火器过期",
    "demands": "立即开锁并更换灭火器",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "now": "2026-10-28 16:00",
        "person": NOBODY,
        "contractor": IN_USE,
        "attached": frozenset({"photos"}),
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> ContractorMonthlyInspection:
    return ContractorMonthlyInspection.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_visit_has_nothing_against_it() -> None:
    assert sentences() == []
    assert ContractorMonthlyInspection.chain is FORM
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


def test_everybody_the_county_placed_is_listed_beforehand() -> None:
    first = ContractorMonthlyInspection.prefill(known())
    assert [row["name"] for row in first["persons"]] == ["河滨路男", "张守田"]
    assert first["month"] == "2026-10"


def test_nobody_is_left_out_and_the_unseen_have_a_reason() -> None:
    one, two = SAMPLE["persons"]
    assert sentences(persons=[one]) == ["名单缺少张守田（522727-2026-0015），请补充探视情况"]
    assert sentences(persons=[one, two, two]) == ["522727-2026-0015列了2次，每人一行"]
    assert sentences(persons=[one, {**two, "seen": "no", "note": ""}]) == ["没有探视到张守田，请写明原因"]
    assert sentences(persons=[one, {**two, "seen": "no", "note": "在县医院住院"}]) == []
    assert sentences(inspected_on="2026-10-18", persons=[one]) == []  # before the other came


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"fire_safety": "bad", "findings": "灭火器过期"}, ["有不合格项，总体结论不能为合格"]),
        ({"grave": "yes", "findings": "发现约束床具"}, ["有重大问题，总体结论不能为合格"]),
        ({"verdict": "fair"}, ["请写明发现的问题"]),
        ({"meals": "fair"}, ["请写明发现的问题"]),
        ({"inspected_on": "2026-10-29"}, ["检查日期不能晚于今天"]),
    ],
)
def test_the_verdict_follows_the_items(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(known(), **changes) == found


def test_photos_are_kept() -> None:
    assert sentences(known(attached=frozenset())) == ["请上传附件“现场照片”"]


def test_one_record_a_month() -> None:
    before = doc("contractor_monthly_inspection", "closed", answers=SAMPLE)
    of = known(papers={before.code: [before]})
    assert rules_hit(paper(of), of) == {"R-46"}
    other = known(papers={before.code: [replace(before, issuer="罗甸县民政局")]})
    assert sentences(other) == []
    assert sentences(month="2026-11") == ["所属月份不能晚于本月", "检查日期早于所属月份，请核对"]


def test_a_visit_made_up_for_later_is_explained() -> None:
    of = known(now="2026-11-04 10:00")
    (problem,) = paper(of, inspected_on="2026-11-03").problems(of)
    assert (problem.rule, problem.level) == ("R-46", Level.WARN)
    assert sentences(of, inspected_on="2026-11-03", _reasons={"R-46": "道路塌方，次月初补做"}) == []


def test_the_next_month_counts_from_the_month_end_that_was_due() -> None:
    begun = next(each for each in ContractorMonthlyInspection.starts if each.trigger == "month_end")
    trigger = paper().due_trigger(begun, known())
    assert trigger == date(2026, 10, 31)
    due = LIMITS[begun.limit].due(trigger, Calendar.published())
    assert due.last_day == date(2026, 11, 30)
    calendar = Calendar.published()
    assert state_of(due, moment("2026-11-30 23:59"), calendar=calendar) is not ClockState.OVERDUE
    assert state_of(due, moment("2026-12-01 00:00"), calendar=calendar) is ClockState.OVERDUE
    empty = known(contractor=replace(HOME, placed=PLACED[2:]))
    assert paper(empty).due_trigger(begun, empty) is None
    assert {each.limit for each in ContractorMonthlyInspection.settles} == {
        "custody_inspection_due", "custody_inspection_next_due",
    }  # fmt: skip


def test_the_month_that_is_owed_is_suggested() -> None:
    late = known(now="2026-11-04 10:00", clocks={"custody_inspection_due": moment("2026-11-01 00:00")})
    assert ContractorMonthlyInspection.prefill(late)["month"] == "2026-10"
    early = known(clocks={"custody_inspection_due": moment("2026-12-01 00:00")})
    assert ContractorMonthlyInspection.prefill(early)["month"] == "2026-10"


def test_a_failed_visit_stops_new_placements_and_asks_for_the_notice_today() -> None:
    told = paper(known(), **BAD)
    assert told.problems(known()) == []
    changed, task = told.effects(Milestone.COMPLETED, known())
    assert changed == ContractorChanged(
        {"state": "suspended", "state_reason": "平塘县民政局2026年10月28日检查不合格"}
    )
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.unit, task.rule) == ("custody_rectification", "issuer", "R-48")
    running = [each.limit for each in told.starts if each.shown_when is not None and each.shown_when(told)]
    assert running == ["custody_rectification_grave_due", "custody_rectification_due"]
    assert list(told.effects(Milestone.SUBMITTED, known())) == []


def test_something_grave_stops_new_placements_whatever_the_verdict() -> None:
    told = paper(verdict="fair", grave="yes", findings="夜间无人值守")
    changed, _ = told.effects(Milestone.COMPLETED, known())
    assert isinstance(changed, ContractorChanged)
    assert changed.values["state_reason"].endswith("检查发现重大问题")


def test_lesser_findings_have_ten_working_days_and_stop_nothing() -> None:
    told = paper(meals="fair", verdict="fair", findings="早餐品种单一")
    assert [type(each) for each in told.effects(Milestone.COMPLETED, known())] == [TaskOpened]
    running = [each.limit for each in told.starts if each.shown_when is not None and each.shown_when(told)]
    assert running == ["custody_rectification_due"]
    assert list(paper().effects(Milestone.COMPLETED, known())) == []


def test_an_institution_already_stopped_is_not_stopped_again() -> None:
    of = known(contractor=replace(IN_USE, state="suspended"))
    assert [type(each) for each in paper(of, **BAD).effects(Milestone.COMPLETED, of)] == [TaskOpened]


def test_the_face_counts_placed_and_seen() -> None:
    one, two = SAMPLE["persons"]
    face = paper(persons=[one, {**two, "seen": "no", "note": "在县医院住院"}]).face(known(), Stamp())
    assert face["blocks"][-2]["text"] == "本县（市）托养2人，本月探视1人，未见1人，原因见上表。"
    assert [box["label"] for box in face["blocks"][-1]["boxes"]] == [
        "检查人员（签字）",
        "托养机构负责人（签字盖章）",
    ]
    assert paper().heading(known()) == "托养机构月度检查探视记录（平塘县松柏苑养老服务中心，2026年10月）"


# ---- the bureau, every quarter ---------------------------------------------------------------------------------


def bureau(of: Facts | None = None, **changes: Any) -> BureauCustodyInspection:
    return BureauCustodyInspection.read({**BUREAU_SAMPLE, **changes}, of or in_november())


def in_november(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    return known(issuer, **{"now": "2026-11-18 17:00", **changes})


def refusals(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in bureau(of, **changes).problems(of or in_november())]


def test_a_full_inspection_has_nothing_against_it() -> None:
    assert refusals() == []
    kept = bureau().answers()
    assert {name: kept[name] for name in BUREAU_SAMPLE} == BUREAU_SAMPLE
    assert (kept["persons_placed"], kept["approved_quota"]) == ("2", "20")  # the county's own


def test_the_prefecture_counts_the_persons_of_all_counties() -> None:
    of = in_november("522700-bureau", contractor=replace(IN_USE, county="522700", quota=0, whole_quota=35))
    kept = bureau(of).answers()
    assert (kept["persons_placed"], kept["approved_quota"]) == ("3", "35")


def test_the_quarter_ends_with_december() -> None:
    begun = next(each for each in BureauCustodyInspection.starts if each.trigger == "quarter_end")
    limit = LIMITS["bureau_inspection_due"]
    assert count(limit.length, date(2026, 10, 13), Calendar.published()).last_day == date(2026, 12, 31)
    trigger = bureau().due_trigger(begun, in_november())
    assert trigger == date(2026, 12, 31)
    assert count(LIMITS[begun.limit].length, trigger, Calendar.published()).last_day == date(2027, 3, 31)
    ended = in_november(contractor=replace(IN_USE, state="ended"))
    assert bureau(ended).due_trigger(begun, ended) is None


def test_the_prefecture_comes_when_it_likes() -> None:
    begun = next(each for each in BureauCustodyInspection.starts if each.trigger == "quarter_end")
    of = in_november("522700-bureau")
    assert bureau(of).due_trigger(begun, of) is None
    before = doc("bureau_custody_inspection", "closed", answers=BUREAU_SAMPLE, issuer=organ("522700-bureau").name)
    assert refusals(in_november("522700-bureau", papers={before.code: [before]})) == []


def test_one_record_a_quarter() -> None:
    before = doc("bureau_custody_inspection", "closed", answers=BUREAU_SAMPLE)
    of = in_november(papers={before.code: [before]})
    assert refusals(of) == ["2026年第4季度已有监督检查记录"]
    assert refusals(quarter="2027-1") == ["所属季度：请从所列选项中选择"]


def test_a_quarter_made_up_for_later_is_explained() -> None:
    (problem,) = bureau(quarter="2026-3").problems(in_november())
    assert (problem.rule, problem.level) == ("R-47", Level.WARN)
    late = in_november(clocks={"bureau_inspection_due": moment("2026-10-01 00:00")})
    assert BureauCustodyInspection.prefill(late)["quarter"] == "2026-3"


def test_the_last_five_quarters_are_offered() -> None:
    assert list(bureau().quarter.words)[1:] == ["2026-4", "2026-3", "2026-2", "2026-1", "2025-4"]


def test_a_failed_inspection_of_the_bureau_stops_new_placements_too() -> None:
    told = bureau(no_minors="bad", verdict="bad", findings="与未成年人混住一室")
    assert [type(each) for each in told.effects(Milestone.COMPLETED, in_november())] == [
        ContractorChanged, TaskOpened,
    ]  # fmt: skip
