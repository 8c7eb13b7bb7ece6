"""Inspections of custody institutions: what the station's monthly and the bureau's quarterly record share (P-34, P-35).

Source: S0 三（二）2（3）; rules R-46 to R-48; items of domain §3.16.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

from forms.kit.chains import FORM, Milestone
from forms.kit.custody import CLAUSE
from forms.kit.effects import ContractorChanged, Effect, Needed, Starts, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, NameBox, TextBox, YesNoBox
from forms.kit.paper import About, Genre, Paper
from forms.kit.phrases import Phrase
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.timespan import month_end
from forms.kit.workdays import SHANGHAI

SCORES = [("good", "合格"), ("fair", "基本合格"), ("bad", "不合格")]


class Inspector(Row):
    """Somebody who inspected."""

    name = NameBox("姓名", required=True)
    post = TextBox("单位及职务", most=40)


def score(label: str) -> Any:
    """Return the box of one item: 合格, 基本合格 or 不合格."""
    return ChoiceBox(label, SCORES, required=True)


def failed(paper: Any) -> bool:
    """Tell whether the institution may take nobody new for now: 不合格, or something grave (R-48)."""
    return bool(paper.verdict.data == "bad" or paper.grave.data == "yes")


def troubled(paper: Any) -> bool:
    """Tell whether something has to be put right."""
    return paper.verdict.data in {"fair", "bad"} or failed(paper)


class Inspection(Paper):
    """A visit to a custody institution with items, findings and verdict. 不合格 or grave suspends it (R-48)."""

    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    about = About.CONTRACTOR
    items: ClassVar[tuple[str, ...]]  # names of the boxes that are scored

    contractor_name = TextBox("托养机构", copied=True, wide=True)
    inspected_on = DateBox("检查日期", required=True)
    inspectors = RowsBox("检查人员", Inspector, required=True)
    host = NameBox("陪同人员", required=True)
    verdict = ChoiceBox("总体结论", SCORES, required=True)
    grave = YesNoBox("重大问题", required=True, help="发现危及生命健康、虐待、限制人身自由、消防重大隐患等")
    findings = LongTextBox("发现的问题", most=500, help="不合格、基本合格或有重大问题的必须填写；没有的写“无”")
    demands = LongTextBox("整改要求", most=300)

    checklist = (
        Needed("photos", "现场照片"),
        Needed("signed_sheet", "双方签字的记录（扫描件）", required=False),
    )
    starts: ClassVar[tuple[Starts, ...]] = (
        Starts("custody_rectification_grave_due", Milestone.COMPLETED, "inspected_on", shown_when=failed),
        Starts("custody_rectification_due", Milestone.COMPLETED, "inspected_on", shown_when=troubled),
    )

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the institution."""
        return {"contractor_name": facts.contractor.name if facts.contractor else ""}

    @rule("R-48", clause=CLAUSE)
    def verdict_follows_the_items(self, facts: Facts) -> Iterator[Problem]:
        """有不合格项或重大问题的，总体结论不能为合格；问题须写明."""
        scores = [self[name].data for name in self.items]
        if self.verdict.data == "good" and "bad" in scores:
            yield Problem("有不合格项，总体结论不能为合格", "verdict")
        if self.verdict.data == "good" and self.grave.data == "yes":
            yield Problem("有重大问题，总体结论不能为合格", "verdict")
        wanting = troubled(self) or "fair" in scores or "bad" in scores
        if wanting and len(self.findings.data or "") < 5:
            yield Problem("请写明发现的问题", "findings")

    @rule("R-48", clause=CLAUSE)
    def inspected_before_today(self, facts: Facts) -> Iterator[Problem]:
        """检查日期不晚于今天."""
        if self.inspected_on.data and self.inspected_on.data > facts.today:
            yield Problem("检查日期不能晚于今天", "inspected_on")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Suspend an institution that failed, and ask for the letter that demands rectification."""
        if on is not Milestone.COMPLETED or not troubled(self):
            return
        day = self.inspected_on.printed
        if failed(self) and facts.contractor is not None and facts.contractor.state == "effective":
            why = "不合格" if self.verdict.data == "bad" else "发现重大问题"
            yield ContractorChanged({"state": "suspended", "state_reason": f"{facts.issuer.name}{day}检查{why}"})
        why = (
            "检查不合格或发现重大问题，请当日下达整改通知书" if failed(self) else "检查发现问题，请下达整改通知书"
        )
        yield TaskOpened("custody_rectification", "issuer", why, "R-48")

    def signatures(self) -> dict[str, Any]:
        """Return the foot block on which the inspectors and the institution sign."""
        return {
            "kind": "signatures",
            "boxes": [
                {"label": "检查人员（签字）", "name": "", "time": ""},
                {"label": "托养机构负责人（签字盖章）", "name": "", "time": ""},
            ],
        }

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the table and room for both signatures."""
        face = table_face(self, facts, stamp)
        face["blocks"].append(self.signatures())
        return face


def owed(facts: Facts, *limits: str) -> date:
    """Return a day of the period whose inspection is owed first, today's where none is open or it lies ahead."""
    due = [facts.clocks[limit] for limit in limits if limit in facts.clocks]
    if not due:
        return facts.today
    last = (min(due) - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    return min(last, facts.today)


def quarter_of(day: date) -> str:
    """Return the quarter of a day as a box keeps it: 2026-4."""
    return f"{day.year}-{(day.month + 2) // 3}"


def quarter_words(key: str) -> str:
    """Write a quarter: 2026年第4季度."""
    year, number = key.split("-")
    return Phrase("%(year)s年第%(number)s季度", year=year, number=number)


def quarter_days(key: str) -> tuple[date, date]:
    """Return the first and last day of a quarter."""
    year, number = (int(part) for part in key.split("-"))
    return date(year, 3 * number - 2, 1), month_end(date(year, 3 * number, 1))
