"""Special groups: a campaign from the villages' forms to a list at zero, harm reported at once, visits month by month."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.db import transaction
from portal.errors import Forbidden, Invalid
from portal.models import Campaign, Clock, Document, Finding, Resident, Task, Unit
from portal.services import campaigns, documents, problems, records, residents
from portal.services.access import Viewer, document_scope
from portal.services.files import FileStore
from portal.services.letters import Works
from portal.services.subjects import Subject
from portal.services.uploads import Checked
from tests import casework, papers
from tests.forms.sample import moment
from tests.forms.test_centralised_support_transfer import SAMPLE as MOVED
from tests.forms.test_department_feedback import SAMPLE as FEEDBACK
from tests.forms.test_department_notice_letter import SAMPLE as NOTICE
from tests.forms.test_guardian_change import RULED
from tests.forms.test_guardian_change import SAMPLE as CHANGE
from tests.forms.test_mandatory_report import SAMPLE as REPORT
from tests.forms.test_monthly_visit import SAMPLE as VISIT
from tests.forms.test_screening_form import CHILD, WARD
from tests.forms.test_screening_form import SAMPLE as ELDER
from tests.forms.test_support_agreement import SAMPLE as AGREEMENT
from tests.forms.test_thematic_screening import FIRE
from tests.forms.test_thematic_screening import SAMPLE as THEME
from tests.services.offices import Offices


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    works = Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True)
    return Offices(session, viewer_of, works)


def opened(offices: Offices, at: str = "2026-09-21 09:00") -> Campaign:
    with clock.pinned(moment(at)), transaction(offices.session):
        return campaigns.open_one(
            offices.session, offices.viewer_of("pingtang.clerk.1"), "2026年特殊群体关爱服务专项排查",
            date(2026, 10, 30), date(2026, 11, 30),
        )  # fmt: skip


def screened(offices: Offices, campaign: Campaign, answers: dict[str, Any], *, who: str = "village.clerk.1",
             at: str = "2026-10-12 21:15", checked: bool = True) -> Document:  # fmt: skip
    form = offices.write(at, who, "screening_form", {**answers, "campaign": str(campaign.uuid)})
    offices.act(at, who, form, Act.SUBMIT)
    if checked:
        offices.act("2026-10-13 09:00", "town.clerk.1", form, Act.CONFIRM)
    return form


def resident_of(form: Document) -> Resident:
    assert form.resident is not None
    return form.resident


def owed(offices: Offices, limit: str, owner: str, **columns: Any) -> date:
    (row,) = [row for row in offices.clocks(limit, **columns) if row.owner.code == owner and row.done_at is None]
    return row.last_day


def test_a_campaign_gives_every_township_its_fixed_dates(offices: Offices, session: Session) -> None:
    campaign = opened(offices)
    towns = set(session.scalars(select(Unit.code).where(Unit.kind == "township", Unit.region_code == "522727")))
    for limit, day in (
        ("screening_summary_due", date(2026, 10, 30)),
        ("problem_clearing_due", date(2026, 11, 30)),
    ):
        rows = offices.clocks(limit, campaign_id=campaign.id)
        assert {row.owner.code for row in rows} == towns
        assert {row.last_day for row in rows} == {day}


def test_a_checked_form_opens_the_file_its_months_and_its_problems(offices: Offices, session: Session) -> None:
    campaign = opened(offices)
    form = screened(offices, campaign, {**ELDER, "housing": "danger"}, checked=False)
    assert session.scalars(select(Resident)).all() == []
    assert (form.state, form.holder_unit and form.holder_unit.code) == ("in_process", "522727100")
    offices.act("2026-10-13 09:00", "town.clerk.1", form, Act.CONFIRM)
    person = resident_of(form)
    assert (person.name, person.village.code, person.town.code) == ("罗阿秀", "522727100-01", "522727100")
    assert (person.campaign_id, person.updated_on, person.visited_on) == (
        campaign.id,
        date(2026, 10, 12),
        date(2026, 10, 12),
    )
    about = {"resident_id": person.id}
    assert offices.due("screening_update_due", **about) == date(2026, 11, 30)
    assert offices.due("monthly_visit_due", **about) == date(2026, 11, 30)
    (found,) = session.scalars(select(Finding))
    assert (found.number, found.kind, found.source, found.result) == (
        "问522727-2026-0001",
        "其他",
        "screening",
        "open",
    )
    assert (found.due_on, found.town.code, found.campaign_id) == (date(2026, 11, 30), "522727100", campaign.id)


def test_a_person_without_a_number_is_not_filed_twice_unnoticed(offices: Offices, session: Session) -> None:
    campaign = opened(offices)
    nameless = {**ELDER, "household": "unregistered", "id_number": ""}

    def told(who: str = "village.clerk.1", **changes: Any) -> list[str]:
        with clock.pinned(moment("2026-10-14 09:00")), transaction(session):
            viewer = offices.viewer_of(who)
            draft = documents.start(session, viewer, "screening_form")
            answers = {**nameless, "campaign": str(campaign.uuid), **changes}
            found = documents.save(session, viewer, draft, answers, draft.revision)
        return [each.sentence for each in found.problems if each.rule == "R-74"]

    waiting = screened(offices, campaign, nameless, checked=False)
    (sentence,) = told()
    assert "罗阿秀的情况表（待审核）" in sentence
    offices.act("2026-10-13 09:00", "town.clerk.1", waiting, Act.CONFIRM)
    (sentence,) = told()
    assert "罗阿秀的档案（2026年10月12日更新）" in sentence
    assert told(household="registered", id_number=ELDER["id_number"]) != []  # the number may have been found since
    assert told(birth_date="1951-03-02") == told(sex="男") == told("neighbour.clerk.1") == []


def test_each_calendar_month_asks_for_a_visit_of_its_own(offices: Offices, session: Session) -> None:
    person = resident_of(screened(offices, opened(offices), ELDER))
    about = {"resident_id": person.id}
    for day in ("2026-10-20", "2026-11-03"):
        note = offices.write(f"{day} 10:00", "village.clerk.1", "monthly_visit", {**VISIT, "visited_on": day},
                             Subject(resident=person))  # fmt: skip
        offices.act(f"{day} 10:05", "village.clerk.1", note, Act.SUBMIT)
        assert note.state == "closed"
        if day == "2026-10-20":  # twice in October does not do for November
            assert offices.due("monthly_visit_due", **about) == date(2026, 11, 30)
    assert offices.due("monthly_visit_due", **about) == date(2026, 12, 31)
    assert offices.due("screening_update_due", **about) == date(2026, 12, 31)
    session.refresh(person)
    assert (person.visited_on, person.updated_on) == (date(2026, 11, 3), date(2026, 10, 12))
    with clock.pinned(moment("2026-12-01 08:00")):
        unseen = residents.listing(session, offices.viewer_of("town.clerk.1"), residents.Wanted(unseen=True))
    assert [row.name for row in unseen.rows] == ["罗阿秀"]


def test_harm_goes_to_the_police_before_anybody_has_checked_the_form(offices: Offices, session: Session) -> None:
    form = screened(offices, opened(offices), {**CHILD, "harm": ["abuse"]}, checked=False)
    (running,) = session.scalars(select(Clock).where(Clock.limit == "mandatory_report_due"))
    assert (running.due_at, running.owner.code) == (moment("2026-10-13 21:15"), "522727100-01")
    task = session.scalars(select(Task).where(Task.paper == "mandatory_report")).one()
    with clock.pinned(moment("2026-10-12 21:40")), transaction(session):
        report = records.begin_task(session, offices.viewer_of("village.clerk.1"), task)
    assert (report.answers["person_name"], report.answers["harm"]) == ("罗小军", ["abuse"])
    told = {**REPORT, "found_at": "2026-10-12T21:00", "reported_at": "2026-10-12T21:20"}
    offices.fill("2026-10-12 21:41", "village.clerk.1", report, told)
    offices.act("2026-10-12 21:42", "village.clerk.1", report, Act.SUBMIT)
    assert (report.state, report.counterpart and report.counterpart.name) == ("sent", "平塘县公安局")
    assert report.sent_at == moment("2026-10-12 21:42")
    rows = session.scalars(select(Clock).where(Clock.limit == "mandatory_report_due")).all()
    assert [row.done_at for row in rows] == [moment("2026-10-12 21:20")]
    session.refresh(task)
    assert task.done_at == moment("2026-10-12 21:42")
    with pytest.raises(Forbidden):
        offices.act("2026-10-12 21:50", "village.clerk.1", report, Act.WITHDRAW)
    session.rollback()
    offices.act("2026-10-13 09:00", "town.clerk.1", form, Act.CONFIRM)
    findings = session.scalars(select(Finding).where(Finding.resident_id == resident_of(form).id)).all()
    assert "受侵害" in {each.kind for each in findings}


def test_a_report_more_than_an_hour_late_says_why(offices: Offices) -> None:
    told = {**REPORT, "found_at": "2026-10-03T21:15", "reported_at": "2026-10-03T22:30"}
    report = offices.write("2026-10-03 22:40", "village.clerk.1", "mandatory_report", told)
    with pytest.raises(Invalid) as caught:
        offices.act("2026-10-03 22:41", "village.clerk.1", report, Act.SUBMIT)
    assert {each.rule for each in caught.value.problems} == {"R-81"}
    offices.session.rollback()
    offices.fill(
        "2026-10-03 22:42", "village.clerk.1", report, {"_reasons": {"R-81": "山洪断路断信号，恢复后即报"}}
    )
    offices.act("2026-10-03 22:43", "village.clerk.1", report, Act.SUBMIT)
    (kept,) = offices.session.scalars(select(Clock).where(Clock.limit == "mandatory_report_due"))
    assert (kept.due_at, kept.done_at) == (moment("2026-10-04 21:15"), moment("2026-10-03 22:30"))


def test_a_guardian_without_capacity_moves_dispersed_support_to_the_township(offices: Offices) -> None:
    screened(offices, opened(offices), {**WARD, "guardian_state": "unable"})
    assert "centralised_support_transfer" in offices.tasks("522727100")


def test_dispersed_support_asks_the_township_for_an_agreement_by_the_date_of_the_campaign(
    offices: Offices,
) -> None:
    campaign = opened(offices)
    person = resident_of(screened(offices, campaign, WARD))
    due = offices.running("support_agreement_due", resident_id=person.id)
    assert (due.last_day, due.owner.code) == (date(2026, 10, 30), "522727100")
    assert (
        offices.clocks("support_agreement_due", resident_id=resident_of(screened(offices, campaign, ELDER)).id)
        == []
    )
    paper = offices.write("2026-10-14 09:00", "town.clerk.1", "support_agreement", AGREEMENT,
                          Subject(resident=person), files=("scan",))  # fmt: skip
    offices.form("2026-10-14 10:00", "town.clerk.1", paper, "town.clerk.2")
    (met,) = offices.clocks("support_agreement_due", resident_id=person.id)
    assert met.done_at == moment("2026-10-12 00:00")  # the day it was signed
    again = offices.write("2026-11-10 09:00", "village.clerk.1", "screening_form",
                          {"visited_on": "2026-11-10", "visitor": "蒙清扬"}, Subject(resident=person))  # fmt: skip
    offices.act("2026-11-10 09:10", "village.clerk.1", again, Act.SUBMIT)
    offices.act("2026-11-10 09:20", "town.clerk.1", again, Act.CONFIRM)
    assert len(offices.clocks("support_agreement_due", resident_id=person.id)) == 1  # it is on file


def test_outside_a_campaign_the_agreement_is_due_by_the_end_of_the_next_month(offices: Offices) -> None:
    form = offices.write(
        "2026-12-08 09:00",
        "village.clerk.1",
        "screening_form",
        {**WARD, "campaign": "routine", "visited_on": "2026-12-08"},
    )
    offices.act("2026-12-08 09:10", "village.clerk.1", form, Act.SUBMIT)
    offices.act("2026-12-08 09:20", "town.clerk.1", form, Act.CONFIRM)
    assert offices.due("support_agreement_due", resident_id=resident_of(form).id) == date(2027, 1, 31)
    ended = offices.write("2027-01-05 09:00", "village.clerk.1", "screening_form",
                          {"visited_on": "2027-01-05", "visitor": "蒙清扬", "welfare": ["tekun_central"]},
                          Subject(resident=resident_of(form)))  # fmt: skip
    offices.act("2027-01-05 09:10", "village.clerk.1", ended, Act.SUBMIT)
    offices.act("2027-01-05 09:20", "town.clerk.1", ended, Act.CONFIRM)
    (row,) = offices.clocks("support_agreement_due", resident_id=resident_of(form).id)
    assert (row.cancelled_at is not None, row.end_reason) == (True, "已不是分散供养特困人员")


def decided(offices: Offices, person: Resident, code: str, answers: dict[str, Any], *files: str) -> Document:
    """A paper of the township that the county decides."""
    paper = offices.write("2026-10-14 09:00", "town.clerk.1", code, answers, Subject(resident=person), files=files)
    for who, act in (("town.clerk.1", Act.SUBMIT), ("town.signer.1", Act.AGREE), ("pingtang.clerk.1", Act.AGREE),
                     ("pingtang.reviewer.1", Act.AGREE), ("pingtang.signer.1", Act.CONFIRM)):  # fmt: skip
        offices.act("2026-10-14 10:00", who, paper, act)
    offices.session.refresh(person)
    return paper


def test_the_file_names_the_new_guardian_and_the_new_home_once_they_are_decided(offices: Offices) -> None:
    person = resident_of(screened(offices, opened(offices), {**WARD, "guardian_state": "unable"}))
    decided(offices, person, "guardian_change", {**CHANGE, **RULED}, "court_ruling")
    assert (person.answers["guardian_name"], person.answers["guardian_relation"]) == ("罗二妹", "女儿")
    assert "guardian_phone" not in person.answers  # not the former guardian's
    assert (person.answers["welfare"], person.answers["living"]) == (WARD["welfare"], WARD["living"])
    decided(offices, person, "centralised_support_transfer", {**MOVED, "ground": "wish"}, "health_check")
    home = {box: person.answers[box] for box in ("welfare", "living", "address")}
    assert home == {"welfare": ["tekun_central"], "living": "institution", "address": "平塘县平舟镇敬老院"}
    assert person.answers["guardian_name"] == "罗二妹"
    (agreement,) = offices.clocks("support_agreement_due", resident_id=person.id)
    assert agreement.end_reason == "已转为集中供养"


def neighbours(offices: Offices, campaign: Campaign) -> None:
    """The two other villages of the township: one writes, the third one's file is put there."""
    other = {**ELDER, "name": "岑三妹", "household": "unregistered", "id_number": "", "birth_date": "1948-01-15"}
    screened(offices, campaign, other, who="neighbour.clerk.1")
    with transaction(offices.session):
        village = casework.unit(offices.session, "522727100-03")
        assert village.parent_id is not None
        offices.session.add(
            Resident(
                village=village, town_id=village.parent_id, region_code="522727", campaign_id=campaign.id, name="莫老四", sex="男",
                birth_date=date(1945, 2, 3), categories=["left_elder"], answers={}, updated_on=date(2026, 10, 12),
            )
        )  # fmt: skip


