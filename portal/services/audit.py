"""The event log as its keepers read it: who did what, when, to which number. No names of persons, no text of papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from forms.catalog import PAPERS
from forms.kit.phrases import Phrase
from portal.models import Case, Document, Event
from portal.services import timeline

PAGE = 50

#: Words of records that are about neither a paper nor a person.
WORDS: Final[Mapping[str, str]] = {
    "signed_in": "登录", "signed_out": "退出登录", "account_created": "开立账户", "account_edited": "更改账户",
    "account_switched": "启用或停用账户", "account_locked": "账户锁定", "appointed": "任命岗位", "appointment_ended": "结束岗位",
    "password_changed": "更改密码", "password_reset": "重置密码", "second_factor_bound": "绑定动态口令",
    "second_factor_reset": "重置动态口令", "recovery_code_used": "使用备用口令", "recovery_codes_made": "生成备用口令",
    "stand_in_arranged": "设置代理", "stand_in_revoked": "撤销代理", "sign_in_refused": "登录失败", "setting_changed": "调整参数",
    "calendar_loaded": "导入工作日历", "unit_changed": "更改单位", "unit_codes_confirmed": "确认发文机关代字",
    "unit_infra_weak": "调整设施不足县（市）", "bed_added": "增加床位", "bed_removed": "撤销床位",
    "register_exported": "导出登记簿", "register_printed": "打印登记簿", "id_unmasked": "查看完整证件号码", "moved": "人员转移",
    "stay_ended": "人员离站", "identity_linked": "身份查明归并",
}  # fmt: skip
_ACCOUNTS: Final = (
    "signed_in", "signed_out", "sign_in_refused", "account_created", "account_edited", "account_switched", "account_locked",
    "appointed", "appointment_ended", "password_changed", "password_reset", "second_factor_bound", "second_factor_reset",
    "recovery_code_used", "recovery_codes_made", "stand_in_arranged", "stand_in_revoked",
)  # fmt: skip
_SETTINGS: Final = (
    "setting_changed", "calendar_loaded", "unit_changed", "unit_codes_confirmed", "unit_infra_weak", "bed_added", "bed_removed",
)  # fmt: skip
_OUT: Final = (
    "printed",
    "downloaded",
    "register_exported",
    "register_printed",
    "id_unmasked",
    "attachment_opened",
)
GROUP_WORDS: Final[Mapping[str, str]] = {
    "": "全部",
    "papers": "文书办理",
    "out": "打印、导出和查看",
    "accounts": "账户和登录",
    "settings": "单位、日历和参数",
}


@dataclass(frozen=True)
class Line:
    """One record. `about` is a number, the kind of an unnumbered paper, or what was set."""

    seq: int
    at: datetime
    act: str
    who: str
    unit: str
    about: str


@dataclass(frozen=True)
class Lines:
    """Some records, newest first, and whether older ones follow."""

    rows: Sequence[Line]
    more: bool


def newest(session: Session, *, group: str = "", before: int | None = None) -> Lines:
    """Return the records older than `before`, newest first, of one group of acts."""
    query = (
        select(Event)
        .options(joinedload(Event.actor), joinedload(Event.for_user), joinedload(Event.unit))
        .order_by(Event.seq.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Event.seq < before)
    ways: Mapping[str, ColumnElement[bool]] = {
        "papers": Event.document_id.is_not(None) & Event.kind.not_in(_OUT),
        "out": Event.kind.in_(_OUT),
        "accounts": Event.kind.in_(_ACCOUNTS),
        "settings": Event.kind.in_(_SETTINGS),
    }
    if group in ways:
        query = query.where(ways[group])
    found = session.scalars(query).all()
    rows = found[:PAGE]
    documents = session.execute(
        select(Document.id, Document.doc_no, Document.paper).where(Document.id.in_(_ids(rows, "document_id")))
    )
    papers = {key: number or Phrase(PAPERS[paper].title) for key, number, paper in documents}
    cases = session.execute(select(Case.id, Case.case_no).where(Case.id.in_(_ids(rows, "case_id"))))
    persons = {row.id: row.case_no for row in cases}
    return Lines([_line(event, papers, persons) for event in rows], len(found) > PAGE)


def _ids(rows: Sequence[Event], column: str) -> set[int]:
    return {value for value in (getattr(row, column) for row in rows) if value is not None}


def _line(event: Event, papers: Mapping[int, str], persons: Mapping[int, str]) -> Line:
    person, paper = persons.get(event.case_id or 0, ""), papers.get(event.document_id or 0, "")
    about = Phrase("%(person)s · %(paper)s", person=person, paper=paper) if person and paper else person or paper
    return Line(
        seq=event.seq,
        at=event.at,
        act=WORDS.get(event.kind) or timeline.act_word(event.kind),
        who=timeline.who_did(event),
        unit=event.unit.name if event.unit else "",
        about=about or _setting(event),
    )


def _setting(event: Event) -> str:
    """Say what was set, for records about neither a paper nor a person."""
    data = event.data
    if event.kind == "setting_changed":
        return Phrase(
            "%(what)s：%(before)s → %(after)s（%(why)s）",
            what=data.get("key"),
            before=data.get("from"),
            after=data.get("to"),
            why=event.opinion,
        )
    if event.kind == "calendar_loaded":
        return Phrase(
            "%(year)s年，%(n)s天（%(why)s）", year=data.get("year"), n=data.get("days"), why=event.opinion
        )
    if event.kind in {"bed_added", "bed_removed"}:
        return str(data.get("label", ""))
    if event.kind in {"register_exported", "register_printed"}:
        return Phrase(
            "%(title)s%(year)s年，%(n)s条",
            title=Phrase(str(data.get("title", ""))),
            year=data.get("year"),
            n=data.get("lines"),
        )
    return event.opinion
