"""P-42 户籍登记结果登记: the household, the card, the number that must agree, and which of the days counts."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.household_registration_result import HouseholdRegistrationResult
from forms.kit.chains import FORM, Milestone
from forms.kit.counting import count
from forms.kit.effects import RequestAnswered, TaskOpened
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms import settlement_sample as chain

SAMPLE: dict[str, Any] = dict(chain.REGISTERED)
RETURNED: dict[str, Any] = {
    "result": "returned",
    "answered_on": "2026-08-10",
    "return_reason": "集体户尚未设立，请补充设立批准材料。",
}
UPLOADED = frozenset({"household_register", "id_card_copy", "scan"})
KNOWN = chain.known(chain.LETTER, "2026-09-10 15:00", request=chain.LETTER, attached=UPLOADED)


def paper(of: Facts = KNOWN, base: dict[str, Any] = SAMPLE, **changes: Any) -> HouseholdRegistrationResult:
    return HouseholdRegistrationResult.read({**base, **changes}, of)


def found(of: Facts = KNOWN, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[tuple[str, str, Level]]:
    return [(each.rule, each.field, each.level) for each in paper(of, base, **changes).problems(of)]


def begun(of: HouseholdRegistrationResult) -> list[str]:
    return [start.limit for start in of.starts if start.shown_when(of)]


def met(of: HouseholdRegistrationResult) -> list[tuple[str, str]]:
    return [(settled.limit, settled.at) for settled in of.settles if settled.shown_when(of)]


def test_a_full_record_has_nothing_against_it() -> None:
    assert found() == []
    assert found(base=RETURNED) == []
    assert HouseholdRegistrationResult.chain is FORM


def test_the_letter_fills_the_form() -> None:
    first = HouseholdRegistrationResult.prefill(KNOWN)
    assert (first["reg_name"], first["birth_date"]) == ("何平安", "1964-06-01")
    read = paper()
    assert (read.letter_no.data, read.served_on.data) == ("平民函〔2026〕31号", date(2026, 7, 29))


@pytest.mark.parametrize(
    ("household", "card", "due"),
    [
        ("2026-08-20", "2026-09-10", date(2026, 10, 14)),
        ("2026-08-20", "2026-08-20", date(2026, 9, 17)),
    ],
)
def test_support_is_due_twenty_days_after_the_later_of_both(household: str, card: str, due: date) -> None:
    read = paper(hukou_date=household, id_card_date=card)
    (start,) = read.starts
    assert (start.limit, begun(read)) == ("tekun_inclusion_due", ["tekun_inclusion_due"])
    trigger = read.due_trigger(start, KNOWN)
    assert count(LIMITS[start.limit].length, trigger, Calendar.published()).last_day == due


def test_while_the_card_is_out_the_household_is_recorded_and_the_letter_stays_open() -> None:
    pending = {key: value for key, value in SAMPLE.items() if key != "id_card_date"} | {"id_card": "pending"}
    of = replace(KNOWN, attached=frozenset({"household_register"}))
    read = paper(of, pending)
    assert read.problems(of) == []
    assert met(read) == [("household_registration_due", "hukou_date")]
    assert begun(read) == []
    assert list(read.effects(Milestone.COMPLETED, of)) == []


def test_the_second_record_begins_with_the_first() -> None:
    first = replace(chain.RESULT, answers={**chain.REGISTERED, "id_card": "pending"})
    of = replace(KNOWN, papers=chain.on_file(*chain.CHAIN[:7], first))
    begin = HouseholdRegistrationResult.prefill(of)
    assert (begin["household_no"], begin["hukou_date"]) == ("522727000123", "2026-08-20")
    assert "id_card" not in begin


def test_number_birth_and_sex_agree() -> None:
    assert found(id_number="522727196406010016") == [("", "id_number", Level.BLOCK)]
    assert found(id_number="11010519491231002X") == [
        ("R-08", "birth_date", Level.BLOCK),
        ("R-08", "sex", Level.BLOCK),
    ]


def test_what_differs_from_the_letter_is_explained() -> None:
    assert found(reg_name="何平") == [("R-53", "reg_name", Level.WARN)]
    assert found(reg_name="何平", _reasons={"R-53": "公安机关按常用字登记"}) == []


def test_a_number_known_from_another_case_is_looked_at() -> None:
    of = replace(KNOWN, same_id_cases=("522727-2025-0007",))
    assert found(of) == [("R-71", "id_number", Level.WARN)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hukou_date": "2026-07-28"}, "hukou_date"),
        ({"id_card_date": "2026-09-11"}, "id_card_date"),
        ({"id_card_date": "2026-08-19"}, "id_card_date"),
    ],
)
def test_service_household_and_card_follow_each_other(changes: dict[str, Any], field: str) -> None:
    assert found(**changes) == [("R-56", field, Level.BLOCK)]


def test_it_answers_a_letter_that_was_served() -> None:
    assert ("R-64", "letter_no", Level.BLOCK) in found(replace(KNOWN, request=None))
    unserved = replace(KNOWN, request=replace(chain.LETTER, served_on=None))
    assert ("R-64", "served_on", Level.BLOCK) in found(unserved)


def test_the_proofs_are_on_file() -> None:
    assert [field for _, field, _ in found(replace(KNOWN, attached=frozenset()))] == [
        "attachment-household_register",
        "attachment-id_card_copy",
    ]


def test_with_both_in_hand_a_man_of_sixty_two_gets_the_letter() -> None:
    answered, task = paper().effects(Milestone.COMPLETED, KNOWN)
    assert answered == RequestAnswered("已办理户口登记并领取居民身份证")
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("tekun_inclusion_letter", "R-57")


@pytest.mark.parametrize(
    ("case", "paper_code"),
    [
        ({}, "tekun_exclusion_record"),
        ({"disability_type": ["physical"], "disability_grade": "3"}, "tekun_exclusion_record"),
        ({"disability_type": ["mental"], "disability_grade": "3"}, "tekun_inclusion_letter"),
    ],
)
def test_a_man_of_forty_five_only_by_his_disability(case: dict[str, Any], paper_code: str) -> None:
    of = replace(KNOWN, case=case)
    read = paper(of, birth_date="1981-06-01", id_number="522727198106010017")
    _, task = read.effects(Milestone.COMPLETED, of)
    assert isinstance(task, TaskOpened)
    assert task.paper == paper_code


def test_what_the_police_return_is_asked_for_again() -> None:
    read = paper(base=RETURNED)
    assert met(read) == [("household_registration_due", "answered_on")]
    assert begun(read) == []
    answered, task = read.effects(Milestone.COMPLETED, KNOWN)
    assert isinstance(task, TaskOpened)
    assert isinstance(answered, RequestAnswered)
    assert task.paper == "police_registration_letter"
