"""P-20 寻亲公告: what must stand on it, what must never, when the head decides, and its exact words."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from forms.kit.chains import NEEDS_REASON, NOTICE, Act, Desk, Milestone, Side, State
from forms.kit.effects import ClocksCancelled, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.moving import Actor, Place, Standing, after
from forms.kit.moving import moves as chain_moves
from forms.kit.workdays import Calendar
from forms.tracing_notice import TracingNotice
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, rules_hit

#: A complete notice for the man of 河滨路.
SAMPLE: dict[str, Any] = {
    "height_cm": "168",
    "condition_text": "言语表达不清，行动不便",
    "features": "左眉上方有一道约两厘米旧疤，右手缺小指，步态微跛",
    "accent": "似四川口音",
    "clothing_found": "藏青色旧棉衣，黑色长裤，解放鞋",
    "found_on": "2026-09-28",
    "found_place": "平塘县金盆街道河滨路风雨桥下",
    "self_clues": "自称姓罗，提到过“大河坝”",
    "contact_org": "平塘县救助管理站",
    "contact_phone": "0854-7221234",
    "channels": ["national_site", "wechat", "posting"],
    "outlets": [{"medium": "微信公众号“平塘民政”", "link": "https://example.org/notice/12"}],
}
CASE: dict[str, Any] = {
    "first_org_name": "平塘县救助管理站",
    "found_at": "2026-09-28T17:40",
    "found_place": "平塘县金盆街道河滨路风雨桥下",
    "help_reason": ["vagrancy"],
    "mental_status": "normal",
    "speech": "partly",
    "health": ["chronic", "limited"],
    "height_cm": "168",
    "features": "左眉上方有一道约两厘米旧疤，右手缺小指，步态微跛",
    "clothing_found": "藏青色旧棉衣，黑色长裤，解放鞋",
    "self_clues": "提到过“大河坝”。",
}
CHECKED = {"quick_identity_check": [doc("quick_identity_check")]}


def known(**changes: Any) -> Facts:
    first = {"case": CASE, "photo": "sha256:" + "a" * 64, "papers": CHECKED, "now": "2026-09-29 09:00", **changes}
    return facts(**first)


def paper(of: Facts | None = None, **changes: Any) -> TracingNotice:
    return TracingNotice.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_notice_has_nothing_against_it() -> None:
    assert sentences() == []
    assert TracingNotice.chain is NOTICE


def test_the_answers_survive_storing_and_reading() -> None:
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert (kept["display_name"], kept["sex"], kept["age_text"]) == ("河滨路男", "男", "约50至55岁")


def test_the_draft_describes_the_person_in_neutral_words() -> None:
    first = TracingNotice.prefill(known())
    assert first["condition_text"] == "精神状况未见异常，言语表达不清，行动不便"
    assert (first["found_on"], first["height_cm"]) == ("2026-09-28", "168")
    assert (first["contact_org"], first["self_clues"]) == ("平塘县救助管理站", "提到过“大河坝”")


def test_the_phone_of_the_organ_is_suggested() -> None:
    organ = replace(known().issuer, phone="0854-7220000")
    assert TracingNotice.prefill(replace(known(), issuer=organ))["contact_phone"] == "0854-7220000"


def test_a_demented_person_is_not_called_so() -> None:
    words = TracingNotice.prefill(
        known(case={**CASE, "mental_status": "dementia", "speech": "normal", "health": []})
    )
    assert words["condition_text"] == "记忆和辨认能力较弱"
    assert sentences(condition_text=words["condition_text"]) == []


def test_what_a_person_said_of_themselves_is_the_first_clue() -> None:
    claimed = replace(MAN, identity_status="claimed", name="罗大河", alias="")
    of = known(person=claimed)
    assert TracingNotice.prefill(of)["self_clues"] == "自称罗大河，提到过“大河坝”"
    assert paper(of).display_name.data == "罗大河"
    assert ["姓名（自述）", "罗大河"] in paper(of).face(of, Stamp())["facts"]


@pytest.mark.parametrize(
    ("box", "refusal"),
    [
        ("height_cm", "请填写“身高”"),
        ("condition_text", "请填写“健康、智力、精神状况”"),
        ("features", "请填写“体貌特征”"),
        ("clothing_found", "请填写“发现时衣着”"),
        ("found_on", "请填写“发现日期”"),
        ("found_place", "请填写“发现地点”"),
        ("contact_org", "请填写“联系单位”"),
        ("contact_phone", "请填写“联系电话”"),
        ("channels", "请填写“发布渠道”"),
    ],
)
def test_what_a_notice_needs_is_asked_for(box: str, refusal: str) -> None:
    assert sentences(**{box: [] if box == "channels" else ""}) == [refusal]


def test_sex_and_age_come_from_the_case_and_must_be_there() -> None:
    bare = known(person=replace(MAN, sex="", age_min=None, age_max=None))
    assert sentences(bare) == ["请填写“性别”", "请填写“年龄（目测年龄）”"]


def test_without_a_photo_nothing_is_published() -> None:
    of = known(photo=None)
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.field) == ("R-11", "attachment-photo")


def test_a_photo_of_its_own_is_at_least_600_pixels_wide() -> None:
    need = {line.kind: line for line in TracingNotice.checklist}
    assert (need["photo"].least_width, need["photo"].required) == (600, False)
    assert (need["clipping"].after_issue, need["clipping"].required) == (True, False)


def test_features_take_ten_characters() -> None:
    assert sentences(features="左眉上有旧疤") == ["体貌特征：至少10个字，请补充"]


@pytest.mark.parametrize(
    "text",
    [
        "身上写着11010519491231002X",
        "身上写着110105 19491231 002X",
        "身上写着110105-19491231-002x",
        "身上写着１１０１０５１９４９１２３１００２Ｘ",
        "身上写着旧号110105491231002",
        "身上写着522727********001X",
    ],
)
@pytest.mark.parametrize(
    "box", ["self_clues", "features", "condition_text", "clothing_found", "found_place", "accent", "contact_org"]
)
def test_no_id_number_in_any_box(box: str, text: str) -> None:
    of = known()
    found = [problem for problem in paper(of, **{box: f"一二三四五{text}"}).problems(of) if problem.rule == "R-11"]
    assert found
    assert found[0].field == box
    assert "公民身份号码，不得公开" in found[0].sentence


def test_no_id_number_in_the_name_of_an_outlet_either() -> None:
    assert sentences(outlets=[{"medium": "公告11010519491231002X"}]) == [
        "“载体名称”中有公民身份号码，不得公开，请删除"
    ]


def test_telephone_numbers_and_links_are_no_id_numbers() -> None:
    assert sentences(self_clues="提到13985400001、0854-7221234") == []
    assert sentences(outlets=[{"medium": "今日头条", "link": "https://example.org/11010519491231002X"}]) == []


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("self_clues", "户籍在通州镇，提到大河坝"),
        ("self_clues", "自称家住通州镇中山路12号"),
        ("self_clues", "自称家住幸福小区3栋2单元"),
        ("features", "随身带有户口簿，左眉有疤痕一道"),
        ("found_place", "平塘县户口登记处门口"),
    ],
)
def test_no_household_address(box: str, text: str) -> None:
    of = known()
    (problem,) = paper(of, **{box: text}).problems(of)
    assert (problem.rule, problem.field) == ("R-11", box)
    assert "户籍或门牌地址" in problem.sentence


def test_the_household_address_on_file_is_found_word_for_word() -> None:
    of = known(person=replace(MAN, hukou_address="贵州省罗甸县边阳镇"))
    assert sentences(of, self_clues="说过贵州省罗甸县边阳镇") == [
        "“自述线索”中有户籍或门牌地址，不得公开，请改写到乡镇或村名为止"
    ]


def test_where_somebody_was_found_may_name_a_house() -> None:
    assert sentences(found_place="平塘县金盆街道河滨路12号门前") == []


@pytest.mark.parametrize(
    "text", ["患有高血压", "有精神分裂症病史", "疑似癫痫", "曾住院", "乙肝携带者", "阿尔茨海默症", "慢性病"]
)
@pytest.mark.parametrize("box", ["condition_text", "features", "self_clues"])
def test_no_illness_in_any_box(box: str, text: str) -> None:
    of = known()
    (problem,) = paper(of, **{box: f"左眉有疤，右手缺小指，{text}"}).problems(of)
    assert (problem.rule, problem.field) == ("R-11", box)
    assert "疾病或病史" in problem.sentence


@pytest.mark.parametrize("text", ["精神障碍", "智力障碍", "疑似精神障碍，言语表达不清"])
def test_the_two_allowed_words_may_stand(text: str) -> None:
    assert sentences(condition_text=text) == []


def test_a_hospital_as_the_place_is_no_illness() -> None:
    assert sentences(found_place="都匀市精神病专科医院门口", clothing_found="蓝白条病号服") == []


def test_violence_is_weighed_with_a_reason_and_held_for_the_head() -> None:
    of = known(case={**CASE, "help_reason": ["family_violence", "lost"]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.field) == ("R-11", "warn", "channels")
    reasoned = TracingNotice.read({**SAMPLE, "_reasons": {"R-11": "经研判，不写发现地点以外的去向"}}, of)
    assert reasoned.problems(of) == []
    assert reasoned.holds_for_head(of)
    assert paper(known(case={**CASE, "help_reason": ["guardian_harm"]})).holds_for_head(
        known(case={**CASE, "help_reason": ["guardian_harm"]})
    )
    assert not paper().holds_for_head(known())


def test_a_held_notice_waits_for_the_signer_who_may_publish_or_refuse() -> None:
    review = Standing(Place(State.IN_REVIEW, "review", Side.ISSUER, Desk.REVIEWER), drafter=1, held=True)
    held = after(NOTICE, review, Act.AGREE)
    assert (held.state, held.step) == (State.HELD, "sign")
    signer = Actor(3, frozenset({Desk.SIGNER}))
    open_to_signer = chain_moves(NOTICE, Standing(held, drafter=1, acted={"review": 2}, held=True), signer)
    assert {Act.SIGN, Act.REJECT, Act.RETURN} <= open_to_signer


def test_the_quick_check_comes_first_or_a_reason_is_given() -> None:
    of = known(papers={})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-09", "warn", "quick_identity_check")
    assert TracingNotice.read({**SAMPLE, "_reasons": {"R-09": "查询系统检修中"}}, of).problems(of) == []


def test_nobody_identified_is_searched_for() -> None:
    of = known(person=ZHANG)
    assert rules_hit(paper(of), of) == {"R-10"}


def test_finding_comes_before_admission() -> None:
    assert sentences(found_on="2026-09-29") == ["发现日期不能晚于入站日期，请核对"]


PUBLISHED = doc(
    "tracing_notice", "in_process", doc_no="寻522727-2026-0012", sent_at=moment("2026-09-29 10:00"), closed_at=None
)


def test_a_published_notice_is_refreshed_not_repeated() -> None:
    of = known(papers={**CHECKED, "tracing_notice": [PUBLISHED]})
    (problem,) = paper(of).problems(of)
    assert problem.rule == "R-16"
    assert "寻522727-2026-0012" in problem.sentence
    under_way = known(papers={**CHECKED, "tracing_notice": [doc("tracing_notice", "in_review", closed_at=None)]})
    assert sentences(under_way) == ["该人员已有一件寻亲公告在办，请在原件上继续办理"]


def test_after_a_recall_another_notice_may_be_published() -> None:
    recalled = replace(
        PUBLISHED, state="closed", closed_at=moment("2026-09-30 10:00"), signed_on=date(2026, 9, 29)
    )
    of = known(papers={**CHECKED, "tracing_notice": [recalled]})
    assert sentences(of) == []
    assert of.published_notice is None


def test_a_recall_ends_the_refreshing_and_asks_for_a_right_notice() -> None:
    cancelled, task = paper().effects(Milestone.RECALLED, known())
    assert cancelled == ClocksCancelled(("notice_refresh_due",), "寻亲公告已撤回")
    assert isinstance(task, TaskOpened)
    assert (task.paper, task.rule) == ("tracing_notice", "R-10")
    found = known(person=ZHANG)
    assert [type(effect) for effect in paper(found).effects(Milestone.RECALLED, found)] == [ClocksCancelled]
    assert list(paper().effects(Milestone.SENT, known())) == []


def test_the_reasons_of_a_recall_are_three() -> None:
    assert TracingNotice.reason_words == {Act.RECALL: ("身份已查明", "内容有误", "安全原因")}
    assert Act.RECALL in NEEDS_REASON


def test_publishing_meets_the_day_and_starts_the_month_and_the_half_year() -> None:
    started = {(line.limit, line.on) for line in TracingNotice.starts}
    settled = {(line.limit, line.on) for line in TracingNotice.settles}
    assert ("notice_refresh_due", Milestone.SENT) in started
    assert ("notice_refresh_due", Milestone.REFRESHED) in started & settled
    assert ("lifelong_tracing_due", Milestone.SENT) in started & settled
    assert ("lifelong_tracing_due", Milestone.REFRESHED) not in started | settled
    assert ("tracing_notice_due", Milestone.SENT) in settled
    assert all(line.unless_identified for line in TracingNotice.starts)


@pytest.mark.parametrize(
    ("limit", "trigger", "due"),
    [
        ("tracing_notice_due", moment("2026-09-28 18:30"), moment("2026-09-29 18:30")),
        ("tracing_notice_due", moment("2026-10-01 00:05"), moment("2026-10-02 00:05")),
        ("notice_refresh_due", moment("2026-09-29 10:00"), date(2026, 10, 29)),
        ("notice_refresh_due", moment("2026-10-27 16:20"), date(2026, 11, 27)),
        ("lifelong_tracing_due", moment("2026-05-20 09:00"), date(2026, 11, 20)),
    ],
)
def test_the_dated_examples_of_the_rules_hold(limit: str, trigger: datetime, due: date | datetime) -> None:
    counted = LIMITS[limit].due(trigger, Calendar.published())
    assert due in {counted.moment, counted.last_day}


def test_the_words_are_those_of_the_brief() -> None:
    first, second = paper().paragraphs(known())
    assert first == (
        "2026年9月28日，平塘县救助管理站救助一名身份不明人员：男，约50至55岁，身高约168厘米，言语表达不清，行动不便。"
        "体貌特征：左眉上方有一道约两厘米旧疤，右手缺小指，步态微跛。口音：似四川口音。"
        "发现时衣着：藏青色旧棉衣，黑色长裤，解放鞋。发现地点：平塘县金盆街道河滨路风雨桥下。"
        "自述：自称姓罗，提到过“大河坝”。"
    )
    assert second == "请其亲属或知情人与平塘县救助管理站联系，电话：0854-7221234（24小时）。"


def test_what_is_unknown_is_left_out() -> None:
    first, _second = paper(self_clues="", accent="").paragraphs(known())
    assert "自述" not in first
    assert "口音" not in first
    low = known(person=replace(MAN, age_min=50, age_max=50))
    assert "，约50岁，" in next(paper(low).paragraphs(low))


def test_the_text_for_platforms_is_the_poster_in_plain_lines() -> None:
    lines = paper().plain_text(known(), date(2026, 9, 29)).splitlines()
    assert lines[0] == "寻亲公告（编号：寻522727-2026-0012）"
    assert lines[1:3] == list(paper().paragraphs(known()))
    assert lines[3:] == ["平塘县民政局", "2026年9月29日"]
    assert paper().plain_text(known()).splitlines()[-1] == "平塘县民政局"


def test_the_poster_carries_photo_number_facts_and_call() -> None:
    face = paper().face(known(), Stamp(signed_on=date(2026, 9, 28), issued_on=date(2026, 9, 29)))
    assert (face["face"], face["number"], face["photo"]) == ("poster", "寻522727-2026-0012", known().photo)
    assert [label for label, _ in face["facts"]] == [
        "临时称谓",
        "性别",
        "年龄",
        "身高",
        "口音",
        "发现日期",
        "发现地点",
    ]
    assert (face["contact_org"], face["contact_phone"]) == ("平塘县救助管理站", "0854-7221234")
    assert (face["issuer"], face["date"]) == ("平塘县民政局", "2026年9月29日")
    assert paper().face(known(), Stamp())["date"] is None
