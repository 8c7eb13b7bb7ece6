"""P-30 转知批复的函: from the day it goes out the institution may be used, or is refused."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import STANDARD, Milestone
from forms.kit.effects import ContractorChanged, ContractorGranted, RequestAnswered, TaskOpened
from forms.kit.faces import Stamp
from forms.kit.facts import Facts
from forms.reply_forwarding_letter import ReplyForwardingLetter
from tests.forms.sample import HOME, NOBODY, doc, facts, organ, rules_hit
from tests.forms.test_contractor_request_prefecture import COUNTY_REQUEST
from tests.forms.test_provincial_reply import PAPERS, record

SAMPLE: dict[str, Any] = {"contact_name": "莫如松", "contact_phone": "0854-8222222"}
NEW = replace(HOME, state="proposed", named=False, quota=0)
REPLY = doc("provincial_reply_record", "closed", answers=record().answers())
REFUSED = replace(
    REPLY,
    answers={
        **REPLY.answers,
        "decision": "refuse",
        "prov_title": "贵州省民政厅关于不同意平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的批复",
    },
)


def known(reply: Any = REPLY, **changes: Any) -> Facts:
    first = {
        "person": NOBODY,
        "now": "2026-07-24 10:00",
        "contractor": NEW,
        "request": COUNTY_REQUEST,
        "papers": {**PAPERS, **({"provincial_reply_record": [reply]} if reply else {})},
        "counterpart": organ("522727-bureau"),
        **changes,
    }
    return facts("522700-bureau", **first)


def paper(of: Facts | None = None, **changes: Any) -> ReplyForwardingLetter:
    return ReplyForwardingLetter.read({**SAMPLE, **changes}, of or known())


def test_a_full_letter_has_nothing_against_it() -> None:
    assert paper().problems(known()) == []
    assert ReplyForwardingLetter.chain is STANDARD
    kept = paper().answers()
    assert (kept["reply_no"], kept["decision"], kept["reply_signed_on"]) == (
        "黔民函〔2026〕88号", "agree", "2026-07-20",
    )  # fmt: skip


def test_nothing_is_passed_on_before_the_province_has_decided() -> None:
    of = known(reply=None)
    (problem,) = paper(of).problems(of)
    assert (problem.rule, problem.remedy_paper) == ("R-38", "provincial_reply_record")


@pytest.mark.parametrize("state", ["sent", "replied", "returned"])
def test_the_county_request_waits_for_it(state: str) -> None:
    of = known(request=replace(COUNTY_REQUEST, state=state))
    assert rules_hit(paper(of), of) == {"R-38"}


def test_sending_makes_the_institution_usable_for_that_county() -> None:
    answered, changed, task = paper().effects(Milestone.SENT, known())
    assert answered == RequestAnswered("省民政厅批复：同意")
    assert isinstance(task, TaskOpened)
    record = {
        "name": "平塘县松柏苑养老服务中心", "uscc": "52522727MJR000123Y", "kind": "social_org", "operator": "",
        "serves": ["adult", "elderly", "disabled"], "beds": 120, "price_month": 300000,
    }  # fmt: skip
    assert changed == ContractorGranted(
        "522727", 20, date(2026, 7, 20), date(2027, 12, 31), record, "黔民函〔2026〕88号", date(2026, 7, 20)
    )
    assert (task.paper, task.unit, task.rule) == ("custody_agreement", "522727-bureau", "R-38")
    assert list(paper().effects(Milestone.SUBMITTED, known())) == []


def test_a_refusal_is_kept_unless_the_institution_is_in_use() -> None:
    of = known(REFUSED)
    answered, changed = paper(of).effects(Milestone.SENT, of)
    assert answered == RequestAnswered("省民政厅批复：不同意")
    assert changed == ContractorChanged({"state": "refused", "state_reason": "省民政厅批复不同意"})
    used = known(REFUSED, contractor=HOME)
    assert [type(each) for each in paper(used).effects(Milestone.SENT, used)] == [RequestAnswered]


def test_inspections_begin_only_with_an_institution_that_may_be_used() -> None:
    (begun,) = ReplyForwardingLetter.starts
    assert (begun.limit, begun.owner) == ("bureau_inspection_due", "counterpart")
    assert paper().due_trigger(begun, known()) == date(2026, 7, 24)
    assert paper(known(REFUSED)).due_trigger(begun, known(REFUSED)) is None
    (settled,) = ReplyForwardingLetter.settles
    assert (settled.limit, settled.on) == ("reply_forwarding_due", Milestone.SENT)


def test_the_letter_is_worded_as_the_domain_says() -> None:
    face = paper().face(known(), Stamp(signed_on=date(2026, 7, 24)))
    assert face["title"] == ("黔南布依族苗族自治州民政局关于转知平塘县松柏苑养老服务中心承接托养服务批复意见的函")
    assert face["addressee"] == "平塘县民政局"
    assert [line["text"] for line in face["paragraphs"]] == [
        (
            "你局《关于选择平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的请示》（平民呈〔2026〕3号）收悉。"
            "经报请省民政厅，现将《贵州省民政厅关于同意平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的批复》"
            "（黔民函〔2026〕88号）转去，请按批复意见抓好落实，并于签订协议后10个工作日内将协议副本报我局备案。"
        )
    ]
    assert face["attachments"] == [
        "贵州省民政厅关于同意平塘县松柏苑养老服务中心承接流浪乞讨受助人员托养服务的批复"
    ]


def test_after_a_refusal_another_institution_has_to_be_found() -> None:
    of = known(REFUSED)
    (words,) = paper(of).body(of)
    assert words.endswith("转去，请按批复意见执行，妥善安置现有受助人员，另行选择符合条件的机构并按程序报批。")
