"""分散转集中供养审批表 — the guardian cannot care for a person in dispersed support: moved into an institution at once. (P-69)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.chains import DECIDED_ABOVE, Milestone
from forms.kit.effects import ClocksCancelled, Effect, Needed, ProblemAnswered, ResidentChanged
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, PhoneBox, TextBox, YesNoBox
from forms.kit.guardians import ASSESSMENT, CENTRAL, ResidentPaper, dispersed, guardian_of, open_guardian_problems
from forms.kit.paper import Addressee, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import cells, fields, ink, whole_row

CLAUSE = "S4 二（二）、二（三）4"
GROUNDS = [
    ("unable", "监护人无监护能力"),
    ("not_performing", "监护人不履行监护职责"),
    ("none", "没有监护人、照料人"),
    ("wish", "本人申请集中供养"),
]
FAILING = frozenset({"unable", "not_performing"})
AT_ONCE_DAYS = 7


class CentralisedSupportTransfer(ResidentPaper):
    """分散转集中供养审批表, S4 二（二）: 对监护人无监护能力的分散供养特困人员，要立即转为集中供养 (R-82)."""

    number, code, title = "P-69", CENTRAL, "分散转集中供养审批表"
    clause = CLAUSE
    chain, addressee = DECIDED_ABOVE, Addressee.COUNTY_BUREAU
    drafted_in = frozenset({"township"})
    one_live = True
    copies = "一式三份（乡镇、供养机构、县级民政部门）"

    guardian_name = TextBox("监护人", most=30, help="没有监护人的空着")
    guardian_relation = TextBox("关系", most=20)
    guardian_phone = PhoneBox("联系电话")
    ground = ChoiceBox("转入事由", GROUNDS, required=True, wide=True)
    situation = LongTextBox(
        "现状和依据", required=True, least=10, most=400, help="照料、居住、身体状况，评估或者问题清单的结论"
    )
    self_care = ChoiceBox("自理能力", [("full", "全自理"), ("part", "半护理"), ("none", "全护理")], required=True)
    wish = ChoiceBox("本人意愿", [("yes", "同意"), ("unable", "不能表达意愿"), ("no", "不同意")], required=True)
    guardian_view = ChoiceBox(
        "监护人意见", [("yes", "同意"), ("no", "不同意"), ("none", "无监护人、联系不上")], required=True
    )
    institution = TextBox("供养机构", required=True, least=4, most=60, wide=True)
    bed_kept = YesNoBox("已落实床位", required=True)
    health_checked = YesNoBox("已体检", required=True, help="确定有无传染病、精神障碍")
    move_on = DateBox("拟入住日期", required=True)
    interim_care = TextBox("入住前照料", required=True, most=60, help="谁照料到入住那一天")
    opinion = LongTextBox("乡镇（街道）意见", required=True, least=5, most=300)

    sections = (
        Section("供养对象", ResidentPaper.PERSON),
        Section("事由", ("guardian_name", "guardian_relation", "guardian_phone", "ground", "situation", "self_care",
                        "wish", "guardian_view")),
        Section("转入安排", ("institution", "bed_kept", "health_checked", "move_on", "interim_care", "opinion")),
    )  # fmt: skip
    checklist = (
        Needed("health_check", "体检材料", dated=True),
        Needed("application", "本人（监护人）申请书或者同意书", required=False),
        Needed("assessment", "监护评估报告", required=False, note="系统中已登记的不必上传"),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the guardian and what assessment or file say of them."""
        found = facts.issued(ASSESSMENT)
        told = str(found.answers.get("finding", "")) if found else ""
        told = told or str((facts.resident.answers if facts.resident else {}).get("guardian_state", ""))
        return {**guardian_of(facts), "ground": told if told in dict(GROUNDS) else "", "move_on": facts.today}

    @rule("R-82", clause=CLAUSE)
    def only_dispersed_support_is_moved(self, facts: Facts) -> Iterator[Problem]:
        """分散供养的特困人员才转为集中供养."""
        if facts.resident is not None and not dispersed(facts):
            yield Problem(
                "档案中该人员不是分散供养特困人员，不能办理转集中供养",
                "name",
                remedy="情况有变化的，请先由村（社区）更新《特殊群体排查情况表》",
                remedy_paper="screening_form",
            )

    @rule("R-82", clause=CLAUSE)
    def failing_is_shown(self, facts: Facts) -> Iterator[Problem]:
        """监护人无能力、不履行的，以监护评估或者问题清单为依据."""
        shown = facts.issued(ASSESSMENT) or open_guardian_problems(facts) or "assessment" in facts.attached
        state = (facts.resident.answers if facts.resident else {}).get("guardian_state")
        if self.ground.data in FAILING and not shown and state != self.ground.data:
            yield Problem(
                "还没有监护评估报告，问题清单和排查情况表中也没有监护缺失、不履行的记录",
                "ground",
                remedy="请先登记监护评估报告，或者上传报告",
                remedy_paper=ASSESSMENT,
            )

    @rule("R-82", clause=CLAUSE)
    def the_place_is_ready(self, facts: Facts) -> Iterator[Problem]:
        """床位落实、体检完成后入住；入住日期不早于今天."""
        if self.bed_kept.data == "no":
            yield Problem("供养机构床位尚未落实，请先与机构商定", "bed_kept")
        if self.health_checked.data == "no":
            yield Problem("入住前须体检，请先安排", "health_checked")
        if self.move_on.data and self.move_on.data < facts.today:
            yield Problem("拟入住日期不能早于今天", "move_on")

    @rule("R-82", clause=CLAUSE, level=Level.WARN)
    def moved_at_once(self, facts: Facts) -> Iterator[Problem]:
        """监护人无监护能力的，立即转入；本人不同意的说明理由."""
        late = self.move_on.data and self.move_on.data > facts.today + timedelta(days=AT_ONCE_DAYS)
        if self.ground.data == "unable" and late:
            yield Problem(f"监护人无监护能力的应立即转入，拟入住日期晚于{AT_ONCE_DAYS}天，请说明原因", "move_on")
        if self.wish.data == "no":
            yield Problem("本人不同意集中供养，请说明做工作的情况和理由", "wish")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Decided: the file says where the person lives and how they are supported; the problem on the list is answered."""
        keys = open_guardian_problems(facts)
        if on is Milestone.COMPLETED:
            welfare = [key for key in self._file(facts, "welfare") if key not in {"none", "tekun_dispersed"}]
            home = {"living": "institution", "address": self.institution.data}
            yield ResidentChanged({**home, "welfare": [*welfare, "tekun_central"]})
        if on is Milestone.COMPLETED and "support_agreement_due" in facts.clocks:
            yield ClocksCancelled(("support_agreement_due",), "已转为集中供养")
        if on is Milestone.COMPLETED and keys:
            yield ProblemAnswered(keys, "rectified", f"转为集中供养，{self.institution.printed}")

    @staticmethod
    def _file(facts: Facts, box: str) -> list[str]:
        return list(facts.resident.answers.get(box) or ()) if facts.resident else []

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print why, where to, and the opinions in their order."""
        why = [
            "guardian_name",
            "guardian_relation",
            "guardian_phone",
            "ground",
            "self_care",
            "wish",
            "guardian_view",
        ]
        where = ["institution", "bed_kept", "health_checked", "move_on", "interim_care"]
        blocks = [
            fields("事由", cells(self, [name for name in why if not self[name].empty]),
                   [whole_row("现状依据", self.situation.printed)]),
            fields("转入安排", cells(self, where), [whole_row("乡镇意见", self.opinion.printed)]),
            ink("本人、监护人（签名）", "供养机构（盖章）"),
        ]  # fmt: skip
        words = {"draft": "经办人", "own": "乡镇负责人", "check_above": "县级审核人", "decide": "县级审批人"}
        return self.sheet(facts, stamp, blocks, words)
