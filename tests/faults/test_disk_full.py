"""A full disk stops an act as if it had not begun, and a letter as if it were still to be made; then work goes on."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.models import Letter
from portal.services import files, letters
from tests.faults import invariants
from tests.faults.scene import ON_POSTGRES, Kept, Scene, act, key_of, papers, scene, told
from tests.faults.walks import CONTRACTOR, REPLY, TRANSFER, Walk

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture(scope="module")
def portal() -> Iterator[Scene]:
    with scene() as built:
        yield built


#: Numbers of cases not used yet.
_NUMBERS = iter(range(1, 10_000))


def _numbered(portal: Scene, session: Session) -> tuple[int, list[Kept]]:
    """Return a letter whose number is drawn and whose file is to be made."""
    [(uuid, notes)] = papers(portal, 1, Act.SIGN, first=next(_NUMBERS))
    done = act(session, uuid, Act.NUMBER, portal.works, key=key_of(uuid, Act.NUMBER))
    assert done.letter_id is not None
    letter_id = done.letter_id
    return letter_id, [*notes, told(session, done, key_of(uuid, Act.NUMBER))]


def _fails(*_given: Any, **_details: Any) -> Any:
    raise FULL


class _HalfWritten:
    """A file on a disk that has room for half of it."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        os.write(self._file.fileno(), data[: len(data) // 2])
        raise FULL


def _open_half(path: Path, mode: str = "r", *given: Any, **details: Any) -> Any:
    file = open(path, mode, *given, **details)  # noqa: PTH123, SIM115
    return _HalfWritten(file) if mode == "wb" else file


@pytest.mark.parametrize(
    ("owner", "name", "stand_in"),
    [
        (Path, "mkdir", _fails), (Path, "open", _fails), (Path, "open", _open_half), (os, "fsync", _fails),
        (Path, "rename", _fails), (files, "_sync", _fails),
    ],
    ids=["folder", "opening", "half of it", "syncing", "renaming", "syncing the folder"],
)  # fmt: skip
def test_a_letter_that_finds_no_room_is_made_when_there_is_room_again(
    owner: Any, name: str, stand_in: Callable[..., Any], portal: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with portal.session() as session:
        letter_id, notes = _numbered(portal, session)
        with monkeypatch.context() as full:
            full.setattr(owner, name, stand_in)
            with pytest.raises(OSError, match="No space left"):
                letters.issue(session, letter_id, portal.works)
        session.rollback()

        assert session.get_one(Letter, letter_id).state == "pending"
        broken = invariants.check(session, portal.works, notes, verify_newest=0)
        assert {sentence[:2] for sentence in broken} <= {"I4", "I7"}, (
            broken
        )  # still to be made; its file may be there
        session.rollback()

        assert letters.recover(session, portal.works) == 1
        session.rollback()
        assert invariants.check(session, portal.works, notes) == []


class _Full:
    """Lets so many writing statements of a session through, then there is no room."""

    def __init__(self, portal: Scene, room: int) -> None:
        self.room, self.engine = room, portal.engine

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self.strike)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.strike)

    def strike(self, _connection: Any, _cursor: Any, statement: str, *_details: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            if self.room == 0:
                raise OperationalError(statement, {}, FULL)
            self.room -= 1


@pytest.mark.parametrize(
    ("walk", "wanted"),
    [
        *((TRANSFER, act) for act in (Act.SUBMIT, Act.AGREE, Act.NUMBER, Act.RECEIVE)), (CONTRACTOR, Act.SUBMIT),
        (CONTRACTOR, Act.RECEIVE), (REPLY, Act.CONFIRM),
    ],
    ids=lambda each: each.value if isinstance(each, Act) else each.paper,
)  # fmt: skip
def test_an_act_that_finds_no_room_at_any_of_its_writes_leaves_no_trace(
    walk: Walk, wanted: Act, portal: Scene
) -> None:
    before = walk.order[walk.order.index(wanted) - 1] if wanted is not walk.order[0] else None
    [(uuid, notes)] = papers(portal, 1, before, first=next(_NUMBERS), walk=walk)
    with portal.session() as session:
        failed = 0
        while True:
            with _Full(portal, failed):
                try:
                    done = act(session, uuid, wanted, portal.works, key=key_of(uuid, wanted))
                    break
                except OperationalError:
                    failed += 1
            session.rollback()
            assert invariants.check(session, portal.works, notes, verify_newest=0) == []
            session.rollback()
        letter_id = done.letter_id
        notes.append(told(session, done, key_of(uuid, wanted)))
        if letter_id:
            letters.issue(session, letter_id, portal.works)
        assert failed >= 4
        assert invariants.check(session, portal.works, notes) == []


@pytest.mark.skipif(ON_POSTGRES, reason="only SQLite can be told how large it may grow")
def test_a_database_file_that_may_not_grow_refuses_whole_acts_only(portal: Scene) -> None:
    with portal.session() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    refused, walked = list[str](), list[tuple[UUID, list[Kept]]]()
    room = iter(range(pages, pages + 400, 2))

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {next(room)}")

    event.listen(portal.engine, "connect", limit)
    try:
        while len(walked) < 3:
            try:
                walked += papers(portal, 1, Act.RECEIVE, first=next(_NUMBERS))
            except OperationalError as error:
                refused.append(str(error.orig))
    finally:
        event.remove(portal.engine, "connect", limit)
    with portal.session() as session:
        session.execute(text("PRAGMA max_page_count = 1000000"))
        letters.recover(session, portal.works)
        assert len(refused) > 2
        assert set(refused) == {"database or disk is full"}
        assert invariants.check(session, portal.works, [note for _, notes in walked for note in notes]) == []
