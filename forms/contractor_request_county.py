"""选择托养机构的请示（县→州） — a county asks to use an institution that the province must approve. (P-27)"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forms.kit.blocks import contact_boxes, latest_contact, urgency_box
from forms.kit.chains import PRINCIPAL, Milestone
from forms.kit.custody import CLAUSE, ContractorRecord, kept_words
from forms.kit.effects import ContractorProposed, ContractorWithdrawn, Effect, Needed
from forms.kit.faces import Stamp, grid, letter_face, rows_block
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, LongTextBox, ManyBox, TextBox, YesNoBox, when
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.phrases import Phrase
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.wording import closed, listed

#: What must be true before the head of the bureau signs (§3.8): box → what is missing while the answer is no.
CHECKED = {
    "lawful": "机构未依法登记或登记已失效",
    "fire_safe": "消防验收（备案）材料不全",
    "medical_care": "没有医疗服务能力，也没有签订医疗服务协议",
    "sexes_apart": "未实行男女分区照料",
    "no_minors": "成年人和未成年人混住",
    "funds_clear": "收费标准和资金来源不明确",
    "draft_ready": "没有附托养服务协议草案",
    "inspections_planned": "没有月度检查探视计划",
    "opinion_formed": "没有形成本局意见",
}


class ContractorRequestCounty(ContractorRecord, Letter):
    """选择托养机构的请示（县→州）, S0 三（二）2（3）; wording of domain §3.8. One institution each (条例 15（4）)."""

    number, code, title = "P-27", "contractor_request_county", "选择托养机构的请示（县→州）"
    genre, chain = Genre.REQUEST, PRINCIPAL
    clause = CLAUSE
    addressee = Addressee.SUPERIOR
    answered_by = ("reply_forwarding_letter",)
    drafted_in = frozenset({"county_bureau"})

    reason = ManyBox(
        "公办机构不能满足的情形",
        [
            ("none", "尚未建成使用"),
            ("beds", "床位不足"),
            ("nursing", "护理力量不足"),
            ("mental", "不具备精神障碍患者照料条件"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    reason_other = TextBox(
        "其他情形", required=True, least=4, most=60, shown_when=when("reason", "other"), wide=True
    )
    fund_source = TextBox("经费来源", required=True, most=40, help="接在“所需经费从”之后")
    lawful = YesNoBox("法人登记合法有效", required=True)
    fire_safe = YesNoBox("消防验收（备案）材料齐全", required=True)
    medical_care = YesNoBox("有医疗服务能力或医疗服务协议", required=True)
    sexes_apart = YesNoBox("男女分区照料", required=True)
    no_minors = YesNoBox("成年人照料区没有未成年人", required=True)
    funds_clear = YesNoBox("收费标准、资金来源明确", required=True)
    draft_ready = YesNoBox("附有托养服务协议草案", required=True)
    inspections_planned = YesNoBox("有月度检查探视计划", required=True)
    opinion_formed = YesNoBox("已形成本局意见", required=True)
    gov_consent = ChoiceBox(
        "本级人民政府意见", [("yes", "属重大事项，已经同意"), ("not_needed", "不属重大事项，无须报经同意")], wide=True
    )  # fmt: skip
    gov_reason = TextBox(
        "无须报经同意的理由", required=True, least=5, most=100, shown_when=when("gov_consent", "not_needed"), wide=True
    )  # fmt: skip
    county_opinion = LongTextBox(
        "本局意见", required=True, least=20, most=300, help="不少于20字，写明拟选择的理由和态度"
    )
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        *ContractorRecord.record_sections,
        Section("理由和经费", ("reason", "reason_other", "fund_source")),
        Section("报送前核对", tuple(CHECKED), "九项都为“是”才能报送"),
        Section("意见", ("gov_consent", "gov_reason", "county_opinion")),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("licences", "资质证照（扫描件）"),
        Needed("site_report", "实地考察报告"),
        Needed("contract_draft", "托养服务协议草案"),
        Needed("inspection_plan", "月度检查探视计划"),
        Needed("gov_consent", "本级人民政府同意的材料", shown_when=when("gov_consent", "yes")),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take over what is on file of an institution proposed again."""
        return {"fund_source": "困难群众救助补助资金", **cls.known_record(facts), **latest_contact(facts)}

    @rule("R-37", clause=f"{CLAUSE}；A-06")
    def public_institutions_are_filed(self, facts: Facts) -> Iterator[Problem]:
        """公办公营的机构由县（市）选定并备案，不报省民政厅批复（R-41）."""
        if self.contractor_type.data and not self.goes_to_province and self.operator_type.data:
            yield Problem(
                "公办公营的机构由县（市）选定并备案，不需报省民政厅批复",
                "contractor_type",
                remedy="请办理《公办托养机构选择备案表》",
                remedy_paper="contractor_public_filing",
            )

    @rule("R-39", clause=f"{CLAUSE}；条例 14")
    def goes_up_step_by_step(self, facts: Facts) -> Iterator[Problem]:
        """逐级报送：县级请示主送州民政局，不得越级主送省民政厅."""
        to = facts.counterpart
        if to is not None and to.kind != "prefecture_bureau":
            yield Problem(f"请示须逐级报送，主送机关应为州民政局，不能是{to.name}")

    @rule("R-37", clause=f"{CLAUSE}；§3.8")
    def everything_is_checked(self, facts: Facts) -> Iterator[Problem]:
        """报送前核对的九项都为“是”."""
        for name, missing in CHECKED.items():
            if self[name].data == "no":
                yield Problem(f"{missing}，不能报送；请先落实", name)

    @rule("R-37", clause="条例 15（2）", level=Level.WARN)
    def government_consent_is_considered(self, facts: Facts) -> Iterator[Problem]:
        """向上级主管部门请示重大事项，须经本级人民政府同意."""
        if self.gov_consent.empty:
            yield Problem("未填写本级人民政府意见；不填的，请说明原因", "gov_consent")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Put the institution on file as proposed, until the request comes to nothing."""
        if on is Milestone.SUBMITTED:
            yield ContractorProposed(self.columns())
        if on is Milestone.ENDED:
            yield ContractorWithdrawn(Phrase("请示已取消、未获同意、未作答复或已作废"))

    def matter(self, facts: Facts) -> str:
        """选择…承接流浪乞讨受助人员托养服务."""
        return f"选择{self.contractor_name.data or ''}承接流浪乞讨受助人员托养服务"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.8."""
        within = f"{facts.issuer.self_word.removeprefix('我')}内"
        why = listed(
            closed(self.reason_other.data or "") if key == "other" else self.reason.label_of(key)
            for key in self.reason.data or ()
        )
        yield (
            f"因{within}公办福利、养老、精神康复机构{why}，不能满足受助人员照料需要，我局拟选择{self.contractor_name.data}"
            f"（{self.kind_words}）承接流浪乞讨受助人员托养服务。现将有关情况请示如下："
        )
        yield (
            f"一、机构情况。该机构核定床位{self.beds.printed}，从业人员{self.staff.printed}，"
            f"其中护理人员{self.carers.printed}，证照齐全，实地考察结论为{self.site_result.printed}。"
        )
        yield (
            f"二、选择方式及费用。通过{self.selection_words}选择，托养费用每人每月{self.price_month.printed}元，"
            f"所需经费从{closed(self.fund_source.data or '')}列支。"
        )
        yield ("三、监管安排。签订托养协议，救助管理机构每月开展监督检查和探视，我局定期检查，发现问题及时处置。")
        yield f"四、我局意见。{closed(self.county_opinion.data or '')}。"
        yield (
            f"拟托养人数{self.quota.printed}，期限自{self.term_from.printed}至{self.term_to.printed}。当否，请批示。"
        )

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """The record of the institution is printed behind the request; the scans go with it."""
        consent = ["本级人民政府同意的材料"] if self.gov_consent.data == "yes" else []
        return ["托养机构基本情况表", "资质证照", "实地考察报告", "托养服务协议草案", "月度检查探视计划", *consent]

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the request with the record of the institution as its first annex."""
        face = letter_face(self, facts, stamp)
        blocks: list[dict[str, Any]] = []
        for section in self.record_sections:
            boxes = [self[name] for name in section.fields if self[name].shown(self)]
            plain = [box for box in boxes if not isinstance(box, RowsBox)]
            blocks.append({"kind": "fields", "heading": section.title, "rows": grid(plain)})
            blocks += [rows_block(box) for box in boxes if isinstance(box, RowsBox) and not box.empty]
        face["keep"] = kept_words(facts, self.contractor_name.data or "")
        face["annexes"] = [{"title": "托养机构基本情况表", "orientation": "portrait", "blocks": blocks}]
        return face
