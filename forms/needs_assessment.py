"""困难需求评估及帮扶建议表 — why somebody left home, what they need, and which office does what by when. (P-57)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseFlagged, Effect, Needed, Settles, TaskOpened
from forms.kit.faces import Stamp, rows_block, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    MoneyBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.homeward import (
    CONDITIONS,
    SOURCE_CLAUSE,
    WELFARE,
    conditions_of,
    handed_over,
    identity_problems,
    returned_on,
    why_focus,
)
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import brief_person, cells, fields, ink, whole_row

CAUSES = [
    ("poverty", "家庭困难"), ("illness", "患病无力治疗"), ("mental", "精神、智力原因走失"), ("no_care", "无人照料"),
    ("violence", "家庭暴力、监护侵害"), ("work", "务工不着、被骗"), ("habit", "习惯性流浪乞讨"), ("dispute", "家庭纠纷"),
    ("other", "其他"),
]  # fmt: skip
NEEDS = [
    ("income", "基本生活"), ("treatment", "治疗、用药"), ("care", "照料、监护"), ("housing", "住房"), ("work", "就业"),
    ("school", "就学"), ("papers", "户籍、证件"), ("mind", "心理疏导"), ("assessment", "残疾评定"), ("none", "暂无"),
]  # fmt: skip
HELPS = [
    ("dibao", "申请低保"), ("tekun", "申请特困供养"), ("temporary", "临时救助"), ("insurance", "参保和医疗救助"),
    ("disability", "残疾评定、两项补贴"), ("custody", "送养老、康复机构"), ("guardian", "落实监护、照料人"),
    ("housing", "危房改造、住房保障"), ("work", "就业、技能培训"), ("school", "就学"), ("visit", "探访关爱"), ("other", "其他"),
]  # fmt: skip


class Help(Row):
    """One measure: what, by which office, by when."""

    kind = SelectBox("帮扶措施", HELPS, required=True)
    detail = TextBox("具体内容", most=60)
    unit = TextBox("责任单位", required=True, most=40)
    by = DateBox("完成时限", required=True)


class NeedsAssessment(Paper):
    """困难需求评估及帮扶建议表, S0 三（二）2（6）: 分析流浪乞讨原因和动机，评估困难和需求，有针对性地帮扶."""

    number, code, title = "P-57", "needs_assessment", "困难需求评估及帮扶建议表"
    genre, chain = Genre.FORM, FORM
    clause = SOURCE_CLAUSE

    person_name, person_sex, person_age = person_boxes()
    returned = DateBox("返乡日期", copied=True)
    assessed_on = DateBox("评估日期", required=True)
    assessors = TextBox("评估人", required=True, most=60)
    address = TextBox("现住址", required=True, most=100, wide=True)
    household = IntBox("家庭人口", required=True, least=1, most=30, unit="人")
    income = MoneyBox("家庭月收入", required=True, help="单位元，没有的填0")
    family = LongTextBox("家庭情况", required=True, least=5, most=300, help="成员、劳动力、照料人、住房、负债")
    conditions = ManyBox("残疾情况", CONDITIONS, required=True, wide=True)
    self_care = ChoiceBox(
        "自理能力", [("full", "能自理"), ("part", "部分自理"), ("none", "不能自理")], required=True
    )
    work_ability = ChoiceBox(
        "劳动能力",
        [("full", "有"), ("part", "部分丧失"), ("none", "完全丧失"), ("school", "在学、未成年")],
        required=True,
    )
    welfare = ManyBox("已有保障", WELFARE, required=True, wide=True)
    causes = ManyBox("流浪原因", CAUSES, required=True, wide=True)
    cause_detail = LongTextBox("原因和动机分析", required=True, least=10, most=300)
    needs = ManyBox("困难需求", NEEDS, required=True, wide=True)
    helps = RowsBox(
        "帮扶建议", Help, required=True, most=12, shown_when=when("needs", *(key for key, _ in NEEDS[:-1]))
    )
    at_risk = YesNoBox("有再次走失、流浪风险", required=True)
    conclusion = LongTextBox("评估意见", required=True, least=5, most=300)

    sections = (
        Section("评估对象", ("person_name", "person_sex", "person_age", "returned", "address")),
        Section("家庭和身体", ("assessed_on", "assessors", "household", "income", "family", "conditions", "self_care",
                              "work_ability", "welfare")),
        Section("原因和需求", ("causes", "cause_detail", "needs")),
        Section("帮扶", ("helps", "at_risk", "conclusion")),
    )  # fmt: skip
    checklist = (Needed("proof", "入户照片、困难证明材料", required=False),)
    settles = (Settles("needs_assessment_due", Milestone.COMPLETED, at="assessed_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest home and state of health from the file."""
        sheet = handed_over(facts)
        home = str(sheet.answers.get("home_address", "")) if sheet else ""
        conditions = conditions_of(facts)
        often = facts.admissions_12_months > 1
        return {
            "assessed_on": facts.today,
            "address": home or facts.person.hukou_address,
            "conditions": conditions,
            "at_risk": "yes" if often or conditions != ["none"] else "",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take person and day of return from the case."""
        return {**copied_person(facts), "returned": returned_on(facts)}

    @rule("R-70", clause=SOURCE_CLAUSE)
    def the_person_is_known(self, facts: Facts) -> Iterator[Problem]:
        """身份查明后才评估；评估日期不晚于今天."""
        yield from identity_problems(facts, "person_name", "评估")
        if self.assessed_on.data and self.assessed_on.data > facts.today:
            yield Problem("评估日期不能晚于今天", "assessed_on")

    @rule("R-70", clause=SOURCE_CLAUSE)
    def answers_do_not_contradict(self, facts: Facts) -> Iterator[Problem]:
        """选“无”“暂无”的不再选其他；完成时限在评估之后."""
        for box in (self.conditions, self.welfare, self.needs):
            if "none" in (box.data or []) and len(box.data or []) > 1:
                yield Problem(f"{box.label.text}选了“{box.label_of('none')}”，不能再选其他，请核对", box.name)
        day = self.assessed_on.data
        for number, line in enumerate(self.helps.rows, start=1):
            if day and line.by.data and line.by.data < day:
                yield Problem(f"第{number}行完成时限不能早于评估日期", "helps")

    @rule("R-70", clause="社会救助暂行办法第47、48条", level=Level.WARN)
    def those_without_income_are_covered(self, facts: Facts) -> Iterator[Problem]:
        """没有收入又没有保障的，应提出社会救助建议."""
        offered = {line.kind.data for line in self.helps.rows}
        poor = self.income.data == 0 and "none" in (self.welfare.data or [])
        if poor and not offered & {"dibao", "tekun", "temporary"}:
            yield Problem("家庭没有收入又没有社会保障，建议中没有低保、特困或者临时救助，请补充或者说明", "helps")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """At risk: on the register, and watched more closely (R-71)."""
        if on is not Milestone.COMPLETED or not self.at_risk.is_yes:
            return
        why = "、".join(why_focus(facts, False, self.conditions.data)) or "评估认为有再次走失、流浪风险"
        yield CaseFlagged("focus", why)
        yield TaskOpened("at_risk_register", "county", f"{why}，请登记易走失人员信息并重点关注", "R-71")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print findings, needs and who does what by when."""
        face = table_face(self, facts, stamp)
        state = ["household", "income", "self_care", "work_ability", "conditions", "welfare"]
        helps = [rows_block(self.helps)] if self.helps.shown(self) and not self.helps.empty else []
        face["blocks"] = [
            brief_person(facts),
            fields("评估", cells(self, ["assessed_on", "assessors", "address"])),
            fields("家庭和身体", cells(self, state), [whole_row("家庭情况", self.family.printed)]),
            fields("原因和需求", cells(self, ["causes"]), [whole_row("原因分析", self.cause_detail.printed)],
                   cells(self, ["needs"])),
            *helps,
            fields("评估意见", [whole_row("走失风险", self.at_risk.printed), whole_row("评估意见", self.conclusion.printed)]),
            ink("本人或者家属（签名）", "评估人（签名）"),
        ]  # fmt: skip
        return face
