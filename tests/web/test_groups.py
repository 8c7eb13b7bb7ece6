"""Special groups: a village fills in, the township checks, the file, the list of problems and the sheet follow."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from python_calamine import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from forms.kit.screening import columns, write_row
from portal import clock
from portal.db import transaction
from portal.models import Campaign, Clock, Document, Finding, Resident
from portal.services import approvals, documents
from portal.services.access import Viewer
from portal.services.approvals import Order
from portal.services.letters import Works
from portal.workshop import works_of
from tests.conftest import Browser
from tests.forms.test_screening_form import SAMPLE
from tests.page import words

SignIn = Callable[..., Browser]
ViewerOf = Callable[[str], Viewer]


@pytest.fixture
def works(app: Flask) -> Works:
    """The workshop of the portal under test."""
    return works_of(app.extensions["settings"])


@pytest.fixture
def campaign(sign_in: SignIn, session: Session) -> Campaign:
    """A campaign the county has opened."""
    first, second = clock.today() + timedelta(days=20), clock.today() + timedelta(days=50)
    browser = sign_in("pingtang.clerk.1")
    page = browser.page("/groups/campaigns")
    browser.submit(page, "#open form", name="冬季排查", screening_due=str(first), clearing_due=str(second))
    found = session.scalars(select(Campaign)).one()
    session.rollback()
    return found


def answers(campaign: Campaign, **changed: object) -> dict[str, object]:
    today = clock.today().isoformat()
    return {**SAMPLE, "campaign": str(campaign.uuid), "visited_on": today, **changed}


def screened(
    session: Session, viewer_of: ViewerOf, works: Works, campaign: Campaign, **changed: object
) -> Resident:
    """Fill in a form in the village and check it in the township."""
    village, town = viewer_of("village.clerk.1"), viewer_of("town.clerk.1")
    with transaction(session):
        paper = documents.start(session, village, "screening_form")
        documents.save(session, village, paper, answers(campaign, **changed), paper.revision)
        order = Order(Act.SUBMIT, paper.revision, uuid4().hex)
        approvals.take_action(session, village, paper.uuid, order, works)
    with transaction(session):
        session.refresh(paper)
        order = Order(Act.CONFIRM, paper.revision, uuid4().hex)
        approvals.take_action(session, town, paper.uuid, order, works)
    session.refresh(paper)
    assert paper.resident is not None
    return paper.resident


def test_a_campaign_begins_the_limits_of_every_township(session: Session, campaign: Campaign) -> None:
    limits = session.scalars(select(Clock).where(Clock.campaign_id == campaign.id)).all()
    assert {row.limit for row in limits} == {
        "screening_summary_due",
        "problem_clearing_due",
        "thematic_screening_due",
    }
    assert {row.last_day for row in limits if row.limit == "screening_summary_due"} == {campaign.screening_due}
    assert len({row.owner_id for row in limits}) * 3 == len(limits) > 3


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "查"}, "请填写批次名称，4至60个字"),
        ({"screening_due": "2020-01-01"}, "请填写排查汇总截止日，不早于今天"),
        ({"clearing_due": "2020-01-01"}, "请填写问题清零截止日，不早于排查汇总截止日"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_at_the_box_and_keeps_what_was_typed(
    sign_in: SignIn, session: Session, typed: dict[str, str], sentence: str
) -> None:
    browser = sign_in("pingtang.clerk.1")
    good = {"name": "冬季排查", "screening_due": "2099-01-01", "clearing_due": "2099-02-01"}
    page = browser.submit(browser.page("/groups/campaigns"), "#open form", 422, **{**good, **typed})
    assert sentence in words(page.one("#open"))
    assert page.one("#open input[name=clearing_due]").attrib["value"] == {**good, **typed}["clearing_due"]
    assert session.scalars(select(Campaign)).all() == []


def test_only_the_county_opens_campaigns(sign_in: SignIn) -> None:
    assert not sign_in("town.clerk.1").page("/groups/campaigns").has("#open")
    assert sign_in("town.clerk.1").post("/groups/campaigns", data={"name": "冬季排查"}).status_code == 403


def test_a_checked_form_opens_the_file_and_its_monthly_limits(
    session: Session, viewer_of: ViewerOf, works: Works, campaign: Campaign, sign_in: SignIn
) -> None:
    resident = screened(session, viewer_of, works, campaign)
    assert (resident.campaign_id, resident.updated_on) == (campaign.id, clock.today())
    running = session.scalars(select(Clock.limit).where(Clock.resident_id == resident.id)).all()
    assert set(running) >= {"screening_update_due", "monthly_visit_due"}
    page = sign_in("village.clerk.1").page(f"/groups/residents/{resident.uuid}")
    assert "更新" in words(page.one("#due"))


def test_a_file_is_open_to_its_village_town_and_county_and_to_nobody_else(
    session: Session, viewer_of: ViewerOf, works: Works, campaign: Campaign, sign_in: SignIn
) -> None:
    resident = screened(session, viewer_of, works, campaign)
    address = f"/groups/residents/{resident.uuid}"
    for username in ("village.clerk.2", "town.clerk.1", "pingtang.clerk.1"):
        assert sign_in(username).get(address).status_code == 200
        assert resident.name in words(sign_in(username).page("/groups/residents").one("table"))
    for username, status in (("neighbour.clerk.1", 404), ("fuquan.clerk.1", 404), ("station.clerk.1", 403)):
        assert sign_in(username).get(address).status_code == status
    assert not sign_in("neighbour.clerk.1").page("/groups/residents").has("table")


def test_the_campaign_page_counts_the_villages(
    session: Session, viewer_of: ViewerOf, works: Works, campaign: Campaign, sign_in: SignIn
) -> None:
    screened(session, viewer_of, works, campaign)
    page = sign_in("town.clerk.1").page(f"/groups/campaigns/{campaign.uuid}")
    rows = [words(row) for row in page.one("#villages").findall(".//tbody/tr")]
    assert sum("已报" in row for row in rows) == 1
    assert sum("未报" in row for row in rows) == len(rows) - 1
    own = sign_in("village.clerk.1").page(f"/groups/campaigns/{campaign.uuid}")
    assert len(own.one("#villages").findall(".//tbody/tr")) == 1


# ---- problems ----------------------------------------------------------------------------------------------------


@pytest.fixture
def finding(session: Session, viewer_of: ViewerOf, works: Works, campaign: Campaign) -> Finding:
    """A problem on the township's list: the roof of a resident."""
    screened(session, viewer_of, works, campaign, housing="hazard")
    return session.scalars(select(Finding).where(Finding.kind == "其他")).first() or pytest.fail("no problem")


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def reported(browser: Browser, finding: Finding, status: int = 200, **typed: object):  # type: ignore[no-untyped-def]
    page = browser.page(f"/groups/problems/{finding.uuid}")
    _action, present = page.form("#report form")
    data = {**present, "result": "rectified", "note": "屋面已翻修", **typed}
    answer = browser.post(f"/groups/problems/{finding.uuid}/result", data=data, csrf=False, follow_redirects=True)
    return browser.read(answer, status)


