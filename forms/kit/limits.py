"""The one catalogue of time limits that a paper starts: rule, clause, trigger, length, and what to do.

Strength: S stated in the prefecture's plan or a notice, V national or provincial rule, M expert memory, D a
default of the portal where the texts give no number. Only D can be replaced by a setting. Source: rules R-04
to R-106 and the deadline column of the catalogue of papers (P-…).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from forms.kit.counting import Due, count, local_moment
from forms.kit.phrases import Phrase
from forms.kit.sources import cited
from forms.kit.timespan import (
    Days,
    FixedDate,
    Hours,
    Kind,
    Length,
    MonthDay,
    MonthEnd,
    Months,
    QuarterEnd,
    SameDay,
    WeekEnd,
    WorkingDays,
    YearlyDate,
    Years,
    chinese_date,
    chinese_moment,
)
from forms.kit.workdays import Calendar

Strength = Literal["S", "V", "M", "D"]

STRENGTHS: Mapping[Strength, str] = {
    "S": "文件明文规定",
    "V": "国家、省规定",
    "M": "参照国家规定，供参考",
    "D": "本系统默认，可在设置中调整",
}


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """One limit: `label` is the duty, `trigger` the fact that starts it, `paper` the paper that meets it.

    `outside`: another organ owes the duty; the clock starts at service and stays out of the own rate (M-24).
    `owner_hint` is the role that sees it. `next_step` is the sentence shown beside a clock that runs out.
    """

    rule: str
    code: str
    label: str
    trigger: str
    clause: str
    strength: Strength
    length: Length
    paper: str
    owner_hint: str
    next_step: str
    outside: bool = False
    warn_after: Hours | None = None

    def due(self, trigger: date | datetime, calendar: Calendar) -> Due:
        """Count from a trigger; errors as `count`."""
        return count(self.length, trigger, calendar)

    def warn_at(self, trigger: datetime) -> datetime | None:
        """Give the moment from which doing it still in time is recorded with a warning (R-81)."""
        return local_moment(trigger) + timedelta(hours=self.warn_after.n) if self.warn_after else None

    def with_length(self, n: int) -> "TimeLimit":
        """Replace the number of a portal default by a setting; ValueError for a limit that a text states."""
        if self.strength != "D":
            raise ValueError(f"“{self.label}”的期限由{cited(self.clause)}规定，不能在设置中更改")
        if not isinstance(self.length, Hours | WorkingDays | Days | Months | Years):
            raise ValueError(f"“{self.label}”为{self.length.label}，没有可以更改的数字")
        return replace(self, length=replace(self.length, n=n))


# Clauses that many limits share. S0: the prefecture's plan; S3: winter and condolence; S4: special groups.
_IDENTITY = "S0 三（二）2（2）"
_CUSTODY = "S0 三（二）2（3）"
_SETTLEMENT = "S0 三（二）2（4）"
_MEDICAL = "S0 三（二）2（5）"
_SOURCE = "S0 三（二）2（6）"
_TRANSFER = "S0 三（二）1（2）"

_ADMISSION = (
    TimeLimit("R-10", "tracing_notice_due", "发布寻亲公告", "入站时间", _IDENTITY, "S", Hours(24),
              "tracing_notice", "county_clerk", "请立即发布寻亲公告"),
    TimeLimit("R-12", "dna_request_due", "报请公安机关采集DNA", "入站时间", _IDENTITY, "S", WorkingDays(7),
              "dna_request", "county_clerk", "请向公安机关发出DNA采集比对函"),
    TimeLimit("R-13", "dna_result_due", "公安机关反馈DNA比对和身份核查结果", "函件送达公安机关之日",
              _IDENTITY, "S", WorkingDays(20), "police_check_result", "county_clerk",
              "请登记反馈结果；逾期的，向公安机关发催办函", outside=True),
    TimeLimit("R-13", "dna_result_month", "公安机关反馈结果满一个月（二次提醒）", "函件送达公安机关之日",
              "民发〔2015〕158号", "V", Months(1), "police_check_result", "county_clerk",
              "已满国家规定的一个月，请再次催办", outside=True),
    TimeLimit("R-15", "lifelong_tracing_due", "开展下一次寻亲", "上次寻亲之日", _IDENTITY, "D", Months(6),
              "lifelong_tracing_log", "county_clerk", "请开展寻亲并填写终身寻亲记录"),
    TimeLimit("R-16", "notice_refresh_due", "更新寻亲公告", "上次发布或更新之日", "民发〔2020〕14号", "D",
              Months(1), "tracing_notice", "county_clerk", "请更新寻亲公告"),
    TimeLimit("R-17", "trafficking_report_due", "报告公安机关（疑似走失、被遗弃、被拐卖）", "发现之日",
              "民发〔2015〕158号", "V", SameDay(), "mandatory_report", "county_clerk",
              "请当日报警并登记报警回执"),
    TimeLimit("R-18", "stay_day_ten", "离站或备案延长救助期限", "入站时间", "实施细则；民发〔2014〕132号",
              "V", Days(10, Kind.THRESHOLD), "stay_extension_filing", "county_clerk",
              "请办理离站，或报延长救助期限备案"),
    TimeLimit("R-20", "unannounced_exit_due", "登记擅自离站", "发现离站之日", "民发〔2014〕132号", "V",
              SameDay(), "stay_and_exit_record", "county_clerk", "请当日登记离站"),
    TimeLimit("P-03", "refusal_notice_due", "送达不予救助通知书", "决定不予救助之日", "381号令第6条", "D",
              SameDay(), "refusal_notice", "county_clerk", "请当日说明理由并送达通知书"),
    TimeLimit("P-06", "termination_notice_due", "送达终止救助通知书", "决定终止救助之日",
              "民发〔2014〕132号", "D", SameDay(), "termination_notice", "county_clerk", "请当日送达通知书"),
    TimeLimit("P-25", "identity_confirmation_due", "填写身份确认单", "身份查明之日", _IDENTITY, "D",
              SameDay(), "identity_confirmation", "county_clerk",
              "请当日确认身份，以便停止寻亲和落户各项时限"),
    TimeLimit("P-09", "patrol_record_due", "填写街面巡查记录", "巡查之日", "S0 三（二）2（1）", "D",
              SameDay(), "patrol_record", "county_clerk", "请当日填写巡查记录"),
    TimeLimit("P-10", "contact_roster_due", "更新应急处置联络员名册", "人员变动之日", "S0 三（二）1（1）",
              "D", WorkingDays(5), "contact_roster", "county_clerk", "请更新联络员名册"),
    TimeLimit("P-11", "relief_point_record_due", "登记临时救助点物资", "开设或收发物资之日",
              "S0 三（二）2（7）", "D", SameDay(), "relief_point_record", "town_clerk", "请当日登记"),
    TimeLimit("P-12", "incident_report_due", "书面报告突发事件和重大情况", "事件发生时间", "S3-1 六（二）",
              "D", Hours(24), "incident_report", "county_clerk", "请先口头报告，并补报书面材料"),
)  # fmt: skip

_TRANSFER_LIMITS = (
    TimeLimit("R-31", "emergency_papers_due", "补齐转移申请函和复函", "应急先行接收时间",
              "S3-3“先救助，再审查”", "D", WorkingDays(2), "transfer_reply", "county_clerk",
              "请补报转移申请函，由州站复函"),
    TimeLimit("R-32", "transfer_decision_due", "答复转移集中照料申请", "州站收文时间", f"{_TRANSFER}；A-12",
              "D", WorkingDays(2), "transfer_reply", "station_clerk", "请作出接收或不予接收的答复"),
    TimeLimit("R-32", "transfer_decision_emergency_due", "答复临时应急转移申请", "州站收文时间",
              f"{_TRANSFER}；A-12", "D", SameDay(), "transfer_reply", "station_clerk",
              "临时应急情形，请当日答复"),
)  # fmt: skip

_CUSTODY_LIMITS = (
    TimeLimit("P-30", "reply_forwarding_due", "转知省民政厅批复", "收到批复之日", _CUSTODY, "D",
              WorkingDays(5), "reply_forwarding_letter", "pref_clerk", "请将批复转知申请县（市）"),
    TimeLimit("P-31", "agreement_copy_due", "报送托养协议副本", "协议签订之日", _CUSTODY, "D",
              WorkingDays(10), "custody_agreement", "county_clerk", "请将协议副本报州民政局备案"),
    TimeLimit("R-46", "custody_inspection_due", "首次月度检查探视托养人员", "托养之日", _CUSTODY, "S",
              MonthEnd(min_days=15), "contractor_monthly_inspection", "county_clerk",
              "请到托养机构检查探视并填写记录"),
    TimeLimit("R-46", "custody_inspection_next_due", "月度检查探视托养人员", "上一次应检查的月末日",
              _CUSTODY, "S", MonthEnd(ahead=1), "contractor_monthly_inspection", "county_clerk",
              "请到托养机构检查探视并填写记录"),
    TimeLimit("R-47", "bureau_inspection_due", "民政部门监督检查托养机构", "托养机构生效之日", _CUSTODY, "D",
              QuarterEnd(), "bureau_custody_inspection", "county_reviewer", "请开展本季度监督检查"),
    TimeLimit("R-47", "bureau_inspection_next_due", "民政部门监督检查托养机构", "上一次应检查的季末日",
              _CUSTODY, "D", QuarterEnd(ahead=1), "bureau_custody_inspection", "county_reviewer",
              "请开展本季度监督检查"),
    TimeLimit("P-36", "custody_rectification_due", "托养机构问题整改完毕", "检查发现问题之日", _CUSTODY, "D",
              WorkingDays(10), "custody_rectification", "county_clerk", "请督促托养机构报送整改报告"),
    TimeLimit("P-36", "custody_rectification_grave_due", "下达整改通知书（不合格或重大问题）",
              "检查发现问题之日", _CUSTODY, "D", SameDay(), "custody_rectification", "county_clerk",
              "请当日下达整改通知书"),
)  # fmt: skip

_SETTLEMENT_LIMITS = (
    TimeLimit("A-11", "settlement_draft_from", "可以草拟落户安置申请表", "入站时间", _SETTLEMENT, "D",
              Days(85, Kind.THRESHOLD), "settlement_application", "county_clerk",
              "可以着手准备落户安置申请"),
    TimeLimit("R-04", "stay_three_months", "滞留满3个月", "本次连续滞留首次入站时间", _SETTLEMENT, "S",
              Months(3, Kind.THRESHOLD), "settlement_application", "county_clerk",
              "次日起可以提交落户安置申请"),
    TimeLimit("R-51", "settlement_application_due", "提出落户安置申请", "滞留满3个月之日", _SETTLEMENT, "S",
              WorkingDays(5), "settlement_application", "county_clerk", "请将落户安置申请表送民政局签收"),
    TimeLimit("R-52", "settlement_plan_due", "报送落户安置方案的请示", "民政局收到申请之日", _SETTLEMENT,
              "S", WorkingDays(10), "settlement_plan_request", "county_clerk",
              "请向县（市）人民政府报送请示"),
    TimeLimit("R-64", "settlement_plan_again_due", "修改落户安置方案后重新报请", "收到不予批准的批复之日", _SETTLEMENT,
              "D", WorkingDays(10), "settlement_plan_request", "county_clerk",
              "请按批复意见修改方案，重新报送请示"),
    TimeLimit("R-54", "police_registration_letter_due", "向公安机关发函办理户籍登记", "收到批复之日",
              _SETTLEMENT, "S", WorkingDays(10), "police_registration_letter", "county_clerk",
              "请按一人一函向公安机关发函"),
    TimeLimit("R-56", "household_registration_due", "公安机关办结户籍登记", "函件送达公安机关之日",
              _SETTLEMENT, "S", WorkingDays(20), "household_registration_result", "county_clerk",
              "请登记办理结果；逾期的，发催办函并报领导小组", outside=True),
    TimeLimit("R-57", "tekun_inclusion_due", "纳入特困人员救助供养", "户口登记和领取身份证两者较后之日",
              _SETTLEMENT, "S", WorkingDays(20), "tekun_confirmation", "county_clerk",
              "请办结特困认定；不符合条件的，注明理由"),
    TimeLimit("P-43", "tekun_town_review_due", "乡镇（街道）报送特困初审意见", "函件送达乡镇（街道）之日",
              _SETTLEMENT, "D", WorkingDays(8), "tekun_confirmation", "town_clerk", "请受理并报送初审意见",
              outside=True),
    TimeLimit("R-60", "household_cancellation_due", "商请公安机关注销户籍", "查明真实身份之日", _SETTLEMENT,
              "D", WorkingDays(5), "household_cancellation_letter", "county_clerk",
              "请发函注销户籍并安排接送返回"),
    TimeLimit("P-46", "tekun_termination_due", "告知终止特困供养", "查明真实身份之日",
              "社会救助暂行办法第18条", "D", WorkingDays(5), "tekun_termination_letter", "county_clerk",
              "请与注销户籍函一并发出"),
)  # fmt: skip

_RETURN_LIMITS = (
    TimeLimit("R-66", "insurance_backclaim_due", "核查医保并补报医疗费用", "查明身份之日", _MEDICAL, "D",
              WorkingDays(10), "insurance_backclaim", "county_clerk", "请核查参保情况并补报"),
    TimeLimit("P-50", "hospital_inspection_due", "监督检查定点医疗机构", "本季度任一日", _MEDICAL, "D",
              QuarterEnd(), "hospital_inspection", "county_reviewer", "请开展本季度监督检查"),
    TimeLimit("R-70", "revisit_first_due", "返乡满6个月回访", "返乡之日", _SOURCE, "S", Months(6),
              "revisit_record", "county_clerk", "请回访并填写记录"),
    TimeLimit("R-70", "revisit_second_due", "返乡满12个月回访", "返乡之日", _SOURCE, "S", Months(12),
              "revisit_record", "county_clerk", "请回访并填写记录"),
    TimeLimit("R-70", "revisit_later_due", "继续回访（仍有走失风险）", "上次回访之日", _SOURCE, "S",
              Months(6), "revisit_record", "county_clerk", "请回访并填写记录"),
    TimeLimit("R-70", "revisit_close_from", "回访满1年，可以结束", "返乡之日", _SOURCE, "S",
              Years(1, Kind.THRESHOLD), "revisit_record", "county_clerk",
              "满1年且回访2次以上的，可以结束回访"),
    TimeLimit("P-53", "guardian_duty_notice_due", "送达监护责任告知督促书", "返乡交接之日", _SOURCE, "D",
              SameDay(), "guardian_duty_notice", "county_clerk", "请与返乡交接一并送达"),
    TimeLimit("P-54", "at_risk_review_due", "复核易走失人员信息", "上次登记或复核之日", _SOURCE, "D",
              Months(6), "at_risk_register", "town_clerk", "请复核并更新人员信息"),
    TimeLimit("P-57", "needs_assessment_due", "完成困难需求评估", "返乡或列入易走失人员库之日", _SOURCE, "D",
              WorkingDays(20), "needs_assessment", "county_clerk", "请评估并提出帮扶建议"),
)  # fmt: skip

_GROUP_LIMITS = (
    TimeLimit("R-74", "screening_update_due", "每月更新排查情况表", "上次更新之日",
              "S4 二（一）每月走访时更新", "S", MonthEnd(ahead=1), "screening_form", "village_worker",
              "请走访并更新情况表"),
    TimeLimit("R-75", "screening_summary_due", "报送排查情况汇总表", "专项行动第一阶段截止日", "S4 二（一）",
              "S", FixedDate(), "screening_summary", "town_clerk", "请收齐各村（社区）情况表后报送汇总表"),
    TimeLimit("P-61", "thematic_screening_due", "完成专项排查", "专项行动第一阶段截止日", "S4 二（一）", "S",
              FixedDate(), "thematic_screening", "town_clerk", "请完成专项排查表"),
    TimeLimit("P-70", "support_agreement_due", "签订救助供养协议", "专项行动第一阶段截止日", "S4 二（一）",
              "S", FixedDate(), "support_agreement", "town_clerk", "请补签协议并登记"),
    TimeLimit("R-76", "problem_clearing_due", "问题全部整改销号", "专项行动第二阶段截止日", "S4 二（二）",
              "S", FixedDate(), "problem_list", "town_clerk", "请逐项上传佐证并由他人销号"),
    TimeLimit("R-76", "problem_clearing_later_due", "新发现问题整改销号", "发现之日", "S4 二（二）", "D",
              WorkingDays(10), "problem_list", "town_clerk", "请逐项上传佐证并由他人销号"),
    TimeLimit("R-77", "hazard_rectification_due", "职能部门督促整改并反馈", "抄告函送达之日", "S4 二（二）",
              "S", WorkingDays(3), "department_feedback", "county_clerk",
              "请登记整改结果；拒不整改的，记录依法处理情况", outside=True),
    TimeLimit("R-78", "eldercare_registration_due", "符合条件的无证照养老场所办理登记", "发现之日",
              "S4 二（二）", "S", WorkingDays(30), "unlicensed_eldercare_case", "county_clerk",
              "请指导办理登记"),
    TimeLimit("R-80", "monthly_visit_due", "每月走访", "上次走访之日", "S4 二（三）1", "S",
              MonthEnd(ahead=1), "monthly_visit", "village_worker", "请在本月内走访"),
    TimeLimit("R-81", "mandatory_report_due", "向公安机关强制报告", "发现时间",
              "S4 二（三）3；未成年人保护法第11条", "D", Hours(24), "mandatory_report", "village_worker",
              "请立即报警，无须等待审批", warn_after=Hours(1)),
    TimeLimit("R-87", "guardianship_assessment_due", "第三方监护评估", "上次评估之日", "S4 二（三）4", "D",
              Months(6), "guardianship_assessment", "county_clerk", "请委托评估并上传报告"),
    TimeLimit("P-75", "complaint_feedback_due", "反馈举报处置结果", "收到举报之日", "S4 二（三）6", "D",
              WorkingDays(15), "complaint_record", "county_clerk", "请办理并反馈举报人"),
)  # fmt: skip

_WINTER_LIMITS = (
    TimeLimit("R-89", "winter_week_due", "报送寒冬送温暖周调度表", "当周周一", "S3-1 六（四）", "D",
              WeekEnd(), "winter_weekly_dispatch", "town_clerk", "请报送本周调度表"),
    TimeLimit("P-77", "winter_summary_due", "报送调度情况汇总表", "周调度表截止日", "S3-1 六（四）", "D",
              WorkingDays(1), "winter_weekly_summary", "county_clerk", "请汇总并上报"),
    TimeLimit("R-90", "winter_report_january_due", "报送阶段推进情况", "专项行动启动之日", "S3-1 六（四）",
              "S", YearlyDate(1, 10), "winter_stage_report", "county_clerk", "请报送阶段推进情况"),
    TimeLimit("R-90", "winter_report_april_due", "报送工作总结", "专项行动启动之日", "S3-1 六（四）", "S",
              YearlyDate(4, 1), "winter_stage_report", "county_clerk", "请报送工作总结"),
    TimeLimit("P-80", "guidance_card_due", "登记救助引导卡（物资）发放", "发放之日", "S3-3 二（二）", "D",
              SameDay(), "guidance_card_record", "county_clerk", "请当日登记"),
    TimeLimit("P-81", "station_hazard_check_due", "完成安全隐患排查整改", "专项行动规定日期",
              "S3-3 二（四）", "S", FixedDate(), "station_hazard_check", "county_clerk", "请完成排查整改"),
    TimeLimit("R-93", "condolence_village_due", "村（社区）公示慰问对象", "慰问工作启动之日", "S3-4 四", "S",
              YearlyDate(1, 1), "condolence_publicity", "village_worker", "请完成评议并公示"),
    TimeLimit("R-93", "condolence_town_due", "乡镇（街道）公示慰问对象", "慰问工作启动之日", "S3-4 四", "S",
              YearlyDate(1, 8), "condolence_publicity", "town_clerk", "请审核、公示并上报"),
    TimeLimit("R-93", "condolence_county_due", "县（市）公示慰问对象", "慰问工作启动之日", "S3-4 四", "S",
              YearlyDate(1, 15), "condolence_publicity", "county_clerk", "请审定并公示"),
    TimeLimit("R-93", "condolence_payment_due", "发放慰问金", "慰问工作启动之日", "S3-4 四", "S",
              YearlyDate(2, 5), "condolence_payment_list", "town_clerk", "请发放到人并完成签字"),
)  # fmt: skip

_MANAGEMENT_LIMITS = (
    TimeLimit("R-105", "annual_guidance_due", "完成对县（市）的年度业务指导", "当年1月1日",
              "S0 三（二）1（4）", "S", YearlyDate(12, 31), "annual_guidance_record", "station_clerk",
              "请完成业务指导并填写记录"),
    TimeLimit("R-106", "pilot_report_due", "报送试点工作情况报告", "当年任一日", "S0 四（三）", "S",
              YearlyDate(12, 20), "pilot_summary_report", "station_clerk", "请向州民政局报送报告"),
    TimeLimit("P-88", "supervisor_reply_due", "答复特邀监督员意见", "收到意见之日", "S0 五（二）", "D",
              WorkingDays(10), "supervisor_opinion", "station_head", "请答复监督员"),
    TimeLimit("P-89", "monthly_statistics_due", "报送救助情况月报表", "报表所属月份任一日",
              "全国救助月报格式", "V", MonthDay(5), "monthly_statistics", "statistician",
              "请核对并报送月报表"),
)  # fmt: skip

#: The limits in their groups, in the order of a person's way.
GROUPS: Mapping[str, tuple[TimeLimit, ...]] = MappingProxyType(
    {
        "入站、寻亲和在站": _ADMISSION,
        "转移集中照料": _TRANSFER_LIMITS,
        "托养": _CUSTODY_LIMITS,
        "落户安置": _SETTLEMENT_LIMITS,
        "送医、返乡和回访": _RETURN_LIMITS,
        "特殊群体": _GROUP_LIMITS,
        "寒冬送温暖和慰问": _WINTER_LIMITS,
        "管理": _MANAGEMENT_LIMITS,
    }
)
#: Every limit by its code.
LIMITS: Mapping[str, TimeLimit] = MappingProxyType(
    {limit.code: limit for group in GROUPS.values() for limit in group}
)


def by_rule(rule: str) -> tuple[TimeLimit, ...]:
    """Give the limits of a rule (R-12) or paper (P-30) in the catalogue's order; empty when it has none."""
    return tuple(limit for limit in LIMITS.values() if limit.rule == rule)


