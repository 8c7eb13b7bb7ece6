"""P-49 医保补报登记表: found after discharge, checked and claimed within ten working days (R-66, A-27)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.insurance_backclaim import InsuranceBackclaim
from forms.kit.chains import FORM
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, rules_hit

SAMPLE: dict[str, Any] = {
    "insurance": "insured",
    "checked_on": "2026-10-13",
    "checked_with": "国家医保信息平台查询",
    "insured_at": "贵州省平塘县",
    "scheme": "resident",
    "agency": "平塘县医疗保障局",
    "claimed_on": "2026-10-20",
    "claimed": "12000.00",
    "result": "paid",
    "reclaimed": "7200.00",
    "medical_aid": "1800.00",
    "paid_on": "2026-10-22",
}
FOUND = doc("identity_confirmation", answers={"confirmed_at": "2026-10-12T16:00"})
BILL = doc(
    "medical_settlement", "sent", doc_no="平民函〔2026〕11号", sent_at=moment("2026-10-08 10:00"),
    answers={"insurance_checked": "unknown", "total": "12000", "self_part": "12000.00"},
)  # fmt: skip
UNINSURED = {"insurance": "uninsured", "other_source": "由救助经费承担"}


def known(**changes: Any) -> Facts:
    first = {
        "person": ZHANG,
        "papers": {"identity_confirmation": [FOUND], "medical_settlement": [BILL]},
        "attached": frozenset({"insurance_proof", "claim"}),
        **changes,
    }
    return facts("522727-bureau", "2026-10-23 09:00", **first)


def paper(of: Facts | None = None, **changes: Any) -> InsuranceBackclaim:
    return InsuranceBackclaim.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_claim_has_nothing_against_it() -> None:
    assert sentences() == []
    assert InsuranceBackclaim.chain is FORM
    made = paper()
    assert (made.total.data, made.paid.data, made.settlement_no.data) == (
        1_200_000,
        1_200_000,
        "平民函〔2026〕11号",
    )


def test_found_on_the_twelfth_it_is_due_on_the_twenty_sixth() -> None:
    due = LIMITS["insurance_backclaim_due"].due(date(2026, 10, 12), Calendar.published())
    assert due.last_day == date(2026, 10, 26)


@pytest.mark.parametrize(("insurance", "box"), [("insured", "claimed_on"), ("uninsured", "checked_on")])
def test_the_duty_is_met_when_claimed_or_when_nothing_can_be_claimed(insurance: str, box: str) -> None:
    made = paper(insurance=insurance)
    assert [each.at for each in InsuranceBackclaim.settles if each.shown_when(made)] == [box]


def test_the_uninsured_claim_nothing() -> None:
    of = known(attached=frozenset({"insurance_proof"}))
    assert (
        InsuranceBackclaim.read({**UNINSURED, "checked_on": "2026-10-13", "checked_with": "医保局"}, of).problems(
            of
        )
        == []
    )


def test_a_bill_of_an_unknown_patient_is_needed() -> None:
    assert rules_hit(paper(known(papers={"identity_confirmation": [FOUND]})), known(papers={})) == {"R-66"}
    of = known(person=MAN)
    assert sentences(of) == ["身份尚未查明，无从补报"]
    insured = replace(BILL, answers={**BILL.answers, "insurance_checked": "insured"})
    of = known(papers={"medical_settlement": [insured]})
    assert "没有身份不明时办理的费用结算单，不须补报" in sentences(of)


def test_no_more_comes_back_than_was_paid() -> None:
    assert sentences(claimed="12000.01") == ["补报金额不能超过已支付的12000.00元"]
    assert sentences(medical_aid="4800.01") == ["收回金额合计12000.01元，超过已支付的12000.00元，请核对"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"checked_on": "2026-10-11"}, ["核查日期不能早于查明日期，请核对"]),
        ({"claimed_on": "2026-10-12"}, ["补报日期不能早于核查日期，请核对"]),
        ({"paid_on": "2026-10-24"}, ["到账日期不能晚于今天"]),
    ],
)
def test_dates_run_forward(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(**changes) == found


def test_lateness_is_explained() -> None:
    of = known(clocks={"insurance_backclaim_due": moment("2026-10-22 23:59")})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level) == ("R-66", Level.WARN)


def test_two_bills_are_added_up() -> None:
    second = replace(
        BILL, doc_no="平民函〔2026〕13号", answers={**BILL.answers, "total": "0.5", "self_part": "0.5"}
    )
    of = known(papers={"identity_confirmation": [FOUND], "medical_settlement": [second, BILL]})
    assert paper(of).paid.data == 1_200_050
    assert InsuranceBackclaim.prefill(of)["claimed"] == "12000.50"


def test_the_sheet_tells_what_came_back() -> None:
    face = paper().face(known(), Stamp())
    assert face["blocks"][-1]["text"] == (
        "该人员身份不明期间，由平塘县民政局支付12000.00元（大写：壹万贰仟元整）。"
        "已收回9000.00元（大写：玖仟元整），归还平塘县民政局。"
    )
