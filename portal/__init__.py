"""The application: what happens to a paper, and the pages that show it."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import cli, commands
from portal.config import ROOT, read_settings
from portal.db import prepare_engine
from portal.extensions import alembic, babel, csrf, db, htmx
from portal.web import common, faults, guard, register_pages, session_store, sign_in

MAX_REQUEST = 64 * 1024 * 1024  # bytes: three scans of 20 MB and the form around them


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the application.

    `config` holds fields of `portal.config.Settings` in lower case (they win over PORTAL_* in the environment) and
    Flask's own settings in upper case.
    """
    given = dict(config or {})
    settings = read_settings(given={key: value for key, value in given.items() if key.islower()})
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.extensions["settings"] = settings
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINES={"default": settings.database_url},
        ALEMBIC={"script_location": str(ROOT / "migrations" / "versions")},
        ALEMBIC_CONTEXT={"render_as_batch": True, "transactional_ddl": True},
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        SESSION_COOKIE_NAME="__Host-portal" if settings.cookie_secure else "portal_session",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_PROTECTION=None,  # the session is ours to end; a changed address proves nothing
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        **sign_in.configuration(settings),
    )
    app.config.update({key: value for key, value in given.items() if key.isupper()})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.session_interface = session_store.DatabaseSessions()

    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    alembic.init_app(app)
    babel.init_app(app, locale_selector=common.choose_locale)
    htmx.init_app(app)
    guard.install(app)  # before every other hook: nothing runs for a request that is refused
    csrf.init_app(app)
    sign_in.install(app)
    common.install(app)
    faults.install(app)
    register_pages(app)
    commands.install(app)
    cli.install(app)
    app.url_defaults(_stamp_static)
    return app


def _stamp_static(endpoint: str, values: dict[str, Any]) -> None:
    """Put a digest into the address of a static file, so that it may be cached for ever."""
    if endpoint == "static" and "filename" in values:
        path = ROOT / "static" / values["filename"]
        if path.is_file():
            values["v"] = _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
