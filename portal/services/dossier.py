"""What stands around a paper on its page: who has it, its chain drawn, its limits, and the papers it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from forms.catalog import PAPERS
from forms.kit.chains import FINAL_STATES, Side, State, Step
from forms.kit.counting import Due
from forms.kit.effects import Starts
from forms.kit.limits import LIMITS, TimeLimit
from forms.kit.paper import Paper
from forms.kit.phrases import Phrase
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.models import Case, Clock, Document, DocumentCopy, Unit
from portal.services import clocks, timeline
from portal.services.access import Viewer, case_scope, document_scope, holders_of_desk
from portal.services.clocks import ClockLine
from portal.services.documents import Reading, paper_class
from portal.services.permissions import Permission, allows
from portal.services.positions import desk_title
from portal.services.subjects import alike, primary

#: Moments of a paper that lie ahead while it is written: box of `Starts.trigger` → what is assumed meanwhile.
_AHEAD = {
    "received_at": Phrase("假定今天对方签收"),
    "served_on": Phrase("假定今天送达对方"),
    "sent_at": Phrase("假定今天发出"),
}


# -- who has it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """The one who has the paper: an organ's desk, with the people at it, or one named person."""

    unit: str
    desk: str
    names: Sequence[str]
    since: datetime

    @property
    def words(self) -> str:
        """One phrase: 平塘县民政局审核人（罗秋实、韦明远）."""
        place = Phrase("%(unit)s%(desk)s", unit=self.unit, desk=Phrase(self.desk))
        return Phrase("%(place)s（%(names)s）", place=place, names="、".join(self.names)) if self.names else place


def holder(session: Session, viewer: Viewer, document: Document) -> Holder | None:
    """Return who has the paper now; None when nobody does. The other organ is told the desk, not the names."""
    if document.holder_unit is None or document.holder_desk is None:
        return None
    unit, names = document.holder_unit, list[str]()
    if unit.id in viewer.unit_ids or timeline.sees_inside(viewer, document):
        names = [user.name for user in _people(session, document)]
    return Holder(unit.name, desk_title(unit, document.holder_desk), names, document.held_since)


def _people(session: Session, document: Document) -> Sequence[Any]:
    if document.holder_user is not None:
        return [document.holder_user]
    if document.holder_unit_id is None or document.holder_desk is None:
        return []
    barred = {document.drafter_id, document.reviewer_id, document.signer_id}
    if document.holder_unit_id != document.issuer_id or document.step in {"receive", "answer"}:
        barred = set()
    return [
        user
        for user in holders_of_desk(session, document.holder_unit_id, document.holder_desk)
        if user.id not in barred
    ]


# -- the chain drawn ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Station:
    """One step of the chain as drawn: what it is called, whose desk, who acted or is to act, and how it stands."""

    label: str
    desk: str
    unit: str
    state: str  # done, here, next, skipped, returned
    person: str = ""
    time: str = ""
    note: str = ""


def stations(session: Session, viewer: Viewer, reading: Reading) -> list[Station]:
    """Draw the chain of a paper: steps done with who and when, the one where it lies, those to come."""
    document = reading.document
    chain = paper_class(document).chain
    done = timeline.last_forward(session, document)
    inside = timeline.sees_inside(viewer, document)
    here = chain.steps.index(chain.step(document.step))
    drawn = []
    for index, step in enumerate(chain.steps):
        unit = document.counterpart if step.side is Side.COUNTERPART else document.issuer
        shown = inside or (unit is not None and unit.id in viewer.unit_ids)
        event, state = done.get(step.name), _standing(document, index - here, step.name in done)
        person = timeline.who_did(event) if event is not None and shown else ""
        if state == "here" and shown and not person:
            person = _few([user.name for user in _people(session, document)])
        drawn.append(
            Station(
                label=step.label,
                desk=desk_title(unit, step.desk) if unit is not None else "",
                unit=unit.name if unit is not None else "",
                state=state,
                person=person,
                time=event.at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if event is not None and shown else "",
                note=_remark(document, step, state),
            )
        )
    return drawn


def _few(names: Sequence[str]) -> str:
    return "、".join(names) if len(names) <= 2 else Phrase("%(name)s等%(n)s人", name=names[0], n=len(names))


def _standing(document: Document, distance: int, acted: bool) -> str:
    if document.state in FINAL_STATES:
        if distance == 0 and document.state in {State.REJECTED, State.VOID} and not acted:
            return "returned"
        if acted or document.state == State.REPLIED:
            return "done"
        # A paper that asks for no answer ends at its receipt; one that was dropped ends where it lay.
        ended_well = distance == 0 and document.state == State.CLOSED and document.received_at is not None
        return "done" if ended_well else "skipped"
    if distance == 0:
        return "returned" if document.state in {State.RETURNED, State.WITHDRAWN} else "here"
    return "done" if distance < 0 else "next"


def _remark(document: Document, step: Step, state: str) -> str:
    if state == "here" and document.state == State.NUMBERED:
        return Phrase("正在生成文件")
    if state == "here" and document.state == State.HELD:
        return Phrase("暂缓，待负责人决定")
    if step.name == "receive" and state == "done" and document.incoming_no:
        return document.incoming_no
    return ""


