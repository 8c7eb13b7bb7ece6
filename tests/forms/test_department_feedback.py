"""P-63 反馈单: what the department did, problem by problem, counted from the day it answered (R-77)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.department_feedback import DepartmentFeedback
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import ProblemAnswered, RequestAnswered
from forms.kit.facts import Facts
from tests.forms.sample import NOBODY, doc, facts, moment
from tests.forms.test_department_notice_letter import FIRE, FOOD
from tests.forms.test_department_notice_letter import SAMPLE as LETTER

NOTICE = doc(
    "department_notice_letter",
    "in_process",
    answers=LETTER,
    doc_no="平民函〔2026〕37号",
    signed_on=date(2026, 9, 28),
    sent_at=moment("2026-09-29 09:00"),
    served_on=date(2026, 9, 29),
    closed_at=None,
)
SAMPLE: dict[str, Any] = {
    "notice_no": "平民函〔2026〕37号",
    "department": "平塘县消防救援大队",
    "served_on": "2026-09-29",
    "answered_on": "2026-10-09",
    "outcome": "rectified",
    "detail": "疏散通道已清理，厨房已配留样冰箱，消防大队10月9日复查合格",
}


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "request": NOTICE, "findings": (FIRE, FOOD), "attached": frozenset({"evidence"})}
    return facts(**{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> DepartmentFeedback:
    return DepartmentFeedback.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [each.sentence for each in paper(of, **changes).problems(of or known())]


def effects(**changes: Any) -> list[Any]:
    return list(paper(**changes).effects(Milestone.COMPLETED, known()))


def test_a_full_record_has_nothing_against_it_and_knows_its_letter() -> None:
    assert DepartmentFeedback.chain is FORM
    assert DepartmentFeedback.answers_paper == "department_notice_letter"
    assert sentences() == []
    assert paper().answers() == SAMPLE
    (met,) = DepartmentFeedback.settles
    assert (met.limit, met.at) == ("hazard_rectification_due", "answered_on")


def test_mended_the_problems_are_answered_and_the_letter_is_closed() -> None:
    assert effects() == [
        RequestAnswered("已整改"),
        ProblemAnswered((FIRE.key, FOOD.key), "rectified", SAMPLE["detail"]),
    ]


def test_refused_ones_are_dealt_with_by_law_the_others_are_mended() -> None:
    refused = {"outcome": "refused", "left": [FOOD.key], "legal_action": "市场监管局已立案，责令停止供餐"}
    assert sentences(**refused) == []
    assert effects(**refused)[1:] == [
        ProblemAnswered((FIRE.key,), "rectified", SAMPLE["detail"]),
        ProblemAnswered((FOOD.key,), "refused", "市场监管局已立案，责令停止供餐"),
    ]


def test_a_refusal_without_what_the_law_did_is_not_recorded() -> None:
    assert sentences(outcome="refused", left=[FOOD.key]) == ["请填写“依法处理情况”"]


def test_unfounded_problems_need_no_proof_of_mending() -> None:
    of = known(attached=frozenset())
    assert sentences(of, outcome="unfounded") == []
    assert sentences(of) == ["请上传附件“整改佐证（照片、验收材料）”"]
    whole = {"outcome": "refused", "left": [FIRE.key, FOOD.key], "legal_action": "已移送公安机关"}
    assert sentences(of, **whole) == []
    assert effects(outcome="unfounded")[1] == ProblemAnswered((FIRE.key, FOOD.key), "unfounded", SAMPLE["detail"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"answered_on": "2026-10-14"}, "反馈日期不能晚于今天，请核对"),
        ({"answered_on": "2026-09-28"}, "反馈日期不能早于抄告函送达日期（2026年9月29日），请核对"),
        ({"detail": "好了"}, "整改情况：至少5个字，请补充"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], sentence: str) -> None:
    assert sentences(**changes) == [sentence]


def test_without_its_letter_there_is_no_feedback() -> None:
    assert "反馈单须从抄告函上登记" in sentences(known(request=None))


def test_an_organ_on_file_is_known_by_its_name() -> None:
    letter = replace(NOTICE, answers={**LETTER, "to_unit": "522727-police", "to_name": ""})
    assert paper(known(request=letter)).department.data == "平塘县公安局"
