"""The only door through which a paper moves: one act, one transaction, one record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit import chains, moving
from forms.kit.chains import MIN_REASON, NEEDS_REASON, Act, Chain, State
from forms.kit.moving import Actor, Place
from forms.kit.paper import About
from forms.kit.rules import Level, Problem
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.errors import Conflict, Forbidden, Invalid
from portal.models import Document, IncomingSeries, Letter, SubmissionKey, User
from portal.services import caseeffects, documents, effects, letters
from portal.services.access import Viewer, holders_of_desk
from portal.services.documents import Reading, paper_class
from portal.services.events import record
from portal.services.letters import Works
from portal.services.positions import desk_title
from portal.services.subjects import Subject

#: Chinese words of the acts, for buttons, logs and refusals.
ACT_WORDS: Mapping[Act, str] = {
    Act.SUBMIT: "提交", Act.AGREE: "同意", Act.SIGN: "签发", Act.HOLD: "暂缓发布", Act.CONFIRM: "确认",
    Act.NUMBER: "编号用印", Act.SEND: "发出", Act.RECEIVE: "签收", Act.SERVE: "登记送达", Act.SEND_BACK: "退回补充",
    Act.RESEND: "补充后再报", Act.RETURN: "退回拟稿人", Act.RETURN_BACK: "退回上一步", Act.REJECT: "不予同意",
    Act.WITHDRAW: "撤回", Act.DROP: "取消办理", Act.REASSIGN: "转办", Act.REFRESH: "刷新公告", Act.RECALL: "撤回公告",
    Act.CLOSE: "办结", Act.VOID: "作废", Act.REPLACE: "重新办理",
}  # fmt: skip

#: Which column remembers who acted at a step (R-99 by constraint).
_COLUMN_OF_STEP = {
    "review": "reviewer_id", "check": "reviewer_id", "duty": "reviewer_id", "sign": "signer_id", "own": "signer_id",
    "seal": "sealer_id",
}  # fmt: skip

#: Acts at which the rules must hold once more. Not when a letter sent back is sent again: its text is closed.
_JUDGED = frozenset({Act.SUBMIT, Act.AGREE, Act.SIGN, Act.CONFIRM, Act.NUMBER})


@dataclass(frozen=True)
class Order:
    """What somebody asks for: the act, with what was typed beside the button."""

    act: Act
    seen_revision: int
    key: str
    opinion: str = ""
    to_person: int | None = None  # REASSIGN
    served_on: date | None = None  # SERVE


@dataclass(frozen=True)
class Outcome:
    """What the act did. `letter_id` names a letter whose file is now to be made; `repeated` means a second click."""

    document: Document
    act: Act
    letter_id: int | None = None
    repeated: bool = False


def open_acts(session: Session, viewer: Viewer, reading: Reading) -> frozenset[Act]:
    """Return the acts open to the viewer on a document, as its page shows them."""
    document = reading.document
    found = moving.moves(
        paper_class(document).chain,
        documents.standing(document, held=reading.paper.holds_for_head(reading.facts)),
        viewer.actor(document.issuer_id, document.counterpart_id),
    )
    if Act.REPLACE in found and session.scalar(select(Document.id).where(Document.replaces_id == document.id)):
        found -= {Act.REPLACE}
    if Act.VOID in found and not session.scalar(
        select(Letter.id).where(Letter.document_id == document.id, Letter.state == "issued")
    ):
        found -= {Act.VOID}
    return found


def done_before(session: Session, key: str) -> bool:
    """Tell whether a click with this key was carried out already."""
    return session.get(SubmissionKey, key) is not None


def take_action(session: Session, viewer: Viewer, uuid: UUID, order: Order, works: Works) -> Outcome:
    """Move a paper. Call inside `transaction(session)`; afterwards make the file of `letter_id` with `letters.issue`.

    NotFound for a foreign paper, Conflict when it has moved since `seen_revision`, Forbidden when the act is not open
    to the viewer, Invalid when a reason is missing or rules stand against it. Every refusal leaves the paper as it was.
    """
    document = documents.find(session, viewer, uuid, lock=True)
    done = session.get(SubmissionKey, order.key)
    if done is not None:
        if done.user_id != viewer.user_id:
            raise Forbidden("提交标识无效，请刷新页面后重试")
        return Outcome(document, Act(done.act), repeated=True)
    reading = documents.read(session, document)
    if order.act not in open_acts(session, viewer, reading):
        raise _not_open(document, order)
    if document.revision != order.seen_revision:
        raise Conflict(f"这份材料已由他人办理（现为“{state_word(document.state)}”），请刷新后再操作")
    _check_reason(document, order)
    against = [problem for problem in reading.problems if problem.level is not Level.NOTE]
    # A letter about several persons is judged once more as it goes out: one may have been identified meanwhile.
    judged = order.act in _JUDGED or (order.act is Act.SEND and paper_class(document).about is About.PERSONS)
    if judged and against:
        raise Invalid("还不能办理，请先处理下列问题", against)
    if order.act is Act.SERVE and order.served_on is None:
        raise Invalid("请填写送达日期", [Problem("请填写送达日期", "served_on", "R-07")])
    session.add(
        SubmissionKey(
            key=order.key, user_id=viewer.user_id, document_id=document.id, act=order.act, at=clock.now()
        )
    )
    return _move(session, viewer, reading, order, works)


def _check_reason(document: Document, order: Order) -> None:
    """R-101: some acts need a reason; a paper may name the words it must begin with."""
    opinion, word = order.opinion.strip(), ACT_WORDS[order.act]
    if order.act in NEEDS_REASON and len(opinion) < MIN_REASON:
        raise Invalid(
            f"{word}须写明理由，至少{MIN_REASON}个字", [Problem(f"请写明{word}的理由", "opinion", "R-101")]
        )
    beginnings = paper_class(document).reason_words.get(order.act, ())
    if beginnings and not opinion.startswith(beginnings):
        sentence = f"{word}的理由请以“{'”“'.join(beginnings)}”之一开头"
        raise Invalid(sentence, [Problem(sentence, "opinion", "R-101")])


def _not_open(document: Document, order: Order) -> Forbidden | Conflict:
    if document.revision != order.seen_revision:
        return Conflict(f"这份材料已由他人办理（现为“{state_word(document.state)}”），请刷新后再操作")
    return Forbidden(
        f"您现在不能对这份材料“{ACT_WORDS[order.act]}”：它不在您的岗位，或您已在本件的其他环节办理过（R-99）"
    )


def _move(session: Session, viewer: Viewer, reading: Reading, order: Order, works: Works) -> Outcome:
    document, act, moment = reading.document, order.act, clock.now()
    kind = paper_class(document)
    chain = kind.chain
    before = documents.standing(document, held=reading.paper.holds_for_head(reading.facts))
    if act is Act.REASSIGN:
        _check_colleague(session, document, order.to_person)
    if act is Act.REPLACE:
        return _replace(session, viewer, document, order)
    reached = moving.after(chain, before, act, order.to_person)
    _stamp(session, document, before.place, act, order, viewer)
    milestone = moving.milestone_of(act, before.place, reached)
    freezes = _freezes(chain, before.place, act)
    if act is Act.SUBMIT or freezes:
        documents.keep_read(document, reading)
    if act is Act.SUBMIT:
        document.submitted_at = document.submitted_at or moment
        documents.name_counterpart(session, document, reading)
        document.title = reading.paper.heading(reading.facts)[:200]
    letter = None
    documents.put(document, reached)
    _check_somebody_is_there(session, document, before.held)
    if reached.final and document.closed_at is None:
        document.closed_at = moment
        document.close_reason = order.opinion.strip() or ACT_WORDS[act]
    event = record(
        session,
        act.value,
        actor_id=viewer.user_id,
        for_user_id=viewer.stands_in_for(_unit_of(document, before.place), before.place.desk)
        if before.place.desk
        else None,
        unit_id=_unit_of(document, before.place),
        document_id=document.id,
        case_id=document.case_id,
        step=before.place.step,
        opinion=order.opinion.strip(),
        data={"state": document.state, "revision": document.revision, **_extra(order)},
    )
    documents.remember(session, document, viewer.user_id, act.value)
    if milestone is not None:
        effects.apply(session, viewer, reading, milestone)
        if event.case_id is None and document.case_id is not None:
            record(
                session,
                "case_opened",
                actor_id=viewer.user_id,
                unit_id=document.issuer_id,
                document_id=document.id,
                case_id=document.case_id,
                data={"case_no": document.case.case_no if document.case else ""},
            )
    if freezes:
        session.flush()
        letter = letters.freeze(session, documents.read(session, document), viewer.user_id, works)
        if chain.freezes_at != "seal":
            document.closed_at = moment
    _follow(session, viewer, reading, order, freezes=freezes)
    session.flush()
    return Outcome(document, act, letter.id if letter else None)


def _follow(session: Session, viewer: Viewer, reading: Reading, order: Order, *, freezes: bool) -> None:
    """Do what an act brings about beside the move itself."""
    document, act = reading.document, order.act
    if act is Act.VOID:
        letters.void(session, document, actor_id=viewer.user_id, reason=order.opinion.strip())
        effects.undo(session, document)
    if act in {Act.VOID, Act.RETURN, Act.RETURN_BACK, Act.WITHDRAW}:
        caseeffects.release_kept_beds(session, reading)
    # Letters are copied when they go out, forms when they are done.
    if act is Act.SEND or (freezes and act is not Act.NUMBER):
        documents.send_copies(session, reading)
    if act is Act.RECALL:
        document.close_reason = order.opinion.strip()


def _freezes(chain: Chain, place: Place, act: Act) -> bool:
    """The forward act of the freezing step makes the number and the file."""
    return place.step == chain.freezes_at and act is chain.step(chain.freezes_at).forward


def _stamp(session: Session, document: Document, place: Place, act: Act, order: Order, viewer: Viewer) -> None:
    """Write what the act itself sets: who acted, dates of signing, sending, service, receipt."""
    moment = clock.now()
    today = moment.astimezone(SHANGHAI).date()
    if act in chains.FORWARD:
        document.acted = {**document.acted, place.step: viewer.user_id}
        column = _COLUMN_OF_STEP.get(place.step)
        if column and place.side is chains.Side.ISSUER:
            setattr(document, column, viewer.user_id)
    if act in {Act.RETURN, Act.WITHDRAW}:
        # The paper starts anew: earlier signatures no longer stand (条例 25(1)).
        document.acted, document.signed_on = {}, None
        document.reviewer_id = document.signer_id = document.sealer_id = None
    elif act is Act.RETURN_BACK:
        _step_back(document, place)
    match act:
        case Act.SIGN:
            document.signed_on = today
        case Act.SUBMIT if _freezes(paper_class(document).chain, place, act):
            document.signed_on, document.sent_at = today, moment  # 强制报告: written is signed and sent
        case Act.CONFIRM:
            document.signed_on = document.signed_on or today
        case Act.SEND:
            document.sent_at = moment
        case Act.SERVE:
            assert order.served_on is not None
            _check_served(document, order.served_on, today)
            document.served_on, document.received_at = order.served_on, moment
        case Act.RECEIVE:
            document.received_at, document.served_on = (
                document.received_at or moment,
                document.served_on or today,
            )
            if document.incoming_no is None:
                document.incoming_no = incoming_number(session, document, today.year)


def _step_back(document: Document, place: Place) -> None:
    """Undo the step before: whoever acted there gets the paper back, and their signature no longer stands."""
    chain = paper_class(document).chain
    previous = chain.neighbour(place.step, -1)
    assert previous is not None, "the first step has no step before it"
    if previous.name == "sign":
        document.signed_on = None
    if column := _COLUMN_OF_STEP.get(previous.name):
        setattr(document, column, None)
    earlier = {step.name for step in chain.steps[: chain.steps.index(previous) + 1]}
    document.acted = {step: account for step, account in document.acted.items() if step in earlier}


def _check_served(document: Document, served_on: date, today: date) -> None:
    sent_on = document.sent_at.astimezone(SHANGHAI).date() if document.sent_at else today
    if not sent_on <= served_on <= today:
        raise Invalid(
            f"送达日期应在发出日期（{sent_on}）至今天之间，请核对",
            [Problem("送达日期应在发出日期至今天之间", "served_on", "R-07")],
        )


def incoming_number(session: Session, document: Document, year: int) -> str:
    """Draw the next 收文编号 of the receiving organ for the year, in the caller's transaction."""
    assert document.counterpart_id is not None
    key = (document.counterpart_id, year)
    series = session.get(IncomingSeries, key, with_for_update=True, populate_existing=True)
    if series is None:
        series = IncomingSeries(unit_id=document.counterpart_id, year=year, last=0)
        session.add(series)
    series.last += 1
    session.flush()
    return f"收〔{year}〕{series.last}号"