def test_the_township_adds_up_only_when_every_village_is_in(offices: Offices, session: Session) -> None:
    campaign = opened(offices)
    screened(offices, campaign, ELDER)
    answers = {"reported_on": "2026-10-20", "total": "3"}
    summary = offices.write(
        "2026-10-20 09:00", "town.clerk.1", "screening_summary", answers, Subject(campaign=campaign)
    )
    with pytest.raises(Invalid) as caught:
        offices.act("2026-10-20 09:10", "town.clerk.1", summary, Act.SUBMIT)
    assert {each.rule for each in caught.value.problems} == {"R-75"}
    session.rollback()
    neighbours(offices, campaign)
    offices.act("2026-10-20 10:00", "town.clerk.1", summary, Act.SUBMIT)
    offices.act("2026-10-20 11:00", "town.signer.1", summary, Act.SIGN)
    rows = {
        row.owner.code: row.done_at for row in offices.clocks("screening_summary_due", campaign_id=campaign.id)
    }
    assert rows.pop("522727100") == moment("2026-10-20 11:00")
    assert set(rows.values()) == {None}  # the other townships still owe theirs
    offices.act("2026-10-20 15:00", "pingtang.clerk.1", summary, Act.CONFIRM)
    assert summary.state == "closed"
    with clock.pinned(moment("2026-10-21 09:00")):
        page = campaigns.load(session, offices.viewer_of("town.clerk.1"), campaign)
    assert (page.residents, page.reported, len(page.villages)) == (3, 3, 3)


