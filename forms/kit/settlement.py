"""What the settlement papers (P-38 to P-46) share: the threshold, the new name, the household, who was approved with what.

Source: S0 三（二）2（4）; rules R-50 to R-64, A-07, A-08, A-10, A-11. The dates of the chain are in `settlementdates`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from forms.kit.facts import DocFacts, Facts, Member, PersonFacts
from forms.kit.fields import ChoiceBox, LongTextBox
from forms.kit.rules import Problem
from forms.kit.timespan import add_months, chinese_date
from forms.kit.workdays import SHANGHAI

CLAUSE = "S0 三（二）2（4）"
APPLICATION, PLAN, REPLY = "settlement_application", "settlement_plan_request", "settlement_government_reply"
LETTER, RESULT = "police_registration_letter", "household_registration_result"
STAY_MONTHS = 3  # 滞留超过3个月; a number of the plan, not a setting
CARE_PLACES = [
    ("station", "县（市）救助管理站"), ("central_station", "州级区域中心站"), ("hospital", "定点医院"),
    ("custody", "托养机构"), ("child_home", "州儿童福利院"),
]  # fmt: skip
SUPPORT = [
    ("centralised", "集中供养"), ("dispersed", "分散供养"), ("child_home", "儿童福利机构安置"), ("other", "其他"),
]  # fmt: skip
SUPPORT_WORDS = dict(SUPPORT)
DEPARTMENTS = [("police", "公安"), ("finance", "财政"), ("health", "卫生健康"), ("insurance", "医疗保障")]
DOC_NO = re.compile(r"[一-龥]{2,8}〔20\d{2}〕[1-9]\d*号")
#: A paper of the whole chain, or one person of a paper about several: both know the person and their papers.
File = Facts | Member


# ---- the stay ------------------------------------------------------------------------------------------------


def admitted_on(person: PersonFacts) -> date | None:
    """Return the Shanghai day on which the continuous stay began (A-07)."""
    return person.admitted_at.astimezone(SHANGHAI).date() if person.admitted_at else None


def threshold_day(person: PersonFacts) -> date | None:
    """Return the day on which three months are full; 超过 is true from the day after, nothing rolls (R-04, R-05)."""
    day = admitted_on(person)
    return add_months(day, STAY_MONTHS) if day else None


def days_stayed(person: PersonFacts, on: date) -> int:
    """Return the full days of the stay up to a day, the day of admission not counted."""
    day = admitted_on(person)
    return (on - day).days if day else 0


def on_file(stored: Any) -> date | None:
    """Read a day another paper has stored, None when it has none."""
    return date.fromisoformat(str(stored)[:10]) if stored else None


# ---- name, birth, household (R-62, R-63) -----------------------------------------------------------------------


def name_problems(name: str, field: str) -> Iterator[Problem]:
    """R-63: two to six Chinese letters, nothing that marks the person as nameless."""
    if not name:
        return
    if "无名" in name:
        yield Problem(f"拟用姓名“{name}”不合适：不能用“无名”，请起一个正式的姓名", field)
    elif not re.fullmatch(r"[\u4e00-\u9fff\u3400-\u4dbf]{2,6}", name):
        yield Problem(f"拟用姓名“{name}”不合规：须为2至6个汉字，不含数字、字母和符号", field)


def birth_problems(person: PersonFacts, birth: date | None, field: str) -> Iterator[Problem]:
    """R-63: the age on the day of admission lies inside the estimate of the admission."""
    day, low, high = admitted_on(person), person.age_min, person.age_max
    if birth is None or day is None or low is None or high is None:
        return
    age = replace(person, birth_date=birth).age_on(day)
    if age is not None and not low <= age <= high:
        yield Problem(
            f"按拟定出生日期，入站时{age}岁，不在目测年龄{low}至{high}岁之内，请重新拟定", field,
            remedy=f"应在{chinese_date(add_months(day, -12 * (high + 1)) + timedelta(days=1))}"
            f"至{chinese_date(add_months(day, -12 * low))}之间",
        )  # fmt: skip


def public_holders(facts: Facts) -> list[tuple[str, str]]:
    """Return the public stations and homes that may hold a collective household, as choices: name and name."""
    organs = (
        facts.county.get("county_station"),
        facts.prefecture.get("central_station"),
        facts.prefecture.get("child_home"),
    )
    names = dict.fromkeys(organ.name for organ in organs if organ is not None)
    return [(name, name) for name in names]


def holder_of(application: Mapping[str, Any]) -> str:
    """Return who holds the collective household an application names: offered, or typed."""
    chosen = str(application.get("hukou_holder", ""))
    return str(application.get("hukou_holder_name", "")) if chosen == "other" else chosen


def support_problems(person: PersonFacts, today: date, support: str | None, field: str) -> Iterator[Problem]:
    """R-42: a minor is never settled into an institution for adults."""
    if support in {"centralised", "dispersed"} and person.minor_on(today):
        yield Problem(
            "未成年人（含目测下限不满18岁的）不能按成年人集中、分散供养，请选“儿童福利机构安置”",
            field,
        )


# ---- the way through the papers --------------------------------------------------------------------------------


def police_of(facts: Facts) -> str:
    """Return the police who register: the county's; for the prefecture's own persons 都匀市公安局 (A-08)."""
    organ = facts.county.get("police")
    return organ.name if organ else "都匀市公安局"


def government_of(facts: Facts) -> str:
    """Return the government of the same level."""
    organ = facts.county.get("government") or facts.prefecture.get("government")
    return organ.name if organ else ""


def settling_bureau(facts: Facts) -> str:
    """Return the code of the bureau that settles the person: the county's, or the prefecture's (R-61, A-08)."""
    organ = facts.county.get("county_bureau") or facts.prefecture["prefecture_bureau"]
    return organ.code


def bare_title(title: str, organ: str) -> str:
    """Return a title as another paper quotes it after the organ's name: without that name (§3.1.2)."""
    return title.strip().strip("《》").removeprefix(organ)


