"""The calendar and the counting of time: every dated example of the rules on counting, as tables."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.kit.counting import (
    ClockState,
    count,
    end_of,
    lateness,
    outside_start,
    state_of,
    time_left,
    working_days_left,
)
from forms.kit.timespan import (
    Days,
    FixedDate,
    Hours,
    Kind,
    Length,
    MonthDay,
    MonthEnd,
    Months,
    QuarterEnd,
    SameDay,
    WeekEnd,
    WorkingDays,
    YearlyDate,
    Years,
    weeks_touching,
)
from forms.kit.workdays import (
    SHANGHAI,
    Calendar,
    CalendarTableError,
    UnknownYearError,
    parse_official_year,
    statutory_days,
)

# As in November 2026: the arrangement of 2027 is not published yet, whatever the installed data know later.
CALENDAR = Calendar.published(through=2026)


def day(text: str) -> date:
    """Read "2026-09-28 Mon" and insist on the weekday."""
    iso, name = text.split()
    found = date.fromisoformat(iso)
    assert found.strftime("%a") == name, f"{iso} is a {found:%a}"
    return found


def moment(text: str) -> datetime:
    """Read "2026-09-28 18:30" as Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


LOADED_2027 = CALENDAR.with_year(2027, {**dict.fromkeys(statutory_days(2027), False), day("2027-01-09 Sat"): True})


@pytest.mark.parametrize(
    ("text", "worked", "why"),
    [
        ("2026-09-20 Sun", True, "国庆节调休上班"),
        ("2026-10-10 Sat", True, "国庆节调休上班"),
        ("2026-02-28 Sat", True, "春节调休上班"),
        ("2026-10-05 Mon", False, "国庆节放假"),
        ("2026-09-25 Fri", False, "中秋节放假"),
        ("2026-09-28 Mon", True, ""),
        ("2026-11-22 Sun", False, "周末"),
        ("2027-02-05 Fri", False, "春节法定假日"),
    ],
)
def test_a_day_is_worked_or_not_and_says_why(text: str, worked: bool, why: str) -> None:
    assert CALENDAR.is_working(day(text)) is worked
    assert CALENDAR.reason(day(text)) == why


def test_every_day_from_2018_to_2026_agrees_with_the_published_data() -> None:
    first = date(2018, 1, 1)
    span = [first + timedelta(days=n) for n in range((date(2026, 12, 31) - first).days + 1)]
    assert [d for d in span if CALENDAR.is_working(d) is not chinese_calendar.is_workday(d)] == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_reckoned_statutory_days_are_off_in_the_published_years(year: int) -> None:
    assert [d for d in statutory_days(year) if CALENDAR.is_working(d) and d.weekday() < 5] == []


@pytest.mark.parametrize("year", range(2025, 2041))
def test_reckoned_tomb_sweeping_is_the_solar_term(year: int) -> None:
    found = [d for d, name in statutory_days(year).items() if name == "清明节"]
    terms = chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 10))
    assert found == [d for d, name in terms if name == "清明"]


def test_the_statutory_days_of_2027_are_those_of_the_rule() -> None:
    assert sorted(f"{d:%m-%d}" for d in statutory_days(2027)) == [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02",
        "06-09", "09-15", "10-01", "10-02", "10-03",
    ]  # fmt: skip


def test_statutory_days_are_given_only_for_the_reckoned_years() -> None:
    with pytest.raises(UnknownYearError, match="2041年"):
        statutory_days(2041)


@pytest.mark.parametrize("far", [date(2003, 6, 2), date(2041, 6, 3), date(2099, 1, 1)])
def test_a_calendar_never_answers_for_a_year_it_cannot_know(far: date) -> None:
    with pytest.raises(UnknownYearError, match=f"{far.year}年"):
        CALENDAR.is_working(far)
    with pytest.raises(UnknownYearError):
        count(WorkingDays(3), far, CALENDAR)


def test_a_loaded_year_becomes_known_and_official_even_beyond_the_reckoned_ones() -> None:
    loaded = CALENDAR.with_year(2041, {date(2041, 1, 1): False, date(2041, 1, 5): True})
    assert loaded.is_working(date(2041, 1, 5))  # a Saturday
    assert not loaded.is_working(date(2041, 1, 1))
    assert loaded.is_official(date(2041, 6, 3))
    assert not CALENDAR.is_official(date(2027, 1, 4))