def test_a_problem_is_due_by_the_second_date_of_its_campaign(finding: Finding, campaign: Campaign) -> None:
    assert finding.due_on == campaign.clearing_due


def test_rectified_needs_evidence_and_another_person_to_clear(
    finding: Finding, sign_in: SignIn, session: Session
) -> None:
    owner = sign_in("town.clerk.1")
    refused = reported(owner, finding, 422)
    assert "请上传照片或材料作为佐证" in words(refused.one("#report"))
    assert "屋面已翻修" in words(refused.one("#report textarea[name=note]"))
    done = reported(owner, finding, evidence=(io.BytesIO(PNG), "屋面.png"))
    assert "须由另一人核实销号" in words(done.one("main"))
    assert owner.post(f"/groups/problems/{finding.uuid}/clear").status_code == 403
    assert sign_in("town.clerk.2").post(f"/groups/problems/{finding.uuid}/clear").status_code == 303
    session.rollback()
    session.refresh(finding)
    assert (finding.result, finding.cleared_on) == ("rectified", clock.today())
    opened = sign_in("pingtang.clerk.1").get(f"/groups/problems/{finding.uuid}/evidence")
    assert opened.status_code == 200


def test_a_problem_of_another_county_does_not_exist(finding: Finding, sign_in: SignIn) -> None:
    assert sign_in("fuquan.clerk.1").get(f"/groups/problems/{finding.uuid}").status_code == 404


