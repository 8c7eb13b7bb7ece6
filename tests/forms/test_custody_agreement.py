"""P-31 托养服务协议登记表: after the approval, within it, and its copy reported in ten working days."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.custody_agreement import CustodyAgreement
from forms.kit.chains import REPORTED, Milestone
from forms.kit.counting import count
from forms.kit.effects import ContractorAgreed
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import HOME, NOBODY, facts, organ, rules_hit

APPROVED = replace(HOME, agreed_from=None, agreed_to=None)
PUBLIC = replace(
    APPROVED,
    kind="public_welfare",
    operator="public",
    approval_no="平民函〔2026〕21号",
    approved_on=date(2026, 7, 20),
)
#: Signed the day after the province agreed.
SAMPLE: dict[str, Any] = {
    "agreement_no": "平民托〔2026〕1",
    "signed_on": "2026-07-21",
    "valid_from": "2026-08-01",
    "valid_to": "2027-12-31",
    "beds": "20",
    "price_month": "3000.00",
    "signed_by_us": "杨国栋",
    "signed_by_them": "吴松年",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "now": "2026-07-24 10:00",
        "person": NOBODY,
        "contractor": APPROVED,
        "counterpart": organ("522700-bureau"),
        "attached": frozenset({"scan"}),
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> CustodyAgreement:
    return CustodyAgreement.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_registration_has_nothing_against_it() -> None:
    assert sentences() == []
    assert CustodyAgreement.chain is REPORTED
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert (kept["approval_no"], kept["approved_on"]) == ("黔民函〔2026〕88号", "2026-07-20")


@pytest.mark.parametrize(("day", "ok"), [("2026-07-10", False), ("2026-07-20", False), ("2026-07-21", True)])
def test_the_approval_comes_first(day: str, ok: bool) -> None:
    (*found,) = paper(signed_on=day).problems(known())
    assert [(each.rule, each.field) for each in found] == ([] if ok else [("R-38", "signed_on")])


@pytest.mark.parametrize(("day", "ok"), [("2026-07-19", False), ("2026-07-20", True)])
def test_a_public_institution_needs_its_filing(day: str, ok: bool) -> None:
    of = known(contractor=PUBLIC)
    assert rules_hit(paper(of, signed_on=day), of) == (set() if ok else {"R-38"})
    assert paper(of).approval_no.data == "平民函〔2026〕21号"


@pytest.mark.parametrize(
    ("contractor", "remedy"),
    [
        (replace(APPROVED, state="proposed", approved_on=None), "contractor_request_county"),
        (replace(APPROVED, state="refused"), "contractor_request_county"),
        (replace(PUBLIC, state="proposed"), "contractor_public_filing"),
    ],
)
def test_without_approval_or_filing_no_agreement(contractor: Any, remedy: str) -> None:
    of = known(contractor=contractor)
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-38", remedy)


def test_a_county_not_named_signs_nothing() -> None:
    of = known(
        "522728-bureau", contractor=replace(APPROVED, county="522728", named=False, quota=0, approved_on=None)
    )
    assert sentences(of) == ["该机构的批复（备案）没有列明罗甸县，不能签订协议"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"valid_from": "2026-07-21", "valid_to": "2027-12-31"}, []),
        ({"valid_to": "2028-01-01"}, ["协议期限不能超过批复（备案）有效期（2027年12月31日）"]),
        ({"valid_to": "2026-08-01"}, ["协议期限的止日应在起日之后"]),
        ({"valid_from": "2026-07-20"}, ["协议期限不能早于签订日期开始"]),
        ({"signed_on": "2026-07-25"}, ["签订日期不能晚于今天；签订后再登记"]),
        ({"beds": "21"}, ["约定人数不能超过核定的20人"]),
    ],
)
def test_the_agreement_keeps_within_the_approval(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(known(), **changes) == found


def test_a_higher_price_is_explained() -> None:
    (problem,) = paper(price_month="3200").problems(known())
    assert (problem.rule, problem.level) == ("R-104", Level.WARN)
    assert "3000.00元" in problem.sentence
    assert sentences(price_month="3200", _reasons={"R-104": "护理等级提高，经县人民政府同意"}) == []


def test_the_signed_agreement_opens_the_institution() -> None:
    assert list(paper().effects(Milestone.SIGNED, known())) == [
        ContractorAgreed("522727", date(2026, 8, 1), date(2027, 12, 31), 300000)
    ]
    assert list(paper().effects(Milestone.SUBMITTED, known())) == []


def test_the_copy_is_due_ten_working_days_after_signing() -> None:
    (begun,), (settled,) = CustodyAgreement.starts, CustodyAgreement.settles
    assert (begun.limit, begun.on, settled.on) == ("agreement_copy_due", Milestone.SUBMITTED, Milestone.SIGNED)
    trigger = paper().due_trigger(begun, known())
    assert count(LIMITS["agreement_copy_due"].length, trigger, Calendar.published()).last_day == date(2026, 8, 4)


def test_the_approval_is_suggested() -> None:
    first = CustodyAgreement.prefill(known())
    assert (first["beds"], first["price_month"], first["valid_to"]) == (20, "3000.00", date(2027, 12, 31))
    assert first["valid_from"] == date(2026, 7, 24)


def test_the_face_reports_the_copy() -> None:
    face = paper().face(known(), Stamp(names={"draft": "岑秋实", "own": "杨国栋"}))
    assert face["blocks"][-2]["text"] == (
        "我局已与该机构签订托养服务协议，现将协议副本报黔南布依族苗族自治州民政局备案。"
    )
    assert face["blocks"][-1]["boxes"][0]["name"] == "杨国栋"
    assert paper().heading(known()) == "托养服务协议登记表（平塘县松柏苑养老服务中心）"
