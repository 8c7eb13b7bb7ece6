"""What tests stand on: one application per process, a fresh copy of a prepared database per test, a reading browser.

The database is SQLite; with PORTAL_TEST_DATABASE=postgresql it is a server found through PGHOST, PGPORT … .
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.db import Base, transaction
from portal.extensions import db
from portal.models import User
from portal.services import sessions
from portal.services.access import Viewer
from portal.web.session_store import content_words
from portal.web.sign_in_forms import library
from tests import world
from tests.page import Page

POSTGRES = os.environ.get("PORTAL_TEST_DATABASE") == "postgresql"
CHEAP_ARGON2 = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
RAW_TOKEN = "0" * 40
SAFE = {"GET", "HEAD", "OPTIONS"}


class Database:
    """The database tests write into. Before each test it is brought back to what `keep` found.

    SQLite: the file is copied. PostgreSQL: tables whose rows changed are filled anew from a copy of their rows, which
    takes a tenth of the time of `CREATE DATABASE … TEMPLATE`.
    """

    def __init__(self, folder: Path, worker: str) -> None:
        self.copy, self.original = folder / "portal.sqlite", folder / "template.sqlite"
        self.name, self.template = f"portal_test_{worker}", f"portal_template_{worker}"
        self.altered = False  # the schema itself; then the whole database is made anew
        self._seen: dict[str, tuple[int, int]] = {}
        if POSTGRES:
            self._server = create_engine(
                "postgresql+psycopg:///postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool
            )
            self._rows = create_engine(f"postgresql+psycopg:///{self.name}", poolclass=NullPool)
            self.remove()
            self._run(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")

    @property
    def url(self) -> str:
        """The address of the working copy."""
        return f"postgresql:///{self.name}" if POSTGRES else f"sqlite:///{self.copy}"

    def keep(self) -> None:
        """Make what the database holds now the state each test begins with."""
        if not POSTGRES:
            shutil.copy(self.copy, self.original)
            return
        with self._rows.begin() as connection:
            connection.execute(text("CREATE SCHEMA kept"))
            for table in Base.metadata.sorted_tables:
                connection.execute(text(f'CREATE TABLE kept."{table.name}" AS TABLE "{table.name}"'))
        self._run(f"CREATE DATABASE {self.template} TEMPLATE {self.name}")
        self._look()

    def renew(self) -> None:
        """Bring the database back. The application's own connections are closed by then."""
        if not POSTGRES:
            for suffix in ("-wal", "-shm"):
                Path(f"{self.copy}{suffix}").unlink(missing_ok=True)
            shutil.copy(self.original, self.copy)
        elif self.altered:
            self._run(
                f"DROP DATABASE {self.name} WITH (FORCE)", f"CREATE DATABASE {self.name} TEMPLATE {self.template}"
            )
            self._look()
        else:
            self._refill()
        self.altered = False

    def _refill(self) -> None:
        before = self._seen
        self._look()
        changed = [table for table in self._seen if self._seen[table] != before[table]]
        if not changed:
            return
        with self._rows.begin() as connection:
            connection.execute(
                text("SET LOCAL session_replication_role = replica")
            )  # keys are checked by the copy
            for table in changed:
                connection.execute(text(f'DELETE FROM "{table}"'))
                connection.execute(text(f'INSERT INTO "{table}" SELECT * FROM kept."{table}"'))
        self._look()

    def _look(self) -> None:
        """Note of every table how many rows it has and which transaction wrote the newest."""
        parts = [
            f"SELECT '{table.name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM \"{table.name}\""
            for table in Base.metadata.sorted_tables
        ]
        with self._rows.begin() as connection:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
            self._seen = {row[0]: (row[1], row[2]) for row in connection.execute(text(" UNION ALL ".join(parts)))}

    def remove(self) -> None:
        """Leave nothing behind."""
        if POSTGRES:
            self._run(
                f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", f"DROP DATABASE IF EXISTS {self.template}"
            )

    def _run(self, *statements: str) -> None:
        with self._server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))


