"""The only reader of the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_pinned: ContextVar[datetime | None] = ContextVar("pinned", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _pinned.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in Shanghai; law counts local days."""
    return now().astimezone(SHANGHAI).date()


@contextmanager
def pinned(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment inside the block: demo data live in the past, and tests on a chosen day."""
    token = _pinned.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pinned.reset(token)
