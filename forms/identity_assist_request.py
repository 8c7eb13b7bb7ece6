"""协助核查身份函 — a clue goes to a station, police or township that can follow it, or a late answer is urged. (P-23)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.faces import addressee_name
from forms.kit.facts import DocFacts, Facts
from forms.kit.fields import ChoiceBox, LongTextBox, ManyBox, SelectBox, TextBox, when
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.phrases import Phrase
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date, chinese_moment
from forms.kit.wording import (
    age_text,
    closed,
    first_organ,
    listed,
    our_office,
    person_long,
    person_short,
    your_office,
)

CLAUSE = "S0 三（二）2（2）"
CLUE = when("purpose", "clue")
REMINDER = when("purpose", "reminder")
#: Organs of the county and the prefecture that are offered by name; any other is typed.
_OFFERED = ("police", "county_bureau", "county_station", "central_station", "city_management", "hospital")


class IdentityAssistRequest(Letter):
    """协助核查身份函, S0 三（二）2（2）: composed in the house style, domain §3 has no fixed wording for it.

    The clerk records the answer: 办结 with the result in words where the clue led nowhere, 身份确认单 where it held.
    """

    number, code, title = "P-23", "identity_assist_request", "协助核查身份函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee = Addressee.NAMED
    answered_by = ("identity_confirmation",)

    purpose = ChoiceBox(
        "事由", [("clue", "有线索，商请协助核查"), ("reminder", "公安核查结果逾期，商请尽快反馈")], required=True, wide=True
    )  # fmt: skip
    to_unit = SelectBox("主送机关", required=True)
    to_name = TextBox(
        "机关全称",
        required=True,
        least=4,
        most=60,
        shown_when=when("to_unit", "other"),
        wide=True,
        help="写印章上的全称，如“广西壮族自治区河池市救助管理站”；州内乡镇写“平塘县金盆街道办事处”",
    )
    clue_source = ManyBox(
        "线索来源",
        [
            ("self", "本人自述"),
            ("accent", "口音辨识"),
            ("belongings", "随身物品"),
            ("public", "群众和志愿者提供"),
            ("face", "人像比对"),
            ("system", "全国救助信息系统比对"),
            ("other_station", "其他救助机构提供"),
        ],
        required=True,
        wide=True,
        shown_when=CLUE,
    )
    clue = LongTextBox(
        "线索内容", required=True, least=10, most=300, shown_when=CLUE, help="姓名、地名、亲属、学校、口音等，写明哪些是原话"
    )  # fmt: skip
    asks = ManyBox(
        "商请协助事项",
        [
            ("population", "核对人口（户籍）信息"),
            ("lost_report", "查询走失报案"),
            ("relatives", "查找并联系其亲属"),
            ("visit", "到线索所指村（社区）走访核实"),
            ("photo", "组织辨认照片"),
            ("face", "开展人像比对"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
        shown_when=CLUE,
    )
    ask_other = TextBox("其他事项", required=True, most=60, shown_when=(CLUE, when("asks", "other")), wide=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("致送", ("purpose", "to_unit", "to_name")),
        Section("线索和请求", ("clue_source", "clue", "asks", "ask_other")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest a clue letter to the police, or the reminder when their answer is late."""
        police = facts.county.get("police")
        told = closed(str(facts.case.get("self_clues", "")))
        return {
            "purpose": "reminder" if _late(facts) else "clue",
            "to_unit": police.code if police else "",
            "clue_source": ["self"] if told else [],
            "clue": told,
            **latest_contact(facts),
        }

    def offer(self, facts: Facts) -> None:
        """Offer the organs of the county and the central station, then any other by its name."""
        organs = {
            organ.code: organ
            for kind in _OFFERED
            for organ in (facts.county.get(kind), facts.prefecture.get(kind))
            if organ is not None and organ.code != facts.issuer.code
        }
        self.to_unit.offer(
            [*((code, organ.name) for code, organ in organs.items()), ("other", Phrase("其他机关（填写全称）"))]
        )

    @rule("R-09", clause=f"{CLAUSE}；S3-1 五（三）", level=Level.WARN)
    def quick_check_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """商请外单位协助前，先进行身份快速查询."""
        if facts.issued("quick_identity_check") is None:
            yield Problem(
                "还没有办结身份快速查询，请先查询；来不及的请说明原因",
                remedy="请填写《身份快速查询记录》",
                remedy_paper="quick_identity_check",
            )

    @rule("R-14", clause=CLAUSE)
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """身份未查明的才商请协助核查."""
        if facts.person.identified:
            yield Problem("该人员身份已经查明，无须再商请协助核查", "purpose")

    @rule("R-13", clause=CLAUSE)
    def reminder_follows_a_late_answer(self, facts: Facts) -> Iterator[Problem]:
        """公安机关自送达之日起20个工作日未反馈的，才发函催办，并发给原收函机关."""
        if self.purpose.data != "reminder":
            return
        if _late(facts) is None:
            yield Problem("公安机关反馈期限未届满（或没有待答复的DNA采集比对函），还不能催办", "purpose")
        named = self.to_unit.data == "other" and (self.to_name.data or "").endswith("公安局")
        if self.to_unit.data and not named and not self.to_unit.data.endswith("-police"):
            yield Problem("催办函应发给收到DNA采集比对函的公安机关", "to_unit")

    @rule("R-95", clause="条例 8、14")
    def not_to_ourselves(self, facts: Facts) -> Iterator[Problem]:
        """主送机关不能是本单位."""
        if self.to_name.shown(self) and (self.to_name.data or "") == facts.issuer.name:
            yield Problem("主送机关不能是本单位", "to_name")

    def matter(self, facts: Facts) -> str:
        """商请协助核查…身份; the reminder asks for the result."""
        if self.purpose.data == "reminder":
            return "商请尽快反馈1名身份不明受助人员DNA采集比对和身份核查结果"
        return f"商请协助核查{person_short(facts)}身份"

    def body(self, facts: Facts) -> Iterable[str]:
        """Letters between organs without subordination: what happened, what is known, what is asked."""
        person, we, you = facts.person, our_office(facts), your_office(addressee_name(self, facts))
        moment = chinese_moment(person.admitted_at) if person.admitted_at else ""
        late = _late(facts)
        if self.purpose.data == "reminder" and late is not None:
            about = "，".join(part for part in (person.sex, age_text(person, facts.today)) if part)
            yield (
                f"{moment}，{first_organ(facts)}救助1名身份不明人员（{about}，救助编号：{person.case_no}）。"
                f"{we}已函商{you}采集其DNA信息并协助核查身份（{late.doc_no}），"
                f"该函已于{chinese_date(late.served_on) if late.served_on else '　　'}送达。"
            )
            yield (
                "自送达之日起20个工作日的期限已经届满，尚未收到核查结果。为使其早日与家人团聚，"
                f"请{you}尽快将DNA采集比对和身份核查结果函告{we}；尚在比对或者暂未采集的，请一并告知进展和原因。"
            )
            yield "特此函商，请予函复。"
            return
        yield (
            f"{moment}，{first_organ(facts)}依法对{person_long(facts)}实施救助（救助编号：{person.case_no}）。"
            f"经快速查询，其身份信息暂未查明。{_published(facts, we)}"
        )
        yield f"根据{self.clue_source.printed}，现有以下线索：{closed(self.clue.data)}。"
        asked = listed(closed(self.ask_other.data) if key == "other" else self.asks.label_of(key)
                       for key in self.asks.data or ())  # fmt: skip
        yield (
            f"为尽快查明其身份，使其早日与家人团聚，现商请{you}根据上述线索协助{asked}，"
            f"并将核查结果函告{we}。核查中获悉的个人信息，请仅用于寻亲。"
        )
        yield "特此函商，请予函复。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """The photo with the description; the notice where one is published."""
        if self.purpose.data == "reminder":
            return []
        return ["受助人员照片及体貌特征", *(["寻亲公告"] if facts.published_notice else [])]


def _late(facts: Facts) -> DocFacts | None:
    """Return the DNA letter whose answer is overdue, None when there is none."""
    due, letter = facts.clocks.get("dna_result_due"), facts.issued("dna_request")
    overdue = due is not None and facts.now > due
    return letter if overdue and letter is not None and letter.state not in {"replied", "closed"} else None


def _published(facts: Facts, we: str) -> str:
    notice = facts.published_notice
    if notice is None or notice.sent_at is None:
        return ""
    return f"{we}已于{chinese_moment(notice.sent_at)}发布寻亲公告（公告编号：{notice.doc_no}）。"
