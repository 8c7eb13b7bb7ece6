"""P-01 求助登记表: who is admitted, when the clocks start, what the form refuses."""

from typing import Any

import pytest

from forms.help_registration import HelpRegistration
from forms.kit.chains import FORM, Milestone
from forms.kit.counting import count
from forms.kit.effects import CaseFlagged, CaseOpened, CaseUpdated, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PersonFacts
from forms.kit.idnumbers import id_number_problems
from forms.kit.limits import LIMITS
from forms.kit.rules import Level
from forms.kit.workdays import Calendar
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, rules_hit

#: An unidentified man found by a patrol in 平塘县, with every box an unidentified person needs.
SAMPLE: dict[str, Any] = {
    "identity_status": "unknown",
    "alias": "河滨路男",
    "sex": "男",
    "age_min": "50",
    "age_max": "55",
    "on_welfare": "unknown",
    "first_org_name": "平塘县救助管理站",
    "admission_source": "patrol",
    "found_at": "2026-09-28T17:40",
    "found_place": "平塘县金盆街道河滨路风雨桥下",
    "admitted_at": "2026-09-28T18:30",
    "help_reason": ["vagrancy"],
    "mental_status": "normal",
    "health": ["chronic", "limited"],
    "speech": "partly",
    "accent": "似四川口音",
    "height_cm": "168",
    "features": "左眉上方有一道约两厘米旧疤，右手缺小指，步态微跛",
    "clothing_found": "藏青色旧棉衣，黑色长裤，解放鞋",
    "self_clues": "自称姓罗，提到过“大河坝”",
    "fingerprint_taken": "yes",
    "belongings": [{"item": "编织袋", "quantity": "1个", "kept_by": "station"}],
}
#: A woman whose identity card was checked, with the household behind it.
CONFIRMED: dict[str, Any] = {
    "identity_status": "confirmed",
    "name": "韦秀英",
    "id_number": "11010519491231002X",
    "sex": "女",
    "birth_date": "1949-12-31",
    "ethnicity": "布依族",
    "hukou_code": "522727",
    "hukou_address": "贵州省平塘县通州镇",
    "on_welfare": "no",
    "first_org_name": "平塘县救助管理站",
    "admission_source": "self",
    "found_at": "2026-09-28T18:00",
    "found_place": "平塘县客运站",
    "admitted_at": "2026-09-28T18:30",
    "help_reason": ["robbed"],
    "mental_status": "normal",
    "health": ["good"],
    "speech": "normal",
    "fingerprint_taken": "yes",
    "belongings": [{"item": "无"}],
    "relatives": [{"name": "韦国强", "relation": "儿子", "phone": "13985400001", "reached": "yes"}],
}
NEW = facts(
    now="2026-09-28 18:40",
    exists=False,
    person=PersonFacts(case_no="", region_code="522727"),
    attached=frozenset({"photo"}),
)

CHECKED = {"quick_identity_check": [doc("quick_identity_check")]}


def paper(known: Facts = NEW, base: dict[str, Any] = SAMPLE, **changes: Any) -> HelpRegistration:
    return HelpRegistration.read({**base, **changes}, known)


def sentences(of: HelpRegistration, known: Facts = NEW) -> list[str]:
    return [problem.sentence for problem in of.problems(known)]


def begun(of: HelpRegistration) -> set[str]:
    return {start.limit for start in of.starts if start.shown_when is None or start.shown_when(of)}


def tasks(of: HelpRegistration, known: Facts = NEW, on: Milestone = Milestone.SUBMITTED) -> dict[str, str]:
    return {effect.paper: effect.rule for effect in of.effects(on, known) if isinstance(effect, TaskOpened)}


@pytest.mark.parametrize("base", [SAMPLE, CONFIRMED])
def test_a_full_form_has_nothing_against_it(base: dict[str, Any]) -> None:
    assert sentences(paper(base=base)) == []
    assert HelpRegistration.chain is FORM


def test_the_answers_survive_storing_and_reading() -> None:
    assert paper().answers() == SAMPLE
    assert paper(base=CONFIRMED).answers() == CONFIRMED


def test_a_new_form_suggests_now_and_the_county_station() -> None:
    first = HelpRegistration.prefill(NEW)
    assert first == {"admitted_at": moment("2026-09-28 18:40"), "first_org_name": "平塘县救助管理站"}


def test_the_first_organ_is_one_of_the_responsible_county() -> None:
    offered = list(paper().first_org_name.words)
    assert offered == ["", "平塘县救助管理站", "平塘县民政局"]
    assert "首接机构：请从所列选项中选择" in sentences(paper(first_org_name="瓮安县救助管理站"))


