"""Batches at the seal desk and the copies that are printed."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forms.kit.chains import Act, State
from portal.db import transaction
from portal.errors import Forbidden, Invalid
from portal.models import Document
from portal.services import batches, letters, printing
from portal.services.access import Viewer
from portal.services.letters import Works
from portal.workshop import works_of
from tests import papers

ViewerOf = Callable[[str], Viewer]


@pytest.fixture
def works(app: Flask) -> Works:
    return works_of(app.extensions["settings"])


def signed(session: Session, works: Works) -> Document:
    document = papers.draft(session, papers.admit(session))
    for who, act in (
        ("pingtang.clerk.1", Act.SUBMIT),
        ("pingtang.reviewer.1", Act.AGREE),
        ("pingtang.signer.1", Act.SIGN),
    ):
        papers.act(session, who, document, act, works)
    return document


def number(
    session: Session, viewer: Viewer, documents: list[Document], works: Works, key: str = ""
) -> batches.BatchOutcome:
    session.rollback()
    uuids = [document.uuid for document in documents]
    session.rollback()
    return batches.act_on_many(session, viewer, Act.NUMBER, uuids, key or str(uuid4()), works)


def test_one_that_fails_does_not_hold_up_the_others(session: Session, viewer_of: ViewerOf, works: Works) -> None:
    first, drafted, last = (
        signed(session, works),
        papers.draft(session, papers.admit(session)),
        signed(session, works),
    )
    outcome = number(session, viewer_of("pingtang.seal.1"), [first, drafted, last], works)
    assert [document.id for document in outcome.done] == [first.id, last.id]
    assert len(outcome.letter_ids) == 2
    (skipped,) = outcome.skipped
    assert skipped.title == drafted.title
    assert "编号用印" in skipped.reason


def test_the_same_click_again_numbers_nothing_new(session: Session, viewer_of: ViewerOf, works: Works) -> None:
    document, viewer = signed(session, works), viewer_of("pingtang.seal.1")
    assert number(session, viewer, [document], works, "click").letter_ids
    again = number(session, viewer, [document], works, "click")
    assert again.letter_ids == []
    assert again.skipped == []


def test_more_than_two_hundred_are_refused_before_anything_is_done(
    session: Session, viewer_of: ViewerOf, works: Works
) -> None:
    uuids = [uuid4() for _ in range(batches.MOST_AT_ONCE + 1)]
    with pytest.raises(Invalid, match="一次最多办理200件"):
        batches.act_on_many(session, viewer_of("pingtang.seal.1"), Act.NUMBER, uuids, "click", works)


def test_a_paper_that_is_not_there_is_skipped_like_a_foreign_one(
    session: Session, viewer_of: ViewerOf, works: Works
) -> None:
    document = signed(session, works)
    foreign = number(session, viewer_of("fuquan.seal.1"), [document], works).skipped[0]
    absent = batches.act_on_many(session, viewer_of("fuquan.seal.1"), Act.NUMBER, [uuid4()], "x", works).skipped[0]
    assert foreign.reason == absent.reason
    assert document.title not in foreign.title


def sealed(session: Session, viewer_of: ViewerOf, works: Works) -> Document:
    document = signed(session, works)
    for letter_id in number(session, viewer_of("pingtang.seal.1"), [document], works).letter_ids:
        letters.issue(session, letter_id, works)
    return document


def test_copies_count_up_and_a_reprint_needs_its_reason(
    session: Session, viewer_of: ViewerOf, works: Works
) -> None:
    document, viewer = sealed(session, viewer_of, works), viewer_of("pingtang.seal.1")
    with transaction(session):
        printing.print_letters(session, viewer, [document.uuid], works)
    with pytest.raises(Invalid, match="重印须写明理由"), transaction(session):
        printing.print_letters(session, viewer, [document.uuid], works, reason="坏了")
    with transaction(session):
        printing.print_letters(session, viewer, [document.uuid], works, reason="首份卡纸损坏")
    assert printing.copies(session, [document]) == {document.id: 2}


def test_a_letter_being_made_or_void_is_not_printed(session: Session, viewer_of: ViewerOf, works: Works) -> None:
    making, viewer = signed(session, works), viewer_of("pingtang.seal.1")
    number(session, viewer, [making], works)
    assert [letter.document_id for letter in printing.being_made(session, viewer)] == [making.id]
    with pytest.raises(Invalid, match="正在生成"), transaction(session):
        printing.print_letters(session, viewer, [making.uuid], works)
    void = sealed(session, viewer_of, works)
    papers.act(session, "pingtang.signer.1", void, Act.VOID, works, opinion="文号用错，作废重发")
    with pytest.raises(Invalid, match="已作废"), transaction(session):
        printing.print_letters(session, viewer, [void.uuid], works)


def test_only_the_seal_desk_prints_sealed_letters(session: Session, viewer_of: ViewerOf, works: Works) -> None:
    document = sealed(session, viewer_of, works)
    with pytest.raises(Forbidden), transaction(session):
        printing.print_letters(session, viewer_of("pingtang.clerk.1"), [document.uuid], works)


def test_the_desk_lists_what_waits_there(session: Session, viewer_of: ViewerOf, works: Works) -> None:
    document = signed(session, works)
    viewer = viewer_of("pingtang.seal.1")
    assert [row.id for row in printing.waiting(session, viewer, State.SIGNED)] == [document.id]
    assert printing.waiting(session, viewer_of("fuquan.seal.1"), State.SIGNED) == []
    assert printing.waiting(session, viewer_of("pingtang.clerk.1"), State.SIGNED) == []
