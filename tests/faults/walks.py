"""Papers on their way, for whoever breaks the portal: how a draft begins, and who does each act of it. All persons are invented."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from forms.kit.chains import Act
from portal import clock
from portal.models import Attachment, Case, Document, DocumentCase, Person, Unit
from portal.services import documents, search
from portal.services.access import Viewer
from portal.services.subjects import Subject
from tests import papers as ready
from tests.forms.test_contractor_request_county import ATTACHED
from tests.forms.test_contractor_request_county import SAMPLE as INSTITUTION
from tests.world import viewer

PHOTO = b"\xff\xd8\xff\xe0 a scan, as far as the store is concerned"


@dataclass(frozen=True)
class Walk:
    """A paper from draft to its end: act → who does it, in order, and how draft number so many begins."""

    paper: str
    who: Mapping[Act, str]
    begin: Callable[[Session, int], Document]

    @property
    def order(self) -> tuple[Act, ...]:
        """The acts, in order."""
        return tuple(self.who)

    def through(self, upto: Act | None) -> Sequence[Act]:
        """Return the acts up to one and with it; none without one."""
        return self.order[: self.order.index(upto) + 1] if upto else ()


def _case(session: Session, number: int) -> Case:
    """Open a case of an invented person of 平塘县, inside the caller's transaction."""
    bureau = session.scalars(select(Unit).where(Unit.code == "522727-bureau")).one()
    name = f"吴{chr(0x5000 + number % 9000)}{chr(0x6000 + number // 9000)}"
    case = Case(
        case_no=f"522727-2026-{number:04d}",
        person=Person(identity_status="confirmed", name=name, sex="男", birth_date=date(1974, 3, 2)),
        region_code="522727",
        first_unit=bureau,
        place=bureau,
        display_name=name,
        answers={"health": ["good"], "mental_status": "normal"},
        admitted_at=clock.now() - timedelta(days=1),
        flags={},
    )
    session.add(case)
    session.flush()
    search.index(session, case)
    return case


def _attach(session: Session, document: Document, *kinds: str) -> None:
    session.add_all(
        Attachment(
            document=document, kind=kind, filename="check.jpg", mime="image/jpeg", size=len(PHOTO),
            sha256=hashlib.sha256(PHOTO).hexdigest(), dated_on=clock.today(), uploaded_by_id=document.drafter_id,
            uploaded_at=clock.now(),
        )
        for kind in kinds
    )  # fmt: skip
    session.flush()


def _transfer(session: Session, number: int) -> Document:
    """Ask the central station to take a person in."""
    clerk, case = viewer(session, TRANSFER.who[Act.SUBMIT]), _case(session, number)
    answers = ready.answers()
    document = documents.start(session, clerk, "transfer_request", about=Subject(case), answers=answers)
    _attach(session, document, "medical_check")
    return document


def _contractor(session: Session, number: int) -> Document:
    """Ask the prefecture for an institution; it comes on record with the letter."""
    body = f"525227{number:011d}"
    code = body + uscc.calc_check_digit(body)
    begins = clock.today() + timedelta(days=30)
    answers = {
        **INSTITUTION, "uscc": code, "contractor_name": f"平塘县第{number}养老服务中心",
        "site_visit_on": str(clock.today() - timedelta(days=5)), "term_from": str(begins),
        "term_to": str(begins + timedelta(days=700)),
    }  # fmt: skip
    document = documents.start(
        session, viewer(session, CONTRACTOR.who[Act.SUBMIT]), "contractor_request_county", answers=answers
    )
    _attach(session, document, *ATTACHED)
    return document


def _on_file(
    session: Session, clerk: Viewer, issuer: Unit, paper: str, at: datetime, columns: Mapping[str, Any]
) -> Document:
    """Write a paper that went out before the story begins."""
    row = Document(
        paper=paper, version=1, issuer=issuer, title="此前的文书", drafter_id=clerk.user_id, acted={}, created_at=at, updated_at=at,
        held_since=at, submitted_at=at, sent_at=at, signed_on=at.date(), **{"answers": {}, **columns},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


#: How many persons are in one plan, and so how many letters one approval brings.
PERSONS_OF_A_PLAN = 3


def _reply(session: Session, number: int) -> Document:
    """Record that the government approves a plan: each person gets a letter of their own."""
    clerk = viewer(session, REPLY.who[Act.SUBMIT])
    cases = [_case(session, number * PERSONS_OF_A_PLAN + each) for each in range(PERSONS_OF_A_PLAN)]
    sent = clock.now() - timedelta(days=1)
    rows = [{"case_no": case.case_no, "name": case.display_name} for case in cases]
    for case in cases:
        case.person.identity_status, case.person.alias, case.person.birth_date = "unknown", case.display_name, None
    bureau = cases[0].first_unit
    for case in cases:
        application = {"state": "closed", "step": "answer", "case_id": case.id, "closed_at": sent}
        _on_file(session, clerk, bureau, "settlement_application", sent, application)
    plan = _on_file(session, clerk, bureau, "settlement_plan_request", sent, {
        "state": "in_process", "step": "answer", "holder_unit": bureau, "holder_desk": "clerk", "answers": {"plan_rows": rows},
        "counterpart": session.scalars(select(Unit).where(Unit.code == "522727-government")).one(),
        "doc_no": f"平民呈〔2026〕{number}号",
    })  # fmt: skip
    session.add_all(DocumentCase(document_id=plan.id, case_id=case.id) for case in cases)
    session.flush()
    answers = {
        "reply_doc_no": f"平府函〔2026〕{number}号", "reply_title": "关于同意滞留流浪乞讨人员落户安置方案的批复",
        "reply_date": str(clock.today()), "reply_received_on": str(clock.today()),
        "decisions": [{**row, "approved": "yes"} for row in rows],
    }  # fmt: skip
    document = documents.start(session, clerk, "settlement_government_reply", request=plan, answers=answers)
    _attach(session, document, "scan")
    return document


TRANSFER = Walk(
    "transfer_request",
    {
        Act.SUBMIT: "pingtang.clerk.1", Act.AGREE: "pingtang.reviewer.1", Act.SIGN: "pingtang.signer.1",
        Act.NUMBER: "pingtang.seal.1", Act.SEND: "pingtang.seal.1", Act.RECEIVE: "station.clerk.1",
    },
    _transfer,
)  # fmt: skip
#: Upward: the principal head signs.
CONTRACTOR = Walk(
    "contractor_request_county",
    {**TRANSFER.who, Act.SIGN: "pingtang.principal.1", Act.RECEIVE: "prefecture.clerk.1"},
    _contractor,
)
REPLY = Walk(
    "settlement_government_reply", {Act.SUBMIT: "pingtang.clerk.1", Act.CONFIRM: "pingtang.clerk.2"}, _reply
)
WALKS: Mapping[str, Walk] = {walk.paper: walk for walk in (TRANSFER, CONTRACTOR, REPLY)}
