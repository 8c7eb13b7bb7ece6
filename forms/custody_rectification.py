"""托养问题整改通知书 — what an inspection found is to be put right; grave matters stop new placements. (P-36)"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.custody import CLAUSE
from forms.kit.effects import Needed, Settles
from forms.kit.faces import Stamp, letter_face
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import DateBox, LongTextBox, TextBox, YesNoBox
from forms.kit.limits import LIMITS
from forms.kit.paper import About, Addressee, Genre, Letter, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, our_office
from forms.kit.workdays import Calendar

_INSPECTIONS = {"contractor_monthly_inspection": "月度检查探视", "bureau_custody_inspection": "监督检查"}


class CustodyRectification(Letter):
    """托养问题整改通知书, S0 三（二）2（3）“发现问题及时处置”: composed in the house style.

    The institution answers on paper; `rectification_report` records the answer and closes the matter.
    """

    number, code, title = "P-36", "custody_rectification", "托养问题整改通知书"
    genre = Genre.LETTER
    clause = CLAUSE
    about = About.CONTRACTOR
    addressee = Addressee.NAMED
    answered_by = ("rectification_report",)
    drafted_in = frozenset({"county_bureau", "central_station", "prefecture_bureau"})
    settles = (Settles("custody_rectification_grave_due", Milestone.SENT),)

    to_name = TextBox("主送机构", copied=True, most=60, wide=True)
    inspected_on = DateBox("检查日期", copied=True)
    inspected_by = TextBox("检查方式", copied=True)
    suspends = YesNoBox("暂停新增托养", copied=True)
    findings = LongTextBox(
        "发现的问题", required=True, least=5, most=500, help="逐项写明，接在“发现以下问题：”之后"
    )
    demands = LongTextBox("整改要求", required=True, least=5, most=400, help="接在“完成整改：”之后")
    rectify_by = DateBox("整改期限", required=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section(
            "检查", ("to_name", "inspected_on", "inspected_by", "suspends"), "从最近一次发现问题的检查记录中带入"
        ),
        Section("问题和要求", ("findings", "demands", "rectify_by")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (Needed("evidence", "检查记录和照片（复印件）", required=False),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take findings and demands from the inspection; ten working days unless a limit already runs."""
        found = inspection_behind(facts)
        told = found.answers if found else {}
        inspected = str(told.get("inspected_on", "")) or facts.today.isoformat()
        return {
            "findings": told.get("findings", ""),
            "demands": told.get("demands", ""),
            "rectify_by": max(facts.today, _last_day(date.fromisoformat(inspected))),
            "urgency": "特急" if told.get("grave") == "yes" else "",
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name institution and inspection."""
        found, known = inspection_behind(facts), facts.contractor
        told = found.answers if found else {}
        grave = told.get("verdict") == "bad" or told.get("grave") == "yes"
        return {
            "to_name": known.name if known else "",
            "inspected_on": told.get("inspected_on", ""),
            "inspected_by": _INSPECTIONS[found.code] if found else "",
            "suspends": ("yes" if grave else "no") if found else "",
        }

    @rule("R-48", clause=CLAUSE)
    def an_inspection_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """整改通知以检查记录为据."""
        if inspection_behind(facts) is None:
            yield Problem(
                "没有找到发现问题的检查记录，请先填写检查记录",
                "inspected_on",
                remedy="请先填写检查记录",
                remedy_paper="bureau_custody_inspection"
                if facts.issuer.kind == "prefecture_bureau"
                else "contractor_monthly_inspection",
            )

    @rule("R-48", clause=CLAUSE)
    def time_is_given(self, facts: Facts) -> Iterator[Problem]:
        """整改期限不早于今天."""
        if self.rectify_by.data and self.rectify_by.data < facts.today:
            yield Problem("整改期限不能早于今天", "rectify_by")

    @rule("R-07", clause=CLAUSE, level=Level.WARN)
    def time_keeps_within_the_limit(self, facts: Facts) -> Iterator[Problem]:
        """整改期限一般不超过发现问题后10个工作日；确需延长的说明原因."""
        if not self.inspected_on.data or not self.rectify_by.data:
            return
        last = _last_day(self.inspected_on.data)
        if self.rectify_by.data > max(last, facts.today):
            yield Problem(f"整改期限晚于{chinese_date(last)}（发现问题后10个工作日），请说明原因", "rectify_by")

    def heading(self, facts: Facts) -> str:
        """…关于限期整改托养服务问题的通知书."""
        return f"{facts.issuer.name}关于{self.matter(facts)}的通知书"

    def matter(self, facts: Facts) -> str:
        """限期整改托养服务问题."""
        return "限期整改托养服务问题"

    def body(self, facts: Facts) -> Iterable[str]:
        """What was found, what has to be done by when, what holds meanwhile."""
        we = our_office(facts)
        yield (
            f"{self.inspected_on.printed or '　　'}，{we}对你单位承接流浪乞讨受助人员托养服务情况开展"
            f"{self.inspected_by.data or '检查'}，发现以下问题：{closed(self.findings.data or '')}。"
        )
        yield (
            f"请你单位于{self.rectify_by.printed}前完成整改：{closed(self.demands.data or '')}；"
            f"并将书面整改报告及佐证材料报{we}复查。"
        )
        if self.suspends.data == "yes":
            yield f"自发现上述问题之日起，暂停向你单位新增托养人员，经{we}复查合格后恢复。"
        yield "整改期间，请切实保障在托人员的人身安全和基本生活，不得因整改影响照料。逾期不整改或者整改不到位的，将依法依约处理。"

    def cc(self, facts: Facts) -> Sequence[str]:
        """A county reports to the prefecture with a copy (R-48)."""
        bureau = facts.prefecture.get("prefecture_bureau")
        return [bureau.name] if bureau and bureau.code != facts.issuer.code else []

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the notice as a letter to the institution."""
        return {**letter_face(self, facts, stamp), "addressee": self.to_name.data or ""}


def inspection_behind(facts: Facts) -> DocFacts | None:
    """Return the issuer's newest completed inspection if it found something to put right."""
    done = [
        doc
        for code in _INSPECTIONS
        for doc in facts.papers.get(code, ())
        if doc.issued and doc.issuer == facts.issuer.name
    ]
    found = max(done, key=lambda doc: doc.id, default=None)
    if found is None:
        return None
    wanting = found.answers.get("verdict") in {"fair", "bad"} or found.answers.get("grave") == "yes"
    return found if wanting else None


def _last_day(inspected_on: date) -> date:
    """Return the tenth working day after an inspection, on which everything should be put right."""
    return LIMITS["custody_rectification_due"].due(inspected_on, Calendar.published()).last_day
