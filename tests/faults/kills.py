"""Kill the portal with SIGKILL in every phase of its work, start it again, and look whether a promise was broken.

`python -m tests.faults.kills --kills 60 --seed 1` prints a JSON summary. One process forks all others, so that every trial
begins with everything imported and nothing open; it never touches the database itself.
"""

import argparse
import json
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from forms.kit.chains import Act
from portal.services import letters
from tests.faults import invariants, points
from tests.faults.processes import Say, in_child, warm_up
from tests.faults.scene import Kept, Scene, act, key_of, papers, repeated, scene, told
from tests.faults.walks import TRANSFER, WALKS, Walk


def prepared(walk: Walk) -> Act:
    """Return how far a paper goes in peace: a letter to its signature, a form to the step before its last."""
    return Act.SIGN if Act.SIGN in walk.who else walk.order[-2]


def perform(built: Scene, uuid: UUID, wanted: Act, say: Say, point: str | None = None) -> None:
    """Be a web process: do one act, tell the client, make the letter. Dies at `point`."""
    if point is not None:
        points.arm(point)
    key = key_of(uuid, wanted)
    with built.session() as session:
        done = act(session, uuid, wanted, built.works, key=key)
        say(told(session, done, key).plain())
        if done.letter_id:
            letters.issue(session, done.letter_id, built.works)


def start_again(built: Scene, uuid: UUID, wanted: Act, say: Say) -> None:
    """Be the portal after the crash, and the client who looks up what became of the click and repeats it if need be."""
    key = key_of(uuid, wanted)
    with built.session() as session:
        letters.recover(session, built.works)
        known = repeated(session, key)
        session.rollback()
        done = act(session, uuid, wanted, built.works, key=key)
        if done.repeated != known:
            say({"error": f"{key}: known {known}, repeated {done.repeated}"})
        say(told(session, done, key).plain())
        if done.letter_id:
            letters.issue(session, done.letter_id, built.works)


def verdict(built: Scene, acknowledged: Sequence[Kept], say: Say, newest: int) -> None:
    """Look whether every promise holds."""
    with built.session() as session:
        say(invariants.check(session, built.works, acknowledged, verify_newest=newest))


def plan(walk: Walk, kills: int, seed: int) -> Iterator[tuple[int, Act, str | float]]:
    """Yield paper, act and point (or seconds until a kill from outside) so that every point is met in its turn."""
    dice = random.Random(seed)
    at_number = [*points.OF_AN_ACT, *points.OF_A_LETTER]
    at_others = [*points.OF_AN_ACT, *points.OF_A_MILESTONE]
    if Act.NUMBER not in walk.who:
        for paper in range(kills):
            chosen = at_others[paper // 2 % len(at_others)]
            yield paper, walk.order[-1], dice.uniform(0.0, 0.1) if paper % 2 else chosen
        return
    paper = 0
    for point in points.OF_THE_KEYS:
        yield paper, Act.NUMBER, point
        paper += 1
    while kills > 0:
        yield paper, Act.NUMBER, at_number[paper % len(at_number)]
        yield paper, Act.SEND, dice.uniform(0.0, 0.1)
        kills -= 2
        if paper % 3 == 0:
            yield paper, Act.RECEIVE, at_others[paper // 3 % len(at_others)]
            kills -= 1
        paper += 1


def run(built: Scene, walk: Walk, kills: int, seed: int, every: int) -> dict[str, Any]:
    """Carry a plan out; return what was killed where and every violation."""
    trials = list(plan(walk, kills, seed))
    count = trials[-1][0] + 1
    ready = papers(built, count, prepared(walk), walk=walk)
    warm_up(Scene(built.url, built.folder), count + 1, walk)
    uuids = [uuid for uuid, _ in ready]
    acknowledged = [note for _, notes in ready for note in notes]
    struck: Counter[str] = Counter()
    violations: dict[str, list[str]] = {}
    for number, (paper, wanted, how) in enumerate(trials, start=1):
        uuid = uuids[paper]
        name = f"{number} {wanted.value} {how}"
        if how in points.OF_THE_KEYS:  # as on the first day
            shutil.rmtree(built.keys, ignore_errors=True)
        outside = isinstance(how, float)
        said, killed = in_child(
            lambda say, u=uuid, w=wanted, h=how: perform(built, u, w, say, None if isinstance(h, float) else h),
            kill_after=how if isinstance(how, float) else None,
        )
        struck["at a random moment" if outside else str(how)] += killed
        after, dead = in_child(lambda say, u=uuid, w=wanted: start_again(built, u, w, say))
        wrong = [str(word["error"]) for word in [*said, *after] if "error" in word]
        wrong += ["the portal did not start again"] if dead else []
        acknowledged += {Kept(**word) for word in [*said, *after] if "error" not in word}
        if number % every == 0 or number == len(trials):
            newest = 1 if number < len(trials) else min(count - len(points.OF_THE_KEYS), 40)
            judged, _ = in_child(lambda say, n=newest, told=tuple(acknowledged): verdict(built, told, say, n))
            wrong += judged[0] if isinstance(judged[0], list) else [str(judged[0])]
        if wrong:
            violations[name] = wrong
    return {"trials": len(trials), "kills": sum(struck.values()), "struck": dict(struck), "violations": violations}


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walk", choices=WALKS, default=TRANSFER.paper)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="judge after so many trials")
    asked = parser.parse_args()
    with scene(own_keys=True) as built:
        began = time.monotonic()
        found = run(built, WALKS[asked.walk], asked.kills, asked.seed, asked.every)
    sys.stdout.write(
        json.dumps({**found, "seconds": round(time.monotonic() - began, 1)}, ensure_ascii=False) + "\n"
    )


if __name__ == "__main__":
    main()
