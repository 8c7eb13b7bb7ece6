"""P-44 特困人员审核确认表: the township finds, the county confirms, and the twenty days are met."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import DECIDED_ABOVE, Milestone
from forms.kit.effects import CaseUpdated, RequestAnswered
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import Addressee
from forms.tekun_confirmation import TekunConfirmation
from tests.forms import settlement_sample as chain
from tests.forms.sample import moment
from tests.forms.test_tekun_inclusion_letter import SAMPLE as ASKED

LETTER = chain.paper(
    "tekun_inclusion_letter",
    9,
    state="in_process",
    doc_no="平民函〔2026〕52号",
    signed_on=date(2026, 9, 16),
    sent_at=moment("2026-09-16 16:00"),
    served_on=date(2026, 9, 17),
    answers={
        **ASKED,
        "reg_name": "何平安",
        "sex": "男",
        "birth_date": "1964-06-01",
        "id_number": "522727196406010014",
        "hukou_address": "贵州省平塘县金盆街道新城路12号",
    },
)
SAMPLE: dict[str, Any] = {
    "accepted_on": "2026-09-17",
    "disability": "none",
    "incapacity_basis": "elder",
    "no_income": "yes",
    "no_supporter": "yes",
    "visited_on": "2026-09-18",
    "visitors": [
        {"name": "陆永福", "post": "金盆街道社会事务办主任"},
        {"name": "韦小芳", "post": "新城社区网格员"},
    ],
    "findings": "本人在平塘县社会福利院生活，无收入、无财产，未发现亲属，愿意集中供养。",
    "can_eat": "yes",
    "can_dress": "yes",
    "can_rise": "yes",
    "can_toilet": "yes",
    "can_walk": "no",
    "can_wash": "no",
    "posted_from": "2026-09-18",
    "posted_to": "2026-09-24",
    "objections": "无异议",
    "support_form": "centralised",
    "support_org": "平塘县社会福利院",
    "from_month": "2026-10",
    "town_opinion": "符合特困人员认定条件，同意上报。",
}
KNOWN = chain.known(
    now="2026-09-28 10:00",
    issuer="522727001",
    request=LETTER,
    attached=frozenset({"visit_proof", "posting_proof", "disability_card"}),
)


def paper(of: Facts = KNOWN, **changes: Any) -> TekunConfirmation:
    return TekunConfirmation.read({**SAMPLE, **changes}, of)


def found(of: Facts = KNOWN, **changes: Any) -> list[tuple[str, str]]:
    return [(each.rule, each.field) for each in paper(of, **changes).problems(of)]


def test_a_full_form_has_nothing_against_it() -> None:
    assert found() == []
    kind = TekunConfirmation
    assert (kind.chain, kind.addressee, kind.drafted_in) == (
        DECIDED_ABOVE, Addressee.REQUESTER, frozenset({"township"}),
    )  # fmt: skip


def test_the_letter_fills_the_form_and_names_the_person() -> None:
    first = TekunConfirmation.prefill(KNOWN)
    assert (first["incapacity_basis"], first["can_walk"], first["support_org"]) == (
        "elder",
        "no",
        "平塘县社会福利院",
    )
    read = paper(reg_name="何顺", id_number="110105194912310020")
    assert (read.reg_name.data, read.id_number.data) == ("何平安", "522727196406010014")


def test_it_is_taken_up_from_the_letter() -> None:
    assert ("R-64", "letter_no") in found(replace(KNOWN, request=None))


def test_the_township_may_find_otherwise_than_the_letter() -> None:
    assert paper(can_walk="yes", can_wash="yes").self_care.data == "具备"
    assert found(no_income="no") == [("R-58", "no_income")]
    assert found(disability="physical", disability_grade="3", incapacity_basis="physical") == [
        ("R-58", "incapacity_basis")
    ]


def test_two_persons_visit() -> None:
    assert found(visitors=SAMPLE["visitors"][:1]) == [("", "visitors")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accepted_on": "2026-09-29", "visited_on": "2026-09-18"}, "accepted_on"),
        ({"visited_on": "2026-09-16"}, "visited_on"),
        ({"posted_to": "2026-09-23"}, "posted_to"),
        ({"posted_from": "2026-09-23", "posted_to": "2026-09-29"}, "posted_to"),
    ],
)
def test_taking_up_visit_and_posting_follow_each_other(changes: dict[str, Any], field: str) -> None:
    assert ("R-57", field) in found(**changes)


def test_the_month_is_that_of_the_confirmation_or_later() -> None:
    assert found(from_month="2026-09") == []
    october = replace(KNOWN, now=moment("2026-10-09 10:00"), today=date(2026, 10, 9))
    assert found(october, from_month="2026-09") == [("R-57", "from_month")]


def test_confirmed_the_letter_is_answered_and_the_twenty_days_are_met() -> None:
    assert list(paper().effects(Milestone.COMPLETED, KNOWN)) == [
        RequestAnswered("确认为特困人员，自2026年10月起集中供养"),
        CaseUpdated({"on_welfare": "tekun"}),
    ]
    assert list(paper().effects(Milestone.SUBMITTED, KNOWN)) == []
    assert [(each.limit, each.on) for each in TekunConfirmation.settles] == [
        ("tekun_town_review_due", Milestone.SUBMITTED),
        ("tekun_inclusion_due", Milestone.COMPLETED),
    ]


def test_nobody_identified_is_confirmed() -> None:
    of = replace(KNOWN, person=replace(chain.PERSON, identity_status="confirmed", name="罗大河"))
    assert found(of) == [("R-59", "reg_name")]


def test_the_form_carries_the_items_the_conclusion_and_four_names() -> None:
    names = {"draft": "陆永福", "own": "杨秀珍", "take": "罗春和", "check_above": "蒙天福", "decide": "陆德音"}
    face = paper().face(KNOWN, Stamp(names=names))
    ticks = next(block for block in face["blocks"] if block["kind"] == "ticks")
    assert ticks["heading"] == "生活自理能力（部分丧失）"
    assert [item["ok"] for item in ticks["items"]] == [True, True, True, True, False, False]
    conclusion = next(block for block in face["blocks"] if block.get("heading") == "县级审核确认意见")
    assert conclusion["text"] == (
        "经审核，何平安符合特困人员认定条件，确认自2026年10月起纳入特困人员救助供养，由平塘县社会福利院集中供养。"
    )
    assert [box["name"] for box in face["blocks"][-1]["boxes"]] == ["陆永福", "杨秀珍", "蒙天福", "陆德音"]
