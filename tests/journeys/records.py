"""A portal in which something has happened: a few persons' stories, an institution, a campaign, a resident with problems."""

import secrets
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, create_app
from portal.db import transaction
from portal.extensions import db
from portal.models import Appointment, Campaign, Contractor, Finding, Resident, Role, Unit, User
from portal.services.demo import stories
from portal.services.demo.stories import Plot
from portal.services.demo.teller import Teller
from portal.web.common import settings
from portal.workshop import works_of

PLOTS = (
    Plot("pingtang", 18, "accepted"), Plot("pingtang", 15, "request_signed"), Plot("luodian", 14, "received"),
    Plot("pingtang", 5, "returned_draft"), Plot("pingtang", 1.1, "known", known=True),
)  # fmt: skip
TOWNSHIP, VILLAGE = "522727100", "金盆街道城南易地扶贫搬迁安置点社区居民委员会"


def tell() -> None:
    """Fill the portal's data with what has happened. Only papers need services; records are written as they stand."""
    stories.PLOTS = PLOTS  # type: ignore[assignment]  # fewer than the demo tells
    with create_app().app_context():
        stories.tell(Teller(db.session, works_of(settings())))
        with transaction(db.session) as session:
            _write(session)


def _write(session: Session) -> None:
    today, county = clock.today(), {"region_code": TOWNSHIP[:6]}
    bureau = session.scalars(select(Unit).where(Unit.code == "522727-bureau")).one()
    town = session.scalars(select(Unit).where(Unit.code == TOWNSHIP)).one()
    village = Unit(
        code=f"{TOWNSHIP}-90", name=VILLAGE, kind="village", parent_id=town.id, in_portal=True, **county
    )
    clerk = User(
        username="village.clerk", email="village.clerk@demo.invalid", name="罗春和", password=None, is_demo=True,
        fs_uniquifier=secrets.token_hex(16), password_changed_at=clock.now(),
    )  # fmt: skip
    role = session.scalars(select(Role).where(Role.name == "clerk")).one()
    campaign = Campaign(
        name="2026年冬季特殊群体关爱服务问题集中排查整治", screening_due=today + timedelta(days=9),
        clearing_due=today + timedelta(days=40), opened_by_id=1, opened_at=clock.now(), **county,
    )  # fmt: skip
    resident = Resident(
        village=village, town=town, name="罗阿秀", sex="女", birth_date=date(1950, 3, 2), categories=["left_elder", "disabled"],
        answers={"guardian_name": "罗国安", "guardian_phone": "13800000002"}, campaign_id=None, updated_on=today, **county,
    )  # fmt: skip
    contractor = Contractor(
        uscc="12522727MB1A00001X", name="黔南布依族苗族自治州平塘县社会福利院（平塘县特困人员供养服务中心）",
        kind="public_welfare", serves=["elder"], counties=[TOWNSHIP[:6]], state="effective", beds=120, quota=30,
        price_month=280000, valid_from=today - timedelta(days=300), valid_to=today + timedelta(days=20),
        reply_no="黔民函〔2026〕12号", answers={}, proposed_by_id=bureau.id, proposed_at=clock.now(), **county,
    )  # fmt: skip
    session.add_all([village, clerk, campaign, resident, contractor])
    session.add(Appointment(user=clerk, unit=village, role=role, starts_on=today - timedelta(days=30)))
    session.flush()
    for number, result in enumerate(("open", "rectified"), 1):
        session.add(_finding(number, result, resident, campaign))


def _finding(number: int, result: str, resident: Resident, campaign: Campaign) -> Finding:
    known: dict[str, Any] = {
        "region_code": resident.region_code, "town_id": resident.town_id, "resident_id": resident.id,
        "campaign_id": campaign.id, "source": "screening", "subject": resident.name, "owner_unit_id": resident.town_id,
    }  # fmt: skip
    return Finding(
        number=f"问{resident.region_code}-2026-{number:04d}", found_on=clock.today(), kind="房屋安全",
        detail="屋面漏雨，山墙开裂，雨季有垮塌风险", due_on=clock.today() - timedelta(days=1), result=result,
        evidence_sha256="0" * 64 if result == "rectified" else None, **known,
    )  # fmt: skip
