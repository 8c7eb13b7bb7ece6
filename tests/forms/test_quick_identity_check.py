"""P-19 身份快速查询记录: found or not found, and what each calls for."""

from dataclasses import replace
from typing import Any

import pytest

from forms.dna_request import DnaRequest
from forms.identity_confirmation import IdentityConfirmation
from forms.kit.chains import Milestone
from forms.kit.effects import TaskOpened
from forms.kit.facts import Facts
from forms.kit.rules import Level
from forms.quick_identity_check import QuickIdentityCheck
from tests.forms.sample import ZHANG, doc, facts, moment

#: The man of 河滨路 is checked with the police an hour after admission; nothing is found.
SAMPLE: dict[str, Any] = {
    "checked_at": "2026-09-28T19:30",
    "checked_by": "龙小梅",
    "police_org": "平塘县公安局金盆派出所",
    "police_officer": "罗明辉",
    "checks_done": ["inquiry", "fingerprint", "face", "national_system", "missing_pool"],
    "course": "会同派出所民警采集指纹和人像，比对均未比中；本人只能说出“大河坝”。",
    "result": "not_confirmed",
    "clues": "自称姓罗，提到过“大河坝”，口音似四川",
}
FOUND: dict[str, Any] = {
    **SAMPLE,
    "result": "confirmed",
    "matched_by": ["face"],
    "matched_name": "罗大河",
    "matched_id_number": "440524188001010014",
    "matched_hukou": "广东省汕头市濠江区",
}
KNOWN = facts(now="2026-09-28 20:00", case={"self_clues": "提到过“大河坝”"})


def paper(known: Facts = KNOWN, base: dict[str, Any] = SAMPLE, **changes: Any) -> QuickIdentityCheck:
    return QuickIdentityCheck.read({**base, **changes}, known)


def tasks(of: QuickIdentityCheck, known: Facts = KNOWN, on: Milestone = Milestone.SUBMITTED) -> dict[str, str]:
    return {effect.paper: effect.rule for effect in of.effects(on, known) if isinstance(effect, TaskOpened)}


@pytest.mark.parametrize("base", [SAMPLE, FOUND])
def test_a_full_record_has_nothing_against_it(base: dict[str, Any]) -> None:
    assert paper(base=base).problems(KNOWN) == []


def test_the_record_starts_with_now_the_police_and_the_clues_of_admission() -> None:
    assert QuickIdentityCheck.prefill(KNOWN) == {
        "checked_at": moment("2026-09-28 20:00"),
        "police_org": "平塘县公安局",
        "clues": "提到过“大河坝”",
    }


def test_not_found_calls_for_notice_and_dna_letter() -> None:
    assert tasks(paper()) == {"tracing_notice": "R-10", "dna_request": "R-12"}


def test_papers_already_on_their_way_are_not_asked_for_again() -> None:
    begun = replace(KNOWN, papers={"tracing_notice": [doc("tracing_notice", "in_process")]})
    assert tasks(paper(begun), begun) == {"dna_request": "R-12"}


def test_found_calls_for_the_confirmation_the_same_day() -> None:
    found = paper(base=FOUND)
    assert tasks(found) == {"identity_confirmation": "R-14"}
    (start,) = QuickIdentityCheck.starts
    assert start.limit == "identity_confirmation_due"
    assert start.shown_when(found)
    assert not start.shown_when(paper())


def test_nothing_is_called_for_when_the_person_is_already_known() -> None:
    known = replace(KNOWN, person=ZHANG)
    assert tasks(paper(known, FOUND), known) == {}
    assert tasks(paper(), KNOWN, Milestone.COMPLETED) == {}


def test_a_record_that_contradicts_the_admission_is_explained() -> None:
    known = replace(KNOWN, person=ZHANG)
    (warned,) = paper(known).problems(known)
    assert (warned.rule, warned.level, warned.field) == ("R-14", Level.WARN, "result")


@pytest.mark.parametrize(
    "changes", [{"checks_done": ["inquiry"]}, {"checks_done": ["accent", "card"]}, {"police_org": ""}]
)
def test_giving_up_without_the_police_is_explained(changes: dict[str, Any]) -> None:
    (warned,) = paper(**changes).problems(KNOWN)
    assert (warned.rule, warned.level, warned.field) == ("R-09", Level.WARN, "checks_done")
    assert paper(**changes, _reasons={"R-09": "派出所设备检修，明日补采"}).problems(KNOWN) == []


def test_what_proves_the_identity_was_really_checked() -> None:
    (refused,) = paper(base=FOUND, matched_by=["face", "card"]).problems(KNOWN)
    assert refused.sentence == "查明依据“证件核验”不在已做的查询方式中，请核对"


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-09-28T20:02", "查询时间不能晚于现在，请核对"),
        ("2026-09-28T18:29", "查询时间不能早于入站时间，请核对"),
    ],
)
def test_the_check_lies_between_admission_and_now(at: str, why: str) -> None:
    assert [problem.sentence for problem in paper(checked_at=at).problems(KNOWN)] == [why]


def test_a_name_is_asked_only_when_one_was_found() -> None:
    assert [problem.field for problem in paper(result="confirmed").problems(KNOWN)] == [
        "matched_by",
        "matched_name",
    ]


def test_the_dna_letter_and_the_confirmation_take_over_what_was_done() -> None:
    after = replace(KNOWN, papers={"quick_identity_check": [doc("quick_identity_check", answers=FOUND)]})
    assert DnaRequest.prefill(after)["checks_done"] == ["fingerprint", "face", "national_system", "missing_pool"]
    taken = IdentityConfirmation.prefill(after)
    assert taken["name"] == "罗大河"
    assert taken["id_number"] == "440524188001010014"
