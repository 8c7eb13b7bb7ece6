"""Words, rows and small judgements that the papers on the special groups (老少妇残) share (domain §3.13–3.16)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from forms.kit.faces import Stamp
from forms.kit.facts import Facts, FindingFacts
from forms.kit.fields import SelectBox, TextBox
from forms.kit.rows import Row
from forms.kit.timespan import add_months, chinese_date, month_end
from forms.kit.wording import listed, our_office

#: 人员类别 (R-73); the keys are the columns of the summary (附件2) and of the list of residents.
CATEGORIES: Final = [
    ("left_elder", "留守老年人"),
    ("left_child", "留守儿童"),
    ("left_woman", "留守妇女"),
    ("disabled", "重度残疾人（不含精神、智力）"),
    ("mental", "精神残疾人（含疑似）"),
    ("intellectual", "智力残疾人（含疑似）"),
    ("migrant", "外来困难人员"),
    ("other", "其他困难人员"),
]
DISABILITIES: Final = [
    ("sight", "视力"),
    ("hearing", "听力"),
    ("speech", "言语"),
    ("physical", "肢体"),
    ("intellectual", "智力"),
    ("mental", "精神"),
]
GRADES: Final = [("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")]
#: 监护情况; the last three count as 监护缺失或不履行 in 附件2 and call for a report to the police (R-81).
GUARDIAN_STATES: Final = [
    ("good", "履行较好"),
    ("fair", "一般"),
    ("weak", "能力不足"),
    ("unable", "无监护能力"),
    ("not_performing", "不履行"),
    ("none", "无监护人"),
]
FAILING: Final = frozenset({"unable", "not_performing", "none"})
SUPPORTS: Final = [
    ("tekun_dispersed", "特困（分散供养）"),
    ("tekun_central", "特困（集中供养）"),
    ("dibao", "低保"),
    ("dibao_edge", "低保边缘"),
    ("orphan", "孤儿"),
    ("unsupported_child", "事实无人抚养儿童"),
    ("none", "无"),
]
NOT_COVERED: Final = [
    ("not_eligible", "不符合条件"),
    ("not_applied", "未申请"),
    ("applying", "申请中"),
    ("incomplete", "材料不全"),
]
#: One answer tells whether there must be a guardian and whether school is asked for (民法典 27, 28).
GUARDIANSHIPS: Final = [
    ("no", "不需要"),
    ("school", "未成年，6至15岁"),
    ("minor", "未成年，其他年龄"),
    ("adult", "成年，不能（完全）辨认自己的行为"),
]
SCHOOLING: Final = [
    ("enrolled", "正常入学"),
    ("not_enrolled", "未入学"),
    ("dropout", "辍学"),
    ("home", "送教上门"),
    ("deferred", "因身体原因缓学"),
]
LIVING: Final = [
    ("with_guardian", "与监护人同住"),
    ("alone", "独居"),
    ("with_others", "与他人同住"),
    ("institution", "机构"),
    ("religious", "宗教场所"),
    ("homeless", "无固定住所"),
]
HOUSING: Final = [("safe", "安全"), ("hazard", "存在隐患"), ("danger", "危房")]
CARDS: Final = [("valid", "有效"), ("expired", "到期未换"), ("none", "未办理")]
FOLLOWUPS: Final = [("regular", "规律"), ("irregular", "不规律"), ("untreated", "未治疗")]
HARMS: Final = [
    ("domestic_violence", "家庭暴力"),
    ("bullying", "校园欺凌"),
    ("sexual", "性侵害、性骚扰"),
    ("confinement", "关锁"),
    ("abuse", "虐待"),
    ("abandonment", "遗弃"),
    ("trafficking", "拐卖嫌疑"),
]
#: What else must be told to the police at once (S4 二（三）3, R-81).
DANGERS: Final = [
    ("no_guardian", "监护人丧失能力或者不履行职责"),
    ("alone", "脱离监护独自居住"),
    ("missing", "失踪"),
]
#: 问题类别 (§3.15); the words themselves are kept, as lists of several papers and years show them.
PLACE_HAZARDS: Final[Mapping[str, str]] = {
    "场所消防": "消防安全",
    "场所建筑": "建筑安全",
    "场所食品": "食品安全",
    "场所管理": "管理规范",
}
UNLICENSED: Final = "无证无照养老"
HARMED: Final = "受侵害"
PERSON_KINDS: Final = ("应保未保", "监护缺失", "监护不履行", "疑似未评残", "未入学", HARMED, "精神障碍未治疗")
PLACE_KINDS: Final = (*PLACE_HAZARDS, UNLICENSED, "宗教场所养老托幼")
KINDS: Final = [(word, word) for word in (*PERSON_KINDS, *PLACE_KINDS, "其他")]
SOURCES: Final[Mapping[str, str]] = {
    "screening": "附件1",
    "thematic": "专项排查",
    "visit": "走访",
    "complaint": "举报",
    "superior": "上级督查",
}
RESULTS: Final[Mapping[str, str]] = {
    "open": "整改中",
    "rectified": "已整改",
    "refused": "拒不整改，依法处理",
    "unfounded": "不属实",
}


class FoundProblem(Row):
    """存在问题: each line goes on the problem list once the form is checked (§3.15)."""

    kind = SelectBox("问题类别", KINDS, required=True)
    detail = TextBox("问题描述", required=True, least=4, most=200)
    measure = TextBox("整改措施", most=100)
    owner_name = TextBox("责任人", most=20)


def we(facts: Facts) -> str:
    """Return how the issuer calls itself: 我街道、我镇、我村, else 我局 or 我站 (§0.4)."""
    if facts.issuer.kind in {"township", "village"}:
        return facts.issuer.self_word
    return our_office(facts)


def still_open(findings: Iterable[FindingFacts]) -> list[FindingFacts]:
    """Return the problems not yet struck off the list."""
    return [each for each in findings if each.cleared_on is None]


def told_problems(form: Any) -> Iterator[tuple[str, str]]:
    """Yield the problems that the answers of a 附件1 themselves tell: kind, detail."""
    if form.not_covered_reason.shown(form) and form.not_covered_reason.data in {
        "not_applied", "applying", "incomplete",
    }:  # fmt: skip
        note = f"：{form.not_covered_note.data}" if form.not_covered_note.data else ""
        yield "应保未保", f"未纳入社会救助，{form.not_covered_reason.printed}{note}"
    if form.guardian_state.shown(form) and form.guardian_state.data in FAILING:
        kind = "监护不履行" if form.guardian_state.data == "not_performing" else "监护缺失"
        yield kind, f"监护情况为“{form.guardian_state.printed}”"
    if form.suspected.shown(form) and form.suspected.is_yes:
        yield "疑似未评残", "疑似精神（智力）残疾，尚未评定"
    if form.school.shown(form) and form.school.data in {"not_enrolled", "dropout"}:
        yield "未入学", f"适龄儿童{form.school.printed}"
    if harms := [key for key in form.harm.data or () if key != "none"]:
        yield HARMED, f"疑似{'、'.join(form.harm.label_of(key) for key in harms)}"
    if form.psych_followup.shown(form) and form.psych_followup.data == "untreated":
        yield "精神障碍未治疗", "精神障碍未治疗"
    if form.dis_card.shown(form) and form.dis_card.data == "expired":
        yield "其他", "残疾证到期未换"
    if form.housing.data in {"hazard", "danger"}:
        yield "其他", f"住房{form.housing.printed}"


def next_month_end(day: date) -> date:
    """Return the last day of the calendar month after the one of a day (R-74)."""
    return month_end(add_months(day.replace(day=1), 1))


def agreement_by(facts: Facts, campaign: str) -> date:
    """Return the day a 救助供养协议 is due: the first date of the campaign named, the next month's end outside any (P-70)."""
    days = (each.screening_due for each in facts.campaigns if each.key == campaign)
    return next((day for day in days if day >= facts.today), next_month_end(facts.today))


