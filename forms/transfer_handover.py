"""受助人员转移交接单 — county escorts hand a person over to the central station, face to face. (P-15)"""

from collections.abc import Iterable, Iterator
from typing import Any

from forms.kit.blocks import WARDS
from forms.kit.chains import HANDOVER, Milestone
from forms.kit.effects import BedReleased, Effect, Needed, PersonMoved, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DecimalBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    MoneyBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Addressee, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import (
    BEHAVIOURS,
    WOUNDS,
    Item,
    Medicine,
    cells,
    companions_block,
    differences,
    guarded_valuables,
    lists,
    person_block,
    whole_row,
)
from forms.kit.timespan import chinese_date
from forms.kit.transfer import (
    CLAUSE,
    HOSPITAL_CLAUSE,
    MINOR_CLAUSE,
    Arrived,
    Escort,
    accepted_by,
    bed_choices,
    bed_problems,
    companion_bed_problems,
    escort_problems,
    fever_problems,
    first_bed,
    guardian_comes,
    handover_of,
    intake_of,
    since_return,
    tracing_state,
    ward_of,
)
from forms.kit.workdays import SHANGHAI

ACCEPT = when("result", "accept")
REFUSE = when("result", "refuse")
#: Printed above the signatures (§3.5).
STATEMENT = (
    "本表所列人员、物品和材料经双方当面核对无误。集中照料期间，日常照料由黔南州救助管理站负责；"
    "入站登记、寻亲服务、落户安置、回访稳固由移交县（市）救助管理机构负责；"
    "突发疾病送医的费用结算和救治监管由移交县（市）负责。"
)


