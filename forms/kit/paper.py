"""Paper: the declaration of one document type, read top to bottom like the paper itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.kit.chains import FORM, STANDARD, Act, Chain, Milestone
from forms.kit.effects import Effect, Needed, Settles, Starts
from forms.kit.faces import Stamp, letter_face, table_face
from forms.kit.facts import Facts
from forms.kit.fields import Box, ManyBox
from forms.kit.phrases import Phrase
from forms.kit.rows import RowsBox
from forms.kit.rules import Level, Problem, Rule
from forms.kit.workdays import SHANGHAI

REASONS = "_reasons"  # answers key: rule number → the reason typed for its warning


class Genre(StrEnum):
    """文种; fixed by the paper (R-95). The value is the word that ends the title."""

    LETTER = "函"
    REPLY_LETTER = "复函"
    REQUEST = "请示"
    REPLY = "批复"
    REPORT = "报告"
    NOTICE = "公告"
    FORM = "表"


class About(StrEnum):
    """What a paper is about; the record it hangs on, and whose earlier papers its rules may read."""

    CASE = "case"  # one admission of one person
    PERSONS = "persons"  # several persons of one county, named in the rows of `persons_box`
    CONTRACTOR = "contractor"
    RESIDENT = "resident"  # 一人一档
    CAMPAIGN = "campaign"
    ORGAN = "organ"  # the issuing organ's own business: nothing but the paper itself


class Addressee(StrEnum):
    """Who the paper goes to, or who signs as the other party."""

    NONE = "none"
    CENTRAL_STATION = "central_station"
    COUNTY_BUREAU = "county_bureau"  # the responsible county's bureau
    POLICE = "police"
    CHILD_HOME = "child_home"
    GOVERNMENT = "government"  # of the same level: county or prefecture
    TOWNSHIP = "township"  # the township of the resident, or of the village that reports
    SUPERIOR = "superior"  # the civil-affairs organ one level up, never two (条例 14)
    REQUESTER = "requester"  # the issuer of the paper that is answered
    NAMED = "named"  # typed on the paper


@dataclass(frozen=True)
class Section:
    """A headed group of boxes."""

    title: str
    fields: tuple[str, ...]
    note: str = ""


class Paper(Form):
    """Base of all papers. Class attributes declare it; the methods below it say what the clause demands.

    Rules are methods decorated with `rule`; boxes are the fields of `forms.kit.fields`.
    """

    number: ClassVar[str]  # P-…, reference only
    code: ClassVar[str]
    version: ClassVar[int] = 1
    title: ClassVar[str]
    genre: ClassVar[Genre] = Genre.FORM
    clause: ClassVar[str] = ""
    chain: ClassVar[Chain] = FORM
    addressee: ClassVar[Addressee] = Addressee.NONE
    answers_paper: ClassVar[str] = ""  # code of the paper this one answers
    answered_by: ClassVar[tuple[str, ...]] = ()
    drafted_in: ClassVar[frozenset[str]] = frozenset({"county_bureau", "county_station", "central_station"})
    about: ClassVar[About] = About.CASE
    may_hang_on: ClassVar[frozenset[About]] = frozenset()  # of an organ's paper: records it may be about as well
    thread_box: ClassVar[str] = ""
    """Of an organ's paper without a record: papers of its kind whose box has the same value go on from each other.

    The earlier ones are its `facts.papers`, and the limits they have started are its to meet (库、台账、举报).
    """
    opens: ClassVar[bool] = False  # it brings the record it is about into being
    persons_box: ClassVar[str] = ""  # rows whose `case_no` names the persons of a paper about several
    persons_from: ClassVar[str] = (
        ""  # the paper a person must have, newest and issued, to be offered in those rows
    )
    reads_findings: ClassVar[bool] = False  # its rules or boxes look at the problem list of the area
    offers_townships: ClassVar[bool] = False  # it is addressed to a township of the county
    names_contractor: ClassVar[str] = ""  # box with the key of the contractor a paper about a person names
    shared_draft: ClassVar[bool] = False  # any clerk of the organ may go on writing it (a record kept for days)
    one_live: ClassVar[bool] = False  # at most one live paper of this kind per record
    sections: ClassVar[tuple[Section, ...]]
    checklist: ClassVar[tuple[Needed, ...]] = ()
    starts: ClassVar[tuple[Starts, ...]] = ()
    settles: ClassVar[tuple[Settles, ...]] = ()
    copies: ClassVar[str] = ""  # 一式三份
    landscape: ClassVar[bool] = False
    reason_words: ClassVar[Mapping[Act, tuple[str, ...]]] = {}  # what the typed reason of an act must begin with

    # ---- reading and keeping answers -------------------------------------------------------------------------

    @classmethod
    def read(cls, answers: Mapping[str, Any], facts: Facts | None = None) -> Self:
        """Parse stored or typed answers; what cannot be read stays in its box as typed.

        With `facts`, boxes marked `copied` are filled from the case and drop-downs get their choices.
        """
        if facts is not None:
            answers = {**answers, **cls.copied(facts)}
        paper = cls(formdata=MultiDict(_flatten(answers)) or MultiDict({"_": ""}))
        paper.reasons = dict(answers.get(REASONS, {}))
        if facts is not None:
            paper.offer(facts)
        return paper

    reasons: Mapping[str, str]

    @classmethod
    def from_form(cls, posted: Any) -> dict[str, Any]:
        """Turn a posted form (MultiDict) into answers: only this paper's boxes, blank rows dropped."""
        paper = cls(formdata=posted)
        reasons = {
            key.removeprefix("_reason_"): text.strip()
            for key, text in posted.items()
            if key.startswith("_reason_") and text.strip()
        }
        answers = paper.answers()
        if reasons:
            answers[REASONS] = reasons
        return answers

    def answers(self) -> dict[str, Any]:
        """Return the answers as plain strings, lists of strings and lists of rows: what is stored as JSON."""
        kept: dict[str, Any] = {}
        for box in self:
            value = _typed(box)
            if value not in ("", [], None):
                kept[box.name] = value
        return kept

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest first answers for a new draft. Overridden by papers."""
        return {}

    @classmethod
    def copied(cls, facts: Facts) -> dict[str, Any]:
        """Fill the boxes marked `copied`. Overridden by papers."""
        return {}

    def offer(self, facts: Facts) -> None:
        """Fill drop-downs whose choices depend on the case. Overridden by papers."""

    # ---- law ---------------------------------------------------------------------------------------------------

    @classmethod
    def rules(cls) -> Iterator[Rule]:
        """Yield the rules of this paper, base classes first, in the order they are written."""
        seen: dict[str, Rule] = {}
        for base in reversed(cls.__mro__):
            seen.update({name: found for name, found in vars(base).items() if isinstance(found, Rule)})
        yield from seen.values()

    def problems(self, facts: Facts) -> list[Problem]:
        """Return everything that stands against this paper now: boxes, attachments, rules.

        A warning whose reason has been typed (≥ 5 characters) is no longer a problem.
        """
        found = [*self._box_problems(), *self._checklist_problems(facts)]
        for law in self.rules():
            found += law.problems(self, facts)
        return [
            problem
            for problem in found
            if problem.level is Level.BLOCK or len(self.reasons.get(problem.rule, "")) < 5
        ]

    def _box_problems(self) -> Iterator[Problem]:
        for box in self:
            if not box.shown(self):
                continue
            sentences = list(box.check())
            for sentence in sentences:
                yield Problem(f"{box.label.text}：{sentence}", box.name)
            if box.required and box.empty and not sentences:
                yield Problem(Phrase("请填写“%(label)s”", label=Phrase(box.label.text)), box.name)

    def _checklist_problems(self, facts: Facts) -> Iterator[Problem]:
        for need in self.needed(facts):
            if need.required and need.kind not in facts.attached:
                said = Phrase("请上传附件“%(label)s”", label=Phrase(need.label))
                yield Problem(said, f"attachment-{need.kind}")

    def needed(self, facts: Facts) -> Iterator[Needed]:
        """Yield the lines of the attachment checklist that apply now."""
        for need in self.checklist:
            if need.shown_when is None or need.shown_when(self):
                yield need

    # ---- consequences ------------------------------------------------------------------------------------------

    def effects(self, on: Milestone, facts: Facts) -> Iterable[Effect]:
        """Yield what becomes true at a milestone. Overridden by papers."""
        return ()

    def holds_for_head(self, facts: Facts) -> bool:
        """Tell whether the head must decide before the paper goes out (R-11). Overridden by papers."""
        return False

    # ---- the printed page --------------------------------------------------------------------------------------

    def heading(self, facts: Facts) -> str:
        """Return the title of this very document, as lists and registers show it."""
        return f"{self.title}（{facts.person.display_name}）" if facts.person.display_name else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Return the plain data the printed page is set from. The generic face is a table of the sections."""
        return table_face(self, facts, stamp)

    def rows_of(self, starts: Starts) -> list[Any] | None:
        """Return the rows of the persons a limit runs for; None where it runs for everybody."""
        if starts.row_when is None or not self.persons_box:
            return None
        return [row for row in self[self.persons_box].rows if starts.row_when(row)]

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """Resolve the trigger of a clock: a box of the paper or a moment of the case. None when unknown yet."""
        if starts.trigger in self:
            return self[starts.trigger].data
        known = {"now": facts.now, "today": facts.today, "admitted_at": facts.person.admitted_at}
        return known.get(starts.trigger)


