"""One's own account: password, second factor, open sessions, language, stand-ins; in demo mode, changing places."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user
from flask_security.utils import login_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portal import clock
from portal.errors import NotFound, Refusal
from portal.services import accounts, sessions, standins
from portal.services.permissions import Permission, needs_second_factor
from portal.web import session_store
from portal.web.common import HouseForm, done, home_url, maybe_viewer, read, see_other, settings, viewer, write
from portal.web.guard import public, requires

pages = Blueprint("account", __name__)

LANGUAGE_COOKIE = "portal_language"
YEAR = 31_536_000


@pages.get("/")
@requires(Permission.OWN_ACCOUNT)
def start() -> AnyResponse:
    """Go where this person's work begins."""
    return redirect(home_url(), 303)


@pages.get("/account")
@requires(Permission.OWN_ACCOUNT)
def index() -> str:
    """Show what the account is and where it is signed in."""
    return render_template(
        "account/index.html",
        account=current_user,
        titles=accounts.titles_of(current_user, clock.today()),
        sessions=sessions.of_user(read(), viewer().user_id, clock.now()),
        this_session=session_store.current().key_hash,
        second_factor_needed=needs_second_factor(viewer()),
        codes_left=len(current_user.mf_recovery_codes or []),
    )


@pages.post("/account/sessions/<key_hash>/end")
@requires(Permission.OWN_ACCOUNT)
def end_session(key_hash: str) -> AnyResponse:
    """End one of one's own sessions."""
    with write() as session:
        if not sessions.end_one(session, viewer().user_id, key_hash):
            raise NotFound
    if key_hash == session_store.current().key_hash:
        logout_user()
        session_store.current().clear()
        return see_other("security.login")
    done(_("那一处登录已结束"))
    return see_other("account.index")


@pages.post("/account/sessions/end-others")
@requires(Permission.OWN_ACCOUNT)
def end_other_sessions() -> AnyResponse:
    """End every session but this one."""
    with write() as session:
        sessions.end_all(session, viewer().user_id, but=session_store.current().key_hash)
    done(_("其他登录都已结束"))
    return see_other("account.index")


@pages.post("/language")
@public
def language() -> AnyResponse:
    """Choose the language: kept in the account, and in a cookie for the sign-in page."""
    chosen = "en" if request.form.get("language") == "en" else "zh"
    who = maybe_viewer()
    if who is not None:
        with write() as session:
            accounts.choose_language(session, who.user_id, chosen)
    answer = redirect(_back(), 303)
    answer.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=settings().cookie_secure
    )
    return answer


def _back() -> str:
    referrer = request.referrer or ""
    return referrer if referrer.startswith(request.host_url) else home_url()


@pages.get("/account/token")
@requires(Permission.OWN_ACCOUNT)
def token() -> Response:
    """Give a page that was open while the person signed in elsewhere its new form token."""
    return Response(generate_csrf(), mimetype="text/plain")


# -- stand-ins ---------------------------------------------------------------------------------------------------------


class LeaveForm(HouseForm):
    """Who stands in, where, from when to when."""

    unit_id = SelectField(_l("单位"))
    stand_in_id = SelectField(_l("代理人"), validators=[DataRequired(_l("请选择代理人"))])
    starts_on = DateField(_l("开始日期"), validators=[DataRequired(_l("请填写开始日期"))])
    ends_on = DateField(
        _l("结束日期"), description=_l("含当日，到期自动结束"), validators=[DataRequired(_l("请填写结束日期"))]
    )
    reason = StringField(_l("事由"), description=_l("如：年休假、外出培训"), validators=[Length(max=200)])


def _leave_form() -> LeaveForm:
    form = LeaveForm()
    own = {
        seat.unit_id: seat.unit_name
        for seat in viewer().seats
        if seat.for_user is None and seat.unit_id in standins.own_units(viewer())
    }
    form.unit_id.choices = [SelectChoice(str(unit_id), name) for unit_id, name in own.items()]
    people = standins.colleagues(read(), viewer(), clock.today())
    form.stand_in_id.choices = [SelectChoice(str(person.id), person.name) for person in people]
    return form


@pages.get("/account/stand-ins")
@requires(Permission.STAND_IN)
def stand_ins() -> str:
    """Show who stands in for whom, and the form for a new one."""
    return _stand_in_page(_leave_form())


@pages.post("/account/stand-ins")
@requires(Permission.STAND_IN)
def arrange_stand_in() -> AnyResponse | tuple[str, int]:
    """Arrange a stand-in."""
    form = _leave_form()
    if not form.validate():
        return _stand_in_page(form), 422
    leave = standins.Leave(
        int(form.stand_in_id.data),
        int(form.unit_id.data),
        form.starts_on.data,
        form.ends_on.data,
        form.reason.data or "",
    )
    try:
        with write() as session:
            standins.arrange(session, viewer(), leave)
    except Refusal as refusal:
        flash(refusal.sentence, "error")
        return _stand_in_page(form), refusal.status
    done(_("代理已设置，期间的待办会同时送到代理人"))
    return see_other("account.stand_ins")


@pages.post("/account/stand-ins/<int:delegation_id>/revoke")
@requires(Permission.STAND_IN)
def revoke_stand_in(delegation_id: int) -> AnyResponse:
    """End a stand-in at once."""
    with write() as session:
        standins.revoke(session, viewer(), delegation_id)
    done(_("代理已撤销"))
    return see_other("account.stand_ins")


def _stand_in_page(form: LeaveForm) -> str:
    today = clock.today()
    found = standins.arrangements(read(), viewer().user_id, today)
    return render_template(
        "account/stand_ins.html",
        form=form,
        mine=[(each, standins.state_of(each, today)) for each in found.mine],
        for_others=found.for_others,
    )


# -- demo mode ---------------------------------------------------------------------------------------------------------


@pages.get("/demo")
@requires(Permission.OWN_ACCOUNT)
def switch() -> str:
    """Offer the other invented accounts, to see a paper from the next desk."""
    if not (settings().demo and current_user.is_demo):
        raise NotFound
    return render_template("account/switch.html", groups=accounts.demo_accounts(read(), clock.today()))


@pages.post("/demo/enter")
@public
def enter_demo() -> AnyResponse:
    """Enter as an invented account, without password. Only in demo mode, only invented accounts."""
    user = accounts.find(read(), request.form.get("username", "")) if settings().demo else None
    if user is None or not user.is_demo or not user.active:
        raise NotFound
    logout_user()
    session_store.current().clear()
    login_user(user, remember=False, authn_via=["demo"])
    return redirect("/", 303)
