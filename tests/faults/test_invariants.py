"""Every promise can be broken by hand, and then the list of promises says so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.models import Clock, Document, Event, Letter, LogHead
from portal.services import events
from tests.faults import invariants
from tests.faults.scene import Kept, Scene

Sound = tuple[Scene, list[Kept]]


def test_a_sound_portal_keeps_every_promise(sound: Sound) -> None:
    built, told = sound
    with built.session() as session:
        events.note_anchor(session, built.anchors)
        anchor = events.last_anchor(built.anchors)

        assert invariants.check(session, built.works, told, anchor=anchor) == []


def _forget_click(session: Session, _built: Scene) -> None:
    session.execute(text("DELETE FROM submission_key WHERE act = 'sign'"))


def _renumber(session: Session, _built: Scene) -> None:
    session.execute(text("UPDATE letter SET serial = 7 WHERE serial = 2"))


def _count_on(session: Session, _built: Scene) -> None:
    session.execute(text("UPDATE number_series SET last = last + 1"))


def _skip_receipt(session: Session, _built: Scene) -> None:
    session.execute(text("UPDATE incoming_series SET last = last + 1"))


def _sign_own_paper(session: Session, _built: Scene) -> None:
    document = session.scalars(select(Document).where(Document.state == "in_process").limit(1)).one()
    document.acted = {**document.acted, "sign": document.drafter_id}


def _reopen(session: Session, _built: Scene) -> None:
    session.execute(text("UPDATE document SET state = 'numbered' WHERE state = 'in_process'"))


def _other_number(session: Session, _built: Scene) -> None:
    session.execute(text("UPDATE document SET doc_no = '平民函〔2026〕99号' WHERE doc_no LIKE '%1号'"))


def _lose_file(session: Session, built: Scene) -> None:
    _path(session, built).unlink()


def _flip_bit(session: Session, built: Scene) -> None:
    path = _path(session, built)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _append(session: Session, built: Scene) -> None:
    path = _path(session, built)
    path.write_bytes(path.read_bytes() + b"\n% more")


def _path(session: Session, built: Scene) -> Path:
    return built.works.files.path(
        session.scalars(select(Letter.sha256).order_by(Letter.id.desc()).limit(1)).one() or ""
    )


def _stray_file(_session: Session, built: Scene) -> None:
    built.works.files.put(b"nobody's")


def _half_file(_session: Session, built: Scene) -> None:
    (built.works.files.folder / "ab").mkdir(exist_ok=True)
    (built.works.files.folder / "ab" / ".abcdef.123").write_bytes(b"half")


def _second_clock(session: Session, _built: Scene) -> None:
    clock = session.scalars(select(Clock).limit(1)).one()
    twin = {column.key: getattr(clock, column.key) for column in Clock.__table__.columns if column.key != "id"}
    session.add(Clock(**twin))


def _cut_log(session: Session, _built: Scene) -> None:
    head = session.get_one(LogHead, 1)
    last = session.get_one(Event, head.seq)
    head.seq, head.hash = last.seq - 1, last.previous
    session.delete(last)


def _cut_log_and_click(session: Session, built: Scene) -> None:
    _cut_log(session, built)
    session.flush()
    session.execute(text("DELETE FROM submission_key WHERE act = 'submit'"))


@pytest.mark.parametrize(
    ("breaks", "promise"),
    [
        (_forget_click, "I1"), (_renumber, "I2"), (_count_on, "I2"), (_skip_receipt, "I2"), (_sign_own_paper, "I3"),
        (_reopen, "I4"), (_other_number, "I4"), (_lose_file, "I5"), (_flip_bit, "I5"), (_flip_bit, "I6"), (_append, "I5"),
        (_append, "I6"), (_stray_file, "I7"), (_forget_click, "I8"), (_cut_log, "I8"), (_cut_log_and_click, "I8"),
        (_half_file, "I10"), (_second_clock, "I12"),
    ],
)  # fmt: skip
def test_a_promise_broken_by_hand_is_named(
    breaks: Callable[[Session, Scene], None], promise: str, sound: Sound, spoilt: Scene
) -> None:
    with sound[0].session() as session:
        events.note_anchor(session, spoilt.anchors)
    anchor = events.last_anchor(spoilt.anchors)
    with spoilt.session() as session:
        breaks(session, spoilt)
        session.flush()
        found = invariants.check(session, spoilt.works, sound[1], anchor=anchor)
        session.rollback()

    assert [sentence for sentence in found if sentence.startswith(f"{promise} ")], found
