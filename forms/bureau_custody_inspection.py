"""民政部门托养监督检查记录 — the bureau inspects an institution every quarter. (P-35)"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from forms.kit.chains import Milestone
from forms.kit.custody import CLAUSE
from forms.kit.effects import Settles, Starts
from forms.kit.facts import Facts
from forms.kit.fields import IntBox, SelectBox
from forms.kit.inspection import Inspection, owed, quarter_days, quarter_of, quarter_words, score
from forms.kit.paper import Section
from forms.kit.rules import Level, Problem, rule


class BureauCustodyInspection(Inspection):
    """民政部门托养监督检查记录, S0 三（二）2（3）“定期”: each quarter by the county; whenever it likes by the prefecture."""

    number, code, title = "P-35", "bureau_custody_inspection", "民政部门托养监督检查记录"
    drafted_in = frozenset({"county_bureau", "central_station", "prefecture_bureau"})
    settles = (
        Settles("bureau_inspection_due", Milestone.COMPLETED),
        Settles("bureau_inspection_next_due", Milestone.COMPLETED),
    )
    starts = (*Inspection.starts, Starts("bureau_inspection_next_due", Milestone.COMPLETED, "quarter_end"))

    quarter = SelectBox("所属季度", required=True)
    persons_placed = IntBox("在托人数", copied=True, unit="人")
    approved_quota = IntBox("核定人数", copied=True, unit="人")
    licences = score("证照资质")
    agreement_kept = score("协议履行")
    sorted_care = score("分类照料")
    no_minors = score("未成年人混托排查")
    staffing = score("人员配备")
    fire_safety = score("消防安全")
    food_safety = score("食品安全")
    medicine = score("医疗用药")
    fees = score("费用结算")
    monthly_records = score("月度检查记录")

    items = (
        "licences", "agreement_kept", "sorted_care", "no_minors", "staffing", "fire_safety", "food_safety", "medicine",
        "fees", "monthly_records",
    )  # fmt: skip
    sections = (
        Section(
            "检查",
            (
                "contractor_name",
                "quarter",
                "persons_placed",
                "approved_quota",
                "inspected_on",
                "host",
                "inspectors",
            ),
        ),
        Section("检查项目", items),
        Section("结论", ("verdict", "grave", "findings", "demands")),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the quarter that is owed, and today."""
        day = owed(facts, "bureau_inspection_due", "bureau_inspection_next_due")
        return {"quarter": quarter_of(day), "inspected_on": facts.today, "findings": "无"}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Count who is in custody there now: of the county that inspects, of all counties for the prefecture."""
        known = facts.contractor
        if known is None:
            return super().copied(facts)
        whole = facts.issuer.kind == "prefecture_bureau"
        placed, quota = (
            (known.placed, known.whole_quota) if whole else (known.placed_by(known.county), known.quota)
        )
        return {**super().copied(facts), "persons_placed": len(placed), "approved_quota": quota}

    def offer(self, facts: Facts) -> None:
        """Offer this quarter and those of the year before it."""
        keys, day = list[str](), facts.today
        while len(keys) < 5:
            keys.append(quarter_of(day))
            day = quarter_days(keys[-1])[0] - timedelta(days=1)
        self.quarter.offer([(key, quarter_words(key)) for key in keys])

    @rule("R-47", clause=CLAUSE)
    def one_record_a_quarter(self, facts: Facts) -> Iterator[Problem]:
        """每季度一份记录，检查不早于所属季度."""
        key, day = self.quarter.data, self.inspected_on.data
        if key not in self.quarter.words or not key:
            return
        if day and day < quarter_days(key)[0]:
            yield Problem("检查日期早于所属季度，请核对", "inspected_on")
        papers = facts.papers.get(self.code, ())
        own = [doc for doc in papers if doc.live and doc.issuer == facts.issuer.name]
        if any(doc.answers.get("quarter") == key for doc in own) and facts.issuer.kind != "prefecture_bureau":
            yield Problem(f"{quarter_words(key)}已有监督检查记录", "quarter")

    @rule("R-47", clause=CLAUSE, level=Level.WARN)
    def inspected_within_the_quarter(self, facts: Facts) -> Iterator[Problem]:
        """检查在所属季度内完成；补做的说明原因."""
        key, day = self.quarter.data, self.inspected_on.data
        if key and key in self.quarter.words and day and day > quarter_days(key)[1]:
            yield Problem(f"检查日期不在{quarter_words(key)}内，属补做，请说明原因", "inspected_on")

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """Count the next quarter from the quarter end that was due; the prefecture owes no rhythm (R-47)."""
        if starts.trigger != "quarter_end":
            return super().due_trigger(starts, facts)
        known, key = facts.contractor, self.quarter.data
        goes_on = known is not None and known.state in {"effective", "suspended"}
        if facts.issuer.kind == "prefecture_bureau" or not goes_on or not key:
            return None
        return quarter_days(key)[1]

    def heading(self, facts: Facts) -> str:
        """Name institution and quarter in lists and registers."""
        return f"{self.title}（{self.contractor_name.data or ''}，{self.quarter.printed}）"
