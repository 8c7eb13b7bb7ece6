"""Writing a paper: the page with its boxes, its saving while one types, and two versions laid side by side."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from forms.catalog import PAPERS
from forms.kit.chains import State
from forms.kit.paper import REASONS, Paper, Section
from forms.kit.rows import RowsBox
from forms.kit.rules import Problem
from portal import clock
from portal.errors import Conflict, Invalid
from portal.models import Document
from portal.services import casepapers, checkup, documents, dossier, previews, timeline, uploads
from portal.services.approvals import ACT_WORDS
from portal.services.documents import DraftConflict, Reading
from portal.services.permissions import Permission
from portal.services.subjects import Subject
from portal.web.common import local_time, read, see_other, settings, viewer, write
from portal.web.guard import requires
from portal.web.words import answered, on_button, told
from portal.workshop import works_of

pages = Blueprint("documents", __name__)

MOST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Desk:
    """How the page of a draft is to be drawn: how many rows each list shows, whether a submit was tried, what to say."""

    tried: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()  # of a refused act, above the boxes
    file_problems: tuple[Problem, ...] = ()  # of a refused file, under its line
    saved: bool = False


@pages.get("/documents/<uuid:uuid>/edit")
@requires(Permission.DOCUMENT_DRAFT)
def edit(uuid: UUID) -> AnyResponse | str:
    """Open a draft for writing; whoever may not write it is shown it."""
    reading = documents.read(read(), documents.find(read(), viewer(), uuid))
    if not may_edit(reading):
        return see_other("documents.show", uuid=uuid)
    return edit_page(reading, Desk(tried="tried" in request.args))


def may_edit(reading: Reading) -> bool:
    """Tell whether this draft is open and the viewer's to write."""
    return reading.editable and documents.may_write(viewer(), reading.document)


@pages.post("/documents/<uuid:uuid>/draft", endpoint="draft")
@pages.post("/documents/<uuid:uuid>/edit", endpoint="draft_again")
@requires(Permission.DOCUMENT_DRAFT)
def save(uuid: UUID) -> AnyResponse | str:
    """Keep what is typed. Answers by regions while one types, by a page where a button was pressed."""
    form, rows = _rows_asked(request.form)
    try:
        reading = save_posted(uuid, form)
    except DraftConflict as conflict:
        if is_autosave() and not rows:
            return render_template("documents/_overtaken.html", uuid=uuid)
        return conflict_page(conflict.document, conflict.mine)
    desk = Desk(tried=bool(form.get("_tried")), rows=rows, saved=True)
    if code := form.get("_remedy"):
        return see_other("documents.edit", uuid=_begin_remedy(reading.document, code).uuid)
    if rows and is_htmx():
        return render_template("documents/_rows.html", name=next(iter(rows)), **regions(reading, desk))
    if rows:
        return edit_page(reading, desk)
    if is_autosave():
        return render_template("documents/_saved.html", **regions(reading, desk))
    flash(_("草稿已保存"), "success")
    return see_other("documents.edit", uuid=uuid)


def is_htmx() -> bool:
    """Tell whether a region is asked for, not a page."""
    return "HX-Request" in request.headers


def is_autosave() -> bool:
    """Tell whether the page saves by itself while one types."""
    return is_htmx() and "X-Autosave" in request.headers


def save_posted(uuid: UUID, form: MultiDict[str, str]) -> Reading:
    """Save posted answers in a transaction of their own."""
    with write() as session:
        document = documents.find(session, viewer(), uuid, lock=True)
        return documents.save(session, viewer(), document, answers_of(document, form), number_of(form, "revision"))


def answers_of(document: Document, form: MultiDict[str, str]) -> dict[str, Any]:
    """Read the answers of a paper from a posted form."""
    return documents.paper_class(document).from_form(form)