class TransferHandover(Paper):
    """受助人员转移交接单, S0 三（二）1（2）, S3-1 五（二）; fields of domain §3.5."""

    number, code, title = "P-15", "transfer_handover", "受助人员转移交接单"
    clause = f"{CLAUSE}；S3-1 五（二）"
    chain = HANDOVER
    addressee = Addressee.COUNTY_BUREAU
    drafted_in = frozenset({"central_station"})
    copies = "一式三份（县、站、案卷）"

    request_no = TextBox("申请函文号", copied=True)
    reply_no = TextBox("复函文号", copied=True)
    from_org = TextBox("移交单位", copied=True)
    arrived_at = MomentBox("到站时间", required=True)
    escort_staff = RowsBox("护送人员", Escort, required=True)

    temp_c = DecimalBox("体温", required=True, least=34, most=43, unit="℃")
    bp = TextBox("血压", most=20, help="如120/80mmHg")
    weight_kg = DecimalBox("体重", least=1, most=300, unit="kg")
    wounds = ChoiceBox("伤痕褥疮", WOUNDS, required=True)
    body_check = LongTextBox(
        "体表检查", required=True, most=300, help="写明伤痕、褥疮、疤痕的部位；没有的写“未见异常”"
    )
    behaviour = ChoiceBox("精神、情绪、行为", BEHAVIOURS, required=True, wide=True)
    behaviour_note = TextBox(
        "行为说明",
        required=True,
        most=100,
        shown_when=when("behaviour", "self_harm", "attack", "other"),
        wide=True,
    )
    medication = RowsBox("用药情况", Medicine, required=True, help="没有用药的填一行“无”")

    belongings = RowsBox("随身物品清单", Item, required=True, help="没有物品的填一行“无”")
    belongings_note = TextBox(
        "物品差异说明", most=200, wide=True, help="与求助登记表不一致时必填，如“途中食用”“县站代管”"
    )
    cash = MoneyBox("现金", required=True, help="双方当面清点，单位元，没有的填0")
    valuables = TextBox("贵重物品", required=True, most=100, help="没有的填“无”")
    documents = ManyBox(
        "移交材料清单",
        [
            ("registration", "求助登记表"),
            ("medical_check", "健康检查材料"),
            ("reply", "复函"),
            ("notice", "寻亲公告"),
            ("dna_proof", "DNA采集证明"),
            ("records", "病历"),
            ("later", "应急接收，随后补交"),
        ],
        required=True,
        wide=True,
    )
    tracing_state = TextBox("寻亲、DNA进度", most=400, copied=True, wide=True)

    result = ChoiceBox("交接结论", [("accept", "接收"), ("refuse", "拒收")], required=True)
    refuse_reason = ChoiceBox(
        "拒收理由",
        [("hospital", "需先送医"), ("mismatch", "人证不符"), ("papers", "材料严重缺失")],
        required=True,
        shown_when=REFUSE,
    )
    refuse_note = TextBox("拒收说明", required=True, least=5, most=200, shown_when=REFUSE, wide=True)
    ward = ChoiceBox("照料区", WARDS, required=True, shown_when=ACCEPT)
    bed = SelectBox("床位", required=True, shown_when=ACCEPT)
    companions = RowsBox("随行亲属", Arrived, shown_when=ACCEPT)
    duty_confirmed = YesNoBox(
        "责任划分确认", required=True, wide=True,
        help="日常照料由州站负责；登记、寻亲、落户、回访由移交县（市）负责；送医费用结算和救治监管由移交县（市）负责",
    )  # fmt: skip

    sections = (
        Section("移交", ("request_no", "reply_no", "from_org", "arrived_at", "escort_staff")),
        Section(
            "身体和精神状况",
            ("temp_c", "bp", "weight_kg", "wounds", "body_check", "behaviour", "behaviour_note", "medication"),
        ),
        Section(
            "物品和材料",
            ("belongings", "belongings_note", "cash", "valuables", "documents", "tracing_state"),
            "物品清单从求助登记表带入，请逐件当面核对",
        ),
        Section(
            "交接结论",
            ("result", "refuse_reason", "refuse_note", "ward", "bed", "companions", "duty_confirmed"),
        ),
    )
    checklist = (
        Needed("wound_photo", "伤情照片", shown_when=when("wounds", "yes")),
        Needed("hospital_clearance", "医院出具的可以转移的证明", required=False, dated=True, note="高热的必须有"),
        Needed("signed_sheet", "双方签名的交接单（扫描）", required=False, after_issue=True),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Bring along what request, reply, registration and emergency record already say."""
        request, reply, intake = since_return(facts, "transfer_request"), accepted_by(facts), intake_of(facts)
        night = dict(intake.answers) if intake else {}
        lodged = dict(reply.answers) if reply else night
        known = {name: lodged[name] for name in ("ward", "bed", "companions") if lodged.get(name)}
        known |= {name: night[name] for name in ("temp_c", "body_check", "wounds") if night.get(name)}
        return {
            **first_bed(facts, facts.person),
            "arrived_at": night.get("arrived_at") or facts.now,
            "escort_staff": night.get("escort_staff")
            or (request.answers.get("escort_staff", []) if request else []),
            "belongings": [
                {"item": row.get("item", ""), "quantity": row.get("quantity", "")}
                for row in night.get("belongings") or facts.case.get("belongings", ())
            ],
            **known,
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Name the letters, the county and how far tracing has come."""
        request, reply = since_return(facts, "transfer_request"), accepted_by(facts)
        bureau = facts.county.get("county_bureau")
        later = "应急先行接收，补办" if intake_of(facts) else ""
        return {
            "request_no": (request.doc_no if request else "") or later,
            "reply_no": (reply.doc_no if reply else "") or later,
            "from_org": bureau.name if bureau else "",
            "tracing_state": tracing_state(facts),
        }

    def offer(self, facts: Facts) -> None:
        """Offer the free beds, those kept for these persons among them."""
        beds = bed_choices(facts)
        self.bed.offer(beds)
        for entry in self.companions.entries:
            entry.form.bed.offer(beds)

    @rule("R-30", clause=CLAUSE)
    def comes_after_the_reply(self, facts: Facts) -> Iterator[Problem]:
        """复函同意接收后才能交接，到站时间不早于复函日期；应急先行接收的除外."""
        arrived, reply = self.arrived_at.data, accepted_by(facts)
        if arrived and arrived > facts.now:
            yield Problem("到站时间不能晚于现在，请核对", "arrived_at")
        if handover_of(facts) is not None:
            yield Problem("该人员已办理交接，在州级区域中心站", "arrived_at")
        if intake_of(facts) is not None:
            return
        if reply is None:
            yield Problem(
                "州站尚未复函同意接收，不能办理交接",
                "reply_no",
                remedy="请先答复申请函；非工作时间的应急情形，由值班领导办理《应急先行接收记录》",
                remedy_paper="transfer_reply",
            )
        elif arrived and reply.signed_on and arrived.astimezone(SHANGHAI).date() < reply.signed_on:
            yield Problem(f"到站时间早于复函日期（{chinese_date(reply.signed_on)}），请核对", "arrived_at")

    @rule("R-30", clause=CLAUSE, level=Level.WARN)
    def comes_in_time(self, facts: Facts) -> Iterator[Problem]:
        """超过复函接收截止日期到站的，须说明."""
        arrived, reply = self.arrived_at.data, accepted_by(facts)
        by = str(reply.answers.get("arrive_by", "")) if reply else ""
        if arrived and by and arrived.astimezone(SHANGHAI).date().isoformat() > by and intake_of(facts) is None:
            yield Problem("到站已超过复函的接收截止日期，请说明原因", "arrived_at")

    @rule("R-30", clause=f"{CLAUSE}；S3-1 五（二）")
    def everything_is_checked_by_both(self, facts: Facts) -> Iterator[Problem]:
        """接收须有规定人数的护送人员、物品清单相符或说明差异、材料齐全、责任划分经双方确认."""
        if self.result.data != "accept":
            return
        if not self.escort_staff.empty:
            yield from escort_problems(facts, self.escort_staff.rows, "escort_staff")
        differs = differences(facts.case.get("belongings", ()), self.belongings)
        if differs and not self.belongings.empty and len(self.belongings_note.data or "") < 4:
            yield Problem(f"随身物品与求助登记表不一致（{'，'.join(differs)}），请说明原因", "belongings_note")
        missing = [
            self.documents.label_of(key)
            for key in self._due_documents(facts)
            if key not in (self.documents.data or ())
        ]
        if missing and not self.documents.empty:
            yield Problem(
                f"移交材料缺少{'、'.join(missing)}",
                "documents",
                remedy="请护送人员补齐；严重缺失的，以“材料严重缺失”拒收",
            )
        if "later" in (self.documents.data or ()) and intake_of(facts) is None:
            yield Problem("只有应急先行接收的，材料才可以随后补交", "documents")
        if self.duty_confirmed.data == "no":
            yield Problem("双方须确认责任划分（R-28、R-29），才能接收", "duty_confirmed")

    def _due_documents(self, facts: Facts) -> list[str]:
        """Return what the reply asked for; the reply itself may follow after an emergency reception (R-31)."""
        request = since_return(facts, "transfer_request")
        due = ["registration", "medical_check"] if intake_of(facts) is None else []
        if accepted_by(facts) is not None:
            due = ["registration", "medical_check", "reply"]
        if request and request.answers.get("ground") == "infrastructure" and facts.unidentified:
            due += ["notice", "dna_proof"]
        return due

    @rule("R-36", clause=HOSPITAL_CLAUSE)
    def fever_goes_to_hospital(self, facts: Facts) -> Iterator[Problem]:
        """到站时高热的，先送医，凭医院证明接收."""
        if self.result.data == "accept":
            yield from fever_problems(facts, self.temp_c)

    @rule("R-33", clause="381号令第8条")
    def there_is_a_bed(self, facts: Facts) -> Iterator[Problem]:
        """安排与性别相符的空床位."""
        if self.result.data == "accept":
            yield from bed_problems(facts, self.ward.data, self.bed.data)

    @rule("R-26", clause=MINOR_CLAUSE)
    def minors_sleep_apart_from_adults(self, facts: Facts) -> Iterator[Problem]:
        """未成年人与随行监护人同区，或安排在未成年人区."""
        if self.result.data != "accept":
            return
        rows = self.companions.rows
        if facts.person.minor_on(facts.today):
            with_guardian = [ward_of(facts, row.bed.data) for row in rows] if guardian_comes(facts, rows) else []
            if self.ward.data not in {"minor", *with_guardian}:
                yield Problem("未成年人应与随行监护人同区，或安排在未成年人区", "ward")
        yield from companion_bed_problems(facts, self.ward.data, self.bed.data, rows)

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Once all have signed the person is at the station; the county keeps its duties (R-28). Refused, the bed is free."""
        if on is not Milestone.COMPLETED or self.arrived_at.data is None:
            return
        at = self.arrived_at.data
        if self.result.data == "accept":
            yield PersonMoved(facts.issuer.code, at, self.ward.data, self.bed.data)
            for row in self.companions.rows:
                bed = row.bed.data
                yield PersonMoved(facts.issuer.code, at, ward_of(facts, bed), bed, row.case_no.data)
            return
        yield BedReleased()
        reply = accepted_by(facts)
        for row in reply.answers.get("companions", ()) if reply else ():
            yield BedReleased(str(row.get("case_no", "")))
        if self.refuse_reason.data == "hospital":
            yield TaskOpened("medical_referral", "county", "到站交接时需先送医，请立即送定点医院", "R-36")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print person and photo, what was checked, the fixed statement and three boxes for ink."""
        face = table_face(self, facts, stamp)
        accepted = self.result.data == "accept"
        state = ["temp_c", "bp", "weight_kg", "wounds", "body_check", "behaviour", "behaviour_note"]
        kept = ["belongings_note"] if self.belongings_note.data else []
        end = ["result", "bed"] if accepted else ["result", "refuse_reason", "refuse_note"]
        letters = "；".join(number for number in (self.request_no.data, self.reply_no.data) if number)
        face["blocks"] = [
            person_block(facts),
            {
                "kind": "fields",
                "heading": "移交",
                "rows": [
                    *cells(self, ["from_org", "arrived_at"]),
                    whole_row("申请函、复函文号", letters),
                    whole_row("护送人员", self.escort_staff.printed),
                ],
            },
            {
                "kind": "fields",
                "heading": "身体和精神状况",
                "rows": [*cells(self, state), whole_row("用药情况", self.medication.printed)],
            },
            *lists(self.belongings),
            {
                "kind": "fields",
                "heading": "物品和材料",
                "rows": [
                    whole_row("现金财物", guarded_valuables(self.cash, self.valuables)),
                    *cells(self, [*kept, "documents", "tracing_state"]),
                ],
            },
            *(companions_block(facts, self.companions) if accepted else []),
            {"kind": "fields", "heading": "交接结论", "rows": cells(self, end)},
            {"kind": "statement", "text": STATEMENT},
            {
                "kind": "signatures",
                "boxes": [
                    {
                        "label": "移交人（护送人员）",
                        "name": "、".join(row.name.printed for row in self.escort_staff.rows),
                    },
                    {"label": "接收人", "name": stamp.names.get("draft", "")},
                    {"label": "值班领导", "name": stamp.names.get("duty", "")},
                ],
            },
        ]
        face["foot"] = []
        return face
