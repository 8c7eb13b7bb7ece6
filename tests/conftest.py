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
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.db import Base, transaction
from portal.extensions import db
from portal.models import User
from portal.services import sessions
from portal.services.access import Viewer, load_viewer
from portal.web import sign_in as signing
from portal.web.session_store import content_words
from tests import world
from tests.page import Page

POSTGRES = os.environ.get("PORTAL_TEST_DATABASE") == "postgresql"
CHEAP_ARGON2 = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
RAW_TOKEN = "0" * 40
SAFE = {"GET", "HEAD", "OPTIONS"}


class Database:
    """A prepared database and the working copy tests write into."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder, self.name, self.template = folder, f"portal_test_{worker}", f"portal_template_{worker}"
        self.copy, self.original = folder / "portal.sqlite", folder / "template.sqlite"
        self._server = (
            create_engine("postgresql+psycopg:///postgres", isolation_level="AUTOCOMMIT") if POSTGRES else None
        )
        if self._server is not None:
            self._run(
                f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", f"DROP DATABASE IF EXISTS {self.template}"
            )
            self._run(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")

    @property
    def url(self) -> str:
        """The address of the working copy."""
        return f"postgresql:///{self.name}" if POSTGRES else f"sqlite:///{self.copy}"

    def keep(self) -> None:
        """Make what the working copy holds now the template."""
        if self._server is not None:
            self._run(f"CREATE DATABASE {self.template} TEMPLATE {self.name}")
        else:
            shutil.copy(self.copy, self.original)

    def renew(self) -> None:
        """Replace the working copy by the template. No connection may be open."""
        if self._server is not None:
            self._run(
                f"DROP DATABASE {self.name} WITH (FORCE)", f"CREATE DATABASE {self.name} TEMPLATE {self.template}"
            )
            return
        for suffix in ("-wal", "-shm"):
            Path(f"{self.copy}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.original, self.copy)

    def remove(self) -> None:
        """Leave nothing behind."""
        if self._server is not None:
            self._run(
                f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", f"DROP DATABASE IF EXISTS {self.template}"
            )
            self._server.dispose()

    def _run(self, *statements: str) -> None:
        assert self._server is not None
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
                totp_secret=signing.library().totp_factory.generate_totp_secret(),
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

    return str(hash_password(signing.library().password_util.normalize(password)))


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
        user_id = session.scalars(select(User.id).where(User.username == username)).one()
        found = load_viewer(session, user_id, clock.today())
        session.rollback()
        assert found is not None
        return found

    return load
