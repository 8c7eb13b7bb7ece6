"""Special groups: residents on file, campaigns with their two dates, and the problem list."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from forms.kit.screening import columns
from forms.screening_form import ROUTINE
from portal.errors import Forbidden, Invalid, NotFound, Refusal
from portal.services import campaigns, problems, recordfile, records, residents, screening_sheets, uploads
from portal.services.permissions import Permission
from portal.services.positions import desk_title
from portal.services.residents import Wanted
from portal.services.screening_sheets import Line
from portal.web import attachments
from portal.web.common import done, read, see_other, settings, viewer, write
from portal.web.guard import requires
from portal.web.registers import XLSX
from portal.workshop import works_of

pages = Blueprint("groups", __name__, url_prefix="/groups")


@pages.get("/residents")
@requires(Permission.GROUPS_READ)
def index() -> str:
    """List the residents on file in the viewer's village, township or county."""
    wanted = Wanted(
        category=request.args.get("category", ""),
        village_id=request.args.get("village", type=int),
        campaign=request.args.get("campaign", type=UUID),
        unseen=request.args.get("unseen") == "1",
    )
    narrowed = {key: value for key, value in request.args.items() if key != "page" and value}
    return render_template(
        "groups/residents.html",
        found=residents.listing(read(), viewer(), wanted, request.args.get("page", 1, type=int)),
        wanted=wanted,
        villages=residents.villages(read(), viewer()),
        campaigns=residents.campaigns(read(), viewer()),
        categories=residents.CATEGORIES,
        narrowed=bool(narrowed),
        link=lambda number: url_for("groups.index", **{**narrowed, "page": number}),
    )


@pages.get("/residents/template.xlsx")
@requires(Permission.GROUPS_IMPORT)
def template() -> Response:
    """Hand out the sheet to fill in."""
    headers = {"Content-Disposition": "attachment; filename*=UTF-8''" + quote("特殊群体排查情况表.xlsx")}
    return Response(screening_sheets.template(), mimetype=XLSX, headers=headers)


@pages.get("/residents/import")
@requires(Permission.GROUPS_IMPORT)
def import_page() -> str:
    """Ask for a sheet, or for its lines pasted."""
    return _import_page()


def _import_page(
    typed: str = "", campaign: str = "", lines: Sequence[Line] = (), refusal: str = "", chosen: Sequence[int] = ()
) -> str:
    village = screening_sheets.village_of(read(), viewer())
    return render_template(
        "groups/import.html",
        village=village,
        campaigns=[*screening_sheets.campaigns(read(), village), (ROUTINE, _("日常更新"))],
        campaign=campaign,
        typed=typed,
        lines=lines,
        heads=[column.header for column in columns()],
        good=[line.number for line in lines if line.good],
        chosen=chosen or [line.number for line in lines if line.good],
        refusal=refusal,
        crumbs=[{"label": _("一人一档"), "url": url_for("groups.index")}, {"label": _("表格导入"), "url": ""}],
    )


@pages.post("/residents/import")
@requires(Permission.GROUPS_IMPORT)
def import_sheet() -> AnyResponse | tuple[str, int] | str:
    """Judge the lines of a sheet; with `take`, hand in those ticked if they are all good."""
    campaign, typed = request.form.get("campaign", ROUTINE), request.form.get("typed", "")
    sent = request.files.get("sheet")
    works = works_of(settings())
    lines: list[Line] = []
    try:
        if sent is not None and sent.filename:
            typed = screening_sheets.text_of(sent.stream.read(screening_sheets.MOST_BYTES + 1))
        village = screening_sheets.village_of(read(), viewer())
        lines = screening_sheets.read(read(), village, campaign, typed)
        if "take" not in request.form:
            return _import_page(typed, campaign, lines)
        chosen = request.form.getlist("line", type=int)
        with write() as session:
            taken = [
                line for line in screening_sheets.read(session, village, campaign, typed) if line.number in chosen
            ]
            made = screening_sheets.hand_in(session, viewer(), village, taken, works)
    except Invalid as refusal:
        return _import_page(typed, campaign, lines, refusal.sentence), 422
    done(_("已提交%(n)s份情况表，等待乡镇（街道）审核", n=len(made)))
    return see_other("worklists.home", list="mine")


@pages.get("/residents/<uuid:uuid>")
@requires(Permission.GROUPS_READ)
def resident(uuid: UUID) -> str:
    """Show the file of one resident."""
    row = records.resident(read(), viewer(), uuid)
    whole = residents.load(read(), viewer(), row)
    return render_template(
        "groups/resident.html",
        whole=whole,
        file=whole.file,
        resident=row,
        categories=residents.CATEGORIES,
        results=problems.RESULT_WORDS,
        living=residents.LIVING,
        desk_title=desk_title,
        kind_of_file=recordfile.kind_of_file,
        crumbs=[{"label": _("一人一档"), "url": url_for("groups.index")}, {"label": row.name, "url": ""}],
    )


