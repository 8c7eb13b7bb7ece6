"""寻亲公告 — a poster, and the same words for platforms, that looks for the family of an unidentified person. (P-20)"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from forms.kit.chains import NOTICE, Act, Milestone
from forms.kit.effects import ClocksCancelled, Effect, Needed, Settles, Starts, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PersonFacts
from forms.kit.fields import DateBox, IntBox, LongTextBox, ManyBox, PhoneBox, TextBox, when
from forms.kit.paper import Genre, Paper, Section
from forms.kit.rows import Row, RowsBox
from forms.kit.rules import Level, Problem, rule
from forms.kit.timespan import chinese_date
from forms.kit.wording import closed, first_organ
from forms.kit.workdays import SHANGHAI

CLAUSE = "民发〔2015〕158号"
#: Reasons of seeking help in which a publication may bring the harm back (R-11).
HARM = frozenset({"family_violence", "guardian_harm"})
#: Neutral words for what the admission form says of mind and body; illnesses are left out.
_MIND = {
    "normal": "精神状况未见异常",
    "suspected": "疑似精神障碍",
    "diagnosed": "精神障碍",
    "intellectual": "智力障碍",
    "dementia": "记忆和辨认能力较弱",
}
_SPEECH = {"partly": "言语表达不清", "none": "不能用言语沟通", "deaf": "有听力、言语障碍"}

_ID_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]?(?![\dXx])"
    r"|\d{4,6}[*×＊]{4,}[\dXx]{1,4}"
)
_HOUSEHOLD = re.compile(r"户籍|户口|身份证|身份号码|门牌")
_HOUSE_NUMBER = re.compile(r"(?:路|街|巷|村|寨|组|小区)\s*\d+(?:-\d+)?\s*号|\d+\s*(?:号楼|栋|幢|单元|室)(?!内)")
_DISEASE = re.compile(
    "病|诊断|确诊|住院|服药|用药|癫痫|抑郁|双相|躁狂|妄想|痴呆|阿尔茨海默|帕金森|艾滋|HIV|梅毒|淋病|尖锐湿疣|"
    "结核|肝炎|乙肝|丙肝|高血压|高血糖|脑梗|中风|卒中|癌|肿瘤|白血|尿毒|哮喘|流产|吸毒"
)
#: A hospital as a place, and the striped clothes of one, tell where somebody was found or what they wore.
_NO_DISEASE = re.compile(
    r"(?:精神病|传染病|结核病|职业病|皮肤病)[^，。；、]{0,4}(?:医院|防治所|防治院|中心)|病号服"
)


class Outlet(Row):
    """Where the notice stands: the account, station or paper, with its link or issue."""

    medium = TextBox("载体名称", required=True, most=40)
    link = TextBox("链接、栏目或刊期", most=200)


class TracingNotice(Paper):
    """寻亲公告, S0 三（二）2（2）, 民发〔2015〕158号; wording of domain §3.6.

    Published within 24 hours of admission (R-10) and refreshed every month (R-16). R-16 speaks of a stay of more than
    one month: the first refresh falls due a month after publication, which is never before the stay has lasted a
    month, and the limit ends with the stay. A first publication is an act of tracing and starts the half-year of
    R-15 anew; a refresh is routine and does not, or the half-yearly search would never fall due.
    """

    number, code, title = "P-20", "tracing_notice", "寻亲公告"
    genre, chain = Genre.NOTICE, NOTICE
    clause = f"S0 三（二）2（2）；{CLAUSE}"
    one_live = True
    reason_words: ClassVar[Mapping[Act, tuple[str, ...]]] = {Act.RECALL: ("身份已查明", "内容有误", "安全原因")}

    display_name = TextBox("姓名（临时称谓）", required=True, copied=True)
    sex = TextBox("性别", required=True, copied=True)
    age_text = TextBox("年龄（目测年龄）", required=True, copied=True)
    height_cm = IntBox("身高", required=True, least=40, most=230, unit="厘米")
    condition_text = TextBox(
        "健康、智力、精神状况", required=True, most=60, wide=True,
        help="用中性词语，除“精神障碍”“智力障碍”外不写疾病名称，不写病史",
    )  # fmt: skip
    features = LongTextBox("体貌特征", required=True, least=10, most=200, help="至少10个字，便于亲属辨认")
    accent = TextBox("口音、言语", most=30)
    clothing_found = LongTextBox("发现时衣着", required=True, most=100)
    found_on = DateBox("发现日期", required=True)
    found_place = TextBox("发现地点", required=True, most=60, wide=True, help="写到街道、路口或村组")
    self_clues = LongTextBox(
        "自述线索", most=150, help="本人说过的姓名、地名等；不写公民身份号码、户籍地址和门牌号"
    )
    contact_org = TextBox("联系单位", required=True, most=40)
    contact_phone = PhoneBox("联系电话", required=True, help="24小时有人接听的电话")
    channels = ManyBox(
        "发布渠道",
        [
            ("national_site", "全国救助寻亲网"),
            ("radio", "广播"),
            ("television", "电视"),
            ("newspaper", "报纸"),
            ("wechat", "微信公众号"),
            ("toutiao", "今日头条"),
            ("short_video", "抖音等短视频"),
            ("posting", "张贴"),
            ("other", "其他（志愿者网络等）"),
        ],
        required=True,
        wide=True,
        prints=False,
    )
    channel_other = TextBox(
        "其他渠道", required=True, most=40, shown_when=when("channels", "other"), prints=False, wide=True
    )
    outlets = RowsBox(
        "发布载体和链接", Outlet, prints=False, help="已知的先填；发布后的截图、剪报在附件中补充上传"
    )

    sections = (
        Section("寻找谁", ("display_name", "sex", "age_text", "height_cm", "condition_text", "features", "accent",
                          "clothing_found")),
        Section("怎样发现", ("found_on", "found_place", "self_clues"), "公告面向社会公开，请只写有助于辨认的内容"),
        Section("联系", ("contact_org", "contact_phone")),
        Section("发布", ("channels", "channel_other", "outlets")),
    )  # fmt: skip
    checklist = (
        Needed(
            "photo",
            "公告照片",
            required=False,
            note="不上传则用登记时的照片；正面，35:45，宽不少于600像素，不得露出伤口",
            least_width=600,
        ),
        Needed("clipping", "发布截图、剪报", required=False, note="发布后上传", after_issue=True),
    )
    starts = (
        Starts("notice_refresh_due", Milestone.SENT, "sent_at", unless_identified=True),
        Starts("notice_refresh_due", Milestone.REFRESHED, "now", unless_identified=True),
        Starts("lifelong_tracing_due", Milestone.SENT, "sent_at", owner="county", unless_identified=True),
    )
    settles = (
        Settles("tracing_notice_due", Milestone.SENT),
        Settles("notice_refresh_due", Milestone.SENT),
        Settles("notice_refresh_due", Milestone.REFRESHED),
        Settles("lifelong_tracing_due", Milestone.SENT),
    )

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest the description of the admission form in words fit for the public."""
        case, person = facts.case, facts.person
        told = [f"自称{person.name}"] if person.identity_status == "claimed" and person.name else []
        station = facts.county.get("county_station")
        return {
            "height_cm": case.get("height_cm", ""),
            "condition_text": _condition(case),
            **{name: case.get(name, "") for name in ("features", "accent", "clothing_found", "found_place")},
            "found_on": str(case.get("found_at", ""))[:10],
            "self_clues": "，".join([*told, *filter(None, [closed(str(case.get("self_clues", "")))])]),
            "contact_org": first_organ(facts),
            "contact_phone": facts.issuer.phone or (station.phone if station else ""),
        }

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Take name or 临时称谓, sex and age as the case has them."""
        return {
            "display_name": facts.person.display_name,
            "sex": facts.person.sex,
            "age_text": _age(facts.person, facts.today),
        }

    # ---- law ---------------------------------------------------------------------------------------------------

    @rule("R-09", clause="S0 三（二）2（2）；S3-1 五（三）", level=Level.WARN)
    def quick_check_comes_first(self, facts: Facts) -> Iterator[Problem]:
        """发布寻亲公告前，先进行身份快速查询."""
        if facts.issued("quick_identity_check") is None:
            yield Problem(
                "还没有办结身份快速查询，请先查询；来不及的请说明原因",
                remedy="请填写《身份快速查询记录》",
                remedy_paper="quick_identity_check",
            )

    @rule("R-10", clause="S0 三（二）2（2）")
    def only_the_unidentified(self, facts: Facts) -> Iterator[Problem]:
        """身份未查明的才发布寻亲公告."""
        if facts.person.identified:
            yield Problem("该人员身份已经查明，不再发布寻亲公告，请办理接送返回", "display_name")

    @rule("R-11", clause=CLAUSE)
    def photo_is_shown(self, facts: Facts) -> Iterator[Problem]:
        """公告须有照片."""
        if not facts.photo:
            yield Problem("公告须有本人正面照片，请上传（35:45，宽不少于600像素）", "attachment-photo")

    @rule("R-11", clause=f"{CLAUSE}；个人信息保护")
    def nothing_private_is_told(self, facts: Facts) -> Iterator[Problem]:
        """公告中不得有公民身份号码、户籍地址、疾病史."""
        for name, label, text in self._texts():
            plain = unicodedata.normalize("NFKC", text)
            if _ID_NUMBER.search(re.sub(r"[\s\-·.]", "", plain)):
                yield Problem(f"“{label}”中有公民身份号码，不得公开，请删除", name)
            address = facts.person.hukou_address
            if (
                (address and address in plain)
                or _HOUSEHOLD.search(plain)
                or (name not in {"found_place", "contact_org"} and _HOUSE_NUMBER.search(plain))
            ):
                yield Problem(f"“{label}”中有户籍或门牌地址，不得公开，请改写到乡镇或村名为止", name)
            if found := _DISEASE.search(_NO_DISEASE.sub("", plain)):
                yield Problem(f"“{label}”中有疾病或病史内容（“{found[0]}”），不得公开，请改用中性词语", name)

    @rule("R-11", clause=CLAUSE, level=Level.WARN)
    def harm_is_weighed(self, facts: Facts) -> Iterator[Problem]:
        """家庭暴力、监护侵害的，由负责人决定是否发布."""
        if self.holds_for_head(facts):
            yield Problem(
                "求助原因有家庭暴力或监护侵害，公告将暂缓，由负责人决定；请说明发布是否危及受助人员安全",
                "channels",
            )

    @rule("R-11", clause=CLAUSE)
    def found_before_admission(self, facts: Facts) -> Iterator[Problem]:
        """发现日期不晚于入站日期."""
        admitted, found = facts.person.admitted_at, self.found_on.data
        if found and found > (admitted.astimezone(SHANGHAI).date() if admitted else facts.today):
            yield Problem("发现日期不能晚于入站日期，请核对", "found_on")

    @rule("R-16", clause="民发〔2020〕14号")
    def one_notice_at_a_time(self, facts: Facts) -> Iterator[Problem]:
        """已有寻亲公告的，刷新原公告，不重复发布."""
        same = facts.latest("tracing_notice")
        if facts.published_notice is not None:
            yield Problem(
                f"寻亲公告（{facts.published_notice.doc_no}）已发布，请在原公告上“刷新公告”；内容有误的，先撤回原公告",
                "display_name",
            )
        elif same is not None and same.state != "closed":
            yield Problem("该人员已有一件寻亲公告在办，请在原件上继续办理", "display_name")

    def holds_for_head(self, facts: Facts) -> bool:
        """Tell whether violence at home or harm by a guardian is among the reasons of seeking help."""
        return bool(HARM & set(facts.case.get("help_reason", ())))

    def _texts(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, label and content of every box of free text; links are no words."""
        for box in self:
            if isinstance(box, TextBox) and box.data:
                yield box.name, box.label.text, box.data
        for line in self.outlets.rows:
            yield "outlets", line.medium.label.text, line.medium.data or ""

    # ---- consequences and words --------------------------------------------------------------------------------

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """A recalled notice needs no refreshing; while the person stays unidentified another one is owed."""
        if on is not Milestone.RECALLED:
            return
        yield ClocksCancelled(("notice_refresh_due",), "寻亲公告已撤回")
        if facts.unidentified:
            yield TaskOpened(
                "tracing_notice",
                "issuer",
                "寻亲公告已撤回，身份仍未查明：更正后请重新发布；因安全原因撤回的，由负责人决定",
                "R-10",
            )

    def paragraphs(self, facts: Facts) -> Iterator[str]:
        """Yield the two paragraphs of domain §3.6."""
        admitted = facts.person.admitted_at
        day = chinese_date(admitted.astimezone(SHANGHAI).date()) if admitted else ""
        told = [
            f"{day}，{first_organ(facts)}救助一名身份不明人员：",
            f"{self.sex.data}，{self.age_text.data}，身高约{self.height_cm.printed}，",
            f"{closed(self.condition_text.data)}。",
            f"体貌特征：{closed(self.features.data)}。",
            f"口音：{closed(self.accent.data)}。" if self.accent.data else "",
            f"发现时衣着：{closed(self.clothing_found.data)}。",
            f"发现地点：{closed(self.found_place.data)}。",
            f"自述：{closed(self.self_clues.data)}。" if self.self_clues.data else "",
        ]
        yield "".join(told)
        yield f"请其亲属或知情人与{self.contact_org.data}联系，电话：{self.contact_phone.data}（24小时）。"

    def plain_text(self, facts: Facts, published_on: date | None = None) -> str:
        """Return the notice as plain text, to be pasted into platforms. Without a day the date line is left out."""
        lines = [f"寻亲公告（编号：{notice_number(facts)}）", *self.paragraphs(facts), facts.issuer.name]
        return "\n".join([*lines, chinese_date(published_on)] if published_on else lines)

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the poster; it is dated on the day it is sealed for publication."""
        day = stamp.issued_on or stamp.signed_on
        claimed = facts.person.identity_status == "claimed"
        known = [
            ["姓名（自述）" if claimed else "临时称谓", self.display_name.printed],
            ["性别", self.sex.printed],
            ["年龄", self.age_text.printed],
            ["身高", f"约{self.height_cm.printed}"],
            ["口音", self.accent.printed],
            ["发现日期", self.found_on.printed],
            ["发现地点", self.found_place.printed],
        ]
        return {
            "face": "poster",
            "title": self.title,
            "number": stamp.doc_no or notice_number(facts),
            "photo": facts.photo,
            "facts": [line for line in known if line[1]],
            "paragraphs": list(self.paragraphs(facts)),
            "contact_org": self.contact_org.printed,
            "contact_phone": self.contact_phone.printed,
            "issuer": facts.issuer.name,
            "date": chinese_date(day) if day else None,
            "seal": stamp.seal,
            "check": stamp.check,
            "void": stamp.void,
        }


def notice_number(facts: Facts) -> str:
    """Return the number of the notice: 寻 and the number of the case (§1.4)."""
    return f"寻{facts.person.case_no}"


def _age(person: PersonFacts, on: date) -> str:
    """Return 约50至55岁, or 52岁 where the birth date is known (§3.6)."""
    age = person.age_on(on)
    if age is not None:
        return f"{age}岁"
    if person.age_min is None or person.age_max is None:
        return ""
    return (
        f"约{person.age_min}岁" if person.age_min == person.age_max else f"约{person.age_min}至{person.age_max}岁"
    )


def _condition(case: Any) -> str:
    words = [_MIND.get(str(case.get("mental_status", "")), ""), _SPEECH.get(str(case.get("speech", "")), "")]
    if "limited" in case.get("health", ()):
        words.append("行动不便")
    return "，".join(word for word in words if word)
