"""P-07 延长救助期限备案表: filed with the superior department before the tenth day ends."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import FILED, Milestone
from forms.kit.counting import count
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.stay import bound_by_ten_days, tenth_day
from forms.kit.workdays import Calendar
from forms.stay_extension_filing import StayExtensionFiling
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, organ

#: Admitted on 2 November, his relatives not yet reached on the ninth day.
SAMPLE: dict[str, Any] = {
    "why": ["relatives", "identity"],
    "situation": "身体状况稳定，语言沟通部分障碍，尚不能说清住址。",
    "extend_to": "2026-11-30",
    "plan": "继续与公安机关比对核查，扩大寻亲公告发布渠道。",
}
GUEST = replace(MAN, admitted_at=moment("2026-11-02 10:00"))
KNOWN = facts(now="2026-11-11 09:00", person=GUEST, counterpart=organ("522700-bureau"))


def paper(known: Facts = KNOWN, **changes: Any) -> StayExtensionFiling:
    return StayExtensionFiling.read({**SAMPLE, **changes}, known)


def test_a_full_filing_has_nothing_against_it() -> None:
    assert paper().problems(KNOWN) == []
    assert StayExtensionFiling.chain is FILED


def test_day_ten_does_not_count_the_day_of_admission_and_never_rolls() -> None:
    assert tenth_day(GUEST) == date(2026, 11, 12)
    limit = LIMITS["stay_day_ten"].length
    assert count(limit, moment("2026-11-02 10:00"), Calendar.published()).last_day == date(2026, 11, 12)
    holiday = replace(MAN, admitted_at=moment("2026-09-23 23:50"))
    assert tenth_day(holiday) == date(2026, 10, 3)


def test_the_stay_is_copied_from_the_case() -> None:
    filled = paper(days_stayed="99")
    assert filled.days_stayed.printed == "9天"
    assert filled.covered_until.printed == "2026年11月12日"
    assert filled.person_name.data == "河滨路男"


def test_filing_releases_the_ten_day_clock() -> None:
    (settled,) = StayExtensionFiling.settles
    assert (settled.limit, settled.on) == ("stay_day_ten", Milestone.COMPLETED)


@pytest.mark.parametrize(("today", "late"), [("2026-11-12", False), ("2026-11-13", True)])
def test_filing_after_day_ten_is_late_but_never_refused(today: str, late: bool) -> None:
    known = replace(KNOWN, now=moment(f"{today} 09:00"), today=date.fromisoformat(today))
    found = paper(known).problems(known)
    assert [(problem.rule, problem.level) for problem in found] == ([("R-18", Level.WARN)] if late else [])
    assert paper(known, _reasons={"R-18": "经办人出差，今日补报"}).problems(known) == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-12", ["拟延长至的日期应在现期限（2026年11月12日）之后"]),
        ("2026-12-12", []),
        ("2026-12-13", ["每次备案最多延长30天，仍需延长的请届时再报备案"]),
    ],
)
def test_an_extension_goes_on_from_the_present_end(day: str, why: list[str]) -> None:
    assert [problem.sentence for problem in paper(extend_to=day).problems(KNOWN)] == why


def test_the_longest_extension_is_a_setting() -> None:
    wide = replace(KNOWN, settings={"extension_days_most": 60})
    assert paper(wide, extend_to="2027-01-11").problems(wide) == []


def test_a_second_filing_goes_on_from_the_first() -> None:
    first = doc("stay_extension_filing", answers={"extend_to": "2026-11-30"})
    known = replace(KNOWN, papers={"stay_extension_filing": [first]})
    assert paper(known).covered_until.printed == "2026年11月30日"
    assert [problem.field for problem in paper(known).problems(known)] == ["extend_to"]
    assert paper(known, extend_to="2026-12-20").problems(known) == []


@pytest.mark.parametrize(
    ("person", "bound"),
    [
        (GUEST, True),
        (replace(GUEST, mental_status="diagnosed"), False),
        (replace(GUEST, mental_status="suspected"), False),
        (replace(GUEST, age_min=15, age_max=20), False),
        (replace(ZHANG, birth_date=date(2010, 11, 12)), False),
        (replace(ZHANG, birth_date=date(2010, 11, 11)), True),
    ],
)
def test_ten_days_bind_persons_of_sixteen_without_mental_signs(person: Any, bound: bool) -> None:
    assert bound_by_ten_days(person, date(2026, 11, 11)) is bound


def test_filing_for_somebody_not_bound_is_explained() -> None:
    known = replace(KNOWN, person=replace(GUEST, mental_status="diagnosed"))
    (warned,) = paper(known).problems(known)
    assert (warned.rule, warned.level, warned.field) == ("R-18", Level.WARN, "person_name")


def test_nobody_files_for_a_person_who_left() -> None:
    known = replace(KNOWN, person=replace(GUEST, open=False))
    assert [problem.sentence for problem in paper(known).problems(known)] == [
        "该人员已离站，不需要备案延长救助期限"
    ]


def test_another_reason_is_named() -> None:
    assert [problem.sentence for problem in paper(why=["other"]).problems(KNOWN)] == ["请填写“其他原因”"]


def test_the_printed_filing_asks_the_prefecture_to_take_note() -> None:
    face = paper().face(KNOWN, Stamp(names={"draft": "龙小梅", "check": "石建国", "file": "韦志强"}))
    statement, signatures = face["blocks"][-2:]
    assert statement["text"] == (
        "该受助人员于2026年11月2日入站，至2026年11月12日满10天。"
        "因亲属尚未联系上、身份尚未查明，需延长救助期限至2026年11月30日，现报请备案。"
    )
    assert [(box["label"], box["name"]) for box in signatures["boxes"]] == [
        ("填报单位", "平塘县民政局　石建国"),
        ("备案单位", "黔南布依族苗族自治州民政局　韦志强"),
    ]
