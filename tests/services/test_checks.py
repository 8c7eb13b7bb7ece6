"""What the public check answers."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.models import Document, Letter
from portal.services import checks
from portal.services.checks import Answer
from tests import casework

CODE = "ABCDEFGHJKLM"


def letter(session: Session, paper: str = "transfer_request", **columns: Any) -> Document:
    """Enter one issued letter of 平塘县民政局 under CODE."""
    state = columns.pop("document_state", "sent")
    held = {} if state != "closed" else {"holder_unit_id": None, "holder_desk": None, "holder_user_id": None}
    document = casework.make_paper(session, casework.make_case(session), paper, state=state, step="receive",
                                   signed_on=date(2026, 3, 5), doc_no="平民函〔2026〕7号", **held)  # fmt: skip
    with transaction(session):
        first: dict[str, Any] = {"state": "issued", "sha256": "a" * 64, "issued_at": casework.ago(hours=1)}
        session.add(
            Letter(
                document_id=document.id,
                doc_no=document.doc_no,
                check_code=CODE,
                content={},
                numbered_at=casework.ago(hours=2),
                numbered_by_id=document.drafter_id,
                **{**first, **columns},
            )
        )
    return document


VOID = {"state": "void", "voided_at": casework.ago(minutes=1), "void_reason": "文号用错"}


def test_a_standing_letter_is_valid_with_issuer_kind_number_and_date(session: Session) -> None:
    letter(session)
    found = checks.by_code(session, CODE)
    assert (found.answer, found.issuer, found.genre, found.doc_no, found.signed_on) == (
        Answer.VALID, "平塘县民政局", "函", "平民函〔2026〕7号", date(2026, 3, 5),
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["abcdefghjklm", "ABCD-EFGH-JKLM", " ABCD EFGH JKLM "])
def test_spaces_hyphens_and_case_do_not_matter(session: Session, typed: str) -> None:
    letter(session)
    assert checks.by_code(session, typed).answer is Answer.VALID


def test_a_void_letter_names_the_one_that_took_its_place(session: Session) -> None:
    document = letter(session, **VOID)
    assert checks.by_code(session, CODE).answer is Answer.VOID
    follower = casework.make_paper(session, None, title="重发", replaces_id=document.id)
    assert checks.by_code(session, CODE).answer is Answer.VOID
    with transaction(session):
        session.get_one(Document, follower.id).doc_no = "平民函〔2026〕8号"
    found = checks.by_code(session, CODE)
    assert (found.answer, found.replaced_by) == (Answer.REPLACED, "平民函〔2026〕8号")


def test_a_recalled_notice_says_so(session: Session) -> None:
    letter(session, "tracing_notice", document_state="closed")
    assert checks.by_code(session, CODE).answer is Answer.RECALLED


def test_a_letter_whose_file_is_not_made_yet_is_unknown(session: Session) -> None:
    letter(session, state="pending", sha256=None, issued_at=None)
    assert checks.by_code(session, CODE).answer is Answer.UNKNOWN


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"\x00" * 100])
def test_whatever_is_uploaded_there_is_an_answer(session: Session, tmp_path: Path, data: bytes) -> None:
    assert checks.by_file(session, data, tmp_path).answer is Answer.UNKNOWN


def test_the_answer_holds_nothing_personal(session: Session) -> None:
    document = letter(session)
    found = repr(checks.by_code(session, CODE))
    assert document.title not in found
    assert "河滨" not in found
