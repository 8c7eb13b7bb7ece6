"""P-32 人员托养审批表 and P-37: minors apart, only the diagnosed among mental patients, never beyond the approval."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import STANDARD, Milestone
from forms.kit.counting import count
from forms.kit.effects import ClocksCancelled, Placed, PlacementEnded, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PlacedFacts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.placement_approval import PlacementApproval
from forms.placement_termination import PlacementTermination
from tests.forms.sample import HOME, MAN, ZHANG, doc, facts, rules_hit

PSYCH = replace(HOME, key="psych", name="黔南州福康精神康复医院", kind="public_psych", serves=("mental",))
CHILDREN = replace(HOME, key="child", name="都匀市儿童福利院", kind="public_child", serves=("minor",))
#: The man of 河滨路 goes to the home for the elderly.
SAMPLE: dict[str, Any] = {
    "contractor": HOME.key,
    "category": "adult",
    "starts_on": "2026-10-16",
    "price_month": "3000.00",
    "fund_source": "困难群众救助补助资金",
    "why": "生活不能完全自理，需要长期护理，站内没有护理人员",
    "care_needs": "协助进食，防跌倒",
    "guardian_consent": "unknown",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}


def known(**changes: Any) -> Facts:
    return facts(**{"contractors": (HOME, PSYCH, CHILDREN), **changes})


def paper(of: Facts | None = None, **changes: Any) -> PlacementApproval:
    return PlacementApproval.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_approval_has_nothing_against_it() -> None:
    assert sentences() == []
    assert PlacementApproval.chain is STANDARD
    assert PlacementApproval.names_contractor == "contractor"
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert (kept["to_name"], kept["contractor_type"]) == (HOME.name, "social_org")


def test_price_and_consent_are_suggested() -> None:
    assert paper(price_month="").price_month.data == 300000
    first = PlacementApproval.prefill(known(contractors=(HOME,)))
    assert (first["contractor"], first["guardian_consent"], first["category"]) == (HOME.key, "unknown", "adult")
    assert "contractor" not in PlacementApproval.prefill(known())
    old = replace(ZHANG, birth_date=date(1950, 1, 1))
    assert PlacementApproval.prefill(known(person=old))["category"] == "elderly"


@pytest.mark.parametrize(
    ("person", "refused"),
    [
        (replace(ZHANG, birth_date=date(2008, 10, 17)), True),  # 17 years 364 days on the day
        (replace(ZHANG, birth_date=date(2008, 10, 16)), False),  # 18 on the day
        (replace(MAN, age_min=17, age_max=20), True),
        (replace(MAN, age_min=18, age_max=20), False),
    ],
)
def test_no_minor_goes_to_an_institution_for_adults(person: Any, refused: bool) -> None:
    of = known(person=person)
    found = [problem for problem in paper(of).problems(of) if problem.rule == "R-42"]
    assert [each.sentence for each in found] == (["严禁将未成年人托养在成年机构和其他服务机构"] if refused else [])
    assert {each.remedy_paper for each in found} <= {"minor_transfer_letter"}


def test_without_an_own_child_home_a_child_goes_to_the_prefectures() -> None:
    girl = replace(MAN, sex="女", age_min=13, age_max=15)
    of = known(person=girl)
    (problem,) = paper(of, contractor="child", category="minor").problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-43", "minor_transfer_letter")
    home = replace(of, issuer=replace(of.issuer, child_home=True))
    assert sentences(home, contractor="child", category="minor") == []


def test_an_adult_does_not_go_to_a_child_home() -> None:
    assert "该人员已满18周岁，不能托养在儿童福利机构" in sentences(contractor="child", category="minor")


@pytest.mark.parametrize(
    ("mental", "attached", "found"),
    [
        ("intellectual", True, ["该人员未确诊精神障碍，严禁将非精神病人托养在精神卫生福利机构"]),
        ("suspected", True, ["疑似精神障碍尚未确诊，严禁将非精神病人托养在精神卫生福利机构"]),
        ("diagnosed", False, ["请上传精神科执业医师出具的诊断证明"]),
        ("diagnosed", True, []),
    ],
)
@pytest.mark.parametrize("chosen", ["psych", HOME.key])
def test_only_the_diagnosed_go_where_nobody_else_is_taken(
    mental: str, attached: bool, found: list[str], chosen: str
) -> None:
    private = replace(HOME, serves=("mental",))  # serves only mental patients, whatever its kind
    of = known(
        person=replace(MAN, mental_status=mental),
        contractors=(private, PSYCH),
        attached=frozenset({"psychiatric_diagnosis"} if attached else ()),
    )
    problems = paper(of, contractor=chosen, category="mental").problems(of)
    assert [each.sentence for each in problems] == found
    assert {each.rule for each in problems} <= {"R-44"}
    if mental == "suspected":
        assert problems[0].remedy_paper == "psychiatric_referral"


def person_in(number: int, county: str = "522727") -> PlacedFacts:
    return PlacedFacts(f"{county}-2026-{number:04}", "某人", county, date(2026, 8, 1))


@pytest.mark.parametrize(
    ("contractor", "day", "refused"),
    [
        (replace(HOME, valid_to=date(2026, 12, 31)), "2027-01-04", True),
        (replace(HOME, valid_to=date(2026, 12, 31)), "2026-12-31", False),
        (replace(HOME, placed=[person_in(number) for number in range(100, 120)]), "2026-10-16", True),
        (replace(HOME, placed=[person_in(number) for number in range(100, 119)]), "2026-10-16", False),
        (replace(HOME, placed=[person_in(number, "522728") for number in range(100, 219)]), "2026-10-16", False),
        (replace(HOME, placed=[person_in(number, "522728") for number in range(100, 220)]), "2026-10-16", True),
        (replace(HOME, named=False, quota=0), "2026-10-16", True),
        (replace(HOME, state="suspended"), "2026-10-16", True),
        (replace(HOME, state="proposed"), "2026-10-16", True),
        (replace(HOME, valid_from=date(2026, 11, 1)), "2026-10-16", True),
    ],
)
def test_never_beyond_the_approval(contractor: Any, day: str, refused: bool) -> None:
    of = known(contractors=(contractor,))
    assert rules_hit(paper(of, starts_on=day), of) == ({"R-45"} if refused else set())


@pytest.mark.parametrize(
    ("contractor", "refused"),
    [
        (replace(HOME, agreed_from=None, agreed_to=None), True),
        (replace(HOME, agreed_from=date(2026, 11, 1)), True),
        (replace(HOME, agreed_to=date(2026, 10, 15)), True),
        (replace(HOME, agreed_to=date(2026, 10, 16)), False),
    ],
)
def test_an_agreement_covers_the_first_day(contractor: Any, refused: bool) -> None:
    of = known(contractors=(contractor,))
    found = [problem for problem in paper(of).problems(of) if problem.rule]
    assert [(each.rule, each.remedy_paper) for each in found] == (
        [("R-38", "custody_agreement")] if refused else []
    )


def test_the_institution_serves_such_persons() -> None:
    (problem,) = paper(category="mental").problems(known())
    assert (problem.rule, problem.field) == ("R-45", "category")


def test_a_person_is_placed_once() -> None:
    placed = doc("placement_approval", "closed", answers={"to_name": HOME.name, "contractor": HOME.key})
    of = known(papers={"placement_approval": [placed]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-45", "placement_termination")
    ended = replace(doc("placement_termination", "closed"), id=8)
    assert sentences(known(papers={"placement_approval": [placed], ended.code: [ended]})) == []
    open_one = replace(placed, state="in_review", closed_at=None)
    assert rules_hit(paper(of), known(papers={"placement_approval": [open_one]})) == {"R-45"}
    gone = known(person=replace(MAN, open=False))
    assert sentences(gone) == ["该人员已离站，个案已办结，不能办理托养"]


def test_consent_comes_with_its_paper_and_a_higher_price_with_a_reason() -> None:
    assert sentences(guardian_consent="given") == ["请上传附件“监护人（近亲属）书面意见”"]
    (problem,) = paper(price_month="3100").problems(known())
    assert (problem.rule, problem.level) == ("R-104", Level.WARN)
    (late,) = paper(starts_on="2026-10-12").problems(known())
    assert (late.rule, late.level) == ("R-45", Level.NOTE)


def test_custody_changes_nothing_but_where_the_person_is_cared_for() -> None:
    assert list(paper().effects(Milestone.SENT, known())) == [Placed(date(2026, 10, 16))]
    assert PlacementApproval.settles == ()


@pytest.mark.parametrize(
    ("day", "due"),
    [("2026-10-16", date(2026, 10, 31)), ("2026-10-20", date(2026, 11, 30))],
)
def test_the_first_visit_is_due_at_a_month_end(day: str, due: date) -> None:
    (begun,) = PlacementApproval.starts
    assert (begun.limit, begun.owner, begun.of_contractor) == ("custody_inspection_due", "county", True)
    trigger = paper(starts_on=day).due_trigger(begun, known())
    assert count(LIMITS[begun.limit].length, trigger, Calendar.published()).last_day == due


def test_the_points_checked_are_printed_with_their_ticks() -> None:
    face = paper().face(known(), Stamp(doc_no="平民函〔2026〕30号", signed_on=date(2026, 10, 13)))
    ticks = next(block for block in face["blocks"] if block["kind"] == "ticks")
    assert (ticks["heading"], [item["ok"] for item in ticks["items"]]) == ("审核要点", [True, True, True])
    statement = next(block for block in face["blocks"] if block["kind"] == "statement")
    assert statement["text"] == (
        "同意自2026年10月16日起将1名身份不明人员（男，目测年龄50至55岁）（救助编号：522727-2026-0012）"
        "托养在平塘县松柏苑养老服务中心，托养费用每人每月3000.00元。"
        "托养期间，寻亲、DNA采集比对和落户安置由我局继续办理，时限照常计算。"
    )
    assert (face["signed_by"], face["signed_date"]) == ("平塘县民政局", "2026年10月13日")
    of = known(person=replace(MAN, mental_status="intellectual"))
    marks = next(
        block
        for block in paper(of, contractor="psych", category="mental").face(of, Stamp())["blocks"]
        if block["kind"] == "ticks"
    )
    assert [item["ok"] for item in marks["items"]] == [True, True, True, False]


def test_institutions_are_offered_with_the_places_left() -> None:
    assert paper().contractor.words[HOME.key] == "平塘县松柏苑养老服务中心（社会服务机构，余20人）"


# ---- the end of custody ----------------------------------------------------------------------------------------

APPROVAL = doc("placement_approval", "closed", answers={**SAMPLE, "to_name": HOME.name})
#: His identity is found and he goes home.
ENDED: dict[str, Any] = {
    "reason": "identified",
    "ends_on": "2026-12-10",
    "goes_to": "home",
    "goes_where": "贵州省平塘县通州镇",
    "state": "身体状况稳定，能自行行走",
    "items": [{"item": "衣物", "quantity": "2套"}],
    "fee_until": "2026-12-10",
    "fee_total": "5500",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
HERE = PlacedFacts(ZHANG.case_no, ZHANG.name, "522727", date(2026, 10, 16))


def later(**changes: Any) -> Facts:
    first = {
        "now": "2026-12-08 09:00",
        "person": ZHANG,
        "contractors": (replace(HOME, placed=[HERE]),),
        "papers": {"placement_approval": [APPROVAL]},
        **changes,
    }
    return facts(**first)


def end(of: Facts | None = None, **changes: Any) -> PlacementTermination:
    return PlacementTermination.read({**ENDED, **changes}, of or later())


def refusals(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in end(of, **changes).problems(of or later())]


def test_a_full_termination_has_nothing_against_it() -> None:
    assert refusals() == []
    kept = end().answers()
    assert {name: kept[name] for name in ENDED} == ENDED
    assert (kept["contractor"], kept["to_name"], kept["placed_on"]) == (HOME.key, HOME.name, "2026-10-16")
    assert PlacementTermination.prefill(later())["reason"] == "identified"


def test_an_institution_no_longer_offered_can_still_be_left() -> None:
    of = later(contractors=())
    assert refusals(of) == []
    assert end(of).to_name.data == HOME.name


def test_only_who_is_in_custody_leaves_it() -> None:
    of = later(papers={})
    assert refusals(of) == ["该人员现在没有在托养机构，不能办理托养终止"]
    twice = later(
        papers={
            **later().papers,
            "placement_termination": [doc("placement_termination", "in_review", closed_at=None)],
        }
    )
    assert rules_hit(end(twice), twice) == {"R-45"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"ends_on": "2026-10-15", "fee_until": "2026-10-15"}, "托养终止日不能早于托养起始日（2026年10月16日）"),
        ({"fee_until": "2026-12-11"}, "费用结算不能超过托养终止日"),
    ],
)
def test_dates_of_the_end_run_forward(changes: dict[str, str], found: str) -> None:
    assert found in refusals(later(), **changes)


def test_identity_is_confirmed_before_it_is_a_reason() -> None:
    of = later(person=replace(MAN, case_no=ZHANG.case_no))
    (problem,) = end(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-14", "identity_confirmation")


def test_the_end_of_custody_ends_the_monthly_visits_with_the_last_person() -> None:
    ended, cancelled = end().effects(Milestone.SENT, later())
    assert ended == PlacementEnded(date(2026, 12, 10), "身份查明")
    assert isinstance(cancelled, ClocksCancelled)
    assert cancelled.of_contractor
    assert cancelled.limits == ("custody_inspection_due", "custody_inspection_next_due")


def test_a_month_of_fifteen_days_or_with_others_there_keeps_its_visit() -> None:
    assert [type(each) for each in end(ends_on="2026-12-15").effects(Milestone.SENT, later())] == [PlacementEnded]
    both = later(contractors=(replace(HOME, placed=[HERE, person_in(99)]),))
    assert [type(each) for each in end(both).effects(Milestone.SENT, both)] == [PlacementEnded]


def test_going_to_another_institution_asks_for_another_approval() -> None:
    moved = end(reason="contractor", goes_to="other_contractor", goes_where=PSYCH.name, ends_on="2026-12-20")
    _, task = moved.effects(Milestone.SENT, later())
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("placement_approval", "R-45")


def test_the_face_of_the_end_says_where_to_and_what_is_owed() -> None:
    face = end().face(later(), Stamp())
    statement = next(block for block in face["blocks"] if block["kind"] == "statement")
    assert statement["text"] == (
        "因身份查明，同意自2026年12月10日起终止受助人员张守田（男，52岁）（救助编号：522727-2026-0015）"
        "在平塘县松柏苑养老服务中心的托养，接送返乡（贵州省平塘县通州镇）。"
        "托养费用结算至2026年12月10日，应结算5500.00元（大写：伍仟伍佰元整）。"
    )
