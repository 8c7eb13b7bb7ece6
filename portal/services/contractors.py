"""Custody contractors for their pages: the list, and one page with persons, quota, expiry and warnings ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from forms.kit.facts import places_left
from forms.kit.phrases import Phrase
from portal import clock
from portal.models import Case, Contractor, ContractorTerm, Placement, Unit
from portal.services import recordfile, units
from portal.services.access import Viewer, case_scope, contractor_counties, contractor_scope
from portal.services.recordfile import RecordFile
from portal.services.subjects import Subject

STATE_WORDS: Final = {
    "proposed": Phrase("报批中"), "effective": Phrase("可以托养"), "suspended": Phrase("暂停新增"),
    "refused": Phrase("未获批复"), "withdrawn": Phrase("申报未成"), "ended": Phrase("已终止"),
}  # fmt: skip
KIND_WORDS: Final = {
    "public_welfare": Phrase("公办社会福利机构"), "public_elderly": Phrase("公办养老机构"),
    "public_psych": Phrase("公办精神卫生福利（精神康复）机构"), "public_child": Phrase("公办儿童福利机构"),
    "social_org": Phrase("社会服务机构"), "enterprise": Phrase("企业"),
}  # fmt: skip
#: Days before an end of validity from which the page warns.
AHEAD: Final = 60


@dataclass(frozen=True)
class Warned:
    """Something about a contractor to see to: tone late or soon."""

    words: str
    tone: str


@dataclass(frozen=True)
class Share:
    """What one county has with a contractor, and how much of it is used."""

    term: ContractorTerm
    county: str
    placed: int
    free: int
    warnings: Sequence[Warned]


@dataclass(frozen=True)
class Row:
    """A contractor in the list, with the numbers of the viewer's counties; `valid_to` is the day that comes first."""

    contractor: Contractor
    county: str
    placed: int
    quota: int
    valid_to: date | None
    warnings: Sequence[Warned]


@dataclass(frozen=True)
class Custody:
    """One person in custody. `case` is None when the viewer may not open the file."""

    placement: Placement
    case: Case | None
    county: str


@dataclass(frozen=True)
class ContractorFile:
    """Everything on the page of one contractor."""

    contractor: Contractor
    file: RecordFile
    county: str
    shares: Sequence[Share]
    here: Sequence[Custody]
    gone: Sequence[Custody]
    licences: Sequence[dict[str, str]]
    warnings: Sequence[Warned]

    @property
    def free(self) -> int:
        """Places left of the numbers of all counties together."""
        return max(0, self.contractor.quota - len(self.here))

    @property
    def valid_to(self) -> date | None:
        """The end of validity that comes first."""
        return min((share.term.valid_to for share in self.shares), default=None)


def listing(session: Session, viewer: Viewer, state: str = "") -> list[Row]:
    """Return the contractors the viewer may open, those in use first."""
    query = (
        select(Contractor)
        .where(contractor_scope(viewer))
        .options(selectinload(Contractor.placements), selectinload(Contractor.terms))
    )
    if state in STATE_WORDS:
        query = query.where(Contractor.state == state)
    rows = session.scalars(query.order_by(Contractor.region_code, Contractor.name)).all()
    names, mine = county_names(session), contractor_counties(viewer)
    order = list(STATE_WORDS)
    return sorted(
        (_row(row, mine, names) for row in rows),
        key=lambda row: order.index(row.contractor.state) if row.contractor.state != "proposed" else 9,
    )


def _row(row: Contractor, mine: frozenset[str] | None, names: Mapping[str, str]) -> Row:
    ours = row.terms_of(mine)
    return Row(
        row,
        names.get(row.region_code, ""),
        sum(_open(row, term.region_code) for term in ours) if ours else _open(row),
        min(row.beds, sum(term.quota for term in ours)),
        min((term.valid_to for term in ours), default=None),
        warnings(row, mine, names, clock.today()),
    )


@dataclass(frozen=True)
class Listed:
    """A line of the directory: a contractor and what one county has with it, none while it is only proposed."""

    contractor: Contractor
    term: ContractorTerm | None
    county: str


def register(session: Session, viewer: Viewer, *also: ColumnElement[bool], most: int) -> list[Listed]:
    """Return the contractors of the viewer's scope for their ledger, county by county, in two queries."""
    mine = contractor_counties(viewer)
    of_county = ContractorTerm.contractor_id == Contractor.id
    if mine is not None:
        of_county = and_(of_county, ContractorTerm.region_code.in_(mine))
    rows = session.execute(
        select(Contractor, ContractorTerm)
        .outerjoin(ContractorTerm, of_county)
        .where(contractor_scope(viewer), *also)
        .order_by(Contractor.region_code, Contractor.name, ContractorTerm.region_code)
        .limit(most)
    ).all()
    names = county_names(session)
    return [Listed(row, term, names.get(term.region_code, "") if term else "") for row, term in rows]


