"""省民政厅批复登记表 — the prefecture records a reply that came on paper: number, date, scan. (P-29, A-03)"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.custody import CLAUSE
from forms.kit.effects import Effect, Needed, RequestAnswered, Starts
from forms.kit.facts import Facts
from forms.kit.fields import DateBox, TextBox
from forms.kit.paper import Genre, Section
from forms.kit.provincial import ProvincialDecision, reply_title
from forms.kit.rules import Problem, rule

_NUMBER = re.compile(r"[一-龥]{2,8}〔20\d{2}〕[1-9]\d*号")


class ProvincialReplyRecord(ProvincialDecision):
    """省民政厅批复登记表, S0 三（二）2（3）, A-03: same boxes and effects as the reply drafted in the portal."""

    number, code, title = "P-29", "provincial_reply_record", "省民政厅批复登记表"
    genre, chain = Genre.FORM, FORM
    clause = f"{CLAUSE}；A-03"
    drafted_in = frozenset({"prefecture_bureau"})
    starts = (Starts("reply_forwarding_due", Milestone.COMPLETED, "received_on"),)

    prov_doc_no = TextBox("批复文号", required=True, most=30, help="如“黔民函〔2026〕88号”")
    prov_signed_date = DateBox("批复日期", required=True, help="批复的成文日期")
    received_on = DateBox("收到日期", required=True)
    prov_title = TextBox(
        "批复标题", required=True, most=120, wide=True, help="照录；预填的标题与原件不同的，请改正"
    )

    sections = (
        *ProvincialDecision.decision_sections,
        Section("批复原件", ("prov_doc_no", "prov_signed_date", "received_on", "prov_title")),
    )
    checklist = (Needed("prov_scan", "批复原件（扫描件）"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest what was asked for, today as the day of receipt, and the title of a reply that agrees."""
        province, contractor = facts.prefecture.get("province"), facts.contractor
        title = reply_title(province.name, "agree", contractor.name) if province and contractor else ""
        return {**cls.asked_terms(facts), "received_on": facts.today, "prov_title": title}

    @rule("R-96", clause="§3.8")
    def number_is_well_formed(self, facts: Facts) -> Iterator[Problem]:
        """批复文号照原件填写：代字、六角括号年份、不编虚位的序号."""
        if self.prov_doc_no.data and not _NUMBER.fullmatch(self.prov_doc_no.data):
            yield Problem("发文字号形如“黔民函〔2026〕88号”，年份用六角括号〔〕，序号前不编虚位", "prov_doc_no")

    @rule("R-98", clause="§3.8")
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """请示、批复、收到依次在后，都不晚于今天."""
        signed, received, request = self.prov_signed_date.data, self.received_on.data, facts.request
        if signed and request and request.signed_on and signed < request.signed_on:
            yield Problem("批复日期不能早于请示的成文日期，请核对", "prov_signed_date")
        if signed and received and received < signed:
            yield Problem("收到日期不能早于批复日期，请核对", "received_on")
        if received and received > facts.today:
            yield Problem("收到日期不能晚于今天", "received_on")

    @rule("R-98", clause="§3.8")
    def title_says_the_decision(self, facts: Facts) -> Iterator[Problem]:
        """批复标题与结论一致."""
        refused, title = self.decision.data == "refuse", self.prov_title.data or ""
        if title and self.decision.data and refused != ("不同意" in title):
            yield Problem("批复标题与批复结论不一致，请照原件改正", "prov_title")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Answer the request, as the reply itself would."""
        if on is Milestone.COMPLETED:
            yield RequestAnswered(f"省民政厅批复：{self.decision.printed}")

    def heading(self, facts: Facts) -> str:
        """Name the institution in lists and registers."""
        return f"{self.title}（{self.contractor_name.data or ''}）"
