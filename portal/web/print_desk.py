"""The print desk: number and seal many at once, watch their files being made, print them as one file, send them."""

import time
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, flash, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from forms.kit.chains import Act, State
from portal import clock, queue
from portal.errors import Invalid
from portal.extensions import db
from portal.models import Letter
from portal.services import batches, letters, printing, unit_settings
from portal.services.batches import MOST_AT_ONCE, BatchOutcome
from portal.services.permissions import Permission
from portal.web.common import done, read, require_fresh, see_other, settings, viewer, write
from portal.web.guard import requires
from portal.workshop import works_of

pages = Blueprint("print_desk", __name__, url_prefix="/print-desk")

#: Key of the signed-in session under which the last batch stays.
BATCH = "print_desk.batch"
#: A letter that the worker has not finished within so many seconds is made by the page that waits for it.
PATIENCE = 5
#: Seconds a waiting page works itself before it answers.
BUDGET = 3.0


@pages.get("")
@requires(Permission.PRINT_DESK)
def index() -> str:
    """Show the papers at the seal desk: to number, or to print and send."""
    tab = "send" if request.args.get("tab") == "send" else "number"
    to_number = printing.waiting(read(), viewer(), State.SIGNED)
    to_send = printing.waiting(read(), viewer(), State.SEALED)
    return render_template(
        "print_desk/index.html",
        tab=tab,
        to_number=to_number,
        to_send=to_send,
        copies=printing.copies(read(), to_send),
        in_the_making=len(printing.being_made(read(), viewer())),
        unconfirmed=unit_settings.unconfirmed(read(), printing.seal_units(viewer())),
        most=MOST_AT_ONCE,
        key=str(uuid4()),
    )


def _ticked() -> list[UUID]:
    try:
        ticked = [UUID(word) for word in request.form.getlist("papers")]
    except ValueError:
        raise Invalid(_("页面内容不完整，请刷新后再试")) from None
    return list(dict.fromkeys(ticked))


@pages.post("/number")
@requires(Permission.PRINT_DESK)
def number() -> AnyResponse:
    """Draw numbers and seal the ticked papers; their files are made by the worker."""
    require_fresh(url_for("print_desk.index"))
    ticked = _ticked()
    if not ticked:
        flash(_("请先勾选要编号用印的文书"), "warning")
        return see_other("print_desk.index")
    outcome = batches.act_on_many(db.session, viewer(), Act.NUMBER, ticked, _key(), works_of(settings()))
    _keep(_("编号用印"), outcome)
    _hand_over(outcome.letter_ids)
    return see_other("print_desk.progress")


def _key() -> str:
    return request.form.get("submission_key", "")[:60] or str(uuid4())


def _hand_over(letter_ids: Any) -> None:
    """Put letters into the worker's queue. A queue that fails costs time, never a letter: the page makes the file."""
    try:
        for letter_id in letter_ids:
            queue.letter_task(settings())(letter_id)
    except Exception:  # whatever the queue's own library raises
        current_app.logger.exception("letters could not be queued")


def _keep(act: str, outcome: BatchOutcome) -> None:
    session[BATCH] = {
        "act": str(act),
        "papers": [str(paper.uuid) for paper in outcome.done],
        "skipped": [[skipped.title, skipped.reason] for skipped in outcome.skipped],
    }


@pages.get("/progress")
@requires(Permission.PRINT_DESK)
def progress() -> str:
    """Show how far the last batch is, with what was left out and why. Asks again until every file is there."""
    batch = session.get(BATCH) or {"act": "", "papers": [], "skipped": []}
    papers = [UUID(word) for word in batch["papers"]]
    _help_out(printing.progress(read(), viewer(), papers))
    made = printing.progress(read(), viewer(), papers)
    return render_template(
        "print_desk/progress.html",
        act=batch["act"],
        made=made,
        skipped=batch["skipped"],
        ready=[letter for letter in made if letter.state == "issued"],
        waiting=any(letter.state == "pending" for letter in made),
    )


def _help_out(made: list[Letter]) -> None:
    """Make what has waited too long, within the time a page may take."""
    late = [letter.id for letter in made if letter.state == "pending" and _age(letter) > PATIENCE]
    _make(late)


def _age(letter: Letter) -> float:
    return (clock.now() - letter.numbered_at).total_seconds()


def _make(letter_ids: list[int]) -> None:
    until = time.monotonic() + BUDGET
    for letter_id in letter_ids:
        letters.issue(db.session, letter_id, works_of(settings()))
        if time.monotonic() > until:
            break


@pages.post("/finish")
@requires(Permission.PRINT_DESK)
def finish() -> AnyResponse:
    """Watch the letters whose files are still missing, whatever batch they came from."""
    made = printing.being_made(read(), viewer())
    session[BATCH] = {
        "act": _("编号用印"),
        "papers": [str(letter.document.uuid) for letter in made],
        "skipped": [],
    }
    return see_other("print_desk.progress")


@pages.post("/print")
@requires(Permission.PRINT_DESK)
def print_out() -> Response:
    """Send the ticked letters as one file, each beginning on a fresh sheet, and enter the copies in the register."""
    with write() as store:
        pdf = printing.print_letters(
            store,
            viewer(),
            _ticked(),
            works_of(settings()),
            reason=request.form.get("reason", ""),
            duplex=request.form.get("duplex") == "1",
        )
    name = f"print-{clock.now().astimezone(clock.SHANGHAI):%Y%m%d-%H%M%S}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@pages.post("/send")
@requires(Permission.PRINT_DESK)
def send() -> AnyResponse:
    """Send the ticked letters out."""
    ticked = _ticked()
    if not ticked:
        flash(_("请先勾选要发出的文书"), "warning")
        return see_other("print_desk.index", tab="send")
    outcome = batches.act_on_many(db.session, viewer(), Act.SEND, ticked, _key(), works_of(settings()))
    if outcome.skipped:
        _keep(_("发出"), outcome)
        return see_other("print_desk.progress")
    done(_("已发出%(n)s件", n=len(outcome.done)))
    return see_other("print_desk.index", tab="send")
