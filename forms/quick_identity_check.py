"""身份快速查询记录 — with the police, at once: who is this? (P-19)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import IDENTITY_CHECKS, copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, Starts, TaskOpened
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    IdNumberBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    NameBox,
    TextBox,
    when,
)
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule

CLAUSE = "S0 三（二）2（2）；S3-1 五（三）"
#: Besides the checks that the DNA letter tells the police of (§3.7).
STATION_CHECKS = [("inquiry", "站内问询"), ("card", "证件核验"), ("population", "公安人口信息查询")]
CHECKS = [*STATION_CHECKS, *IDENTITY_CHECKS]
FOUND = when("result", "confirmed")
NOT_FOUND = when("result", "not_confirmed")


class QuickIdentityCheck(Paper):
    """身份快速查询记录, S0 三（二）2（2）: 联合公安部门速查询受助人员身份 (R-09)."""

    number, code, title = "P-19", "quick_identity_check", "身份快速查询记录"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE

    person_name, person_sex, person_age = person_boxes()
    checked_at = MomentBox("查询时间", required=True)
    checked_by = NameBox("查询人", required=True)
    police_org = TextBox("协查公安机关", most=40, help="派出所或县（市）公安局；尚未联系上的不填，并在下面说明")
    police_officer = NameBox("协查民警")
    checks_done = ManyBox("查询方式", CHECKS, required=True, wide=True)
    course = LongTextBox("查询经过", required=True, least=10, most=400)
    result = ChoiceBox(
        "查询结果", [("confirmed", "已查明"), ("not_confirmed", "未查明")], required=True, wide=True
    )
    matched_by = ManyBox("查明依据", CHECKS, required=True, shown_when=FOUND, wide=True)
    matched_name = NameBox("查明的姓名", required=True, shown_when=FOUND)
    matched_id_number = IdNumberBox("查明的公民身份号码", shown_when=FOUND)
    matched_hukou = TextBox("查明的户籍地址", most=100, shown_when=FOUND, wide=True)
    clues = LongTextBox(
        "已掌握的线索", most=300, shown_when=NOT_FOUND, help="口音、提到的地名和人名、物品上的文字等"
    )

    sections = (
        Section(
            "查询",
            (
                "person_name",
                "person_sex",
                "person_age",
                "checked_at",
                "checked_by",
                "police_org",
                "police_officer",
                "checks_done",
                "course",
            ),
        ),
        Section("结果", ("result", "matched_by", "matched_name", "matched_id_number", "matched_hukou", "clues")),
    )
    checklist = (Needed("screenshots", "比对结果（截图或反馈单）", required=False),)
    starts = (
        Starts(
            "identity_confirmation_due",
            Milestone.SUBMITTED,
            "checked_at",
            owner="county",
            unless_identified=True,
            shown_when=FOUND,
        ),
    )

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the case knows them."""
        return copied_person(facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest now, the police of the county, and what the person told at admission."""
        police = facts.county.get("police")
        return {
            "checked_at": facts.now,
            "police_org": police.name if police else "",
            "clues": facts.case.get("self_clues", ""),
        }

    @rule("R-09", clause=CLAUSE)
    def check_follows_admission(self, facts: Facts) -> Iterator[Problem]:
        """查询在入站之后，不晚于现在."""
        checked, admitted = self.checked_at.data, facts.person.admitted_at
        if checked and checked > facts.now + timedelta(minutes=1):
            yield Problem("查询时间不能晚于现在，请核对", "checked_at")
        if checked and admitted and checked < admitted:
            yield Problem("查询时间不能早于入站时间，请核对", "checked_at")

    @rule("R-09", clause=CLAUSE)
    def grounds_were_checked(self, facts: Facts) -> Iterator[Problem]:
        """查明依据须是已做过的查询."""
        undone = set(self.matched_by.data or ()) - set(self.checks_done.data or ())
        if self.matched_by.shown(self) and undone:
            words = "、".join(self.matched_by.label_of(key) for key, _ in CHECKS if key in undone)
            yield Problem(f"查明依据“{words}”不在已做的查询方式中，请核对", "matched_by")

    @rule("R-09", clause=CLAUSE, level=Level.WARN)
    def police_took_part(self, facts: Facts) -> Iterator[Problem]:
        """未查明的，应联合公安机关做指纹比对或人脸识别."""
        if self.result.data != "not_confirmed":
            return
        if not {"fingerprint", "face"} & set(self.checks_done.data or ()) or not self.police_org.data:
            yield Problem(
                "身份未查明，还没有会同公安机关做指纹比对或人脸识别；暂不能做的，请说明原因", "checks_done"
            )

    @rule("R-14", clause=CLAUSE, level=Level.WARN)
    def agrees_with_the_case(self, facts: Facts) -> Iterator[Problem]:
        """登记为已查明而查询未查明的，须核对."""
        if facts.person.identified and self.result.data == "not_confirmed":
            yield Problem("求助登记表的身份状态为“已查明”，与查询结果不一致，请核对并说明", "result")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Found: the confirmation is due the same day. Not found: notice and DNA letter are due (R-10, R-12)."""
        if on is not Milestone.SUBMITTED or facts.person.identified:
            return
        if self.result.data == "confirmed":
            yield TaskOpened("identity_confirmation", "county", "快速查询已查明身份，请当日填写身份确认单", "R-14")
            return
        if facts.latest("tracing_notice") is None:
            yield TaskOpened("tracing_notice", "county", "身份未查明，请在入站24小时内发布寻亲公告", "R-10")
        if facts.latest("dna_request") is None:
            yield TaskOpened("dna_request", "county", "身份未查明，请在入站7个工作日内报请公安机关采集DNA", "R-12")
