"""Loading an official year: every wrong row is told, open limits are counted again (R-06)."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.kit.workdays import SHANGHAI, statutory_days
from portal import clock
from portal.db import transaction
from portal.errors import Invalid
from portal.models import Clock
from portal.services import calendars, clocks
from tests import casework

#: 2027 as the rules imagine it: the days off by law, and 1月9日（星期六）为调休上班日.
TABLE = {**dict.fromkeys(statutory_days(2027), False), date(2027, 1, 9): True}


def admin(session: Session) -> int:
    return casework.user(session, "admin.1").id


def start(session: Session, code: str, trigger: str, **columns: object) -> int:
    moment = datetime.fromisoformat(trigger).replace(tzinfo=SHANGHAI)
    case = casework.make_case(session, admitted_at=moment, limits=(code,))
    return session.scalars(select(Clock.id).where(Clock.case_id == case.id)).one()


def ends(session: Session, clock_id: int) -> tuple[date, bool]:
    session.rollback()
    row = session.get_one(Clock, clock_id)
    return row.last_day, row.provisional


def test_open_limits_lose_the_mark_provisional_and_move_where_a_day_is_worked(session: Session) -> None:
    with clock.pinned(datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)):
        dna = start(session, "dna_request_due", "2026-12-28 10:00")
        case = session.get_one(Clock, dna).case
        assert case is not None
        session.rollback()
        paper = casework.make_paper(session, case, "dna_request", state="sent", step="receive", served_on=date(2026, 12, 14),
                       sent_at=datetime(2026, 12, 14, 9, tzinfo=SHANGHAI))  # fmt: skip
        with transaction(session):
            police = clocks.start_outside(
                session, "dna_result_due", session.merge(paper), owner_id=paper.issuer_id
            ).id
        assert ends(session, dna) == (date(2027, 1, 7), True)
        assert ends(session, police) == (date(2027, 1, 12), True)
        with transaction(session):
            loaded = calendars.load(session, 2027, TABLE, source="国办发明电〔2026〕9号", actor_id=admin(session))
        assert dict(loaded.recounted) == {"dna_request_due": 1, "dna_result_due": 1}
        assert ends(session, dna) == (date(2027, 1, 7), False)
        assert ends(session, police) == (date(2027, 1, 11), False)


def test_a_limit_that_has_ended_is_not_counted_again(session: Session) -> None:
    dna = start(session, "dna_request_due", "2026-12-28 10:00")
    with transaction(session):
        session.get_one(Clock, dna).done_at = clock.now()
    with transaction(session):
        loaded = calendars.load(session, 2027, TABLE, source="国办发明电〔2026〕9号", actor_id=admin(session))
    assert loaded.recounted == {}
    assert ends(session, dna)[1]


def test_a_second_table_takes_the_place_of_the_first(session: Session) -> None:
    for table in (TABLE, {**TABLE, date(2027, 1, 10): True}):
        with transaction(session):
            calendars.load(session, 2027, table, source="更正通知", actor_id=admin(session))
    assert clocks.calendar(session).is_working(date(2027, 1, 10))
    assert [row.source for row in calendars.years(session)] == ["更正通知"]


def test_a_table_without_a_source_is_refused(session: Session) -> None:
    with pytest.raises(Invalid), transaction(session):
        calendars.load(session, 2027, TABLE, source="  ", actor_id=admin(session))
    assert calendars.years(session) == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2027-02-30 放假", "无法识别"),
        ("2026-05-01 放假", "不在2027年放假安排之内"),
        ("2027-01-09 补班", "只能填“放假”或“上班”"),
        ("2027-01-01 放假", "重复填写"),
        ("2027-03-01 上班", "本为工作日"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(line: str, sentence: str) -> None:
    lines = [f"{day} 放假" for day in sorted(statutory_days(2027))]
    with pytest.raises(Invalid) as refused:
        calendars.from_text(2027, "\n".join([*lines, line]))
    (problem,) = refused.value.problems
    assert problem.sentence.startswith(f"第{len(lines) + 1}行：")
    assert sentence in problem.sentence


def test_the_template_reads_back_as_the_days_off_by_law() -> None:
    assert calendars.from_workbook(2027, calendars.template(2027)) == dict.fromkeys(statutory_days(2027), False)
