"""Each named constraint of the database bites: what the services refuse, the tables refuse too."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.db import Base
from portal.models import (
    Appointment,
    Attachment,
    Bed,
    Campaign,
    Case,
    Clock,
    Contractor,
    ContractorTerm,
    Delegation,
    Document,
    Finding,
    IncomingSeries,
    Letter,
    NumberSeries,
    Person,
    Placement,
    Printing,
    RateLimit,
    Resident,
    Role,
    Task,
    Unit,
    User,
)

NOW = datetime(2026, 10, 13, 1, tzinfo=UTC)


class Rows:
    """Valid rows to spoil one column at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.bureau = session.scalars(select(Unit).where(Unit.code == "522727-bureau")).one()
        self.station = session.scalars(select(Unit).where(Unit.code == "522700-station")).one()
        self.users = list(session.scalars(select(User).order_by(User.id).limit(5)))

    def person(self, **spoilt: Any) -> Person:
        return Person(
            **{
                "identity_status": "unknown",
                "alias": "河滨男",
                "sex": "男",
                "age_min": 50,
                "age_max": 55,
                **spoilt,
            }
        )

    def case(self, **spoilt: Any) -> Case:
        plain = {
            "case_no": "522727-2026-9001", "person": self.person(), "region_code": "522727", "first_unit": self.bureau,
            "place": self.bureau, "display_name": "河滨男", "answers": {}, "admitted_at": NOW, "flags": {},
        }  # fmt: skip
        return Case(**{**plain, **spoilt})

    def document(self, **spoilt: Any) -> Document:
        plain = {
            "paper": "transfer_request", "version": 1, "issuer": self.bureau, "counterpart": self.station, "title": "函",
            "answers": {}, "state": "draft", "step": "draft", "holder_unit": self.bureau, "holder_desk": "clerk",
            "holder_user_id": self.users[0].id, "held_since": NOW, "drafter_id": self.users[0].id, "created_at": NOW,
            "updated_at": NOW, "acted": {},
        }  # fmt: skip
        return Document(**{**plain, **spoilt})

    def letter(self, **spoilt: Any) -> Letter:
        plain = {
            "document": self.document(), "check_code": "ABCDEFGHJKLM", "state": "pending", "content": {},
            "numbered_at": NOW, "numbered_by_id": self.users[0].id,
        }  # fmt: skip
        return Letter(**{**plain, **spoilt})

    def attachment(self, **spoilt: Any) -> Attachment:
        plain = {
            "document": self.document(), "kind": "photo", "filename": "照片.jpg", "mime": "image/jpeg", "size": 10,
            "sha256": "0" * 64, "uploaded_by_id": self.users[0].id, "uploaded_at": NOW,
        }  # fmt: skip
        return Attachment(**{**plain, **spoilt})

    def clock(self, **spoilt: Any) -> Clock:
        plain = {
            "limit": "dna_request_due", "rule": "R-12", "owner_id": self.bureau.id, "trigger_at": NOW, "due_at": NOW,
            "last_day": date(2026, 10, 13),
        }  # fmt: skip
        return Clock(**{**plain, **spoilt})

    def contractor(self, **spoilt: Any) -> Contractor:
        plain = {
            "uscc": "91520000MA6DJ00X01", "name": "某养老服务有限公司", "kind": "enterprise", "serves": ["elderly"],
            "region_code": "522727", "state": "effective", "beds": 40, "price_month": 0,
            "answers": {}, "proposed_by_id": self.bureau.id, "proposed_at": NOW,
        }  # fmt: skip
        return Contractor(**{**plain, **spoilt})

    def term(self, **spoilt: Any) -> ContractorTerm:
        plain = {
            "contractor": self.contractor(), "region_code": "522727", "quota": 20, "price_month": 0,
            "valid_from": date(2026, 7, 20), "valid_to": date(2027, 12, 31),
        }  # fmt: skip
        return ContractorTerm(**{**plain, **spoilt})

    def placement(self, **spoilt: Any) -> Placement:
        document = self.document()
        self.session.add(document)
        self.session.flush()
        plain = {
            "case": self.case(), "contractor": self.contractor(), "document_id": document.id, "region_code": "522727",
            "starts_on": date(2026, 10, 13),
        }  # fmt: skip
        return Placement(**{**plain, **spoilt})

    def campaign(self, **spoilt: Any) -> Campaign:
        plain = {
            "region_code": "522727", "name": "2026年排查", "screening_due": date(2026, 11, 30),
            "clearing_due": date(2026, 12, 31), "opened_by_id": self.users[0].id, "opened_at": NOW,
        }  # fmt: skip
        return Campaign(**{**plain, **spoilt})

    def resident(self, **spoilt: Any) -> Resident:
        plain = {
            "village_id": self.bureau.id, "town_id": self.bureau.id, "region_code": "522727", "name": "莫某", "sex": "女",
            "birth_date": date(1950, 1, 1), "categories": ["left_elder"], "answers": {}, "updated_on": date(2026, 10, 13),
        }  # fmt: skip
        return Resident(**{**plain, **spoilt})

    def finding(self, **spoilt: Any) -> Finding:
        plain = {
            "number": "问522727-2026-0001", "region_code": "522727", "town_id": self.bureau.id, "found_on": date(2026, 10, 13),
            "source": "visit", "subject": "莫某", "kind": "其他", "detail": "屋面漏雨", "owner_unit_id": self.bureau.id,
            "due_on": date(2026, 10, 27),
        }  # fmt: skip
        return Finding(**{**plain, **spoilt})


