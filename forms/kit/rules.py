"""Rules: pure sentences of law on a paper. Answers and facts go in, problems come out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How firm a rule is (domain §4): BLOCK refuses, WARN asks for a typed reason, NOTE only informs ([M])."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """One thing that stands against the paper: which rule, which clause, which box, and what to do about it."""

    sentence: str
    field: str = ""
    rule: str = ""
    clause: str = ""
    level: Level = Level.BLOCK
    remedy: str = ""
    remedy_paper: str = ""  # code of the paper that mends it, for a link


Check = Callable[[Any, Any], Iterable[Problem]]


@dataclass(frozen=True)
class Rule:
    """A rule method of a paper with its number, clause, level and Chinese statement."""

    number: str
    clause: str
    level: Level
    statement: str
    check: Check

    def problems(self, paper: Any, facts: Any) -> Iterable[Problem]:
        """Run the rule and stamp what it finds with its number, clause and level."""
        for found in self.check(paper, facts):
            yield Problem(
                sentence=found.sentence,
                field=found.field,
                rule=self.number,
                clause=self.clause,
                level=self.level if found.level is Level.BLOCK else found.level,
                remedy=found.remedy,
                remedy_paper=found.remedy_paper,
            )


def rule(number: str, *, clause: str, level: Level = Level.BLOCK) -> Callable[[Check], Rule]:
    """Declare a method of a paper as a rule. Its docstring is the rule's Chinese statement."""

    def declare(check: Check) -> Rule:
        return Rule(number, clause, level, (check.__doc__ or "").strip(), check)

    return declare
