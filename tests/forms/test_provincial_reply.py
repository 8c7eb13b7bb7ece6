"""P-29 省民政厅批复, both ways: drafted by the province, or recorded by the prefecture from paper (A-03)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import FORM, PROVINCE, Milestone
from forms.kit.counting import count
from forms.kit.effects import RequestAnswered
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.provincial import reply_to
from forms.kit.workdays import Calendar
from forms.provincial_reply import ProvincialReply
from forms.provincial_reply_record import ProvincialReplyRecord
from tests.forms.sample import HOME, NOBODY, doc, facts, moment, organ, rules_hit
from tests.forms.test_contractor_request_prefecture import COUNTY_REQUEST
from tests.forms.test_contractor_request_prefecture import SAMPLE as FORWARDED

REQUEST = replace(
    doc(
        "contractor_request_prefecture",
        "in_process",
        doc_no="黔南民呈〔2026〕9号",
        title="黔南布依族苗族自治州民政局关于平塘县选择平塘县松柏苑养老服务中心承接托养服务的请示",
        issuer="黔南布依族苗族自治州民政局",
        answers=FORWARDED,
        signed_on=date(2026, 6, 30),
        sent_at=moment("2026-06-30 15:00"),
        served_on=date(2026, 7, 1),
        received_at=moment("2026-07-01 09:00"),
        closed_at=None,
    ),
    uuid="b" * 32,
)
PAPERS = {"contractor_request_county": [COUNTY_REQUEST], "contractor_request_prefecture": [REQUEST]}
#: The province agrees to all twenty.
SAMPLE: dict[str, Any] = {
    "decision": "agree",
    "approved_quota": "20",
    "valid_from": "2026-07-20",
    "valid_to": "2027-12-31",
}
RECORD_SAMPLE: dict[str, Any] = {
    **SAMPLE,
    "prov_doc_no": "黔民函〔2026〕88号",
    "prov_signed_date": "2026-07-20",
    "received_on": "2026-07-22",
    "prov_title": "贵州省民政厅关于同意平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的批复",
}


def known(issuer: str = "520000-department", **changes: Any) -> Facts:
    first = {
        "person": NOBODY,
        "now": "2026-07-22 10:00",
        "contractor": replace(HOME, state="proposed"),
        "request": REQUEST,
        "papers": PAPERS,
        "counterpart": organ("522700-bureau"),
        **changes,
    }
    return facts(issuer, **first)


def at_prefecture(**changes: Any) -> Facts:
    return known("522700-bureau", **{"attached": frozenset({"prov_scan"}), "counterpart": None, **changes})


def paper(of: Facts | None = None, **changes: Any) -> ProvincialReply:
    return ProvincialReply.read({**SAMPLE, **changes}, of or known())


def record(of: Facts | None = None, **changes: Any) -> ProvincialReplyRecord:
    return ProvincialReplyRecord.read({**RECORD_SAMPLE, **changes}, of or at_prefecture())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def refusals(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in record(of, **changes).problems(of or at_prefecture())]


def test_a_full_reply_has_nothing_against_it_either_way() -> None:
    assert (sentences(), refusals()) == ([], [])
    assert (ProvincialReply.chain, ProvincialReplyRecord.chain) == (PROVINCE, FORM)
    assert ProvincialReply.drafted_in == {"province"}
    assert ProvincialReplyRecord.drafted_in == {"prefecture_bureau"}
    assert ProvincialReply.answers_paper == ProvincialReplyRecord.answers_paper == REQUEST.code


def test_both_suggest_what_the_county_asked_for() -> None:
    asked = {"approved_quota": "20", "valid_from": "2026-08-01", "valid_to": "2028-07-31"}
    assert ProvincialReply.prefill(known()) == asked
    first = ProvincialReplyRecord.prefill(at_prefecture())
    assert {name: first[name] for name in asked} == asked
    assert first["prov_title"] == RECORD_SAMPLE["prov_title"]


def test_the_request_is_named_on_both() -> None:
    told = record()
    assert told.request_no.data == "黔南民呈〔2026〕9号"
    assert (told.county.data, told.asked_quota.data) == ("平塘县民政局", 20)
    assert (told.request.data or "").startswith("黔南布依族苗族自治州民政局《关于平塘县选择")


@pytest.mark.parametrize("state", ["sent", "replied", "void"])
def test_a_reply_answers_a_request_that_came_in(state: str) -> None:
    of = known(request=replace(REQUEST, state=state))
    assert rules_hit(paper(of), of) == {"R-95"}


def test_a_reply_answers_nothing_but_a_request() -> None:
    of = known(request=None)
    assert "批复只用于答复请示，请从州民政局的请示办理" in sentences(of)


def test_no_more_persons_than_asked_for() -> None:
    (problem,) = paper(approved_quota="21").problems(known())
    assert (problem.rule, problem.sentence) == ("R-45", "核定人数不能超过申请的20人")
    assert refusals(approved_quota="21") == ["核定人数不能超过申请的20人"]
    assert sentences(valid_to="2026-07-20") == ["有效期的止日应在起日之后"]


def test_conditions_and_reasons_are_asked_for_where_they_belong() -> None:
    assert sentences(decision="conditions") == ["请填写“批复条件”"]
    assert sentences(decision="refuse") == ["请填写“不同意的理由”"]
    refused = paper(
        decision="refuse", refusal="该机构消防设施尚未验收", approved_quota="", valid_from="", valid_to=""
    )
    assert refused.problems(known()) == []


def test_the_reply_is_worded_as_the_domain_says() -> None:
    face = paper().face(known(), Stamp(doc_no="黔民函〔2026〕88号", signed_on=date(2026, 7, 20)))
    assert face["face"] == "letter"
    assert face["title"] == RECORD_SAMPLE["prov_title"]
    assert face["addressee"] == "黔南布依族苗族自治州民政局"
    assert [line["text"] for line in face["paragraphs"]] == [
        "你局《关于平塘县选择平塘县松柏苑养老服务中心承接托养服务的请示》（黔南民呈〔2026〕9号）收悉。经研究，现批复如下：",
        (
            "一、同意平塘县民政局选择平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务，托养人数不超过20人，"
            "有效期自2026年7月20日至2027年12月31日。"
        ),
        "二、请督促平塘县民政局依法签订托养协议，严格分类照料，不得托养未成年人。",
        "三、请加强日常监管，受助人员身份信息查明后及时接送返回。",
        "此复。",
    ]
    assert face["contact"] is None


def test_a_house_for_mental_patients_takes_nobody_else() -> None:
    of = known(contractor=replace(HOME, serves=("mental",)))
    assert list(paper(of).body(of))[2].endswith("不得托养未成年人，不得托养非精神障碍患者。")


def test_conditions_are_a_point_of_their_own() -> None:
    told = paper(decision="conditions", conditions="三个月内补齐食品经营许可证。")
    words = list(told.body(known()))
    assert words[2] == "二、请督促平塘县民政局落实以下要求：三个月内补齐食品经营许可证。"
    assert words[4].startswith("四、请加强日常监管")
    assert told.heading(known()) == RECORD_SAMPLE["prov_title"]


def test_a_refusal_says_why_and_what_to_do() -> None:
    told = paper(decision="refuse", refusal="该机构消防设施尚未验收。")
    assert told.heading(known()) == (
        "贵州省民政厅关于不同意平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的批复"
    )
    assert list(told.body(known()))[1:3] == [
        (
            "一、因该机构消防设施尚未验收，不同意平塘县民政局选择平塘县松柏苑养老服务中心"
            "承接流浪乞讨受助人员托养服务。"
        ),
        "二、请督促平塘县民政局妥善安置现有受助人员，另行选择符合条件的机构并按程序报批。",
    ]


def test_either_way_the_request_is_answered_and_five_working_days_run() -> None:
    assert list(paper().effects(Milestone.SENT, known())) == [RequestAnswered("省民政厅批复：同意")]
    assert list(record().effects(Milestone.COMPLETED, at_prefecture())) == [RequestAnswered("省民政厅批复：同意")]
    (drafted,), (typed,) = ProvincialReply.starts, ProvincialReplyRecord.starts
    assert (drafted.limit, drafted.on, drafted.owner) == (
        "reply_forwarding_due", Milestone.RECEIVED, "counterpart",
    )  # fmt: skip
    assert (typed.limit, typed.on, typed.trigger) == ("reply_forwarding_due", Milestone.COMPLETED, "received_on")
    due = count(LIMITS["reply_forwarding_due"].length, date(2026, 7, 22), Calendar.published())
    assert due.last_day == date(2026, 7, 29)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"prov_doc_no": "黔民函[2026]88号"}, "R-96"),
        ({"prov_doc_no": "黔民函〔2026〕088号"}, "R-96"),
        ({"prov_signed_date": "2026-06-29"}, "R-98"),
        ({"received_on": "2026-07-19"}, "R-98"),
        ({"received_on": "2026-07-23"}, "R-98"),
        ({"prov_title": "贵州省民政厅关于不同意该机构承接托养服务的批复"}, "R-98"),
    ],
)
def test_the_record_is_true_to_the_paper(changes: dict[str, str], rule: str) -> None:
    assert rules_hit(record(at_prefecture(), **changes), at_prefecture()) == {rule}


def test_the_scan_is_kept() -> None:
    assert refusals(at_prefecture(attached=frozenset())) == ["请上传附件“批复原件（扫描件）”"]


def test_the_reply_is_found_again_whichever_way_it_came() -> None:
    drafted = doc(
        "provincial_reply", "closed", doc_no="黔民函〔2026〕88号", title=RECORD_SAMPLE["prov_title"],
        answers=paper().answers(), signed_on=date(2026, 7, 20), sent_at=moment("2026-07-20 16:00"),
    )  # fmt: skip
    typed = doc("provincial_reply_record", "closed", answers=record().answers())
    found = [reply_to(known(papers={**PAPERS, each.code: [each]}), COUNTY_REQUEST) for each in (drafted, typed)]
    assert found[0] == found[1]
    assert found[0] is not None
    assert (found[0].doc_no, found[0].quota, found[0].agreed) == ("黔民函〔2026〕88号", 20, True)
    assert reply_to(known(), COUNTY_REQUEST) is None
    other = replace(COUNTY_REQUEST, uuid="c" * 32)
    assert reply_to(known(papers={**PAPERS, typed.code: [typed]}), other) is None
