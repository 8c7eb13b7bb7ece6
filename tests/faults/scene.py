"""A portal to break: its own database and file store, papers on their way, and clients that remember what they were told.

Nothing here needs pytest: the programs that kill, race and restart processes run it in processes of their own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.db import Base, prepare_engine, transaction
from portal.models import Appointment, Document, Role, SubmissionKey, Unit, User
from portal.services import approvals, documents, letters
from portal.services.approvals import Order, Outcome
from portal.services.files import FileStore
from portal.services.letters import Works
from tests import world
from tests.faults.walks import PHOTO, TRANSFER, WALKS, Walk
from tests.world import viewer

ON_POSTGRES = os.environ.get("PORTAL_TEST_DATABASE") == "postgresql"
#: How many times as much as in an ordinary run; `make faults` sets it.
TIMES = int(os.environ.get("PORTAL_FAULTS", "1"))
#: Making a key of 3072 bits takes seconds: every scene but those that test the making shares these, throw-away ones.
SHARED_KEYS = Path(tempfile.gettempdir()) / f"portal-test-keys-{os.getuid()}"


@dataclass(frozen=True)
class Kept:
    """What a client was told: this act, posted with this key, is done."""

    key: str
    act: str
    document: str
    doc_no: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Scene:
    """Where the portal to break lies. Between sessions no connection is open, so that it may be carried over a fork."""

    url: str
    folder: Path
    keys: Path = SHARED_KEYS

    @cached_property
    def engine(self) -> Engine:
        """The engine of this process; a forked one inherits the statements it has compiled."""
        engine = create_engine(self.url)
        prepare_engine(engine)
        return engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session, and close every connection after it."""
        try:
            with Session(self.engine) as opened:
                yield opened
        finally:
            self.engine.dispose()

    @property
    def works(self) -> Works:
        """The workshop of this portal."""
        return Works(FileStore(self.folder / "files"), self.keys, "wild-geese", "http://localhost", True)

    @property
    def anchors(self) -> Path:
        """Where heads of the log are noted."""
        return self.folder / "anchors.txt"


@contextmanager
def scene(
    *, server: str = "postgresql:///{name}" if ON_POSTGRES else "", own_keys: bool = False
) -> Iterator[Scene]:
    """Build an empty portal with organs and persons, and take it away afterwards.

    `server` is the address of a server to make the database `{name}` on; SQLite without one. By default it is found through
    PGHOST, PGPORT … where the tests run on PostgreSQL.
    """
    with _place(server, "TEMPLATE template0 ENCODING 'UTF8'") as (url, folder):
        built = Scene(url, folder, folder / "keys" if own_keys else SHARED_KEYS)
        Base.metadata.create_all(built.engine)
        with built.session() as session, transaction(session):
            world.build(session, password_hash="none", totp_secret="none")
            built.works.files.put(PHOTO)
        yield built


@contextmanager
def copied(built: Scene) -> Iterator[Scene]:
    """Copy a scene, break the copy, throw it away. No connection to the original may be open."""
    on_server = built.url.startswith("postgresql")
    server = make_url(built.url).set(database="{name}").render_as_string(hide_password=False) if on_server else ""
    server = server.replace("%7Bname%7D", "{name}")
    with _place(server, f"TEMPLATE {make_url(built.url).database}") as (url, folder):
        shutil.copytree(built.folder, folder, dirs_exist_ok=True)
        yield Scene(url, folder, built.keys)


@contextmanager
def _place(server: str, how: str) -> Iterator[tuple[str, Path]]:
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="portal-faults-", dir=memory if memory.is_dir() else None))
    name = f"portal_faults_{uuid4().hex[:10]}"
    try:
        if server:
            _on_server(server, f"CREATE DATABASE {name} {how}")
        yield (server.format(name=name) if server else f"sqlite:///{folder / 'portal.sqlite'}"), folder
    finally:
        if server:
            _on_server(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(folder, ignore_errors=True)


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def more_people(session: Session, position: str, count: int, code: str = "522727-bureau") -> list[str]:
    """Appoint further persons to a position; return their user names."""
    unit = session.scalars(select(Unit).where(Unit.code == code)).one()
    role = session.scalars(select(Role).where(Role.name == position)).one()
    names = [f"more.{position}.{number}" for number in range(1, count + 1)]
    for number, name in enumerate(names):
        user = User(
            username=name, email=f"{name}@accounts.invalid", name=f"韦{chr(0x4E00 + number)}", fs_uniquifier=name
        )
        session.add(Appointment(user=user, unit=unit, role=role, starts_on=date(2020, 1, 1)))
        session.add(user)
    session.flush()
    return names


def act(session: Session, uuid: UUID, wanted: Act, works: Works, *, key: str, who: str | None = None) -> Outcome:
    """Do one act of the walk, in a transaction of its own, as a page does: look, then post with the form's key."""
    if who is None:
        who = WALKS[session.scalars(select(Document.paper).where(Document.uuid == uuid)).one()].who[wanted]
    looking = viewer(session, who)
    seen = documents.find(session, looking, uuid).revision
    with transaction(session):
        return approvals.take_action(session, looking, uuid, Order(wanted, seen, key), works)


def key_of(uuid: UUID, wanted: Act) -> str:
    """Return the submission key of the form that offers an act."""
    return f"{wanted.value}-{uuid}"


def told(session: Session, outcome: Outcome, key: str) -> Kept:
    """Note what the client was told by an outcome."""
    document = outcome.document
    kept = Kept(key, outcome.act.value, str(document.uuid), document.doc_no)
    session.rollback()
    return kept


def papers(
    built: Scene, count: int, upto: Act | None, *, first: int = 1, walk: Walk = TRANSFER
) -> list[tuple[UUID, list[Kept]]]:
    """Draft papers and walk each of them through `upto` (None leaves drafts); return them with what clients were told."""
    made = []
    with built.session() as session:
        for number in range(first, first + count):
            with transaction(session):
                uuid = walk.begin(session, number).uuid
            notes = []
            for wanted in walk.through(upto):
                key = key_of(uuid, wanted)
                done = act(session, uuid, wanted, built.works, key=key)
                notes.append(told(session, done, key))
                if done.letter_id:
                    letters.issue(session, done.letter_id, built.works)
                    session.rollback()
            made.append((uuid, notes))
    return made


def repeated(session: Session, key: str) -> bool:
    """Tell whether the act of a submission key was done: how a client learns an outcome it did not see."""
    return session.get(SubmissionKey, key) is not None
