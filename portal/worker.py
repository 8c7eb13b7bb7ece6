"""The worker: makes the files of batches; every hour does what time brings about and notes the head of the event log.

Started by `huey_consumer portal.worker.huey`.
"""

from huey import crontab

from portal import create_app
from portal.config import read_settings
from portal.db import transaction
from portal.extensions import db
from portal.queue import application_of, letter_task, queue_of
from portal.services import events, letters, routine
from portal.workshop import works_of

settings = read_settings()
huey = queue_of(settings)
issue_letter = letter_task(settings)


@huey.periodic_task(crontab(minute="0"))  # type: ignore[untyped-decorator]
def anchor_log() -> None:
    """Note the head of the event log outside the database, so that a cut tail is found."""
    with create_app().app_context():
        events.note_anchor(db.session, settings.files.parent / "anchors.txt")


@huey.periodic_task(crontab(minute="5"))  # type: ignore[untyped-decorator]
@huey.on_startup()  # type: ignore[untyped-decorator]
def look_at_the_clock() -> None:
    """Free kept beds nobody came for, begin limits whose day has come."""
    with application_of(settings).app_context(), transaction(db.session) as session:
        routine.run(session)


@huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
@huey.on_startup()  # type: ignore[untyped-decorator]
def finish_what_was_left() -> None:
    """Make the files that a crash has left to be made: of the whole portal, or of one web process that was killed."""
    with application_of(settings).app_context():
        letters.recover(db.session, works_of(settings))
