"""The catalogue of limits against every dated deadline example of the rules, and one full chain."""

from datetime import date, datetime
from itertools import pairwise

import pytest

from forms.kit.counting import ClockState, kept, lateness, outside_start, state_of
from forms.kit.limits import LIMITS, STRENGTHS, by_rule, explain
from forms.kit.timespan import Hours, WorkingDays
from forms.kit.workdays import SHANGHAI, Calendar

CALENDAR = Calendar.published(through=2026)


def day(text: str) -> date:
    """Read "2026-09-28 Mon" and insist on the weekday."""
    iso, name = text.split()
    found = date.fromisoformat(iso)
    assert found.strftime("%a") == name, f"{iso} is a {found:%a}"
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# (rule, code, trigger, last day, provisional)
DATED = [
    ("R-04", "stay_three_months", "2026-06-15 Mon", "2026-09-15 Tue", False),
    ("R-04", "stay_three_months", "2026-07-04 Sat", "2026-10-04 Sun", False),
    ("R-04", "stay_three_months", "2026-11-30 Mon", "2027-02-28 Sun", False),
    ("R-12", "dna_request_due", "2026-09-28 Mon", "2026-10-13 Tue", False),
    ("R-12", "dna_request_due", "2026-02-12 Thu", "2026-02-28 Sat", False),
    ("R-12", "dna_request_due", "2026-09-18 Fri", "2026-09-29 Tue", False),
    ("R-12", "dna_request_due", "2026-12-28 Mon", "2027-01-07 Thu", True),
    ("R-13", "dna_result_due", "2026-10-13 Tue", "2026-11-10 Tue", False),
    ("R-13", "dna_result_due", "2026-02-06 Fri", "2026-03-12 Thu", False),
    ("R-13", "dna_result_due", "2026-09-21 Mon", "2026-10-26 Mon", False),
    ("R-13", "dna_result_due", "2026-12-14 Mon", "2027-01-12 Tue", True),
    ("R-15", "lifelong_tracing_due", "2026-05-20 Wed", "2026-11-20 Fri", False),
    ("R-16", "notice_refresh_due", "2026-09-29 Tue", "2026-10-29 Thu", False),
    ("R-16", "notice_refresh_due", "2026-10-27 Tue", "2026-11-27 Fri", False),
    ("R-18", "stay_day_ten", "2026-11-02 Mon", "2026-11-12 Thu", False),
    ("R-31", "emergency_papers_due", "2026-07-11 Sat", "2026-07-14 Tue", False),
    ("R-32", "transfer_decision_due", "2026-09-24 Thu", "2026-09-29 Tue", False),
    ("R-32", "transfer_decision_due", "2026-09-30 Wed", "2026-10-09 Fri", False),
    ("R-32", "transfer_decision_emergency_due", "2026-10-03 Sat", "2026-10-03 Sat", False),
    ("R-46", "custody_inspection_due", "2026-10-16 Fri", "2026-10-31 Sat", False),
    ("R-46", "custody_inspection_due", "2026-10-17 Sat", "2026-10-31 Sat", False),
    ("R-46", "custody_inspection_due", "2026-10-18 Sun", "2026-11-30 Mon", False),
    ("R-46", "custody_inspection_due", "2026-10-20 Tue", "2026-11-30 Mon", False),
    ("R-46", "custody_inspection_next_due", "2026-10-31 Sat", "2026-11-30 Mon", False),
    ("R-47", "bureau_inspection_due", "2026-10-08 Thu", "2026-12-31 Thu", False),
    ("R-47", "bureau_inspection_next_due", "2026-12-31 Thu", "2027-03-31 Wed", False),
    ("R-51", "settlement_application_due", "2026-09-15 Tue", "2026-09-21 Mon", False),
    ("R-51", "settlement_application_due", "2026-09-30 Wed", "2026-10-13 Tue", False),
    ("R-51", "settlement_application_due", "2026-06-18 Thu", "2026-06-26 Fri", False),
    ("R-52", "settlement_plan_due", "2026-06-24 Wed", "2026-07-08 Wed", False),
    ("R-52", "settlement_plan_due", "2026-09-23 Wed", "2026-10-14 Wed", False),
    ("R-54", "police_registration_letter_due", "2026-07-20 Mon", "2026-08-03 Mon", False),
    ("R-54", "police_registration_letter_due", "2026-09-28 Mon", "2026-10-16 Fri", False),
    ("R-56", "household_registration_due", "2026-07-29 Wed", "2026-08-26 Wed", False),
    ("R-57", "tekun_inclusion_due", "2026-09-10 Thu", "2026-10-14 Wed", False),
    ("R-60", "household_cancellation_due", "2026-10-12 Mon", "2026-10-19 Mon", False),
    ("R-66", "insurance_backclaim_due", "2026-10-12 Mon", "2026-10-26 Mon", False),
    ("R-70", "revisit_first_due", "2026-05-09 Sat", "2026-11-09 Mon", False),
    ("R-70", "revisit_second_due", "2026-05-09 Sat", "2027-05-10 Mon", True),
    ("R-70", "revisit_first_due", "2026-03-31 Tue", "2026-09-30 Wed", False),
    ("R-70", "revisit_second_due", "2026-03-31 Tue", "2027-03-31 Wed", True),
    ("R-70", "revisit_first_due", "2026-04-04 Sat", "2026-10-08 Thu", False),
    ("R-70", "revisit_close_from", "2026-03-31 Tue", "2027-03-31 Wed", False),
    ("R-74", "screening_update_due", "2026-10-28 Wed", "2026-11-30 Mon", False),
    ("R-75", "screening_summary_due", "2022-04-30 Sat", "2022-04-30 Sat", False),
    ("R-76", "problem_clearing_due", "2022-05-31 Tue", "2022-05-31 Tue", False),
    ("R-77", "hazard_rectification_due", "2022-04-28 Thu", "2022-05-06 Fri", False),
    ("R-77", "hazard_rectification_due", "2026-09-29 Tue", "2026-10-09 Fri", False),
    ("R-78", "eldercare_registration_due", "2022-05-10 Tue", "2022-06-22 Wed", False),
    ("R-78", "eldercare_registration_due", "2026-09-14 Mon", "2026-10-30 Fri", False),
    ("R-80", "monthly_visit_due", "2026-10-05 Mon", "2026-11-30 Mon", False),
    ("R-80", "monthly_visit_due", "2026-11-03 Tue", "2026-12-31 Thu", False),
    ("R-87", "guardianship_assessment_due", "2026-05-15 Fri", "2026-11-16 Mon", False),
    ("R-89", "winter_week_due", "2026-12-28 Mon", "2026-12-31 Thu", False),
    ("R-89", "winter_week_due", "2026-02-09 Mon", "2026-02-14 Sat", False),
    ("R-89", "winter_week_due", "2026-02-16 Mon", "2026-02-24 Tue", False),
    ("R-89", "winter_week_due", "2027-01-04 Mon", "2027-01-08 Fri", True),
    ("R-90", "winter_report_january_due", "2026-12-01 Tue", "2027-01-10 Sun", False),
    ("R-90", "winter_report_april_due", "2026-12-01 Tue", "2027-04-01 Thu", False),
    ("R-93", "condolence_village_due", "2026-12-20 Sun", "2027-01-01 Fri", False),
    ("R-93", "condolence_town_due", "2026-12-20 Sun", "2027-01-08 Fri", False),
    ("R-93", "condolence_county_due", "2026-12-20 Sun", "2027-01-15 Fri", False),
    ("R-93", "condolence_payment_due", "2026-12-20 Sun", "2027-02-05 Fri", False),
    ("R-105", "annual_guidance_due", "2026-01-01 Thu", "2026-12-31 Thu", False),
    ("R-106", "pilot_report_due", "2024-01-01 Mon", "2024-12-20 Fri", False),
    ("P-30", "reply_forwarding_due", "2026-09-30 Wed", "2026-10-13 Tue", False),
    ("P-36", "custody_rectification_due", "2026-09-28 Mon", "2026-10-16 Fri", False),
    ("P-43", "tekun_town_review_due", "2026-09-10 Thu", "2026-09-21 Mon", False),
    ("P-75", "complaint_feedback_due", "2026-09-21 Mon", "2026-10-19 Mon", False),
    ("P-77", "winter_summary_due", "2026-12-31 Thu", "2027-01-04 Mon", True),
    ("P-88", "supervisor_reply_due", "2026-09-28 Mon", "2026-10-16 Fri", False),
    ("P-89", "monthly_statistics_due", "2026-10-31 Sat", "2026-11-05 Thu", False),
    ("A-11", "settlement_draft_from", "2026-06-15 Mon", "2026-09-08 Tue", False),
]


