"""P-71 第三方监护评估报告: every half-year; what it finds calls for the next paper (R-82, R-83, R-87)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.guardianship_assessment import GuardianshipAssessment
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import ProblemFound, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import GRANNY, NOBODY, doc, facts, finding, organ

WARD = replace(
    GRANNY, categories=("intellectual",), answers={"guardian_name": "罗大宝", "guardian_relation": "侄子",
                                                   "guardian_phone": "13985400001", "welfare": ["tekun_dispersed"]},
)  # fmt: skip
AT_HOME = replace(WARD, answers={**WARD.answers, "welfare": ["dibao"]})
SAMPLE: dict[str, Any] = {
    "assessor": "黔南州晨曦社会工作服务中心",
    "contract_no": "平民购〔2026〕3号",
    "assessed_on": "2026-10-12",
    "assessors": "覃若兰、石远山",
    "group": ["dispersed", "mental"],
    "guardian_name": "罗大宝",
    "guardian_relation": "侄子",
    "guardian_phone": "13985400001",
    "living": "fair", "health": "fair", "safety": "good", "affection": "fair", "money": "good", "school": "fair",
    "finding": "able",
    "basis": "入户观察并询问邻居、村干部，照料基本到位",
}  # fmt: skip


def known(now: str = "2026-10-13 09:00", **changes: Any) -> Facts:
    first = {"person": NOBODY, "case": {}, "resident": WARD, "counterpart": organ("522727100"),
             "attached": frozenset({"report"})}  # fmt: skip
    return facts("522727-bureau", now, **{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> GuardianshipAssessment:
    return GuardianshipAssessment.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_report_has_nothing_against_it() -> None:
    assert sentences() == []
    assert GuardianshipAssessment.chain is FORM
    assert sentences(known(attached=frozenset())) == ["请上传附件“评估报告（评估机构盖章扫描件）”"]


def test_half_a_year_later_it_is_due_again_on_a_working_day() -> None:
    of = known("2026-05-15 16:00")
    made, (start,) = paper(of, assessed_on="2026-05-15"), GuardianshipAssessment.starts
    trigger = made.due_trigger(start, of)
    assert trigger == date(2026, 5, 15)
    assert LIMITS[start.limit].due(trigger, Calendar.published()).last_day == date(2026, 11, 16)
    (met,) = GuardianshipAssessment.settles
    assert (met.limit, met.at) == ("guardianship_assessment_due", "assessed_on")


def test_the_report_is_sound() -> None:
    assert sentences(assessed_on="2026-10-14") == ["评估日期不能晚于今天"]
    assert sentences(assessors="覃若兰") == ["评估人员不少于2人，用“、”隔开"]
    before = known(papers={"guardianship_assessment": [doc("guardianship_assessment", answers=SAMPLE)]})
    assert sentences(before) == ["上一次评估在2026-10-12，本次应在其后，请核对"]
    (warned,) = paper(health="poor").problems(known())
    assert (warned.rule, warned.level) == ("R-87", Level.WARN)


@pytest.mark.parametrize(
    ("finding_", "resident", "kind", "paper_", "number"),
    [
        ("unable", WARD, "监护缺失", "centralised_support_transfer", "R-82"),
        ("unable", AT_HOME, "监护缺失", "guardian_change", "R-83"),
        ("not_performing", WARD, "监护不履行", "guardian_change", "R-83"),
    ],
)
def test_a_failing_guardian_calls_for_the_next_paper(
    finding_: str, resident: Any, kind: str, paper_: str, number: str
) -> None:
    of = known(resident=resident)
    found, task = paper(of, finding=finding_, advice="转为集中供养").effects(Milestone.COMPLETED, of)
    assert isinstance(found, ProblemFound)
    assert (found.kind, found.subject, found.found_on) == (kind, "罗阿秀", date(2026, 10, 12))
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.unit, task.rule) == (paper_, "522727100", number)


def test_what_is_on_the_list_is_not_listed_twice_and_good_guardians_are_left_alone() -> None:
    of = known(findings=[finding(kind="监护缺失")])
    assert [type(effect) for effect in paper(of, finding="unable").effects(Milestone.COMPLETED, of)] == [
        TaskOpened
    ]
    assert list(paper().effects(Milestone.COMPLETED, known())) == []
    assert list(paper(finding="partly").effects(Milestone.COMPLETED, known())) == []


def test_the_draft_knows_groups_and_assessor() -> None:
    before = doc("guardianship_assessment", answers=SAMPLE)
    first = GuardianshipAssessment.prefill(known(papers={"guardianship_assessment": [before]}))
    assert (first["group"], first["assessor"], first["guardian_name"]) == (
        ["dispersed", "mental"], "黔南州晨曦社会工作服务中心", "罗大宝",
    )  # fmt: skip


def test_the_page_tells_the_next_one() -> None:
    face = paper().face(known(), Stamp())
    assert next(block["text"] for block in face["blocks"] if block["kind"] == "statement") == (
        "下一次评估应于2027年4月12日前后开展。"
    )
