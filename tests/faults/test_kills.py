"""The portal is killed in every phase of its work and started again; the harness that says it is sound is itself tested."""

from collections.abc import Callable
from typing import Any

from tests.faults.points import POINTS
from tests.faults.scene import TIMES

Run = Callable[..., dict[str, Any]]


def test_no_promise_is_broken_by_a_kill_in_any_phase(broken: Run) -> None:
    found = broken("kills", "--kills", str(53 * TIMES), "--every", str(8 * TIMES), "--seed", str(TIMES))

    assert found["violations"] == {}
    assert {point for point in POINTS if not found["struck"].get(point)} == set()


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
