"""问题清单及整改销号表 — what was found, who mends it until when, who struck it off. (P-60)"""

from collections.abc import Iterator
from typing import Any

from forms.kit.chains import REPORTED, Milestone
from forms.kit.effects import Settles
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, FindingFacts
from forms.kit.fields import DateBox, IntBox, LongTextBox
from forms.kit.groups import RESULTS, SOURCES, dotted, foot, short_village, still_open, two_lines
from forms.kit.paper import About, Addressee, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date

CLAUSE = "S4 二（一）、二（二）"


class ProblemList(Paper):
    """问题清单及整改销号表, S4 二（二）: the list as it stands on the day; handed in again until nothing is open."""

    number, code, title = "P-60", "problem_list", "问题清单及整改销号表"
    clause = CLAUSE
    chain, addressee = REPORTED, Addressee.SUPERIOR
    drafted_in = frozenset({"township"})
    about = About.CAMPAIGN
    landscape = True

    reported_on = DateBox("填报日期", required=True)
    found = IntBox("问题总数", copied=True, unit="个")
    open_now = IntBox("未销号", copied=True, unit="个")
    situation = LongTextBox("整改进展说明", most=300, help="未销号的写明原因、下一步措施")

    sections = (Section("清单", ("reported_on", "found", "open_now", "situation")),)

    def all_cleared(self) -> bool:
        """Tell whether nothing is left on the list (清零)."""
        return self.open_now.data == 0

    settles = (Settles("problem_clearing_due", Milestone.SIGNED, shown_when=all_cleared),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today."""
        return {"reported_on": facts.today}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Count the list of the township."""
        return {"found": len(facts.findings), "open_now": len(still_open(facts.findings))}

    @rule("R-76", clause="S4 二（二）")
    def somebody_else_cleared(self, facts: Facts) -> Iterator[Problem]:
        """销号人与责任人不能是同一人."""
        for each in facts.findings:
            if each.cleared_on and each.cleared_by and each.cleared_by == each.owner_name:
                yield Problem(f"{each.number}由责任人{each.owner_name}本人销号，须由他人核实后销号", "open_now")

    @rule("R-76", clause="S4 二（二）", level=Level.WARN)
    def zero_by_the_second_date(self, facts: Facts) -> Iterator[Problem]:
        """问题在批次第二阶段截止日前清零；未清零的说明原因."""
        due = facts.campaign.clearing_due if facts.campaign else None
        left = len(still_open(facts.findings))
        if due and facts.today > due and left and len(self.situation.data or "") < 5:
            yield Problem(
                f"整改截止日为{chinese_date(due)}，尚有{left}个问题未销号，请说明原因和下一步措施", "situation"
            )

    @rule("R-76", clause="S4 二（一）")
    def report_is_of_today_or_before(self, facts: Facts) -> Iterator[Problem]:
        """填报日期不晚于今天."""
        if self.reported_on.data and self.reported_on.data > facts.today:
            yield Problem("填报日期不能晚于今天，请核对", "reported_on")

    def heading(self, facts: Facts) -> str:
        """Name the campaign."""
        return f"{self.title}（{facts.campaign.name}）" if facts.campaign else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """A landscape list with the heads on every page; the totals by result below."""
        made = super().face(facts, stamp)
        name = facts.campaign.name if facts.campaign else ""
        made["number_line"] = {
            "left": f"填报单位（盖章）：{facts.issuer.name}",
            "right": self.reported_on.printed,
        }
        made["blocks"] = [_table(list(facts.findings), f"排查批次：{name}", facts.issuer.name)]
        if self.situation.data:
            made["blocks"].append({"kind": "statement", "text": f"整改进展：{self.situation.data}"})
        made["foot"] = foot(stamp, {"draft": "填表人", "accept": "审核人", "own": "单位负责人"})
        return made


_COLUMNS = (
    ("序号", 2.0, "center"),
    ("问题编号", 4.8, "left"),
    ("发现时间、\n来源", 5.0, "left"),
    ("对象或场所", 6.0, "left"),
    ("问题\n类别", 2.9, "left"),
    ("问题描述", 9.4, "left"),
    ("整改措施", 6.6, "left"),
    ("责任单位、\n责任人", 6.0, "left"),
    ("整改时限", 5.0, "left"),
    ("抄告函\n文号", 4.9, "left"),
    ("整改\n结果", 3.6, "left"),
    ("销号日期、\n销号人", 5.0, "left"),
)


def _table(found: list[FindingFacts], heading: str, town: str) -> dict[str, Any]:
    results = "，".join(
        f"{words}{count}个"
        for result, words in RESULTS.items()
        if (count := sum(each.result == result for each in found))
    )
    left = len(still_open(found))
    return {
        "kind": "list",
        "heading": heading,
        "columns": [{"label": label, "width": share, "align": align} for label, share, align in _COLUMNS],
        "rows": [_line(number, each, town) for number, each in enumerate(found, start=1)],
        "totals": ["", "合计", f"{len(found)}个", "", "", results, "", "", "", "", "", f"已销号{len(found) - left}个，未销号{left}个"],
    }  # fmt: skip


def _line(number: int, each: FindingFacts, town: str) -> list[str]:
    place = f"{each.subject}（{short_village(town, each.village)}）" if each.village else each.subject
    return [
        str(number),
        two_lines(each.number),
        f"{dotted(each.found_on)}\n{SOURCES.get(each.source, each.source)}",
        place,
        each.kind,
        each.detail,
        each.measure,
        "\n".join(part for part in (each.owner_unit, each.owner_name) if part),
        dotted(each.due_on),
        each.notice_no.replace("〔", "\n〔").replace("〕", "〕\n"),
        RESULTS.get(each.result, each.result),
        f"{dotted(each.cleared_on)}\n{each.cleared_by}" if each.cleared_on else "",
    ]
