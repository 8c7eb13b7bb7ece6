"""P-65 强制报告单: at once, to the police, nobody asked; late is told, never refused (R-81)."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import AT_ONCE, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import REASONS, About, Addressee
from forms.kit.rules import Level
from forms.mandatory_report import MandatoryReport
from pdf.render import render
from tests.forms.sample import GRANNY, MAN, NOBODY, doc, facts, organ
from tests.forms.test_screening_form import CHILD

SAMPLE: dict[str, Any] = {
    "found_at": "2026-10-03T21:15",
    "place": "平舟镇京舟村大寨组",
    "reporter": "陆小梅",
    "reporter_phone": "13800000009",
    "person_name": "罗小军",
    "person_sex": "男",
    "person_age": "11岁",
    "harm": ["abuse", "no_guardian"],
    "seriousness": "injured",
    "what_happened": "入户走访时发现孩子手臂、背部有多处淤青，孩子说是被叔父用木棍打的",
    "suspect": "罗国平，叔父",
    "protection": "已把孩子接到村委会，由妇女主任陪护",
    "reported_at": "2026-10-03T21:20",
    "report_way": "110",
    "police_unit": "平塘县公安局平舟派出所",
}


def known(**changes: Any) -> Facts:
    first = {"now": "2026-10-03 22:40", "counterpart": organ("522727-police")}
    return facts("522727100-01", **{**first, "person": NOBODY, "case": {}, **changes})


def paper(of: Facts | None = None, **changes: Any) -> MandatoryReport:
    return MandatoryReport.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[tuple[str, str]]:
    return [(each.field, each.sentence) for each in paper(of, **changes).problems(of or known())]


def test_it_goes_at_once_from_wherever_harm_is_found() -> None:
    assert MandatoryReport.chain is AT_ONCE
    assert MandatoryReport.addressee is Addressee.POLICE
    assert MandatoryReport.about is About.ORGAN
    assert MandatoryReport.drafted_in >= {
        "village",
        "township",
        "county_bureau",
        "county_station",
        "central_station",
    }
    assert sentences() == []
    assert paper().answers() == SAMPLE


def test_the_receipt_of_the_police_may_come_later() -> None:
    assert paper()["receipt_no"].required is False
    assert all(each.after_issue and not each.required for each in MandatoryReport.checklist)


def test_told_after_more_than_an_hour_a_reason_is_asked() -> None:
    (told,) = paper(reported_at="2026-10-03T22:30").problems(known())
    assert (told.rule, told.level, told.field) == ("R-81", Level.WARN, "reported_at")
    assert told.sentence == "发现1小时后才报警，请说明原因；报告不能因此再拖"
    assert sentences(reported_at="2026-10-03T22:30", **{REASONS: {"R-81": "山里没有信号"}}) == []
    assert sentences(reported_at="2026-10-03T22:15") == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"found_at": "2026-10-03T22:45", "reported_at": "2026-10-03T22:46"},
            "found_at",
            "发现时间不能晚于现在，请核对",
        ),
        ({"reported_at": "2026-10-03T21:10"}, "reported_at", "报警时间不能早于发现时间，请核对"),
        ({"receipt_at": "2026-10-03T21:18"}, "receipt_at", "受理时间不能早于报警时间，请核对"),
        ({"harm": []}, "harm", "请填写“侵害类型”"),
        ({"what_happened": "被打了"}, "what_happened", "案情经过：至少10个字，请补充"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], field: str, sentence: str) -> None:
    assert (field, sentence) in sentences(**changes)


def test_the_limit_runs_from_the_finding_and_is_met_by_the_call() -> None:
    (begun,) = MandatoryReport.starts
    assert (begun.limit, begun.on, begun.trigger, begun.met_at) == (
        "mandatory_report_due", Milestone.SUBMITTED, "found_at", "reported_at",
    )  # fmt: skip
    (met,) = MandatoryReport.settles
    assert (met.limit, met.on, met.at) == ("trafficking_report_due", Milestone.SUBMITTED, "reported_at")


def test_begun_from_a_case_it_knows_the_person() -> None:
    of = known(person=MAN, case={"help_reason": ["lost", "abandoned"], "found_place": "河滨路桥头"})
    first = MandatoryReport.prefill(of)
    assert (first["person_name"], first["person_age"], first["place"]) == ("河滨路男", "50至55岁", "河滨路桥头")
    assert first["harm"] == ["abandonment", "missing"]


def test_begun_from_a_resident_or_a_form_not_yet_checked_it_knows_the_child() -> None:
    answers = {**CHILD, "harm": ["abuse"], "guardian_state": "unable"}
    for of in (
        known(resident=replace(GRANNY, answers=answers)),
        known(request=doc("screening_form", "in_process", answers=answers, closed_at=None)),
    ):
        first = MandatoryReport.prefill(of)
        assert (first["person_name"], first["person_age"], first["reporter"]) == ("罗小军", "11岁", "陆小梅")
        assert first["harm"] == ["abuse", "no_guardian"]
        assert first["police_unit"] == "平塘县公安局"


def test_begun_from_nothing_it_is_empty_but_for_time_and_police() -> None:
    first = {name: value for name, value in MandatoryReport.prefill(known()).items() if value}
    assert set(first) == {"found_at", "reported_at", "police_unit"}


def test_the_bureau_gets_a_copy() -> None:
    assert list(paper().cc(known())) == ["平塘县民政局"]


def test_it_is_one_page_even_with_long_words() -> None:
    of = known(person=MAN)
    long = paper(
        of, what_happened="案" * 200, protection="护" * 100, place="平" * 40, suspect="疑" * 40, person_address="址" * 40,
        harm=["domestic_violence", "bullying", "sexual", "confinement", "abuse", "abandonment", "trafficking", "alone"],
        person_name="阿卜杜热合曼·买买提江", receipt_no="平公（舟）受案字〔2026〕1023号", receipt_at="2026-10-03T21:40",
    )  # fmt: skip
    face = long.face(of, Stamp())
    assert face["number_line"] == {"left": "致：平塘县公安局", "right": "平塘县平舟镇京舟村村民委员会"}
    assert render(face).pages == 1
