"""The queue of letters whose file is to be made: a file beside the SQLite database, or tables in PostgreSQL.

The pages put letters in, `portal.worker` takes them out. Making a file is idempotent, so a letter that waits twice, or
that a page finished meanwhile, does no harm.
"""

from dataclasses import asdict
from functools import cache

from flask import Flask
from huey import SqliteHuey
from huey.api import Huey, TaskWrapper
from sqlalchemy import make_url

from portal.config import Settings
from portal.extensions import db
from portal.services import letters
from portal.workshop import works_of


@cache
def queue_of(settings: Settings) -> Huey:
    """Return the queue of an installation."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        from huey import PostgresHuey  # noqa: PLC0415 - only where there is such a server

        return PostgresHuey("portal", dsn=url.set(drivername="postgresql").render_as_string(hide_password=False))
    return SqliteHuey("portal", filename=str(settings.files.parent / "queue.sqlite"), fsync=True)


@cache
def letter_task(settings: Settings) -> TaskWrapper:
    """Return the task that makes the file of one numbered letter; call it to put a letter into the queue."""

    def issue_letter(letter_id: int) -> None:
        with application_of(settings).app_context():
            letters.issue(db.session, letter_id, works_of(settings))

    return queue_of(settings).task(retries=3, retry_delay=5, name="issue_letter")(issue_letter)


@cache
def application_of(settings: Settings) -> Flask:
    """Return the application in which the worker makes files, built once."""
    from portal import create_app  # noqa: PLC0415 - the application itself puts letters into the queue

    return create_app(asdict(settings))
