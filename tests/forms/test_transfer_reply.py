"""P-14 复函: the rules of acceptance, both wordings of §3.4, and what sending it makes true."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import Milestone
from forms.kit.effects import BedReserved, RequestAnswered
from forms.kit.faces import Stamp
from forms.kit.facts import DocFacts, Facts
from forms.kit.limits import LIMITS
from forms.kit.rules import Problem
from forms.kit.workdays import Calendar
from forms.transfer_reply import TransferReply
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, organ
from tests.forms.test_transfer_request import CHILD, INTAKE, MOTHER
from tests.forms.test_transfer_request import SAMPLE as ASKED

TITLE = "平塘县民政局关于商请将1名身份不明受助人员转移至州级区域中心站集中照料的函"
COUNTY = {
    kind: organ(f"522727-{code}") for kind, code in (("county_bureau", "bureau"), ("county_station", "station"))
}
SAMPLE: dict[str, Any] = {
    "decision": "accept",
    "arrive_by": "2026-10-16",
    "ward": "male",
    "bed": "男101",
    "duty_name": "吴明海",
    "duty_phone": "0854-8222222",
}
DECLINED: dict[str, Any] = {
    "decision": "decline",
    "decline_reason": ["no_bed"],
    "contact_name": "吴明海",
    "contact_phone": "0854-8222222",
}


def asked(state: str = "in_process", answers: dict[str, Any] | None = None, **changes: Any) -> DocFacts:
    columns: dict[str, Any] = {
        "title": TITLE,
        "doc_no": "平民函〔2026〕7号",
        "sent_at": moment("2026-10-13 10:00"),
        "received_at": moment("2026-10-13 11:05"),
        "submitted_at": moment("2026-10-13 09:00"),
        "incoming_no": "收〔2026〕15号",
        "closed_at": None,
    }
    return doc("transfer_request", state, answers=answers or ASKED, **{**columns, **changes})


def known(request: DocFacts | None = None, **changes: Any) -> Facts:
    request = request or asked()
    first: dict[str, Any] = {
        "person": MAN,
        "county": COUNTY,
        "place": "522727-station",
        "counterpart": COUNTY["county_bureau"],
        "request": request,
        "papers": {"transfer_request": [request]},
        "now": "2026-10-13 15:00",
    }
    return facts("522700-station", **{**first, **changes})


def found(answers: dict[str, Any], about: Facts) -> list[Problem]:
    return TransferReply.read(answers, about).problems(about)


def rules(answers: dict[str, Any], about: Facts) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in found(answers, about)]


def body(answers: dict[str, Any], about: Facts) -> list[str]:
    return list(TransferReply.read(answers, about).body(about))


# ---- the rules of acceptance -----------------------------------------------------------------------------------


def test_an_acceptance_with_a_bed_stands() -> None:
    assert found(SAMPLE, known()) == []


def test_a_refusal_needs_its_reason_and_nothing_of_the_acceptance() -> None:
    assert found(DECLINED, known()) == []
    assert rules({**DECLINED, "decline_reason": []}, known()) == [("", "decline_reason")]
    assert {field for _, field in rules({**DECLINED, "decline_reason": ["other"]}, known())} == {
        "decline_other",
        "advice_other",
    }


def test_the_station_types_only_what_it_decides() -> None:
    suggested = TransferReply.prefill(known())
    assert (suggested["arrive_by"], suggested["ward"], suggested["bed"]) == ("2026-10-15", "male", "男101")
    paper = TransferReply.read({}, known())
    assert (
        paper.request.data
        == "平塘县民政局《关于商请将1名身份不明受助人员转移至州级区域中心站集中照料的函》（平民函〔2026〕7号）"
    )
    assert (paper.received_at.printed, paper.incoming_no.data) == ("2026年10月13日11时05分", "收〔2026〕15号")


@pytest.mark.parametrize("state", ["sent", "returned", "replied", "closed", "void"])
def test_only_a_received_request_is_answered(state: str) -> None:
    assert ("R-34", "request") in rules(SAMPLE, known(asked(state)))


def test_a_request_gets_one_reply() -> None:
    other = doc("transfer_reply", "to_sign", closed_at=None)
    about = known(papers={"transfer_request": [asked()], "transfer_reply": [other]})
    assert rules(SAMPLE, about) == [("R-34", "request")]


def test_a_reply_belongs_to_a_request() -> None:
    assert ("R-34", "request") in rules(SAMPLE, replace(known(), request=None))


@pytest.mark.parametrize(
    ("day", "ok"), [("2026-10-12", False), ("2026-10-13", True), ("2026-10-20", True), ("2026-10-21", False)]
)
def test_the_person_arrives_within_five_days_of_the_planned_day(day: str, ok: bool) -> None:
    assert (rules({**SAMPLE, "arrive_by": day}, known()) == []) is ok


def test_the_five_days_are_a_setting() -> None:
    assert rules({**SAMPLE, "arrive_by": "2026-10-17"}, known(settings={"arrive_after_planned_days": 1})) == [
        ("R-30", "arrive_by")
    ]


def test_a_full_womens_ward_takes_no_woman() -> None:
    about = known(person=MOTHER, free_beds={"male": ["男101"], "female": [], "minor": [], "observation": []})
    problems = found({**SAMPLE, "ward": "female", "bed": ""}, about)
    assert ("R-33", "女区没有空床位") in {(p.rule, p.sentence) for p in problems}
    assert found({**DECLINED, "decline_reason": ["no_bed"]}, about) == []


def test_a_woman_is_not_put_into_the_mens_ward() -> None:
    assert rules(SAMPLE, known(person=MOTHER)) == [("R-33", "ward")]


def test_the_observation_ward_takes_either_sex() -> None:
    assert rules({**SAMPLE, "ward": "observation", "bed": "观1"}, known(person=MOTHER)) == []


def test_the_bed_lies_in_the_chosen_ward() -> None:
    assert rules({**SAMPLE, "bed": "观1"}, known()) == [("R-33", "bed")]
    assert {field for _, field in rules({**SAMPLE, "bed": "男999"}, known())} == {"bed"}


def test_a_minor_alone_is_not_accepted() -> None:
    (problem,) = found({**SAMPLE, "ward": "minor", "bed": "少1"}, known(
        person=replace(MAN, age_min=16, age_max=19), free_beds={"minor": ["少1"]}
    ))  # fmt: skip
    assert (problem.rule, problem.remedy_paper) == ("R-26", "minor_transfer_letter")


def together(child_bed: str, relation: str = "子女") -> tuple[dict[str, Any], Facts]:
    rows = [{"case_no": CHILD.case_no, "relation": relation}]
    about = known(
        asked(answers={**ASKED, "ground": "emergency", "companions": rows}),
        person=MOTHER,
        others={CHILD.case_no: CHILD},
        free_beds={"male": ["男101"], "female": ["女201", "女202"], "minor": ["少1"], "observation": []},
    )
    answers = {**SAMPLE, "ward": "female", "bed": "女201", "companions": [{**rows[0], "bed": child_bed}]}
    return answers, about


@pytest.mark.parametrize(
    ("bed", "ok"), [("女202", True), ("少1", True), ("男101", False), ("女201", False), ("", False)]
)
def test_a_child_sleeps_beside_its_mother_or_among_minors(bed: str, ok: bool) -> None:
    answers, about = together(bed)
    assert (rules(answers, about) == []) is ok


def test_every_companion_of_the_request_gets_a_bed() -> None:
    answers, about = together("女202")
    assert rules({**answers, "companions": []}, about) == [("R-33", "companions")]
    assert TransferReply.prefill(about)["companions"] == [{"case_no": CHILD.case_no, "relation": "子女"}]


def test_a_child_that_is_not_in_the_persons_care_is_not_accepted_along() -> None:
    answers, about = together("女202", "配偶")
    assert rules(answers, about) == [("R-26", "companions")]


def test_a_negotiated_escort_must_be_agreed_by_both_heads() -> None:
    request = asked(answers={**ASKED, "escort_by": "negotiated"})
    (problem,) = found(SAMPLE, known(request))
    assert (problem.rule, problem.remedy_paper) == ("R-27", "transport_negotiation")
    half = doc("transport_negotiation", "in_process", closed_at=None)
    assert rules(SAMPLE, known(request, papers={"transport_negotiation": [half]})) == [("R-27", "decision")]
    assert rules(SAMPLE, known(request, papers={"transport_negotiation": [doc("transport_negotiation")]})) == []
    assert rules(DECLINED, known(request)) == []


def test_an_agreement_about_an_earlier_transfer_does_not_serve_again() -> None:
    old, gone = doc("transport_negotiation"), replace(doc("center_return_handover"), id=9)
    about = known(asked(answers={**ASKED, "escort_by": "negotiated"}),
                  papers={"transport_negotiation": [old], "center_return_handover": [gone]})  # fmt: skip
    assert rules(SAMPLE, about) == [("R-27", "decision")]


def test_the_ill_are_not_accepted_without_the_hospitals_word() -> None:
    request = asked(answers={**ASKED, "acute_signs": ["fever"], "onset_on": "2026-10-11"})
    assert rules(SAMPLE, known(request)) == [("R-36", "decision")]
    assert rules(SAMPLE, known(request, request_attached=frozenset({"hospital_clearance"}))) == []
    assert rules(SAMPLE, known(person=replace(MAN, health=("critical",)))) == [("R-36", "decision")]
    assert rules({**DECLINED, "decline_reason": ["hospital"]}, known(request)) == []


# ---- what it makes true ----------------------------------------------------------------------------------------


def test_signing_an_acceptance_keeps_every_bed() -> None:
    answers, about = together("女202")
    paper = TransferReply.read(answers, about)
    assert list(paper.effects(Milestone.SIGNED, about)) == [
        BedReserved("female", "女201"),
        BedReserved("female", "女202", CHILD.case_no),
    ]
    assert list(paper.effects(Milestone.SENT, about)) == [RequestAnswered("同意接收")]


def test_a_refusal_keeps_no_bed_and_answers_the_request() -> None:
    paper = TransferReply.read(DECLINED, known())
    assert list(paper.effects(Milestone.SIGNED, known())) == []
    assert list(paper.effects(Milestone.SENT, known())) == [RequestAnswered("不予接收")]


def test_sending_it_meets_the_limits_of_decision_and_of_emergency_papers() -> None:
    assert {(s.limit, s.on) for s in TransferReply.settles} == {
        ("transfer_decision_due", Milestone.SENT),
        ("transfer_decision_emergency_due", Milestone.SENT),
        ("emergency_papers_due", Milestone.SENT),
    }
    assert TransferReply.starts == ()  # nothing of the county's becomes the station's


def test_papers_after_an_emergency_of_saturday_night_are_due_on_tuesday() -> None:
    due = LIMITS["emergency_papers_due"].due(moment("2026-07-11 22:00"), Calendar.published())
    assert due.last_day == date(2026, 7, 14)


# ---- wording of §3.4 -------------------------------------------------------------------------------------------

CITED = "贵局《关于商请将1名身份不明受助人员转移至州级区域中心站集中照料的函》（平民函〔2026〕7号）收悉。"
LAST = (
    "三、集中照料期间，请贵局继续做好寻亲服务、落户安置和回访稳固工作；受助人员突发疾病送医的，"
    "由贵局落实救治监管和费用结算。照料事由消除后，请及时办理离站手续。"
)


def test_the_acceptance_reads_as_the_brief_has_it() -> None:
    about = known()
    paper = TransferReply.read(SAMPLE, about)
    assert paper.heading(about) == "黔南州救助管理站关于同意接收1名身份不明受助人员集中照料的复函"
    assert list(paper.body(about)) == [
        f"{CITED}经研究，现函复如下：",
        (
            "一、同意接收1名身份不明人员（男，目测年龄50至55岁）到我站集中照料。"
            "请于2026年10月16日前护送到站，并现场办理书面交接。"
        ),
        "二、请随人移交求助登记表、健康检查材料、随身物品清单及寻亲公告、DNA信息采集证明。",
        LAST,
        "此复。",
    ]


def test_a_known_person_brings_no_tracing_papers() -> None:
    about = known(person=ZHANG)
    lines = body(SAMPLE, about)
    assert (
        TransferReply.read(SAMPLE, about).heading(about)
        == "黔南州救助管理站关于同意接收受助人员张守田集中照料的复函"
    )
    assert lines[1].startswith("一、同意接收受助人员张守田（男，52岁）到我站集中照料。")
    assert lines[2] == "二、请随人移交求助登记表、健康检查材料、随身物品清单。"


def test_mother_and_child_are_accepted_in_one_letter() -> None:
    answers, about = together("女202")
    assert TransferReply.read(answers, about).matter(about) == "同意接收受助人员罗小梅及其子女1人集中照料"
    assert body(answers, about)[1].startswith("一、同意接收受助人员罗小梅（女，34岁）及其子女1人到我站集中照料。")


def test_whoever_was_received_at_night_is_only_handed_over() -> None:
    about = known(papers={"emergency_intake": [INTAKE]}, now="2026-07-13 15:00")
    assert body({**SAMPLE, "arrive_by": "2026-07-14"}, about)[1] == (
        "一、同意接收1名身份不明人员（男，目测年龄50至55岁）到我站集中照料。"
        "该受助人员已于2026年7月11日22时00分由我站应急先行接收，请于2026年7月14日前派员到站，现场办理书面交接。"
    )


def test_the_refusal_reads_as_the_brief_has_it() -> None:
    about = known()
    paper = TransferReply.read({**DECLINED, "decline_reason": ["no_identity", "no_bed"]}, about)
    assert paper.heading(about) == "黔南州救助管理站关于不予接收1名身份不明受助人员集中照料的复函"
    assert list(paper.body(about)) == [
        (
            f"{CITED}经审核，因身份查询工作未完成、站内床位不足，我站暂不接收该受助人员集中照料。"
            "请贵局抓紧完成身份查询、寻亲公告发布和DNA信息采集，先行在县内妥善安置照料，相关条件具备后可另行函商。"
        ),
        "此复。",
    ]


def test_a_reason_of_its_own_carries_its_own_advice() -> None:
    answers = {
        **DECLINED,
        "decline_reason": ["other"],
        "decline_other": "站内正在消毒。",
        "advice_other": "于下周联系我站；",
    }
    assert body(answers, known())[0].endswith(
        "经审核，因站内正在消毒，我站暂不接收该受助人员集中照料。请贵局于下周联系我站，相关条件具备后可另行函商。"
    )


def test_the_face_goes_back_to_the_county_with_the_duty_officer_as_contact() -> None:
    about = known()
    face = TransferReply.read(SAMPLE, about).face(about, Stamp())
    assert (face["face"], face["issuer"], face["addressee"]) == ("letter", "黔南州救助管理站", "平塘县民政局")
    assert face["contact"] == "联系人：吴明海，联系电话：0854-8222222"
    refusal = TransferReply.read({**DECLINED, "contact_name": "杨秀英"}, about).face(about, Stamp())
    assert refusal["contact"] == "联系人：杨秀英，联系电话：0854-8222222"


def test_an_urgent_request_gets_an_urgent_reply() -> None:
    request = asked(answers={**ASKED, "ground": "emergency"})
    assert TransferReply.prefill(known(request))["urgency"] == "特急"
