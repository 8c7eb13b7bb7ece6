"""Faults planted on purpose: the harness is worth something only if it finds every one of them.

`python -m tests.faults.mutants` plants each in a copy of a sound portal, kills a numbering at the point where the fault hurts,
starts again and prints, as JSON, what the promises say. A mutant without a violation is a hole in the harness.
"""

import hashlib
import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from pdf import sign
from portal.models import SubmissionKey
from portal.services import approvals, documents, effects, letters
from portal.services.files import FileStore
from tests.faults.kills import perform, prepared, start_again, verdict
from tests.faults.processes import in_child, warm_up
from tests.faults.scene import ON_POSTGRES, Kept, Scene, copied, papers, scene
from tests.faults.walks import REPLY, TRANSFER, Walk


@dataclass(frozen=True)
class Mutant:
    """A planted fault, the point at which the process that has it dies (None: it lives), and the promise it breaks."""

    plant: Callable[[Scene], None]
    dies: str | None
    breaks: str
    walk: Walk = TRANSFER
    wanted: Act = Act.NUMBER


def _row_before_file(_built: Scene) -> None:
    """The row says "issued" before the file is on the disk."""
    put, issue, waiting = FileStore.put, letters.issue, list[bytes]()

    def later(_store: FileStore, data: bytes) -> str:
        waiting.append(data)
        return hashlib.sha256(data).hexdigest()

    def issue_then_store(session: Session, letter_id: int, works: letters.Works) -> Any:
        letter = issue(session, letter_id, works)
        for data in waiting:
            put(works.files, data)
        return letter

    FileStore.put, letters.issue = later, issue_then_store


def _two_transactions(_built: Scene) -> None:
    """The place of the paper is committed before the act is recorded."""
    put = documents.put

    def put_and_commit(document: Any, place: Any) -> None:
        put(document, place)
        Session.object_session(document).commit()

    documents.put = put_and_commit


def _number_apart(_built: Scene) -> None:
    """The number is drawn in a transaction of its own, as a database sequence would."""
    draw = letters.draw_number

    def draw_and_commit(session: Session, *details: Any) -> Any:
        drawn = draw(session, *details)
        session.commit()
        return drawn

    letters.draw_number = draw_and_commit


def _click_forgotten(_built: Scene) -> None:
    """The key of the click is not kept."""
    add = Session.add
    Session.add = lambda self, row, **how: None if isinstance(row, SubmissionKey) else add(self, row, **how)


def _signed_differently(_built: Scene) -> None:
    """Signing again gives another file."""
    original = sign.sign
    sign.sign = lambda pdf, **how: original(pdf, **{**how, "reason": secrets.token_hex(4)})


def _no_recovery(_built: Scene) -> None:
    """Nothing is finished after a crash."""
    letters.recover = lambda _session, _works: 0


def _no_sweep(_built: Scene) -> None:
    """Half-written files stay."""
    FileStore.sweep = lambda _store: 0


def _written_in_place(_built: Scene) -> None:
    """A file grows under its final name."""

    def write(_store: FileStore, target: Path, data: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(data)

    FileStore._write = write


def _recorded_twice(_built: Scene) -> None:
    """One act leaves two records."""
    record = approvals.record

    def twice(*given: Any, **details: Any) -> Any:
        record(*given, **details)
        return record(*given, **details)

    approvals.record = twice


def _careless_settings(built: Scene) -> None:
    """SQLite does not wait for the disk."""
    event.listen(
        built.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=NORMAL")
    )


def _letters_one_by_one(_built: Scene) -> None:
    """Of the letters an approval brings, each is committed when it is drafted."""
    draft = effects._open_draft

    def draft_and_commit(session: Session, *details: Any) -> None:
        draft(session, *details)
        session.commit()

    effects._open_draft = draft_and_commit


MUTANTS = {
    "row before file": Mutant(_row_before_file, "issue committed", "I5"),
    "two transactions": Mutant(_two_transactions, "event written", "I8"),
    "number apart": Mutant(_number_apart, "letter frozen", "I2"),
    "click forgotten": Mutant(_click_forgotten, None, "I1"),
    "signed differently": Mutant(_signed_differently, "stored", "I7"),
    "no recovery": Mutant(_no_recovery, "rendered", "I4"),
    "no sweep": Mutant(_no_sweep, "half written", "I10"),
    "written in place": Mutant(_written_in_place, "half written", "I5"),
    "recorded twice": Mutant(_recorded_twice, None, "I8"),
    "letters one by one": Mutant(_letters_one_by_one, "after commit", "I13", REPLY, Act.CONFIRM),
}
if not ON_POSTGRES:
    MUTANTS["careless settings"] = Mutant(_careless_settings, None, "I11")


def examine(built: Scene, uuid: UUID, notes: list[Kept], mutant: Mutant) -> list[str]:
    """Return what the harness says of a portal with a fault planted in it."""

    def crash(say: Any) -> None:
        mutant.plant(built)
        perform(built, uuid, mutant.wanted, say, mutant.dies)

    def again(say: Any) -> None:
        mutant.plant(built)
        start_again(built, uuid, mutant.wanted, say)

    def look(say: Any) -> None:
        mutant.plant(built)
        verdict(built, acknowledged, say, 1)

    said = [*in_child(crash)[0], *in_child(again)[0]]
    acknowledged = [*notes, *(Kept(**word) for word in said if "error" not in word)]
    [judged] = in_child(look)[0]
    return judged if isinstance(judged, list) else [str(judged)]


def main() -> None:
    """Run as a program."""
    with scene() as built:
        ready = {}
        for walk in (TRANSFER, REPLY):
            [ready[walk.paper]] = papers(built, 1, prepared(walk), walk=walk)
            warm_up(built, 2, walk)
        found = {}
        for name, mutant in {**MUTANTS, "none": Mutant(lambda _built: None, "rendered", "")}.items():
            with copied(built) as copy:
                found[name] = {"breaks": mutant.breaks, "found": examine(copy, *ready[mutant.walk.paper], mutant)}
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