def test_a_hazard_is_told_answered_and_struck_off_by_somebody_else(offices: Offices, session: Session) -> None:
    campaign = opened(offices)
    theme = offices.write("2026-09-22 16:00", "pingtang.clerk.1", "thematic_screening",
                          {**THEME, "checked_on": "2026-09-22", "rows_checked": [FIRE]}, Subject(campaign=campaign))  # fmt: skip
    offices.form("2026-09-22 16:30", "pingtang.clerk.1", theme, "pingtang.clerk.2")
    (found,) = session.scalars(select(Finding))
    task = session.scalars(select(Task).where(Task.paper == "department_notice_letter")).one()
    with clock.pinned(moment("2026-09-28 09:00")), transaction(session):
        letter = records.begin_task(session, offices.viewer_of("pingtang.clerk.1"), task)
    assert letter.answers["problems_told"] == [str(found.uuid)]
    offices.fill("2026-09-28 09:10", "pingtang.clerk.1", letter, {**NOTICE, "problems_told": [str(found.uuid)]})
    offices.out("2026-09-28 10:00", "pingtang", letter)
    session.refresh(found)
    assert (found.notice_id, letter.counterpart and letter.counterpart.name) == (letter.id, "平塘县消防救援大队")
    assert offices.tasks("522727-bureau") == set()
    offices.act("2026-09-29 10:00", "pingtang.clerk.1", letter, Act.SERVE, served_on=date(2026, 9, 29))
    (outside,) = offices.clocks("hazard_rectification_due", document_id=letter.id)
    assert (outside.last_day, outside.outside) == (date(2026, 10, 9), True)

    answer = offices.write("2026-10-09 15:00", "pingtang.clerk.1", "department_feedback",
                           {**FEEDBACK, "answered_on": "2026-10-09"}, request=letter, files=("evidence",))  # fmt: skip
    offices.form("2026-10-09 16:00", "pingtang.clerk.1", answer, "pingtang.clerk.2")
    session.expire_all()
    assert (found.result, letter.state, outside.done_at) == ("rectified", "replied", moment("2026-10-09 00:00"))
    assert found.evidence_sha256 is not None
    reporter = "pingtang.clerk.2"
    with clock.pinned(moment("2026-10-10 09:00")), pytest.raises(Forbidden, match="R-76"), transaction(session):
        problems.clear(session, offices.viewer_of(reporter), found.uuid)
    session.rollback()
    with clock.pinned(moment("2026-10-10 09:10")), transaction(session):
        problems.clear(session, offices.viewer_of("pingtang.reviewer.1"), found.uuid)
    assert (found.cleared_on, found.cleared_by and found.cleared_by.username) == (
        date(2026, 10, 10),
        "pingtang.reviewer.1",
    )


