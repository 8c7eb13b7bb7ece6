"""Beds of the central station."""

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import Conflict, Refusal
from portal.services import beds
from portal.services.permissions import Permission
from portal.web.common import done, read, see_other, viewer, write
from portal.web.guard import requires

pages = Blueprint("beds", __name__, url_prefix="/beds")


@pages.get("")
@requires(Permission.BEDS_READ)
def index() -> str:
    """Show every bed and who has it."""
    found = beds.wards(read(), viewer())
    return render_template("beds/index.html", wards=found, words=beds.WARD_WORDS)


@pages.post("")
@requires(Permission.BEDS_EDIT)
def add() -> AnyResponse:
    """Add a bed."""
    try:
        with write() as session:
            bed = beds.add(session, viewer(), request.form.get("ward", ""), request.form.get("label", ""))
            done(_("已增加床位%(label)s", label=bed.label))
    except Refusal as refusal:
        flash(refusal.sentence, "error")
    return see_other("beds.index")


@pages.post("/remove")
@requires(Permission.BEDS_EDIT)
def remove() -> AnyResponse:
    """Take a free bed away."""
    try:
        with write() as session:
            label = beds.remove(session, viewer(), request.form.get("bed", default=0, type=int)).label
            done(_("已撤销床位%(label)s", label=label))
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return see_other("beds.index")
