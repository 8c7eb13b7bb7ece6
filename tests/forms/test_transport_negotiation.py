"""P-16 协商处置记录: who brings a person when the county cannot (R-27)."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Problem
from forms.transport_negotiation import TransportNegotiation
from pdf.render import render
from tests.forms.sample import MAN, doc, facts
from tests.forms.test_transfer_reply import COUNTY, asked
from tests.forms.test_transfer_request import INTAKE, MOTHER
from tests.forms.test_transfer_request import SAMPLE as ASKED

SAMPLE: dict[str, Any] = {
    "difficulty": ["vehicle", "road"],
    "discussion": "10月13日上午双方电话协商，县道塌方，县局救助车辆不能通行，商定由州站派越野车接回。",
    "escort_by": "joint",
    "escort_staff": [
        {"name": "王建国", "sex": "男", "post": "平塘县救助管理站站员"},
        {"name": "吴明海", "sex": "男", "post": "黔南州救助管理站业务科"},
    ],
    "vehicle_by": "station",
    "vehicle_no": "贵JB5678",
    "depart_at": "2026-10-15T08:30",
    "depart_place": "平塘县通州镇政府",
    "cost_by": "county",
    "safety": "备常用急救药品，途中由王建国专人看护，沿途联系平塘县人民医院。",
    "county_contact": "陈晓云",
    "county_phone": "0854-7222222",
    "station_contact": "吴明海",
    "station_phone": "0854-8222222",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    request = asked(answers={**ASKED, "escort_by": "negotiated"})
    first: dict[str, Any] = {"person": MAN, "county": COUNTY, "papers": {"transfer_request": [request]}}
    return facts(issuer, **{**first, **changes})


def found(answers: dict[str, Any], about: Facts) -> list[Problem]:
    return TransportNegotiation.read(answers, about).problems(about)


def marks(answers: dict[str, Any], about: Facts) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in found(answers, about)]


def test_a_complete_record_stands() -> None:
    assert found(SAMPLE, known()) == []


@pytest.mark.parametrize(
    ("issuer", "other"), [("522727-bureau", "黔南州救助管理站"), ("522700-station", "平塘县民政局")]
)
def test_either_side_may_write_it_and_the_other_confirms(issuer: str, other: str) -> None:
    about = known(issuer)
    assert found(SAMPLE, about) == []
    assert TransportNegotiation.read(SAMPLE, about).to_unit.printed == other


def test_it_follows_a_request() -> None:
    (problem,) = found(SAMPLE, known(papers={}))
    assert (problem.rule, problem.remedy_paper) == ("R-27", "transfer_request")
    draft = doc("transfer_request", "draft")
    assert marks(SAMPLE, known(papers={"transfer_request": [draft]})) == [("R-27", "request_no")]


def test_nobody_already_at_the_station_is_negotiated_about() -> None:
    papers = {"transfer_request": [asked()], "emergency_intake": [INTAKE]}
    assert marks(SAMPLE, known(papers=papers)) == [("R-27", "request_no")]


def test_it_brings_the_countys_contact_along() -> None:
    assert TransportNegotiation.prefill(known()) == {"county_contact": "陈晓云", "county_phone": "0854-7222222"}


def test_two_escort_and_a_woman_goes_with_a_woman() -> None:
    assert marks({**SAMPLE, "escort_staff": SAMPLE["escort_staff"][:1]}, known()) == [("R-27", "escort_staff")]
    assert marks(SAMPLE, known(person=MOTHER)) == [("R-27", "escort_staff")]


@pytest.mark.parametrize(
    ("at", "ok"),
    [
        ("2026-10-12T23:00", False),
        ("2026-10-13T08:00", True),
        ("2026-10-28T20:00", True),
        ("2026-10-29T08:00", False),
    ],
)
def test_they_leave_soon(at: str, ok: bool) -> None:
    assert (marks({**SAMPLE, "depart_at": at}, known()) == []) is ok


def test_shared_costs_and_other_difficulties_are_described() -> None:
    answers = {**SAMPLE, "cost_by": "shared", "difficulty": ["other"]}
    assert [field for _, field in marks(answers, known())] == ["difficulty_other", "cost_note"]


def test_persons_of_the_prefecture_are_not_transferred() -> None:
    assert ("R-35", "to_unit") in marks(SAMPLE, known(person=replace(MAN, region_code="522700")))


def test_the_sheet_has_room_for_both_heads_in_the_same_places() -> None:
    for issuer, names in (("522727-bureau", ["韦东", "龙江"]), ("522700-station", ["龙江", "韦东"])):
        about = known(issuer)
        stamp = Stamp(names={"draft": "陈晓云", "own": names[0], "other": names[1]})
        face = TransportNegotiation.read(SAMPLE, about).face(about, stamp)
        assert [(box["label"], box["name"]) for box in face["blocks"][-1]["boxes"]] == [
            ("县（市）民政局负责人", "韦东"),
            ("州救助管理站负责人", "龙江"),
        ]
        assert face["copies"] == "一式两份（县、站）"
        assert render(face).pages <= 2
