"""求助登记表 — the admission of a person: opens the case and starts its legal clocks. (P-01)"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import ETHNICITIES, HEALTH, HOSPITAL_FIRST, IDENTITY, MENTAL, SEXES
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import CaseOpened, CaseUpdated, Effect, Needed, Starts, TaskOpened
from forms.kit.facts import Facts
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
    RegionCodeBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.idnumbers import birth_date_of, sex_of
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.stay import LEAVES_ALONE_FROM, helped_often
from forms.kit.transfer import registered_from_night
from forms.kit.workdays import SHANGHAI

ANNEX = "民发〔2014〕132号附件1"
ESCORTED = ("police", "city_management")
LOST = ("abandoned", "lost")
DISABILITIES = [
    ("sight", "视力"), ("hearing", "听力"), ("speech", "言语"), ("physical", "肢体"), ("intellectual", "智力"),
    ("mental", "精神"), ("multiple", "多重"),
]  # fmt: skip
GRADES = [("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")]
CONFIRMED = when("identity_status", "confirmed")
NAMED = when("identity_status", "confirmed", "claimed")
UNKNOWN = when("identity_status", "unknown")
ESTIMATED = when("identity_status", "claimed", "unknown")
DIAGNOSED = when("mental_status", "diagnosed")


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
    opens = True

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
    age_min = IntBox("目测年龄下限", required=True, most=110, unit="岁", shown_when=ESTIMATED)
    age_max = IntBox("目测年龄上限", required=True, most=110, unit="岁", shown_when=ESTIMATED)
    ethnicity = SelectBox("民族", ETHNICITIES)
    hukou_code = RegionCodeBox(
        "户籍地代码", required=True, shown_when=CONFIRMED, help="户口簿所载县级行政区划代码，如平塘县522727"
    )
    hukou_address = TextBox("户籍地址", required=True, most=100, shown_when=CONFIRMED, wide=True)
    on_welfare = ChoiceBox(
        "是否享受低保（特困）", [("no", "否"), ("dibao", "低保"), ("tekun", "特困"), ("unknown", "未知")]
    )
    national_no = TextBox("全国系统编号", most=30)

    first_org_name = SelectBox("首接机构", required=True, help="决定由哪个县（市）负责后续寻亲、落户和回访")
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
        shown_when=when("help_reason", *LOST),
        help="报警单位、时间和回执编号",
        wide=True,
    )

    mental_status = ChoiceBox("精神状况", MENTAL, required=True, wide=True)
    diagnosis_hospital = TextBox("诊断医院", required=True, most=40, shown_when=DIAGNOSED)
    diagnosis_doctor = NameBox("精神科医师", required=True, shown_when=DIAGNOSED)
    diagnosis_on = DateBox("诊断日期", required=True, shown_when=DIAGNOSED)
    disability_type = ManyBox("残疾类别", DISABILITIES, help="持残疾证或明显可见的填写")
    disability_grade = ChoiceBox(
        "残疾等级", GRADES, shown_when=when("disability_type", *(key for key, _ in DISABILITIES))
    )
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
                        "ethnicity", "hukou_code", "hukou_address", "on_welfare", "national_no")),
        Section("发现和入站", ("first_org_name", "admission_source", "found_at", "admitted_at", "found_place", "help_reason",
                              "police_receipt")),
        Section("身体状况", ("mental_status", "diagnosis_hospital", "diagnosis_doctor", "diagnosis_on", "disability_type",
                            "disability_grade", "health", "speech", "accent", "height_cm", "features", "clothing_found",
                            "self_clues", "fingerprint_taken")),
        Section("物品和亲属", ("belongings", "relatives")),
    )  # fmt: skip
    checklist = (
        Needed(
            "photo",
            "本人正面照片",
            note="JPEG或PNG，不超过5MB，35:45，宽不少于600像素，用于公告和交接",
            least_width=600,
        ),
        Needed("diagnosis", "精神科诊断材料", shown_when=DIAGNOSED, dated=True),
        Needed(
            "escort_sheet",
            "护送交接表（双方签名后扫描或拍照）",
            required=False,
            shown_when=when("admission_source", *ESCORTED),
        ),
    )

    def ten_days_count(self) -> bool:
        """Tell whether R-18 binds: no mental or intellectual sign, 16 or more on the day of admission."""
        if self.mental_status.data != "normal" or self.admitted_at.data is None:
            return False
        born, day = self.birth_date.data, self.admitted_at.data.astimezone(SHANGHAI).date()
        if self.identity_status.data == "confirmed" and born:
            return (day.year - LEAVES_ALONE_FROM, day.month, day.day) >= (born.year, born.month, born.day)
        return self.age_min.data is not None and self.age_min.data >= LEAVES_ALONE_FROM

    def police_still_to_tell(self) -> bool:
        """Tell whether signs of loss, abandonment or trafficking are there and no receipt yet (R-17)."""
        return bool(set(LOST) & set(self.help_reason.data or ())) and not self.police_receipt.data

    starts = (
        Starts("tracing_notice_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("dna_request_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("stay_three_months", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("lifelong_tracing_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True),
        Starts("stay_day_ten", Milestone.SUBMITTED, "admitted_at", shown_when=ten_days_count),
        Starts(
            "trafficking_report_due",
            Milestone.SUBMITTED,
            "found_at",
            owner="county",
            shown_when=police_still_to_tell,
        ),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest now and the station, or the bureau where there is none; what the central station saw at night."""
        return {
            "admitted_at": facts.now,
            "first_org_name": cls._receivers(facts)[0],
            **registered_from_night(facts),
        }

    @staticmethod
    def _receivers(facts: Facts) -> list[str]:
        kinds = ("county_station", "county_bureau", "central_station")
        found = [facts.county[kind].name for kind in kinds if kind in facts.county]
        return found or [facts.issuer.name]

    def offer(self, facts: Facts) -> None:
        """Offer the stations and bureaus of the responsible county only (R-61)."""
        self.first_org_name.offer([(name, name) for name in self._receivers(facts)])

    @rule("R-08", clause="381号令第6条")
    def times_run_forward(self, facts: Facts) -> Iterator[Problem]:
        """发现在前，入站在后，都不晚于现在."""
        if self.admitted_at.data and self.admitted_at.data > facts.now + timedelta(minutes=1):
            yield Problem("入站时间不能晚于现在，请核对", "admitted_at")
        if self.admitted_at.data and self.found_at.data and self.found_at.data > self.admitted_at.data:
            yield Problem("发现时间不能晚于入站时间，请核对", "found_at")
        for box in (self.birth_date, self.diagnosis_on):
            if box.shown(self) and box.data and box.data > facts.today:
                yield Problem(f"{box.label.text}不能晚于今天，请核对", box.name)

    @rule("R-08", clause=ANNEX, level=Level.WARN)
    def admission_time_is_settled(self, facts: Facts) -> Iterator[Problem]:
        """入站时间登记满24小时后更改的，须说明原因，由审核人核对."""
        before, now = facts.person.admitted_at, self.admitted_at.data
        if facts.exists and before and now and now != before and facts.now > before + timedelta(hours=24):
            yield Problem("入站时间已登记满24小时，更改会改变各项期限，请说明原因，由审核人核对", "admitted_at")

    @rule("R-08", clause="GB 11643-1999")
    def identity_agrees(self, facts: Facts) -> Iterator[Problem]:
        """出生日期、性别须与公民身份号码一致."""
        number = self.id_number.data or ""
        if not self.id_number.shown(self) or list(self.id_number.check()) or not number:
            return
        if self.birth_date.data and self.birth_date.data != birth_date_of(number):
            yield Problem("出生日期与公民身份号码不一致，请核对", "birth_date")
        if self.sex.data and self.sex.data != sex_of(number):
            yield Problem("性别与公民身份号码第17位不一致，请核对", "sex")

    @rule("R-08", clause=ANNEX)
    def alias_is_respectful(self, facts: Facts) -> Iterator[Problem]:
        """临时称谓不得为“无名氏”“无名”."""
        if self.alias.shown(self) and "无名" in (self.alias.data or ""):
            yield Problem("临时称谓不能用“无名氏”“无名”，请按发现地点或特征起一个便于称呼的名字", "alias")
        elif self.alias.shown(self) and self.alias.data in facts.aliases_taken:
            yield Problem("今年已有人使用这个临时称谓，请换一个，以免混淆", "alias")

    @rule("R-08", clause=ANNEX)
    def age_range_is_narrow(self, facts: Facts) -> Iterator[Problem]:
        """目测年龄下限不大于上限，相差不超过20岁."""
        low, high = self.age_min.data, self.age_max.data
        if not self.age_min.shown(self) or low is None or high is None:
            return
        if low > high:
            yield Problem("目测年龄下限不能大于上限", "age_min")
        elif high - low > 20:
            yield Problem("目测年龄上下限相差不超过20岁，请再看仔细一些", "age_max")

    @rule("R-08", clause=ANNEX)
    def health_does_not_contradict(self, facts: Facts) -> Iterator[Problem]:
        """“良好”不与其他健康状况同选."""
        if "good" in (self.health.data or []) and len(self.health.data) > 1:
            yield Problem("健康状况选了“良好”，不能再选其他，请核对", "health")

    @rule("R-09", clause="S0 三（二）2（2）；S3-1 五（三）", level=Level.NOTE)
    def quick_check_follows(self, facts: Facts) -> Iterator[Problem]:
        """入站即进行身份快速查询；寻亲公告、DNA采集比对函办结前须有记录."""
        if facts.exists and facts.latest("quick_identity_check") is None:
            yield Problem("还没有身份快速查询记录", remedy="请随即办理", remedy_paper="quick_identity_check")

    @rule("R-17", clause="民发〔2015〕158号", level=Level.WARN)
    def police_told_of_trafficking(self, facts: Facts) -> Iterator[Problem]:
        """疑似走失、被遗弃、被拐的，当日报告公安机关并登记回执."""
        if self.police_still_to_tell():
            yield Problem("疑似走失、被遗弃、被拐的应当日报警并登记回执；暂无回执的请说明原因", "police_receipt")

    @rule("R-71", clause="S0 三（二）2（6）", level=Level.NOTE)
    def helped_before(self, facts: Facts) -> Iterator[Problem]:
        """同一公民身份号码曾有救助记录的，提示核对；登记后归入同一人."""
        if self.id_number.shown(self) and facts.same_id_cases:
            yield Problem(
                f"该公民身份号码已有救助记录（{'、'.join(facts.same_id_cases)}），核对无误后归入同一人",
                "id_number",
            )

    @rule("R-91", clause="S3-1 五（二）")
    def escort_sheet_present(self, facts: Facts) -> Iterator[Problem]:
        """公安、综合执法护送的，须有双方签名的护送交接表.

        The sheet is signed in ink at the door, before the case exists; its scan opens the gate. The portal's own
        record (P-02) follows as a task, because it carries the case number.
        """
        if self.admission_source.data in ESCORTED and "escort_sheet" not in facts.attached:
            yield Problem(
                "公安或综合执法护送来的，须当场办理书面交接，尚无护送交接表",
                "attachment-escort_sheet",
                remedy="请与护送人员填写《护送交接表》，双方签名后扫描或拍照上传",
            )

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Open the case at once, the checker's signature follows; handed in again, correct it."""
        if on is Milestone.COMPLETED and facts.admissions_12_months > 1:
            yield from helped_often(facts.admissions_12_months)
        if on is not Milestone.SUBMITTED or self.admitted_at.data is None:
            return
        if facts.exists:
            yield CaseUpdated(self._corrections(facts))
            return
        yield CaseOpened(self._person(), admitted_at=self.admitted_at.data)
        yield from self._routes()

    def _person(self) -> dict[str, Any]:
        """Columns of the person. Only a confirmed identity has birth date, number and household address."""
        status = self.identity_status.data
        known = status == "confirmed"
        return {
            "identity_status": status,
            "name": "" if status == "unknown" else self.name.data,
            "alias": self.alias.data if status == "unknown" else "",
            "sex": self.sex.data,
            "birth_date": self.birth_date.data if known else None,
            "age_min": None if known else self.age_min.data,
            "age_max": None if known else self.age_max.data,
            "id_number": self.id_number.data if known else None,
            "hukou_code": self.hukou_code.data if known else "",
            "hukou_address": self.hukou_address.data if known else "",
        }

    def _corrections(self, facts: Facts) -> dict[str, Any]:
        """Values of a form handed in again; an identity confirmed meanwhile (P-25) stands."""
        person = self._person()
        values = {name: value for name, value in self.answers().items() if name not in person}
        if self.identity_status.data == "confirmed" or not facts.person.identified:
            values |= person
        return {**values, "admitted_at": self.admitted_at.data}

    def _routes(self) -> Iterator[TaskOpened]:
        """Papers that the admission calls for at once."""
        yield TaskOpened("quick_identity_check", "issuer", "入站后请进行身份快速查询", "R-09")
        if self.admission_source.data in ESCORTED:
            yield TaskOpened("police_escort_handover", "issuer", "请登记《护送交接表》内容", "R-91")
        if self.police_still_to_tell():
            yield TaskOpened("mandatory_report", "issuer", "疑似走失、被遗弃、被拐，请当日报警并登记回执", "R-17")
        if HOSPITAL_FIRST & set(self.health.data or ()):
            yield TaskOpened("medical_referral", "issuer", "先救治、后救助，请立即送定点医院", "R-36")
        if self.mental_status.data == "suspected" and not self.relatives.rows:
            yield TaskOpened(
                "psychiatric_referral", "issuer", "疑似精神障碍且未找到亲属，请会同公安机关送诊", "R-85"
            )

    def heading(self, facts: Facts) -> str:
        """Name the person as far as known."""
        name = facts.person.display_name or self.name.data or self.alias.data
        return f"求助登记表（{name}）" if name else "求助登记表"