def test_the_central_station_registers_prefecture_cases_itself() -> None:
    station = facts("522700-station", exists=False)
    assert HelpRegistration.prefill(station)["first_org_name"] == "黔南州救助管理站"


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_two_standard_id_numbers_are_well_formed(number: str) -> None:
    assert list(id_number_problems(number)) == []


def test_an_id_number_must_agree_with_birth_and_sex() -> None:
    wrong = paper(base=CONFIRMED, birth_date="1949-12-30", sex="男")
    assert sentences(wrong) == ["出生日期与公民身份号码不一致，请核对", "性别与公民身份号码第17位不一致，请核对"]
    man = paper(base=CONFIRMED, id_number="440524188001010014", sex="男", birth_date="1880-01-01")
    assert sentences(man) == []


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("110105194912310021", "公民身份号码：公民身份号码校验位不符，请逐位核对证件"),
        ("11010519491331002X", "公民身份号码：公民身份号码第7至14位不是有效的出生日期，请核对"),
        ("1101051949123100", "公民身份号码：公民身份号码为18位，前17位是数字，末位是数字或X"),
    ],
)
def test_a_mistyped_id_number_is_refused_once(number: str, why: str) -> None:
    assert sentences(paper(base=CONFIRMED, id_number=number)) == [why]


def test_a_lower_case_check_letter_is_understood() -> None:
    assert paper(base=CONFIRMED, id_number="11010519491231002x").id_number.data == "11010519491231002X"


def test_a_region_code_names_a_province() -> None:
    assert sentences(paper(base=CONFIRMED, hukou_code="992727")) == [
        "户籍地代码：行政区划代码为6位数字，如平塘县522727"
    ]


@pytest.mark.parametrize("alias", ["无名氏", "无名01"])
def test_nobody_is_called_nameless(alias: str) -> None:
    assert sentences(paper(alias=alias)) == [
        "临时称谓不能用“无名氏”“无名”，请按发现地点或特征起一个便于称呼的名字"
    ]


def test_two_persons_of_one_county_have_different_aliases() -> None:
    taken = facts(now="2026-09-28 18:40", exists=False, attached={"photo"}, aliases_taken=frozenset({"河滨路男"}))
    assert sentences(paper(taken), taken) == ["今年已有人使用这个临时称谓，请换一个，以免混淆"]


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        ("50", "70", []),
        ("50", "71", ["目测年龄上下限相差不超过20岁，请再看仔细一些"]),
        ("56", "55", ["目测年龄下限不能大于上限"]),
        ("100", "111", ["目测年龄上限：应在0至110之间"]),
    ],
)
def test_the_estimated_age_is_a_narrow_range(low: str, high: str, found: list[str]) -> None:
    assert sentences(paper(age_min=low, age_max=high)) == found


def test_only_the_unidentified_need_looks_and_clothes() -> None:
    bare = paper(features="", clothing_found="", height_cm="", alias="")
    assert sentences(bare) == [
        "请填写“临时称谓”",
        "请填写“身高”",
        "请填写“体貌特征”",
        "请填写“发现时衣着”",
    ]
    claimed = paper(identity_status="claimed", name="罗大河", features="", clothing_found="", height_cm="")
    assert sentences(claimed) == []


def test_times_run_from_finding_to_admission_to_now() -> None:
    assert sentences(paper(found_at="2026-09-28T18:31")) == ["发现时间不能晚于入站时间，请核对"]
    assert sentences(paper(admitted_at="2026-09-28T19:00")) == ["入站时间不能晚于现在，请核对"]
    assert "出生日期不能晚于今天，请核对" in sentences(paper(base=CONFIRMED, birth_date="2026-09-29"))


def test_a_diagnosis_names_hospital_psychiatrist_and_date() -> None:
    asked = paper(mental_status="diagnosed")
    assert sentences(asked) == [
        "请填写“诊断医院”",
        "请填写“精神科医师”",
        "请填写“诊断日期”",
        "请上传附件“精神科诊断材料”",
    ]
    future = paper(
        mental_status="diagnosed",
        diagnosis_hospital="州第二人民医院",
        diagnosis_doctor="莫医生",
        diagnosis_on="2026-09-29",
    )
    assert "诊断日期不能晚于今天，请核对" in sentences(future)


def test_a_disability_grade_is_asked_with_its_kind() -> None:
    assert not paper().disability_grade.shown(paper())
    lame = paper(disability_type=["physical"], disability_grade="2")
    assert lame.disability_grade.shown(lame)
    assert lame.disability_grade.printed == "二级"


def test_good_health_excludes_illness() -> None:
    assert sentences(paper(health=["good", "acute"])) == ["健康状况选了“良好”，不能再选其他，请核对"]


