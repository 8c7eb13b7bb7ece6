"""Accounts: signing in, lock-out, passwords, second factors, and the positions people are appointed to.

Whoever loses a password, a position or the account loses every open session in the same transaction.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, selectinload

from forms.kit.phrases import Phrase, listed
from portal import clock
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Appointment, Role, Unit, User
from portal.models.people import Position
from portal.services import sessions
from portal.services.events import record
from portal.services.paging import Page, turn_to
from portal.services.positions import title

LOCK_AFTER = 5  # wrong answers
LOCK_WINDOW = timedelta(minutes=15)
LOCK_FOR = timedelta(minutes=15)
PAGE = 50

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


# -- signing in --------------------------------------------------------------------------------------------------------


def find(session: Session, username: str) -> User | None:
    """Return the account of a user name, whatever the case it was typed in."""
    return session.scalar(select(User).where(User.username == username.strip().lower()))


def is_locked(user: User, at: datetime) -> bool:
    """Tell whether too many wrong answers keep the account closed for now."""
    return user.locked_until is not None and user.locked_until > at


def note_wrong_answer(session: Session, user_id: int, at: datetime) -> None:
    """Count a wrong password or code; the fifth within fifteen minutes closes the account for fifteen minutes."""
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if is_locked(user, at):
        return
    if user.failed_since is None or at - user.failed_since > LOCK_WINDOW:
        user.failed_logins, user.failed_since = 0, at
    user.failed_logins += 1
    if user.failed_logins >= LOCK_AFTER:
        user.failed_logins, user.failed_since, user.locked_until = 0, None, at + LOCK_FOR
        record(session, "account_locked", actor_id=user_id, data={"until": user.locked_until.isoformat()})


def note_sign_in(session: Session, user_id: int, at: datetime, address: str) -> None:
    """Note a completed sign-in and forget earlier wrong answers."""
    user = session.get_one(User, user_id)
    user.failed_logins, user.failed_since, user.locked_until = 0, None, None
    user.last_login_at, user.last_login_ip = user.current_login_at, user.current_login_ip
    user.current_login_at, user.current_login_ip = at, address
    user.login_count += 1
    record(session, "signed_in", actor_id=user_id)


def use_code_once(session: Session, user_id: int, step: int) -> bool:
    """Take a one-time code of a time step; False when that step, or a later one, was used before."""
    taken = session.execute(
        update(User)
        .where(User.id == user_id, or_(User.tf_last_step.is_(None), User.tf_last_step < step))
        .values(tf_last_step=step)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def use_recovery_code(session: Session, user_id: int, kept: str) -> bool:
    """Strike a recovery code, as it is kept, off the list; False when it is gone already."""
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    left = [code for code in user.mf_recovery_codes or [] if code != kept]
    if len(left) == len(user.mf_recovery_codes or []):
        return False
    user.mf_recovery_codes = left
    record(session, "recovery_code_used", actor_id=user_id, data={"left": len(left)})
    return True


def note_own_password(session: Session, user_id: int, at: datetime) -> None:
    """Note that a person chose a new password; every session ends (the library signs the present one in anew)."""
    session.get_one(User, user_id).password_changed_at = at
    sessions.end_all(session, user_id)
    record(session, "password_changed", actor_id=user_id)


def choose_language(session: Session, user_id: int, language: str) -> None:
    """Remember the language of a person's pages: zh or en."""
    session.get_one(User, user_id).language = "en" if language == "en" else "zh"


# -- the administrator's desk --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewAccount:
    """What an administrator types for a new account."""

    username: str
    name: str
    phone: str = ""


