"""抄告函 — hazards of an eldercare place go to the department that answers for them. (P-62)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from forms.kit.blocks import contact_boxes, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Effect, ProblemsNoticed, Starts
from forms.kit.faces import Stamp, addressee_name
from forms.kit.facts import Facts, FindingFacts
from forms.kit.fields import ChoiceBox, ManyBox, SelectBox, TextBox, when
from forms.kit.groups import (
    PLACE_KINDS,
    UNLICENSED,
    hazards,
    named_problems,
    problem_words,
    problems_table,
    we,
)
from forms.kit.paper import About, Addressee, Genre, Letter, Section
from forms.kit.phrases import Phrase
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, your_office

CLAUSE = "S4 二（二）"
HAZARD = when("purpose", "hazard")
UNFIT = when("purpose", "unlicensed")
FOUND_BY: Final = [
    ("特殊群体关爱服务专项排查", "专项排查"),
    ("日常检查", "日常检查"),
    ("走访", "走访"),
    ("核查群众举报", "举报核查"),
    ("上级督查", "上级督查"),
]


class DepartmentNoticeLetter(Letter):
    """抄告函, S4 二（二）: the department has 3 working days from receipt (R-77); wording of domain §3.16.

    The same letter refers an unlicensed place that cannot be registered, without that period (函告, R-79).
    """

    number, code, title = "P-62", "department_notice_letter", "抄告函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee = Addressee.NAMED
    answered_by = ("department_feedback",)
    drafted_in = frozenset({"county_bureau", "township"})
    about = About.ORGAN
    reads_findings = True

    purpose = ChoiceBox(
        "事由",
        [("hazard", "抄告安全隐患，3个工作日内整改"), ("unlicensed", "函告无证无照养老场所，依法处理")],
        required=True,
        wide=True,
    )
    to_unit = SelectBox("主送机关", required=True)
    to_name = TextBox(
        "机关全称", required=True, least=4, most=60, shown_when=when("to_unit", "other"), wide=True,
        help="写印章上的全称，如“平塘县消防救援大队”“平塘县市场监督管理局”“平塘县住房和城乡建设局”",
    )  # fmt: skip
    found_by = SelectBox("发现途径", FOUND_BY, required=True)
    problems_told = ManyBox(
        "问题", required=True, wide=True, help="同一场所、由同一部门负责的问题写在一封函里，清单自动附在函后"
    )
    why_unfit = TextBox("不符合登记条件的情形", required=True, least=4, most=120, shown_when=UNFIT, wide=True)
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("致送", ("purpose", "to_unit", "to_name")),
        Section("问题", ("found_by", "problems_told", "why_unfit")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    starts = tuple(
        Starts("hazard_rectification_due", on, "served_on", shown_when=HAZARD)
        for on in (Milestone.SENT, Milestone.SERVED, Milestone.RECEIVED)
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take the problems of the only place that waits, and what the paper that led here says of it."""
        asked = facts.request.answers if facts.request else {}
        waiting = [each for each in facts.findings if _may_tell(each) and not each.notice_no]
        if asked.get("place_name"):
            waiting = [each for each in waiting if each.subject == asked["place_name"]]
        unfit = asked.get("eligible") == "no" or (facts.issuer.kind == "township")
        one = len({each.subject for each in waiting}) == 1
        return {
            "purpose": "unlicensed" if unfit else "hazard",
            "found_by": FOUND_BY[0][0],
            "problems_told": [each.key for each in waiting] if one else [],
            "why_unfit": closed(str(asked.get("unfit_reason", ""))),
        }

    def offer(self, facts: Facts) -> None:
        """Offer organs of the county, and the problems of places not yet struck off."""
        organs = [facts.county[kind] for kind in ("police", "city_management") if kind in facts.county]
        self.to_unit.offer(
            [*((organ.code, organ.name) for organ in organs), ("other", Phrase("其他机关（填写全称）"))]
        )
        chosen = set(self.problems_told.data or ())
        self.problems_told.offer(
            [(each.key, problem_words(each)) for each in facts.findings if _may_tell(each) or each.key in chosen]
        )

    def told(self, facts: Facts) -> list[FindingFacts]:
        """Return the problems of the letter, in the order of the list."""
        return named_problems(facts, self.problems_told.data or ())

    def place(self, facts: Facts) -> str:
        """Return the place the letter is about; blank while no problem is chosen."""
        found = self.told(facts)
        return found[0].subject if found else "　　　　"

    @rule("R-77", clause=CLAUSE)
    def one_place_a_letter(self, facts: Facts) -> Iterator[Problem]:
        """一函一场所；已销号的不再抄告；抄告函只写场所隐患，函告只写无证无照养老场所."""
        found = self.told(facts)
        if not any(_may_tell(each) for each in facts.findings):
            yield Problem(
                "问题清单上没有需要抄告的场所问题",
                "problems_told",
                remedy="请先填写《专项排查表》",
                remedy_paper="thematic_screening",
            )
        places = list(dict.fromkeys(each.subject for each in found))
        if len(places) > 1:
            yield Problem(f"所选问题涉及{len(places)}个场所（{'、'.join(places)}），请分别发函", "problems_told")
        for each in found:
            if each.cleared_on:
                yield Problem(f"{each.number}已销号，无须发函", "problems_told")
            elif self.purpose.data and (each.kind == UNLICENSED) != (self.purpose.data == "unlicensed"):
                right = "函告无证无照养老场所" if each.kind == UNLICENSED else "抄告安全隐患"
                yield Problem(f"{each.number}的类别为“{each.kind}”，事由应选“{right}”", "purpose")

    @rule("R-77", clause=CLAUSE, level=Level.WARN)
    def not_told_twice(self, facts: Facts) -> Iterator[Problem]:
        """已抄告的问题再次发函须说明原因."""
        for each in self.told(facts):
            if each.notice_no:
                yield Problem(f"{each.number}已抄告（{each.notice_no}），再次发函请说明原因", "problems_told")

    @rule("R-95", clause="条例 8、14")
    def not_to_ourselves(self, facts: Facts) -> Iterator[Problem]:
        """主送机关不能是本单位."""
        if self.to_name.shown(self) and (self.to_name.data or "") == facts.issuer.name:
            yield Problem("主送机关不能是本单位", "to_name")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Sent, the problems on the list carry the number of the letter."""
        if on is Milestone.SENT:
            yield ProblemsNoticed(tuple(self.problems_told.data or ()))

    def matter(self, facts: Facts) -> str:
        """抄告…有关问题, or 商请依法处理…."""
        if self.purpose.data == "unlicensed":
            return f"商请依法处理{self.place(facts)}无证无照经营养老服务"
        return f"抄告{self.place(facts)}有关问题"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.16."""
        ours, yours = we(facts), your_office(addressee_name(self, facts))
        found = self.told(facts)
        place = self.place(facts)
        source = self.found_by.data or "　　"
        if self.purpose.data == "unlicensed":
            first = chinese_date(found[0].found_on) if found else "　　"
            yield (
                f"{first}，{ours}在{source}中发现{place}存在无证无照经营养老服务问题（清单附后）。"
                f"经核查，该场所不符合养老服务机构登记条件：{closed(self.why_unfit.data or '')}。"
            )
            yield (
                f"现函告{yours}，请依法依规进行处理，并将处理结果反馈{ours}。"
                f"处理中涉及在住老年人安置的，{ours}予以配合。"
            )
            return
        yield (
            f"{ours}在{source}中发现{place}存在{hazards(found)}问题（清单附后），现抄告{yours}。"
            "请于收到本函之日起3个工作日内指导督促该机构完成整改，拒不整改的请依法处理，"
            f"并将结果反馈{ours}。"
        )

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """The list goes with the letter."""
        return ["问题清单"]

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """The letter, and the list on a page of its own."""
        made = super().face(facts, stamp)
        found = self.told(facts)
        within = "收到本函之日起3个工作日" if HAZARD(self) else ""
        if found:
            made["keep"] = [found[0].subject]
            made["annexes"] = [
                {"title": "问题清单", "orientation": "landscape", "table": problems_table(found, within)}
            ]
        return made


def _may_tell(each: FindingFacts) -> bool:
    return each.kind in PLACE_KINDS and each.cleared_on is None
