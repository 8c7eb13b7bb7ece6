"""From signed text to issued letter: number, freeze, set, seal, sign, store; void; and what a crash left behind.

`issue` is idempotent and the only way a file comes into being: the request calls it after its commit, the worker
calls it for batches, start-up calls it for whatever is still pending.
"""

import base64
import logging
import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.kit.chains import FORWARD, Numbering, State
from forms.kit.faces import Stamp
from forms.kit.timespan import chinese_moment
from forms.kit.workdays import SHANGHAI
from pdf import certs, render, seal, sign
from portal import clock
from portal.db import transaction
from portal.errors import Invalid
from portal.models import Document, Event, Letter, NumberSeries, Unit, User
from portal.services.documents import Reading, paper_class
from portal.services.events import record
from portal.services.files import FileStore

log = logging.getLogger(__name__)
#: No letter that can be taken for a digit or another letter when read from paper.
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY3456789"


@dataclass(frozen=True)
class Works:
    """The workshop letters are made in: where files lie, where keys lie, and whether seals read 样章."""

    files: FileStore
    keys: Path
    passphrase: str
    public_url: str
    sample_seals: bool


def draw_number(session: Session, unit: Unit, genre: str, year: int) -> tuple[NumberSeries, int, str]:
    """Take the next number of an organ's series, inside the transaction that will use it (R-96).

    Invalid while the organ has no letter code for the genre, or has not confirmed its codes.
    """
    code = unit.letter_codes.get("呈" if genre in {"请示", "报告"} else "函")
    if not code:
        raise Invalid(f"{unit.name}还没有设置“{genre}”的发文机关代字，请联系系统管理员")
    if not unit.codes_confirmed:
        raise Invalid(f"{unit.name}的发文机关代字尚未确认，请由本单位负责人在“单位设置”中确认后再编号")
    query = select(NumberSeries).where(
        NumberSeries.unit_id == unit.id, NumberSeries.code == code, NumberSeries.year == year
    )
    series = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if series is None:
        # The organ's row is the lock for a series that is not there yet.
        session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())
        series = session.scalar(query.with_for_update())
    if series is None:
        series = NumberSeries(unit_id=unit.id, code=code, year=year, last=0)
        session.add(series)
    series.last += 1
    session.flush()
    return series, series.last, f"{code}〔{year}〕{series.last}号"


def freeze(session: Session, reading: Reading, numbered_by: int, works: Works) -> Letter:
    """Draw the number and freeze the content, in the caller's transaction. The file is made later, by `issue`."""
    document, moment = reading.document, clock.now()
    kind = paper_class(document)
    letter = Letter(
        document=document,
        check_code="".join(secrets.choice(_CODE_LETTERS) for _ in range(12)),
        state="pending",
        content={},
        numbered_at=moment,
        numbered_by_id=numbered_by,
    )
    if kind.chain.numbering is Numbering.SERIES:
        year = moment.astimezone(SHANGHAI).year
        letter.series, letter.serial, letter.doc_no = draw_number(session, document.issuer, kind.genre.value, year)
    elif kind.chain.numbering is Numbering.CASE:
        letter.doc_no = _case_number(session, document)
    document.doc_no = letter.doc_no
    stamp = stamp_of(
        session, document, works, check_code=letter.check_code, issued_on=moment.astimezone(SHANGHAI).date()
    )
    letter.content = reading.paper.face(reading.facts, stamp)
    session.add(letter)
    session.flush()
    return letter


def _case_number(session: Session, document: Document) -> str:
    """Return 寻+case number for a notice, 交+case number-n for the n-th handover of the case (§1.4)."""
    assert document.case is not None, "a numbered form is about a case"
    if document.paper == "tracing_notice":
        return f"寻{document.case.case_no}"
    prefix = f"交{document.case.case_no}-"
    taken = session.scalars(select(Document.doc_no).where(Document.case_id == document.case_id)).all()
    return f"{prefix}{sum(1 for number in taken if number and number.startswith(prefix)) + 1}"


def stamp_of(
    session: Session, document: Document, works: Works, *, check_code: str = "", issued_on: date | None = None
) -> Stamp:
    """Return what signing adds to the text; without a check code it is the stamp of a preview."""
    kind = paper_class(document)
    acted = {"draft": document.drafter_id, **document.acted}
    rows = session.execute(
        select(User.id, User.name).where(User.id.in_([int(account) for account in acted.values()]))
    )
    names = dict(rows.all())
    frozen = bool(check_code)
    sealed = kind.chain.freezes_at == "seal"
    return Stamp(
        doc_no=document.doc_no,
        signed_on=document.signed_on,
        signer=names.get(document.signer_id or 0, "") if document.signed_on else "",
        seal={
            "text": document.issuer.name,
            "diameter_mm": document.issuer.seal_mm,
            "sample": works.sample_seals,
        }
        if frozen and sealed
        else None,
        check={"code": check_code, "url": f"{works.public_url}/check/{check_code}"}
        if frozen and document.issuer.qr_on_letters
        else None,
        names={step: names.get(int(account), "") for step, account in acted.items()},
        times=_times(session, document),
        issued_on=issued_on,
    )


