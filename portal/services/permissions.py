"""Who may do what: one table, read like a policy. What may be seen of it is `access`; when, is the chain of the paper.

A seat is a position in an organ (domain §1.2); a viewer may do what any of their seats of today may do.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from portal.models.people import Position, UnitKind
from portal.services.access import Seat, Viewer


class Permission(StrEnum):
    """A thing pages let people do."""

    OWN_ACCOUNT = "own_account"  # 本人账户、密码、会话、语言
    DEADLINE_CALCULATOR = "deadline_calculator"  # 时限测算
    WORKBENCH = "workbench"  # 工作台
    SEARCH = "search"  # 查找
    STAND_IN = "stand_in"  # 请假与代理
    CASE_READ = "case_read"  # 查看受助人员
    CASE_UNMASK = "case_unmask"  # 显示完整证件号码（留痕，R-103）
    CASE_REGISTER = "case_register"  # 求助登记
    DOCUMENT_READ = "document_read"  # 查看文书
    DOCUMENT_DRAFT = "document_draft"  # 起草文书
    DOCUMENT_ACT = "document_act"  # 办理文书（每一步由流程再行核对）
    PRINT_DESK = "print_desk"  # 文印：编号、打印、用印、发出
    UNIT_CODES = "unit_codes"  # 确认本单位发文机关代字
    REGISTERS_READ = "registers_read"  # 收发文登记、台账
    STATISTICS_READ = "statistics_read"  # 统计
    EXPORT = "export"  # 导出台账
    CONTRACTORS_READ = "contractors_read"  # 托养机构
    GROUPS_READ = "groups_read"  # 特殊群体一人一档、问题清单
    GROUPS_IMPORT = "groups_import"  # 附件1 表格导入
    CAMPAIGN_OPEN = "campaign_open"  # 开始排查批次
    PROBLEM_REPORT = "problem_report"  # 报告问题整改结果
    PROBLEM_CLEAR = "problem_clear"  # 问题销号
    BEDS_READ = "beds_read"  # 床位
    BEDS_EDIT = "beds_edit"
    CALENDAR_LOAD = "calendar_load"  # 工作日历
    UNITS_EDIT = "units_edit"  # 单位
    ACCOUNTS_EDIT = "accounts_edit"  # 账户与岗位
    SETTINGS_EDIT = "settings_edit"  # 参数
    AUDIT_VERIFY = "audit_verify"  # 校验操作记录


Rule = Callable[[Viewer], bool]

#: The desks that take a paper through an organ. The system administrator, statistician and supervisor are not among them.
WORKING = frozenset(
    {Position.CLERK, Position.REVIEWER, Position.SIGNER, Position.PRINCIPAL, Position.SEAL, Position.DUTY}
)
#: Organs that hold persons, and the bureau above them.
CASE_ORGANS = frozenset(
    {
        UnitKind.COUNTY_BUREAU,
        UnitKind.COUNTY_STATION,
        UnitKind.CENTRAL_STATION,
        UnitKind.PREFECTURE_BUREAU,
        UnitKind.CHILD_HOME,
    }
)
STATIONS = frozenset({UnitKind.COUNTY_BUREAU, UnitKind.COUNTY_STATION, UnitKind.CENTRAL_STATION})
#: Organs that choose, approve or use custody contractors.
CUSTODY_ORGANS = frozenset(
    {
        UnitKind.COUNTY_BUREAU,
        UnitKind.COUNTY_STATION,
        UnitKind.CENTRAL_STATION,
        UnitKind.PREFECTURE_BUREAU,
        UnitKind.PROVINCE,
    }
)
BUREAUS = frozenset({UnitKind.COUNTY_BUREAU})
VILLAGES = frozenset({UnitKind.VILLAGE})
#: Organs that look after the special groups; nobody above the county sees a single file (R-102).
GROUP_ORGANS = frozenset({UnitKind.COUNTY_BUREAU, UnitKind.TOWNSHIP, UnitKind.VILLAGE})
CENTRAL = frozenset({UnitKind.CENTRAL_STATION})
PREFECTURE = frozenset({UnitKind.PREFECTURE_BUREAU})
#: Seats whose holder binds an organ outwards: a second factor and a fresh proof of identity are asked of them.
SIGNING = frozenset({Position.SIGNER, Position.PRINCIPAL, Position.SEAL})


def anybody(_viewer: Viewer) -> bool:
    """Every signed-in person, also without a seat."""
    return True


def seated(viewer: Viewer) -> bool:
    """Whoever holds any seat today."""
    return bool(viewer.seats)


def seat(*positions: str, of: frozenset[UnitKind] | None = None, own: bool = False) -> Rule:
    """Whoever holds one of `positions` in an organ of one of these kinds; `own` leaves stand-ins out."""

    def holds(each: Seat) -> bool:
        return (
            each.position in positions
            and (of is None or each.unit_kind in of)
            and not (own and each.for_user is not None)
        )

    return lambda viewer: any(holds(each) for each in viewer.seats)


administrator = seat(Position.ADMIN, own=True)
working = seat(*WORKING)
case_worker = seat(*WORKING, of=CASE_ORGANS)

POLICY: Mapping[Permission, tuple[Rule, ...]] = {
    Permission.OWN_ACCOUNT: (anybody,),
    Permission.DEADLINE_CALCULATOR: (anybody,),
    Permission.WORKBENCH: (seated,),
    Permission.SEARCH: (case_worker,),
    Permission.STAND_IN: (working,),
    Permission.CASE_READ: (case_worker,),
    Permission.CASE_UNMASK: (case_worker,),
    Permission.CASE_REGISTER: (seat(Position.CLERK, of=STATIONS),),
    Permission.DOCUMENT_READ: (working,),
    Permission.DOCUMENT_DRAFT: (seat(Position.CLERK), seat(Position.DUTY, of=STATIONS)),
    Permission.DOCUMENT_ACT: (working,),
    Permission.PRINT_DESK: (seat(Position.SEAL),),
    Permission.UNIT_CODES: (seat(Position.SEAL, Position.PRINCIPAL),),
    Permission.REGISTERS_READ: (working,),
    Permission.STATISTICS_READ: (working, seat(Position.STATISTICIAN, Position.SUPERVISOR)),
    Permission.EXPORT: (working, seat(Position.STATISTICIAN)),
    Permission.CONTRACTORS_READ: (seat(*WORKING, of=CUSTODY_ORGANS),),
    Permission.GROUPS_READ: (seat(*WORKING, of=GROUP_ORGANS),),
    Permission.GROUPS_IMPORT: (seat(Position.CLERK, of=VILLAGES),),
    Permission.CAMPAIGN_OPEN: (seat(Position.CLERK, Position.REVIEWER, of=BUREAUS),),
    Permission.PROBLEM_REPORT: (seat(Position.CLERK, of=GROUP_ORGANS),),
    Permission.PROBLEM_CLEAR: (
        seat(Position.CLERK, Position.REVIEWER, Position.SIGNER, of=GROUP_ORGANS - VILLAGES),
    ),
    Permission.BEDS_READ: (seat(*WORKING, of=CENTRAL),),
    Permission.BEDS_EDIT: (seat(Position.CLERK, Position.DUTY, of=CENTRAL),),
    Permission.CALENDAR_LOAD: (administrator,),
    Permission.UNITS_EDIT: (administrator,),
    Permission.ACCOUNTS_EDIT: (administrator,),
    Permission.SETTINGS_EDIT: (administrator,),
    Permission.AUDIT_VERIFY: (administrator, seat(Position.PRINCIPAL, of=PREFECTURE)),
}


def allows(viewer: Viewer, permission: Permission) -> bool:
    """Tell whether the policy lets this viewer do it."""
    return any(rule(viewer) for rule in POLICY[permission])


def needs_second_factor(viewer: Viewer) -> bool:
    """Tell whether a seat of the viewer, own or as a stand-in, binds an organ outwards."""
    return viewer.holds(*SIGNING)