def create(session: Session, given: NewAccount, *, password_hash: str, actor_id: int) -> User:
    """Open an account with a one-time password. Raises Invalid for an unusable or Conflict for a taken user name."""
    username = given.username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Invalid("用户名应以字母开头，由3至40个小写字母、数字、点、短横线或下划线组成")
    if not given.name.strip():
        raise Invalid("请填写姓名，文书上按此打印")
    if find(session, username) is not None:
        raise Conflict(f"用户名“{username}”已有人使用，请换一个")
    user = User(
        username=username,
        email=f"{username}@accounts.invalid",  # the accounts library wants the column; no mail is ever sent
        name=given.name.strip(),
        phone=given.phone.strip(),
        password=password_hash,
        fs_uniquifier=uuid4().hex,
        create_datetime=clock.now(),
    )
    session.add(user)
    session.flush()
    record(session, "account_created", actor_id=actor_id, data={"user": user.id, "username": username})
    return user


def rename(session: Session, user_id: int, name: str, phone: str, *, actor_id: int) -> User:
    """Correct name and telephone of an account."""
    user = _other(session, user_id, actor_id)
    if not name.strip():
        raise Invalid("请填写姓名，文书上按此打印")
    before = {"name": user.name, "phone": user.phone}
    user.name, user.phone = name.strip(), phone.strip()
    record(session, "account_edited", actor_id=actor_id, data={"user": user.id, "before": before})
    return user


def appoint(
    session: Session,
    user_id: int,
    unit_id: int,
    position: Position,
    starts_on: date,
    ends_on: date | None = None,
    *,
    actor_id: int,
) -> Appointment:
    """Give a position in an organ from a day, to another person only; all their sessions end.

    Raises Forbidden for an appointment of oneself, Invalid for a position that may not be added, Conflict when
    the person holds it already.
    """
    user = _other(session, user_id, actor_id)
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.in_portal:
        raise Invalid("请选择在本系统办文的单位")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("任职结束日期早于开始日期")
    running = [held for held in user.appointments if held.ends_on is None or held.ends_on >= starts_on]
    held_positions = {held.role.name for held in running}
    if position is Position.ADMIN and held_positions - {Position.ADMIN}:
        raise Invalid("系统管理员不得兼任办文岗位，请先结束其原有岗位")
    if position is not Position.ADMIN and Position.ADMIN in held_positions:
        raise Invalid("系统管理员不得兼任办文岗位，请先结束其系统管理员岗位")
    if any(held.unit_id == unit_id and held.role.name == position for held in running):
        raise Conflict(f"{user.name}在这段时间已担任该岗位")
    appointment = Appointment(
        user_id=user.id, unit_id=unit_id, role=_role(session, position), starts_on=starts_on, ends_on=ends_on
    )
    session.add(appointment)
    _sign_out_everywhere(session, user)
    data = {"user": user.id, "position": position.value, "from": starts_on.isoformat()}
    record(session, "appointed", actor_id=actor_id, unit_id=unit_id, data=data)
    return appointment


def end_appointment(session: Session, appointment_id: int, last_day: date, *, actor_id: int) -> User:
    """End a position with a last day (yesterday ends it now); all sessions of the person end."""
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise NotFound
    user = _other(session, appointment.user_id, actor_id)
    if last_day < appointment.starts_on:
        if appointment.starts_on < clock.today():
            raise Invalid("任职结束日期早于开始日期")
        session.delete(appointment)  # it never began
    else:
        appointment.ends_on = last_day
    _sign_out_everywhere(session, user)
    data = {"user": user.id, "position": appointment.role.name, "last_day": last_day.isoformat()}
    record(session, "appointment_ended", actor_id=actor_id, unit_id=appointment.unit_id, data=data)
    return user


def switch(session: Session, user_id: int, *, active: bool, reason: str, actor_id: int) -> User:
    """Switch an account off or on again, with a reason; all sessions end."""
    user = _other(session, user_id, actor_id)
    if len(reason.strip()) < 2:
        raise Invalid("请写明原因")
    user.active = active
    _sign_out_everywhere(session, user)
    kind = "account_enabled" if active else "account_disabled"
    record(session, kind, actor_id=actor_id, opinion=reason.strip(), data={"user": user.id})
    return user