def _delegation(r: Rows, **spoilt: Any) -> Delegation:
    plain = {
        "user_id": r.users[0].id, "stand_in_id": r.users[1].id, "unit_id": r.bureau.id,
        "starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 9),
    }  # fmt: skip
    return Delegation(**{**plain, **spoilt})


def _two_beds(r: Rows) -> list[Any]:
    case = r.case()
    r.session.add(case)
    r.session.flush()
    return [Bed(unit_id=r.station.id, ward="male", label=label, case_id=case.id) for label in ("男901", "男902")]


def _placed_twice(r: Rows) -> list[Any]:
    first = r.placement()
    r.session.add(first)
    r.session.flush()
    return [r.placement(case=first.case, contractor=first.contractor)]


def _cleared(r: Rows, **spoilt: Any) -> list[Any]:
    done = {"result": "unfounded", "cleared_on": date(2026, 10, 20), "cleared_by_id": r.users[1].id}
    return [r.finding(**{**done, **spoilt})]


def _replaced_twice(r: Rows) -> list[Any]:
    old = r.document()
    r.session.add(old)
    r.session.flush()
    return [r.document(replaces_id=old.id), r.document(replaces_id=old.id)]


def _two_letters(r: Rows, **spoilt: Any) -> list[Any]:
    first = r.letter()
    return [first, r.letter(document=first.document, **spoilt)]


def _same_number(r: Rows) -> list[Any]:
    series = NumberSeries(unit_id=r.bureau.id, code="平民函", year=2026, last=1)
    return [r.letter(check_code=code, series=series, serial=1) for code in ("AAAAAAAAAAAA", "BBBBBBBBBBBB")]


def _printing(r: Rows, **spoilt: Any) -> Printing:
    plain = {"letter": r.letter(), "copy_no": 1, "printed_by_id": r.users[0].id, "printed_at": NOW}
    return Printing(**{**plain, **spoilt})


def _same_copy(r: Rows) -> list[Any]:
    first = _printing(r)
    return [first, _printing(r, letter=first.letter)]


def _same_term(r: Rows) -> list[Any]:
    contractor = r.contractor()
    return [r.term(contractor=contractor), r.term(contractor=contractor)]


def _same_task(r: Rows) -> list[Any]:
    case, opener = r.case(), r.document()
    r.session.add_all([case, opener])
    r.session.flush()
    return [
        Task(
            unit_id=r.bureau.id,
            case_id=case.id,
            paper="dna_request",
            why="R-12",
            opened_by_id=opener.id,
            opened_at=NOW,
        )
        for _ in "ab"
    ]


Spoil = Callable[[Rows], list[Any]]

