"""The print desk: number and seal many at once, print them as one file, keep the register of copies."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.chains import MIN_REASON, Desk, State
from pdf.merge import merge
from portal import clock
from portal.errors import Forbidden, Invalid
from portal.models import Document, Letter, Printing
from portal.services import letters
from portal.services.access import Viewer, document_scope
from portal.services.batches import MOST_AT_ONCE
from portal.services.events import record
from portal.services.letters import Works


def seal_units(viewer: Viewer) -> list[int]:
    """Return the organs at whose seal desk the viewer sits."""
    return sorted(unit_id for unit_id in viewer.unit_ids if Desk.SEAL in viewer.desks(unit_id))


def waiting(session: Session, viewer: Viewer, state: State) -> list[Document]:
    """Return the papers at the viewer's seal desks in one state (SIGNED: to number; SEALED: to print and send)."""
    units = seal_units(viewer)
    return list(
        session.scalars(
            select(Document)
            .where(Document.holder_unit_id.in_(units), Document.holder_desk == Desk.SEAL, Document.state == state)
            .options(joinedload(Document.issuer), joinedload(Document.counterpart), joinedload(Document.case))
            .order_by(Document.signed_on, Document.id)
            .limit(MOST_AT_ONCE)
        )
    )


def copies(session: Session, papers: Sequence[Document]) -> Mapping[int, int]:
    """Return how often the letter of each paper has been printed, by paper; never printed ones are left out."""
    counted = session.execute(
        select(Letter.document_id, func.count(Printing.id))
        .join(Printing, Printing.letter_id == Letter.id)
        .where(Letter.document_id.in_([paper.id for paper in papers]))
        .group_by(Letter.document_id)
    )
    return dict(counted.all())


def being_made(session: Session, viewer: Viewer) -> list[Letter]:
    """Return the letters of the viewer's seal desks whose number is drawn and whose file is not there yet."""
    rows = session.scalars(
        select(Letter)
        .join(Document, Document.id == Letter.document_id)
        .where(
            Letter.state == "pending",
            Document.state == State.NUMBERED,
            Document.issuer_id.in_(seal_units(viewer)),
        )
        .options(joinedload(Letter.document))
        .order_by(Letter.numbered_at, Letter.id)
        .limit(MOST_AT_ONCE)
    )
    return list(rows)


def progress(session: Session, viewer: Viewer, uuids: Sequence[UUID]) -> list[Letter]:
    """Return the letters of some papers in the order given, whatever their state."""
    rows = session.scalars(
        select(Letter)
        .join(Document, Document.id == Letter.document_id)
        .where(Document.uuid.in_(uuids), document_scope(viewer))
        .options(joinedload(Letter.document))
    )
    place = {uuid: index for index, uuid in enumerate(uuids)}
    return sorted(rows, key=lambda letter: place[letter.document.uuid])


def print_letters(
    session: Session, viewer: Viewer, uuids: Sequence[UUID], works: Works, *, reason: str = "", duplex: bool = True
) -> bytes:
    """Return the issued files as one PDF in the order given and enter each copy in the print register.

    Call inside a transaction. A second print of the same letter asks for a reason; a void letter is not printed.
    """
    chosen = progress(session, viewer, uuids)
    if not chosen:
        raise Invalid("请先勾选要打印的文书")
    files = []
    for letter in chosen:
        if not _may_print(viewer, letter):
            raise Forbidden(f"《{letter.document.title}》不属于您的文印岗位，不能打印")
        if letter.state != "issued":
            raise Invalid(
                f"《{letter.document.title}》{'已作废，不能打印' if letter.state == 'void' else '正在生成，请稍候'}"
            )
        copy_no = 1 + (
            session.scalar(select(func.max(Printing.copy_no)).where(Printing.letter_id == letter.id)) or 0
        )
        if copy_no > 1 and len(reason.strip()) < MIN_REASON:
            raise Invalid(f"《{letter.document.title}》已打印过，重印须写明理由，至少{MIN_REASON}个字")
        session.add(
            Printing(
                letter_id=letter.id,
                copy_no=copy_no,
                printed_by_id=viewer.user_id,
                printed_at=clock.now(),
                reason=reason.strip() if copy_no > 1 else "",
            )
        )
        record(
            session,
            "printed",
            actor_id=viewer.user_id,
            unit_id=letter.document.issuer_id,
            document_id=letter.document_id,
            case_id=letter.document.case_id,
            opinion=reason.strip() if copy_no > 1 else "",
            data={"copy_no": copy_no},
        )
        files.append(letters.file_of(letter, works))
    return merge(files, duplex=duplex)


def _may_print(viewer: Viewer, letter: Letter) -> bool:
    desks = viewer.desks(letter.document.issuer_id)
    return bool(desks & ({Desk.SEAL} if letter.document.sealer_id else {Desk.SEAL, Desk.CLERK, Desk.DUTY}))
