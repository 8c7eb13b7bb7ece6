"""What every page uses: the viewer, the one way to write, rendering, and the frame around a page."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.utils import check_and_update_authn_fresh
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal import clock
from portal.config import Settings
from portal.db import transaction
from portal.errors import Refusal
from portal.extensions import db
from portal.services.access import Seat, Viewer
from portal.services.permissions import Permission, allows
from portal.services.positions import title
from portal.services.records import fields_of
from portal.web import words

#: How long a proof of identity is good for signing and numbering.
FRESH_FOR = timedelta(minutes=10)


class ProofNeeded(Refusal):
    """The act asks for a fresh proof of identity; `back` is the page to come back to."""

    status = 401

    def __init__(self, back: str) -> None:
        super().__init__(_("签发、用印前请再次确认本人身份"))
        self.back = back


def settings() -> Settings:
    """Return how this installation runs."""
    found = current_app.extensions["settings"]
    assert isinstance(found, Settings)
    return found


def viewer() -> Viewer:
    """Return who is looking. Only for views behind `@requires`."""
    assert g.viewer is not None, "this view needs a permission mark"
    found: Viewer = g.viewer
    return found


def maybe_viewer() -> Viewer | None:
    """Return who is looking, None when nobody is signed in. For public views."""
    found: Viewer | None = g.get("viewer")
    return found


def read() -> Session:
    """Return the session of this request, for reading."""
    return db.session


def write() -> AbstractContextManager[Session]:
    """Open one write transaction: all of the block or nothing of it."""
    return transaction(db.session)


def see_other(endpoint: str, **values: Any) -> Response:
    """Answer a post by sending the browser to a page (303). htmx follows and picks its region from it."""
    return redirect(url_for(endpoint, **values), 303)


def page_link(number: int) -> str:
    """Return the address of another page of the present list, for the pager macro."""
    return url_for(
        request.endpoint or "", **{**(request.view_args or {}), **request.args.to_dict(), "page": number}
    )


def done(sentence: str) -> None:
    """Say on the next page what was done."""
    flash(sentence, "success")


def is_fresh() -> bool:
    """Tell whether the viewer proved their identity within the last ten minutes."""
    return settings().demo or bool(check_and_update_authn_fresh(FRESH_FOR, timedelta(0)))


def require_fresh(back: str) -> None:
    """Ask for a fresh proof of identity before an act that binds an organ (SIGN, NUMBER); nothing in demo mode.

    Raises ProofNeeded, which sends the browser to the proof and then to `back`.
    """
    if not is_fresh():
        raise ProofNeeded(back)


class HouseForm(FlaskForm):
    """A form whose sentences are words, not promises of words: the macros print strings."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the boxes; the sentences are told in the language of the page."""
        right = bool(super().validate(extra_validators))
        say(self)
        return right


def say(form: FlaskForm) -> None:
    """Translate the sentences that stand at the boxes of a form now."""
    for field in form:
        field.errors = [str(sentence) for sentence in field.errors]


# -- the frame ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A line of the main navigation."""

    label: Any
    endpoint: str
    icon: str
    permission: Permission
    tab: bool = False  # also in the bar at the foot of a phone
    section: str = ""  # endpoints with this prefix light it up


#: Groups of the main navigation, in the order of a working day.
NAVIGATION: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(_l("工作台"), "worklists.home", "home", Permission.WORKBENCH, tab=True),
            Entry(_l("受助人员"), "cases.index", "people", Permission.CASE_READ, tab=True, section="cases."),
            Entry(
                _l("文书"), "documents.index", "document", Permission.DOCUMENT_READ, tab=True, section="documents."
            ),
            Entry(
                _l("托养机构"),
                "contractors.index",
                "building",
                Permission.CONTRACTORS_READ,
                section="contractors.",
            ),
            Entry(_l("时限"), "deadlines.index", "clock", Permission.DOCUMENT_READ, section="deadlines."),
            Entry(_l("文印"), "print_desk.index", "stamp", Permission.PRINT_DESK, section="print_desk."),
        ),
    ),
    (
        _l("特殊群体"),
        (
            Entry(_l("一人一档"), "groups.index", "folder", Permission.GROUPS_READ, tab=True),
            Entry(_l("问题清单"), "groups.problem_list", "warning", Permission.GROUPS_READ),
            Entry(_l("排查批次"), "groups.campaign_list", "megaphone", Permission.GROUPS_READ),
        ),
    ),
    (
        _l("台账与设置"),
        (
            Entry(_l("收发文登记"), "registers.index", "book", Permission.REGISTERS_READ, section="registers."),
            Entry(_l("台账"), "ledgers.index", "folder", Permission.DOCUMENT_READ, section="ledgers."),
            Entry(_l("床位"), "beds.index", "inbox", Permission.BEDS_READ, section="beds."),
            Entry(_l("单位设置"), "own_unit.index", "building", Permission.UNIT_CODES, section="own_unit."),
        ),
    ),
    (
        _l("系统管理"),
        (
            Entry(
                _l("账户与岗位"),
                "accounts.index",
                "person-plus",
                Permission.ACCOUNTS_EDIT,
                tab=True,
                section="accounts.",
            ),
            Entry(_l("单位"), "units.index", "building", Permission.UNITS_EDIT, section="units."),
            Entry(_l("工作日历"), "calendar.index", "calendar", Permission.CALENDAR_LOAD, section="calendar."),
            Entry(_l("参数"), "parameters.index", "settings", Permission.SETTINGS_EDIT, section="parameters."),
            Entry(_l("操作记录"), "audit.index", "shield", Permission.AUDIT_VERIFY, section="audit."),
        ),
    ),
)