def _times(session: Session, document: Document) -> dict[str, str]:
    """Return when each step was last passed, as printed beside the signatures of a form."""
    rows = session.execute(
        select(Event.step, func.max(Event.at))
        .where(Event.document_id == document.id, Event.kind.in_([act.value for act in FORWARD]))
        .group_by(Event.step)
    )
    return {step: chinese_moment(at) for step, at in rows if step in document.acted}


def preview(session: Session, reading: Reading, works: Works) -> bytes:
    """Return the very page that will be issued, but for number, date and seal."""
    stamp = stamp_of(session, reading.document, works)
    return render.render(with_pictures(reading.paper.face(reading.facts, stamp), works.files)).pdf


def with_pictures(content: Any, files: FileStore) -> Any:
    """Replace every picture reference "sha256:…" by the picture itself, as a data: URI."""
    if isinstance(content, Mapping):
        return {key: with_pictures(value, files) for key, value in content.items()}
    if isinstance(content, list):
        return [with_pictures(value, files) for value in content]
    if isinstance(content, str) and content.startswith("sha256:"):
        data = files.get(content.removeprefix("sha256:"))
        mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return f"data:{mime};base64,{base64.b64encode(data).decode()}"
    return content


def issue(session: Session, letter_id: int, works: Works) -> Letter:
    """Make the file of a numbered letter: set, seal, sign, store, mark issued. Harmless when already done.

    Setting and signing run outside any write transaction; the file is stored before the row says so.
    """
    letter = session.get_one(Letter, letter_id)
    if letter.state != "pending":
        return letter
    content, moment = dict(letter.content), letter.numbered_at
    organ_code, organ_name = letter.document.issuer.code, letter.document.issuer.name
    title, actor_id = letter.document.title, letter.numbered_by_id
    session.rollback()  # no transaction stays open while the page is made

    page = render.render(with_pictures(content, works.files))
    identity = certs.ensure_identity(
        works.keys, organ_code, organ_name, passphrase=works.passphrase, now=clock.now()
    )
    signed = sign.sign(
        page.pdf,
        identity=identity,
        seal=page.seal_box,
        seal_art=_seal_art(content, works, organ_code),
        reason=title,
        location=organ_name,
        signing_time=moment,
    )
    digest = works.files.put(signed)

    with transaction(session):
        letter = session.scalars(
            select(Letter)
            .where(Letter.id == letter_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if letter.state != "pending":
            return letter
        letter.sha256, letter.size, letter.pages = digest, len(signed), page.pages
        letter.issued_at, letter.state = clock.now(), "issued"
        document = letter.document
        if document.state == State.NUMBERED:
            document.state = State.SEALED
            document.held_since = letter.issued_at
        record(
            session,
            "sealed" if document.sealer_id else "issued",
            actor_id=actor_id,
            unit_id=document.issuer_id,
            document_id=document.id,
            case_id=document.case_id,
            step="seal",
            data={"sha256": digest, "doc_no": letter.doc_no, "pages": page.pages},
        )
    return letter


def _seal_art(content: Mapping[str, Any], works: Works, organ_code: str) -> seal.SealArt | None:
    """Return the picture of the seal: 样章 where seals are samples, else the organ's own `<code>.png` among the keys.

    None where the organ has no picture: the file is signed all the same, and the ink seal is set on the print.
    """
    asked = content.get("seal")
    if not asked:
        return None
    if asked["sample"]:
        return seal.sample_seal(asked["text"], diameter_mm=asked["diameter_mm"])
    own = works.keys / f"{organ_code}.png"
    return seal.picture_seal(own.read_bytes(), diameter_mm=asked["diameter_mm"]) if own.exists() else None


def pending(session: Session) -> list[int]:
    """Return the letters whose number is drawn but whose file is not made: what a crash left behind."""
    return list(session.scalars(select(Letter.id).where(Letter.state == "pending").order_by(Letter.id)))


def recover(session: Session, works: Works) -> int:
    """Finish every pending letter and sweep half-written files; run at start. Returns how many were finished.

    Several processes may recover at once, so each goes its own way through the list; one letter that cannot be made is
    logged and does not keep the others waiting.
    """
    works.files.sweep()
    waiting = pending(session)
    session.rollback()
    random.shuffle(waiting)
    finished = 0
    for letter_id in waiting:
        try:
            finished += issue(session, letter_id, works).state == "issued"
        except Exception:
            session.rollback()
            log.exception("letter %s cannot be made", letter_id)
    return finished


def void(session: Session, document: Document, *, actor_id: int, reason: str) -> Letter:
    """Void an issued letter in the caller's transaction: number, reason and name stay (R-96)."""
    letter = session.scalars(select(Letter).where(Letter.document_id == document.id).with_for_update()).one()
    letter.state, letter.voided_at, letter.voided_by_id, letter.void_reason = (
        "void",
        clock.now(),
        actor_id,
        reason,
    )
    return letter


def file_of(letter: Letter, works: Works) -> bytes:
    """Return the issued file, checked against its digest. Invalid while it is still being made."""
    if letter.sha256 is None:
        raise Invalid("文件正在生成，请稍后刷新")
    return works.files.get(letter.sha256)