class Letter(Paper):
    """A paper printed as a letter or upward document of an organ (函、复函、请示 …)."""

    genre = Genre.LETTER
    chain = STANDARD

    def matter(self, facts: Facts) -> str:
        """Return the 事由 of the title: what stands between 关于 and 的函."""
        raise NotImplementedError

    def body(self, facts: Facts) -> Iterable[str]:
        """Yield the paragraphs of the letter, in the wording of domain §3."""
        raise NotImplementedError

    def enclosures(self, facts: Facts) -> Sequence[str]:
        """Return the names under 附件, in print order."""
        return ()

    def contact(self, facts: Facts) -> tuple[str, str]:
        """Return the name and telephone printed as 附注."""
        return (self["contact_name"].data or "", self["contact_phone"].data or "")

    def heading(self, facts: Facts) -> str:
        """Return the full title: organ + 关于 + matter + 的 + genre (条例 9(7))."""
        return f"{facts.issuer.name}关于{self.matter(facts)}的{self.genre.value}"

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Set the letter in 信函格式 or 文件格式."""
        return letter_face(self, facts, stamp)


def _typed(box: Box) -> Any:
    if isinstance(box, RowsBox):
        return [{inner.short_name: _typed(inner) for inner in line if not inner.empty} for line in box.rows]
    if isinstance(box, ManyBox):
        return list(box.data or [])
    raw = getattr(box, "raw", None)
    return raw if raw is not None else (box.data or "")


def _flatten(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in answers.items():
        if name == REASONS:
            continue
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    for inner, text in item.items():
                        yield from ((f"{name}-{index}-{inner}", one) for one in _texts(text))
                else:
                    yield name, str(item)
        else:
            yield name, plain(value)


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [plain(value)]


def plain(value: Any) -> str:
    """Write a value the way a box reads it back: ISO days, Shanghai minutes, plain text."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
