"""The story of one person: what happened, and where they have been, read from the event log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.kit.chains import Act
from forms.kit.phrases import Phrase
from portal.models import Case, Document, Event, Unit
from portal.services import timeline
from portal.services.access import Viewer


@dataclass(frozen=True)
class Stay:
    """Where the person has been: an organ, since when; the last one is where they are."""

    place: str
    since: datetime
    note: str = ""


def events(session: Session, case: Case) -> Sequence[Event]:
    """Return the records of a case and of its papers, oldest first."""
    return session.scalars(
        select(Event)
        .where(Event.case_id == case.id)
        .options(joinedload(Event.actor), joinedload(Event.for_user), joinedload(Event.unit))
        .order_by(Event.seq)
    ).all()


def history(viewer: Viewer, papers: Sequence[Document], events: Sequence[Event]) -> list[timeline.Item]:
    """Return what happened, newest first. Another organ's deliberations are left out, as on the papers themselves."""
    known = {paper.id: paper for paper in papers}
    found = []
    for event in reversed(events):
        if event.document_id is None:
            found.append(_item(event, _about_case(event)))
            continue
        paper = known.get(event.document_id)
        if paper is None or event.kind not in _TOLD:
            continue
        if event.kind in _OUTWARD or event.unit_id in viewer.unit_ids or timeline.sees_inside(viewer, paper):
            found.append(_item(event, Phrase("《%(title)s》", title=paper.title), paper))
    return found


#: What of a paper belongs to the story of a person; the rest is on the paper's own page.
_TOLD = frozenset({
    "case_opened", "closed", "sealed", Act.SUBMIT, Act.SIGN, Act.CONFIRM, Act.SEND, Act.RECEIVE, Act.SERVE,
    Act.SEND_BACK, Act.REJECT, Act.DROP, Act.VOID, Act.REPLACE, Act.CLOSE, Act.REFRESH, Act.RECALL,
})  # fmt: skip
#: What the other organ may know of it.
_OUTWARD = frozenset(
    {"case_opened", Act.SEND, Act.SERVE, Act.RECEIVE, Act.SEND_BACK, Act.VOID, Act.CLOSE, Act.CONFIRM}
)
_GOOD = frozenset(
    {"case_opened", "sealed", "issued", "identity_linked", Act.SEND, Act.RECEIVE, Act.SERVE, Act.CLOSE}
)
_BAD = frozenset({Act.REJECT, Act.VOID, Act.DROP, Act.SEND_BACK, Act.RECALL})
#: Words of events of the case itself.
CASE_WORDS: Final[Mapping[str, str]] = {
    "identity_linked": "身份已查明", "moved": "转至", "stay_ended": "离站", "id_unmasked": "查看完整证件号码",
    "case_corrected": "更正登记",
}  # fmt: skip


def _about_case(event: Event) -> str:
    """Return the note of an event of the case itself."""
    match event.kind:
        case "moved":
            place, bed = str(event.data.get("place_name", "")), event.data.get("bed")
            return Phrase("%(place)s，床位%(bed)s", place=place, bed=bed) if bed else place
        case "stay_ended":
            return Phrase(str(event.data.get("method", "")))
    return ""


def _item(event: Event, note: str, paper: Document | None = None) -> timeline.Item:
    tone = "bad" if event.kind in _BAD else "good" if event.kind in _GOOD else "plain"
    return timeline.Item(
        act=CASE_WORDS.get(event.kind) or timeline.act_word(event.kind),
        who=timeline.who_did(event) if paper is None or event.kind != "sealed" else Phrase("系统"),
        unit=event.unit.name if event.unit else "",
        at=event.at,
        opinion=event.opinion,
        note=note,
        tone=tone,
    )


def stays(session: Session, case: Case, events: Sequence[Event]) -> list[Stay]:
    """Return where the person has been, in order; the last one is where they are."""
    first = session.get_one(Unit, case.first_unit_id)
    found = [Stay(first.name, case.admitted_at, Phrase("入站"))]
    for event in events:
        if event.kind == "moved":
            bed = str(event.data.get("bed", ""))
            at = datetime.fromisoformat(str(event.data["at"])) if "at" in event.data else event.at
            found.append(
                Stay(str(event.data.get("place_name", "")), at, Phrase("床位%(bed)s", bed=bed) if bed else "")
            )
    return found
