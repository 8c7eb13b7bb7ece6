"""受助人员转移集中照料申请函 — a county asks the central station to take a person in. (P-13)"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from forms.kit.blocks import HOSPITAL_FIRST, IDENTITY, contact_boxes, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Needed, Starts
from forms.kit.facts import CaseFacts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    Row,
    RowsBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date, chinese_moment
from forms.kit.wording import closed, first_organ, listed, person_long, person_short
from forms.kit.workdays import SHANGHAI

CLAUSE = "S0 三（二）1（2）"
EMERGENCY = when("ground", "emergency")
INFRASTRUCTURE = when("ground", "infrastructure")
COUNTY_ESCORT = when("escort_by", "county")


class Companion(Row):
    """A relative who comes along; each has an own case."""

    case_no = TextBox("救助编号", required=True, most=16)
    relation = TextBox("与受助人员关系", required=True, most=20)


class Escort(Row):
    """One of the escorts."""

    name = TextBox("姓名", required=True, most=30)
    sex = ChoiceBox("性别", [("男", "男"), ("女", "女")], required=True)
    post = TextBox("单位及职务", most=40)


class TransferRequest(Letter):
    """受助人员转移集中照料申请函, S0 三（二）1（2）; wording of domain §3.3."""

    number, code, title = "P-13", "transfer_request", "受助人员转移集中照料申请函"
    genre = Genre.LETTER
    clause = CLAUSE
    addressee = Addressee.CENTRAL_STATION
    answered_by = ("transfer_reply",)
    drafted_in = frozenset({"county_bureau", "county_station"})
    one_live = True

    ground = ChoiceBox(
        "转移情形", [("emergency", "临时应急情形"), ("infrastructure", "站内设施不足情形")], required=True, wide=True,
        help="设施不足情形仅限平塘、贵定、罗甸、三都四县",
    )  # fmt: skip
    emergency_reason = ManyBox(
        "应急原因",
        [
            ("disaster", "自然灾害"),
            ("violence", "家庭暴力"),
            ("guardian_harm", "监护侵害"),
            ("other", "其他"),
        ],
        required=True,
        shown_when=EMERGENCY,
    )
    emergency_other = TextBox(
        "其他应急原因",
        required=True,
        least=5,
        most=100,
        shown_when=(EMERGENCY, when("emergency_reason", "other")),
        wide=True,
    )
    lack_condition = ManyBox(
        "不具备接收条件",
        [
            ("no_bed", "无站内床位"),
            ("no_ward", "无分区照料条件"),
            ("no_women_ward", "无女性（儿童）照料区"),
            ("no_duty", "无值守人员"),
            ("no_medic", "无医护条件"),
            ("closed", "站房停用（维修）"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    lack_other = TextBox(
        "其他不具备条件", required=True, most=100, shown_when=when("lack_condition", "other"), wide=True
    )
    identity_status = ChoiceBox("身份状态", IDENTITY, copied=True)
    identity_method = ManyBox(
        "查明方式",
        [
            ("self", "本人自述经核实"),
            ("card", "身份证件"),
            ("fingerprint", "指纹比对"),
            ("face", "人脸识别"),
            ("relative", "亲属指认"),
            ("police", "公安核查"),
            ("station", "异地救助机构核实"),
        ],
        required=True,
        shown_when=when("identity_status", "confirmed"),
        wide=True,
    )
    dna_sampled_on = DateBox(
        "DNA信息采集日期", required=True, shown_when=(INFRASTRUCTURE, when("identity_status", "unknown", "claimed")),
        help="已实际采样的日期；只发出报请函还不够",
    )  # fmt: skip
    health_summary = LongTextBox("健康状况、送医情况", required=True, most=200)
    psych_needed = YesNoBox("是否需精神科诊断", required=True)
    planned_date = DateBox("拟转移日期", required=True)
    expected_days = IntBox("预计照料时间", required=True, least=1, most=365, unit="天")
    escort_by = ChoiceBox("护送方式", [("county", "县级负责"), ("negotiated", "协商处置")], required=True)
    escort_staff = RowsBox("护送人员", Escort, required=True, shown_when=COUNTY_ESCORT)
    vehicle_no = TextBox("护送车辆", required=True, most=20, shown_when=COUNTY_ESCORT, help="车牌号")
    companions = RowsBox("随行亲属（监护人）", Companion, help="母亲带子女等；每人须先办理求助登记")
    duty_accepted = YesNoBox(
        "承诺承担后续工作", required=True, wide=True,
        help="集中照料期间，入站登记、寻亲、落户安置、回访由本县继续负责；突发疾病送医的，由本县结算费用并负责监管",
    )  # fmt: skip
    urgency = urgency_box()
    contact_name, contact_phone = contact_boxes()

    sections = (
        Section("转移情形", ("ground", "emergency_reason", "emergency_other", "lack_condition", "lack_other")),
        Section(
            "身份和寻亲",
            ("identity_status", "identity_method", "dna_sampled_on"),
            "寻亲公告和DNA报请函由系统从案卷中核对",
        ),
        Section("健康", ("health_summary", "psych_needed")),
        Section(
            "护送和照料",
            ("planned_date", "expected_days", "escort_by", "escort_staff", "vehicle_no", "companions"),
        ),
        Section("责任和联系", ("duty_accepted", "urgency", "contact_name", "contact_phone")),
    )
    checklist = (
        Needed("medical_check", "健康检查材料", dated=True, note="日期在申请前7天以内"),
        Needed(
            "hospital_clearance",
            "医院出具的可以转移的证明",
            required=False,
            dated=True,
            note="急病、危重、疑似传染病时必须上传",
        ),
        Needed("dna_proof", "DNA信息采集证明", required=False),
    )
    starts = (
        Starts(
            "transfer_decision_due",
            Milestone.RECEIVED,
            "received_at",
            owner="counterpart",
            shown_when=INFRASTRUCTURE,
        ),
        Starts(
            "transfer_decision_emergency_due",
            Milestone.RECEIVED,
            "received_at",
            owner="counterpart",
            shown_when=EMERGENCY,
        ),
    )

    @classmethod
    def prefill(cls, facts: CaseFacts) -> dict[str, Any]:
        """Suggest contact, DNA date and escort from the case."""
        found = facts.issued("police_check_result")
        sampled = found.answers.get("sampled_on", "") if found else ""
        return {"escort_by": "county", "dna_sampled_on": sampled, **latest_contact(facts)}

    @classmethod
    def copied(cls, facts: CaseFacts) -> dict[str, Any]:
        """Take the identity as the case has it."""
        return {"identity_status": facts.person.identity_status}

    @rule("R-22", clause=f"{CLAUSE}；A-05")
    def weak_counties_only(self, facts: CaseFacts) -> Iterator[Problem]:
        """仅平塘、贵定、罗甸、三都四县可按站内设施不足情形申请."""
        if self.ground.data == "infrastructure" and not facts.issuer.infra_weak:
            yield Problem(
                "仅平塘、贵定、罗甸、三都四县可按站内设施不足情形申请",
                "ground",
                remedy="确因灾害、家庭暴力、监护侵害等需要临时照料的，请改选“临时应急情形”",
            )

    @rule("R-23", clause=CLAUSE)
    def claimed_name_is_not_enough(self, facts: CaseFacts) -> Iterator[Problem]:
        """设施不足情形中自述未核实的身份不算查明."""
        if self.ground.data == "infrastructure" and facts.person.identity_status == "claimed":
            yield Problem(
                "身份为自述未核实，不算已查明",
                "identity_status",
                remedy="核实后请办理《身份确认单》；未能核实的，须完成寻亲公告和DNA信息采集",
                remedy_paper="identity_confirmation",
            )

    @rule("R-24", clause=CLAUSE)
    def tracing_comes_first(self, facts: CaseFacts) -> Iterator[Problem]:
        """设施不足且身份未查明的，须先发布寻亲公告并完成DNA信息采集."""
        if self.ground.data != "infrastructure" or not facts.unidentified:
            return
        notice, request = published_notice(facts), facts.issued("dna_request")
        if notice is None:
            yield Problem(
                "寻亲公告尚未发布（或已撤回），暂不能提交",
                "identity_status",
                remedy="请先发布寻亲公告",
                remedy_paper="tracing_notice",
            )
        if request is None:
            yield Problem(
                "DNA采集比对函尚未发出，暂不能提交",
                "dna_sampled_on",
                remedy="请先向公安机关发函",
                remedy_paper="dna_request",
            )
        sampled = self.dna_sampled_on.data
        if sampled is None:
            yield Problem("DNA信息采集尚未完成，暂不能提交", "dna_sampled_on", remedy="采样完成后填写采集日期")
        elif sampled > facts.today:
            yield Problem("DNA信息采集日期不能晚于今天", "dna_sampled_on")
        elif request and request.signed_on and sampled < request.signed_on:
            yield Problem("DNA信息采集日期不能早于报请函的成文日期，请核对", "dna_sampled_on")

    @rule("R-25", clause="S0 三（二）2（2）", level=Level.WARN)
    def late_notice_is_explained(self, facts: CaseFacts) -> Iterator[Problem]:
        """应急转移不等寻亲，但寻亲公告逾期的须说明."""
        due = facts.clocks.get("tracing_notice_due")
        if self.ground.data == "emergency" and facts.unidentified and due and facts.now > due:
            yield Problem("寻亲公告已逾期未发布，请说明原因；转移后寻亲和DNA报请仍由本县负责", "ground")

    @rule("R-26", clause="S0 三（二）2（3）；未成年人保护法第92、93条；A-09")
    def minors_go_to_the_child_home(self, facts: CaseFacts) -> Iterator[Problem]:
        """未成年人不得转入成年人照料区，转送州儿童福利院；随本人监护人的除外."""
        if facts.person.case_no and facts.person.minor_on(facts.today) and not self._with_own_guardian(facts):
            yield Problem(
                "该人员是（或应按）未成年人，不能转入成年人照料区",
                "ground",
                remedy="请办理《未成年人转移州儿童福利院函》",
                remedy_paper="minor_transfer_letter",
            )

    def _with_own_guardian(self, facts: CaseFacts) -> bool:
        return any(
            (found := facts.others.get(row.case_no.data)) is not None and not found.minor_on(facts.today)
            for row in self.companions.rows
        )

    @rule("R-34", clause="一案一函")
    def one_request_at_a_time(self, facts: CaseFacts) -> Iterator[Problem]:
        """同一人员已有未办结的申请，或已在中心站的，不得重复申请；无关人员不得合函."""
        same = facts.latest("transfer_request")
        if same is not None and same.state not in {"replied", "closed", "void", "rejected"}:
            yield Problem(f"该人员已有一件转移申请在办（{same.doc_no or same.title}），请等待答复", "ground")
        if facts.place == facts.prefecture["central_station"].code:
            yield Problem("该人员已在州级区域中心站，无须再申请转移", "ground")
        for row in self.companions.rows:
            number = row.case_no.data
            if number == facts.person.case_no:
                yield Problem("随行亲属不能填本人的救助编号", "companions")
            elif number not in facts.others:
                yield Problem(f"没有找到本县救助编号为{number}的个案，随行亲属须先办理求助登记", "companions")

    @rule("R-35", clause=CLAUSE)
    def prefecture_cases_need_no_transfer(self, facts: CaseFacts) -> Iterator[Problem]:
        """州级直接受理的人员不办转移手续."""
        if facts.of_prefecture:
            yield Problem("州救助管理站直接受理的人员已在站内登记，不办理转移手续", "ground")

    @rule("R-36", clause="S0 三（二）2（5）；民发〔2014〕132号；先救治、后救助")
    def hospital_comes_first(self, facts: CaseFacts) -> Iterator[Problem]:
        """急病、危重、疑似传染病的，先送医，医院同意后再转移."""
        ill = HOSPITAL_FIRST & set(facts.person.health)
        if ill and "hospital_clearance" not in facts.attached:
            yield Problem(
                "该人员有急病、危重或疑似传染病，须先送医救治",
                "health_summary",
                remedy="治疗后上传医院出具的可以转移的证明",
            )
        cleared = facts.attached_dates.get("hospital_clearance")
        admitted = facts.person.admitted_at
        if ill and cleared and admitted and cleared < admitted.astimezone(SHANGHAI).date():
            yield Problem("医院证明的日期早于发病入站，请上传治疗后的证明", "attachment-hospital_clearance")
        checked = facts.attached_dates.get("medical_check")
        days = int(facts.settings.get("medical_check_days", 7))
        if checked and not facts.today - timedelta(days=days) <= checked <= facts.today:
            yield Problem(f"健康检查材料的日期应在今天之前{days}天以内，请重新检查", "attachment-medical_check")

    @rule("R-27", clause=CLAUSE)
    def county_escorts(self, facts: CaseFacts) -> Iterator[Problem]:
        """县级护送的，护送人员不少于规定人数，女性受助人员须有女性护送."""
        if self.escort_by.data != "county" or self.escort_staff.empty:
            return
        least = int(facts.settings.get("escorts_least", 2))
        if len(self.escort_staff.rows) < least:
            yield Problem(f"护送人员不少于{least}人", "escort_staff")
        if facts.person.sex == "女" and not any(row.sex.data == "女" for row in self.escort_staff.rows):
            yield Problem("受助人员为女性，护送人员中至少有1名女性", "escort_staff")

    @rule("R-21", clause=CLAUSE)
    def dates_are_near(self, facts: CaseFacts) -> Iterator[Problem]:
        """拟转移日期不早于今天，在规定天数以内；照料时间有上限."""
        within = int(facts.settings.get("planned_within_days", 15))
        planned = self.planned_date.data
        if planned and not facts.today <= planned <= facts.today + timedelta(days=within):
            yield Problem(f"拟转移日期应在今天起{within}天以内", "planned_date")
        most = int(facts.settings.get("expected_days_most", 90))
        if self.expected_days.data and self.expected_days.data > most:
            yield Problem(f"预计照料时间最长{most}天", "expected_days")

    @rule("R-28", clause=CLAUSE)
    def county_keeps_its_duties(self, facts: CaseFacts) -> Iterator[Problem]:
        """登记、寻亲、落户、回访和医疗费用由申请县继续承担（R-28、R-29）."""
        if self.duty_accepted.data == "no":
            yield Problem("须承诺继续承担登记、寻亲、落户、回访和医疗费用结算，才能申请集中照料", "duty_accepted")

    def matter(self, facts: CaseFacts) -> str:
        """商请将…转移至州级区域中心站集中照料."""
        return f"商请将{person_short(facts, [row.relation.data for row in self.companions.rows])}转移至州级区域中心站集中照料"

    def body(self, facts: CaseFacts) -> Iterable[str]:
        """Wording of domain §3.3."""
        us, admitted = facts.issuer.self_word, facts.person.admitted_at
        day = chinese_date(admitted.astimezone(SHANGHAI).date()) if admitted else ""
        yield f"{day}，{first_organ(facts)}依法对{person_long(facts)}实施救助（救助编号：{facts.person.case_no}）。"
        lack = listed(self.lack_other.data if key == "other" else self.lack_condition.label_of(key)
                      for key in self.lack_condition.data or ())  # fmt: skip
        if self.ground.data == "emergency":
            why = listed(closed(self.emergency_other.data) if key == "other" else self.emergency_reason.label_of(key)
                         for key in self.emergency_reason.data or ())  # fmt: skip
            yield f"该受助人员因{why}，需要临时在站内集中照料。目前{us}{lack}，不具备接收照料条件。"
        elif not facts.unidentified:
            yield (
                f"经{self.identity_method.printed}，其身份信息已经查明（户籍地：{facts.person.hukou_address}）。"
                f"因{us}救助服务设施薄弱，{lack}，难以在县内开展站内照料。"
            )
        else:
            notice = published_notice(facts)
            published = chinese_moment(notice.sent_at) if notice and notice.sent_at else "　　"
            yield (
                f"经快速查询，其身份信息暂未查明。我局已于{published}发布寻亲公告（公告编号：{notice.doc_no if notice else '　　'}），"
                f"于{self.dna_sampled_on.printed}完成DNA信息采集，核查比对工作正在进行。"
                f"因{us}救助服务设施薄弱，{lack}，难以在县内开展站内照料。"
            )
        negotiated = "因护送确有困难，护送事宜请与我局协商办理。" if self.escort_by.data == "negotiated" else ""
        escorted = "" if negotiated else f"由{us}派员护送到站，"
        yield (
            "为保障受助人员基本生活和人身安全，现商请贵站予以接收并提供集中照料。"
            f"拟于{self.planned_date.printed}{escorted or '到站，'}预计照料{self.expected_days.printed}。{negotiated}"
        )
        yield (
            f"集中照料期间，入站登记、寻亲服务、落户安置、回访稳固等工作由{us}继续负责；"
            f"受助人员突发疾病需送医救治的，医疗费用结算和救治监管由{us}负责落实。"
        )
        yield "特此函商，请予函复。"

    def enclosures(self, facts: CaseFacts) -> Sequence[str]:
        """求助登记表、健康检查材料; for the unidentified under infrastructure also notice and DNA proof."""
        names = ["求助登记表", "健康检查材料"]
        if self.ground.data == "infrastructure" and facts.unidentified:
            names += ["寻亲公告", "DNA信息采集证明"]
        return names


def published_notice(facts: CaseFacts) -> Any:
    """Return the newest tracing notice that is published and not withdrawn, None when there is none."""
    notice = facts.issued("tracing_notice")
    return notice if notice and notice.state != "closed" else None
