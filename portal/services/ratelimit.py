"""A bound on how often anybody may ask without signing in; the same for every process."""

import hashlib
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.errors import Refusal
from portal.models import RateLimit

#: Windows that ended so long ago are swept when a new one begins.
KEPT = timedelta(hours=1)


class TooMany(Refusal):
    """Asked too often; nothing was looked up."""

    status = 429


def count(session: Session, kind: str, address: str, *, most: int, every: timedelta) -> None:
    """Count one request, in the caller's transaction. TooMany beyond `most` in a window of length `every`."""
    key = hashlib.sha256(f"{kind}|{address}".encode()).hexdigest()[:32]
    now = clock.now()
    row = session.scalar(select(RateLimit).where(RateLimit.key == key).with_for_update())
    if row is None or now - row.window_at >= every:
        session.execute(delete(RateLimit).where(RateLimit.window_at < now - KEPT))
        if row is not None:
            row.window_at, row.count = now, 1
            return
        with suppress(IntegrityError), session.begin_nested():  # another process has just begun the same window
            session.add(RateLimit(key=key, window_at=now, count=1))
        return
    if row.count >= most:
        seconds = int((row.window_at + every - now).total_seconds()) + 1
        raise TooMany(f"查询过于频繁，请{seconds}秒后再试")
    row.count += 1
