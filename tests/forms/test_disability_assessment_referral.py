"""P-74 残疾评定对接单: never without consent of the guardian or of a person who can give it (R-84)."""

from dataclasses import replace
from typing import Any

import pytest

from forms.disability_assessment_referral import DisabilityAssessmentReferral
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import ProblemAnswered
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from tests.forms.sample import GRANNY, NOBODY, facts, finding

WARD = replace(
    GRANNY, categories=("intellectual",), answers={"guardian_name": "罗大宝", "guardian_phone": "13985400001",
                                                   "dis_type": ["intellectual"], "dis_card": "none"},
)  # fmt: skip
SAMPLE: dict[str, Any] = {
    "reason": "suspected",
    "kinds": ["intellectual"],
    "situation": "自幼反应迟钝，不能独自外出，未办理残疾证",
    "home_visit": "yes",
    "consent": "guardian",
    "consent_by": "罗大宝（侄子）",
    "consent_on": "2026-10-10",
    "guardian_phone": "13985400001",
    "federation": "平塘县残疾人联合会",
    "handed_on": "2026-10-12",
    "result": "pending",
}


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "case": {}, "resident": WARD, "attached": frozenset({"consent"})}
    return facts("522727100", **{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> DisabilityAssessmentReferral:
    return DisabilityAssessmentReferral.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_form_has_nothing_against_it() -> None:
    assert sentences() == []
    assert DisabilityAssessmentReferral.chain is FORM


def test_without_consent_nobody_is_assessed() -> None:
    (problem,) = paper(consent="none").problems(known())
    assert (problem.rule, problem.level, problem.field) == ("R-84", Level.BLOCK, "consent")
    assert problem.sentence == "没有取得监护人同意，不能对接残疾评定"
    assert sentences(known(attached=frozenset())) == ["请上传附件“同意书（签名、捺印）”"]


def test_who_can_decide_decides_alone() -> None:
    assert sentences(consent="self", capable="yes", consent_by="罗阿秀") == []
    assert sentences(consent="self", capable="no", consent_by="罗阿秀") == ["本人不能表达意愿的，须由监护人同意"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"handed_on": "2026-10-09"}, ["对接日期不能早于同意日期，请核对"]),
        ({"handed_on": "2026-10-14"}, ["对接日期不能晚于今天"]),
        ({"result": "rated", "grade": "2", "rated_on": "2026-10-11"}, ["评定日期不能早于对接日期，请核对"]),
    ],
)
def test_dates_run_forward(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(**changes) == found


@pytest.mark.parametrize(("result", "answer"), [("rated", "rectified"), ("not", "unfounded")])
def test_the_result_answers_the_problem(result: str, answer: str) -> None:
    problem = finding(5, kind="疑似未评残")
    of = known(findings=[problem, finding(6)])
    (done,) = paper(of, result=result).effects(Milestone.COMPLETED, of)
    assert isinstance(done, ProblemAnswered)
    assert (done.keys, done.result) == ((problem.key,), answer)
    assert list(paper(of).effects(Milestone.COMPLETED, of)) == []


def test_the_draft_knows_kind_and_guardian() -> None:
    first = DisabilityAssessmentReferral.prefill(known())
    assert (first["reason"], first["kinds"], first["consent_by"], first["federation"]) == (
        "suspected", ["intellectual"], "罗大宝", "平塘县残疾人联合会",
    )  # fmt: skip
    expired = known(resident=replace(WARD, answers={**WARD.answers, "dis_card": "expired"}))
    assert DisabilityAssessmentReferral.prefill(expired)["reason"] == "expired"


def test_the_page_leaves_room_for_both_signatures() -> None:
    face = paper().face(known(), Stamp())
    assert [box["label"] for box in face["blocks"][-1]["boxes"]] == ["同意人（签名、捺印）", "残联接收人（签名）"]
