"""Files on a paper: uploaded with or without script, together with whatever is typed on the page; opened; taken off."""

from io import BytesIO
from uuid import UUID

from flask import Response, flash, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from forms.kit.rules import Problem
from portal.errors import Invalid
from portal.models import Document
from portal.services import documents, uploads
from portal.services.documents import DraftConflict
from portal.services.permissions import Permission
from portal.web import drafts
from portal.web.common import done, read, see_other, settings, viewer, write
from portal.web.drafts import pages
from portal.web.guard import requires
from portal.workshop import works_of

#: Nothing in an opened file may run, load or talk, whatever it is.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
PORTRAIT = 35 / 45


@pages.post("/documents/<uuid:uuid>/attachments/<kind>")
@requires(Permission.DOCUMENT_DRAFT)
def attach(uuid: UUID, kind: str) -> AnyResponse | str:
    """Put a file on a draft; what is typed on the page is saved along with it."""
    document = documents.find(read(), viewer(), uuid)
    uploads.needed(read(), document, kind)
    try:
        _keep_text(document)
        _store(uuid, kind, request.files.get(f"file-{kind}"))
    except DraftConflict as conflict:
        return drafts.conflict_page(conflict.document, conflict.mine)
    except Invalid as refusal:
        problem = Problem(refusal.sentence, f"attachment-{kind}")
        return _answer(uuid, kind, [problem])
    return _answer(uuid, kind, [])


def _keep_text(document: Document) -> None:
    """Save what is typed on the page from which a file is sent or taken off."""
    if "_answers" in request.form and documents.is_open(document):
        drafts.save_posted(document.uuid, request.form)


def _store(uuid: UUID, kind: str, sent: FileStorage | None) -> None:
    if sent is None or not sent.filename:
        raise Invalid(_("请先选择文件"))
    checked = uploads.check(sent.stream.read(uploads.MOST_BYTES + 1))
    works = works_of(settings())
    works.files.put(checked.data)  # before the row, and outside the write transaction
    with write() as session:
        kept = uploads.add(
            session,
            viewer(),
            documents.find(session, viewer(), uuid, lock=True),
            kind,
            filename=sent.filename,
            checked=checked,
            files=works.files,
            dated_on=request.form.get(f"dated-{kind}", ""),
        )
        name = kept.filename
    if not drafts.is_htmx():
        done(_("已上传“%(name)s”", name=name))
    if kind == uploads.PHOTO and checked.width_px and checked.height_px:
        _hint_at_shape(checked.width_px / checked.height_px)


def _hint_at_shape(shape: float) -> None:
    if abs(shape - PORTRAIT) > 0.12 and not drafts.is_htmx():
        flash(_("照片不是35:45的竖幅，印出来会留白；有条件的请裁切后再传"), "info")


def _answer(uuid: UUID, kind: str, problems: list[Problem]) -> AnyResponse | str:
    """Answer by the checklist, by the page with what was typed, or by sending the browser back to it."""
    reading = documents.read(read(), documents.find(read(), viewer(), uuid))
    if not drafts.may_edit(reading):
        if problems:
            raise Invalid(problems[0].sentence, problems)
        return see_other("documents.show", uuid=uuid)
    status = 422 if problems else 200
    if drafts.is_htmx():
        words = drafts.regions(reading, _desk(tuple(problems)))
        return Response(render_template("documents/_files.html", **words), status)
    if problems:
        return drafts.edit_page(reading, _desk(tuple(problems)), status)
    return see_other("documents.edit", uuid=uuid, _anchor=f"attachment-{kind}")


def _desk(problems: tuple[Problem, ...] = ()) -> drafts.Desk:
    return drafts.Desk(tried=bool(request.form.get("_tried")), file_problems=problems)


@pages.post("/attachments/<uuid:uuid>/remove")
@requires(Permission.DOCUMENT_DRAFT)
def detach(uuid: UUID) -> AnyResponse | str:
    """Take a file off a draft."""
    found = uploads.find(read(), viewer(), uuid)
    kind, paper = found.kind, found.document.uuid
    try:
        _keep_text(found.document)
    except DraftConflict as conflict:
        return drafts.conflict_page(conflict.document, conflict.mine)
    with write() as session:
        uploads.remove(session, viewer(), uuid)
    if not drafts.is_htmx():
        done(_("附件已删除"))
    return _answer(paper, kind, [])


@pages.get("/attachments/<uuid:uuid>")
@requires(Permission.DOCUMENT_READ)
def attachment(uuid: UUID) -> Response:
    """Give a file to somebody who may open its paper; the log says who opened it."""
    with write() as session:
        found = uploads.find(session, viewer(), uuid)
        uploads.opened(session, viewer(), found)
        name, mime, digest = found.filename, found.mime, found.sha256
    return handed_over(works_of(settings()).files.get(digest), name, mime)


def handed_over(data: bytes, name: str, mime: str, *, policy: str = SANDBOX, inline: bool = False) -> Response:
    """Answer with a file that nothing in the browser takes for a page; its name may be Chinese (RFC 6266)."""
    answer = send_file(BytesIO(data), mime, as_attachment=not inline, download_name=name)
    answer.headers["Content-Security-Policy"] = policy
    return answer