# ---- the sheet ---------------------------------------------------------------------------------------------------


def sheet(*lines: dict[str, object]) -> str:
    heads = [column.header for column in columns()]
    rows = [heads, *([write_row(line).get(head, "") for head in heads] for line in lines)]
    return "\n".join("\t".join(row) for row in rows)


def test_the_template_holds_the_heads_of_the_form(sign_in: SignIn) -> None:
    answer = sign_in("village.clerk.1").get("/groups/residents/template.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    heads = book.get_sheet_by_name("附件1").to_python()[1]
    assert heads == [column.header for column in columns()]


def test_a_bad_line_is_told_at_its_cell_and_nothing_is_written(
    session: Session, sign_in: SignIn, campaign: Campaign
) -> None:
    good, bad = answers(campaign), answers(campaign, name="莫某某", id_number="522727195001010011", birth_date="")
    browser = sign_in("village.clerk.1")
    page = browser.submit(
        browser.page("/groups/residents/import"), "#import", typed=sheet(good, bad), campaign=str(campaign.uuid)
    )
    cells = [cell for cell in page.all("td") if "cell-wrong" in cell.attrib.get("class", "")]
    assert cells
    boxes = page.all("input[name=line]")
    assert ["disabled" in box.attrib for box in boxes] == [False, True]
    assert session.scalars(select(Document).where(Document.paper == "screening_form")).all() == []


def test_the_good_lines_chosen_are_handed_in_to_the_township(
    session: Session, sign_in: SignIn, campaign: Campaign
) -> None:
    browser = sign_in("village.clerk.1")
    data = {"typed": sheet(answers(campaign)), "campaign": str(campaign.uuid), "take": "1", "line": "3"}
    page = browser.submit(browser.page("/groups/residents/import"), "#import", **data)
    assert "已提交1份情况表" in words(page.one("#notices"))
    session.rollback()
    paper = session.scalars(select(Document).where(Document.paper == "screening_form")).one()
    assert (paper.state, paper.holder_unit.code if paper.holder_unit else "") == ("in_process", "522727100")


def test_a_bad_line_among_the_chosen_lets_none_in(session: Session, sign_in: SignIn, campaign: Campaign) -> None:
    browser = sign_in("village.clerk.1")
    typed = sheet(answers(campaign), answers(campaign, name="", id_number=""))
    data = {"typed": typed, "campaign": str(campaign.uuid), "take": "1", "line": ["3", "4"]}
    token = browser.token()
    answer = browser.post("/groups/residents/import", data={**data, "csrf_token": token}, csrf=False)
    assert answer.status_code == 422
    assert session.scalars(select(Document).where(Document.paper == "screening_form")).all() == []


@pytest.mark.parametrize("typed", ["", "甲\t乙\n1\t2", "姓名"])
def test_a_sheet_without_its_heads_or_persons_is_refused_in_a_sentence(sign_in: SignIn, typed: str) -> None:
    browser = sign_in("village.clerk.1")
    page = browser.submit(browser.page("/groups/residents/import"), "#import", 422, typed=typed)
    assert "没有写入任何档案" in words(page.one(".note-bad"))


def test_whoever_fills_in_for_no_village_imports_nothing(sign_in: SignIn) -> None:
    assert sign_in("town.clerk.1").get("/groups/residents/import").status_code == 403