def test_the_photo_is_required_and_wide_enough_for_a_notice() -> None:
    without = facts(now="2026-09-28 18:40", exists=False)
    assert sentences(paper(without), without) == ["请上传附件“本人正面照片”"]
    assert next(need for need in HelpRegistration.checklist if need.kind == "photo").least_width == 600


@pytest.mark.parametrize("reason", ["abandoned", "lost"])
def test_signs_of_loss_or_trafficking_call_the_police_the_same_day(reason: str) -> None:
    silent = paper(help_reason=[reason])
    (warned,) = silent.problems(NEW)
    assert (warned.rule, warned.level, warned.field) == ("R-17", Level.WARN, "police_receipt")
    assert "trafficking_report_due" in begun(silent)
    assert tasks(silent)["mandatory_report"] == "R-17"
    told = paper(help_reason=[reason], police_receipt="平塘县公安局金盆派出所，2026年9月28日，回执20260928017")
    assert told.problems(NEW) == []
    assert "trafficking_report_due" not in begun(told)
    assert "mandatory_report" not in tasks(told)


def test_a_typed_reason_lets_a_warning_pass() -> None:
    explained = paper(help_reason=["lost"], _reasons={"R-17": "派出所已到场，回执待补"})
    assert explained.problems(NEW) == []


@pytest.mark.parametrize("source", ["police", "city_management"])
def test_an_escort_without_its_sheet_is_refused(source: str) -> None:
    (refused,) = paper(admission_source=source).problems(NEW)
    assert (refused.rule, refused.level, refused.field) == ("R-91", Level.BLOCK, "attachment-escort_sheet")
    assert refused.sentence == "公安或综合执法护送来的，须当场办理书面交接，尚无护送交接表"
    with_sheet = facts(now="2026-09-28 18:40", exists=False, attached=frozenset({"photo", "escort_sheet"}))
    assert paper(with_sheet, admission_source=source).problems(with_sheet) == []
    assert tasks(paper(admission_source=source))["police_escort_handover"] == "R-91"


def test_an_earlier_rescue_under_the_same_number_is_pointed_out() -> None:
    again = facts(now="2026-09-28 18:40", exists=False, attached={"photo"}, same_id_cases=("522725-2026-0003",))
    (hint,) = paper(again, CONFIRMED).problems(again)
    assert (hint.rule, hint.level) == ("R-71", Level.NOTE)
    assert "522725-2026-0003" in hint.sentence


def test_an_admission_without_quick_check_is_pointed_out_to_its_checker() -> None:
    known = facts(now="2026-09-28 19:00", attached=frozenset({"photo"}))
    (hint,) = paper(known).problems(known)
    assert (hint.rule, hint.level, hint.remedy_paper) == ("R-09", Level.NOTE, "quick_identity_check")
    checked = facts(now="2026-09-28 19:00", attached=frozenset({"photo"}), papers=CHECKED)
    assert paper(checked).problems(checked) == []


def test_the_admission_time_is_settled_after_a_day() -> None:
    day_later = facts(now="2026-09-29 18:31", attached=frozenset({"photo"}), papers=CHECKED)
    assert paper(day_later).problems(day_later) == []
    (warned,) = paper(day_later, admitted_at="2026-09-28T18:00").problems(day_later)
    assert (warned.rule, warned.level, warned.field) == ("R-08", Level.WARN, "admitted_at")
    same_day = facts(now="2026-09-29 18:29", attached=frozenset({"photo"}), papers=CHECKED)
    assert paper(same_day, admitted_at="2026-09-28T18:00").problems(same_day) == []


def test_handing_in_opens_the_case_with_an_unnamed_person() -> None:
    opened = next(effect for effect in paper().effects(Milestone.SUBMITTED, NEW))
    assert isinstance(opened, CaseOpened)
    assert opened.admitted_at == moment("2026-09-28 18:30")
    assert opened.person["alias"] == "河滨路男"
    assert opened.person["id_number"] is None
    assert opened.person["name"] == ""


def test_a_confirmed_person_brings_household_and_number() -> None:
    opened = next(effect for effect in paper(base=CONFIRMED).effects(Milestone.SUBMITTED, NEW))
    assert isinstance(opened, CaseOpened)
    assert opened.person["hukou_code"] == "522727"
    assert opened.person["id_number"] == "11010519491231002X"
    assert opened.person["age_min"] is None


def test_a_form_handed_in_again_corrects_the_case() -> None:
    known = facts(now="2026-09-28 20:00", attached=frozenset({"photo"}))
    (update,) = paper(known, accent="似广西口音").effects(Milestone.SUBMITTED, known)
    assert isinstance(update, CaseUpdated)
    assert update.values["accent"] == "似广西口音"
    assert update.values["admitted_at"] == moment("2026-09-28 18:30")
    assert update.values["identity_status"] == "unknown"


