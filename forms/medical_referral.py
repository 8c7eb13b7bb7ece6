"""送医救治单 — whoever is ill goes to the designated hospital at once; the clerk on duty writes it, nobody is asked. (P-47)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import IDENTITY, copied_person, person_boxes
from forms.kit.chains import NOTED, Milestone
from forms.kit.effects import Effect, Needed, Starts, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DecimalBox, LongTextBox, MomentBox, TextBox, YesNoBox, when
from forms.kit.medical import CLAUSE, in_central_care, payer_of
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import brief_person, cells, fields, ink

CONDITIONS = [
    ("critical", "危重"),
    ("acute", "急病"),
    ("injured", "外伤"),
    ("infectious", "疑似传染病"),
    ("mental", "急性精神症状"),
    ("chronic", "慢性病复诊、取药"),
]
SEEN = when("outcome", "inpatient", "observation", "outpatient", "transferred")
STATEMENT = (
    "请按照“先救治、后救助”的原则先行诊治。身份不明或者暂时无力支付费用的，不影响救治；"
    "出院时由{payer}核查参保情况，据实结算费用，并负责救治监管。"
)


class MedicalReferral(Paper):
    """送医救治单, S0 三（二）2（5）: 及时安排危重伤病或突发急病的受助人员到定点医院就医 (R-36, R-29)."""

    number, code, title = "P-47", "medical_referral", "送医救治单"
    genre, chain = Genre.FORM, NOTED
    clause = f"{CLAUSE}；先救治、后救助"

    person_name, person_sex, person_age = person_boxes()
    identity_status = ChoiceBox("身份状态", IDENTITY, copied=True)
    taken_at = MomentBox("送医时间", required=True)
    taken_from = ChoiceBox(
        "送出地点",
        [("station", "救助站内"), ("central_station", "州级区域中心站"), ("street", "街面（发现现场）"), ("custody", "托养机构"),
         ("relief_point", "临时救助点"), ("other", "其他")],
        required=True,
        wide=True,
    )  # fmt: skip
    condition = ChoiceBox("病情", CONDITIONS, required=True, wide=True)
    symptoms = LongTextBox("主要症状和经过", required=True, least=5, most=300)
    temp_c = DecimalBox("体温", least=30, most=43, unit="℃")
    history = TextBox("病史和用药", most=100, wide=True, help="已知病史、过敏史、正在服用的药物")
    hospital = TextBox("定点医院", required=True, least=4, most=60, help="写医院全称")
    way = ChoiceBox(
        "送医方式",
        [("ambulance", "120急救车"), ("own", "救助车辆"), ("police", "公安协助"), ("other", "其他")],
        required=True,
    )
    escorts = TextBox("陪送人员", required=True, most=60, help="两人的，用“、”隔开")
    relatives_told = ChoiceBox(
        "告知亲属",
        [("yes", "已告知"), ("unreached", "联系不上"), ("none", "未查明亲属")],
        required=True,
    )
    received_at = MomentBox("接诊时间")
    doctor = TextBox("接诊医师", most=40, help="科室和姓名")
    outcome = ChoiceBox(
        "接诊处置",
        [("inpatient", "住院"), ("observation", "留观"), ("outpatient", "门诊处置后返站"), ("transferred", "转上级医院"),
         ("waiting", "正在送医")],
        required=True,
        wide=True,
    )  # fmt: skip
    diagnosis = TextBox("初步诊断", most=100, shown_when=SEEN, wide=True)
    green_channel = YesNoBox("先救治、后结算", required=True, shown_when=SEEN, help="医院是否先行救治、出院时结算")
    payer_name = TextBox("结算和监管", copied=True, wide=True)

    sections = (
        Section("受助人员", ("person_name", "person_sex", "person_age", "identity_status")),
        Section("病情", ("taken_at", "taken_from", "condition", "symptoms", "temp_c", "history")),
        Section("送医", ("hospital", "way", "escorts", "relatives_told")),
        Section("接诊", ("received_at", "doctor", "outcome", "diagnosis", "green_channel", "payer_name"),
                "来不及问清的可空着，不耽误送医"),
    )  # fmt: skip
    checklist = (
        Needed("hospital_paper", "病历、住院证等医院材料", required=False, after_issue=True),
        Needed("injury_photo", "伤情照片", required=False, shown_when=when("condition", "injured")),
    )

    #: A hospital in use is inspected every quarter; the first use begins it, each inspection the next (P-50).
    starts = (
        Starts("hospital_inspection_due", Milestone.COMPLETED, "today", owner="county", thread_box="hospital"),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest now, the hospital of the county, and what the admission says of the state of health."""
        hospital = facts.county.get("hospital") or facts.prefecture.get("hospital")
        known = next((sign for sign, _ in CONDITIONS if sign in facts.person.health), "")
        return {
            "taken_at": facts.now,
            "taken_from": "central_station" if in_central_care(facts) else "station",
            "condition": known,
            "hospital": hospital.name if hospital else "",
            "relatives_told": "none" if not facts.case.get("relatives") else "",
            "outcome": "waiting",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person from the case, and who pays and supervises from where they were first received."""
        return {
            **copied_person(facts),
            "identity_status": facts.person.identity_status,
            "payer_name": payer_of(facts).name,
        }

    @rule("R-36", clause=CLAUSE)
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """送医在前，接诊在后，都不晚于现在."""
        taken, seen = self.taken_at.data, self.received_at.data
        if taken and taken > facts.now + timedelta(minutes=1):
            yield Problem("送医时间不能晚于现在，请核对", "taken_at")
        if seen and seen > facts.now + timedelta(minutes=1):
            yield Problem("接诊时间不能晚于现在，请核对", "received_at")
        if seen and taken and seen < taken:
            yield Problem("接诊时间不能早于送医时间，请核对", "received_at")

    @rule("R-36", clause="先救治、后救助", level=Level.NOTE)
    def written_at_once(self, facts: Facts) -> Iterator[Problem]:
        """送医后随即登记."""
        taken = self.taken_at.data
        if taken and facts.now - taken > timedelta(hours=24):
            yield Problem("送医已超过24小时，本单属补登；今后请随送随登", "taken_at")

    @rule("R-85", clause="精神卫生法第28条", level=Level.NOTE)
    def disorder_is_diagnosed(self, facts: Facts) -> Iterator[Problem]:
        """疑似精神障碍的，会同公安机关送诊."""
        if self.condition.data == "mental":
            yield Problem(
                "急性精神症状须由精神科诊断",
                "condition",
                remedy="请会同公安机关办理送诊",
                remedy_paper="psychiatric_referral",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The payer has to supervise the treatment, and to settle the bill when the person is discharged."""
        if on is not Milestone.COMPLETED:
            return
        if in_central_care(facts):
            why = "集中照料期间送医，请负责救治监管；出院时核查参保情况并结算费用"
            yield TaskOpened("medical_settlement", "county", why, "R-29")
        else:
            why = "已送医，出院时必须核查参保情况，据实结算费用"
            yield TaskOpened("medical_settlement", "county", why, "R-65")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print what the hospital must know about payment, and room for ink on both sides."""
        face = table_face(self, facts, stamp)
        illness = ["condition", "temp_c", "taken_at", "taken_from", "symptoms", "history"]
        hospital = ["hospital", "way", "escorts", "relatives_told"]
        seen = ["received_at", "doctor", "outcome", "green_channel", "diagnosis"]
        face["blocks"] = [
            brief_person(facts),
            fields("病情", cells(self, illness)),
            fields("送医", cells(self, hospital)),
            fields("接诊", cells(self, seen)),
            {"kind": "statement", "text": STATEMENT.format(payer=self.payer_name.printed)},
            ink("陪送人员（签名）", "接诊医师（签名）"),
        ]
        day = stamp.times.get("draft", "")
        face["foot"] = [["值班经办人", stamp.names.get("draft", "")], ["填写时间", day]]
        face["copies"] = "一式两份（医院、案卷）"
        return face
