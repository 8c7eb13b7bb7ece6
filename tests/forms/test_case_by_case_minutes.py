"""P-68 “一事一议”专题会议记录: who was there, what was decided, how much."""

from typing import Any

import pytest

from forms.case_by_case_minutes import CaseByCaseMinutes
from forms.kit.chains import HEADED
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import REASONS
from forms.kit.rules import Level
from pdf.render import render
from tests.forms.sample import GRANNY, NOBODY, doc, facts

PRESENT = [
    {"name": "石若水", "post": "平舟镇社会事务办主任", "view": "agree"},
    {"name": "陆德音", "post": "平舟镇副镇长", "view": "agree"},
    {"name": "陆小梅", "post": "京舟村妇女主任", "view": "none"},
    {"name": "蒙天福", "post": "平舟镇财政所所长", "view": "disagree"},
]
SAMPLE: dict[str, Any] = {
    "met_at": "2026-10-13T08:30",
    "meeting_place": "平舟镇会议室",
    "host": "陆德音",
    "recorder": "石若水",
    "present": PRESENT,
    "person_name": "罗阿秀",
    "household": "京舟村大寨组，3人，靠其子务工",
    "hardship": "突发脑梗，住院自付4.2万元，其子同期工伤停工",
    "why_uncovered": "家庭收入略高于低保边缘标准，临时救助限额不足",
    "discussion": "财政所提出先走慈善渠道，其余人员认为情况紧急，应一并救助",
    "decision": "help",
    "form": ["cash", "referral"],
    "amount": "8000.00",
    "source": "乡镇临时救助备用金",
    "measures": "社会事务办3日内发放，并协助申请救急难基金",
}


def known(**changes: Any) -> Facts:
    return facts("522727100", **{"person": NOBODY, "resident": GRANNY, **changes})


def paper(**changes: Any) -> CaseByCaseMinutes:
    return CaseByCaseMinutes.read({**SAMPLE, **changes}, known())


def sentences(**changes: Any) -> list[str]:
    return [each.sentence for each in paper(**changes).problems(known())]


def test_a_full_record_has_nothing_against_it() -> None:
    assert CaseByCaseMinutes.chain is HEADED
    assert sentences() == []
    assert paper().answers() == SAMPLE


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"met_at": "2026-10-13T09:30"}, "会议时间不能晚于现在，请核对"),
        ({"host": "罗春和"}, "主持人罗春和不在参会人员中，请补上"),
        ({"present": [*PRESENT, PRESENT[0]]}, "参会人员石若水重复"),
        ({"present": PRESENT[:2]}, "参会人员：至少填写3行"),
        ({"amount": "0"}, "救助金额应大于0"),
        ({"amount": ""}, "请填写“救助金额（元）”"),
        ({"decision": "refuse"}, "请填写“理由”"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], sentence: str) -> None:
    assert sentences(**changes) == [sentence]


def test_help_against_the_vote_asks_for_a_reason() -> None:
    split = [*PRESENT[:1], {**PRESENT[1], "view": "disagree"}, *PRESENT[2:]]
    (told,) = paper(present=split).problems(known())
    assert (told.level, told.sentence) == (Level.WARN, "3人表决，1人同意，未过半数，请核对或者说明理由")
    assert sentences(present=split, **{REASONS: {"P-68": "镇党委会议另行研究同意"}}) == []


def test_help_in_kind_has_no_amount() -> None:
    assert sentences(form=["goods"], amount="", source="") == []


def test_it_begins_with_the_report_of_the_village() -> None:
    told = doc("hardship_report", answers={"detail": "突发脑梗"})
    first = CaseByCaseMinutes.prefill(known(papers={"hardship_report": [told]}))
    assert (first["person_name"], first["hardship"], first["meeting_place"]) == (
        "罗阿秀",
        "突发脑梗",
        "平舟镇会议室",
    )


def test_the_county_gets_a_copy_and_the_page_says_so() -> None:
    assert list(paper().cc(known())) == ["平塘县民政局"]
    face = paper().face(known(), Stamp(names={"draft": "石若水", "sign": "陆德音"}))
    assert face["copies"] == "抄送：平塘县民政局"
    assert face["foot"][:2] == [["填表人", "石若水"], ["负责人", "陆德音"]]
    assert render(face).pages == 1