def test_a_loaded_year_may_reach_into_the_december_before_but_nowhere_else() -> None:
    loaded = CALENDAR.with_year(2027, {date(2026, 12, 31): False, date(2026, 12, 26): True})
    assert not loaded.is_working(day("2026-12-31 Thu"))
    assert loaded.is_working(day("2026-12-26 Sat"))
    assert not loaded.is_working(day("2026-10-05 Mon"))
    with pytest.raises(ValueError, match="2026-11-30不属于2027年"):
        CALENDAR.with_year(2027, {date(2026, 11, 30): False})


def test_a_local_day_off_changes_one_day_and_makes_no_year_official() -> None:
    local = CALENDAR.with_overrides({day("2026-08-10 Mon"): False, day("2027-08-09 Mon"): False})
    assert local.reason(date(2026, 8, 10)) == "本地放假"
    assert not local.is_working(date(2027, 8, 9))
    assert not local.is_official(date(2027, 8, 9))
    assert CALENDAR.is_working(date(2026, 8, 10))


def test_a_calendar_refuses_a_moment_where_it_wants_a_date() -> None:
    with pytest.raises(TypeError):
        CALENDAR.is_working(moment("2026-10-05 09:00"))


COUNTED = [
    # the trigger day is not counted, whatever the hour
    (WorkingDays(1), "2026-09-30 Wed", "2026-10-08 Thu"),
    (WorkingDays(1), "2026-09-19 Sat", "2026-09-20 Sun"),
    (WorkingDays(1), "2026-11-20 Fri", "2026-11-23 Mon"),
    # find_workday of the published package is a day late here
    (WorkingDays(20), "2026-11-22 Sun", "2026-12-18 Fri"),
    #
    (Months(3, Kind.THRESHOLD), "2026-06-15 Mon", "2026-09-15 Tue"),
    (Months(3, Kind.THRESHOLD), "2026-11-30 Mon", "2027-02-28 Sun"),
    (Months(3, Kind.THRESHOLD), "2026-01-31 Sat", "2026-04-30 Thu"),
    (Years(1, Kind.THRESHOLD), "2024-02-29 Thu", "2025-02-28 Fri"),
    #
    (Months(6), "2026-04-04 Sat", "2026-10-08 Thu"),
    (Months(3, Kind.THRESHOLD), "2026-07-04 Sat", "2026-10-04 Sun"),
    (FixedDate(), "2022-04-30 Sat", "2022-04-30 Sat"),
    (Days(10), "2026-09-21 Mon", "2026-10-08 Thu"),
    (SameDay(), "2026-10-04 Sun", "2026-10-04 Sun"),
    (MonthEnd(), "2026-10-01 Thu", "2026-10-31 Sat"),
    (MonthEnd(ahead=1), "2026-12-31 Thu", "2027-01-31 Sun"),
    (QuarterEnd(), "2026-10-01 Thu", "2026-12-31 Thu"),
    (QuarterEnd(), "2026-08-31 Mon", "2026-09-30 Wed"),
    (QuarterEnd(ahead=1), "2026-12-31 Thu", "2027-03-31 Wed"),
    (MonthDay(5), "2026-12-31 Thu", "2027-01-05 Tue"),
    (YearlyDate(1, 10), "2026-12-01 Tue", "2027-01-10 Sun"),
    (YearlyDate(1, 10), "2027-01-10 Sun", "2027-01-10 Sun"),
    (WeekEnd(), "2026-02-11 Wed", "2026-02-14 Sat"),
    (WeekEnd(), "2026-02-16 Mon", "2026-02-24 Tue"),
    (MonthEnd(min_days=15), "2026-10-20 Tue", "2026-11-30 Mon"),
]


@pytest.mark.parametrize(("length", "trigger", "last"), COUNTED)
def test_a_period_ends_on_the_day_the_law_names(length: Length, trigger: str, last: str) -> None:
    due = count(length, day(trigger), CALENDAR)
    assert due.last_day == day(last)
    assert due.moment == datetime.combine(day(last) + timedelta(days=1), datetime.min.time(), SHANGHAI)


