"""Gather the words of papers and services for the catalogue: they are plain Chinese there and marked nowhere.

Named in babel.cfg as the method `papers`, for forms/catalog.py: it yields what the declared papers, chains and limits say
on a page, and from portal/services the words of acts, states, positions, registers, ledgers and settings. Words put together from
parts are found where they are made, marked as a Phrase.

Not gathered, because it stays Chinese: letters, clauses, sentences of rules and refusals, names of organs.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from forms.catalog import ALL
from forms.kit.chains import CHAINS
from forms.kit.counting import ClockState
from forms.kit.limits import GROUPS, STRENGTHS, TimeLimit
from forms.kit.paper import Genre, Paper
from forms.kit.rows import Row, RowsBox
from portal.models.people import Position, UnitKind
from portal.services import (
    approvals,
    audit,
    casefile,
    casepapers,
    casestory,
    ledgers,
    positions,
    registers,
    settings,
    timeline,
    trails,
    unit_settings,
    worklists,
)

#: Choices that name organs: the value is the code of a region or an organ.
_ORGAN = re.compile(r"\d{6}(-\w+)?")
_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def extract(
    _fileobj: Any,
    _keywords: Any,
    _comment_tags: Any,
    options: Any,  # noqa: ARG001 (Babel names it)
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """Yield (line, function, message, comments) as Babel asks; lines mean nothing for words gathered by import."""
    for words in dict.fromkeys(filter(_CHINESE.search, all_words())):
        yield 1, "gettext", words, []
    for act in (*approvals.ACT_WORDS.values(), worklists.ANSWER):
        yield 1, "pgettext", ("button", act), []


def all_words() -> Iterator[str]:
    """Yield everything that papers and services say on a page beside what is marked, with repetitions."""
    for kind in ALL:
        yield from of_paper(kind)
    for chain in CHAINS.values():
        yield chain.label
        yield from (step.label for step in chain.steps)
    for title, limits in GROUPS.items():
        yield title
        for limit in limits:
            yield from of_limit(limit)
    yield from STRENGTHS.values()
    yield from (genre.value for genre in Genre)
    yield from (state.label for state in ClockState)
    yield from of_services()


def of_paper(kind: type[Paper]) -> Iterator[str]:
    """Yield title, sections, boxes with their choices, and checklist of a paper."""
    yield kind.title
    for section in kind.sections:
        yield section.title
        yield section.note
    yield from of_boxes(kind())
    for need in kind.checklist:
        yield need.label
        yield need.note


def of_boxes(boxes: Iterable[Any]) -> Iterator[str]:
    """Yield labels, help, units and choices; of a list those of its lines too."""
    for box in boxes:
        yield box.label.text
        yield box.help
        yield getattr(box, "unit", "")
        yield from (words for value, words in getattr(box, "words", {}).items() if not _ORGAN.fullmatch(value))
        if isinstance(box, RowsBox):
            row: Row = box.row_class()
            yield from of_boxes(row)


def of_limit(limit: TimeLimit) -> Iterator[str]:
    """Yield the duty, what starts it, and what to do."""
    yield from (limit.label, limit.trigger, limit.next_step)


def of_services() -> Iterator[str]:
    """Yield the words of acts, states, positions, registers, ledgers, chains of papers, settings and kinds of organs."""
    for table in (
        approvals.ACT_WORDS, approvals.STATE_WORDS, timeline.WORDS, audit.WORDS, audit.GROUP_WORDS,
        casefile.IDENTITY_WORDS, casestory.CASE_WORDS, unit_settings.KIND_WORDS, unit_settings.GENRES,
    ):  # fmt: skip
        yield from table.values()
    yield from (title for title, _last in casepapers.STAGES)
    yield from unit_settings.GENRES
    for position in Position:
        yield from (positions.title(kind, position) for kind in ("", *UnitKind))
    for register in registers.REGISTERS.values():
        yield from (register.title, *(column.head for column in register.columns))
    for ledger in ledgers.LEDGERS.values():
        yield from (ledger.title, *(column.head for column in ledger.columns))
    yield from (course.title for courses in trails.COURSES.values() for course in courses)  # named nowhere else
    for default in settings.DEFAULTS.values():
        yield from (default.label, default.unit)
