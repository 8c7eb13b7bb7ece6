"""P-69 分散转集中供养审批表: a guardian without capacity, and the person moves at once (R-82)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.centralised_support_transfer import CentralisedSupportTransfer
from forms.kit.chains import DECIDED_ABOVE, Milestone
from forms.kit.effects import ProblemAnswered, ResidentChanged
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from tests.forms.sample import GRANNY, NOBODY, doc, facts, finding, organ

WARD = replace(
    GRANNY,
    answers={"guardian_name": "罗大宝", "guardian_relation": "侄子", "guardian_state": "unable", "welfare": ["tekun_dispersed"]},
)  # fmt: skip
SAMPLE: dict[str, Any] = {
    "guardian_name": "罗大宝",
    "guardian_relation": "侄子",
    "guardian_phone": "13985400001",
    "ground": "unable",
    "situation": "监护人中风偏瘫，不能照料；老人独居，三餐不继",
    "self_care": "part",
    "wish": "yes",
    "guardian_view": "yes",
    "institution": "平塘县平舟镇敬老院",
    "bed_kept": "yes",
    "health_checked": "yes",
    "move_on": "2026-10-15",
    "interim_care": "村委会安排邻居照料",
    "opinion": "同意转为集中供养",
}


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "case": {}, "resident": WARD, "counterpart": organ("522727-bureau"),
             "attached": frozenset({"health_check"})}  # fmt: skip
    return facts("522727100", **{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> CentralisedSupportTransfer:
    return CentralisedSupportTransfer.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_form_has_nothing_against_it() -> None:
    assert sentences() == []
    assert CentralisedSupportTransfer.chain is DECIDED_ABOVE
    assert CentralisedSupportTransfer.drafted_in == {"township"}


def test_only_dispersed_support_is_moved() -> None:
    of = known(resident=replace(WARD, answers={**WARD.answers, "welfare": ["dibao"]}))
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-82", "screening_form")


@pytest.mark.parametrize(
    "changes",
    [
        {"papers": {"guardianship_assessment": [doc("guardianship_assessment")]}},
        {"findings": [finding(kind="监护缺失")]},
        {"attached": frozenset({"health_check", "assessment"})},
    ],
)
def test_failing_is_shown_by_assessment_or_list(changes: dict[str, Any]) -> None:
    quiet = replace(WARD, answers={**WARD.answers, "guardian_state": "fair"})
    (problem,) = paper(known(resident=quiet)).problems(known(resident=quiet))
    assert (problem.rule, problem.remedy_paper) == ("R-82", "guardianship_assessment")
    assert sentences(known(resident=quiet, **changes)) == []
    assert sentences(known(resident=quiet), ground="wish") == []


def test_the_place_is_ready_and_the_move_is_soon() -> None:
    assert sentences(bed_kept="no") == ["供养机构床位尚未落实，请先与机构商定"]
    assert sentences(health_checked="no") == ["入住前须体检，请先安排"]
    assert sentences(move_on="2026-10-12") == ["拟入住日期不能早于今天"]
    (late,) = paper(move_on="2026-10-21").problems(known())
    assert (late.level, late.field) == (Level.WARN, "move_on")
    (unwilling,) = paper(wish="no").problems(known())
    assert (unwilling.level, unwilling.field) == (Level.WARN, "wish")


def test_the_problem_on_the_list_is_answered() -> None:
    problem = finding(2, kind="监护缺失")
    of = known(findings=[problem, finding(3, kind="监护缺失", cleared_on=date(2026, 10, 9))])
    assert list(paper(of).effects(Milestone.COMPLETED, of)) == [
        ResidentChanged({"living": "institution", "address": "平塘县平舟镇敬老院", "welfare": ["tekun_central"]}),
        ProblemAnswered((problem.key,), "rectified", "转为集中供养，平塘县平舟镇敬老院"),
    ]
    assert [type(effect) for effect in paper().effects(Milestone.COMPLETED, known())] == [ResidentChanged]
    assert list(paper().effects(Milestone.SUBMITTED, known())) == []


def test_the_draft_and_the_page_know_the_person() -> None:
    first = CentralisedSupportTransfer.prefill(known())
    assert (first["guardian_name"], first["ground"]) == ("罗大宝", "unable")
    face = paper().face(known(), Stamp(names={"own": "吴启明"}))
    assert face["blocks"][0]["rows"][0][0] == {"label": "姓名", "value": "罗阿秀"}
    assert ["乡镇负责人", "吴启明"] in face["foot"]
