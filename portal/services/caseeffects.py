"""What papers make true of a person's case: opened, corrected, identified, moved, a bed kept, ended (R-14, R-28, R-33)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import FINAL_STATES, Milestone, State
from forms.kit.effects import (
    BedReleased,
    BedReserved,
    CaseFlagged,
    CaseOpened,
    CaseUpdated,
    Effect,
    IdentityConfirmed,
    PersonMoved,
    StayEnded,
)
from portal import clock
from portal.errors import Invalid
from portal.models import Attachment, Case, Document, Task
from portal.services import cases, clocks, letters, units
from portal.services.access import Viewer
from portal.services.documents import Reading
from portal.services.events import record

#: Clocks that end without fault when the identity is found (R-14).
ENDED_BY_IDENTITY = (
    "tracing_notice_due", "dna_request_due", "dna_result_due", "dna_result_month", "notice_refresh_due",
    "lifelong_tracing_due", "settlement_application_due", "settlement_plan_due", "settlement_plan_again_due",
    "police_registration_letter_due", "household_registration_due", "stay_three_months",
)  # fmt: skip
#: Papers and tasks that have lost their purpose when the identity is found (R-14, R-59).
MOOT_BY_IDENTITY = (
    "tracing_notice", "dna_request", "identity_assist_request", "settlement_application", "settlement_plan_request",
    "police_registration_letter", "tekun_inclusion_letter", "tekun_exclusion_record",
)  # fmt: skip


def make_true(session: Session, viewer: Viewer, document: Document, effect: Effect) -> None:
    """Make true what a paper says of its person, in the transaction of its act."""
    match effect:
        case CaseOpened():
            _open(session, document, effect)
        case CaseFlagged():
            case = _case(document)
            case.flags = {**case.flags, effect.flag: effect.why}
        case CaseUpdated():
            cases.correct(session, _case(document), effect.values)
        case IdentityConfirmed():
            _identity_found(session, viewer, document, effect)
        case PersonMoved():
            place = units.by_code(session, effect.place)
            cases.move(
                session,
                _case_named(session, document, effect.case_no),
                place,
                ward=effect.ward,
                bed=effect.bed,
                at=effect.at,
                actor_id=viewer.user_id,
            )
        case BedReserved():
            cases.reserve_bed(session, _case_named(session, document, effect.case_no), effect.ward, effect.bed)
        case BedReleased():
            cases.release_bed(session, _case_named(session, document, effect.case_no))
        case StayEnded():
            cases.end(session, _case(document), effect.method, effect.at, actor_id=viewer.user_id)
            clocks.cancel(
                session,
                {"case_id": _case(document).id},
                [
                    "stay_day_ten",
                    "stay_three_months",
                    "notice_refresh_due",
                    "settlement_application_due",
                    "settlement_plan_due",
                    "settlement_plan_again_due",
                ],
                "已离站",
                clock.now(),
            )
        case _:
            raise TypeError(f"nobody makes {type(effect).__name__} true")


def _open(session: Session, document: Document, effect: CaseOpened) -> None:
    if effect.case_no:
        document.case = _joined(session, effect)
        return
    photo = session.scalar(
        select(Attachment.sha256).where(
            Attachment.document_id == document.id, Attachment.kind == "photo", Attachment.removed_at.is_(None)
        )
    )
    cases.open_case(
        session,
        document,
        effect.person,
        effect.admitted_at,
        photo_sha256=photo,
        first_unit=units.by_code(session, effect.unit) if effect.unit else None,
    )


def _case(document: Document) -> Case:
    assert document.case is not None, f"{document.paper} must be about a case"
    return document.case


def _case_named(session: Session, document: Document, case_no: str) -> Case:
    """Return the paper's own case, or the companion's case of the same county that it names."""
    own = _case(document)
    if not case_no:
        return own
    found = session.scalar(select(Case).where(Case.case_no == case_no, Case.region_code == own.region_code))
    if found is None:
        raise Invalid(f"没有找到救助编号为{case_no}的个案，请核对随行人员")
    return found


def _joined(session: Session, effect: CaseOpened) -> Case:
    """Return the case the county has already registered, checked against the person at the door (P-18)."""
    region = units.by_code(session, effect.unit).region_code
    found = session.scalar(
        select(Case).where(Case.case_no == effect.case_no, Case.region_code == region, Case.is_open)
    )
    if found is None or found.person.sex != effect.person.get("sex"):
        raise Invalid(
            f"没有找到救助编号为{effect.case_no}、性别相符的在办个案，请与护送人员核对编号，或按“尚未登记”办理"
        )
    return found


def _identity_found(session: Session, viewer: Viewer, document: Document, effect: IdentityConfirmed) -> None:
    """R-14: identity onto the person, clocks cancelled, notices withdrawn, unfinished tracing papers closed."""
    case, at = _case(document), clock.now()
    cases.identify(
        session,
        case,
        name=effect.name,
        sex=effect.sex,
        birth_date=effect.birth_date,
        id_number=effect.id_number,
        hukou_address=effect.hukou_address,
        at=effect.confirmed_at,
        actor_id=viewer.user_id,
    )
    clocks.cancel(session, {"case_id": case.id}, ENDED_BY_IDENTITY, "身份已查明", at)
    rows = session.scalars(
        select(Document).where(
            Document.case_id == case.id,
            Document.paper.in_(MOOT_BY_IDENTITY),
            Document.id != document.id,
            Document.state.not_in([state.value for state in FINAL_STATES]),
        )
    )
    for row in rows:
        if row.state == State.SEALED:  # numbered and not sent: the number stays, the letter does not go out
            letters.void(session, row, actor_id=viewer.user_id, reason="身份已查明")
        close(session, row, "身份已查明", actor_id=viewer.user_id)
    for task in session.scalars(
        select(Task).where(Task.case_id == case.id, Task.paper.in_(MOOT_BY_IDENTITY), Task.done_at.is_(None))
    ):
        task.done_at = at


def close(session: Session, document: Document, reason: str, *, actor_id: int) -> None:
    """End a paper that has become moot; nobody holds it any more."""
    document.state = State.VOID if document.state == State.SEALED else State.CLOSED
    document.close_reason, document.closed_at = reason, clock.now()
    document.holder_desk = document.holder_unit = document.holder_user = None
    document.holder_unit_id = document.holder_user_id = None
    record(
        session,
        "closed",
        actor_id=actor_id,
        unit_id=document.issuer_id,
        document_id=document.id,
        case_id=document.case_id,
        step=document.step,
        opinion=reason,
    )


def release_kept_beds(session: Session, reading: Reading) -> None:
    """Free the beds that the signature of this very paper kept: it does not stand any more (R-33)."""
    for effect in reading.paper.effects(Milestone.SIGNED, reading.facts):
        if isinstance(effect, BedReserved):
            case = _case_named(session, reading.document, effect.case_no)
            if case.place.kind != "central_station":
                cases.release_bed(session, case)
