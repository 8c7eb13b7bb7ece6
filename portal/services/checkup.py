"""What still stands against a draft, sorted the way its page tells it: missing, ill filled, against a rule, to explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem
from portal.services.documents import Reading

MIN_REASON = 5


@dataclass(frozen=True)
class Checkup:
    """The problems of a draft. `warned` are all warnings, also those whose reason is typed already."""

    missing: Sequence[Problem]
    ill_filled: Sequence[Problem]
    against: Sequence[Problem]
    hints: Sequence[Problem]
    warned: Sequence[Problem]

    @property
    def ready(self) -> bool:
        """Nothing keeps the paper from being handed on, the typed reasons apart."""
        return not (self.missing or self.ill_filled or self.against)


def check(reading: Reading) -> Checkup:
    """Sort what stands against a draft."""
    missing, ill_filled, against, hints = list[Problem](), list[Problem](), list[Problem](), list[Problem]()
    for problem in reading.problems:
        if problem.level is Level.NOTE:
            hints.append(problem)
        elif problem.rule:
            if problem.level is Level.BLOCK:
                against.append(problem)
        elif is_missing(reading, problem):
            missing.append(problem)
        else:
            ill_filled.append(problem)
    return Checkup(missing, ill_filled, against, hints, list(_warnings(reading)))


def is_missing(reading: Reading, problem: Problem) -> bool:
    """Tell whether a problem says only that something is not filled in yet."""
    if problem.field.startswith("attachment-"):
        return not problem.rule
    if problem.rule or problem.field not in reading.paper:
        return False
    box = reading.paper[problem.field]
    typed = getattr(box, "raw", "")
    if isinstance(box, RowsBox):
        return box.empty or problem.sentence.endswith("未填写")
    return bool(box.empty and not typed)


def _warnings(reading: Reading) -> Iterator[Problem]:
    for law in reading.paper.rules():
        yield from (
            problem for problem in law.problems(reading.paper, reading.facts) if problem.level is Level.WARN
        )


def beside_boxes(reading: Reading, *, tried: bool) -> list[Problem]:
    """Return the problems to show under their boxes: before a try to submit, only where something was filled in."""
    return [
        problem
        for problem in reading.problems
        if tried
        or (
            problem.field in reading.paper
            and not is_missing(reading, problem)
            and not (problem.rule and reading.paper[problem.field].empty)
        )
    ]
