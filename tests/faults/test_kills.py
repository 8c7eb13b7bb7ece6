"""The portal is killed in every phase of its work and started again; the harness that says it is sound is itself tested."""

from collections.abc import Callable, Collection
from typing import Any

import pytest

from tests.faults.points import OF_A_MILESTONE, OF_AN_ACT, POINTS
from tests.faults.scene import TIMES

Run = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("walk", "kills", "points"),
    [
        ("transfer_request", 53, POINTS),
        ("contractor_request_county", 24, ("before commit", "after commit", "number drawn", "letter frozen")),
        ("settlement_government_reply", 20, {**OF_AN_ACT, **OF_A_MILESTONE}),
    ],
)
def test_no_promise_is_broken_by_a_kill_in_any_phase(
    walk: str, kills: int, points: Collection[str], broken: Run
) -> None:
    asked = ("--walk", walk, "--kills", str(kills * TIMES), "--every", str(8 * TIMES), "--seed", str(TIMES))
    found = broken("kills", *asked)

    assert found["violations"] == {}
    assert {point for point in points if not found["struck"].get(point)} == set()


def test_every_planted_fault_is_found_and_a_sound_portal_is_not_blamed(broken: Run) -> None:
    found = broken("mutants")

    assert found.pop("none") == {"breaks": "", "found": []}
    missed = {
        name: each
        for name, each in found.items()
        if not any(said.startswith(f"{each['breaks']} ") for said in each["found"])
    }
    assert missed == {}
    assert len(found) >= 9
