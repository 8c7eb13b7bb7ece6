"""Scans and photos on a paper: checked and written anew in a process apart, stored by digest, never shown as sent.

JPEG, PNG and PDF up to 20 MB are kept, and only what their pixels or pages say (reference: OWASP file upload; R-36).
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.kit.chains import EDITABLE_STATES, Desk
from forms.kit.effects import Needed
from forms.kit.rules import Problem
from portal import clock
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Attachment, Document
from portal.services import documents, scrub
from portal.services.access import Viewer, document_scope
from portal.services.events import record
from portal.services.files import FileStore

MOST_BYTES: Final = scrub.MOST_BYTES
PHOTO: Final = "photo"
MOST_PHOTO_BYTES: Final = 5 * scrub.MEGABYTE
#: Width to height of a photo: 35:45 as asked for (§3.6), and what a print crops to it without harm, such as 3:4 and 2:3.
PHOTO_SHAPE: Final = (0.6, 0.9)
LEAST_PHOTO_WIDTH: Final = 600  # pixels; a notice prints it 35 mm wide
MOST_OF_A_KIND: Final = 20
_PATIENCE: Final = 30  # seconds of the clock
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True)
class Checked:
    """A file as it will be kept. Width and height in pixels, None for a PDF; pages only of a PDF."""

    data: bytes
    mime: str
    width_px: int | None = None
    height_px: int | None = None
    pages: int | None = None


def check(data: bytes) -> Checked:
    """Read a file in a process apart and return it written anew. Invalid, with what to do, when it cannot be kept."""
    if not data:
        raise Invalid("文件是空的，请重新选择")
    if len(data) > MOST_BYTES:
        raise Invalid("文件超过20MB，请压缩或分成几份后再上传")
    command = [sys.executable, "-I", str(Path(scrub.__file__).resolve())]
    try:
        done = subprocess.run(  # noqa: S603 (our own program, no words of the visitor in its command)
            command, input=data, capture_output=True, timeout=_PATIENCE, env={"LC_ALL": "C.UTF-8"}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Invalid("文件过于复杂，系统不能处理，请打印后扫描上传") from error
    head, _line, kept = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        raise Invalid("文件已损坏或过大，系统打不开，请重新扫描或另存后再上传")
    about = json.loads(head)
    if "refused" in about:
        raise Invalid(str(about["refused"]))
    if len(kept) > MOST_BYTES:
        raise Invalid("文件整理后超过20MB，请降低扫描分辨率或分成几份")
    return Checked(kept, about["mime"], about.get("width"), about.get("height"), about.get("pages"))


def needed(session: Session, document: Document, kind: str) -> Needed:
    """Return the line of the paper's checklist a file is for. NotFound when the paper asks for no such file."""
    reading = documents.read(session, document)
    for need in reading.paper.needed(reading.facts):
        if need.kind == kind:
            return need
    raise NotFound("这份文书不需要这种附件")