def number_of(form: MultiDict[str, str], name: str) -> int:
    """Read a posted whole number; Invalid when it is none, because the page did not come from us."""
    typed = form.get(name, "")
    if not re.fullmatch(r"\d{1,9}", typed):
        raise Invalid(_("页面内容不完整，请刷新后再试"))
    return int(typed)


def _begin_remedy(document: Document, code: str) -> Document:
    with write() as session:
        return documents.start(session, viewer(), code, about=Subject.of(document))


# -- rows ---------------------------------------------------------------------------------------------------------


def _rows_asked(form: MultiDict[str, str]) -> tuple[MultiDict[str, str], dict[str, int]]:
    """Return the form without the row to be taken away, and how many rows the list is then to show."""
    if name := form.get("_add"):
        return form, {name: len(_places(form, name)) + 1}
    asked = re.fullmatch(r"(\w+)-(\d{1,4})", form.get("_remove", ""))
    if not asked:
        return form, {}
    name, places = asked[1], _places(form, asked[1])
    gone = places[int(asked[2])] if int(asked[2]) < len(places) else None
    kept = MultiDict(
        (key, value) for key, value in form.items(multi=True) if not key.startswith(f"{name}-{gone}-")
    )
    return kept, {name: max(len(places) - 1, 0)}


def _places(form: MultiDict[str, str], name: str) -> list[int]:
    """Return the numbers of the posted rows of a list, in order."""
    found = (re.fullmatch(rf"{re.escape(name)}-(\d{{1,6}})-\w+", key) for key in form)
    return sorted({int(match[1]) for match in found if match})


def _show_rows(paper: Paper, wanted: Mapping[str, int]) -> None:
    """Give every list the empty rows it is to show: those asked for, or the least a required list needs."""
    for box in paper:
        if isinstance(box, RowsBox):
            show = wanted.get(box.name, max(box.least, 1) if box.required else 0)
            while len(box.entries) < min(show, box.most):
                box.append_entry()


# -- the page -----------------------------------------------------------------------------------------------------


def edit_page(reading: Reading, desk: Desk, status: int = 200) -> Response:
    """Draw the page of a draft."""
    words = regions(reading, desk)
    return make_response(render_template("documents/edit.html", **words), status)


def regions(reading: Reading, desk: Desk) -> dict[str, Any]:
    """Return what the page of a draft and its regions are drawn from."""
    document, paper = reading.document, reading.paper
    found = checkup.check(reading)
    files = uploads.of_document(read(), document)
    needs = list(paper.needed(reading.facts))
    _show_rows(paper, desk.rows)
    return {
        "reading": reading,
        "document": document,
        "paper": paper,
        "desk": desk,
        "check": found,
        "beside": checkup.beside_boxes(reading, tried=desk.tried),
        "remedies": remedies(document, [*found.against, *found.warned, *desk.problems]),
        "deadlines": dossier.deadlines(read(), reading),
        "to_meet": [
            line for line in dossier.clock_lines(read(), document) if line.state in {"open", "due_soon", "overdue"}
        ],
        "needs": needs,
        "files": files,
        "asked": ",".join(need.kind for need in needs),
        "warned": ",".join(sorted({problem.rule for problem in found.warned})),
        "preview": preview_of(reading),
        "file_problems": list(desk.file_problems),
        "key": str(uuid4()),
        "submit_word": on_button(ACT_WORDS[documents.paper_class(document).chain.steps[0].forward]),
        "returned_because": returned_because(document),
        "saved_at": local_time(document.updated_at, "%H:%M:%S"),
        "now": clock.now(),
        "parts": [_part(number, section, found) for number, section in enumerate(paper.sections, start=1)],
    }


def remedies(document: Document, problems: Iterable[Problem]) -> dict[str, str]:
    """Return the papers that mend one of the problems and that the viewer may begin now, with their titles."""
    wanted = {problem.remedy_paper for problem in problems if problem.remedy_paper}
    return {
        code: PAPERS[code].title for code in wanted if casepapers.may_begin(viewer(), code, Subject.of(document))
    }


