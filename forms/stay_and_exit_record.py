"""在站服务及离站登记表 — open while the person stays, a line for every service; handed in when they leave. (P-04)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import WARDS, copied_person, person_boxes
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Effect, Needed, Settles, Starts, StayEnded, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IdNumberBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    MoneyBox,
    NameBox,
    PhoneBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.stay import bound_by_ten_days, helped_until, why_not_alone
from forms.kit.timespan import chinese_date
from forms.kit.workdays import SHANGHAI

ANNEX = "民发〔2014〕132号附件4"
LEFT_BY_SELF = "自行离站"
HOME_BY_SELF = "自行返乡"
VOUCHER = "提供乘车凭证"
ESCORTED = "护送返乡"
COLLECTED = "接领返乡"
TERMINATED = "终止救助"
GONE = "擅自离站"
PLACED = "安置"
DIED = "死亡"
OTHER = "其他"
#: 离站方式; the words are what the case keeps and what M-03, M-04, M-06 and the monthly table count (§5.3).
EXIT_METHODS = (
    LEFT_BY_SELF,
    HOME_BY_SELF,
    VOUCHER,
    ESCORTED,
    COLLECTED,
    TERMINATED,
    GONE,
    PLACED,
    DIED,
    OTHER,
)
ALONE = frozenset({LEFT_BY_SELF, HOME_BY_SELF, VOUCHER})
HOMEWARD = (HOME_BY_SELF, VOUCHER, ESCORTED, COLLECTED)
#: 短途现金一般不超过20元 (民发〔2014〕132号), in 分.
SHORT_TRIP_CASH = 2000
HELP_TYPES = ("医疗救治", "教育矫治", "家庭寄养", "生活救助", "返乡救助", "临时安置", OTHER)
SPECIAL_GROUPS = ("打拐解救", "家暴受害", "服刑人员子女", "留守儿童", "港澳台", "外籍", "无")
SERVICES = [
    ("board", "食宿"),
    ("hygiene", "洗浴更衣"),
    ("goods", "衣物用品"),
    ("medical", "医疗用药"),
    ("sent_to_hospital", "送医"),
    ("tracing", "寻亲联络"),
    ("comfort", "心理疏导"),
    ("education", "教育"),
    ("safety", "安全检查"),
    ("transport", "乘车护送"),
    ("other", "其他"),
]


def left_by(*methods: str) -> Any:
    """Say that a box is asked for these ways of leaving."""
    return when("exit_method", *methods)


class Service(Row):
    """One thing done for the person on a day."""

    on = DateBox("日期", required=True)
    kind = SelectBox("服务", SERVICES, required=True)
    what = TextBox("内容", required=True, most=60)
    by = TextBox("工作人员", required=True, most=20)
    over_reason = TextBox("超期说明", most=40)


class StayAndExitRecord(Paper):
    """在站服务及离站登记表, 民发〔2014〕132号附件4: services during the stay, way of leaving, monthly figures."""

    number, code, title = "P-04", "stay_and_exit_record", "在站服务及离站登记表"
    genre, chain = Genre.FORM, FORM
    clause = f"{ANNEX}；381号令第7、8、11条"
    one_live = True
    shared_draft = True

    person_name, person_sex, person_age = person_boxes()
    admitted_at = MomentBox("入站时间", copied=True)
    ward = ChoiceBox("照料区", WARDS, required=True)
    bed = TextBox("床位", most=20)
    services = RowsBox(
        "在站服务", Service, required=True, most=400, help="每提供一项服务随时添一行并保存，离站时再提交"
    )

    exit_method = SelectBox("离站方式", [(word, word) for word in EXIT_METHODS], required=True)
    exit_at = MomentBox("离站时间", required=True)
    destination = TextBox("去向（返回地）", required=True, most=60, shown_when=left_by(*HOMEWARD))
    cross_province = YesNoBox("是否跨省", required=True, shown_when=left_by(ESCORTED, COLLECTED))
    voucher = TextBox(
        "乘车凭证", required=True, most=60, shown_when=left_by(VOUCHER), help="车次、起止站、票号", wide=True
    )
    cash = MoneyBox("短途现金（元）", shown_when=left_by(VOUCHER, HOME_BY_SELF, LEFT_BY_SELF))
    collector = NameBox("接领人", required=True, shown_when=left_by(COLLECTED))
    collector_relation = TextBox("与本人关系", required=True, most=20, shown_when=left_by(COLLECTED))
    collector_id = IdNumberBox("接领人公民身份号码", required=True, shown_when=left_by(COLLECTED))
    collector_phone = PhoneBox("接领人电话", required=True, shown_when=left_by(COLLECTED))
    gone_found_at = MomentBox("发现离站时间", required=True, shown_when=left_by(GONE))
    search = LongTextBox("查找情况", required=True, least=5, most=300, shown_when=left_by(GONE))
    placed_with = TextBox("安置单位", required=True, most=60, shown_when=left_by(PLACED), wide=True)
    death_cause = LongTextBox("死亡原因和经过", required=True, least=5, most=300, shown_when=left_by(DIED))
    exit_other = TextBox("其他离站情形", required=True, least=2, most=60, shown_when=left_by(OTHER), wide=True)
    belongings_returned = YesNoBox(
        "随身物品已返还",
        required=True,
        shown_when=left_by(*(word for word in EXIT_METHODS if word not in {GONE, DIED})),
    )

    help_types = ManyBox("救助类型", [(word, word) for word in HELP_TYPES], required=True, wide=True)
    special_groups = ManyBox("特殊人员", [(word, word) for word in SPECIAL_GROUPS], required=True, wide=True)
    home_area = ChoiceBox(
        "户籍区域", [("本省", "本省"), ("外省", "外省"), ("无法查明", "无法查明")], required=True, wide=True
    )

    sections = (
        Section("在站", ("person_name", "person_sex", "person_age", "admitted_at", "ward", "bed", "services")),
        Section("离站", ("exit_method", "exit_at", "destination", "cross_province", "voucher", "cash", "collector",
                        "collector_relation", "collector_id", "collector_phone", "gone_found_at", "search", "placed_with",
                        "death_cause", "exit_other", "belongings_returned")),
        Section("统计", ("help_types", "special_groups", "home_area"), "计入救助情况月报表"),
    )  # fmt: skip
    checklist = (
        Needed(
            "exit_statement",
            "自行离站声明书（签名扫描件）",
            required=False,
            shown_when=left_by(LEFT_BY_SELF),
            note="已在系统中办理的不必上传",
        ),
        Needed(
            "termination_notice",
            "终止救助通知书（扫描件）",
            required=False,
            shown_when=left_by(TERMINATED),
            note="已在系统中办理的不必上传",
        ),
        Needed("collector_id_copy", "接领人身份证复印件", shown_when=left_by(COLLECTED)),
        Needed(
            "cash_receipt", "现金收据", required=False, shown_when=left_by(VOUCHER, HOME_BY_SELF, LEFT_BY_SELF)
        ),
        Needed("death_certificate", "死亡证明", shown_when=left_by(DIED), dated=True),
    )
    starts = (Starts("unannounced_exit_due", Milestone.SUBMITTED, "gone_found_at", shown_when=left_by(GONE)),)
    settles = (
        Settles("stay_day_ten", Milestone.SUBMITTED, at="exit_at"),
        Settles("unannounced_exit_due", Milestone.COMPLETED, shown_when=left_by(GONE)),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the ward and what the admission tells for the monthly table."""
        person, reasons = facts.person, facts.case.get("help_reason", ())
        ward = "female" if person.sex == "女" else "male"
        home = "本省" if person.hukou_address.startswith(("贵州", "黔南")) else "外省"
        return {
            "ward": "minor" if person.minor_on(facts.today) else ward,
            "help_types": ["生活救助"],
            "special_groups": ["家暴受害"] if "family_violence" in reasons else [],
            "home_area": home if person.identified and person.hukou_address else "",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the person and the moment of admission from the case."""
        return {**copied_person(facts), "admitted_at": facts.person.admitted_at}

    @rule("R-08", clause=ANNEX)
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """服务在入站之后、离站之前；离站不晚于现在."""
        admitted, left = facts.person.admitted_at, self.exit_at.data
        if left and left > facts.now + timedelta(minutes=1):
            yield Problem("离站时间不能晚于现在，请核对", "exit_at")
        if left and admitted and left < admitted:
            yield Problem("离站时间不能早于入站时间，请核对", "exit_at")
        gone = self.gone_found_at.data
        if (
            self.gone_found_at.shown(self)
            and gone
            and (gone > facts.now + timedelta(minutes=1) or (left and gone < left))
        ):
            yield Problem("发现离站时间应在离站之后、现在之前，请核对", "gone_found_at")
        first = admitted.astimezone(SHANGHAI).date() if admitted else None
        last = left.astimezone(SHANGHAI).date() if left else facts.today
        for number, line in enumerate(self.services.rows, start=1):
            day = line.on.data
            if day and ((first and day < first) or day > last):
                yield Problem(f"第{number}行服务日期不在在站期间，请核对", "services")

    @rule("R-18", clause="民政部令第24号；民发〔2014〕132号", level=Level.WARN)
    def services_after_day_ten(self, facts: Facts) -> Iterator[Problem]:
        """满10天未备案的，每项服务须说明；救助不停."""
        until = helped_until(facts)
        if until is None or not bound_by_ten_days(facts.person, facts.today):
            return
        over = [
            number
            for number, line in enumerate(self.services.rows, start=1)
            if line.on.data and line.on.data > until and len(line.over_reason.data or "") < 5
        ]
        if over:
            rows = "、".join(str(number) for number in over)
            yield Problem(
                f"救助期限已于{chinese_date(until)}届满且未备案延长（超期未备案），第{rows}行服务请在“超期说明”中写明原因",
                "services",
                remedy="请报《延长救助期限备案表》；救助不因此停止",
                remedy_paper="stay_extension_filing",
            )

    @rule("R-19", clause="民发〔2014〕132号；381号令第11条")
    def who_may_leave_alone(self, facts: Facts) -> Iterator[Problem]:
        """未满16周岁、有精神智力异常、行动不便的，不得自行离站、自行返乡."""
        why = why_not_alone(facts.person, facts.today)
        if self.exit_method.data in ALONE and why:
            yield Problem(
                f"该人员{why}，不能{self.exit_method.printed if self.exit_method.data != VOUCHER else '凭乘车凭证自行返乡'}",
                "exit_method",
                remedy="请联系亲属接领，或由救助管理机构护送返乡",
                remedy_paper="escort_return_handover",
            )
        stated = facts.issued("self_exit_statement") or "exit_statement" in facts.attached
        if self.exit_method.data == LEFT_BY_SELF and not why and not stated:
            yield Problem(
                "自行离站须由本人签署《自行离站声明书》",
                "attachment-exit_statement",
                remedy_paper="self_exit_statement",
            )

    @rule("R-20", clause="民发〔2014〕132号；S3-1 六（二）", level=Level.WARN)
    def gone_is_recorded_at_once(self, facts: Facts) -> Iterator[Problem]:
        """擅自离站的当日登记."""
        found = self.gone_found_at.data
        if self.gone_found_at.shown(self) and found and found.astimezone(SHANGHAI).date() < facts.today:
            yield Problem("擅自离站应在发现当日登记，现已逾期，请说明原因", "gone_found_at")

    @rule("P-06", clause="民发〔2014〕132号附件5")
    def termination_was_told(self, facts: Facts) -> Iterator[Problem]:
        """终止救助的，须已送达终止救助通知书."""
        told = facts.issued("termination_notice") or "termination_notice" in facts.attached
        if self.exit_method.data == TERMINATED and not told:
            yield Problem(
                "终止救助须先送达《终止救助通知书》",
                "attachment-termination_notice",
                remedy_paper="termination_notice",
            )

    @rule("R-70", clause="S0 三（二）2（6）", level=Level.WARN)
    def return_is_handed_over(self, facts: Facts) -> Iterator[Problem]:
        """护送、接领返乡的办理交接单；满6个月、12个月的回访从交接之日起算."""
        if self.exit_method.data in {ESCORTED, COLLECTED} and facts.latest("escort_return_handover") is None:
            yield Problem(
                "还没有《接送返回交接单》，返乡满6个月、12个月的回访期限无从起算；暂不能办理的请说明",
                "exit_method",
                remedy="请办理《接送返回交接单》",
                remedy_paper="escort_return_handover",
            )

    @rule("R-33", clause="381号令第8条")
    def wards_are_apart(self, facts: Facts) -> Iterator[Problem]:
        """男女分区照料."""
        if {"male": "女", "female": "男"}.get(self.ward.data or "") == facts.person.sex:
            yield Problem("照料区与受助人员性别不符，请重新安排", "ward")

    @rule("R-26", clause="S0 三（二）2（3）；未成年人保护法第92、93条", level=Level.WARN)
    def minors_are_apart(self, facts: Facts) -> Iterator[Problem]:
        """未成年人安排在未成年人区；随本人监护人同住的除外."""
        if self.ward.data in {"male", "female"} and facts.person.minor_on(facts.today):
            yield Problem("该人员是（或应按）未成年人，应安排在未成年人区；随本人监护人同住的请说明", "ward")

    @rule("P-04", clause="民发〔2014〕132号")
    def cash_has_a_receipt(self, facts: Facts) -> Iterator[Problem]:
        """短途现金凭收据，一般不超过20元."""
        if not self.cash.shown(self) or not self.cash.data:
            return
        if "cash_receipt" not in facts.attached:
            yield Problem("发放现金须由本人签收，请上传收据", "attachment-cash_receipt")
        if self.cash.data > SHORT_TRIP_CASH:
            yield Problem("短途现金一般不超过20元，请说明原因", "cash", level=Level.WARN)

    @rule("R-08", clause=ANNEX)
    def no_group_excludes_groups(self, facts: Facts) -> Iterator[Problem]:
        """特殊人员选“无”的，不再选其他."""
        if "无" in (self.special_groups.data or []) and len(self.special_groups.data or []) > 1:
            yield Problem("特殊人员选了“无”，不能再选其他，请核对", "special_groups")

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Handed in: what cannot wait is called for. Checked: the stay ends."""
        if on is Milestone.COMPLETED and self.exit_at.data and facts.person.open:
            yield StayEnded(self.exit_method.data or "", self.exit_at.data)
        if on is not Milestone.SUBMITTED:
            return
        person = facts.person
        if self.exit_method.data == GONE and (person.minor_on(facts.today) or person.mental_status != "normal"):
            why = "未成年人或精神、智力异常人员擅自离站，请书面报告突发事件"
            yield TaskOpened("incident_report", "issuer", why, "R-20")
        if self.exit_method.data == DIED:
            yield TaskOpened("incident_report", "issuer", "受助人员死亡，请书面报告突发事件", "P-12")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the length of the stay and room for the signature of who leaves or fetches."""
        face = table_face(self, facts, stamp)
        admitted, left = facts.person.admitted_at, self.exit_at.data
        if admitted and left:
            first, last = admitted.astimezone(SHANGHAI).date(), left.astimezone(SHANGHAI).date()
            text = f"自{chinese_date(first)}入站至{chinese_date(last)}离站，在站{(last - first).days}天。"
            face["blocks"].append({"kind": "statement", "text": text})
        who = {COLLECTED: "接领人", GONE: "见证人", DIED: "见证人"}.get(self.exit_method.data or "", "受助人员")
        boxes = [
            {"label": f"{who}（签名）", "name": "", "time": ""},
            {"label": "工作人员（签名）", "name": "", "time": ""},
        ]
        face["blocks"].append({"kind": "signatures", "boxes": boxes})
        return face
