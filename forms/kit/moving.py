"""Who may do what to a paper now, and where it goes then: pure functions over a chain and a standing.

Separation of persons R-99, return R-101, states §3.1.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.kit.chains import (
    EDITABLE_STATES,
    FORWARD,
    FROZEN_STATES,
    NOTICE,
    Act,
    Chain,
    Desk,
    Milestone,
    Side,
    State,
    Step,
)


@dataclass(frozen=True)
class Place:
    """Where a paper is and who has it: a desk of one side, or one named person, or (final) nobody."""

    state: State
    step: str
    side: Side | None = None
    desk: Desk | None = None
    person: int | None = None

    @property
    def final(self) -> bool:
        """Nobody holds the paper any more."""
        return self.desk is None


@dataclass(frozen=True)
class Standing:
    """A paper as the chain sees it. `acted` maps step name → account that last acted there."""

    place: Place
    drafter: int
    acted: Mapping[str, int] = field(default_factory=dict)
    counterpart_in_portal: bool = True
    expects_reply: bool = False
    held: bool = False  # the paper asks for the head's decision before signing


@dataclass(frozen=True)
class Actor:
    """One account in one capacity: the desks it sits at on the issuing and on the other side."""

    account: int
    issuer_desks: frozenset[Desk] = frozenset()
    counterpart_desks: frozenset[Desk] = frozenset()

    def sits_at(self, side: Side, desk: Desk) -> bool:
        """Tell whether this account holds `desk` on `side`."""
        return desk in (self.issuer_desks if side is Side.ISSUER else self.counterpart_desks)


def start(chain: Chain, drafter: int) -> Place:
    """Place a new paper: with its drafter, as a draft."""
    first = chain.steps[0]
    return Place(State.DRAFT, first.name, Side.ISSUER, first.desk, drafter)


def holds(place: Place, actor: Actor) -> bool:
    """Tell whether `actor` is the person, or sits at the desk, that has the paper now."""
    if place.side is None or place.desk is None:
        return False
    if place.person is not None:
        return place.person == actor.account
    return actor.sits_at(place.side, place.desk)


def moves(chain: Chain, standing: Standing, actor: Actor) -> frozenset[Act]:
    """Return every act open to `actor` now; empty when the paper is none of their business."""
    place, step = standing.place, chain.step(standing.place.step)
    found: set[Act] = set()
    if holds(place, actor) and not _clashes(chain, standing, actor):
        found |= _holder_moves(chain, standing, step)
    if (
        actor.account == standing.drafter
        and place.state in {State.IN_REVIEW, State.TO_SIGN, State.HELD, State.SIGNED}
        and place.side is Side.ISSUER
    ):
        found.add(Act.WITHDRAW)
    if place.side is not None and place.state not in EDITABLE_STATES | {State.NUMBERED}:
        # The head of the section, or whoever holds it, passes it on to a colleague at the same desk.
        found |= {Act.REASSIGN} if holds(place, actor) or actor.sits_at(place.side, Desk.REVIEWER) else set()
    found |= _afterlife(chain, standing, actor)
    return frozenset(found)


def _holder_moves(chain: Chain, standing: Standing, step: Step) -> set[Act]:
    place = standing.place
    if place.state is State.NUMBERED:
        return set()  # the PDF is being made; nothing to decide
    if place.state in EDITABLE_STATES and place.step == chain.steps[0].name:
        return {step.forward} | step.may
    if place.state is State.RETURNED:
        return {Act.RESEND}
    found = {step.forward} | step.may
    if step.name == "receive" and not standing.counterpart_in_portal:
        found = {Act.SERVE}
    elif step.name == "receive" and not standing.expects_reply:
        found -= {Act.SEND_BACK}
    elif step.name == "answer":
        found = {Act.CLOSE} if not standing.counterpart_in_portal else {Act.SEND_BACK, Act.CLOSE}
    if Act.RETURN_BACK in found and chain.neighbour(step.name, -1) == chain.steps[0]:
        found -= {Act.RETURN_BACK}  # one step back is the drafter: RETURN says it
    if place.state is State.HELD or (chain is not NOTICE):
        found -= {Act.HOLD}
    return found


def _clashes(chain: Chain, standing: Standing, actor: Actor) -> bool:
    """R-99: drafter, reviewer, signer and seal clerk of one paper are four persons."""
    place = standing.place
    if place.step in {chain.steps[0].name, "receive", "answer"}:
        return False
    here = chain.step(place.step).desk
    others = {
        account
        for name, account in standing.acted.items()
        if name in _SEPARATED and chain.step(name).desk is not here
    }
    return actor.account == standing.drafter or actor.account in others


_SEPARATED = frozenset({"review", "sign", "seal", "check", "duty", "own", "take", "check_above", "decide"})


def _afterlife(chain: Chain, standing: Standing, actor: Actor) -> set[Act]:
    """Return what can still be done to an issued paper, whoever holds it."""
    state, found = standing.place.state, set[Act]()
    issued = state in FROZEN_STATES - {State.VOID, State.NUMBERED} or (
        state is State.CLOSED and chain.travels and "seal" in standing.acted
    )
    if chain is NOTICE and state is State.IN_PROCESS and actor.sits_at(Side.ISSUER, Desk.CLERK):
        found |= {Act.REFRESH, Act.RECALL}
    if issued and chain.freezes_at == "seal" and actor.sits_at(Side.ISSUER, chain.step("sign").desk):
        found.add(Act.VOID)
    if state is State.VOID and actor.sits_at(Side.ISSUER, chain.steps[0].desk):
        found.add(Act.REPLACE)
    return found


def after(chain: Chain, standing: Standing, act: Act, to_person: int | None = None) -> Place:
    """Say where the paper goes when `act` is done. The act must be one of `moves`; ValueError otherwise.

    `to_person` names the colleague for a reassignment.
    """
    place, first = standing.place, chain.steps[0]
    if act is Act.REASSIGN:
        return Place(place.state, place.step, place.side, place.desk, to_person)
    if act in {Act.RETURN, Act.WITHDRAW}:
        state = State.RETURNED if act is Act.RETURN else State.WITHDRAWN
        return Place(state, first.name, Side.ISSUER, first.desk, standing.drafter)
    if act is Act.RETURN_BACK:
        previous = chain.neighbour(place.step, -1)
        assert previous is not None, "the first step has no step before it"
        return Place(
            previous.state, previous.name, previous.side, previous.desk, standing.acted.get(previous.name)
        )
    if act is Act.HOLD:
        return Place(State.HELD, place.step, place.side, place.desk, place.person)
    if act is Act.SEND_BACK:
        return Place(State.RETURNED, "receive", Side.ISSUER, Desk.CLERK, standing.drafter)
    if act is Act.RESEND:
        return _at(chain.step("receive"), standing)
    if act in _ENDINGS:
        return Place(_ENDINGS[act], place.step)
    if act is Act.RECALL:
        return Place(State.CLOSED, place.step)
    if act in {Act.REFRESH, Act.REPLACE}:
        return place
    if act is Act.NUMBER:
        following = chain.step("send")
        return Place(State.NUMBERED, following.name, following.side, following.desk)
    if act in FORWARD:
        return _forward(chain, standing, act)
    raise ValueError(f"{act} moves nothing")


_ENDINGS = {Act.REJECT: State.REJECTED, Act.DROP: State.CLOSED, Act.CLOSE: State.CLOSED, Act.VOID: State.VOID}


def _forward(chain: Chain, standing: Standing, act: Act) -> Place:
    following = chain.neighbour(standing.place.step, +1)
    if act in {Act.RECEIVE, Act.SERVE} and not standing.expects_reply:
        return Place(State.CLOSED, standing.place.step)
    if following is None and chain is NOTICE:  # a published notice stays with its clerk until it is recalled
        return Place(State.IN_PROCESS, standing.place.step, Side.ISSUER, Desk.CLERK, standing.drafter)
    if following is None:
        return Place(State.CLOSED, standing.place.step)
    return _at(following, standing)


def _at(step: Step, standing: Standing) -> Place:
    state = State.HELD if standing.held and step.name == "sign" else step.state
    if step.name in {"receive", "answer"} and not standing.counterpart_in_portal:
        # An outside party has no desk here: our clerk records service and answer for it.
        return Place(state, step.name, Side.ISSUER, Desk.CLERK, standing.drafter)
    return Place(state, step.name, step.side, step.desk)


def milestone_of(act: Act, before: Place, reached: Place) -> Milestone | None:
    """Translate a move into what it means in law; None when it means nothing."""
    plain = {
        Act.SUBMIT: Milestone.SUBMITTED,
        Act.SIGN: Milestone.SIGNED,
        Act.SEND: Milestone.SENT,
        Act.RECEIVE: Milestone.RECEIVED,
        Act.SERVE: Milestone.SERVED,
        Act.REFRESH: Milestone.REFRESHED,
        Act.RECALL: Milestone.RECALLED,
        **dict.fromkeys(_ENDINGS, Milestone.ENDED),
    }
    if act in {Act.CONFIRM, Act.SUBMIT} and reached.state is State.CLOSED and before.state is not State.CLOSED:
        return Milestone.COMPLETED
    return plain.get(act)
