"""Boxes and word lists that several papers share (domain §3.1)."""

from typing import Any

from forms.kit.facts import CaseFacts
from forms.kit.fields import ChoiceBox, NameBox, PhoneBox

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


def contact_boxes() -> tuple[Any, Any]:
    """Return 联系人 and 联系电话, printed as 附注 under a letter (§3.1.2)."""
    return (
        NameBox("联系人", required=True, prints=False),
        PhoneBox("联系电话", required=True, prints=False, help="填写能接听的手机或带区号的固定电话"),
    )


def urgency_box() -> Any:
    """Return 紧急程度."""
    return ChoiceBox("紧急程度", URGENCY, prints=False)


def latest_contact(facts: CaseFacts) -> dict[str, str]:
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
