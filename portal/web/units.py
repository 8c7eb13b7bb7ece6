"""The administrator's page of organs: names, seals, letter codes, and which counties count as weakly equipped (A-05)."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import Invalid
from portal.services import unit_settings
from portal.services.permissions import Permission
from portal.web.common import done, read, see_other, viewer, write
from portal.web.guard import requires

pages = Blueprint("units", __name__, url_prefix="/admin/units")


@pages.get("")
@requires(Permission.UNITS_EDIT)
def index() -> str:
    """List organs."""
    kind, text = request.args.get("kind", "portal"), request.args.get("text", "")[:40]
    page = max(request.args.get("page", 1, type=int), 1)
    found, more = unit_settings.listing(read(), kind=kind, text=text, page=page)
    return render_template(
        "admin/units.html",
        units=found,
        more=more,
        page=page,
        kind=kind,
        text=text,
        kinds=unit_settings.KIND_WORDS,
        link=lambda number: url_for("units.index", kind=kind, text=text, page=number),
    )


@pages.get("/<int:unit_id>")
@requires(Permission.UNITS_EDIT)
def show(unit_id: int) -> str:
    """Show one organ."""
    return _page(unit_id)


def _page(unit_id: int, trouble: Invalid | None = None) -> str:
    unit = unit_settings.one(read(), unit_id)
    return render_template(
        "admin/unit.html",
        unit=unit,
        kinds=unit_settings.KIND_WORDS,
        genres=unit_settings.GENRES,
        series=unit_settings.series(read(), unit),
        trouble=trouble,
        typed=request.form if trouble else {},
        crumbs=[{"label": _("单位"), "url": url_for("units.index")}, {"label": unit.name, "url": ""}],
    )


@pages.post("/<int:unit_id>")
@requires(Permission.UNITS_EDIT)
def change(unit_id: int) -> AnyResponse | tuple[str, int]:
    """Change what is kept about an organ."""
    form = request.form
    values: dict[str, Any] = {
        "name": form.get("name", "").strip()[:60],
        "short_name": form.get("short_name", "").strip()[:30],
        "phone": form.get("phone", "").strip()[:30],
        "seal_mm": form.get("seal_mm", default=0, type=int),
        "in_portal": form.get("in_portal") == "1",
        "qr_on_letters": form.get("qr_on_letters") == "1",
        "codes": {genre: form.get(f"code-{genre}", "")[:10] for genre in unit_settings.GENRES},
    }
    try:
        with write() as session:
            unit_settings.change(
                session, unit_id, values, reason=form.get("reason", ""), actor_id=viewer().user_id
            )
    except Invalid as refusal:
        return _page(unit_id, refusal), 422
    done(_("已保存"))
    return see_other("units.show", unit_id=unit_id)


@pages.post("/<int:unit_id>/weak")
@requires(Permission.UNITS_EDIT)
def declare_weak(unit_id: int) -> AnyResponse | tuple[str, int]:
    """Put a county on or off the list of A-05, with reason and date."""
    try:
        since = date.fromisoformat(request.form.get("weak_since", ""))
    except ValueError:
        since = None
    weak = request.form.get("weak") == "1"
    try:
        with write() as session:
            unit_settings.declare_weak(
                session,
                unit_id,
                weak,
                reason=request.form.get("weak_reason", ""),
                since=since,
                actor_id=viewer().user_id,
            )
    except Invalid as refusal:
        return _page(unit_id, refusal), 422
    done(_("已列为站内设施不足的县（市）") if weak else _("已从站内设施不足的县（市）中移出"))
    return see_other("units.show", unit_id=unit_id)