@pages.get("/campaigns")
@requires(Permission.GROUPS_READ)
def campaign_list() -> str:
    """List the campaigns of the county."""
    return _campaign_list({}, {})


def _campaign_list(typed: dict[str, str], wrong: dict[str, str]) -> str:
    return render_template(
        "groups/campaigns.html", rows=residents.campaigns(read(), viewer()), typed=typed, wrong=wrong
    )


@pages.post("/campaigns")
@requires(Permission.CAMPAIGN_OPEN)
def open_campaign() -> AnyResponse | tuple[str, int]:
    """Open a campaign with its two dates."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "screening_due", "clearing_due")}
    try:
        with write() as session:
            uuid = campaigns.open_one(
                session, viewer(), typed["name"], _day(typed["screening_due"]), _day(typed["clearing_due"])
            ).uuid
    except Invalid as refusal:
        return _campaign_list(typed, {each.field: each.sentence for each in refusal.problems}), 422
    done(_("排查批次已设立，各乡镇（街道）的时限已开始"))
    return see_other("groups.campaign", uuid=uuid)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None


@pages.get("/campaigns/<uuid:uuid>")
@requires(Permission.GROUPS_READ)
def campaign(uuid: UUID) -> str:
    """Show how far a campaign has come, village by village."""
    row = records.campaign(read(), viewer(), uuid)
    whole = campaigns.load(read(), viewer(), row)
    return render_template(
        "groups/campaign.html",
        whole=whole,
        file=whole.file,
        campaign=row,
        categories=residents.CATEGORIES,
        desk_title=desk_title,
        kind_of_file=recordfile.kind_of_file,
        crumbs=[{"label": _("排查批次"), "url": url_for("groups.campaign_list")}, {"label": row.name, "url": ""}],
    )


@pages.get("/problems")
@requires(Permission.GROUPS_READ)
def problem_list() -> str:
    """List the problems of the viewer's area."""
    state = request.args.get("state", "open")
    return render_template(
        "groups/problems.html",
        rows=problems.listing(read(), viewer(), state=state),
        state=state,
        results=problems.RESULT_WORDS,
        sources=problems.SOURCE_WORDS,
    )


@pages.get("/problems/<uuid:uuid>")
@requires(Permission.GROUPS_READ)
def problem(uuid: UUID) -> str:
    """Show one problem, what was done about it, and the next act."""
    return _problem(uuid, {}, {})


def _problem(uuid: UUID, typed: dict[str, str], wrong: dict[str, str]) -> str:
    row = problems.find(read(), viewer(), uuid)
    return render_template(
        "groups/problem.html",
        row=row,
        typed=typed,
        wrong=wrong,
        results=problems.RESULT_WORDS,
        sources=problems.SOURCE_WORDS,
        own=row.reported_by_id == viewer().user_id,
        crumbs=[{"label": _("问题清单"), "url": url_for("groups.problem_list")}, {"label": row.number, "url": ""}],
    )


@pages.post("/problems/<uuid:uuid>/result")
@requires(Permission.PROBLEM_REPORT)
def report(uuid: UUID) -> AnyResponse | tuple[str, int]:
    """Report how a problem was dealt with, with evidence."""
    typed = {name: request.form.get(name, "").strip() for name in ("result", "note", "measure")}
    sent = request.files.get("evidence")
    works = works_of(settings())
    try:
        evidence = None
        if sent is not None and sent.filename:
            evidence = (sent.filename, uploads.check(sent.stream.read(uploads.MOST_BYTES + 1)))
            works.files.put(evidence[1].data)  # before the row, and outside the write transaction
        with write() as session:
            problems.report(session, viewer(), uuid, evidence=evidence, files=works.files, **typed)
    except Invalid as refusal:
        wrong = {each.field: each.sentence for each in refusal.problems} or {"evidence": refusal.sentence}
        return _problem(uuid, typed, wrong), 422
    done(_("整改结果已登记，请另一人核实销号"))
    return see_other("groups.problem", uuid=uuid)


@pages.post("/problems/<uuid:uuid>/clear")
@requires(Permission.PROBLEM_CLEAR)
def clear(uuid: UUID) -> AnyResponse:
    """Strike a problem off the list."""
    try:
        with write() as session:
            number = problems.clear(session, viewer(), uuid).number
            done(_("%(number)s已销号", number=number))
    except Forbidden:
        raise
    except Refusal as refusal:
        flash(refusal.sentence, "error")
    return see_other("groups.problem", uuid=uuid)


@pages.get("/problems/<uuid:uuid>/evidence")
@requires(Permission.GROUPS_READ)
def evidence(uuid: UUID) -> Response:
    """Open the evidence of a problem."""
    row = problems.find(read(), viewer(), uuid)
    if row.evidence_sha256 is None:
        raise NotFound
    data = works_of(settings()).files.get(row.evidence_sha256)
    kinds = ((b"%PDF", "application/pdf"), (b"\x89PNG", "image/png"))
    mime = next((kind for mark, kind in kinds if data.startswith(mark)), "image/jpeg")
    return attachments.handed_over(data, row.evidence_name, mime)
