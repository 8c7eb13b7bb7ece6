"""P-64 无证无照养老服务场所处理单: registered within 30 working days, or referred without that period (R-78, R-79)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import FORM, Milestone
from forms.kit.counting import count
from forms.kit.effects import ProblemAnswered, ProblemFound, TaskOpened
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.unlicensed_eldercare_case import UnlicensedEldercareCase
from tests.forms.sample import NOBODY, doc, facts, finding

PLACE = finding(3, kind="无证无照养老", subject="罗大发家庭托养点", detail="未登记，收住老人6名")
SAMPLE: dict[str, Any] = {
    "problem": PLACE.key,
    "place_name": "罗大发家庭托养点",
    "address": "平塘县平舟镇河滨路21号",
    "operator": "罗大发",
    "phone": "13800000011",
    "found_on": "2026-10-08",
    "elders": "6",
    "disabled_elders": "2",
    "lacks": ["registration", "fire"],
    "eligible": "yes",
    "judged_by": "砖混结构，消防设施可整改，有护理人员2名",
    "guidance": "已发放登记材料清单，消防大队上门指导",
    "result": "guiding",
}
UNFIT: dict[str, Any] = {
    **{name: value for name, value in SAMPLE.items() if name != "guidance"},
    "eligible": "no",
    "unfit_reason": "木结构自建房，消防无法达标",
    "result": "referred",
}
REGISTERED: dict[str, Any] = {
    **SAMPLE, "result": "registered", "registered_on": "2026-10-12", "registered_no": "52522727MJX0000001",
}  # fmt: skip


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "findings": (PLACE, finding(1)), "attached": frozenset({"evidence"})}
    return facts("522727100", **{**first, **changes})


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> UnlicensedEldercareCase:
    return UnlicensedEldercareCase.read({**base, **changes}, of or known())


def against(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[str]:
    found = paper(of, base, **changes).problems(of or known())
    return [each.sentence for each in found if each.level is not Level.NOTE]


def effects(base: dict[str, Any], of: Facts | None = None, **changes: Any) -> list[Any]:
    return list(paper(of, base, **changes).effects(Milestone.COMPLETED, of or known()))


def running(form: UnlicensedEldercareCase, kind: str) -> list[str]:
    return [each.limit for each in getattr(form, kind) if each.shown_when(form)]


@pytest.mark.parametrize("given", [SAMPLE, UNFIT, REGISTERED], ids=["guiding", "unfit", "registered"])
def test_full_sheets_have_nothing_against_them(given: dict[str, Any]) -> None:
    assert UnlicensedEldercareCase.chain is FORM
    assert against(base=given) == []
    assert paper(base=given).answers() == given


@pytest.mark.parametrize(("found", "due"), [("2022-05-10", "2022-06-22"), ("2026-09-14", "2026-10-30")])
def test_thirty_working_days_from_the_finding(found: str, due: str) -> None:
    length = LIMITS["eldercare_registration_due"].length
    assert count(length, date.fromisoformat(found), Calendar.published()).last_day.isoformat() == due


def test_a_fit_place_starts_the_clock_and_asks_for_the_second_sheet() -> None:
    assert running(paper(), "starts") == ["eldercare_registration_due"]
    assert running(paper(), "settles") == []
    why = "罗大发家庭托养点符合登记条件，请在发现之日起30个工作日内指导完成登记，登记后填写处理结果"
    assert effects(SAMPLE) == [TaskOpened("unlicensed_eldercare_case", "issuer", why, "R-78")]


def test_registered_the_clock_is_met_and_the_problem_may_be_struck_off() -> None:
    form = paper(base=REGISTERED)
    assert running(form, "starts") == []
    assert running(form, "settles") == ["eldercare_registration_due"]
    assert effects(REGISTERED) == [ProblemAnswered((PLACE.key,), "rectified", "已完成登记：52522727MJX0000001")]


def test_an_unfit_place_has_no_clock_and_goes_to_the_departments() -> None:
    form = paper(base=UNFIT)
    assert running(form, "starts") == []
    why = "罗大发家庭托养点不符合登记条件，请函告有关部门依法处理"
    assert effects(UNFIT) == [TaskOpened("department_notice_letter", "issuer", why, "R-79")]
    assert [(each.rule, each.remedy_paper) for each in form.problems(known())] == [
        ("R-79", "department_notice_letter")
    ]


def test_a_place_not_on_the_list_comes_on_it() -> None:
    assert effects(SAMPLE, problem="new")[0] == ProblemFound(
        "thematic", "罗大发家庭托养点", "无证无照养老", "缺少法人登记、消防手续", date(2026, 10, 8)
    )
    second = known(request=doc("unlicensed_eldercare_case", answers=SAMPLE))
    assert [each for each in effects(SAMPLE, second, problem="new") if isinstance(each, ProblemFound)] == []


@pytest.mark.parametrize(
    ("base", "changes", "sentence"),
    [
        (SAMPLE, {"result": "referred"}, "符合登记条件的，应指导其在30个工作日内完成登记，不按“函告”处理"),
        (UNFIT, {"result": "guiding"}, "不符合登记条件的，不能办理登记，应函告有关部门依法处理"),
        (REGISTERED, {"registered_on": "2026-10-07"}, "登记日期不能早于发现日期，请核对"),
        (REGISTERED, {"registered_on": "2026-10-14"}, "登记日期不能晚于今天，请核对"),
        (SAMPLE, {"disabled_elders": "7"}, "失能人数不能多于在住人数，请核对"),
        (SAMPLE, {"place_name": "罗大发养老院"}, "问题清单上的场所为“罗大发家庭托养点”，请核对名称"),
        (SAMPLE, {"found_on": "2026-10-09"}, "问题清单上的发现日期为2026年10月8日，期限从那天起算，请核对"),
    ],
)
def test_what_cannot_be_is_refused(base: dict[str, Any], changes: dict[str, Any], sentence: str) -> None:
    assert sentence in against(base=base, **changes)


def test_the_second_sheet_begins_with_the_first() -> None:
    first = UnlicensedEldercareCase.prefill(known(request=doc("unlicensed_eldercare_case", answers=SAMPLE)))
    assert first["operator"] == "罗大发"
    assert first["problem"] == PLACE.key
    assert "result" not in first


def test_the_first_sheet_begins_with_the_only_such_place_on_the_list() -> None:
    first = UnlicensedEldercareCase.prefill(known())
    assert (first["problem"], first["place_name"]) == (PLACE.key, "罗大发家庭托养点")
    cleared = replace(PLACE, cleared_on=date(2026, 10, 12))
    assert UnlicensedEldercareCase.prefill(known(findings=(cleared,)))["problem"] == "new"
