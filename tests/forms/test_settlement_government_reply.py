"""P-40 批复登记: what the government decided on each person, from which day the ten days run, and who gets a letter."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.kit.chains import FORM, Milestone
from forms.kit.counting import count
from forms.kit.effects import DraftOpened, RequestAnswered
from forms.kit.facts import Facts, Member
from forms.kit.limits import LIMITS
from forms.kit.settlement import approval_of, open_plan
from forms.kit.workdays import Calendar
from forms.settlement_government_reply import SettlementGovernmentReply
from tests.forms import settlement_sample as chain
from tests.forms.sample import facts
from tests.forms.test_settlement_plan_request import MEMBERS, WOMAN_NO

MAN_NO = chain.CASE_NO
PLAN = replace(
    chain.PLAN,
    state="in_process",
    title="平塘县民政局关于何平安等2名滞留流浪乞讨人员落户安置方案的请示",
    answers={"plan_rows": [chain.PLAN_ROW, {**chain.PLAN_ROW, "case_no": WOMAN_NO, "name": "欧阳春晓"}]},
)
SAMPLE: dict[str, Any] = {
    "reply_doc_no": "平府函〔2026〕30号",
    "reply_title": "关于同意何平安等2名滞留流浪乞讨人员落户安置方案的批复",
    "reply_date": "2026-07-16",
    "reply_received_on": "2026-07-20",
    "decisions": [
        {"case_no": MAN_NO, "name": "何平安", "approved": "yes"},
        {"case_no": WOMAN_NO, "name": "欧阳春晓", "approved": "no", "note": "请补充残疾评定结论"},
    ],
}


def known(**changes: Any) -> Facts:
    return facts(**{"now": "2026-07-20 17:00", "person": replace(chain.PERSON, case_no=""), "request": PLAN,
                    "members": MEMBERS, "attached": frozenset({"scan"}), **changes})  # fmt: skip


def paper(of: Facts | None = None, **changes: Any) -> SettlementGovernmentReply:
    return SettlementGovernmentReply.read({**SAMPLE, **changes}, of or known())


def found(of: Facts | None = None, **changes: Any) -> list[tuple[str, str]]:
    return [(problem.rule, problem.field) for problem in paper(of, **changes).problems(of or known())]


def test_a_full_record_has_nothing_against_it() -> None:
    assert found() == []
    assert (SettlementGovernmentReply.chain, SettlementGovernmentReply.answers_paper) == (
        FORM, "settlement_plan_request",
    )  # fmt: skip


def test_the_persons_are_those_of_the_request_in_its_order() -> None:
    first = SettlementGovernmentReply.prefill(known())
    assert [(row["case_no"], row["name"], row["approved"]) for row in first["decisions"]] == [
        (MAN_NO, "何平安", ""),
        (WOMAN_NO, "欧阳春晓", ""),
    ]
    assert first["reply_title"] == SAMPLE["reply_title"]
    foreign = [{"case_no": "522727-2026-0099", "name": "张三", "approved": "yes"}, *SAMPLE["decisions"][::-1]]
    assert [row.case_no.data for row in paper(decisions=foreign).decisions.rows] == [MAN_NO, WOMAN_NO]


def test_the_request_is_quoted_without_the_bureaus_name() -> None:
    read = paper()
    assert read.request_no.data == "平民呈〔2026〕3号"
    assert read.request_title.data == "关于何平安等2名滞留流浪乞讨人员落户安置方案的请示"
    assert read.reply_org.data == "平塘县人民政府"


def test_every_person_is_decided_on_and_a_refusal_explained() -> None:
    assert found(decisions=[]) == [("", "decisions"), ("", "decisions")]
    rows = [SAMPLE["decisions"][0], {**SAMPLE["decisions"][1], "note": ""}]
    assert found(decisions=rows) == [("R-64", "decisions")]


def test_it_answers_a_request_that_was_sent() -> None:
    assert ("R-64", "request_no") in found(known(request=None))
    assert ("R-64", "request_no") in found(known(request=replace(PLAN, sent_at=None)))


@pytest.mark.parametrize("number", ["平府函(2026)30号", "平府函〔2026〕030号", "30号", "平府函〔2026〕30"])
def test_the_number_is_written_out(number: str) -> None:
    assert found(reply_doc_no=number) == [("R-96", "reply_doc_no")]


def test_the_days_run_forward() -> None:
    assert found(reply_received_on="2026-07-21") == [("R-54", "reply_received_on")]
    assert found(reply_received_on="2026-07-15") == [("R-54", "reply_received_on")]
    assert found(reply_date="2026-07-02") == [("R-54", "reply_date")]


def test_whoever_was_identified_meanwhile_is_struck() -> None:
    found_man = replace(chain.PERSON, identity_status="confirmed", name="罗大河")
    of = known(members={**MEMBERS, MAN_NO: Member(found_man, MEMBERS[MAN_NO].papers)})
    assert SettlementGovernmentReply.prefill(of)["decisions"][0]["approved"] == "struck"
    (problem,) = paper(of).problems(of)
    assert problem.sentence == "第1行：何平安身份已查明，批复意见请选“已从方案中删去”"
    gone = known(members={WOMAN_NO: MEMBERS[WOMAN_NO]})
    assert [problem.sentence for problem in paper(gone).problems(gone)] == [
        "第1行：何平安已离站，批复意见请选“已从方案中删去”"
    ]


@pytest.mark.parametrize(
    ("received", "due"), [("2026-07-20", date(2026, 8, 3)), ("2026-09-28", date(2026, 10, 16))]
)
def test_the_ten_days_run_from_the_day_it_came_in(received: str, due: date) -> None:
    start, *_ = SettlementGovernmentReply.starts
    assert (start.limit, start.on) == ("police_registration_letter_due", Milestone.COMPLETED)
    trigger = paper(reply_received_on=received).due_trigger(start, known())
    assert count(LIMITS[start.limit].length, trigger, Calendar.published()).last_day == due


def test_they_run_for_the_approved_alone() -> None:
    start, again, search = SettlementGovernmentReply.starts
    yes, no = paper().decisions.rows
    assert (start.row_when(yes), start.row_when(no)) == (True, False)
    # Whoever is refused is proposed again, unless the county says that they stay in care.
    assert (again.limit, again.row_when(yes), again.row_when(no)) == ("settlement_plan_again_due", False, True)
    kept = [SAMPLE["decisions"][0], {**SAMPLE["decisions"][1], "next_step": "keep"}]
    _, no = paper(decisions=kept).decisions.rows
    assert (again.row_when(no), search.limit, search.row_when(no)) == (False, "lifelong_tracing_due", True)


def test_each_approved_person_gets_a_letter_of_their_own() -> None:
    both = [{**row, "approved": "yes"} for row in SAMPLE["decisions"]]
    effects = list(paper(decisions=both).effects(Milestone.COMPLETED, known()))
    assert effects == [
        RequestAnswered("平府函〔2026〕30号：同意2人，共2人"),
        DraftOpened("police_registration_letter", {}, MAN_NO),
        DraftOpened("police_registration_letter", {}, WOMAN_NO),
    ]
    assert [type(effect) for effect in paper().effects(Milestone.COMPLETED, known())] == [
        RequestAnswered,
        DraftOpened,
    ]
    assert list(paper().effects(Milestone.SUBMITTED, known())) == []


def test_approval_and_refusal_are_read_from_the_papers_of_a_person() -> None:
    of = chain.member(*chain.CHAIN[:6])
    approval = approval_of(of)
    assert approval is not None
    assert (approval.row["name"], approval.reply.answers["reply_doc_no"]) == ("何平安", "平府函〔2026〕30号")
    stranger = Member(replace(chain.PERSON, case_no="522727-2026-0099"), of.papers)
    assert approval_of(stranger) is None
    assert open_plan(of) is chain.PLAN


def test_an_approval_of_a_voided_plan_approves_nobody() -> None:
    of = chain.member(*chain.CHAIN[:4], replace(chain.PLAN, state="void"), chain.REPLY)
    assert approval_of(of) is None
