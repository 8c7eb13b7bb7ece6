"""Boxes and word lists that several papers share (domain §3.1)."""

from typing import Any

from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, NameBox, PhoneBox, TextBox
from forms.kit.wording import age_text

SEXES = [("男", "男"), ("女", "女")]
IDENTITY = [("confirmed", "已查明"), ("claimed", "自述未核实"), ("unknown", "未查明")]
MENTAL = [
    ("normal", "未见异常"),
    ("suspected", "疑似精神障碍"),
    ("diagnosed", "确诊精神障碍"),
    ("intellectual", "智力障碍"),
    ("dementia", "痴呆（认知障碍）"),
]
HEALTH = [
    ("good", "良好"),
    ("chronic", "慢性病"),
    ("acute", "急病"),
    ("critical", "危重"),
    ("infectious", "传染病（疑似）"),
    ("injured", "外伤"),
    ("limited", "行动不便"),
]
#: Conditions that must be seen by a hospital before a transfer (R-36).
HOSPITAL_FIRST = frozenset({"acute", "critical", "infectious"})
WARDS = [("male", "男区"), ("female", "女区"), ("minor", "未成年人区"), ("observation", "观察区")]
URGENCY = [("", "无"), ("加急", "加急"), ("特急", "特急")]
#: Ways of asking who somebody is (§3.7 checks_done); M-10 counts `face`.
IDENTITY_CHECKS = [
    ("fingerprint", "指纹比对"),
    ("face", "人脸识别"),
    ("national_system", "全国救助信息系统比对"),
    ("missing_pool", "走失人口库"),
    ("accent", "口音地名核查"),
]
_PEOPLES = (
    "汉族 布依族 苗族 水族 毛南族 侗族 土家族 彝族 仡佬族 瑶族 壮族 白族 回族 满族 畲族 仫佬族 羌族 蒙古族 藏族 维吾尔族 "
    "朝鲜族 哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 高山族 拉祜族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 布朗族 撒拉族 "
    "锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 "
    "门巴族 珞巴族 基诺族 未识别"
)
#: 56 peoples, those of the prefecture first, and 未识别 (§3.1.1).
ETHNICITIES = [(people, people) for people in _PEOPLES.split()]


def contact_boxes() -> tuple[Any, Any]:
    """Return 联系人 and 联系电话, printed as 附注 under a letter (§3.1.2)."""
    return (
        NameBox("联系人", required=True, prints=False),
        PhoneBox("联系电话", required=True, prints=False, help="填写能接听的手机或带区号的固定电话"),
    )


def urgency_box() -> Any:
    """Return 紧急程度."""
    return ChoiceBox("紧急程度", URGENCY, prints=False)


def latest_contact(facts: Facts) -> dict[str, str]:
    """Suggest contact person and telephone from the newest paper of the case that names them."""
    found = [
        doc.answers
        for docs in facts.papers.values()
        for doc in docs
        if doc.issuer == facts.issuer.name and doc.answers.get("contact_name")
    ]
    if not found:
        return {}
    return {
        "contact_name": str(found[0]["contact_name"]),
        "contact_phone": str(found[0].get("contact_phone", "")),
    }


def person_boxes() -> tuple[Any, Any, Any]:
    """Return 姓名（称谓）, 性别, 年龄 of the person of the case; `copied_person` fills them."""
    return TextBox("姓名（称谓）", copied=True), TextBox("性别", copied=True), TextBox("年龄", copied=True)


def copied_person(facts: Facts) -> dict[str, str]:
    """Fill boxes called person_name, person_sex and person_age with what the case knows now."""
    person = facts.person
    return {
        "person_name": person.display_name,
        "person_sex": person.sex,
        "person_age": age_text(person, facts.today),
    }
