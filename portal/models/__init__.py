"""Tables: what outlives a paper, the papers on their way, and the one log."""

from portal.models.cases import Bed, Case, Person, SearchTerm
from portal.models.documents import Attachment, Document, DocumentCopy, Participation, SubmissionKey, Task
from portal.models.letters import IncomingSeries, Letter, NumberSeries, Printing
from portal.models.limits import RateLimit
from portal.models.log import Event, LogHead
from portal.models.people import Appointment, Delegation, LoginSession, Role, Unit, User
from portal.models.time import CalendarDay, CalendarYear, Clock, Setting

__all__ = [
    "Appointment", "Attachment", "Bed", "CalendarDay", "CalendarYear", "Case", "Clock", "Delegation", "Document",
    "DocumentCopy", "Event", "IncomingSeries", "Letter", "LogHead", "LoginSession", "NumberSeries", "Participation",
    "Person", "Printing", "RateLimit", "Role", "SearchTerm", "Setting", "SubmissionKey", "Task", "Unit", "User",
]  # fmt: skip