def _open(row: Contractor, county: str = "") -> int:
    """Count who is in custody there, of all counties or of one."""
    return sum(each.ends_on is None and county in {"", each.region_code} for each in row.placements)


def county_names(session: Session) -> dict[str, str]:
    """Return the short names of the organs that use contractors, by region code: the bureaus, and the central station."""
    found = session.scalars(select(Unit).where(Unit.kind.in_(units.CUSTODY_USERS)))
    return {unit.region_code: unit.short_name or unit.name for unit in found}


def load(session: Session, viewer: Viewer, contractor: Contractor) -> ContractorFile:
    """Read the page of a contractor as far as the viewer may see it."""
    placements = session.scalars(
        select(Placement)
        .where(Placement.contractor_id == contractor.id)
        .options(joinedload(Placement.case))
        .order_by(Placement.starts_on.desc(), Placement.id.desc())
    ).all()
    open_to = set(
        session.scalars(
            select(Case.id).where(Case.id.in_([each.case_id for each in placements]), case_scope(viewer))
        )
    )
    names, mine, today = county_names(session), contractor_counties(viewer), clock.today()
    custody = [
        Custody(each, each.case if each.case_id in open_to else None, names.get(each.region_code, ""))
        for each in placements
    ]
    licences = contractor.answers.get("licences", [])
    return ContractorFile(
        contractor=contractor,
        file=recordfile.load(session, viewer, Subject(contractor=contractor)),
        county=names.get(contractor.region_code, ""),
        shares=[_share(contractor, term, names, today) for term in contractor.terms],
        here=[each for each in custody if each.placement.ends_on is None],
        gone=[each for each in custody if each.placement.ends_on is not None],
        licences=[row for row in licences if isinstance(row, dict)],
        warnings=warnings(contractor, mine, names, today),
    )


def _share(row: Contractor, term: ContractorTerm, names: Mapping[str, str], today: date) -> Share:
    placed = _open(row, term.region_code)
    free = places_left(term.quota, placed, row.beds, _open(row))
    return Share(term, names.get(term.region_code, ""), placed, free, _of_term(row, term, today))


def warnings(row: Contractor, mine: frozenset[str] | None, names: Mapping[str, str], today: date) -> list[Warned]:
    """Return what is wrong or will be within sixty days: of the house for all, of validity and agreement by county.

    `mine` are the counties the viewer answers for, None all of them; where several share the house each is named.
    """
    found = []
    if row.state == "suspended":
        found.append(Warned(Phrase("暂停新增托养：%(why)s", why=row.state_reason or Phrase("整改未销号")), "late"))
    if row.state in {"refused", "withdrawn"}:
        why = Phrase(row.state_reason)
        found.append(Warned(Phrase("%(why)s，可以重新申报", why=why) if why else Phrase("可以重新申报"), "soon"))
    if row.state not in {"effective", "suspended"} and (here := _open(row)):
        found.append(Warned(Phrase("没有有效的批复（备案），仍有%(n)s人在托", n=here), "late"))
    if row.state in {"effective", "suspended"}:
        for name, day in _licence_ends(row):
            found += _runs_out(Phrase("证照“%(name)s”", name=name), day, today)
        if _open(row) >= row.beds:
            found.append(Warned(Phrase("床位已满：%(n)s张", n=row.beds), "soon"))
        for term in row.terms_of(mine):
            county = names.get(term.region_code, "") if len(row.terms) > 1 else ""
            found += [_said_of(county, each) for each in _of_term(row, term, today)]
    return found


def _said_of(county: str, warned: Warned) -> Warned:
    if not county:
        return warned
    return Warned(Phrase("%(county)s：%(what)s", county=county, what=warned.words), warned.tone)


def _of_term(row: Contractor, term: ContractorTerm, today: date) -> list[Warned]:
    """Return what one county has to see to: its validity, its agreement, its number."""
    found = _runs_out(Phrase("批复（备案）有效期"), term.valid_to, today)
    if term.agreed_to is None:
        found.append(Warned(Phrase("尚未登记托养服务协议"), "soon"))
    else:
        found += _runs_out(Phrase("托养服务协议"), term.agreed_to, today)
    if _open(row, term.region_code) >= term.quota:
        found.append(Warned(Phrase("已满额：核定%(n)s人", n=term.quota), "soon"))
    return found


def _runs_out(what: Phrase, day: date, today: date) -> list[Warned]:
    if day > today + timedelta(days=AHEAD):
        return []
    if day < today:
        return [Warned(Phrase("%(what)s已于%(day)s到期", what=what, day=str(day)), "late")]
    return [Warned(Phrase("%(what)s将于%(day)s到期", what=what, day=str(day)), "soon")]


def _licence_ends(row: Contractor) -> list[tuple[str, date]]:
    """Read the expiry of each licence as stated in the filing or request."""
    found = []
    for each in row.answers.get("licences", []):
        try:
            found.append((str(each.get("name", "")), date.fromisoformat(str(each.get("expires_on", "")))))
        except (ValueError, AttributeError):
            continue
    return found
