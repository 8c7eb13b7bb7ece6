"""What the papers of going home and of the visits afterwards share (P-49 to P-57).

Source: S0 三（二）1（3）, 2（6）; rules R-68 to R-72.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from forms.kit.facts import DocFacts, Facts
from forms.kit.rules import Problem
from forms.kit.timespan import add_months
from forms.kit.transfer import COUNTIES
from forms.kit.workdays import SHANGHAI

RETURN_CLAUSE = "S0 三（二）1（3）"
SOURCE_CLAUSE = "S0 三（二）2（6）"
#: 离站方式 of the two ways home, in the words of the exit record (P-04); M-03 and M-04 count them.
ESCORTED, COLLECTED = "护送返乡", "接领返乡"
SCOPES = [("county", "本县（市）"), ("prefecture", "州内其他县（市）"), ("outside", "州外")]
LETTER, HANDOVER, REVISIT = "escort_return_letter", "escort_return_handover", "revisit_record"
#: 肢体和智力残疾人员、精神障碍患者 are watched more closely (S0 三（二）2（6）, R-71).
DISABLED = frozenset({"mental", "physical", "intellectual", "dementia"})
CONDITIONS = [
    ("none", "无"),
    ("mental", "精神障碍（含疑似）"),
    ("intellectual", "智力残疾"),
    ("dementia", "痴呆（认知障碍）"),
    ("physical", "肢体残疾"),
]
_OF_MENTAL_STATUS = {
    "suspected": "mental",
    "diagnosed": "mental",
    "intellectual": "intellectual",
    "dementia": "dementia",
}
MONTHS_BETWEEN, MONTHS_LEAST, VISITS_LEAST = 6, 12, 2  # 每半年回访1次，回访期不少于1年
WELFARE = [
    ("dibao", "低保"), ("tekun", "特困供养"), ("temporary", "临时救助"), ("insurance", "医保参保（资助）"),
    ("subsidy", "残疾人两项补贴"), ("orphan", "孤儿（事实无人抚养儿童）保障"), ("none", "无"),
]  # fmt: skip


#: Which of the revisits owed a visit meets, and the limit each of them has.
DUTIES = [("first", "满6个月回访"), ("second", "满12个月回访"), ("later", "满1年后的继续回访"), ("extra", "加访")]
DUTY_LIMITS = {"first": "revisit_first_due", "second": "revisit_second_due", "later": "revisit_later_due"}


# ---- where home is -------------------------------------------------------------------------------------------


def home_code(facts: Facts) -> str:
    """Return the region code of the household register: of the confirmation of identity, else of the admission."""
    found = facts.issued("identity_confirmation")
    return str((found.answers.get("hukou_code") if found else "") or facts.case.get("hukou_code") or "")


def scope_of(facts: Facts) -> str:
    """Tell how far home is from the responsible county: county, prefecture, outside; empty while not on file."""
    code = home_code(facts)
    if not code:
        return ""
    if code == facts.person.region_code:
        return "county"
    return "prefecture" if code in dict(COUNTIES) else "outside"


def identity_problems(facts: Facts, field: str, act: str = "办理返乡") -> Iterator[Problem]:
    """R-68: nobody is sent to a home that is only claimed."""
    if facts.unidentified:
        yield Problem(
            f"身份尚未查明，不能{act}",
            field,
            remedy="亲属前来认领或线索核实后，请先办理《身份确认单》",
            remedy_paper="identity_confirmation",
        )


# ---- since the return ----------------------------------------------------------------------------------------


def handed_over(facts: Facts) -> DocFacts | None:
    """Return the sheet by which the person went home: P-52, or P-17 when relatives came to the central station."""
    if (sheet := facts.issued(HANDOVER)) is not None:
        return sheet
    sheet = facts.issued("center_return_handover")
    return sheet if sheet is not None and sheet.answers.get("whereto") == "relatives" else None


def returned_on(facts: Facts) -> date | None:
    """Return the day of the return: of the sheet of handover, else of an exit record that says the person went home."""
    sheet = handed_over(facts)
    stored = (sheet.answers.get("returned_at") or sheet.answers.get("left_at")) if sheet else ""
    record = facts.issued("stay_and_exit_record")
    if not stored and record is not None and str(record.answers.get("exit_method", "")).endswith("返乡"):
        stored = record.answers.get("exit_at")
    return date.fromisoformat(str(stored)[:10]) if stored else None


def visits(facts: Facts) -> list[DocFacts]:
    """Return the completed revisits, newest first."""
    return [doc for doc in facts.papers.get(REVISIT, ()) if doc.issued]


def duty_met(facts: Facts, returned: date | None, on: date) -> str:
    """Tell which of the revisits that are owed a visit on a day meets: first, second, later, or extra (R-70).

    The first half-year's is met first; the second is one of the second half-year, so an early visit cannot meet it.
    """
    if "revisit_first_due" in facts.clocks:
        return "first"
    if "revisit_second_due" in facts.clocks:
        early = returned is not None and on <= add_months(returned, MONTHS_BETWEEN)
        return "extra" if early else "second"
    return "later" if "revisit_later_due" in facts.clocks else "extra"


def may_close_from(returned: date) -> date:
    """Return the day on which one year of revisits is full (回访期不少于1年)."""
    return add_months(returned, MONTHS_LEAST)


def conditions_of(facts: Facts) -> list[str]:
    """Return the disabilities the admission tells of, as keys of CONDITIONS."""
    found = (
        [_OF_MENTAL_STATUS[facts.person.mental_status]] if facts.person.mental_status in _OF_MENTAL_STATUS else []
    )
    typed = set(facts.case.get("disability_type", ()))
    found += [key for key in ("mental", "intellectual", "physical") if key in typed and key not in found]
    return found or ["none"]


def why_focus(facts: Facts, away: bool, conditions: Any) -> list[str]:
    """Say why the person is watched more closely: away again, disabled, admitted twice in a year (R-71)."""
    words = dict(CONDITIONS)
    found = ["回访发现再次外出流浪或者失去联系"] if away else []
    found += [words[key] for key in conditions or () if key in DISABLED]
    if facts.admissions_12_months > 1:
        found.append(f"12个月内{facts.admissions_12_months}次入站")
    return found


def relative_of(facts: Facts) -> dict[str, str]:
    """Suggest the relative who answered at the confirmation of identity, else the first of the admission."""
    found = facts.issued("identity_confirmation")
    if found is not None and found.answers.get("relative_name"):
        answers = found.answers
        names = ("relative_name", "relation", "relative_phone", "relative_answer")
        return {name: str(answers.get(name, "")) for name in names}
    for row in facts.case.get("relatives", ()):
        return {
            "relative_name": str(row.get("name", "")),
            "relation": str(row.get("relation", "")),
            "relative_phone": str(row.get("phone", "")),
            "relative_answer": "",
        }
    return {}


def local_day(at: datetime) -> date:
    """Return the Shanghai day of a moment."""
    return at.astimezone(SHANGHAI).date()
