"""P-62 抄告函: one place a letter, the exact words, the list behind it, and whose three days run (R-77, R-79)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.department_notice_letter import DepartmentNoticeLetter
from forms.kit.chains import STANDARD, Milestone
from forms.kit.counting import count
from forms.kit.effects import ProblemsNoticed
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.paper import REASONS, About, Addressee
from forms.kit.workdays import Calendar
from pdf.render import render
from tests.forms.sample import NOBODY, doc, facts, finding, organ

FIRE, FOOD = (
    finding(1),
    finding(2, kind="场所食品", detail="厨房无留样冰箱，从业人员无健康证", measure="配齐留样设备"),
)
UNLICENSED = finding(3, kind="无证无照养老", subject="罗大发家庭托养点", detail="未登记，收住老人6名")
SAMPLE: dict[str, Any] = {
    "purpose": "hazard",
    "to_unit": "other",
    "to_name": "平塘县消防救援大队",
    "found_by": "特殊群体关爱服务专项排查",
    "problems_told": [FIRE.key, FOOD.key],
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
#: A township refers a place that cannot be registered.
REFERRAL: dict[str, Any] = {
    **SAMPLE,
    "purpose": "unlicensed",
    "to_name": "平塘县市场监督管理局",
    "problems_told": [UNLICENSED.key],
    "why_unfit": "房屋为自建木房，消防不达标且无法改造",
}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {"person": NOBODY, "findings": (FIRE, FOOD, UNLICENSED)}
    return facts(issuer, **{**first, **changes})


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> DepartmentNoticeLetter:
    return DepartmentNoticeLetter.read({**base, **changes}, of or known())


def sentences(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[str]:
    return [each.sentence for each in paper(of, base, **changes).problems(of or known())]


def test_full_letters_have_nothing_against_them() -> None:
    assert sentences() == []
    assert paper().answers() == SAMPLE
    assert sentences(known("522727100"), REFERRAL) == []
    assert DepartmentNoticeLetter.chain is STANDARD
    assert DepartmentNoticeLetter.addressee is Addressee.NAMED
    assert DepartmentNoticeLetter.about is About.ORGAN
    assert DepartmentNoticeLetter.answered_by == ("department_feedback",)


def test_the_wording_is_that_of_the_plan() -> None:
    letter, of = paper(), known()
    assert letter.heading(of) == "平塘县民政局关于抄告平舟镇夕阳红养老院有关问题的函"
    assert list(letter.body(of)) == [
        (
            "我局在特殊群体关爱服务专项排查中发现平舟镇夕阳红养老院存在消防安全、食品安全问题（清单附后），现抄告贵单位。"
            "请于收到本函之日起3个工作日内指导督促该机构完成整改，拒不整改的请依法处理，并将结果反馈我局。"
        )
    ]
    assert list(letter.enclosures(of)) == ["问题清单"]


def test_a_bureau_is_addressed_as_such() -> None:
    letter = paper(to_name="平塘县市场监督管理局")
    assert "现抄告贵局。" in next(iter(letter.body(known())))


def test_the_referral_of_an_unlicensed_place_names_why_and_sets_no_three_days() -> None:
    of = known("522727100")
    letter = paper(of, REFERRAL)
    assert letter.heading(of) == "平塘县平舟镇人民政府关于商请依法处理罗大发家庭托养点无证无照经营养老服务的函"
    assert list(letter.body(of)) == [
        (
            "2026年10月8日，我镇在特殊群体关爱服务专项排查中发现罗大发家庭托养点存在无证无照经营养老服务问题（清单附后）。"
            "经核查，该场所不符合养老服务机构登记条件：房屋为自建木房，消防不达标且无法改造。"
        ),
        "现函告贵局，请依法依规进行处理，并将处理结果反馈我镇。处理中涉及在住老年人安置的，我镇予以配合。",
    ]
    assert [each for each in letter.starts if each.shown_when(letter)] == []
    assert len([each for each in paper().starts if each.shown_when(paper())]) == 3


@pytest.mark.parametrize(("received", "due"), [("2022-04-28", "2022-05-06"), ("2026-09-29", "2026-10-09")])
def test_three_working_days_from_receipt(received: str, due: str) -> None:
    length = LIMITS["hazard_rectification_due"].length
    found = count(length, date.fromisoformat(received), Calendar.published())
    assert found.last_day.isoformat() == due
    assert {each.trigger for each in DepartmentNoticeLetter.starts} == {"served_on"}
    assert LIMITS["hazard_rectification_due"].outside


def test_two_places_are_two_letters() -> None:
    other = finding(4, subject="牙舟镇福寿养老院")
    of = known(findings=(FIRE, other))
    assert sentences(of, problems_told=[FIRE.key, other.key]) == [
        "所选问题涉及2个场所（平舟镇夕阳红养老院、牙舟镇福寿养老院），请分别发函"
    ]


def test_the_matter_fits_the_problem() -> None:
    assert sentences(problems_told=[UNLICENSED.key]) == [
        "问522727-2026-0003的类别为“无证无照养老”，事由应选“函告无证无照养老场所”"
    ]
    assert sentences(base=REFERRAL, problems_told=[FIRE.key]) == [
        "问522727-2026-0001的类别为“场所消防”，事由应选“抄告安全隐患”"
    ]


def test_what_is_struck_off_is_not_told() -> None:
    of = known(findings=(replace(FIRE, cleared_on=date(2026, 10, 12), result="rectified"), FOOD))
    assert sentences(of) == ["问522727-2026-0001已销号，无须发函"]


def test_telling_twice_asks_for_a_reason() -> None:
    of = known(findings=(replace(FIRE, notice_no="平民函〔2026〕37号"), FOOD))
    assert sentences(of) == ["问522727-2026-0001已抄告（平民函〔2026〕37号），再次发函请说明原因"]
    assert sentences(of, **{REASONS: {"R-77": "首次抄告后未反馈"}}) == []


def test_without_problems_of_places_the_remedy_is_to_look_for_them() -> None:
    of = known(findings=())
    found = paper(of, problems_told=[]).problems(of)
    assert "thematic_screening" in {each.remedy_paper for each in found}


def test_only_problems_of_places_are_offered_each_in_one_line() -> None:
    of = known(findings=(FIRE, finding(5, kind="应保未保", subject="罗阿秀")))
    assert paper(of).problems_told.words == {
        FIRE.key: "问522727-2026-0001　平舟镇夕阳红养老院　场所消防：疏散通道堆放杂物"
    }


def test_a_new_letter_takes_the_only_place_that_waits() -> None:
    first = DepartmentNoticeLetter.prefill(known(findings=(FIRE, FOOD)))
    assert first["problems_told"] == [FIRE.key, FOOD.key]
    assert first["purpose"] == "hazard"
    assert DepartmentNoticeLetter.prefill(known())["problems_told"] == []


def test_a_letter_that_follows_from_the_sheet_of_a_place_takes_its_words() -> None:
    sheet = doc(
        "unlicensed_eldercare_case",
        answers={"place_name": "罗大发家庭托养点", "eligible": "no", "unfit_reason": "消防不达标。"},
    )
    first = DepartmentNoticeLetter.prefill(known(request=sheet))
    assert (first["purpose"], first["problems_told"], first["why_unfit"]) == (
        "unlicensed", [UNLICENSED.key], "消防不达标",
    )  # fmt: skip


def test_sent_the_problems_carry_the_letter() -> None:
    assert list(paper().effects(Milestone.SENT, known())) == [ProblemsNoticed((FIRE.key, FOOD.key))]
    assert list(paper().effects(Milestone.SIGNED, known())) == []


def test_the_list_stands_on_a_landscape_page_behind_the_letter() -> None:
    face = paper().face(known(), Stamp())
    (annex,) = face["annexes"]
    assert (annex["title"], annex["orientation"]) == ("问题清单", "landscape")
    assert annex["table"]["rows"][0] == [
        "1", "问522727-\n2026-0001", "2026.10.8", "平舟镇夕阳红养老院", "场所消防", "疏散通道堆放杂物", "清理通道",
        "收到本函之日起3个工作日",
    ]  # fmt: skip
    assert face["title"].endswith("的函")
    assert render(face).pages == 2


def test_it_does_not_go_to_ourselves() -> None:
    assert sentences(to_name=organ("522727-bureau").name) == ["主送机关不能是本单位"]
