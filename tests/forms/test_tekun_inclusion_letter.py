"""P-43 纳入特困人员救助供养的函: after household and card, for those who meet the conditions, to their township."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import STANDARD, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.tekun_inclusion_letter import TekunInclusionLetter
from tests.forms import settlement_sample as chain
from tests.forms.sample import organ

SAMPLE: dict[str, Any] = {
    "to_unit": "522727001",
    "disability": "none",
    "incapacity_basis": "elder",
    "no_income": "yes",
    "no_supporter": "yes",
    "can_eat": "yes",
    "can_dress": "yes",
    "can_rise": "yes",
    "can_toilet": "yes",
    "can_walk": "no",
    "can_wash": "no",
    "support_form": "centralised",
    "support_org": "平塘县社会福利院",
    "from_month": "2026-10",
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
KNOWN = chain.known(
    now="2026-09-15 09:00", townships=[organ("522727001"), organ("522727102")], counterpart=organ("522727001")
)


def paper(of: Facts = KNOWN, **changes: Any) -> TekunInclusionLetter:
    return TekunInclusionLetter.read({**SAMPLE, **changes}, of)


def found(of: Facts = KNOWN, **changes: Any) -> list[tuple[str, str, Level]]:
    return [(each.rule, each.field, each.level) for each in paper(of, **changes).problems(of)]


def registered(**answers: str) -> Facts:
    return replace(
        KNOWN,
        papers=chain.on_file(*chain.CHAIN[:7], replace(chain.RESULT, answers={**chain.REGISTERED, **answers})),
        attached=frozenset({"disability_card"}),
    )


FORTY_FIVE = registered(birth_date="1981-06-01")


def test_a_full_letter_has_nothing_against_it() -> None:
    assert found() == []
    assert TekunInclusionLetter.chain is STANDARD
    assert {key: value for key, value in paper().answers().items() if not paper()[key].copied} == SAMPLE


def test_the_draft_is_filled_in_from_the_registration() -> None:
    first = TekunInclusionLetter.prefill(KNOWN)
    assert (first["to_unit"], first["incapacity_basis"]) == ("522727001", "elder")
    assert first["from_month"] == "2026-09"
    without = replace(KNOWN, townships=())
    assert TekunInclusionLetter.prefill(without)["to_name"] == "平塘县金盆街道办事处"


@pytest.mark.parametrize("missing", [{"id_card_date": ""}, {"hukou_date": ""}, {"result": "returned"}])
def test_both_household_and_card_come_first(missing: dict[str, str]) -> None:
    of = registered(**missing)
    assert ("R-57", "hukou_date", Level.BLOCK) in found(of)


@pytest.mark.parametrize(
    ("kind", "grade", "basis", "refused"),
    [
        ("physical", "3", "physical", True),
        ("mental", "3", "mental", False),
        ("none", "", "elder", True),
        ("sight", "1", "sight", False),
    ],
)
def test_at_forty_five_only_a_grave_disability_counts(kind: str, grade: str, basis: str, refused: bool) -> None:
    problems = found(FORTY_FIVE, disability=kind, disability_grade=grade, incapacity_basis=basis)
    assert (("R-58", "incapacity_basis", Level.BLOCK) in problems) is refused


def test_somebody_not_eligible_is_shown_the_other_way() -> None:
    (problem,) = paper(FORTY_FIVE).problems(FORTY_FIVE)
    assert problem.remedy_paper == "tekun_exclusion_record"


@pytest.mark.parametrize("box", ["no_income", "no_supporter"])
def test_all_three_conditions_hold(box: str) -> None:
    lacking: dict[str, Any] = {box: "no"}
    assert found(**lacking) == [("R-58", box, Level.BLOCK)]


def test_a_child_of_fifteen_is_eligible_and_has_a_better_way() -> None:
    of = registered(birth_date="2011-06-01")
    assert found(of, incapacity_basis="minor") == [("R-58", "incapacity_basis", Level.NOTE)]


def test_the_six_items_are_counted_not_typed() -> None:
    assert paper(self_care="具备").self_care.data == "部分丧失"
    assert paper(can_wash="yes", can_walk="yes").self_care.data == "具备"


def test_the_month_is_not_behind_us() -> None:
    assert found(from_month="2026-08") == [("R-57", "from_month", Level.BLOCK)]
    assert found(from_month="2026-09") == []


def test_it_goes_to_a_township() -> None:
    assert found(to_unit="other", to_name="平塘县民政局") == [("R-95", "to_name", Level.BLOCK)]
    assert found(to_unit="other", to_name="平塘县通州镇人民政府") == []


def test_nobody_identified_is_taken_in() -> None:
    of = replace(KNOWN, person=replace(chain.PERSON, identity_status="confirmed", name="罗大河"))
    assert found(of) == [("R-59", "reg_name", Level.BLOCK)]


def test_the_township_has_its_own_days_inside_the_twenty() -> None:
    assert {(each.limit, each.trigger) for each in TekunInclusionLetter.starts} == {
        ("tekun_town_review_due", "served_on")
    }
    assert {each.on for each in TekunInclusionLetter.starts} == {
        Milestone.SENT, Milestone.SERVED, Milestone.RECEIVED,
    }  # fmt: skip
    assert LIMITS["tekun_town_review_due"].outside


def test_the_letter_reads_as_the_house_writes_it() -> None:
    face = paper().face(KNOWN, Stamp())
    assert face["title"] == "平塘县民政局关于将何平安纳入特困人员救助供养的函"
    assert face["addressee"] == "平塘县金盆街道办事处"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "何平安（男，公民身份号码522727196406010014）系我县落户安置的流浪乞讨受助人员，户口已于2026年8月20日登记在"
            "贵州省平塘县金盆街道新城路12号，居民身份证已于2026年9月10日领取。"
            "经核对，其年满60周岁，无生活来源，无法定赡养、抚养、扶养义务人。"
        ),
        (
            "请你单位按照特困人员认定程序办理受理和初审，并于收到本函之日起8个工作日内将初审意见报我局审核确认。"
            "生活自理能力初评为部分丧失，拟由平塘县社会福利院集中供养。"
        ),
    ]


def test_the_days_for_the_township_are_a_setting() -> None:
    of = replace(KNOWN, settings={"town_review_days": 10})
    assert "并于收到本函之日起10个工作日内" in "".join(paper(of).body(of))
