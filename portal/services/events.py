"""The one log: every act is one record, chained by hash to the one before it, in the transaction of the act."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.phrases import Phrase
from portal import clock
from portal.models import Event, LogHead

GENESIS = "0" * 64


def record(
    session: Session,
    kind: str,
    *,
    actor_id: int | None,
    unit_id: int | None = None,
    document_id: int | None = None,
    case_id: int | None = None,
    step: str = "",
    opinion: str = "",
    data: Mapping[str, Any] | None = None,
    for_user_id: int | None = None,
) -> Event:
    """Append one record. Must run inside the write transaction of the act it records."""
    head = session.execute(select(LogHead).where(LogHead.id == 1).with_for_update()).scalar_one_or_none()
    if head is None:
        head = LogHead(id=1, seq=0, hash=GENESIS)
        session.add(head)
    event = Event(
        seq=head.seq + 1,
        kind=kind,
        at=clock.now(),
        actor_id=actor_id,
        for_user_id=for_user_id,
        unit_id=unit_id,
        document_id=document_id,
        case_id=case_id,
        step=step,
        opinion=opinion,
        data=dict(data or {}),
        previous=head.hash,
    )
    event.hash = digest(event)
    head.seq, head.hash = event.seq, event.hash
    session.add(event)
    session.flush()
    return event


def digest(event: Event) -> str:
    """Return the SHA-256 over the previous hash and every column of the record, in canonical JSON."""
    content = [
        event.previous,
        event.seq,
        event.kind,
        event.at.isoformat(timespec="microseconds"),
        event.actor_id,
        event.for_user_id,
        event.unit_id,
        event.document_id,
        event.case_id,
        event.step,
        event.opinion,
        event.data,
    ]
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class Verification:
    """Outcome of reading the whole log: how many records, the head to note down elsewhere, the first fault if any."""

    records: int
    head: str
    fault: str = ""

    @property
    def sound(self) -> bool:
        """No fault was found."""
        return not self.fault


def verify(session: Session, anchor: tuple[int, str] | None = None) -> Verification:
    """Recompute the chain from the first record.

    `anchor` is (seq, hash) of a head noted outside the database; with it a cut tail is found too.
    """
    previous, count = GENESIS, 0
    for event in _all(session):
        count += 1
        if event.seq != count:
            return Verification(count, previous, Phrase("第%(n)s条记录缺失", n=count))
        if event.previous != previous or event.hash != digest(event):
            return Verification(count, previous, Phrase("第%(n)s条记录被改动", n=event.seq))
        previous = event.hash
        if anchor and event.seq == anchor[0] and event.hash != anchor[1]:
            return Verification(count, previous, Phrase("第%(n)s条记录与留存的校验值不符", n=event.seq))
    head = session.get(LogHead, 1)
    if head is not None and (head.seq, head.hash) != (count, previous):
        return Verification(
            count, previous, Phrase("末尾记录缺失：应有%(n)s条，现有%(here)s条", n=head.seq, here=count)
        )
    if anchor and anchor[0] > count:
        return Verification(
            count, previous, Phrase("末尾记录缺失：曾有%(n)s条，现有%(here)s条", n=anchor[0], here=count)
        )
    return Verification(count, previous)


def _all(session: Session) -> Iterator[Event]:
    rows = session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=1000))
    try:
        for event in rows:
            yield event
            session.expunge(event)
    finally:  # a reader that stops at a fault leaves no cursor open on the server
        rows.close()


def note_anchor(session: Session, path: Path) -> tuple[int, str]:
    """Append the head of the log to a file kept outside the database, and return it."""
    head = session.get(LogHead, 1)
    found = (head.seq, head.hash) if head else (0, GENESIS)
    torn = path.exists() and not path.read_bytes().endswith(b"\n")  # a crash in the middle of the last line
    with path.open("a", encoding="ascii") as file:
        line = f"{clock.now().isoformat(timespec='seconds')} {found[0]} {found[1]}\n"
        file.write(f"\n{line}" if torn else line)
        file.flush()
        os.fsync(file.fileno())
    return found


def last_anchor(path: Path) -> tuple[int, str] | None:
    """Return the newest head noted whole in the file, None when there is none."""
    if not path.exists():
        return None
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    noted = [words for words in lines if len(words) == 3 and len(words[2]) == len(GENESIS)]
    return (int(noted[-1][1]), noted[-1][2]) if noted else None
