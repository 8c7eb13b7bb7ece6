"""Ledgers on screen, as a spreadsheet and as a landscape page; what leaves the portal is written down."""

from dataclasses import replace

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from pdf import render
from portal import clock
from portal.errors import Forbidden, NotFound
from portal.services import ledgers, tables
from portal.services.ledgerlines import Wanted
from portal.services.ledgers import LEDGERS, Ledger
from portal.services.permissions import Permission, allows
from portal.web.common import read, see_other, viewer, write
from portal.web.guard import requires
from portal.web.registers import XLSX

pages = Blueprint("ledgers", __name__, url_prefix="/ledgers")


@pages.get("")
@requires(Permission.DOCUMENT_READ)
def index() -> AnyResponse:
    """Open the first ledger the viewer may read."""
    return see_other("ledgers.show", key=_readable()[0].key)


def _readable() -> list[Ledger]:
    return [ledger for ledger in LEDGERS.values() if allows(viewer(), ledger.permission)]


def _ledger(key: str) -> Ledger:
    ledger = ledgers.find(key)
    if not allows(viewer(), ledger.permission):
        raise Forbidden(_("您的岗位不查看这份台账"))
    return ledger


def _wanted() -> Wanted:
    year = request.values.get("year", type=int)
    return Wanted(year if year and 2000 <= year <= 2100 else None, request.values.get("text", "").strip()[:40])


@pages.get("/<key>")
@requires(Permission.DOCUMENT_READ)
def show(key: str) -> str:
    """Show a ledger, narrowed by year and by a word."""
    ledger, wanted = _ledger(key), _wanted()
    found = ledgers.lines(read(), viewer(), ledger, replace(wanted, most=ledgers.SHOWN + 1))
    return render_template(
        "ledgers/show.html",
        ledger=ledger,
        ledgers=_readable(),
        wanted=wanted,
        total=len(found[: ledgers.SHOWN]),
        more=len(found) > ledgers.SHOWN,
        years=range(clock.today().year, clock.today().year - 5, -1),
        rows=[
            {"cells": cells, "about": ledger.about(line)}
            for cells, line in zip(tables.cells(ledger.columns, found[: ledgers.SHOWN]), found, strict=False)
        ],
    )


@pages.post("/<key>/<form>")
@requires(Permission.EXPORT)
def take_out(key: str, form: str) -> Response:
    """Give the whole ledger, as narrowed, as XLSX or, to be printed, as PDF."""
    ledger, wanted = _ledger(key), _wanted()
    if form not in {"xlsx", "pdf"}:
        raise NotFound
    found = ledgers.lines(read(), viewer(), ledger, wanted)
    home = viewer().home
    unit = home.unit_name if home else ""
    if form == "xlsx":
        data = tables.workbook(ledger.title, f"{unit}{ledger.title}（{clock.today()}）", ledger.columns, found)
        mime, how = XLSX, "attachment"
    else:
        data = render.render(tables.face(ledger.title, unit, ledger.columns, found)).pdf
        mime, how = "application/pdf", "inline"
    with write() as store:
        kind = "register_exported" if form == "xlsx" else "register_printed"
        ledgers.write_down(store, viewer(), kind, ledger, len(found))
    name = f"{key}-{clock.today()}.{form}"
    return Response(data, mimetype=mime, headers={"Content-Disposition": f'{how}; filename="{name}"'})
