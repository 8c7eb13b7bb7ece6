"""The worker: makes the files of batches and notes the head of the event log outside the database every hour.

Started by `huey_consumer portal.worker.huey`. The queue is a file beside the SQLite database, or tables in PostgreSQL.
"""

from huey import SqliteHuey, crontab
from huey.api import Huey
from sqlalchemy import make_url

from portal import create_app
from portal.config import Settings, read_settings
from portal.extensions import db
from portal.services import events, letters
from portal.workshop import works_of


def _queue(settings: Settings) -> Huey:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        from huey import PostgresHuey

        return PostgresHuey("portal", dsn=url.set(drivername="postgresql").render_as_string(hide_password=False))
    return SqliteHuey("portal", filename=str(settings.files.parent / "queue.sqlite"), fsync=True)


settings = read_settings()
huey = _queue(settings)


@huey.task(retries=3, retry_delay=5)
def issue_letter(letter_id: int) -> None:
    """Make the file of one numbered letter; harmless when it is made already."""
    with create_app().app_context():
        letters.issue(db.session, letter_id, works_of(settings))


@huey.periodic_task(crontab(minute="0"))
def anchor_log() -> None:
    """Note the head of the event log outside the database, so that a cut tail is found."""
    with create_app().app_context():
        events.note_anchor(db.session, settings.files.parent / "anchors.txt")
