"""发文、收文、用印、打印登记簿 on screen, as a spreadsheet and as a landscape page; what leaves the portal is written down."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from pdf import render
from portal import clock
from portal.errors import NotFound
from portal.models import Unit
from portal.services import registers, tables
from portal.services.permissions import Permission
from portal.services.registers import REGISTERS, Register
from portal.web.common import read, see_other, viewer, write
from portal.web.guard import requires

pages = Blueprint("registers", __name__, url_prefix="/registers")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@requires(Permission.REGISTERS_READ)
def index() -> AnyResponse:
    """Open the register of what went out."""
    return see_other("registers.show", key="outgoing")


@pages.get("/<key>")
@requires(Permission.REGISTERS_READ)
def show(key: str) -> str:
    """Show a page of a register for an organ and a year."""
    register = _register(key)
    units = registers.units_of(read(), viewer())
    unit = _unit(units, request.args.get("unit", type=int))
    year = _year(request.args.get("year", type=int))
    page = max(request.args.get("page", 1, type=int), 1)
    lines = registers.rows(read(), register, unit, year, page)
    more, lines = len(lines) > registers.PAGE, lines[: registers.PAGE]
    return render_template(
        "registers/show.html",
        register=register,
        registers=REGISTERS.values(),
        units=units,
        unit=unit,
        year=year,
        years=registers.years(read(), [each.id for each in units], clock.today()),
        rows=[
            {"cells": cells, "paper": registers.paper_of(line), "tone": "void" if registers.is_void(line) else ""}
            for cells, line in zip(tables.cells(register.columns, lines), lines, strict=True)
        ],
        page=page,
        more=more,
        link=lambda number: url_for("registers.show", key=key, unit=unit.id, year=year, page=number),
    )


def _register(key: str) -> Register:
    if key not in REGISTERS:
        raise NotFound(_("没有这种登记簿"))
    return REGISTERS[key]


def _unit(units: list[Unit], wanted: int | None) -> Unit:
    """Return the organ asked for, the viewer's own first; NotFound for a foreign one."""
    if not units:
        raise NotFound
    if wanted is None:
        home = viewer().home
        return next((unit for unit in units if home and unit.id == home.unit_id), units[0])
    found = next((unit for unit in units if unit.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _year(wanted: int | None) -> int:
    return wanted if wanted is not None and 2000 <= wanted <= 2100 else clock.today().year


@pages.post("/<key>/<form>")
@requires(Permission.EXPORT)
def take_out(key: str, form: str) -> Response:
    """Give the whole register of a year as XLSX or, to be printed, as PDF."""
    register = _register(key)
    unit = _unit(registers.units_of(read(), viewer()), request.form.get("unit", type=int))
    year = _year(request.form.get("year", type=int))
    if form not in {"xlsx", "pdf"}:
        raise NotFound
    lines = registers.rows(read(), register, unit, year)
    if form == "xlsx":
        data, mime, how = registers.workbook(register, lines, unit, year), XLSX, "attachment"
    else:
        data, mime, how = (
            render.render(registers.face(register, lines, unit, year)).pdf,
            "application/pdf",
            "inline",
        )
    kind = "register_exported" if form == "xlsx" else "register_printed"
    with write() as store:
        registers.write_down(store, viewer(), kind, register, unit, year, len(lines))
    name = f"{key}-{unit.code}-{year}.{form}"
    return Response(data, mimetype=mime, headers={"Content-Disposition": f'{how}; filename="{name}"'})
