"""The papers the portal knows, in the order of the chain. A new paper is one module and one line here."""

from collections.abc import Mapping

from forms.at_risk_register import AtRiskRegister
from forms.bureau_custody_inspection import BureauCustodyInspection
from forms.case_by_case_minutes import CaseByCaseMinutes
from forms.center_return_handover import CenterReturnHandover
from forms.centralised_support_transfer import CentralisedSupportTransfer
from forms.child_home_acceptance import ChildHomeAcceptance
from forms.complaint_record import ComplaintRecord
from forms.contractor_monthly_inspection import ContractorMonthlyInspection
from forms.contractor_public_filing import ContractorPublicFiling
from forms.contractor_request_county import ContractorRequestCounty
from forms.contractor_request_prefecture import ContractorRequestPrefecture
from forms.custody_agreement import CustodyAgreement
from forms.custody_rectification import CustodyRectification
from forms.department_feedback import DepartmentFeedback
from forms.department_notice_letter import DepartmentNoticeLetter
from forms.disability_assessment_referral import DisabilityAssessmentReferral
from forms.dna_request import DnaRequest
from forms.emergency_intake import EmergencyIntake
from forms.escort_return_handover import EscortReturnHandover
from forms.escort_return_letter import EscortReturnLetter
from forms.guardian_change import GuardianChange
from forms.guardian_duty_notice import GuardianDutyNotice
from forms.guardianship_assessment import GuardianshipAssessment
from forms.hardship_report import HardshipReport
from forms.help_registration import HelpRegistration
from forms.hospital_inspection import HospitalInspection
from forms.household_cancellation_letter import HouseholdCancellationLetter
from forms.household_registration_result import HouseholdRegistrationResult
from forms.identity_assist_request import IdentityAssistRequest
from forms.identity_confirmation import IdentityConfirmation
from forms.insurance_backclaim import InsuranceBackclaim
from forms.kit.paper import Paper
from forms.lifelong_tracing_log import LifelongTracingLog
from forms.mandatory_report import MandatoryReport
from forms.medical_referral import MedicalReferral
from forms.medical_settlement import MedicalSettlement
from forms.minor_transfer_letter import MinorTransferLetter
from forms.monthly_visit import MonthlyVisit
from forms.needs_assessment import NeedsAssessment
from forms.outflow_ledger import OutflowLedger
from forms.placement_approval import PlacementApproval
from forms.placement_termination import PlacementTermination
from forms.police_check_result import PoliceCheckResult
from forms.police_escort_handover import PoliceEscortHandover
from forms.police_registration_letter import PoliceRegistrationLetter
from forms.problem_list import ProblemList
from forms.provincial_reply import ProvincialReply
from forms.provincial_reply_record import ProvincialReplyRecord
from forms.psychiatric_referral import PsychiatricReferral
from forms.quick_identity_check import QuickIdentityCheck
from forms.rectification_report import RectificationReport
from forms.reply_forwarding_letter import ReplyForwardingLetter
from forms.revisit_record import RevisitRecord
from forms.screening_form import ScreeningForm
from forms.screening_summary import ScreeningSummary
from forms.settlement_application import SettlementApplication
from forms.settlement_government_reply import SettlementGovernmentReply
from forms.settlement_plan_notice import SettlementPlanNotice
from forms.settlement_plan_request import SettlementPlanRequest
from forms.stay_and_exit_record import StayAndExitRecord
from forms.stay_extension_filing import StayExtensionFiling
from forms.support_agreement import SupportAgreement
from forms.tekun_confirmation import TekunConfirmation
from forms.tekun_exclusion_record import TekunExclusionRecord
from forms.tekun_inclusion_letter import TekunInclusionLetter
from forms.tekun_termination_letter import TekunTerminationLetter
from forms.thematic_screening import ThematicScreening
from forms.tracing_notice import TracingNotice
from forms.transfer_handover import TransferHandover
from forms.transfer_reply import TransferReply
from forms.transfer_request import TransferRequest
from forms.transport_negotiation import TransportNegotiation
from forms.unlicensed_eldercare_case import UnlicensedEldercareCase

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
    ContractorRequestPrefecture,
    ProvincialReply,
    ProvincialReplyRecord,
    ReplyForwardingLetter,
    CustodyAgreement,
    PlacementApproval,
    MinorTransferLetter,
    ChildHomeAcceptance,
    ContractorMonthlyInspection,
    BureauCustodyInspection,
    CustodyRectification,
    RectificationReport,
    PlacementTermination,
    SettlementApplication,
    SettlementPlanRequest,
    SettlementPlanNotice,
    SettlementGovernmentReply,
    PoliceRegistrationLetter,
    HouseholdRegistrationResult,
    TekunInclusionLetter,
    TekunExclusionRecord,
    TekunConfirmation,
    HouseholdCancellationLetter,
    TekunTerminationLetter,
    MedicalReferral,
    MedicalSettlement,
    InsuranceBackclaim,
    HospitalInspection,
    EscortReturnLetter,
    EscortReturnHandover,
    GuardianDutyNotice,
    AtRiskRegister,
    OutflowLedger,
    RevisitRecord,
    NeedsAssessment,
    ScreeningForm,
    ScreeningSummary,
    ProblemList,
    ThematicScreening,
    DepartmentNoticeLetter,
    DepartmentFeedback,
    UnlicensedEldercareCase,
    MandatoryReport,
    MonthlyVisit,
    HardshipReport,
    CaseByCaseMinutes,
    CentralisedSupportTransfer,
    SupportAgreement,
    GuardianshipAssessment,
    GuardianChange,
    PsychiatricReferral,
    DisabilityAssessmentReferral,
    ComplaintRecord,
)

PAPERS: Mapping[str, type[Paper]] = {paper.code: paper for paper in ALL}
