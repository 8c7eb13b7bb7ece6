"""Processes of the portal, forked when everything is imported and nothing is open, and what they say before they end."""

import gc
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.faults import invariants
from tests.faults.scene import Scene, papers
from tests.faults.walks import TRANSFER, Walk

Say = Callable[[Any], None]
Work = Callable[[Say], None]


def warm_up(built: Scene, number: int, walk: Walk = TRANSFER) -> None:
    """Take one paper through everything, so that a forked process has nothing left to import, compile or parse."""
    [(_, notes)] = papers(built, 1, walk.order[-1], first=number, walk=walk)
    with built.session() as session:
        invariants.check(session, built.works, notes)
    gc.collect()
    gc.freeze()


def _fork(work: Work, gate: tuple[int, int] | None = None) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        if gate is not None:
            os.close(gate[1])
            os.read(gate[0], 1)  # ends when nobody holds the other end of the pipe any more
        work(lambda value: _say(writing, value))
        status = 0
    except BaseException as error:  # the parent learns of everything
        _say(writing, {"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(status)


def _say(pipe: int, value: Any) -> None:
    line = json.dumps(value).encode() + b"\n"
    while line:
        line = line[os.write(pipe, line) :]


def _heard(child: int, reading: int) -> tuple[list[Any], bool]:
    with os.fdopen(reading) as pipe:
        said = [json.loads(line) for line in pipe if line.endswith("\n")]
    _, ended = os.waitpid(child, 0)
    return said, os.WIFSIGNALED(ended)


def in_child(work: Work, *, kill_after: float | None = None) -> tuple[list[Any], bool]:
    """Run work in a process of its own; return what it said before it ended and whether it was killed.

    `work` is given a function that says one JSON value to us, at once. With `kill_after` it is killed after so many seconds.
    """
    child, reading = _fork(work)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return _heard(child, reading)


def together(works: Sequence[Work], meanwhile: Callable[[], None] = lambda: None) -> list[list[Any]]:
    """Run every work in a process of its own, let them all go at the same moment, and return what each of them said."""
    gate = os.pipe()
    children = [_fork(work, gate) for work in works]
    os.close(gate[0])
    os.close(gate[1])
    meanwhile()
    return [_heard(child, reading)[0] for child, reading in children]
