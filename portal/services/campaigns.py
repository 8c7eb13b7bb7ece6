"""Screening campaigns: opened with their two dates, and how far the villages have come (R-75, R-76, A-19)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.kit.facts import VillageFacts
from forms.kit.rules import Problem
from portal import clock
from portal.errors import Forbidden, Invalid
from portal.models import Campaign, Finding, Unit
from portal.services import clocks, recordfile, subjectfacts
from portal.services.access import Viewer
from portal.services.clocks import ClockLine
from portal.services.events import record
from portal.services.recordfile import RecordFile
from portal.services.subjects import Subject

#: Limits of each township of the county that begin with a campaign, and the date each ends on.
_OF_TOWNS: Final = (
    ("screening_summary_due", "screening_due"),
    ("problem_clearing_due", "clearing_due"),
    ("thematic_screening_due", "screening_due"),
)


def open_one(
    session: Session, viewer: Viewer, name: str, screening_due: date | None, clearing_due: date | None
) -> Campaign:
    """Open a campaign for the viewer's county and start the two limits of each of its townships.

    Invalid without a name or with dates that are past or in the wrong order; Forbidden outside a county bureau.
    """
    seat = next((seat for seat in viewer.seats if seat.unit_kind == "county_bureau"), None)
    if seat is None:
        raise Forbidden("排查批次由县（市）民政局设立")
    problems = list(_wrong(session, seat.region_code, name.strip(), screening_due, clearing_due))
    if problems or screening_due is None or clearing_due is None:
        raise Invalid("排查批次还不能设立", problems)
    campaign = Campaign(
        region_code=seat.region_code,
        name=name.strip(),
        screening_due=screening_due,
        clearing_due=clearing_due,
        opened_by_id=viewer.user_id,
        opened_at=clock.now(),
    )
    session.add(campaign)
    session.flush()
    towns = session.scalars(
        select(Unit).where(Unit.kind == "township", Unit.region_code == seat.region_code)
    ).all()
    for town in towns:
        for code, column in _OF_TOWNS:
            day: date = getattr(campaign, column)
            clocks.start(session, code, day, owner_id=town.id, about={"campaign_id": campaign.id})
    record(
        session,
        "campaign_opened",
        actor_id=viewer.user_id,
        unit_id=seat.unit_id,
        data={"name": campaign.name, "screening_due": str(screening_due), "clearing_due": str(clearing_due)},
    )
    return campaign


def _wrong(
    session: Session, region: str, name: str, screening: date | None, clearing: date | None
) -> Iterator[Problem]:
    if not 4 <= len(name) <= 60:
        yield Problem("请填写批次名称，4至60个字", "name", "R-75")
    elif session.scalar(select(Campaign.id).where(Campaign.region_code == region, Campaign.name == name)):
        yield Problem("已有同名的排查批次，请换一个名称", "name", "R-75")
    if screening is None or screening < clock.today():
        yield Problem("请填写排查汇总截止日，不早于今天", "screening_due", "R-75")
    if clearing is None or (screening is not None and clearing < screening):
        yield Problem("请填写问题清零截止日，不早于排查汇总截止日", "clearing_due", "R-76")


@dataclass(frozen=True)
class Town:
    """How far a township has come: its limits of the campaign by code."""

    name: str
    lines: Mapping[str, ClockLine]


@dataclass(frozen=True)
class CampaignFile:
    """Everything on the page of one campaign. `villages` of the viewer's township, or of the whole county.

    `file.own` are the limits of the viewer's own organs; `towns` the townships' ones, for the county.
    """

    campaign: Campaign
    file: RecordFile
    villages: Sequence[tuple[VillageFacts, Unit]]
    problems: int
    cleared: int
    towns: Sequence[Town] = ()

    @property
    def residents(self) -> int:
        """Persons on file."""
        return sum(village.residents for village, _ in self.villages)

    @property
    def reported(self) -> int:
        """Villages of which at least one form is in."""
        return sum(village.reported for village, _ in self.villages)


def load(session: Session, viewer: Viewer, campaign: Campaign) -> CampaignFile:
    """Read the page of a campaign."""
    issuer = session.get_one(Unit, viewer.home.unit_id) if viewer.home else campaign.opened_by.appointments[0].unit
    figures = subjectfacts.villages(session, issuer, campaign, clock.today())
    if issuer.kind == "village":
        figures = [each for each in figures if each.code == issuer.code]
    units = {
        unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_([f.code for f in figures])))
    }
    counted = session.execute(
        select(func.count(Finding.id), func.count(Finding.cleared_on)).where(Finding.campaign_id == campaign.id)
    ).one()
    file = recordfile.load(session, viewer, Subject(campaign=campaign))
    ours = {seat.unit_name for seat in viewer.seats}
    return CampaignFile(
        campaign=campaign,
        file=replace(
            file,
            own=[line for line in file.own if line.owner in ours],
            ended=[line for line in file.ended if line.owner in ours],
        ),
        villages=[(each, units[each.code]) for each in figures],
        problems=counted[0],
        cleared=counted[1],
        towns=_towns(
            [line for line in [*file.own, *file.ended] if line.owner not in ours],
            issuer.name.removesuffix("民政局"),
        )
        if issuer.kind == "county_bureau"
        else (),
    )


def _towns(lines: Sequence[ClockLine], county: str) -> list[Town]:
    """Group the limits of a campaign by the township that owes them, named without the county's name."""
    found: dict[str, dict[str, ClockLine]] = {}
    for line in lines:
        found.setdefault(line.owner, {})[line.limit.code] = line
    return [Town(name.removeprefix(county), found[name]) for name in sorted(found)]
