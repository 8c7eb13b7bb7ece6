"""Papers of a case in their stages: those written, and those that fit to be begun now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from forms.catalog import PAPERS
from forms.kit.chains import EDITABLE_STATES
from forms.kit.facts import PersonFacts
from forms.kit.paper import About, Paper
from portal import clock
from portal.models import ContractorTerm, Document
from portal.services.access import Viewer, contractor_counties
from portal.services.documents import drafting_seats, is_live
from portal.services.plain import person_facts
from portal.services.subjects import NOTHING, Subject

#: Stages of a case with the last P-number of each (catalogue of papers 2.A to 2.I).
STAGES: Final = (
    ("入站和在站", 12),
    ("转移集中照料", 18),
    ("身份查询和寻亲", 25),
    ("托养", 37),
    ("落户安置", 46),
    ("送医、返乡和回访", 57),
    ("特殊群体", 75),
    ("寒冬送温暖和慰问", 84),
    ("管理", 91),
)
_SETTLEMENT: Final = frozenset({"settlement_application", "police_registration_letter"})
_TRACING: Final = frozenset({"tracing_notice", "dna_request", "identity_assist_request", "identity_confirmation"})


@dataclass(frozen=True)
class Situation:
    """What decides which papers make sense: the record, the person and where they are, what has been written."""

    about: Subject
    written: Mapping[str, Sequence[Document]]
    person: PersonFacts = field(default_factory=lambda: PersonFacts(case_no=""))
    terms: Sequence[ContractorTerm] = ()  # what the viewer's counties have with the contractor

    @property
    def open(self) -> bool:
        """The record is still worked on: the person in care, the resident on file, the campaign under way."""
        case, resident, campaign = self.about.case, self.about.resident, self.about.campaign
        return not (
            (case is not None and not case.is_open)
            or (resident is not None and resident.closed_on is not None)
            or (campaign is not None and campaign.closed_at is not None)
        )

    @property
    def minor(self) -> bool:
        """The person is, or counts as, a minor (A-09)."""
        return self.person.minor_on(clock.today())

    @property
    def place_kind(self) -> str:
        """The kind of organ where the person is."""
        return self.about.case.place.kind if self.about.case else ""

    @property
    def contractor_state(self) -> str:
        """Where the contractor stands; empty for papers about something else."""
        return self.about.contractor.state if self.about.contractor else ""

    @property
    def in_custody(self) -> bool:
        """The person has been placed with a contractor more often than taken back."""
        begun, ended = (
            sum(
                paper.state not in {"void", "rejected"} and paper.sent_at is not None
                for paper in self.written.get(code, ())
            )
            for code in ("placement_approval", "placement_termination")
        )
        return begun > ended

    @property
    def renewable(self) -> bool:
        """The contractor is not, or will within sixty days not be, approved for the viewer's counties any more."""
        contractor = self.about.contractor
        if contractor is None or contractor.state in {"refused", "withdrawn", "ended"}:
            return contractor is not None
        soon = clock.today() + timedelta(days=60)
        return contractor.state != "proposed" and (
            not self.terms or any(each.valid_to <= soon for each in self.terms)
        )

    @property
    def applied(self) -> bool:
        """The county has the application to settle the person (R-51)."""
        return any(
            paper.state == "closed" and paper.submitted_at
            for paper in self.written.get("settlement_application", ())
        )

    def live(self, code: str) -> bool:
        """A paper of this kind is on its way or has gone out."""
        return any(is_live(paper) for paper in self.written.get(code, ()))


Fits = Callable[[Situation], bool]
_AFTER_IDENTITY: Final = frozenset(
    {"escort_return_letter", "escort_return_handover", "guardian_duty_notice", "insurance_backclaim"}
)


def _while_open(now: Situation) -> bool:
    return now.open


#: Papers that ask for more than an open case. What is not named here fits while the case is open.
_FITS: Final[Mapping[str, Fits]] = {
    **{code: lambda now: now.open and not now.person.identified for code in _TRACING | _SETTLEMENT},
    **{code: lambda now: now.person.identified for code in _AFTER_IDENTITY},
    "dna_request": lambda now: now.open and not now.person.identified and not now.live("dna_request"),
    "police_check_result": lambda now: now.live("dna_request"),
    "lifelong_tracing_log": lambda now: not now.person.identified,
    "transfer_request": lambda now: now.open and not now.minor and now.place_kind != "central_station",
    "transport_negotiation": lambda now: now.live("transfer_request"),
    "transfer_handover": lambda now: now.live("transfer_request") and now.place_kind != "central_station",
    "center_return_handover": lambda now: now.open and now.place_kind == "central_station",
    "minor_transfer_letter": lambda now: now.open and now.minor,
    "settlement_plan_request": lambda now: now.open and not now.person.identified and now.applied
    and not now.live("settlement_plan_request"),
    "placement_approval": lambda now: now.open and not now.in_custody,
    "placement_termination": lambda now: now.in_custody,
    "police_registration_letter": lambda now: now.open
    and not now.person.identified
    and now.live("settlement_government_reply"),
    "settlement_government_reply": lambda now: now.live("settlement_plan_request"),
    "household_registration_result": lambda now: now.live("police_registration_letter"),
    "tekun_inclusion_letter": lambda now: now.live("household_registration_result"),
    "tekun_confirmation": lambda now: now.live("tekun_inclusion_letter"),
    "settlement_plan_notice": lambda now: now.person.identified and now.live("settlement_plan_request"),
    "tekun_exclusion_record": lambda now: now.live("household_registration_result")
    and not now.live("tekun_confirmation"),
    "household_cancellation_letter": lambda now: now.person.identified
    and (now.live("household_registration_result") or now.live("police_registration_letter")),
    "tekun_termination_letter": lambda now: now.person.identified and now.live("tekun_confirmation"),
    "medical_settlement": lambda now: now.live("medical_referral") or now.live("psychiatric_referral"),
    "escort_return_letter": lambda now: now.open and now.person.identified,
    "revisit_record": lambda now: now.person.identified or not now.open,
    "needs_assessment": lambda now: now.person.identified,
    "contractor_public_filing": lambda now: now.renewable,
    "contractor_request_county": lambda now: now.renewable,
    "contractor_request_prefecture": lambda now: now.live("contractor_request_county"),
    "provincial_reply_record": lambda now: now.live("contractor_request_prefecture"),
    "custody_agreement": lambda now: now.contractor_state == "effective",
    "contractor_monthly_inspection": lambda now: now.contractor_state in {"effective", "suspended"},
    "bureau_custody_inspection": lambda now: now.contractor_state in {"effective", "suspended"},
    "custody_rectification": lambda now: now.contractor_state in {"effective", "suspended"},
    "rectification_report": lambda now: now.live("custody_rectification"),
}  # fmt: skip