def returned_because(document: Document) -> str:
    """Return who sent the draft back and with what words; empty when nobody did."""
    if document.state != State.RETURNED:
        return ""
    back = timeline.last_return(read(), document)
    return _("%(who)s：%(why)s", who=told(timeline.who_did(back)), why=back.opinion) if back is not None else ""


def _part(number: int, section: Section, found: checkup.Checkup) -> dict[str, Any]:
    names = set(section.fields)
    wrong = [p for p in [*found.ill_filled, *found.against] if p.field in names]
    left = [p for p in found.missing if p.field in names]
    return {"id": f"part-{number}", "title": section.title, "problems": len(wrong), "done": not wrong and not left}


def preview_of(reading: Reading) -> dict[str, Any]:
    """Return how many pages the paper has as filled in so far, and a mark that changes with them; or why there are none."""
    try:
        paper = previews.printed(read(), reading, works_of(settings()))
    except Invalid as refusal:
        return {"pages": 0, "mark": "none", "why": refusal.sentence}
    return {"pages": paper.pages, "mark": paper.mark, "why": ""}


# -- two versions -------------------------------------------------------------------------------------------------


def conflict_page(document: Document, mine: Mapping[str, Any]) -> Response:
    """Lay the version saved elsewhere and the one of this page side by side; nothing of either is lost."""
    theirs = documents.read(read(), document)
    ours = documents.read(read(), document, answers=mine)
    differing = [
        _two(box.name, box.label.text, answered(ours.paper[box.name]), answered(box))
        for box in theirs.paper
        if not box.copied and document.answers.get(box.name) != mine.get(box.name)
    ]
    page = render_template(
        "documents/conflict.html",
        document=document,
        differing=differing,
        mine=json.dumps(dict(mine), ensure_ascii=False),
        changed_at=local_time(document.updated_at, "%H:%M:%S"),
    )
    return make_response(page, 409)


def _two(name: str, label: str, mine: str, theirs: str) -> dict[str, str]:
    """Describe one box of two versions; what is filled in is suggested before what is empty."""
    return {"name": name, "label": label, "mine": mine, "theirs": theirs, "better": "mine" if mine else "theirs"}


@pages.post("/documents/<uuid:uuid>/merge")
@requires(Permission.DOCUMENT_DRAFT)
def merge(uuid: UUID) -> AnyResponse | str:
    """Save what was chosen from two versions, box by box."""
    typed = _typed_before(request.form.get("mine", ""))
    try:
        with write() as session:
            document = documents.find(session, viewer(), uuid, lock=True)
            mine = documents.paper_class(document).read(_answers_only(typed)).answers() | _reasons(typed)
            if document.revision != number_of(request.form, "revision"):
                raise DraftConflict(document, mine)
            chosen = {name for name in {*mine, *document.answers} if request.form.get(f"choice-{name}") == "mine"}
            merged = {name: value for name, value in document.answers.items() if name not in chosen}
            merged |= {name: value for name, value in mine.items() if name in chosen}
            if reasons := {**document.answers.get(REASONS, {}), **mine.get(REASONS, {})}:
                merged[REASONS] = reasons
            documents.save(session, viewer(), document, merged, document.revision)
    except DraftConflict as conflict:
        return conflict_page(conflict.document, conflict.mine)
    flash(_("已按您的选择合并保存"), "success")
    return see_other("documents.edit", uuid=uuid)


def _typed_before(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Conflict(_("对照内容不完整，请返回编辑页重新保存"))
    return found


def _answers_only(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in typed.items() if isinstance(value, str | list)}


def _reasons(answers: Mapping[str, Any]) -> dict[str, Any]:
    given = answers.get(REASONS)
    kept = {rule: text for rule, text in given.items() if isinstance(text, str)} if isinstance(given, dict) else {}
    return {REASONS: kept} if kept else {}
