"""Facts: a read-only snapshot of what a paper's rules may know, gathered by a service before they run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from forms.kit.timespan import full_years


@dataclass(frozen=True)
class OrganFacts:
    """An organ as papers see it."""

    id: int
    code: str
    name: str
    kind: str
    region_code: str
    short_name: str = ""
    self_word: str = "我县"
    infra_weak: bool = False
    child_home: bool = False
    in_portal: bool = False
    seal_mm: int = 42
    phone: str = ""

    @property
    def place(self) -> str:
        """The county or city the organ's name begins with: 平塘县民政局 → 平塘县."""
        for suffix in ("民政局", "公安局", "人民政府", "救助管理站", "综合执法局"):
            if self.name.endswith(suffix):
                return self.name.removesuffix(suffix)
        return self.name


@dataclass(frozen=True)
class DocFacts:
    """An earlier paper of the same case, in its present state. Moments are aware, UTC."""

    id: int
    uuid: str
    code: str
    state: str
    title: str
    answers: Mapping[str, Any]
    issuer: str
    doc_no: str | None = None
    signed_on: date | None = None
    submitted_at: datetime | None = None
    sent_at: datetime | None = None
    served_on: date | None = None
    received_at: datetime | None = None
    incoming_no: str | None = None
    closed_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Neither void nor rejected nor dropped nor still on the drafter's desk."""
        dropped = self.state == "closed" and self.signed_on is None and self.sent_at is None
        return not dropped and self.state not in {"void", "rejected", "draft", "returned", "withdrawn"}

    @property
    def issued(self) -> bool:
        """Sent out, or completed as a form."""
        return self.live and (self.sent_at is not None or self.closed_at is not None)


@dataclass(frozen=True)
class PersonFacts:
    """The person of a case as known now (§3.1.1)."""

    case_no: str
    identity_status: str = "unknown"  # confirmed / claimed / unknown
    name: str = ""
    alias: str = ""
    sex: str = ""
    birth_date: date | None = None
    age_min: int | None = None
    age_max: int | None = None
    id_number: str = ""
    hukou_address: str = ""
    mental_status: str = "normal"
    health: Sequence[str] = ()
    admitted_at: datetime | None = None
    region_code: str = ""
    open: bool = True

    @property
    def identified(self) -> bool:
        """Only a confirmed identity counts (§3.1.1)."""
        return self.identity_status == "confirmed"

    @property
    def display_name(self) -> str:
        """Name in lists: the name when there is one, else the station's 临时称谓 (§0.4)."""
        return self.name if self.identified or (self.identity_status == "claimed" and self.name) else self.alias

    def age_on(self, day: date) -> int | None:
        """Full years on `day`, None when the birth date is unknown."""
        return None if self.birth_date is None else full_years(self.birth_date, day)

    def minor_on(self, day: date) -> bool:
        """Tell whether the person is, or must be treated as, under 18 (A-09)."""
        age = self.age_on(day)
        if age is not None:
            return age < 18
        return self.age_min is not None and self.age_min < 18


@dataclass(frozen=True)
class PlacedFacts:
    """One person in a contractor's custody now."""

    case_no: str
    name: str
    region_code: str  # the county that placed and pays
    starts_on: date
    minor: bool = False


def places_left(quota: int, placed: int, beds: int, taken: int) -> int:
    """Return how many more persons a county may place: within its own number, and within the beds of the house (R-45).

    `placed` are the county's persons there, `taken` the beds all counties use.
    """
    return max(0, min(quota - placed, beds - taken))


@dataclass(frozen=True)
class ContractorFacts:
    """A custody institution as known now (§3.8), with what one county has with it. `key` names it in boxes; money in 分.

    Number, price, validity, approval and agreement are those of `county`, whose paper this is; `named` tells whether a
    filing or reply names that county. Beds, state and `placed` are those of the house, `whole_quota` of all counties.
    """

    key: str
    name: str
    uscc: str
    kind: str  # public_welfare … enterprise
    operator: str
    serves: Sequence[str]
    state: str  # proposed / effective / suspended / refused / withdrawn / ended
    region_code: str
    county: str  # region code
    beds: int
    price_month: int
    named: bool = False
    quota: int = 0
    whole_quota: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    approval_no: str = ""  # of the reply, or of the county's own filing
    approved_on: date | None = None
    agreed_from: date | None = None
    agreed_to: date | None = None
    placed: Sequence[PlacedFacts] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)  # of the filing or request that proposed it

    def placed_by(self, region_code: str) -> Sequence[PlacedFacts]:
        """Return the persons one county has placed here."""
        return [each for each in self.placed if each.region_code == region_code]

    @property
    def free(self) -> int:
        """Places left for the county."""
        return places_left(self.quota, len(self.placed_by(self.county)), self.beds, len(self.placed))


@dataclass(frozen=True)
class FindingFacts:
    """One problem on the list (§3.15)."""

    key: str
    number: str
    found_on: date
    source: str  # screening / thematic / visit / complaint / superior
    subject: str
    kind: str
    detail: str
    measure: str
    owner_unit: str
    owner_name: str
    due_on: date
    result: str  # open / rectified / refused / unfounded
    village: str = ""
    notice_no: str = ""
    cleared_on: date | None = None
    cleared_by: str = ""


