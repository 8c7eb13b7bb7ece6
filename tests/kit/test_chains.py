"""Every chain, every place it can reach, every act, every desk, two persons a desk: nobody and nothing gets lost."""

from functools import lru_cache
from itertools import product

import pytest

from forms.kit import chains, moving
from forms.kit.chains import Act, Chain, Desk, Side, State
from forms.kit.moving import Actor, Place, Standing

OWN_DESKS = (Desk.CLERK, Desk.REVIEWER, Desk.SIGNER, Desk.PRINCIPAL, Desk.SEAL, Desk.DUTY)
CHECKING = {Desk.CLERK, Desk.REVIEWER}


def people() -> dict[int, Actor]:
    """Two persons at each desk of both organs, one who holds every desk, and one who holds none."""
    found: dict[int, Actor] = {}
    for side, (index, desk), nth in product((0, 1), enumerate(OWN_DESKS, 1), (1, 2)):
        desks = frozenset({desk} | ({Desk.CHECKER} if desk in CHECKING else set()))
        number = side * 100 + index * 10 + nth
        found[number] = Actor(number, desks, frozenset()) if side == 0 else Actor(number, frozenset(), desks)
    found[999] = Actor(999, frozenset(Desk), frozenset())
    found[1000] = Actor(1000)
    return found


PEOPLE = people()
VARIANTS = [
    pytest.param(chain, in_portal, replies, held, id=f"{chain.key}-{in_portal:d}{replies:d}{held:d}")
    for chain in chains.CHAINS.values()
    for in_portal, replies, held in product((True, False), (True, False), (False, True))
    if not held or chain is chains.NOTICE
]


def drafter_of(chain: Chain) -> int:
    return next(number for number, actor in PEOPLE.items() if chain.steps[0].desk in actor.issuer_desks)


def step_on(chain: Chain, standing: Standing, act: Act, actor: Actor) -> Standing:
    """Do the act as the service does: remember who acted, forget on return, end the file being made."""
    place = standing.place
    taken = {standing.drafter, *(who for name, who in standing.acted.items() if name != place.step)}
    fit = [n for n, who in PEOPLE.items() if who.sits_at(place.side or Side.ISSUER, place.desk or Desk.CLERK)]
    to = next((n for n in fit if n != place.person and n not in taken), None)
    reached = moving.after(chain, standing, act, to)
    acted = dict(standing.acted)
    if act in chains.FORWARD:
        acted[place.step] = actor.account
    if act in {Act.RETURN, Act.WITHDRAW}:
        acted = {}
    if act is Act.RETURN_BACK:
        names = [step.name for step in chain.steps]
        acted = {name: who for name, who in acted.items() if names.index(name) <= names.index(reached.step)}
    if reached.state is State.NUMBERED:  # the file is made at once
        reached = Place(State.SEALED, reached.step, reached.side, reached.desk, reached.person)
    return Standing(
        reached, standing.drafter, acted, standing.counterpart_in_portal, standing.expects_reply, standing.held
    )


