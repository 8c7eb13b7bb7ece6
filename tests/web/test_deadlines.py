"""The board of time limits and the page that counts one."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.models import Case
from portal.services import clocks
from tests import casework
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]
CALCULATOR = "/deadlines/calculator"


def rows(page: Page, part: str) -> list[str]:
    return [words(row) for row in page.all(f"#{part} tbody tr")]


def test_limits_stand_by_colour_with_what_to_do(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, alias="旧案男", admitted_at=casework.ago(days=20), limits=("dna_request_due",))
    casework.make_case(session, alias="新案男", limits=("lifelong_tracing_due", "tracing_notice_due"))
    page = sign_in("pingtang.clerk.1").page("/deadlines")
    (late,) = rows(page, "late")
    assert "旧案男" in late
    assert "请向公安机关发出DNA采集比对函" in late
    assert "R-12" in late
    assert len(rows(page, "calm")) == 2
    assert page.has("#late form")


def test_limits_of_outside_parties_stand_apart_and_say_that_service_is_missing(
    session: Session, sign_in: SignIn
) -> None:
    case = casework.make_case(session)
    letter = casework.make_paper(
        session, case, "dna_request", state="sent", step="receive", sent_at=casework.ago(days=1)
    )
    with transaction(session):
        clocks.start_outside(session, "dna_result_due", session.merge(letter), owner_id=letter.issuer_id)
    page = sign_in("pingtang.clerk.1").page("/deadlines")
    (waiting,) = rows(page, "outside")
    assert "公安机关反馈DNA比对和身份核查结果" in waiting
    assert "送达日期未登记" in waiting
    assert rows(page, "calm") == []


def test_a_limit_reaching_into_an_unpublished_year_is_provisional(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, limits=("lifelong_tracing_due",))
    page = sign_in("pingtang.clerk.1").page("/deadlines")
    assert "暂定" in rows(page, "calm")[0] or "2027" not in rows(page, "calm")[0]


def test_each_county_has_its_own_board_and_bureau_and_station_share_one(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, limits=("dna_request_due",))
    assert "河滨路男" in sign_in("pingtang-station.clerk.1").page("/deadlines").text
    assert "目前没有正在计算的期限" in sign_in("fuquan.clerk.1").page("/deadlines").text
    assert sign_in("admin.1").get("/deadlines").status_code == 403


def test_the_board_takes_the_same_number_of_queries_however_long(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    casework.make_case(session, limits=("dna_request_due",))
    browser = sign_in("pingtang.clerk.1")

    def more() -> None:
        for number in range(50):
            casework.make_case(session, alias=f"桥头男{number}", limits=("dna_request_due",))

    few, many = casework.grown(app, lambda: browser.get("/deadlines"), more)
    assert few == many
    few, many = casework.grown(app, lambda: browser.get("/work?list=due"), lambda: casework.make_case(session))
    assert few == many


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("limit=dna_request_due&day=2026-09-28", "2026年10月13日24时"),
        ("limit=dna_request_due&day=2026-02-12", "2026年2月28日24时"),
        ("limit=tracing_notice_due&day=2026-09-28&minute=18:30", "2026年9月29日18时30分"),
        ("limit=stay_three_months&day=2026-06-15", "2026年9月15日24时"),
    ],
)
def test_the_calculator_counts_and_tells_how(sign_in: SignIn, asked: str, answered: str) -> None:
    page = sign_in("pingtang.clerk.1").page(f"{CALCULATOR}?{asked}")
    assert words(page.one(".calc-due")).startswith(answered)
    assert page.all(".calc-steps li")


def test_the_calculator_says_provisional(sign_in: SignIn) -> None:
    page = sign_in("pingtang.clerk.1").page(f"{CALCULATOR}?limit=dna_request_due&day=2028-12-28")
    assert "暂定" in words(page.one(".calc-due"))


@pytest.mark.parametrize("day", ["", "2026-13-01", "yesterday", "0001-01-01", "9999-12-31"])
def test_nonsense_is_answered_with_a_sentence(sign_in: SignIn, day: str) -> None:
    page = sign_in("pingtang.clerk.1").page(f"{CALCULATOR}?limit=dna_request_due&day={day}")
    assert page.has("#answer .note-soon")


def test_no_limit_asked_no_answer(sign_in: SignIn) -> None:
    assert "先选一项期限" in sign_in("admin.1").page(CALCULATOR).text
    assert "先选一项期限" in sign_in("admin.1").page(f"{CALCULATOR}?limit=nonsense").text


def test_the_calculator_is_for_everybody_signed_in(client: Browser) -> None:
    answer = client.get(CALCULATOR)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_every_foot_leads_to_the_calculator_and_the_check(session: Session, sign_in: SignIn) -> None:
    case: Case = casework.make_case(session)
    page = sign_in("pingtang.clerk.1").page(f"/cases/{case.uuid}")
    assert page.link("时限测算") == CALCULATOR
    assert page.link("文书核验") == "/check"
