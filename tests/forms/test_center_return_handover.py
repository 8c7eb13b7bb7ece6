"""P-17 转出（送回）交接单: how a person leaves the central station, and what is true afterwards."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.center_return_handover import CenterReturnHandover
from forms.kit.chains import Milestone
from forms.kit.effects import BedReleased, PersonMoved, StayEnded, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Problem
from forms.transfer_request import TransferRequest
from pdf.render import render
from tests.forms import test_transfer_request as request
from tests.forms.sample import MAN, ZHANG, doc, facts, moment
from tests.forms.test_transfer_handover import SAMPLE as ARRIVED
from tests.forms.test_transfer_reply import COUNTY
from tests.forms.test_transfer_request import INTAKE, MOTHER

SAMPLE: dict[str, Any] = {
    "left_at": "2026-11-10T10:30",
    "whereto": "county",
    "reason": ["county_ready"],
    "care_summary": "在站期间生活规律，血压平稳，寻亲比对未有结果。",
    "receivers": ARRIVED["escort_staff"],
    "vehicle_no": "贵JA1234",
    "temp_c": "36.5",
    "weight_kg": "63.0",
    "behaviour": "calm",
    "body_check": "未见异常",
    "medication": [{"drug": "无"}],
    "belongings": ARRIVED["belongings"],
    "cash": "120.50",
    "valuables": "无",
    "documents": ["care_record", "records"],
    "duty_confirmed": "yes",
}
RELATIVES = {
    **{name: value for name, value in SAMPLE.items() if name not in {"receivers", "vehicle_no"}},
    "whereto": "relatives",
    "reason": ["identified"],
    "collector_name": "张守地",
    "collector_relation": "胞弟",
    "collector_id": "11010519491231002X",
    "collector_phone": "13885400001",
    "home_address": "贵州省平塘县通州镇",
}
ELSEWHERE = {
    **{name: value for name, value in SAMPLE.items() if name not in {"receivers", "vehicle_no"}},
    "receiving_org": "平塘县社会福利院",
    "receiving_person": "石秀英",
    "home_address": "贵州省平塘县通州镇",
}
SHEET = doc("transfer_handover", answers=ARRIVED)


def known(**changes: Any) -> Facts:
    papers = {"transfer_handover": [SHEET], **changes.pop("papers", {})}
    first: dict[str, Any] = {
        "person": MAN,
        "county": COUNTY,
        "counterpart": COUNTY["county_bureau"],
        "place": "522700-station",
        "now": "2026-11-10 11:00",
    }
    return facts("522700-station", papers=papers, **{**first, **changes})


def found(answers: dict[str, Any], about: Facts) -> list[Problem]:
    return CenterReturnHandover.read(answers, about).problems(about)


def marks(answers: dict[str, Any], about: Facts) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in found(answers, about)]


def effects(answers: dict[str, Any], about: Facts) -> list[Any]:
    return list(CenterReturnHandover.read(answers, about).effects(Milestone.COMPLETED, about))


def test_a_return_to_the_county_stands() -> None:
    assert found(SAMPLE, known()) == []


def test_the_sheet_knows_how_the_person_came() -> None:
    paper = CenterReturnHandover.read(SAMPLE, known())
    assert (paper.arrived_at.printed, paper.care_days.data) == ("2026年10月15日14时20分", "27天")
    first = CenterReturnHandover.prefill(known())
    assert (first["belongings"], first["cash"]) == (ARRIVED["belongings"], "120.50")


def test_only_who_is_at_the_station_leaves_it() -> None:
    (problem,) = found(SAMPLE, known(place="522727-station"))
    assert (problem.rule, problem.remedy_paper) == ("R-28", "transfer_handover")
    turned_away = doc("transfer_handover", answers={**ARRIVED, "result": "refuse"})
    assert ("R-28", "whereto") in marks(SAMPLE, known(papers={"transfer_handover": [turned_away]}))
    gone = replace(doc("center_return_handover"), id=9)
    assert ("R-28", "whereto") in marks(SAMPLE, known(papers={"center_return_handover": [gone]}))


def test_whoever_came_at_night_leaves_by_the_same_sheet() -> None:
    about = known(papers={"transfer_handover": [], "emergency_intake": [INTAKE]})
    assert marks({**SAMPLE, "belongings": [{"item": "无"}]}, about) == []


@pytest.mark.parametrize(
    ("at", "ok"),
    [
        ("2026-10-15T14:19", False),
        ("2026-10-15T14:20", True),
        ("2026-11-10T11:00", True),
        ("2026-11-10T11:01", False),
    ],
)
def test_leaving_lies_between_arrival_and_now(at: str, ok: bool) -> None:
    assert (marks({**SAMPLE, "left_at": at}, known()) == []) is ok


def test_the_county_fetches_with_two_and_a_woman_with_a_woman() -> None:
    assert marks({**SAMPLE, "receivers": SAMPLE["receivers"][:1]}, known()) == [("R-30", "receivers")]
    assert marks({**SAMPLE, "receivers": [SAMPLE["receivers"][0]] * 2}, known(person=MOTHER)) == [
        ("R-30", "receivers")
    ]


def test_missing_things_are_explained() -> None:
    answers = {**SAMPLE, "belongings": [{"item": "布袋", "quantity": "1个"}]}
    assert marks(answers, known()) == [("R-30", "belongings_note")]
    assert found({**answers, "belongings_note": "手机损坏，本人同意丢弃"}, known()) == []


def test_the_county_goes_on_with_its_duties() -> None:
    assert marks({**SAMPLE, "duty_confirmed": "no"}, known()) == [("R-28", "duty_confirmed")]


def test_relatives_show_who_they_are() -> None:
    bare = known(person=ZHANG)
    assert [field for _, field in marks(RELATIVES, bare)] == ["attachment-collector_id_copy"]
    assert found(RELATIVES, known(person=ZHANG, attached=frozenset({"collector_id_copy"}))) == []
    wrong = {**RELATIVES, "collector_id": "110105194912310021"}
    assert ("", "collector_id") in marks(wrong, bare)


@pytest.mark.parametrize("whereto", ["relatives", "escorted"])
def test_nobody_goes_home_unidentified(whereto: str) -> None:
    problems = found(
        {**RELATIVES, **ELSEWHERE, "whereto": whereto}, known(attached=frozenset({"collector_id_copy"}))
    )
    assert ("R-68", "identity_confirmation") in {(p.rule, p.remedy_paper) for p in problems}


@pytest.mark.parametrize(
    ("whereto", "paper"),
    [
        ("escorted", "escort_return_letter"),
        ("placed", "placement_approval"),
        ("settled", "household_registration_result"),
    ],
)
def test_the_paper_before_it_must_be_there(whereto: str, paper: str) -> None:
    answers = {**ELSEWHERE, "whereto": whereto}
    (problem,) = found(answers, known(person=ZHANG))
    assert (problem.rule, problem.remedy_paper) == ("R-64", paper)
    assert found(answers, known(person=ZHANG, papers={paper: [doc(paper)]})) == []


def test_only_minors_go_to_the_child_home_and_none_to_a_contractor() -> None:
    child = replace(MAN, age_min=14, age_max=16)
    answers = {**ELSEWHERE, "whereto": "child_home", "receiving_org": "黔南州儿童福利院"}
    asked = {"minor_transfer_letter": [doc("minor_transfer_letter", sent_at=moment("2026-11-05 10:00"))]}
    assert marks(answers, known(person=child)) == [("R-26", "whereto")]
    assert marks(answers, known(person=child, papers=asked)) == []
    assert marks(answers, known(papers=asked)) == [("R-26", "whereto")]
    placed = {"placement_approval": [doc("placement_approval")]}
    assert marks({**ELSEWHERE, "whereto": "placed"}, known(person=child, papers=placed)) == [("R-26", "whereto")]


# ---- effects ---------------------------------------------------------------------------------------------------

AT = moment("2026-11-10 10:30")


@pytest.mark.parametrize("whereto", ["county", "placed"])
def test_the_case_goes_on_in_the_countys_hands(whereto: str) -> None:
    assert effects({**SAMPLE, "whereto": whereto}, known()) == [PersonMoved("522727-station", AT)]


def test_where_there_is_no_county_station_the_bureau_takes_over() -> None:
    bureau = {"county_bureau": COUNTY["county_bureau"]}
    assert effects(SAMPLE, known(county=bureau)) == [PersonMoved("522727-bureau", AT)]


def test_fetched_by_relatives_the_stay_ends_and_the_county_follows_up() -> None:
    ended, task = effects(RELATIVES, known(person=ZHANG))
    assert ended == StayEnded("接领返乡", AT)
    assert (task.paper, task.unit) == ("guardian_duty_notice", "county")
    begun = [s.limit for s in CenterReturnHandover.starts if s.shown_when(CenterReturnHandover.read(RELATIVES))]
    assert begun == ["revisit_first_due", "revisit_second_due"]
    assert not any(s.shown_when(CenterReturnHandover.read(SAMPLE)) for s in CenterReturnHandover.starts)


def test_settled_the_stay_ends_as_settlement() -> None:
    assert effects({**ELSEWHERE, "whereto": "settled"}, known()) == [StayEnded("安置", AT)]


def test_on_the_way_home_the_bed_is_free_but_the_case_is_open() -> None:
    freed, task = effects({**ELSEWHERE, "whereto": "escorted"}, known(person=ZHANG))
    assert freed == BedReleased()
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.unit) == ("escort_return_handover", "issuer")


def test_a_minor_moves_to_the_child_home() -> None:
    assert effects({**ELSEWHERE, "whereto": "child_home"}, known()) == [PersonMoved("522700-child-home", AT)]


def test_after_the_return_the_county_may_ask_again() -> None:
    gone = replace(doc("center_return_handover"), id=9)
    accepted = doc(
        "transfer_reply",
        answers={"decision": "accept", "arrive_by": "2026-12-31"},
        sent_at=moment("2026-10-14 16:00"),
    )
    about = request.known(
        papers={
            **request.TRACED,
            "transfer_handover": [SHEET],
            "transfer_reply": [accepted],
            "center_return_handover": [gone],
        }
    )
    assert TransferRequest.read(request.SAMPLE, about).problems(about) == []


# ---- the printed sheet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "takes"),
    [(SAMPLE, "王建国、李小燕"), (RELATIVES, "张守地"), ({**ELSEWHERE, "whereto": "placed"}, "石秀英")],
)
def test_whoever_takes_over_signs(answers: dict[str, Any], takes: str) -> None:
    about = known(person=ZHANG)
    stamp = Stamp(
        doc_no="交522727-2026-0015-2", names={"draft": "吴明海", "duty": "龙江"}, signed_on=date(2026, 11, 10)
    )
    face = CenterReturnHandover.read(answers, about).face(about, stamp)
    assert [box["name"] for box in face["blocks"][-1]["boxes"]] == ["吴明海", "龙江", takes]
    assert "寻亲服务、落户安置、回访稳固仍由平塘县民政局负责" in face["blocks"][-2]["text"]
    assert render(face).pages <= 2
