"""Refusals and failures as pages: what happened, what is safe, what to do next."""

import secrets
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import Conflict, Invalid, NotFound, Refusal
from portal.extensions import db
from portal.web.common import ProofNeeded, home_url

KNOWN = frozenset({400, 403, 404, 409, 413, 422, 429, 500})


def install(app: Flask) -> None:
    """Answer every refusal and failure."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(ProofNeeded, _proof_needed)
    app.register_error_handler(CSRFError, _token_missing)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def error_page(status: int, **words: object) -> Response:
    """Draw the page of a status; htmx takes its #error region and shows it above the page still open."""
    code = status if status in KNOWN else (500 if status >= 500 else 400)
    g.setdefault("viewer", None)
    if g.viewer is None:
        words["language_url"] = ""  # its token would begin a session for every passing stranger
    body = render_template(f"errors/{code}.html", back_url=_back(), home_url=home_url(), **words)
    return make_response(body, status)


def _back() -> str:
    """Return the page the person came from, if it is one of ours and not this one."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or came_from.path == request.path:
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _refused(refusal: Refusal) -> Response:
    words: dict[str, object] = {}
    if not isinstance(refusal, NotFound):  # absent and foreign are told alike
        words["happened"] = refusal.sentence.rstrip("。") + "。"
    if isinstance(refusal, Invalid):
        words["problems"] = refusal.problems
    return error_page(refusal.status, **words)


def _proof_needed(refusal: ProofNeeded) -> AnyResponse:
    flash(refusal.sentence, "warning")
    target = url_for("security.verify", next=refusal.back)
    if request.htmx:  # type: ignore[attr-defined]
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def _token_missing(_error: CSRFError) -> AnyResponse:
    if request.endpoint == "security.login":  # the sign-in page was left open too long
        flash(_("登录页停留过久，请重新输入"), "warning")
        return redirect(url_for("security.login"), 303)
    return error_page(400)


def _overtaken(_error: StaleDataError) -> Response:
    db.session.rollback()
    return _refused(Conflict(_("在您打开本页之后，已有同事保存或办理，您的这次操作没有执行")))


def _http(error: HTTPException) -> AnyResponse:
    if error.code is not None and error.code < 400:
        return error.get_response()
    answer = error_page(error.code or 500)
    if error.code == 405 and getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer


def _failed(error: Exception) -> Response:
    if current_app.testing and not current_app.config.get("SHOW_FAILURES"):
        raise error
    reference = secrets.token_hex(4)
    current_app.logger.error("failure %s at %s", reference, request.endpoint, exc_info=error)
    db.session.rollback()
    try:
        return error_page(500, reference=reference)
    except Exception:  # the frame itself needs the database
        current_app.logger.exception("failure %s: no page either", reference)
        return make_response(
            f"系统出了问题，错误编号 {reference}。\n", 500, {"Content-Type": "text/plain; charset=utf-8"}
        )
