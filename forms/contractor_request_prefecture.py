"""选择托养机构的请示（州→省） — the prefecture checks a county's request and asks the province, with its own opinion. (P-28)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import PRINCIPAL
from forms.kit.custody import CLAUSE, kept_words
from forms.kit.effects import Needed
from forms.kit.faces import Stamp, letter_face
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, SelectBox, TextBox
from forms.kit.paper import About, Addressee, Genre, Letter, Section
from forms.kit.provincial import cited
from forms.kit.rules import Problem, rule
from forms.kit.wording import closed
from forms.kit.workdays import SHANGHAI

OPINION_LEAST = 20  # characters, R-40


class ContractorRequestPrefecture(Letter):
    """选择托养机构的请示（州→省）, S0 三（二）2（3）; wording of domain §3.8. Never a mere forwarding (条例 15（3）)."""

    number, code, title = "P-28", "contractor_request_prefecture", "选择托养机构的请示（州→省）"
    genre, chain = Genre.REQUEST, PRINCIPAL
    clause = CLAUSE
    about = About.CONTRACTOR
    addressee = Addressee.SUPERIOR
    answered_by = ("provincial_reply", "provincial_reply_record")
    drafted_in = frozenset({"prefecture_bureau"})

    county_request = SelectBox("所报县级请示", required=True, wide=True, help="只列已签收、尚未答复的请示")
    contractor_name = TextBox("托养机构", copied=True, wide=True)
    pref_check_method = ChoiceBox(
        "核查方式",
        [("site", "实地查看"), ("papers", "查阅材料"), ("both", "实地查看和查阅材料")],
        required=True,
    )
    pref_checked_on = DateBox("核查日期", required=True)
    pref_opinion = LongTextBox(
        "州局审核意见", most=400, help="不少于20字；接在“认为”之后，如“该机构证照齐全，分区照料条件……”"
    )
    pref_position = ChoiceBox("州局态度", [("agree", "拟同意"), ("disagree", "拟不同意")])
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("县级请示", ("county_request", "contractor_name")),
        Section(
            "核查和意见",
            ("pref_check_method", "pref_checked_on", "pref_opinion", "pref_position"),
            "须有本级意见和态度，不得原文转报",
        ),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("county_papers", "县级请示及附件（装订扫描件）"),
        Needed("check_record", "核查记录", required=False),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the newest county request that waits for an answer."""
        waiting = _waiting(facts)
        return {"county_request": waiting[0].uuid if waiting else "", **latest_contact(facts)}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the institution."""
        return {"contractor_name": facts.contractor.name if facts.contractor else ""}

    def offer(self, facts: Facts) -> None:
        """Offer the county requests about this institution that have come in."""
        self.county_request.offer(
            [(doc.uuid, f"{doc.issuer}《{cited(doc)}》（{doc.doc_no or '　　'}）") for doc in _waiting(facts)]
        )

    @rule("R-39", clause=f"{CLAUSE}；条例 14")
    def a_county_has_asked(self, facts: Facts) -> Iterator[Problem]:
        """州级请示以县级请示为据，县级请示须已签收."""
        if facts.issued("contractor_request_county") is None:
            yield Problem(
                "还没有收到该机构的县级请示，不能报省",
                "county_request",
                remedy="请由县（市）民政局先报请示",
                remedy_paper="contractor_request_county",
            )
        elif not _waiting(facts):
            yield Problem("县级请示尚未签收，或已退回补充、已经答复，现在不能报省", "county_request")

    @rule("R-40", clause="条例 15（3）")
    def own_opinion(self, facts: Facts) -> Iterator[Problem]:
        """须有本级审核意见（不少于20字）和态度，不得原文转报."""
        opinion, asked = closed(self.pref_opinion.data or ""), self._asked(facts)
        if len(opinion) < OPINION_LEAST:
            yield Problem(
                f"州局审核意见不少于{OPINION_LEAST}字，不得原文转报，请写明本级意见",
                "pref_opinion",
            )
        elif asked and opinion == closed(str(asked.answers.get("county_opinion", ""))):
            yield Problem("州局审核意见与县局意见相同，不得原文转报，请写明本级意见", "pref_opinion")
        if self.pref_position.empty:
            yield Problem("请写明州局态度：拟同意或拟不同意", "pref_position")

    @rule("R-40", clause="条例 15（3）")
    def checked_after_it_came(self, facts: Facts) -> Iterator[Problem]:
        """核查在县级请示签收之后、今天之前."""
        checked, asked = self.pref_checked_on.data, self._asked(facts)
        if checked and checked > facts.today:
            yield Problem("核查日期不能晚于今天", "pref_checked_on")
        received = asked.received_at.astimezone(SHANGHAI).date() if asked and asked.received_at else None
        if checked and received and checked < received:
            yield Problem("核查日期不能早于县级请示的签收日期，请核对", "pref_checked_on")

    @rule("R-95", clause="条例 15（4）")
    def asked_once(self, facts: Facts) -> Iterator[Problem]:
        """同一件县级请示只报省一次."""
        same = next(
            (
                doc
                for doc in facts.papers.get(self.code, ())
                if doc.live and doc.answers.get("county_request") == self.county_request.data
            ),
            None,
        )
        if same is not None and self.county_request.data:
            yield Problem(f"这件县级请示已经报省（{same.doc_no or same.title}），请等待批复", "county_request")

    def _asked(self, facts: Facts) -> DocFacts | None:
        found = facts.papers.get("contractor_request_county", ())
        return next((doc for doc in found if doc.uuid == self.county_request.data), None)

    def matter(self, facts: Facts) -> str:
        """…县选择…承接托养服务."""
        asked = self._asked(facts)
        county = asked.issuer.removesuffix("民政局") if asked else ""
        return f"{county}选择{self.contractor_name.data or ''}承接托养服务"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.8."""
        asked = self._asked(facts)
        came = f"{asked.issuer}报来《{cited(asked)}》（{asked.doc_no}）。" if asked else ""
        yield (
            f"{came}我局于{self.pref_checked_on.printed}以{self.pref_check_method.printed}方式进行了核查，"
            f"认为{closed(self.pref_opinion.data or '')}，{self.pref_position.printed}。"
        )
        yield "当否，请批示。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """The county's request with what came with it."""
        asked = self._asked(facts)
        return [f"{asked.issuer if asked else '县级'}请示及相关材料"]

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the request; the names of county and institution stay whole in its title."""
        asked = self._asked(facts)
        keep = kept_words(facts, self.contractor_name.data or "", asked.issuer if asked else "")
        return {**letter_face(self, facts, stamp), "keep": keep}


def _waiting(facts: Facts) -> list[DocFacts]:
    """Return the county requests that were taken in and wait for an answer, newest first."""
    return [doc for doc in facts.papers.get("contractor_request_county", ()) if doc.state == "in_process"]
