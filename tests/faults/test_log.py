"""The log: every change of any record is found, by the chain or by the head noted outside the database."""

import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, delete, func, select, update
from sqlalchemy.orm import Session

from portal.models import Event, LogHead, User
from portal.services import events
from tests.faults.scene import TIMES, Kept, Scene

TABLE = Event.__table__


@pytest.fixture
def session(sound: tuple[Scene, list[Kept]]) -> Iterator[Session]:
    with sound[0].session() as opened:
        yield opened
        opened.rollback()


def _changes(column: Column[Any], value: Any, last: int) -> Iterator[Any]:
    """Yield values that differ from one by the least: a bit of a character, another person, something for nothing."""
    if column.foreign_keys:
        yield 2 if value == 1 else 1
    elif column.name == "seq":
        yield last + 1
    elif isinstance(value, str):
        places = range(len(value)) if TIMES > 1 else (0, len(value) // 2, len(value) - 1)
        for place in places if value else ():
            for bit in range(7) if TIMES > 1 else (0, 5):
                yield f"{value[:place]}{chr(ord(value[place]) ^ 1 << bit)}{value[place + 1 :]}"
        yield value + " "
    elif isinstance(value, dict):
        yield {**value, "more": 1}
        if value:
            less = copy.deepcopy(value)
            del less[next(iter(less))]
            yield less
    else:
        yield value + timedelta(microseconds=1)


def test_every_small_change_of_every_field_is_found(session: Session) -> None:
    last = session.scalars(select(func.max(Event.seq))).one()
    assert events.verify(session).sound
    tried = 0
    for seq in range(1, last + 1, 1 if TIMES > 1 else 4):
        row = session.execute(select(TABLE).where(TABLE.c.seq == seq)).mappings().one()
        for column in TABLE.columns:
            for changed in _changes(column, row[column.name], last):
                with session.begin_nested() as point:
                    session.execute(update(TABLE).where(TABLE.c.seq == seq).values({column.name: changed}))
                    session.expire_all()
                    assert not events.verify(session).sound, f"{column.name} of record {seq}: {changed!r}"
                    point.rollback()
                tried += 1
    assert tried > 100
    assert events.verify(session).sound


def _remove(session: Session, last: int) -> None:
    session.execute(delete(TABLE).where(TABLE.c.seq == last // 2))


def _swap(session: Session, last: int) -> None:
    for seq, other in ((3, last + 1), (4, 3), (last + 1, 4)):
        session.execute(update(TABLE).where(TABLE.c.seq == seq).values(seq=other))


def _insert(session: Session, last: int) -> None:
    row = dict(session.execute(select(TABLE).where(TABLE.c.seq == last)).mappings().one())
    session.execute(TABLE.insert().values({**row, "seq": last + 1, "hash": "0" * 64}))


def _cut_tail(session: Session, last: int) -> None:
    session.execute(delete(TABLE).where(TABLE.c.seq == last))


@pytest.mark.parametrize("edit", [_remove, _swap, _insert, _cut_tail])
def test_a_record_removed_swapped_or_slipped_in_is_found(
    edit: Callable[[Session, int], None], session: Session
) -> None:
    edit(session, session.scalars(select(func.max(Event.seq))).one())
    session.expire_all()

    assert not events.verify(session).sound


@pytest.mark.parametrize("rewritten", [False, True])
def test_only_the_head_noted_outside_finds_a_tail_cut_with_its_head_or_a_log_written_anew(
    rewritten: bool, session: Session, tmp_path: Path
) -> None:
    anchor = events.note_anchor(session, tmp_path / "anchors.txt")
    session.execute(delete(TABLE).where(TABLE.c.seq == anchor[0]))
    session.expire_all()
    before = session.get_one(Event, anchor[0] - 1)
    head = session.get_one(LogHead, 1)
    head.seq, head.hash = before.seq, before.hash
    session.flush()
    if rewritten:
        events.record(session, "sign", actor_id=session.scalars(select(User.id).limit(1)).one(), opinion="同意")

    assert events.verify(session).sound
    assert not events.verify(session, events.last_anchor(tmp_path / "anchors.txt")).sound


def test_a_line_cut_short_by_a_crash_does_not_hide_the_head_noted_before(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    noted = events.note_anchor(session, path)
    with path.open("a") as file:
        file.write("2026-11-22T12:00:00+00:00 9")

    assert events.last_anchor(path) == noted

    events.note_anchor(session, path)

    assert events.last_anchor(path) == noted
