"""Tables: what outlives a paper, the papers on their way, and the one log."""

from portal.models.cases import Bed, Case, Person, SearchTerm
from portal.models.contractors import Contractor, ContractorState, ContractorTerm, Placement
from portal.models.documents import (
    Attachment,
    Document,
    DocumentCase,
    DocumentCopy,
    Participation,
    SubmissionKey,
    Task,
)
from portal.models.groups import Campaign, Finding, ProblemResult, ProblemSource, Resident
from portal.models.letters import IncomingSeries, Letter, NumberSeries, Printing
from portal.models.limits import RateLimit
from portal.models.log import Event, LogHead
from portal.models.people import Appointment, Delegation, LoginSession, Role, Unit, User
from portal.models.time import CalendarDay, CalendarYear, Clock, Setting

__all__ = [
    "Appointment", "Attachment", "Bed", "CalendarDay", "CalendarYear", "Campaign", "Case", "Clock", "Contractor",
    "ContractorState", "ContractorTerm", "Delegation", "Document", "DocumentCase", "DocumentCopy", "Event", "Finding", "IncomingSeries",
    "Letter", "LogHead", "LoginSession", "NumberSeries", "Participation", "Person", "Placement", "Printing",
    "ProblemResult", "ProblemSource", "RateLimit", "Resident", "Role", "SearchTerm", "Setting", "SubmissionKey", "Task",
    "Unit", "User",
]  # fmt: skip
