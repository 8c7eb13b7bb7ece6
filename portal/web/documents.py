"""Papers: what may be begun, one paper with everything around it, the acts that move it, and its printed pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Response, current_app, flash, make_response, render_template, request, url_for
from flask import session as visit
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from forms.kit.chains import FORWARD, MIN_REASON, NEEDS_REASON, Act, State
from forms.kit.rules import Problem
from pdf import render
from portal.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from portal.extensions import db
from portal.models import Case, Document
from portal.services import (
    approvals,
    catalogue,
    documents,
    dossier,
    letters,
    previews,
    records,
    refusals,
    timeline,
    uploads,
)
from portal.services.approvals import ACT_WORDS, Order, Outcome
from portal.services.documents import DraftConflict, Reading
from portal.services.permissions import Permission
from portal.services.subjects import NOTHING, Subject
from portal.web import attachments, drafts
from portal.web.common import (
    ProofNeeded,
    done,
    local_time,
    read,
    require_fresh,
    see_other,
    settings,
    viewer,
    write,
)
from portal.web.drafts import pages
from portal.web.faults import error_page
from portal.web.guard import requires
from portal.web.words import on_button, told, translated
from portal.workshop import works_of

__all__ = ["pages"]

#: Our own pages of print, shown by the browser's reader; they hold nothing that acts.
PRINTED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
#: An opinion typed before the proof of identity was asked for; it is in its box again after it.
KEPT = "kept_opinion"
#: Acts that bind an organ outwards: a fresh proof of identity is asked for.
BINDING = frozenset({Act.SIGN, Act.NUMBER})
#: What is shown beside the prominent button, in this order; the rest is not offered on the page.
OTHER_ACTS = (
    Act.RETURN, Act.RETURN_BACK, Act.SEND_BACK, Act.HOLD, Act.REJECT, Act.REASSIGN, Act.WITHDRAW, Act.REFRESH,
    Act.RECALL, Act.CLOSE, Act.VOID, Act.DROP,
)  # fmt: skip
GRAVE = frozenset({Act.REJECT, Act.VOID, Act.DROP, Act.RECALL})


# -- beginning ----------------------------------------------------------------------------------------------------


@pages.get("/papers")
@requires(Permission.DOCUMENT_READ)
def index() -> str:
    """Show what may be begun: for nobody in particular, or for the person chosen."""
    case = _chosen_case(request.args.get("case", ""))
    return render_template(
        "documents/index.html",
        case=case,
        groups=catalogue.offers(read(), viewer(), case),
        asked=catalogue.asked_for(read(), viewer(), case),
        cases=catalogue.open_cases(read(), viewer()),
    )


def _chosen_case(word: str) -> Case | None:
    return documents.find_case(read(), viewer(), _uuid(word)) if word else None


def _uuid(word: str) -> UUID:
    try:
        return UUID(word)
    except ValueError:
        raise NotFound from None


@pages.post("/papers/<code>/start")
@requires(Permission.DOCUMENT_DRAFT)
def start(code: str) -> AnyResponse:
    """Begin a paper about a record or in answer to another, or go on with one's own draft of it."""
    request_word = request.form.get("request", "")
    with write() as session:
        named = {word: _uuid(request.form[word]) for word in records.WORDS if request.form.get(word)}
        about = records.find(session, viewer(), named)
        asked = documents.find(session, viewer(), _uuid(request_word)) if request_word else None
        if asked is not None and about == NOTHING:
            about = Subject.of(asked)
        document = records.begin(session, viewer(), code, about, asked)
    return see_other("documents.edit", uuid=document.uuid)


