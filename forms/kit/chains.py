"""Chains of signatures: a value says who acts in which order; `forms.kit.moving` reads it.

A chain is written in desks (经办、审核、签发、文印 …) and sides (issuing organ, the other organ), so that one
value serves every organ: K is this chain in a county bureau, Z in the central station, B in the prefecture bureau.
Source: domain catalogue §2 (chain notation), states §3.1.3, separation of persons R-99, return R-101.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Desk(StrEnum):
    """A position in an organ. One account may hold several, never two on the same paper (R-99)."""

    CLERK = "clerk"  # 经办人
    REVIEWER = "reviewer"  # 审核人
    SIGNER = "signer"  # 签发人（分管负责人）
    PRINCIPAL = "principal"  # 主要负责人
    SEAL = "seal"  # 文印、用印员
    DUTY = "duty"  # 值班带班领导
    CHECKER = "checker"  # 核对人：本单位经办人或审核人中的另一人


#: Which desks a holder of a position may sit at.
DESKS_OF_POSITION: Mapping[str, frozenset[Desk]] = {
    "clerk": frozenset({Desk.CLERK, Desk.CHECKER}),
    "reviewer": frozenset({Desk.REVIEWER, Desk.CHECKER}),
    "signer": frozenset({Desk.SIGNER}),
    "principal": frozenset({Desk.PRINCIPAL, Desk.SIGNER}),
    "seal": frozenset({Desk.SEAL}),
    "duty": frozenset({Desk.DUTY}),
}


class Side(StrEnum):
    """Whose desk it is."""

    ISSUER = "issuer"
    COUNTERPART = "counterpart"  # 收文机关、交接另一方、备案机关


class State(StrEnum):
    """Where a paper stands (§3.1.3)."""

    DRAFT = "draft"  # 拟稿
    IN_REVIEW = "in_review"  # 审核中
    TO_SIGN = "to_sign"  # 待签发
    HELD = "held"  # 暂缓（待负责人决定，R-11）
    SIGNED = "signed"  # 已签发
    NUMBERED = "numbered"  # 已编号
    SEALED = "sealed"  # 已用印
    SENT = "sent"  # 已发出
    RECEIVED = "received"  # 对方签收
    IN_PROCESS = "in_process"  # 办理中
    REPLIED = "replied"  # 已答复
    CLOSED = "closed"  # 办结
    RETURNED = "returned"  # 退回修改
    REJECTED = "rejected"  # 不予同意
    WITHDRAWN = "withdrawn"  # 撤回
    VOID = "void"  # 作废


#: Nobody holds a paper in these states; in every other state exactly one person or desk does.
FINAL_STATES = frozenset({State.CLOSED, State.REJECTED, State.VOID, State.REPLIED})
#: The drafter may change the text only here.
EDITABLE_STATES = frozenset({State.DRAFT, State.RETURNED, State.WITHDRAWN})
#: The number is drawn: the text is frozen and only a void can end it (R-100).
FROZEN_STATES = frozenset(
    {State.NUMBERED, State.SEALED, State.SENT, State.RECEIVED, State.IN_PROCESS, State.REPLIED, State.VOID}
)


class Act(StrEnum):
    """What somebody does to a paper; each one is one record in the event log."""

    SUBMIT = "submit"  # 提交
    AGREE = "agree"  # 同意
    SIGN = "sign"  # 签发
    HOLD = "hold"  # 暂缓发布
    CONFIRM = "confirm"  # 核对（签名）确认
    NUMBER = "number"  # 编号用印
    SEND = "send"  # 发出
    RECEIVE = "receive"  # 签收
    SERVE = "serve"  # 登记送达
    SEND_BACK = "send_back"  # 收文机关退回补充
    RESEND = "resend"  # 补充后再报
    RETURN = "return"  # 退回拟稿人
    RETURN_BACK = "return_back"  # 退回上一步
    REJECT = "reject"  # 不予同意
    WITHDRAW = "withdraw"  # 撤回
    DROP = "drop"  # 取消办理
    REASSIGN = "reassign"  # 转办
    REFRESH = "refresh"  # 刷新公告
    RECALL = "recall"  # 撤回公告
    CLOSE = "close"  # 办结
    VOID = "void"  # 作废
    REPLACE = "replace"  # 作废后重发


#: Acts that move a paper forward along its chain.
FORWARD = frozenset(
    {Act.SUBMIT, Act.AGREE, Act.SIGN, Act.CONFIRM, Act.NUMBER, Act.SEND, Act.RECEIVE, Act.SERVE, Act.RESEND}
)
#: Acts that need a typed reason of at least five characters (R-101).
NEEDS_REASON = frozenset(
    {
        Act.RETURN,
        Act.RETURN_BACK,
        Act.REJECT,
        Act.SEND_BACK,
        Act.VOID,
        Act.HOLD,
        Act.RECALL,
        Act.REASSIGN,
        Act.DROP,
    }
)
MIN_REASON = 5


class Milestone(StrEnum):
    """What a move means in law: clocks and effects hang on these."""

    SUBMITTED = "submitted"
    SIGNED = "signed"
    SENT = "sent"
    RECEIVED = "received"
    SERVED = "served"
    COMPLETED = "completed"
    REFRESHED = "refreshed"
    RECALLED = "recalled"
    ENDED = "ended"  # nothing more comes of it: 不予同意、取消办理、未作答复而办结、作废


class Numbering(StrEnum):
    """What number the paper carries when it is frozen."""

    SERIES = "series"  # 发文字号，每机关、代字、年度一个连续序列（R-96）
    CASE = "case"  # 由救助编号派生：寻…、交…
    NONE = "none"  # 表单，无编号


@dataclass(frozen=True)
class Step:
    """One station of the chain: while the paper waits here it is in `state` and `desk` of `side` holds it."""

    name: str
    label: str
    desk: Desk
    state: State
    forward: Act
    side: Side = Side.ISSUER
    may: frozenset[Act] = frozenset()


@dataclass(frozen=True)
class Chain:
    """An ordered path. `freezes_at` is the step whose forward act freezes the PDF."""

    key: str
    label: str
    steps: tuple[Step, ...]
    numbering: Numbering
    freezes_at: str
    travels: bool = field(default=False)  # leaves the organ: sent, received or served

    def step(self, name: str) -> Step:
        """Find the step called `name`; KeyError when the chain has none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def neighbour(self, name: str, offset: int) -> Step | None:
        """Return the step `offset` places after (or before) `name`, None beyond the ends."""
        index = self.steps.index(self.step(name)) + offset
        return self.steps[index] if 0 <= index < len(self.steps) else None


