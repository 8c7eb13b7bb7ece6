"""P-54 易走失人员信息登记表: on the register, looked at again every half-year, watched on the case (R-71)."""

from dataclasses import replace
from datetime import date
from typing import Any

from forms.at_risk_register import AtRiskRegister
from forms.kit.chains import NOTED, Milestone
from forms.kit.effects import CaseFlagged, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.paper import About
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import GRANNY, NOBODY, ZHANG, doc, facts

SAMPLE: dict[str, Any] = {
    "entry": "new",
    "registered_on": "2026-10-13",
    "name": "张守田",
    "sex": "男",
    "id_number": "440524188001010014",
    "birth_date": "1880-01-01",
    "address": "贵州省平塘县通州镇新光村六组12号",
    "risks": ["intellectual", "often"],
    "times": "2",
    "last_on": "2026-09-20",
    "places": "县城客运站、通州集市",
    "features": "左眉有疤，走路微跛",
    "guardian_name": "张守地",
    "guardian_relation": "弟弟",
    "guardian_phone": "13985412345",
    "visitor": "网格员韦明远，13985400002",
    "measures": ["visit", "carer"],
    "needs": "申请残疾评定",
}


def known(issuer: str = "522727100", **changes: Any) -> Facts:
    return facts(issuer, **{"person": NOBODY, "case": {}, **changes})


def paper(of: Facts | None = None, **changes: Any) -> AtRiskRegister:
    return AtRiskRegister.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_entry_has_nothing_against_it() -> None:
    assert sentences() == []
    assert AtRiskRegister.chain is NOTED
    assert AtRiskRegister.about is About.ORGAN
    assert {"township", "county_bureau"} <= AtRiskRegister.drafted_in


def test_it_is_looked_at_again_in_half_a_year() -> None:
    (review, needs) = AtRiskRegister.starts
    assert review.shown_when(paper())
    assert not review.shown_when(paper(entry="exit"))
    assert not needs.shown_when(paper())
    assert needs.shown_when(paper(facts(person=ZHANG)))
    due = LIMITS["at_risk_review_due"].due(date(2026, 10, 13), Calendar.published())
    assert due.last_day == date(2027, 4, 13)
    assert [(each.limit, each.at) for each in AtRiskRegister.settles] == [("at_risk_review_due", "registered_on")]


def test_leaving_the_register_asks_only_for_the_reason() -> None:
    few = {name: SAMPLE[name] for name in ("registered_on", "name", "sex", "id_number", "birth_date", "address", "risks",
                                           "times")}  # fmt: skip
    made = AtRiskRegister.read({**few, "entry": "exit", "exit_reason": "户籍迁出本县"}, known())
    assert made.problems(known()) == []


def test_identity_agrees_and_dates_are_not_ahead() -> None:
    assert sentences(birth_date="1880-01-02") == ["出生日期与公民身份号码不一致，请核对"]
    assert sentences(sex="女") == ["性别与公民身份号码第17位不一致，请核对"]
    assert sentences(last_on="2026-10-14") == ["最近一次走失不能晚于今天"]


def test_nobody_is_entered_twice() -> None:
    of = known(papers={"at_risk_register": [doc("at_risk_register", answers=SAMPLE)]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level) == ("R-71", Level.WARN)
    assert sentences(of, entry="review") == []
    left = known(papers={"at_risk_register": [doc("at_risk_register", answers={**SAMPLE, "entry": "exit"})]})
    assert sentences(left) == []


def test_those_who_leave_often_need_more_than_visits() -> None:
    (problem,) = paper(measures=["visit"]).problems(known())
    assert (problem.rule, problem.level, problem.field) == ("R-71", Level.WARN, "measures")


def test_from_a_case_the_file_shows_it_and_needs_are_assessed() -> None:
    of = facts(person=ZHANG)
    flagged, task = paper(of).effects(Milestone.COMPLETED, of)
    assert flagged == CaseFlagged("focus", "已列入易走失人员库：智力残疾、反复流浪乞讨")
    assert isinstance(task, TaskOpened)
    assert task.paper == "needs_assessment"
    assert list(paper().effects(Milestone.COMPLETED, known())) == []
    assert list(paper(of, entry="exit").effects(Milestone.COMPLETED, of)) == []


def test_the_draft_takes_case_resident_or_the_entry_before() -> None:
    of = facts(person=replace(ZHANG, mental_status="dementia"), admissions_12_months=2)
    assert AtRiskRegister.prefill(of)["risks"] == ["dementia", "often"]
    resident = replace(GRANNY, categories=("mental",), answers={"guardian_name": "罗大宝", "address": "三组"})
    first = AtRiskRegister.prefill(known(resident=resident))
    assert (first["name"], first["risks"], first["guardian_name"]) == ("罗阿秀", ["mental"], "罗大宝")
    again = AtRiskRegister.prefill(known(papers={"at_risk_register": [doc("at_risk_register", answers=SAMPLE)]}))
    assert (again["entry"], again["features"], again["registered_on"]) == (
        "review", "左眉有疤，走路微跛", date(2026, 10, 13),
    )  # fmt: skip


def test_the_card_shows_the_face_and_how_to_recognise_it() -> None:
    face = paper().face(known(photo="sha256:ab"), Stamp(names={"draft": "罗春和"}))
    assert face["blocks"][0]["photo"] == "sha256:ab"
    assert ["登记人", "罗春和"] in face["foot"]
    assert paper().heading(known()) == "易走失人员信息登记表（张守田，新登记）"
