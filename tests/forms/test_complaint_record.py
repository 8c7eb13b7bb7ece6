"""P-75 举报登记及处置反馈单: taken down, looked into, answered in fifteen working days; the informant is protected."""

from datetime import date
from typing import Any

import pytest

from forms.complaint_record import ComplaintRecord
from forms.kit.chains import FORM, Milestone
from forms.kit.effects import ProblemFound
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import NOBODY, doc, facts

SAMPLE: dict[str, Any] = {
    "stage": "taken",
    "complaint_no": "举2026-001",
    "received_at": "2026-10-12T10:20",
    "channel": "phone",
    "anonymous": "no",
    "informant": "黎明霞",
    "informant_phone": "13985400004",
    "subject": "平舟镇夕阳红养老院",
    "kind": "场所消防",
    "detail": "楼道堆放杂物，安全出口上锁",
    "urgent": ["none"],
    "handler": "养老服务股　陆永福",
    "instructed": "两日内现场核查",
}
ANSWER = {
    "stage": "answered", "investigated": "10月14日现场核查，安全出口上锁属实，已当场打开", "verdict": "true",
    "handled": "责令清理通道，抄告消防救援机构", "feedback_on": "2026-10-15", "feedback_how": "phone", "satisfied": "yes",
    "on_list": "yes",
}  # fmt: skip


def known(now: str = "2026-10-12 11:00", **changes: Any) -> Facts:
    return facts("522727-bureau", now, **{"person": NOBODY, "case": {}, **changes})


def later(**changes: Any) -> Facts:
    papers = {"complaint_record": [doc("complaint_record", answers=SAMPLE)]}
    return known("2026-10-15 15:00", **{"papers": papers, "attached": frozenset({"evidence"}), **changes})


def paper(of: Facts | None = None, **changes: Any) -> ComplaintRecord:
    return ComplaintRecord.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_both_stages_can_be_full() -> None:
    assert sentences() == []
    assert sentences(later(), **ANSWER) == []
    assert ComplaintRecord.chain is FORM


def test_fifteen_working_days_run_from_the_receipt_and_end_with_the_answer() -> None:
    (start,), (end,) = ComplaintRecord.starts, ComplaintRecord.settles
    assert start.on is Milestone.SUBMITTED
    assert start.shown_when(paper())
    assert not start.shown_when(paper(**ANSWER))
    assert (end.shown_when(paper(**ANSWER)), end.shown_when(paper()), end.at) == (True, False, "feedback_on")
    assert LIMITS[start.limit].due(date(2026, 10, 12), Calendar.published()).last_day == date(2026, 11, 2)


def test_a_number_is_taken_once() -> None:
    assert sentences(later()) == ["这个举报编号已经登记，请核对编号；办理完毕的请选“处置反馈”"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"feedback_on": "2026-10-16"}, ["反馈日期不能晚于今天"]),
        ({"feedback_on": "2026-10-11"}, ["反馈日期不能早于收到日期，请核对"]),
        ({"feedback_how": "none"}, ["实名举报须向举报人反馈"]),
    ],
)
def test_whoever_gave_a_name_is_answered(changes: dict[str, str], found: list[str]) -> None:
    assert sentences(later(), **{**ANSWER, **changes}) == found


def test_times_run_forward_and_none_stands_alone() -> None:
    assert sentences(received_at="2026-10-12T11:02") == ["收到时间不能晚于现在，请核对"]
    assert sentences(urgent=["none", "money"]) == ["涉及情形选了“无”，不能再选其他，请核对"]


def test_harm_goes_to_the_police_first() -> None:
    (problem,) = paper(urgent=["harm"]).problems(known())
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-81", Level.WARN, "mandatory_report")


def test_what_proved_true_goes_on_the_list() -> None:
    (found,) = paper(later(), **ANSWER).effects(Milestone.COMPLETED, later())
    assert isinstance(found, ProblemFound)
    assert (found.source, found.kind, found.found_on) == ("complaint", "场所消防", date(2026, 10, 12))
    assert list(paper(later(), **{**ANSWER, "verdict": "false"}).effects(Milestone.COMPLETED, later())) == []
    assert list(paper().effects(Milestone.COMPLETED, known())) == []


def test_the_informant_is_never_on_the_page() -> None:
    face = paper(later(), **ANSWER).face(later(), Stamp())
    printed = str(face) + paper().heading(known())
    assert "黎明霞" not in printed
    assert "13985400004" not in printed
    assert "举2026-001" in printed
