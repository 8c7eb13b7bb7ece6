"""Stand-ins during leave (请假与代理): a colleague of the same organ acts in one's seats, both days included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.errors import Conflict, Invalid, NotFound
from portal.models import Appointment, Delegation, Role, User
from portal.models.people import Position
from portal.services.access import Viewer
from portal.services.events import record

LONGEST = timedelta(days=92)


@dataclass(frozen=True)
class Leave:
    """What a person types: who stands in, in which organ, from–to, and why."""

    stand_in_id: int
    unit_id: int
    starts_on: date
    ends_on: date
    reason: str = ""


def colleagues(session: Session, viewer: Viewer, on: date) -> Sequence[User]:
    """Return who may stand in: others who hold a working seat today in an organ of the viewer's own seats."""
    query = (
        select(User)
        .join(Appointment, Appointment.user_id == User.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Appointment.unit_id.in_(own_units(viewer)), User.id != viewer.user_id, User.active)
        .where(Role.name.not_in([Position.ADMIN, Position.STATISTICIAN, Position.SUPERVISOR]))
        .where(Appointment.starts_on <= on, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= on))
        .distinct()
        .order_by(User.id)
    )
    return session.scalars(query).all()


def arrange(session: Session, viewer: Viewer, leave: Leave) -> Delegation:
    """Let a colleague stand in. It begins and ends by itself; what they do is noted as done for the viewer.

    Raises Invalid for a stranger to the organ or impossible days, Conflict when the days are covered already.
    """
    today = clock.today()
    if leave.unit_id not in own_units(viewer):
        raise Invalid("请选择您本人任职的单位")
    if leave.starts_on < today:
        raise Invalid("开始日期不能早于今天")
    if leave.ends_on < leave.starts_on:
        raise Invalid("结束日期早于开始日期")
    if leave.ends_on - leave.starts_on > LONGEST:
        raise Invalid("一次代理最长三个月，到期可再设置")
    seat = session.scalar(
        select(Appointment.id)
        .join(User, User.id == Appointment.user_id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Appointment.user_id == leave.stand_in_id, Appointment.unit_id == leave.unit_id, User.active)
        .where(Role.name != Position.ADMIN, Appointment.starts_on <= leave.starts_on)
        .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on >= leave.ends_on))
        .limit(1)
    )
    if seat is None or leave.stand_in_id == viewer.user_id:
        raise Invalid("代理人应是本单位在代理期间任职的其他同事")
    overlapping = session.scalar(
        select(Delegation.id)
        .where(Delegation.user_id == viewer.user_id, Delegation.unit_id == leave.unit_id)
        .where(Delegation.revoked_at.is_(None))
        .where(Delegation.starts_on <= leave.ends_on, Delegation.ends_on >= leave.starts_on)
        .limit(1)
    )
    if overlapping is not None:
        raise Conflict("这段时间已设置代理，请先撤销原有代理")
    delegation = Delegation(
        user_id=viewer.user_id,
        stand_in_id=leave.stand_in_id,
        unit_id=leave.unit_id,
        starts_on=leave.starts_on,
        ends_on=leave.ends_on,
        reason=leave.reason.strip()[:200],
    )
    session.add(delegation)
    record(
        session,
        "stand_in_arranged",
        actor_id=viewer.user_id,
        unit_id=leave.unit_id,
        data={"stand_in": leave.stand_in_id, "from": leave.starts_on.isoformat(), "to": leave.ends_on.isoformat()},
    )
    return delegation


def revoke(session: Session, viewer: Viewer, delegation_id: int) -> None:
    """End a stand-in at once. Only one's own; NotFound otherwise, Conflict when it is over already."""
    delegation = session.get(Delegation, delegation_id, with_for_update=True)
    if delegation is None or delegation.user_id != viewer.user_id:
        raise NotFound
    if delegation.revoked_at is not None or delegation.ends_on < clock.today():
        raise Conflict("这项代理已经结束")
    delegation.revoked_at = clock.now()
    record(
        session,
        "stand_in_revoked",
        actor_id=viewer.user_id,
        unit_id=delegation.unit_id,
        data={"stand_in": delegation.stand_in_id},
    )


@dataclass(frozen=True)
class Arrangements:
    """Stand-ins that concern one person, newest first."""

    mine: Sequence[Delegation]
    for_others: Sequence[Delegation]


def arrangements(session: Session, user_id: int, on: date) -> Arrangements:
    """Return whom the person has let stand in, and for whom they stand in now or later."""
    newest = (Delegation.starts_on.desc(), Delegation.id.desc())
    mine = session.scalars(select(Delegation).where(Delegation.user_id == user_id).order_by(*newest).limit(50))
    for_others = session.scalars(
        select(Delegation)
        .where(Delegation.stand_in_id == user_id, Delegation.ends_on >= on, Delegation.revoked_at.is_(None))
        .order_by(*newest)
    )
    return Arrangements(mine.all(), for_others.all())


def state_of(delegation: Delegation, on: date) -> str:
    """Return revoked, over, running or coming."""
    if delegation.revoked_at is not None:
        return "revoked"
    if delegation.ends_on < on:
        return "over"
    return "running" if delegation.starts_on <= on else "coming"


def own_units(viewer: Viewer) -> frozenset[int]:
    """Return the organs in which the viewer's own working seats can be stood in for."""
    return frozenset(
        seat.unit_id
        for seat in viewer.seats
        if seat.for_user is None
        and seat.position not in {Position.ADMIN, Position.STATISTICIAN, Position.SUPERVISOR}
    )
