"""Signed-in browsers: the cookie carries a random key, the table its SHA-256 and the content.

A session ends after an hour without use, after twelve hours in any case, and at once when its row is deleted.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from portal.models import LoginSession

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
ANONYMOUS = timedelta(hours=1)  # a sign-in page left open
#: `seen_at` is not written on every click.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Stored:
    """The content of a living session and when it was last used."""

    data: str
    seen_at: datetime


@dataclass(frozen=True)
class Browser:
    """Where a session comes from, as shown to its owner."""

    address: str = ""
    agent: str = ""


def new_key() -> str:
    """Return 256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """Return what the table knows of a key; the table alone opens no session."""
    return hashlib.sha256(key.encode()).hexdigest()


def find(session: Session, key: str, at: datetime) -> Stored | None:
    """Return the session of a key unless it has ended."""
    row = session.execute(
        select(LoginSession.data, LoginSession.seen_at).where(LoginSession.key_hash == hashed(key), _alive(at))
    ).one_or_none()
    return Stored(*row) if row else None


def begin(session: Session, key: str, data: str, at: datetime, *, user_id: int | None, browser: Browser) -> None:
    """Store a new session; whatever has expired is swept on the way."""
    session.execute(delete(LoginSession).where(~_alive(at)))
    session.add(
        LoginSession(
            key_hash=hashed(key),
            user_id=user_id,
            data=data,
            created_at=at,
            seen_at=at,
            expires_at=at + (LONGEST if user_id else ANONYMOUS),
            address=browser.address[:60],
            agent=browser.agent[:200],
        )
    )


def keep(session: Session, key: str, data: str, at: datetime) -> None:
    """Store the changed content; a session that ended meanwhile stays ended."""
    session.execute(update(LoginSession).where(LoginSession.key_hash == hashed(key)).values(data=data, seen_at=at))


def touch(session: Session, key: str, at: datetime) -> None:
    """Note that the session was used."""
    session.execute(update(LoginSession).where(LoginSession.key_hash == hashed(key)).values(seen_at=at))


def end(session: Session, key: str) -> None:
    """End the session of a key."""
    session.execute(delete(LoginSession).where(LoginSession.key_hash == hashed(key)))


def of_user(session: Session, user_id: int, at: datetime) -> list[LoginSession]:
    """Return a person's living sessions, last used first."""
    return list(
        session.scalars(
            select(LoginSession)
            .where(LoginSession.user_id == user_id, _alive(at))
            .order_by(LoginSession.seen_at.desc())
        )
    )


def end_one(session: Session, user_id: int, key_hash: str) -> bool:
    """End one of a person's own sessions; False when there is none such."""
    gone = session.execute(
        delete(LoginSession).where(LoginSession.key_hash == key_hash, LoginSession.user_id == user_id)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def end_all(session: Session, user_id: int, *, but: str = "") -> None:
    """End every session of a person, except the one whose key hash is `but`."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.key_hash != but))


def _alive(at: datetime) -> ColumnElement[bool]:
    return and_(LoginSession.expires_at > at, LoginSession.seen_at > at - IDLE)