def _unit_of(document: Document, place: Place) -> int | None:
    return document.counterpart_id if place.side is chains.Side.COUNTERPART else document.issuer_id


def _extra(order: Order) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if order.to_person is not None:
        extra["to"] = order.to_person
    if order.served_on is not None:
        extra["served_on"] = order.served_on.isoformat()
    return extra


def _check_colleague(session: Session, document: Document, person: int | None) -> None:
    if person is None or person not in {user.id for user in colleagues(session, document)}:
        raise Invalid("请选择同一单位、同一岗位的同事", [Problem("请选择转办给谁", "to_person", "R-99")])


def _check_somebody_is_there(session: Session, document: Document, held: bool) -> None:
    """Refuse to hand a paper on to a desk of its own organ at which nobody may go on with it (R-99): it would lie there."""
    wanted = document.holder_desk
    if wanted is None or document.holder_user_id is not None or document.holder_unit_id != document.issuer_id:
        return
    if document.state == State.NUMBERED or document.step in {"receive", "answer"}:
        return  # the file is being made; the clerks' desk, at which the drafter sits
    chain, standing = paper_class(document).chain, documents.standing(document, held=held)
    at_desk = holders_of_desk(session, document.issuer_id, wanted)
    desks = frozenset({chains.Desk(wanted)})
    if not any(
        moving.moves(chain, standing, Actor(user.id, desks, frozenset())) & chains.FORWARD for user in at_desk
    ):
        desk = desk_title(document.issuer, wanted)
        sentence = f"{document.issuer.name}没有可以办理下一环节的{desk}，请系统管理员任命后再办理"
        raise Invalid(sentence, [Problem(sentence, "", "R-99")])


