"""P-26 公办托养机构选择备案表: public and publicly run institutions only, decided by the county and filed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.contractor_public_filing import ContractorPublicFiling
from forms.kit.chains import STANDARD, Milestone
from forms.kit.effects import ContractorGranted, ContractorProposed, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import About
from forms.kit.rules import Level
from tests.forms.sample import HOME, NOBODY, facts, organ, rules_hit

#: The welfare institute of 平塘县, visited five days ago.
SAMPLE: dict[str, Any] = {
    "contractor_name": "平塘县社会福利院",
    "uscc": "12522727MB1A23456C",
    "contractor_type": "public_welfare",
    "operator_type": "public",
    "serves": ["adult", "elderly", "disabled"],
    "licences": [
        {"name": "登记证书", "licence_no": "事证第152272700123号", "expires_on": "2031-03-31"},
        {"name": "养老机构备案", "licence_no": "平民养备〔2024〕3号"},
        {"name": "消防验收（备案）材料", "licence_no": "平住建消验字〔2023〕第21号"},
        {"name": "食品经营许可证", "licence_no": "JY35227270012345", "expires_on": "2029-12-31"},
    ],
    "beds": "120",
    "quota": "15",
    "staff": "32",
    "carers": "18",
    "medics": "4",
    "price_month": "2600.00",
    "selection_method": "single",
    "site_visit_on": "2026-10-08",
    "site_visitors": [
        {"name": "罗春和", "post": "平塘县救助管理站站长"},
        {"name": "岑秋实", "post": "平塘县民政局养老服务股"},
    ],
    "site_result": "fit",
    "term_from": "2026-11-01",
    "term_to": "2028-10-31",
    "supervision_plan": "每月检查探视一次，每季度监督检查一次，费用按月核对结算。",
    "choice_reason": "该院分区照料条件较好，能承接生活不能完全自理的成年受助人员",
    "contact_name": "岑秋实",
    "contact_phone": "0854-7221234",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "person": NOBODY,
        "counterpart": organ("522700-bureau"),
        "attached": frozenset({"licences", "site_report"}),
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> ContractorPublicFiling:
    return ContractorPublicFiling.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_filing_has_nothing_against_it() -> None:
    assert sentences() == []
    assert ContractorPublicFiling.chain is STANDARD
    assert (ContractorPublicFiling.about, ContractorPublicFiling.opens) == (About.CONTRACTOR, True)


def test_the_answers_survive_storing_and_reading() -> None:
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


@pytest.mark.parametrize(
    ("kind", "operator", "field"),
    [
        ("social_org", "", "contractor_type"),
        ("enterprise", "", "contractor_type"),
        ("public_elderly", "enterprise", "operator_type"),  # 公建民营 goes by its operator
        ("public_welfare", "social_org", "operator_type"),
    ],
)
def test_what_is_not_public_and_publicly_run_goes_to_the_province(kind: str, operator: str, field: str) -> None:
    told = paper(contractor_type=kind, operator_type=operator)
    (problem,) = told.problems(known())
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-37", field, "contractor_request_county")


@pytest.mark.parametrize("kind", ["public_welfare", "public_elderly", "public_psych"])
def test_public_institutions_are_filed(kind: str) -> None:
    assert sentences(contractor_type=kind) == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("12522727MB1A23456D", "统一社会信用代码：校验码不符，请对照登记证书逐位核对"),
        ("12522727MB1A2345", "统一社会信用代码：为18位，前8位是数字，其余是数字或大写字母（不用I、O、S、V、Z）"),
        ("12522727MB1A2345IC", "统一社会信用代码：为18位，前8位是数字，其余是数字或大写字母（不用I、O、S、V、Z）"),
    ],
)
def test_the_credit_code_is_checked(number: str, sentence: str) -> None:
    assert sentences(uscc=number) == [sentence]


def test_the_credit_code_may_be_typed_with_spaces_and_small_letters() -> None:
    assert paper(uscc="12522727 mb1a23456c").uscc.data == "12522727MB1A23456C"


def test_no_more_persons_than_beds() -> None:
    (problem,) = paper(beds="10").problems(known())
    assert (problem.field, problem.sentence) == ("quota", "承接人数（15人）不能超过核定床位（10张）")


def test_carers_are_among_the_staff() -> None:
    assert sentences(staff="12") == ["护理人员、医护人员都是从业人员，人数不能超过从业人员数"]
    assert sentences(price_month="0") == ["请填写每人每月收费标准"]


def test_licences_are_complete_and_run() -> None:
    _, elder, fire, food = SAMPLE["licences"]
    assert sentences(licences=[elder, fire, food]) == ["资质证照还缺：登记证书"]
    assert sentences(licences=[SAMPLE["licences"][0], food]) == [
        "资质证照还缺：养老机构备案或医疗机构执业许可证、消防验收（备案）材料"
    ]
    medical = {"name": "医疗机构执业许可证", "licence_no": "PDY00012"}
    assert sentences(licences=[SAMPLE["licences"][0], medical, fire, food]) == []
    gone = {**food, "expires_on": "2026-10-12"}
    assert sentences(licences=[*SAMPLE["licences"][:3], gone]) == [
        "食品经营许可证已于2026年10月12日过期，请换证后再报"
    ]


def test_a_licence_that_ends_within_the_term_is_only_noted() -> None:
    soon = {**SAMPLE["licences"][3], "expires_on": "2027-05-31"}
    (problem,) = paper(licences=[*SAMPLE["licences"][:3], soon]).problems(known())
    assert (problem.rule, problem.level) == ("R-45", Level.NOTE)
    assert "2027年5月31日" in problem.sentence


@pytest.mark.parametrize(("day", "ok"), [("2026-07-15", True), ("2026-07-14", False), ("2026-10-14", False)])
def test_the_visit_lies_within_ninety_days(day: str, ok: bool) -> None:
    assert sentences(site_visit_on=day) == ([] if ok else ["实地考察应在今天之前90天以内，请重新考察"])
    assert sentences(known(settings={"custody_site_visit_days": 120}), site_visit_on="2026-07-14") == []


def test_two_go_there_and_find_it_fit() -> None:
    assert sentences(site_visitors=SAMPLE["site_visitors"][:1]) == ["考察人员：至少填写2行"]
    assert sentences(site_result="unfit") == ["实地考察结论为不符合条件，不能选择该机构"]


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("2029-11-01", []),
        ("2029-11-02", ["托养期限不超过3年，期满前重新报批（备案）"]),
        ("2026-11-01", ["托养期限的止日应在起日之后"]),
    ],
)
def test_the_term_is_at_most_three_years(last: str, found: list[str]) -> None:
    assert sentences(term_to=last) == found


def test_a_term_already_over_is_a_slip() -> None:
    assert sentences(term_from="2025-01-01", term_to="2026-01-01") == ["拟托养期限已经过去，请核对"]


def test_minors_only_in_public_child_homes() -> None:
    assert rules_hit(paper(serves=["adult", "minor"]), known()) == {"R-42"}
    assert sentences(contractor_type="public_child", serves=["minor"]) == []


def test_one_institution_a_paper() -> None:
    (problem,) = paper(contractor_name="平塘县社会福利院、平塘县中心敬老院").problems(known())
    assert (problem.rule, problem.field) == ("R-95", "contractor_name")


def test_a_renewal_keeps_its_institution() -> None:
    of = known(contractor=replace(HOME, state="ended", answers={"beds": "120", "term_from": "2023-11-01"}))
    assert rules_hit(paper(of), of) == {"R-95"}
    first = ContractorPublicFiling.prefill(of)
    assert first["beds"] == "120"
    assert "term_from" not in first


def test_an_institution_typed_wrong_at_first_may_still_be_mended() -> None:
    assert sentences(known(contractor=replace(HOME, state="proposed"))) == []


def test_submitting_proposes_and_sending_makes_effective() -> None:
    (proposed,) = paper().effects(Milestone.SUBMITTED, known())
    assert isinstance(proposed, ContractorProposed)
    assert proposed.values == {
        "name": "平塘县社会福利院", "uscc": "12522727MB1A23456C", "kind": "public_welfare", "operator": "public",
        "serves": ["adult", "elderly", "disabled"], "beds": 120, "price_month": 260000,
    }  # fmt: skip
    changed, task = paper().effects(Milestone.SENT, known())
    assert isinstance(task, TaskOpened)
    assert changed == ContractorGranted(
        "522727", 15, date(2026, 11, 1), date(2028, 10, 31), proposed.values
    )  # number and day are the filing's own
    assert (task.paper, task.rule) == ("custody_agreement", "R-38")
    assert list(paper().effects(Milestone.RECEIVED, known())) == []


def test_the_bureau_inspects_from_this_quarter_on() -> None:
    (begun,) = ContractorPublicFiling.starts
    assert (begun.limit, begun.on) == ("bureau_inspection_due", Milestone.SENT)
    assert paper().due_trigger(begun, known()) == date(2026, 10, 13)


def test_the_face_says_who_decided_and_who_is_told() -> None:
    stamp = Stamp(
        doc_no="平民函〔2026〕21号", signed_on=date(2026, 10, 13), names={"draft": "岑秋实", "review": "韦明远"}
    )
    face = paper().face(known(), stamp)
    assert face["number_line"] == {"left": "平民函〔2026〕21号", "right": "平塘县民政局"}
    assert face["blocks"][-1]["text"] == (
        "该院分区照料条件较好，能承接生活不能完全自理的成年受助人员。经实地考察，我局决定选择平塘县社会福利院"
        "（公办社会福利机构）承接流浪乞讨受助人员托养服务，托养人数不超过15人，期限自2026年11月1日至2028年10月31日。"
        "现报黔南布依族苗族自治州民政局备案。抄送黔南州救助管理站。"
    )
    assert (face["signed_by"], face["signed_date"]) == ("平塘县民政局", "2026年10月13日")
    assert face["foot"] == [
        ["经办人", "岑秋实"], ["审核人", "韦明远"], ["签发人", ""], ["联系人", "岑秋实 0854-7221234"],
    ]  # fmt: skip
    assert paper().heading(known()) == "公办托养机构选择备案表（平塘县社会福利院）"


def test_the_central_station_files_for_itself() -> None:
    of = known("522700-station")
    assert paper(of).cc(of) == []
    assert "我站决定选择" in paper(of).face(of, Stamp())["blocks"][-1]["text"]
