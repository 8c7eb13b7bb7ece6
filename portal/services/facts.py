"""Facts for the rules: a plain snapshot of the case, its papers, organs, beds and settings."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.facts import DocFacts, Facts, PersonFacts
from forms.kit.paper import About, Paper
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.models import Attachment, Bed, Case, Clock, Document, Person, Unit
from portal.services import clocks, settings, subjectfacts, units
from portal.services.access import COUNTY_KINDS
from portal.services.plain import doc_facts, person_facts
from portal.services.subjects import NOTHING, Subject, alike
from portal.services.subjects import papers_of as subject_papers


def gather(
    session: Session,
    issuer: Unit,
    about: Subject,
    *,
    kind: type[Paper],
    document: Document | None = None,
    request: Document | None = None,
    counterpart: Unit | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Facts:
    """Return what the rules of a paper may know now. `answers` tell which other persons and numbers it names."""
    typed, case = answers or {}, about.case
    now = clock.now()
    today = now.astimezone(SHANGHAI).date()
    # A contractor may serve several counties: a county writes about it in its own name.
    ours = about.house is not None and issuer.kind in COUNTY_KINDS
    region = issuer.region_code if ours else about.region_code or issuer.region_code
    attached = _attached(session, document)
    own_photo = attached["photo"].sha256 if "photo" in attached else None
    photo = own_photo or (case.photo_sha256 if case else None)
    county, prefecture, province = units.kind_facts(session, region, units.PREFECTURE, units.PROVINCE)
    return Facts(
        now=now,
        today=today,
        issuer=units.facts_of(issuer),
        person=person_facts(case) if case else PersonFacts(case_no="", region_code=region),
        case=dict(case.answers) if case else {},
        county=county,
        prefecture={**province, **prefecture},
        papers=papers_of(session, about, besides=document)
        or _thread(session, issuer, kind, str(typed.get(kind.thread_box, "")), document),
        request=doc_facts(request) if request else None,
        request_attached=frozenset(_attached(session, request)),
        attached=frozenset(attached),
        attached_dates={kind: found.dated_on for kind, found in attached.items() if found.dated_on},
        photo=f"sha256:{photo}" if photo else None,
        place=case.place.code if case else "",
        free_beds=_free_beds(session, case, _named(typed)) if kind.about is About.CASE else {},
        others=_others(session, region, _named(typed)),
        same_id_cases=_same_id_cases(session, str(typed.get("id_number", "")), case),
        aliases_taken=_aliases_taken(session, region, str(typed.get("alias", "")), case),
        admissions_12_months=_admissions(session, case, str(typed.get("id_number", ""))) if case else 1,
        exists=case is not None,
        clocks=_running(session, about, issuer.region_code),
        settings=settings.values(session),
        working_day=clocks.calendar(session).is_working(today),
        counterpart=units.facts_of(counterpart) if counterpart else None,
        **subjectfacts.gather(session, issuer, about, kind, region, today, typed, besides=document),
    )


def papers_of(
    session: Session, about: Subject, besides: Document | None = None
) -> Mapping[str, Sequence[DocFacts]]:
    """Return the papers of a record, newest first, by paper code; the one being judged is not among them.

    A person's papers include those that name several persons; of a contractor's, those about its persons are not.
    """
    if about == NOTHING:
        return {}
    found: dict[str, list[DocFacts]] = {}
    query = (
        select(Document)
        .where(subject_papers(about))
        .options(joinedload(Document.issuer))
        .order_by(Document.id.desc())
    )
    for document in session.scalars(query):
        if besides is None or document.id != besides.id:
            found.setdefault(document.paper, []).append(doc_facts(document))
    return found


def _thread(
    session: Session, issuer: Unit, kind: type[Paper], value: str, besides: Document | None
) -> Mapping[str, Sequence[DocFacts]]:
    """Return a county's earlier papers of a kind whose `thread_box` holds a value, newest first.

    What one person or place has without a record.
    """
    if not kind.thread_box or not value:
        return {}
    query = (
        select(Document)
        .join(Unit, Unit.id == Document.issuer_id)
        .where(
            Document.paper == kind.code,
            Unit.region_code == issuer.region_code,
            Document.answers[kind.thread_box].as_string() == value,
        )
        .options(joinedload(Document.issuer))
        .order_by(Document.id.desc())
    )
    rows = [doc_facts(row) for row in session.scalars(query) if besides is None or row.id != besides.id]
    return {kind.code: rows} if rows else {}


def _attached(session: Session, document: Document | None) -> dict[str, Attachment]:
    if document is None:
        return {}
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.document_id == document.id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    return {row.kind: row for row in rows}


def _free_beds(session: Session, case: Case | None, companions: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the beds nobody has, and those already kept for the person or the companions named on the paper."""
    own = select(Case.id).where(Case.case_no.in_([*companions, *([case.case_no] if case else [])]))
    rows = session.scalars(select(Bed).where((Bed.case_id.is_(None)) | Bed.case_id.in_(own)).order_by(Bed.label))
    found: dict[str, list[str]] = {}
    for bed in rows:
        found.setdefault(bed.ward, []).append(bed.label)
    return found