def reset(session: Session, user_id: int, *, password_hash: str, second_factor: bool, actor_id: int) -> User:
    """Give a one-time password (and, when the telephone is lost, a new enrolment); all sessions end, a lock opens.

    `second_factor` False keeps the enrolment: a new password alone does not get past it.
    """
    user = _other(session, user_id, actor_id)
    user.password, user.password_changed_at = password_hash, None
    user.failed_logins, user.failed_since, user.locked_until = 0, None, None
    if second_factor:
        user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
    _sign_out_everywhere(session, user)
    data = {"user": user.id, "second_factor": second_factor}
    record(session, "password_reset", actor_id=actor_id, data=data)
    return user


def _other(session: Session, user_id: int, actor_id: int) -> User:
    if user_id == actor_id:
        raise Forbidden("不能为本人变更账户或岗位，请由另一名系统管理员办理")
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound
    return user


def _role(session: Session, position: Position) -> Role:
    role = session.scalar(select(Role).where(Role.name == position.value))
    if role is None:
        role = Role(name=position.value)
        session.add(role)
    return role


def _sign_out_everywhere(session: Session, user: User) -> None:
    user.fs_uniquifier = uuid4().hex
    sessions.end_all(session, user.id)


def one_time_password() -> str:
    """Return a password to be read out once: four groups of four, without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


# -- lists ---------------------------------------------------------------------------------------------------------------


def listing(
    session: Session, *, text: str = "", unit_id: int | None = None, state: str = "", page: int = 1
) -> Page[User]:
    """Return accounts by name or user name, organ and state (on, off, locked), in the order of the user names."""
    query = select(User)
    if text.strip():
        query = query.where(
            or_(
                User.name.icontains(text.strip(), autoescape=True),
                User.username.icontains(text.strip(), autoescape=True),
            )
        )
    if unit_id is not None:
        query = query.where(User.appointments.any(Appointment.unit_id == unit_id))
    if state == "on":
        query = query.where(User.active)
    elif state == "off":
        query = query.where(~User.active)
    elif state == "locked":
        query = query.where(User.locked_until > clock.now())
    shown = query.order_by(User.username).options(
        selectinload(User.appointments).joinedload(Appointment.unit),
        selectinload(User.appointments).joinedload(Appointment.role),
    )
    return turn_to(session, shown, page, PAGE)


def one(session: Session, user_id: int) -> User:
    """Return an account; NotFound when there is none."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def portal_units(session: Session) -> Sequence[Unit]:
    """Return the organs that work in the portal, in the order of their codes."""
    return session.scalars(select(Unit).where(Unit.in_portal).order_by(Unit.region_code, Unit.code)).all()


def titles_of(user: User, on: date) -> list[str]:
    """Return what a person is today: 平塘县民政局 分管副局长 …"""
    return [
        Phrase(
            "%(unit)s %(position)s", unit=held.unit.name, position=Phrase(title(held.unit.kind, held.role.name))
        )
        for held in sorted(user.appointments, key=lambda held: held.id)
        if held.starts_on <= on and (held.ends_on is None or held.ends_on >= on)
    ]


def demo_accounts(session: Session, on: date) -> Mapping[str, list[tuple[str, str, str]]]:
    """Return the invented accounts by organ: (user name, name, positions), as the sign-in page offers them."""
    rows = session.execute(
        select(User.username, User.name, Unit.name, Unit.kind, Role.name)
        .join(Appointment, Appointment.user_id == User.id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Role, Role.id == Appointment.role_id)
        .where(User.is_demo, User.active, Appointment.starts_on <= on)
        .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on >= on))
        .order_by(Unit.region_code, Unit.id, Appointment.id)
    )
    groups: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for username, name, unit, kind, position in rows:
        entry = groups.setdefault(unit, {}).setdefault(username, (name, []))
        entry[1].append(title(kind, position))
    return {
        unit: [(username, name, listed(map(Phrase, titles))) for username, (name, titles) in people.items()]
        for unit, people in groups.items()
    }
