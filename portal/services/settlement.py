"""Settlement as one line per person: the ten dates from admission to support, own and outside parties apart (§4.J, §5.5).

The dates are computed from the papers themselves; candidates are there before the three months are full (A-11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.counting import ClockState
from forms.kit.facts import Member
from forms.kit.phrases import Phrase
from forms.kit.settlementdates import Link, ten_dates
from portal import clock
from portal.models import Case, Document
from portal.services import clocks, subjectfacts
from portal.services.access import Viewer, case_scope
from portal.services.trails import Station, Trail

APPLICATION: Final = "settlement_application"
TITLE: Final = Phrase("落户安置的十个日期")
CANDIDATE_DAYS: Final = 85  # from this day of stay on the application may be drafted


@dataclass(frozen=True)
class Line:
    """One person with the ten dates."""

    case: Case
    links: Sequence[Link]
    states: Sequence[ClockState | None]

    @property
    def next(self) -> Link | None:
        """The next date of our own that is not met yet."""
        open_links = (
            link for link in self.links if not link.outside and link.due and not link.done and not link.note
        )
        return next((link for link in open_links if link.key != "stay_three_months"), None)


def lines(session: Session, viewer: Viewer, *also: ColumnElement[bool], most: int = 2000) -> list[Line]:
    """Return who is being settled, was settled, or will come to it, longest stay first."""
    applied = select(Document.case_id).where(Document.paper == APPLICATION)
    wanted = select(Case.id).where(_candidate()).union(applied).subquery()
    cases = session.scalars(
        select(Case)
        .join(wanted, wanted.c.id == Case.id)  # begins with the few, not with all persons of the county
        .where(case_scope(viewer), *also)
        .options(joinedload(Case.place))
        .order_by(Case.admitted_at)
        .limit(most)
    ).all()
    return _lines_of(session, cases)


def _candidate() -> ColumnElement[bool]:
    long_ago = clock.now() - timedelta(days=CANDIDATE_DAYS)
    return Case.is_open.is_(True) & (Case.admitted_at <= long_ago) & Case.person.has(identified_at=None)


def of_case(session: Session, viewer: Viewer, case: Case) -> Trail | None:
    """Draw the ten dates of one person; None while settlement is no matter for them."""
    applied = exists().where(Document.case_id == Case.id, Document.paper == APPLICATION)
    cases = session.scalars(
        select(Case).where(Case.id == case.id, case_scope(viewer), or_(_candidate(), applied))
    ).all()
    found = _lines_of(session, cases)
    return Trail(TITLE, [_station(link, state) for link, state in _pairs(found[0])]) if found else None


def _lines_of(session: Session, cases: Sequence[Case]) -> list[Line]:
    found = subjectfacts.members_of(session, cases)
    return [_line(session, case, found[case.case_no]) for case in cases]


def _line(session: Session, case: Case, member: Member) -> Line:
    known, now = clocks.calendar(session), clock.now()
    links = ten_dates(member, known)
    return Line(case, links, [link.state(now, known) for link in links])


def _pairs(line: Line) -> list[tuple[Link, ClockState | None]]:
    return list(zip(line.links, line.states, strict=True))


def _station(link: Link, state: ClockState | None) -> Station:
    """Draw one date: done on, due by, or why it will not come."""
    words = {True: Phrase("外单位"), False: Phrase("本单位")}[link.outside]
    if link.done_on is not None:
        late = state is ClockState.DONE_LATE
        return Station(
            link.key,
            link.label,
            "done",
            words,
            time=link.done_on.isoformat(),
            note=Phrase("逾期完成") if late else link.note,
        )
    if link.note:
        return Station(link.key, link.label, "skipped", words, note=link.note)
    if link.due is None:
        return Station(link.key, link.label, "next", words)
    if link.key == "stay_three_months":
        passed = clock.today() > link.due.last_day
        return Station(
            link.key, link.label, "done" if passed else "next", words, time=link.due.last_day.isoformat()
        )
    note = state.label if state in {ClockState.OVERDUE, ClockState.DUE_SOON} else ""
    note = Phrase("%(state)s（暂定）", state=Phrase(note)) if link.due.provisional and note else note
    return Station(link.key, link.label, "here", words, time=link.due.last_day.isoformat(), note=note)


def cell(line: Line, number: int) -> str:
    """Return one of the ten dates as a ledger shows it: the day it was done, or 应于 the day it is due, or why not."""
    link = line.links[number]
    if link.done_on is not None:
        day = link.done_on.isoformat()
        return Phrase("%(day)s（%(why)s）", day=day, why=link.note) if link.note else day
    if link.note:
        return link.note
    if link.due is None:
        return ""
    day = link.due.last_day.isoformat()
    return day if link.key == "stay_three_months" else Phrase("应于%(day)s", day=day)


#: Heads of the ten dates in the ledger.
HEADS: Final = (
    "寻亲公告", "DNA报请", "DNA结果（公安）", "满3个月", "申请", "方案请示", "政府批复", "户籍函", "户籍登记（公安）", "纳入特困",
)  # fmt: skip
