"""P-67 困难情况报告单: from the village to the township, where no rule covers it to the meeting."""

from dataclasses import replace
from datetime import date
from typing import Any

from forms.hardship_report import HardshipReport
from forms.kit.chains import CHECKED_ABOVE, Milestone
from forms.kit.effects import TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import Addressee
from pdf.render import render
from tests.forms.sample import GRANNY, NOBODY, doc, facts, organ

SAMPLE: dict[str, Any] = {
    "name": "罗阿秀",
    "sex": "女",
    "age": "76岁",
    "category": "留守老年人",
    "met_on": "2026-10-12",
    "urgency_level": "now",
    "hardship": ["illness", "income"],
    "detail": "10月11日突发脑梗，送县人民医院，家里拿不出住院押金5000元",
    "spending": "5000.00",
    "done": "村委会垫付2000元，联系其子返乡",
    "wanted": ["temporary", "medical"],
    "contact_name": "陆小梅",
    "contact_phone": "13800000009",
}


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "resident": GRANNY, "counterpart": organ("522727100")}
    return facts("522727100-01", **{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> HardshipReport:
    return HardshipReport.read({**SAMPLE, **changes}, of or known())


def test_a_full_report_has_nothing_against_it() -> None:
    assert HardshipReport.chain is CHECKED_ABOVE
    assert HardshipReport.addressee is Addressee.TOWNSHIP
    assert paper().problems(known()) == []
    assert paper().answers() == SAMPLE


def test_a_hardship_of_tomorrow_is_refused() -> None:
    assert [each.sentence for each in paper(met_on="2026-10-14").problems(known())] == [
        "发现日期不能晚于今天，请核对"
    ]


def test_what_no_rule_covers_goes_to_the_meeting_of_the_township() -> None:
    assert list(paper().effects(Milestone.COMPLETED, known())) == []
    why = "罗阿秀的困难现有政策难以明确，请召开“一事一议”专题会议"
    assert list(paper(wanted=["case_by_case"]).effects(Milestone.COMPLETED, known())) == [
        TaskOpened("case_by_case_minutes", "522727100", why, "P-68")
    ]


def test_it_begins_with_what_the_visit_told() -> None:
    visit = doc(
        "monthly_visit", answers={"visited_on": "2026-10-12", "visitor": "陆小梅", "difficulty_detail": "突发脑梗"}
    )
    assert HardshipReport.prefill(known(papers={"monthly_visit": [visit]})) == {
        "met_on": "2026-10-12",
        "detail": "突发脑梗",
        "contact_name": "陆小梅",
    }
    alone = known(resident=replace(GRANNY, answers={"visitor": "陆小梅"}))
    assert HardshipReport.prefill(alone)["met_on"] == date(2026, 10, 13)


def test_the_page_says_who_reports_to_whom() -> None:
    face = paper().face(known(), Stamp())
    assert face["number_line"] == {"left": "致：平塘县平舟镇人民政府", "right": "平塘县平舟镇京舟村村民委员会"}
    assert [label for label, _ in face["foot"]] == ["填表人", "签收人", "日期"]
    assert render(face).pages == 1
