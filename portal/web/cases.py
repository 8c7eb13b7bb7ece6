"""Persons: the list, one file per person, beginning a paper, the photo, and the whole ID number on request."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from forms.kit.phrases import Phrase
from portal.errors import NotFound
from portal.services import casefile, documents, recordfile
from portal.services.casefile import Wanted
from portal.services.permissions import Permission, allows
from portal.services.positions import desk_title
from portal.web.common import read, see_other, settings, viewer, write
from portal.web.guard import requires
from portal.workshop import works_of

pages = Blueprint("cases", __name__, url_prefix="/cases")

#: Key of the signed-in session under which the words of the list's filter stay: names never stand in addresses.
TEXT = "cases.text"
WHY_UNMASKED = (
    Phrase("核对身份"),
    Phrase("填写文书"),
    Phrase("联系公安机关"),
    Phrase("办理医保结算"),
    Phrase("其他工作需要"),
)


@pages.get("")
@requires(Permission.CASE_READ)
def index() -> str:
    """List the persons of the viewer's scope."""
    wanted = _wanted()
    found = casefile.listing(read(), viewer(), wanted, request.args.get("page", 1, type=int))
    narrowed = {key: value for key, value in request.args.items() if key in {"stay", "unidentified", "place"}}
    return render_template(
        "cases/index.html",
        found=found,
        wanted=wanted,
        places=casefile.places(read(), viewer()),
        identity=casefile.IDENTITY_WORDS,
        rows=[{"row": row, "tone": "late" if row.flags else ""} for row in found.rows],
        link=lambda number: url_for("cases.index", **{**narrowed, "page": number}),
        narrowed=bool(narrowed) or bool(wanted.text),
    )


def _wanted() -> Wanted:
    stay = request.args.get("stay", "open")
    return Wanted(
        stay=stay if stay in {"open", "closed", "all"} else "open",
        unidentified=request.args.get("unidentified") == "1",
        place_id=request.args.get("place", type=int),
        text=str(session.get(TEXT, "")),
    )


@pages.post("/filter")
@requires(Permission.CASE_READ)
def narrow() -> AnyResponse:
    """Narrow the list to a name or number, or (empty) stop doing so."""
    text = request.form.get("text", "").strip()[:60]
    session[TEXT] = text
    if not text:
        session.pop(TEXT)
    kept = {name: request.form[name] for name in ("stay", "unidentified", "place") if request.form.get(name)}
    return see_other("cases.index", **kept)


@pages.post("")
@requires(Permission.CASE_REGISTER)
def register() -> AnyResponse:
    """Begin the admission form of a person who asks for help (P-01)."""
    with write() as store:
        document = casefile.register(store, viewer())
    return see_other("documents.edit", uuid=document.uuid)


@pages.get("/<uuid:uuid>")
@requires(Permission.CASE_READ)
def show(uuid: UUID) -> str:
    """Show the file of one person."""
    return _page(uuid)


def _page(uuid: UUID, *, number: str = "", why: str = "") -> str:
    case = documents.find_case(read(), viewer(), uuid)
    whole = casefile.load(read(), viewer(), case)
    return render_template(
        "cases/show.html",
        whole=whole,
        file=whole.file,
        case=case,
        identity=casefile.IDENTITY_WORDS,
        masked_number=number or casefile.masked_number(case.person.id_number),
        revealed=bool(number),
        why=why,
        reasons=WHY_UNMASKED,
        may_unmask=allows(viewer(), Permission.CASE_UNMASK),
        desk_title=desk_title,
        kind_of_file=recordfile.kind_of_file,
        crumbs=[
            {"label": _("受助人员"), "url": url_for("cases.index")},
            {"label": case.display_name, "url": ""},
        ],
    )


@pages.get("/<uuid:uuid>/photo")
@requires(Permission.CASE_READ)
def photo(uuid: UUID) -> Response:
    """Send the person's photo to those who may open the file."""
    case = documents.find_case(read(), viewer(), uuid)
    if case.photo_sha256 is None:
        raise NotFound
    try:
        data = works_of(settings()).files.get(case.photo_sha256)
    except FileNotFoundError as gone:
        raise NotFound from gone
    mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, mimetype=mime, headers={"Content-Disposition": "inline"})


@pages.post("/<uuid:uuid>/id-number")
@requires(Permission.CASE_UNMASK)
def unmask(uuid: UUID) -> str:
    """Show the whole ID number once; who looked and why is written down (R-103)."""
    case = documents.find_case(read(), viewer(), uuid)
    why = request.form.get("reason", "")
    why = why if why in WHY_UNMASKED else WHY_UNMASKED[-1]
    with write() as store:
        number = casefile.unmask(store, viewer(), case, why)
    return _page(uuid, number=number, why=why)