def home_url() -> str:
    """Return the page a person starts from."""
    who = maybe_viewer()
    if who is None:
        return url_for("security.login")
    for _label, entries in NAVIGATION:
        for entry in entries:
            if entry.endpoint in current_app.view_functions and allows(who, entry.permission):
                return url_for(entry.endpoint)
    return url_for("account.index")


def _navigation(who: Viewer) -> Iterator[dict[str, Any]]:
    here = request.endpoint or ""
    for label, entries in NAVIGATION:
        items = [
            {
                "label": entry.label,
                "url": url_for(entry.endpoint),
                "icon": entry.icon,
                "active": here == entry.endpoint or bool(entry.section and here.startswith(entry.section)),
                "tab": entry.tab,
                "count": 0,
            }
            for entry in entries
            if entry.endpoint in current_app.view_functions and allows(who, entry.permission)
        ]
        if items:
            yield {"label": label, "items": items}


def seat_title(seat: Seat) -> str:
    """Return what a seat is called: 站长, 分管副局长, 文印员 …"""
    return words.translated(title(seat.unit_kind, seat.position))


def language() -> str:
    """Return zh or en, as the page is drawn."""
    return "en" if str(get_locale()).startswith("en") else "zh"


def frame_context() -> dict[str, Any]:
    """Return what the page frames read: shell, nav, language, version."""
    who = maybe_viewer()
    common = {
        "language": language(),
        "language_url": url_for("account.language"),
        "version": settings().version,
        "foot_links": [
            {"label": label, "url": _optional(endpoint)}
            for label, endpoint in ((_("文书核验"), "check.index"), (_("时限测算"), "deadlines.calculator"))
            if _optional(endpoint)
        ],
    }
    if who is None:
        return {**common, "shell": None, "nav": [], "viewer": None, "demo": settings().demo}
    home = who.home
    absent = [seat for seat in who.seats if seat.for_user is not None]
    shell = {
        **common,
        "person": who.name,
        "unit": home.unit_name if home else "",
        "position": str(_("、")).join(
            dict.fromkeys(seat_title(seat) for seat in who.seats if seat.for_user is None)
        ),
        "on_leave_for": _standing_in(absent),
        "home_url": home_url(),
        "search_url": _optional("search.index") if allows(who, Permission.SEARCH) else "",
        "account_url": url_for("account.index"),
        "delegation_url": url_for("account.stand_ins") if allows(who, Permission.STAND_IN) else "",
        "sign_out_url": url_for("security.logout"),
        "sign_in_url": url_for("security.login"),
        "token_url": url_for("account.token"),
        "switch_url": url_for("account.switch") if settings().demo and current_user.is_demo else "",
    }
    return {
        **common,
        "shell": shell,
        "nav": list(_navigation(who)),
        "viewer": who,
        "demo": settings().demo,
        "allowed": lambda permission: allows(who, Permission(permission)),
        "is_fresh": is_fresh,
        "owed": g.get("owed"),
    }


def _standing_in(absent: list[Seat]) -> str:
    if not absent:
        return ""
    seats = str(_("、")).join(
        dict.fromkeys(_("%(unit)s%(desk)s", unit=seat.unit_name, desk=seat_title(seat)) for seat in absent)
    )
    return str(_("您正在代理：%(seats)s。代办的每一步都会注明。", seats=seats))


def _optional(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def choose_locale() -> str:
    """Return the language of the person, else of the browser's choice on our sign-in page, else Chinese."""
    chosen = ""
    if current_user and current_user.is_authenticated:
        chosen = current_user.language
    return "en" if (chosen or request.cookies.get("portal_language", "")) == "en" else "zh_Hans_CN"


def local_time(moment: Any, form: str = "%Y-%m-%d %H:%M") -> str:
    """Print an instant as Shanghai time; an empty one as nothing."""
    return moment.astimezone(clock.SHANGHAI).strftime(form) if moment else ""


def browser(agent: str) -> str:
    """Name browser and system of a User-Agent line, as far as a person needs to know their own machine."""
    named = [word for word in ("Edg", "Firefox", "Chrome", "Safari") if f"{word}/" in agent][:1]
    system = [
        name
        for mark, name in (
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        )
        if mark in agent
    ][:1]
    return " · ".join([word.replace("Edg", "Edge") for word in named] + system) or str(_("未知设备"))


def install(app: Flask) -> None:
    """Give templates the frame and the filters."""
    app.context_processor(frame_context)
    app.add_template_filter(local_time)
    app.add_template_filter(browser)
    app.add_template_global(fields_of, "subject_fields")
    words.install(app)
