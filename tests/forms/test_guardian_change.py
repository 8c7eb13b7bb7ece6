"""P-72 监护督促（训诫）及监护人变更事项表: urging and temporary guardians here, revocation only by a court (R-83, A-21)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.guardian_change import GuardianChange
from forms.kit.chains import DECIDED_ABOVE, Milestone
from forms.kit.effects import ProblemAnswered, ResidentChanged
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from tests.forms.sample import GRANNY, NOBODY, doc, facts, finding, organ, rules_hit

#: A woman of 76 with dementia whose nephew neglects her, on file in 平舟镇.
WARD = replace(
    GRANNY,
    categories=("intellectual",),
    answers={
        "guardian_name": "罗大宝",
        "guardian_relation": "侄子",
        "guardian_phone": "13985400001",
        "guardian_state": "not_performing",
        "welfare": ["tekun_dispersed"],
    },
)
#: The nephew is urged.
SAMPLE: dict[str, Any] = {
    "guardian_name": "罗大宝",
    "guardian_relation": "侄子",
    "guardian_phone": "13985400001",
    "ground": ["not_performing"],
    "situation": "9月以来多次走访，老人独自在家，一日一餐，患病未就医，监护人长期不在家",
    "earlier": "村委会劝导两次",
    "measure": "urge",
    "duties": ["life", "treatment", "home_care"],
    "rectify_by": "2026-10-20",
    "opinion": "拟同意督促，逾期不改的予以训诫",
    "signatory": "陆永福",
}
TEMPORARY = {
    "measure": "temporary", "duties": [], "rectify_by": "", "body": "civil_affairs", "new_guardian": "平舟镇京舟村村民委员会",
    "new_guardian_agrees": "yes", "effective_on": "2026-10-14",
}  # fmt: skip
RULED = {
    "measure": "revoked", "duties": [], "rectify_by": "", "court_name": "平塘县人民法院",
    "court_ruling_no": "（2026）黔2727民特3号", "ruled_on": "2026-10-10", "new_guardian": "罗二妹（女儿）",
    "effective_on": "2026-10-10",
}  # fmt: skip
ASSESSED = {"guardianship_assessment": [doc("guardianship_assessment", answers={"finding": "not_performing"})]}


def known(issuer: str = "522727100", **changes: Any) -> Facts:
    first = {"person": NOBODY, "case": {}, "resident": WARD, "counterpart": organ("522727-bureau"), **changes}
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> GuardianChange:
    return GuardianChange.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_form_has_nothing_against_it() -> None:
    assert sentences() == []
    assert GuardianChange.chain is DECIDED_ABOVE
    assert GuardianChange.drafted_in == {"township", "county_bureau"}
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


def test_a_township_cannot_cancel_guardianship() -> None:
    (problem,) = paper(known(attached=frozenset({"court_ruling"})), **{**RULED, "court_ruling_no": ""}).problems(
        known(attached=frozenset({"court_ruling"}))
    )
    assert (problem.rule, problem.level, problem.field) == ("R-83", Level.BLOCK, "court_ruling_no")
    assert problem.sentence == "撤销监护人资格只能由人民法院判决，没有判决书文号不能登记"
    assert "临时监护人" in problem.remedy


def test_with_the_number_of_the_ruling_it_is_recorded() -> None:
    of = known(attached=frozenset({"court_ruling"}))
    assert sentences(of, **RULED) == []
    assert sentences(known(), **RULED) == ["请上传附件“人民法院判决书”"]
    assert sentences(of, **{**RULED, "effective_on": "2026-10-09"}) == ["起始日期不能早于判决生效日期"]


@pytest.mark.parametrize("measure", ["admonish", "temporary", "designate", "court"])
def test_more_than_urging_needs_an_assessment_or_the_police(measure: str) -> None:
    more = {
        "admonish": {},
        "temporary": TEMPORARY,
        "designate": {**TEMPORARY, "disputed": "yes", "new_guardian": "罗二妹（女儿）"},
        "court": {"duties": [], "applicant": "平塘县民政局", "court_name": "平塘县人民法院"},
    }[measure] | {"measure": measure}
    told = {"_reasons": {"R-83": "情况紧急，无法先行督促"}}
    (problem,) = paper(**more, **told).problems(known())
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-83", "measure", "guardianship_assessment")
    assert sentences(known(papers=ASSESSED), **more, **told) == []
    assert sentences(known(attached=frozenset({"police_record"})), **more, **told) == []


def test_urging_comes_before_the_court() -> None:
    more = {"measure": "court", "duties": [], "applicant": "平塘县民政局", "court_name": "平塘县人民法院"}
    (problem,) = paper(known(papers=ASSESSED), **more).problems(known(papers=ASSESSED))
    assert (problem.rule, problem.level) == ("R-83", Level.WARN)
    urged = known(papers={**ASSESSED, "guardian_change": [doc("guardian_change")]})
    assert sentences(urged, **more) == []


def test_designation_settles_a_dispute_only() -> None:
    of = known(papers=ASSESSED)
    more = {**TEMPORARY, "measure": "designate", "new_guardian": "罗二妹（女儿）"}
    assert sentences(of, **more, disputed="no") == [
        "对监护人的确定没有争议的，不须指定，由依法具有监护资格的人协议确定"
    ]
    assert sentences(of, **{**more, "body": "organisation"}, disputed="yes") == [
        "指定监护人由被监护人住所地的村（居）民委员会或者民政部门作出，请改选"
    ]


def test_the_new_guardian_is_another_who_was_asked() -> None:
    of = known(papers=ASSESSED)
    assert sentences(of, **{**TEMPORARY, "new_guardian": "罗大宝（侄子）"}) == ["新的（临时）监护人不能是原监护人"]
    assert sentences(of, **{**TEMPORARY, "new_guardian_agrees": "no"}) == ["请先征求被安排人的意见"]
    assert sentences(rectify_by="2026-10-12") == ["改正期限不能早于今天"]


def test_who_refuses_treatment_is_told_to_care_at_home() -> None:
    (problem,) = paper(ground=["refused_treatment"], duties=["treatment"]).problems(known())
    assert (problem.rule, problem.field) == ("R-86", "duties")
    assert sentences(ground=["refused_treatment"]) == []


def test_harm_is_told_to_the_police_before_anything_else() -> None:
    (problem,) = paper(ground=["harm"]).problems(known())
    assert (problem.rule, problem.remedy_paper) == ("R-81", "mandatory_report")
    assert sentences(known(papers={"mandatory_report": [doc("mandatory_report")]}), ground=["harm"]) == []


def test_a_guardian_without_capacity_points_to_central_support() -> None:
    (noted,) = paper(ground=["unable"]).problems(known())
    assert (noted.rule, noted.level, noted.remedy_paper) == ("R-82", Level.NOTE, "centralised_support_transfer")
    at_home = known(resident=replace(WARD, answers={**WARD.answers, "welfare": ["dibao"]}))
    assert sentences(at_home, ground=["unable"]) == []


def test_the_draft_knows_the_guardian_and_what_was_found() -> None:
    first = GuardianChange.prefill(known())
    assert (first["guardian_name"], first["ground"], first["measure"]) == ("罗大宝", ["not_performing"], "urge")
    assessed = {"guardianship_assessment": [doc("guardianship_assessment", answers={"finding": "unable"})]}
    assert GuardianChange.prefill(known(papers=assessed))["ground"] == ["unable"]


def test_a_guardian_found_answers_the_problem_on_the_list() -> None:
    problem = finding(3, kind="监护不履行", subject="罗阿秀")
    of = known(papers=ASSESSED, findings=[problem, finding(4)])
    assert list(paper(of, **TEMPORARY).effects(Milestone.COMPLETED, of)) == [
        ResidentChanged(
            {
                "guardian_name": "平舟镇京舟村村民委员会",
                "guardian_relation": "临时监护人",
                "guardian_phone": "",
                "guardian_state": "",
            }
        ),
        ProblemAnswered((problem.key,), "rectified", "安排临时监护人：平舟镇京舟村村民委员会"),
    ]
    assert list(paper(of).effects(Milestone.COMPLETED, of)) == []
    assert rules_hit(paper(of, **TEMPORARY), of) == set()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            (
                "罗大宝：经查，你作为罗阿秀的监护人，存在监护人不履行监护职责的情形。依照《中华人民共和国民法典》第三十四条，"
                "请于2026年10月20日前切实履行下列职责：照料日常生活，保障衣食住；送医治疗，按时服药随访；居家看护，防止走失和伤害。"
                "逾期不改正的，将依法处理。"
            ),
        ),
        (
            TEMPORARY,
            (
                "依照《中华人民共和国民法典》第三十一条、第三十六条，自2026年10月14日起由平舟镇京舟村村民委员会担任罗阿秀的临时监护人，"
                "履行临时监护职责。原监护人的监护人资格非经人民法院判决不予撤销。"
            ),
        ),
        (
            RULED,
            (
                "平塘县人民法院以（2026）黔2727民特3号判决书撤销罗大宝对罗阿秀的监护人资格，判决于2026年10月10日生效，"
                "自2026年10月10日起由罗二妹（女儿）担任监护人。依法负担抚养费、赡养费、扶养费的，应当继续履行负担的义务。"
            ),
        ),
    ],
)
def test_each_measure_is_printed_in_the_words_of_the_law(changes: dict[str, Any], words: str) -> None:
    face = paper(**changes).face(known(), Stamp(names={"decide": "蒙若水"}, signed_on=date(2026, 10, 13)))
    assert next(block["text"] for block in face["blocks"] if block["kind"] == "statement") == words
    assert ["县级审批人", "蒙若水"] in face["foot"]
    assert paper().heading(known()) == "监护督促（训诫）及监护人变更事项表（罗阿秀）"


def test_a_county_that_writes_it_itself_signs_for_itself() -> None:
    of = known("522727-bureau")
    face = paper(of).face(of, Stamp(names={"own": "蒙怀瑾"}))
    assert ["负责人", "蒙怀瑾"] in face["foot"]
    assert "乡镇" not in str([face["foot"], face["blocks"][-2]])
    assert [step.label for step in GuardianChange.chain.steps][1] == "负责人签字"
    at_town = paper().face(known(), Stamp(names={"own": "吴启明"}))
    assert ["乡镇负责人", "吴启明"] in at_town["foot"]
