"""P-52 接送返回交接单: the stay ends, revisits, duty notice and assessment of needs begin (R-68 to R-72)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.escort_return_handover import EscortReturnHandover
from forms.kit.chains import FORM, Milestone
from forms.kit.counting import local_day
from forms.kit.effects import StayEnded, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.stay_and_exit_record import EXIT_METHODS
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, rules_hit

THINGS = [{"item": "帆布包", "quantity": "1个"}, {"item": "收音机", "quantity": "1台"}]
#: Two of 平塘 bring a man home to his brother.
SAMPLE: dict[str, Any] = {
    "method": "护送返乡",
    "returned_at": "2026-10-12T15:30",
    "place": "平塘县通州镇新光村六组家中",
    "cross_province": "no",
    "receiver": "relative",
    "receiver_name": "张守地",
    "receiver_relation": "弟弟",
    "is_guardian": "no",
    "receiver_id": "440524188001010014",
    "receiver_phone": "13985412345",
    "home_address": "贵州省平塘县通州镇新光村六组12号",
    "escort_staff": [
        {"name": "罗春和", "sex": "男", "post": "平塘县救助管理站站长"},
        {"name": "岑秋实", "sex": "女", "post": "平塘县救助管理站"},
    ],
    "vehicle": "贵J·12345",
    "health": "体温正常，情绪平稳，能自理",
    "medication": "降压药，每日1次，县医院每月取药",
    "belongings": THINGS,
    "cash": "120.00",
    "valuables": "无",
    "documents": ["registration", "identity"],
    "arrangement": "与其弟同住并由其照料，申请低保，村医每月随访",
    "duty_told": "yes",
}
IDENTITY = doc(
    "identity_confirmation",
    answers={"hukou_code": "522727", "relative_name": "张守地", "relation": "弟弟", "relative_phone": "13985412345",
             "relative_answer": "escort"},
)  # fmt: skip


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "person": ZHANG,
        "case": {"first_org_name": "平塘县救助管理站", "belongings": THINGS},
        "papers": {"identity_confirmation": [IDENTITY]},
        "attached": frozenset({"receiver_id_copy"}),
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> EscortReturnHandover:
    return EscortReturnHandover.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def of_home(code: str) -> Any:
    return replace(IDENTITY, answers={**IDENTITY.answers, "hukou_code": code})


def test_a_full_sheet_has_nothing_against_it() -> None:
    assert sentences() == []
    assert EscortReturnHandover.chain is FORM
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


@pytest.mark.parametrize("method", ["护送返乡", "接领返乡"])
def test_the_stay_ends_in_the_words_of_the_exit_record(method: str) -> None:
    assert method in EXIT_METHODS
    made = paper(method=method, escort_staff=SAMPLE["escort_staff"] if method == "护送返乡" else [])
    assert next(iter(made.effects(Milestone.COMPLETED, known()))) == StayEnded(method, moment("2026-10-12 15:30"))
    assert list(made.effects(Milestone.SUBMITTED, known())) == []


def test_a_case_already_closed_is_not_closed_again() -> None:
    of = known(person=replace(ZHANG, open=False))
    assert not any(isinstance(effect, StayEnded) for effect in paper(of).effects(Milestone.COMPLETED, of))


def test_notice_and_assessment_are_owed_unless_they_are_there() -> None:
    tasks = [effect for effect in paper().effects(Milestone.COMPLETED, known()) if isinstance(effect, TaskOpened)]
    assert [(task.paper, task.unit, task.rule) for task in tasks] == [
        ("guardian_duty_notice", "county", "R-72"),
        ("needs_assessment", "county", "R-70"),
    ]
    papers = {"identity_confirmation": [IDENTITY]} | {
        code: [doc(code)] for code in ("guardian_duty_notice", "needs_assessment")
    }
    of = known(papers=papers)
    assert [type(effect) for effect in paper(of).effects(Milestone.COMPLETED, of)] == [StayEnded]


@pytest.mark.parametrize(
    ("returned", "first", "second", "provisional"),
    [
        ("2026-05-09T10:00", date(2026, 11, 9), date(2027, 5, 10), True),
        ("2026-03-31T10:00", date(2026, 9, 30), date(2027, 3, 31), True),
        ("2026-04-04T10:00", date(2026, 10, 8), date(2027, 4, 6), True),
    ],
)
def test_revisits_are_due_after_six_and_twelve_months(
    returned: str, first: date, second: date, provisional: bool
) -> None:
    made, calendar = paper(returned_at=returned), Calendar.published()
    begun = {start.limit: start for start in EscortReturnHandover.starts}
    assert all(begun[code].owner == "county" for code in ("revisit_first_due", "revisit_second_due"))
    trigger = local_day(made.due_trigger(begun["revisit_first_due"], known()))
    due = {code: LIMITS[code].due(trigger, calendar) for code in ("revisit_first_due", "revisit_second_due")}
    assert due["revisit_first_due"].last_day == first
    assert due["revisit_second_due"].last_day == second
    assert due["revisit_second_due"].provisional is provisional


def test_the_notice_is_due_the_same_day_and_only_where_relatives_took_over() -> None:
    begun = {start.limit: start for start in EscortReturnHandover.starts}["guardian_duty_notice_due"]
    assert begun.shown_when(paper())
    assert not begun.shown_when(paper(receiver="station"))


def test_only_the_identified_go_home() -> None:
    of = known(person=MAN, papers={})
    assert rules_hit(paper(of), of) == {"R-68"}


def test_relatives_who_came_to_the_station_have_signed_already() -> None:
    out = doc("center_return_handover", answers={"whereto": "relatives", "belongings": THINGS})
    of = known(papers={"identity_confirmation": [IDENTITY], "center_return_handover": [out]})
    assert sentences(of) == ["州站已办理亲属接领的转出交接单，不须再办接送返回交接单"]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-10-13T09:02", ["交接时间不能晚于现在；交接完成后再登记"]),
        ("2026-09-28T18:29", ["交接时间不能早于入站时间，请核对"]),
    ],
)
def test_times_run_forward(at: str, found: list[str]) -> None:
    assert sentences(returned_at=at) == found


def test_another_organ_is_written_to_first() -> None:
    changes = {"receiver": "station", "receiver_org": "惠水县救助管理站", "receiver_post": "站长"}
    away = known(papers={"identity_confirmation": [of_home("522731")]})
    (problem,) = paper(away, **changes).problems(away)
    assert (problem.rule, problem.field, problem.remedy_paper) == ("R-69", "receiver", "escort_return_letter")
    sent = doc("escort_return_letter", "sent", sent_at=moment("2026-10-09 10:00"))
    told = known(papers={"identity_confirmation": [of_home("522731")], "escort_return_letter": [sent]})
    assert sentences(told, **changes) == []
    assert sentences(known(attached=frozenset()), **changes, is_guardian="") == []


def test_relatives_show_who_they_are() -> None:
    assert sentences(known(attached=frozenset())) == ["请上传附件“接收人身份证件复印件”"]
    assert sentences(receiver_id="") == ["请填写“身份号码”"]


def test_a_minor_goes_to_the_guardian_or_whom_the_guardian_sends() -> None:
    child = replace(ZHANG, birth_date=date(2014, 3, 2))
    of = known(person=child)
    assert rules_hit(paper(of), of) == {"R-26"}
    assert sentences(of, is_guardian="yes") == []
    assert sentences(replace(of, attached=frozenset({"receiver_id_copy", "authorisation"}))) == []


def test_escort_and_belongings_are_checked() -> None:
    assert sentences(escort_staff=SAMPLE["escort_staff"][:1]) == ["护送人员不少于2人，现填1人"]
    assert sentences(belongings=THINGS[:1]) == ["随身物品与登记不一致（缺少收音机），请说明原因"]
    assert sentences(belongings=THINGS[:1], belongings_note="收音机本人已赠予同室") == []
    assert sentences(documents=["none", "identity"]) == ["移交材料选了“无”，不能再选其他，请核对"]


def test_the_duty_is_told_and_a_refusal_explained() -> None:
    assert sentences(duty_told="no") == ["交接时须当面告知监护（照料）责任和每半年一次的回访"]
    refused = replace(IDENTITY, answers={**IDENTITY.answers, "relative_answer": "refuse"})
    of = known(papers={"identity_confirmation": [refused]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-72", Level.WARN, "guardian_duty_notice")


def test_the_draft_knows_the_letter_and_the_family() -> None:
    letter = doc("escort_return_letter", "sent", sent_at=moment("2026-10-09 10:00"),
                 answers={"mode": "ours", "home_address": "通州镇新光村六组", "escort_staff": SAMPLE["escort_staff"]})  # fmt: skip
    first = EscortReturnHandover.prefill(
        known(papers={"identity_confirmation": [IDENTITY], "escort_return_letter": [letter]})
    )
    assert (first["method"], first["receiver_name"], first["home_address"]) == (
        "护送返乡",
        "张守地",
        "通州镇新光村六组",
    )
    assert (first["cross_province"], len(first["escort_staff"]), first["belongings"]) == ("no", 2, THINGS)
    collects = replace(IDENTITY, answers={**IDENTITY.answers, "relative_answer": "collect"})
    assert (
        EscortReturnHandover.prefill(known(papers={"identity_confirmation": [collects]}))["method"] == "接领返乡"
    )


def test_the_sheet_tells_the_revisits_and_leaves_room_for_ink() -> None:
    face = paper().face(known(), Stamp())
    statement = next(block["text"] for block in face["blocks"] if block["kind"] == "statement")
    assert statement.startswith("本表所列人员、物品和材料经双方当面核对无误。")
    assert statement.endswith("首次回访在2027年4月12日前后，满1年（2027年10月12日）再次回访。")
    assert [box["label"] for box in face["blocks"][-1]["boxes"]] == [
        "移交人（签名）", "接收人（签名）", "受助人员（签名、捺印）",
    ]  # fmt: skip
    assert face["copies"] == "一式三份（接收方、移交方、案卷）"
