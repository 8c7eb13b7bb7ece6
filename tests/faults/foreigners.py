"""Somebody of another organ tries every address there is with ids that are not theirs, and must learn and change nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from forms.kit.chains import Act
from portal import clock
from portal.db import Base, transaction
from portal.models import (
    Appointment,
    Attachment,
    Bed,
    Campaign,
    Case,
    Clock,
    Contractor,
    Delegation,
    Document,
    Finding,
    Letter,
    LoginSession,
    NumberSeries,
    Person,
    Printing,
    Resident,
    Task,
    Unit,
    User,
)
from portal.services import letters
from portal.services.letters import Works
from tests.faults.scene import act, key_of
from tests.faults.walks import TRANSFER

#: Pages of libraries and of one's own account that know no ids of others, and those that would end the walk.
LEFT_OUT = re.compile(
    r"security\..*|static|account\.(language|end_other_sessions|enter_demo|switch|token)|health\..*"
)
ABSENT: Mapping[str, Any] = {"uuid": UUID(int=1), "number": 999_999, "key": "0" * 64}
#: Words in addresses that are no ids.
PLAIN: Mapping[str, Any] = {
    "kind": "medical_check", "number": 1, "code": "transfer_request", "key": "outgoing", "form": "xlsx", "year": 2026,
}  # fmt: skip
#: What must be as it was after every attempt.
GUARDED = (
    Appointment, Attachment, Bed, Campaign, Case, Clock, Contractor, Delegation, Document, Finding, Letter, NumberSeries,
    Person, Printing, Resident, Task, Unit, User
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A case of 平塘县 with one paper in one state, and everything of it that has an id."""

    state: str
    ids: Mapping[str, Any]
    secrets: tuple[str, ...]
    beginning: str  # of the name, for searches


@dataclass
class Walked:
    """What a walk met: attempts by status, and every attempt that learned something."""

    answers: dict[int, int] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)


def target(session: Session, works: Works, number: int, upto: Act | None) -> Target:
    """Walk a paper of 平塘县 up to an act; give it a task, a stand-in and a session of its own."""
    with transaction(session):
        document = TRANSFER.begin(session, number)
        uuid = document.uuid
    for wanted in TRANSFER.through(upto):
        done = act(session, uuid, wanted, works, key=key_of(uuid, wanted))
        letter_id = done.letter_id
        session.rollback()
        if letter_id:
            letters.issue(session, letter_id, works)
            session.rollback()
    with transaction(session):
        document = session.scalars(select(Document).where(Document.uuid == uuid)).one()
        case = session.get_one(Case, document.case_id)
        clerks = list(
            session.scalars(select(User).where(User.username.like("pingtang.clerk.%")).order_by(User.id))
        )
        task = Task(
            unit_id=document.issuer_id, case_id=case.id, paper="tracing_notice", why="须办理", opened_at=clock.now(),
            opened_by_id=document.id,
        )  # fmt: skip
        leave = Delegation(
            user_id=clerks[0].id, stand_in_id=clerks[1].id, unit_id=document.issuer_id, reason="学习",
            starts_on=clock.today(), ends_on=clock.today(),
        )  # fmt: skip
        browser = LoginSession(
            key_hash=f"{number:064d}", user_id=clerks[0].id, data="", created_at=clock.now(), seen_at=clock.now(),
            expires_at=clock.now(),
        )  # fmt: skip
        session.add_all([task, leave, browser])
        session.flush()
        contractor, campaign, resident, finding = _records(session, document, number)
        post = session.scalars(select(Appointment.id).where(Appointment.user_id == clerks[0].id)).first()
        attachment = session.scalars(select(Attachment.uuid).where(Attachment.document_id == document.id)).one()
        return Target(
            upto.value if upto else "draft",
            {
                "documents": uuid, "cases": case.uuid, "attachment": attachment, "task_id": task.id, "unit_id": case.place_unit_id,
                "delegation_id": leave.id, "key_hash": browser.key_hash, "user_id": clerks[0].id, "appointment_id": post,
                "contractors": contractor.uuid, "campaign": campaign.uuid, "resident": resident.uuid, "groups": finding.uuid,
            },
            (case.display_name, case.case_no, resident.name, finding.detail, *([document.doc_no] if document.doc_no else [])),
            case.display_name[:2],
        )  # fmt: skip


def _records(session: Session, document: Document, number: int) -> tuple[Contractor, Campaign, Resident, Finding]:
    """Put a contractor, a campaign, a resident with a problem on the county's file."""
    county, bureau = document.issuer.region_code, document.issuer_id
    village = session.scalars(select(Unit).where(Unit.kind == "village", Unit.region_code == county)).first()
    assert village is not None, "the county has a village"
    assert village.parent_id is not None, "a village has a township"
    today = clock.today()
    contractor = Contractor(
        uscc=f"91520000MA6DJ00{number:03d}", name=f"养老院{number}", kind="social_org", serves=[], region_code=county,
        state="effective", beds=9, price_month=1, answers={}, proposed_by_id=bureau,
        proposed_at=clock.now(),
    )  # fmt: skip
    campaign = Campaign(
        region_code=county, name=f"第{number}次排查", screening_due=today, clearing_due=today, opened_at=clock.now(),
        opened_by_id=document.drafter_id,
    )  # fmt: skip
    resident = Resident(
        village_id=village.id, town_id=village.parent_id, region_code=county, name=f"莫阿{'甲乙丙丁戊己庚'[number % 7]}婆",
        sex="女", birth_date=today.replace(year=1950, day=1), categories=[], answers={}, updated_on=today,
    )  # fmt: skip
    finding = Finding(
        number=f"问{county}-{number}", region_code=county, town_id=village.parent_id, found_on=today, source="visit",
        subject="屋", kind="其他", detail=f"第{number}户屋面漏雨严重", owner_unit_id=bureau, due_on=today, resident=resident,
    )  # fmt: skip
    session.add_all([contractor, campaign, resident, finding])
    session.flush()
    resident.campaign_id = campaign.id
    session.flush()
    return contractor, campaign, resident, finding


