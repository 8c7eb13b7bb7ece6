"""A portal in which something has happened: a few persons' stories, a screening of the special groups, an institution.

Also what comes before the journeys that begin in the middle.
"""

from datetime import date, timedelta

from sqlalchemy import select

from portal import clock, create_app
from portal.db import transaction
from portal.extensions import db
from portal.models import Campaign, Contractor, ContractorTerm, Resident, Unit
from portal.services.demo.chains import Screening, Settlement
from portal.services.demo.stories import Plot, Story
from portal.services.demo.teller import Teller
from portal.web.common import settings
from portal.workshop import works_of

#: Of the demo's stories those that show most kinds of pages in the least time.
PLOTS = (
    Plot("pingtang", 18, "accepted"), Plot("pingtang", 15, "request_signed"), Plot("luodian", 14, "received"),
    Plot("pingtang", 5, "returned_draft"), Plot("pingtang", 1.1, "known", known=True),
)  # fmt: skip

#: How long the two whose settlement is asked for have been in care: their three months were full five days ago.
WAITED = 97


def tell() -> None:
    """Fill the portal's data with what has happened."""
    with create_app().app_context():
        teller = Teller(db.session, works_of(settings()))
        told = [*Screening(teller).chapters()]
        for number, plot in enumerate(PLOTS):
            told += Story(teller, number, plot).chapters()
        for at, chapter in sorted(told, key=lambda each: each[0]):
            chapter(at)
        with transaction(db.session) as session:
            bureau = session.scalars(select(Unit).where(Unit.code == "522727-bureau")).one()
            session.add(institution(bureau))


def wait() -> None:
    """Two men of one day, looked for in vain for three months, with everything that is done meanwhile."""
    with create_app().app_context():
        story = Settlement(Teller(db.session, works_of(settings())), days=WAITED, numbers=(48, 53), reach="due")
        for at, chapter in story.chapters():
            chapter(at)


def arrive() -> None:
    """Two men of one day are taken in and looked up."""
    with create_app().app_context():
        story = Settlement(Teller(db.session, works_of(settings())), days=10, numbers=(48, 53), reach="due")
        at, taken_in = next(story.chapters())
        taken_in(at)


def third_village() -> None:
    """Bring the last of a township's villages in: one old man on file."""
    with create_app().app_context(), transaction(db.session) as session:
        village = session.scalars(select(Unit).where(Unit.code == "522727100-03")).one()
        campaign = session.scalars(select(Campaign)).one()
        assert village.parent_id is not None
        session.add(
            Resident(
                village=village, town_id=village.parent_id, region_code=campaign.region_code, campaign_id=campaign.id,
                name="莫老四", sex="男", birth_date=date(1945, 2, 3), categories=["left_elder"], answers={},
                updated_on=clock.today(),
            )
        )  # fmt: skip


def institution(bureau: Unit) -> Contractor:
    """Return an institution for custody whose name is as long as they get and whose reply runs out soon."""
    today = clock.today()
    return Contractor(
        uscc="12522727MB1A00001X", name="黔南布依族苗族自治州平塘县社会福利院（平塘县特困人员供养服务中心）",
        kind="public_welfare", serves=["elder"], region_code=bureau.region_code, state="effective", beds=120,
        price_month=280000, answers={}, proposed_by_id=bureau.id, proposed_at=clock.now(),
        terms=[ContractorTerm(
            region_code=bureau.region_code, quota=30, price_month=280000, valid_from=today - timedelta(days=300),
            valid_to=today + timedelta(days=20), approval_no="黔民函〔2026〕12号",
        )],
    )  # fmt: skip
