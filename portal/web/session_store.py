"""Flask's session kept in the database, so that signing out, or losing a position, ends it everywhere."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response
from flask import request as current_request
from flask import session as current_session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from portal import clock
from portal.db import transaction
from portal.extensions import db
from portal.services import sessions

content_words = TaggedJSONSerializer()
#: The account a session belongs to; set at sign-in, read when the row is made.
ACCOUNT = "account"


class KeptSession(CallbackDict[str, Any], SessionMixin):
    """The content of one session. `key` is None until it is first stored."""

    def __init__(self, content: dict[str, Any] | None = None, key: str | None = None, touch: bool = False) -> None:
        def changed(_self: Any) -> None:
            self.modified = True

        super().__init__(content or {}, changed)
        self.key = key
        self.touch = touch
        self.left: str | None = None  # a key given up at sign-in
        self.modified = False
        self.new = key is None

    @property
    def key_hash(self) -> str:
        """What the table calls this session; empty while it is not stored."""
        return sessions.hashed(self.key) if self.key else ""

    def renew(self) -> None:
        """Give up the key: whoever knew it before sign-in knows nothing now."""
        self.left, self.key = self.key, None
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Reads and writes `login_session`. Own short transactions: a request that fails still keeps its session."""

    def open_session(self, app: Flask, request: Request) -> KeptSession:
        """Find the session of the cookie; a static file needs none."""
        key = request.cookies.get(self.get_cookie_name(app), "")
        if not key or len(key) > 100 or request.path.startswith(f"{app.static_url_path}/"):
            return KeptSession()
        at = clock.now()
        with db.sessionmaker() as session:
            stored = sessions.find(session, key, at)
        if stored is None:
            return KeptSession()
        return KeptSession(
            content_words.loads(stored.data), key, touch=at - stored.seen_at >= sessions.TOUCH_EVERY
        )

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed, and tell the browser its new key."""
        assert isinstance(session, KeptSession)
        name = self.get_cookie_name(app)
        if session.left:
            self._write(sessions.end, session.left)
        if session.modified and not session:
            if session.key:
                self._write(sessions.end, session.key)
                response.delete_cookie(name, path="/", secure=self.get_cookie_secure(app), httponly=True)
            return
        if session.key and session.modified:
            self._write(sessions.keep, session.key, content_words.dumps(dict(session)), clock.now())
        elif session.key and session.touch:
            self._write(sessions.touch, session.key, clock.now())
        elif session.modified:
            self._begin(app, session, response)

    def _begin(self, app: Flask, session: KeptSession, response: Response) -> None:
        session.key = sessions.new_key()
        with db.sessionmaker() as store, transaction(store):
            sessions.begin(
                store,
                session.key,
                content_words.dumps(dict(session)),
                clock.now(),
                user_id=session.get(ACCOUNT),
                browser=sessions.Browser(current_request.remote_addr or "", current_request.user_agent.string),
            )
        response.set_cookie(
            self.get_cookie_name(app),
            session.key,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )

    @staticmethod
    def _write(act: Callable[..., None], *values: Any) -> None:
        with db.sessionmaker() as store, transaction(store):
            act(store, *values)


def current() -> KeptSession:
    """Return the session of this request."""
    kept = current_session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(kept, KeptSession)
    return kept
