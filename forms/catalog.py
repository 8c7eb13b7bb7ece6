"""The papers the portal knows, in the order of the chain. A new paper is one module and one line here."""

from collections.abc import Mapping

from forms.center_return_handover import CenterReturnHandover
from forms.child_home_acceptance import ChildHomeAcceptance
from forms.contractor_public_filing import ContractorPublicFiling
from forms.contractor_request_county import ContractorRequestCounty
from forms.dna_request import DnaRequest
from forms.emergency_intake import EmergencyIntake
from forms.help_registration import HelpRegistration
from forms.identity_assist_request import IdentityAssistRequest
from forms.identity_confirmation import IdentityConfirmation
from forms.kit.paper import Paper
from forms.lifelong_tracing_log import LifelongTracingLog
from forms.minor_transfer_letter import MinorTransferLetter
from forms.police_check_result import PoliceCheckResult
from forms.police_escort_handover import PoliceEscortHandover
from forms.quick_identity_check import QuickIdentityCheck
from forms.stay_and_exit_record import StayAndExitRecord
from forms.stay_extension_filing import StayExtensionFiling
from forms.tracing_notice import TracingNotice
from forms.transfer_handover import TransferHandover
from forms.transfer_reply import TransferReply
from forms.transfer_request import TransferRequest
from forms.transport_negotiation import TransportNegotiation

ALL: tuple[type[Paper], ...] = (
    HelpRegistration,
    PoliceEscortHandover,
    StayAndExitRecord,
    StayExtensionFiling,
    TransferRequest,
    TransferReply,
    TransferHandover,
    TransportNegotiation,
    CenterReturnHandover,
    EmergencyIntake,
    QuickIdentityCheck,
    TracingNotice,
    DnaRequest,
    PoliceCheckResult,
    IdentityAssistRequest,
    LifelongTracingLog,
    IdentityConfirmation,
    ContractorPublicFiling,
    ContractorRequestCounty,
    MinorTransferLetter,
    ChildHomeAcceptance,
)

PAPERS: Mapping[str, type[Paper]] = {paper.code: paper for paper in ALL}
