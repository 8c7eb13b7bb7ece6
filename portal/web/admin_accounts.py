"""The administrator's desk for accounts: open, appoint, end, switch off, reset. Never one's own."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.utils import hash_password
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal import clock
from portal.errors import Refusal
from portal.models import User
from portal.models.people import Position
from portal.services import accounts, sessions
from portal.services.permissions import Permission
from portal.services.positions import title
from portal.web.common import HouseForm, done, page_link, read, see_other, viewer, write
from portal.web.guard import requires

pages = Blueprint("accounts", __name__, url_prefix="/admin/accounts")


class AccountForm(HouseForm):
    """A new account."""

    username = StringField(
        _l("用户名"),
        description=_l("登录用，小写字母开头，可含数字、点、短横线；开立后不再更改"),
        validators=[DataRequired(_l("请填写用户名")), Length(max=40)],
    )
    name = StringField(
        _l("姓名"), description=_l("文书上按此打印"), validators=[DataRequired(_l("请填写姓名")), Length(max=40)]
    )
    phone = StringField(_l("联系电话"), validators=[Length(max=30)])


class PersonForm(HouseForm):
    """Name and telephone."""

    name = StringField(_l("姓名"), validators=[DataRequired(_l("请填写姓名")), Length(max=40)])
    phone = StringField(_l("联系电话"), validators=[Length(max=30)])


class AppointmentForm(HouseForm):
    """A position in an organ."""

    unit_id = SelectField(_l("单位"))
    position = SelectField(_l("岗位"), choices=[SelectChoice(each.value, title("", each)) for each in Position])
    starts_on = DateField(_l("任职起"), validators=[DataRequired(_l("请填写任职开始日期"))])
    ends_on = DateField(_l("任职止"), description=_l("长期任职的不填"), validators=[Optional()])


def _appointment_form() -> AppointmentForm:
    form = AppointmentForm()
    form.unit_id.choices = [SelectChoice(str(unit.id), unit.name) for unit in accounts.portal_units(read())]
    if request.method == "GET":
        form.starts_on.data = clock.today()
    return form


@pages.get("")
@requires(Permission.ACCOUNTS_EDIT)
def index() -> str:
    """List accounts."""
    today, words = clock.today(), request.args
    found = accounts.listing(
        read(),
        text=words.get("text", "")[:60],
        unit_id=words.get("unit", type=int),
        state=words.get("state", ""),
        page=words.get("page", 1, type=int),
    )
    return render_template(
        "admin/accounts.html",
        found=found,
        rows=[_row(user, today) for user in found.rows],
        units=accounts.portal_units(read()),
        chosen=words,
        page_link=page_link,
    )


def _row(user: User, today: Any) -> dict[str, Any]:
    return {
        "user": user,
        "titles": accounts.titles_of(user, today),
        "locked": accounts.is_locked(user, clock.now()),
    }


@pages.get("/new")
@requires(Permission.ACCOUNTS_EDIT)
def new() -> str:
    """Show the form for a new account."""
    return render_template("admin/accounts_new.html", form=AccountForm())


@pages.post("/new")
@requires(Permission.ACCOUNTS_EDIT)
def create() -> AnyResponse | str | tuple[str, int]:
    """Open an account and show its one-time password, once."""
    form = AccountForm()
    if not form.validate():
        return render_template("admin/accounts_new.html", form=form), 422
    password = accounts.one_time_password()
    digest = hash_password(password)
    given = accounts.NewAccount(form.username.data or "", form.name.data or "", form.phone.data or "")
    try:
        with write() as session:
            user = accounts.create(session, given, password_hash=digest, actor_id=viewer().user_id)
    except Refusal as refusal:
        flash(refusal.sentence, "error")
        return render_template("admin/accounts_new.html", form=form), refusal.status
    return render_template("admin/accounts_password.html", account=user, password=password, created=True)


@pages.get("/<int:user_id>")
@requires(Permission.ACCOUNTS_EDIT)
def show(user_id: int) -> str:
    """Show one account with its positions and sessions."""
    return _account_page(user_id, _appointment_form())


def _account_page(user_id: int, form: AppointmentForm) -> str:
    user = accounts.one(read(), user_id)
    today = clock.today()
    return render_template(
        "admin/accounts_one.html",
        account=user,
        own=user.id == viewer().user_id,
        locked=accounts.is_locked(user, clock.now()),
        appointments=sorted(user.appointments, key=lambda held: held.id, reverse=True),
        title=title,
        today=today,
        open_sessions=len(sessions.of_user(read(), user_id, clock.now())),
        person=PersonForm(obj=user, prefix="person-"),
        form=form,
    )


@pages.post("/<int:user_id>/person")
@requires(Permission.ACCOUNTS_EDIT)
def edit(user_id: int) -> AnyResponse:
    """Correct name and telephone."""
    form = PersonForm(prefix="person-")
    if form.validate():
        with write() as session:
            accounts.rename(
                session, user_id, form.name.data or "", form.phone.data or "", actor_id=viewer().user_id
            )
        done(_("已保存"))
    else:
        flash(str(_("；")).join(str(sentence) for errors in form.errors.values() for sentence in errors), "error")
    return see_other("accounts.show", user_id=user_id)


@pages.post("/<int:user_id>/appointments")
@requires(Permission.ACCOUNTS_EDIT)
def appoint(user_id: int) -> AnyResponse | tuple[str, int]:
    """Give a position."""
    form = _appointment_form()
    if not form.validate():
        return _account_page(user_id, form), 422
    try:
        with write() as session:
            accounts.appoint(
                session,
                user_id,
                int(form.unit_id.data),
                Position(form.position.data),
                form.starts_on.data,
                form.ends_on.data,
                actor_id=viewer().user_id,
            )
    except Refusal as refusal:
        flash(refusal.sentence, "error")
        return _account_page(user_id, form), refusal.status
    done(_("已任命，本人重新登录后生效"))
    return see_other("accounts.show", user_id=user_id)


@pages.post("/appointments/<int:appointment_id>/end")
@requires(Permission.ACCOUNTS_EDIT)
def end_appointment(appointment_id: int) -> AnyResponse:
    """End a position as of today: the person loses it at once."""
    with write() as session:
        user = accounts.end_appointment(
            session, appointment_id, clock.today() - timedelta(days=1), actor_id=viewer().user_id
        )
    done(_("岗位已结束，本人的登录已全部退出"))
    return see_other("accounts.show", user_id=user.id)


@pages.post("/<int:user_id>/switch")
@requires(Permission.ACCOUNTS_EDIT)
def switch(user_id: int) -> AnyResponse:
    """Switch an account off or on."""
    active = request.form.get("active") == "1"
    with write() as session:
        accounts.switch(
            session, user_id, active=active, reason=request.form.get("reason", ""), actor_id=viewer().user_id
        )
    done(_("账户已启用") if active else _("账户已停用，本人的登录已全部退出"))
    return see_other("accounts.show", user_id=user_id)


@pages.post("/<int:user_id>/reset")
@requires(Permission.ACCOUNTS_EDIT)
def reset(user_id: int) -> str:
    """Give a one-time password and show it once."""
    password = accounts.one_time_password()
    digest = hash_password(password)
    with write() as session:
        user = accounts.reset(
            session,
            user_id,
            password_hash=digest,
            second_factor=request.form.get("second_factor") == "1",
            actor_id=viewer().user_id,
        )
    return render_template("admin/accounts_password.html", account=user, password=password, created=False)