_BACK = frozenset({Act.RETURN, Act.RETURN_BACK})
_DRAFT = Step("draft", "拟稿", Desk.CLERK, State.DRAFT, Act.SUBMIT, may=frozenset({Act.DROP}))
_REVIEW = Step("review", "审核", Desk.REVIEWER, State.IN_REVIEW, Act.AGREE, may=_BACK)
_SIGN = Step("sign", "签发", Desk.SIGNER, State.TO_SIGN, Act.SIGN, may=_BACK | {Act.REJECT, Act.HOLD})
_SIGN_PRINCIPAL = Step("sign", "签发", Desk.PRINCIPAL, State.TO_SIGN, Act.SIGN, may=_BACK | {Act.REJECT})
_SEAL = Step("seal", "编号用印", Desk.SEAL, State.SIGNED, Act.NUMBER, may=_BACK)
_SEND = Step("send", "发出", Desk.SEAL, State.SEALED, Act.SEND)
_RECEIVE = Step(
    "receive", "对方签收", Desk.CLERK, State.SENT, Act.RECEIVE, Side.COUNTERPART, frozenset({Act.SEND_BACK})
)
_ANSWER = Step(
    "answer", "办理", Desk.CLERK, State.IN_PROCESS, Act.CLOSE, Side.COUNTERPART, frozenset({Act.SEND_BACK})
)
_CHECK = Step("check", "核对", Desk.CHECKER, State.IN_REVIEW, Act.CONFIRM, may=frozenset({Act.RETURN}))