@pytest.fixture(scope="session")
def _place() -> Iterator[Path]:
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="portal-test-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _database(_place: Path) -> Iterator[Database]:
    database = Database(_place, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield database
    database.remove()


@pytest.fixture(scope="session")
def _application(_place: Path, _database: Database) -> Iterator[Flask]:
    app = create_app(
        {
            "database_url": _database.url,
            "files": _place / "files",
            "keys": _place / "keys",
            "secret_key": "test-secret",
            "accounts_key": "test-accounts-key",
            "public_url": "http://localhost",
            "demo": False,
            "TESTING": True,
            "SERVER_NAME": "localhost",
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_ARGON2,
        }
    )
    app.test_client_class = Browser
    with app.app_context():
        _fill(db.engine)
        with transaction(db.session) as session:
            world.build(
                session,
                password_hash=_hash(world.PASSWORD),
                totp_secret=library().totp_factory.generate_totp_secret(),
            )
        db.session.close()
        db.engine.dispose()
    _database.keep()
    yield app
    with app.app_context():
        db.engine.dispose()


def _fill(engine: Any) -> None:
    Base.metadata.create_all(engine)


def _hash(password: str) -> str:

    return str(hash_password(library().password_util.normalize(password)))


@pytest.fixture
def app(_application: Flask, _database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the prepared database, with an empty file store. No context is pushed."""
    with _application.app_context():
        db.engine.dispose()
    _database.renew()
    before = _application.extensions["settings"]
    files = tmp_path / "files"
    files.mkdir()
    _application.extensions["settings"] = replace(before, files=files)
    yield _application
    _application.extensions["settings"] = before


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of its own on the test's database. End its transaction (`session.rollback()`) to see newer rows."""
    with app.app_context():
        maker = db.sessionmaker
    with maker() as opened:
        yield opened


@pytest.fixture
def altered_schema(app: Flask, _database: Database) -> Iterator[Flask]:
    """The application for a test that changes tables themselves; afterwards the database is made anew."""
    yield app
    _database.altered = True


@pytest.fixture
def demo(app: Flask) -> Flask:
    """The application in demo mode."""
    app.extensions["settings"] = replace(app.extensions["settings"], demo=True)
    return app


class Browser(FlaskClient):
    """A browser: carries the form token by itself, reads pages and checks them on the way."""

    token_word: str | None = None

    def open(self, *args: Any, csrf: bool = True, htmx: bool | str = False, **kwargs: Any) -> TestResponse:
        """Request an address. `csrf=False` leaves the token out; `htmx` asks as htmx does (a word names the target)."""
        headers = dict(kwargs.pop("headers", None) or {})
        if htmx:
            headers["HX-Request"] = "true"
            if isinstance(htmx, str):
                headers["HX-Target"] = htmx
        if csrf and kwargs.get("method", "GET") not in SAFE:
            headers.setdefault("X-CSRFToken", self.token())
        return super().open(*args, headers=headers, **{"buffered": True, **kwargs})

    def token(self) -> str:
        """Return the form token of the present session."""
        if self.token_word is not None:
            return self.token_word
        page = Page(self.get("/sign-in", follow_redirects=True).text)
        return page.all("input[name=csrf_token]")[0].attrib["value"]

    def sign_in(self, username: str, *, proved: bool = True) -> "Browser":
        """Sign in without the sign-in page. `proved` False: the proof of identity is too old for signing."""
        app = self.application
        with app.app_context():
            user = db.session.scalars(select(User).where(User.username == username)).one()
            key = sessions.new_key()
            content = {
                "_user_id": user.fs_uniquifier,
                "_fresh": True,
                "account": user.id,
                "csrf_token": RAW_TOKEN,
                "fs_paa": time.time() - (0 if proved else 3600),
            }
            with transaction(db.session) as store:
                sessions.begin(
                    store,
                    key,
                    content_words.dumps(content),
                    clock.now(),
                    user_id=content["account"],
                    browser=sessions.Browser("127.0.0.1", "test"),
                )
        self.set_cookie(app.config["SESSION_COOKIE_NAME"], key)
        signer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")  # type: ignore[arg-type]
        self.token_word = str(signer.dumps(RAW_TOKEN))
        return self

    def page(self, url: str, status: int = 200, *, htmx: bool | str = False, **kwargs: Any) -> Page:
        """Get a page, expect a status, and hold it against the house's rules."""
        return self.read(self.get(url, htmx=htmx, **kwargs), status, whole=not htmx)

    def read(self, answer: TestResponse, status: int = 200, *, whole: bool = True) -> Page:
        """Read an answer as a page."""
        assert answer.status_code == status, f"{answer.request.path}: {answer.status} {answer.text[:600]}"
        return Page(answer.text, status=status, whole=whole, url=answer.request.path)

    def submit(self, page: Page, selector: str = "main form", status: int = 200, **values: Any) -> Page:
        """Fill a form of a page and post it as a browser would, following to the next page."""
        action, present = page.form(selector)
        posted = {name: value for name, value in {**present, **values}.items() if value is not None}
        answer = self.post(action or page.url, data=posted, csrf=False, follow_redirects=True)
        return self.read(answer, status)


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser nobody is signed in with."""
    opened = app.test_client()
    assert isinstance(opened, Browser)
    return opened


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Browser]:
    """Return a new browser signed in as `pingtang.clerk.1` and the like."""

    def make(username: str, *, proved: bool = True) -> Browser:
        opened = app.test_client()
        assert isinstance(opened, Browser)
        return opened.sign_in(username, proved=proved)

    return make


@pytest.fixture
def viewer_of(session: Session) -> Callable[[str], Viewer]:
    """Return the viewer of a user name, as services take it."""

    def load(username: str) -> Viewer:
        found = world.viewer(session, username)
        session.rollback()
        return found

    return load
