"""The phases of an act and of the making of a letter, and how to die at the border between two of them.

`arm(point)` is for a forked process that is about to act: when it comes to the point, it kills itself with SIGKILL, so that no
handler runs, no buffer is flushed and no lock is given back by us.
"""

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event
from sqlalchemy.orm import Session

from pdf import certs, render, sign
from portal.services import approvals, documents, effects, files, letters

Arm = Callable[[Callable[[], None]], None]


def die() -> None:
    """End this process at once, as a power cut or the kernel would."""
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, nth: int = 1) -> Arm:
    return lambda strike: _wrap(owner, name, nth, strike, first=True)


def _after(owner: Any, name: str, nth: int = 1) -> Arm:
    return lambda strike: _wrap(owner, name, nth, strike, first=False)


def _wrap(owner: Any, name: str, nth: int, strike: Callable[[], None], *, first: bool) -> None:
    inner, calls = getattr(owner, name), 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and first:
            strike()
        result = inner(*args, **kwargs)
        if calls == nth and not first:
            strike()
        return result

    setattr(owner, name, wrapped)


def _session(moment: str, nth: int) -> Arm:
    def arm(strike: Callable[[], None]) -> None:
        seen = 0

        def listener(_session: Session) -> None:
            nonlocal seen
            seen += 1
            if seen == nth:
                strike()

        event.listen(Session, moment, listener)

    return arm


def _half_written(strike: Callable[[], None]) -> None:
    """Write half of a file's bytes to the disk, then strike."""
    inner = Path.open

    def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = inner(path, mode, *args, **kwargs)
        if mode != "wb":
            return file

        def half(data: bytes) -> int:
            os.write(file.fileno(), data[: len(data) // 2])
            strike()
            return len(data)

        return _Writing(file, half)

    Path.open = opened  # type: ignore[method-assign,assignment]


class _Writing:
    """An open file whose `write` is another's."""

    def __init__(self, file: Any, write: Callable[[bytes], int]) -> None:
        self._file, self.write = file, write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


#: What every act goes through.
OF_AN_ACT: Mapping[str, Arm] = {
    "begun": _before(documents, "find", 2),
    "row locked": _after(documents, "find", 2),
    "judged": _after(documents, "read"),
    "place written": _after(documents, "put"),
    "event written": _after(approvals, "record"),
    "participation noted": _after(documents, "remember"),
    "before commit": _session("before_commit", 1),
    "after commit": _session("after_commit", 1),
}
#: Only where the act means something in law.
OF_A_MILESTONE: Mapping[str, Arm] = {"effects applied": _after(effects, "apply")}
#: From the number to the issued letter.
OF_A_LETTER: Mapping[str, Arm] = {
    "number drawn": _after(letters, "draw_number"),
    "letter frozen": _after(letters, "freeze"),
    "making begun": _before(render, "render"),
    "rendered": _after(render, "render"),
    "key opened": _after(certs, "ensure_identity"),
    "signed": _after(sign, "sign"),
    "half written": _half_written,
    "written": _before(files.os, "fsync"),
    "synced": _after(files.os, "fsync"),
    "renamed": _after(files.Path, "rename"),
    "folder synced": _after(files, "_sync"),
    "stored": _after(files.FileStore, "put"),
    "issue written": _session("before_commit", 2),
    "issue committed": _session("after_commit", 2),
}
#: When an organ seals for the first time.
OF_THE_KEYS: Mapping[str, Arm] = {
    "authority shown": _after(certs, "_write", 1),
    "authority kept": _after(certs, "_write", 2),
    "key kept": _after(certs, "_write", 3),
}
POINTS: Mapping[str, Arm] = {**OF_THE_KEYS, **OF_AN_ACT, **OF_A_MILESTONE, **OF_A_LETTER}


def arm(point: str, strike: Callable[[], None] = die) -> None:
    """Strike when this process first comes to a point."""
    POINTS[point](strike)
