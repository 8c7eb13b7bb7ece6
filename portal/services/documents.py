"""Papers before they move: started, written, saved as drafts, read with their facts and problems."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.catalog import PAPERS
from forms.kit.chains import EDITABLE_STATES, Desk, Side, State
from forms.kit.faces import copied_to
from forms.kit.facts import Facts
from forms.kit.moving import Place, Standing
from forms.kit.moving import start as start_place
from forms.kit.paper import About, Addressee, Paper, plain
from forms.kit.rules import Problem
from portal import clock
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Case, Document, DocumentCopy, Participation, Unit
from portal.services import facts as facts_service
from portal.services import units
from portal.services.access import Seat, Viewer, case_scope, document_scope
from portal.services.events import record
from portal.services.subjects import NOTHING, Subject


class DraftConflict(Conflict):
    """Somebody saved the same draft first. Carries both texts, so that nothing typed is lost."""

    def __init__(self, document: Document, mine: Mapping[str, Any]) -> None:
        super().__init__("这份材料刚被他人修改并保存，您填写的内容还在，请对照后选择保留哪一份")
        self.document = document
        self.mine = dict(mine)


@dataclass(frozen=True)
class Reading:
    """A document opened for work: the paper with its answers, the facts it is judged by, and what stands against it."""

    document: Document
    paper: Paper
    facts: Facts
    problems: tuple[Problem, ...]

    @property
    def editable(self) -> bool:
        """The text may still be changed."""
        return is_open(self.document)


def is_open(document: Document) -> bool:
    """Tell whether the text may still be changed: a draft whose number is not drawn (R-100)."""
    return document.state in EDITABLE_STATES and document.step == paper_class(document).chain.steps[0].name


def is_live(document: Document) -> bool:
    """Tell whether a paper is on its way or has gone out: not void, not refused, not given up before it went anywhere."""
    dropped = document.state == "closed" and document.submitted_at is None
    return not dropped and document.state not in {"void", "rejected"}


def paper_class(document: Document) -> type[Paper]:
    """Return the declaration of a document's kind."""
    return PAPERS[document.paper]


def find(session: Session, viewer: Viewer, uuid: UUID, *, lock: bool = False) -> Document:
    """Return a document the viewer may open. NotFound when it is absent or foreign: the two look alike."""
    query = (
        select(Document)
        .where(Document.uuid == uuid, document_scope(viewer))
        .options(joinedload(Document.issuer), joinedload(Document.counterpart), joinedload(Document.case))
    )
    if lock:
        query = query.with_for_update(of=Document).execution_options(populate_existing=True)
    document = session.scalar(query)
    if document is None:
        raise NotFound
    return document


def find_case(session: Session, viewer: Viewer, uuid: UUID) -> Case:
    """Return a case the viewer may open, NotFound otherwise."""
    case = session.scalar(select(Case).where(Case.uuid == uuid, case_scope(viewer)))
    if case is None:
        raise NotFound("没有找到这个个案，或者您无权查看")
    return case


def read(session: Session, document: Document, answers: Mapping[str, Any] | None = None) -> Reading:
    """Open a document: parse its answers (or the given ones) and judge them by the facts of now."""
    kind = paper_class(document)
    given = document.answers if answers is None else answers
    facts = facts_service.gather(
        session,
        document.issuer,
        Subject.of(document),
        kind=kind,
        document=document,
        request=document.in_reply_to,
        counterpart=document.counterpart,
        answers=given,
    )
    paper = kind.read(given, facts)
    return Reading(document, paper, facts, tuple(paper.problems(facts)))