@lru_cache
def walk(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> tuple[tuple[Standing, dict[int, frozenset[Act]]], ...]:
    """Visit every standing reachable by anybody's open acts."""
    drafter = drafter_of(chain)
    first = Standing(moving.start(chain, drafter), drafter, {}, in_portal, replies, held)
    seen: set[tuple[object, ...]] = set()
    queue = [first]
    visited: list[tuple[Standing, dict[int, frozenset[Act]]]] = []
    while queue:
        standing = queue.pop()
        key = (standing.place, tuple(sorted(standing.acted.items())))
        if key in seen:
            continue
        seen.add(key)
        open_to = {number: moving.moves(chain, standing, actor) for number, actor in PEOPLE.items()}
        visited.append((standing, open_to))
        for number, acts in open_to.items():
            queue += [step_on(chain, standing, act, PEOPLE[number]) for act in acts]
    return tuple(visited)


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_exactly_one_person_or_desk_has_a_paper_until_it_is_final(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> None:
    for standing, _ in walk(chain, in_portal, replies, held):
        place = standing.place
        assert place.final == (place.state in chains.FINAL_STATES), place
        assert (place.side is None) == place.final
        if place.person is not None:
            assert place.person in PEOPLE


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_whatever_happened_somebody_can_always_go_on(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> None:
    for standing, open_to in walk(chain, in_portal, replies, held):
        if not standing.place.final:
            onward = set().union(*open_to.values()) & (chains.FORWARD | {Act.CLOSE, Act.REFRESH})
            assert onward, standing


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_no_person_stands_twice_on_one_paper(chain: Chain, in_portal: bool, replies: bool, held: bool) -> None:
    separated = {"review", "check", "duty", "sign", "own", "seal", "take", "check_above", "decide"}
    for standing, _ in walk(chain, in_portal, replies, held):
        own = {name: who for name, who in standing.acted.items() if name in separated}
        hands = [standing.drafter, *own.values()]
        assert len(hands) == len(set(hands)), standing


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_who_holds_no_desk_can_do_nothing_and_who_holds_all_only_draws_up_and_withdraws(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> None:
    for standing, open_to in walk(chain, in_portal, replies, held):
        assert not open_to[1000]
        if standing.drafter != 1000 and standing.place.side is Side.COUNTERPART:
            assert not (open_to[999] & chains.FORWARD)


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_a_forward_act_is_open_only_to_whoever_has_the_paper(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> None:
    for standing, open_to in walk(chain, in_portal, replies, held):
        for number, acts in open_to.items():
            if acts & chains.FORWARD:
                assert moving.holds(standing.place, PEOPLE[number]), (standing, number)


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_a_return_or_withdrawal_gives_the_paper_to_its_drafter_alone(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> None:
    tried = 0
    for standing, open_to in walk(chain, in_portal, replies, held):
        for number, acts in open_to.items():
            for act in acts & {Act.RETURN, Act.WITHDRAW}:
                reached = step_on(chain, standing, act, PEOPLE[number])
                holders = [n for n, actor in PEOPLE.items() if moving.holds(reached.place, actor)]
                assert holders == [standing.drafter]
                assert reached.acted == {}
                tried += 1
    assert tried or chain in {chains.NOTED, chains.AT_ONCE}


@pytest.mark.parametrize("chain", [chains.STANDARD, chains.PRINCIPAL, chains.NOTICE], ids=lambda chain: chain.key)
def test_one_step_back_gives_the_paper_to_the_very_person_who_acted_there(chain: Chain) -> None:
    tried = 0
    for standing, open_to in walk(chain, True, True, False):
        for number, acts in open_to.items():
            if Act.RETURN_BACK in acts:
                reached = step_on(chain, standing, Act.RETURN_BACK, PEOPLE[number])
                assert reached.place.person == standing.acted[reached.place.step]
                tried += 1
    assert tried


@pytest.mark.parametrize(("chain", "in_portal", "replies", "held"), VARIANTS)
def test_nothing_is_withdrawn_after_the_number_is_drawn(
    chain: Chain, in_portal: bool, replies: bool, held: bool
) -> None:
    for standing, open_to in walk(chain, in_portal, replies, held):
        if standing.place.state in chains.FROZEN_STATES - {State.IN_PROCESS}:
            assert not any(Act.WITHDRAW in acts for acts in open_to.values())


def test_a_notice_of_violence_waits_for_the_heads_decision() -> None:
    """R-11: held on the signer's desk, and signing it is the decision."""
    reviewer, signer = PEOPLE[21], PEOPLE[31]
    standing = Standing(Place(State.IN_REVIEW, "review", Side.ISSUER, Desk.REVIEWER), 11, {}, held=True)
    waiting = step_on(chains.NOTICE, standing, Act.AGREE, reviewer)
    assert waiting.place.state is State.HELD
    assert {Act.SIGN, Act.REJECT} <= moving.moves(chains.NOTICE, waiting, signer)
    assert step_on(chains.NOTICE, waiting, Act.SIGN, signer).place.state is State.SIGNED


def test_a_letter_to_the_police_is_served_by_our_own_clerk() -> None:
    """An outside party has no account: its receipt is recorded by the sender (domain §1.1)."""
    standing = Standing(
        Place(State.SEALED, "send", Side.ISSUER, Desk.SEAL),
        11,
        {},
        counterpart_in_portal=False,
        expects_reply=True,
    )
    sent = step_on(chains.STANDARD, standing, Act.SEND, PEOPLE[51])
    assert (sent.place.side, sent.place.person) == (Side.ISSUER, 11)
    assert moving.moves(chains.STANDARD, sent, PEOPLE[11]) == {Act.SERVE, Act.REASSIGN}
    served = step_on(chains.STANDARD, sent, Act.SERVE, PEOPLE[11])
    assert served.place.state is State.IN_PROCESS
