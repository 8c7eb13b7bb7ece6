"""P-55 流出流浪乞讨人员台账: told, brought back, visited every half-year for at least a year (R-70)."""

from datetime import date
from typing import Any

import pytest

from forms.kit.chains import NOTED
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.workdays import Calendar
from forms.outflow_ledger import OutflowLedger
from tests.forms.sample import NOBODY, doc, facts, rules_hit

WHO: dict[str, Any] = {
    "name": "陆春生",
    "sex": "男",
    "id_number": "440524188001010014",
    "address": "贵州省平塘县大塘镇里中村",
    "contact": "陆小妹（姐姐）",
    "phone": "13985400003",
}
#: A letter from another station.
SAMPLE: dict[str, Any] = {
    **WHO,
    "entry": "out",
    "noticed_on": "2026-10-12",
    "source": "letter",
    "helped_at": "广西壮族自治区河池市救助管理站",
    "cause": "务工不着",
    "plan": "联系其姐，由州站于10月20日接回",
}
BACK = {
    **WHO,
    "entry": "back",
    "returned_on": "2026-05-09",
    "back_how": "escorted",
    "settled_how": "住其姐家，村委会安排务农",
}
VISIT = {
    **WHO, "entry": "visit", "returned_on": "2026-03-31", "duty": "first", "visited_on": "2026-09-30", "way": "home",
    "state": "settled", "measures": "发放冬衣",
}  # fmt: skip
CLOSED = {
    **WHO, "entry": "closed", "returned_on": "2026-03-31", "visits": "2", "closed_on": "2027-03-31",
    "closing_reason": "生活稳定，无走失风险",
}  # fmt: skip


def known(now: str = "2026-10-13 09:00", **changes: Any) -> Facts:
    return facts("522727-bureau", now, **{"person": NOBODY, "case": {}, **changes})


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> OutflowLedger:
    return OutflowLedger.read({**base, **changes}, of or known())


def sentences(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, base, **changes).problems(of or known())]


@pytest.mark.parametrize("base", [SAMPLE, BACK, VISIT])
def test_every_kind_of_line_can_be_full(base: dict[str, Any]) -> None:
    assert sentences(base=base) == []
    assert OutflowLedger.chain is NOTED


def test_the_return_starts_both_revisits() -> None:
    made = paper(base=BACK)
    begun = [each for each in OutflowLedger.starts if each.shown_when(made)]
    assert [each.limit for each in begun] == ["revisit_first_due", "revisit_second_due"]
    trigger = made.due_trigger(begun[0], known())
    assert trigger == date(2026, 5, 9)
    due = [LIMITS[each.limit].due(trigger, Calendar.published()) for each in begun]
    assert [each.last_day for each in due] == [date(2026, 11, 9), date(2027, 5, 10)]
    assert due[1].provisional
    assert [each for each in OutflowLedger.starts if each.shown_when(paper())] == []


@pytest.mark.parametrize(
    ("duty", "settled", "begun"),
    [
        ("first", ["revisit_first_due"], []),
        ("second", ["revisit_second_due"], ["revisit_later_due"]),
        ("later", ["revisit_later_due"], ["revisit_later_due"]),
        ("extra", [], []),
    ],
)
def test_a_visit_meets_what_it_is(duty: str, settled: list[str], begun: list[str]) -> None:
    made = paper(base=VISIT, duty=duty)
    assert [each.limit for each in OutflowLedger.settles if each.shown_when(made)] == settled
    assert [each.limit for each in OutflowLedger.starts if each.shown_when(made)] == begun


@pytest.mark.parametrize(("day", "ok"), [("2027-03-30", False), ("2027-03-31", True)])
def test_closing_takes_a_whole_year(day: str, ok: bool) -> None:
    of = known(f"{day} 16:00")
    assert sentences(of, CLOSED, closed_on=day) == ([] if ok else ["回访期不少于1年，2027年3月31日起才可以结束"])
    assert rules_hit(paper(of, CLOSED, closed_on=day), of) == (set() if ok else {"R-70"})


def test_closing_takes_two_visits() -> None:
    of = known("2027-04-01 16:00")
    assert sentences(of, CLOSED, visits="1") == ["回访不少于2次，才可以结束"]
    seen = known("2027-04-01 16:00", papers={"outflow_ledger": [doc("outflow_ledger", answers=VISIT)] * 2})
    assert sentences(seen, CLOSED, visits="1") == []


def test_dates_run_forward() -> None:
    assert sentences(noticed_on="2026-10-14") == ["得知日期不能晚于今天"]
    assert sentences(base=VISIT, visited_on="2026-03-30") == ["回访日期不能早于返乡日期，请核对"]


def test_the_card_shows_only_what_the_line_is_about() -> None:
    face = paper().face(known(), Stamp(names={"draft": "罗春和"}))
    assert [block["heading"] for block in face["blocks"]] == ["人员", "流出"]
    assert paper().heading(known()) == "流出流浪乞讨人员台账（陆春生，得知流出）"
