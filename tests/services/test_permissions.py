"""The policy: who may do what, by the seats they hold today."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Appointment, Delegation, Event, LoginSession, Unit, User
from portal.models.people import Position, UnitKind
from portal.services import accounts, sessions, standins
from portal.services.access import Seat, Viewer
from portal.services.permissions import CASE_ORGANS, POLICY, WORKING, Permission, allows, needs_second_factor
from portal.services.positions import title

ViewerOf = Callable[[str], Viewer]
BUSINESS = {
    Permission.SEARCH, Permission.CASE_READ, Permission.CASE_UNMASK, Permission.CASE_REGISTER, Permission.DOCUMENT_READ,
    Permission.DOCUMENT_DRAFT, Permission.DOCUMENT_ACT, Permission.PRINT_DESK, Permission.UNIT_CODES,
    Permission.REGISTERS_READ, Permission.STATISTICS_READ, Permission.EXPORT, Permission.BEDS_READ, Permission.BEDS_EDIT,
    Permission.STAND_IN,
}  # fmt: skip
SYSTEM = {Permission.CALENDAR_LOAD, Permission.UNITS_EDIT, Permission.ACCOUNTS_EDIT, Permission.SETTINGS_EDIT}


def sitting(position: Position, kind: UnitKind, for_user: int | None = None) -> Viewer:
    return Viewer(1, "某人", (Seat(7, "x", "某单位", kind, "522727", position, for_user),))


def test_every_permission_has_a_rule() -> None:
    assert set(POLICY) == set(Permission)


@pytest.mark.parametrize("kind", UnitKind)
def test_the_system_administrator_sees_no_case_and_no_paper(kind: UnitKind) -> None:
    admin = sitting(Position.ADMIN, kind)
    assert not [permission for permission in BUSINESS if allows(admin, permission)]
    assert all(allows(admin, permission) for permission in SYSTEM)


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("position", sorted(WORKING))
def test_nobody_who_takes_papers_through_runs_the_system(position: Position, kind: UnitKind) -> None:
    assert not [permission for permission in SYSTEM if allows(sitting(position, kind), permission)]


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("position", Position)
def test_only_clerks_of_organs_that_receive_persons_register_them(position: Position, kind: UnitKind) -> None:
    receiving = {UnitKind.COUNTY_BUREAU, UnitKind.COUNTY_STATION, UnitKind.CENTRAL_STATION}
    expected = position is Position.CLERK and kind in receiving
    assert allows(sitting(position, kind), Permission.CASE_REGISTER) is expected


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("position", Position)
def test_cases_are_read_at_working_desks_of_civil_affairs_organs(position: Position, kind: UnitKind) -> None:
    assert allows(sitting(position, kind), Permission.CASE_READ) is (position in WORKING and kind in CASE_ORGANS)


@pytest.mark.parametrize("position", Position)
def test_beds_are_kept_by_clerk_and_duty_leader_of_the_central_station(position: Position) -> None:
    expected = position in {Position.CLERK, Position.DUTY}
    assert allows(sitting(position, UnitKind.CENTRAL_STATION), Permission.BEDS_EDIT) is expected
    assert not allows(sitting(position, UnitKind.COUNTY_STATION), Permission.BEDS_EDIT)


@pytest.mark.parametrize("position", Position)
def test_the_print_desk_belongs_to_the_seal_clerk(position: Position) -> None:
    expected = position is Position.SEAL
    assert allows(sitting(position, UnitKind.COUNTY_BUREAU), Permission.PRINT_DESK) is expected


def test_statistician_and_supervisor_read_figures_only() -> None:
    for position in (Position.STATISTICIAN, Position.SUPERVISOR):
        allowed = {each for each in BUSINESS if allows(sitting(position, UnitKind.CENTRAL_STATION), each)}
        assert allowed <= {Permission.STATISTICS_READ, Permission.EXPORT}
        assert Permission.STATISTICS_READ in allowed


def test_an_account_without_a_seat_keeps_only_its_own_account() -> None:
    nobody = Viewer(1, "某人")
    allowed = {permission for permission in Permission if allows(nobody, permission)}
    assert allowed == {Permission.OWN_ACCOUNT, Permission.DEADLINE_CALCULATOR}


def test_a_stand_in_never_becomes_administrator() -> None:
    stand_in = sitting(Position.ADMIN, UnitKind.PREFECTURE_BUREAU, for_user=2)
    assert not [permission for permission in SYSTEM if allows(stand_in, permission)]


@pytest.mark.parametrize("position", Position)
def test_seats_that_bind_an_organ_outwards_need_a_second_factor(position: Position) -> None:
    expected = position in {Position.SIGNER, Position.PRINCIPAL, Position.SEAL}
    assert needs_second_factor(sitting(position, UnitKind.COUNTY_BUREAU)) is expected


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("position", Position)
def test_every_seat_has_a_chinese_title(position: Position, kind: UnitKind) -> None:
    assert title(kind, position)


# -- appointments --------------------------------------------------------------------------------------------------------


def user_id(session: Session, username: str) -> int:
    found = session.scalars(select(User.id).where(User.username == username)).one()
    session.rollback()
    return found


def unit_id(session: Session, code: str) -> int:
    found = session.scalars(select(Unit.id).where(Unit.code == code)).one()
    session.rollback()
    return found


def test_nobody_appoints_themselves(session: Session) -> None:
    admin = user_id(session, "admin.1")
    with pytest.raises(Forbidden, match="另一名系统管理员"), transaction(session):
        accounts.appoint(
            session, admin, unit_id(session, "522727-bureau"), Position.CLERK, clock.today(), actor_id=admin
        )


Change = Callable[[Session, int, int, int], object]
CHANGES: dict[str, Change] = {
    "end": lambda session, _user, seat, by: accounts.end_appointment(session, seat, clock.today(), actor_id=by),
    "switch": lambda session, user, _seat, by: accounts.switch(
        session, user, active=False, reason="调离", actor_id=by
    ),
    "reset": lambda session, user, _seat, by: accounts.reset(
        session, user, password_hash="x", second_factor=True, actor_id=by
    ),
    "rename": lambda session, user, _seat, by: accounts.rename(session, user, "新名", "", actor_id=by),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_administrator_changes_nothing_about_themselves(session: Session, change: str) -> None:
    admin = user_id(session, "admin.1")
    seat = session.scalars(select(Appointment.id).where(Appointment.user_id == admin)).one()
    session.rollback()
    with pytest.raises(Forbidden), transaction(session):
        CHANGES[change](session, admin, seat, admin)


def test_the_administrator_holds_no_working_seat_beside(session: Session) -> None:
    bureau = unit_id(session, "522700-bureau")
    first, second = user_id(session, "admin.1"), user_id(session, "admin.2")
    with pytest.raises(Invalid, match="不得兼任"), transaction(session):
        accounts.appoint(session, second, bureau, Position.CLERK, clock.today(), actor_id=first)
    clerk = user_id(session, "prefecture.clerk.1")
    with pytest.raises(Invalid, match="不得兼任"), transaction(session):
        accounts.appoint(session, clerk, bureau, Position.ADMIN, clock.today(), actor_id=first)


def test_the_same_seat_is_not_given_twice(session: Session) -> None:
    admin, clerk = user_id(session, "admin.1"), user_id(session, "pingtang.clerk.1")
    bureau = unit_id(session, "522727-bureau")
    with pytest.raises(Conflict, match="已担任"), transaction(session):
        accounts.appoint(session, clerk, bureau, Position.CLERK, clock.today(), actor_id=admin)


def test_only_organs_that_work_in_the_portal_have_seats(session: Session) -> None:
    admin, clerk = user_id(session, "admin.1"), user_id(session, "pingtang.clerk.1")
    police = unit_id(session, "522727-police")
    with pytest.raises(Invalid, match="在本系统办文"), transaction(session):
        accounts.appoint(session, clerk, police, Position.CLERK, clock.today(), actor_id=admin)


def test_a_seat_counts_from_its_first_to_its_last_day(session: Session, viewer_of: ViewerOf) -> None:
    admin, clerk = user_id(session, "admin.1"), user_id(session, "pingtang.clerk.1")
    station = unit_id(session, "522727-station")
    today = clock.today()
    with transaction(session):
        accounts.appoint(session, clerk, station, Position.SEAL, today + timedelta(days=1), actor_id=admin)
    assert not viewer_of("pingtang.clerk.1").holds("seal")
    with clock.pinned(clock.now() + timedelta(days=1)):
        assert viewer_of("pingtang.clerk.1").holds("seal")


def test_an_ended_seat_is_lost_at_once_and_stays_in_the_log(session: Session, viewer_of: ViewerOf) -> None:
    admin, signer = user_id(session, "admin.1"), user_id(session, "pingtang.signer.1")
    seat = session.scalars(select(Appointment.id).where(Appointment.user_id == signer)).one()
    session.rollback()
    with transaction(session):
        accounts.end_appointment(session, seat, clock.today() - timedelta(days=1), actor_id=admin)
    assert viewer_of("pingtang.signer.1").seats == ()
    event = session.scalars(select(Event).where(Event.kind == "appointment_ended")).one()
    assert (event.actor_id, event.data["user"], event.data["position"]) == (admin, signer, "signer")


def test_a_seat_that_never_began_leaves_no_row(session: Session) -> None:
    admin, clerk = user_id(session, "admin.1"), user_id(session, "pingtang.clerk.1")
    station = unit_id(session, "522727-station")
    later = clock.today() + timedelta(days=9)
    with transaction(session):
        seat = accounts.appoint(session, clerk, station, Position.SEAL, later, actor_id=admin)
        session.flush()
        made = seat.id
    with transaction(session):
        accounts.end_appointment(session, made, clock.today() - timedelta(days=1), actor_id=admin)
    assert session.get(Appointment, made) is None


@pytest.mark.parametrize("change", ["appoint", "end", "switch", "reset"])
def test_losing_or_gaining_rights_ends_every_session(session: Session, change: str) -> None:
    admin, clerk = user_id(session, "admin.1"), user_id(session, "pingtang.clerk.1")
    station = unit_id(session, "522727-station")
    seat = session.scalars(select(Appointment.id).where(Appointment.user_id == clerk)).one()
    before = session.get_one(User, clerk).fs_uniquifier
    session.rollback()
    with transaction(session):
        for word in ("one", "two"):
            sessions.begin(session, word, "{}", clock.now(), user_id=clerk, browser=sessions.Browser())
    with transaction(session):
        if change == "appoint":
            accounts.appoint(session, clerk, station, Position.CLERK, clock.today(), actor_id=admin)
        else:
            CHANGES[change](session, clerk, seat, admin)
    assert session.scalars(select(LoginSession).where(LoginSession.user_id == clerk)).all() == []
    assert session.get_one(User, clerk).fs_uniquifier != before


@pytest.mark.parametrize("username", ["A 空格", "王小明", "1abc", "ab", ""])
def test_a_user_name_is_plain(session: Session, username: str) -> None:
    with pytest.raises(Invalid, match="用户名"), transaction(session):
        accounts.create(session, accounts.NewAccount(username, "某人"), password_hash="x", actor_id=1)


def test_a_user_name_is_taken_whatever_its_case(session: Session) -> None:
    with pytest.raises(Conflict, match="已有人使用"), transaction(session):
        accounts.create(session, accounts.NewAccount("Pingtang.Clerk.1", "某人"), password_hash="x", actor_id=1)


# -- stand-ins -----------------------------------------------------------------------------------------------------------


def leave(session: Session, stand_in: str, code: str, starts: date, ends: date) -> standins.Leave:
    return standins.Leave(user_id(session, stand_in), unit_id(session, code), starts, ends, "年休假")


def test_a_stand_in_sits_in_the_seat_on_both_days_and_not_around_them(
    session: Session, viewer_of: ViewerOf
) -> None:
    today = clock.today()
    given = leave(session, "pingtang.reviewer.1", "522727-bureau", today + timedelta(1), today + timedelta(3))
    with transaction(session):
        standins.arrange(session, viewer_of("pingtang.signer.1"), given)
    signer = user_id(session, "pingtang.signer.1")
    held = []
    for days in range(5):
        with clock.pinned(clock.now() + timedelta(days=days)):
            seats = [seat for seat in viewer_of("pingtang.reviewer.1").seats if seat.position == "signer"]
            held.append([seat.for_user for seat in seats])
    assert held == [[], [signer], [signer], [signer], []]


def test_a_revoked_stand_in_loses_the_seat_at_once(session: Session, viewer_of: ViewerOf) -> None:
    today = clock.today()
    given = leave(session, "pingtang.reviewer.1", "522727-bureau", today, today)
    with transaction(session):
        standins.arrange(session, viewer_of("pingtang.signer.1"), given)
    made = session.scalars(select(Delegation.id)).one()
    assert viewer_of("pingtang.reviewer.1").holds("signer")
    with transaction(session):
        standins.revoke(session, viewer_of("pingtang.signer.1"), made)
    assert not viewer_of("pingtang.reviewer.1").holds("signer")
    with pytest.raises(Conflict, match="已经结束"), transaction(session):
        standins.revoke(session, viewer_of("pingtang.signer.1"), made)


def test_only_the_absent_person_revokes(session: Session, viewer_of: ViewerOf) -> None:
    today = clock.today()
    given = leave(session, "pingtang.reviewer.1", "522727-bureau", today, today)
    with transaction(session):
        standins.arrange(session, viewer_of("pingtang.signer.1"), given)
    made = session.scalars(select(Delegation.id)).one()
    stranger = viewer_of("pingtang.reviewer.1")
    with pytest.raises(NotFound), transaction(session):
        standins.revoke(session, stranger, made)


@pytest.mark.parametrize(
    ("stand_in", "code", "starts", "ends", "sentence"),
    [
        ("fuquan.reviewer.1", "522727-bureau", 0, 1, "本单位"),
        ("pingtang.reviewer.1", "522702-bureau", 0, 1, "本人任职"),
        ("pingtang.signer.1", "522727-bureau", 0, 1, "其他同事"),
        ("pingtang.reviewer.1", "522727-bureau", -1, 1, "不能早于今天"),
        ("pingtang.reviewer.1", "522727-bureau", 2, 1, "早于开始"),
        ("pingtang.reviewer.1", "522727-bureau", 0, 93, "最长三个月"),
    ],
)
def test_an_impossible_stand_in_is_refused_with_its_reason(
    session: Session, viewer_of: ViewerOf, stand_in: str, code: str, starts: int, ends: int, sentence: str
) -> None:
    today = clock.today()
    given = leave(session, stand_in, code, today + timedelta(starts), today + timedelta(ends))
    viewer = viewer_of("pingtang.signer.1")
    with pytest.raises(Invalid, match=sentence), transaction(session):
        standins.arrange(session, viewer, given)


def test_days_are_covered_once(session: Session, viewer_of: ViewerOf) -> None:
    today = clock.today()
    first = leave(session, "pingtang.reviewer.1", "522727-bureau", today, today + timedelta(5))
    second = leave(session, "pingtang.reviewer.2", "522727-bureau", today + timedelta(5), today + timedelta(6))
    viewer = viewer_of("pingtang.signer.1")
    with transaction(session):
        standins.arrange(session, viewer, first)
    with pytest.raises(Conflict, match="已设置代理"), transaction(session):
        standins.arrange(session, viewer, second)
