"""P-61 专项排查表: what is found goes on the list, harm to the police, hazards to the departments (R-76…R-85)."""

from datetime import date
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import ProblemFound, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.thematic_screening import THEMES, ThematicScreening
from pdf.render import render
from tests.forms.sample import CAMPAIGN, NOBODY, facts

CLEAN = {"subject": "平塘县社会福利院", "address": "平舟镇东环路2号", "result": "ok"}
FIRE = {
    "subject": "平舟镇夕阳红养老院", "address": "平舟镇河滨路8号", "result": "found", "kind": "场所消防",
    "detail": "疏散通道堆放杂物", "measure": "清理通道", "owner_name": "陆永福",
}  # fmt: skip
SAMPLE: dict[str, Any] = {
    "theme": "places",
    "lead": "平塘县民政局",
    "members": "消防、住建、市场监管部门",
    "checked_on": "2026-10-08",
    "checker": "罗春和",
    "rows_checked": [CLEAN, FIRE],
    "complete": "no",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    return facts(issuer, **{"person": NOBODY, "campaign": CAMPAIGN, **changes})


def paper(of: Facts | None = None, **changes: Any) -> ThematicScreening:
    return ThematicScreening.read({**SAMPLE, **changes}, of or known())


def against(**changes: Any) -> list[str]:
    return [each.sentence for each in paper(**changes).problems(known()) if each.level is not Level.NOTE]


def test_a_full_table_has_nothing_against_it() -> None:
    assert ThematicScreening.chain is FORM
    assert against() == []
    assert paper().answers() == SAMPLE
    assert len(THEMES) == 10


def test_each_problem_found_goes_on_the_list_and_the_departments_hear_of_hazards() -> None:
    assert list(paper().effects(Milestone.COMPLETED, known())) == [
        ProblemFound(
            "thematic",
            "平舟镇夕阳红养老院",
            "场所消防",
            "疏散通道堆放杂物",
            date(2026, 10, 8),
            "清理通道",
            "陆永福",
        ),
        TaskOpened(
            "department_notice_letter", "county", "平舟镇夕阳红养老院存在安全隐患，请及时抄告有关部门", "R-77"
        ),
    ]
    assert list(paper().effects(Milestone.SUBMITTED, known())) == []


def test_unlicensed_places_are_to_be_judged() -> None:
    row = {**FIRE, "subject": "罗大发家庭托养点", "kind": "无证无照养老"}
    found = list(paper(theme="unlicensed", rows_checked=[row]).effects(Milestone.COMPLETED, known()))
    why = "罗大发家庭托养点无证无照经营养老服务，符合条件的指导登记，不符合的函告有关部门"
    assert TaskOpened("unlicensed_eldercare_case", "issuer", why, "R-78") in found


def test_harm_goes_to_the_police_on_submitting() -> None:
    row = {**FIRE, "subject": "韦某", "kind": "受侵害", "detail": "被家人关锁在偏房"}
    form = paper(theme="confinement", rows_checked=[row])
    assert list(form.effects(Milestone.SUBMITTED, known())) == [
        TaskOpened("mandatory_report", "issuer", "韦某疑似受侵害，请立即报告公安机关", "R-81")
    ]
    assert [each.limit for each in form.starts if each.shown_when(form)] == ["mandatory_report_due"]
    assert [each for each in paper().starts if each.shown_when(paper())] == []


def test_a_problem_needs_its_kind_and_words_and_nothing_found_has_none() -> None:
    assert against(rows_checked=[{**FIRE, "detail": "乱"}]) == [
        "第1行（平舟镇夕阳红养老院）发现问题，请选类别并写明情况（至少4个字）"
    ]
    assert against(rows_checked=[{**FIRE, "result": "ok"}]) == [
        "第1行（平舟镇夕阳红养老院）选了“未发现问题”，又填了问题，请核对"
    ]


def test_the_campaigns_duty_is_met_by_the_last_table() -> None:
    (met,) = ThematicScreening.settles
    assert met.limit == "thematic_screening_due"
    assert not met.shown_when(paper())
    assert met.shown_when(paper(complete="yes"))


def test_found_vagrants_are_registered_and_brought_to_a_doctor() -> None:
    found = paper(theme="vagrants", rows_checked=[{**FIRE, "kind": "精神障碍未治疗"}]).problems(known())
    assert [(each.rule, each.level) for each in found] == [("R-85", Level.NOTE)]


def test_it_is_not_checked_tomorrow() -> None:
    assert against(checked_on="2026-10-14") == ["排查日期不能晚于今天，请核对"]


def test_the_page_is_a_landscape_list_that_counts() -> None:
    face = paper().face(known(), Stamp())
    table = next(block for block in face["blocks"] if block["kind"] == "list")
    assert table["totals"] == ["", "合计2个", "", "有问题1个", "", "", "", ""]
    assert face["number_line"]["left"] == "排查批次：2026年特殊群体关爱服务专项排查"
    long = paper(rows_checked=[{**FIRE, "subject": "场" * 30, "detail": "隐患" * 90}] * 12)
    assert render(long.face(known(), Stamp())).pages > 1
