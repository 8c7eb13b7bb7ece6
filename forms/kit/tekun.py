"""Who is taken into 特困供养: no ability to work, no income, no supporter; and the self-care test of six items.

Source: 社会救助暂行办法第14条；特困人员认定办法（民发〔2021〕43号）第3至5条；R-57, R-58, A-15, A-16.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, SelectBox, TextBox, YesNoBox, when
from forms.kit.phrases import Phrase
from forms.kit.rules import Problem
from forms.kit.timespan import full_years

CLAUSE = "S0 三（二）2（4）；认定办法 4、5"
BASES = [
    ("elder", "年满60周岁"),
    ("minor", "未满16周岁"),
    ("mental", "智力、精神残疾等级为一至三级"),
    ("physical", "肢体残疾等级为一、二级"),
    ("sight", "视力残疾等级为一级"),
    ("province", "省规定的其他情形"),
]
BASIS_WORDS = dict(BASES)
#: Basis → kinds of disability and the mildest grade that still counts.
_GRADES: Mapping[str, tuple[frozenset[str], int]] = {
    "mental": (frozenset({"intellectual", "mental"}), 3),
    "physical": (frozenset({"physical"}), 2),
    "sight": (frozenset({"sight"}), 1),
}
DISABILITIES = [
    ("none", "无"), ("sight", "视力"), ("hearing", "听力"), ("speech", "言语"), ("physical", "肢体"),
    ("intellectual", "智力"), ("mental", "精神"),
]  # fmt: skip
GRADES = [("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")]
DISABLED = when("disability", *(kind for kind, _ in DISABILITIES[1:]))
#: The six items, each box named after what the person can do alone.
SELF_CARE = {
    "can_eat": "自主吃饭", "can_dress": "自主穿衣", "can_rise": "自主上下床", "can_toilet": "自主如厕",
    "can_walk": "室内自主行走", "can_wash": "自主洗澡",
}  # fmt: skip
FORMS = [("centralised", "集中供养"), ("dispersed", "分散供养")]


def age_if_known(born: date | None, on: date) -> int | None:
    """Return the age on a day, None without a birth date."""
    return None if born is None else full_years(born, on)


def incapacity_bases(age: int | None, disability: str, grade: str) -> list[str]:
    """Return every basis on which a person counts as without ability to work; 省规定 is the clerk's to say."""
    found = []
    if age is not None and age >= 60:
        found.append("elder")
    if age is not None and age < 16:
        found.append("minor")
    for basis, (kinds, mildest) in _GRADES.items():
        if disability in kinds and grade.isdigit() and int(grade) <= mildest:
            found.append(basis)
    return found


def self_care(answers: Mapping[str, Any]) -> str:
    """Return 具备, 部分丧失 or 完全丧失 by how many of the six fail (0, 1–3, 4–6); empty until all are answered."""
    given = [answers.get(item) for item in SELF_CARE]
    if not all(value in {"yes", "no"} for value in given):
        return ""
    failed = given.count("no")
    return "具备" if failed == 0 else "部分丧失" if failed <= 3 else "完全丧失"


def self_care_boxes() -> tuple[YesNoBox, ...]:
    """Return the six questions, in the order of `SELF_CARE`."""
    return tuple(YesNoBox(words, required=True) for words in SELF_CARE.values())


def basis_box() -> SelectBox:
    """Return 无劳动能力依据."""
    return SelectBox("无劳动能力依据", BASES, required=True)


def disability_boxes() -> tuple[ChoiceBox, ChoiceBox]:
    """Return kind and grade of a certified disability."""
    return (
        ChoiceBox("残疾类别", DISABILITIES, required=True, wide=True, help="以残疾人证为准；未评定的选“无”"),
        ChoiceBox("残疾等级", GRADES, required=True, shown_when=DISABLED),
    )


