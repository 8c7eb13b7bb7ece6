"""One institution, two counties: each has its own number, validity and agreement; the beds are those of the house."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.errors import Invalid
from portal.models import Case, Contractor, Document
from portal.services import contractors, ledgers
from portal.services.access import Viewer
from portal.services.files import FileStore
from portal.services.ledgerlines import Wanted
from portal.services.letters import Works
from tests.forms.sample import moment
from tests.services.offices import Offices
from tests.services.test_custody_chain import agree, filed, inspect, person, place, term_of

PINGTANG, FUQUAN = "522727", "522702"


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    works = Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True)
    return Offices(session, viewer_of, works)


def shared(offices: Offices, **changes: Any) -> Contractor:
    """The home of 平塘县 for one person of that county until 2028, and for two of 福泉市 until the end of 2026."""
    home = filed(offices, **changes)
    again = filed(offices, "fuquan", quota="2", term_to="2026-12-31", price_month="2700", **changes)
    assert again.id == home.id
    agree(
        offices, home, "2026-10-14", valid_from="2026-10-14", valid_to="2027-10-13", beds="1", price_month="2600"
    )
    agree(offices, home, "2026-10-15", "fuquan", valid_from="2026-10-15", valid_to="2026-12-31", beds="2",
          price_month="2650")  # fmt: skip
    return home


def of_fuquan(session: Session, alias: str) -> Case:
    return person(session, alias, region=FUQUAN)


def refused(offices: Offices, *placed: Any, **more: Any) -> list[str]:
    """Say why a placement is refused."""
    with pytest.raises(Invalid) as found:
        place(offices, *placed, **more)
    offices.session.rollback()
    return [problem.sentence for problem in found.value.problems]


def test_each_county_has_its_own_number_validity_and_agreement(offices: Offices, session: Session) -> None:
    home = shared(offices)
    session.refresh(home)
    ours, theirs = term_of(home, PINGTANG), term_of(home, FUQUAN)
    assert (ours.quota, ours.valid_to, ours.agreed_to) == (1, date(2028, 10, 31), date(2027, 10, 13))
    assert (theirs.quota, theirs.valid_to, theirs.agreed_to) == (2, date(2026, 12, 31), date(2026, 12, 31))
    assert (ours.price_month, theirs.price_month) == (260000, 265000)  # as each agreed for itself
    assert ours.approval_no != theirs.approval_no
    assert (home.region_code, home.quota, home.price_month) == (
        PINGTANG,
        3,
        260000,
    )  # the record of the first stays


def test_a_county_that_is_full_does_not_stop_the_other(offices: Offices, session: Session) -> None:
    home = shared(offices)
    place(offices, person(session, "河滨路男"), home, "2026-10-16")
    assert refused(offices, person(session, "客运站男"), home, "2026-10-19") == [
        "核定本县（市）1人，已托养1人，没有名额"
    ]
    place(offices, of_fuquan(session, "洒金桥男"), home, "2026-10-19", "fuquan")
    place(offices, of_fuquan(session, "双谷男"), home, "2026-10-19", "fuquan")
    assert refused(offices, of_fuquan(session, "藜山男"), home, "2026-10-20", "fuquan") == [
        "核定本县（市）2人，已托养2人，没有名额"
    ]


def test_the_beds_of_the_house_hold_for_all_counties_together(offices: Offices, session: Session) -> None:
    home = shared(offices, beds="2", staff="2", carers="1", medics="1")
    place(offices, of_fuquan(session, "洒金桥男"), home, "2026-10-16", "fuquan")
    place(offices, of_fuquan(session, "双谷男"), home, "2026-10-16", "fuquan")
    assert refused(offices, person(session, "河滨路男"), home, "2026-10-19") == [
        "平塘县社会福利院核定床位2张，各县（市）已托养2人，没有床位"
    ]


def test_the_end_of_one_countys_validity_leaves_the_others(offices: Offices, session: Session) -> None:
    home = shared(offices)
    (validity, agreement) = refused(offices, of_fuquan(session, "洒金桥男"), home, "2027-01-04", "fuquan")
    assert validity.startswith("批复（备案）有效期至2026年12月31日")
    assert agreement.startswith("托养服务协议的期限为2026年10月15日至2026年12月31日")
    place(offices, person(session, "河滨路男"), home, "2027-01-04")


def test_a_county_without_an_agreement_places_nobody_under_the_others(offices: Offices, session: Session) -> None:
    home = filed(offices)
    filed(offices, "fuquan")
    agree(
        offices, home, "2026-10-14", valid_from="2026-10-14", valid_to="2027-10-13", beds="1", price_month="2600"
    )
    (missing,) = refused(offices, of_fuquan(session, "洒金桥男"), home, "2026-10-16", "fuquan")
    assert missing == "与平塘县社会福利院的托养服务协议还没有登记，不能托养"


def test_a_void_filing_takes_the_home_from_its_county_alone(offices: Offices, session: Session) -> None:
    home = shared(offices)
    papers = session.scalars(select(Document).where(Document.paper == "contractor_public_filing")).all()
    theirs = next(paper for paper in papers if paper.issuer.region_code == FUQUAN)
    offices.act("2026-10-20 09:00", "fuquan.signer.2", theirs, Act.VOID, opinion="机构名称有误")
    session.refresh(home)
    assert (home.state, [term.region_code for term in home.terms]) == ("effective", [PINGTANG])


def test_the_page_shows_county_by_county_and_warns_those_concerned(offices: Offices, session: Session) -> None:
    home = shared(offices)
    place(offices, person(session, "河滨路男"), home, "2026-10-16")
    expected = {
        "pingtang.clerk.1": ["平塘县民政局：已满额：核定1人"],
        "fuquan.clerk.1": [
            "福泉市民政局：批复（备案）有效期将于2026-12-31到期",
            "福泉市民政局：托养服务协议将于2026-12-31到期",
        ],
    }
    with clock.pinned(moment("2026-11-20 09:00")):
        for who, words in expected.items():
            page = contractors.load(session, offices.viewer_of(who), home)
            assert [(share.county, share.placed, share.free) for share in page.shares] == [
                ("福泉市民政局", 0, 2), ("平塘县民政局", 1, 0),
            ]  # fmt: skip
            assert [each.words for each in page.warnings if "证照" not in each.words] == words
            (row,) = contractors.listing(session, offices.viewer_of(who))
            assert (row.placed, row.quota) == ((1, 1) if who.startswith("pingtang") else (0, 2))
        (whole,) = contractors.listing(session, offices.viewer_of("prefecture.clerk.1"))
        assert (whole.placed, whole.quota, whole.valid_to) == (1, 3, date(2026, 12, 31))
        renews = contractors.load(session, offices.viewer_of("fuquan.clerk.1"), home).file.offers
        assert "contractor_public_filing" in renews
        keeps = contractors.load(session, offices.viewer_of("pingtang.clerk.1"), home).file.offers
        assert "contractor_public_filing" not in keeps


def test_each_county_has_a_chain_of_its_own_drawn(offices: Offices, session: Session) -> None:
    home = filed(offices)
    filed(offices, "fuquan")
    agree(
        offices, home, "2026-10-14", valid_from="2026-10-14", valid_to="2027-10-13", beds="1", price_month="2600"
    )

    def drawn(who: str) -> dict[str, list[str]]:
        found = contractors.load(session, offices.viewer_of(who), home).file.trails
        return {trail.side: [station.state for station in trail.stations] for trail in found}

    with clock.pinned(moment("2026-10-15 09:00")):
        ours, theirs = {"平塘县民政局": ["done", "here"]}, {"福泉市民政局": ["done", "next"]}
        assert drawn("pingtang.clerk.1") == ours
        assert drawn("fuquan.clerk.1") == theirs
        assert drawn("prefecture.clerk.1") == ours | theirs


def test_the_directory_has_a_line_for_each_county(offices: Offices, session: Session) -> None:
    shared(offices)
    directory = ledgers.find("contractors")

    def shown(who: str) -> list[tuple[str, str]]:
        lines = ledgers.lines(session, offices.viewer_of(who), directory, Wanted())
        told = [{column.head: str(column.cell(row)) for column in directory.columns} for row in lines]
        return [(row["使用单位"], row["核定人数"]) for row in told]

    assert shown("prefecture.clerk.1") == [("福泉市民政局", "2"), ("平塘县民政局", "1")]
    assert shown("fuquan.clerk.1") == [("福泉市民政局", "2")]


def test_each_county_owes_its_own_visits(offices: Offices, session: Session) -> None:
    home = shared(offices)
    man, other = person(session, "河滨路男"), of_fuquan(session, "洒金桥男")
    place(offices, man, home, "2026-10-16")
    place(offices, other, home, "2026-10-16", "fuquan")
    inspect(offices, home, "2026-10-28", [man])
    rows = offices.clocks("custody_inspection_due", contractor_id=home.id)
    assert {row.owner.code: row.done_at is not None for row in rows} == {
        "522727-bureau": True,
        "522702-bureau": False,
    }
    with clock.pinned(moment("2026-11-20 09:00")):
        for who, late in (("pingtang", 0), ("fuquan", 1), ("prefecture", 1)):
            page = contractors.load(session, offices.viewer_of(f"{who}.clerk.1"), home)
            own = [line for line in page.file.own if line.limit.code == "custody_inspection_due"]
            assert len(own) == late, who
    quarters = offices.clocks("bureau_inspection_due", contractor_id=home.id)
    assert {row.owner.code for row in quarters} == {"522727-bureau", "522702-bureau"}


def test_a_county_keeps_seeing_a_home_whose_record_another_made(offices: Offices, session: Session) -> None:
    home = shared(offices)
    seen = {who: [row.contractor.id for row in contractors.listing(session, offices.viewer_of(f"{who}.clerk.1"))]
            for who in ("pingtang", "fuquan")}  # fmt: skip
    assert seen == {"pingtang": [home.id], "fuquan": [home.id]}