def test_the_list_meets_its_date_only_when_nothing_is_open(offices: Offices, session: Session) -> None:
    campaign = opened(offices)
    screened(offices, campaign, {**ELDER, "housing": "danger"})
    (found,) = session.scalars(select(Finding))
    first = listed(offices, campaign, "2026-11-10")
    assert (first.answers["found"], first.answers["open_now"]) == ("1", "1")
    assert owed(offices, "problem_clearing_due", "522727100", campaign_id=campaign.id) == date(2026, 11, 30)
    picture = Checked(papers.picture(), "image/jpeg", width_px=700, height_px=900)
    with clock.pinned(moment("2026-11-20 09:00")), transaction(session):
        problems.report(
            session, offices.viewer_of("village.clerk.1"), found.uuid, result="rectified", note="已搬入安全住房",
            evidence=("新居.jpg", picture), files=offices.works.files,
        )  # fmt: skip
    with clock.pinned(moment("2026-11-20 15:00")), transaction(session):
        problems.clear(session, offices.viewer_of("town.clerk.1"), found.uuid)
    listed(offices, campaign, "2026-11-24")
    rows = {row.owner.code: row.done_at for row in offices.clocks("problem_clearing_due", campaign_id=campaign.id)}
    assert rows["522727100"] == moment("2026-11-24 11:00")
    with clock.pinned(moment("2026-11-24 12:00")):
        viewer = offices.viewer_of("pingtang.clerk.1")
        assert problems.listing(session, viewer) == []
        assert [row.finding.number for row in problems.listing(session, viewer, state="cleared")] == [found.number]


