"""A person in custody: who has been placed where, what the institution must be for them, and what is on file of it.

Source: S0 三（二）2（3）; rules R-38, R-42, R-44, R-45.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from forms.kit.custody import KIND_WORDS, only_mental
from forms.kit.facts import ContractorFacts, DocFacts, Facts
from forms.kit.rules import Problem
from forms.kit.timespan import chinese_date


def contractor_named(facts: Facts, key: str | None) -> ContractorFacts | None:
    """Return the institution a box names, None when it is not (any more) one the county may use."""
    return next((each for each in facts.contractors if each.key == key), None)


def placement_now(facts: Facts) -> DocFacts | None:
    """Return the approval under which the person is in custody, None when they are not, or no longer."""
    placed, ended = facts.issued("placement_approval"), facts.issued("placement_termination")
    return placed if placed is not None and (ended is None or placed.id > ended.id) else None


def contractor_choices(facts: Facts) -> list[tuple[str, str]]:
    """Return the institutions a county may place with, each with its kind and the places left."""
    return [
        (
            each.key,
            f"{each.name}（{KIND_WORDS.get(each.kind, each.kind)}，余{each.free}人）",
        )
        for each in facts.contractors
    ]


def not_in_force(facts: Facts, chosen: ContractorFacts, day: date) -> Iterator[Problem]:
    """R-45: effective, named for the county, valid for it on the day, with a place left of its number and in the house."""
    if chosen.state == "suspended":
        yield Problem(
            f"{chosen.name}已暂停新增托养，整改销号后才能托养",
            "contractor",
            remedy="请督促整改并复查销号",
            remedy_paper="rectification_report",
        )
    elif chosen.state != "effective":
        yield Problem(f"{chosen.name}还没有批复（备案），不能托养", "contractor")
    if not chosen.named:
        yield Problem(f"{chosen.name}的批复（备案）没有列明本县（市），不能托养", "contractor")
        return
    if chosen.valid_from and day < chosen.valid_from:
        yield Problem(f"批复（备案）自{chinese_date(chosen.valid_from)}起有效，不能早于该日托养", "starts_on")
    if chosen.valid_to and day > chosen.valid_to:
        yield Problem(
            f"批复（备案）有效期至{chinese_date(chosen.valid_to)}，托养起始日已过有效期",
            "starts_on",
            remedy="请重新报批（备案）后再托养",
        )
    ours = len(chosen.placed_by(chosen.county))
    if ours >= chosen.quota:
        yield Problem(f"核定本县（市）{chosen.quota}人，已托养{ours}人，没有名额", "contractor")
    elif len(chosen.placed) >= chosen.beds:
        yield Problem(
            f"{chosen.name}核定床位{chosen.beds}张，各县（市）已托养{len(chosen.placed)}人，没有床位", "contractor"
        )


def not_agreed(chosen: ContractorFacts, day: date) -> Iterator[Problem]:
    """R-38: no placement without an agreement that covers the day."""
    if chosen.agreed_from is None or chosen.agreed_to is None:
        yield Problem(
            f"与{chosen.name}的托养服务协议还没有登记，不能托养",
            "contractor",
            remedy="请先登记托养服务协议",
            remedy_paper="custody_agreement",
        )
    elif not chosen.agreed_from <= day <= chosen.agreed_to:
        yield Problem(
            f"托养服务协议的期限为{chinese_date(chosen.agreed_from)}至{chinese_date(chosen.agreed_to)}，托养起始日不在期限内",
            "starts_on",
            remedy="请先续签并登记托养服务协议",
            remedy_paper="custody_agreement",
        )


def misplaced_minor(facts: Facts, chosen: ContractorFacts, day: date) -> Iterator[Problem]:
    """R-42, R-43: a minor goes to a public child home, through the prefecture's where the county has none."""
    minor = facts.person.minor_on(day)
    to_home: Any = {"remedy": "请办理《未成年人转移州儿童福利院函》", "remedy_paper": "minor_transfer_letter"}
    if minor and chosen.kind != "public_child":
        yield Problem(
            "严禁将未成年人托养在成年机构和其他服务机构",
            "contractor",
            **({} if facts.issuer.child_home else to_home),
        )
    if not minor and chosen.kind == "public_child":
        yield Problem("该人员已满18周岁，不能托养在儿童福利机构", "contractor")


def undiagnosed(facts: Facts, chosen: ContractorFacts) -> Iterator[Problem]:
    """R-44: only diagnosed mental patients, with the diagnosis on file, go where nobody else is taken."""
    if not only_mental(chosen.kind, chosen.serves):
        return
    if facts.person.mental_status == "suspected":
        yield Problem(
            "疑似精神障碍尚未确诊，严禁将非精神病人托养在精神卫生福利机构",
            "contractor",
            remedy="请先送精神科诊断",
            remedy_paper="psychiatric_referral",
        )
    elif facts.person.mental_status != "diagnosed":
        yield Problem("该人员未确诊精神障碍，严禁将非精神病人托养在精神卫生福利机构", "contractor")
    elif "psychiatric_diagnosis" not in facts.attached:
        yield Problem("请上传精神科执业医师出具的诊断证明", "attachment-psychiatric_diagnosis")
