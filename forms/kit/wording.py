"""Set phrases of the letters: how a person is named, how old they look, what a list sounds like (domain §0.4, §3.3)."""

from collections.abc import Iterable, Sequence
from datetime import date

from forms.kit.facts import Facts, PersonFacts


def age_text(person: PersonFacts, on: date) -> str:
    """Return 52岁, or 目测年龄50至55岁 while the birth date is unknown; empty when nothing is known."""
    age = person.age_on(on)
    if age is not None:
        return f"{age}岁"
    if person.age_min is None or person.age_max is None:
        return ""
    if person.age_min == person.age_max:
        return f"目测年龄{person.age_min}岁"
    return f"目测年龄{person.age_min}至{person.age_max}岁"


def person_short(facts: Facts, relations: Sequence[str] = ()) -> str:
    """Return 受助人员张三, or 1名身份不明受助人员; with companions 受助人员张三及其子女1人 (§3.3)."""
    person = facts.person
    named = person.identified or (person.identity_status == "claimed" and person.name)
    words = f"受助人员{person.name}" if named else "1名身份不明受助人员"
    return words + with_relatives(relations)


def person_long(facts: Facts, relations: Sequence[str] = ()) -> str:
    """Return 受助人员张三（男，52岁）, or 1名身份不明人员（男，目测年龄50至55岁） (§3.3)."""
    person = facts.person
    named = person.identified or (person.identity_status == "claimed" and person.name)
    about = "，".join(part for part in (person.sex, age_text(person, facts.today)) if part)
    words = f"受助人员{person.name}" if named else "1名身份不明人员"
    return (f"{words}（{about}）" if about else words) + with_relatives(relations)


def with_relatives(relations: Sequence[str]) -> str:
    """Return 及其子女1人, 及其母亲1人、子女2人; empty when nobody comes along."""
    counted = [f"{relation}{relations.count(relation)}人" for relation in dict.fromkeys(relations)]
    return f"及其{listed(counted)}" if counted else ""


def first_organ(facts: Facts) -> str:
    """Return the name of the organ that first received the person, as the admission form says."""
    return str(facts.case.get("first_org_name") or facts.issuer.name)


def our_office(facts: Facts) -> str:
    """Return how the issuing organ calls itself: 我局, or 我站 for a rescue station (§0.4)."""
    return "我站" if facts.issuer.name.endswith("站") else "我局"


def your_office(name: str) -> str:
    """Return how an organ not subordinate to us is addressed: 贵局、贵站、贵院、贵所, otherwise 贵单位 (§0.4)."""
    last = name[-1:]
    return f"贵{last}" if last in {"局", "站", "院", "所"} else "贵单位"


def listed(words: Iterable[str]) -> str:
    """Join words with 、 and leave out empty ones."""
    return "、".join(word for word in words if word)


def closed(text: str) -> str:
    """End typed text so that a template can go on after it: without its own full stop."""
    return text.strip().rstrip("。；，,.;")