@pytest.mark.parametrize(("rule", "code", "trigger", "last", "provisional"), DATED)
def test_a_limit_ends_on_the_day_of_the_rule_example(
    rule: str, code: str, trigger: str, last: str, provisional: bool
) -> None:
    limit = LIMITS[code]
    due = limit.due(day(trigger), CALENDAR)
    assert (limit.rule, due.last_day, due.provisional) == (rule, day(last), provisional)


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("tracing_notice_due", "2026-09-28 18:30", "2026-09-29 18:30"),
        ("tracing_notice_due", "2026-10-01 00:05", "2026-10-02 00:05"),
        ("tracing_notice_due", "2026-12-31 23:10", "2027-01-01 23:10"),
        ("mandatory_report_due", "2026-10-03 21:15", "2026-10-04 21:15"),
        ("incident_report_due", "2026-10-03 21:15", "2026-10-04 21:15"),
    ],
)
def test_an_hour_limit_ends_at_its_minute(code: str, start: str, end: str) -> None:
    assert LIMITS[code].due(moment(start), CALENDAR).moment == moment(end)


def test_a_notice_published_one_minute_late_is_done_late_by_one_minute() -> None:
    due = LIMITS["tracing_notice_due"].due(moment("2026-09-28 18:30"), CALENDAR)
    late = moment("2026-09-29 18:31")
    assert state_of(due, late, CALENDAR, done_at=late) is ClockState.DONE_LATE
    assert lateness(due, late) == "1分钟"


