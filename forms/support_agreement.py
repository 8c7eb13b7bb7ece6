"""救助供养协议登记 — the agreement in the province's form between township, person and carer is on file. (P-70)"""

from collections.abc import Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Needed, Settles
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, ManyBox, MoneyBox, NameBox, PhoneBox, TextBox, YesNoBox
from forms.kit.guardians import ResidentPaper, dispersed
from forms.kit.paper import Section
from forms.kit.rules import Problem, rule
from forms.kit.sheets import cells, fields

CLAUSE = "S4 二（一）"


class SupportAgreement(ResidentPaper):
    """救助供养协议登记, S4 二（一）: 全面启用《救助供养协议》（省民政厅统一格式）; the agreement itself is not redrawn here."""

    number, code, title = "P-70", "support_agreement", "救助供养协议登记表"
    clause = CLAUSE
    chain = FORM
    drafted_in = frozenset({"township"})

    agreement_no = TextBox("协议编号", required=True, most=30)
    standard_form = YesNoBox("省统一格式", required=True, help="使用省民政厅统一格式的《救助供养协议》")
    signed_on = DateBox("签订日期", required=True)
    valid_from = DateBox("期限自", required=True)
    valid_to = DateBox("期限至", required=True)
    carer = NameBox("照料服务人", required=True)
    carer_relation = TextBox("与本人关系", required=True, most=20, help="亲属、邻居、村干部、服务机构人员等")
    carer_phone = PhoneBox("联系电话", required=True)
    self_care = ChoiceBox("自理能力", [("full", "全自理"), ("part", "半护理"), ("none", "全护理")], required=True)
    fee_month = MoneyBox("照料护理费", required=True, help="每人每月，单位元，没有的填0")
    duties = ManyBox(
        "照料内容",
        [("daily", "日常生活照料"), ("visit", "探视巡访"), ("hospital", "送医陪护"), ("errands", "代购代办"), ("safety", "居家安全")],
        required=True,
        wide=True,
    )  # fmt: skip
    explained = YesNoBox("已讲解政策", required=True)
    witness = TextBox("见证人", most=30, help="本人不能签名的，须有村（居）民委员会见证")

    sections = (
        Section("供养对象", ResidentPaper.PERSON),
        Section("协议", ("agreement_no", "standard_form", "signed_on", "valid_from", "valid_to", "carer", "carer_relation",
                        "carer_phone", "self_care", "fee_month", "duties", "explained", "witness")),
    )  # fmt: skip
    checklist = (Needed("scan", "三方签订的协议（扫描件）"),)
    settles = (Settles("support_agreement_due", Milestone.COMPLETED, at="signed_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today and the carer of the file."""
        known = facts.resident.answers if facts.resident else {}
        return {
            "signed_on": facts.today,
            "valid_from": facts.today,
            "carer_phone": known.get("guardian_phone", ""),
        }

    @rule("P-70", clause=CLAUSE)
    def the_agreement_is_the_right_one(self, facts: Facts) -> Iterator[Problem]:
        """分散供养特困人员使用省统一格式，并讲解政策."""
        if facts.resident is not None and not dispersed(facts):
            yield Problem(
                "档案中该人员不是分散供养特困人员，不须签订救助供养协议",
                "name",
                remedy="情况有变化的，请先由村（社区）更新《特殊群体排查情况表》",
                remedy_paper="screening_form",
            )
        if self.standard_form.data == "no":
            yield Problem("应使用省民政厅统一格式的《救助供养协议》，请重新签订", "standard_form")
        if self.explained.data == "no":
            yield Problem("签订时须向供养对象和照料人讲解政策", "explained")
        if self.carer.data and facts.resident is not None and self.carer.data == facts.resident.name:
            yield Problem("照料服务人不能是供养对象本人", "carer")

    @rule("P-70", clause=CLAUSE)
    def dates_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """签订不晚于今天，期限止日在起日之后."""
        if self.signed_on.data and self.signed_on.data > facts.today:
            yield Problem("签订日期不能晚于今天", "signed_on")
        if self.valid_from.data and self.valid_to.data and self.valid_to.data <= self.valid_from.data:
            yield Problem("期限止日应在起日之后", "valid_to")
        if self.valid_to.data and self.valid_to.data < facts.today:
            yield Problem("协议已经到期，请登记续签的协议", "valid_to")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print what the agreement says."""
        names = [name for name in self.sections[1].fields if not self[name].empty]
        return self.sheet(
            facts, stamp, [fields("协议", cells(self, names))], {"draft": "登记人", "check": "核对人"}
        )
