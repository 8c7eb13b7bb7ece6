"""第三方监护评估报告 — a social organisation looks how guardians do; what it finds calls for the next paper. (P-71)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, ProblemFound, Settles, Starts, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, PhoneBox, TextBox, when
from forms.kit.groups import FAILING
from forms.kit.guardians import (
    ASSESSMENT,
    CENTRAL,
    CHANGE,
    FINDINGS,
    ResidentPaper,
    dispersed,
    guardian_of,
    open_guardian_problems,
    town_of,
)
from forms.kit.paper import Addressee, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import cells, fields, ink, whole_row
from forms.kit.timespan import add_months, chinese_date

CLAUSE = "S4 二（三）4、三（三）"
SCORES = [("good", "好"), ("fair", "一般"), ("poor", "差")]
ITEMS = {
    "living": "饮食起居", "health": "就医用药", "safety": "居家安全", "affection": "陪伴沟通", "money": "财物和救助款",
    "school": "教育或者康复",
}  # fmt: skip
GROUPS = [
    ("dispersed", "分散供养特困人员"), ("mental", "精神（智力）残疾人"), ("left_child", "留守儿童"), ("hard_child", "困境儿童"),
]  # fmt: skip


class GuardianshipAssessment(ResidentPaper):
    """第三方监护评估报告, S4 二（三）4: 委托社会组织定期对监护人照护情况进行监督评估; every half-year [D] (R-87)."""

    number, code, title = "P-71", ASSESSMENT, "第三方监护评估报告登记表"
    clause = CLAUSE
    chain, addressee = FORM, Addressee.TOWNSHIP
    drafted_in = frozenset({"county_bureau"})

    assessor = TextBox("评估机构", required=True, least=4, most=60, wide=True, help="受委托的社会组织全称")
    contract_no = TextBox("委托合同", required=True, most=40, help="合同编号或者名称")
    assessed_on = DateBox("评估日期", required=True, help="下一次评估从这一天起算")
    assessors = TextBox("评估人员", required=True, most=60, help="不少于2人，用“、”隔开")
    group = ManyBox("评估对象", GROUPS, required=True, wide=True)
    guardian_name = TextBox("监护人", required=True, most=30, help="没有监护人的写“无”")
    guardian_relation = TextBox("关系", most=20)
    guardian_phone = PhoneBox("联系电话")
    living, health, safety, affection, money, school = (
        ChoiceBox(words, SCORES, required=True) for words in ITEMS.values()
    )
    finding = ChoiceBox("评估结论", FINDINGS, required=True, wide=True)
    basis = LongTextBox("评估情况", required=True, least=10, most=500)
    advice = LongTextBox(
        "评估建议",
        required=True,
        least=5,
        most=300,
        shown_when=when("finding", "partly", "unable", "not_performing"),
    )

    sections = (
        Section("被监护人", ResidentPaper.PERSON),
        Section("评估", ("assessor", "contract_no", "assessed_on", "assessors", "group", "guardian_name",
                        "guardian_relation", "guardian_phone")),
        Section("照护情况", tuple(ITEMS)),
        Section("结论", ("finding", "basis", "advice")),
    )  # fmt: skip
    checklist = (Needed("report", "评估报告（评估机构盖章扫描件）"),)
    settles = (Settles("guardianship_assessment_due", Milestone.COMPLETED, at="assessed_on"),)
    starts = (Starts("guardianship_assessment_due", Milestone.COMPLETED, "assessed_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the guardian, the group, and who assessed before."""
        before = facts.issued(ASSESSMENT)
        last = dict(before.answers) if before else {}
        person = facts.resident
        groups = ["dispersed"] if dispersed(facts) else []
        if person is not None and {"mental", "intellectual"} & set(person.categories):
            groups.append("mental")
        if person is not None and "left_child" in person.categories:
            groups.append("left_child")
        kept: dict[str, Any] = {
            name: last[name] for name in ("assessor", "contract_no", "assessors") if name in last
        }
        return {"assessed_on": facts.today, "group": groups, **guardian_of(facts), **kept}

    @rule("R-87", clause=CLAUSE)
    def the_report_is_sound(self, facts: Facts) -> Iterator[Problem]:
        """评估日期不晚于今天、在上次之后；评估人员不少于2人."""
        day, before = self.assessed_on.data, facts.issued(ASSESSMENT)
        last = str(before.answers.get("assessed_on", "")) if before else ""
        if day and day > facts.today:
            yield Problem("评估日期不能晚于今天", "assessed_on")
        elif day and last and day.isoformat() <= last:
            yield Problem(f"上一次评估在{last}，本次应在其后，请核对", "assessed_on")
        names = [name for name in (self.assessors.data or "").replace("，", "、").split("、") if name.strip()]
        if self.assessors.data and len(names) < 2:
            yield Problem("评估人员不少于2人，用“、”隔开", "assessors")

    @rule("R-87", clause=CLAUSE, level=Level.WARN)
    def the_finding_follows_the_items(self, facts: Facts) -> Iterator[Problem]:
        """有照护差的项目而结论为履行职责的，说明理由."""
        poor = [words for name, words in ITEMS.items() if self[name].data == "poor"]
        if poor and self.finding.data == "able":
            yield Problem(f"{'、'.join(poor)}评为“差”，结论为“有监护能力，履行职责”，请核对或者说明", "finding")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """A failing guardian goes on the list and calls for support in an institution or another guardian (R-82, R-83)."""
        found = str(self.finding.data)
        if on is not Milestone.COMPLETED or found not in FAILING:
            return
        kind = "监护不履行" if found == "not_performing" else "监护缺失"
        day = self.assessed_on.data or facts.today
        if not open_guardian_problems(facts) and facts.resident is not None:
            detail = f"第三方评估：{self.finding.printed}"
            yield ProblemFound(
                source="thematic", subject=facts.resident.name, kind=kind, detail=detail, found_on=day
            )
        town = town_of(facts)
        if found == "unable" and dispersed(facts):
            why = "监护人无监护能力的分散供养特困人员，请立即办理转集中供养"
            yield TaskOpened(CENTRAL, town, why, "R-82")
        else:
            why = "评估认为监护人无能力或者不履行职责，请督促、训诫或者安排临时监护人"
            yield TaskOpened(CHANGE, town, why, "R-83")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the assessment and when the next one is due."""
        names = [name for name in self.sections[1].fields if not self[name].empty]
        advice = [whole_row("评估建议", self.advice.printed)] if self.advice.shown(self) else []
        day = self.assessed_on.data
        after = f"下一次评估应于{chinese_date(add_months(day, 6))}前后开展。" if day else ""
        blocks = [
            fields("评估", cells(self, names)),
            fields("照护情况", cells(self, ITEMS)),
            fields("结论", cells(self, ["finding"]), [whole_row("评估情况", self.basis.printed)], advice),
            {"kind": "statement", "text": after},
            ink("监护人（签名）", "评估人员（签名）"),
        ]
        return self.sheet(facts, stamp, blocks, {"draft": "登记人", "check": "核对人"})
