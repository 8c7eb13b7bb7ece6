"""The chain of domain §4.J as papers: an unidentified man of 平塘县, from admission to the identity card. Names are invented."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from forms.kit.facts import DocFacts, Facts, Member, PersonFacts
from tests.forms.sample import facts, moment

CASE_NO = "522727-2026-0003"
PERSON = PersonFacts(
    case_no=CASE_NO,
    identity_status="unknown",
    alias="平舟桥头男",
    sex="男",
    age_min=58,
    age_max=66,
    admitted_at=moment("2026-03-18 09:40"),
    region_code="522727",
    mental_status="normal",
    health=("chronic", "limited"),
)
CASE = {"first_org_name": "平塘县救助管理站", "ethnicity": "布依族"}


def paper(code: str, number: int, **columns: Any) -> DocFacts:
    """Return an issued paper of the chain; `number` orders them."""
    first: dict[str, Any] = {"issuer": "平塘县民政局", "title": code, "state": "closed", "answers": {}}
    return DocFacts(**{**first, "id": number, "uuid": f"{number:032d}", "code": code, **columns})


NOTICE = paper(
    "tracing_notice",
    1,
    state="in_process",
    doc_no=f"寻{CASE_NO}",
    signed_on=date(2026, 3, 18),
    sent_at=moment("2026-03-18 20:10"),
)
DNA = paper(
    "dna_request",
    2,
    state="replied",
    doc_no="平民函〔2026〕9号",
    signed_on=date(2026, 3, 24),
    sent_at=moment("2026-03-24 15:00"),
    served_on=date(2026, 3, 25),
)
POLICE = paper(
    "police_check_result",
    3,
    signed_on=date(2026, 4, 20),
    closed_at=moment("2026-04-20 11:00"),
    answers={
        "result": "no_match",
        "sampled_on": "2026-03-27",
        "face_result": "no_match",
        "answered_on": "2026-04-17",
    },
)
APPLICATION_ANSWERS = {
    "applicant_org": "平塘县救助管理站",
    "care_place": "station",
    "refresh_count": "3",
    "inquiry_summary": "先后问询11次，本人能说“大河坝”“赶场”，核查惠水、罗甸两县同名村寨，均无相符的走失人员。",
    "proposed_name": "何平安",
    "proposed_birth": "1964-06-01",
    "proposed_ethnicity": "布依族",
    "hukou_holder": "平塘县救助管理站",
    "collective_household": "yes",
    "hukou_address": "贵州省平塘县金盆街道新城路12号",
    "proposed_support": "centralised",
    "org_opinion": "情况属实，同意申请落户安置。",
}
APPLICATION = paper(
    "settlement_application",
    4,
    issuer="平塘县救助管理站",
    signed_on=date(2026, 6, 23),
    closed_at=moment("2026-06-24 10:00"),
    answers=APPLICATION_ANSWERS,
)
PLAN_ROW = {
    "case_no": CASE_NO,
    "name": "何平安",
    "sex": "男",
    "birth": "1964-06-01",
    "admitted_on": "2026-03-18",
    "health": "慢性病、行动不便",
    "ethnicity": "布依族",
    "hukou_holder": "平塘县救助管理站",
    "hukou_address": "贵州省平塘县金盆街道新城路12号",
    "support": "centralised",
    "support_org": "平塘县社会福利院",
    "fund_source": "特困人员救助供养资金",
}
PLAN = paper(
    "settlement_plan_request",
    5,
    state="replied",
    title="平塘县民政局关于1名滞留流浪乞讨人员落户安置方案的请示",
    doc_no="平民呈〔2026〕3号",
    signed_on=date(2026, 7, 3),
    sent_at=moment("2026-07-06 16:00"),
    answers={"plan_rows": [PLAN_ROW]},
)
REPLY = paper(
    "settlement_government_reply",
    6,
    signed_on=date(2026, 7, 20),
    closed_at=moment("2026-07-20 17:00"),
    answers={
        "request_no": "平民呈〔2026〕3号",
        "reply_org": "平塘县人民政府",
        "reply_doc_no": "平府函〔2026〕30号",
        "reply_title": "关于同意1名滞留流浪乞讨人员落户安置方案的批复",
        "reply_date": "2026-07-16",
        "reply_received_on": "2026-07-20",
        "decisions": [{"case_no": CASE_NO, "name": "何平安", "approved": "yes"}],
    },
)
LETTER = paper(
    "police_registration_letter",
    7,
    state="in_process",
    title="平塘县民政局关于为何平安办理户籍登记手续的函",
    doc_no="平民函〔2026〕31号",
    signed_on=date(2026, 7, 27),
    sent_at=moment("2026-07-28 09:30"),
    served_on=date(2026, 7, 29),
    answers={
        "reg_name": "何平安",
        "reg_sex": "男",
        "reg_birth": "1964-06-01",
        "reg_ethnicity": "布依族",
        "hukou_address": "贵州省平塘县金盆街道新城路12号",
    },
)
REGISTERED = {
    "result": "registered",
    "hukou_date": "2026-08-20",
    "household_no": "522727000123",
    "reg_name": "何平安",
    "sex": "男",
    "birth_date": "1964-06-01",
    "ethnicity": "布依族",
    "id_number": "522727196406010014",
    "hukou_address": "贵州省平塘县金盆街道新城路12号",
    "id_card": "obtained",
    "id_card_date": "2026-09-10",
}
RESULT = paper(
    "household_registration_result",
    8,
    signed_on=date(2026, 9, 10),
    closed_at=moment("2026-09-10 15:00"),
    answers=REGISTERED,
)
CHAIN = (NOTICE, DNA, POLICE, APPLICATION, PLAN, REPLY, LETTER, RESULT)


def on_file(*docs: DocFacts) -> Mapping[str, Sequence[DocFacts]]:
    """Return papers as a record has them: newest first, by code."""
    found: dict[str, list[DocFacts]] = {}
    for doc in sorted(docs, key=lambda each: -each.id):
        found.setdefault(doc.code, []).append(doc)
    return found


def through(last: DocFacts) -> Mapping[str, Sequence[DocFacts]]:
    """Return the papers of the chain up to one of them."""
    return on_file(*(doc for doc in CHAIN if doc.id <= last.id))


def member(*docs: DocFacts, person: PersonFacts = PERSON) -> Member:
    """Return the man as one of several persons of a paper."""
    return Member(person, on_file(*(docs or CHAIN[:4])), CASE)


SECOND = replace(
    PERSON,
    case_no="522727-2026-0005",
    alias="通州场坝女",
    sex="女",
    age_min=40,
    age_max=48,
    admitted_at=moment("2026-03-10 21:15"),
    health=("good",),
)
SECOND_APPLICATION = replace(
    APPLICATION,
    id=41,
    answers={
        **APPLICATION_ANSWERS,
        "care_place": "custody",
        "care_org": "平塘县松柏苑养老服务中心",
        "proposed_name": "欧阳春晓",
        "proposed_birth": "1982-03-01",
        "hukou_holder": "other",
        "hukou_holder_name": "平塘县社会福利院",
    },
)


def known(
    last: DocFacts = RESULT, now: str = "2026-09-15 09:00", issuer: str = "522727-bureau", **changes: Any
) -> Facts:
    """Return what is known of the man after a paper of the chain."""
    return facts(
        issuer,
        now,
        **{"person": PERSON, "case": CASE, "papers": through(last), "place": "522727-station", **changes},
    )
