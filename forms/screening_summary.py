"""排查情况汇总表（附件2） — a township adds its villages up; every figure is counted from the forms. (P-59)"""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from forms.kit.chains import REPORTED, Milestone
from forms.kit.effects import Settles
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, VillageFacts
from forms.kit.fields import DateBox, IntBox, LongTextBox, SelectBox, TextBox
from forms.kit.groups import foot, short_village
from forms.kit.paper import About, Addressee, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date

CLAUSE = "S4 二（一）"
#: Columns of 附件2 after the village, with what is counted; 合计 counts a person once, each category once more (R-75).
COUNTED: Final = (
    ("left_elder", "留守老年人"),
    ("left_child", "留守儿童"),
    ("left_woman", "留守妇女"),
    ("disabled", "重度残疾人"),
    ("mental", "精神残疾人"),
    ("intellectual", "智力残疾人"),
    ("suspected", "疑似精\n神智力\n障碍"),
    ("migrant", "外来困难"),
    ("other", "其他"),
    ("not_covered", "应保未保"),
    ("guardian_failing", "监护缺\n失或不\n履行"),
    ("harmed", "疑似受侵害"),
    ("problems", "存在问题数"),
    ("cleared", "已整改"),
    ("open", "未整改"),
)


class Remark(Row):
    """备注 of one village."""

    village = SelectBox("村（社区）", required=True)
    remark = TextBox("备注", required=True, most=30)


class ScreeningSummary(Paper):
    """排查情况汇总表, S4 二（一）附件2: one row per village, the totals computed, never typed."""

    number, code, title = "P-59", "screening_summary", "特殊群体排查情况汇总表"
    clause = CLAUSE
    chain, addressee = REPORTED, Addressee.SUPERIOR
    drafted_in = frozenset({"township"})
    about = About.CAMPAIGN
    landscape = True

    reported_on = DateBox("填报日期", required=True)
    total = IntBox(
        "核对合计人数", required=True, unit="人", help="与各村（社区）名册核对；与情况表不一致的不能报送"
    )
    remarks = RowsBox("备注", Remark, most=60)
    situation = LongTextBox("需要说明的情况", most=200)

    sections = (Section("汇总", ("reported_on", "total", "remarks", "situation")),)
    settles = (Settles("screening_summary_due", Milestone.SIGNED),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today and the number of forms that are in."""
        return {"reported_on": facts.today, "total": _persons(facts)}

    def offer(self, facts: Facts) -> None:
        """Offer the villages of the township."""
        for entry in self.remarks.entries:
            entry.form.village.offer([(each.code, _short(facts, each)) for each in _villages(facts)])

    @rule("R-75", clause=CLAUSE)
    def every_village_is_in(self, facts: Facts) -> Iterator[Problem]:
        """所有村（社区）的情况表都已审核，才能报送."""
        villages = _villages(facts)
        missing = [_short(facts, each) for each in villages if not each.reported]
        if not villages:
            yield Problem("本乡镇（街道）还没有登记村（社区），请联系系统管理员", "total")
        if missing:
            yield Problem(
                f"{len(villages)}个村（社区）中已报{len(villages) - len(missing)}个，未报：{'、'.join(missing)}",
                "total",
                remedy="请催报并审核其《特殊群体排查情况表》",
            )

    @rule("R-75", clause=CLAUSE)
    def total_equals_the_forms(self, facts: Facts) -> Iterator[Problem]:
        """合计人数与情况表一致."""
        counted = _persons(facts)
        if self.total.data is not None and self.total.data != counted:
            yield Problem(
                f"核对合计人数为{self.total.data}人，情况表合计为{counted}人，不一致",
                "total",
                remedy="请与各村（社区）核对，补报或者更正情况表后再报送",
            )

    @rule("R-75", clause=CLAUSE)
    def report_is_of_today_or_before(self, facts: Facts) -> Iterator[Problem]:
        """填报日期不晚于今天."""
        if self.reported_on.data and self.reported_on.data > facts.today:
            yield Problem("填报日期不能晚于今天，请核对", "reported_on")

    @rule("R-75", clause=CLAUSE, level=Level.NOTE)
    def campaign_date(self, facts: Facts) -> Iterator[Problem]:
        """报送截止日为批次规定的日期，不顺延."""
        if facts.campaign and facts.today > facts.campaign.screening_due:
            yield Problem(f"报送截止日为{chinese_date(facts.campaign.screening_due)}，已经超过，请立即报送")

    def heading(self, facts: Facts) -> str:
        """Name the campaign."""
        return f"{self.title}（{facts.campaign.name}）" if facts.campaign else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """附件2: a landscape table with the totals below, the seal over the name of the township."""
        made = super().face(facts, stamp)
        day = self.reported_on.printed
        name = facts.campaign.name if facts.campaign else ""
        made["number_line"] = {"left": f"附件2　填报单位（盖章）：{facts.issuer.name}", "right": day}
        made["blocks"] = [self._table(facts, f"排查批次：{name}")]
        if self.situation.data:
            made["blocks"].append({"kind": "statement", "text": f"说明：{self.situation.data}"})
        made["foot"] = foot(stamp, {"draft": "填表人", "accept": "审核人", "own": "单位负责人"})
        return made

    def _table(self, facts: Facts, heading: str) -> dict[str, Any]:
        villages = _villages(facts)
        remarks = {row.village.data: row.remark.data for row in self.remarks.rows}
        labels = [("序号", 2.0, "center"), ("村（居、社区）", 8.6, "left"), ("排查人数合计", 3.2, "right")]
        labels += [(label, 4.0 if "\n" in label else 2.9, "right") for _, label in COUNTED]
        labels += [("走访\n覆盖率", 4.0, "right"), ("备注", 4.0, "left")]
        rows = [
            [str(number), _short(facts, each), *figures([each]), remarks.get(each.code, "")]
            for number, each in enumerate(villages, start=1)
        ]
        return {
            "kind": "list",
            "heading": heading,
            "columns": [{"label": label, "width": share, "align": align} for label, share, align in labels],
            "rows": rows,
            "totals": ["", "合计", *figures(villages), ""],
        }


def figures(villages: Sequence[VillageFacts]) -> list[str]:
    """Return persons, every counted column and the coverage, of one village or of several together."""
    counts = {key: sum(each.counts.get(key, 0) for each in villages) for key, _ in COUNTED}
    counts["open"] = counts["problems"] - counts["cleared"]
    persons = sum(each.residents for each in villages)
    return [str(persons), *(str(counts[key]) for key, _ in COUNTED), coverage(villages)]


def coverage(villages: Sequence[VillageFacts]) -> str:
    """Return persons seen in the month of all on file: 66.7%, rounded half up; a dash where nobody is on file."""
    persons, seen = sum(each.residents for each in villages), sum(each.visited for each in villages)
    if not persons:
        return "—"
    return f"{(Decimal(100 * seen) / persons).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def _villages(facts: Facts) -> Sequence[VillageFacts]:
    return facts.campaign.villages if facts.campaign else ()


def _persons(facts: Facts) -> int:
    return sum(each.residents for each in _villages(facts))


def _short(facts: Facts, village: VillageFacts) -> str:
    return short_village(facts.issuer.name, village.name)