# -- one paper ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Try:
    """An act that was refused, to be shown again with everything typed beside it."""

    act: str = ""
    sentence: str = ""
    problems: tuple[Problem, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@pages.get("/documents/<uuid:uuid>")
@requires(Permission.DOCUMENT_READ)
def show(uuid: UUID) -> Response:
    """Show a paper: who has it, what is next, its printed page, its answers, and what happened to it."""
    reading = documents.read(read(), documents.find(read(), viewer(), uuid))
    kept = visit.get(KEPT)
    if kept is None or kept["paper"] != str(uuid):
        return show_page(reading, Try())
    del visit[KEPT]
    return show_page(reading, Try(kept["act"], typed={"opinion": kept["opinion"]}))


def show_page(reading: Reading, tried: Try, status: int = 200) -> Response:
    """Draw the page of a paper."""
    document = reading.document
    session = read()
    acts = approvals.open_acts(session, viewer(), reading)
    answers = dossier.answers_open(viewer(), document)
    primary = next((act for act in Act if act in acts & (FORWARD | {Act.REPLACE})), None)
    if primary is None and Act.CLOSE in acts and not answers:
        primary = Act.CLOSE
    copies = dossier.copies(session, document)
    page = render_template(
        "documents/show.html",
        reading=reading,
        document=document,
        paper=reading.paper,
        visible=[
            box.name for box in reading.paper if box.shown(reading.paper) and not (box.empty and box.shown_when)
        ],
        acts=acts,
        primary=primary,
        others=[act for act in OTHER_ACTS if act in acts and act is not primary],
        words={act: on_button(word) for act, word in ACT_WORDS.items()},
        needs_reason=NEEDS_REASON,
        reason_words=reading.paper.reason_words,
        grave=GRAVE,
        binding=BINDING,
        least_reason=MIN_REASON,
        may_edit=drafts.may_edit(reading),
        answers=answers,
        tried=tried,
        remedies=drafts.remedies(document, tried.problems),
        holder=dossier.holder(session, viewer(), document),
        stations=dossier.stations(session, viewer(), reading),
        clocks=dossier.clock_lines(session, document),
        related=dossier.related(session, viewer(), document),
        case_open=dossier.case_open(session, viewer(), document),
        route=_route(reading, dossier.unit_names(session, [copy.unit_id for copy in copies])),
        timeline=timeline.of_document(session, viewer(), document),
        inside=timeline.sees_inside(viewer(), document),
        needs=list(reading.paper.needed(reading.facts)),
        files=uploads.of_document(session, document),
        letter=previews.issued(session, document),
        preview=drafts.preview_of(reading),
        plain_text=plain_text(reading),
        colleagues=approvals.colleagues(session, document) if Act.REASSIGN in acts else [],
        key=str(uuid4()),
        since=local_time(document.held_since, "%Y-%m-%d %H:%M"),
    )
    return make_response(page, status)


def _route(reading: Reading, copied: Mapping[int, str]) -> list[dict[str, str]]:
    """Return where the paper comes from and goes to, and the days that count; only what is known."""
    document = reading.document
    known = [
        (_("发文机关"), document.issuer.name, ""),
        (_("主送机关"), document.counterpart.name if document.counterpart else "", ""),
        (_("抄送"), str(_("、")).join(copied.values()), ""),
        (_("成文日期"), str(document.signed_on or ""), ""),
        (_("发出"), local_time(document.sent_at), ""),
        (_("送达"), str(document.served_on or ""), ""),
        (_("收文编号"), document.incoming_no or "", ""),
        (_("办结"), local_time(document.closed_at), translated(document.close_reason)),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in known if value]


def plain_text(reading: Reading) -> str:
    """Return the words of a paper for platforms that take only words; empty where there are none."""
    made = getattr(reading.paper, "plain_text", None)
    return str(made(reading.facts)) if made is not None else ""


# -- acts ---------------------------------------------------------------------------------------------------------


@pages.post("/documents/<uuid:uuid>/actions")
@requires(Permission.DOCUMENT_ACT)
def act(uuid: UUID) -> AnyResponse | str:
    """Do one act on a paper; from the page of a draft, what is typed is saved with it."""
    if request.form.keys() & {"_add", "_remove", "_remedy"}:  # a row button on a page that a refused submit drew
        return drafts.save(uuid)
    order, with_answers = _order(), "_answers" in request.form
    if order.act in BINDING:
        documents.find(read(), viewer(), uuid)
        try:
            require_fresh(back=url_for("documents.show", uuid=uuid))
        except ProofNeeded:
            visit[KEPT] = {"paper": str(uuid), "act": order.act.value, "opinion": order.opinion}
            raise
    try:
        outcome = _do(uuid, order, with_answers)
    except DraftConflict as conflict:
        return drafts.conflict_page(conflict.document, conflict.mine)
    except (Invalid, Conflict, Forbidden) as refusal:
        return _refused(uuid, order, refusal, with_answers)
    return _after(outcome)


def _order() -> Order:
    form = request.form
    try:
        wanted = Act(form.get("act", ""))
    except ValueError:
        raise Invalid(_("没有这种操作，请刷新页面后再试")) from None
    key = form.get("submission_key", "")
    if not 8 <= len(key) <= 100:
        raise Invalid(_("页面内容不完整，请刷新后再试"))
    return Order(
        wanted,
        drafts.number_of(form, "revision"),
        key,
        opinion=form.get("opinion", "").strip()[:500],
        to_person=drafts.number_of(form, "to_person") if form.get("to_person") else None,
        served_on=_day(form.get("served_on", "")),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        return None


def _do(uuid: UUID, order: Order, with_answers: bool) -> Outcome:
    with write() as session:
        if with_answers and not approvals.done_before(session, order.key):
            document = documents.find(session, viewer(), uuid, lock=True)
            answers = drafts.answers_of(document, request.form)
            documents.save(session, viewer(), document, answers, order.seen_revision)
            order = replace(order, seen_revision=document.revision)
        return approvals.take_action(session, viewer(), uuid, order, works_of(settings()))


def _after(outcome: Outcome) -> AnyResponse:
    """Make the file where a number was drawn, say what was done, and show the paper."""
    uuid, word = outcome.document.uuid, translated(ACT_WORDS[outcome.act])
    if outcome.letter_id is not None:
        try:
            letters.issue(db.session, outcome.letter_id, works_of(settings()))
        except (
            Exception
        ):  # the number is drawn and stays: the page says so, the worker or the next start finishes it
            db.session.rollback()
            current_app.logger.exception("letter %s is not made yet", outcome.letter_id)
            flash(_("已%(act)s，文号已取得；文件尚未生成，系统会自动补做", act=word), "warning")
            return see_other("documents.show", uuid=uuid)
    done(_("已%(act)s", act=word))
    if outcome.act is Act.REPLACE and not outcome.repeated:
        return see_other("documents.edit", uuid=uuid)
    return see_other("documents.show", uuid=uuid)


def _refused(uuid: UUID, order: Order, refusal: Refusal, with_answers: bool) -> AnyResponse:
    """Write down the refusal, keep what was typed, and say what to do."""
    newest = timeline.of_document(read(), viewer(), documents.find(read(), viewer(), uuid))[:1]
    with write() as session:
        refusals.note(session, viewer(), uuid, order.act.value, refusal)
    if isinstance(refusal, Forbidden):
        raise refusal
    if isinstance(refusal, Conflict):
        return error_page(
            409,
            happened=refusal.sentence,
            latest_url=url_for("documents.show", uuid=uuid),
            kept={_("您填写的意见"): order.opinion} if order.opinion else {},
            changed_by=told(newest[0].who) if newest else "",
            changed_at=newest[0].time if newest else "",
        )
    assert isinstance(refusal, Invalid)
    document = documents.find(read(), viewer(), uuid)
    if with_answers and documents.is_open(document):
        reading = drafts.save_posted(uuid, request.form)
        return drafts.edit_page(reading, drafts.Desk(tried=True, problems=refusal.problems, saved=True), 422)
    typed = {
        "opinion": order.opinion,
        "to_person": str(order.to_person or ""),
        "served_on": request.form.get("served_on", ""),
    }
    reading = documents.read(read(), document)
    return show_page(reading, Try(order.act.value, refusal.sentence, refusal.problems, typed), 422)


# -- print --------------------------------------------------------------------------------------------------------


def _opened(uuid: UUID) -> Reading:
    return documents.read(read(), documents.find(read(), viewer(), uuid))


@pages.get("/documents/<uuid:uuid>/preview.pdf")
@requires(Permission.DOCUMENT_READ)
def preview(uuid: UUID) -> Response:
    """Give the page that will be issued, or the issued one, to be read on screen."""
    reading = _opened(uuid)
    paper = previews.printed(read(), reading, works_of(settings()))
    return _printed(paper.pdf, f"{reading.document.title}.pdf")


@pages.get("/documents/<uuid:uuid>/preview/<int:number>.png")
@requires(Permission.DOCUMENT_READ)
def preview_page(uuid: UUID, number: int) -> Response:
    """Give one page as a picture."""
    paper = previews.printed(read(), _opened(uuid), works_of(settings()))
    return Response(previews.picture(paper, number), mimetype="image/png")


@pages.get("/documents/<uuid:uuid>/letter.pdf")
@requires(Permission.DOCUMENT_READ)
def letter(uuid: UUID) -> Response:
    """Hand over the issued file itself, sealed and signed; the log says to whom."""
    document = documents.find(read(), viewer(), uuid)
    issued = previews.issued(read(), document)
    if issued is None:
        raise NotFound(_("这份文书还没有编号用印"))
    data, name = letters.file_of(issued, works_of(settings())), f"{document.doc_no or document.title}.pdf"
    with write() as session:
        timeline.note_reading(session, viewer(), documents.find(session, viewer(), uuid), "downloaded")
    return attachments.handed_over(data, name, "application/pdf")


@pages.get("/documents/<uuid:uuid>/sheet.pdf")
@requires(Permission.DOCUMENT_READ)
def sheet(uuid: UUID) -> Response:
    """Give the 发文稿纸 to the organ that issues the paper; to others it does not exist."""
    reading = _opened(uuid)
    document: Document = reading.document
    if document.issuer_id not in viewer().unit_ids or document.state == State.DRAFT:
        raise NotFound(_("这份文书没有可供查看的发文稿纸"))
    content: dict[str, Any] = timeline.sheet(read(), reading)
    made = render.render(content).pdf
    with write() as session:
        timeline.note_reading(session, viewer(), documents.find(session, viewer(), uuid), "sheet_opened")
    return _printed(made, f"发文稿纸 {document.title}.pdf")


def _printed(data: bytes, name: str) -> Response:
    return attachments.handed_over(data, name, "application/pdf", policy=PRINTED, inline=True)
