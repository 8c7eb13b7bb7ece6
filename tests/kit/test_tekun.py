"""Who is taken into 特困供养: the conditions and the self-care test as tables; which township an address belongs to."""

from dataclasses import replace
from datetime import date

import pytest

from forms.kit.tekun import (
    SELF_CARE,
    age_if_known,
    basis_problems,
    basis_words,
    incapacity_bases,
    known_disability,
    self_care,
    township_named,
    township_problems,
)
from tests.forms.sample import facts, organ


@pytest.mark.parametrize(
    ("age", "disability", "grade", "bases"),
    [
        (62, "none", "", ["elder"]),
        (60, "none", "", ["elder"]),
        (59, "none", "", []),
        (45, "physical", "3", []),
        (45, "physical", "2", ["physical"]),
        (45, "mental", "3", ["mental"]),
        (45, "mental", "4", []),
        (45, "intellectual", "1", ["mental"]),
        (45, "sight", "1", ["sight"]),
        (45, "sight", "2", []),
        (45, "hearing", "1", []),
        (45, "speech", "1", []),
        (15, "none", "", ["minor"]),
        (16, "none", "", []),
        (61, "physical", "1", ["elder", "physical"]),
        (None, "mental", "2", ["mental"]),
        (None, "none", "", []),
        (45, "mental", "", []),
    ],
)
def test_who_cannot_work(age: int | None, disability: str, grade: str, bases: list[str]) -> None:
    assert incapacity_bases(age, disability, grade) == bases


@pytest.mark.parametrize(
    ("failed", "word"),
    [(0, "具备"), (1, "部分丧失"), (3, "部分丧失"), (4, "完全丧失"), (6, "完全丧失")],
)
def test_the_six_items_say_how_far_somebody_cares_for_themselves(failed: int, word: str) -> None:
    answers = {item: "no" if number < failed else "yes" for number, item in enumerate(SELF_CARE)}
    assert self_care(answers) == word


def test_until_all_six_are_answered_nothing_is_said() -> None:
    assert self_care(dict.fromkeys(list(SELF_CARE)[:5], "no")) == ""
    assert self_care({}) == ""


def test_a_basis_that_does_not_hold_names_the_one_that_does() -> None:
    (problem,) = basis_problems("physical", 62, "none", "")
    assert problem.sentence == "该人员不属于“肢体残疾等级为一、二级”，应选“年满60周岁”"


def test_without_any_basis_the_other_way_is_shown() -> None:
    (problem,) = basis_problems("elder", 45, "physical", "3")
    assert problem.remedy_paper == "tekun_exclusion_record"
    assert list(basis_problems("province", 45, "none", "")) == []
    assert list(basis_problems("", 45, "none", "")) == []


@pytest.mark.parametrize(
    ("basis", "disability", "grade", "words"),
    [
        ("elder", "none", "", "年满60周岁"),
        ("mental", "mental", "3", "精神残疾等级为三级"),
        ("mental", "intellectual", "2", "智力残疾等级为二级"),
        ("sight", "sight", "1", "视力残疾等级为一级"),
        ("province", "none", "", "符合省规定的无劳动能力情形"),
    ],
)
def test_the_basis_is_said_of_this_very_person(basis: str, disability: str, grade: str, words: str) -> None:
    assert basis_words(basis, disability, grade) == words


def test_the_admission_tells_the_disability() -> None:
    case = {"disability_type": ["physical", "mental"], "disability_grade": "2"}
    assert known_disability(case) == {"disability": "mental", "disability_grade": "2"}
    assert known_disability({}) == {"disability": "none"}


def test_full_years_turn_on_the_birthday() -> None:
    assert age_if_known(date(1966, 9, 16), date(2026, 9, 15)) == 59
    assert age_if_known(date(1966, 9, 16), date(2026, 9, 16)) == 60
    assert age_if_known(None, date(2026, 9, 16)) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("贵州省平塘县金盆街道新城路12号", "平塘县金盆街道办事处"),
        ("贵州省黔南布依族苗族自治州都匀市小围寨街道福利路3号", "都匀市小围寨街道办事处"),
        ("贵州省三都水族自治县普安镇双江村", "三都水族自治县普安镇人民政府"),
        ("平塘县通州镇", "平塘县通州镇人民政府"),
        ("都匀市归兰水族乡", "都匀市归兰水族乡人民政府"),
    ],
)
def test_an_address_names_its_township(address: str, name: str) -> None:
    assert township_named(facts(), address) == {"to_unit": "other", "to_name": name}


def test_an_address_without_a_township_names_none() -> None:
    assert township_named(facts(), "平塘县救助管理站") == {}
    assert township_named(facts(), "") == {}


def test_a_township_on_file_is_chosen_not_typed() -> None:
    of = replace(facts(), townships=[organ("522727001"), organ("522727100")])
    assert township_named(of, f"贵州省平塘县{organ('522727001').short_name}新城路12号") == {"to_unit": "522727001"}


@pytest.mark.parametrize("name", ["平塘县通州镇", "平塘县民政局", "平塘县人民政府"])
def test_the_letter_goes_to_a_township_by_its_full_name(name: str) -> None:
    assert [problem.field for problem in township_problems(name, "to_name")] == ["to_name"]
    assert list(township_problems("平塘县通州镇人民政府", "to_name")) == []