def add(
    session: Session,
    viewer: Viewer,
    document: Document,
    kind: str,
    *,
    filename: str,
    checked: Checked,
    files: FileStore,
    dated_on: str = "",
) -> Attachment:
    """Put a checked file on a draft, inside a transaction. A new photo takes the place of the one before.

    Forbidden and Conflict as for the text; Invalid without the date a line asks for, or for too small a photo.
    """
    need = needed(session, document, kind)
    if not (need.after_issue and _out(viewer, document)):
        _may_change(viewer, document)
    box = f"attachment-{kind}"
    day = _day(need, dated_on, box)
    _check_size(checked, need, box)
    _check_picture(checked, need, box)
    present = session.scalars(
        select(Attachment).where(
            Attachment.document_id == document.id, Attachment.kind == kind, Attachment.removed_at.is_(None)
        )
    ).all()
    if kind == PHOTO:
        for old in present:
            old.removed_at = clock.now()
    elif len(present) >= MOST_OF_A_KIND:
        raise Invalid(f"“{need.label}”最多{MOST_OF_A_KIND}份，请合并成一份PDF", [Problem("附件份数过多", box)])
    kept = Attachment(
        document_id=document.id,
        kind=kind,
        filename=_name(filename, checked.mime),
        mime=checked.mime,
        size=len(checked.data),
        sha256=files.put(checked.data),
        dated_on=day,
        width_px=checked.width_px,
        uploaded_by_id=viewer.user_id,
        uploaded_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    _note(session, viewer, document, "attached", kept)
    return kept


def _may_change(viewer: Viewer, document: Document) -> None:
    if not documents.may_write(viewer, document):
        raise Forbidden("只有拟稿人可以增减附件")
    if document.state not in EDITABLE_STATES:
        raise Conflict("这份材料已提交，附件不能再改；如需修改，请先撤回")


def _out(viewer: Viewer, document: Document) -> bool:
    """Tell whether the paper is out and the viewer a clerk of its organ: some lines may still be added to then."""
    return document.sent_at is not None and Desk.CLERK in viewer.desks(document.issuer_id)


def _day(need: Needed, typed: str, box: str) -> date | None:
    if not need.dated:
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        sentence = f"请填写“{need.label}”的日期，再上传"
        raise Invalid(sentence, [Problem(sentence, box)]) from None
    if day > clock.today():
        raise Invalid("材料日期不能晚于今天，请核对", [Problem("材料日期不能晚于今天，请核对", box)])
    return day


def _check_size(checked: Checked, need: Needed, box: str) -> None:
    if need.kind == PHOTO and len(checked.data) > MOST_PHOTO_BYTES:
        sentence = "照片超过5MB，请用手机或电脑压缩后再上传"
        raise Invalid(sentence, [Problem(sentence, box)])


def _check_picture(checked: Checked, need: Needed, box: str) -> None:
    least = need.least_width or (LEAST_PHOTO_WIDTH if need.kind == PHOTO else 0)
    if not least:
        return
    if checked.width_px is None or checked.height_px is None:
        sentence = f"“{need.label}”须为JPEG或PNG图片"
    elif checked.width_px < least:
        sentence = f"图片宽{checked.width_px}像素，不足{least}像素，印出来看不清，请上传原图"
    elif need.kind == PHOTO and not PHOTO_SHAPE[0] <= checked.width_px / checked.height_px <= PHOTO_SHAPE[1]:
        sentence = "照片须为竖幅正面照，宽高比约35:45，请竖着拍摄或裁剪后再上传"
    else:
        return
    raise Invalid(sentence, [Problem(sentence, box)])


def _name(sent: str, mime: str) -> str:
    """Return the last part of a sent file name, made harmless, with the ending the file really has."""
    last = sent.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(each for each in last if each.isprintable() and each not in '<>:"|?*\u202e\u202d\u2066\u2067')
    stem = clean.rsplit(".", 1)[0] if "." in clean else clean
    return f"{stem.strip(' .')[:80] or '附件'}.{_ENDINGS[mime]}"


def remove(session: Session, viewer: Viewer, uuid: UUID) -> Document:
    """Take a file off a draft, inside a transaction; the bytes stay in the store, the log says who did it."""
    found = find(session, viewer, uuid)
    _may_change(viewer, found.document)
    found.removed_at = clock.now()
    _note(session, viewer, found.document, "detached", found)
    return found.document


def find(session: Session, viewer: Viewer, uuid: UUID) -> Attachment:
    """Return a file on a paper the viewer may open; NotFound otherwise, or when it was taken off."""
    found = session.scalar(
        select(Attachment)
        .join(Document, Document.id == Attachment.document_id)
        .where(Attachment.uuid == uuid, Attachment.removed_at.is_(None), document_scope(viewer))
        .options(joinedload(Attachment.document))
    )
    if found is None:
        raise NotFound
    return found


def opened(session: Session, viewer: Viewer, attachment: Attachment) -> None:
    """Write down that somebody opened a file."""
    _note(session, viewer, attachment.document, "attachment_opened", attachment)


def _note(session: Session, viewer: Viewer, document: Document, kind: str, file: Attachment) -> None:
    record(
        session,
        kind,
        actor_id=viewer.user_id,
        unit_id=viewer.home.unit_id if viewer.home else None,
        document_id=document.id,
        case_id=document.case_id,
        step=document.step,
        data={"kind": file.kind, "name": file.filename, "sha256": file.sha256},
    )


def of_document(session: Session, document: Document) -> dict[str, list[Attachment]]:
    """Return the files on a paper by line of its checklist, oldest first."""
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.document_id == document.id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    found: dict[str, list[Attachment]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    return found
