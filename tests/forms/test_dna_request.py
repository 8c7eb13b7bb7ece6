"""P-21 DNA采集比对函: when it may be written, which clocks it moves, and its exact words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.dna_request import DnaRequest
from forms.kit.chains import STANDARD, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.limits import LIMITS
from forms.kit.workdays import Calendar
from tests.forms.sample import MAN, ZHANG, doc, facts, moment, organ, rules_hit

#: A complete letter for the man of 河滨路, whose notice is published.
SAMPLE: dict[str, Any] = {
    "checks_done": ["fingerprint", "face", "national_system"],
    "sampling_place": "平塘县救助管理站",
    "asks": ["dna", "face", "lost_report"],
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
NOTICE = doc(
    "tracing_notice", "in_process", doc_no="寻522727-2026-0012", sent_at=moment("2026-09-29 10:30"), closed_at=None
)
CHECKED = doc("quick_identity_check", answers={"checks_done": ["fingerprint", "accent", "relative"]})
PAPERS = {"quick_identity_check": [CHECKED], "tracing_notice": [NOTICE]}


def known(issuer: str = "522727-bureau", **changes: Any) -> Facts:
    first = {"papers": PAPERS, "now": "2026-10-09 09:00", "counterpart": organ("522727-police"), **changes}
    return facts(issuer, **first)


def paper(of: Facts | None = None, **changes: Any) -> DnaRequest:
    return DnaRequest.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_letter_has_nothing_against_it() -> None:
    assert sentences() == []
    assert DnaRequest.chain is STANDARD
    assert DnaRequest.answered_by == ("police_check_result",)


def test_the_answers_survive_storing_and_reading() -> None:
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE
    assert (kept["admitted_at"], kept["notice_no"]) == ("2026-09-28T18:30", "寻522727-2026-0012")


def test_the_draft_takes_over_the_checks_already_made() -> None:
    first = DnaRequest.prefill(known())
    assert first["checks_done"] == ["fingerprint", "accent"]
    assert (first["sampling_place"], first["asks"]) == ("平塘县救助管理站", ["dna", "face", "lost_report"])


def test_the_letter_reads_word_for_word() -> None:
    face = paper().face(known(), Stamp(doc_no="平民函〔2026〕7号", signed_on=date(2026, 10, 9)))
    assert face["title"] == "平塘县民政局关于商请采集1名身份不明受助人员DNA信息并协助核查身份的函"
    assert face["addressee"] == "平塘县公安局"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "2026年9月28日18时30分，平塘县救助管理站救助1名身份不明人员（男，目测年龄50至55岁，救助编号：522727-2026-0012）。"
            "经指纹比对、人脸识别、全国救助信息系统比对，暂未查明其身份，我局已于2026年9月29日10时30分发布寻亲公告"
            "（公告编号：寻522727-2026-0012）。"
        ),
        (
            "根据民政、公安机关关于流浪乞讨人员身份查询工作的有关规定，现商请贵局安排采集该人员DNA信息，录入有关数据库比对，"
            "并协助开展DNA采集入库比对、人像比对、走失报案查询。采集地点为平塘县救助管理站，我局派员配合。"
        ),
        "请于收到本函之日起20个工作日内将采集比对和身份核查结果函告我局。",
    ]
    assert face["attachments"] == ["求助登记表", "受助人员照片及体貌特征"]
    assert face["contact"] == "联系人：罗春和，联系电话：0854-7221234"
    assert (face["signed_by"], face["signed_date"]) == ("平塘县民政局", "2026年10月9日")


def test_without_a_check_the_letter_does_not_boast_of_one() -> None:
    assert "）。暂未查明其身份，" in next(iter(paper(checks_done=["none"]).body(known())))


def test_a_proposed_day_is_told() -> None:
    assert "采集地点为平塘县救助管理站，拟于2026年10月12日采集，我局派员配合。" in "".join(
        paper(proposed_date="2026-10-12").body(known())
    )


def test_the_station_speaks_of_itself_as_a_station() -> None:
    of = known("522700-station", person=replace(MAN, region_code="522700"), counterpart=organ("522701-police"))
    words = "".join(paper(of).body(of))
    assert "我站已于" in words
    assert "函告我站。" in words
    assert "我局" not in words


def test_without_a_notice_the_reason_is_asked_for_and_printed() -> None:
    of = known(papers={"quick_identity_check": [CHECKED]})
    assert sentences(of) == ["请填写“未发布寻亲公告的原因”"]
    told = paper(of, notice_reason="其遭受家庭暴力，负责人决定暂缓发布。")
    assert told.problems(of) == []
    assert "暂未查明其身份，因其遭受家庭暴力，负责人决定暂缓发布，寻亲公告尚未发布。" in next(iter(told.body(of)))


def test_a_recalled_notice_does_not_count() -> None:
    recalled = replace(NOTICE, state="closed", closed_at=moment("2026-10-01 10:00"))
    of = known(papers={**PAPERS, "tracing_notice": [recalled]})
    assert sentences(of) == ["请填写“未发布寻亲公告的原因”"]


def test_nobody_identified_is_sampled() -> None:
    of = known(person=ZHANG)
    assert rules_hit(paper(of), of) == {"R-12"}


def test_the_quick_check_comes_first_or_a_reason_is_given() -> None:
    of = known(papers={"tracing_notice": [NOTICE]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.level, problem.remedy_paper) == ("R-09", "warn", "quick_identity_check")


@pytest.mark.parametrize("state", ["in_review", "sent", "in_process"])
def test_one_letter_at_a_time(state: str) -> None:
    under_way = doc("dna_request", state, doc_no="平民函〔2026〕3号", closed_at=None)
    of = known(papers={**PAPERS, "dna_request": [under_way]})
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-12", "identity_assist_request")
    assert "平民函〔2026〕3号" in problem.sentence


@pytest.mark.parametrize("state", ["replied", "void", "rejected"])
def test_after_an_answer_or_a_void_another_letter_may_follow(state: str) -> None:
    of = known(papers={**PAPERS, "dna_request": [doc("dna_request", state, signed_on=date(2026, 10, 1))]})
    assert sentences(of) == []


def test_none_stands_alone() -> None:
    assert sentences(checks_done=["none", "face"]) == ["已开展查询情况选了“无”，不能同时选其他项"]


def test_sampling_is_not_proposed_for_the_past() -> None:
    assert sentences(proposed_date="2026-10-08") == ["拟采集日期不能早于今天"]
    assert sentences(proposed_date="2026-10-09") == []


@pytest.mark.parametrize("box", ["checks_done", "asks"])
def test_checks_and_wishes_must_be_named(box: str) -> None:
    assert len(sentences(**{box: []})) == 1


def test_sending_meets_our_limit_and_starts_theirs_service_counts_them_again() -> None:
    assert [(line.limit, line.on) for line in DnaRequest.settles] == [("dna_request_due", Milestone.SENT)]
    started = {(line.limit, line.on) for line in DnaRequest.starts}
    for limit in ("dna_result_due", "dna_result_month"):
        assert LIMITS[limit].outside
        assert {(limit, Milestone.SENT), (limit, Milestone.SERVED)} <= started
    assert {line.trigger for line in DnaRequest.starts} == {"served_on"}


@pytest.mark.parametrize(
    ("limit", "trigger", "due"),
    [
        ("dna_request_due", date(2026, 9, 28), date(2026, 10, 13)),
        ("dna_request_due", date(2026, 2, 12), date(2026, 2, 28)),
        ("dna_request_due", date(2026, 9, 18), date(2026, 9, 29)),
        ("dna_result_due", date(2026, 10, 13), date(2026, 11, 10)),
        ("dna_result_due", date(2026, 2, 6), date(2026, 3, 12)),
        ("dna_result_due", date(2026, 9, 21), date(2026, 10, 26)),
        ("dna_result_month", date(2026, 10, 13), date(2026, 11, 13)),
    ],
)
def test_the_dated_examples_of_the_rules_hold(limit: str, trigger: date, due: date) -> None:
    assert LIMITS[limit].due(trigger, Calendar.published()).last_day == due