def test_a_correction_does_not_undo_an_identity_found_meanwhile() -> None:
    known = facts(person=ZHANG, attached=frozenset({"photo"}))
    (update,) = paper(known).effects(Milestone.SUBMITTED, known)
    assert isinstance(update, CaseUpdated)
    assert "identity_status" not in update.values
    assert "name" not in update.values


def test_admission_calls_for_the_identity_check_and_for_a_doctor() -> None:
    assert tasks(paper()) == {"quick_identity_check": "R-09"}
    ill = tasks(paper(health=["acute"], mental_status="suspected"))
    assert ill["medical_referral"] == "R-36"
    assert ill["psychiatric_referral"] == "R-85"


def test_a_second_admission_within_a_year_is_registered_as_at_risk() -> None:
    second = facts(admissions_12_months=2)
    assert tasks(paper(), second, Milestone.COMPLETED) == {"at_risk_register": "R-71"}
    assert CaseFlagged("focus", "12个月内第2次入站") in list(paper().effects(Milestone.COMPLETED, second))
    assert tasks(paper(), facts(), Milestone.COMPLETED) == {}


@pytest.mark.parametrize(
    ("limit", "admitted", "due"),
    [
        ("tracing_notice_due", "2026-09-28 18:30", "2026-09-29 18:30"),
        ("tracing_notice_due", "2026-10-01 00:05", "2026-10-02 00:05"),
        ("dna_request_due", "2026-09-28 18:30", "2026-10-13"),
        ("dna_request_due", "2026-02-12 09:00", "2026-02-28"),
        ("dna_request_due", "2026-09-18 09:00", "2026-09-29"),
        ("stay_three_months", "2026-06-15 10:00", "2026-09-15"),
        ("stay_day_ten", "2026-11-02 10:00", "2026-11-12"),
    ],
)
def test_the_clocks_of_an_admission_end_when_the_rules_say(limit: str, admitted: str, due: str) -> None:
    started = next(start for start in HelpRegistration.starts if start.limit == limit)
    trigger = paper(admitted_at=admitted).due_trigger(started, NEW)
    found = count(LIMITS[limit].length, trigger, Calendar.published())
    local = found.moment.astimezone(trigger.tzinfo)
    assert (f"{local:%Y-%m-%d %H:%M}" if len(due) > 10 else str(found.last_day)) == due


def test_identity_clocks_wait_for_the_unidentified_only() -> None:
    waiting = {start.limit for start in HelpRegistration.starts if start.unless_identified}
    assert waiting == {"tracing_notice_due", "dna_request_due", "stay_three_months", "lifelong_tracing_due"}


@pytest.mark.parametrize(
    ("changes", "bound"),
    [
        ({}, True),
        ({"mental_status": "diagnosed"}, False),
        ({"mental_status": "dementia"}, False),
        ({"age_min": "15", "age_max": "18"}, False),
        ({"age_min": "16", "age_max": "19"}, True),
    ],
)
def test_ten_days_bind_adults_without_mental_signs(changes: dict[str, Any], bound: bool) -> None:
    assert ("stay_day_ten" in begun(paper(**changes))) is bound


@pytest.mark.parametrize(("born", "bound"), [("2010-09-29", False), ("2010-09-28", True)])
def test_the_sixteenth_birthday_decides_on_the_day(born: str, bound: bool) -> None:
    young = paper(base=CONFIRMED, birth_date=born)
    assert ("stay_day_ten" in begun(young)) is bound


def test_the_printed_form_carries_photo_number_and_lists() -> None:
    known = facts(photo="sha256:" + "a" * 64)
    face = paper(known).face(known, Stamp(names={"draft": "龙小梅", "check": "石建国"}))
    assert face["face"] == "table"
    assert face["number_line"] == {"left": "救助编号：522727-2026-0012", "right": "平塘县民政局"}
    assert face["blocks"][0]["photo"].startswith("sha256:")
    cells = {
        cell["label"]: cell["value"]
        for block in face["blocks"]
        if block["kind"] == "fields"
        for row in block["rows"]
        for cell in row
    }
    assert cells["身份状态"] == "未查明"
    assert cells["入站时间"] == "2026年9月28日18时30分"
    assert "公民身份号码" not in cells
    assert face["blocks"][-1]["rows"] == [["1", "编织袋", "1个", "站内代管"]]
    assert face["foot"][:2] == [["填表人", "龙小梅"], ["核对人", "石建国"]]


def test_the_title_names_the_person_as_far_as_known() -> None:
    assert paper().heading(NEW) == "求助登记表（河滨路男）"
    assert paper().heading(facts(person=MAN)) == "求助登记表（河滨路男）"
    assert rules_hit(paper(), NEW) == set()
    assert doc("help_registration").issued
