"""P-60 问题清单: the list as it stands, cleared by somebody else, zero by the second date (R-76)."""

from dataclasses import replace
from datetime import date
from typing import Any

from forms.kit.chains import REPORTED, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, FindingFacts
from forms.kit.paper import REASONS
from forms.problem_list import ProblemList
from pdf.render import render
from tests.forms.sample import CAMPAIGN, NOBODY, facts, finding, organ

CLEARED = finding(
    2, kind="应保未保", subject="罗阿秀", village="平塘县平舟镇京舟村村民委员会", source="screening",
    detail="低保未申请", measure="协助申请",
    result="rectified", cleared_on=date(2026, 10, 12), cleared_by="韦小兰",
)  # fmt: skip
SAMPLE: dict[str, Any] = {"reported_on": "2026-10-13", "situation": "1个问题已抄告消防部门"}


def known(**changes: Any) -> Facts:
    first = {
        "person": NOBODY,
        "campaign": CAMPAIGN,
        "findings": (finding(), CLEARED),
        "counterpart": organ("522727-bureau"),
    }
    return facts("522727100", **{**first, **changes})


def paper(of: Facts | None = None, **changes: Any) -> ProblemList:
    return ProblemList.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [each.sentence for each in paper(of, **changes).problems(of or known())]


def met(of: Facts) -> list[str]:
    form = paper(of)
    return [each.limit for each in form.settles if each.on is Milestone.SIGNED and each.shown_when(form)]


def test_a_list_with_open_problems_may_be_handed_in() -> None:
    assert ProblemList.chain is REPORTED
    assert sentences() == []
    assert paper().answers() == {**SAMPLE, "found": "2", "open_now": "1"}


def test_only_an_empty_list_meets_the_second_date() -> None:
    assert met(known()) == []
    assert met(known(findings=(CLEARED,))) == ["problem_clearing_due"]
    assert met(known(findings=())) == ["problem_clearing_due"]


def test_an_item_cleared_by_its_owner_is_refused() -> None:
    own = replace(CLEARED, cleared_by="陆永福")
    assert sentences(known(findings=(own,))) == ["问522727-2026-0002由责任人陆永福本人销号，须由他人核实后销号"]


def test_after_the_second_date_open_problems_ask_for_an_explanation() -> None:
    late = known(now="2026-12-01 09:00")
    assert sentences(late, situation="") == [
        "整改截止日为2026年11月30日，尚有1个问题未销号，请说明原因和下一步措施"
    ]
    assert sentences(late, situation="消防部门正在处理") == []
    assert sentences(late, situation="", **{REASONS: {"R-76": "等待消防部门验收"}}) == []
    assert sentences(known(now="2026-11-30 09:00"), situation="") == []


def test_a_list_of_tomorrow_is_refused() -> None:
    assert sentences(reported_on="2026-10-14") == ["填报日期不能晚于今天，请核对"]


def test_the_page_lists_every_column_and_adds_up() -> None:
    face = paper().face(known(), Stamp())
    table = face["blocks"][0]
    assert [column["label"].replace("\n", "") for column in table["columns"]] == [
        "序号", "问题编号", "发现时间、来源", "对象或场所", "问题类别", "问题描述", "整改措施", "责任单位、责任人", "整改时限",
        "抄告函文号", "整改结果", "销号日期、销号人",
    ]  # fmt: skip
    assert table["rows"][1] == [
        "2", "问522727-\n2026-0002", "2026.10.8\n附件1", "罗阿秀（京舟村）", "应保未保", "低保未申请", "协助申请",
        "平塘县平舟镇人民政府\n陆永福", "2026.11.30", "", "已整改", "2026.10.12\n韦小兰",
    ]  # fmt: skip
    assert table["totals"][1:3] == ["合计", "2个"]
    assert table["totals"][5] == "整改中1个，已整改1个"
    assert table["totals"][-1] == "已销号1个，未销号1个"
    assert face["blocks"][1]["text"] == "整改进展：1个问题已抄告消防部门"


def thirty() -> tuple[FindingFacts, ...]:
    """Return thirty problems with long words, every third cleared."""
    return tuple(
        finding(
            n, subject="平塘县平舟镇六硐河夕阳红居家养老服务中心（个体）",
            detail="二楼疏散通道堆放杂物，安全出口上锁，灭火器过期未更换，" * (1 + n % 3),
            measure="清理通道、更换灭火器，由消防部门复查", notice_no="平民函〔2026〕37号", village="平塘县平舟镇京舟村村民委员会",
            **({"result": "rectified", "cleared_on": date(2026, 10, 12), "cleared_by": "韦小兰"} if n % 3 == 0 else {}),
        )
        for n in range(1, 31)
    )  # fmt: skip


def test_thirty_problems_run_over_pages() -> None:
    of = known(findings=thirty())
    assert render(paper(of).face(of, Stamp())).pages > 2
