"""Programs that break the portal run outside the test process: they fork and kill, and nothing of pytest should be in them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forms.kit.chains import Act
from tests.faults.scene import Kept, Scene, copied, papers, scene

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def broken() -> Callable[..., dict[str, Any]]:
    """Run one of the programs and return its summary."""

    def run(program: str, *words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", f"tests.faults.{program}", *words]
        done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


@pytest.fixture(scope="module")
def sound() -> Iterator[tuple[Scene, list[Kept]]]:
    """A portal in which nothing is wrong: two letters on their way, one paper under review; and what clients were told."""
    with scene() as built:
        made = papers(built, 2, Act.RECEIVE) + papers(built, 1, Act.SUBMIT, first=3)
        yield built, [note for _, notes in made for note in notes]


@pytest.fixture
def spoilt(sound: tuple[Scene, list[Kept]]) -> Iterator[Scene]:
    """A copy of it, to be broken."""
    with copied(sound[0]) as copy:
        yield copy
