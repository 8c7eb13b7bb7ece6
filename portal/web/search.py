"""Finding a person or a paper. The words travel in the body of a post and stay in the session, never in an address."""

from flask import Blueprint, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from portal.services import casefile, search
from portal.services.permissions import Permission
from portal.web.common import read, see_other, viewer
from portal.web.guard import requires

pages = Blueprint("search", __name__, url_prefix="/search")

WORDS = "search.words"


@pages.post("")
@requires(Permission.SEARCH)
def ask() -> AnyResponse:
    """Keep what is looked for, and show what was found."""
    session[WORDS] = request.form.get("q", "").strip()[:60]
    return see_other("search.index")


@pages.get("")
@requires(Permission.SEARCH)
def index() -> str:
    """Show what was found within the viewer's scope."""
    words = str(session.get(WORDS, ""))
    found = search.find(read(), viewer(), words)
    return render_template(
        "search/index.html",
        words=words,
        too_short=0 < len(search.plain(words)) < search.LEAST and not search.plain(words).isdigit(),
        rows=casefile.rows_of(read(), found.cases),
        found=found,
        identity=casefile.IDENTITY_WORDS,
    )