#: Addresses whose id is not that of the records their module is named after.
_OTHER_IDS: Mapping[str, str] = {
    "documents.attachment": "attachment", "documents.detach": "attachment", "groups.resident": "resident",
    "groups.campaign": "campaign",
}  # fmt: skip


def _ids(rule: Rule, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the arguments of an address. KeyError for an argument this walk does not know: it must be told of it."""
    filled = {}
    for name in rule.arguments:
        if name == "uuid":
            filled[name] = ids[_OTHER_IDS.get(rule.endpoint, rule.endpoint.split(".")[0])]
        else:
            filled[name] = ids[name] if name in ids else PLAIN[name]
    return filled


def _absent(ids: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {UUID: "uuid", int: "number", str: "key"}
    return {name: ABSENT[kinds[type(value)]] for name, value in ids.items()}


def _body(ids: Mapping[str, Any], beginning: str, key: str) -> dict[str, Any]:
    """Name the ids in every way a page reads them from a form."""
    return {
        "case": str(ids["cases"]), "contractor": str(ids["contractors"]), "resident": str(ids["resident"]),
        "campaign": str(ids["campaign"]), "request": str(ids["documents"]), "papers": str(ids["documents"]), "revision": "2",
        "paper": "tracing_notice", "unit": ids["unit_id"], "submission_key": key, "action": "agree", "act": "agree",
        "opinion": "情况属实", "reason": "核对登记信息", "q": beginning, "text": beginning, "username": "pingtang.clerk.1",
    }  # fmt: skip


def attempts(app: Flask, besides: str = "") -> Iterator[tuple[Rule, str]]:
    """Yield every address with every method that a view answers; `besides` leaves a module out."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not LEFT_OUT.fullmatch(rule.endpoint) and not (besides and rule.endpoint.startswith(besides)):
            yield from ((rule, method) for method in sorted((rule.methods or set()) & {"GET", "POST"}))


def walk(
    app: Flask, browser: Any, who: str, targets: Iterable[Target], *, htmx: bool = False, besides: str = ""
) -> Walked:
    """Try everything with one account. An address with a foreign id must answer just as with one that does not exist."""
    met = Walked()
    adapter = app.url_map.bind("localhost")
    for rule, method in attempts(app, besides):
        absent: int | None = None
        for each in targets:
            with_ids = bool(rule.arguments - PLAIN.keys())
            for ids in (_absent(each.ids), each.ids) if with_ids and absent is None else (each.ids,):
                url = adapter.build(rule.endpoint, _ids(rule, ids), method=method)
                key = f"{who}-{rule.endpoint}-{each.state}"
                body = _body(ids, each.beginning, key)
                details = {"query_string": body} if method == "GET" else {"data": body}
                answer = browser.open(url, method=method, htmx=htmx, **details)
                met.answers[answer.status_code] = met.answers.get(answer.status_code, 0) + 1
                name = f"{who}: {method} {url} ({each.state}) {answer.status_code}"
                absent = answer.status_code if absent is None and with_ids else absent
                # The log of acts names cases by number for whoever verifies it; a name never stands in it.
                secrets = each.secrets[:1] if rule.endpoint.startswith("audit.") else each.secrets
                shown = [secret for secret in secrets if secret.encode() in answer.data]
                if shown:
                    met.leaks.append(f"{name} shows {shown}")
                if with_ids and answer.status_code != absent:
                    met.leaks.append(f"{name}, but {absent} for one that does not exist")
                if answer.status_code >= 500:
                    met.leaks.append(f"{name}: {answer.text[:200]}")
    return met


def guarded(session: Session) -> dict[str, set[str]]:
    """Return the rows of every guarded table, to be compared later."""
    session.rollback()
    tables = [Base.metadata.tables[model.__tablename__] for model in GUARDED]
    found = {table.name: {str(row) for row in session.execute(select(table))} for table in tables}
    session.rollback()
    return found


def moved(session: Session, before: Mapping[str, set[str]]) -> list[str]:
    """Return the rows that changed since, and new ones; a draft about a person of one's own is nobody else's business."""
    after = guarded(session)
    found = [f"{name} changed: {row}" for name in before for row in before[name] - after[name]]
    found += [
        f"{name} added: {row}" for name in before if name != "document" for row in after[name] - before[name]
    ]
    bureau = select(Unit.id).where(Unit.region_code == "522727")
    count = select(func.count(Document.id)).where(Document.issuer_id.in_(bureau))
    theirs = session.scalars(count).one()
    session.rollback()
    return found + ([f"{theirs} papers of 平塘县"] if theirs != len(before["document"]) else [])


def positions(word: str, *, both: bool) -> list[str]:
    """Return the accounts of an organ: one of each position, or two."""
    singles = [f"{word}.{position}.1" for position in ("statistician", "supervisor")]
    working = sorted({name.split(".")[1] for name in TRANSFER.who.values()} | {"principal", "duty"})
    return [f"{word}.{position}.{each}" for position in working for each in ((1, 2) if both else (1,))] + singles
