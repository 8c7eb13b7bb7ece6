"""P-43 不纳入特困救助供养登记表: the line of twenty days closes as not applicable, and the reason stands beside it."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import REVIEWED, Milestone
from forms.kit.effects import ClocksCancelled, TaskOpened
from forms.kit.facts import Facts
from forms.tekun_exclusion_record import TekunExclusionRecord
from tests.forms import settlement_sample as chain
from tests.forms.sample import doc, rules_hit

YOUNG = replace(chain.RESULT, answers={**chain.REGISTERED, "birth_date": "1981-06-01"})
SAMPLE: dict[str, Any] = {
    "disability": "physical",
    "disability_grade": "3",
    "unmet": ["able"],
    "basis": "肢体残疾三级，能独立行走，在福利院食堂帮工，本人愿意就业。",
    "routes": ["dibao", "work"],
    "decided_by": "bureau",
}
KNOWN = chain.known(papers=chain.on_file(*chain.CHAIN[:7], YOUNG))


def paper(of: Facts = KNOWN, **changes: Any) -> TekunExclusionRecord:
    return TekunExclusionRecord.read({**SAMPLE, **changes}, of)


def test_a_full_record_has_nothing_against_it() -> None:
    assert paper().problems(KNOWN) == []
    assert TekunExclusionRecord.chain is REVIEWED
    assert paper().heading(KNOWN) == "不纳入特困救助供养登记表（何平安）"


def test_the_line_closes_with_the_reason_and_other_help_is_opened() -> None:
    cancelled, task = paper().effects(Milestone.COMPLETED, KNOWN)
    assert cancelled == ClocksCancelled(("tekun_inclusion_due", "tekun_town_review_due"), "不适用：具有劳动能力")
    assert isinstance(task, TaskOpened)
    assert task.paper == "needs_assessment"
    assert list(paper().effects(Milestone.SUBMITTED, KNOWN)) == []


def test_a_suspected_disability_is_assessed() -> None:
    tasks = [
        effect.paper
        for effect in paper(routes=["assessment"]).effects(Milestone.COMPLETED, KNOWN)
        if isinstance(effect, TaskOpened)
    ]
    assert tasks == ["disability_assessment_referral"]


def test_several_reasons_are_told_together() -> None:
    assert paper(unmet=["able", "income"], reason_text="随便").reason_text.data == "具有劳动能力、有生活来源"


def test_a_man_of_sixty_two_is_not_called_able() -> None:
    of = chain.known()
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-58", "tekun_inclusion_letter")
    assert problem.sentence == "该人员年满60周岁，属于无劳动能力，不能选“具有劳动能力”"
    assert rules_hit(paper(of, unmet=["supporter"]), of) == set()


@pytest.mark.parametrize(("birth", "refused"), [("1981-06-01", True), ("2011-06-01", False)])
def test_orphans_are_children(birth: str, refused: bool) -> None:
    young = replace(chain.RESULT, answers={**chain.REGISTERED, "birth_date": birth})
    of = replace(KNOWN, papers=chain.on_file(young))
    assert ("R-58" in rules_hit(paper(of, unmet=["child"]), of)) is refused


def test_before_both_are_obtained_there_is_nothing_to_close() -> None:
    of = replace(KNOWN, papers=chain.through(chain.LETTER))
    assert rules_hit(paper(of), of) == {"R-57"}


def test_somebody_in_support_is_not_left_out() -> None:
    of = replace(KNOWN, papers={**KNOWN.papers, "tekun_confirmation": [doc("tekun_confirmation")]})
    assert rules_hit(paper(of), of) == {"R-58"}