#: K in a county bureau, Z in the central station, B in the prefecture bureau.
STANDARD = Chain(
    "standard",
    "拟稿—审核—签发—编号用印—发出",
    (_DRAFT, _REVIEW, _SIGN, _SEAL, _SEND, _RECEIVE, _ANSWER),
    Numbering.SERIES,
    "seal",
    travels=True,
)
#: K+ and B+: upward papers are signed by the principal head (R-97, 条例 22).
PRINCIPAL = Chain(
    "principal",
    "拟稿—审核—主要负责人签发—编号用印—发出",
    (_DRAFT, _REVIEW, _SIGN_PRINCIPAL, _SEAL, _SEND, _RECEIVE, _ANSWER),
    Numbering.SERIES,
    "seal",
    travels=True,
)
#: V: the province decides without a separate reviewer.
PROVINCE = Chain(
    "province",
    "承办—签发—编号用印—发出",
    (_DRAFT, _SIGN, _SEAL, _SEND, _RECEIVE, _ANSWER),
    Numbering.SERIES,
    "seal",
    travels=True,
)
#: 寻亲公告: as STANDARD, with the notice number instead of a document number; "sent" means published.
NOTICE = Chain(
    "notice",
    "拟稿—审核—签发—用印—发布",
    (_DRAFT, _REVIEW, _SIGN, _SEAL, Step("send", "发布", Desk.SEAL, State.SEALED, Act.SEND)),
    Numbering.CASE,
    "seal",
)
#: F: drafter and checker, both named.
FORM = Chain("form", "填表—核对", (_DRAFT, _CHECK), Numbering.NONE, "check")
#: F ⇒ superior: filed with the superior civil-affairs department.
FILED = Chain(
    "filed",
    "填表—核对—上级备案",
    (
        _DRAFT,
        _CHECK,
        Step(
            "file",
            "上级备案",
            Desk.CHECKER,
            State.IN_PROCESS,
            Act.CONFIRM,
            Side.COUNTERPART,
            frozenset({Act.RETURN}),
        ),
    ),
    Numbering.NONE,
    "file",
)
#: Clerk, then reviewer (身份确认单).
REVIEWED = Chain(
    "reviewed",
    "填表—审核",
    (
        _DRAFT,
        Step("review", "审核", Desk.REVIEWER, State.IN_REVIEW, Act.CONFIRM, may=frozenset({Act.RETURN})),
    ),
    Numbering.NONE,
    "review",
)
#: Handover: receiver, duty leader, then the other party sign (R-30).
HANDOVER = Chain(
    "handover",
    "填单—值班领导签名—对方签名",
    (
        _DRAFT,
        Step("duty", "值班领导签名", Desk.DUTY, State.IN_REVIEW, Act.AGREE, may=frozenset({Act.RETURN})),
        Step(
            "other",
            "对方签名",
            Desk.CLERK,
            State.TO_SIGN,
            Act.CONFIRM,
            Side.COUNTERPART,
            frozenset({Act.RETURN}),
        ),
    ),
    Numbering.CASE,
    "other",
)
#: 协商处置: the heads of both organs confirm (R-27).
AGREED = Chain(
    "agreed",
    "填表—本单位负责人确认—对方负责人确认",
    (
        _DRAFT,
        Step("own", "本单位负责人确认", Desk.SIGNER, State.TO_SIGN, Act.SIGN, may=frozenset({Act.RETURN})),
        Step(
            "other",
            "对方负责人确认",
            Desk.SIGNER,
            State.IN_PROCESS,
            Act.CONFIRM,
            Side.COUNTERPART,
            frozenset({Act.RETURN}),
        ),
    ),
    Numbering.NONE,
    "other",
)
#: 应急先行接收: the duty leader receives at once, the station head confirms next working day (R-31).
EMERGENCY = Chain(
    "emergency",
    "值班领导接收—站长确认",
    (
        Step("draft", "填写", Desk.DUTY, State.DRAFT, Act.SUBMIT, may=frozenset({Act.DROP})),
        Step("sign", "站长确认", Desk.SIGNER, State.TO_SIGN, Act.CONFIRM, may=frozenset({Act.RETURN})),
    ),
    Numbering.NONE,
    "sign",
)
_ACCEPT = Step(
    "accept", "上级签收", Desk.CLERK, State.IN_PROCESS, Act.CONFIRM, Side.COUNTERPART, frozenset({Act.RETURN})
)
#: Written and done: one person's record that nobody else has to confirm (走访、台账).
NOTED = Chain("noted", "填写", (_DRAFT,), Numbering.NONE, "draft")
#: Village → township: the township's clerk checks (附件1).
CHECKED_ABOVE = Chain("checked_above", "填表—乡镇（街道）审核", (_DRAFT, _ACCEPT), Numbering.NONE, "accept")
#: Drafter and head of one organ (会议记录).
HEADED = Chain(
    "headed",
    "填表—负责人签字",
    (_DRAFT, Step("sign", "负责人签字", Desk.SIGNER, State.TO_SIGN, Act.CONFIRM, may=frozenset({Act.RETURN}))),
    Numbering.NONE,
    "sign",
)
#: Drafter and head, then the superior's clerk takes it in: 汇总表, 问题清单, 落户安置申请表.
REPORTED = Chain(
    "reported",
    "填表—负责人签字—上级签收",
    (
        _DRAFT,
        Step("own", "负责人签字", Desk.SIGNER, State.TO_SIGN, Act.SIGN, may=frozenset({Act.RETURN})),
        _ACCEPT,
    ),
    Numbering.NONE,
    "accept",
)
#: Township → county: the township's head signs, then the county takes in, reviews and decides (特困审核确认).
DECIDED_ABOVE = Chain(
    "decided_above",
    "填表—负责人签字—县级受理—审核—审批",
    (
        _DRAFT,
        Step("own", "负责人签字", Desk.SIGNER, State.TO_SIGN, Act.AGREE, may=frozenset({Act.RETURN})),
        Step(
            "take", "县级受理", Desk.CLERK, State.IN_PROCESS, Act.AGREE, Side.COUNTERPART, frozenset({Act.RETURN})
        ),
        Step("check_above", "审核", Desk.REVIEWER, State.IN_REVIEW, Act.AGREE, Side.COUNTERPART, _BACK),
        Step("decide", "审批", Desk.SIGNER, State.TO_SIGN, Act.CONFIRM, Side.COUNTERPART, _BACK | {Act.REJECT}),
    ),
    Numbering.NONE,
    "decide",
)
#: 强制报告: goes out as soon as it is written, asks nobody, cannot be dropped (R-81); then the receipt is recorded.
AT_ONCE = Chain(
    "at_once",
    "报告—登记回执",
    (
        Step("draft", "报告", Desk.CLERK, State.DRAFT, Act.SUBMIT),
        Step("receive", "登记公安机关回执", Desk.CLERK, State.SENT, Act.RECEIVE, Side.COUNTERPART),
    ),
    Numbering.NONE,
    "draft",
)
CHAINS: Mapping[str, Chain] = {
    chain.key: chain
    for chain in (
        STANDARD, PRINCIPAL, PROVINCE, NOTICE, FORM, FILED, REVIEWED, HANDOVER, AGREED, EMERGENCY, NOTED, CHECKED_ABOVE,
        HEADED, REPORTED, DECIDED_ABOVE, AT_ONCE,
    )
}  # fmt: skip
