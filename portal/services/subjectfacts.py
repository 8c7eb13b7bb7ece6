"""Facts about what is no person's case: contractors, residents on file, campaigns, and several persons at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from forms.kit.facts import CampaignFacts, ContractorFacts, DocFacts, FindingFacts, Member, VillageFacts
from forms.kit.paper import About, Paper
from forms.kit.timespan import chinese_date
from portal.models import (
    Campaign,
    Case,
    Contractor,
    Document,
    DocumentCase,
    Finding,
    Placement,
    Resident,
    Unit,
)
from portal.services import units
from portal.services.access import naming
from portal.services.plain import contractor_facts, doc_facts, person_facts, resident_facts
from portal.services.subjects import Subject


def gather(
    session: Session,
    issuer: Unit,
    about: Subject,
    kind: type[Paper],
    region: str,
    today: date,
    typed: Mapping[str, Any],
    *,
    besides: Document | None = None,
) -> dict[str, Any]:
    """Return the parts of the facts that only papers of this kind need; each is read only where it is asked for."""
    found: dict[str, Any] = {}
    if about.contractor is not None:
        found["contractor"] = contractor_facts(about.contractor, issuer.region_code, today)
    if kind.names_contractor:
        found["contractors"] = choosable(session, region, today)
    if about.resident is not None:
        found["resident"] = resident_facts(about.resident)
    elif kind.opens and kind.about is About.RESIDENT:
        found["same_residents"] = _same_residents(session, issuer, typed, besides)
    if kind.about in {About.RESIDENT, About.CAMPAIGN} or kind.about is About.ORGAN:
        found["campaigns"] = [_campaign(each) for each in campaigns(session, region)]
    if about.campaign is not None:
        found["campaign"] = _campaign(about.campaign, villages(session, issuer, about.campaign, today))
    if about.resident is not None or kind.about is About.CAMPAIGN or kind.reads_findings:
        found["findings"] = findings(session, issuer, about)
    if kind.offers_townships:
        found["townships"] = [units.facts_of(each) for each in _townships(session, region)]
    if kind.persons_from:
        found["members"] = members(session, region, kind.persons_from, besides)
    return found


# -- contractors --------------------------------------------------------------------------------------------------


def choosable(session: Session, region: str, today: date) -> Sequence[ContractorFacts]:
    """Return the contractors a county may think of: its own and those an approval names for it, by name."""
    rows = session.scalars(
        select(Contractor)
        .where(
            Contractor.state.in_(["effective", "suspended"]),
            or_(Contractor.region_code == region, naming([region])),
        )
        .options(
            selectinload(Contractor.placements).joinedload(Placement.case),
            selectinload(Contractor.terms),
        )
        .order_by(Contractor.name)
    )
    return [contractor_facts(row, region, today) for row in rows]


# -- residents, campaigns, problems -------------------------------------------------------------------------------


def _same_residents(
    session: Session, village: Unit, typed: Mapping[str, Any], besides: Document | None
) -> Sequence[str]:
    """Name the files, and the forms not checked yet, that seem to be about the person a new form is about.

    The ID number tells persons apart; where one side has none, name, sex and birth date of the same village have to do.
    """
    name, sex, born = (str(typed.get(box, "")).strip() for box in ("name", "sex", "birth_date"))
    number = str(typed.get("id_number", "")) if typed.get("household") != "unregistered" else ""
    try:
        birth_date = date.fromisoformat(born)
    except ValueError:
        return ()
    rows = session.scalars(
        select(Resident)
        .where(
            Resident.village_id == village.id,
            Resident.closed_on.is_(None),
            Resident.name == name,
            Resident.sex == sex,
            Resident.birth_date == birth_date,
        )
        .order_by(Resident.id)
    ).all()
    forms = session.scalars(
        select(Document)
        .where(
            Document.issuer_id == village.id,
            Document.paper == "screening_form",
            Document.resident_id.is_(None),
            Document.state == "in_process",
            Document.answers["name"].as_string() == name,
            Document.answers["birth_date"].as_string() == born,
        )
        .order_by(Document.id)
    ).all()
    return [
        *(
            f"{row.name}的档案（{chinese_date(row.updated_on)}更新）"
            for row in rows
            if not (number and row.id_number)
        ),
        *(
            f"{name}的情况表（待审核）"
            for form in forms
            if (besides is None or form.id != besides.id)
            and form.answers.get("sex") == sex
            and not (number and form.answers.get("id_number"))
        ),
    ]


def campaigns(session: Session, region: str) -> Sequence[Campaign]:
    """Return the campaigns under way in a county, newest first."""
    return session.scalars(
        select(Campaign)
        .where(Campaign.region_code == region, Campaign.closed_at.is_(None))
        .order_by(Campaign.id.desc())
    ).all()


def _campaign(row: Campaign, listed: Sequence[VillageFacts] = ()) -> CampaignFacts:
    return CampaignFacts(str(row.uuid), row.name, row.screening_due, row.clearing_due, tuple(listed))


def villages(session: Session, issuer: Unit, campaign: Campaign, today: date) -> Sequence[VillageFacts]:
    """Add up the forms of a campaign by village: of the issuing township, or of the whole county."""
    own = Unit.parent_id == issuer.id if issuer.kind == "township" else Unit.region_code == campaign.region_code
    units = session.scalars(select(Unit).where(Unit.kind == "village", own).order_by(Unit.code)).all()
    rows = session.scalars(
        select(Resident).where(
            Resident.campaign_id == campaign.id,
            Resident.village_id.in_([unit.id for unit in units]),
            Resident.closed_on.is_(None),
        )
    ).all()
    problems = session.execute(
        select(Resident.village_id, Finding.cleared_on)
        .join(Resident, Resident.id == Finding.resident_id)
        .where(Finding.campaign_id == campaign.id)
    ).all()
    return [
        _village(
            unit,
            [row for row in rows if row.village_id == unit.id],
            [cleared for village, cleared in problems if village == unit.id],
            today,
        )
        for unit in units
    ]


def _village(unit: Unit, rows: Sequence[Resident], cleared: Sequence[date | None], today: date) -> VillageFacts:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.categories)
        answers = row.answers
        counts["suspected"] += answers.get("suspected") == "yes"
        counts["not_covered"] += "none" in answers.get("welfare", ()) and answers.get("not_covered_reason") not in {
            None, "", "not_eligible",
        }  # fmt: skip
        counts["guardian_failing"] += answers.get("guardian_state") in {"unable", "not_performing", "none"}
        counts["harmed"] += bool(set(answers.get("harm", ())) - {"none"})
    counts["problems"], counts["cleared"] = len(cleared), sum(day is not None for day in cleared)
    seen = sum(
        row.visited_on is not None and (row.visited_on.year, row.visited_on.month) == (today.year, today.month)
        for row in rows
    )
    return VillageFacts(unit.code, unit.name, bool(rows), len(rows), seen, dict(counts))


def findings(session: Session, issuer: Unit, about: Subject) -> Sequence[FindingFacts]:
    """Return the problems a paper may name: of its resident, or of the area and campaign of the issuing organ."""
    area: ColumnElement[bool]
    if about.resident is not None:
        area = Finding.resident_id == about.resident.id
    elif issuer.kind == "township":
        area = Finding.town_id == issuer.id
    else:
        area = Finding.region_code == issuer.region_code
    if about.campaign is not None:
        area = and_(area, Finding.campaign_id == about.campaign.id)
    rows = session.execute(
        select(Finding, Document.doc_no)
        .outerjoin(Document, Document.id == Finding.notice_id)
        .where(area)
        .options(
            joinedload(Finding.owner_unit),
            joinedload(Finding.cleared_by),
            joinedload(Finding.resident).joinedload(Resident.village),
        )
        .order_by(Finding.found_on, Finding.id)
    )
    return [_finding(row, notice_no or "") for row, notice_no in rows]


def _finding(row: Finding, notice_no: str) -> FindingFacts:
    return FindingFacts(
        key=str(row.uuid),
        number=row.number,
        found_on=row.found_on,
        source=row.source,
        subject=row.subject,
        kind=row.kind,
        detail=row.detail,
        measure=row.measure,
        owner_unit=row.owner_unit.name,
        owner_name=row.owner_name,
        due_on=row.due_on,
        result=row.result,
        village=row.resident.village.name if row.resident else "",
        notice_no=notice_no,
        cleared_on=row.cleared_on,
        cleared_by=row.cleared_by.name if row.cleared_by else "",
    )


def _townships(session: Session, region: str) -> Sequence[Unit]:
    """Return the townships of a county, or of all counties for the prefecture, by code."""
    query = select(Unit).where(Unit.kind == "township")
    if region != units.PREFECTURE:
        query = query.where(Unit.region_code == region)
    return session.scalars(query.order_by(Unit.code)).all()


# -- several persons ----------------------------------------------------------------------------------------------


def members(session: Session, region: str, code: str, besides: Document | None = None) -> Mapping[str, Member]:
    """Return the open cases of a county that have a paper of a kind, each with its own papers, by case number.

    The paper being judged is not among them.
    """
    having = select(Document.case_id).where(Document.paper == code, Document.closed_at.is_not(None))
    cases = session.scalars(
        select(Case).where(Case.region_code == region, Case.is_open, Case.id.in_(having)).order_by(Case.case_no)
    ).all()
    return members_of(session, cases, besides)


def members_of(session: Session, cases: Sequence[Case], besides: Document | None = None) -> Mapping[str, Member]:
    """Return persons with all their papers, by case number, in two queries however many they are."""
    ids = [case.id for case in cases]
    links = session.execute(
        select(DocumentCase.document_id, DocumentCase.case_id).where(DocumentCase.case_id.in_(ids))
    ).all()
    papers = session.scalars(
        select(Document)
        .where(or_(Document.case_id.in_(ids), Document.id.in_([document for document, _ in links])))
        .options(joinedload(Document.issuer))
        .order_by(Document.id.desc())
    ).all()
    named = {(document, case) for document, case in links}
    return {
        case.case_no: Member(
            person_facts(case),
            _by_code(
                doc_facts(paper)
                for paper in papers
                if (paper.case_id == case.id or (paper.id, case.id) in named)
                and (besides is None or paper.id != besides.id)
            ),
            dict(case.answers),
        )
        for case in cases
    }


def _by_code(papers: Iterable[DocFacts]) -> Mapping[str, Sequence[DocFacts]]:
    found: dict[str, list[DocFacts]] = {}
    for paper in papers:
        found.setdefault(paper.code, []).append(paper)
    return found