def colleagues(session: Session, document: Document) -> list[User]:
    """Return who may take over a paper: accounts at the holding desk that have not acted on it elsewhere (R-99)."""
    if document.holder_unit_id is None or document.holder_desk is None:
        return []
    taken = {document.drafter_id, *(int(a) for step, a in document.acted.items() if step != document.step)}
    found = holders_of_desk(session, document.holder_unit_id, document.holder_desk)
    if document.step in {"receive", "answer"}:
        taken = set()
    return [user for user in found if user.id not in taken and user.id != document.holder_user_id]


def _replace(session: Session, viewer: Viewer, document: Document, order: Order) -> Outcome:
    """Start a new draft with the same text in place of a void one; the two know each other."""
    fresh = documents.start(
        session,
        viewer,
        document.paper,
        about=Subject.of(document),
        request=document.in_reply_to,
        issuer=document.issuer,
        answers=dict(document.answers),
    )
    fresh.replaces_id = document.id
    fresh.counterpart = document.counterpart
    record(
        session,
        Act.REPLACE.value,
        actor_id=viewer.user_id,
        unit_id=document.issuer_id,
        document_id=document.id,
        case_id=document.case_id,
        step=document.step,
        opinion=order.opinion.strip(),
        data={"by": str(fresh.uuid)},
    )
    session.flush()
    return Outcome(fresh, Act.REPLACE)


STATE_WORDS: Mapping[str, str] = {
    "draft": "拟稿", "in_review": "审核中", "to_sign": "待签发", "held": "暂缓", "signed": "已签发", "numbered": "已编号",
    "sealed": "已用印", "sent": "已发出", "received": "对方签收", "in_process": "办理中", "replied": "已答复", "closed": "办结",
    "returned": "退回修改", "rejected": "不予同意", "withdrawn": "撤回", "void": "作废",
}  # fmt: skip


def state_word(state: str) -> str:
    """Return the Chinese word of a state (§3.1.3)."""
    return STATE_WORDS[state]
