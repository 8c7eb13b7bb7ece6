"""Finding a case by two characters of a name, pinyin initials, alias or number; a paper by its number.

An inverted index of character pairs, one row per organ that may see the case: an index range on both databases,
whatever the number of cases. (Full-text search of neither database finds two Chinese characters.)
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pypinyin import Style, pinyin
from sqlalchemy import ColumnElement, Select, delete, exists, false, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal import clock
from portal.models import Case, Document, Letter, NumberSeries, Person, SearchTerm, Unit
from portal.services.access import COUNTY_KINDS, Viewer, case_scope, document_scope

PAGE = 20
MOST_NEAR = 60  # papers whose number begins as typed
#: Fewer characters of a name would find half the county.
LEAST = 2
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")
_BRACKETS = str.maketrans({"[": "〔", "(": "〔", "【": "〔", "]": "〕", ")": "〕", "】": "〕"})
_SHORT_NUMBER = re.compile(r"(?:〔(?P<year>20\d\d)〕)?(?P<serial>[1-9]\d{0,4})号?")
#: Surnames whose usual reading the dictionary gets wrong as a first character.
_SURNAMES = {
    "单": "s",
    "仇": "q",
    "曾": "z",
    "解": "x",
    "区": "o",
    "查": "z",
    "盖": "g",
    "尉": "y",
    "朴": "p",
    "覃": "q",
}


def initials(name: str) -> set[str]:
    """Return the pinyin initials of a name in every usual reading: 单志 → {"sz", "dz"}."""
    readings = [
        {letter[0] for letter in options if letter}
        for options in pinyin(name, style=Style.FIRST_LETTER, heteronym=True)
    ]
    if name[:1] in _SURNAMES and readings:
        readings[0].add(_SURNAMES[name[0]])
    found = {""}
    for letters in readings:
        found = {head + letter for head in found for letter in letters}
        if len(found) > 16:
            break
    return {one for one in found if len(one) == len(readings)}


def pairs(text: str) -> set[str]:
    """Return every two neighbouring characters of a text in lower case; a single character stands for itself."""
    compact = re.sub(r"[\s·]", "", text).lower()
    return {compact[i : i + 2] for i in range(len(compact) - 1)} or ({compact} if compact else set())


def terms_of(case: Case) -> set[str]:
    """Return what a case is found by."""
    found = {case.case_no, case.case_no[-4:], case.case_no[-9:]}
    for name in {case.person.name, case.person.alias, case.display_name} - {""}:
        found |= pairs(name)
        for letters in initials(name):
            found |= pairs(letters)
    return found


def index(session: Session, case: Case, extra_units: Iterable[int] = ()) -> None:
    """Write the index rows of a case anew: for the organs of its region, its place, and those a paper brought it to."""
    region = session.scalars(
        select(Unit.id).where(Unit.region_code == case.region_code, Unit.kind.in_(COUNTY_KINDS))
    ).all()
    stations = session.scalars(select(Unit.id).where(Unit.kind == "central_station")).all()
    reached = session.scalars(
        select(Document.counterpart_id)
        .where(Document.case_id == case.id, Document.sent_at.is_not(None))
        .distinct()
    ).all()
    seen = set(region) | {case.place_unit_id, *extra_units} | {unit for unit in reached if unit}
    if case.region_code == "522700":
        seen |= set(stations)
    session.execute(delete(SearchTerm).where(SearchTerm.case_id == case.id))
    session.add_all(
        SearchTerm(unit_id=unit, term=term, case_id=case.id) for unit in seen for term in terms_of(case)
    )


@dataclass(frozen=True)
class Found:
    """What a search gave: newest cases and papers first, at most a page of each, and whether there is more."""

    cases: Sequence[Case]
    documents: Sequence[Document]
    more: bool = False


def find(session: Session, viewer: Viewer, query: str) -> Found:
    """Search within the viewer's scope. Fewer than two characters find nothing, but for a number."""
    text = plain(query)
    if not text or (len(text) < LEAST and not text.isdigit()):
        return Found((), ())
    cases = _cases(session, viewer, text)
    return Found(cases[:PAGE], _documents(session, viewer, text), more=len(cases) > PAGE)


def plain(query: str) -> str:
    """Write an entered text the way numbers are stored: full-width digits and signs made narrow, spaces taken out."""
    return "".join(unicodedata.normalize("NFKC", query).split())


def case_ids(viewer: Viewer, text: str) -> Select[int]:
    """Return the ids of the cases an entered text finds in the index of the viewer's organs; no text finds none."""
    text = plain(text)
    wanted = sorted(pairs(text))
    if re.search(r"\d", text):  # a number: whole, without the county, or its last four digits
        wanted = [text.zfill(4) if text.isdigit() else text.lower()]
    hits = select(SearchTerm.case_id).where(SearchTerm.unit_id.in_(viewer.unit_ids))
    hits = hits.where(SearchTerm.term == wanted[0]) if wanted else hits.where(false())
    for term in wanted[1:]:
        other = aliased(SearchTerm)
        hits = hits.where(
            exists().where(
                other.unit_id == SearchTerm.unit_id, other.term == term, other.case_id == SearchTerm.case_id
            )
        )
    return hits


def _cases(session: Session, viewer: Viewer, text: str) -> list[Case]:
    if _ID_NUMBER.fullmatch(text):
        way = Case.person.has(Person.id_number == text.upper())
    else:
        newest = case_ids(viewer, text).order_by(SearchTerm.case_id.desc()).limit(PAGE + 1)
        way = Case.id.in_(session.scalars(newest).all() or [0])
    # The scope is a column, not a condition: a planner that is offered both may walk through all cases of the county.
    query = select(Case, case_scope(viewer)).where(way).order_by(Case.id.desc()).options(joinedload(Case.place))
    return [case for case, within in session.execute(query) if within]


def _documents(session: Session, viewer: Viewer, text: str) -> list[Document]:
    """Return papers by number: the whole number, its beginning, or 7号 and 〔2026〕7号 of the viewer's own series."""
    start = text.translate(_BRACKETS)
    exact = Document.doc_no.in_([start, f"{start}号"])
    short = _SHORT_NUMBER.fullmatch(start)
    if short:
        way = _of_own_series(viewer, int(short["serial"]), int(short["year"] or clock.today().year))
    elif len(start) >= LEAST:
        # Of a beginning that fits thousands, the next entries of the index are read, not all of them.
        beginning = select(Document.id).where(Document.doc_no.between(start, start + "\U0010ffff"))
        near = session.scalars(beginning.order_by(Document.doc_no).limit(MOST_NEAR)).all()
        way = or_(exact, Document.id.in_(near))
    else:
        return []
    rows = session.scalars(
        select(Document)
        .where(way, document_scope(viewer))
        .order_by(exact.desc(), Document.id.desc())
        .options(joinedload(Document.issuer), joinedload(Document.case))
        .limit(PAGE)
    )
    return list(rows)


def _of_own_series(viewer: Viewer, serial: int, year: int) -> ColumnElement[bool]:
    numbered = (
        select(Letter.document_id)
        .join(NumberSeries, NumberSeries.id == Letter.series_id)
        .where(NumberSeries.unit_id.in_(viewer.unit_ids), NumberSeries.year == year, Letter.serial == serial)
    )
    return Document.id.in_(numbered)
