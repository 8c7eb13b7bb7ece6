"""P-13 申请函: the examples of R-21 to R-36 that concern it, and every wording of §3.3."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.counting import local_day
from forms.kit.faces import Stamp
from forms.kit.facts import Facts, PersonFacts
from forms.kit.limits import LIMITS
from forms.kit.rules import Level, Problem
from forms.kit.workdays import Calendar
from forms.transfer_request import TransferRequest
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, organ, rules_hit

SAMPLE: dict[str, Any] = {
    "ground": "infrastructure",
    "lack_condition": ["no_bed", "no_ward"],
    "dna_sampled_on": "2026-10-12",
    "health_summary": "身体状况平稳，无须送医",
    "acute_signs": ["none"],
    "psych_needed": "no",
    "planned_date": "2026-10-15",
    "expected_days": "30",
    "escort_by": "county",
    "escort_staff": [
        {"name": "王建国", "sex": "男", "post": "平塘县救助管理站站员"},
        {"name": "李小燕", "sex": "女", "post": "平塘县民政局科员"},
    ],
    "vehicle_no": "贵JA1234",
    "duty_accepted": "yes",
    "contact_name": "陈晓云",
    "contact_phone": "0854-7222222",
}
EMERGENCY = {
    **SAMPLE,
    "ground": "emergency",
    "emergency_reason": ["disaster"],
    "lack_condition": ["closed"],
    "dna_sampled_on": "",
}
NOTICE = doc(
    "tracing_notice", "in_process", sent_at=moment("2026-09-29 10:00"), doc_no="寻522727-2026-0012", closed_at=None
)
REQUEST = doc(
    "dna_request",
    "in_process",
    sent_at=moment("2026-10-09 10:00"),
    signed_on=date(2026, 10, 9),
    doc_no="平民函〔2026〕5号",
    closed_at=None,
)
TRACED = {"tracing_notice": [NOTICE], "dna_request": [REQUEST]}
MOTHER = PersonFacts(
    case_no="522727-2026-0020",
    identity_status="confirmed",
    name="罗小梅",
    sex="女",
    birth_date=date(1992, 5, 6),
    hukou_address="贵州省平塘县克度镇",
    admitted_at=moment("2026-10-12 21:10"),
    region_code="522727",
    health=("good",),
)
CHILD = replace(MOTHER, case_no="522727-2026-0021", name="罗星", sex="男", birth_date=date(2020, 3, 1))


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first: dict[str, Any] = {
        "papers": TRACED,
        "counterpart": organ("522700-station"),
        "attached": frozenset({"medical_check", "dna_proof"}),
        "attached_dates": {"medical_check": date(2026, 10, 12)},
    }
    return facts(issuer, **{**first, **changes})


def found(answers: dict[str, Any], about: Facts) -> list[Problem]:
    return TransferRequest.read(answers, about).problems(about)


def hit(answers: dict[str, Any], about: Facts) -> set[str]:
    return rules_hit(TransferRequest.read(answers, about), about)


def body(answers: dict[str, Any], about: Facts) -> list[str]:
    return list(TransferRequest.read(answers, about).body(about))


# ---- R-21 … R-25: ground, identity, tracing --------------------------------------------------------------------


def test_a_complete_request_about_an_unidentified_man_stands() -> None:
    assert found(SAMPLE, known()) == []


def test_without_ground_and_reasons_the_request_is_refused() -> None:
    empty = {**SAMPLE, "ground": "", "lack_condition": []}
    assert {problem.field for problem in found(empty, known())} == {"ground", "lack_condition"}
    assert {p.field for p in found({**EMERGENCY, "emergency_reason": []}, known())} == {"emergency_reason"}


def test_a_flood_with_the_station_closed_is_ground_enough() -> None:
    assert found(EMERGENCY, known(papers={}, attached=frozenset({"medical_check"}))) == []


@pytest.mark.parametrize("region", ["522723", "522727", "522728", "522732"])
def test_the_four_counties_may_plead_their_weak_station(region: str) -> None:
    assert hit(SAMPLE, known(f"{region}-bureau", person=replace(MAN, region_code=region))) == set()


@pytest.mark.parametrize(
    "region", ["522701", "522702", "522722", "522725", "522726", "522729", "522730", "522731"]
)
def test_the_other_eight_may_not(region: str) -> None:
    about = known(f"{region}-bureau", person=replace(MAN, region_code=region))
    (problem,) = found(SAMPLE, about)
    assert (problem.rule, problem.field) == ("R-22", "ground")
    assert problem.sentence == "仅平塘、贵定、罗甸、三都四县可按站内设施不足情形申请"
    assert "临时应急情形" in problem.remedy


def test_dushan_may_ask_after_a_flood() -> None:
    assert found(EMERGENCY, known("522726-bureau", person=replace(MAN, region_code="522726"))) == []


def test_a_claimed_name_is_not_an_identity() -> None:
    claimed = replace(MAN, identity_status="claimed", name="王大山")
    (problem,) = found(SAMPLE, known(person=claimed))
    assert (problem.rule, problem.remedy_paper) == ("R-23", "identity_confirmation")


def test_a_confirmed_identity_needs_neither_notice_nor_sample() -> None:
    answers = {**SAMPLE, "dna_sampled_on": "", "identity_method": ["police"]}
    assert found(answers, known(person=ZHANG, papers={}, attached=frozenset({"medical_check"}))) == []


def test_a_sent_dna_request_without_sampling_is_not_enough() -> None:
    problems = found({**SAMPLE, "dna_sampled_on": ""}, known())
    assert ("R-24", "DNA信息采集尚未完成，暂不能提交") in {(p.rule, p.sentence) for p in problems}


def test_sampling_counts_from_its_day() -> None:
    assert "R-24" in hit(SAMPLE, known(now="2026-10-11 09:00"))
    assert "R-24" not in hit(SAMPLE, known(now="2026-10-12 09:00"))


def test_sampling_before_the_police_were_asked_is_doubted() -> None:
    assert hit({**SAMPLE, "dna_sampled_on": "2026-10-08"}, known()) == {"R-24"}


@pytest.mark.parametrize(
    "notice",
    [
        replace(NOTICE, state="closed", closed_at=moment("2026-10-02 10:00"), signed_on=date(2026, 9, 29)),
        replace(NOTICE, state="to_sign", sent_at=None),
        replace(NOTICE, state="void"),
    ],
    ids=["withdrawn", "unpublished", "void"],
)
def test_a_notice_that_is_not_out_does_not_count(notice: Any) -> None:
    problems = found(SAMPLE, known(papers={**TRACED, "tracing_notice": [notice]}))
    assert [(p.rule, p.remedy_paper) for p in problems] == [("R-24", "tracing_notice")]


def test_a_dropped_dna_draft_does_not_count() -> None:
    dropped = doc("dna_request", "closed", signed_on=None)
    assert [p.remedy_paper for p in found(SAMPLE, known(papers={**TRACED, "dna_request": [dropped]}))] == [
        "dna_request"
    ]


def test_an_emergency_waits_for_no_tracing_but_a_late_notice_is_explained() -> None:
    late = known(papers={}, clocks={"tracing_notice_due": moment("2026-09-29 18:30")})
    (problem,) = found(EMERGENCY, late)
    assert (problem.rule, problem.level) == ("R-25", Level.WARN)
    assert found({**EMERGENCY, "_reasons": {"R-25": "洪水断电断网，恢复后立即发布"}}, late) == []
    early = known(papers={}, clocks={"tracing_notice_due": moment("2026-10-13 18:30")})
    assert found(EMERGENCY, early) == []


# ---- R-26, R-34: who may come, and with whom -------------------------------------------------------------------


@pytest.mark.parametrize(
    "person",
    [replace(ZHANG, birth_date=date(2010, 6, 1)), replace(MAN, age_min=16, age_max=19)],
    ids=["sixteen", "estimated 16 to 19"],
)
def test_a_minor_alone_goes_to_the_child_home(person: PersonFacts) -> None:
    problems = found({**EMERGENCY, "identity_method": ["police"]}, known(person=person))
    assert [(p.rule, p.remedy_paper) for p in problems] == [("R-26", "minor_transfer_letter")]


def test_eighteen_today_is_no_minor() -> None:
    grown = replace(ZHANG, birth_date=date(2008, 10, 13))
    assert found({**EMERGENCY, "identity_method": ["police"]}, known(person=grown)) == []


def with_child(relation: str = "子女") -> dict[str, Any]:
    return {
        **EMERGENCY,
        "emergency_reason": ["violence"],
        "identity_method": ["card"],
        "companions": [{"case_no": CHILD.case_no, "relation": relation}],
    }


def test_a_mother_brings_her_child_of_six() -> None:
    assert found(with_child(), known(person=MOTHER, others={CHILD.case_no: CHILD})) == []


def test_a_child_comes_with_its_own_mother() -> None:
    answers = {**with_child(), "companions": [{"case_no": MOTHER.case_no, "relation": "母亲"}]}
    assert found(answers, known(person=CHILD, others={MOTHER.case_no: MOTHER})) == []


def test_a_child_does_not_come_with_somebody_who_is_not_its_guardian() -> None:
    assert hit(with_child("配偶"), known(person=MOTHER, others={CHILD.case_no: CHILD})) == {"R-26"}


def test_an_unrelated_person_has_no_place_on_the_letter() -> None:
    problems = found(
        with_child("同行人员"),
        known(person=MOTHER, others={CHILD.case_no: replace(CHILD, birth_date=date(1990, 1, 1))}),
    )
    assert [(p.field, "请从所列选项中选择" in p.sentence) for p in problems] == [("companions", True)]


def test_companions_need_a_case_of_this_county_that_is_still_open() -> None:
    assert hit(with_child(), known(person=MOTHER)) == {"R-34"}
    assert hit(with_child(), known(person=MOTHER, others={CHILD.case_no: replace(CHILD, open=False)})) == {"R-34"}


def test_nobody_is_their_own_companion() -> None:
    answers = {**with_child(), "companions": [{"case_no": MOTHER.case_no, "relation": "子女"}]}
    assert hit(answers, known(person=MOTHER, others={MOTHER.case_no: MOTHER})) == {"R-34"}


def test_a_second_request_waits_for_the_answer_to_the_first() -> None:
    first = doc("transfer_request", "sent", sent_at=moment("2026-10-12 09:00"), doc_no="平民函〔2026〕7号")
    (problem,) = found(SAMPLE, known(papers={**TRACED, "transfer_request": [first]}))
    assert problem.rule == "R-34"
    assert "平民函〔2026〕7号" in problem.sentence


def test_after_a_refusal_the_county_may_ask_again() -> None:
    answered = doc("transfer_request", "replied", sent_at=moment("2026-10-08 09:00"))
    refused = doc("transfer_reply", answers={"decision": "decline"}, sent_at=moment("2026-10-09 09:00"))
    assert (
        found(SAMPLE, known(papers={**TRACED, "transfer_request": [answered], "transfer_reply": [refused]})) == []
    )


def test_an_acceptance_still_open_makes_another_request_needless() -> None:
    accepted = doc(
        "transfer_reply",
        answers={"decision": "accept", "arrive_by": "2026-10-15"},
        sent_at=moment("2026-10-12 16:00"),
    )
    assert hit(SAMPLE, known(papers={**TRACED, "transfer_reply": [accepted]})) == {"R-34"}
    assert hit(SAMPLE, known(papers={**TRACED, "transfer_reply": [accepted]}, now="2026-10-16 09:00")) == {"R-21"}


def test_somebody_already_at_the_station_is_not_asked_for() -> None:
    assert hit(SAMPLE, known(place="522700-station")) == {"R-34"}


def test_a_closed_case_is_not_transferred() -> None:
    assert hit(SAMPLE, known(person=replace(MAN, open=False))) == {"R-34"}


def test_persons_of_the_prefecture_need_no_transfer() -> None:
    assert "R-35" in hit(SAMPLE, known(person=replace(MAN, region_code="522700")))


# ---- R-27, R-36, dates -----------------------------------------------------------------------------------------


def test_a_woman_is_not_escorted_by_men_alone_nor_by_one_person() -> None:
    men = [{"name": "王建国", "sex": "男"}, {"name": "刘强", "sex": "男"}]
    answers = {**EMERGENCY, "identity_method": ["card"], "escort_staff": men}
    (problem,) = found(answers, known(person=MOTHER))
    assert (problem.rule, problem.sentence) == ("R-27", "受助人员为女性，护送人员中至少有1名女性")
    assert hit({**SAMPLE, "escort_staff": men[:1]}, known()) == {"R-27"}


def test_negotiated_escort_needs_no_names_yet() -> None:
    assert found({**SAMPLE, "escort_by": "negotiated", "escort_staff": [], "vehicle_no": ""}, known()) == []


def test_fever_without_a_hospital_paper_is_refused_and_sent_to_hospital() -> None:
    (problem,) = found({**SAMPLE, "acute_signs": ["fever"], "onset_on": "2026-10-12"}, known())
    assert (problem.rule, problem.remedy_paper) == ("R-36", "medical_referral")


@pytest.mark.parametrize("condition", ["acute", "critical", "infectious"])
def test_an_illness_on_the_admission_form_needs_the_hospital_paper_too(condition: str) -> None:
    ill = replace(MAN, health=(condition,))
    assert hit(SAMPLE, known(person=ill)) == {"R-36"}
    papers = frozenset({"medical_check", "dna_proof", "hospital_clearance"})
    dates = {"medical_check": date(2026, 10, 12), "hospital_clearance": date(2026, 10, 11)}
    assert hit(SAMPLE, known(person=ill, attached=papers, attached_dates=dates)) == set()


@pytest.mark.parametrize(
    ("day", "ok"), [("2026-10-10", False), ("2026-10-11", True), ("2026-10-13", True), ("2026-10-14", False)]
)
def test_the_hospital_paper_is_dated_after_the_onset(day: str, ok: bool) -> None:
    about = known(
        attached=frozenset({"medical_check", "dna_proof", "hospital_clearance"}),
        attached_dates={"medical_check": date(2026, 10, 12), "hospital_clearance": date.fromisoformat(day)},
    )
    assert (hit({**SAMPLE, "acute_signs": ["mental"], "onset_on": "2026-10-11"}, about) == set()) is ok


def test_none_of_these_excludes_the_others() -> None:
    assert {
        p.sentence for p in found({**SAMPLE, "acute_signs": ["none", "fever"], "onset_on": "2026-10-12"}, known())
    } >= {"选了“无”，不能再选其他情形，请核对"}


@pytest.mark.parametrize(
    ("day", "ok"), [("2026-10-05", False), ("2026-10-06", True), ("2026-10-13", True), ("2026-10-14", False)]
)
def test_the_medical_check_is_of_the_last_seven_days(day: str, ok: bool) -> None:
    about = known(attached_dates={"medical_check": date.fromisoformat(day)})
    assert (hit(SAMPLE, about) == set()) is ok


@pytest.mark.parametrize(
    ("day", "ok"), [("2026-10-12", False), ("2026-10-13", True), ("2026-10-28", True), ("2026-10-29", False)]
)
def test_the_planned_day_is_near(day: str, ok: bool) -> None:
    assert (hit({**SAMPLE, "planned_date": day}, known()) == set()) is ok


def test_a_setting_moves_the_limits() -> None:
    about = known(settings={"planned_within_days": 30, "expected_days_most": 60, "escorts_least": 3})
    assert hit({**SAMPLE, "planned_date": "2026-11-12", "expected_days": "61"}, about) == {"R-21", "R-27"}


def test_the_county_must_keep_its_duties() -> None:
    (problem,) = found({**SAMPLE, "duty_accepted": "no"}, known())
    assert (problem.rule, problem.field) == ("R-28", "duty_accepted")


def test_the_dna_proof_is_enclosed_only_where_the_letter_lists_it() -> None:
    bare = frozenset({"medical_check"})
    assert {p.field for p in found(SAMPLE, known(attached=bare))} == {"attachment-dna_proof"}
    assert found(EMERGENCY, known(attached=bare)) == []


# ---- after an emergency reception (R-31) -----------------------------------------------------------------------

INTAKE = doc(
    "emergency_intake",
    answers={"ground": "emergency", "emergency_reason": ["disaster"], "arrived_at": "2026-07-11T22:00"},
    submitted_at=moment("2026-07-11 22:10"),
)


def after_intake(**papers: Any) -> Facts:
    first = {"emergency_intake": [INTAKE], "help_registration": [doc("help_registration")]}
    return known(
        now="2026-07-13 09:00",
        place="522700-station",
        person=replace(MAN, admitted_at=moment("2026-07-11 22:00")),
        attached_dates={"medical_check": date(2026, 7, 13)},
        papers={**first, **papers},
    )


def test_the_letter_after_an_emergency_reception_says_that_the_person_is_there() -> None:
    about = after_intake()
    answers = {
        **TransferRequest.prefill(about),
        **EMERGENCY,
        "planned_date": "",
        "escort_by": "",
        "escort_staff": [],
    }
    assert found(answers, about) == []
    assert body(answers, about)[2] == (
        "为保障受助人员基本生活和人身安全，现商请贵站予以接收并提供集中照料。"
        "该受助人员已于2026年7月11日22时00分由贵站应急先行接收，预计照料30天。"
    )


def test_the_county_first_registers_whom_the_station_received_at_night() -> None:
    assert "R-08" in hit(EMERGENCY, after_intake(help_registration=[]))


def test_the_intake_fills_in_ground_and_reason() -> None:
    assert (
        TransferRequest.prefill(after_intake()).items()
        >= {"ground": "emergency", "emergency_reason": ["disaster"]}.items()
    )


# ---- R-32 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("received", "due"), [("2026-09-24", "2026-09-29"), ("2026-09-30", "2026-10-09")])
def test_the_station_decides_within_two_working_days(received: str, due: str) -> None:
    counted = LIMITS["transfer_decision_due"].due(date.fromisoformat(received), Calendar.published())
    assert counted.last_day == date.fromisoformat(due)


def test_an_emergency_is_decided_the_same_day() -> None:
    (begun,) = [s for s in TransferRequest.starts if s.shown_when(TransferRequest.read(EMERGENCY))]
    assert (begun.limit, begun.owner) == ("transfer_decision_emergency_due", "counterpart")
    due = LIMITS[begun.limit].due(moment("2026-10-13 16:00"), Calendar.published())
    assert local_day(moment("2026-10-13 16:00")) == due.last_day


# ---- wording of §3.3 -------------------------------------------------------------------------------------------


def test_the_letter_about_an_unidentified_man_reads_as_the_brief_has_it() -> None:
    about = known()
    paper = TransferRequest.read(SAMPLE, about)
    assert paper.heading(about) == "平塘县民政局关于商请将1名身份不明受助人员转移至州级区域中心站集中照料的函"
    assert list(paper.body(about)) == [
        "2026年9月28日，平塘县救助管理站依法对1名身份不明人员（男，目测年龄50至55岁）实施救助（救助编号：522727-2026-0012）。",
        (
            "经快速查询，其身份信息暂未查明。我局已于2026年9月29日10时00分发布寻亲公告（公告编号：寻522727-2026-0012），"
            "于2026年10月12日完成DNA信息采集，核查比对工作正在进行。因我县救助服务设施薄弱，无站内床位、无分区照料条件，"
            "难以在县内开展站内照料。"
        ),
        (
            "为保障受助人员基本生活和人身安全，现商请贵站予以接收并提供集中照料。"
            "拟于2026年10月15日由我县派员护送到站，预计照料30天。"
        ),
        (
            "集中照料期间，入站登记、寻亲服务、落户安置、回访稳固等工作由我县继续负责；"
            "受助人员突发疾病需送医救治的，医疗费用结算和救治监管由我县负责落实。"
        ),
        "特此函商，请予函复。",
    ]
    assert paper.enclosures(about) == ["求助登记表", "健康检查材料", "寻亲公告", "DNA信息采集证明"]


def test_the_letter_about_a_known_man_names_how_and_where_from() -> None:
    about = known(person=ZHANG)
    answers = {**SAMPLE, "identity_method": ["fingerprint", "police"]}
    assert TransferRequest.read(answers, about).matter(about) == "商请将受助人员张守田转移至州级区域中心站集中照料"
    assert body(answers, about)[:2] == [
        "2026年9月28日，平塘县救助管理站依法对受助人员张守田（男，52岁）实施救助（救助编号：522727-2026-0015）。",
        (
            "经指纹比对、公安核查，其身份信息已经查明（户籍地：贵州省平塘县通州镇）。因我县救助服务设施薄弱，"
            "无站内床位、无分区照料条件，难以在县内开展站内照料。"
        ),
    ]
    assert TransferRequest.read(answers, about).enclosures(about) == ["求助登记表", "健康检查材料"]


def test_the_emergency_letter_gives_its_reasons_without_a_doubled_stop() -> None:
    answers = {
        **EMERGENCY,
        "emergency_reason": ["disaster", "other"],
        "emergency_other": "安置点停水停电。",
        "lack_condition": ["closed", "other"],
        "lack_other": "道路中断。",
    }
    assert body(answers, known())[1] == (
        "该受助人员因自然灾害、安置点停水停电，需要临时在站内集中照料。目前我县站房停用（维修）、道路中断，不具备接收照料条件。"
    )


@pytest.mark.parametrize(
    ("region", "word"), [("522701", "我市"), ("522702", "我市"), ("522722", "我县"), ("522732", "我县")]
)
def test_cities_say_our_city_and_counties_our_county(region: str, word: str) -> None:
    lines = body(EMERGENCY, known(f"{region}-bureau", person=replace(MAN, region_code=region)))
    other = {"我市": "我县", "我县": "我市"}[word]
    assert sum(line.count(word) for line in lines) == 4
    assert not any(other in line for line in lines)


def test_the_long_name_of_sandu_stands_in_full() -> None:
    about = known(
        "522732-bureau",
        person=replace(MAN, region_code="522732"),
        case={"first_org_name": "三都水族自治县救助管理站"},
    )
    paper = TransferRequest.read(SAMPLE, about)
    assert paper.heading(about).startswith("三都水族自治县民政局关于商请将")
    assert next(iter(paper.body(about))).startswith("2026年9月28日，三都水族自治县救助管理站依法对")


def test_a_negotiated_escort_adds_its_sentence() -> None:
    answers = {**SAMPLE, "escort_by": "negotiated", "escort_staff": []}
    assert body(answers, known())[2].endswith(
        "拟于2026年10月15日由我县派员护送到站，预计照料30天。因护送确有困难，护送事宜请与我局协商办理。"
    )


def test_a_mother_and_her_child_are_named_together() -> None:
    about = known(person=MOTHER, others={CHILD.case_no: CHILD})
    paper = TransferRequest.read(with_child(), about)
    assert paper.matter(about) == "商请将受助人员罗小梅及其子女1人转移至州级区域中心站集中照料"
    assert next(iter(paper.body(about))) == (
        "2026年10月12日，平塘县救助管理站依法对受助人员罗小梅（女，34岁）及其子女1人实施救助"
        "（救助编号：522727-2026-0020、522727-2026-0021）。"
    )


def test_other_relatives_are_called_what_they_are() -> None:
    rows = [
        {"case_no": "1", "relation": "母亲"},
        {"case_no": "2", "relation": "子女"},
        {"case_no": "3", "relation": "子女"},
    ]
    about = known(person=ZHANG)
    paper = TransferRequest.read({**SAMPLE, "companions": rows}, about)
    assert "受助人员张守田及其母亲1人、子女2人转移" in paper.matter(about)


def test_the_face_is_a_letter_to_the_station_with_contact_and_urgency() -> None:
    about = known()
    face = TransferRequest.read(EMERGENCY, about).face(about, Stamp())
    assert (face["face"], face["issuer"], face["addressee"]) == ("letter", "平塘县民政局", "黔南州救助管理站")
    assert face["contact"] == "联系人：陈晓云，联系电话：0854-7222222"
    assert face["urgency"] == "特急"
    assert TransferRequest.read({**EMERGENCY, "urgency": "加急"}, about).face(about, Stamp())["urgency"] == "加急"
    assert TransferRequest.read(SAMPLE, about).face(about, Stamp())["urgency"] is None
