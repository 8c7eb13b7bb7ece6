"""Finding persons and papers without a word of it in an address."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import casework
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]


def look_for(browser: Browser, text: str) -> Page:
    answer = browser.post("/search", data={"q": text})
    assert answer.status_code == 303
    assert answer.location == "/search"
    return browser.page("/search")


def found(page: Page) -> list[str]:
    return [words(link) for link in page.all("tbody td.main a")]


@pytest.mark.parametrize("text", ["守田", "zst", "ST", "张守田", " 张 守田 ", "522727197403020015", "0001", "1"])
def test_a_person_is_found_by_name_initials_and_numbers(session: Session, sign_in: SignIn, text: str) -> None:
    case = casework.make_case(session, person=casework.ZHANG)
    casework.make_case(session, alias="河滨路男")
    page = look_for(sign_in("pingtang.clerk.1"), text)
    assert found(page) == ["张守田"]
    assert page.link("张守田") == f"/cases/{case.uuid}"
    assert "522727197403020015" not in "".join(page.markup.split('id="words"')[0:1])


def test_the_whole_case_number_finds_one_person(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    assert found(look_for(sign_in("pingtang.clerk.1"), case.case_no)) == ["河滨路男"]
    assert found(look_for(sign_in("pingtang.clerk.1"), case.case_no.replace("-", "－"))) == ["河滨路男"]


@pytest.mark.parametrize("text", ["平民函〔2026〕7号", "平民函[2026]7号", "平民函（2026）7号", "平民函〔2026〕7"])
def test_a_paper_is_found_by_its_number_whatever_the_brackets(
    session: Session, sign_in: SignIn, text: str
) -> None:
    case = casework.make_case(session)
    casework.make_paper(session, case, title="关于转移的函", doc_no="平民函〔2026〕7号")
    casework.make_paper(session, case, title="另一件函", doc_no="平民函〔2026〕8号")
    assert found(look_for(sign_in("pingtang.clerk.1"), text)) == ["关于转移的函"]


@pytest.mark.parametrize("text", ["守田", "平民函〔2026〕7号", "522727197403020015"])
def test_another_county_finds_nothing(session: Session, sign_in: SignIn, text: str) -> None:
    case = casework.make_case(session, person=casework.ZHANG)
    casework.make_paper(session, case, doc_no="平民函〔2026〕7号")
    page = look_for(sign_in("fuquan.clerk.1"), text)
    assert found(page) == []
    assert "没有找到" in page.text


def test_one_character_is_too_little(session: Session, sign_in: SignIn) -> None:
    casework.make_case(session, person=casework.ZHANG)
    page = look_for(sign_in("pingtang.clerk.1"), "张")
    assert found(page) == []
    assert "至少输入两个字" in page.text


def test_nothing_asked_nothing_found(sign_in: SignIn) -> None:
    page = look_for(sign_in("pingtang.clerk.1"), "  ")
    assert found(page) == []
    assert "没有找到" not in page.text


def test_the_administrator_does_not_search(sign_in: SignIn) -> None:
    assert sign_in("admin.1").get("/search").status_code == 403
