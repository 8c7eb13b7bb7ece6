"""Effects: what becomes true when a paper reaches a milestone. The paper says it, a service makes it so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forms.kit.chains import Milestone


@dataclass(frozen=True)
class CaseOpened:
    """A case with its number and person: 求助登记 (P-01), or 应急先行接收 for a county that has not registered yet (P-18).

    `unit` is the code of the organ that first received the person, the issuer when empty; it fixes the responsible
    county. `case_no` names an open case of that county to be joined instead of opening another.
    """

    person: Mapping[str, Any]
    admitted_at: datetime
    place: str = ""
    unit: str = ""
    case_no: str = ""


@dataclass(frozen=True)
class CaseUpdated:
    """Columns of the case or of its person that this paper sets; the answers of the admission follow."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class IdentityConfirmed:
    """身份查明: the person gets name and number, notices and clocks end, all papers follow (R-14)."""

    name: str
    sex: str
    birth_date: date
    id_number: str
    hukou_address: str
    confirmed_at: datetime
    channel: str


@dataclass(frozen=True)
class PersonMoved:
    """The person is cared for somewhere else from now on; the responsible county stays (R-28)."""

    place: str  # unit code
    at: datetime
    ward: str = ""
    bed: str = ""
    case_no: str = ""  # a companion's case named on the paper; the paper's own when empty


@dataclass(frozen=True)
class BedReserved:
    """A bed of the central station is kept for the person (R-33)."""

    ward: str
    bed: str
    case_no: str = ""  # a companion's case named on the paper; the paper's own when empty


@dataclass(frozen=True)
class BedReleased:
    """The bed kept for the person is free again: refused at the door, or gone on from the station."""

    case_no: str = ""


@dataclass(frozen=True)
class StayEnded:
    """离站: the case closes with its exit method (P-04, P-17)."""

    method: str
    at: datetime


@dataclass(frozen=True)
class RequestAnswered:
    """The paper this one answers is settled."""

    outcome: str


@dataclass(frozen=True)
class ClocksCancelled:
    """Running limits of the case that end without fault, because what they guard has fallen away (R-07).

    `of_contractor`: those the county has with the contractor the paper names, but for those already overdue (R-46).
    """

    limits: tuple[str, ...]
    why: str
    of_contractor: bool = False


@dataclass(frozen=True)
class TaskOpened:
    """Another paper is now due from somebody: shown on their first page until that paper is submitted."""

    paper: str
    unit: str  # unit code, or "issuer", "county"
    why: str
    rule: str


@dataclass(frozen=True)
class CaseFlagged:
    """A mark on the person that everybody who opens the file sees, for instance 重点关注 (R-71)."""

    flag: str
    why: str


@dataclass(frozen=True)
class ContractorProposed:
    """A contractor comes on file with what the filing or request says of it, or is proposed anew (P-26, P-27)."""

    values: Mapping[str, Any]  # columns of the contractor


@dataclass(frozen=True)
class ContractorWithdrawn:
    """The filing or request comes to nothing: unless another proposes or permits it, the contractor may be proposed anew."""

    why: str


@dataclass(frozen=True)
class ContractorChanged:
    """Columns of the contractor that this paper sets: its state."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class ContractorGranted:
    """A filing or a reply permits one county to use the contractor: number and validity are that county's alone (R-45).

    `record` are the columns of the contractor as the county stated them. They count unless another county uses it.
    An empty `approval_no` means the number and day of the paper itself, the county's own filing.
    """

    county: str  # region code
    quota: int
    valid_from: date | None
    valid_to: date | None
    record: Mapping[str, Any]
    approval_no: str = ""
    approved_on: date | None = None


@dataclass(frozen=True)
class ContractorAgreed:
    """A county has signed its agreement with the contractor, for a term and a price in 分 (P-31)."""

    county: str  # region code
    agreed_from: date | None
    agreed_to: date | None
    price_month: int


@dataclass(frozen=True)
class Placed:
    """The person of the case is in the custody of the contractor the paper names, from a day on (P-32)."""

    starts_on: date


@dataclass(frozen=True)
class PlacementEnded:
    """The custody of the person ends on a day (P-37)."""

    ends_on: date
    reason: str


@dataclass(frozen=True)
class DraftOpened:
    """Another paper is begun, filled in as far as this one knows, and lies on the drafter's desk (R-55).

    `case_no` names one of the persons of this paper; the paper's own record when empty.
    """

    paper: str
    answers: Mapping[str, Any]
    case_no: str = ""


@dataclass(frozen=True)
class ResidentRecorded:
    """The file of a resident is opened or brought up to date with a checked 附件1 (P-58)."""

    values: Mapping[str, Any]  # columns of the resident
    updated_on: date


@dataclass(frozen=True)
class ResidentChanged:
    """A decision changes what the resident's file says: boxes of the 附件1, empty ones to be asked anew (P-69, P-72)."""

    answers: Mapping[str, Any]


