"""What an act costs: reviewing a paper through the one door, beside nothing but the same writes in plain SQL.

`python -m benchmarks.approve`; with BENCH_POSTGRES=1 on a server found through PGHOST, PGPORT …. Both wait for the disk.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, event, select, text
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.db import Base, transaction
from portal.models import Document, User
from portal.services import approvals, documents
from portal.services.approvals import Order
from tests import world
from tests.faults.scene import Scene, papers

PAPERS = int(os.environ.get("BENCH_ROUNDS", "40")) * 2
POSTGRES = os.environ.get("BENCH_POSTGRES") == "1"
REVIEWER = "pingtang.reviewer.1"

#: The same writes: lock, act, place, record, head of the log, participation.
PLAIN = (
    "INSERT INTO submission_key (key, user_id, document_id, act, at) VALUES (:key, :user, :document, 'agree', :now)",
    (
        "UPDATE document SET state = 'to_sign', step = 'sign', holder_desk = 'signer', reviewer_id = :user, acted = :acted, "
        "held_since = :now, revision = revision + 1 WHERE id = :document AND revision = :revision"
    ),
    (
        "INSERT INTO event (seq, kind, at, actor_id, unit_id, document_id, case_id, step, opinion, data, previous, hash) "
        "SELECT seq + 1, 'agree', :now, :user, :unit, :document, :case, 'review', '同意', '{}', hash, :hash FROM log_head"
    ),
    "UPDATE log_head SET seq = seq + 1, hash = :hash",
    "INSERT INTO participation (user_id, document_id, last_act, last_at) VALUES (:user, :document, 'agree', :now)",
)


@contextmanager
def _place() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/approve.sqlite"
        if POSTGRES:
            server = create_engine("postgresql:///postgres", isolation_level="AUTOCOMMIT")
            with server.connect() as connection:
                connection.execute(text("DROP DATABASE IF EXISTS bench_approve WITH (FORCE)"))
                connection.execute(text("CREATE DATABASE bench_approve TEMPLATE template0 ENCODING 'UTF8'"))
            server.dispose()
            url = "postgresql:///bench_approve"
        built = Scene(url, Path(scratch))
        Base.metadata.create_all(built.engine)
        with built.session() as session, transaction(session):
            world.build(session, password_hash="none", totp_secret="none")
        yield built


def _through_the_door(session: Session, built: Scene, uuid: UUID) -> None:
    """Look at the paper as a page does, and agree to it."""
    who = world.viewer(session, REVIEWER)
    seen = documents.find(session, who, uuid).revision
    with transaction(session):
        approvals.take_action(session, who, uuid, Order(Act.AGREE, seen, f"door-{uuid}", "同意"), built.works)


def _plain(connection: Any, values: dict[str, Any]) -> None:
    """Write the same, and nothing else."""
    connection.execute("BEGIN" if POSTGRES else "BEGIN IMMEDIATE")
    for statement in PLAIN:
        connection.execute(statement, values)
    connection.execute("COMMIT")


def _values(session: Session, uuid: UUID, number: int) -> dict[str, Any]:
    document = session.scalars(select(Document).where(Document.uuid == uuid)).one()
    user = session.scalars(select(User.id).where(User.username == REVIEWER)).one()
    found = {
        "key": f"plain-{uuid}", "user": user, "document": document.id, "now": "2026-11-22 10:00:00.000000+00:00", "hash": f"{number:064d}",
        "acted": "{}", "revision": document.revision, "unit": document.issuer_id, "case": document.case_id,
    }  # fmt: skip
    session.rollback()
    return found


def _for_psycopg(connection: Any) -> Any:
    """Write named values the way psycopg reads them."""

    class Translated:
        def execute(self, statement: str, values: dict[str, Any] | None = None) -> None:
            for name in values or ():
                statement = statement.replace(f":{name}", f"%({name})s")
            connection.execute(statement, values)

    return Translated()


def measure() -> tuple[list[float], list[float], int]:
    """Return the times in ms through the door and in plain SQL, in turns, and the statements through the door."""
    with _place() as built:
        ready = [uuid for uuid, _ in papers(built, PAPERS, Act.SUBMIT)]
        door, plain, statements = [], [], list[str]()
        raw = built.engine.raw_connection().driver_connection
        if POSTGRES:
            assert raw is not None
            raw.autocommit = True
        bare = _for_psycopg(raw) if POSTGRES else raw
        event.listen(built.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        with Session(built.engine) as session:
            for number in range(0, len(ready), 2):
                statements.clear()
                began = time.perf_counter()
                _through_the_door(session, built, ready[number])
                door.append((time.perf_counter() - began) * 1000)
                count = len(statements)
                session.rollback()
                values = _values(session, ready[number + 1], number)
                began = time.perf_counter()
                _plain(bare, values)
                plain.append((time.perf_counter() - began) * 1000)
        return door[2:], plain[2:], count


def main() -> None:
    """Measure and print one table."""
    door, plain, statements = measure()
    base = statistics.median(plain)
    lines = [f"{'PostgreSQL' if POSTGRES else 'SQLite'}, reviewing a paper, {len(door)} of each in turns"]
    lines.append(f"{'way':<26}{'statements':>11}{'median ms':>11}{'p95 ms':>9}{'ratio':>8}")
    for name, times, count in (
        ("the same writes, plain SQL", plain, len(PLAIN)),
        ("through the one door", door, statements),
    ):
        middle, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        lines.append(f"{name:<26}{count:>11}{middle:>11.2f}{late:>9.2f}{middle / base:>8.1f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
