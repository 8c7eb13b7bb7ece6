"""专项排查表 — one theme of the campaign, place by place or person by person. (P-61)"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, ProblemFound, Settles, Starts, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, NameBox, SelectBox, TextBox, YesNoBox
from forms.kit.groups import HARMED, KINDS, PLACE_HAZARDS, UNLICENSED, foot
from forms.kit.paper import About, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule

CLAUSE = "S4 二（一）"
#: Themes of the ten paragraphs of S4 二（一）: key → words, lead department.
THEMES: Final = {
    "places": ("敬老院、福利院、养老院和流浪乞讨人员栖身场所安全隐患", "民政部门"),
    "religious": ("宗教场所养老托幼", "民宗部门会同民政部门"),
    "unlicensed": ("无证无照养老服务场所", "乡镇（街道）、村（社区）"),
    "school": ("适龄儿童未正常入学", "教育部门会同公安机关"),
    "bullying": ("校园欺凌、性侵害、性骚扰", "教育部门会同公安机关"),
    "vagrants": ("疑似精神障碍流浪乞讨人员", "民政部门会同公安机关、综合执法部门"),
    "confinement": ("精神和智力障碍人员被关锁、虐待", "卫健部门"),
    "violence": ("家庭暴力", "妇联会同公安机关"),
    "cards": ("残疾人证到期未换、入户评定", "残联"),
    "other": ("其他", "各有关部门"),
}


class Checked(Row):
    """A place or person that was looked at."""

    subject = TextBox("场所或对象", required=True, most=30)
    address = TextBox("地址", most=40)
    result = ChoiceBox("排查结果", [("ok", "未发现问题"), ("found", "发现问题")], required=True)
    kind = SelectBox("问题类别", KINDS)
    detail = TextBox("问题描述", most=200)
    measure = TextBox("整改措施", most=100)
    owner_name = TextBox("责任人", most=20)


class ThematicScreening(Paper):
    """专项排查表, S4 二（一）: what is found goes on the problem list, harm to the police, hazards to the departments."""

    number, code, title = "P-61", "thematic_screening", "专项排查表"
    clause = CLAUSE
    chain = FORM
    drafted_in = frozenset({"township", "county_bureau"})
    about = About.CAMPAIGN
    landscape = True

    theme = SelectBox("专项", [(key, words) for key, (words, _) in THEMES.items()], required=True, wide=True)
    lead = TextBox("牵头部门", required=True, most=30)
    members = TextBox("参加单位", most=60)
    checked_on = DateBox("排查日期", required=True)
    checker = NameBox("排查人", required=True)
    rows_checked = RowsBox(
        "排查情况", Checked, required=True, most=100, help="逐个场所、逐个人填写；没有问题的也要列出"
    )
    summary = LongTextBox("总体情况", most=300)
    complete = YesNoBox(
        "本批次专项排查已全部完成", required=True, prints=False, help="本单位负责的各专项都查完了，选“是”"
    )

    sections = (Section("专项", ("theme", "lead", "members", "checked_on", "checker")),
                Section("排查", ("rows_checked",)),
                Section("小结", ("summary", "complete")))  # fmt: skip
    checklist = (Needed("scene", "现场照片、检查记录", required=False),)

    def found(self) -> list[Checked]:
        """Return the lines with a problem."""
        return [row for row in self.rows_checked.rows if row.result.data == "found"]

    def harmed(self) -> list[str]:
        """Return whom harm was found about."""
        return [str(row.subject.data) for row in self.found() if row.kind.data == HARMED]

    def finished(self) -> bool:
        """Tell whether every theme of the organ is done."""
        return self.complete.is_yes

    starts = (Starts("mandatory_report_due", Milestone.SUBMITTED, "now", shown_when=harmed),)
    settles = (Settles("thematic_screening_due", Milestone.COMPLETED, shown_when=finished),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today."""
        return {"checked_on": facts.today, "lead": facts.issuer.name}

    @rule("R-76", clause=CLAUSE)
    def problems_are_described(self, facts: Facts) -> Iterator[Problem]:
        """发现问题的，写明类别和情况；未发现问题的不填."""
        for number, row in enumerate(self.rows_checked.rows, start=1):
            told = bool(row.kind.data), len(row.detail.data or "") >= 4
            if row.result.data == "found" and not all(told):
                yield Problem(
                    f"第{number}行（{row.subject.data}）发现问题，请选类别并写明情况（至少4个字）", "rows_checked"
                )
            elif row.result.data == "ok" and any((*told, row.detail.data)):
                yield Problem(
                    f"第{number}行（{row.subject.data}）选了“未发现问题”，又填了问题，请核对", "rows_checked"
                )

    @rule("R-76", clause=CLAUSE)
    def checked_before_written(self, facts: Facts) -> Iterator[Problem]:
        """排查日期不晚于今天."""
        if self.checked_on.data and self.checked_on.data > facts.today:
            yield Problem("排查日期不能晚于今天，请核对", "checked_on")

    @rule("R-81", clause="S4 二（三）3；未成年人保护法第11条", level=Level.NOTE)
    def police_come_first(self, facts: Facts) -> Iterator[Problem]:
        """发现受侵害的，立即报告公安机关."""
        if self.harmed():
            yield Problem(
                f"{'、'.join(self.harmed())}疑似受侵害：请立即报警，并填写《强制报告单》，24小时内须报出",
                "rows_checked",
                remedy_paper="mandatory_report",
            )

    @rule("R-85", clause="S4 二（二）；精神卫生法第28条", level=Level.NOTE)
    def vagrants_are_taken_in(self, facts: Facts) -> Iterator[Problem]:
        """疑似精神障碍流浪乞讨人员，会同公安机关送诊并办理求助登记."""
        if self.theme.data == "vagrants" and self.found():
            yield Problem(
                "疑似精神障碍流浪乞讨人员请由县级救助管理站办理求助登记，会同公安机关送诊", "rows_checked",
                remedy_paper="help_registration",
            )  # fmt: skip

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Harm is reported on submitting; checked, the problems are on the list and the next papers are due."""
        if on is Milestone.SUBMITTED and self.harmed():
            yield TaskOpened(
                "mandatory_report", "issuer", f"{'、'.join(self.harmed())}疑似受侵害，请立即报告公安机关", "R-81"
            )
        if on is not Milestone.COMPLETED or self.checked_on.data is None:
            return
        for row in self.found():
            yield ProblemFound(
                "thematic", str(row.subject.data), str(row.kind.data), str(row.detail.data), self.checked_on.data,
                row.measure.data or "", row.owner_name.data or "",
            )  # fmt: skip
        if names := self._subjects({UNLICENSED}):
            why = f"{names}无证无照经营养老服务，符合条件的指导登记，不符合的函告有关部门"
            yield TaskOpened("unlicensed_eldercare_case", "issuer", why, "R-78")
        if names := self._subjects(set(PLACE_HAZARDS)):
            yield TaskOpened(
                "department_notice_letter", "county", f"{names}存在安全隐患，请及时抄告有关部门", "R-77"
            )

    def _subjects(self, kinds: set[str]) -> str:
        return "、".join(dict.fromkeys(str(row.subject.data) for row in self.found() if row.kind.data in kinds))

    def heading(self, facts: Facts) -> str:
        """Name the theme."""
        return f"{self.title}（{self.theme.printed}）" if self.theme.data in THEMES else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """A landscape list of all that was looked at, counted below."""
        made = super().face(facts, stamp)
        name = facts.campaign.name if facts.campaign else ""
        made["number_line"] = {"left": f"排查批次：{name}", "right": facts.issuer.name}
        for block in made["blocks"]:
            if block["kind"] == "list":
                shares = (2, 7, 7, 4, 5, 12, 9, 4)
                for column, share in zip(block["columns"], shares, strict=True):
                    column["width"] = share
                found = len(self.found())
                looked = len(self.rows_checked.rows)
                block["totals"] = ["", f"合计{looked}个", "", f"有问题{found}个", "", "", "", ""]
        made["foot"] = foot(stamp, {"draft": "填表人", "check": "核对人"})
        return made
