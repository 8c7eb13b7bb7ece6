"""Words that remember how they were put together, so that a page can say them in another language.

Papers and services speak Chinese and know nothing of languages. What they make from parts (还剩5个工作日) could not be
found in a catalogue any more; a Phrase is that text, and keeps the pattern that stands in the catalogue beside it.
"""

from collections.abc import Iterable, Mapping
from typing import Self


class Phrase(str):
    """A Chinese text made from `pattern` (`%(name)s`) and its parts. A part that is a Phrase is translated too."""

    __slots__ = ("parts", "pattern")

    pattern: str
    parts: Mapping[str, object]

    def __new__(cls, pattern: str, /, **parts: object) -> Self:
        made = super().__new__(cls, pattern % parts if parts else pattern)
        made.pattern, made.parts = pattern, parts
        return made


def listed(words: Iterable[str]) -> str:
    """Join some words with 、, each of them still to be translated."""
    first, *others = words
    for other in others:
        first = Phrase("%(one)s、%(other)s", one=first, other=other)
    return first
