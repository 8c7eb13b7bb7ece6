"""Custody: filed or approved by the province, agreed, filled to the quota, inspected, suspended, lifted, ended."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.chains import Act
from portal import clock
from portal.errors import Forbidden, Invalid
from portal.models import Case, Contractor, ContractorTerm, Document, Placement
from portal.services import contractors, ledgers
from portal.services.access import Viewer
from portal.services.files import FileStore
from portal.services.ledgerlines import Wanted
from portal.services.letters import Works
from portal.services.subjects import Subject
from tests import casework
from tests.forms.sample import moment
from tests.forms.test_contractor_public_filing import SAMPLE as FILING
from tests.forms.test_contractor_request_county import SAMPLE as COUNTY
from tests.forms.test_contractor_request_prefecture import SAMPLE as PREFECTURE
from tests.forms.test_custody_agreement import SAMPLE as AGREEMENT
from tests.forms.test_custody_inspections import BAD
from tests.forms.test_custody_inspections import SAMPLE as VISIT
from tests.forms.test_custody_rectification import REPORT_SAMPLE as REPORT
from tests.forms.test_custody_rectification import SAMPLE as NOTICE
from tests.forms.test_placement_approval import SAMPLE as PLACEMENT
from tests.forms.test_provincial_reply import RECORD_SAMPLE
from tests.forms.test_provincial_reply import SAMPLE as REPLY
from tests.services.offices import Offices

COUNTY_FILES = ("licences", "site_report", "contract_draft", "inspection_plan", "gov_consent")


@pytest.fixture
def offices(session: Session, viewer_of: Callable[[str], Viewer], tmp_path: Path) -> Offices:
    works = Works(FileStore(tmp_path / "files"), tmp_path / "keys", "words", "http://localhost", True)
    return Offices(session, viewer_of, works)


def person(session: Session, alias: str, **more: Any) -> Case:
    with clock.pinned(moment("2026-09-28 18:30")):
        return casework.make_case(
            session,
            alias=alias,
            answers={"health": ["good"]},
            limits=("stay_three_months", "dna_request_due"),
            **more,
        )


def term_of(contractor: Contractor, region: str = "522727") -> ContractorTerm:
    """What a county has with the home."""
    found = contractor.term(region)
    assert found is not None, f"{region} is not named"
    return found


def filed(offices: Offices, organ: str = "pingtang", **changes: Any) -> Contractor:
    """The public home of 平塘县, filed on 13 October and agreed with the day after."""
    answers = {**FILING, "term_from": "2026-10-13", "quota": "1", **changes}
    filing = offices.write("2026-10-13 09:00", f"{organ}.clerk.1", "contractor_public_filing", answers,
                           files=("licences", "site_report"))  # fmt: skip
    offices.out("2026-10-13 10:00", organ, filing)
    assert filing.contractor is not None
    return filing.contractor


def agree(offices: Offices, contractor: Contractor, at: str, organ: str = "pingtang", **changes: Any) -> Document:
    paper = offices.write(f"{at} 09:00", f"{organ}.clerk.1", "custody_agreement", {**AGREEMENT, "signed_on": at, **changes},
                          Subject(contractor=contractor), files=("scan",))  # fmt: skip
    offices.act(f"{at} 09:10", f"{organ}.clerk.1", paper, Act.SUBMIT)
    offices.act(f"{at} 09:20", f"{organ}.signer.1", paper, Act.SIGN)
    return paper


def in_use(offices: Offices, **changes: Any) -> Contractor:
    contractor = filed(offices, **changes)
    term = {"valid_from": "2026-10-14", "valid_to": "2027-10-13", "beds": "1", "price_month": "2600"}
    agree(offices, contractor, "2026-10-14", **term)
    return contractor


def place(offices: Offices, case: Case, contractor: Contractor, on: str, organ: str = "pingtang") -> Document:
    answers = {**PLACEMENT, "contractor": str(contractor.uuid), "starts_on": on, "price_month": "2600"}
    paper = offices.write(f"{on} 08:30", f"{organ}.clerk.1", "placement_approval", answers, Subject(case))
    return offices.out(f"{on} 09:00", organ, paper)


def inspect(offices: Offices, contractor: Contractor, on: str, persons: list[Case], **changes: Any) -> Document:
    rows = [
        {"case_no": case.case_no, "name": case.display_name, "seen": "yes", "note": "正常"} for case in persons
    ]
    answers = {**VISIT, "month": on[:7], "inspected_on": on, "persons": rows, **changes}
    paper = offices.write(f"{on} 15:00", "pingtang.clerk.1", "contractor_monthly_inspection", answers,
                          Subject(contractor=contractor), files=("photos",))  # fmt: skip
    return offices.form(f"{on} 16:00", "pingtang.clerk.1", paper, "pingtang.clerk.2")


def test_a_filed_public_home_may_be_used_once_the_agreement_is_signed(offices: Offices, session: Session) -> None:
    man = person(session, "河滨路男")
    contractor = filed(offices)
    (term,) = contractor.terms
    assert (contractor.state, term.region_code, term.quota) == ("effective", "522727", 1)
    assert (term.valid_from, term.valid_to) == (date(2026, 10, 13), date(2028, 10, 31))
    quarter = offices.running("bureau_inspection_due", contractor_id=contractor.id)
    assert (quarter.last_day, quarter.owner.code) == (date(2026, 12, 31), "522727-bureau")
    assert offices.tasks("522727-bureau") == {"custody_agreement"}
    with pytest.raises(Invalid) as refused:
        place(offices, man, contractor, "2026-10-14")
    assert {each.rule for each in refused.value.problems} == {"R-38"}

    session.rollback()
    agreed = {"valid_from": "2026-10-14", "valid_to": "2027-10-13", "beds": "1", "price_month": "2600"}
    paper = agree(offices, contractor, "2026-10-14", **agreed)
    assert offices.tasks("522727-bureau") == set()
    assert (term.agreed_from, term.agreed_to) == (date(2026, 10, 14), date(2027, 10, 13))
    assert offices.clocks("agreement_copy_due", contractor_id=contractor.id)[0].done_at is not None
    offices.act("2026-10-14 10:00", "prefecture.clerk.1", paper, Act.CONFIRM)
    assert paper.state == "closed"


def test_the_directory_names_number_and_day_of_what_permits_a_home(offices: Offices, session: Session) -> None:
    contractor = filed(offices)
    (filing,) = session.scalars(select(Document).where(Document.paper == "contractor_public_filing"))
    directory = ledgers.find("contractors")

    def shown() -> dict[str, str]:
        (row,) = ledgers.lines(session, offices.viewer_of("pingtang.clerk.1"), directory, Wanted())
        return {column.head: column.cell(row) for column in directory.columns}

    assert (shown()["批复（备案）文号"], shown()["批复（备案）日期"]) == (filing.doc_no, "2026-10-13")
    assert (shown()["核定人数"], shown()["使用单位"], shown()["协议至"]) == ("1", "平塘县民政局", "")
    contractor.terms = []  # only proposed
    session.commit()
    assert (shown()["批复（备案）文号"], shown()["使用单位"]) == ("", "")


def test_the_quota_holds_and_custody_moves_no_other_limit(offices: Offices, session: Session) -> None:
    man, other = person(session, "河滨路男"), person(session, "客运站男")
    contractor = in_use(offices)
    before = [(row.limit, row.last_day) for limit in ("stay_three_months", "dna_request_due")
              for row in offices.clocks(limit, case_id=man.id)]  # fmt: skip
    paper = place(offices, man, contractor, "2026-10-16")
    placed = session.scalars(select(Placement)).one()
    assert (placed.case_id, placed.contractor_id, placed.starts_on) == (man.id, contractor.id, date(2026, 10, 16))
    assert (placed.region_code, placed.document_id) == ("522727", paper.id)
    due = offices.running("custody_inspection_due", contractor_id=contractor.id)
    assert (due.last_day, due.owner.code) == (date(2026, 10, 31), "522727-bureau")
    after = [(row.limit, row.last_day) for limit in ("stay_three_months", "dna_request_due")
             for row in offices.clocks(limit, case_id=man.id) if row.done_at is None and row.cancelled_at is None]  # fmt: skip
    assert after == before

    with pytest.raises(Invalid) as refused:
        place(offices, other, contractor, "2026-10-19")
    assert {each.rule for each in refused.value.problems} == {"R-45"}


def test_a_person_placed_late_in_the_month_is_first_visited_in_the_next(
    offices: Offices, session: Session
) -> None:
    contractor = in_use(offices)
    place(offices, person(session, "河滨路男"), contractor, "2026-10-20")
    assert offices.due("custody_inspection_due", contractor_id=contractor.id) == date(2026, 11, 30)


def test_each_visit_meets_its_month_and_starts_the_next(offices: Offices, session: Session) -> None:
    man = person(session, "河滨路男")
    contractor = in_use(offices)
    place(offices, man, contractor, "2026-10-16")
    inspect(offices, contractor, "2026-10-28", [man])
    (first,) = offices.clocks("custody_inspection_due", contractor_id=contractor.id)
    assert first.done_at is not None
    assert offices.due("custody_inspection_next_due", contractor_id=contractor.id) == date(2026, 11, 30)
    inspect(offices, contractor, "2026-11-20", [man])
    assert offices.due("custody_inspection_next_due", contractor_id=contractor.id) == date(2026, 12, 31)


def test_a_failed_visit_suspends_and_the_heads_word_lifts_it(offices: Offices, session: Session) -> None:
    man, other = person(session, "河滨路男"), person(session, "客运站男")
    contractor = in_use(offices, quota="2")
    place(offices, man, contractor, "2026-10-16")
    inspect(offices, contractor, "2026-10-28", [man], **BAD)
    session.refresh(contractor)
    assert (contractor.state, "2026年10月28日" in contractor.state_reason) == ("suspended", True)
    assert offices.tasks("522727-bureau") == {"custody_rectification"}
    assert offices.due("custody_rectification_grave_due", contractor_id=contractor.id) == date(2026, 10, 28)
    assert offices.due("custody_rectification_due", contractor_id=contractor.id) == date(2026, 11, 11)
    with pytest.raises(Invalid) as refused:
        place(offices, other, contractor, "2026-10-29")
    assert {each.rule for each in refused.value.problems} == {"R-45"}
    session.rollback()

    notice = offices.write(
        "2026-10-28 16:30", "pingtang.clerk.1", "custody_rectification", NOTICE, Subject(contractor=contractor)
    )
    offices.out("2026-10-28 17:30", "pingtang", notice)
    assert notice.counterpart is not None
    assert notice.counterpart.name == "平塘县社会福利院"
    assert offices.clocks("custody_rectification_grave_due", contractor_id=contractor.id)[0].done_at is not None
    assert offices.tasks("522727-bureau") == set()
    offices.act("2026-10-29 10:00", "pingtang.clerk.1", notice, Act.SERVE, served_on=date(2026, 10, 29))

    report = offices.write("2026-11-06 10:00", "pingtang.clerk.1", "rectification_report", REPORT,
                           Subject(contractor=contractor), request=notice, files=("report",))  # fmt: skip
    offices.act("2026-11-06 11:00", "pingtang.clerk.1", report, Act.SUBMIT)
    session.refresh(contractor)
    assert contractor.state == "suspended"  # not before the head has signed
    offices.act("2026-11-06 14:00", "pingtang.signer.1", report, Act.CONFIRM)
    session.refresh(contractor)
    assert (contractor.state, contractor.state_reason, notice.state) == ("effective", "", "replied")
    (met,) = offices.clocks("custody_rectification_due", contractor_id=contractor.id)
    assert met.done_at == moment("2026-11-05 00:00")  # the day the report came in
    place(offices, other, contractor, "2026-11-09")


def test_custody_ends_before_the_fifteenth_and_with_it_the_month(offices: Offices, session: Session) -> None:
    man = person(session, "河滨路男")
    contractor = in_use(offices)
    place(offices, man, contractor, "2026-10-16")
    inspect(offices, contractor, "2026-10-28", [man])
    end = offices.write("2026-11-10 09:00", "pingtang.clerk.1", "placement_termination", {
        "reason": "health", "ends_on": "2026-11-10", "goes_to": "hospital", "goes_where": "平塘县人民医院",
        "state": "发热，神志清楚", "fee_until": "2026-11-10", "fee_total": "0", "contact_name": "罗春和",
        "contact_phone": "0854-7221234",
    }, Subject(man))  # fmt: skip
    offices.out("2026-11-10 10:00", "pingtang", end)
    placed = session.scalars(select(Placement)).one()
    assert (placed.ends_on, placed.end_reason) == (date(2026, 11, 10), "送医或病情变化")
    (stopped,) = offices.clocks("custody_inspection_next_due", contractor_id=contractor.id)
    assert (stopped.cancelled_at is not None, stopped.end_reason) == (True, "本县（市）在该机构已没有托养人员")
    place(offices, man, contractor, "2026-11-20")  # the only place is free again
    assert offices.due("custody_inspection_due", contractor_id=contractor.id) == date(2026, 12, 31)


# ---- the province decides --------------------------------------------------------------------------------------


def asked(offices: Offices, **changes: Any) -> Document:
    """A request of the county that the prefecture has taken in."""
    request = offices.write("2026-06-15 09:00", "pingtang.clerk.1", "contractor_request_county", {**COUNTY, **changes},
                            files=COUNTY_FILES)  # fmt: skip
    offices.out("2026-06-15 10:00", "pingtang", request)
    offices.act("2026-06-16 09:10", "prefecture.clerk.1", request, Act.RECEIVE)
    return request


def forwarded(offices: Offices, county: Document) -> Document:
    answers = {**PREFECTURE, "county_request": county.uuid.hex, "_reasons": {}}
    answers["county_request"] = str(county.uuid)
    request = offices.write("2026-06-29 10:00", "prefecture.clerk.1", "contractor_request_prefecture", answers,
                            Subject(contractor=county.contractor), files=("county_papers",))  # fmt: skip
    return offices.out("2026-06-30 10:00", "prefecture", request)


def test_an_enterprise_goes_up_to_the_province_and_comes_down_with_its_quota(
    offices: Offices, session: Session
) -> None:
    county = asked(offices, contractor_type="enterprise")
    contractor = county.contractor
    assert contractor is not None
    assert (contractor.state, contractor.kind, county.doc_no) == ("proposed", "enterprise", "平民呈〔2026〕1号")
    up = forwarded(offices, county)
    assert up.counterpart is not None
    assert (up.counterpart.code, up.contractor_id) == ("520000-department", contractor.id)
    offices.act("2026-07-01 09:00", "province.clerk.1", up, Act.RECEIVE)
    reply = offices.write("2026-07-20 09:00", "province.clerk.1", "provincial_reply", {**REPLY, "approved_quota": "18"},
                          Subject(contractor=contractor), request=up)  # fmt: skip
    offices.out("2026-07-20 10:00", "province", reply)
    session.refresh(contractor)
    assert (up.state, contractor.state) == ("replied", "proposed")  # nothing may be done before the county knows
    offices.act("2026-07-22 09:00", "prefecture.clerk.1", reply, Act.RECEIVE)
    told = offices.running("reply_forwarding_due", contractor_id=contractor.id)
    assert (told.last_day, told.owner.code) == (date(2026, 7, 29), "522700-bureau")

    letter = offices.write("2026-07-23 09:00", "prefecture.clerk.1", "reply_forwarding_letter", {
        "contact_name": "莫如松", "contact_phone": "0854-8222222"}, Subject(contractor=contractor), request=county)  # fmt: skip
    offices.out("2026-07-23 10:00", "prefecture", letter)
    session.refresh(contractor)
    (term,) = contractor.terms
    assert (contractor.state, term.quota, term.region_code) == ("effective", 18, "522727")
    assert (term.approval_no, term.approved_on) == (reply.doc_no, date(2026, 7, 20))
    assert (term.valid_from, term.valid_to) == (date(2026, 7, 20), date(2027, 12, 31))
    assert county.state == "replied"
    assert offices.clocks("reply_forwarding_due", contractor_id=contractor.id)[0].done_at is not None
    quarter = offices.running("bureau_inspection_due", contractor_id=contractor.id)
    assert (quarter.last_day, quarter.owner.code) == (date(2026, 9, 30), "522727-bureau")
    assert offices.tasks("522727-bureau") == {"custody_agreement"}

    with pytest.raises(Invalid) as refused:  # not on the day of the reply
        agree(offices, contractor, "2026-07-24", beds="18", signed_on="2026-07-20")
    assert {each.rule for each in refused.value.problems} == {"R-38"}
    session.rollback()
    agree(offices, contractor, "2026-07-27", beds="18")
    (met,) = offices.clocks("agreement_copy_due", contractor_id=contractor.id)
    assert (met.last_day, met.done_at is not None) == (date(2026, 8, 10), True)


def test_a_refusal_on_paper_is_recorded_and_passed_on(offices: Offices, session: Session) -> None:
    county = asked(offices)
    up = forwarded(offices, county)
    answers = {**RECORD_SAMPLE, "decision": "refuse", "refusal": "该机构消防设施尚未验收", "approved_quota": "",
               "valid_from": "", "valid_to": "", "prov_title": RECORD_SAMPLE["prov_title"].replace("同意", "不同意")}  # fmt: skip
    offices.act("2026-07-01 09:00", "province.clerk.1", up, Act.RECEIVE)
    record = offices.write("2026-07-22 09:30", "prefecture.clerk.1", "provincial_reply_record", answers,
                           Subject(contractor=county.contractor), request=up, files=("prov_scan",))  # fmt: skip
    offices.form("2026-07-22 10:00", "prefecture.clerk.1", record, "prefecture.clerk.2")
    letter = offices.write("2026-07-23 09:00", "prefecture.clerk.1", "reply_forwarding_letter", {
        "contact_name": "莫如松", "contact_phone": "0854-8222222"}, Subject(contractor=county.contractor), request=county)  # fmt: skip
    offices.out("2026-07-23 10:00", "prefecture", letter)
    contractor = session.scalars(select(Contractor)).one()
    assert (contractor.state, contractor.terms) == ("refused", [])
    assert offices.clocks("bureau_inspection_due", contractor_id=contractor.id) == []
    assert offices.tasks("522727-bureau") == set()


def test_a_county_the_reply_does_not_name_neither_sees_nor_uses_the_home(
    offices: Offices, session: Session
) -> None:
    contractor = in_use(offices)
    with clock.pinned(moment("2026-10-14 08:00")):
        stranger = casework.make_case(session, region="522702", alias="洒金桥男", answers={"health": ["good"]})
    answers = {**PLACEMENT, "contractor": str(contractor.uuid), "starts_on": "2026-10-16"}
    paper = offices.write("2026-10-16 08:30", "fuquan.clerk.1", "placement_approval", answers, Subject(stranger))
    with pytest.raises(Invalid, match="还不能办理"):
        offices.act("2026-10-16 09:00", "fuquan.clerk.1", paper, Act.SUBMIT)
    session.rollback()
    with pytest.raises(Forbidden):
        offices.write(
            "2026-10-16 09:00", "fuquan.clerk.1", "custody_agreement", {}, Subject(contractor=contractor)
        )


# ---- proposals that come to nothing ------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["reject", "drop", "void"])
def test_a_filing_that_comes_to_nothing_lets_the_home_be_proposed_anew(
    offices: Offices, session: Session, ending: str
) -> None:
    filing = offices.write("2026-10-13 09:00", "pingtang.clerk.1", "contractor_public_filing",
                           {**FILING, "term_from": "2026-10-13"}, files=("licences", "site_report"))  # fmt: skip
    offices.act("2026-10-13 09:10", "pingtang.clerk.1", filing, Act.SUBMIT)
    contractor = filing.contractor
    assert contractor is not None
    assert contractor.state == "proposed"
    match ending:
        case "reject":
            offices.act("2026-10-13 09:20", "pingtang.reviewer.1", filing, Act.AGREE)
            offices.act("2026-10-13 09:30", "pingtang.signer.1", filing, Act.REJECT, opinion="护理人员不足")
        case "drop":
            offices.act("2026-10-13 09:20", "pingtang.reviewer.1", filing, Act.RETURN, opinion="证照不全，请补充")
            session.refresh(contractor)
            assert contractor.state == "proposed"  # still on its drafter's desk
            offices.act("2026-10-13 09:30", "pingtang.clerk.1", filing, Act.DROP, opinion="机构不再承接")
        case "void":
            for who, act in (("reviewer.1", Act.AGREE), ("signer.1", Act.SIGN), ("seal.1", Act.NUMBER)):
                offices.act("2026-10-13 09:30", f"pingtang.{who}", filing, act)
            offices.act("2026-10-13 10:00", "pingtang.signer.2", filing, Act.VOID, opinion="机构名称有误")
    session.refresh(contractor)
    assert (contractor.state, contractor.state_reason) == ("withdrawn", "备案表已取消、未获同意或已作废")
    with clock.pinned(moment("2026-10-14 09:00")):
        clerk = offices.viewer_of("pingtang.clerk.1")
        page = contractors.load(session, clerk, contractor)
    assert [each.words for each in page.warnings] == ["备案表已取消、未获同意或已作废，可以重新申报"]
    assert "contractor_public_filing" in page.file.offers
    again = offices.write("2026-10-14 09:00", "pingtang.clerk.1", "contractor_public_filing", {"term_from": "2026-10-14"},
                          Subject(contractor=contractor), files=("licences", "site_report"))  # fmt: skip
    offices.fill("2026-10-14 09:05", "pingtang.clerk.1", again, {**FILING, "term_from": "2026-10-14"})
    offices.out("2026-10-14 10:00", "pingtang", again)
    session.refresh(contractor)
    assert (contractor.state, contractor.state_reason) == ("effective", "")


def test_a_void_filing_permits_nothing_any_more_and_leaves_persons_where_they_are(
    offices: Offices, session: Session
) -> None:
    contractor = in_use(offices)
    place(offices, person(session, "河滨路男"), contractor, "2026-10-16")
    (filing,) = session.scalars(select(Document).where(Document.paper == "contractor_public_filing"))
    offices.act("2026-10-20 09:00", "pingtang.signer.2", filing, Act.VOID, opinion="机构名称有误")
    session.refresh(contractor)
    assert (contractor.state, contractor.terms) == ("withdrawn", [])
    with clock.pinned(moment("2026-10-20 10:00")):
        page = contractors.load(session, offices.viewer_of("pingtang.clerk.1"), contractor)
    assert [each.words for each in page.warnings][-1] == "没有有效的批复（备案），仍有1人在托"


def test_a_request_nobody_answers_ends_the_proposal(offices: Offices, session: Session) -> None:
    county = asked(offices)
    offices.act("2026-06-17 09:00", "prefecture.clerk.1", county, Act.CLOSE)
    assert county.contractor is not None
    session.refresh(county.contractor)
    assert (county.state, county.contractor.state) == ("closed", "withdrawn")
    again = offices.write("2026-06-18 09:00", "pingtang.clerk.1", "contractor_request_county", COUNTY,
                          Subject(contractor=county.contractor), files=COUNTY_FILES)  # fmt: skip
    offices.out("2026-06-18 10:00", "pingtang", again)
    offices.act("2026-06-18 11:00", "pingtang.principal.2", county, Act.VOID, opinion="已另行请示")
    session.refresh(county.contractor)
    assert county.contractor.state == "proposed"  # the second request stands
