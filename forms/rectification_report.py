"""托养问题整改复查记录 — the institution has reported; the head closes the matter, which lifts a suspension. (P-36)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import HEADED, Milestone
from forms.kit.custody import CLAUSE
from forms.kit.effects import ContractorChanged, Effect, Needed, RequestAnswered, Settles, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, TextBox, YesNoBox, when
from forms.kit.inspection import Inspector
from forms.kit.paper import About, Genre, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.wording import closed, our_office

FIXED = when("outcome", "fixed")


class RectificationReport(Paper):
    """托养问题整改复查记录, S0 三（二）2（3）: R-48 lifts the suspension only on the signer's word."""

    number, code, title = "P-36", "rectification_report", "托养问题整改复查记录"
    genre, chain = Genre.FORM, HEADED
    clause = CLAUSE
    about = About.CONTRACTOR
    answers_paper = "custody_rectification"
    drafted_in = frozenset({"county_bureau", "central_station", "prefecture_bureau"})
    settles = (Settles("custody_rectification_due", Milestone.COMPLETED, shown_when=FIXED, at="reported_on"),)

    contractor_name = TextBox("托养机构", copied=True, wide=True)
    notice_no = TextBox("通知书文号", copied=True)
    rectify_by = DateBox("整改期限", copied=True)
    suspended = YesNoBox("暂停新增", copied=True)
    demanded = LongTextBox("整改要求", copied=True)
    reported_on = DateBox("收到报告", required=True)
    measures = LongTextBox("整改情况", required=True, least=10, most=500, help="逐项对照整改要求")
    checked_on = DateBox("复查日期", required=True)
    checkers = RowsBox("复查人员", Inspector, required=True)
    outcome = ChoiceBox(
        "复查结论", [("fixed", "整改到位，同意销号"), ("open", "整改不到位")], required=True, wide=True
    )
    remaining = LongTextBox("尚未整改的问题", required=True, least=5, most=300, shown_when=when("outcome", "open"))

    sections = (
        Section("通知书", ("contractor_name", "notice_no", "rectify_by", "suspended", "demanded")),
        Section("整改和复查", ("reported_on", "measures", "checked_on", "checkers")),
        Section("结论", ("outcome", "remaining"), "由分管负责人签字后生效"),
    )
    checklist = (
        Needed("report", "托养机构整改报告（扫描件）"),
        Needed("evidence", "整改佐证照片", required=False),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today as the day of the check."""
        return {"reported_on": facts.today, "checked_on": facts.today}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name institution and notice."""
        notice, known = facts.request, facts.contractor
        told = notice.answers if notice else {}
        return {
            "contractor_name": known.name if known else "",
            "notice_no": notice.doc_no or "" if notice else "",
            "rectify_by": told.get("rectify_by", ""),
            "suspended": "yes" if known and known.state == "suspended" else "no",
            "demanded": told.get("demands", ""),
        }

    @rule("R-48", clause=CLAUSE)
    def answers_a_served_notice(self, facts: Facts) -> Iterator[Problem]:
        """复查针对已送达的整改通知书."""
        notice = facts.request
        if notice is None or notice.code != self.answers_paper:
            yield Problem(
                "请从已发出的《托养问题整改通知书》登记复查", "notice_no", remedy_paper="custody_rectification"
            )
        elif notice.served_on is None:
            yield Problem("整改通知书的送达日期还未登记，请先登记送达", "notice_no")

    @rule("R-48", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """送达、收到报告、复查依次在后，都不晚于今天."""
        reported, checked, notice = self.reported_on.data, self.checked_on.data, facts.request
        if reported and notice and notice.served_on and reported < notice.served_on:
            yield Problem("收到整改报告的日期不能早于通知书送达日期，请核对", "reported_on")
        if reported and checked and checked < reported:
            yield Problem("复查日期不能早于收到整改报告的日期，请核对", "checked_on")
        if checked and checked > facts.today:
            yield Problem("复查日期不能晚于今天", "checked_on")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Close the notice; lift the suspension when nothing else keeps it up. What is not put right is demanded anew."""
        if on is not Milestone.COMPLETED:
            return
        yield RequestAnswered(self.outcome.printed)
        if self.outcome.data == "open":
            yield TaskOpened("custody_rectification", "issuer", "整改不到位，请再次下达整改通知书", "R-48")
        elif facts.contractor is not None and facts.contractor.state == "suspended" and not _others(facts):
            yield ContractorChanged({"state": "effective", "state_reason": ""})

    def heading(self, facts: Facts) -> str:
        """Name the institution in lists and registers."""
        return f"{self.title}（{self.contractor_name.data or ''}）"

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the table and what follows from it."""
        face = table_face(self, facts, stamp)
        we = our_office(facts)
        if self.outcome.data == "fixed":
            lifted = "，恢复新增托养" if self.suspended.data == "yes" and not _others(facts) else ""
            text = f"经复查，《托养问题整改通知书》（{self.notice_no.data}）所列问题已整改到位，同意销号{lifted}。"
        else:
            text = f"经复查，仍有以下问题没有整改到位：{closed(self.remaining.data or '')}。由{we}再次督促整改。"
        face["blocks"].append({"kind": "statement", "heading": "复查意见", "text": text})
        return face


def _others(facts: Facts) -> list[DocFacts]:
    """Return other notices that stopped new placements and are not closed: the suspension stays for them."""
    return [
        doc
        for doc in facts.papers.get("custody_rectification", ())
        if doc.live
        and doc.state not in {"replied", "closed"}
        and doc.answers.get("suspends") == "yes"
        and (facts.request is None or doc.uuid != facts.request.uuid)
    ]
