"""疑似精神障碍患者送诊（送治）单 — a vagrant with signs of disorder and no relatives: police and civil affairs bring them. (P-73)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import IDENTITY, copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseUpdated, Effect, Needed, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, ManyBox, MomentBox, NameBox, TextBox, when
from forms.kit.homeward import local_day
from forms.kit.medical import in_central_care
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import brief_person, cells, fields, ink

CLAUSE = "S4 二（二）；精神卫生法第28条"
SEEN = when("outcome", "inpatient", "outpatient", "not")
DIAGNOSED = when("outcome", "inpatient", "outpatient")
STATEMENT = (
    "该人员疑似精神障碍，暂未查找到近亲属，依照《中华人民共和国精神卫生法》第二十八条，由公安机关会同民政部门送往贵院进行诊断。"
    "请由精神科执业医师作出书面诊断结论；需要住院治疗的，请予收治。"
)


class PsychiatricReferral(Paper):
    """疑似精神障碍患者送诊（送治）单, S4 二（二）: 查找不到近亲属的，由公安部门联合民政部门送精神病专科医院 (R-85)."""

    number, code, title = "P-73", "psychiatric_referral", "疑似精神障碍患者送诊（送治）单"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    copies = "一式三份（医院、公安、案卷）"

    person_name, person_sex, person_age = person_boxes()
    identity_status = ChoiceBox("身份状态", IDENTITY, copied=True)
    relatives = ChoiceBox(
        "近亲属",
        [("unknown", "查找不到"), ("refused", "已联系，拒绝送诊"), ("known", "已联系上")],
        required=True,
        wide=True,
    )
    signs = ManyBox(
        "主要表现",
        [("speech", "言语紊乱"), ("mood", "情绪异常"), ("hallucination", "疑似幻觉、妄想"), ("behaviour", "行为怪异"),
         ("self_harm", "自伤或者有自伤危险"), ("harm", "伤人或者有伤人危险"), ("other", "其他")],
        required=True,
        wide=True,
    )  # fmt: skip
    course = LongTextBox("发现经过和表现", required=True, least=10, most=300)
    police_unit = TextBox("公安机关", required=True, least=4, most=40, help="牵头送诊")
    police_officer = TextBox("民警", required=True, most=40)
    staff = TextBox("民政送诊人员", required=True, most=60)
    hospital = TextBox("送往医院", required=True, least=4, most=60, help="精神专科医院或者设精神科的医院")
    sent_at = MomentBox("送诊时间", required=True)
    outcome = ChoiceBox(
        "诊断结果",
        [("waiting", "待诊断"), ("inpatient", "确诊，住院治疗"), ("outpatient", "确诊，门诊治疗"), ("not", "未诊断为精神障碍")],
        required=True,
        wide=True,
    )  # fmt: skip
    diagnosis = TextBox("诊断", required=True, most=60, shown_when=DIAGNOSED)
    doctor = NameBox("精神科医师", required=True, shown_when=SEEN)
    diagnosed_on = DateBox("诊断日期", required=True, shown_when=SEEN)

    sections = (
        Section("受助人员", ("person_name", "person_sex", "person_age", "identity_status", "relatives")),
        Section("表现", ("signs", "course")),
        Section("送诊", ("police_unit", "police_officer", "staff", "hospital", "sent_at")),
        Section("诊断", ("outcome", "diagnosis", "doctor", "diagnosed_on")),
    )
    checklist = (Needed("diagnosis", "精神科诊断证明", shown_when=SEEN, dated=True),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the police of the county, the hospital of the prefecture, and now."""
        police, hospital = facts.county.get("police"), facts.prefecture.get("hospital")
        reached = any(row.get("reached") == "yes" for row in facts.case.get("relatives", ()))
        return {
            "relatives": "known" if reached else "unknown",
            "police_unit": police.name if police else "",
            "hospital": hospital.name if hospital else "",
            "sent_at": facts.now,
            "outcome": "waiting",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the case knows them."""
        return {**copied_person(facts), "identity_status": facts.person.identity_status}

    @rule("R-85", clause=CLAUSE, level=Level.WARN)
    def relatives_bring_their_own(self, facts: Facts) -> Iterator[Problem]:
        """已联系上近亲属的，由近亲属送诊；紧急的说明."""
        danger = {"self_harm", "harm"} & set(self.signs.data or ())
        if self.relatives.data == "known" and not danger:
            yield Problem("已联系上近亲属，一般由近亲属送诊；由公安、民政送诊的请说明原因", "relatives")

    @rule("R-85", clause=CLAUSE)
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """送诊不晚于现在，诊断在送诊之后、不晚于今天."""
        sent, found = self.sent_at.data, self.diagnosed_on.data
        if sent and sent > facts.now + timedelta(minutes=1):
            yield Problem("送诊时间不能晚于现在，请核对", "sent_at")
        if not self.diagnosed_on.shown(self) or found is None:
            return
        if found > facts.today:
            yield Problem("诊断日期不能晚于今天", "diagnosed_on")
        elif sent and found < local_day(sent):
            yield Problem("诊断日期不能早于送诊日期，请核对", "diagnosed_on")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The diagnosis becomes part of the file: custody (R-44) and the ten days (R-18) depend on it."""
        if on is not Milestone.COMPLETED:
            return
        if DIAGNOSED(self):
            yield CaseUpdated(
                {
                    "mental_status": "diagnosed",
                    "diagnosis_hospital": self.hospital.data or "",
                    "diagnosis_doctor": self.doctor.data or "",
                    "diagnosis_on": self.diagnosed_on.data.isoformat() if self.diagnosed_on.data else "",
                }
            )
        elif self.outcome.data == "not" and facts.person.mental_status == "suspected":
            yield CaseUpdated({"mental_status": "normal"})
        if self.outcome.data == "inpatient":
            number = "R-29" if in_central_care(facts) else "R-65"
            yield TaskOpened(
                "medical_settlement", "county", "已住院治疗，出院时必须核查参保情况，据实结算费用", number
            )

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print what police and civil affairs ask of the hospital, and room for three signatures."""
        face = table_face(self, facts, stamp)
        sent = ["police_unit", "police_officer", "staff", "hospital", "sent_at"]
        found = ["outcome", "diagnosis", "doctor", "diagnosed_on"]
        face["blocks"] = [
            brief_person(facts),
            fields("表现", cells(self, ["identity_status", "relatives", "signs", "course"])),
            fields("送诊", cells(self, sent)),
            fields("诊断", cells(self, found)),
            {"kind": "statement", "text": STATEMENT},
            ink("民警（签名）", "民政送诊人员（签名）", "医院接诊人（签名）"),
        ]
        return face
