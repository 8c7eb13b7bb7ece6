"""P-28 选择托养机构的请示（州→省）: never a mere forwarding, and only for a county request that has come in."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.contractor_request_prefecture import ContractorRequestPrefecture
from forms.kit.chains import PRINCIPAL
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.kit.paper import About, Addressee
from tests.forms.sample import HOME, NOBODY, doc, facts, moment, organ, rules_hit
from tests.forms.test_contractor_request_county import SAMPLE as ASKED

COUNTY_REQUEST = replace(
    doc(
        "contractor_request_county",
        "in_process",
        doc_no="平民呈〔2026〕3号",
        title="平塘县民政局关于选择平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的请示",
        answers=ASKED,
        signed_on=date(2026, 6, 15),
        sent_at=moment("2026-06-15 16:00"),
        received_at=moment("2026-06-16 09:10"),
        closed_at=None,
    ),
    uuid="a" * 32,
)
#: The prefecture went there and agrees.
SAMPLE: dict[str, Any] = {
    "county_request": COUNTY_REQUEST.uuid,
    "pref_check_method": "both",
    "pref_checked_on": "2026-06-24",
    "pref_opinion": "该机构证照齐全、分区照料、消防和医疗条件符合要求，选择程序规范，价格合理",
    "pref_position": "agree",
    "contact_name": "莫如松",
    "contact_phone": "0854-8222222",
}


def known(**changes: Any) -> Facts:
    first = {
        "person": NOBODY,
        "now": "2026-06-29 10:00",
        "contractor": replace(HOME, state="proposed", named=False, quota=0),
        "counterpart": organ("520000-department"),
        "papers": {"contractor_request_county": [COUNTY_REQUEST]},
        "attached": frozenset({"county_papers"}),
        **changes,
    }
    return facts("522700-bureau", **first)


def paper(of: Facts | None = None, **changes: Any) -> ContractorRequestPrefecture:
    return ContractorRequestPrefecture.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def test_a_full_request_has_nothing_against_it() -> None:
    assert sentences() == []
    assert ContractorRequestPrefecture.chain is PRINCIPAL
    assert ContractorRequestPrefecture.addressee is Addressee.SUPERIOR
    assert ContractorRequestPrefecture.about is About.CONTRACTOR


def test_the_answers_survive_storing_and_reading() -> None:
    kept = paper().answers()
    assert {name: kept[name] for name in SAMPLE} == SAMPLE


def test_the_waiting_request_is_suggested() -> None:
    assert ContractorRequestPrefecture.prefill(known())["county_request"] == COUNTY_REQUEST.uuid
    assert paper().county_request.words[COUNTY_REQUEST.uuid].startswith("平塘县民政局《关于选择")


@pytest.mark.parametrize("opinion", ["", "同意。", "该机构证照齐全，拟同意，请审批为盼"])
def test_without_an_own_opinion_nothing_goes_up(opinion: str) -> None:
    (problem,) = paper(pref_opinion=opinion).problems(known())
    assert (problem.rule, problem.field, problem.sentence) == (
        "R-40", "pref_opinion", "州局审核意见不少于20字，不得原文转报，请写明本级意见",
    )  # fmt: skip


def test_the_countys_words_are_not_the_prefectures() -> None:
    copied = ASKED["county_opinion"].rstrip("。")
    assert sentences(pref_opinion=copied) == ["州局审核意见与县局意见相同，不得原文转报，请写明本级意见"]


def test_a_position_is_taken() -> None:
    (problem,) = paper(pref_position="").problems(known())
    assert (problem.rule, problem.field) == ("R-40", "pref_position")
    assert sentences(pref_position="disagree") == []


def test_no_request_to_the_province_without_one_from_a_county() -> None:
    of = known(papers={})
    problems = [problem for problem in paper(of).problems(of) if problem.rule == "R-39"]
    assert [(each.remedy_paper, each.field) for each in problems] == [
        ("contractor_request_county", "county_request")
    ]


@pytest.mark.parametrize("state", ["sent", "returned", "replied"])
def test_a_request_not_waiting_here_is_not_passed_on(state: str) -> None:
    of = known(papers={"contractor_request_county": [replace(COUNTY_REQUEST, state=state)]})
    assert "R-39" in rules_hit(paper(of), of)


def test_a_county_request_goes_up_once() -> None:
    before = doc("contractor_request_prefecture", "in_process", doc_no="黔南民呈〔2026〕9号", answers=SAMPLE)
    papers = {"contractor_request_county": [COUNTY_REQUEST], "contractor_request_prefecture": [before]}
    assert sentences(known(papers=papers)) == ["这件县级请示已经报省（黔南民呈〔2026〕9号），请等待批复"]
    void = {**papers, "contractor_request_prefecture": [replace(before, state="void")]}
    assert sentences(known(papers=void)) == []


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-06-16", []),
        ("2026-06-15", ["核查日期不能早于县级请示的签收日期，请核对"]),
        ("2026-06-30", ["核查日期不能晚于今天"]),
    ],
)
def test_checking_follows_receipt(day: str, found: list[str]) -> None:
    assert sentences(pref_checked_on=day) == found


def test_the_request_is_worded_as_the_domain_says() -> None:
    face = paper().face(known(), Stamp(signer="陆文渊"))
    assert face["face"] == "file"
    assert face["title"] == ("黔南布依族苗族自治州民政局关于平塘县选择平塘县松柏苑养老服务中心承接托养服务的请示")
    assert face["addressee"] == "贵州省民政厅"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "平塘县民政局报来《关于选择平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的请示》（平民呈〔2026〕3号）。"
            "我局于2026年6月24日以实地查看和查阅材料方式进行了核查，认为该机构证照齐全、分区照料、消防和医疗条件符合要求，"
            "选择程序规范，价格合理，拟同意。"
        ),
        "当否，请批示。",
    ]
    assert face["attachments"] == ["平塘县民政局请示及相关材料"]
    assert "平塘县" in face["keep"]