def listed(offices: Offices, campaign: Campaign, on: str) -> Document:
    paper = offices.write(
        f"{on} 09:00", "town.clerk.1", "problem_list", {"reported_on": on}, Subject(campaign=campaign)
    )
    offices.act(f"{on} 10:00", "town.clerk.1", paper, Act.SUBMIT)
    offices.act(f"{on} 11:00", "town.signer.1", paper, Act.SIGN)
    offices.act(f"{on} 12:00", "pingtang.clerk.1", paper, Act.CONFIRM)
    return paper


def visited(offices: Offices, person: Resident, at: str = "2026-11-10", *, done: bool = True) -> Document:
    about = Subject(resident=person)
    paper = offices.write(f"{at} 09:00", "village.clerk.1", "monthly_visit", {**VISIT, "visited_on": at}, about)
    if done:
        offices.act(f"{at} 09:10", "village.clerk.1", paper, Act.SUBMIT)
    return paper


def test_the_county_reads_what_its_villages_and_townships_have_filed_and_nobody_beside_does(
    app: Flask, offices: Offices, session: Session
) -> None:
    person = resident_of(screened(offices, opened(offices), ELDER))
    note, draft = visited(offices, person), visited(offices, person, "2026-11-12", done=False)

    def seen(who: str) -> set[int]:
        found = documents_of(session, offices.viewer_of(who))
        return found & {note.id, draft.id}

    assert seen("pingtang.clerk.1") == seen("pingtang.reviewer.1") == {note.id}  # a draft is the village's own
    assert seen("village.clerk.1") == {note.id, draft.id}
    for who in (
        "neighbour.clerk.1",
        "fuquan.clerk.1",
        "pingtang-station.clerk.1",
        "prefecture.clerk.1",
        "pingtang.statistician.1",
    ):
        assert seen(who) == set(), who
    county = offices.viewer_of("pingtang.clerk.1")
    assert next(paper.id for paper in residents.load(session, county, person).file.papers) == note.id
    with casework.statements(app) as before:
        residents.load(session, county, person)
    for day in ("2026-12-08", "2027-01-12"):
        visited(offices, person, day)
    session.expire_all()
    session.refresh(person)
    with casework.statements(app) as after:
        papers_of = residents.load(session, county, person).file.papers
    assert (len(papers_of), len(after)) == (4, len(before))


def documents_of(session: Session, viewer: Viewer) -> set[int]:
    return set(session.scalars(select(Document.id).where(document_scope(viewer))))
