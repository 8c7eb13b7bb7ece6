"""Values marked [D] in the rules: the portal's default, or what the prefecture chose instead, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal import clock
from portal.errors import Invalid
from portal.models import Setting
from portal.services.events import record


@dataclass(frozen=True)
class Default:
    """A setting: key, Chinese label, default, unit, and the rule it belongs to."""

    key: str
    label: str
    value: int
    unit: str
    rule: str
    least: int = 0
    most: int = 400


DEFAULTS: Mapping[str, Default] = {
    default.key: default
    for default in (
        Default("medical_check_days", "健康检查材料有效期", 7, "天", "R-36", 1, 60),
        Default("planned_within_days", "拟转移日期最晚", 15, "天", "R-21", 1, 90),
        Default("arrive_after_planned_days", "接收截止日期晚于拟转移日期", 5, "天", "R-30", 0, 30),
        Default("expected_days_most", "预计照料时间最长", 90, "天", "R-21", 1, 365),
        Default("escorts_least", "护送人员至少", 2, "人", "R-30", 1, 6),
        Default("office_opens", "上班时间（此前可应急先行接收）", 9, "时", "R-31", 6, 12),
        Default("office_closes", "下班时间（此后可应急先行接收）", 17, "时", "R-31", 12, 22),
        Default("fever_tenths", "到站须先送医的体温", 385, "（0.1℃）", "R-36", 370, 400),
        Default("extension_days_most", "每次延长救助最多", 30, "天", "R-18", 1, 180),
        Default("reply_days", "中心站答复期限", 2, "个工作日", "R-32", 1, 10),
        Default("emergency_papers_days", "应急接收补办手续", 2, "个工作日", "R-31", 1, 10),
        Default("lifelong_months", "终身寻亲间隔", 6, "个月", "R-15", 1, 12),
        Default("town_review_days", "乡镇（街道）特困初审期限", 8, "个工作日", "P-43", 1, 20),
        Default("tekun_posting_days", "特困初审公示天数", 7, "天", "R-57", 1, 30),
        Default("custody_site_visit_days", "托养机构实地考察有效期", 90, "天", "R-37", 1, 365),
        Default("custody_term_years", "托养期限最长", 3, "年", "R-37", 1, 10),
        Default("backclaim_days", "医保补报期限", 10, "个工作日", "R-66", 1, 60),
        Default("needs_days", "困难需求评估期限", 20, "个工作日", "P-57", 5, 60),
        Default("at_risk_months", "易走失人员复核间隔", 6, "个月", "P-54", 1, 12),
        Default("assessment_months", "监护评估间隔", 6, "个月", "R-87", 1, 12),
        Default("complaint_days", "举报反馈期限", 15, "个工作日", "P-75", 5, 60),
        Default("woman_age_from", "留守妇女年龄下限", 20, "岁", "R-73", 16, 60),
        Default("woman_age_to", "留守妇女年龄上限", 59, "岁", "R-73", 20, 80),
        Default("refresh_months", "寻亲公告刷新间隔", 1, "个月", "R-16", 1, 12),
    )
}


def values(session: Session) -> dict[str, int]:
    """Return every setting in force."""
    chosen = {row.key: row.value["value"] for row in session.scalars(select(Setting))}
    return {key: chosen.get(key, default.value) for key, default in DEFAULTS.items()}


def chosen(session: Session) -> Mapping[str, Setting]:
    """Return what was chosen in place of defaults, by key, with reason, name and time."""
    rows = session.scalars(select(Setting).options(joinedload(Setting.set_by)))
    return {row.key: row for row in rows}


def choose(session: Session, key: str, value: int, *, reason: str, actor_id: int) -> None:
    """Replace a default. Raises Invalid for an unknown key, a value out of range, or a missing reason."""
    default = DEFAULTS.get(key)
    if default is None:
        raise Invalid("没有这项设置")
    if not default.least <= value <= default.most:
        raise Invalid(f"“{default.label}”应在{default.least}至{default.most}{default.unit}之间")
    if len(reason.strip()) < 5:
        raise Invalid("请写明调整理由，至少5个字")
    row = session.get(Setting, key) or Setting(key=key)
    before = row.value["value"] if row.value else default.value
    row.value, row.reason, row.set_by_id, row.set_at = {"value": value}, reason.strip(), actor_id, clock.now()
    session.add(row)
    data: dict[str, Any] = {"key": key, "from": before, "to": value}
    record(session, "setting_changed", actor_id=actor_id, opinion=reason.strip(), data=data)
