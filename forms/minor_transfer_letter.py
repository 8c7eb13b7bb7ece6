"""未成年人转移州儿童福利院函 — a county without a child welfare home asks the prefecture's to take a child in. (P-33)"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from forms.kit.blocks import HOSPITAL_FIRST, IDENTITY, contact_boxes, latest_contact, urgency_box
from forms.kit.effects import Needed
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, LongTextBox, TextBox
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import age_text, closed, first_organ, our_office, person_long, person_short
from forms.kit.workdays import SHANGHAI

CLAUSE = "S0 三（二）2（3）；未成年人保护法第92、93条"
#: What stands between the name and the request, by the state of guardianship.
GUARDIAN = {
    "not_found": "经多方查找，暂未联系到其监护人（近亲属）",
    "unable": "其监护人暂不具备监护能力",
    "harm": "其疑似遭受监护侵害，不宜继续由原监护人照料",
    "waiting": "已联系到其监护人（近亲属），但暂不能接领",
    "refused": "已联系到其监护人，但监护人拒绝接领",
}


class Escort(Row):
    """One of the escorts."""

    name = TextBox("姓名", required=True, most=30)
    sex = ChoiceBox("性别", [("男", "男"), ("女", "女")], required=True)
    post = TextBox("单位及职务", most=40)


class MinorTransferLetter(Letter):
    """未成年人转移州儿童福利院函, S0 三（二）2（3); wording kernel of domain §3.16."""

    number, code, title = "P-33", "minor_transfer_letter", "未成年人转移州儿童福利院函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee = Addressee.CHILD_HOME
    answered_by = ("child_home_acceptance",)
    one_live = True

    identity_status = ChoiceBox("身份状态", IDENTITY, copied=True)
    age_text = TextBox("年龄", copied=True)
    guardian_state = ChoiceBox(
        "监护情况",
        [
            ("not_found", "查找不到监护人（近亲属）"),
            ("unable", "监护人无监护能力"),
            ("harm", "疑似监护侵害"),
            ("waiting", "已联系，暂不能接领"),
            ("refused", "监护人拒绝接领"),
        ],
        required=True,
        wide=True,
    )
    guardian_detail = TextBox(
        "监护情况补充", most=80, wide=True, help="接在监护情况之后，如“其母在外务工，预计11月返回”"
    )
    health_summary = LongTextBox("健康状况、送医情况", required=True, most=200)
    care_needs = LongTextBox("照料注意事项", most=200, help="饮食、用药、情绪、就学等")
    planned_date = DateBox("拟送达日期", required=True)
    escort_staff = RowsBox("护送人员", Escort, required=True)
    vehicle_no = TextBox("护送车辆", required=True, most=20, help="车牌号")
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("未成年人", ("identity_status", "age_text", "guardian_state", "guardian_detail")),
        Section("健康和照料", ("health_summary", "care_needs")),
        Section("护送", ("planned_date", "escort_staff", "vehicle_no"), "护送、身份查询和费用结算由本单位负责"),
        Section("联系", ("urgency", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("medical_check", "健康检查材料", dated=True, note="日期在发函前7天以内"),
        Needed(
            "hospital_clearance",
            "医院出具的可以转移的证明",
            required=False,
            dated=True,
            note="急病、危重、疑似传染病时必须上传",
        ),
        Needed("guardian_consent", "监护人（近亲属）意见", required=False),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today and urgency: a child is moved at once (§2.D)."""
        relatives = [row for row in facts.case.get("relatives", ()) if row.get("reached") == "yes"]
        return {
            "guardian_state": "waiting" if relatives else "not_found",
            "planned_date": facts.today,
            "urgency": "加急",
            **latest_contact(facts),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take identity and age as the case has them."""
        return {
            "identity_status": facts.person.identity_status,
            "age_text": age_text(facts.person, facts.today),
        }

    @rule("R-26", clause=f"{CLAUSE}；A-09")
    def only_minors(self, facts: Facts) -> Iterator[Problem]:
        """州儿童福利院只接收未成年人；年龄不明的，目测下限不满18岁按未成年人."""
        if facts.person.case_no and not facts.person.minor_on(facts.today):
            yield Problem(
                "该人员已满18周岁（或目测年龄下限不低于18岁），不能转送州儿童福利院",
                "age_text",
                remedy="需要集中照料的，请办理《受助人员转移集中照料申请函》",
                remedy_paper="transfer_request",
            )

    @rule("R-43", clause="S0 三（二）2（3）")
    def own_home_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """县级有儿童福利院的，在本县安置."""
        if facts.issuer.child_home:
            yield Problem(
                f"{facts.issuer.place}有儿童福利院，应就近安置，不转送州儿童福利院",
                "age_text",
                remedy="请办理《人员托养审批表》",
                remedy_paper="placement_approval",
            )

    @rule("R-34", clause="一案一函")
    def one_letter_at_a_time(self, facts: Facts) -> Iterator[Problem]:
        """同一人员已有未答复的函，或已在州儿童福利院的，不再发函."""
        same, home = facts.latest("minor_transfer_letter"), facts.prefecture.get("child_home")
        if same is not None and same.state not in {"replied", "closed"}:
            yield Problem(f"该人员已有一件转移函在办（{same.doc_no or same.title}），请等待答复", "guardian_state")
        if home is not None and facts.place == home.code:
            yield Problem("该人员已在州儿童福利院，无须再发函", "guardian_state")

    @rule("R-36", clause="S0 三（二）2（5）；民发〔2014〕132号；先救治、后救助")
    def hospital_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """急病、危重、疑似传染病的，先送医，医院同意后再转移."""
        ill = HOSPITAL_FIRST & set(facts.person.health)
        if ill and "hospital_clearance" not in facts.attached:
            yield Problem(
                "该未成年人有急病、危重或疑似传染病，须先送医救治",
                "health_summary",
                remedy="治疗后上传医院出具的可以转移的证明",
                remedy_paper="medical_referral",
            )
        cleared, admitted = facts.attached_dates.get("hospital_clearance"), facts.person.admitted_at
        if ill and cleared and admitted and cleared < admitted.astimezone(SHANGHAI).date():
            yield Problem("医院证明的日期早于入站，请上传治疗后的证明", "attachment-hospital_clearance")
        checked, days = facts.attached_dates.get("medical_check"), int(facts.settings.get("medical_check_days", 7))
        if checked and not facts.today - timedelta(days=days) <= checked <= facts.today:
            yield Problem(f"健康检查材料的日期应在今天之前{days}天以内，请重新检查", "attachment-medical_check")

    @rule("R-30", clause="S0 三（二）1（2）")
    def county_escorts(self, facts: Facts) -> Iterator[Problem]:
        """护送人员不少于规定人数，女性未成年人须有女性护送."""
        if self.escort_staff.empty:
            return
        least = int(facts.settings.get("escorts_least", 2))
        if len(self.escort_staff.rows) < least:
            yield Problem(f"护送人员不少于{least}人", "escort_staff")
        if facts.person.sex == "女" and not any(row.sex.data == "女" for row in self.escort_staff.rows):
            yield Problem("该未成年人为女性，护送人员中至少有1名女性", "escort_staff")

    @rule("R-43", clause="§2.D 立即办理")
    def moved_at_once(self, facts: Facts) -> Iterator[Problem]:
        """拟送达日期不早于今天，在规定天数以内."""
        within = int(facts.settings.get("planned_within_days", 15))
        planned = self.planned_date.data
        if planned and not facts.today <= planned <= facts.today + timedelta(days=within):
            yield Problem(f"拟送达日期应在今天起{within}天以内", "planned_date")

    def matter(self, facts: Facts) -> str:
        """商请接收未成年…临时照料."""
        return f"商请接收{person_short(facts).replace('受助人员', '未成年受助人员', 1)}临时照料"

    def body(self, facts: Facts) -> Iterable[str]:
        """The kernel of domain §3.16, with the facts the home needs to decide."""
        we, person = our_office(facts), facts.person
        lack = f"{facts.issuer.self_word}无儿童福利院。" if facts.issuer.kind != "central_station" else ""
        detail = f"，{closed(self.guardian_detail.data)}" if self.guardian_detail.data else ""
        yield f"{lack}{person_long(facts)}系未成年人，{GUARDIAN.get(self.guardian_state.data, '')}{detail}。"
        admitted = person.admitted_at
        day = f"于{chinese_date(admitted.astimezone(SHANGHAI).date())}" if admitted else ""
        needs = f"照料中请注意：{closed(self.care_needs.data)}。" if self.care_needs.data else ""
        yield (
            f"该未成年人{day}由{first_organ(facts)}救助（救助编号：{person.case_no}），{_identity(facts)}。"
            f"健康状况：{closed(self.health_summary.data)}。{needs}"
        )
        yield (
            f"现商请贵院接收临时照料，{we}负责护送、身份查询和费用结算。"
            f"拟于{self.planned_date.printed}由{we}派员护送到院，并现场办理书面交接。"
        )
        yield "请予函复。"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """求助登记表 and 健康检查材料; the notice where one is published."""
        return ["求助登记表", "健康检查材料", *(["寻亲公告"] if facts.published_notice else [])]

    def cc(self, facts: Facts) -> Sequence[str]:
        """州民政局 gets a copy (§2.D)."""
        bureau = facts.prefecture.get("prefecture_bureau")
        return [bureau.name] if bureau else []


def _identity(facts: Facts) -> str:
    if facts.person.identified:
        return f"身份已经查明（户籍地：{facts.person.hukou_address}）"
    notice = facts.published_notice
    if notice is None:
        return "身份信息暂未查明，正在查询"
    return f"身份信息暂未查明，已发布寻亲公告（公告编号：{notice.doc_no}）"
