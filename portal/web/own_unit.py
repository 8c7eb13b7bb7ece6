"""An organ's own settings: it confirms its letter codes before the first number is drawn."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import Invalid
from portal.services import unit_settings
from portal.services.permissions import Permission
from portal.web.common import done, read, see_other, viewer, write
from portal.web.guard import requires

pages = Blueprint("own_unit", __name__, url_prefix="/unit")


@pages.get("")
@requires(Permission.UNIT_CODES)
def index() -> str:
    """Show the letter codes of the viewer's organs and the numbers drawn so far."""
    return _page()


def _page(trouble: Invalid | None = None, unit_id: int = 0) -> str:
    units = unit_settings.own(read(), viewer())
    return render_template(
        "admin/own_unit.html",
        units=[(unit, unit_settings.series(read(), unit)) for unit in units],
        genres=unit_settings.GENRES,
        trouble=trouble,
        troubled=unit_id,
        typed=request.form if trouble else {},
    )


@pages.post("/<int:unit_id>/codes")
@requires(Permission.UNIT_CODES)
def confirm(unit_id: int) -> AnyResponse | tuple[str, int]:
    """Set and confirm an organ's letter codes."""
    codes = {genre: request.form.get(f"code-{genre}", "")[:10] for genre in unit_settings.GENRES}
    try:
        with write() as session:
            unit = unit_settings.confirm_codes(session, viewer(), unit_id, codes)
    except Invalid as refusal:
        return _page(refusal, unit_id), 422
    done(_("%(unit)s的发文机关代字已确认，可以编号", unit=unit.name))
    return see_other("own_unit.index")
