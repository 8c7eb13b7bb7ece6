"""落户安置申请表 — after three months without an identity the station asks the bureau to settle the person. (P-38)"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from forms.kit.blocks import ETHNICITIES, HEALTH, MENTAL
from forms.kit.chains import REPORTED, Milestone
from forms.kit.effects import Needed, Settles, Starts
from forms.kit.faces import Stamp, grid, table_face
from forms.kit.facts import Facts
from forms.kit.fields import (
    ChoiceBox,
    DateBox,
    IntBox,
    LongTextBox,
    ManyBox,
    MomentBox,
    SelectBox,
    TextBox,
    YesNoBox,
    when,
)
from forms.kit.paper import Addressee, Genre, Paper, Section
from forms.kit.phrases import Phrase
from forms.kit.rules import Level, Problem, rule
from forms.kit.settlement import (
    CARE_PLACES,
    CLAUSE,
    admitted_on,
    birth_problems,
    days_stayed,
    identified_problem,
    name_problems,
    opinion_box,
    public_holders,
    support_box,
    support_problems,
    threshold_day,
)
from forms.kit.timespan import chinese_date
from forms.kit.wording import age_text

GUIDE = f"{CLAUSE}；民发〔2015〕158号"
TYPED_HOLDER = when("hukou_holder", "other")
FACE_SKIPPED = when("face_result", "not_done")
UNSAMPLED = when("dna_result", "not_sampled")
DNA_RESULTS = [("match", "比中"), ("no_match", "未比中"), ("in_progress", "比对中"), ("not_sampled", "未采集")]


class SettlementApplication(Paper):
    """落户安置申请表, S0 三（二）2（4）: the county's station, or the central station for its own persons (R-61)."""

    number, code, title = "P-38", "settlement_application", "落户安置申请表"
    genre, chain = Genre.FORM, REPORTED
    clause = GUIDE
    addressee = Addressee.COUNTY_BUREAU
    drafted_in = frozenset({"county_station", "county_bureau", "central_station"})
    one_live = True

    applicant_org = TextBox("申请单位", copied=True)
    alias = TextBox("临时称谓", copied=True)
    sex = TextBox("性别", copied=True)
    age = TextBox("年龄", copied=True)
    admitted_on = DateBox("首次入站日期", copied=True)
    threshold_date = DateBox("滞留满3个月日期", copied=True)
    days_stayed = IntBox("申请时滞留天数", copied=True, unit="天")
    care_place = ChoiceBox("现照料地点", CARE_PLACES, required=True, wide=True)
    care_org = TextBox(
        "照料机构名称", required=True, most=60, shown_when=when("care_place", "hospital", "custody")
    )
    health = ManyBox("健康状况", HEALTH, copied=True)
    mental = ChoiceBox("精神状况", MENTAL, copied=True)
    disability = TextBox("残疾情况", most=60, help="残疾证载明的类别、等级；未评定的写明表现")

    notice_no = TextBox("寻亲公告编号", copied=True)
    notice_at = MomentBox("发布时间", copied=True)
    refresh_count = IntBox(
        "公告更新次数", required=True, most=400, unit="次", help="滞留超过1个月的，每月更新一次"
    )
    dna_request_no = TextBox("DNA报请函文号", copied=True)
    dna_sampled_on = DateBox("DNA采样日期", copied=True)
    dna_result = ChoiceBox("DNA比对结果", DNA_RESULTS, copied=True)
    dna_reason = TextBox("未采集的原因（公安机关书面说明）", copied=True, shown_when=UNSAMPLED, wide=True)
    face_result = ChoiceBox(
        "人像比对结果", [("match", "比中"), ("no_match", "未比中"), ("not_done", "未开展")], copied=True
    )
    face_reason = TextBox("未开展的原因", copied=True, shown_when=FACE_SKIPPED, wide=True)
    inquiry_summary = LongTextBox(
        "问询及线索核查情况", required=True, least=30, most=500, help="何时问过什么、核查过哪些线索、结果如何，至少30个字"
    )  # fmt: skip

    proposed_name = TextBox("拟用姓名", required=True, most=10, help="2至6个汉字，用常见姓氏")
    proposed_birth = DateBox("拟定出生日期", required=True, help="按目测年龄推定")
    proposed_ethnicity = SelectBox("拟定民族", ETHNICITIES, help="由公安机关认定，可不填")
    hukou_holder = SelectBox("拟落户的集体户（管理单位）", required=True)
    hukou_holder_name = TextBox("管理单位全称", required=True, most=60, shown_when=TYPED_HOLDER)
    hukou_holder_kind = ChoiceBox(
        "管理单位性质",
        [("station", "救助管理机构"), ("public_welfare", "公办福利（养老）机构"), ("private", "民办机构、企业")],
        required=True,
        shown_when=TYPED_HOLDER,
    )
    collective_household = YesNoBox("该单位已设集体户", required=True)
    hukou_address = TextBox(
        "集体户地址", required=True, least=6, most=100, wide=True, help="写到乡镇（街道）和门牌，如“贵州省平塘县金盆街道…号”"
    )  # fmt: skip
    proposed_support = support_box(wide=True)
    support_other = TextBox("其他供养方式", required=True, most=60, shown_when=when("proposed_support", "other"))
    org_opinion = opinion_box("申请单位意见", help="由单位负责人签字确认")

    sections = (
        Section("受助人员", ("applicant_org", "alias", "sex", "age", "admitted_on", "threshold_date", "days_stayed",
                            "care_place", "care_org", "health", "mental", "disability")),
        Section("寻亲和身份核查", ("notice_no", "notice_at", "refresh_count", "dna_request_no", "dna_sampled_on",
                                  "dna_result", "dna_reason", "face_result", "face_reason", "inquiry_summary"),
                "公告、报请函和公安核查结果从案卷中带入"),
        Section("落户安置建议", ("proposed_name", "proposed_birth", "proposed_ethnicity", "hukou_holder",
                                "hukou_holder_name", "hukou_holder_kind", "collective_household", "hukou_address",
                                "proposed_support", "support_other")),
        Section("意见", ("org_opinion",)),
    )  # fmt: skip
    checklist = (
        Needed(
            "diagnosis",
            "诊断（残疾）证明",
            shown_when=when("mental", "diagnosed", "intellectual", "dementia"),
            note="求助登记时上传过的，请上传最近一次的",
        ),
        Needed("household_consent", "集体户管理单位同意函", required=False),
    )
    starts = (
        Starts("settlement_plan_due", Milestone.COMPLETED, "today", owner="counterpart", unless_identified=True),
    )
    settles = (Settles("settlement_application_due", Milestone.COMPLETED),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the place of care, the station's collective household, and a refresh for every full month."""
        kinds = {"central_station": "central_station", "child_home": "child_home"}
        here = next((organ.kind for organ in facts.prefecture.values() if organ.code == facts.place), "")
        place = kinds.get(here, "station")
        if facts.issued("placement_approval") and not facts.issued("placement_termination"):
            place = "custody"
        holders = public_holders(facts)
        notice = facts.published_notice
        months = (facts.today - notice.sent_at.date()).days // 30 if notice and notice.sent_at else 0
        return {
            "care_place": place,
            "refresh_count": months,
            "hukou_holder": holders[0][0] if holders else "",
            "proposed_ethnicity": str(facts.case.get("ethnicity", "")),
            "proposed_support": "child_home" if facts.person.minor_on(facts.today) else "centralised",
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take the stay, the notice and what the police answered as the case has them."""
        person, notice, asked = facts.person, facts.published_notice, facts.issued("dna_request")
        found = facts.issued("police_check_result")
        return {
            "applicant_org": facts.issuer.name,
            "alias": person.display_name,
            "sex": person.sex,
            "age": age_text(person, facts.today),
            "admitted_on": admitted_on(person),
            "threshold_date": threshold_day(person),
            "days_stayed": days_stayed(person, facts.today),
            "health": list(person.health),
            "mental": person.mental_status,
            "notice_no": notice.doc_no if notice else "",
            "notice_at": notice.sent_at if notice else None,
            "dna_request_no": asked.doc_no if asked else "",
            **{
                box: found.answers.get(theirs, "") if found else ""
                for box, theirs in (
                    ("dna_sampled_on", "sampled_on"),
                    ("dna_result", "result"),
                    ("dna_reason", "no_sample_reason"),
                    ("face_result", "face_result"),
                    ("face_reason", "face_reason"),
                )
            },
        }

    def offer(self, facts: Facts) -> None:
        """Offer the public stations and homes; any other holder is named with its kind."""
        self.hukou_holder.offer([*public_holders(facts), ("other", Phrase("其他单位"))])

    @rule("R-61", clause=f"{CLAUSE}；S0 三（二）1（2）")
    def responsible_county_applies(self, facts: Facts) -> Iterator[Problem]:
        """由首接机构所在县（市）申请，在州级中心站照料的也一样；州本级人员由州救助管理站申请."""
        if facts.issuer.region_code != facts.person.region_code:
            yield Problem("该人员的落户安置由首次接收的县（市）负责，请由该县（市）提出申请", "applicant_org")

    @rule("R-50", clause=f"{CLAUSE}；A-11")
    def three_months_are_exceeded(self, facts: Facts) -> Iterator[Problem]:
        """滞留超过3个月才能申请：满3个月的次日起."""
        full = threshold_day(facts.person)
        if full and facts.today <= full:
            yield Problem(
                f"滞留至{chinese_date(full)}满3个月，{chinese_date(full + timedelta(days=1))}起才能提交；现在可以先草拟",
                "threshold_date",
            )

    @rule("R-59", clause=CLAUSE)
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """身份未查明的才落户安置."""
        yield from identified_problem(facts.person, "请安排接送返回")

    @rule("R-50", clause=GUIDE)
    def notice_is_published(self, facts: Facts) -> Iterator[Problem]:
        """已发布寻亲公告."""
        if facts.published_notice is None:
            yield Problem(
                "还没有发布寻亲公告（或公告已撤回），不能申请落户",
                "notice_no",
                remedy="请先发布寻亲公告",
                remedy_paper="tracing_notice",
            )

    @rule("R-50", clause=GUIDE)
    def police_have_not_found_the_person(self, facts: Facts) -> Iterator[Problem]:
        """DNA比对未比中（或公安机关书面说明未采集的原因），人像比对有结果."""
        if self.dna_result.data == "match" or self.face_result.data == "match":
            yield Problem(
                "公安机关反馈比中，不能申请落户",
                "dna_result",
                remedy="请核实并填写身份确认单",
                remedy_paper="identity_confirmation",
            )
        elif self.dna_result.data not in {"no_match", "not_sampled"}:
            yield Problem(
                "公安机关还没有反馈DNA比对结果，不能申请落户",
                "dna_result",
                remedy="请登记公安核查结果；逾期的，请发函催办",
                remedy_paper="police_check_result" if facts.issued("dna_request") else "dna_request",
            )
        elif not self.face_result.data:
            yield Problem(
                "还没有人像比对结果；未开展的须写明原因", "face_result", remedy_paper="police_check_result"
            )

    @rule("R-63", clause=CLAUSE)
    def name_and_birth_are_fit(self, facts: Facts) -> Iterator[Problem]:
        """拟用姓名、出生日期合规：不用数字和“无名”，年龄在目测范围内."""
        yield from name_problems(self.proposed_name.data or "", "proposed_name")
        yield from birth_problems(facts.person, self.proposed_birth.data, "proposed_birth")

    @rule("R-62", clause=GUIDE)
    def household_is_public(self, facts: Facts) -> Iterator[Problem]:
        """落户在公办救助机构或福利机构的集体户."""
        if self.hukou_holder_kind.shown(self) and self.hukou_holder_kind.data == "private":
            yield Problem("不能落户在民办机构或企业，请选公办救助管理机构或福利机构的集体户", "hukou_holder_kind")
        if self.collective_household.data == "no":
            yield Problem("该单位还没有集体户，请先商请公安机关设立，或选其他公办单位", "collective_household")

    @rule("R-42", clause="S0 三（二）2（3）")
    def minors_stay_among_children(self, facts: Facts) -> Iterator[Problem]:
        """未成年人不安置在成年人机构."""
        yield from support_problems(facts.person, facts.today, self.proposed_support.data, "proposed_support")

    @rule("R-16", clause="民发〔2020〕14号", level=Level.NOTE)
    def notice_was_refreshed(self, facts: Facts) -> Iterator[Problem]:
        """滞留超过1个月的，公告应当每月更新."""
        if self.refresh_count.data == 0:
            yield Problem("公告还没有更新过，建议更新后再申请", "refresh_count", remedy_paper="tracing_notice")

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the fixed sentence of domain §3.9 and room for both signatures."""
        face = table_face(self, facts, stamp)
        holder = {"hukou_holder_name", "hukou_holder_kind", "collective_household", "hukou_holder"}
        rows = grid([box for box in self._settled_boxes() if box.name not in holder])
        last = len(face["blocks"]) - 2
        rows.insert(1, [{"label": "拟落户集体户", "value": self.holder, "span": 3}])
        face["blocks"][last]["rows"] = rows
        since, full = self.admitted_on.printed, self.threshold_date.printed
        sentence = (
            f"该受助人员自{since}入站（院、托养机构）以来持续滞留，于{full}满3个月，经寻亲公告、DNA信息采集比对、人像比对等方式，"
            "仍未查明身份信息。现申请办理落户安置。"
        )
        face["blocks"].insert(last + 1, {"kind": "statement", "text": sentence})
        boxes = [("own", "申请单位负责人"), ("accept", "民政部门签收人")]
        face["blocks"].append(
            {
                "kind": "signatures",
                "boxes": [
                    {"label": label, "name": stamp.names.get(step, ""), "time": stamp.times.get(step, "")}
                    for step, label in boxes
                ],
            }
        )
        return face

    def _settled_boxes(self) -> list[Any]:
        section = self.sections[2]
        return [self[name] for name in section.fields if self[name].shown(self)]

    @property
    def holder(self) -> str:
        """The organ that holds the collective household, offered or typed."""
        return str((self.hukou_holder_name if TYPED_HOLDER(self) else self.hukou_holder).data or "")