def named_problems(facts: Facts, keys: Iterable[str]) -> list[FindingFacts]:
    """Return the problems a box names, in the order of the list."""
    wanted = set(keys)
    return [each for each in facts.findings if each.key in wanted]


def hazards(found: Sequence[FindingFacts]) -> str:
    """Return what is wrong, as a letter says it and in one order: 消防安全、食品安全."""
    told = {each.kind for each in found}
    return listed(PLACE_HAZARDS.get(kind, kind) for kind, _ in KINDS if kind in told)


def dotted(day: date) -> str:
    """Return 2026.10.8, for the narrow columns of wide tables."""
    return f"{day.year}.{day.month}.{day.day}"


def two_lines(number: str) -> str:
    """Break 问522727-2026-0003 where a narrow column may: after the county."""
    return number.replace("-", "-\n", 1)


def problem_words(each: FindingFacts) -> str:
    """Return a problem as a line to choose: 问522727-2026-0003　夕阳红托养点　场所消防：疏散通道堆放杂物."""
    return f"{each.number}　{each.subject}　{each.kind}：{each.detail}"


def problems_table(found: Sequence[FindingFacts], within: str = "") -> dict[str, Any]:
    """Return problems as the list that goes with a letter (问题清单); `within` is the limit the letter itself sets."""
    shares = (2, 5, 5, 8, 3, 13, 9, 5)
    labels = ("序号", "问题编号", "发现时间", "对象或场所", "问题类别", "问题描述", "整改措施", "整改时限")
    return {
        "kind": "list",
        "columns": [
            {"label": label, "width": share, "align": "center" if share == 2 else "left"}
            for label, share in zip(labels, shares, strict=True)
        ],
        "rows": [
            [str(number), two_lines(each.number), dotted(each.found_on), each.subject, each.kind, each.detail, each.measure,
             within or dotted(each.due_on)]
            for number, each in enumerate(found, start=1)
        ],
        "totals": None,
    }  # fmt: skip


def short_village(town: str, village: str) -> str:
    """Return 京舟村 for 平塘县平舟镇京舟村村民委员会: what its own township, given by its full name, calls it."""
    name = village.removeprefix(town.removesuffix("人民政府").removesuffix("办事处"))
    for suffix, short in (("村民委员会", "村"), ("居民委员会", "社区")):
        if name.endswith(suffix):
            return name.removesuffix(suffix).removesuffix(short) + short
    return name


def foot(stamp: Stamp, words: Mapping[str, str]) -> list[list[str]]:
    """Return the foot of a form: step → word, each with who acted there, blank before; the date last."""
    day = chinese_date(stamp.signed_on) if stamp.signed_on else ""
    return [*([word, stamp.names.get(step, "")] for step, word in words.items()), ["日期", day]]