_RECORDED_BY_ASKER: Final = frozenset({"provincial_reply_record"})


@dataclass(frozen=True)
class Offer:
    """A paper the viewer may begin, or has begun (`draft`), for a case. `request`: the paper it would answer."""

    kind: type[Paper]
    stage: str
    request: Document | None = None
    draft: Document | None = None


@dataclass(frozen=True)
class Stage:
    """A headed group of the papers of a case, newest first, with the papers to begin."""

    title: str
    papers: Sequence[Document]
    offers: Sequence[Offer]


def stage_of(kind: type[Paper]) -> str:
    """Return the stage a kind of paper belongs to."""
    number = int(kind.number.removeprefix("P-"))
    return next(title for title, last in STAGES if number <= last)


def situation(viewer: Viewer, about: Subject, papers: Iterable[Document]) -> Situation:
    """Describe a record for the viewer's choice of papers."""
    written: dict[str, list[Document]] = {}
    for paper in papers:
        written.setdefault(paper.paper, []).append(paper)
    if about.case:
        return Situation(about, written, person_facts(about.case))
    terms = about.contractor.terms_of(contractor_counties(viewer)) if about.contractor else ()
    return Situation(about, written, terms=terms)


def may_draft(viewer: Viewer, code: str, about: Subject) -> bool:
    """Tell whether the viewer drafts a kind of paper about a record; False for papers the portal does not have."""
    kind = PAPERS.get(code)
    return kind is not None and bool(drafting_seats(viewer, kind, about))


def may_begin(viewer: Viewer, code: str, about: Subject) -> bool:
    """Tell whether one click can begin the paper a limit, a task or a problem asks for."""
    kind = PAPERS.get(code)
    if kind is None or (kind.answers_paper and about == NOTHING):
        return False
    return (kind.opens or about.fits(kind)) and may_draft(viewer, code, about)


def _hangs_on(kind: type[Paper], about: Subject) -> bool:
    """Tell whether a paper is about this very kind of record; without a record, whether it opens one or needs none."""
    if about == NOTHING:
        return kind.opens or kind.about in {About.ORGAN, About.PERSONS}
    if kind.about is About.ORGAN:
        return any(getattr(about, also.value) is not None for also in kind.may_hang_on)
    if kind.about is About.PERSONS:  # begun from the page of one of them
        return about.case is not None
    return about.fits(kind) and not (kind.opens and about.case)


def offers(viewer: Viewer, about: Subject, papers: Sequence[Document]) -> list[Offer]:
    """Return the papers that make sense for a record now and that the viewer may write, in the catalogue's order."""
    now, found = situation(viewer, about, papers), list[Offer]()
    for code, kind in PAPERS.items():
        stage = stage_of(kind)
        if not _hangs_on(kind, about) or not may_draft(viewer, code, about):
            continue
        draft = next(
            (
                paper
                for paper in now.written.get(code, ())
                if paper.drafter_id == viewer.user_id and paper.state in EDITABLE_STATES
            ),
            None,
        )
        fits = _FITS.get(code, _while_open) if about != NOTHING else _while_open
        if draft is None and (not fits(now) or (kind.one_live and now.live(code))):
            continue
        request = request_for(viewer, code, now) if draft is None else draft.in_reply_to
        if kind.answers_paper and request is None and draft is None:
            continue
        found.append(Offer(kind, stage, request, draft))
    return found


def request_for(viewer: Viewer, code: str, now: Situation) -> Document | None:
    """Return the received paper this kind would answer, None when there is none waiting at the viewer's organ."""
    asked = now.written.get(PAPERS[code].answers_paper if code in PAPERS else "", ())
    waiting = (paper for paper in asked if paper.state == "in_process" and paper.holder_unit_id in viewer.unit_ids)
    if (found := next(waiting, None)) is not None or code not in _RECORDED_BY_ASKER:
        return found
    # An organ that works on paper answers there; whoever asked records it.
    own = (
        paper
        for paper in asked
        if paper.state in {"sent", "received", "in_process"} and paper.issuer_id in viewer.unit_ids
    )
    return next(own, None)


def stages(papers: Sequence[Document], offered: Sequence[Offer]) -> list[Stage]:
    """Group papers and offers by stage; a stage without either is left out."""
    found = []
    for title, _last in STAGES:
        here = [paper for paper in papers if stage_of(PAPERS[paper.paper]) == title]
        begun = [offer for offer in offered if offer.stage == title]
        if here or begun:
            found.append(Stage(title, here, begun))
    return found
