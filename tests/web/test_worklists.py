"""The first page: lists, counts, and the one next button."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal.models import Document
from portal.services import worklists
from portal.services.access import Viewer
from portal.services.worklists import Listing
from portal.workshop import works_of
from tests import casework, papers
from tests.conftest import Browser
from tests.page import Page, words

SignIn = Callable[..., Browser]


def tiles(page: Page) -> dict[str, str]:
    """Return label → count of the tiles."""
    return {
        words(tile.find("span[@class='stat-label']")): words(tile.find("span[@class='stat-count']"))
        for tile in page.all(".stat")
    }


def row_words(page: Page) -> list[str]:
    return [words(row) for row in page.all("#list tbody tr")]


def fill(session: Session) -> Document:
    """One draft, one paper to review, one task, one late and one near limit."""
    case = casework.make_case(
        session, admitted_at=casework.ago(days=1, hours=1), limits=("tracing_notice_due", "dna_request_due")
    )
    casework.make_task(session, case, "transfer_request", "入站后请进行身份快速查询")
    bureau = casework.unit(session, "522727-bureau")
    casework.make_paper(session, case, title="等审核的函", state="in_review", step="review", holder_unit_id=bureau.id,
                        holder_desk="reviewer", holder_user_id=None)  # fmt: skip
    return casework.make_paper(session, case)


def test_the_clerk_is_greeted_and_finds_the_draft_with_the_button_to_go_on(
    session: Session, sign_in: SignIn
) -> None:
    draft = fill(session)
    page = sign_in("pingtang.clerk.1").page("/work")
    assert page.h1.startswith(casework.user(session, "pingtang.clerk.1").name)
    assert "平塘县民政局 经办人" in page.text
    assert page.link("继续填写") == f"/documents/{draft.uuid}/edit"


@pytest.mark.parametrize(
    "username", ["pingtang.clerk.1", "pingtang.reviewer.1", "station.clerk.1", "fuquan.clerk.1"]
)
def test_every_count_equals_its_list(session: Session, sign_in: SignIn, username: str) -> None:
    fill(session)
    browser = sign_in(username)
    counts = tiles(browser.page("/work"))
    assert list(counts) == ["待办", "应办文书", "将到期", "逾期", "已办", "我发起", "抄送"]
    for listing, count in zip(Listing, counts.values(), strict=True):
        assert len(row_words(browser.page(f"/work?list={listing.value}"))) == int(count), listing


def test_what_lies_at_the_reviewers_desk_is_not_the_drafters_to_do(session: Session, sign_in: SignIn) -> None:
    fill(session)
    assert any("等审核的函" in row for row in row_words(sign_in("pingtang.reviewer.1").page("/work")))
    assert not any("等审核的函" in row for row in row_words(sign_in("pingtang.clerk.1").page("/work")))


def test_the_list_says_who_has_a_paper_and_since_when(session: Session, sign_in: SignIn) -> None:
    fill(session)
    rows = row_words(sign_in("pingtang.clerk.1").page("/work?list=mine"))
    assert any("等审核的函" in row and "审核人" in row for row in rows)


def test_a_task_begins_its_paper_with_one_click(session: Session, sign_in: SignIn) -> None:
    fill(session)
    browser = sign_in("pingtang.clerk.2")
    page = browser.page("/work?list=tasks")
    answer = browser.post(page.form("#list form")[0])
    assert answer.status_code == 303
    assert answer.location.endswith("/edit")


def test_a_foreign_task_is_not_there(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    task = casework.make_task(session, case, "transfer_request", "应办")
    assert sign_in("fuquan.clerk.1").post(f"/work/tasks/{task.id}/begin").status_code == 404


def test_an_overdue_limit_stands_in_its_list_with_what_to_do(session: Session, sign_in: SignIn) -> None:
    fill(session)
    rows = row_words(sign_in("pingtang.clerk.1").page("/work?list=overdue"))
    assert len(rows) == 1
    assert "发布寻亲公告" in rows[0]
    assert "逾期" in rows[0]
    assert "请立即发布寻亲公告" in rows[0]


@pytest.mark.parametrize("listing", ["", "nonsense"])
def test_an_empty_list_says_what_one_may_do(sign_in: SignIn, listing: str) -> None:
    page = sign_in("pingtang.clerk.1").page(f"/work?list={listing}")
    assert "没有等您办理的文书" in page.text


def test_lists_take_the_same_number_of_queries_however_long(app: Flask, session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session, admitted_at=casework.ago(days=1, hours=1), limits=("tracing_notice_due",))
    casework.make_paper(session, case)
    casework.make_task(session, case, "dna_request", "应办")
    browser = sign_in("pingtang.clerk.1")

    def more() -> None:
        for number in range(15):
            other = casework.make_case(
                session, alias=f"桥头男{number}", admitted_at=casework.ago(days=2), limits=("tracing_notice_due",)
            )
            casework.make_paper(session, other)
            casework.make_task(session, other, "dna_request", "应办")

    def look() -> None:
        for listing in Listing:
            browser.get(f"/work?list={listing.value}")

    few, many = casework.grown(app, look, more)
    assert few == many


def test_long_lists_go_on_on_a_next_page(session: Session, sign_in: SignIn) -> None:
    case = casework.make_case(session)
    for number in range(worklists.PAGE + 3):
        casework.make_paper(session, case, title=f"第{number}件")
    browser = sign_in("pingtang.clerk.1")
    first = browser.page("/work?list=mine")
    assert len(row_words(first)) == worklists.PAGE
    assert len(row_words(browser.page(first.link("下一页")))) == 4  # with the admission form


@pytest.mark.parametrize("username", ["admin.1", "pingtang.statistician.1", "prefecture.supervisor.1"])
def test_whoever_handles_no_papers_sees_their_doors_and_no_case(
    session: Session, sign_in: SignIn, username: str
) -> None:
    fill(session)
    page = sign_in(username).page("/work")
    assert "河滨路男" not in page.text
    assert page.has(".doors a")


def test_clocks_of_a_case_are_no_business_of_the_administrator(
    session: Session, viewer_of: Callable[[str], Viewer]
) -> None:
    casework.make_case(session, region="522700", admitted_at=casework.ago(days=3), limits=("tracing_notice_due",))
    assert set(worklists.counts(session, viewer_of("admin.1")).values()) == {0}


# ---- many at once --------------------------------------------------------------------------------------------------


def test_many_are_agreed_to_at_once_and_what_cannot_be_is_named_with_the_reason(
    app: Flask, session: Session, sign_in: Callable[..., Browser]
) -> None:
    works = works_of(app.extensions["settings"])
    ready = [papers.draft(session, papers.admit(session)) for _ in "ab"]
    for paper in ready:
        papers.act(session, "pingtang.clerk.1", paper, Act.SUBMIT, works)
    reviewer, foreign = sign_in("pingtang.reviewer.1"), uuid4()
    page = reviewer.page("/work?list=todo")
    token = page.all("#agree-many input[name=csrf_token]")[0].attrib["value"]
    ticked = [*(str(paper.uuid) for paper in ready), str(foreign)]
    data = {"csrf_token": token, "submission_key": "many-at-once", "papers": ticked}
    answer = reviewer.post("/work/agree", data=data, csrf=False, follow_redirects=True)
    told = words(reviewer.read(answer).one("#notices"))
    assert "已同意2件" in told
    assert f"没有同意《{foreign}》" in told
    session.rollback()
    assert {session.get_one(Document, paper.id).state for paper in ready} == {"to_sign"}
