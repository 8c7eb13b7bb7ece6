"""Papers ready made for tests of services and pages: an admitted person, a request that may be submitted. All invented."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pikepdf
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.models import Appointment, Attachment, Case, Delegation, Document, Person, Role, Unit, User
from portal.services import approvals, clocks, documents
from portal.services.access import Viewer
from portal.services.approvals import Order, Outcome
from portal.services.letters import Works
from portal.services.subjects import Subject
from tests import world
from tests.forms.test_transfer_request import SAMPLE


def viewer(session: Session, username: str) -> Viewer:
    """Return the viewer of a user name, and leave no transaction open."""
    found = world.viewer(session, username)
    session.rollback()
    return found


def admit(session: Session, place: str = "522727-bureau", **person: Any) -> Case:
    """Put a man with a confirmed identity on file in a county, admitted two days ago."""
    columns = {
        "identity_status": "confirmed", "name": "张守田", "alias": "", "sex": "男", "id_number": f"52272719740302{number():04d}",
        "hukou_code": "522727", "hukou_address": "贵州省平塘县通州镇新光村", **person,
    }  # fmt: skip
    with transaction(session):
        unit = session.scalars(select(Unit).where(Unit.code == place)).one()
        case = Case(
            case_no=f"{unit.region_code}-2026-{number():04d}",
            person=Person(birth_date=None, age_min=50, age_max=55, **columns),
            region_code=unit.region_code,
            first_unit=unit,
            place=unit,
            display_name=columns["name"] or columns["alias"],
            answers={"health": ["good"], "mental_status": "normal", "first_org_name": unit.name},
            admitted_at=clock.now() - timedelta(days=2),
            flags={},
        )
        session.add(case)
    return case


_numbers = iter(range(1, 10_000))


def number() -> int:
    """Return a number not used before in this process."""
    return next(_numbers)


def answers(**changes: Any) -> dict[str, Any]:
    """Return complete answers of a request for transfer of an identified man, on infrastructure grounds."""
    good = {name: value for name, value in SAMPLE.items() if name != "dna_sampled_on"}
    good["identity_method"] = ["card", "relative"]
    good["planned_date"] = (clock.today() + timedelta(days=3)).isoformat()
    return {**good, **changes}


def posted(given: dict[str, Any]) -> dict[str, Any]:
    """Return answers as a browser posts them."""
    form: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for index, row in enumerate(value):
                form |= {f"{name}-{index}-{inner}": text for inner, text in row.items()}
        else:
            form[name] = value
    return form


def draft(session: Session, case: Case, who: str = "pingtang.clerk.1", **changes: Any) -> Document:
    """Begin a request for transfer, filled in completely, with its health check attached."""
    drafter = viewer(session, who)
    with transaction(session):
        case = session.get_one(Case, case.id)
        document = documents.start(session, drafter, "transfer_request", about=Subject(case))
        session.flush()
        documents.save(session, drafter, document, answers(**changes), document.revision)
        session.add(
            Attachment(
                document_id=document.id,
                kind="medical_check",
                filename="健康检查.pdf",
                mime="application/pdf",
                size=10,
                sha256="0" * 64,
                dated_on=clock.today(),
                uploaded_by_id=drafter.user_id,
                uploaded_at=clock.now(),
            )
        )
    return document


def act(session: Session, who: str, document: Document, wanted: Act, works: Works, **more: Any) -> Outcome:
    """Do one act as somebody, at the newest revision unless told otherwise."""
    actor = viewer(session, who)
    seen = more.pop("seen", None)
    with transaction(session):
        session.refresh(document)
        order = Order(wanted, seen or document.revision, more.pop("key", str(uuid4())), **more)
        return approvals.take_action(session, actor, document.uuid, order, works)


def picture(width: int = 700, height: int = 900, kind: str = "JPEG") -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (120, 140, 160)).save(out, kind)
    return out.getvalue()


def scan(pages: int = 1) -> bytes:
    """Return a PDF of empty pages."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


def lend_to_outside(session: Session, document: Document) -> None:
    """Make the organ a sent letter went to one without accounts, so that our clerk records service and answer."""
    with transaction(session):
        row = session.get_one(Document, document.id)
        assert row.counterpart is not None
        row.counterpart.in_portal = False
        row.holder_unit_id, row.holder_user_id, row.holder_desk = row.issuer_id, row.drafter_id, "clerk"


def lend_seat(session: Session, absent: str, stand_in: str) -> None:
    """Let somebody stand in for somebody else, today."""
    away, here = viewer(session, absent), viewer(session, stand_in)
    with transaction(session):
        session.add(
            Delegation(
                user_id=away.user_id,
                stand_in_id=here.user_id,
                unit_id=away.seats[0].unit_id,
                starts_on=clock.today(),
                ends_on=clock.today(),
            )
        )


def let_expire(session: Session, case: Case, limit: str) -> None:
    """Start a limit of a case so long ago that it is over."""
    with transaction(session):
        row = session.get_one(Case, case.id)
        clocks.start(
            session, limit, clock.now() - timedelta(days=60), owner_id=row.first_unit_id, about={"case_id": row.id}
        )


def appoint(session: Session, username: str, position: str) -> None:
    """Give somebody a second position in their organ."""
    seat = viewer(session, username).seats[0]
    with transaction(session):
        session.add(
            Appointment(
                user=session.scalars(select(User).where(User.username == username)).one(),
                unit_id=seat.unit_id,
                role=session.scalars(select(Role).where(Role.name == position)).one(),
                starts_on=clock.today(),
            )
        )
