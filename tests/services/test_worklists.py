"""Lists of the first page: limits, desks, and the one next act."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from forms.catalog import PAPERS
from forms.kit.chains import Act
from forms.kit.workdays import SHANGHAI
from portal import clock
from portal.models import Document
from portal.services import worklists
from portal.services.access import Viewer
from portal.services.worklists import Listing
from tests import casework

ViewerOf = Callable[[str], Viewer]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def listed(session: Session, viewer: Viewer, listing: Listing) -> int:
    rows = worklists.page(session, viewer, listing).rows
    assert worklists.counts(session, viewer)[listing] == len(rows)
    return len(rows)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-09 09:00", (0, 0)),  # 10月10日、12日、13日：还剩3个工作日
        ("2026-10-10 09:00", (1, 0)),  # 调休上班的星期六
        ("2026-10-13 23:59", (1, 0)),
        ("2026-10-14 00:00", (0, 1)),
    ],
)
def test_a_limit_is_near_with_two_working_days_left_and_late_after_midnight(
    session: Session, viewer_of: ViewerOf, now: str, expected: tuple[int, int]
) -> None:
    casework.make_case(session, admitted_at=at("2026-09-28 18:30"), limits=("dna_request_due",))
    viewer = viewer_of("pingtang.clerk.1")
    with clock.pinned(at(now)):
        found = listed(session, viewer, Listing.DUE), listed(session, viewer, Listing.OVERDUE)
    assert found == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-29 14:29", (0, 0)),
        ("2026-09-29 14:30", (1, 0)),
        ("2026-09-29 18:29", (1, 0)),
        ("2026-09-29 18:31", (0, 1)),
    ],
)
def test_a_limit_by_the_hour_is_near_with_four_hours_left(
    session: Session, viewer_of: ViewerOf, now: str, expected: tuple[int, int]
) -> None:
    casework.make_case(session, admitted_at=at("2026-09-28 18:30"), limits=("tracing_notice_due",))
    viewer = viewer_of("pingtang.clerk.1")
    with clock.pinned(at(now)):
        found = listed(session, viewer, Listing.DUE), listed(session, viewer, Listing.OVERDUE)
    assert found == expected


def waiting(session: Session, step: str, desk: str, state: str, **columns: object) -> Document:
    bureau = casework.unit(session, "522727-bureau")
    return casework.make_paper(session, casework.make_case(session), state=state, step=step, holder_unit_id=bureau.id,
                               holder_desk=desk, holder_user_id=None, **columns)  # fmt: skip


@pytest.mark.parametrize(
    ("step", "desk", "state", "who", "act"),
    [
        ("review", "reviewer", "in_review", "pingtang.reviewer.1", Act.AGREE),
        ("sign", "signer", "to_sign", "pingtang.signer.1", Act.SIGN),
        ("sign", "signer", "to_sign", "pingtang.principal.1", Act.SIGN),
        ("seal", "seal", "signed", "pingtang.seal.1", Act.NUMBER),
        ("send", "seal", "sealed", "pingtang.seal.2", Act.SEND),
        ("send", "seal", "numbered", "pingtang.seal.2", None),
        ("review", "reviewer", "in_review", "pingtang.signer.1", None),
        ("review", "reviewer", "in_review", "fuquan.reviewer.1", None),
    ],
)
def test_whoever_sits_at_the_desk_has_the_next_act(
    session: Session, viewer_of: ViewerOf, step: str, desk: str, state: str, who: str, act: Act | None
) -> None:
    document = waiting(session, step, desk, state)
    viewer = viewer_of(who)
    assert worklists.next_act(viewer, document) is act
    assert listed(session, viewer, Listing.TODO) == (act is not None or state == "numbered")


def test_nobody_has_an_act_on_a_paper_they_took_part_in(session: Session, viewer_of: ViewerOf) -> None:
    reviewer = casework.user(session, "pingtang.reviewer.1")
    document = waiting(
        session,
        "seal",
        "seal",
        "signed",
        drafter=casework.user(session, "pingtang.seal.1"),
        reviewer_id=reviewer.id,
    )
    assert listed(session, viewer_of("pingtang.seal.1"), Listing.TODO) == 0
    assert worklists.next_act(viewer_of("pingtang.seal.1"), document) is None
    assert listed(session, viewer_of("pingtang.seal.2"), Listing.TODO) == 1


def test_a_request_in_process_is_to_be_answered(session: Session, viewer_of: ViewerOf) -> None:
    station = casework.unit(session, "522700-station")
    casework.make_paper(session, casework.make_case(session), state="in_process", step="answer", counterpart_id=station.id,
                        holder_unit_id=station.id, holder_user_id=None, sent_at=casework.ago(hours=1))  # fmt: skip
    (item,) = worklists.page(session, viewer_of("station.clerk.1"), Listing.TODO).rows
    assert item.next_word == ("答复" if PAPERS["transfer_request"].answered_by else "办结")


def test_a_paper_is_shown_with_the_limit_it_is_to_meet(session: Session, viewer_of: ViewerOf) -> None:
    case = casework.make_case(session, limits=("dna_request_due", "lifelong_tracing_due"))
    casework.make_paper(session, case, "dna_request")
    casework.make_paper(session, case, "transfer_request")
    items = worklists.page(session, viewer_of("pingtang.clerk.1"), Listing.TODO).rows
    clocks = {item.document.paper: item.clock and item.clock.limit.code for item in items}
    assert clocks == {"dna_request": "dna_request_due", "transfer_request": None}


def test_counts_stop_at_a_hundred(session: Session, viewer_of: ViewerOf) -> None:
    case = casework.make_case(session)
    for number in range(worklists.MOST_COUNTED + 5):
        casework.make_paper(session, case, title=str(number))
    assert worklists.counts(session, viewer_of("pingtang.clerk.1"))[Listing.MINE] == worklists.MOST_COUNTED + 1
