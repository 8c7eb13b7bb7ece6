"""Values the prefecture may set instead of the portal's own [D], each with a reason."""

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import Invalid
from portal.services import clocks, settings
from portal.services.permissions import Permission
from portal.web.common import done, read, see_other, viewer, write
from portal.web.guard import requires

pages = Blueprint("parameters", __name__, url_prefix="/admin/parameters")


@pages.get("")
@requires(Permission.SETTINGS_EDIT)
def index() -> str:
    """Show every value with its default, and who changed it why."""
    return render_template(
        "admin/parameters.html",
        defaults=settings.DEFAULTS.values(),
        values=settings.values(read()),
        chosen=settings.chosen(read()),
    )


@pages.post("/<key>")
@requires(Permission.SETTINGS_EDIT)
def choose(key: str) -> AnyResponse:
    """Replace a value."""
    try:
        value = request.form.get("value", default=None, type=int)
        if value is None:
            raise Invalid(_("请填写整数"))
        with write() as session:
            settings.choose(
                session, key, value, reason=request.form.get("reason", "")[:200], actor_id=viewer().user_id
            )
            if limits := clocks.limits_of_setting(key):
                clocks.recount_open(session, *limits)
    except Invalid as refusal:
        flash(refusal.sentence, "error")
    else:
        done(_("已保存，按新值执行；正在计算的时限已按新值重算"))
    return see_other("parameters.index")
