"""The working-day calendar: a year at a glance, and the official arrangement loaded each November (R-06)."""

from collections.abc import Mapping
from contextlib import closing
from datetime import date

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from forms.kit.limits import LIMITS
from forms.kit.rules import Problem
from portal import clock
from portal.errors import Invalid
from portal.services import calendars
from portal.services.permissions import Permission
from portal.web.common import read, viewer, write
from portal.web.guard import requires

pages = Blueprint("calendar", __name__, url_prefix="/admin/calendar")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Years that may be looked at and loaded: as far as the days off by law are reckoned.
FIRST, LAST = 2024, 2040
MOST_BYTES = 2 * 1024 * 1024


@pages.get("")
@requires(Permission.CALENDAR_LOAD)
def index() -> str:
    """Show a year."""
    return _page(_year(request.args.get("year", type=int)))


def _year(wanted: int | None) -> int:
    return wanted if wanted is not None and FIRST <= wanted <= LAST else clock.today().year


@pages.get("/template/<int:year>.xlsx")
@requires(Permission.CALENDAR_LOAD)
def template(year: int) -> Response:
    """Give the spreadsheet to fill in."""
    year = _year(year)
    name = f"calendar-{year}.xlsx"
    return Response(
        calendars.template(max(year, 2025)),
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@pages.post("")
@requires(Permission.CALENDAR_LOAD)
def load() -> str | tuple[str, int]:
    """Load the arrangement of a year from a file or from typed lines, and tell what was counted again."""
    year = _year(request.form.get("year", type=int))
    try:
        days = _days(year)
        with write() as session:
            loaded = calendars.load(
                session, year, days, source=request.form.get("source", "")[:200], actor_id=viewer().user_id
            )
    except Invalid as refusal:
        return _page(year, trouble=refusal, typed=request.form), 422
    return _page(year, loaded=loaded)


def _days(year: int) -> Mapping[date, bool]:
    upload, typed = request.files.get("file"), request.form.get("days", "")
    if upload is not None and upload.filename:
        with closing(upload):
            data = upload.stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Invalid(_("文件超过2MB，请用模板填写后再上传"))
        return calendars.from_workbook(year, data)
    if not typed.strip():
        raise Invalid(
            _("请选择填好的表格，或者逐行填写放假和上班的日期"), [Problem(_("尚未填写放假安排"), "days", "R-06")]
        )
    return calendars.from_text(year, typed)


def _page(
    year: int,
    *,
    trouble: Invalid | None = None,
    typed: Mapping[str, str] | None = None,
    loaded: calendars.Loaded | None = None,
) -> str:
    return render_template(
        "admin/calendar.html",
        year=year,
        years=range(FIRST, LAST + 1),
        months=calendars.months(read(), year),
        official=calendars.is_official(read(), year),
        loaded_years=calendars.years(read()),
        trouble=trouble,
        typed=typed or {},
        loaded=loaded,
        limits=LIMITS,
    )
