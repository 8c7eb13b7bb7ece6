"""The papers the portal knows, in the order of the chain. A new paper is one module and one line here."""

from collections.abc import Mapping

from forms.child_home_acceptance import ChildHomeAcceptance
from forms.dna_request import DnaRequest
from forms.help_registration import HelpRegistration
from forms.identity_assist_request import IdentityAssistRequest
from forms.kit.paper import Paper
from forms.minor_transfer_letter import MinorTransferLetter
from forms.police_check_result import PoliceCheckResult
from forms.police_escort_handover import PoliceEscortHandover
from forms.tracing_notice import TracingNotice
from forms.transfer_handover import TransferHandover
from forms.transfer_reply import TransferReply
from forms.transfer_request import TransferRequest

ALL: tuple[type[Paper], ...] = (
    HelpRegistration,
    PoliceEscortHandover,
    TransferRequest,
    TransferReply,
    TransferHandover,
    TracingNotice,
    DnaRequest,
    PoliceCheckResult,
    IdentityAssistRequest,
    MinorTransferLetter,
    ChildHomeAcceptance,
)

PAPERS: Mapping[str, type[Paper]] = {paper.code: paper for paper in ALL}