def row_of(doc: DocFacts, box: str, case_no: str) -> Mapping[str, Any] | None:
    """Return the row about a person in a stored list, None when they are not named."""
    rows = doc.answers.get(box, ())
    return next((row for row in rows if isinstance(row, Mapping) and row.get("case_no") == case_no), None)


def reply_to(file: File, plan: DocFacts) -> DocFacts | None:
    """Return the government's recorded reply to a plan, None while there is none."""
    replies = file.papers.get(REPLY, ())
    return next((doc for doc in replies if doc.issued and doc.answers.get("request_no") == plan.doc_no), None)


def decision_of(file: File, plan: DocFacts) -> str:
    """Return what the government decided on the person of a file: yes, no, struck; empty while it has not."""
    reply = reply_to(file, plan)
    row = row_of(reply, "decisions", file.person.case_no) if reply else None
    return str(row.get("approved", "")) if row else ""


def open_plan(file: File) -> DocFacts | None:
    """Return the plan the person is in: under way, or approved; one refused for them binds nobody."""
    for plan in file.papers.get(PLAN, ()):
        if plan.live and decision_of(file, plan) in {"", "yes"}:
            return plan
    return None


def waiting_plan(file: File) -> DocFacts | None:
    """Return the plan naming the person that is out and without a reply, None when there is none (R-59)."""
    for plan in file.papers.get(PLAN, ()):
        if plan.live and plan.sent_at is not None and reply_to(file, plan) is None:
            return plan
    return None


@dataclass(frozen=True)
class Approval:
    """A reply of the government that names the person as approved, with their row of the plan."""

    reply: DocFacts
    row: Mapping[str, Any]


def approval_of(file: File) -> Approval | None:
    """Return the approval of the person, None when no reply approves them (R-53)."""
    for plan in file.papers.get(PLAN, ()):
        reply, row = reply_to(file, plan), row_of(plan, "plan_rows", file.person.case_no)
        if plan.live and reply and row is not None and decision_of(file, plan) == "yes":
            return Approval(reply, row)
    return None


def registration_of(file: File) -> DocFacts | None:
    """Return the record that the police have registered the household, None when they have not."""
    for doc in file.papers.get(RESULT, ()):
        if doc.issued and doc.answers.get("result") == "registered":
            return doc
    return None


def both_obtained(registration: DocFacts | None) -> date | None:
    """Return the later of registration and identity card, None while one is missing (R-57, A-16)."""
    if registration is None:
        return None
    household, card = (on_file(registration.answers.get(box)) for box in ("hukou_date", "id_card_date"))
    return max(household, card) if household and card else None


def identified_problem(person: PersonFacts, remedy: str) -> Iterator[Problem]:
    """R-59: whoever has been identified is not settled any more."""
    if person.identified:
        yield Problem(f"身份已查明（{person.name}），停止办理落户安置", remedy=remedy)


def named(names: Sequence[str]) -> str:
    """Name those a plan is about in a title: 1名, 何平安等3名."""
    return f"{names[0]}等{len(names)}名" if len(names) > 1 and names[0] else f"{len(names)}名"


def distinct(words: Iterable[Any]) -> list[str]:
    """Return the different words of a column, in the order they first stand."""
    return list(dict.fromkeys(str(word) for word in words if word))


def latest_contact_of(members: Iterable[Member]) -> dict[str, str]:
    """Suggest contact person and telephone from the newest paper of the persons named that has them."""
    docs = [doc for member in members for papers in member.papers.values() for doc in papers]
    for doc in sorted(docs, key=lambda each: each.id, reverse=True):
        if doc.answers.get("contact_name"):
            return {box: str(doc.answers.get(box, "")) for box in ("contact_name", "contact_phone")}
    return {}


def support_box(label: str = "拟供养方式", **kwargs: Any) -> ChoiceBox:
    """Return 供养方式."""
    return ChoiceBox(label, SUPPORT, required=True, **kwargs)


def opinion_box(label: str, **kwargs: Any) -> LongTextBox:
    """Return an opinion of an organ, in its own words."""
    return LongTextBox(label, required=True, least=5, most=300, **kwargs)
