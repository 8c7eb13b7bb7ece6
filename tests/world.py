"""The organs and persons every test may count on. All persons are invented."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Appointment, Role, Unit, User
from portal.models.people import Position
from portal.services import reference
from portal.services.access import Viewer, load_viewer

PASSWORD = "竹林深处-七只白鹭-2026"
SINCE = date(2020, 1, 1)

#: Short word of an organ in user names → its code.
PLACES = {
    "pingtang": "522727-bureau",
    "pingtang-station": "522727-station",
    "fuquan": "522702-bureau",
    "station": "522700-station",
    "prefecture": "522700-bureau",
    "province": "520000-department",
}
#: How many persons hold a position in each of those organs; `admin` sits in the prefecture bureau.
PLENTY = {
    Position.CLERK: 2,
    Position.REVIEWER: 2,
    Position.SIGNER: 2,
    Position.PRINCIPAL: 2,
    Position.SEAL: 2,
    Position.DUTY: 2,
}
#: Organs with fewer desks: a township and two of its villages.
LIGHT = {
    "town": ("522727100", {Position.CLERK: 2, Position.SIGNER: 2}),
    "village": ("522727100-01", {Position.CLERK: 2}),
    "neighbour": ("522727100-02", {Position.CLERK: 1}),
}
SINGLE = {Position.STATISTICIAN: 1, Position.SUPERVISOR: 1}
_SURNAMES = "岑莫蒙罗韦陆潘石龙吴杨王李陈黄何卢蓝覃柏"
_GIVEN = ["春和", "秋实", "明远", "清扬", "思齐", "若水", "景行", "知微", "怀瑾", "望舒", "子衿", "德音"]


def persons() -> Iterator[tuple[str, str, str, Position]]:
    """Yield user name, name, code of the organ and position: pingtang.clerk.1 … station.seal.2, admin.1, admin.2."""
    number = 0
    for word, code in PLACES.items():
        for position, count in {**PLENTY, **SINGLE}.items():
            for each in range(1, count + 1):
                name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number // len(_SURNAMES) % len(_GIVEN)]
                yield f"{word}.{position.value}.{each}", name, code, position
                number += 1
    for word, (code, desks) in LIGHT.items():
        for position, count in desks.items():
            for each in range(1, count + 1):
                name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number // len(_SURNAMES) % len(_GIVEN)]
                yield f"{word}.{position.value}.{each}", name, code, position
                number += 1
    for each in (1, 2):
        yield f"admin.{each}", f"管理员{'甲乙'[each - 1]}", PLACES["prefecture"], Position.ADMIN


def viewer(session: Session, username: str) -> Viewer:
    """Return an account as services take it; a transaction may be under way."""
    found = load_viewer(
        session, session.scalars(select(User.id).where(User.username == username)).one(), clock.today()
    )
    assert found is not None
    return found


def build(session: Session, *, password_hash: str, totp_secret: str) -> None:
    """Write the organs and persons. Everybody has a password of their own and a bound second factor."""
    reference.load(session)
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    for unit in units.values():
        unit.codes_confirmed = True
    roles = {role.name: role for role in session.scalars(select(Role))}
    long_ago = datetime(2026, 1, 5, 1, tzinfo=UTC)
    for username, name, code, position in persons():
        user = User(
            username=username,
            email=f"{username}@accounts.invalid",
            name=name,
            password=password_hash,
            fs_uniquifier=f"unique-{username}",
            password_changed_at=long_ago,
            tf_primary_method="authenticator",
            tf_totp_secret=totp_secret,
            mf_recovery_codes=["kept"],
        )
        session.add(user)
        session.add(Appointment(user=user, unit=units[code], role=roles[position.value], starts_on=SINCE))
    session.flush()
