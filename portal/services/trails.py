"""The chain of papers of a record, drawn: what is done, where it waits and on whom, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from forms.catalog import PAPERS
from forms.kit.chains import EDITABLE_STATES
from forms.kit.phrases import Phrase
from forms.kit.workdays import SHANGHAI
from portal.models import Document
from portal.services.clocks import ClockLine
from portal.services.documents import is_live
from portal.services.subjects import Subject


@dataclass(frozen=True)
class Station:
    """One paper of the chain: done (gone out or completed), here (on its way), next, skipped (not needed any more)."""

    code: str
    label: str
    state: str
    desk: str = ""
    unit: str = ""
    person: str = ""
    time: str = ""
    note: str = ""


@dataclass(frozen=True)
class Trail:
    """A chain with its stations, in order. `side` is whose chain it is, where a record has several of a kind."""

    title: str
    stations: Sequence[Station]
    side: str = ""


@dataclass(frozen=True)
class _Course:
    """Papers in the order of the law. A tuple of codes is one station that any of them makes."""

    title: str
    codes: tuple[tuple[str, ...], ...]
    begun_by: frozenset[str]


def _course(title: str, *codes: str | tuple[str, ...], begun_by: Sequence[str] = ()) -> _Course:
    whole = tuple((code,) if isinstance(code, str) else code for code in codes)
    return _Course(title, whole, frozenset(begun_by or {code for each in whole for code in each}))


#: Which chains a record can have (catalogue 2.J). A chain is drawn once a paper of `begun_by` is there.
COURSES: Final[Mapping[str, Sequence[_Course]]] = {
    "case": (
        _course("身份查询和寻亲", "quick_identity_check", "tracing_notice", "dna_request", "police_check_result",
                ("identity_confirmation", "lifelong_tracing_log")),
        _course("转移集中照料", "transfer_request", "transfer_reply", "transfer_handover", "center_return_handover"),
        _course("托养", "placement_approval", "placement_termination"),
        _course("落户安置", "settlement_application", "settlement_plan_request", "settlement_government_reply",
                "police_registration_letter", "household_registration_result", "tekun_inclusion_letter",
                "tekun_confirmation"),
        _course("接送返回和回访", "escort_return_letter", "escort_return_handover", "guardian_duty_notice",
                "revisit_record"),
        _course("送医和结算", "medical_referral", "medical_settlement", "insurance_backclaim"),
    ),
    "contractor": (
        _course("报批", "contractor_request_county", "contractor_request_prefecture",
                ("provincial_reply", "provincial_reply_record"), "reply_forwarding_letter", "custody_agreement",
                begun_by=("contractor_request_county",)),
        _course("备案", "contractor_public_filing", "custody_agreement", begun_by=("contractor_public_filing",)),
        _course("检查和整改", "contractor_monthly_inspection", "bureau_custody_inspection", "custody_rectification",
                "rectification_report"),
    ),
    "resident": (
        _course("一人一档", "screening_form", "monthly_visit", "hardship_report"),
        _course("监护", "guardianship_assessment", "guardian_change", "centralised_support_transfer"),
    ),
    "campaign": (
        _course("排查", "thematic_screening", "screening_summary", "problem_list"),
    ),
}  # fmt: skip


def drawn(
    about: Subject, papers: Sequence[Document], running: Sequence[ClockLine], elsewhere: Mapping[str, Station]
) -> list[Trail]:
    """Draw every chain that has begun for a record, from its papers (newest first) and running limits.

    `elsewhere`: what other organs have done that the viewer cannot open, by the code of the paper.
    """
    word = next(word for word in COURSES if getattr(about, word) is not None)
    due = {line.limit.paper: line for line in reversed(running) if not line.outside}
    return [
        Trail(course.title, _stations(course, papers, due, elsewhere))
        for course in COURSES[word]
        if any(paper.paper in course.begun_by for paper in papers)
    ]


def _stations(
    course: _Course, papers: Sequence[Document], due: Mapping[str, ClockLine], elsewhere: Mapping[str, Station]
) -> list[Station]:
    newest = [
        next((paper for paper in papers if paper.paper in codes and is_live(paper)), None)
        for codes in course.codes
    ]
    last = max((index for index, paper in enumerate(newest) if paper is not None), default=-1)
    drawn = []
    for index, (codes, paper) in enumerate(zip(course.codes, newest, strict=True)):
        if paper is not None:
            drawn.append(_written(paper))
            continue
        done = next((elsewhere[code] for code in codes if code in elsewhere), None)
        if done is not None:
            drawn.append(done)
            continue
        known = [PAPERS[code].title for code in codes if code in PAPERS]
        limit = due.get(codes[0])
        drawn.append(
            Station(
                code=codes[0],
                label=known[0] if known else codes[0],
                state="skipped" if index < last else "next",
                time=limit.due_words if limit else "",
                note=limit.left if limit else "",
            )
        )
    return drawn


def unseen(code: str, unit: str, day: date | None) -> Station:
    """Draw a step of another organ that the viewer cannot open: done, by whom and when, without its number."""
    return Station(code, PAPERS[code].title, "done", unit=unit, time=day.isoformat() if day else "")


def _written(paper: Document) -> Station:
    done = paper.state in {"closed", "replied"} or paper.sent_at is not None
    label = PAPERS[paper.paper].title
    if done:
        day = paper.signed_on.isoformat() if paper.signed_on else _day(paper)
        return Station(paper.paper, label, "done", unit=paper.issuer.name, time=day, note=paper.doc_no or "")
    unit = paper.holder_unit
    note = (
        Phrase("拟稿") if paper.state in EDITABLE_STATES else Phrase("在%(unit)s", unit=unit.name if unit else "")
    )
    state = "returned" if paper.state == "returned" else "here"
    return Station(paper.paper, label, state, unit=paper.issuer.name, note=note)


def _day(paper: Document) -> str:
    moment = paper.closed_at or paper.updated_at
    return moment.astimezone(SHANGHAI).date().isoformat()
