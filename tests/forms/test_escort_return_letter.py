"""P-51 接送返回商请（通知）函: who writes it (R-68, R-69), the kernel of §3.16 word for word, what follows."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.escort_return_letter import EscortReturnLetter
from forms.kit.chains import STANDARD, Milestone
from forms.kit.effects import TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from tests.forms.sample import MAN, ZHANG, doc, facts, organ, rules_hit

#: 瓮安 sends a man of 惠水 home.
SAMPLE: dict[str, Any] = {
    "purpose": "ask",
    "difficulty": "no",
    "to_unit": "522731-bureau",
    "home_address": "贵州省惠水县好花红镇辉油村",
    "relatives_answer": "cannot",
    "answer_detail": "其弟在外务工，委托村委会接收",
    "health_summary": "身体状况良好，能自行乘车。",
    "mode": "ours",
    "planned_date": "2026-10-20",
    "escort_staff": [
        {"name": "罗春和", "sex": "男", "post": "瓮安县救助管理站副站长"},
        {"name": "岑秋实", "sex": "女", "post": "瓮安县救助管理站"},
    ],
    "vehicle": "贵J·12345",
    "contact_name": "罗春和",
    "contact_phone": "0854-2621234",
}
OF_WENGAN = replace(
    ZHANG,
    region_code="522725",
    case_no="522725-2026-0003",
    id_number="522731197403020014",
    hukou_address="贵州省惠水县好花红镇辉油村",
)


def confirmed(code: str, answer: str = "escort") -> Any:
    return doc(
        "identity_confirmation", answers={"hukou_code": code, "relative_name": "张守地", "relative_answer": answer}
    )


def known(issuer: str = "522725-bureau", home: str = "522731", **changes: Any) -> Facts:
    first = {
        "person": OF_WENGAN,
        "case": {"first_org_name": "瓮安县救助管理站"},
        "papers": {"identity_confirmation": [confirmed(home)]},
        "counterpart": organ("522731-bureau"),
        **changes,
    }
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> EscortReturnLetter:
    return EscortReturnLetter.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_letter_has_nothing_against_it() -> None:
    assert sentences() == []
    assert EscortReturnLetter.chain is STANDARD
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


def test_a_county_writes_to_a_county_without_difficulty() -> None:
    assert paper().scope.data == "prefecture"
    assert rules_hit(paper(), known()) == set()


def test_with_difficulty_the_station_writes() -> None:
    (problem,) = paper(difficulty="yes", difficulty_reason="单位车辆大修，无人护送").problems(known())
    assert (problem.rule, problem.field) == ("R-69", "difficulty")
    assert problem.sentence == "接送存在困难的，由黔南州救助管理站发函并提供接送"
    at_station = known("522700-station")
    assert sentences(at_station, difficulty="yes", difficulty_reason="单位车辆大修，无人护送") == []


def test_with_difficulty_the_county_asks_the_station_which_then_has_the_letter_to_write() -> None:
    of = known(counterpart=organ("522700-station"))
    hard = {
        "difficulty": "yes",
        "difficulty_reason": "单位车辆大修，无人护送",
        "to_unit": "522700-station",
        "mode": "theirs",
    }
    asked = paper(of, **hard, escort_staff=[], vehicle="")
    assert asked.problems(of) == []
    (task,) = asked.effects(Milestone.SENT, of)
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.unit, task.rule) == ("escort_return_letter", "522700-station", "R-69")
    text = "".join(asked.body(of))
    assert "因单位车辆大修，无人护送，我局接送存在困难，现商请贵站于2026年10月20日前后提供接送返回。" in text
    assert "贵地居民" not in text
    assert rules_hit(paper(of, **{**hard, "mode": "ours"}), of) == {"R-69"}
    assert rules_hit(paper(of, to_unit="522700-station", mode="theirs"), of) == {"R-69"}
    assert "522700-station" not in paper(known("522700-station")).to_unit.words


def test_the_station_does_not_write_for_counties_that_can() -> None:
    of = known("522700-station")
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.field) == ("R-69", "difficulty")
    own = known("522700-station", person=replace(OF_WENGAN, region_code="522700"))
    assert sentences(own) == []


def test_beyond_the_prefecture_the_station_writes_and_the_county_helps() -> None:
    changes = {"to_unit": "other", "to_name": "四川省宜宾市救助管理站", "home_address": "四川省宜宾市翠屏区"}
    found_in_libo = known("522722-bureau", home="511502", person=replace(OF_WENGAN, region_code="522722"))
    (problem,) = paper(found_in_libo, **changes).problems(found_in_libo)
    assert (problem.rule, problem.field) == ("R-68", "scope")
    assert problem.sentence == "户籍地在州外，由黔南州救助管理站发函并负责接送，本县（市）配合"
    assert "州救助管理站" in problem.remedy
    at_station = replace(found_in_libo, issuer=organ("522700-station"))
    assert sentences(at_station, **changes) == []


def test_a_home_in_the_same_county_is_explained() -> None:
    of = known(home="522725")
    (problem,) = paper(of).problems(of)
    assert (problem.level, problem.remedy_paper) == (Level.WARN, "escort_return_handover")


def test_nobody_is_sent_to_a_home_that_is_only_claimed() -> None:
    of = known(person=replace(MAN, identity_status="claimed", name="张守田"))
    assert rules_hit(paper(of), of) == {"R-68"}
    assert "身份尚未查明，不能办理返乡" in sentences(of)
    assert sentences(known(papers={})) == ["户籍地代码没有登记，不能确定由谁函商"]


def test_a_closed_case_sends_nobody() -> None:
    assert sentences(known(person=replace(OF_WENGAN, open=False))) == ["该人员已离站，个案已办结，不能再发函接送"]


def test_relatives_who_come_themselves_go_before_an_escort() -> None:
    of = known(papers={"identity_confirmation": [confirmed("522731", "collect")]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-69", Level.WARN, "escort_return_handover")


def test_a_refusal_is_explained_and_answered_with_the_police() -> None:
    (problem,) = paper(relatives_answer="refuse").problems(known())
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-72", Level.WARN, "guardian_duty_notice")
    tasks = list(paper(relatives_answer="refuse").effects(Milestone.SENT, known()))
    assert [(task.paper, task.unit, task.rule) for task in tasks if isinstance(task, TaskOpened)] == [
        ("escort_return_handover", "issuer", "R-68"),
        ("guardian_duty_notice", "county", "R-72"),
    ]


def test_the_ill_are_treated_before_they_travel() -> None:
    of = known(person=replace(OF_WENGAN, health=("infectious",)))
    assert rules_hit(paper(of), of) == {"R-36"}
    assert sentences(replace(of, attached=frozenset({"hospital_clearance"}))) == []


def test_two_escort_and_a_woman_has_a_woman_with_her() -> None:
    one, two = SAMPLE["escort_staff"]
    assert sentences(escort_staff=[one]) == ["护送人员不少于2人，现填1人"]
    woman = known(person=replace(OF_WENGAN, sex="女"))
    assert sentences(woman, escort_staff=[one, {**two, "sex": "男"}]) == [
        "受助人员为女性，护送人员中至少有1名女性"
    ]
    assert sentences(mode="theirs", escort_staff=[]) == []


def test_the_day_is_not_past_and_nobody_writes_to_themselves() -> None:
    assert sentences(planned_date="2026-10-12") == ["拟接送日期不能早于今天"]
    assert sentences(to_unit="other", to_name="瓮安县民政局") == ["主送机关不能是本单位"]
    offered = paper().to_unit.words
    assert "522725-bureau" not in offered
    assert offered["522731-bureau"] == "惠水县民政局"


def test_the_draft_knows_home_and_what_relatives_said() -> None:
    first = EscortReturnLetter.prefill(known())
    assert (first["to_unit"], first["relatives_answer"]) == ("522731-bureau", "escort")
    assert EscortReturnLetter.prefill(known(home="511502"))["to_unit"] == "other"


def test_the_letter_holds_the_kernel_word_for_word() -> None:
    face = paper().face(known(), Stamp(signed_on=date(2026, 10, 13)))
    assert face["title"] == "瓮安县民政局关于商请接送受助人员张守田返回的函"
    assert face["addressee"] == "惠水县民政局"
    assert [line["text"] for line in face["paragraphs"]] == [
        "2026年9月28日，瓮安县救助管理站依法对受助人员张守田实施救助（救助编号：522725-2026-0003）。",
        (
            "受助人员张守田（男，52岁）身份已查明，系贵地居民（户籍地址：贵州省惠水县好花红镇辉油村；"
            "公民身份号码：522731197403020014）。经联系，其亲属因客观原因不能前来接领，其弟在外务工，委托村委会接收。"
            "身体和精神状况：身体状况良好，能自行乘车。"
        ),
        (
            "现商请贵局于2026年10月20日接收由我局护送返回的该人员，并协助做好安置稳固工作。"
            "护送人员：罗春和、岑秋实，乘坐贵J·12345。交接时请当面核对人员、物品和材料，并在《接送返回交接单》上签名。"
        ),
        "特此函商，请予函复。",
    ]
    assert face["attachments"] == ["求助登记表", "身份查明材料"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": "theirs"}, "现商请贵站于2026年10月20日派员到我站接回该人员，并协助做好安置稳固工作。"),
        (
            {"mode": "meet", "meeting_place": "贵阳北站救助服务点"},
            "现商请贵站于2026年10月20日派员到贵阳北站救助服务点与我站护送人员办理交接，接回该人员，并协助做好安置稳固工作。",
        ),
        (
            {"purpose": "tell"},
            "经电话商定，请贵站于2026年10月20日接收由我站护送返回的该人员，并协助做好安置稳固工作。",
        ),
    ],
)
def test_every_way_of_handing_over_has_its_words(changes: dict[str, str], words: str) -> None:
    of = known("522700-station", home="511502", counterpart=None)
    made = paper(of, to_unit="other", to_name="四川省宜宾市救助管理站", **changes)
    text = "".join(made.body(of))
    assert words in text
    assert text.endswith("特此函告。" if changes.get("purpose") == "tell" else "特此函商，请予函复。")
