"""Many at once: fifty approvers on one paper, one click posted again and again, sixteen clerks drawing numbers over New Year.

`python -m tests.faults.races --times 1` runs the three and prints a JSON summary.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Forbidden
from portal.models import Document, IncomingSeries, NumberSeries, Unit
from portal.services import approvals, cases, letters
from tests.faults import invariants
from tests.faults.processes import Say, in_child, together, warm_up
from tests.faults.scene import Kept, Scene, act, more_people, papers, scene, told

#: Midnight of New Year 2027 in Shanghai.
NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)


def judged(built: Scene, acknowledged: list[Kept]) -> list[str]:
    """Look at every promise in a process of its own."""

    def look(say: Say) -> None:
        with built.session() as session:
            say(invariants.check(session, built.works, acknowledged, verify_newest=5))

    said, _ = in_child(look)
    return said[0] if isinstance(said[0], list) else [str(said[0])]


def approvers(built: Scene, people: int, count: int) -> dict[str, Any]:
    """Let everybody agree to every paper at the same moment: one of them does, the others are told so."""
    with built.session() as session, transaction(session):
        names = more_people(session, "reviewer", people)
    prepared = papers(built, count, Act.SUBMIT)

    def approve(name: str, uuid: UUID) -> Callable[[Say], None]:
        def work(say: Say) -> None:
            key = f"{name}-{uuid}"
            with built.session() as session:
                try:
                    say(told(session, act(session, uuid, Act.AGREE, built.works, key=key, who=name), key).plain())
                except (Conflict, Forbidden) as refusal:
                    say({"refused": type(refusal).__name__})

        return work

    acknowledged = [note for _, notes in prepared for note in notes]
    wrong, answers = [], Counter[str]()
    for uuid, _ in prepared:
        said = [word for words in together([approve(name, uuid) for name in names]) for word in words]
        done = [Kept(**word) for word in said if "key" in word]
        answers.update(["done"] * len(done) + [word["refused"] for word in said if "refused" in word])
        wrong += [word["error"] for word in said if "error" in word]
        if len(done) != 1:
            wrong.append(f"{uuid} was agreed to {len(done)} times")
        acknowledged += done
    return {"answers": dict(answers), "violations": wrong + judged(built, acknowledged)}


def clicks(built: Scene, times: int, count: int) -> dict[str, Any]:
    """Post the same form many times at once, as an impatient finger or a proxy does: it is done once, and all are told so."""
    prepared = papers(built, count, Act.SIGN, first=1000)

    def click(uuid: UUID, key: str) -> Callable[[Say], None]:
        def work(say: Say) -> None:
            with built.session() as session:
                done = act(session, uuid, Act.NUMBER, built.works, key=key)
                letter_id = done.letter_id
                say({**told(session, done, key).plain(), "again": done.repeated})
                if letter_id:
                    letters.issue(session, letter_id, built.works)

        return work

    acknowledged = [note for _, notes in prepared for note in notes]
    wrong, answers = [], Counter[str]()
    for uuid, _ in prepared:
        key = f"number-{uuid}"
        said = [word for words in together([click(uuid, key)] * times) for word in words]
        wrong += [word["error"] for word in said if "error" in word]
        fresh = [word for word in said if not word.get("again", True)]
        answers.update(["done"] * len(fresh) + ["told again"] * sum(word.get("again", False) for word in said))
        if len(fresh) != 1:
            wrong.append(f"{key} was done {len(fresh)} times")
        acknowledged += [
            Kept(**{name: word[name] for name in ("key", "act", "document", "doc_no")})
            for word in said
            if "key" in word
        ]
    return {"answers": dict(answers), "violations": wrong + judged(built, acknowledged)}


class _ThoughtBetter(Exception):  # noqa: N818 - somebody lets the act be
    """A clerk's transaction that ends in nothing after its number was drawn."""


def numbers(built: Scene, workers: int, each: int) -> dict[str, Any]:
    """Draw letter numbers, case numbers and numbers of receipt while the year changes; every fifth draw is rolled back."""
    with clock.pinned(NEW_YEAR - timedelta(hours=3)):
        [(uuid, _)] = papers(built, 1, Act.SEND)

    def draw(worker: int) -> Callable[[Say], None]:
        def work(say: Say) -> None:
            with built.session() as session:
                for turn in range(each):
                    moment = NEW_YEAR + timedelta(seconds=turn - each // 2, milliseconds=worker)
                    kind = ("letter", "case", "incoming")[(turn + worker) % 3]
                    try:
                        with clock.pinned(moment), transaction(session):
                            drawn = _DRAWS[kind](session, uuid)
                            if turn % 5 == 4:
                                raise _ThoughtBetter
                        say([kind, *drawn])
                    except _ThoughtBetter:
                        continue

        return work

    said = [word for words in together([draw(worker) for worker in range(workers)]) for word in words]
    wrong = [word["error"] for word in said if isinstance(word, dict)]
    drawn: dict[tuple[str, int], list[int]] = defaultdict(list)
    for kind, year, serial in (word for word in said if isinstance(word, list)):
        drawn[kind, year].append(serial)
    drawn["letter", 2026].append(1)  # the paper itself
    for (kind, year), last in _lasts(built).items():
        if sorted(drawn[kind, year]) != list(range(1, last + 1)):
            wrong.append(f"{kind} {year} should run 1…{last}: {sorted(drawn[kind, year])}")
    counted = {f"{kind} {year}": len(serials) for (kind, year), serials in sorted(drawn.items())}
    return {"answers": counted, "violations": wrong}


def _letter(session: Session, _uuid: UUID) -> tuple[int, int]:
    unit = session.scalars(select(Unit).where(Unit.code == "522727-bureau")).one()
    series, serial, _ = letters.draw_number(session, unit, "函", clock.today().year)
    return series.year, serial


def _case(session: Session, _uuid: UUID) -> tuple[int, int]:
    unit = session.scalars(select(Unit).where(Unit.code == "522702-bureau")).one()
    number = cases.next_case_no(session, unit, "522702", clock.today().year)
    return clock.today().year, int(number[-4:])


def _incoming(session: Session, uuid: UUID) -> tuple[int, int]:
    document = session.scalars(select(Document).where(Document.uuid == uuid)).one()
    number = approvals.incoming_number(session, document, clock.today().year)
    return clock.today().year, int(number.split("〕")[1].removesuffix("号"))


_DRAWS: Mapping[str, Callable[[Session, UUID], tuple[int, int]]] = {
    "letter": _letter, "case": _case, "incoming": _incoming,
}  # fmt: skip


def _lasts(built: Scene) -> dict[tuple[str, int], int]:
    with built.session() as session:
        found = {
            ("case" if series.code.startswith("救助编号") else "letter", series.year): series.last
            for series in session.scalars(select(NumberSeries))
        }
        return found | {
            ("incoming", series.year): series.last for series in session.scalars(select(IncomingSeries))
        }


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="how many times as much as in an ordinary run")
    times = parser.parse_args().times
    with scene() as built:
        warm_up(built, 5000)
        found = {"approvers": approvers(built, 50, times), "clicks": clicks(built, 8, times)}
    with scene() as built:
        found["numbers"] = numbers(built, 16, 20 * times)
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
