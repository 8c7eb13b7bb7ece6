"""Facts of an invented person in 平塘县, for tests of papers: change only what the sentence is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from forms.kit.facts import (
    CampaignFacts,
    ContractorFacts,
    DocFacts,
    Facts,
    FindingFacts,
    OrganFacts,
    PersonFacts,
    ResidentFacts,
    VillageFacts,
)
from forms.kit.workdays import SHANGHAI
from portal.reference.organs import ORGANS

_ORGANS = {
    organ.code: OrganFacts(
        id=number,
        code=organ.code,
        name=organ.name,
        kind=organ.kind,
        region_code=organ.region_code,
        short_name=organ.short_name,
        self_word=organ.self_word,
        infra_weak=organ.infra_weak,
        child_home=organ.child_home,
        in_portal=organ.kind in {"county_bureau", "central_station", "prefecture_bureau", "county_station"},
    )
    for number, organ in enumerate(ORGANS, start=1)
}


def organ(code: str) -> OrganFacts:
    """Return a real organ of the reference data by its code, e.g. 522727-bureau."""
    return _ORGANS[code]


def moment(text: str) -> datetime:
    """Read 2026-09-28 18:30 as a minute of the Shanghai clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MAN = PersonFacts(
    case_no="522727-2026-0012",
    identity_status="unknown",
    alias="河滨路男",
    sex="男",
    age_min=50,
    age_max=55,
    admitted_at=moment("2026-09-28 18:30"),
    region_code="522727",
    health=("good",),
)
ZHANG = PersonFacts(
    case_no="522727-2026-0015",
    identity_status="confirmed",
    name="张守田",
    sex="男",
    birth_date=date(1974, 3, 2),
    id_number="522727197403020015",
    hukou_address="贵州省平塘县通州镇",
    admitted_at=moment("2026-09-28 18:30"),
    region_code="522727",
    health=("good",),
)

#: The person of a paper that is not about one.
NOBODY = PersonFacts(case_no="")
#: A private home for the elderly, approved by the province for 20 persons of 平塘县, with an agreement in force.
HOME = ContractorFacts(
    key="5c1f7c1e-0d6b-4b0e-9f57-2f6f0f1c2a01",
    name="平塘县松柏苑养老服务中心",
    uscc="52522727MJR000123Y",
    kind="social_org",
    operator="",
    serves=("adult", "elderly", "disabled"),
    state="effective",
    region_code="522727",
    county="522727",
    beds=120,
    price_month=300000,
    named=True,
    quota=20,
    whole_quota=20,
    valid_from=date(2026, 7, 20),
    valid_to=date(2027, 12, 31),
    approval_no="黔民函〔2026〕88号",
    approved_on=date(2026, 7, 20),
    agreed_from=date(2026, 8, 1),
    agreed_to=date(2027, 12, 31),
)


#: A screening campaign as the township of 平舟镇 sees it; its three villages have handed in.
CAMPAIGN = CampaignFacts(
    key="c" * 32,
    name="2026年特殊群体关爱服务专项排查",
    screening_due=date(2026, 10, 30),
    clearing_due=date(2026, 11, 30),
    villages=tuple(
        VillageFacts(village.code, village.name, True, persons, seen, counts)
        for village, persons, seen, counts in (
            (
                organ("522727100-01"),
                3,
                2,
                {"left_elder": 2, "left_child": 1, "disabled": 1, "problems": 2, "cleared": 1},
            ),
            (
                organ("522727100-02"),
                2,
                2,
                {"mental": 1, "suspected": 1, "other": 1, "not_covered": 1, "problems": 1},
            ),
            (organ("522727100-03"), 1, 0, {"left_woman": 1}),
        )
    ),
)
GRANNY = ResidentFacts(
    key="d" * 32,
    name="罗阿秀",
    sex="女",
    birth_date=date(1950, 3, 2),
    village="平塘县平舟镇京舟村村民委员会",
    town="平塘县平舟镇人民政府",
    id_number="522727195003020029",
    categories=("left_elder",),
    updated_on=date(2026, 9, 28),
    visited_on=date(2026, 9, 28),
)


def finding(number: int = 1, **columns: Any) -> FindingFacts:
    """Return a hazard of a private eldercare place on the list of 平舟镇, numbered 问522727-2026-000n."""
    first: dict[str, Any] = {
        "key": f"{number:032d}",
        "number": f"问522727-2026-{number:04d}",
        "found_on": date(2026, 10, 8),
        "source": "thematic",
        "subject": "平舟镇夕阳红养老院",
        "kind": "场所消防",
        "detail": "疏散通道堆放杂物",
        "measure": "清理通道",
        "owner_unit": "平塘县平舟镇人民政府",
        "owner_name": "陆永福",
        "due_on": date(2026, 11, 30),
        "result": "open",
    }
    return FindingFacts(**{**first, **columns})


#: Whom papers about no case speak of.
NOBODY = PersonFacts(case_no="", region_code="522727")


def facts(issuer: str = "522727-bureau", now: str = "2026-10-13 09:00", **changes: Any) -> Facts:
    """Return the facts of an unidentified man of 平塘县 as seen by an organ at a moment."""
    region = issuer[:6]
    county = {
        organ.kind: organ
        for organ in _ORGANS.values()
        if organ.region_code == region and organ.kind not in {"township", "village"}
    }
    above = {organ.kind: organ for organ in _ORGANS.values() if organ.region_code in {"520000", "522700"}}
    at = moment(now)
    plain = Facts(
        now=at,
        today=at.date(),
        issuer=organ(issuer),
        person=MAN,
        case={"first_org_name": "平塘县救助管理站"},
        county=county,
        prefecture=above,
        place=issuer,
        free_beds={"male": ["男101", "男102"], "female": ["女201"], "minor": [], "observation": ["观1"]},
    )
    return replace(plain, **changes)


def doc(code: str, state: str = "closed", *, answers: Mapping[str, Any] | None = None, **columns: Any) -> DocFacts:
    """Return an earlier paper of the case."""
    signed = {"signed_on": date(2026, 10, 12)} if state == "closed" else {}
    first = {"issuer": "平塘县民政局", "title": code, "closed_at": moment("2026-10-12 10:00"), **signed, **columns}
    return DocFacts(id=7, uuid="0" * 32, code=code, state=state, answers=dict(answers or {}), **first)


def rules_hit(paper: Any, known: Facts) -> set[str]:
    """Return the numbers of the rules that stand against a paper."""
    return {problem.rule for problem in paper.problems(known) if problem.rule}
