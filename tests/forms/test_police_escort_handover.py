"""P-02 护送交接表: who brought the person, in what state, signed by both sides."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.police_escort_handover import STATEMENT, PoliceEscortHandover
from tests.forms.sample import MAN, facts, moment

#: Two officers of 金盆派出所 bring the man of 河滨路 to the station.
SAMPLE: dict[str, Any] = {
    "escort_kind": "police",
    "escort_org": "平塘县公安局金盆派出所",
    "officers": [
        {"name": "罗明辉", "badge_no": "158021", "phone": "13985400002"},
        {"name": "莫兴旺", "badge_no": "158034"},
    ],
    "found_at": "2026-09-28T17:40",
    "found_place": "平塘县金盆街道河滨路风雨桥下",
    "found_by": "call",
    "story": "群众报警称桥下有一男子连日露宿，民警到场后发现其无法说明住址。",
    "needs_care": ["limited"],
    "mental_status": "normal",
    "health": ["chronic", "limited"],
    "police_check": ["identity", "wanted"],
    "check_result": "未比中",
    "things": [{"item": "编织袋", "quantity": "1个"}],
    "handed_over_at": "2026-09-28T18:30",
    "received_by": "龙小梅",
    "both_signed": "yes",
}
KNOWN = facts(
    now="2026-09-28 19:00",
    case={
        "admission_source": "police",
        "found_at": "2026-09-28T17:40",
        "found_place": "平塘县金盆街道河滨路风雨桥下",
        "mental_status": "normal",
        "health": ["chronic", "limited"],
        "belongings": [{"item": "编织袋", "quantity": "1个", "kept_by": "station"}],
    },
)


def paper(known: Facts = KNOWN, **changes: Any) -> PoliceEscortHandover:
    return PoliceEscortHandover.read({**SAMPLE, **changes}, known)


def sentences(known: Facts = KNOWN, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(known, **changes).problems(known)]


def test_a_full_sheet_has_nothing_against_it() -> None:
    assert sentences() == []
    assert PoliceEscortHandover.chain is FORM


def test_the_admission_fills_what_both_papers_say() -> None:
    first = PoliceEscortHandover.prefill(KNOWN)
    assert first["escort_org"] == "平塘县公安局"
    assert first["handed_over_at"] == moment("2026-09-28 18:30")
    assert first["things"] == [{"item": "编织袋", "quantity": "1个"}]
    assert first["health"] == ["chronic", "limited"]


def test_the_person_is_copied_from_the_case() -> None:
    filled = paper(person_name="写错的人")
    assert filled.person_name.data == "河滨路男"
    assert filled.person_age.data == "目测年龄50至55岁"


def test_the_scan_lies_with_the_admission_or_with_this_sheet() -> None:
    patrol = facts(now="2026-09-28 19:00", case={"admission_source": "patrol"})
    assert sentences(patrol) == ["请上传双方签名的交接表扫描件"]
    assert sentences(replace(patrol, attached=frozenset({"signed_sheet"}))) == []


def test_both_sides_sign_on_the_spot() -> None:
    (refused,) = paper(both_signed="no").problems(KNOWN)
    assert (refused.rule, refused.field) == ("R-91", "both_signed")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"handed_over_at": "2026-09-28T19:02"}, "交接时间不能晚于现在，请核对"),
        ({"found_at": "2026-09-28T18:31"}, "发现时间不能晚于交接时间，请核对"),
        (
            {"found_at": "2026-09-27T09:00", "handed_over_at": "2026-09-27T18:29"},
            "交接时间与入站时间（2026年9月28日18时30分）相差超过24小时，请核对",
        ),
    ],
)
def test_handing_over_and_admission_are_one_event(changes: dict[str, str], why: str) -> None:
    assert sentences(**changes) == [why]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"needs_care": ["none", "elder"]}, "needs_care"),
        ({"police_check": ["none", "wanted"]}, "police_check"),
        ({"health": ["good", "limited"]}, "health"),
    ],
)
def test_none_goes_with_nothing_else(changes: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in paper(**changes).problems(KNOWN)] == [field]


@pytest.mark.parametrize("state", ["acute", "critical", "infectious", "injured"])
def test_an_ill_person_sees_a_doctor_first(state: str) -> None:
    assert sentences(health=[state]) == ["请填写“是否已送医”"]
    ill = paper(health=[state], doctor_seen="no")
    (warned,) = ill.problems(KNOWN)
    assert (warned.rule, warned.level, warned.remedy_paper) == ("R-36", Level.WARN, "medical_referral")
    (task,) = ill.effects(Milestone.SUBMITTED, KNOWN)
    assert isinstance(task, TaskOpened)
    assert task.paper == "medical_referral"
    assert sentences(health=[state], doctor_seen="yes", hospital="平塘县人民医院，皮肤挫伤") == []


def test_a_healthy_person_opens_no_task() -> None:
    assert list(paper().effects(Milestone.SUBMITTED, KNOWN)) == []
    assert list(paper(health=["acute"], doctor_seen="no").effects(Milestone.COMPLETED, KNOWN)) == []


def test_at_least_one_officer_is_named() -> None:
    assert sentences(officers=[]) == ["请填写“护送人员”"]
    assert sentences(officers=[{"badge_no": "158021"}]) == ["护送人员：第1行“姓名”未填写"]


def test_the_printed_sheet_carries_statement_and_both_signatures() -> None:
    known = replace(KNOWN, person=MAN, photo="sha256:" + "a" * 64)
    face = paper(known).face(known, Stamp(names={"draft": "龙小梅", "check": "石建国"}))
    assert face["title"] == "公安机关护送交接表"
    assert face["copies"] == "一式两份"
    statement, signatures = face["blocks"][-2:]
    assert statement["text"] == STATEMENT
    assert [(box["label"], box["name"], box["time"]) for box in signatures["boxes"]] == [
        ("护送人", "平塘县公安局金盆派出所　罗明辉、莫兴旺", "2026年9月28日18时30分"),
        ("接收人", "平塘县民政局　龙小梅", "2026年9月28日18时30分"),
    ]
    city = paper(known, escort_kind="city_management")
    assert city.face(known, Stamp())["title"] == "综合执法护送交接表"
