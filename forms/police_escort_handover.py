"""公安机关（综合执法）护送交接表 — who brought the person, in what state, and who took over. (P-02)

The sheet itself is signed in ink at the door; its scan opens the admission (R-91 on P-01). This is the portal's record
of it, written once the case has its number: the officers have no desk here, so their names and the minute are kept.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import HEALTH, HOSPITAL_FIRST, MENTAL, copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, LongTextBox, ManyBox, MomentBox, NameBox, PhoneBox, TextBox, YesNoBox, when
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_moment

ANNEX = "民发〔2015〕158号附件1"
HOSPITAL = "民发〔2014〕132号"
STATEMENT = (
    "护送单位已说明发现经过和被护送人员情况，双方当面核对了人员、物品和材料。"
    "被护送人员有急病、危重、疑似传染病或明显外伤的，应当先送医疗机构救治；"
    "涉嫌违法犯罪的，由公安机关依法处理。"
)


class Officer(Row):
    """One of the escorting officers."""

    name = NameBox("姓名", required=True)
    badge_no = TextBox("警号（执法证号）", most=20)
    phone = PhoneBox("电话")


class Thing(Row):
    """A thing or paper handed over with the person."""

    item = TextBox("物品（材料）", required=True, most=40)
    quantity = TextBox("数量", most=10)
    note = TextBox("备注", most=30)


class PoliceEscortHandover(Paper):
    """护送交接表: S3-1 五（二）, 民发〔2015〕158号附件1, 381号令第5条."""

    number, code, title = "P-02", "police_escort_handover", "护送交接表"
    genre, chain = Genre.FORM, FORM
    clause = f"S3-1 五（二）；{ANNEX}；381号令第5条"
    one_live = True
    copies = "一式两份"

    escort_kind = ChoiceBox(
        "护送方", [("police", "公安机关"), ("city_management", "综合执法")], required=True, prints=False
    )
    escort_org = TextBox("护送单位", required=True, most=40, help="写到派出所或大队，如“平塘县公安局金盆派出所”")
    officers = RowsBox("护送人员", Officer, required=True)
    found_at = MomentBox("发现时间", required=True)
    found_place = TextBox("发现地点", required=True, most=100, wide=True)
    found_by = ChoiceBox(
        "发现方式",
        [("patrol", "巡逻发现"), ("call", "接报警"), ("public", "群众反映"), ("other", "其他")],
        required=True,
    )
    story = LongTextBox("发现经过", required=True, least=10, most=300)

    person_name, person_sex, person_age = person_boxes()
    needs_care = ManyBox(
        "特殊对象",
        [
            ("disabled", "残疾人"),
            ("minor", "未成年人"),
            ("elder", "老年人"),
            ("limited", "行动不便"),
            ("none", "无"),
        ],
        required=True,
        wide=True,
    )
    mental_status = ChoiceBox("精神状况", MENTAL, required=True, wide=True)
    health = ManyBox("健康状况", HEALTH, required=True, wide=True)
    doctor_seen = YesNoBox(
        "是否已送医", required=True, shown_when=when("health", *sorted(HOSPITAL_FIRST), "injured")
    )
    hospital = TextBox("送医医院及诊断", required=True, most=100, shown_when=when("doctor_seen", "yes"), wide=True)
    police_check = ManyBox(
        "公安已查",
        [
            ("identity", "人口信息"),
            ("missing", "走失报案"),
            ("wanted", "在逃比对"),
            ("drugs", "涉毒"),
            ("none", "未查"),
        ],
        required=True,
        wide=True,
    )
    check_result = TextBox("查询结果", most=100, wide=True)

    things = RowsBox("移交物品和材料", Thing, help="没有的填一行“无”", required=True)
    handed_over_at = MomentBox("交接时间", required=True, prints=False)
    received_by = NameBox("接收人", required=True, prints=False)
    both_signed = YesNoBox("双方已在纸质交接表上签名", required=True, wide=True, prints=False)

    sections = (
        Section("被护送人员", ("person_name", "person_sex", "person_age", "needs_care", "mental_status", "health",
                              "doctor_seen", "hospital")),
        Section("发现情况", ("found_at", "found_by", "found_place", "story")),
        Section("护送单位", ("escort_kind", "escort_org", "officers", "police_check", "check_result")),
        Section("交接", ("handed_over_at", "received_by", "both_signed", "things")),
    )  # fmt: skip
    checklist = (
        Needed(
            "signed_sheet",
            "双方签名的交接表扫描件",
            required=False,
            note="已随求助登记表上传的，不必重复上传",
        ),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Take from the admission what both papers say."""
        admission, kind = facts.case, facts.case.get("admission_source")
        same = ("found_at", "found_place", "mental_status", "health")
        found: dict[str, Any] = {name: admission[name] for name in same if name in admission}
        found["handed_over_at"] = facts.person.admitted_at or facts.now
        things = [
            {key: row[key] for key in ("item", "quantity") if key in row}
            for row in admission.get("belongings", ())
        ]
        if things:
            found["things"] = things
        if kind in {"police", "city_management"}:
            found["escort_kind"] = kind
            if kind in facts.county:
                found["escort_org"] = facts.county[kind].name
        return found

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person as the case knows them."""
        return copied_person(facts)

    @rule("R-91", clause="S3-1 五（二）")
    def sheet_is_on_file(self, facts: Facts) -> Iterator[Problem]:
        """双方签名的交接表须存卷：随求助登记表上传，或在本表上传."""
        with_admission = facts.case.get("admission_source") in {"police", "city_management"}
        if not with_admission and "signed_sheet" not in facts.attached:
            yield Problem("请上传双方签名的交接表扫描件", "attachment-signed_sheet")
        if self.both_signed.data == "no":
            yield Problem("护送人员和接收人须当场在纸质交接表上签名，请补签后再登记", "both_signed")

    @rule("R-91", clause=ANNEX)
    def times_agree_with_admission(self, facts: Facts) -> Iterator[Problem]:
        """发现在前，交接在后，都不晚于现在；交接与入站是同一回事."""
        handed, found, admitted = self.handed_over_at.data, self.found_at.data, facts.person.admitted_at
        if handed and handed > facts.now + timedelta(minutes=1):
            yield Problem("交接时间不能晚于现在，请核对", "handed_over_at")
        elif handed and admitted and abs(handed - admitted) > timedelta(hours=24):
            yield Problem(
                f"交接时间与入站时间（{chinese_moment(admitted.astimezone(handed.tzinfo))}）相差超过24小时，请核对",
                "handed_over_at",
            )
        if handed and found and found > handed:
            yield Problem("发现时间不能晚于交接时间，请核对", "found_at")

    @rule("R-91", clause=ANNEX)
    def choices_do_not_contradict(self, facts: Facts) -> Iterator[Problem]:
        """“无”“未查”“良好”不与其他选项同选."""
        alone = ((self.needs_care, "none"), (self.police_check, "none"), (self.health, "good"))
        for box, word in alone:
            if word in (box.data or []) and len(box.data) > 1:
                yield Problem(f"“{box.label.text}”选了“{box.label_of(word)}”，不能再选其他，请核对", box.name)

    @rule("R-36", clause=HOSPITAL, level=Level.WARN)
    def hospital_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """急病、危重、疑似传染病、明显外伤的，先送医，后入站."""
        if self.doctor_seen.shown(self) and self.doctor_seen.data == "no":
            yield Problem(
                "该人员应当先送医救治，请说明直接入站的原因",
                "doctor_seen",
                remedy="请立即办理《送医救治单》",
                remedy_paper="medical_referral",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """An ill person whom nobody took to a doctor goes there now."""
        if on is Milestone.SUBMITTED and self.doctor_seen.shown(self) and self.doctor_seen.data == "no":
            yield TaskOpened("medical_referral", "issuer", "先救治、后救助，请立即送定点医院", "R-36")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the statement and room for both signatures; the officers' names stand in it."""
        face = table_face(self, facts, stamp)
        at = self.handed_over_at.printed
        escorts = "、".join(line.name.printed for line in self.officers.rows)
        face["title"] = f"{self.escort_kind.printed or '公安机关（综合执法）'}护送交接表"
        face["blocks"] += [
            {"kind": "statement", "text": STATEMENT},
            {
                "kind": "signatures",
                "boxes": [
                    {"label": "护送人", "name": f"{self.escort_org.printed}　{escorts}", "time": at},
                    {"label": "接收人", "name": f"{facts.issuer.name}　{self.received_by.printed}", "time": at},
                ],
            },
        ]
        return face