@pytest.mark.parametrize("hour", ["00:00", "17:59", "23:59"])
def test_the_hour_of_the_trigger_does_not_matter_for_working_days(hour: str) -> None:
    assert count(WorkingDays(1), moment(f"2026-11-20 {hour}"), CALENDAR).last_day == date(2026, 11, 23)


def test_a_trigger_counts_on_its_local_day_even_when_stored_in_utc() -> None:
    stored = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)  # 01:00 on Friday the 20th in Guizhou
    assert count(WorkingDays(1), stored, CALENDAR).last_day == day("2026-11-23 Mon")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-09-28 18:30", "2026-09-29 18:30"),
        ("2026-12-31 23:10", "2027-01-01 23:10"),
        ("2026-10-01 00:05", "2026-10-02 00:05"),
    ],
)
def test_hours_run_through_nights_and_holidays(start: str, end: str) -> None:
    due = count(Hours(24), moment(start), CALENDAR)
    assert (due.moment, due.provisional, due.by_hour) == (moment(end), False, True)


def test_hours_need_an_aware_moment() -> None:
    with pytest.raises(ValueError, match="具体时刻"):
        count(Hours(24), date(2026, 9, 28), CALENDAR)
    with pytest.raises(ValueError, match="time zone"):
        count(Hours(24), datetime(2026, 9, 28, 18, 30), CALENDAR)  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize(
    ("trigger", "exceeded"),
    [("2026-06-15 Mon", "2026-09-16 Wed"), ("2026-11-30 Mon", "2027-03-01 Mon")],
)
def test_more_than_three_months_is_true_from_the_day_after(trigger: str, exceeded: str) -> None:
    due = count(Months(3, Kind.THRESHOLD), day(trigger), CALENDAR)
    assert due.exceeded_from == day(exceeded)
    assert not due.provisional


def test_a_fixed_date_stays_and_advises_the_working_day_before() -> None:
    assert "建议2022-04-29前报送" in str(count(FixedDate(), day("2022-04-30 Sat"), CALENDAR).warning)
    assert count(FixedDate(), day("2022-05-31 Tue"), CALENDAR).warning is None
    assert "建议2026-10-30前办结" in str(count(MonthEnd(), day("2026-10-16 Fri"), CALENDAR).warning)


@pytest.mark.parametrize(
    ("length", "trigger", "before", "after"),
    [
        (WorkingDays(7), "2026-12-28 Mon", "2027-01-07 Thu", "2027-01-07 Thu"),
        (WorkingDays(20), "2026-12-14 Mon", "2027-01-12 Tue", "2027-01-11 Mon"),
    ],
)
def test_a_deadline_beyond_the_table_is_provisional_until_the_year_is_loaded(
    length: WorkingDays, trigger: str, before: str, after: str
) -> None:
    guessed, known = (count(length, day(trigger), calendar) for calendar in (CALENDAR, LOADED_2027))
    assert (guessed.last_day, guessed.provisional) == (day(before), True)
    assert (known.last_day, known.provisional) == (day(after), False)


def test_the_weeks_of_a_window_are_those_that_touch_it() -> None:
    weeks = weeks_touching(day("2026-12-01 Tue"), day("2027-04-30 Fri"))
    assert (weeks[0], weeks[-1], len(weeks)) == (day("2026-11-30 Mon"), day("2027-04-26 Mon"), 22)


DUE = count(WorkingDays(7), day("2026-09-28 Mon"), CALENDAR)  # 2026-10-13