def test_a_dna_letter_counts_as_sent_in_time_until_midnight() -> None:
    due = LIMITS["dna_request_due"].due(moment("2026-09-28 09:00"), CALENDAR)
    assert kept(due, moment("2026-10-13 23:59"))
    assert not kept(due, moment("2026-10-14 00:00"))


def test_emergency_reception_at_night_leaves_two_working_days_for_the_papers() -> None:
    due = LIMITS["emergency_papers_due"].due(moment("2026-07-11 22:00"), CALENDAR)
    assert due.last_day == day("2026-07-14 Tue")


def test_a_report_after_one_hour_is_warned_and_after_a_day_is_late() -> None:
    limit, found = LIMITS["mandatory_report_due"], moment("2026-10-03 21:15")
    reported = moment("2026-10-03 22:30")
    assert limit.warn_at(found) == moment("2026-10-03 22:15")
    assert kept(limit.due(found, CALENDAR), reported)
    assert not kept(limit.due(found, CALENDAR), moment("2026-10-04 21:16"))
    assert LIMITS["tracing_notice_due"].warn_at(found) is None


def test_an_application_is_possible_only_after_three_months_are_exceeded() -> None:
    assert LIMITS["stay_three_months"].due(day("2026-06-15 Mon"), CALENDAR).exceeded_from == day("2026-09-16 Wed")


