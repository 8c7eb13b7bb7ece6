"""P-22 公安核查结果登记: what an answer settles, what it opens, and what is refused."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import RequestAnswered, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.police_check_result import PoliceCheckResult
from tests.forms.sample import doc, facts, moment, rules_hit

#: The police found no match.
SAMPLE: dict[str, Any] = {
    "answered_on": "2026-11-09",
    "answer_no": "平公函〔2026〕31号",
    "result": "no_match",
    "sampled_on": "2026-10-15",
    "sample_no": "PT20261015-03",
    "face_result": "not_done",
    "face_reason": "照片角度不符合比对要求",
    "lost_report": "none",
    "remark": "已录入全国公安机关DNA数据库长期比对",
}
MATCH: dict[str, Any] = {
    **SAMPLE,
    "result": "match",
    "face_result": "match",
    "face_reason": "",
    "matched_name": "罗大河",
    "matched_id_number": "440524188001010014",
    "matched_hukou": "贵州省罗甸县边阳镇",
}
IN_PROGRESS: dict[str, Any] = {"answered_on": "2026-11-09", "result": "in_progress", "sampled_on": "2026-10-15"}
NOT_SAMPLED: dict[str, Any] = {
    "answered_on": "2026-11-09",
    "result": "not_sampled",
    "no_sample_reason": "本人为外籍人员，按规定另行核查",
    "face_result": "no_match",
}
LETTER = doc(
    "dna_request",
    "in_process",
    doc_no="平民函〔2026〕7号",
    signed_on=date(2026, 10, 12),
    sent_at=moment("2026-10-12 16:00"),
    served_on=date(2026, 10, 13),
    closed_at=None,
)
PAPERS = {"quick_identity_check": [doc("quick_identity_check")], "dna_request": [LETTER]}


def known(**changes: Any) -> Facts:
    first = {
        "now": "2026-11-10 09:00",
        "request": LETTER,
        "papers": PAPERS,
        "attached": frozenset({"scan"}),
        **changes,
    }
    return facts(**first)


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> PoliceCheckResult:
    return PoliceCheckResult.read({**base, **changes}, of or known())


def sentences(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, base, **changes).problems(of or known())]


@pytest.mark.parametrize("base", [SAMPLE, MATCH, IN_PROGRESS, NOT_SAMPLED])
def test_a_full_record_has_nothing_against_it(base: dict[str, Any]) -> None:
    assert sentences(base=base) == []
    assert PoliceCheckResult.chain is FORM
    assert PoliceCheckResult.answers_paper == "dna_request"


def test_the_letter_that_is_answered_is_named() -> None:
    assert paper().request_no.data == "平民函〔2026〕7号"
    assert paper().served_on.data == date(2026, 10, 13)


def test_a_sample_once_told_of_is_suggested_again() -> None:
    before = doc("police_check_result", answers=IN_PROGRESS)
    first = PoliceCheckResult.prefill(known(papers={**PAPERS, "police_check_result": [before]}))
    assert (first["sampled_on"], first["answered_on"]) == ("2026-10-15", date(2026, 11, 10))


def test_a_result_without_a_sample_needs_a_reason_instead_of_a_day() -> None:
    assert sentences(sampled_on="") == ["请填写“DNA采样日期”"]
    assert sentences(base=NOT_SAMPLED, no_sample_reason="") == ["请填写“未采集的原因”"]


def test_a_comparison_of_faces_left_undone_needs_a_reason() -> None:
    assert sentences(face_reason="") == ["请填写“未开展原因”"]


def test_a_match_names_the_person() -> None:
    assert sentences(base=MATCH, matched_name="") == ["请填写“姓名”"]
    assert sentences(base=MATCH, matched_id_number="440524188001010015") == [
        "公民身份号码：公民身份号码校验位不符，请逐位核对证件"
    ]


@pytest.mark.parametrize("base", [SAMPLE, MATCH, NOT_SAMPLED])
def test_a_final_answer_is_uploaded(base: dict[str, Any]) -> None:
    assert sentences(known(attached=frozenset()), base) == ["请上传附件“公安机关书面答复（扫描件）”"]


def test_progress_needs_no_scan() -> None:
    assert sentences(known(attached=frozenset()), IN_PROGRESS) == []


def test_an_answer_follows_a_served_letter() -> None:
    of = known(request=None)
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-13", "dna_request")
    unserved = known(request=replace(LETTER, served_on=None))
    assert sentences(unserved) == ["DNA采集比对函的送达日期还未登记，请先登记送达"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"answered_on": "2026-11-11"}, ["答复日期不能晚于今天"]),
        (
            {"answered_on": "2026-10-12"},
            ["答复日期不能早于函件送达日期，请核对", "DNA采样日期不能晚于答复日期和今天，请核对"],
        ),
        ({"sampled_on": "2026-11-10"}, ["DNA采样日期不能晚于答复日期和今天，请核对"]),
        ({"sampled_on": "2026-10-11"}, ["DNA采样日期不能早于报请函的成文日期，请核对"]),
        ({"sampled_on": "2026-10-12"}, []),
    ],
)
def test_dates_run_forward(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(**changes) == found


def test_the_letter_is_not_closed_without_a_quick_check() -> None:
    of = known(papers={"dna_request": [LETTER]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-09", "block", "quick_identity_check")
    assert rules_hit(paper(of, IN_PROGRESS), of) == set()


def test_no_match_answers_the_letter_and_opens_nothing() -> None:
    assert list(paper().effects(Milestone.COMPLETED, known())) == [RequestAnswered("公安机关反馈：未比中")]
    assert list(paper().effects(Milestone.SUBMITTED, known())) == []


@pytest.mark.parametrize("base", [MATCH, {**SAMPLE, "face_result": "match", "face_reason": ""}])
def test_a_match_asks_for_the_identity_to_be_confirmed(base: dict[str, Any]) -> None:
    answered, task = paper(base=base).effects(Milestone.COMPLETED, known())
    assert isinstance(answered, RequestAnswered)
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.unit, task.rule) == ("identity_confirmation", "county", "R-14")


def test_a_match_starts_the_day_of_confirmation() -> None:
    (line,) = PoliceCheckResult.starts
    assert (line.limit, line.trigger, line.unless_identified) == ("identity_confirmation_due", "today", True)
    assert [line.shown_when(paper(base=base)) for base in (MATCH, SAMPLE, IN_PROGRESS)] == [True, False, False]


def test_progress_leaves_letter_and_clocks_as_they_are() -> None:
    running = paper(base=IN_PROGRESS)
    assert list(running.effects(Milestone.COMPLETED, known())) == []
    assert [line.shown_when(running) for line in PoliceCheckResult.settles] == [False, False]


@pytest.mark.parametrize("base", [SAMPLE, MATCH, NOT_SAMPLED])
def test_a_final_answer_meets_both_limits_on_the_day_it_was_given(base: dict[str, Any]) -> None:
    met = [line for line in PoliceCheckResult.settles if line.shown_when(paper(base=base))]
    assert {line.limit for line in met} == {"dna_result_due", "dna_result_month"}
    assert {(line.on, line.at) for line in met} == {(Milestone.COMPLETED, "answered_on")}


def test_the_form_prints_letter_result_and_sample() -> None:
    face = paper().face(known(), Stamp(names={"draft": "罗春和", "check": "岑秋实"}, signed_on=date(2026, 11, 10)))
    cells = {
        cell["label"]: cell["value"]
        for block in face["blocks"]
        if block["kind"] == "fields"
        for row in block["rows"]
        for cell in row
    }
    assert face["title"] == "公安核查结果登记表"
    assert cells["报请函文号"] == "平民函〔2026〕7号"
    assert (cells["DNA比对结果"], cells["DNA采样日期"]) == ("未比中", "2026年10月15日")
    assert "姓名" not in cells
    assert ["填表人", "罗春和"] in face["foot"]
