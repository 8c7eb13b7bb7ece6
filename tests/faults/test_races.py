"""Many at once, and a database that goes away: one act is done once, and everybody is told the truth."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.scene import ON_POSTGRES, TIMES

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def races(broken: Run) -> dict[str, Any]:
    return broken("races", "--times", str(TIMES))


def test_of_fifty_approvers_of_one_paper_one_approves_and_the_others_are_told_so(races: dict[str, Any]) -> None:
    found = races["approvers"]

    assert found["violations"] == []
    answers = dict(found["answers"])
    assert answers.pop("done") == TIMES
    assert sum(answers.values()) == 49 * TIMES
    assert set(answers) <= {"Conflict", "Forbidden"}


def test_a_click_posted_many_times_at_once_is_done_once_and_all_are_told_so(races: dict[str, Any]) -> None:
    assert races["clicks"] == {"violations": [], "answers": {"done": TIMES, "told again": 7 * TIMES}}


def test_sixteen_clerks_draw_numbers_over_new_year_without_gap_or_double(races: dict[str, Any]) -> None:
    each, found = 20 * TIMES, races["numbers"]

    assert found["violations"] == []
    assert sum(found["answers"].values()) == 16 * (each - each // 5) + 1
    assert all(
        found["answers"][f"{kind} {year}"] > 0 for kind in ("letter", "case", "incoming") for year in (2026, 2027)
    )


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has no server to restart")
def test_a_restart_of_the_database_loses_and_doubles_nothing(broken: Run) -> None:
    found = broken("restarts", "--restarts", str(3 * TIMES), "--clients", "3", "--papers", str(9 * TIMES))

    assert found["violations"] == []
    assert found["acts"] == 9 * TIMES * 6
