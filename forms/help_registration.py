"""求助登记表 — the admission of a person: opens the case and starts its legal clocks. (P-01)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import HEALTH, IDENTITY, MENTAL, SEXES
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseOpened, Effect, Needed, Starts, TaskOpened
from forms.kit.facts import CaseFacts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IdNumberBox,
    IntBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    NameBox,
    PhoneBox,
    Row,
    RowsBox,
    SelectBox,
    TextBox,
    YesNoBox,
    birth_date_of,
    sex_of,
    when,
)
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rules import Level, Problem, rule

ESCORTED = ("police", "city_management")
CONFIRMED = when("identity_status", "confirmed")
NAMED = when("identity_status", "confirmed", "claimed")
UNKNOWN = when("identity_status", "unknown")


class Belonging(Row):
    """One thing the person carries."""

    item = TextBox("物品", required=True, most=30)
    quantity = TextBox("数量", most=10)
    kept_by = ChoiceBox("保管", [("self", "本人"), ("station", "站内代管")])


class Relative(Row):
    """A relative or guardian."""

    name = TextBox("姓名", required=True, most=30)
    relation = TextBox("关系", most=10)
    phone = PhoneBox("电话")
    address = TextBox("住址", most=60)
    reached = YesNoBox("已联系上")


class HelpRegistration(Paper):
    """求助登记表（入站登记表）: S0 三（二）1（2）, 381号令第6条, 民发〔2014〕132号附件1."""

    number, code, title = "P-01", "help_registration", "求助登记表"
    genre, chain = Genre.FORM, FORM
    clause = "S0 三（二）1（2）；381号令第6条；民发〔2014〕132号附件1"
    opens_case = True

    identity_status = ChoiceBox("身份状态", IDENTITY, required=True, help="只有经核实的才选“已查明”")
    name = NameBox("姓名", required=True, shown_when=NAMED)
    alias = TextBox(
        "临时称谓",
        required=True,
        most=20,
        shown_when=UNKNOWN,
        help="便于站内称呼，如“平塘桥头男”，不写“无名氏”",
    )
    id_number = IdNumberBox("公民身份号码", required=True, shown_when=CONFIRMED)
    sex = ChoiceBox("性别", SEXES, required=True)
    birth_date = DateBox("出生日期", required=True, shown_when=CONFIRMED)
    age_min = IntBox(
        "目测年龄下限",
        required=True,
        most=110,
        unit="岁",
        shown_when=when("identity_status", "claimed", "unknown"),
    )
    age_max = IntBox(
        "目测年龄上限",
        required=True,
        most=110,
        unit="岁",
        shown_when=when("identity_status", "claimed", "unknown"),
    )
    ethnicity = TextBox("民族", most=10)
    hukou_address = TextBox("户籍地址", required=True, most=100, shown_when=CONFIRMED, wide=True)
    on_welfare = ChoiceBox(
        "是否享受低保（特困）", [("no", "否"), ("dibao", "低保"), ("tekun", "特困"), ("unknown", "未知")]
    )
    national_no = TextBox("全国系统编号", most=30)

    admission_source = SelectBox(
        "来源",
        [
            ("self", "自行求助"),
            ("police", "公安护送"),
            ("city_management", "综合执法护送"),
            ("patrol", "巡查劝导"),
            ("public", "群众护送"),
            ("village", "村（社区）报告"),
            ("hospital", "医院转入"),
            ("other_station", "外地救助机构移送"),
            ("other", "其他"),
        ],
        required=True,
    )
    found_at = MomentBox("发现时间", required=True)
    found_place = TextBox("发现地点", required=True, most=100, help="写到街道、路口或村组", wide=True)
    admitted_at = MomentBox("入站时间", required=True, help="寻亲公告、DNA采集等期限从这一刻起算")
    help_reason = ManyBox(
        "求助原因",
        [
            ("no_work", "务工不着"),
            ("no_relatives", "寻亲不遇"),
            ("robbed", "被盗被骗"),
            ("lost", "走失"),
            ("family_violence", "家庭暴力"),
            ("guardian_harm", "监护侵害"),
            ("disaster", "自然灾害"),
            ("vagrancy", "流浪"),
            ("begging", "乞讨"),
            ("abandoned", "被遗弃疑似被拐"),
            ("other", "其他"),
        ],
        required=True,
        wide=True,
    )
    police_receipt = TextBox(
        "报警回执",
        most=60,
        shown_when=when("help_reason", "abandoned", "lost"),
        help="报警单位、时间和回执编号",
        wide=True,
    )

    mental_status = ChoiceBox("精神状况", MENTAL, required=True, wide=True)
    health = ManyBox("健康状况", HEALTH, required=True, wide=True)
    speech = ChoiceBox(
        "语言沟通",
        [("normal", "正常"), ("partly", "部分"), ("none", "无法沟通"), ("deaf", "聋哑")],
        required=True,
    )
    accent = TextBox("口音", most=30)
    height_cm = IntBox("身高", required=True, least=40, most=230, unit="厘米", shown_when=UNKNOWN)
    features = LongTextBox(
        "体貌特征",
        required=True,
        most=300,
        least=10,
        shown_when=UNKNOWN,
        help="疤痕、痣、纹身、牙齿、步态等，至少10个字",
    )
    clothing_found = LongTextBox("发现时衣着", required=True, most=200, shown_when=UNKNOWN)
    self_clues = LongTextBox("本人自述线索", most=300, help="提到过的姓名、地名、亲属、学校等")
    fingerprint_taken = YesNoBox("指纹已采集", required=True)
    belongings = RowsBox("随身物品", Belonging, help="没有物品的填一行“无”", required=True)
    relatives = RowsBox("监护人（近亲属）", Relative)

    sections = (
        Section("身份", ("identity_status", "name", "alias", "id_number", "sex", "birth_date", "age_min", "age_max",
                        "ethnicity", "hukou_address", "on_welfare", "national_no")),
        Section("发现和入站", ("admission_source", "found_at", "admitted_at", "found_place", "help_reason", "police_receipt")),
        Section("身体状况", ("mental_status", "health", "speech", "accent", "height_cm", "features", "clothing_found",
                            "self_clues", "fingerprint_taken")),
        Section("物品和亲属", ("belongings", "relatives")),
    )  # fmt: skip
    checklist = (
        Needed("photo", "本人正面照片", note="JPEG或PNG，35:45，宽不少于600像素，用于公告和交接"),
        Needed("diagnosis", "精神科诊断材料", shown_when=when("mental_status", "diagnosed"), dated=True),
        Needed(
            "escort_sheet",
            "护送交接表（纸质扫描）",
            required=False,
            shown_when=when("admission_source", *ESCORTED),
        ),
    )
    starts = (
        Starts("tracing_notice_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("dna_request_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("stay_three_months", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("stay_day_ten", Milestone.SUBMITTED, "admitted_at", shown_when=when("mental_status", "normal")),
        Starts("lifelong_tracing_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
    )

    @classmethod
    def prefill(cls, facts: CaseFacts) -> dict[str, Any]:
        """Suggest now as the time of admission."""
        return {"admitted_at": facts.now}

    @rule("R-08", clause="381号令第6条")
    def times_run_forward(self, facts: CaseFacts) -> Iterator[Problem]:
        """发现在前，入站在后，都不晚于现在."""
        if self.admitted_at.data and self.admitted_at.data > facts.now + timedelta(minutes=1):
            yield Problem("入站时间不能晚于现在，请核对", "admitted_at")
        if self.admitted_at.data and self.found_at.data and self.found_at.data > self.admitted_at.data:
            yield Problem("发现时间不能晚于入站时间，请核对", "found_at")

    @rule("R-08", clause="GB 11643-1999")
    def identity_agrees(self, facts: CaseFacts) -> Iterator[Problem]:
        """出生日期、性别须与公民身份号码一致."""
        number = self.id_number.data or ""
        if not self.id_number.shown(self) or list(self.id_number.check()) or not number:
            return
        if self.birth_date.data and self.birth_date.data != birth_date_of(number):
            yield Problem("出生日期与公民身份号码不一致，请核对", "birth_date")
        if self.sex.data and self.sex.data != sex_of(number):
            yield Problem("性别与公民身份号码第17位不一致，请核对", "sex")

    @rule("R-08", clause="§3.1.1")
    def alias_is_respectful(self, facts: CaseFacts) -> Iterator[Problem]:
        """临时称谓不得为“无名氏”“无名”."""
        if self.alias.shown(self) and "无名" in (self.alias.data or ""):
            yield Problem("临时称谓不能用“无名氏”“无名”，请按发现地点或特征起一个便于称呼的名字", "alias")

    @rule("R-08", clause="§3.1.1")
    def age_range_is_narrow(self, facts: CaseFacts) -> Iterator[Problem]:
        """目测年龄下限不大于上限，相差不超过20岁."""
        low, high = self.age_min.data, self.age_max.data
        if not self.age_min.shown(self) or low is None or high is None:
            return
        if low > high:
            yield Problem("目测年龄下限不能大于上限", "age_min")
        elif high - low > 20:
            yield Problem("目测年龄上下限相差不超过20岁，请再看仔细一些", "age_max")

    @rule("R-17", clause="民发〔2015〕158号", level=Level.WARN)
    def police_told_of_trafficking(self, facts: CaseFacts) -> Iterator[Problem]:
        """疑似被遗弃、被拐的，当日报告公安机关并登记回执."""
        if "abandoned" in (self.help_reason.data or []) and not self.police_receipt.data:
            yield Problem("疑似被遗弃、被拐的应当日报警并登记回执；暂无回执的请说明原因", "police_receipt")

    @rule("R-91", clause="S3-1 五（二）")
    def escort_sheet_present(self, facts: CaseFacts) -> Iterator[Problem]:
        """公安、综合执法护送的，须办理护送交接表."""
        if self.admission_source.data in ESCORTED and "escort_sheet" not in facts.attached:
            yield Problem(
                "公安或综合执法护送来的，请先填写《护送交接表》，打印双方签名后拍照上传",
                "attachment-escort_sheet",
                remedy_paper="police_escort_handover",
            )

    def effects(self, on: Milestone, facts: CaseFacts) -> Iterable[Effect]:
        """Open the case at once; the checker's signature follows."""
        if on is not Milestone.SUBMITTED or facts.exists:
            return
        known = self.identity_status.data == "confirmed"
        yield CaseOpened(
            {
                "identity_status": self.identity_status.data,
                "name": "" if self.identity_status.data == "unknown" else self.name.data,
                "alias": self.alias.data if self.identity_status.data == "unknown" else "",
                "sex": self.sex.data,
                "birth_date": self.birth_date.data if known else None,
                "age_min": None if known else self.age_min.data,
                "age_max": None if known else self.age_max.data,
                "id_number": self.id_number.data if known else "",
                "hukou_address": self.hukou_address.data if known else "",
            },
            admitted_at=self.admitted_at.data,
        )
        yield TaskOpened("quick_identity_check", "issuer", "入站后请进行身份快速查询", "R-09")

    def heading(self, facts: CaseFacts) -> str:
        """Name the person as far as known."""
        name = facts.person.display_name or self.name.data or self.alias.data
        return f"求助登记表（{name}）" if name else "求助登记表"
