"""P-57 困难需求评估及帮扶建议表: causes, needs, who does what by when; the risk is passed on (R-70, R-71)."""

from dataclasses import replace
from datetime import date
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseFlagged, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.needs_assessment import NeedsAssessment
from tests.forms.sample import MAN, ZHANG, doc, facts

SAMPLE: dict[str, Any] = {
    "assessed_on": "2026-10-13",
    "assessors": "罗春和、岑秋实",
    "address": "贵州省平塘县通州镇新光村六组12号",
    "household": "3",
    "income": "800.00",
    "family": "与其弟夫妇同住，砖房两间，其弟务农",
    "conditions": ["intellectual"],
    "self_care": "part",
    "work_ability": "part",
    "welfare": ["insurance"],
    "causes": ["mental", "no_care"],
    "cause_detail": "农忙时无人看护，独自出门后不认得回家的路",
    "needs": ["income", "assessment"],
    "helps": [
        {"kind": "dibao", "detail": "单人户申请", "unit": "通州镇人民政府", "by": "2026-11-13"},
        {"kind": "disability", "unit": "平塘县残联", "by": "2026-11-30"},
    ],
    "at_risk": "yes",
    "conclusion": "落实低保和残疾评定，农忙时由村委会安排看护",
}
HOME = doc(
    "escort_return_handover", answers={"returned_at": "2026-09-30T15:30", "home_address": "通州镇新光村六组12号"}
)


def known(**changes: Any) -> Facts:
    first = {"person": replace(ZHANG, open=False), "papers": {"escort_return_handover": [HOME]}, **changes}
    return facts("522727-bureau", **first)


def paper(of: Facts | None = None, **changes: Any) -> NeedsAssessment:
    return NeedsAssessment.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_assessment_has_nothing_against_it() -> None:
    assert sentences() == []
    assert NeedsAssessment.chain is FORM
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert paper().returned.data == date(2026, 9, 30)


def test_it_is_owed_twenty_working_days_after_the_return() -> None:
    assert [(each.limit, each.at) for each in NeedsAssessment.settles] == [("needs_assessment_due", "assessed_on")]
    assert LIMITS["needs_assessment_due"].due(date(2026, 9, 30), Calendar.published()).last_day == date(
        2026, 11, 3
    )


def test_the_unknown_are_not_assessed_and_dates_run_forward() -> None:
    assert "身份尚未查明，不能评估" in sentences(known(person=MAN))
    assert sentences(assessed_on="2026-10-14") == ["评估日期不能晚于今天"]
    late = [{**SAMPLE["helps"][0], "by": "2026-10-12"}]
    assert sentences(helps=late) == ["第1行完成时限不能早于评估日期"]


def test_none_stands_alone_and_needs_no_measures() -> None:
    assert sentences(needs=["none", "work"]) == ["困难需求选了“暂无”，不能再选其他，请核对"]
    assert sentences(needs=["none"], helps=[]) == []
    assert sentences(helps=[]) == ["请填写“帮扶建议”"]


def test_those_without_income_are_covered() -> None:
    helps = [{"kind": "work", "unit": "平塘县人社局", "by": "2026-11-13"}]
    (problem,) = paper(income="0", welfare=["none"], helps=helps).problems(known())
    assert problem.level is Level.WARN
    assert sentences(income="0", welfare=["none"]) == []


def test_who_is_at_risk_is_flagged_and_registered() -> None:
    flagged, task = paper().effects(Milestone.COMPLETED, known())
    assert flagged == CaseFlagged("focus", "智力残疾")
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("at_risk_register", "R-71")
    assert list(paper(at_risk="no").effects(Milestone.COMPLETED, known())) == []
    (plain, _) = paper(conditions=["none"]).effects(Milestone.COMPLETED, known())
    assert plain == CaseFlagged("focus", "评估认为有再次走失、流浪风险")


def test_the_draft_knows_home_and_health() -> None:
    first = NeedsAssessment.prefill(known(person=replace(ZHANG, mental_status="dementia")))
    assert (first["address"], first["conditions"], first["at_risk"]) == (
        "通州镇新光村六组12号",
        ["dementia"],
        "yes",
    )


def test_the_sheet_names_the_offices() -> None:
    face = paper().face(known(), Stamp())
    (helps,) = [block for block in face["blocks"] if block["kind"] == "list"]
    assert helps["rows"][0] == ["1", "申请低保", "单人户申请", "通州镇人民政府", "2026年11月13日"]
