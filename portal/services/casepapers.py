"""Papers of a case in their stages: those written, and those that fit to be begun now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from forms.catalog import PAPERS
from forms.kit.chains import EDITABLE_STATES
from forms.kit.facts import PersonFacts
from forms.kit.paper import Paper
from portal import clock
from portal.models import Case, Document
from portal.services.access import Viewer
from portal.services.documents import drafting_seats
from portal.services.facts import person_facts

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
#: Papers about organs, campaigns and ledgers; a case file does not offer them.
_NOT_ABOUT_A_CASE: Final = frozenset({"特殊群体", "寒冬送温暖和慰问", "管理"})
_SETTLEMENT: Final = frozenset({"settlement_application", "settlement_plan_request", "police_registration_letter"})
_TRACING: Final = frozenset({"tracing_notice", "dna_request", "identity_assist_request", "identity_confirmation"})


@dataclass(frozen=True)
class Situation:
    """What decides which papers make sense: the person, where they are, what has been written."""

    person: PersonFacts
    open: bool
    minor: bool
    place_kind: str
    written: Mapping[str, Sequence[Document]]

    def live(self, code: str) -> bool:
        """A paper of this kind is on its way or has gone out."""
        return any(
            paper.state not in {"void", "rejected"}
            and not (paper.state == "closed" and paper.submitted_at is None)
            for paper in self.written.get(code, ())
        )


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
    "placement_termination": lambda now: now.live("placement_approval"),
    "settlement_government_reply": lambda now: now.live("settlement_plan_request"),
    "household_registration_result": lambda now: now.live("police_registration_letter"),
    "tekun_inclusion_letter": lambda now: now.live("household_registration_result"),
    "tekun_confirmation": lambda now: now.live("tekun_inclusion_letter"),
    "household_cancellation_letter": lambda now: now.person.identified and now.live("household_registration_result"),
    "tekun_termination_letter": lambda now: now.person.identified and now.live("tekun_confirmation"),
    "medical_settlement": lambda now: now.live("medical_referral"),
    "revisit_record": lambda now: now.person.identified or not now.open,
    "at_risk_register": lambda _now: True,
    "needs_assessment": lambda now: now.person.identified,
}  # fmt: skip


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


def situation(case: Case, papers: Iterable[Document]) -> Situation:
    """Describe a case for the choice of papers."""
    written: dict[str, list[Document]] = {}
    for paper in papers:
        written.setdefault(paper.paper, []).append(paper)
    person = person_facts(case)
    return Situation(person, case.is_open, person.minor_on(clock.today()), case.place.kind, written)


def may_draft(viewer: Viewer, code: str, region_code: str | None) -> bool:
    """Tell whether the viewer drafts a kind of paper for a region; False for papers the portal does not have."""
    kind = PAPERS.get(code)
    return kind is not None and bool(drafting_seats(viewer, kind, region_code))


def offers(viewer: Viewer, case: Case, papers: Sequence[Document]) -> list[Offer]:
    """Return the papers that make sense for a case now and that the viewer may write, in the catalogue's order."""
    now, found = situation(case, papers), list[Offer]()
    for code, kind in PAPERS.items():
        stage = stage_of(kind)
        if kind.opens or stage in _NOT_ABOUT_A_CASE or not may_draft(viewer, code, case.region_code):
            continue
        draft = next(
            (
                paper
                for paper in now.written.get(code, ())
                if paper.drafter_id == viewer.user_id and paper.state in EDITABLE_STATES
            ),
            None,
        )
        fits = _FITS.get(code, _while_open)
        if draft is None and (not fits(now) or (kind.one_live and now.live(code))):
            continue
        request = request_for(viewer, code, now) if draft is None else draft.in_reply_to
        if kind.answers_paper and request is None and draft is None:
            continue
        found.append(Offer(kind, stage, request, draft))
    return found


def request_for(viewer: Viewer, code: str, now: Situation) -> Document | None:
    """Return the received paper this kind would answer, None when there is none waiting at the viewer's organ."""
    return next(
        (
            paper
            for paper in now.written.get(PAPERS[code].answers_paper if code in PAPERS else "", ())
            if paper.state == "in_process" and paper.holder_unit_id in viewer.unit_ids
        ),
        None,
    )


def stages(papers: Sequence[Document], offered: Sequence[Offer]) -> list[Stage]:
    """Group papers and offers by stage; a stage without either is left out."""
    found = []
    for title, _last in STAGES:
        here = [paper for paper in papers if stage_of(PAPERS[paper.paper]) == title]
        begun = [offer for offer in offered if offer.stage == title]
        if here or begun:
            found.append(Stage(title, here, begun))
    return found
