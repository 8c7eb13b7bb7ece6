"""转知批复的函（州→县） — the prefecture passes the province's decision on; from then on it counts. (P-30)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.custody import CLAUSE, ContractorRecord, kept_words
from forms.kit.effects import (
    ContractorChanged,
    ContractorGranted,
    Effect,
    Needed,
    RequestAnswered,
    Settles,
    Starts,
    TaskOpened,
)
from forms.kit.faces import Stamp, letter_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, TextBox
from forms.kit.paper import About, Addressee, Genre, Letter, Section
from forms.kit.provincial import DECISIONS, Reply, cited, reply_to
from forms.kit.rules import Problem, rule


class ReplyForwardingLetter(Letter):
    """转知批复的函, S0 三（二）2（3）; wording of domain §3.8."""

    number, code, title = "P-30", "reply_forwarding_letter", "转知批复的函（州→县）"
    genre = Genre.LETTER
    clause = CLAUSE
    about = About.CONTRACTOR
    addressee = Addressee.REQUESTER
    answers_paper = "contractor_request_county"
    drafted_in = frozenset({"prefecture_bureau"})
    settles = (Settles("reply_forwarding_due", Milestone.SENT),)
    starts = (Starts("bureau_inspection_due", Milestone.SENT, "effective_on", owner="counterpart"),)

    request = TextBox("来文", most=200, copied=True, wide=True)
    contractor_name = TextBox("托养机构", copied=True, wide=True)
    reply_title = TextBox("批复标题", most=200, copied=True, wide=True)
    reply_no = TextBox("批复文号", copied=True)
    reply_signed_on = DateBox("批复日期", copied=True)
    decision = ChoiceBox("批复结论", DECISIONS, copied=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("来文", ("request", "contractor_name")),
        Section(
            "省民政厅批复", ("reply_title", "reply_no", "reply_signed_on", "decision"), "从批复（登记表）中带入"
        ),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (Needed("reply_scan", "批复（复印件）", required=False),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the contact of earlier letters."""
        return latest_contact(facts)

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the county's request and the decision on it."""
        request, reply = facts.request, _reply(facts)
        return {
            "request": f"{request.issuer}《{cited(request)}》（{request.doc_no or '　　'}）" if request else "",
            "contractor_name": facts.contractor.name if facts.contractor else "",
            "reply_title": reply.title if reply else "",
            "reply_no": reply.doc_no if reply else "",
            "reply_signed_on": reply.signed_on if reply else None,
            "decision": reply.decision if reply else "",
        }

    @rule("R-38", clause=f"{CLAUSE}“批复同意后再执行”")
    def the_province_has_decided(self, facts: Facts) -> Iterator[Problem]:
        """收到省民政厅批复后才能转知."""
        request = facts.request
        if request is None:
            yield Problem("请从收到的县级请示办理转知函", "request")
        elif request.state not in {"received", "in_process"}:
            yield Problem("县级请示尚未签收，或已退回、已答复，不能转知", "request")
        elif _reply(facts) is None:
            yield Problem(
                "还没有省民政厅对该请示的批复，不能转知",
                "reply_title",
                remedy="省民政厅用纸质批复的，请先登记；尚未报省的，请先报请示",
                remedy_paper="provincial_reply_record",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Make the institution usable for the county, or refused; answer the county's request."""
        reply, county = _reply(facts), facts.counterpart
        if on is not Milestone.SENT or reply is None or facts.request is None or county is None:
            return
        yield RequestAnswered(f"省民政厅批复：{self.decision.printed}")
        if reply.agreed:
            record = ContractorRecord.read(facts.request.answers).columns()
            yield ContractorGranted(
                county.region_code,
                reply.quota,
                reply.valid_from,
                reply.valid_to,
                record,
                reply.doc_no,
                reply.signed_on,
            )
            yield TaskOpened("custody_agreement", county.code, "批复已转知，请签订托养服务协议并登记", "R-38")
        elif facts.contractor is not None and facts.contractor.state == "proposed":
            yield ContractorChanged({"state": "refused", "state_reason": "省民政厅批复不同意"})

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """Quarterly inspections begin with an institution that may be used (R-47); a refusal begins none."""
        if starts.trigger == "effective_on":
            reply = _reply(facts)
            return facts.today if reply and reply.agreed else None
        return super().due_trigger(starts, facts)

    def matter(self, facts: Facts) -> str:
        """转知…承接托养服务批复意见."""
        return f"转知{self.contractor_name.data or ''}承接托养服务批复意见"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.8; after a refusal another institution has to be found."""
        request = facts.request
        came = f"你局《{cited(request)}》（{request.doc_no}）收悉。" if request else ""
        passed = f"{came}经报请省民政厅，现将《{self.reply_title.data}》（{self.reply_no.data}）转去，"
        if self.decision.data == "refuse":
            yield f"{passed}请按批复意见执行，妥善安置现有受助人员，另行选择符合条件的机构并按程序报批。"
        else:
            yield f"{passed}请按批复意见抓好落实，并于签订协议后10个工作日内将协议副本报我局备案。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """The reply itself."""
        return [self.reply_title.data] if self.reply_title.data else []

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the letter; the institution's name stays whole in its title."""
        county = facts.counterpart.name if facts.counterpart else ""
        keep = kept_words(facts, self.contractor_name.data or "", county)
        return {**letter_face(self, facts, stamp), "keep": keep}


def _reply(facts: Facts) -> Reply | None:
    return reply_to(facts, facts.request) if facts.request else None