@pytest.mark.parametrize(
    ("code", "trigger", "advice"),
    [
        ("winter_report_january_due", "2026-12-01 Tue", "建议2027-01-08前报送"),
        ("winter_report_april_due", "2026-12-01 Tue", None),
        ("condolence_village_due", "2026-12-20 Sun", "建议2026-12-31前报送"),
        ("condolence_town_due", "2026-12-20 Sun", None),
        ("condolence_county_due", "2026-12-20 Sun", None),
        ("condolence_payment_due", "2026-12-20 Sun", "建议2027-02-04前报送"),
        ("screening_summary_due", "2022-04-30 Sat", "建议2022-04-29前报送"),
        ("custody_inspection_due", "2026-10-16 Fri", "建议2026-10-30前办结"),
        ("dna_request_due", "2026-09-28 Mon", None),
    ],
)
def test_a_printed_date_on_a_day_off_advises_an_earlier_one(code: str, trigger: str, advice: str | None) -> None:
    warning = LIMITS[code].due(day(trigger), CALENDAR).warning
    assert warning is None if advice is None else advice in str(warning)


@pytest.mark.parametrize(
    ("code", "trigger", "overdue"),
    [
        ("custody_inspection_next_due", "2026-10-31 Sat", "2026-12-01 00:00"),
        ("screening_update_due", "2026-10-28 Wed", "2026-12-01 00:00"),
        ("annual_guidance_due", "2026-01-01 Thu", "2027-01-01 00:00"),
        ("pilot_report_due", "2024-01-01 Mon", "2024-12-21 00:00"),
        ("stay_day_ten", "2026-11-02 Mon", "2026-11-13 00:00"),
    ],
)
def test_a_limit_is_overdue_from_the_next_midnight(code: str, trigger: str, overdue: str) -> None:
    due = LIMITS[code].due(day(trigger), CALENDAR)
    assert state_of(due, moment(overdue), CALENDAR) is ClockState.OVERDUE
    assert due.moment == moment(overdue)


def test_identity_found_in_time_cancels_the_dna_clock() -> None:
    due = LIMITS["dna_request_due"].due(day("2026-09-28 Mon"), CALENDAR)
    confirmed = moment("2026-10-09 10:00")
    assert state_of(due, confirmed, CALENDAR, cancelled=True) is ClockState.CANCELLED


def test_a_loaded_table_recomputes_provisional_deadlines() -> None:
    off = [d for d in CALENDAR.closed if d.year == 2027]
    loaded = CALENDAR.with_year(2027, {**dict.fromkeys(off, False), day("2027-01-09 Sat"): True})
    dna = LIMITS["dna_request_due"].due(day("2026-12-28 Mon"), loaded)
    police = LIMITS["dna_result_due"].due(day("2026-12-14 Mon"), loaded)
    assert (dna.last_day, dna.provisional) == (day("2027-01-07 Thu"), False)
    assert (police.last_day, police.provisional) == (day("2027-01-11 Mon"), False)


def test_the_full_chain_from_admission_to_support() -> None:
    admitted = moment("2026-03-18 09:40")
    assert LIMITS["tracing_notice_due"].due(admitted, CALENDAR).moment == moment("2026-03-19 09:40")
    full = LIMITS["stay_three_months"].due(admitted, CALENDAR).last_day
    assert full == day("2026-06-18 Thu")
    chain: list[tuple[str, date | datetime, str]] = [
        ("dna_request_due", admitted, "2026-03-27 Fri"),
        ("dna_result_due", day("2026-03-25 Wed"), "2026-04-23 Thu"),
        ("settlement_application_due", full, "2026-06-26 Fri"),
        ("settlement_plan_due", day("2026-06-24 Wed"), "2026-07-08 Wed"),
        ("police_registration_letter_due", day("2026-07-20 Mon"), "2026-08-03 Mon"),
        ("household_registration_due", day("2026-07-29 Wed"), "2026-08-26 Wed"),
        ("tekun_inclusion_due", max(day("2026-08-20 Thu"), day("2026-09-10 Thu")), "2026-10-14 Wed"),
    ]
    ends = [LIMITS[code].due(trigger, CALENDAR).last_day for code, trigger, _ in chain]
    assert ends == [day(last) for _, _, last in chain]
    assert all(earlier < later for earlier, later in pairwise(ends))