SPOILT: Mapping[str, Spoil] = {
    "ck_unit_kind": lambda r: [Unit(code="x", name="x", kind="club", region_code="522727", letter_codes={})],
    "uq_unit_code": lambda r: [
        Unit(code="522727-bureau", name="x", kind="police", region_code="522727", letter_codes={})
    ],
    "ck_role_position": lambda r: [Role(name="emperor")],
    "uq_role_name": lambda r: [Role(name="clerk")],
    "uq_user_username": lambda r: [
        User(username=r.users[0].username, email="a@b.invalid", name="甲", fs_uniquifier="u1")
    ],
    "uq_user_email": lambda r: [User(username="u2", email=r.users[0].email, name="甲", fs_uniquifier="u2")],
    "uq_user_fs_uniquifier": lambda r: [
        User(username="u3", email="c@b.invalid", name="甲", fs_uniquifier=r.users[0].fs_uniquifier)
    ],
    "ck_appointment_runs_forward": lambda r: [
        Appointment(
            user_id=r.users[0].id,
            unit_id=r.bureau.id,
            role_id=1,
            starts_on=date(2026, 5, 2),
            ends_on=date(2026, 5, 1),
        )
    ],
    "uq_appointment_user_id_unit_id_role_id_starts_on": lambda r: [
        Appointment(user_id=r.users[0].id, unit_id=r.bureau.id, role_id=1, starts_on=date(2026, 5, 2))
        for _ in "ab"
    ],
    "ck_delegation_somebody_else": lambda r: [_delegation(r, stand_in_id=r.users[0].id)],
    "ck_delegation_runs_forward": lambda r: [_delegation(r, ends_on=date(2026, 4, 30))],
    "ck_person_identity_status": lambda r: [r.person(identity_status="maybe")],
    "ck_person_confirmed_has_name": lambda r: [r.person(identity_status="confirmed", name="")],
    "ck_person_unknown_has_alias": lambda r: [r.person(alias="")],
    "ck_person_age_range": lambda r: [r.person(age_min=60, age_max=50)],
    "uq_person_id_number": lambda r: [r.person(id_number="440524188001010014") for _ in "ab"],
    "uq_case_case_no": lambda r: [r.case(), r.case()],
    "ck_case_closed_has_exit": lambda r: [r.case(is_open=False)],
    "ck_case_exit_has_method": lambda r: [r.case(is_open=False, exited_at=NOW)],
    "ck_bed_ward": lambda r: [Bed(unit_id=r.station.id, ward="garden", label="花1")],
    "uq_bed_unit_id_label": lambda r: [Bed(unit_id=r.station.id, ward="male", label="男101")],
    "uq_bed_case_id": _two_beds,
    "ck_document_state": lambda r: [r.document(state="lost")],
    "ck_document_one_holder_until_final": lambda r: [
        r.document(holder_desk=None, holder_unit=None, holder_user_id=None)
    ],
    "ck_document_desk_has_unit": lambda r: [r.document(holder_unit=None)],
    "ck_document_person_sits_at_desk": lambda r: [r.document(state="closed", holder_desk=None, holder_unit=None)],
    "ck_document_reviewer_is_not_drafter": lambda r: [r.document(reviewer_id=r.users[0].id)],
    "ck_document_signer_is_not_drafter": lambda r: [r.document(signer_id=r.users[0].id)],
    "ck_document_signer_is_not_reviewer": lambda r: [
        r.document(signer_id=r.users[1].id, reviewer_id=r.users[1].id)
    ],
    "ck_document_sealer_is_not_drafter": lambda r: [r.document(sealer_id=r.users[0].id)],
    "ck_document_sealer_is_not_reviewer": lambda r: [
        r.document(sealer_id=r.users[1].id, reviewer_id=r.users[1].id)
    ],
    "ck_document_sealer_is_not_signer": lambda r: [r.document(sealer_id=r.users[1].id, signer_id=r.users[1].id)],
    "ck_document_not_to_itself": lambda r: [r.document(counterpart=r.bureau)],
    "uq_document_replaces_id": _replaced_twice,
    "uq_letter_document_id": lambda r: _two_letters(r, check_code="BBBBBBBBBBBB"),
    "uq_letter_check_code": lambda r: [r.letter(), r.letter()],
    "uq_letter_sha256": lambda r: [
        r.letter(check_code=code, state="issued", sha256="f" * 64, issued_at=NOW)
        for code in ("AAAAAAAAAAAA", "BBBBBBBBBBBB")
    ],
    "uq_letter_series_id_serial": _same_number,
    "ck_letter_state": lambda r: [r.letter(state="flying")],
    "ck_letter_serial_of_series": lambda r: [r.letter(serial=7)],
    "ck_letter_issued_has_file": lambda r: [r.letter(state="issued")],
    "ck_letter_void_says_why": lambda r: [r.letter(state="void", voided_at=NOW, void_reason="")],
    "uq_number_series_unit_id_year_code": lambda r: [
        NumberSeries(unit_id=r.bureau.id, code="平民函", year=2026) for _ in "ab"
    ],
    "ck_number_series_counts_up": lambda r: [NumberSeries(unit_id=r.bureau.id, code="平民函", year=2026, last=-1)],
    "ck_printing_copy_from_one": lambda r: [_printing(r, copy_no=0)],
    "ck_printing_reprint_says_why": lambda r: [_printing(r, copy_no=2)],
    "uq_printing_letter_id_copy_no": _same_copy,
    "ck_attachment_allowed_type": lambda r: [r.attachment(mime="text/html")],
    "ck_attachment_at_most_20_mb": lambda r: [r.attachment(size=20 * 1024 * 1024 + 1)],
    "ck_clock_ends_once": lambda r: [r.clock(done_at=NOW, cancelled_at=NOW)],
    "ck_rate_limit_counts_up": lambda r: [RateLimit(key="k", window_at=NOW, count=0)],
    "uq_task_case_id_paper_opened_by_id": _same_task,
    "uq_contractor_uscc": lambda r: [r.contractor(), r.contractor()],
    "ck_contractor_state": lambda r: [r.contractor(state="famous")],
    "ck_contractor_beds_not_negative": lambda r: [r.contractor(beds=-1)],
    "ck_contractor_price_not_negative": lambda r: [r.contractor(price_month=-1)],
    "uq_contractor_term_contractor_id_region_code": _same_term,
    "ck_contractor_term_quota_not_negative": lambda r: [r.term(quota=-1)],
    "ck_contractor_term_price_not_negative": lambda r: [r.term(price_month=-1)],
    "ck_contractor_term_valid_range": lambda r: [r.term(valid_from=date(2028, 1, 1))],
    "ck_contractor_term_agreed_range": lambda r: [r.term(agreed_from=date(2026, 8, 1))],
    "ck_placement_ends_after_start": lambda r: [r.placement(ends_on=date(2026, 10, 12))],
    "uq_campaign_region_code_name": lambda r: [r.campaign(), r.campaign()],
    "ck_campaign_dates_in_order": lambda r: [r.campaign(clearing_due=date(2026, 11, 29))],
    "uq_resident_id_number": lambda r: [r.resident(id_number="440524188001010014") for _ in "ab"],
    "ck_resident_closed_says_why": lambda r: [r.resident(closed_on=date(2026, 10, 13))],
    "uq_finding_number": lambda r: [r.finding(), r.finding()],
    "ck_finding_source": lambda r: [r.finding(source="rumour")],
    "ck_finding_result": lambda r: [r.finding(result="perhaps")],
    "ck_finding_cleared_by_somebody": lambda r: _cleared(r, cleared_by_id=None),
    "ck_finding_cleared_has_result": lambda r: _cleared(r, result="open"),
    "ck_finding_clearer_is_not_owner": lambda r: _cleared(r, reported_by_id=r.users[1].id),
    "ck_finding_rectified_is_proved": lambda r: _cleared(r, result="rectified"),
}


