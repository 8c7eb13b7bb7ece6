"""P-50 定点医疗机构监督检查记录: once a quarter and hospital, what fails is mended (S0 三（二）2（5）)."""

from datetime import date
from typing import Any

import pytest

from forms.hospital_inspection import ITEMS, HospitalInspection, next_quarter
from forms.kit.chains import FORM
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.workdays import Calendar
from tests.forms.sample import NOBODY, facts

SAMPLE: dict[str, Any] = {
    "hospital": "平塘县人民医院",
    "inspected_on": "2026-10-12",
    "inspectors": "罗春和、岑秋实",
    "patients": "3",
    "seen": "3",
    "bills_checked": "5",
    **dict.fromkeys(ITEMS, "yes"),
    "result": "passed",
}
MEND = {
    "result": "nearly",
    "findings": "两份结算单无参保核查记录",
    "rectify": "补查并完善流程",
    "rectify_by": "2026-10-26",
}


def known(**changes: Any) -> Facts:
    return facts(**{"person": NOBODY, "case": {}, **changes})


def paper(**changes: Any) -> HospitalInspection:
    return HospitalInspection.read({**SAMPLE, **changes}, known())


def sentences(**changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(**changes).problems(known())]


def test_a_full_record_has_nothing_against_it() -> None:
    assert sentences() == []
    assert sentences(insurance="no", **MEND) == []
    assert HospitalInspection.chain is FORM


@pytest.mark.parametrize(
    ("day", "begin", "due"),
    [
        (date(2026, 10, 12), date(2027, 1, 1), date(2027, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_the_next_is_due_by_the_end_of_the_next_quarter(day: date, begin: date, due: date) -> None:
    assert next_quarter(day) == begin
    made, (start,) = paper(inspected_on=day.isoformat()), HospitalInspection.starts
    trigger = made.due_trigger(start, known())
    assert LIMITS[start.limit].due(trigger, Calendar.published()).last_day == due


def test_a_failed_item_is_not_passed_over() -> None:
    assert sentences(bills="no") == ["有1项不符合，结论不能选“符合要求”，请写明问题和整改要求"]


def test_the_record_is_sound() -> None:
    assert sentences(inspectors="罗春和") == ["检查人员不少于2人，用“、”隔开"]
    assert sentences(seen="4") == ["探视人数不能超过在院受助人员人数"]
    assert sentences(inspected_on="2026-10-14") == ["检查日期不能晚于今天"]
    assert sentences(**{**MEND, "rectify_by": "2026-10-11"}) == ["整改期限不能早于检查日期"]


def test_every_item_is_ticked_on_the_page() -> None:
    face = paper(bills="no", **MEND).face(known(), Stamp())
    ticks = next(block for block in face["blocks"] if block["kind"] == "ticks")
    assert [tick["text"] for tick in ticks["items"]] == list(ITEMS.values())
    assert [tick["ok"] for tick in ticks["items"]].count(False) == 1
    assert paper().heading(known()) == "定点医疗机构监督检查记录（平塘县人民医院）"
