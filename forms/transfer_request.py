"""受助人员转移集中照料申请函 — a county asks the central station to take a person in. (P-13)"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from forms.kit.blocks import IDENTITY, latest_contact, urgency_box
from forms.kit.chains import Milestone
from forms.kit.effects import Needed, Starts
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    NameBox,
    PhoneBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Addressee, Genre, Letter, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.transfer import (
    ACUTE_SIGNS,
    CHARGES,
    CLAUSE,
    EMERGENCY_REASONS,
    GROUNDS,
    HOSPITAL_CLAUSE,
    IDENTIFIED_BY,
    LACKING,
    MINOR_CLAUSE,
    TO_CHILD_HOME,
    Companion,
    Escort,
    accepted_by,
    escort_problems,
    guardian_comes,
    hospital_problems,
    intake_of,
    relations_of,
    typed_moment,
)
from forms.kit.wording import closed, first_organ, listed, person_long, person_short
from forms.kit.workdays import SHANGHAI

EMERGENCY = when("ground", "emergency")
INFRASTRUCTURE = when("ground", "infrastructure")
UNKNOWN = when("identity_status", "unknown")
TRACED = (INFRASTRUCTURE, UNKNOWN)
STILL_TO_COME = when("already_there", "no")
COUNTY_ESCORT = (STILL_TO_COME, when("escort_by", "county"))


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
        "转移情形", GROUNDS, required=True, wide=True, help="设施不足情形仅限平塘、贵定、罗甸、三都四县"
    )
    emergency_reason = ManyBox("应急原因", EMERGENCY_REASONS, required=True, shown_when=EMERGENCY)
    emergency_other = TextBox(
        "其他应急原因",
        required=True,
        least=5,
        most=100,
        shown_when=(EMERGENCY, when("emergency_reason", "other")),
        wide=True,
    )
    lack_condition = ManyBox("不具备接收条件", LACKING, required=True, wide=True)
    lack_other = TextBox(
        "其他不具备条件", required=True, most=100, shown_when=when("lack_condition", "other"), wide=True
    )
    identity_status = ChoiceBox("身份状态", IDENTITY, copied=True)
    identity_method = ManyBox(
        "查明方式",
        IDENTIFIED_BY,
        required=True,
        shown_when=when("identity_status", "confirmed"),
        wide=True,
    )
    notice_no = TextBox("寻亲公告编号", copied=True, shown_when=TRACED)
    notice_published_at = MomentBox("寻亲公告发布时间", copied=True, shown_when=TRACED)
    dna_request_no = TextBox("DNA报请函文号", copied=True, shown_when=TRACED)
    dna_sampled_on = DateBox(
        "DNA信息采集日期", required=True, shown_when=TRACED, help="已实际采样的日期；只发出报请函还不够"
    )
    health_summary = LongTextBox("健康状况、送医情况", required=True, most=200)
    acute_signs = ManyBox("目前须先送医的情形", ACUTE_SIGNS, required=True, wide=True, prints=False)
    onset_on = DateBox(
        "出现日期", required=True, prints=False,
        shown_when=when("acute_signs", *(sign for sign, _ in ACUTE_SIGNS[1:])),
    )  # fmt: skip
    psych_needed = YesNoBox("是否需精神科诊断", required=True)
    already_there = YesNoBox("已应急先行接收到站", copied=True)
    planned_date = DateBox("拟转移日期", required=True, shown_when=STILL_TO_COME)
    expected_days = IntBox("预计照料时间", required=True, least=1, most=365, unit="天")
    escort_by = ChoiceBox(
        "护送方式", [("county", "县级负责"), ("negotiated", "协商处置")], required=True, shown_when=STILL_TO_COME,
        help="确有困难才选协商处置，州站接收前须由双方负责人确认协商记录",
    )  # fmt: skip
    escort_staff = RowsBox("护送人员", Escort, required=True, shown_when=COUNTY_ESCORT)
    vehicle_no = TextBox("护送车辆", required=True, most=20, shown_when=COUNTY_ESCORT, help="车牌号")
    companions = RowsBox("随行亲属（监护人）", Companion, help="母亲带子女等；每人须先办理求助登记")
    duty_accepted = YesNoBox(
        "承诺承担后续工作", required=True, wide=True,
        help="集中照料期间，入站登记、寻亲、落户安置、回访由本县继续负责；突发疾病送医的，由本县结算费用并负责监管",
    )  # fmt: skip
    urgency = urgency_box()
    contact_name = NameBox("县级联络人", required=True, prints=False, help="集中照料期间州站与之联系，印在函后")
    contact_phone = PhoneBox("联系电话", required=True, prints=False, help="填写能接听的手机或带区号的固定电话")

    sections = (
        Section("转移情形", ("ground", "emergency_reason", "emergency_other", "lack_condition", "lack_other")),
        Section(
            "身份和寻亲",
            (
                "identity_status",
                "identity_method",
                "notice_no",
                "notice_published_at",
                "dna_request_no",
                "dna_sampled_on",
            ),
            "寻亲公告和DNA报请函从案卷中带入",
        ),
        Section("健康", ("health_summary", "acute_signs", "onset_on", "psych_needed")),
        Section(
            "护送和照料",
            (
                "already_there",
                "planned_date",
                "expected_days",
                "escort_by",
                "escort_staff",
                "vehicle_no",
                "companions",
            ),
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
            note="急病、危重、疑似传染病或急性精神症状的，治疗后必须上传",
        ),
        Needed("dna_proof", "DNA信息采集证明", shown_when=lambda paper: all(held(paper) for held in TRACED)),
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
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse the answers; an emergency transfer is 特急 unless 加急 was chosen (§3.1.2)."""
        if answers.get("ground") == "emergency" and not answers.get("urgency"):
            answers = {**answers, "urgency": "特急"}
        return super().read(answers, facts)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest contact and DNA date from the case; after an emergency reception its ground and reasons."""
        found, intake = facts.issued("police_check_result"), intake_of(facts)
        known = {"dna_sampled_on": found.answers.get("sampled_on", "") if found else ""}
        if intake is not None:
            names = ("ground", "emergency_reason", "emergency_other")
            known |= {name: intake.answers[name] for name in names if name in intake.answers}
        return {"escort_by": "county", **known, **latest_contact(facts)}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take identity, notice and DNA request as the case has them."""
        notice, asked = facts.published_notice, facts.issued("dna_request")
        return {
            "identity_status": facts.person.identity_status,
            "notice_no": notice.doc_no if notice else "",
            "notice_published_at": notice.sent_at if notice else None,
            "dna_request_no": asked.doc_no if asked else "",
            "already_there": "yes" if intake_of(facts) else "no",
        }

    @rule("R-22", clause=f"{CLAUSE}；A-05")
    def weak_counties_only(self, facts: Facts) -> Iterator[Problem]:
        """仅平塘、贵定、罗甸、三都四县可按站内设施不足情形申请."""
        if self.ground.data == "infrastructure" and not facts.issuer.infra_weak:
            yield Problem(
                "仅平塘、贵定、罗甸、三都四县可按站内设施不足情形申请",
                "ground",
                remedy="确因灾害、家庭暴力、监护侵害等需要临时照料的，请改选“临时应急情形”",
            )

    @rule("R-23", clause=CLAUSE)
    def claimed_name_is_not_enough(self, facts: Facts) -> Iterator[Problem]:
        """设施不足情形中自述未核实的身份不算查明."""
        if self.ground.data == "infrastructure" and facts.person.identity_status == "claimed":
            yield Problem(
                "身份为自述未核实，不算已查明",
                "identity_status",
                remedy="核实后请办理《身份确认单》；核实不了的，请将求助登记改为“未查明”，发布寻亲公告并完成DNA信息采集",
                remedy_paper="identity_confirmation",
            )

    @rule("R-24", clause=CLAUSE)
    def tracing_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """设施不足且身份未查明的，须先发布寻亲公告并完成DNA信息采集."""
        if self.ground.data != "infrastructure" or facts.person.identity_status != "unknown":
            return
        notice, request = facts.published_notice, facts.issued("dna_request")
        if notice is None:
            yield Problem(
                "寻亲公告尚未发布（或已撤回），暂不能提交",
                "notice_no",
                remedy="请先发布寻亲公告",
                remedy_paper="tracing_notice",
            )
        if request is None:
            yield Problem(
                "DNA采集比对函尚未发出，暂不能提交",
                "dna_request_no",
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
    def late_notice_is_explained(self, facts: Facts) -> Iterator[Problem]:
        """应急转移不等寻亲，但寻亲公告逾期的须说明."""
        due = facts.clocks.get("tracing_notice_due")
        if self.ground.data == "emergency" and facts.unidentified and due and facts.now > due:
            yield Problem("寻亲公告已逾期未发布，请说明原因；转移后寻亲和DNA报请仍由本县负责", "ground")

    @rule("R-26", clause=MINOR_CLAUSE)
    def minors_go_to_the_child_home(self, facts: Facts) -> Iterator[Problem]:
        """未成年人不得转入成年人照料区，转送州儿童福利院；随本人监护人的除外."""
        rows = self.companions.rows
        if facts.person.case_no and facts.person.minor_on(facts.today) and not guardian_comes(facts, rows):
            yield Problem("该人员是（或应按）未成年人，不能转入成年人照料区", "companions", **TO_CHILD_HOME)
        for row in rows:
            found = facts.others.get(row.case_no.data)
            if found is not None and found.minor_on(facts.today) and row.relation.data not in CHARGES:
                yield Problem(
                    f"随行的{found.display_name}是未成年人，须由受助人员本人监护才能一同转移",
                    "companions",
                    **TO_CHILD_HOME,
                )

    @rule("R-34", clause="一案一函")
    def one_request_at_a_time(self, facts: Facts) -> Iterator[Problem]:
        """同一人员已有未办结的申请，或已在中心站的，不得重复申请；无关人员不得合函."""
        same, accepted = facts.latest("transfer_request"), accepted_by(facts)
        if not facts.person.open:
            yield Problem("该人员已离站，个案已办结，不能申请转移", "ground")
        if same is not None and same.state not in {"replied", "closed"}:
            yield Problem(f"该人员已有一件转移申请在办（{same.doc_no or same.title}），请等待答复", "ground")
        elif accepted is not None and str(accepted.answers.get("arrive_by", "")) >= facts.today.isoformat():
            yield Problem(f"州站已复函同意接收（{accepted.doc_no}），请按期护送到站", "ground")
        elif facts.place == facts.prefecture["central_station"].code and (not intake_of(facts) or accepted):
            yield Problem("该人员已在州级区域中心站，无须再申请转移", "ground")
        seen = {facts.person.case_no}
        for row in self.companions.rows:
            number, found = row.case_no.data, facts.others.get(row.case_no.data)
            if number in seen:
                yield Problem(f"救助编号{number}重复，随行亲属不能填本人，也不能填两次", "companions")
            elif found is None or not found.open:
                yield Problem(f"没有找到本县救助编号为{number}的在办个案，随行亲属须先办理求助登记", "companions")
            seen.add(number)

    @rule("R-08", clause="381号令第6条")
    def registered_after_emergency(self, facts: Facts) -> Iterator[Problem]:
        """应急先行接收的，县级须先补办求助登记."""
        if intake_of(facts) and facts.latest("help_registration") is None:
            yield Problem("请先办理求助登记", "already_there", remedy_paper="help_registration")

    @rule("R-35", clause=CLAUSE)
    def prefecture_cases_need_no_transfer(self, facts: Facts) -> Iterator[Problem]:
        """州级直接受理的人员不办转移手续."""
        if facts.of_prefecture:
            yield Problem("州救助管理站直接受理的人员已在站内登记，不办理转移手续", "ground")

    @rule("R-36", clause=HOSPITAL_CLAUSE)
    def hospital_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """急病、危重、疑似传染病、急性精神症状的，先送医，医院同意后再转移."""
        yield from hospital_problems(facts, self.acute_signs.data or (), self.onset_on.data)
        checked = facts.attached_dates.get("medical_check")
        days = int(facts.settings.get("medical_check_days", 7))
        if checked and not facts.today - timedelta(days=days) <= checked <= facts.today:
            yield Problem(f"健康检查材料的日期应在今天之前{days}天以内，请重新检查", "attachment-medical_check")

    @rule("R-27", clause=CLAUSE)
    def county_escorts(self, facts: Facts) -> Iterator[Problem]:
        """县级护送的，护送人员不少于规定人数，女性受助人员须有女性护送."""
        if self.escort_staff.shown(self) and not self.escort_staff.empty:
            yield from escort_problems(facts, self.escort_staff.rows, "escort_staff")

    @rule("R-21", clause=CLAUSE)
    def dates_are_near(self, facts: Facts) -> Iterator[Problem]:
        """拟转移日期不早于今天，在规定天数以内；照料时间有上限."""
        within = int(facts.settings.get("planned_within_days", 15))
        planned = self.planned_date.data if self.planned_date.shown(self) else None
        if planned and not facts.today <= planned <= facts.today + timedelta(days=within):
            yield Problem(f"拟转移日期应在今天起{within}天以内", "planned_date")
        most = int(facts.settings.get("expected_days_most", 90))
        if self.expected_days.data and self.expected_days.data > most:
            yield Problem(f"预计照料时间最长{most}天", "expected_days")

    @rule("R-28", clause=CLAUSE)
    def county_keeps_its_duties(self, facts: Facts) -> Iterator[Problem]:
        """登记、寻亲、落户、回访和医疗费用由申请县继续承担（R-28、R-29）."""
        if self.duty_accepted.data == "no":
            yield Problem("须承诺继续承担登记、寻亲、落户、回访和医疗费用结算，才能申请集中照料", "duty_accepted")

    def matter(self, facts: Facts) -> str:
        """商请将…转移至州级区域中心站集中照料."""
        return f"商请将{person_short(facts, relations_of(self.companions.rows))}转移至州级区域中心站集中照料"

    def body(self, facts: Facts) -> Iterable[str]:
        """Wording of domain §3.3."""
        us, admitted = facts.issuer.self_word, facts.person.admitted_at
        day = chinese_date(admitted.astimezone(SHANGHAI).date()) if admitted else ""
        rows = self.companions.rows
        numbers = listed([facts.person.case_no, *(row.case_no.data for row in rows)])
        yield f"{day}，{first_organ(facts)}依法对{person_long(facts, relations_of(rows))}实施救助（救助编号：{numbers}）。"
        lack = listed(
            closed(self.lack_other.data) if key == "other" else self.lack_condition.label_of(key)
            for key in self.lack_condition.data or ()
        )
        weak = f"因{us}救助服务设施薄弱，{lack}，难以在县内开展站内照料。"
        if self.ground.data == "emergency":
            why = listed(
                closed(self.emergency_other.data) if key == "other" else self.emergency_reason.label_of(key)
                for key in self.emergency_reason.data or ()
            )
            yield f"该受助人员因{why}，需要临时在站内集中照料。目前{us}{lack}，不具备接收照料条件。"
        elif not facts.unidentified:
            yield f"经{self.identity_method.printed}，其身份信息已经查明（户籍地：{facts.person.hukou_address}）。{weak}"
        else:
            yield (
                f"经快速查询，其身份信息暂未查明。我局已于{self.notice_published_at.printed or '　　'}发布寻亲公告"
                f"（公告编号：{self.notice_no.data or '　　'}），于{self.dna_sampled_on.printed}完成DNA信息采集，"
                f"核查比对工作正在进行。{weak}"
            )
        yield f"为保障受助人员基本生活和人身安全，现商请贵站予以接收并提供集中照料。{self._coming(facts)}"
        yield (
            f"集中照料期间，入站登记、寻亲服务、落户安置、回访稳固等工作由{us}继续负责；"
            f"受助人员突发疾病需送医救治的，医疗费用结算和救治监管由{us}负责落实。"
        )
        yield "特此函商，请予函复。"

    def _coming(self, facts: Facts) -> str:
        """Say when and by whom the person comes; one already received in an emergency is there (R-31)."""
        for_days = f"预计照料{self.expected_days.printed}。"
        intake = intake_of(facts)
        if intake is not None:
            arrived = typed_moment(intake.answers.get("arrived_at"))
            return f"该受助人员已于{arrived}由贵站应急先行接收，{for_days}"
        negotiated = "因护送确有困难，护送事宜请与我局协商办理。" if self.escort_by.data == "negotiated" else ""
        return f"拟于{self.planned_date.printed}由{facts.issuer.self_word}派员护送到站，{for_days}{negotiated}"

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """求助登记表、健康检查材料; for the unidentified under infrastructure also notice and DNA proof."""
        names = ["求助登记表", "健康检查材料"]
        if self.ground.data == "infrastructure" and facts.unidentified:
            names += ["寻亲公告", "DNA信息采集证明"]
        return names
