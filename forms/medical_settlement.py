"""出院医保核查及费用结算单 — insurance is checked first; what nobody else covers the responsible county pays. (P-48)"""

from collections.abc import Iterator
from typing import Any

from forms.kit.blocks import copied_person, person_boxes
from forms.kit.chains import STANDARD
from forms.kit.effects import Needed
from forms.kit.faces import Stamp, sealed_table
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, MoneyBox, SelectBox, TextBox, when
from forms.kit.medical import CLAUSE, INSURANCE, PAYER_CLAUSE, SCHEMES, SETTLEMENT, payer_of, payers, referral_of
from forms.kit.money import both, yuan
from forms.kit.paper import Addressee, Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import brief_person, cells, fields, ink, whole_row
from forms.kit.wording import closed

INSURED = when("insurance_checked", "insured")
CHECKED = when("insurance_checked", "insured", "uninsured")
UNKNOWN = when("insurance_checked", "unknown")
#: The parts of the bill in the order of payment (R-65, A-27).
PARTS = ("insured_part", "medical_aid", "emergency_fund", "self_part")


class MedicalSettlement(Paper):
    """出院医保核查及费用结算单, S0 三（二）2（5）: 出院时必须核查是否参加医疗保险，据实结算费用; fields of §3.16."""

    number, code, title = "P-48", "medical_settlement", "出院医保核查及费用结算单"
    genre, chain = Genre.FORM, STANDARD
    clause = f"{CLAUSE}；{PAYER_CLAUSE}"
    addressee = Addressee.NAMED
    copies = "一式三份（医院、财务、案卷）"

    person_name, person_sex, person_age = person_boxes()
    id_number = TextBox("公民身份号码", copied=True)
    to_name = TextBox(
        "定点医疗机构", required=True, least=4, most=60, wide=True, help="写医院全称；结算单送该院和财务"
    )
    hospitalised_on = DateBox("入院日期", required=True)
    discharged_on = DateBox("出院日期", required=True)
    outcome = ChoiceBox(
        "出院情况",
        [("cured", "治愈"), ("better", "好转"), ("unhealed", "未愈"), ("transferred", "转院"), ("died", "死亡")],
        required=True,
    )
    diagnosis = TextBox("出院诊断", required=True, most=100, wide=True)

    insurance_checked = ChoiceBox("核查结论", INSURANCE, wide=True, help="出院时必须核查；没有结论不能结算")
    checked_on = DateBox("核查日期", required=True, shown_when=CHECKED)
    checked_with = TextBox(
        "核查渠道", required=True, most=40, shown_when=CHECKED, help="如“国家医保信息平台查询”“平塘县医疗保障局”"
    )
    insured_at = TextBox("参保地", required=True, most=40, shown_when=INSURED)
    scheme = SelectBox("参保险种", SCHEMES, required=True, shown_when=INSURED)
    unknown_note = LongTextBox(
        "暂无法核查的说明", required=True, least=5, most=200, shown_when=UNKNOWN,
        help="查明身份后10个工作日内核查并补报",
    )  # fmt: skip

    total = MoneyBox("医疗费用合计", required=True)
    insured_part = MoneyBox("医保统筹支付", required=True, help="没有的填0")
    medical_aid = MoneyBox("医疗救助支付", required=True)
    emergency_fund = MoneyBox("疾病应急救助基金支付", required=True)
    self_part = MoneyBox("救助经费支付", required=True)
    payer = SelectBox(
        "支付单位", required=True, help="县（市）受助人员由县（市）支付，州级受助人员由州救助管理站支付"
    )
    amount_note = LongTextBox("费用说明", most=200, help="自费项目、减免、已预交等")

    sections = (
        Section("受助人员", ("person_name", "person_sex", "person_age", "id_number")),
        Section("住院", ("to_name", "hospitalised_on", "discharged_on", "outcome", "diagnosis")),
        Section("医保核查", ("insurance_checked", "checked_on", "checked_with", "insured_at", "scheme", "unknown_note")),
        Section("费用", ("total", *PARTS, "payer", "amount_note"), "单位：元。合计须等于各项之和，一分不差"),
    )  # fmt: skip
    checklist = (
        Needed("fee_list", "费用清单和发票（结算票据）"),
        Needed("discharge", "出院证明（出院小结、诊断证明）", dated=True),
        Needed("insurance_proof", "参保查询结果", shown_when=CHECKED),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest hospital, day and diagnosis of the referral, and the payer by responsibility."""
        sent = referral_of(facts)
        known = dict(sent.answers) if sent else {}
        return {
            "to_name": known.get("hospital", ""),
            "hospitalised_on": str(known.get("taken_at", ""))[:10],
            "diagnosis": known.get("diagnosis", ""),
            "discharged_on": facts.today,
            "insurance_checked": "unknown" if facts.person.identity_status == "unknown" else "",
            "payer": payer_of(facts).code,
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the case knows them."""
        return {**copied_person(facts), "id_number": facts.person.id_number or "（身份未查明）"}

    def offer(self, facts: Facts) -> None:
        """Offer the county's bureau and the station as payers."""
        self.payer.offer(payers(facts))

    @rule("R-65", clause=CLAUSE)
    def insurance_is_checked_first(self, facts: Facts) -> Iterator[Problem]:
        """出院时必须核查是否参加医疗保险，没有核查结论不能结算."""
        found = self.insurance_checked.data
        if not found:
            yield Problem(
                "尚未填写参保核查结论，不能结算",
                "insurance_checked",
                remedy="请向医保部门核查；身份不明的选“暂无法核查”",
            )
        if found == "unknown" and facts.person.identified:
            yield Problem("该人员身份已查明，应当核查参保情况", "insurance_checked")
        if found in {"insured", "uninsured"} and facts.person.identity_status == "unknown":
            yield Problem(
                "该人员身份未查明，无从核查参保情况",
                "insurance_checked",
                remedy="已经查明的，请先办理《身份确认单》",
                remedy_paper="identity_confirmation",
            )

    @rule("R-65", clause=CLAUSE)
    def amounts_add_up(self, facts: Facts) -> Iterator[Problem]:
        """合计等于医保、医疗救助、应急救助基金和救助经费之和."""
        boxes = [self[name] for name in PARTS]
        if self.total.data is None or any(box.data is None for box in boxes):
            return
        parts = sum(box.data for box in boxes)
        if self.total.data != parts:
            yield Problem(
                f"医疗费用合计{self.total.printed}元，各项之和{yuan(parts)}元，"
                f"相差{yuan(abs(self.total.data - parts))}元，请核对",
                "total",
            )

    @rule("R-65", clause=f"{CLAUSE}；A-27")
    def only_the_insured_are_reimbursed(self, facts: Facts) -> Iterator[Problem]:
        """未参保的没有医保支付；身份不明的，医保和医疗救助查明后补报."""
        if self.insurance_checked.data == "uninsured" and self.insured_part.data:
            yield Problem("核查结论为未参保，医保统筹支付应填0", "insured_part")
        if self.insurance_checked.data == "unknown":
            for box in (self.insured_part, self.medical_aid):
                if box.data:
                    yield Problem(f"身份不明暂无法核查，{box.label.text}应填0，查明身份后补报", box.name)

    @rule("R-65", clause=CLAUSE, level=Level.WARN)
    def insurance_pays_first(self, facts: Facts) -> Iterator[Problem]:
        """已参保的先由医保支付."""
        if self.insurance_checked.data == "insured" and self.insured_part.data == 0 and self.total.data:
            yield Problem("已参保人员的费用应先由医保支付，现填0，请说明原因", "insured_part")

    @rule("R-29", clause=PAYER_CLAUSE)
    def the_responsible_county_pays(self, facts: Facts) -> Iterator[Problem]:
        """县（市）受助人员在集中照料期间送医的，也由县（市）支付；州级受助人员由州救助管理站支付（R-67）."""
        right = payer_of(facts)
        if self.payer.data and self.payer.data != right.code:
            yield Problem(f"该人员由{right.name}负责，医疗费用应由{right.name}支付", "payer")
        if facts.issuer.region_code != right.region_code:
            yield Problem(f"医疗费用由{right.name}结算，请由其经办人办理本单", "payer")

    @rule("R-65", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """入院在前，出院在后，都不晚于今天；一次住院只结算一次."""
        into, out = self.hospitalised_on.data, self.discharged_on.data
        if out and out > facts.today:
            yield Problem("出院日期不能晚于今天；出院后再结算", "discharged_on")
        if into and out and out < into:
            yield Problem("出院日期不能早于入院日期，请核对", "discharged_on")
        checked = self.checked_on.data if self.checked_on.shown(self) else None
        if checked and checked > facts.today:
            yield Problem("核查日期不能晚于今天", "checked_on")
        same = [
            doc
            for doc in facts.papers.get(SETTLEMENT, ())
            if doc.live and out and doc.answers.get("discharged_on") == out.isoformat()
        ]
        if same:
            yield Problem(
                f"这次住院已经办理结算（{same[0].doc_no or same[0].title}），不能重复结算", "discharged_on"
            )

    @rule("R-36", clause=CLAUSE, level=Level.WARN)
    def referral_is_on_file(self, facts: Facts) -> Iterator[Problem]:
        """由救助机构送医的，案卷中应有送医救治单."""
        if referral_of(facts) is None:
            yield Problem(
                "案卷中没有《送医救治单》，请补登；由医院转入等情形请说明",
                "to_name",
                remedy_paper="medical_referral",
            )

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the bill as a list that adds up, the sum to pay in capital characters, and room for ink."""
        face = sealed_table(self, facts, stamp)
        checked = ["insurance_checked", "checked_on", "checked_with", "scheme", "insured_at", "unknown_note"]
        stay = cells(self, ["hospitalised_on", "discharged_on", "outcome"])
        face["blocks"] = [
            brief_person(facts),
            fields("住院", [whole_row("医疗机构", self.to_name.printed)], stay, cells(self, ["diagnosis"])),
            fields("医保核查", cells(self, checked)),
            self._bill(),
            {"kind": "statement", "text": self._summary()},
            ink("医疗机构（盖章）", "财务人员（签名）"),
        ]
        words = {"draft": "经办人", "review": "审核人", "sign": "签发人"}
        face["foot"] = [[word, stamp.names.get(step, "")] for step, word in words.items()]
        return face

    def _bill(self) -> dict[str, Any]:
        return {
            "kind": "list",
            "heading": "费用（单位：元）",
            "columns": [
                {"label": "序号", "width": 2, "align": "center"},
                {"label": "费用来源", "width": 12, "align": "left"},
                {"label": "金额", "width": 6, "align": "right"},
            ],
            "rows": [
                [str(number), self[name].label.text, self[name].printed]
                for number, name in enumerate(PARTS, start=1)
            ],
            "totals": ["", "合计", self.total.printed],
        }

    def _summary(self) -> str:
        pay = both(self.self_part.data) if self.self_part.data is not None else "　　元"
        checked = self.insurance_checked.printed or "　　"
        note = f"费用说明：{closed(self.amount_note.data)}。" if self.amount_note.data else ""
        return f"经核查，参保情况为：{checked}。按先医保、后救助的顺序，由{self.payer.printed or '　　'}支付{pay}。{note}"
