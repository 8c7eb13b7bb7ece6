"""How long help lasts and who may leave alone (实施细则; 民发〔2014〕132号; R-18, R-19)."""

from collections.abc import Iterator
from datetime import date, timedelta

from forms.kit.effects import CaseFlagged, TaskOpened
from forms.kit.facts import Facts, PersonFacts
from forms.kit.workdays import SHANGHAI

#: 救助期限一般不超过10天; a number of the rule, not a setting.
STAY_DAYS = 10
#: Below this age nobody is bound by the ten days, nor leaves alone.
LEAVES_ALONE_FROM = 16
_MENTAL_WORDS = {
    "suspected": "有疑似精神障碍表现",
    "diagnosed": "患精神障碍",
    "intellectual": "有智力障碍",
    "dementia": "患痴呆（认知障碍）",
}


def under_sixteen(person: PersonFacts, on: date) -> bool:
    """Tell whether the person is, or by the lower estimate may be, under 16."""
    age = person.age_on(on)
    if age is None:
        age = person.age_min
    return age is not None and age < LEAVES_ALONE_FROM


def bound_by_ten_days(person: PersonFacts, on: date) -> bool:
    """Tell whether the ten days count: 16 or more, no sign of mental disorder or intellectual disability (R-18)."""
    return person.mental_status == "normal" and not under_sixteen(person, on)


def tenth_day(person: PersonFacts) -> date | None:
    """Return day 10 of the stay: the day of admission is not counted, nothing rolls (R-05, R-18)."""
    if person.admitted_at is None:
        return None
    return person.admitted_at.astimezone(SHANGHAI).date() + timedelta(days=STAY_DAYS)


def helped_until(facts: Facts) -> date | None:
    """Return the last day covered: the day named in the newest filed 延长救助期限备案表, else day 10."""
    filed = facts.issued("stay_extension_filing")
    if filed and filed.answers.get("extend_to"):
        return date.fromisoformat(str(filed.answers["extend_to"]))
    return tenth_day(facts.person)


def why_not_alone(person: PersonFacts, on: date) -> str:
    """Say why the person may not leave by themselves; empty when nothing may be refused (R-19)."""
    if under_sixteen(person, on):
        return "未满16周岁" if person.birth_date else "目测年龄下限不满16岁"
    if person.mental_status in _MENTAL_WORDS:
        return _MENTAL_WORDS[person.mental_status]
    return "行动不便" if "limited" in person.health else ""


def helped_often(admissions: int) -> Iterator[CaseFlagged | TaskOpened]:
    """Mark whoever comes again within twelve months, and ask for the register of those at risk (R-71)."""
    yield CaseFlagged("focus", f"12个月内第{admissions}次入站")
    why = f"12个月内第{admissions}次入站，请登记易走失人员信息并重点关注"
    yield TaskOpened("at_risk_register", "county", why, "R-71")
