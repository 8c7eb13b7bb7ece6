"""Restart the database server under running clients, at once and without asking, and look what became of their acts.

`python -m tests.faults.restarts --restarts 3` makes a PostgreSQL of its own, walks papers through four processes while the
server goes down again and again, and prints a JSON summary. A client that sees an error does not know the outcome: it
looks it up by the key of its click, and repeats the click only when it is not there.
"""

import argparse
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.models import Document, Letter
from portal.services import letters
from tests.faults.processes import Say, together, warm_up
from tests.faults.races import judged
from tests.faults.scene import Kept, Scene, act, key_of, papers, repeated, scene, told
from tests.faults.walks import TRANSFER

PATIENCE = 60.0  # seconds until a client gives a server up


class Server:
    """A PostgreSQL that nobody else uses, with the settings of a real one: nothing acknowledged before it is on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        self.owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(folder, self.owner)
        self._run(
            "initdb", "-A", "trust", "-U", "portal", "-E", "UTF8", "--locale=C.UTF-8", "-D", f"{folder}/data"
        )
        self.start()

    @property
    def address(self) -> str:
        """Where a database called `{name}` is reached."""
        return f"postgresql://portal@/{{name}}?host={self.folder}"

    def start(self) -> None:
        """Start, and return when connections are taken."""
        settings = f"-k {self.folder} -c listen_addresses='' -c max_connections=120"
        self._run(
            "pg_ctl", "-D", f"{self.folder}/data", "-w", "-s", "-l", f"{self.folder}/log", "-o", settings, "start"
        )

    def stop(self, how: str) -> None:
        """Stop: `immediate` is a crash, `fast` ends every session in the middle of what it does."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-s", "-m", how, "stop")

    def _run(self, program: str, *words: str) -> None:
        prefix = ["runuser", "-u", self.owner, "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*prefix, str(self.programs / program), *words], check=True, stdout=subprocess.DEVNULL, cwd="/"
        )


@contextmanager
def server() -> Iterator[Server]:
    """Run a server of one's own and take it away."""
    folder = Path(tempfile.mkdtemp(prefix="portal-faults-pg-"))
    made = Server(folder)
    try:
        yield made
    finally:
        made.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def client(built: Scene, uuids: list[UUID]) -> Callable[[Say], None]:
    """Walk papers from draft to receipt through whatever happens."""

    def work(say: Say) -> None:
        for uuid in uuids:
            for wanted in TRANSFER.order:
                persist(built, uuid, wanted, say)

    return work


def persist(built: Scene, uuid: UUID, wanted: Act, say: Say) -> None:
    """Do one act, once, and say what happened on the way."""
    key, unknown, until = key_of(uuid, wanted), False, time.monotonic() + PATIENCE
    while True:
        try:
            with built.session() as session:
                if unknown:
                    say("done though the client saw an error" if repeated(session, key) else "not done, repeated")
                    unknown = False
                say(told(session, act(session, uuid, wanted, built.works, key=key), key).plain())
                if wanted is Act.NUMBER:
                    _make_letter(session, uuid, built)
                return
        except DBAPIError as error:
            unknown = unknown or "COMMIT" in str(error) or error.connection_invalidated
            if not error.connection_invalidated and "connection" not in str(error):
                raise
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _make_letter(session: Session, uuid: UUID, built: Scene) -> None:
    """Make the file of a numbered paper, as the page does after the act; nothing to do when it is there.

    Not by `recover`, which goes on to the next letter when the server goes down under it.
    """
    letter_id = session.scalars(select(Letter.id).join(Document).where(Document.uuid == uuid)).one()
    letters.issue(session, letter_id, built.works)


def run(restarts: int, clients: int, count: int) -> dict[str, Any]:
    """Return what the clients saw and every violation."""
    with server() as running, scene(server=running.address) as built:
        drafts = papers(built, count, None)
        warm_up(built, count + 1)
        shares = [[uuid for uuid, _ in drafts[number::clients]] for number in range(clients)]

        def disturb() -> None:
            for number in range(restarts):
                time.sleep(0.3)
                running.stop("fast" if number % 3 == 2 else "immediate")
                running.start()

        said = [word for words in together([client(built, share) for share in shares], disturb) for word in words]
        seen = Counter(word for word in said if isinstance(word, str))
        acknowledged = [Kept(**word) for word in said if isinstance(word, dict) and "key" in word]
        wrong = [word["error"] for word in said if isinstance(word, dict) and "error" in word]
        # By key: a client whose letter broke off asks for its act again, and is rightly told of it a second time.
        acts, wanted = len({kept.key for kept in acknowledged}), count * len(TRANSFER.order)
        if acts != wanted:
            wrong.append(f"{acts} acts acknowledged of {wanted}")
        return {"acts": acts, "seen": dict(seen), "violations": wrong + judged(built, acknowledged)}


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--restarts", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--papers", type=int, default=24)
    asked = parser.parse_args()
    began = time.monotonic()
    found = run(asked.restarts, asked.clients, asked.papers)
    sys.stdout.write(
        json.dumps({**found, "seconds": round(time.monotonic() - began, 1)}, ensure_ascii=False) + "\n"
    )


if __name__ == "__main__":
    main()