def start(
    session: Session,
    viewer: Viewer,
    code: str,
    *,
    about: Subject = NOTHING,
    request: Document | None = None,
    issuer: Unit | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Document:
    """Begin a draft with the viewer as drafter and suggested answers filled in.

    Forbidden when the viewer drafts for no organ that writes this paper; Invalid without the record it is about
    (R-08); an existing draft of the same viewer about the same record is returned instead of a second one.
    """
    kind = PAPERS.get(code)
    if kind is None:
        raise NotFound("没有这种文书")
    if not kind.opens and not about.fits(kind):
        raise Invalid(_ASK_FIRST[kind.about].sentence, [_ASK_FIRST[kind.about]])
    issuer = issuer or _asked(viewer, kind, request) or drafting_unit(session, viewer, kind, about)
    if request is None and kind.answers_paper and kind.addressee is Addressee.REQUESTER:
        raise Invalid("请打开需要答复的来文，从那里开始答复")
    if about != NOTHING and (same := _own_draft(session, viewer, code, about, request)):
        return same
    facts = facts_service.gather(session, issuer, about, kind=kind, request=request)
    first = {**kind.prefill(facts), **kind.copied(facts), **(answers or {})}
    place = start_place(kind.chain, viewer.user_id)
    if kind.shared_draft:
        place = replace(place, person=None)
    moment = clock.now()
    document = Document(
        paper=code,
        version=kind.version,
        issuer=issuer,
        case=about.case,
        contractor=about.contractor,
        resident=about.resident,
        campaign=about.campaign,
        in_reply_to=request,
        title=kind.read(first, facts).heading(facts)[:200],
        answers=_stored(first),
        drafter_id=viewer.user_id,
        created_at=moment,
        updated_at=moment,
        held_since=moment,
        state=place.state,
        step=place.step,
        acted={},
    )
    document.counterpart = counterpart_of(session, kind, facts, about, request)
    put(document, place)
    session.add(document)
    session.flush()
    remember(session, document, viewer.user_id, "draft")
    record(
        session,
        "drafted",
        actor_id=viewer.user_id,
        unit_id=issuer.id,
        document_id=document.id,
        case_id=about.ids["case_id"],
        step=place.step,
    )
    return document


#: What to do first when the record a paper is about does not exist yet.
_ASK_FIRST: Mapping[About, Problem] = {
    About.CASE: Problem("请先办理求助登记", rule="R-08", remedy_paper="help_registration"),
    About.CONTRACTOR: Problem("请先选择托养机构；还没有登记的，请先办理备案表或报批请示", rule="R-37"),
    About.RESIDENT: Problem("请先填写《特殊群体排查情况表》", rule="R-74", remedy_paper="screening_form"),
    About.CAMPAIGN: Problem("请先选择排查批次", rule="R-75"),
}


def _own_draft(
    session: Session, viewer: Viewer, code: str, about: Subject, request: Document | None
) -> Document | None:
    return session.scalar(
        select(Document).where(
            Document.paper == code,
            *(getattr(Document, column) == value for column, value in about.ids.items()),
            Document.drafter_id == viewer.user_id,
            Document.in_reply_to_id == (request.id if request else None),
            Document.state.in_(EDITABLE_STATES),
        )
    )


def _asked(viewer: Viewer, kind: type[Paper], request: Document | None) -> Unit | None:
    """Return the organ a request has come to, where the viewer may draft its answer there."""
    if request is None or not kind.answers_paper or request.counterpart is None:
        return None
    unit, desk = request.counterpart, kind.chain.steps[0].desk
    return unit if unit.kind in kind.drafted_in and desk in viewer.desks(unit.id) else None


def drafting_unit(session: Session, viewer: Viewer, kind: type[Paper], about: Subject) -> Unit:
    """Return the organ the viewer drafts this paper for.

    County papers are drafted in the county responsible for the record, station papers at the station (R-28, R-61).
    """
    fitting = drafting_seats(viewer, kind, about)
    if not fitting:
        raise Forbidden(f"您的岗位不能起草《{kind.title}》，请由有关单位经办人办理")
    # The bureau signs what the county station drafts: only organs with a seal issue papers.
    bureaus = [seat for seat in fitting if seat.unit_kind == "county_bureau"]
    return session.get_one(Unit, (bureaus or fitting)[0].unit_id)


#: Organs that act for their own county alone; those above act for all of them.
_OF_ONE_COUNTY = frozenset({"county_bureau", "county_station", "township", "village"})


def drafting_seats(viewer: Viewer, kind: type[Paper], about: Subject) -> list[Seat]:
    """Return the seats from which the viewer drafts this paper about a record, or about none yet."""
    desk, region = kind.chain.steps[0].desk, about.region_code
    fitting = [
        seat for seat in viewer.seats if seat.unit_kind in kind.drafted_in and desk in viewer.desks(seat.unit_id)
    ]
    if region is None:
        return fitting
    own = [seat for seat in fitting if seat.region_code == region and _of_place(seat, about)]
    return own or [seat for seat in fitting if seat.unit_kind not in _OF_ONE_COUNTY or _named(seat, about)]


def _of_place(seat: Seat, about: Subject) -> bool:
    """A village writes about its own residents, a township about those of its villages (R-102)."""
    if about.resident is None or seat.unit_kind not in {"township", "village"}:
        return True
    return seat.unit_id in {about.resident.village_id, about.resident.town_id}


def _named(seat: Seat, about: Subject) -> bool:
    """A county that the approval of a contractor names uses it like its own (R-45)."""
    return about.contractor is not None and about.contractor.term(seat.region_code) is not None


def counterpart_of(
    session: Session, kind: type[Paper], facts: Facts, about: Subject, request: Document | None
) -> Unit | None:
    """Return the organ on the other side, from the paper's declaration; None when it is typed or there is none."""
    wanted, issuer = kind.addressee, session.get_one(Unit, facts.issuer.id)
    if wanted is Addressee.REQUESTER:
        return request.issuer if request else None
    if wanted is Addressee.TOWNSHIP:
        return about.resident.town if about.resident else issuer.parent
    if wanted is Addressee.SUPERIOR and issuer.kind == "village":
        return issuer.parent
    superior = {
        "township": "county_bureau", "county_station": "prefecture_bureau", "county_bureau": "prefecture_bureau",
        "central_station": "prefecture_bureau", "prefecture_bureau": "province",
    }  # fmt: skip
    kinds = {
        Addressee.CENTRAL_STATION: "central_station",
        Addressee.COUNTY_BUREAU: "county_bureau",
        Addressee.POLICE: "police",
        Addressee.CHILD_HOME: "child_home",
        Addressee.GOVERNMENT: "government",
        Addressee.SUPERIOR: superior.get(issuer.kind, "prefecture_bureau"),
    }
    if wanted not in kinds:
        return None
    organ = facts.county.get(kinds[wanted]) or facts.prefecture.get(kinds[wanted])
    if wanted is Addressee.POLICE and organ is None:  # prefecture-level cases: 都匀市公安局
        return units.by_code(session, "522701-police")
    if wanted is Addressee.COUNTY_BUREAU and organ is None:  # the station's own cases: 州民政局
        organ = facts.prefecture.get("prefecture_bureau")
    return session.get_one(Unit, organ.id) if organ and organ.id != issuer.id else None


def save(
    session: Session, viewer: Viewer, document: Document, answers: Mapping[str, Any], seen_revision: int
) -> Reading:
    """Keep what was typed, right or wrong. DraftConflict when somebody saved since `seen_revision`."""
    if not is_open(document):
        raise Conflict("这份材料已提交，不能再修改；如需修改，请先撤回")
    if not may_write(viewer, document):
        raise Forbidden("只有拟稿人可以修改这份材料")
    if document.revision != seen_revision and _stored(answers) != document.answers:
        raise DraftConflict(document, answers)
    document.answers = _stored(answers)
    document.updated_at = clock.now()
    reading = read(session, document)
    name_counterpart(session, document, reading, create=False)
    document.title = reading.paper.heading(reading.facts)[:200]
    document.urgency = reading.paper["urgency"].data or "" if "urgency" in reading.paper else ""
    session.flush()
    return reading


def keep_read(document: Document, reading: Reading) -> None:
    """Keep the answers as the paper reads them now, with what it takes from the record: later papers quote them."""
    kept = {name: value for name, value in document.answers.items() if name not in reading.paper}
    document.answers = _stored({**kept, **reading.paper.answers()})


def may_write(viewer: Viewer, document: Document) -> bool:
    """Tell whether the text is the viewer's to change: its drafter's, or any clerk's where the draft is shared."""
    if document.holder_desk is not None and document.holder_user_id is None:
        return document.holder_desk in viewer.desks(document.holder_unit_id)
    return viewer.user_id in {document.drafter_id, document.holder_user_id}


def name_counterpart(session: Session, document: Document, reading: Reading, *, create: bool = True) -> None:
    """Set the other organ of a paper addressed to a NAMED one.

    The box `to_unit` holds the code of an organ on file; where it is empty or "other", the box `to_name` holds a full
    name typed. An organ not yet on file is added only with `create`: a draft saved half-way leaves none behind.
    """
    paper = reading.paper
    if paper_class(document).addressee is not Addressee.NAMED:
        return
    code = str(paper["to_unit"].data or "") if "to_unit" in paper else ""
    name = str(paper["to_name"].data or "") if "to_name" in paper and paper["to_name"].shown(paper) else ""
    if code not in {"", "other"}:
        document.counterpart = session.scalar(select(Unit).where(Unit.code == code))
    else:
        document.counterpart = units.by_name(session, name, create=create) if name else None


def _stored(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Normalise answers to what JSON keeps: strings, lists and rows; empty ones left out."""
    return {
        name: value if isinstance(value, (list, dict)) else plain(value)
        for name, value in answers.items()
        if value not in ("", None, [], {})
    }


def put(document: Document, place: Place) -> None:
    """Write a place of the chain onto the row: state, step and the one holder."""
    document.state, document.step = place.state, place.step
    document.holder_desk = place.desk
    # What an organ addresses to itself (a county without a station of its own, A-31) it also takes in itself.
    unit = {"issuer": document.issuer, "counterpart": document.counterpart or document.issuer}.get(
        place.side or ""
    )
    document.holder_unit = unit
    document.holder_unit_id = unit.id if unit else None
    document.holder_user_id = place.person
    document.held_since = clock.now()


def standing(document: Document, *, held: bool = False) -> Standing:
    """Return the document as its chain sees it."""
    kind = paper_class(document)
    side = "issuer" if document.holder_unit_id == document.issuer_id else "counterpart"
    place = Place(
        State(document.state),
        document.step,
        Side(side) if document.holder_desk else None,
        Desk(document.holder_desk) if document.holder_desk else None,
        document.holder_user_id,
    )
    return Standing(
        place,
        document.drafter_id,
        {step: int(account) for step, account in document.acted.items()},
        counterpart_in_portal=bool(document.counterpart and document.counterpart.in_portal),
        expects_reply=bool(kind.answered_by),
        held=held,
    )


def remember(session: Session, document: Document, user_id: int, act: str) -> None:
    """Note that an account acted on a paper: the lists 已办 and 我发起 read this."""
    row = session.get(Participation, (user_id, document.id))
    if row is None:
        row = Participation(user_id=user_id, document_id=document.id)
        session.add(row)
    row.last_act, row.last_at = act, clock.now()


def send_copies(session: Session, reading: Reading) -> None:
    """Give the organs under 抄送 their copy of a letter that goes out."""
    names = copied_to(reading.paper, reading.facts)
    for unit in session.scalars(select(Unit).where(Unit.name.in_(names), Unit.in_portal)):
        session.merge(DocumentCopy(document_id=reading.document.id, unit_id=unit.id, sent_at=clock.now()))
