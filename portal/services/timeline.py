"""What happened to a paper, in words: the timeline on its page and the 发文稿纸, both read from the event log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.kit.chains import FORWARD, Act
from forms.kit.phrases import Phrase
from forms.kit.timespan import chinese_date, chinese_moment
from forms.kit.workdays import SHANGHAI
from portal.models import Document, Event, Letter, User
from portal.services.access import Viewer
from portal.services.approvals import ACT_WORDS
from portal.services.documents import Reading, paper_class
from portal.services.events import record

#: Words of events that are not acts of the chain.
WORDS: Mapping[str, str] = {
    "drafted": "起草", "sealed": "文件已生成并加盖印章", "issued": "文件已生成", "case_opened": "建立个案",
    "closed": "自动办结", "identity_linked": "身份已查明", "refused": "操作未获受理", "attached": "上传附件",
    "detached": "删除附件", "attachment_opened": "打开附件", "downloaded": "下载正式文件", "printed": "打印",
    "sheet_opened": "查看发文稿纸", "urged": "催办", "copied": "抄送", "unmasked": "查看完整证件号码",
}  # fmt: skip
#: The same in the narrow column of the 发文稿纸.
_SHORT: Mapping[str, str] = {"sealed": "用印", "issued": "成文"}
#: Reading leaves a trace in the log but would drown the page.
_READING = frozenset({"attachment_opened", "downloaded", "sheet_opened", "unmasked"})
_BACK = frozenset({Act.RETURN, Act.RETURN_BACK, Act.SEND_BACK, Act.WITHDRAW, Act.HOLD, Act.RECALL})
_BAD = frozenset({Act.REJECT, Act.VOID, Act.DROP})
_GOOD = frozenset({Act.SIGN, Act.NUMBER, Act.SEND, Act.RECEIVE, Act.SERVE, Act.CLOSE})
#: What the other organ may know of our side: what left the house, and what became of it.
_OUTWARD = frozenset(
    {"sealed", "issued", Act.SEND, Act.RESEND, Act.SERVE, Act.VOID, Act.REPLACE, Act.RECALL, Act.REFRESH, "closed"}
)


@dataclass(frozen=True)
class Item:
    """One line of the timeline. `who` names a stand-in with the person stood in for: 李某（代王某）."""

    act: str
    who: str
    unit: str
    at: datetime
    opinion: str = ""
    note: str = ""
    tone: str = "plain"  # plain, good, back, bad, auto
    for_whom: str = ""  # already in `who`

    @property
    def time(self) -> str:
        """The minute, in Shanghai."""
        return self.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

    @property
    def iso(self) -> str:
        """The moment as machines read it."""
        return self.at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def of_document(session: Session, viewer: Viewer, document: Document, *, reading: bool = False) -> list[Item]:
    """Return what happened to a paper, newest first, as far as the viewer's organ may know.

    The other organ does not see how ours deliberated. `reading` adds who opened and downloaded it.
    """
    events = [event for event in _events(session, document) if reading or event.kind not in _READING]
    if not sees_inside(viewer, document):
        own = viewer.unit_ids
        events = [event for event in events if event.unit_id in own or event.kind in _OUTWARD]
    names = _names(session, events)
    return [_item(event, names) for event in reversed(events)]


def sees_inside(viewer: Viewer, document: Document) -> bool:
    """Tell whether the viewer may see how the issuing organ deliberated: its own people, and both sides of a form."""
    return document.issuer_id in viewer.unit_ids or not paper_class(document).chain.travels


def _events(session: Session, document: Document) -> Sequence[Event]:
    return session.scalars(
        select(Event)
        .where(Event.document_id == document.id)
        .options(joinedload(Event.actor), joinedload(Event.for_user), joinedload(Event.unit))
        .order_by(Event.seq)
    ).all()


def _names(session: Session, events: Iterable[Event]) -> Mapping[int, str]:
    """Return the names of the people papers were passed on to."""
    wanted = {int(event.data["to"]) for event in events if "to" in event.data}
    if not wanted:
        return {}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())


def act_word(kind: str) -> str:
    """Return the Chinese word of an event."""
    if kind in WORDS:
        return WORDS[kind]
    try:
        return ACT_WORDS[Act(kind)]
    except ValueError:
        return kind


def who_did(event: Event) -> str:
    """Return who acted; a stand-in with the person stood in for."""
    if event.actor is None:
        return Phrase("系统")
    if event.for_user is None:
        return event.actor.name
    return Phrase("%(name)s（代%(other)s）", name=event.actor.name, other=event.for_user.name)


def _item(event: Event, names: Mapping[int, str]) -> Item:
    return Item(
        act=act_word(event.kind),
        who=who_did(event),
        unit=event.unit.name if event.unit else "",
        at=event.at,
        opinion=event.opinion,
        note=_note(event, names),
        tone=_tone(event.kind),
    )


def _tone(kind: str) -> str:
    if kind in _GOOD:
        return "good"
    if kind in _BACK or kind == "refused":
        return "back"
    if kind in _BAD:
        return "bad"
    return "plain" if kind in set(Act) else "auto"


def _note(event: Event, names: Mapping[int, str]) -> str:
    data: Mapping[str, Any] = event.data
    match event.kind:
        case "refused":
            return _refusal(data)
        case "attached" | "detached" | "attachment_opened":
            return str(data.get("name", ""))
        case "sealed" | "issued":
            made = Phrase(
                "共%(n)s页，校验值 %(digest)s…", n=data.get("pages", 1), digest=str(data.get("sha256", ""))[:16]
            )
            return Phrase("%(number)s，%(made)s", number=data["doc_no"], made=made) if data.get("doc_no") else made
        case "case_opened":
            return Phrase("救助编号 %(number)s", number=data.get("case_no", ""))
        case "printed":
            return Phrase("第%(n)s份", n=data.get("copy_no", 1))
        case Act.REASSIGN:
            return Phrase("转给%(name)s", name=names.get(int(data["to"]), "")) if "to" in data else ""
        case Act.SERVE:
            return Phrase("送达日期 %(day)s", day=data["served_on"]) if "served_on" in data else ""
    return ""


def _refusal(data: Mapping[str, Any]) -> str:
    """Say which act was refused, and by which rules or because boxes were empty."""
    asked = Phrase(act_word(str(data.get("act", ""))))
    said = Phrase("“%(act)s”没有办理", act=asked)
    rules, boxes = "、".join(data.get("rules", ())), data.get("boxes")
    empty = Phrase("必填项未填齐")
    if rules and boxes:
        return Phrase("%(said)s：%(rules)s、%(about)s", said=said, rules=rules, about=empty)
    if rules or boxes:
        return Phrase("%(said)s：%(about)s", said=said, about=rules or empty)
    return said


def note_reading(session: Session, viewer: Viewer, document: Document, kind: str) -> None:
    """Write down that somebody took the issued file or the 发文稿纸. Call inside a transaction."""
    record(
        session,
        kind,
        actor_id=viewer.user_id,
        unit_id=viewer.home.unit_id if viewer.home else None,
        document_id=document.id,
        case_id=document.case_id,
        step=document.step,
    )


def last_return(session: Session, document: Document) -> Event | None:
    """Return the act that sent the paper back last, with its reason."""
    return session.scalar(
        select(Event)
        .where(Event.document_id == document.id, Event.kind.in_([Act.RETURN, Act.RETURN_BACK, Act.SEND_BACK]))
        .options(joinedload(Event.actor), joinedload(Event.for_user))
        .order_by(Event.seq.desc())
        .limit(1)
    )


def last_forward(session: Session, document: Document) -> Mapping[str, Event]:
    """Return, by step of the chain, the forward act that still stands: of the present round only."""
    standing: dict[str, Event] = {}
    for event in _events(session, document):
        if event.kind in FORWARD:
            standing[event.step] = event
        elif event.kind in {Act.RETURN, Act.WITHDRAW}:
            standing.clear()
        elif event.kind == Act.RETURN_BACK:
            chain = paper_class(document).chain
            previous = chain.neighbour(event.step, -1)
            standing.pop(previous.name if previous else "", None)
    return standing


def sheet(session: Session, reading: Reading) -> dict[str, Any]:
    """Return the content of the 发文稿纸: who drafted, reviewed, signed, with every opinion (§3.1.3). Internal."""
    document = reading.document
    letter = session.scalar(select(Letter).where(Letter.document_id == document.id))
    chain = paper_class(document).chain
    labels = {step.name: step.label for step in chain.steps}
    opinions = [
        {
            "step": labels.get(event.step, ""),
            "name": who_did(event),
            "action": _SHORT.get(event.kind) or act_word(event.kind),
            "opinion": event.opinion or _note(event, {}) or "—",
            "time": event.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        }
        for event in _events(session, document)
        if event.kind in set(Act) or event.kind in {"drafted", "sealed", "issued"}
    ]
    cells = [
        [{"label": "标题", "value": document.title, "span": 3}],
        [
            {"label": "发文机关", "value": document.issuer.name},
            {"label": "主送机关", "value": document.counterpart.name if document.counterpart else "—"},
            {"label": "紧急程度", "value": document.urgency or "—"},
        ],
        [
            {"label": "发文字号", "value": document.doc_no or "未编号"},
            {"label": "成文日期", "value": chinese_date(document.signed_on) if document.signed_on else "未签发"},
            {"label": "拟稿人", "value": document.drafter.name},
        ],
    ]
    if letter is not None and letter.issued_at is not None:
        cells.append([{"label": "用印时间", "value": chinese_moment(letter.issued_at), "span": 3}])
    return {
        "face": "sheet",
        "title": "发文稿纸",
        "number_line": {"left": document.issuer.name, "right": "内部材料"},
        "fields": cells,
        "opinions": opinions,
        "foot": [],
        "sha256": letter.sha256 if letter is not None else None,
    }