def test_a_person_is_with_one_contractor_at_a_time(session: Session) -> None:
    def store() -> None:
        session.add_all(_placed_twice(Rows(session)))
        session.flush()

    with pytest.raises(IntegrityError):
        store()
    session.rollback()


def test_the_rows_that_are_spoilt_are_sound_when_left_alone(session: Session) -> None:
    rows = Rows(session)
    session.add_all(
        [
            rows.case(),
            rows.document(),
            rows.letter(),
            rows.attachment(),
            rows.clock(),
            rows.placement(case=rows.case(case_no="522727-2026-9002")),
            rows.campaign(),
            rows.resident(),
            *_cleared(rows),
            _printing(rows, letter=rows.letter(check_code="ZZZZZZZZZZZZ")),
        ]
    )
    session.add_all([_delegation(rows), IncomingSeries(unit_id=rows.bureau.id, year=2026)])
    session.flush()
    session.rollback()


@pytest.mark.parametrize("name", SPOILT)
def test_the_database_refuses_what_the_constraint_names(session: Session, name: str) -> None:
    def store() -> None:
        session.add_all(SPOILT[name](Rows(session)))
        session.flush()

    with pytest.raises(IntegrityError) as refusal:
        store()
    session.rollback()
    told = str(refusal.value.orig)
    columns = {
        c.name: [column.name for column in c.columns]
        for t in Base.metadata.tables.values()
        for c in t.constraints
        if c.name
    }
    # SQLite names the columns of a UNIQUE constraint instead of the constraint.
    assert name in told or all(column in told for column in columns[name]), told


#: Random public ids and hashes: two rows cannot share one by any act of a person.
OWN_KEYS = {
    "uq_event_hash", "uq_case_uuid", "uq_document_uuid", "uq_letter_uuid", "uq_attachment_uuid", "uq_contractor_uuid",
    "uq_campaign_uuid", "uq_resident_uuid", "uq_finding_uuid",
}  # fmt: skip


def test_every_named_constraint_has_its_proof() -> None:
    named = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, (CheckConstraint, UniqueConstraint)) and constraint.name
    }
    assert named - OWN_KEYS == set(SPOILT)


def test_a_late_moment_is_still_a_moment(session: Session) -> None:
    """Instants come back aware and in UTC, whatever zone they were given in."""
    rows = Rows(session)
    case = rows.case(admitted_at=NOW.astimezone() + timedelta(minutes=1))
    session.add(case)
    session.flush()
    session.expire(case)
    assert case.admitted_at == NOW + timedelta(minutes=1)
    session.rollback()
