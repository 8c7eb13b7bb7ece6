"""Custody contractors: the list, and one page per contractor with its papers, persons, quota and expiry."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from portal.services import contractors, recordfile, records
from portal.services.permissions import Permission
from portal.services.positions import desk_title
from portal.web.common import read, viewer
from portal.web.guard import requires

pages = Blueprint("contractors", __name__, url_prefix="/contractors")


@pages.get("")
@requires(Permission.CONTRACTORS_READ)
def index() -> str:
    """List the contractors of the viewer's scope."""
    state = request.args.get("state", "")
    return render_template(
        "contractors/index.html",
        rows=contractors.listing(read(), viewer(), state),
        state=state,
        states=contractors.STATE_WORDS,
        kinds=contractors.KIND_WORDS,
    )


@pages.get("/<uuid:uuid>")
@requires(Permission.CONTRACTORS_READ)
def show(uuid: UUID) -> str:
    """Show one contractor."""
    contractor = records.contractor(read(), viewer(), uuid)
    whole = contractors.load(read(), viewer(), contractor)
    return render_template(
        "contractors/show.html",
        whole=whole,
        file=whole.file,
        contractor=contractor,
        states=contractors.STATE_WORDS,
        kinds=contractors.KIND_WORDS,
        desk_title=desk_title,
        kind_of_file=recordfile.kind_of_file,
        crumbs=[
            {"label": _("托养机构"), "url": url_for("contractors.index")},
            {"label": contractor.name, "url": ""},
        ],
    )