@dataclass(frozen=True)
class ResidentFacts:
    """A person of the special groups on file (一人一档); `answers` are those of the newest 附件1."""

    key: str
    name: str
    sex: str
    birth_date: date
    village: str
    town: str
    id_number: str = ""
    categories: Sequence[str] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    updated_on: date | None = None
    visited_on: date | None = None
    open: bool = True

    def age_on(self, day: date) -> int:
        """Full years on `day`."""
        return full_years(self.birth_date, day)


@dataclass(frozen=True)
class VillageFacts:
    """What the forms of one village add up to (附件2, §3.14). `counts` by column; `reported` once any form is in."""

    code: str
    name: str
    reported: bool
    residents: int
    visited: int  # seen in the calendar month of today
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CampaignFacts:
    """A screening campaign (A-19) with the villages of the issuing township, in the order of their codes."""

    key: str
    name: str
    screening_due: date
    clearing_due: date
    villages: Sequence[VillageFacts] = ()


@dataclass(frozen=True)
class Member:
    """A person a paper about several may name: as known now, with their own papers, newest first."""

    person: PersonFacts
    papers: Mapping[str, Sequence[DocFacts]] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)  # the answers of the admission

    def issued(self, code: str) -> DocFacts | None:
        """Return the newest paper of a kind that has gone out or been completed."""
        return next((doc for doc in self.papers.get(code, ()) if doc.issued), None)

    def latest(self, code: str) -> DocFacts | None:
        """Return the newest live paper of a kind, None when there is none."""
        return next((doc for doc in self.papers.get(code, ()) if doc.live), None)


@dataclass(frozen=True)
class Facts:
    """Everything the rules of a paper may know. `now` is aware; `today` is the Shanghai day.

    `person` is that of the case; empty for papers about something else.
    """

    now: datetime
    today: date
    issuer: OrganFacts
    person: PersonFacts
    case: Mapping[str, Any] = field(default_factory=dict)  # the answers of the admission (P-01)
    county: Mapping[str, OrganFacts] = field(default_factory=dict)  # organs of the responsible county, by kind
    townships: Sequence[OrganFacts] = ()  # of the responsible county (of all, for the prefecture), by code
    prefecture: Mapping[str, OrganFacts] = field(default_factory=dict)  # organs above the counties, by kind
    papers: Mapping[str, Sequence[DocFacts]] = field(default_factory=dict)  # newest first, by paper code
    request: DocFacts | None = None  # the paper this one answers
    request_attached: frozenset[str] = frozenset()  # kinds of attachment that came with it
    attached: frozenset[str] = frozenset()  # kinds of attachment uploaded to this paper
    attached_dates: Mapping[str, date] = field(default_factory=dict)  # the date each attachment is about
    photo: str | None = None  # reference "sha256:…" of the person's photo in the store
    place: str = ""  # where the person is cared for now: unit code
    free_beds: Mapping[str, Sequence[str]] = field(default_factory=dict)  # ward → free bed labels
    others: Mapping[str, PersonFacts] = field(
        default_factory=dict
    )  # open cases named on the paper, by case number
    admissions_12_months: int = 1
    same_id_cases: Sequence[str] = ()  # numbers of other cases under the ID number typed on the paper
    #: Files and unchecked forms of the village under the name, sex and birth date typed.
    same_residents: Sequence[str] = ()
    aliases_taken: frozenset[str] = frozenset()  # 临时称谓 other cases of the county use this year (§3.1.1)
    exists: bool = True  # False while the admission itself is being written
    clocks: Mapping[str, datetime] = field(default_factory=dict)  # open limits: code → due moment
    settings: Mapping[str, Any] = field(default_factory=dict)  # [D] values
    working_day: bool = True
    counterpart: OrganFacts | None = None
    contractor: ContractorFacts | None = None
    contractors: Sequence[ContractorFacts] = ()  # those the issuing county may choose from, by name
    resident: ResidentFacts | None = None
    campaign: CampaignFacts | None = None
    campaigns: Sequence[CampaignFacts] = ()  # those under way in the county, newest first
    findings: Sequence[FindingFacts] = ()  # problems of the record or, for an organ's paper, of the organ's area
    members: Mapping[str, Member] = field(default_factory=dict)  # by case number, for papers about several persons

    @property
    def unidentified(self) -> bool:
        """The identity is not confirmed; a claimed name is not enough."""
        return not self.person.identified

    def latest(self, code: str) -> DocFacts | None:
        """Return the newest live paper of a kind, None when there is none."""
        return next((doc for doc in self.papers.get(code, ()) if doc.live), None)

    def issued(self, code: str) -> DocFacts | None:
        """Return the newest paper of a kind that has gone out or been completed."""
        return next((doc for doc in self.papers.get(code, ()) if doc.issued), None)

    @property
    def published_notice(self) -> DocFacts | None:
        """The tracing notice that is out and not recalled, None when there is none (R-24)."""
        notice = self.issued("tracing_notice")
        return notice if notice is not None and notice.state != "closed" else None

    @property
    def of_prefecture(self) -> bool:
        """Prefecture-level case: first received by the central station (R-35)."""
        return self.person.region_code == "522700"
