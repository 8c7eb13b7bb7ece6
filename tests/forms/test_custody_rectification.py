"""P-36 托养问题整改通知书 and its closing: the notice follows an inspection, the head's word lifts the suspension."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.custody_rectification import CustodyRectification
from forms.kit.chains import HEADED, STANDARD, Desk, Milestone
from forms.kit.effects import ContractorChanged, RequestAnswered, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.rectification_report import RectificationReport
from tests.forms.sample import HOME, NOBODY, doc, facts, rules_hit
from tests.forms.test_custody_inspections import BAD
from tests.forms.test_custody_inspections import SAMPLE as VISIT

STOPPED = replace(HOME, state="suspended")
VISITED = doc("contractor_monthly_inspection", "closed", answers={**VISIT, **BAD})
#: The notice of the same day.
SAMPLE: dict[str, Any] = {
    "findings": "二楼安全出口上锁，灭火器过期",
    "demands": "立即开锁并更换灭火器",
    "rectify_by": "2026-11-11",
    "urgency": "特急",
    "contact_name": "岑秋实",
    "contact_phone": "0854-7221234",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "now": "2026-10-28 17:00",
        "person": NOBODY,
        "contractor": STOPPED,
        "papers": {VISITED.code: [VISITED]},
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> CustodyRectification:
    return CustodyRectification.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_notice_has_nothing_against_it() -> None:
    assert sentences() == []
    assert CustodyRectification.chain is STANDARD
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert (kept["to_name"], kept["suspends"], kept["inspected_by"]) == (HOME.name, "yes", "月度检查探视")


def test_findings_and_ten_working_days_are_suggested() -> None:
    first = CustodyRectification.prefill(known())
    assert (first["findings"], first["demands"]) == (SAMPLE["findings"], SAMPLE["demands"])
    assert first["rectify_by"] == date(2026, 11, 11)
    assert CustodyRectification.prefill(known(now="2026-11-20 09:00"))["rectify_by"] == date(2026, 11, 20)


def test_a_notice_follows_an_own_inspection_that_found_something() -> None:
    for papers in ({}, {VISITED.code: [replace(VISITED, answers=VISIT)]}):
        of = known(papers=papers)
        (problem,) = paper(of).problems(of)
        assert (problem.rule, problem.remedy_paper) == ("R-48", "contractor_monthly_inspection")
    of = known("522700-bureau")
    (problem,) = paper(of).problems(of)
    assert problem.remedy_paper == "bureau_custody_inspection"


def test_more_time_than_ten_working_days_is_explained() -> None:
    (problem,) = paper(rectify_by="2026-11-12").problems(known())
    assert (problem.rule, problem.level) == ("R-07", Level.WARN)
    assert sentences(rectify_by="2026-10-27") == ["整改期限不能早于今天"]


def test_the_notice_says_what_was_found_and_what_stops() -> None:
    face = paper().face(known(), Stamp(signed_on=date(2026, 10, 28)))
    assert face["title"] == "平塘县民政局关于限期整改托养服务问题的通知书"
    assert (face["face"], face["addressee"], face["urgency"]) == ("letter", HOME.name, "特急")
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "2026年10月28日，我局对你单位承接流浪乞讨受助人员托养服务情况开展月度检查探视，"
            "发现以下问题：二楼安全出口上锁，灭火器过期。"
        ),
        "请你单位于2026年11月11日前完成整改：立即开锁并更换灭火器；并将书面整改报告及佐证材料报我局复查。",
        "自发现上述问题之日起，暂停向你单位新增托养人员，经我局复查合格后恢复。",
        (
            "整改期间，请切实保障在托人员的人身安全和基本生活，不得因整改影响照料。"
            "逾期不整改或者整改不到位的，将依法依约处理。"
        ),
    ]
    assert face["cc"] == ["黔南布依族苗族自治州民政局"]


def test_lesser_findings_stop_nothing() -> None:
    lesser = replace(VISITED, answers={**VISIT, "verdict": "fair", "findings": "早餐品种单一"})
    of = known(papers={VISITED.code: [lesser]})
    assert "暂停" not in "".join(paper(of).body(of))


def test_sending_meets_the_duty_of_the_same_day() -> None:
    (settled,) = CustodyRectification.settles
    assert (settled.limit, settled.on) == ("custody_rectification_grave_due", Milestone.SENT)


# ---- the institution reports, the head closes --------------------------------------------------------------------

NOTICE = replace(
    doc(
        "custody_rectification",
        "in_process",
        doc_no="平民函〔2026〕33号",
        answers={**SAMPLE, "suspends": "yes"},
        signed_on=date(2026, 10, 28),
        served_on=date(2026, 10, 29),
        closed_at=None,
    ),
    uuid="d" * 32,
)
REPORT_SAMPLE: dict[str, Any] = {
    "reported_on": "2026-11-05",
    "measures": "安全出口已打开并专人值守，24具灭火器已全部更换。",
    "checked_on": "2026-11-06",
    "checkers": [{"name": "罗春和", "post": "平塘县救助管理站站长"}],
    "outcome": "fixed",
}


def later(**changes: Any) -> Facts:
    first = {"now": "2026-11-06 15:00", "request": NOTICE, "attached": frozenset({"report"}), **changes}
    return known(**{"papers": {VISITED.code: [VISITED], NOTICE.code: [NOTICE]}, **first})


def report(of: Facts | None = None, **changes: Any) -> RectificationReport:
    return RectificationReport.read({**REPORT_SAMPLE, **changes}, of or later())


def refusals(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in report(of, **changes).problems(of or later())]


def test_a_full_report_has_nothing_against_it() -> None:
    assert refusals() == []
    assert CustodyRectification.answered_by == (RectificationReport.code,)
    assert RectificationReport.answers_paper == CustodyRectification.code
    kept = report().answers()
    assert {name: kept[name] for name in REPORT_SAMPLE} == REPORT_SAMPLE
    assert kept["notice_no"] == "平民函〔2026〕33号"


def test_the_signer_closes_the_matter() -> None:
    assert RectificationReport.chain is HEADED
    assert HEADED.step("sign").desk is Desk.SIGNER


def test_closing_lifts_the_suspension() -> None:
    assert list(report().effects(Milestone.COMPLETED, later())) == [
        RequestAnswered("整改到位，同意销号"),
        ContractorChanged({"state": "effective", "state_reason": ""}),
    ]
    assert list(report().effects(Milestone.SUBMITTED, later())) == []
    never = later(contractor=HOME)
    assert [type(each) for each in report(never).effects(Milestone.COMPLETED, never)] == [RequestAnswered]


def test_another_open_notice_keeps_the_suspension_up() -> None:
    other = replace(NOTICE, uuid="e" * 32)
    of = later(papers={NOTICE.code: [other, NOTICE]})
    assert [type(each) for each in report(of).effects(Milestone.COMPLETED, of)] == [RequestAnswered]
    assert "恢复" not in report(of).face(of, Stamp())["blocks"][-1]["text"]
    closed = later(papers={NOTICE.code: [replace(other, state="replied"), NOTICE]})
    assert len(list(report(closed).effects(Milestone.COMPLETED, closed))) == 2


def test_what_is_not_put_right_is_demanded_again() -> None:
    told = report(outcome="open", remaining="二楼应急灯仍未更换")
    assert told.problems(later()) == []
    answered, task = told.effects(Milestone.COMPLETED, later())
    assert answered == RequestAnswered("整改不到位")
    assert isinstance(task, TaskOpened)
    assert task.paper == "custody_rectification"
    (settled,) = RectificationReport.settles
    assert (settled.limit, settled.at) == ("custody_rectification_due", "reported_on")
    assert (settled.shown_when(report()), settled.shown_when(told)) == (True, False)
    assert refusals(outcome="open") == ["请填写“尚未整改的问题”"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"reported_on": "2026-10-28"}, "收到整改报告的日期不能早于通知书送达日期，请核对"),
        ({"checked_on": "2026-11-04"}, "复查日期不能早于收到整改报告的日期，请核对"),
        ({"checked_on": "2026-11-07"}, "复查日期不能晚于今天"),
    ],
)
def test_dates_run_forward(changes: dict[str, str], found: str) -> None:
    assert refusals(later(), **changes) == [found]


def test_the_notice_was_served() -> None:
    for notice in (None, replace(NOTICE, served_on=None)):
        of = later(request=notice)
        assert rules_hit(report(of), of) == {"R-48"}


def test_the_face_says_what_follows() -> None:
    text = report().face(later(), Stamp())["blocks"][-1]["text"]
    assert text == (
        "经复查，《托养问题整改通知书》（平民函〔2026〕33号）所列问题已整改到位，同意销号，恢复新增托养。"
    )
    told = report(outcome="open", remaining="二楼应急灯仍未更换。")
    assert (
        "仍有以下问题没有整改到位：二楼应急灯仍未更换。由我局再次督促整改。"
        in (told.face(later(), Stamp())["blocks"][-1]["text"])
    )
    assert report().heading(later()) == "托养问题整改复查记录（平塘县松柏苑养老服务中心）"
