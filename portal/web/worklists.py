"""The first page: what waits for this person, what is due, what they did, and the one next button of each line."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from forms.catalog import PAPERS
from forms.kit.chains import EDITABLE_STATES, Act
from forms.kit.counting import ClockState
from forms.kit.timespan import chinese_date
from forms.kit.workdays import WEEKDAYS
from portal import clock
from portal.extensions import db
from portal.services import batches, casepapers, clocks, records, worklists
from portal.services.access import Viewer
from portal.services.clocks import ClockLine
from portal.services.permissions import Permission, allows
from portal.services.positions import desk_title
from portal.services.subjects import Subject
from portal.services.worklists import Listing
from portal.web.common import done, read, seat_title, see_other, settings, viewer, write
from portal.web.guard import requires
from portal.web.words import told, translated
from portal.workshop import works_of

pages = Blueprint("worklists", __name__, url_prefix="/work")

#: Label, icon and tone of each list; the tone colours the tile while it is not empty.
FACES: dict[Listing, tuple[Any, str, str]] = {
    Listing.TODO: (_l("待办"), "inbox", "plain"),
    Listing.TASKS: (_l("应办文书"), "document", "plain"),
    Listing.DUE: (_l("将到期"), "hourglass", "soon"),
    Listing.OVERDUE: (_l("逾期"), "warning", "late"),
    Listing.DONE: (_l("已办"), "check-circle", "calm"),
    Listing.MINE: (_l("我发起"), "pen", "calm"),
    Listing.COPIES: (_l("抄送"), "copy", "calm"),
}


@pages.get("")
@requires(Permission.WORKBENCH)
def home() -> str:
    """Show the chosen list with the counts of all."""
    who, session = viewer(), read()
    if not allows(who, Permission.DOCUMENT_READ):
        return render_template(
            "worklists/plain.html", greeting=_greeting(who), today=_today(session), title=_title(who)
        )
    chosen = _chosen()
    counts = worklists.counts(session, who)
    page = worklists.page(session, who, chosen, request.args.get("page", 1, type=int))
    return render_template(
        "worklists/home.html",
        greeting=_greeting(who),
        title=_title(who),
        today=_today(session),
        chosen=chosen,
        label=FACES[chosen][0],
        tiles=[
            {
                "label": label,
                "icon": icon,
                "tone": tone,
                "count": _shown(counts[listing]),
                "url": url_for("worklists.home", list=listing.value),
                "active": listing is chosen,
            }
            for listing, (label, icon, tone) in FACES.items()
        ],
        page=page if chosen not in _BY_CLOCK else replace(page, rows=[toned(line) for line in page.rows]),
        link=lambda number: url_for("worklists.home", list=chosen.value, page=number),
        desk_title=desk_title,
        may_begin=lambda paper, about: casepapers.may_begin(who, paper, Subject.of(about)),
        paper_title=lambda code: PAPERS[code].title if code in PAPERS else "",
        editable=EDITABLE_STATES,
        many=chosen is Listing.TODO and sum(row.next_act is Act.AGREE for row in page.rows) > 1,
        key=str(uuid4()),
    )


@pages.post("/agree")
@requires(Permission.DOCUMENT_ACT)
def agree() -> AnyResponse:
    """Agree to the ticked papers; what cannot be agreed to is left out and named with the reason."""
    ticked = [uuid for word in request.form.getlist("papers") if (uuid := _uuid(word)) is not None]
    if not ticked:
        flash(_("请先勾选要同意的文书"), "warning")
        return see_other("worklists.home", list=Listing.TODO.value)
    key = request.form.get("submission_key", "")[:60] or str(uuid4())
    outcome = batches.act_on_many(
        db.session, viewer(), Act.AGREE, ticked, key, works_of(settings()), request.form.get("opinion", "").strip()
    )
    if outcome.done:
        done(_("已同意%(n)s件", n=len(outcome.done)))
    for left_out in outcome.skipped:
        flash(_("没有同意《%(title)s》：%(why)s", title=left_out.title, why=told(left_out.reason)), "warning")
    return see_other("worklists.home", list=Listing.TODO.value)


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


_BY_CLOCK = frozenset({Listing.DUE, Listing.OVERDUE})


def toned(line: ClockLine) -> dict[str, Any]:
    """Return a row of a table of limits: the line and the colour at its edge."""
    return {"line": line, "tone": {ClockState.OVERDUE: "late", ClockState.DUE_SOON: "soon"}.get(line.state, "")}


def _chosen() -> Listing:
    try:
        return Listing(request.args.get("list", Listing.TODO.value))
    except ValueError:
        return Listing.TODO


def _shown(count: int) -> str | int:
    return f"{worklists.MOST_COUNTED}+" if count > worklists.MOST_COUNTED else count


def _greeting(who: Viewer) -> str:
    hour = clock.now().astimezone(clock.SHANGHAI).hour
    words = (
        _("早上好")
        if 5 <= hour < 11
        else _("中午好")
        if 11 <= hour < 14
        else _("下午好")
        if 14 <= hour < 18
        else _("晚上好")
    )
    return str(_("%(name)s，%(words)s", name=who.name, words=words))


def _title(who: Viewer) -> str:
    own: dict[str, list[str]] = {}
    for seat in who.seats:
        if seat.for_user is None:
            own.setdefault(seat.unit_name, []).append(seat_title(seat))
    return str(_("；")).join(f"{unit} {str(_('、')).join(dict.fromkeys(titles))}" for unit, titles in own.items())


def _today(session: Session) -> str:
    day = clock.today()
    kind = _("工作日") if clocks.calendar(session).is_working(day) else _("非工作日")
    return f"{translated(chinese_date(day))} {translated(WEEKDAYS[day.weekday()])} · {kind}"


@pages.post("/tasks/<int:task_id>/begin")
@requires(Permission.DOCUMENT_DRAFT)
def begin_task(task_id: int) -> AnyResponse:
    """Begin the paper that a rule asks for."""
    with write() as session:
        task = worklists.task(session, viewer(), task_id)
        document = records.begin_task(session, viewer(), task)
    return see_other("documents.edit", uuid=document.uuid)
