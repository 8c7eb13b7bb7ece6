"""The event log: its newest acts, and the proof that no record was changed or taken away."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from portal.services import audit, events
from portal.services.permissions import Permission
from portal.web.common import read, settings
from portal.web.guard import requires

pages = Blueprint("audit", __name__, url_prefix="/admin/audit")


@pages.get("")
@requires(Permission.AUDIT_VERIFY)
def index() -> str:
    """Show the newest records."""
    return _page(None)


@pages.post("/verify")
@requires(Permission.AUDIT_VERIFY)
def verify() -> str:
    """Recompute the whole chain and say whether it is sound."""
    anchor = events.last_anchor(settings().files.parent / "anchors.txt")
    return _page(events.verify(read(), anchor))


def _page(verdict: events.Verification | None) -> str:
    group = request.args.get("group", "")
    before = request.args.get("before", type=int)
    found = audit.newest(read(), group=group, before=before)
    return render_template(
        "admin/audit.html",
        rows=found.rows,
        older=url_for("audit.index", group=group, before=found.rows[-1].seq) if found.more else "",
        newest=url_for("audit.index", group=group) if before else "",
        group=group,
        groups={key: _(label) for key, label in audit.GROUP_WORDS.items()},
        verdict=verdict,
    )
