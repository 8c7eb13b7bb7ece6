"""附件1 as a spreadsheet: heads and words, both directions, and what is said at which cell."""

from datetime import date, datetime
from typing import Any

import pytest

from forms.kit.facts import Facts
from forms.kit.paper import REASONS
from forms.kit.screening import REASON, columns, read_row, write_row
from forms.screening_form import ScreeningForm
from tests.forms.sample import CAMPAIGN, facts, organ
from tests.forms.test_screening_form import CHILD, SAMPLE, WARD

#: A line as an old woman's daughter-in-law would fill it in.
LINE: dict[str, Any] = {
    "姓名": "罗阿秀",
    "身份证号": "522727195003020029",
    "人员类别": "留守老年人",
    "救助身份": "低保",
    "居住情况": "独居",
    "住房安全": "安全",
    "疑似受侵害": "无",
    "走访日期": date(2026, 10, 12),
    "走访人": "陆小梅",
}


def known() -> Facts:
    return facts("522727100-01", counterpart=organ("522727100"), campaigns=(CAMPAIGN,))


def read(**cells: Any) -> tuple[dict[str, Any], dict[str, str]]:
    return read_row({**LINE, **cells}, known(), campaign=CAMPAIGN.key)


def test_every_box_of_the_form_has_a_column_and_every_head_is_its_own() -> None:
    heads = [column.header for column in columns()]
    assert len(heads) == len(set(heads))
    boxes = {column.box.partition(".")[0] for column in columns()} | {"campaign", "last_visited_on"}
    assert boxes - {""} == {name for section in ScreeningForm.sections for name in section.fields}


def test_choices_are_offered_in_words() -> None:
    column = next(each for each in columns() if each.box == "living")
    assert column.words["独居"] == "alone"
    assert column.by_value["alone"] == "独居"
    assert column.required
    assert not column.many


def test_a_short_line_is_enough_where_the_number_says_the_rest() -> None:
    answers, wrong = read()
    assert wrong == {}
    assert (answers["sex"], answers["birth_date"]) == ("女", "1950-03-02")
    assert (answers["household"], answers["guardianship"]) == ("registered", "no")
    assert answers["campaign"] == CAMPAIGN.key
    assert ScreeningForm.read(answers, known()).answers() == answers


@pytest.mark.parametrize("given", [SAMPLE, CHILD, WARD], ids=["elder", "child", "ward"])
def test_what_is_written_is_read_back(given: dict[str, Any]) -> None:
    listed = {**given, "problems_found": [{"kind": "其他", "detail": "屋顶漏雨", "measure": "报危改"}]}
    answers, wrong = read_row(write_row(listed), known(), campaign=CAMPAIGN.key)
    assert wrong == {}
    assert answers == listed


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (date(2026, 10, 12), "2026-10-12"),
        (datetime(2026, 10, 12, 0, 0), "2026-10-12"),  # noqa: DTZ001 (spreadsheets know no time zones)
        ("2026年10月12日", "2026-10-12"),
        ("2026/10/12", "2026-10-12"),
        ("2026.10.2", "2026-10-02"),
        ("20261012", "2026-10-12"),
        (20261012.0, "2026-10-12"),
        ("2026-10-12 00:00:00", "2026-10-12"),
    ],
)
def test_days_are_read_as_people_write_them(written: Any, stored: str) -> None:
    answers, wrong = read(走访日期=written)
    assert (answers["visited_on"], wrong) == (stored, {})


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("无", ["none"]),
        ("性侵害、性骚扰", ["sexual"]),
        ("虐待；关锁", ["abuse", "confinement"]),
        ("虐待、性侵害、性骚扰、遗弃", ["abuse", "sexual", "abandonment"]),
        ("虐待，遗弃", ["abuse", "abandonment"]),
        ("虐待\n虐待", ["abuse"]),
    ],
)
def test_several_words_in_a_cell_are_parted_but_no_word_is_torn(written: str, stored: list[str]) -> None:
    assert read(疑似受侵害=written)[0]["harm"] == stored


def test_narrow_brackets_and_short_forms_are_understood() -> None:
    answers, _ = read(人员类别="留守老年人;重度残疾人;精神残疾人(含疑似)", 救助身份="特困(分散供养)")
    assert answers["category"] == ["left_elder", "disabled", "mental"]
    assert answers["welfare"] == ["tekun_dispersed"]


def test_telephone_numbers_may_be_numbers() -> None:
    assert read(电话=13800000001.0)[0]["phone"] == "13800000001"


@pytest.mark.parametrize(
    ("cells", "header", "sentence"),
    [
        ({"居住情况": "自己住"}, "居住情况", "“自己住”不在可选项中，可填：与监护人同住、独居、与他人同住、机构、宗教场所、无固定住所"),
        ({"救助身份": "特困"}, "救助身份",
         "“特困”不在可选项中，可填：特困（分散供养）；特困（集中供养）；低保；低保边缘；孤儿；事实无人抚养儿童；无"),
        ({"身份证号": 522727195003020029.0}, "身份证号", "这一格是数字，末几位已丢失，请将该列设为“文本”格式后重新填写"),
        ({"身份证号": "522727195003020028"}, "身份证号", "身份证号：公民身份号码校验位不符，请逐位核对证件"),
        ({"出生日期": "去年"}, "出生日期", "出生日期：请按年-月-日填写日期，如2026-09-28"),
        ({"出生日期": "1950-03-03"}, "出生日期", "出生日期与身份证号不一致，请核对"),
        ({"姓名": ""}, "姓名", "请填写“姓名”"),
        ({"人员类别": "留守儿童"}, "人员类别", "留守儿童应不满16周岁，该人员76岁，请改选其他类别"),
        ({"救助身份": "无"}, "未纳入原因", "请填写“未纳入原因”"),
        ({"走访日期": "2026-10-14"}, "走访日期", "走访日期不能晚于今天，请核对"),
        ({"问题类别": "其他"}, "问题类别", "存在问题：第1行“问题描述”未填写"),
        ({"人员类别": "留守妇女"}, "人员类别", "留守妇女一般为20至59周岁，该人员76岁，请核对或者说明原因（写在“特殊情况说明”一栏）"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_cell(cells: dict[str, Any], header: str, sentence: str) -> None:
    assert read(**cells)[1][header] == sentence


def test_a_reason_on_the_line_answers_its_warnings() -> None:
    answers, wrong = read(人员类别="留守妇女", **{REASON: "按县里统计口径"})
    assert wrong == {}
    assert answers[REASONS] == {"R-73": "按县里统计口径"}


def test_who_has_no_number_is_not_registered() -> None:
    answers, wrong = read(身份证号="", 性别="女", 出生日期="1950年3月2日")
    assert (wrong, answers["household"]) == ({}, "unregistered")


def test_a_child_is_asked_for_school_and_guardian() -> None:
    wrong = read(身份证号="", 性别="男", 出生日期="2015-04-15", 人员类别="留守儿童")[1]
    assert {"就学情况", "监护情况"} <= set(wrong)


def test_an_empty_line_says_what_is_missing() -> None:
    _, wrong = read_row({}, known(), campaign=CAMPAIGN.key)
    assert {column.header for column in columns() if column.required} <= set(wrong)
