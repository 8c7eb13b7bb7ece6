"""P-33 未成年人转移州儿童福利院函 and its answer: only minors, escorted, and moved when the home has taken them in."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.child_home_acceptance import ChildHomeAcceptance
from forms.kit.chains import FORM, STANDARD, Milestone
from forms.kit.effects import PersonMoved, RequestAnswered, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.minor_transfer_letter import MinorTransferLetter
from tests.forms.sample import MAN, doc, facts, moment, organ, rules_hit

#: A girl of 14 without papers, escorted by two.
SAMPLE: dict[str, Any] = {
    "guardian_state": "not_found",
    "health_summary": "体温正常，营养偏差，无外伤",
    "care_needs": "夜间易惊醒，请安排陪护。",
    "planned_date": "2026-10-14",
    "escort_staff": [
        {"name": "罗春和", "sex": "男", "post": "平塘县救助管理站站长"},
        {"name": "岑秋实", "sex": "女", "post": "平塘县民政局儿童福利股"},
    ],
    "vehicle_no": "贵J·12345",
    "urgency": "加急",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
GIRL = replace(MAN, alias="客运站女孩", sex="女", age_min=13, age_max=15)
NAMED = replace(
    GIRL,
    identity_status="confirmed",
    name="韦小花",
    alias="",
    birth_date=date(2012, 5, 6),
    age_min=None,
    age_max=None,
    hukou_address="贵州省罗甸县边阳镇",
)
LETTER = doc(
    "minor_transfer_letter",
    "in_process",
    doc_no="平民函〔2026〕9号",
    signed_on=date(2026, 10, 13),
    sent_at=moment("2026-10-13 15:00"),
    served_on=date(2026, 10, 13),
    closed_at=None,
    answers=SAMPLE,
)


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {
        "person": GIRL,
        "attached": frozenset({"medical_check"}),
        "attached_dates": {"medical_check": date(2026, 10, 12)},
        "counterpart": organ("522700-child-home"),
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> MinorTransferLetter:
    return MinorTransferLetter.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_letter_has_nothing_against_it() -> None:
    assert sentences() == []
    assert MinorTransferLetter.chain is STANDARD


def test_the_answers_survive_storing_and_reading() -> None:
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert (kept["identity_status"], kept["age_text"]) == ("unknown", "目测年龄13至15岁")


def test_the_draft_is_urgent_and_for_today() -> None:
    first = MinorTransferLetter.prefill(known())
    assert (first["urgency"], first["planned_date"], first["guardian_state"]) == (
        "加急", date(2026, 10, 13), "not_found",
    )  # fmt: skip
    reached = known(case={"relatives": [{"name": "韦国强", "reached": "yes"}]})
    assert MinorTransferLetter.prefill(reached)["guardian_state"] == "waiting"


@pytest.mark.parametrize(
    ("person", "refused"),
    [
        (replace(GIRL, age_min=16, age_max=19), False),
        (replace(GIRL, age_min=17, age_max=20), False),
        (replace(GIRL, age_min=18, age_max=22), True),
        (replace(NAMED, birth_date=date(2008, 10, 14)), False),
        (replace(NAMED, birth_date=date(2008, 10, 13)), True),
    ],
)
def test_only_minors_and_those_who_may_be_minors(person: Any, refused: bool) -> None:
    of = known(person=person)
    assert rules_hit(paper(of), of) == ({"R-26"} if refused else set())


def test_a_county_with_a_home_of_its_own_keeps_the_child() -> None:
    of = known()
    of = replace(of, issuer=replace(of.issuer, child_home=True))
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-43", "placement_approval")
    assert "平塘县有儿童福利院" in problem.sentence


@pytest.mark.parametrize("state", ["in_review", "sent", "in_process"])
def test_one_letter_at_a_time(state: str) -> None:
    of = known(papers={"minor_transfer_letter": [replace(LETTER, state=state)]})
    assert rules_hit(paper(of), of) == {"R-34"}


def test_after_a_refusal_another_letter_may_follow() -> None:
    assert sentences(known(papers={"minor_transfer_letter": [replace(LETTER, state="replied")]})) == []


def test_a_child_already_in_the_home_is_not_sent_again() -> None:
    assert sentences(known(place="522700-child-home")) == ["该人员已在州儿童福利院，无须再发函"]


def test_the_hospital_comes_first() -> None:
    ill = known(person=replace(GIRL, health=("infectious",)))
    assert rules_hit(paper(ill), ill) == {"R-36"}
    cleared = known(
        person=replace(GIRL, health=("infectious",)),
        attached=frozenset({"medical_check", "hospital_clearance"}),
        attached_dates={"medical_check": date(2026, 10, 12), "hospital_clearance": date(2026, 10, 11)},
    )
    assert sentences(cleared) == []
    early = replace(cleared, attached_dates={**cleared.attached_dates, "hospital_clearance": date(2026, 9, 27)})
    assert sentences(early) == ["医院证明的日期早于入站，请上传治疗后的证明"]


def test_the_health_check_is_fresh() -> None:
    assert sentences(known(attached=frozenset())) == ["请上传附件“健康检查材料”"]
    assert sentences(known(attached_dates={"medical_check": date(2026, 10, 5)})) == [
        "健康检查材料的日期应在今天之前7天以内，请重新检查"
    ]
    longer = known(attached_dates={"medical_check": date(2026, 10, 5)}, settings={"medical_check_days": 10})
    assert sentences(longer) == []


def test_two_escort_a_girl_and_one_is_a_woman() -> None:
    one, two = SAMPLE["escort_staff"]
    assert sentences(escort_staff=[two]) == ["护送人员不少于2人"]
    assert sentences(escort_staff=[one, {**one, "name": "韦明远"}]) == [
        "该未成年人为女性，护送人员中至少有1名女性"
    ]
    assert sentences(known(person=replace(GIRL, sex="男")), escort_staff=[one, {**one, "name": "韦明远"}]) == []


@pytest.mark.parametrize(("day", "ok"), [("2026-10-12", False), ("2026-10-13", True), ("2026-10-29", False)])
def test_a_child_is_taken_soon(day: str, ok: bool) -> None:
    assert sentences(planned_date=day) == ([] if ok else ["拟送达日期应在今天起15天以内"])


def test_the_letter_holds_the_kernel_word_for_word() -> None:
    face = paper().face(known(), Stamp(signed_on=date(2026, 10, 13)))
    assert face["title"] == "平塘县民政局关于商请接收1名身份不明未成年受助人员临时照料的函"
    assert face["addressee"] == "黔南州儿童福利院"
    assert face["urgency"] == "加急"
    assert [line["text"] for line in face["paragraphs"]] == [
        "我县无儿童福利院。1名身份不明人员（女，目测年龄13至15岁）系未成年人，经多方查找，暂未联系到其监护人（近亲属）。",
        (
            "该未成年人于2026年9月28日由平塘县救助管理站救助（救助编号：522727-2026-0012），"
            "身份信息暂未查明，正在查询。健康状况：体温正常，营养偏差，无外伤。照料中请注意：夜间易惊醒，请安排陪护。"
        ),
        (
            "现商请贵院接收临时照料，我局负责护送、身份查询和费用结算。"
            "拟于2026年10月14日由我局派员护送到院，并现场办理书面交接。"
        ),
        "请予函复。",
    ]
    assert face["cc"] == ["黔南布依族苗族自治州民政局"]
    assert face["attachments"] == ["求助登记表", "健康检查材料"]


def test_a_named_child_and_a_harmful_guardian() -> None:
    of = known("522702-bureau", person=NAMED, case={"first_org_name": "福泉市救助管理站"})
    told = paper(of, guardian_state="harm", guardian_detail="已报警")
    words = list(told.body(of))
    assert told.heading(of) == "福泉市民政局关于商请接收未成年受助人员韦小花临时照料的函"
    assert words[0] == (
        "我市无儿童福利院。受助人员韦小花（女，14岁）系未成年人，其疑似遭受监护侵害，不宜继续由原监护人照料，已报警。"
    )
    assert "身份已经查明（户籍地：贵州省罗甸县边阳镇）" in words[1]


def test_the_central_station_does_not_call_itself_a_county() -> None:
    of = known("522700-station")
    words = "".join(paper(of).body(of))
    assert words.startswith("1名身份不明人员")
    assert "我站负责护送、身份查询和费用结算。" in words


def test_a_published_notice_goes_along() -> None:
    notice = doc("tracing_notice", "in_process", doc_no="寻522727-2026-0012", sent_at=moment("2026-09-29 10:30"))
    of = known(papers={"tracing_notice": [notice]})
    assert paper(of).enclosures(of) == ["求助登记表", "健康检查材料", "寻亲公告"]
    assert "已发布寻亲公告（公告编号：寻522727-2026-0012）" in "".join(paper(of).body(of))


# ---- the answer of the home ------------------------------------------------------------------------------------

#: The home took the girl in.
ACCEPTED: dict[str, Any] = {
    "decision": "accept",
    "answered_on": "2026-10-14",
    "answer_no": "黔南儿福函〔2026〕2号",
    "arrived_at": "2026-10-14T11:20",
    "handed_by": "罗春和、岑秋实",
    "received_by": "蒙若水（护理部主任）",
    "handover": "求助登记表、健康检查材料各1份，书包1个",
}
DECLINED: dict[str, Any] = {
    "decision": "decline",
    "answered_on": "2026-10-14",
    "decline_reason": "疑似水痘，须隔离治疗后再接收",
}


def told(**changes: Any) -> Facts:
    return known(**{"now": "2026-10-14 15:00", "request": LETTER, "attached": frozenset({"scan"}), **changes})


def answer(of: Facts | None = None, base: dict[str, Any] = ACCEPTED, **changes: Any) -> ChildHomeAcceptance:
    return ChildHomeAcceptance.read({**base, **changes}, of or told())


def refusals(of: Facts | None = None, base: dict[str, Any] = ACCEPTED, **changes: Any) -> list[str]:
    return [problem.sentence for problem in answer(of, base, **changes).problems(of or told())]


@pytest.mark.parametrize("base", [ACCEPTED, DECLINED])
def test_a_full_answer_has_nothing_against_it(base: dict[str, Any]) -> None:
    assert refusals(base=base) == []
    assert ChildHomeAcceptance.chain is FORM
    assert MinorTransferLetter.answered_by == (ChildHomeAcceptance.code,)
    assert ChildHomeAcceptance.answers_paper == MinorTransferLetter.code


def test_the_answer_knows_letter_and_escorts() -> None:
    assert answer().letter_no.data == "平民函〔2026〕9号"
    assert ChildHomeAcceptance.prefill(told())["handed_by"] == "罗春和、岑秋实"


def test_an_answer_follows_a_served_letter() -> None:
    assert refusals(told(request=None)) == ["请从已发出的《未成年人转移州儿童福利院函》登记答复"]
    assert refusals(told(request=replace(LETTER, served_on=None))) == ["转移函的送达日期还未登记，请先登记送达"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"answered_on": "2026-10-15", "arrived_at": "2026-10-14T11:20"},
            ["答复日期不能晚于今天", "到院时间不能早于答复日期，请核对"],
        ),
        ({"answered_on": "2026-10-12"}, ["答复日期不能早于函件送达日期，请核对"]),
        ({"arrived_at": "2026-10-14T15:01"}, ["到院时间不能晚于现在；未成年人到院并当面交接后再登记"]),
        ({"arrived_at": "2026-10-13T15:01"}, ["到院时间不能早于答复日期，请核对"]),
    ],
)
def test_dates_run_forward(changes: dict[str, str], found: list[str]) -> None:
    assert refusals(**changes) == found


def test_arrival_is_signed_for() -> None:
    assert refusals(told(attached=frozenset())) == ["请上传附件“复函或双方签名的交接材料（扫描件）”"]
    assert refusals(arrived_at="", received_by="") == ["请填写“到院时间”", "请填写“接收人及职务”"]


def test_an_arrival_moves_the_child_and_answers_the_letter() -> None:
    assert list(answer().effects(Milestone.COMPLETED, told())) == [
        RequestAnswered("州儿童福利院：同意接收，已到院"),
        PersonMoved("522700-child-home", moment("2026-10-14 11:20")),
    ]
    assert list(answer().effects(Milestone.SUBMITTED, told())) == []


def test_a_refusal_moves_nobody_and_is_not_forgotten() -> None:
    answered, task = answer(base=DECLINED).effects(Milestone.COMPLETED, told())
    assert answered == RequestAnswered("州儿童福利院：暂不接收")
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("minor_transfer_letter", "R-26")