@pytest.mark.parametrize(
    ("now", "done_at", "cancelled", "state", "colour"),
    [
        ("2026-10-09 09:00", None, False, "open", "green"),
        ("2026-10-10 09:00", None, False, "due_soon", "yellow"),
        ("2026-10-13 23:59", None, False, "due_soon", "yellow"),
        ("2026-10-14 00:00", None, False, "overdue", "red"),
        ("2026-10-20 09:00", "2026-10-13 23:59", False, "done", "green"),
        ("2026-10-20 09:00", "2026-10-14 00:00", False, "done_late", "yellow"),
        ("2026-10-20 09:00", None, True, "cancelled", "green"),
        ("2026-10-20 09:00", "2026-10-09 10:00", True, "done", "green"),
    ],
)
def test_a_clock_stands_where_the_rule_says(
    now: str, done_at: str | None, cancelled: bool, state: str, colour: str
) -> None:
    done = moment(done_at) if done_at else None
    found = state_of(DUE, moment(now), CALENDAR, done_at=done, cancelled=cancelled)
    assert (found.value, found.colour) == (state, colour)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-09-29 14:29", ClockState.OPEN),
        ("2026-09-29 14:30", ClockState.DUE_SOON),
        ("2026-09-29 18:30", ClockState.DUE_SOON),
        ("2026-09-29 18:31", ClockState.OVERDUE),
    ],
)
def test_an_hour_clock_is_near_in_its_last_four_hours(now: str, state: ClockState) -> None:
    assert state_of(count(Hours(24), moment("2026-09-28 18:30"), CALENDAR), moment(now), CALENDAR) is state


def test_lateness_and_time_left_are_told_in_words() -> None:
    hours = count(Hours(24), moment("2026-09-28 18:30"), CALENDAR)
    assert lateness(hours, moment("2026-09-29 18:31")) == "1分钟"
    assert lateness(hours, moment("2026-09-29 18:30")) == ""
    assert lateness(DUE, moment("2026-10-14 00:00")) == "1天"
    assert time_left(hours, moment("2026-09-29 15:10"), CALENDAR) == "还剩3小时20分钟"
    assert time_left(hours, moment("2026-09-29 18:30"), CALENDAR) == "还剩不足1分钟"
    assert time_left(DUE, moment("2026-09-30 09:00"), CALENDAR) == "还剩5个工作日"
    assert time_left(DUE, moment("2026-10-13 09:00"), CALENDAR) == "今日截止"
    assert time_left(DUE, moment("2026-10-15 09:00"), CALENDAR) == "逾期2天"
    sunday = count(FixedDate(), day("2027-01-10 Sun"), CALENDAR)
    assert time_left(sunday, moment("2027-01-09 09:00"), CALENDAR) == "2027年1月10日截止"


def test_an_outside_clock_starts_at_service_or_two_working_days_after_sending() -> None:
    served = outside_start(day("2026-10-14 Wed"), day("2026-10-13 Tue"), CALENDAR)
    assert (served.day, served.presumed, served.note) == (date(2026, 10, 14), False, None)
    guessed = outside_start(None, day("2026-09-30 Wed"), CALENDAR)
    assert (guessed.day, guessed.presumed, guessed.note) == (day("2026-10-09 Fri"), True, "送达日期未登记")
    assert outside_start(None, day("2026-12-31 Thu"), CALENDAR).provisional


def test_the_story_names_counted_and_skipped_days() -> None:
    assert DUE.steps == (
        "触发日2026年9月28日不计入",
        "第1至2个工作日：9月29日（周二）、9月30日（周三）",
        "10月1日（周四）至10月7日（周三）国庆节放假，不计",
        "第3至5个工作日：10月8日（周四）、10月9日（周五）、10月10日（周六，国庆节调休上班）",
        "10月11日（周日）周末，不计",
        "第6至7个工作日：10月12日（周一）、10月13日（周二）",
        "期限于2026年10月13日24时届满",
    )
    rolled = count(Months(6), day("2026-04-04 Sat"), CALENDAR).steps
    assert rolled[1] == "2026年10月4日（周日，国庆节放假）不是工作日，顺延至其后第一个工作日2026年10月8日（周四）"
    assert (
        count(WorkingDays(7), day("2026-12-28 Mon"), CALENDAR).steps[-1].startswith("所涉年度的放假安排尚未公布")
    )


@pytest.mark.parametrize(("length", "trigger", "last"), COUNTED)
def test_every_story_ends_with_the_last_day(length: Length, trigger: str, last: str) -> None:
    end = day(last)
    steps = count(length, day(trigger), CALENDAR).steps
    assert any(f"期限于{end.year}年{end.month}月{end.day}日24时届满" == step for step in steps)
    assert len(steps) >= 2


ROWS_2027: list[tuple[object, object]] = [(d, "放假") for d in statutory_days(2027)]


