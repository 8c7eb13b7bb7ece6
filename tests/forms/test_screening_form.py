"""P-58 特殊群体排查情况表: who belongs to which group, what the police must hear at once, what goes on the list."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import CHECKED_ABOVE, Milestone
from forms.kit.effects import ProblemFound, ResidentRecorded, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import REASONS, About, Addressee
from forms.kit.rules import Level
from forms.screening_form import ScreeningForm
from pdf.render import render
from tests.forms.sample import CAMPAIGN, GRANNY, NOBODY, doc, facts, finding, organ, rules_hit

#: A left-behind old woman, nothing wrong.
SAMPLE: dict[str, Any] = {
    "campaign": CAMPAIGN.key,
    "name": "罗阿秀",
    "household": "registered",
    "id_number": "522727195003020029",
    "sex": "女",
    "birth_date": "1950-03-02",
    "phone": "13800000001",
    "address": "京舟村大寨组12号",
    "category": ["left_elder"],
    "welfare": ["dibao"],
    "guardianship": "no",
    "living": "alone",
    "housing": "safe",
    "harm": ["none"],
    "needs": "希望有人代买降压药",
    "visited_on": "2026-10-12",
    "visitor": "陆小梅",
}
#: A boy of eleven whose parents work away.
CHILD: dict[str, Any] = {
    **SAMPLE,
    "name": "罗小军",
    "id_number": "522727201504150030",
    "sex": "男",
    "birth_date": "2015-04-15",
    "category": ["left_child"],
    "guardianship": "school",
    "school": "enrolled",
    "guardian_state": "fair",
    "guardian_name": "罗国安",
    "guardian_relation": "祖父",
    "guardian_phone": "13800000002",
    "living": "with_guardian",
}
#: A man with an intellectual disability in dispersed support.
WARD: dict[str, Any] = {
    **SAMPLE,
    "name": "韦阿强",
    "id_number": "522727198506100032",
    "sex": "男",
    "birth_date": "1985-06-10",
    "category": ["intellectual"],
    "suspected": "no",
    "dis_type": ["intellectual"],
    "dis_card": "valid",
    "dis_grade": "1",
    "dis_card_until": "2030-05-01",
    "welfare": ["tekun_dispersed"],
    "guardianship": "adult",
    "guardian_state": "fair",
    "guardian_name": "韦国良",
    "guardian_relation": "兄",
    "guardian_phone": "13800000003",
    "living": "with_guardian",
}


def known(**changes: Any) -> Facts:
    first = {"person": NOBODY, "counterpart": organ("522727100"), "campaigns": (CAMPAIGN,)}
    return facts("522727100-01", **{**first, **changes})


def paper(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> ScreeningForm:
    return ScreeningForm.read({**base, **changes}, of or known())


def against(of: Facts | None = None, base: dict[str, Any] = SAMPLE, **changes: Any) -> list[tuple[str, str, str]]:
    return [
        (each.rule, each.field, each.sentence)
        for each in paper(of, base, **changes).problems(of or known())
        if each.level is not Level.NOTE
    ]


def born(age: int) -> dict[str, str]:
    """Answers of somebody not registered, so old on the day of the visit."""
    return {"household": "unregistered", "id_number": "", "birth_date": f"{2026 - age}-10-12"}


@pytest.mark.parametrize("given", [SAMPLE, CHILD, WARD], ids=["elder", "child", "ward"])
def test_a_full_form_has_nothing_against_it_and_survives_storing(given: dict[str, Any]) -> None:
    assert against(base=given) == []
    assert paper(base=given).answers() == given


def test_the_village_writes_the_township_checks() -> None:
    assert ScreeningForm.chain is CHECKED_ABOVE
    assert ScreeningForm.addressee is Addressee.TOWNSHIP
    assert ScreeningForm.about is About.RESIDENT
    assert ScreeningForm.opens


def test_a_girl_of_sixteen_is_no_left_behind_child() -> None:
    girl = {**born(16), "sex": "女", "category": ["left_child"], "guardianship": "minor", "school": ""}
    assert against(base=CHILD, **girl) == [("R-73", "category", "留守儿童应不满16周岁，该人员16岁")]


def test_the_day_before_sixteen_she_still_is() -> None:
    girl = {**born(16), "birth_date": "2010-10-13", "sex": "女"}
    assert against(base=CHILD, **girl) == []


def test_fifty_nine_is_no_left_behind_elder() -> None:
    assert against(**born(59)) == [("R-73", "category", "留守老年人应年满60周岁，该人员59岁")]
    assert against(**born(60)) == []


def test_intellectual_disability_is_a_group_of_its_own() -> None:
    found = against(base=WARD, category=["disabled"])
    assert ("R-73", "category", "重度残疾人不含精神、智力残疾") in found
    assert ("R-73", "category", "残疾类别含智力，人员类别还应选“智力残疾人（含疑似）”") in found


def test_a_second_disability_keeps_both_groups() -> None:
    assert against(base=WARD, category=["disabled", "intellectual"], dis_type=["physical", "intellectual"]) == []


def test_a_woman_of_sixty_one_as_left_behind_woman_asks_for_a_reason() -> None:
    older = {**born(61), "category": ["left_woman"]}
    assert against(**older) == [("R-73", "category", "留守妇女一般为20至59周岁，该人员61岁，请核对或者说明原因")]
    assert against(**older, **{REASONS: {"R-73": "县里按到65周岁统计"}}) == []


def test_a_county_may_draw_the_ages_of_left_behind_women_otherwise() -> None:
    wider = known(settings={"woman_age_to": 65})
    assert against(wider, **born(61), category=["left_woman"]) == []


def test_a_man_is_no_left_behind_woman() -> None:
    man = {**born(40), "sex": "男", "category": ["left_woman"]}
    assert against(**man) == [("R-73", "category", "留守妇女应为女性，请核对性别或者类别")]


def test_grade_three_as_severe_asks_for_a_reason() -> None:
    severe = {
        "category": ["disabled"], "dis_type": ["physical"], "dis_card": "valid", "dis_card_until": "2030-01-01",
    }  # fmt: skip
    assert against(**severe, dis_grade="3") == [
        ("R-73", "dis_grade", "重度残疾人一般为一级、二级，现为三级，请核对或者说明原因")
    ]
    assert against(**severe, dis_grade="2") == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"id_number": "522727195003020028"}, "id_number", "身份证号：公民身份号码校验位不符，请逐位核对证件"),
        ({"birth_date": "1950-03-03"}, "birth_date", "出生日期与身份证号不一致，请核对"),
        ({"sex": "男"}, "sex", "性别与身份证号第17位不一致，请核对"),
        ({"id_number": ""}, "id_number", "请填写“身份证号”"),
        ({"visited_on": "2026-10-14"}, "visited_on", "走访日期不能晚于今天，请核对"),
        ({"harm": ["none", "abuse"]}, "harm", "“疑似受侵害”选了“无”，不能再选其他"),
        ({"welfare": ["none", "dibao"], "not_covered_reason": "not_eligible"}, "welfare",
         "“救助身份”选了“无”，不能再选其他"),
        ({"welfare": ["tekun_dispersed", "tekun_central"]}, "welfare", "特困分散供养和集中供养只能选一种"),
        ({"living": "with_guardian"}, "living", "没有监护人（或者不需要监护），居住情况不能选“与监护人同住”"),
        ({"guardianship": "minor", "guardian_state": "none", "living": "with_others"}, "guardianship",
         "该人员76岁，已成年，请改选"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_box(changes: dict[str, Any], field: str, sentence: str) -> None:
    assert (field, sentence) in [(box, words) for _, box, words in against(**changes)]


def test_an_expired_card_has_an_end_in_the_past() -> None:
    found = against(base=WARD, dis_card="expired")
    assert found == [("R-73", "dis_card_until", "残疾证到期未换，与有效期不一致，请核对")]


@pytest.mark.parametrize(
    ("age", "right"), [(5, "minor"), (6, "school"), (15, "school"), (16, "minor"), (17, "minor")]
)
def test_the_age_decides_whether_school_is_asked(age: int, right: str) -> None:
    child = {**CHILD, **born(age), "category": ["other"]}
    wrong = "minor" if right == "school" else "school"
    assert "guardianship" not in [box for _, box, _ in against(base=child, guardianship=right)]
    assert ("R-73", "guardianship") in [(rule, box) for rule, box, _ in against(base=child, guardianship=wrong)]


def test_school_and_guardian_are_asked_of_children_only() -> None:
    adult, child = paper(), paper(base=CHILD)
    assert [adult[name].shown(adult) for name in ("school", "guardian_state", "guardian_name")] == [False] * 3
    assert [child[name].shown(child) for name in ("school", "guardian_state", "guardian_name")] == [True] * 3
    assert ("", "school", "请填写“就学情况”") in against(base=CHILD, school="")


def test_mental_and_intellectual_disability_asks_for_a_guardian() -> None:
    assert ("R-73", "guardianship", "精神（智力）残疾人须填写监护情况") in against(
        base=WARD, guardianship="no", living="alone"
    )


def test_nobody_is_asked_for_the_name_of_a_missing_guardian() -> None:
    assert against(base=CHILD, guardian_state="none", guardian_name="", guardian_relation="", guardian_phone="",
                   living="with_others") == []  # fmt: skip


def test_an_older_visit_does_not_overwrite_the_file() -> None:
    of = known(resident=replace(GRANNY, updated_on=date(2026, 10, 13)))
    assert against(of) == [("R-74", "visited_on", "档案已按2026年10月13日的情况更新，不能再用更早的情况覆盖")]


# -- what follows --------------------------------------------------------------------------------------------------


def made(form: ScreeningForm, of: Facts | None = None, on: Milestone = Milestone.COMPLETED) -> list[Any]:
    return list(form.effects(on, of or known()))


def test_checked_the_file_is_opened() -> None:
    (recorded,) = made(paper())
    assert isinstance(recorded, ResidentRecorded)
    assert recorded.updated_on == date(2026, 10, 12)
    values = dict(recorded.values)
    answers = values.pop("answers")
    assert values == {
        "name": "罗阿秀", "sex": "女", "birth_date": date(1950, 3, 2), "id_number": "522727195003020029",
        "categories": ["left_elder"], "visited_on": date(2026, 10, 12), "campaign": CAMPAIGN.key,
    }  # fmt: skip
    assert answers["living"] == "alone"


def test_what_is_no_longer_asked_is_not_kept_on_file() -> None:
    form = paper(base=CHILD, guardianship="no", category=["other"], living="alone", guardian_state="unable")
    (recorded, *_) = made(form)
    assert "guardian_state" not in recorded.values["answers"]


def test_outside_campaigns_the_resident_stays_with_the_last_one() -> None:
    (recorded,) = made(paper(campaign="routine"))
    assert "campaign" not in recorded.values


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"harm": ["confinement", "abuse"]}, "韦阿强：关锁、虐待，请立即报告公安机关"),
        ({"guardian_state": "not_performing"}, "韦阿强：监护情况为“不履行”，请立即报告公安机关"),
        ({"living": "alone"}, "韦阿强：脱离监护独自居住，请立即报告公安机关"),
    ],
)
def test_harm_and_failing_guardians_go_to_the_police_before_any_check(changes: dict[str, Any], why: str) -> None:
    form = paper(base=WARD, **changes)
    assert made(form, on=Milestone.SUBMITTED) == [TaskOpened("mandatory_report", "issuer", why, "R-81")]
    begun = [each.limit for each in form.starts if each.shown_when is None or each.shown_when(form)]
    assert "mandatory_report_due" in begun
    assert "R-81" in rules_hit(form, known())
    assert against(base=WARD, **changes) == []


def test_without_harm_the_police_clock_does_not_start() -> None:
    begun = [each.limit for each in ScreeningForm.starts if each.shown_when is None or each.shown_when(paper())]
    assert begun == ["screening_update_due", "monthly_visit_due"]


def test_what_the_police_know_already_is_not_asked_again() -> None:
    of = known(
        resident=GRANNY, papers={"mandatory_report": [doc("mandatory_report", answers={"harm": ["abuse"]})]}
    )
    assert made(paper(of, base=WARD, harm=["abuse"]), of, Milestone.SUBMITTED) == []
    assert made(paper(of, base=WARD, harm=["abuse", "confinement"]), of, Milestone.SUBMITTED) != []


def test_dispersed_support_without_a_capable_guardian_becomes_central_support() -> None:
    form = paper(base=WARD, guardian_state="unable")
    why = "韦阿强系分散供养特困人员，监护人无监护能力，请立即办理转集中供养"
    assert TaskOpened("centralised_support_transfer", "522727100", why, "R-82") in made(form)
    assert "R-82" in rules_hit(form, known())
    assert not [each for each in made(paper(base=WARD)) if isinstance(each, TaskOpened)]


@pytest.mark.parametrize(
    ("base", "changes", "kind", "detail"),
    [
        (SAMPLE, {"welfare": ["none"], "not_covered_reason": "incomplete", "not_covered_note": "缺收入证明"}, "应保未保",
         "未纳入社会救助，材料不全：缺收入证明"),
        (WARD, {"guardian_state": "unable"}, "监护缺失", "监护情况为“无监护能力”"),
        (WARD, {"guardian_state": "not_performing"}, "监护不履行", "监护情况为“不履行”"),
        (WARD, {"suspected": "yes"}, "疑似未评残", "疑似精神（智力）残疾，尚未评定"),
        (CHILD, {"school": "dropout"}, "未入学", "适龄儿童辍学"),
        (SAMPLE, {"harm": ["domestic_violence"]}, "受侵害", "疑似家庭暴力"),
        (SAMPLE, {"housing": "danger"}, "其他", "住房危房"),
    ],
)  # fmt: skip
def test_problems_the_answers_tell_go_on_the_list(
    base: dict[str, Any], changes: dict[str, Any], kind: str, detail: str
) -> None:
    found = [each for each in made(paper(base=base, **changes)) if isinstance(each, ProblemFound)]
    assert [(each.source, each.kind, each.detail, each.found_on) for each in found] == [
        ("screening", kind, detail, date(2026, 10, 12))
    ]


def test_not_eligible_is_no_problem() -> None:
    assert len(made(paper(welfare=["none"], not_covered_reason="not_eligible"))) == 1


def test_typed_problems_go_on_the_list_and_replace_what_the_answers_tell() -> None:
    typed = {
        "kind": "应保未保",
        "detail": "低保申请被退回两次",
        "measure": "村里协助补材料",
        "owner_name": "陆小梅",
    }
    form = paper(welfare=["none"], not_covered_reason="incomplete", problems_found=[typed])
    (found,) = [each for each in made(form) if isinstance(each, ProblemFound)]
    assert (found.kind, found.detail, found.measure, found.owner_name) == tuple(typed.values())


def test_a_problem_still_open_is_not_listed_twice() -> None:
    open_already = known(resident=GRANNY, findings=(finding(kind="受侵害", subject="罗阿秀"),))
    cleared = known(
        resident=GRANNY, findings=(finding(kind="受侵害", subject="罗阿秀", cleared_on=date(2026, 10, 9)),)
    )
    form = paper(open_already, harm=["abuse"])
    assert [each for each in made(form, open_already) if isinstance(each, ProblemFound)] == []
    assert [each for each in made(form, cleared) if isinstance(each, ProblemFound)] != []


def test_problems_of_others_say_nothing_about_somebody_new() -> None:
    of = known(findings=(finding(kind="受侵害", subject="张三"),))
    assert [each for each in made(paper(of, harm=["abuse"]), of) if isinstance(each, ProblemFound)] != []


# -- the monthly update ----------------------------------------------------------------------------------------------


def test_an_update_begins_with_the_last_form_but_not_its_findings() -> None:
    last = {**CHILD, "problems_found": [{"kind": "其他", "detail": "旧问题一件"}], "needs": "旧需求"}
    first = ScreeningForm.prefill(known(resident=replace(GRANNY, answers=last)))
    assert first["guardian_name"] == "罗国安"
    assert first["visited_on"] == date(2026, 10, 13)
    assert first["campaign"] == CAMPAIGN.key
    assert not {"problems_found", "needs"} & set(first)


def test_without_a_campaign_under_way_an_update_is_routine() -> None:
    assert ScreeningForm.prefill(known(campaigns=()))["campaign"] == "routine"
    assert against(known(campaigns=()), campaign="routine") == []


def test_a_visit_already_followed_by_a_later_one_does_not_restart_the_month() -> None:
    of = known(resident=replace(GRANNY, updated_on=date(2026, 9, 28), visited_on=date(2026, 10, 13)))
    form = paper(of)
    begun = [each.limit for each in form.starts if each.shown_when is None or each.shown_when(form)]
    met = [each.limit for each in form.settles if each.shown_when is None or each.shown_when(form)]
    assert begun == met == ["screening_update_due"]
    (recorded,) = made(form, of)
    assert recorded.values["visited_on"] == date(2026, 10, 13)


# -- the printed page ------------------------------------------------------------------------------------------------


def test_the_page_shows_village_age_and_next_update() -> None:
    stamp = Stamp(signed_on=date(2026, 10, 13), names={"draft": "陆小梅", "accept": "石若水"})
    face = paper(base=CHILD).face(known(), stamp)
    assert face["number_line"] == {"left": "附件1", "right": "平塘县平舟镇京舟村村民委员会"}
    assert face["foot"] == [["填表人", "陆小梅"], ["审核人", "石若水"], ["日期", "2026年10月13日"]]
    cells = {cell["label"]: cell["value"] for block in face["blocks"] for row in block["rows"] for cell in row}
    assert cells["出生日期"] == "2015年4月15日（11岁）"
    assert cells["下次更新"] == "2026年11月30日"
    assert cells["排查批次"] == "2026年特殊群体关爱服务专项排查"
    assert cells["就学情况"] == "正常入学"


def test_the_page_is_one_page_even_for_the_longest_answers() -> None:
    long = {
        **WARD, "name": "阿卜杜热合曼·买买提江", "address": "平塘县平舟镇京舟村大寨组" + "拉" * 40, "needs": "需" * 150,
        "measures": "措" * 150, "carer": "叔父" * 10, "category": ["left_elder", "disabled", "mental", "intellectual", "other"],
        "problems_found": [{"kind": "其他", "detail": "屋顶漏雨，" * 20, "measure": "报危房改造", "owner_name": "陆小梅"}],
    }  # fmt: skip
    assert render(paper(base=long).face(known(), Stamp())).pages <= 2
