"""Custody contractors for their pages: the list, and one page with persons, quota, expiry and warnings ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from forms.kit.phrases import Phrase
from portal import clock
from portal.models import Case, Contractor, Document, Placement
from portal.services import recordfile, units
from portal.services.access import Viewer, case_scope, contractor_scope
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
class Row:
    """A contractor in the list."""

    contractor: Contractor
    county: str
    placed: int
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
    counties: Sequence[str]
    here: Sequence[Custody]
    gone: Sequence[Custody]
    licences: Sequence[dict[str, str]]
    warnings: Sequence[Warned]

    @property
    def filing_no(self) -> str:
        """The number of the newest filing that went out, for an institution the county chose itself."""
        sent = (paper for paper in self.file.papers if paper.paper == "contractor_public_filing" and paper.sent_at)
        return next((paper.doc_no or "" for paper in sent), "")

    @property
    def free(self) -> int:
        """Places left of the approved number."""
        return max(0, self.contractor.quota - len(self.here))


def listing(session: Session, viewer: Viewer, state: str = "") -> list[Row]:
    """Return the contractors the viewer may open, those in use first."""
    query = select(Contractor).where(contractor_scope(viewer)).options(selectinload(Contractor.placements))
    if state in STATE_WORDS:
        query = query.where(Contractor.state == state)
    rows = session.scalars(query.order_by(Contractor.region_code, Contractor.name)).all()
    names = county_names(session, {row.region_code for row in rows})
    order = list(STATE_WORDS)
    found = [Row(row, names.get(row.region_code, ""), _open(row), warnings(row, clock.today())) for row in rows]
    return sorted(
        found, key=lambda row: order.index(row.contractor.state) if row.contractor.state != "proposed" else 9
    )


@dataclass(frozen=True)
class Listed:
    """A contractor with the number and day of what permits it: the reply of the province, or the county's own filing."""

    contractor: Contractor
    number: str
    decided_on: date | None


def register(session: Session, viewer: Viewer, *also: ColumnElement[bool], most: int) -> list[Listed]:
    """Return the contractors of the viewer's scope for their ledger, in two queries."""
    rows = session.scalars(
        select(Contractor)
        .where(contractor_scope(viewer), *also)
        .order_by(Contractor.region_code, Contractor.name)
        .limit(most)
    ).all()
    filings = session.execute(
        select(Document.contractor_id, Document.doc_no, Document.signed_on)
        .where(
            Document.contractor_id.in_([row.id for row in rows]),
            Document.paper == "contractor_public_filing",
            Document.sent_at.is_not(None),
            Document.state != "void",
        )
        .order_by(Document.id)
    ).all()
    filed = {contractor: (number or "", day) for contractor, number, day in filings}  # the newest counts
    found = []
    for row in rows:
        own = (row.reply_no, row.replied_on) if row.reply_no else filed.get(row.id, ("", None))
        found.append(Listed(row, *own))
    return found


def _open(row: Contractor) -> int:
    return sum(each.ends_on is None for each in row.placements)


def county_names(session: Session, regions: set[str]) -> dict[str, str]:
    """Return the short names of the bureaus of regions, by region code."""
    return {
        region: (found.short_name or found.name)
        for region in sorted(regions)
        if (found := units.of_region(session, region).get("county_bureau")) is not None
    }


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
    names = county_names(
        session, {contractor.region_code, *contractor.counties, *(p.region_code for p in placements)}
    )
    custody = [
        Custody(each, each.case if each.case_id in open_to else None, names.get(each.region_code, ""))
        for each in placements
    ]
    licences = contractor.answers.get("licences", [])
    return ContractorFile(
        contractor=contractor,
        file=recordfile.load(session, viewer, Subject(contractor=contractor)),
        county=names.get(contractor.region_code, ""),
        counties=[names[code] for code in contractor.counties if code in names],
        here=[each for each in custody if each.placement.ends_on is None],
        gone=[each for each in custody if each.placement.ends_on is not None],
        licences=[row for row in licences if isinstance(row, dict)],
        warnings=warnings(contractor, clock.today()),
    )


def warnings(row: Contractor, today: date) -> list[Warned]:
    """Return what is wrong or will be within sixty days: validity, agreement, licences, quota, suspension, no approval."""
    found = []
    if row.state == "suspended":
        found.append(Warned(Phrase("暂停新增托养：%(why)s", why=row.state_reason or Phrase("整改未销号")), "late"))
    if row.state in {"refused", "withdrawn"}:
        why = Phrase(row.state_reason)
        found.append(Warned(Phrase("%(why)s，可以重新申报", why=why) if why else Phrase("可以重新申报"), "soon"))
    if row.state not in {"effective", "suspended"} and (here := _open(row)):
        found.append(Warned(Phrase("没有有效的批复（备案），仍有%(n)s人在托", n=here), "late"))
    if row.state in {"effective", "suspended"}:
        ends = [
            (Phrase("批复（备案）有效期"), row.valid_to),
            (Phrase("托养服务协议"), row.agreed_to),
            *((Phrase("证照“%(name)s”", name=name), day) for name, day in _licence_ends(row)),
        ]
        for what, day in ends:
            if day is not None and day <= today + timedelta(days=AHEAD):
                gone = day < today
                words = (
                    Phrase("%(what)s已于%(day)s到期", what=what, day=str(day))
                    if gone
                    else Phrase("%(what)s将于%(day)s到期", what=what, day=str(day))
                )
                found.append(Warned(words, "late" if gone else "soon"))
        if _open(row) >= row.quota:
            found.append(Warned(Phrase("已满额：核定%(n)s人", n=row.quota), "soon"))
        if row.agreed_from is None:
            found.append(Warned(Phrase("尚未登记托养服务协议"), "soon"))
    return found


def _licence_ends(row: Contractor) -> list[tuple[str, date]]:
    """Read the expiry of each licence as stated in the filing or request."""
    found = []
    for each in row.answers.get("licences", []):
        try:
            found.append((str(each.get("name", "")), date.fromisoformat(str(each.get("expires_on", "")))))
        except (ValueError, AttributeError):
            continue
    return found
