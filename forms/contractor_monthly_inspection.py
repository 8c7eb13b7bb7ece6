"""托养机构月度检查探视记录 — the station goes there every month and sees each person it placed. (P-34)"""

from collections.abc import Iterator
from typing import Any

from forms.kit.chains import Milestone
from forms.kit.custody import CLAUSE
from forms.kit.effects import Settles, Starts
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import MonthBox, TextBox, YesNoBox
from forms.kit.inspection import Inspection, owed, score
from forms.kit.paper import Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import month_end


class PersonSeen(Row):
    """One person in custody: seen and how, or why not."""

    case_no = TextBox("救助编号", required=True, most=16)
    name = TextBox("姓名（称谓）", most=20)
    seen = YesNoBox("已探视", required=True)
    note = TextBox("生活状况；未见的写原因", most=80)


class ContractorMonthlyInspection(Inspection):
    """托养机构月度检查探视记录, S0 三（二）2（3）: items of domain §3.16."""

    number, code, title = "P-34", "contractor_monthly_inspection", "托养机构月度检查探视记录"
    drafted_in = frozenset({"county_bureau", "county_station", "central_station"})
    settles = (
        Settles("custody_inspection_due", Milestone.COMPLETED),
        Settles("custody_inspection_next_due", Milestone.COMPLETED),
    )
    starts = (*Inspection.starts, Starts("custody_inspection_next_due", Milestone.COMPLETED, "month_end"))

    month = MonthBox("所属月份", required=True)
    persons = RowsBox("托养人员", PersonSeen, required=True, help="本县（市）托养的每一个人")
    living = score("生活照料")
    meals = score("饮食")
    hygiene = score("卫生")
    medicine = score("医疗用药")
    fire_safety = score("消防")
    watch = score("安全看护")
    tracing_help = score("寻亲协助")
    ledger = score("台账")

    items = ("living", "meals", "hygiene", "medicine", "fire_safety", "watch", "tracing_help", "ledger")
    sections = (
        Section("检查", ("contractor_name", "month", "inspected_on", "host", "inspectors")),
        Section("探视", ("persons",), "名单从托养登记中带入，逐人填写"),
        Section("检查项目", items),
        Section("结论", ("verdict", "grave", "findings", "demands")),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the month that is owed, today, and everybody the county has placed here."""
        placed = facts.contractor.placed_by(facts.issuer.region_code) if facts.contractor else ()
        month = owed(facts, "custody_inspection_due", "custody_inspection_next_due")
        return {
            "month": f"{month:%Y-%m}",
            "inspected_on": facts.today,
            "findings": "无",
            "persons": [{"case_no": each.case_no, "name": each.name} for each in placed],
        }

    @rule("R-46", clause=CLAUSE)
    def everybody_is_on_the_list(self, facts: Facts) -> Iterator[Problem]:
        """本县（市）托养的人员逐人列出，每人一行；没有见到的写明原因."""
        rows, known = self.persons.rows, facts.contractor
        numbers = [row.case_no.data for row in rows]
        for number in dict.fromkeys(numbers):
            if numbers.count(number) > 1:
                yield Problem(f"{number}列了{numbers.count(number)}次，每人一行", "persons")
        day = self.inspected_on.data or facts.today
        placed = known.placed_by(facts.issuer.region_code) if known else ()
        for each in placed:
            if each.starts_on <= day and each.case_no not in numbers:
                yield Problem(f"名单缺少{each.name}（{each.case_no}），请补充探视情况", "persons")
        for row in rows:
            if row.seen.data == "no" and len(row.note.data or "") < 2:
                who = row.name.data or row.case_no.data
                yield Problem(f"没有探视到{who}，请写明原因", "persons")

    @rule("R-46", clause=CLAUSE)
    def one_record_a_month(self, facts: Facts) -> Iterator[Problem]:
        """每月一份记录；所属月份不晚于本月，检查不早于所属月份."""
        month, day = self.month.data, self.inspected_on.data
        if month is None:
            return
        if month > facts.today:
            yield Problem("所属月份不能晚于本月", "month")
        if day and day < month:
            yield Problem("检查日期早于所属月份，请核对", "inspected_on")
        same = next(
            (
                doc
                for doc in facts.papers.get(self.code, ())
                if doc.live and doc.issuer == facts.issuer.name and doc.answers.get("month") == f"{month:%Y-%m}"
            ),
            None,
        )
        if same is not None:
            yield Problem(
                f"{self.month.printed}已有检查探视记录；本月再次检查的，请在整改复查或下月记录中写明", "month"
            )

    @rule("R-46", clause=CLAUSE, level=Level.WARN)
    def inspected_within_the_month(self, facts: Facts) -> Iterator[Problem]:
        """检查在所属月份内完成；补做的说明原因."""
        month, day = self.month.data, self.inspected_on.data
        if month and day and day > month_end(month):
            yield Problem(f"检查日期不在{self.month.printed}内，属补做，请说明原因", "inspected_on")

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """Count the next month from the month end that was due, while anybody is still placed here (R-46)."""
        if starts.trigger == "month_end":
            placed = facts.contractor.placed_by(facts.issuer.region_code) if facts.contractor else ()
            return month_end(self.month.data) if self.month.data and placed else None
        return super().due_trigger(starts, facts)

    def heading(self, facts: Facts) -> str:
        """Name institution and month in lists and registers."""
        return f"{self.title}（{self.contractor_name.data or ''}，{self.month.printed}）"

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the table with how many were placed and seen."""
        face = super().face(facts, stamp)
        listed = next(block for block in face["blocks"] if block.get("heading") == self.persons.label.text)
        for column, width in zip(listed["columns"], (2, 8, 5, 3, 14), strict=True):
            column["width"] = width
        rows = self.persons.rows
        seen = sum(row.seen.data == "yes" for row in rows)
        unseen = f"，未见{len(rows) - seen}人，原因见上表" if seen < len(rows) else ""
        face["blocks"].insert(
            -1, {"kind": "statement", "text": f"本县（市）托养{len(rows)}人，本月探视{seen}人{unseen}。"}
        )
        return face
