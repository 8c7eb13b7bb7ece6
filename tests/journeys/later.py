"""The portal on days of the story's own: its clock runs on from the moment the story says, so that months pass in a minute.

The processes of such a portal load it in place of `wsgi` and `portal.worker`. Only the clock is another one.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from portal import clock

#: Holds the seconds by which the portal's clock is ahead of (or behind) the real one.
AHEAD = Path(os.environ["STORY_AHEAD"])
_present = clock.now


def _now() -> datetime:
    pinned = clock._pinned.get()  # what is told by program keeps its own hour
    return pinned or _present() + timedelta(seconds=float(AHEAD.read_text()))


mock.patch.object(clock, "now", _now).start()

from portal.worker import huey  # noqa: E402, F401
from wsgi import app  # noqa: E402, F401