def _named(answers: Mapping[str, Any]) -> list[str]:
    rows = answers.get("companions", ())
    return [str(row["case_no"]) for row in rows if isinstance(row, Mapping) and row.get("case_no")]


def _others(session: Session, region: str, numbers: Sequence[str]) -> Mapping[str, PersonFacts]:
    if not numbers:
        return {}
    rows = session.scalars(select(Case).where(Case.case_no.in_(numbers), Case.region_code == region))
    return {case.case_no: person_facts(case) for case in rows}


def _same_id_cases(session: Session, id_number: str, case: Case | None) -> Sequence[str]:
    """Return the other cases of the person who already has this ID number (duplicate check)."""
    if len(id_number) != 18:
        return ()
    query = select(Case.case_no).join(Person, Person.id == Case.person_id).where(Person.id_number == id_number)
    if case is not None:
        query = query.where(Case.id != case.id)
    return tuple(session.scalars(query.order_by(Case.id)))


def _aliases_taken(session: Session, region: str, alias: str, case: Case | None) -> frozenset[str]:
    """Return the alias when another case of the county already uses it this year (§3.1.1)."""
    if not alias:
        return frozenset()
    since = clock.now() - timedelta(days=366)
    query = (
        select(Case.id)
        .join(Person, Person.id == Case.person_id)
        .where(Case.region_code == region, Person.alias == alias, Case.admitted_at > since)
    )
    if case is not None:
        query = query.where(Case.id != case.id)
    return frozenset({alias}) if session.scalar(query.limit(1)) is not None else frozenset()


def _admissions(session: Session, case: Case, id_number: str) -> int:
    """Count the admissions of twelve months, also those under the number just found: the case is not linked yet (R-71)."""
    since = case.admitted_at - timedelta(days=365)
    same = [Person.id == case.person_id, *([Person.id_number == id_number] if len(id_number) == 18 else ())]
    return (
        session.scalar(
            select(func.count(Case.id)).where(
                Case.person_id.in_(select(Person.id).where(or_(*same))),
                Case.admitted_at > since,
                Case.admitted_at <= case.admitted_at,
            )
        )
        or 1
    )


def _running(session: Session, about: Subject, region: str) -> Mapping[str, Any]:
    """Return when the running limits of a record are due; of a contractor those of one county, each has its own (R-46)."""
    if about == NOTHING:
        return {}
    columns = {"case_id": about.case.id} if about.case else about.ids
    query = select(Clock.limit, Clock.due_at).where(
        alike(Clock, columns), Clock.done_at.is_(None), Clock.cancelled_at.is_(None)
    )
    if about.house is not None:
        query = query.join(Unit, Unit.id == Clock.owner_id).where(Unit.region_code == region)
    return dict(session.execute(query).all())
