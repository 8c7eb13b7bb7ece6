"""P-24 终身寻亲记录: the search never ends while somebody is unknown; each one sets the next."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import Milestone
from forms.kit.counting import count
from forms.kit.effects import TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from forms.lifelong_tracing_log import LifelongTracingLog
from tests.forms.sample import ZHANG, doc, facts, moment

#: Half a year later, in custody, the man of 河滨路 is asked again and his picture compared again.
SAMPLE: dict[str, Any] = {
    "traced_on": "2027-03-24",
    "traced_by": "龙小梅",
    "cared_for_at": "custody",
    "care_org": "平塘县社会福利院",
    "actions": ["inquiry", "face", "platforms"],
    "course": "到福利院再次问询并重新采集人像比对，均无新结果；已请志愿者扩散。",
    "result": "none",
}
KNOWN = facts(
    now="2027-03-24 16:00",
    papers={"tracing_notice": [doc("tracing_notice", "in_process", sent_at=moment("2026-09-29 10:00"))]},
)


def paper(known: Facts = KNOWN, **changes: Any) -> LifelongTracingLog:
    return LifelongTracingLog.read({**SAMPLE, **changes}, known)


def sentences(known: Facts = KNOWN, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(known, **changes).problems(known)]


def tasks(of: LifelongTracingLog, known: Facts = KNOWN) -> list[str]:
    return [effect.paper for effect in of.effects(Milestone.SUBMITTED, known) if isinstance(effect, TaskOpened)]


def test_a_full_record_has_nothing_against_it() -> None:
    assert sentences() == []


def test_the_clock_is_met_and_starts_again_from_the_day_of_the_search() -> None:
    (met,), (begun,) = LifelongTracingLog.settles, LifelongTracingLog.starts
    assert (met.limit, met.on, met.at) == ("lifelong_tracing_due", Milestone.COMPLETED, "traced_on")
    assert (begun.limit, begun.on, begun.trigger) == ("lifelong_tracing_due", Milestone.COMPLETED, "traced_on")
    assert begun.unless_identified
    assert begun.owner == "county"
    trigger = paper(traced_on="2026-05-20").due_trigger(begun, KNOWN)
    assert count(LIMITS["lifelong_tracing_due"].length, trigger, Calendar.published()).last_day == date(
        2026, 11, 20
    )


def test_the_identified_are_no_longer_traced() -> None:
    known = replace(KNOWN, person=ZHANG)
    assert sentences(known) == ["身份已查明，不需要再登记寻亲"]
    assert tasks(paper(known, result="identified"), known) == []


@pytest.mark.parametrize("place", ["station", "central_station", "custody", "hospital", "settled", "child_home"])
def test_tracing_goes_on_wherever_the_person_lives(place: str) -> None:
    assert sentences(cared_for_at=place) == []


@pytest.mark.parametrize(
    ("papers", "place"),
    [
        ({}, "station"),
        ({"placement_approval": [doc("placement_approval")]}, "custody"),
        (
            {
                "placement_approval": [doc("placement_approval")],
                "household_registration_result": [doc("household_registration_result")],
            },
            "settled",
        ),
    ],
)
def test_the_form_knows_where_the_person_lives(papers: dict[str, Any], place: str) -> None:
    assert LifelongTracingLog.prefill(facts(papers=papers))["cared_for_at"] == place


def test_the_next_record_repeats_where_the_person_lives() -> None:
    before = [doc("lifelong_tracing_log", answers={"cared_for_at": "hospital", "care_org": "平塘县人民医院"})]
    first = LifelongTracingLog.prefill(facts(papers={"lifelong_tracing_log": before}))
    assert (first["cared_for_at"], first["care_org"]) == ("hospital", "平塘县人民医院")


def test_dates_run_forward() -> None:
    assert sentences(traced_on="2027-03-25") == ["寻亲日期不能晚于今天"]
    assert sentences(traced_on="2026-09-27") == ["寻亲日期不能早于入站日期，请核对"]
    again = replace(
        KNOWN,
        papers={**KNOWN.papers, "lifelong_tracing_log": [doc("lifelong_tracing_log", answers=SAMPLE)]},
    )
    assert sentences(again, traced_on="2027-03-23") == ["上一次寻亲记录的日期是2027-03-24，本次不能更早，请核对"]


def test_a_search_without_a_notice_is_explained() -> None:
    bare = replace(KNOWN, papers={})
    (warned,) = paper(bare).problems(bare)
    assert (warned.rule, warned.level, warned.remedy_paper) == ("R-15", Level.WARN, "tracing_notice")


def test_a_clue_is_written_down_and_asked_after() -> None:
    assert sentences(result="clue") == ["请填写“线索内容”"]
    assert tasks(paper(result="clue", clue="提到“大河坝小学”")) == ["identity_assist_request"]
    assert tasks(paper(result="identified")) == ["identity_confirmation"]
    assert tasks(paper()) == []


def test_other_actions_are_named() -> None:
    assert sentences(actions=["other"]) == ["请填写“其他措施”"]


def test_the_printed_record_says_when_the_next_search_is_due() -> None:
    text = paper().face(KNOWN, Stamp())["blocks"][-1]["text"]
    assert text == "身份查明前持续寻亲，下一次寻亲应于2027年9月24日前（含当日）开展。"
    sooner = replace(KNOWN, settings={"lifelong_months": 3})
    assert "2027年6月24日" in paper(sooner).face(sooner, Stamp())["blocks"][-1]["text"]
    ended = paper(result="identified").face(KNOWN, Stamp())["blocks"]
    assert all(block["kind"] != "statement" for block in ended)