def test_an_official_table_is_read_from_cells_and_text_in_three_styles() -> None:
    rows = [*ROWS_2027, (None, None), ("2027/1/9", "上班"), ("2027年2月9日", "放假"),
            (datetime(2027, 2, 14), " 上班 ")]  # noqa: DTZ001 - spreadsheet cells carry no zone  # fmt: skip
    days = parse_official_year(2027, rows)
    assert days[date(2027, 1, 9)] is True
    assert days[date(2027, 2, 9)] is False
    assert days[date(2027, 2, 14)] is True
    assert len(days) == len(ROWS_2027) + 3


def test_every_mistake_in_an_official_table_is_told_by_its_row() -> None:
    rows = [("2027-13-01", "放假"), ("2026-05-01", "放假"), ("2027-01-09", "补课"), ("2027-01-04", "上班"),
            ("2027-01-01", "放假"), ("2027-01-01", "放假"), (46388, "放假")]  # fmt: skip
    with pytest.raises(CalendarTableError) as refused:
        parse_official_year(2027, rows)
    problems = refused.value.problems
    assert problems[0] == "第2行：日期“2027-13-01”无法识别，请写成2027-01-01的样式"
    assert problems[1] == "第3行：2026-05-01不在2027年放假安排之内"
    assert problems[2] == "第4行：2027-01-09的安排“补课”无法识别，只能填“放假”或“上班”"
    assert problems[3] == "第5行：2027-01-04是周一，本为工作日，不用填“上班”，请核对日期"
    assert problems[4] == "第7行：2027-01-01重复填写"
    assert problems[5].startswith("第8行：日期“46388”无法识别")
    assert problems[6].startswith("缺少法定节假日：2027-02-05（春节）")
    assert len(problems) == 7


ANY_DAY = st.dates(date(2018, 1, 1), date(2034, 12, 31))  # 61 months later is still reckoned
NUMBERS = st.integers(1, 60)
ACTIONS = st.one_of(
    NUMBERS.map(WorkingDays), NUMBERS.map(Days), st.integers(1, 24).map(Months), st.integers(1, 3).map(Years)
)
LENGTHS = st.one_of(
    ACTIONS,
    NUMBERS.map(lambda n: Days(n, Kind.THRESHOLD)),
    st.sampled_from(
        [SameDay(), MonthEnd(), MonthEnd(ahead=1), MonthEnd(min_days=15), QuarterEnd(), MonthDay(5),
         FixedDate(), YearlyDate(4, 1)]
    ),
)  # fmt: skip


@given(LENGTHS, ANY_DAY)
def test_no_period_ends_before_it_starts(length: Length, trigger: date) -> None:
    due = count(length, trigger, CALENDAR)
    assert due.last_day >= trigger
    assert due.moment == end_of(due.last_day)


@given(ACTIONS, ANY_DAY)
def test_an_action_is_always_due_on_a_working_day(length: Length, trigger: date) -> None:
    assert CALENDAR.is_working(count(length, trigger, CALENDAR).last_day)


@given(st.sampled_from([WorkingDays, Days, Months]), NUMBERS, ANY_DAY)
def test_a_longer_period_never_ends_earlier(
    kind: type[WorkingDays] | type[Days] | type[Months], n: int, trigger: date
) -> None:
    assert count(kind(n), trigger, CALENDAR).last_day <= count(kind(n + 1), trigger, CALENDAR).last_day


@given(NUMBERS, ANY_DAY)
def test_n_working_days_hold_exactly_n_working_days(n: int, trigger: date) -> None:
    due = count(WorkingDays(n), trigger, CALENDAR)
    assert working_days_left(due, end_of(trigger) - timedelta(minutes=1), CALENDAR) == n


@given(ANY_DAY, st.integers(0, 6))
def test_a_week_ends_alike_from_each_of_its_days(monday: date, offset: int) -> None:
    monday -= timedelta(days=monday.weekday())
    same = count(WeekEnd(), monday + timedelta(days=offset), CALENDAR)
    assert same.last_day == count(WeekEnd(), monday, CALENDAR).last_day
    assert CALENDAR.is_working(same.last_day)


@pytest.mark.parametrize("length", [Hours, WorkingDays, Days, Months, Years, MonthDay])
def test_no_length_is_zero(length: type[Hours]) -> None:
    with pytest.raises(ValueError, match="1"):
        length(0)
