"""Ledgers (台账, domain §5.5): read from records, papers and limits; narrowed on screen, exported, printed; nothing is typed twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.kit.limits import LIMITS
from forms.kit.phrases import Phrase, listed
from forms.kit.workdays import SHANGHAI, Calendar
from portal import clock
from portal.errors import NotFound
from portal.models import Case, Clock, Contractor, Document, Finding, Placement, Resident
from portal.services import casefile, clocks, contractors, problems, residents, settlement
from portal.services.access import (
    Viewer,
    case_scope,
    duty_units,
    finding_scope,
    resident_scope,
)
from portal.services.events import record
from portal.services.ledgerlines import (
    CASE_NO,
    FROM,
    MOST,
    NUMBER,
    SIGNED,
    TO,
    WHO,
    Line,
    Reader,
    Wanted,
    box,
    day,
    days_of,
    in_year,
    papers,
)  # fmt: skip
from portal.services.permissions import Permission
from portal.services.subjects import Subject
from portal.services.tables import Column

#: As many lines as the page shows.
SHOWN: Final = 200


@dataclass(frozen=True)
class Ledger:
    """One ledger: its lines as the viewer may see them, its columns, and the record each line leads to."""

    key: str
    title: str
    permission: Permission
    lines: Reader
    columns: Sequence[Column]
    about: Callable[[Any], Subject | Document]


# -- persons ------------------------------------------------------------------------------------------------------


def _cases(*, over: int = -1) -> Reader:
    """Return the reader of persons in care whose stay has lasted more than so many days."""

    def read(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[Case]:
        rows = session.scalars(
            select(Case)
            .where(case_scope(viewer), Case.is_open, *in_year(Case.admitted_at, wanted.year))
            .options(joinedload(Case.place), joinedload(Case.first_unit))
            .order_by(Case.admitted_at)
            .limit(wanted.most)
        )
        return [row for row in rows if casefile.days_stayed(row) > over]

    return read


_PERSON: Final = (
    Column("救助编号", 4, lambda case: case.case_no),
    Column("姓名（称谓）", 4, lambda case: case.display_name),
    Column("性别", 2, lambda case: Phrase(case.person.sex)),
    Column("年龄", 3, lambda case: casefile.age_words(case, clock.today())),
    Column("身份", 3, lambda case: Phrase(casefile.IDENTITY_WORDS[case.person.identity_status])),
    Column("入站日期", 3, lambda case: day(case.admitted_at)),
    Column("天数", 2, lambda case: str(casefile.days_stayed(case))),
    Column("首次接收单位", 5, lambda case: case.first_unit.name),
    Column("现在何处", 5, lambda case: case.place.name),
)


def _over_three_months(case: Case) -> str:
    """R-04: more than three months; the day the third month is full does not count yet."""
    admitted = case.admitted_at.astimezone(SHANGHAI).date()
    full = LIMITS["stay_three_months"].due(admitted, Calendar.published()).last_day
    return Phrase("是") if clock.today() > full else Phrase("否")


# -- contractors, residents, problems, limits ---------------------------------------------------------------------


def _contractors(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[contractors.Listed]:
    return contractors.register(session, viewer, *in_year(Contractor.proposed_at, wanted.year), most=wanted.most)


def _placements(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[Placement]:
    query = (
        select(Placement)
        .join(Case, Case.id == Placement.case_id)
        .where(case_scope(viewer), *days_of(Placement.starts_on, wanted.year))
        .options(joinedload(Placement.case), joinedload(Placement.contractor))
        .order_by(Placement.id.desc())
        .limit(wanted.most)
    )
    return session.scalars(query).all()


def _settlements(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[settlement.Line]:
    return settlement.lines(session, viewer, *in_year(Case.admitted_at, wanted.year), most=wanted.most)


def _tenth(number: int, line: settlement.Line) -> str:
    return settlement.cell(line, number)


def _residents(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[Resident]:
    query = (
        select(Resident)
        .where(resident_scope(viewer), Resident.closed_on.is_(None), *days_of(Resident.updated_on, wanted.year))
        .options(joinedload(Resident.village), joinedload(Resident.town))
        .order_by(Resident.village_id, Resident.name, Resident.id)
        .limit(wanted.most)
    )
    return session.scalars(query).all()


def _findings(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[Finding]:
    query = (
        select(Finding)
        .where(finding_scope(viewer), *days_of(Finding.found_on, wanted.year))
        .options(joinedload(Finding.owner_unit), joinedload(Finding.cleared_by), joinedload(Finding.resident))
        .order_by(Finding.number.desc())
        .limit(wanted.most)
    )
    return session.scalars(query).all()


def _limits(*codes: str) -> Reader:
    """Return the reader of running limits on the viewer's board; of some kinds where named."""

    def read(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[clocks.ClockLine]:
        of_kind = [Clock.limit.in_(codes)] if codes else []
        rows = session.scalars(
            select(Clock)
            .where(
                Clock.owner_id.in_(duty_units(viewer)),
                Clock.done_at.is_(None),
                Clock.cancelled_at.is_(None),
                *of_kind,
                *in_year(Clock.due_at, wanted.year),
            )
            .options(*clocks.SHOWN)
            .order_by(Clock.due_at)
            .limit(wanted.most)
        ).all()
        known, now = clocks.calendar(session), clock.now()
        return [clocks.line_of(row, known, now) for row in rows]

    return read


def _named(about: Subject) -> str:
    if about.case is not None:
        return about.case.display_name
    found = about.contractor or about.resident or about.campaign
    return found.name if found else ""


_LIMIT: Final = (
    Column("对象", 5, lambda line: _named(line.about)),
    Column("应办事项", 6, lambda line: Phrase(line.limit.label)),
    Column("规则", 2, lambda line: line.limit.rule),
    Column("责任单位", 5, lambda line: line.owner),
    Column("届满日", 3, lambda line: day(line.last_day)),
    Column("剩余", 4, lambda line: line.left),
    Column("怎么办", 7, lambda line: Phrase(line.limit.next_step)),
)


def _of_case(case: Case) -> Subject:
    return Subject(case=case)


def _document(line: Line) -> Document:
    return line.document


_KEPT: Final = (
    Ledger("in_care", "在站人员台账", Permission.CASE_READ, _cases(), _PERSON, _of_case),
    Ledger(
        "long_stay", "滞留人员台账（10天以上）", Permission.CASE_READ, _cases(over=10),
        (*_PERSON, Column("超过3个月", 2, _over_three_months)), _of_case,
    ),
    Ledger(
        "notices", "寻亲公告台账", Permission.CASE_READ, papers("tracing_notice"),
        (NUMBER, CASE_NO, WHO, Column("发布时间", 4, lambda line: day(line.document.sent_at)), FROM,
         Column("状态", 3, lambda line: Phrase("已撤回") if line.document.state == "closed" else Phrase("发布中"))),
        _document,
    ),
    Ledger(
        "dna", "DNA采集比对台账", Permission.CASE_READ, papers("dna_request"),
        (NUMBER, CASE_NO, WHO, TO, Column("发出", 3, lambda line: day(line.document.sent_at)),
         Column("送达", 3, lambda line: day(line.document.served_on)),
         Column("办结", 3, lambda line: day(line.document.closed_at))),
        _document,
    ),
    Ledger(
        "contractors", "托养机构名录", Permission.CONTRACTORS_READ, _contractors,
        (Column("机构名称", 7, lambda row: row.contractor.name), Column("统一社会信用代码", 5, lambda row: row.contractor.uscc),
         Column("机构性质", 4, lambda row: contractors.KIND_WORDS[row.contractor.kind]),
         Column("状态", 3, lambda row: contractors.STATE_WORDS[row.contractor.state]),
         Column("床位", 2, lambda row: str(row.contractor.beds)), Column("使用单位", 3, lambda row: row.county),
         Column("核定人数", 2, lambda row: str(row.term.quota) if row.term else ""),
         Column("批复（备案）文号", 4, lambda row: row.term.approval_no if row.term else ""),
         Column("批复（备案）日期", 3, lambda row: day(row.term.approved_on) if row.term else ""),
         Column("有效期至", 3, lambda row: day(row.term.valid_to) if row.term else ""),
         Column("协议至", 3, lambda row: day(row.term.agreed_to) if row.term else "")),
        lambda row: Subject(contractor=row.contractor),
    ),
    Ledger(
        "placements", "托养人员台账", Permission.CASE_READ, _placements,
        (Column("救助编号", 4, lambda row: row.case.case_no), Column("姓名（称谓）", 4, lambda row: row.case.display_name),
         Column("托养机构", 7, lambda row: row.contractor.name), Column("开始", 3, lambda row: day(row.starts_on)),
         Column("结束", 3, lambda row: day(row.ends_on)), Column("结束原因", 5, lambda row: row.end_reason)),
        lambda row: Subject(case=row.case),
    ),
    Ledger(
        "settlement", "落户安置台账", Permission.CASE_READ, _settlements,
        (Column("救助编号", 4, lambda line: line.case.case_no), Column("姓名（称谓）", 4, lambda line: line.case.display_name),
         Column("入站日期", 3, lambda line: day(line.case.admitted_at)),
         *(Column(head, 3, partial(_tenth, number)) for number, head in enumerate(settlement.HEADS))),
        lambda line: Subject(case=line.case),
    ),
    Ledger(
        "medical", "送医和费用台账", Permission.CASE_READ, papers("medical_settlement"),
        (NUMBER, CASE_NO, WHO, box("医疗机构", 6, "hospital"), box("总费用", 3, "total"),
         box("医保报销", 3, "insured_part"), box("医疗救助", 3, "medical_aid"), box("自付", 3, "self_part"),
         box("承担单位", 5, "payer")),
        _document,
    ),
    Ledger(
        "returns", "接送返回台账", Permission.CASE_READ, papers("escort_return_letter", "escort_return_handover"),
        (NUMBER, SIGNED, CASE_NO, WHO, Column("文书", 5, lambda line: Phrase(line.paper.title)), TO, FROM),
        _document,
    ),
    Ledger(
        "at_risk", "易走失人员库", Permission.DOCUMENT_READ, papers("at_risk_register"),
        (SIGNED, WHO, Column("标题", 8, lambda line: line.document.title), FROM), _document,
    ),
    Ledger(
        "outflow", "流出流浪乞讨人员台账", Permission.DOCUMENT_READ, papers("outflow_ledger"),
        (SIGNED, WHO, Column("标题", 8, lambda line: line.document.title), FROM), _document,
    ),
    Ledger(
        "revisits", "回访计划", Permission.CASE_READ,
        _limits("revisit_first_due", "revisit_second_due", "revisit_later_due"), _LIMIT, lambda line: line.about,
    ),
    Ledger(
        "residents", "特殊群体一人一档", Permission.GROUPS_READ, _residents,
        (Column("姓名", 3, lambda row: row.name), Column("性别", 2, lambda row: Phrase(row.sex)),
         Column("出生日期", 3, lambda row: day(row.birth_date)),
         Column("人员类别", 6, lambda row: listed(residents.CATEGORIES.get(each, each) for each in row.categories or [""])),
         Column("乡镇（街道）", 4, lambda row: row.town.short_name or row.town.name),
         Column("村（社区）", 4, lambda row: row.village.short_name or row.village.name),
         Column("最近走访", 3, lambda row: day(row.visited_on)), Column("最近更新", 3, lambda row: day(row.updated_on))),
        lambda row: Subject(resident=row),
    ),
    Ledger(
        "problems", "问题整改台账", Permission.GROUPS_READ, _findings,
        (Column("问题编号", 4, lambda row: row.number), Column("发现日期", 3, lambda row: day(row.found_on)),
         Column("对象或场所", 4, lambda row: row.subject), Column("问题类别", 3, lambda row: Phrase(row.kind)),
         Column("问题描述", 7, lambda row: row.detail), Column("责任单位", 5, lambda row: row.owner_unit.name),
         Column("整改时限", 3, lambda row: day(row.due_on)), Column("结果", 3, lambda row: problems.RESULT_WORDS[row.result]),
         Column("销号日期", 3, lambda row: day(row.cleared_on))),
        lambda row: Subject(resident=row.resident),
    ),
    Ledger(
        "department_notices", "抄告台账", Permission.GROUPS_READ, papers("department_notice_letter"),
        (NUMBER, SIGNED, TO, box("场所", 7, "place"), Column("送达", 3, lambda line: day(line.document.served_on)),
         Column("办结", 3, lambda line: day(line.document.closed_at))),
        _document,
    ),
    Ledger(
        "mandatory_reports", "强制报告台账", Permission.DOCUMENT_READ, papers("mandatory_report"),
        (Column("报告时间", 4, lambda line: day(line.document.sent_at)), WHO,
         Column("标题", 8, lambda line: line.document.title), TO, FROM), _document,
    ),
    Ledger("deadlines", "时限预警台账", Permission.DOCUMENT_READ, _limits(), _LIMIT, lambda line: line.about),
)  # fmt: skip
LEDGERS: Final[Mapping[str, Ledger]] = {ledger.key: ledger for ledger in _KEPT}


def find(key: str) -> Ledger:
    """Return a ledger by its key, NotFound otherwise."""
    if key not in LEDGERS:
        raise NotFound("没有这种台账")
    return LEDGERS[key]


def lines(session: Session, viewer: Viewer, ledger: Ledger, wanted: Wanted) -> list[Any]:
    """Return the lines of a ledger, narrowed."""
    text = wanted.text.strip()
    if not text:
        return list(ledger.lines(session, viewer, wanted))
    found = ledger.lines(session, viewer, replace(wanted, most=MOST))
    return [line for line in found if any(text in str(column.cell(line)) for column in ledger.columns)]


def write_down(session: Session, viewer: Viewer, kind: str, ledger: Ledger, count: int) -> None:
    """Record that a ledger left the portal as a file or on paper, in the caller's transaction (R-103)."""
    record(
        session,
        kind,
        actor_id=viewer.user_id,
        unit_id=viewer.home.unit_id if viewer.home else None,
        data={"register": ledger.key, "title": ledger.title, "lines": count},
    )