def test_a_police_clock_without_registered_service_starts_two_working_days_after_sending() -> None:
    start = outside_start(None, day("2026-10-09 Fri"), CALENDAR)
    assert (start.day, start.note) == (day("2026-10-12 Mon"), "送达日期未登记")
    assert LIMITS["dna_result_due"].due(start.day, CALENDAR).last_day == day("2026-11-09 Mon")


def test_the_outside_limits_are_those_that_other_organs_owe() -> None:
    owed = {limit.rule for limit in LIMITS.values() if limit.outside}
    assert owed == {"R-13", "R-56", "R-77", "P-43"}


def test_only_a_default_of_the_portal_can_be_changed_by_a_setting() -> None:
    changed = LIMITS["transfer_decision_due"].with_length(3)
    assert changed.length == WorkingDays(3)
    assert LIMITS["transfer_decision_due"].length == WorkingDays(2)
    assert LIMITS["mandatory_report_due"].with_length(12).length == Hours(12)
    with pytest.raises(ValueError, match="不能在设置中更改"):
        LIMITS["dna_request_due"].with_length(10)
    with pytest.raises(ValueError, match="没有可以更改的数字"):
        LIMITS["winter_week_due"].with_length(2)
    with pytest.raises(ValueError, match="至少为1"):
        LIMITS["transfer_decision_due"].with_length(0)


def test_every_limit_of_the_brief_is_in_the_catalogue() -> None:
    rules = {limit.rule for limit in LIMITS.values()}
    wanted = (4, 10, 12, 13, 15, 16, 17, 18, 31, 32, 46, 47, 51, 52, 54, 56, 57, 60, 66, 70, 74, 75, 76,
              77, 78, 80, 81, 87, 89, 90, 93, 105, 106)  # fmt: skip
    assert {f"R-{n:02}" for n in wanted} <= rules
    assert {"P-30", "P-36", "P-75", "P-88"} <= rules
    assert [limit.code for limit in by_rule("R-13")] == ["dna_result_due", "dna_result_month"]
    assert by_rule("R-99") == ()


def test_every_limit_speaks_completely() -> None:
    for code, limit in LIMITS.items():
        assert limit.code == code
        assert limit.strength in STRENGTHS
        assert all((limit.label, limit.trigger, limit.clause, limit.next_step, limit.length.label)), code
        assert all(part.isidentifier() and part.isascii() for part in (code, limit.paper, limit.owner_hint)), code


def test_the_explanation_tells_clause_end_and_counting() -> None:
    lines = explain(LIMITS["dna_request_due"], moment("2026-09-22 10:15"), CALENDAR)
    assert lines[:5] == [
        "R-12 报请公安机关采集DNA",
        "依据：《区域中心站实施方案》三（二）2（2）（文件明文规定）",
        "期限：7个工作日，起算：入站时间",
        "触发：2026年9月22日10时15分",
        "届满：2026年10月9日24时",
    ]
    assert lines[-1] == "  期限于2026年10月9日24时届满"
    assert "  触发日2026年9月22日不计入" in lines


def test_the_explanation_marks_what_is_provisional_outside_or_advised() -> None:
    police = explain(LIMITS["dna_result_due"], day("2026-12-14 Mon"), CALENDAR)
    assert "届满：2027年1月12日24时（暂定）" in police
    assert any(line.startswith("外单位时限") for line in police)
    winter = explain(LIMITS["winter_report_january_due"], day("2026-12-01 Tue"), CALENDAR)
    assert any(line.startswith("提醒：") and "建议2027-01-08前报送" in line for line in winter)
    hours = explain(LIMITS["tracing_notice_due"], moment("2026-09-28 18:30"), CALENDAR)
    assert "届满：2026年9月29日18时30分" in hours