def explain(limit: TimeLimit, trigger: date | datetime, calendar: Calendar) -> list[str]:
    """Tell in Chinese lines what a limit is, when it ends from this trigger and how that was counted."""
    due = limit.due(trigger, calendar)
    lines = [
        Phrase("%(rule)s %(duty)s", rule=limit.rule, duty=Phrase(limit.label)),
        Phrase(
            "依据：%(clause)s（%(strength)s）",
            clause=cited(limit.clause),
            strength=Phrase(STRENGTHS[limit.strength]),
        ),
        Phrase(
            "期限：%(length)s，起算：%(trigger)s",
            length=limit.length.label,
            trigger=Phrase(limit.trigger),
        ),
        Phrase("触发：%(date)s", date=_written(trigger)),
        Phrase("届满：%(date)s（暂定）", date=due.text)
        if due.provisional
        else Phrase("届满：%(date)s", date=due.text),
    ]
    if due.warning:
        lines.append(Phrase("提醒：%(warning)s", warning=due.warning))
    if limit.outside:
        lines.append(Phrase("外单位时限：自送达之日起算，不计入本单位按期率"))
    act = Phrase("办理：%(act)s", act=Phrase(limit.next_step))
    return [*lines, act, Phrase("怎样数的："), *(Phrase("  %(step)s", step=step) for step in due.steps)]


def _written(trigger: date | datetime) -> str:
    if isinstance(trigger, datetime):
        return chinese_moment(local_moment(trigger))
    return chinese_date(trigger)
