"""Invented persons and papers in the database, for tests of pages and services."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.extensions import db
from portal.models import Case, Document, Task, Unit, User
from portal.services import cases, clocks
from portal.services.documents import remember
from portal.services.events import record

ZHANG: Mapping[str, Any] = {
    "identity_status": "confirmed",
    "name": "张守田",
    "sex": "男",
    "birth_date": datetime(1974, 3, 2, tzinfo=UTC).date(),
    "id_number": "522727197403020015",
    "hukou_address": "贵州省平塘县通州镇",
}


def user(session: Session, username: str) -> User:
    """Return an account of the world."""
    return session.scalars(select(User).where(User.username == username)).one()


def unit(session: Session, code: str) -> Unit:
    """Return an organ of the world."""
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def ago(**span: int) -> datetime:
    """Return a moment before now."""
    return clock.now() - timedelta(**span)


def make_case(
    session: Session,
    *,
    region: str = "522727",
    alias: str = "河滨路男",
    person: Mapping[str, Any] | None = None,
    admitted_at: datetime | None = None,
    limits: tuple[str, ...] = (),
    answers: Mapping[str, Any] | None = None,
) -> Case:
    """Open a case as the admission form would, with running limits; inside a transaction of its own."""
    moment = admitted_at or ago(hours=2)
    with transaction(session):
        issuer = unit(session, f"{region}-bureau" if region != "522700" else "522700-station")
        word = {"522727": "pingtang", "522702": "fuquan", "522700": "station"}[region]
        drafter = user(session, f"{word}.clerk.1")
        who = dict(
            person or {"identity_status": "unknown", "alias": alias, "sex": "男", "age_min": 50, "age_max": 55}
        )
        form = Document(
            paper="help_registration",
            version=1,
            issuer=issuer,
            title=f"求助登记表（{who.get('name') or alias}）",
            answers={"mental_status": "normal", **(answers or {})},
            state="closed",
            step="check",
            held_since=moment,
            drafter_id=drafter.id,
            created_at=moment,
            updated_at=moment,
            submitted_at=moment,
            closed_at=moment,
        )
        session.add(form)
        session.flush()
        case = cases.open_case(session, form, who, moment, photo_sha256=None)
        for code in limits:
            clocks.start(session, code, moment, owner_id=issuer.id, about={"case_id": case.id}, document=form)
        remember(session, form, drafter.id, "submit")
        record(
            session,
            "case_opened",
            actor_id=drafter.id,
            unit_id=issuer.id,
            document_id=form.id,
            case_id=case.id,
            data={"case_no": case.case_no},
        )
    return case


def make_paper(session: Session, case: Case | None, paper: str = "transfer_request", **columns: Any) -> Document:
    """Write a paper of 平塘县民政局 as it stands: by default a draft in the hands of pingtang.clerk.1."""
    moment = columns.pop("held_since", ago(minutes=30))
    with transaction(session):
        issuer = columns.pop("issuer", None) or unit(session, "522727-bureau")
        drafter = columns.pop("drafter", None) or user(session, "pingtang.clerk.1")
        first: dict[str, Any] = {
            "title": "平塘县民政局关于河滨路男转移集中照料的函",
            "state": "draft",
            "step": "draft",
            "holder_unit_id": issuer.id,
            "holder_desk": "clerk",
            "holder_user_id": drafter.id,
        }
        row = Document(
            paper=paper,
            version=1,
            issuer=issuer,
            case_id=case.id if case else None,
            drafter_id=drafter.id,
            created_at=moment,
            updated_at=moment,
            held_since=moment,
            **{**first, **columns},
        )
        session.add(row)
        session.flush()
        remember(session, row, drafter.id, "draft")
    return row


def make_task(session: Session, case: Case, paper: str, why: str, owner: str = "522727-bureau") -> Task:
    """Open a task for an organ."""
    with transaction(session):
        row = Task(
            unit_id=unit(session, owner).id,
            case_id=case.id,
            paper=paper,
            rule="R-09",
            why=why,
            opened_at=ago(minutes=5),
        )
        session.add(row)
        session.flush()
    return row


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL statements sent inside the block."""
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def grown(app: Flask, look: Callable[[], object], grow: Callable[[], object]) -> tuple[int, int]:
    """Return how many statements a page takes before and after there is more to show; the first look warms caches."""
    look()
    with statements(app) as before:
        look()
    grow()
    look()
    with statements(app) as after:
        look()
    return len(before), len(after)