@dataclass(frozen=True)
class ResidentVisited:
    """The resident was seen on a day (R-80)."""

    on: date


@dataclass(frozen=True)
class ProblemFound:
    """A problem goes on the list (§3.15). `due_on` is counted by the service where it is empty (R-76, R-78)."""

    source: str
    subject: str
    kind: str
    detail: str
    found_on: date
    measure: str = ""
    owner_name: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class ProblemsNoticed:
    """This letter hands problems of the list to a department (抄告函, P-62)."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class ProblemAnswered:
    """How problems of the list stand after an answer from outside (P-63)."""

    keys: tuple[str, ...]
    result: str  # rectified / refused / unfounded
    note: str


#: What happens to contractors and who is placed with them.
CustodyEffect = (
    ContractorProposed
    | ContractorWithdrawn
    | ContractorChanged
    | ContractorGranted
    | ContractorAgreed
    | Placed
    | PlacementEnded
)
#: What happens to residents on file and to problems on the lists.
GroupEffect = (
    ResidentRecorded | ResidentChanged | ResidentVisited | ProblemFound | ProblemsNoticed | ProblemAnswered
)
Effect = (
    CaseOpened
    | CaseUpdated
    | IdentityConfirmed
    | PersonMoved
    | BedReserved
    | BedReleased
    | StayEnded
    | RequestAnswered
    | ClocksCancelled
    | TaskOpened
    | CaseFlagged
    | CustodyEffect
    | DraftOpened
    | GroupEffect
)


@dataclass(frozen=True)
class Starts:
    """A legal clock begins: `limit` is a code of the catalogue of limits.

    `trigger` names the moment in law: a box of this paper, or one of `now`, `today`, `admitted_at`, `served_on`,
    `received_at`; anything else the paper resolves in `due_trigger`. `unless_identified` starts it only while the
    identity is not confirmed.
    `owner`: "issuer", "county" (responsible bureau), "settler" (the bureau that settles, A-08) or "counterpart".
    """

    limit: str
    on: Milestone
    trigger: str
    owner: str = "issuer"
    unless_identified: bool = False
    shown_when: Any = None
    of_contractor: bool = False  # of the contractor the paper names, not of its person
    thread_box: str = ""  # of the organ, once for each value of this box: the first of a thread (P-50)
    met_at: str = (
        ""  # box with the moment the duty was met already: the limit is kept to show whether in time
    )
    row_when: Any = None  # of several persons, only those whose row meets this condition


@dataclass(frozen=True)
class Settles:
    """A legal clock of the record the paper is about is met when this paper reaches the milestone.

    `shown_when` is a condition on the paper's boxes. `at` names the box with the day or minute on which the duty was
    met, where that lies before the record of it: what an outside party did counts from then, not from our typing.
    """

    limit: str
    on: Milestone
    shown_when: Any = None
    at: str = ""
    of_contractor: bool = False


@dataclass(frozen=True)
class Needed:
    """A line of the attachment checklist: kind, words, whether it must be there, and when."""

    kind: str
    label: str
    required: bool = True
    shown_when: Any = None
    dated: bool = False  # the uploader states the date of the material
    note: str = ""
    least_width: int = 0  # a picture at least so many pixels wide; 0 for any file
    after_issue: bool = False  # may be added while the paper is out, e.g. clippings of a published notice
