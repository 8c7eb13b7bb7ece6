"""应急先行接收记录 — at night or on a holiday the duty leader takes a person in first, the letters follow. (P-18)

The county's people stand at the door and no county clerk is at a desk: so the station writes this paper alone. Where the
county has registered the person, the paper joins that case by its number; where not, it opens the case for the
responsible county, starts the clocks of tracing, and asks the county for registration and request.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from forms.kit.blocks import HEALTH, IDENTITY, MENTAL, SEXES, WARDS
from forms.kit.chains import EMERGENCY, Milestone
from forms.kit.effects import CaseOpened, Effect, Needed, PersonMoved, Starts, TaskOpened
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts, PersonFacts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    DecimalBox,
    IdNumberBox,
    IntBox,
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
from forms.kit.idnumbers import birth_date_of, sex_of
from forms.kit.paper import Addressee, Paper, Section
from forms.kit.phrases import Phrase
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.sheets import WOUNDS, Item, cells, guarded_valuables, lists, person_block, whole_row
from forms.kit.transfer import (
    ACUTE_SIGNS,
    COUNTIES,
    EMERGENCY_REASONS,
    GROUNDS,
    HOSPITAL_CLAUSE,
    MINOR_CLAUSE,
    TO_CHILD_HOME,
    Escort,
    bed_choices,
    bed_problems,
    fever_problems,
    first_bed,
    handover_of,
    hospital_problems,
    outside_office_hours,
)

CLAUSE = "S0 三（二）1（2）；S3-3“先救助，再审查”"
NEW = when("case_state", "none")
KNOWN = when("case_state", "known")
CONFIRMED = (NEW, when("identity_status", "confirmed"))
NAMED = (NEW, when("identity_status", "confirmed", "claimed"))
ESTIMATED = (NEW, when("identity_status", "claimed", "unknown"))
BROUGHT = when("brought_by", "county", "police", "city_management", "public")
TOLD = when("county_told", "yes")
BUREAUS = [(f"{code}-bureau", f"{name}民政局") for code, name in COUNTIES]
STATEMENT = (
    "本记录为非工作时间的应急先行接收（先救助，再审查）。自接收之时起，日常照料由黔南州救助管理站负责。"
    "请{county}自接收之日起{days}个工作日内补报转移集中照料申请函，由州站复函，并办理书面交接；"
    "入站登记、寻亲服务、落户安置、回访稳固和送医费用仍由{county}负责。"
)


class EmergencyIntake(Paper):
    """应急先行接收记录, S0 三（二）1（2）, R-31."""

    number, code, title = "P-18", "emergency_intake", "应急先行接收记录"
    clause = CLAUSE
    chain = EMERGENCY
    addressee = Addressee.NAMED
    drafted_in = frozenset({"central_station"})
    opens = True
    one_live = True
    copies = "一式三份（县、站、案卷）"

    arrived_at = MomentBox("接收时间", required=True)
    ground = ChoiceBox("转移情形", GROUNDS, required=True, help="只有临时应急情形可以先接收、后补函")
    emergency_reason = ManyBox("应急原因", EMERGENCY_REASONS, required=True, wide=True)
    emergency_other = TextBox(
        "其他应急原因", required=True, least=5, most=100, shown_when=when("emergency_reason", "other"), wide=True
    )
    to_unit = SelectBox("责任单位", BUREAUS, required=True, help="首先发现或受理的县（市）民政局")
    brought_by = ChoiceBox(
        "送来方式", required=True, wide=True,
        choices=[("county", "县级救助机构"), ("police", "公安机关"), ("city_management", "综合执法"), ("public", "群众"),
                 ("self", "自行前来")],
    )  # fmt: skip
    escort_staff = RowsBox("护送人员", Escort, required=True, shown_when=BROUGHT)
    county_told = ChoiceBox(
        "告知县级",
        [("yes", "已电话告知"), ("unreachable", "暂未联系上")],
        required=True,
        wide=True,
    )
    told_name = NameBox("县级值班人员", required=True, shown_when=TOLD)
    told_phone = PhoneBox("县级值班电话", required=True, shown_when=TOLD)

    case_state = ChoiceBox(
        "县级是否已登记", [("known", "已登记，有救助编号"), ("none", "尚未登记")], required=True,
        help="护送人员带有求助登记表的，按表上编号填写，不另立个案",
    )  # fmt: skip
    known_case_no = TextBox("救助编号", required=True, most=16, shown_when=KNOWN, help="如522727-2026-0012")
    sex = ChoiceBox("性别", SEXES, required=True)
    identity_status = ChoiceBox(
        "身份状态", IDENTITY, required=True, shown_when=NEW, help="只有查验证件的才选“已查明”"
    )
    name = NameBox("姓名", required=True, shown_when=NAMED)
    alias = TextBox(
        "临时称谓",
        required=True,
        most=20,
        shown_when=(NEW, when("identity_status", "unknown")),
        help="不写“无名氏”",
    )
    id_number = IdNumberBox("公民身份号码", required=True, shown_when=CONFIRMED)
    hukou_address = TextBox("户籍地址", most=100, shown_when=CONFIRMED, wide=True)
    age_min = IntBox("目测年龄下限", required=True, most=110, unit="岁", shown_when=ESTIMATED)
    age_max = IntBox("目测年龄上限", required=True, most=110, unit="岁", shown_when=ESTIMATED)
    found_place = TextBox("发现地点", required=True, most=100, shown_when=NEW, wide=True)
    mental_status = ChoiceBox("精神状况", MENTAL, required=True, shown_when=NEW, wide=True)
    health = ManyBox("健康状况", HEALTH, required=True, shown_when=NEW, wide=True)

    temp_c = DecimalBox("体温", required=True, least=34, most=43, unit="℃")
    acute_signs = ManyBox("急症情形", ACUTE_SIGNS, required=True, wide=True)
    onset_on = DateBox(
        "出现日期",
        required=True,
        prints=False,
        shown_when=when("acute_signs", *(sign for sign, _ in ACUTE_SIGNS[1:])),
    )
    wounds = ChoiceBox("伤痕褥疮", WOUNDS, required=True)
    body_check = LongTextBox("体表检查", required=True, most=300, help="没有异常的写“未见异常”")
    belongings = RowsBox("随身物品清单", Item, required=True, help="没有物品的填一行“无”")
    cash = MoneyBox("现金", required=True, help="单位元，没有的填0")
    valuables = TextBox("贵重物品", required=True, most=100, help="没有的填“无”")

    guardian_here = YesNoBox("未成年人是否随本人监护人一同接收", help="受助人员是未成年人时填写")
    ward = ChoiceBox("照料区", WARDS, required=True)
    bed = SelectBox("床位", required=True)

    sections = (
        Section("应急情形", ("arrived_at", "ground", "emergency_reason", "emergency_other")),
        Section(
            "责任县（市）和护送",
            ("to_unit", "brought_by", "escort_staff", "county_told", "told_name", "told_phone"),
        ),
        Section(
            "受助人员",
            ("case_state", "known_case_no", "sex", "identity_status", "name", "alias", "id_number", "hukou_address",
             "age_min", "age_max", "found_place", "mental_status", "health"),
            "尚未登记的，提交后自动为责任县（市）立案，由县级补办求助登记",
        ),
        Section(
            "身体状况和物品",
            ("temp_c", "acute_signs", "onset_on", "wounds", "body_check", "belongings", "cash", "valuables"),
        ),
        Section("安置", ("guardian_here", "ward", "bed")),
    )  # fmt: skip
    checklist = (
        Needed("wound_photo", "伤情照片", shown_when=when("wounds", "yes")),
        Needed("hospital_clearance", "医院出具的可以转移的证明", required=False, dated=True),
    )
    starts = (
        Starts("emergency_papers_due", Milestone.SUBMITTED, "arrived_at", owner="county"),
        # The county has registered nothing yet: its duties of tracing run from now all the same.
        Starts("tracing_notice_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True, shown_when=NEW),
        Starts("dna_request_due", Milestone.SUBMITTED, "admitted_at", owner="county", unless_identified=True, shown_when=NEW),
    )  # fmt: skip

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest now, the emergency ground, and a bed where the person is known."""
        known = first_bed(facts, facts.person) if facts.person.case_no else {}
        return {"arrived_at": facts.now, "ground": "emergency", **known}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take county, number and sex from the case once there is one."""
        bureau = facts.county.get("county_bureau")
        if not facts.person.case_no or bureau is None:
            return {}
        return {
            "case_state": "known",
            "known_case_no": facts.person.case_no,
            "to_unit": bureau.code,
            "sex": facts.person.sex,
        }

    def offer(self, facts: Facts) -> None:
        """Offer the free beds."""
        self.bed.offer(bed_choices(facts))

    def needed(self, facts: Facts) -> Iterator[Needed]:
        """Ask for a picture where the case has none: nobody is taken in without a face."""
        yield from super().needed(facts)
        if "photo" in facts.attached or not facts.photo:
            yield Needed("photo", "本人正面照片", note=Phrase("手机拍摄即可；用于核对和寻亲公告"))

    def who(self, facts: Facts) -> PersonFacts:
        """Return the person as the case has them, or as typed here while there is no case."""
        if facts.person.case_no or not NEW(self):
            return replace(facts.person, sex=facts.person.sex or self.sex.data or "")
        status, number = self.identity_status.data or "unknown", self.id_number.data or ""
        confirmed = status == "confirmed" and not list(self.id_number.check())
        return PersonFacts(
            case_no="",
            identity_status=status,
            name=self.name.data if status != "unknown" else "",
            alias=self.alias.data if status == "unknown" else "",
            sex=self.sex.data or "",
            birth_date=birth_date_of(number) if confirmed else None,
            age_min=None if confirmed else self.age_min.data,
            age_max=None if confirmed else self.age_max.data,
            id_number=number if confirmed else "",
            hukou_address=self.hukou_address.data if confirmed else "",
            mental_status=self.mental_status.data or "normal",
            health=tuple(self.health.data or ()),
            admitted_at=self.arrived_at.data,
            region_code=str(self.to_unit.data or "").split("-", maxsplit=1)[0],
        )

    @rule("R-31", clause=CLAUSE)
    def only_emergencies_come_first(self, facts: Facts) -> Iterator[Problem]:
        """只有临时应急情形可以先行接收；设施不足情形按申请函办理."""
        if self.ground.data == "infrastructure":
            yield Problem("设施不足情形不能先行接收，须由县局发函申请", "ground", remedy_paper="transfer_request")

    @rule("R-31", clause=CLAUSE)
    def only_outside_office_hours(self, facts: Facts) -> Iterator[Problem]:
        """只在非工作时间先行接收；工作时间由县局发函，州站当日答复."""
        at = self.arrived_at.data
        if at and at > facts.now:
            yield Problem("接收时间不能晚于现在，请核对", "arrived_at")
        elif at and not outside_office_hours(at, facts):
            yield Problem(
                "接收时间在工作时间内，请由县局发转移申请函，州站当日答复",
                "arrived_at",
                remedy="人员有危险的，先送医或报警",
                remedy_paper="transfer_request",
            )

    @rule("R-31", clause=CLAUSE, level=Level.WARN)
    def the_county_is_told(self, facts: Facts) -> Iterator[Problem]:
        """先行接收的，当即告知责任县（市）值班人员."""
        if self.county_told.data == "unreachable":
            yield Problem("暂未联系上责任县（市），请说明联系经过，并继续联系", "county_told")

    @rule("R-35", clause="S0 三（二）1（2）")
    def prefecture_cases_are_admitted_directly(self, facts: Facts) -> Iterator[Problem]:
        """州级直接受理的人员直接办理求助登记."""
        if facts.person.case_no and facts.of_prefecture:
            yield Problem(
                "州救助管理站直接受理的人员，直接办理求助登记", "case_state", remedy_paper="help_registration"
            )

    @rule("R-34", clause="一案一函")
    def is_not_there_already(self, facts: Facts) -> Iterator[Problem]:
        """已办理交接在站的，不再先行接收；填写的救助编号须属于责任县（市）."""
        if handover_of(facts) is not None:
            yield Problem("该人员已办理交接，在州级区域中心站", "known_case_no")
        region = str(self.to_unit.data or "").split("-", maxsplit=1)[0]
        number = self.known_case_no.data or ""
        if self.known_case_no.shown(self) and number and not re.fullmatch(rf"{region}-20\d\d-\d{{4}}", number):
            yield Problem("救助编号应为责任县（市）的编号，如522727-2026-0012，请核对", "known_case_no")

    @rule("R-08", clause="民发〔2014〕132号附件1")
    def the_person_is_described_soundly(self, facts: Facts) -> Iterator[Problem]:
        """性别与证件一致，目测年龄上下限相差不超过20岁，临时称谓得体."""
        number, low, high = self.id_number.data or "", self.age_min.data, self.age_max.data
        if (
            self.id_number.shown(self)
            and number
            and not list(self.id_number.check())
            and self.sex.data != sex_of(number)
        ):
            yield Problem("性别与公民身份号码第17位不一致，请核对", "sex")
        if self.age_min.shown(self) and low is not None and high is not None and not 0 <= high - low <= 20:
            yield Problem("目测年龄下限不大于上限，相差不超过20岁", "age_max")
        if self.alias.shown(self) and "无名" in (self.alias.data or ""):
            yield Problem("临时称谓不能用“无名氏”“无名”，请按发现地点或特征起一个便于称呼的名字", "alias")

    @rule("R-33", clause="381号令第8条")
    def there_is_a_bed(self, facts: Facts) -> Iterator[Problem]:
        """安排与性别相符的空床位."""
        if self.sex.data:
            yield from bed_problems(replace(facts, person=self.who(facts)), self.ward.data, self.bed.data)

    @rule("R-26", clause=MINOR_CLAUSE)
    def minors_sleep_apart_from_adults(self, facts: Facts) -> Iterator[Problem]:
        """未成年人随本人监护人，或单独安排在未成年人区."""
        alone = self.who(facts).minor_on(facts.today) and self.guardian_here.data != "yes"
        if alone and self.ward.data and self.ward.data != "minor":
            yield Problem("该人员是（或应按）未成年人，没有监护人同行的，只能安排在未成年人区", "ward")

    @rule("R-26", clause=MINOR_CLAUSE, level=Level.WARN)
    def a_minor_alone_stays_one_night(self, facts: Facts) -> Iterator[Problem]:
        """单独的未成年人应急接收一夜，随即转送州儿童福利院."""
        alone = self.who(facts).minor_on(facts.today) and self.guardian_here.data != "yes"
        if alone and self.ward.data == "minor":
            yield Problem(
                "未成年人单独接收，须有专人看护并尽快转送州儿童福利院，请写明看护安排", "ward", **TO_CHILD_HOME
            )

    @rule("R-36", clause=HOSPITAL_CLAUSE)
    def hospital_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """急病、危重、疑似传染病、急性精神症状、高热的，立即送医，凭医院证明接收."""
        person = replace(facts, person=self.who(facts))
        yield from hospital_problems(person, self.acute_signs.data or (), self.onset_on.data)
        if "fever" not in (self.acute_signs.data or ()):
            yield from fever_problems(facts, self.temp_c)

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """The person is in a bed at once; the head's confirmation follows the next working day."""
        at = self.arrived_at.data
        if on is not Milestone.SUBMITTED or at is None:
            return
        if fresh := not facts.exists:
            yield CaseOpened(
                self._person(facts),
                at,
                unit=self.to_unit.data,
                case_no=self.known_case_no.data if KNOWN(self) else "",
            )
        yield PersonMoved(facts.issuer.code, at, self.ward.data, self.bed.data)
        if fresh and NEW(self):
            yield TaskOpened("help_registration", "county", "州站已应急先行接收，请补办求助登记", "R-08")
        yield TaskOpened("transfer_request", "county", "州站已应急先行接收，请在规定时限内补报转移申请函", "R-31")
        if self.who(facts).minor_on(facts.today) and self.guardian_here.data != "yes":
            yield TaskOpened(
                "minor_transfer_letter", "county", "单独的未成年人在州站过夜，请尽快函商州儿童福利院", "R-26"
            )

    def _person(self, facts: Facts) -> dict[str, Any]:
        """Columns of the person for the new case; of a known case only the sex is compared."""
        person = self.who(facts)
        names = (
            "identity_status",
            "name",
            "alias",
            "sex",
            "birth_date",
            "age_min",
            "age_max",
            "id_number",
            "hukou_address",
        )
        return {name: getattr(person, name) for name in names} if NEW(self) else {"sex": self.sex.data}

    def heading(self, facts: Facts) -> str:
        """Name the person as far as known."""
        name = self.who(facts).display_name or self.known_case_no.data
        return f"{self.title}（{name}）" if name else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the person with photo, the emergency, the state, and what the county has to do next."""
        face = table_face(self, facts, stamp)
        county = self.to_unit.printed or "责任县（市）民政局"
        days = int(facts.settings.get("emergency_papers_days", 2))
        why = ["arrived_at", "ground", "emergency_reason", "emergency_other", "to_unit", "brought_by"]
        told = "，".join(
            box.printed for box in (self.county_told, self.told_name, self.told_phone) if box.shown(self)
        )
        escorts = [whole_row("护送人员", self.escort_staff.printed)] if self.escort_staff.shown(self) else []
        state = ["temp_c", "acute_signs", "wounds", "body_check", "bed"]
        valuables = whole_row("现金财物", guarded_valuables(self.cash, self.valuables))
        face["blocks"] = [
            person_block(replace(facts, person=self.who(facts), case={"first_org_name": county, **facts.case})),
            {
                "kind": "fields",
                "heading": "应急情形",
                "rows": [*cells(self, why), *escorts, whole_row("告知县级", told)],
            },
            {"kind": "fields", "heading": "身体状况和安置", "rows": [*cells(self, state), valuables]},
            *lists(self.belongings),
            {"kind": "statement", "text": STATEMENT.format(county=county, days=days)},
            {
                "kind": "signatures",
                "boxes": [
                    {"label": "护送人", "name": "、".join(row.name.printed for row in self.escort_staff.rows)},
                    {"label": "值班带班领导", "name": stamp.names.get("draft", "")},
                    {"label": "站长确认", "name": stamp.names.get("sign", "")},
                ],
            },
        ]
        face["foot"] = []
        return face
