"""Invented accounts: the positions of a Chinese office in each organ, named alike so that one finds them."""

import secrets
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Appointment, Role, Unit, User
from portal.models.people import Position
from portal.reference.regions import COUNTIES
from portal.services.accounts import demo_accounts

_SURNAMES = "岑莫蒙罗韦陆潘石龙吴杨王李陈黄何卢蓝覃柏班刘周徐"
_GIVEN = [
    "春和",
    "秋实",
    "明远",
    "清扬",
    "思齐",
    "若水",
    "景行",
    "知微",
    "怀瑾",
    "望舒",
    "子衿",
    "德音",
    "云舒",
    "致远",
    "泽民",
    "长青",
    "文澜",
    "书瑶",
    "立夏",
    "安宁",
    "国栋",
    "晓岚",
    "雨桐",
    "海涛",
]
_BUREAU = (Position.CLERK, Position.REVIEWER, Position.SIGNER, Position.PRINCIPAL, Position.SEAL)
_STATION = (Position.CLERK, Position.REVIEWER, Position.SIGNER, Position.SEAL, Position.DUTY)
SINCE = date(2024, 1, 2)


def planned() -> Iterator[tuple[str, str, Position]]:
    """Yield user name, organ code and position: pingtang.clerk, pingtang.clerk2, station.signer …, admin."""
    for county in COUNTIES:
        for position in _BUREAU:
            yield f"{county.slug}.{position.value}", f"{county.code}-bureau", position
        yield f"{county.slug}.clerk2", f"{county.code}-bureau", Position.CLERK
    for position in _STATION:
        yield f"station.{position.value}", "522700-station", position
    yield "station.clerk2", "522700-station", Position.CLERK
    for position in _BUREAU:
        yield f"prefecture.{position.value}", "522700-bureau", position
    yield "childhome.clerk", "522700-child-home", Position.CLERK
    yield "admin", "522700-bureau", Position.ADMIN
    yield "admin2", "522700-bureau", Position.ADMIN
    yield "pingtang.station.clerk", "522727-station", Position.CLERK
    yield "pingtang.station.signer", "522727-station", Position.SIGNER
    yield "pingtang.town.clerk", "522727100", Position.CLERK
    yield "pingtang.town.signer", "522727100", Position.SIGNER
    yield "pingtang.village1.clerk", "522727100-01", Position.CLERK
    yield "pingtang.village2.clerk", "522727100-02", Position.CLERK
    yield "pingtang.village3.clerk", "522727100-03", Position.CLERK
    for position in (Position.CLERK, Position.SIGNER, Position.SEAL):
        yield f"province.{position.value}", "520000-department", position


def add(session: Session) -> None:
    """Write the accounts. Nobody knows their passwords: in demo mode the sign-in page enters them by a click."""
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    roles = {role.name: role for role in session.scalars(select(Role))}
    for number, (username, code, position) in enumerate(planned()):
        if code not in units:
            continue
        name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[(number * 7 + number // len(_GIVEN)) % len(_GIVEN)]
        user = User(
            username=username,
            email=f"{username}@demo.invalid",
            name=name,
            password=None,
            fs_uniquifier=secrets.token_hex(16),
            is_demo=True,
            password_changed_at=clock.now(),
        )
        session.add(user)
        session.add(Appointment(user=user, unit=units[code], role=roles[position.value], starts_on=SINCE))
    for unit in units.values():
        unit.codes_confirmed = unit.codes_confirmed or bool(unit.letter_codes)
    session.flush()


def accounts_summary(session: Session) -> list[str]:
    """Return lines naming the demo accounts people start with."""
    lines = ["演示账户（登录页点选即可进入，无须密码）："]
    for unit, people in demo_accounts(session, clock.today()).items():
        if unit in {
            "平塘县民政局",
            "黔南州救助管理站",
            "黔南布依族苗族自治州民政局",
            "黔南州民政局",
            "平塘县平舟镇人民政府",
            "贵州省民政厅",
        }:
            lines.append(f"  {unit}：" + "，".join(f"{username}（{titles}）" for username, _, titles in people))
    lines.append("  其余11个县（市）同样命名，如 duyun.clerk、sandu.seal")
    return lines
