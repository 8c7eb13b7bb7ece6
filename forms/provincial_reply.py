"""省民政厅批复 — the province decides on a custody institution. (P-29)"""

from collections.abc import Iterable
from typing import Any

from forms.kit.chains import PROVINCE, Milestone
from forms.kit.custody import CLAUSE, kept_words, only_mental
from forms.kit.effects import Effect, RequestAnswered, Starts
from forms.kit.faces import Stamp, letter_face
from forms.kit.facts import Facts
from forms.kit.paper import Addressee, Genre, Letter
from forms.kit.provincial import AGREED, ProvincialDecision, cited, reply_title
from forms.kit.wording import closed


class ProvincialReply(ProvincialDecision, Letter):
    """省民政厅批复, S0 三（二）2（3）; wording of domain §3.8. On paper: `provincial_reply_record` (A-03)."""

    number, code, title = "P-29", "provincial_reply", "省民政厅批复"
    genre, chain = Genre.REPLY, PROVINCE
    clause = CLAUSE
    addressee = Addressee.REQUESTER
    drafted_in = frozenset({"province"})
    starts = (Starts("reply_forwarding_due", Milestone.RECEIVED, "received_at", owner="counterpart"),)

    sections = ProvincialDecision.decision_sections

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest number and term as asked for."""
        return cls.asked_terms(facts)

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Answer the request. The institution may be used once the prefecture has told the county (P-30)."""
        if on is Milestone.SENT:
            yield RequestAnswered(f"省民政厅批复：{self.decision.printed}")

    def contact(self, facts: Facts) -> tuple[str, str]:
        """Give none: a 批复 has no 附注."""
        return "", ""

    def matter(self, facts: Facts) -> str:
        """同意…承接流浪乞讨受助人员托养服务."""
        return self.heading(facts).split("关于", 1)[1].removesuffix(f"的{self.genre.value}")

    def heading(self, facts: Facts) -> str:
        """贵州省民政厅关于同意（不同意）…承接流浪乞讨受助人员托养服务的批复."""
        return reply_title(facts.issuer.name, self.decision.data or "", self.contractor_name.data or "")

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.8; a refusal says why and what to do instead."""
        request, county, name = facts.request, self.county.data or "", self.contractor_name.data
        came = f"你局《{cited(request)}》（{request.doc_no}）收悉。" if request else ""
        yield f"{came}经研究，现批复如下："
        points = self._agreed(facts, county, name) if AGREED(self) else self._refused(county, name)
        yield from (f"{number}、{point}" for number, point in zip("一二三四", points, strict=False))
        yield "此复。"

    def _agreed(self, facts: Facts, county: str, name: str | None) -> Iterable[str]:
        yield (
            f"同意{county}选择{name}承接流浪乞讨受助人员托养服务，托养人数不超过{self.approved_quota.printed}，"
            f"有效期自{self.valid_from.printed}至{self.valid_to.printed}。"
        )
        if self.decision.data == "conditions":
            yield f"请督促{county}落实以下要求：{closed(self.conditions.data or '')}。"
        known = facts.contractor
        mental = "，不得托养非精神障碍患者" if known and only_mental(known.kind, known.serves) else ""
        yield f"请督促{county}依法签订托养协议，严格分类照料，不得托养未成年人{mental}。"
        yield "请加强日常监管，受助人员身份信息查明后及时接送返回。"

    def _refused(self, county: str, name: str | None) -> Iterable[str]:
        why = closed(self.refusal.data or "")
        yield f"因{why}，不同意{county}选择{name}承接流浪乞讨受助人员托养服务。"
        yield f"请督促{county}妥善安置现有受助人员，另行选择符合条件的机构并按程序报批。"

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the reply; the institution's name stays whole in its title."""
        name = self.contractor_name.data or ""
        return {**letter_face(self, facts, stamp), "keep": kept_words(facts, name, self.county.data or "")}
