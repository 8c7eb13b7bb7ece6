"""The problem list (问题清单): narrowed, answered by its owner with evidence, cleared by somebody else (R-76)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.phrases import Phrase
from forms.kit.rules import Problem
from portal import clock
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Finding, Resident
from portal.services.access import Viewer, finding_scope
from portal.services.events import record
from portal.services.files import FileStore
from portal.services.uploads import Checked

RESULT_WORDS: Final = {
    "open": Phrase("整改中"), "rectified": Phrase("已整改"), "refused": Phrase("拒不整改，依法处理"), "unfounded": Phrase("不属实"),
}  # fmt: skip
SOURCE_WORDS: Final = {
    "screening": Phrase("附件1"), "thematic": Phrase("专项排查"), "visit": Phrase("走访"), "complaint": Phrase("举报"),
    "superior": Phrase("上级督查"),
}  # fmt: skip
MOST: Final = 300


@dataclass(frozen=True)
class Row:
    """A problem in the list with how late it is."""

    finding: Finding
    late: bool


def listing(session: Session, viewer: Viewer, *, state: str = "open", kind: str = "") -> list[Row]:
    """Return the problems of the viewer's area: open, answered (waiting to be cleared), cleared or all; nearest due first."""
    ways: list[ColumnElement[bool]] = [finding_scope(viewer)]
    match state:
        case "open":
            ways.append(Finding.cleared_on.is_(None))
        case "answered":
            ways += [Finding.cleared_on.is_(None), Finding.result != "open"]
        case "cleared":
            ways.append(Finding.cleared_on.is_not(None))
    if kind:
        ways.append(Finding.kind == kind)
    rows = session.scalars(_shown().where(*ways).order_by(Finding.due_on, Finding.id).limit(MOST))
    today = clock.today()
    return [Row(row, row.cleared_on is None and row.due_on < today) for row in rows]


def _shown() -> Select[Finding]:
    return select(Finding).options(
        joinedload(Finding.town),
        joinedload(Finding.owner_unit),
        joinedload(Finding.cleared_by),
        joinedload(Finding.resident).joinedload(Resident.village),
    )


def of_resident(session: Session, viewer: Viewer, resident: Resident) -> Sequence[Finding]:
    """Return the problems of one resident, newest first."""
    rows: Sequence[Finding] = session.scalars(
        _shown().where(Finding.resident_id == resident.id, finding_scope(viewer)).order_by(Finding.id.desc())
    ).all()
    return rows


def find(session: Session, viewer: Viewer, uuid: UUID, *, lock: bool = False) -> Finding:
    """Return a problem the viewer may open, NotFound otherwise."""
    query = select(Finding).where(Finding.uuid == uuid, finding_scope(viewer))
    row = session.scalar(query.with_for_update(of=Finding) if lock else query)
    if row is None:
        raise NotFound
    return row


def report(
    session: Session,
    viewer: Viewer,
    uuid: UUID,
    *,
    result: str,
    note: str,
    measure: str = "",
    evidence: tuple[str, Checked] | None = None,
    files: FileStore,
) -> Finding:
    """Write down how a problem was dealt with. Rectified needs evidence (R-76); a cleared one is closed for good."""
    row = find(session, viewer, uuid, lock=True)
    if row.cleared_on is not None:
        raise Conflict(f"问题{row.number}已销号，不能再改")
    if result not in {"rectified", "refused", "unfounded"}:
        raise Invalid("请选择整改结果", [Problem("请选择整改结果", "result", "R-76")])
    if len(note.strip()) < 5:
        raise Invalid("请写明整改情况，至少5个字", [Problem("请写明整改情况，至少5个字", "note", "R-76")])
    if evidence is not None:
        name, checked = evidence
        row.evidence_sha256, row.evidence_name = files.put(checked.data), name[:120]
    if result == "rectified" and row.evidence_sha256 is None:
        raise Invalid("已整改的须上传佐证材料", [Problem("请上传照片或材料作为佐证", "evidence", "R-76")])
    row.result, row.result_note, row.reported_by_id = result, note.strip()[:300], viewer.user_id
    if measure.strip():
        row.measure = measure.strip()[:200]
    _note(session, viewer, row, "problem_answered", note)
    return row


def clear(session: Session, viewer: Viewer, uuid: UUID) -> Finding:
    """Strike a problem off the list. Whoever reported the result cannot (R-76); without a result nobody can."""
    row = find(session, viewer, uuid, lock=True)
    if row.cleared_on is not None:
        raise Conflict(f"问题{row.number}已于{row.cleared_on}销号")
    if row.result == "open":
        raise Invalid("还没有整改结果，不能销号", [Problem("请责任单位先报告整改结果", "result", "R-76")])
    if row.reported_by_id == viewer.user_id:
        raise Forbidden("整改结果由您本人报告，须由另一人核实销号（R-76）")
    row.cleared_on, row.cleared_by_id = clock.today(), viewer.user_id
    _note(session, viewer, row, "problem_cleared", row.result_note)
    return row


def _note(session: Session, viewer: Viewer, row: Finding, kind: str, opinion: str) -> None:
    record(
        session,
        kind,
        actor_id=viewer.user_id,
        unit_id=viewer.home.unit_id if viewer.home else None,
        document_id=row.document_id,
        opinion=opinion.strip()[:300],
        data={"number": row.number, "result": row.result},
    )
