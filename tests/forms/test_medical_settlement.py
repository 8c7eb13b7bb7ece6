"""P-48 出院医保核查及费用结算单: insurance first, to the cent, and paid by the responsible county (R-29, R-65, R-67)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import STANDARD
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.medical_settlement import MedicalSettlement
from tests.forms.sample import MAN, ZHANG, doc, facts, rules_hit

#: The bill of R-65: 12 000.00 = 7 200.00 + 1 800.00 + 0.00 + 3 000.00.
SAMPLE: dict[str, Any] = {
    "to_name": "平塘县人民医院",
    "hospitalised_on": "2026-10-01",
    "discharged_on": "2026-10-12",
    "outcome": "better",
    "diagnosis": "社区获得性肺炎；2型糖尿病",
    "insurance_checked": "insured",
    "checked_on": "2026-10-12",
    "checked_with": "国家医保信息平台查询",
    "insured_at": "贵州省平塘县",
    "scheme": "resident",
    "total": "12000.00",
    "insured_part": "7200.00",
    "medical_aid": "1800.00",
    "emergency_fund": "0.00",
    "self_part": "3000.00",
    "payer": "522727-bureau",
    "amount_note": "含自费药品212.50元",
}
#: The same bill while nobody knows who the patient is.
NOBODY_KNOWS: dict[str, Any] = {
    **{name: value for name, value in SAMPLE.items() if name not in {"checked_on", "checked_with", "insured_at", "scheme"}},
    "insurance_checked": "unknown",
    "unknown_note": "身份未查明，已发布寻亲公告",
    "insured_part": "0",
    "medical_aid": "0",
    "self_part": "12000",
}  # fmt: skip
REFERRAL = doc(
    "medical_referral",
    answers={"hospital": "平塘县人民医院", "taken_at": "2026-10-01T08:20", "diagnosis": "肺炎"},
)
PROOFS = frozenset({"fee_list", "discharge", "insurance_proof"})


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {"person": ZHANG, "attached": PROOFS, "papers": {"medical_referral": [REFERRAL]}, **changes}
    return facts(issuer, **first)


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> MedicalSettlement:
    return MedicalSettlement.read({**base, **changes}, of or known())


def sentences(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, base, **changes).problems(of or known())]


def test_a_full_bill_has_nothing_against_it() -> None:
    assert sentences() == []
    assert MedicalSettlement.chain is STANDARD
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


def test_without_an_answer_on_insurance_nothing_is_settled() -> None:
    (problem,) = paper(insurance_checked="").problems(known())
    assert (problem.rule, problem.field) == ("R-65", "insurance_checked")
    assert problem.sentence == "尚未填写参保核查结论，不能结算"


def test_a_cent_too_little_is_refused() -> None:
    (problem,) = paper(self_part="2999.99").problems(known())
    assert (problem.rule, problem.field) == ("R-65", "total")
    assert problem.sentence == "医疗费用合计12000.00元，各项之和11999.99元，相差0.01元，请核对"


def test_amounts_are_kept_in_cents() -> None:
    assert paper().self_part.data == 300_000
    assert sentences(self_part="三千") == ["救助经费支付：请填写金额，单位元，最多两位小数，如3000.00"]


def test_the_station_does_not_pay_for_a_county() -> None:
    of = known(place="522700-station")
    (problem,) = paper(of, payer="522700-station").problems(of)
    assert (problem.rule, problem.field) == ("R-29", "payer")
    assert problem.sentence == "该人员由平塘县民政局负责，医疗费用应由平塘县民政局支付"


def test_the_station_does_not_write_the_bill_of_a_county() -> None:
    of = known("522700-station", county=known().county)
    assert sentences(of) == ["医疗费用由平塘县民政局结算，请由其经办人办理本单"]


def test_the_station_pays_for_prefecture_cases() -> None:
    of = known("522700-station", person=replace(ZHANG, region_code="522700"))
    assert sentences(of, payer="522700-station") == []
    assert rules_hit(paper(of, payer="522700-bureau"), of) == {"R-29"}
    assert MedicalSettlement.prefill(of)["payer"] == "522700-station"


def test_the_uninsured_have_no_insurance_part() -> None:
    changes = {"insurance_checked": "uninsured", "insured_at": "", "scheme": ""}
    assert sentences(**changes) == ["核查结论为未参保，医保统筹支付应填0"]
    assert sentences(**changes, insured_part="0", self_part="10200.00") == []


def test_for_an_unknown_patient_the_county_pays_first_and_claims_later() -> None:
    of = known(person=MAN, attached=PROOFS - {"insurance_proof"})
    assert sentences(of, NOBODY_KNOWS) == []
    assert sentences(of, NOBODY_KNOWS, medical_aid="1800", self_part="10200") == [
        "身份不明暂无法核查，医疗救助支付应填0，查明身份后补报"
    ]
    assert rules_hit(paper(of), of) == {"R-65"}
    assert MedicalSettlement.prefill(of)["insurance_checked"] == "unknown"


def test_whoever_is_known_can_be_checked() -> None:
    of = known(attached=PROOFS)
    assert sentences(of, NOBODY_KNOWS) == ["该人员身份已查明，应当核查参保情况"]


def test_insurance_that_pays_nothing_is_explained() -> None:
    warned = paper(insured_part="0", self_part="10200").problems(known())
    assert [(problem.rule, problem.level) for problem in warned] == [("R-65", Level.WARN)]
    explained = paper(insured_part="0", self_part="10200", _reasons={"R-65": "外伤有第三方责任，医保不予支付"})
    assert explained.problems(known()) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"discharged_on": "2026-10-14"}, ["出院日期不能晚于今天；出院后再结算"]),
        ({"hospitalised_on": "2026-10-13"}, ["出院日期不能早于入院日期，请核对"]),
        ({"checked_on": "2026-10-14"}, ["核查日期不能晚于今天"]),
    ],
)
def test_dates_run_forward(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(**changes) == found


def test_a_stay_in_hospital_is_settled_once() -> None:
    before = doc("medical_settlement", answers=SAMPLE, doc_no="平民函〔2026〕11号")
    of = known(papers={"medical_referral": [REFERRAL], "medical_settlement": [before]})
    assert sentences(of) == ["这次住院已经办理结算（平民函〔2026〕11号），不能重复结算"]
    assert sentences(of, discharged_on="2026-10-13") == []


def test_a_bill_without_referral_is_explained() -> None:
    of = known(papers={})
    (problem,) = paper(of).problems(of)
    assert (problem.level, problem.remedy_paper) == (Level.WARN, "medical_referral")


def test_the_draft_begins_with_the_referral() -> None:
    first = MedicalSettlement.prefill(known())
    assert (first["to_name"], first["hospitalised_on"], first["payer"]) == (
        "平塘县人民医院", "2026-10-01", "522727-bureau",
    )  # fmt: skip


def test_the_printed_bill_adds_up_in_figures_and_capital_characters() -> None:
    face = paper().face(known(), Stamp(doc_no="平民函〔2026〕12号", signed_on=date(2026, 10, 13)))
    bill = next(block for block in face["blocks"] if block["kind"] == "list")
    assert bill["rows"] == [
        ["1", "医保统筹支付", "7200.00"],
        ["2", "医疗救助支付", "1800.00"],
        ["3", "疾病应急救助基金支付", "0.00"],
        ["4", "救助经费支付", "3000.00"],
    ]
    assert bill["totals"] == ["", "合计", "12000.00"]
    statement = next(block["text"] for block in face["blocks"] if block["kind"] == "statement")
    assert statement == (
        "经核查，参保情况为：已参保。按先医保、后救助的顺序，由平塘县民政局支付3000.00元（大写：叁仟元整）。"
        "费用说明：含自费药品212.50元。"
    )
    assert (face["signed_by"], face["signed_date"]) == ("平塘县民政局", "2026年10月13日")
