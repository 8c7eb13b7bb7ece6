"""The door: every request passes here first. What is not declared is refused.

A view carries `@requires(Permission.X)` or `@public`; library views are declared in `LIBRARY`. The guard reads the
viewer's rights anew from the rows of today, asks for what is still owed (a password of one's own, a second
factor), and sets the headers of every answer.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from portal import clock
from portal.errors import Forbidden, NotFound
from portal.extensions import db
from portal.services.access import load_viewer
from portal.services.permissions import Permission, allows, needs_second_factor
from portal.web.common import home_url, settings

View = TypeVar("View", bound=Callable[..., object])
Mark = Permission | str
#: Open to anybody, signed in or not.
PUBLIC: Final = "public"

#: Views that libraries bring. The rest of what they bring is closed.
LIBRARY: Mapping[str, Mark] = {
    "static": PUBLIC,
    "security.login": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.logout": PUBLIC,
    "security.verify": Permission.OWN_ACCOUNT,
    "security.change_password": Permission.OWN_ACCOUNT,
    "security.two_factor_setup": Permission.OWN_ACCOUNT,
    "security.two_factor_setup_validate": Permission.OWN_ACCOUNT,
    "security.mf_recovery_codes": Permission.OWN_ACCOUNT,
}
CLOSED: Final = frozenset({"security.static", "security.two_factor_rescue", "security.tf_select"})
#: Steps of signing in: whoever is in already is led home (the library would sign them out, by a mere link).
ON_THE_WAY_IN: Final = frozenset({"security.two_factor_token_validation", "security.mf_recovery"})
#: Reachable while a password of one's own or a second factor is still owed.
OWED_PAGES: Final = frozenset(
    {
        "static",
        "health.healthz",
        "account.language",
        "account.token",
        "security.logout",
        "security.verify",
        "security.change_password",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.mf_recovery_codes",
    }
)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; object-src 'none'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only viewers whom the policy allows `permission`."""

    def mark(view: View) -> View:
        view.__dict__["permission"] = permission
        return view

    return mark


def public(view: View) -> View:
    """Mark a view: anybody, without signing in."""
    view.__dict__["permission"] = PUBLIC
    return view


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """Return what an endpoint demands: a permission, PUBLIC, or None when nobody said (then it is closed)."""
    if endpoint in LIBRARY:
        return LIBRARY[endpoint]
    found: Mark | None = getattr(app.view_functions[endpoint], "permission", None)
    return found


def install(app: Flask) -> None:
    """Stand before every view, and behind every answer."""
    app.before_request(_check_origin)
    app.before_request(_check_viewer)
    app.after_request(_set_headers)


def _check_origin() -> None:
    """Refuse a write that another site made the browser send; the CSRF token is the second lock."""
    if request.method in SAFE:
        return
    origin, fetch_site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden(_("请求来自其他网站，系统没有办理"))
    if fetch_site not in {None, "same-origin", "none"}:
        raise Forbidden(_("请求来自其他网站，系统没有办理"))


def _check_viewer() -> AnyResponse | None:
    endpoint = request.endpoint
    if endpoint is None:  # no such address, or not with this method: Flask says so
        _read_viewer()
        return None
    if endpoint in CLOSED:
        raise NotFound
    mark = mark_of(current_app, endpoint)
    if mark is None:
        raise Forbidden(_("这一功能没有登记权限，不能使用"))
    if endpoint == "static":
        return None
    _read_viewer()
    if g.viewer is None:
        return None if mark == PUBLIC else sign_in_first()
    if endpoint in ON_THE_WAY_IN:
        return redirect(home_url(), 303)
    g.owed = _owed()
    if g.owed and endpoint not in OWED_PAGES:
        target, sentence = g.owed
        flash(sentence, "warning")
        return _go(url_for(target))
    if isinstance(mark, Permission) and not allows(g.viewer, mark):
        raise Forbidden(_("您当前的岗位没有这项功能的权限"))
    return None


def _read_viewer() -> None:
    g.viewer = None
    if not current_user.is_authenticated:
        return
    g.viewer = load_viewer(db.session, current_user.id, clock.today())
    if g.viewer is None:
        logout_user()


def _owed() -> tuple[str, str] | None:
    """Return what a person owes before anything else, and why: an own password, a second factor, recovery codes."""
    if current_user.is_demo and settings().demo:
        return None
    if current_user.password_changed_at is None:
        return "security.change_password", _("您正在使用一次性密码，请先设置自己的密码")
    if settings().demo or not needs_second_factor(g.viewer):
        return None
    if not current_user.tf_totp_secret:
        return "security.two_factor_setup", _("签发、用印岗位须先绑定动态口令")
    if not current_user.mf_recovery_codes:
        return "security.mf_recovery_codes", _("请生成备用口令并妥善保存，手机丢失时凭它登录")
    return None


def sign_in_first() -> AnyResponse:
    """Answer a request that needs signing in: a page is sent there; a region learns it by status and header.

    A sign-in page never lands inside a region: htmx follows HX-Redirect, or the page keeps its unsaved text and
    offers to sign in beside it.
    """
    here = request.full_path.rstrip("?") if request.method == "GET" and not request.htmx else ""  # type: ignore[attr-defined]
    target = url_for("security.login", next=here if here not in {"", "/"} else None)
    if request.htmx or request.headers.get("X-Autosave"):  # type: ignore[attr-defined]
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def _go(target: str) -> AnyResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings().cookie_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "security.logout":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.vary.add("HX-Request")
    if request.endpoint == "static":
        hashed = "v" in request.args
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