def known_disability(case: Mapping[str, Any]) -> dict[str, str]:
    """Suggest the disability the admission form names; the gravest ground for support first."""
    kinds = case.get("disability_type") or []
    for kind in ("mental", "intellectual", "sight", "physical", "hearing", "speech"):
        if kind in kinds:
            return {"disability": kind, "disability_grade": str(case.get("disability_grade", ""))}
    return {"disability": "none"}


def basis_problems(basis: str | None, age: int | None, disability: str, grade: str) -> Iterator[Problem]:
    """R-58: the basis named must be true."""
    holding = incapacity_bases(age, disability, grade)
    if not basis or basis == "province" or basis in holding:
        return
    if holding:
        yield Problem(
            f"该人员不属于“{BASIS_WORDS.get(basis, basis)}”，应选“{BASIS_WORDS[holding[0]]}”", "incapacity_basis"
        )
        return
    yield Problem(
        "该人员不符合特困人员无劳动能力的条件，不能纳入特困供养",
        "incapacity_basis",
        remedy="疑似残疾的，请先申请残疾评定；确不符合的，请填写《不纳入特困救助供养登记表》，并协助申请低保或就业帮扶",
        remedy_paper="tekun_exclusion_record",
    )


def basis_words(basis: str | None, disability: str, grade: str) -> str:
    """Say the basis of this very person in a letter: 年满60周岁, 精神残疾等级为三级."""
    if basis in _GRADES:
        return f"{dict(DISABILITIES).get(disability, '')}残疾等级为{dict(GRADES).get(grade, '')}"
    return {"province": "符合省规定的无劳动能力情形"}.get(str(basis), BASIS_WORDS.get(str(basis), ""))


# ---- the township a letter goes to -----------------------------------------------------------------------------


def township_boxes() -> tuple[SelectBox, TextBox]:
    """Return the township addressed: one of the county, or typed in full."""
    return (
        SelectBox("主送机关", required=True, help="户口所在地的乡镇人民政府或街道办事处"),
        TextBox(
            "机关全称", required=True, least=6, most=60, wide=True, shown_when=when("to_unit", "other"),
            help="写印章上的全称，如“平塘县金盆街道办事处”“平塘县通州镇人民政府”",
        ),
    )  # fmt: skip


def township_choices(facts: Facts) -> list[tuple[str, str]]:
    """Return the townships on file, then any other by its name."""
    return [*((town.code, town.name) for town in facts.townships), ("other", Phrase("其他乡镇（填写全称）"))]


def township_named(facts: Facts, address: str) -> dict[str, str]:
    """Suggest the township an address lies in: on file by its short name, else its full name from the address."""
    for town in facts.townships:
        if town.short_name and town.short_name in address:
            return {"to_unit": town.code}
    within = re.sub(r"^(贵州省)?(黔南布依族苗族自治州|黔南州)?", "", address.strip())
    found = re.match(r"([\u4e00-\u9fff]{1,8}?(?:自治县|县|市))([\u4e00-\u9fff]{2,10}?(?:街道|镇|乡))", within)
    if found is None:
        return {}
    return {"to_unit": "other", "to_name": f"{found[0]}{'办事处' if found[2].endswith('街道') else '人民政府'}"}


def township_problems(name: str, field: str) -> Iterator[Problem]:
    """R-95: the letter goes to a township government or subdistrict office, by its full name."""
    if name and not name.endswith(("乡人民政府", "镇人民政府", "街道办事处")):
        yield Problem("主送机关应为乡（镇）人民政府或街道办事处，请写全称", field)


def same_township(answers: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Suggest the township of an earlier letter."""
    for earlier in answers:
        if earlier.get("to_unit"):
            return {box: str(earlier[box]) for box in ("to_unit", "to_name") if earlier.get(box)}
    return {}


def items_printed(boxes: Sequence[YesNoBox]) -> list[dict[str, Any]]:
    """Return the six items as ticks."""
    return [{"text": box.label.text, "ok": None if box.empty else box.is_yes} for box in boxes]
