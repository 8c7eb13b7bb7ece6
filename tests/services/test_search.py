"""What a person is found by, and that the index follows the person."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.models import Case, Letter, NumberSeries
from portal.services import cases, search
from portal.services.access import Viewer
from tests import casework

ViewerOf = Callable[[str], Viewer]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张守田", {"zst"}),
        ("单志远", {"dzy", "szy", "czy"}),
        ("覃小妹", {"qxm", "txm", "yxm"}),
        ("区明", {"qm", "om"}),
        ("", {""}),
    ],
)
def test_initials_are_those_of_every_usual_reading(name: str, initials: set[str]) -> None:
    assert search.initials(name) == initials


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("张守田", {"张守", "守田"}),
        ("蒙阿依·巴合提", {"蒙阿", "阿依", "依巴", "巴合", "合提"}),
        ("张", {"张"}),
        ("ZsT", {"zs", "st"}),
        ("", set()),
    ],
)
def test_a_name_is_kept_as_its_pairs_of_characters(text: str, pairs: set[str]) -> None:
    assert search.pairs(text) == pairs


def found(session: Session, viewer: Viewer, text: str) -> list[str]:
    return [case.display_name for case in search.find(session, viewer, text).cases]


def test_the_index_follows_a_name_that_is_corrected(session: Session, viewer_of: ViewerOf) -> None:
    case = casework.make_case(session, alias="河滨路男")
    viewer = viewer_of("pingtang.clerk.1")
    with transaction(session):
        cases.correct(session, session.get_one(Case, case.id), {"alias": "文化路男"})
    assert found(session, viewer, "文化") == ["文化路男"]
    assert found(session, viewer, "河滨") == []


def test_whoever_a_person_is_moved_to_finds_them(session: Session, viewer_of: ViewerOf) -> None:
    case = casework.make_case(session)
    viewer = viewer_of("station.clerk.1")
    assert found(session, viewer, "河滨") == []
    with transaction(session):
        station = casework.unit(session, "522700-station")
        cases.move(session, session.get_one(Case, case.id), station, at=casework.ago(hours=1), actor_id=None)
    assert found(session, viewer, "河滨") == ["河滨路男"]
    assert found(session, viewer_of("pingtang.clerk.1"), "河滨") == ["河滨路男"]


def test_a_paper_is_found_by_its_bare_number_in_ones_own_series(session: Session, viewer_of: ViewerOf) -> None:
    document = casework.make_paper(session, casework.make_case(session), doc_no="平民函〔2026〕7号")
    with transaction(session):
        series = NumberSeries(unit_id=document.issuer_id, code="平民函", year=2026, last=7)
        letter = Letter(document_id=document.id, series=series, serial=7, doc_no="平民函〔2026〕7号", check_code="ABCDEFGHJKLM",
                        state="pending", content={}, numbered_at=casework.ago(hours=1), numbered_by_id=document.drafter_id)  # fmt: skip
        session.add(letter)
    for text in ("〔2026〕7号", "[2026]7"):
        assert [paper.id for paper in search.find(session, viewer_of("pingtang.clerk.1"), text).documents] == [
            document.id
        ]
        assert search.find(session, viewer_of("fuquan.clerk.1"), text).documents == []


def test_more_than_a_page_says_so(session: Session, viewer_of: ViewerOf) -> None:
    for number in range(search.PAGE + 1):
        casework.make_case(session, alias=f"河滨路男{number}")
    result = search.find(session, viewer_of("pingtang.clerk.1"), "河滨")
    assert len(result.cases) == search.PAGE
    assert result.more


@pytest.mark.parametrize("text", ["%", "__", "' OR 1=1 --", "〔〕", "\U0010ffff\U0010ffff", "·"])
def test_odd_words_find_nothing_and_break_nothing(session: Session, viewer_of: ViewerOf, text: str) -> None:
    casework.make_case(session)
    result = search.find(session, viewer_of("pingtang.clerk.1"), text)
    assert (list(result.cases), list(result.documents)) == ([], [])
