"""Whether the portal answers and its database with it."""

from flask import Blueprint, Response
from sqlalchemy import text

from portal.extensions import db
from portal.web.guard import public

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@public
def healthz() -> Response:
    """Say ok when the database answers; the error page says 500 otherwise."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