# -- papers around it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Related:
    """A paper this one belongs to, and how: 来文、答复、原件、重发."""

    word: str
    document: Document


def case_open(session: Session, viewer: Viewer, document: Document) -> bool:
    """Tell whether the viewer may open the file of the person the paper is about."""
    if document.case_id is None or not allows(viewer, Permission.CASE_READ):
        return False
    return session.scalar(select(Case.id).where(Case.id == document.case_id, case_scope(viewer))) is not None


def related(session: Session, viewer: Viewer, document: Document) -> list[Related]:
    """Return request, replies, the void paper replaced and the one that replaces it, as far as the viewer may open them."""
    ways = [Document.in_reply_to_id == document.id, Document.replaces_id == document.id]
    if document.in_reply_to_id is not None:
        ways.append(Document.id == document.in_reply_to_id)
    if document.replaces_id is not None:
        ways.append(Document.id == document.replaces_id)
    rows = session.scalars(
        select(Document)
        .where(or_(*ways), document_scope(viewer))
        .options(joinedload(Document.issuer))
        .order_by(Document.id)
    )

    def word(other: Document) -> str:
        if other.id == document.in_reply_to_id:
            return Phrase("来文")
        if other.id == document.replaces_id:
            return Phrase("被替代的原件")
        return Phrase("重新办理") if other.replaces_id == document.id else Phrase("答复")

    return [Related(word(row), row) for row in rows]


def answers_open(viewer: Viewer, document: Document) -> list[type[Paper]]:
    """Return the papers with which the viewer may answer this one now."""
    if document.holder_unit_id is None or document.received_at is None or document.state in FINAL_STATES:
        return []
    kinds = [PAPERS[code] for code in paper_class(document).answered_by if code in PAPERS]
    # Whoever has the paper answers it: the organ addressed, or our own clerk for a party that has no desk here.
    desks = viewer.desks(document.holder_unit_id)
    here = {seat.unit_kind for seat in viewer.seats if seat.unit_id == document.holder_unit_id}
    return [kind for kind in kinds if kind.chain.steps[0].desk in desks and here & kind.drafted_in]


def copies(session: Session, document: Document) -> Sequence[DocumentCopy]:
    """Return the organs that got a copy."""
    return session.scalars(
        select(DocumentCopy).where(DocumentCopy.document_id == document.id).order_by(DocumentCopy.sent_at)
    ).all()


def unit_names(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    """Return the names of organs by id."""
    return dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all()) if ids else {}


# -- its limits ---------------------------------------------------------------------------------------------------


def clock_lines(session: Session, document: Document) -> list[ClockLine]:
    """Return the limits this paper started and those of its case that it is to meet; running ones first."""
    meets = [code for code, limit in LIMITS.items() if limit.paper == document.paper]
    ways = [Clock.document_id == document.id]
    if about := primary(document):
        ours = or_(Clock.campaign_id.is_(None), Clock.owner_id == document.issuer_id)  # each township has its own
        ways.append(and_(alike(Clock, about), Clock.limit.in_(meets), ours))
    rows = session.scalars(
        select(Clock)
        .where(or_(*ways))
        .options(*clocks.SHOWN)
        .order_by(Clock.done_at.is_not(None), Clock.cancelled_at.is_not(None), Clock.due_at)
    ).all()
    known, now = clocks.calendar(session), clock.now()
    return [clocks.line_of(row, known, now) for row in rows]


@dataclass(frozen=True)
class Deadline:
    """A limit that a paper will start, counted ahead. `assumed` says what the count supposes; empty when it is known."""

    limit: TimeLimit
    due: Due | None
    explained: Sequence[str]
    assumed: str = ""


def deadlines(session: Session, reading: Reading) -> list[Deadline]:
    """Count ahead the limits a draft will start, from the moments typed so far."""
    paper, facts = reading.paper, reading.facts
    identified = facts.person.identified
    if not facts.exists and "identity_status" in paper:
        identified = paper["identity_status"].data == "confirmed"
    found: dict[str, Deadline] = {}  # a limit that several milestones set is told once
    for begun in paper_class(reading.document).starts:
        if begun.unless_identified and identified:
            continue
        if begun.shown_when is not None and not begun.shown_when(paper):
            continue
        if paper.rows_of(begun) == []:
            continue
        found.setdefault(begun.limit, _ahead(session, reading, begun))
    return list(found.values())


def _ahead(session: Session, reading: Reading, begun: Starts) -> Deadline:
    trigger: datetime | date | None = reading.paper.due_trigger(begun, reading.facts)
    assumed = ""
    if trigger is None and begun.trigger in _AHEAD:
        trigger, assumed = reading.facts.now, _AHEAD[begun.trigger]
    limit = clocks.limit_in_force(session, begun.limit)
    if trigger is None:
        return Deadline(limit, None, (), Phrase("待填写%(trigger)s后计算", trigger=Phrase(limit.trigger)))
    if limit.outside and isinstance(trigger, datetime):
        trigger = trigger.astimezone(SHANGHAI).date()
    limit, due, explained = clocks.calculate(session, begun.limit, trigger)
    return Deadline(limit, due, explained, assumed)
