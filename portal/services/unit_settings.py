"""What an organ decides for its letters, and what the administrator decides about organs; every change says why."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from forms.kit.rules import Problem
from portal.errors import Forbidden, Invalid, NotFound
from portal.models import NumberSeries, Unit
from portal.services.access import Viewer
from portal.services.events import record

#: Genres that have a 发文机关代字 of their own, with what they are for.
GENRES: Final[Mapping[str, str]] = {"函": "函、复函、批复、公告", "呈": "请示、报告（向上级）"}
_LETTER_CODE = re.compile(r"[\u4e00-\u9fa5]{2,8}")
KIND_WORDS: Final[Mapping[str, str]] = {
    "province": "省民政厅", "prefecture_bureau": "州民政局", "central_station": "州级区域中心站", "child_home": "儿童福利院",
    "county_bureau": "县（市）民政局", "county_station": "县（市）救助管理站", "government": "人民政府", "police": "公安机关",
    "city_management": "综合执法局", "hospital": "医疗机构", "township": "乡镇（街道）", "village": "村（社区）", "outside": "其他单位",
}  # fmt: skip
PAGE = 50
MIN_REASON = 5


def unconfirmed(session: Session, unit_ids: Sequence[int]) -> list[Unit]:
    """Return the organs among these that have letter codes nobody has confirmed yet: no number can be drawn."""
    return list(
        session.scalars(
            select(Unit).where(Unit.id.in_(unit_ids), Unit.codes_confirmed.is_(False)).order_by(Unit.code)
        )
    )


def own(session: Session, viewer: Viewer) -> list[Unit]:
    """Return the organs whose letter codes the viewer may confirm: where they seal or are the principal head."""
    ids = {seat.unit_id for seat in viewer.seats if seat.position in {"seal", "principal"}}
    return list(session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.code)))


def series(session: Session, unit: Unit) -> list[NumberSeries]:
    """Return the number series an organ has begun, newest year first."""
    return list(
        session.scalars(
            select(NumberSeries)
            .where(NumberSeries.unit_id == unit.id, NumberSeries.code.not_like("救助编号%"))
            .order_by(NumberSeries.year.desc(), NumberSeries.code)
        )
    )


def listing(session: Session, *, kind: str = "", text: str = "", page: int = 1) -> tuple[list[Unit], bool]:
    """Return a page of organs in the order of their codes, and whether another follows."""
    query = select(Unit).options(joinedload(Unit.parent)).order_by(Unit.region_code, Unit.code)
    if kind == "portal":
        query = query.where(Unit.in_portal)
    elif kind in KIND_WORDS:
        query = query.where(Unit.kind == kind)
    if text.strip():
        like = f"%{text.strip()}%"
        query = query.where(or_(Unit.name.like(like), Unit.code.like(like)))
    rows = list(session.scalars(query.offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)))
    return rows[:PAGE], len(rows) > PAGE


def one(session: Session, unit_id: int) -> Unit:
    """Return an organ, NotFound when there is none."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("没有这个单位")
    return unit


def confirm_codes(session: Session, viewer: Viewer, unit_id: int, codes: Mapping[str, str]) -> Unit:
    """Set and confirm an organ's letter codes, by the organ itself, in the caller's transaction (§1.3).

    A code that has numbers keeps its series; a new code starts at 1.
    """
    unit = next((each for each in own(session, viewer) if each.id == unit_id), None)
    if unit is None:
        raise NotFound("没有这个单位")
    before = dict(unit.letter_codes)
    unit.letter_codes, unit.codes_confirmed = _codes(session, unit, codes), True
    _write_down(session, unit, "unit_codes_confirmed", viewer.user_id, "", {"codes": [before, unit.letter_codes]})
    return unit


def _codes(session: Session, unit: Unit, codes: Mapping[str, str]) -> dict[str, str]:
    wanted = {genre: codes.get(genre, "").strip() for genre in GENRES}
    problems = [
        Problem(f"“{genre}”的发文机关代字应为2至8个汉字，如“平民函”", f"code-{genre}", "R-96")
        for genre, code in wanted.items()
        if code and not _LETTER_CODE.fullmatch(code)
    ]
    kept = {genre: code for genre, code in wanted.items() if code}
    if len(set(kept.values())) < len(kept):
        problems.append(Problem("两种文书的代字不能相同，否则两套文号会混在一起", "code-函", "R-96"))
    if "函" not in kept:
        problems.append(Problem("请填写“函”的发文机关代字", "code-函", "R-96"))
    problems += [
        Problem(f"代字“{code}”已由{name}使用，请核对", f"code-{genre}", "R-96")
        for name, others in session.execute(
            select(Unit.name, Unit.letter_codes).where(Unit.id != unit.id, Unit.codes_confirmed)
        )
        for genre, code in kept.items()
        if code in others.values()
    ]
    if problems:
        raise Invalid("发文机关代字有误，没有保存", problems)
    return kept


def change(session: Session, unit_id: int, values: Mapping[str, Any], *, reason: str, actor_id: int) -> Unit:
    """Change what the administrator keeps about an organ, in the caller's transaction.

    `values` may hold name, short_name, phone, seal_mm, in_portal, qr_on_letters, and letter codes as `codes`. Codes that
    change must be confirmed by the organ again. Forbidden keys raise KeyError.
    """
    unit = one(session, unit_id)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(f"请写明更改理由，至少{MIN_REASON}个字", [Problem("请写明更改理由", "reason")])
    if not str(values["name"]).strip():
        raise Invalid("请填写单位全称", [Problem("请填写单位全称", "name")])
    if not 30 <= int(values["seal_mm"]) <= 50:
        raise Invalid("印章直径应在30至50毫米之间", [Problem("印章直径应在30至50毫米之间", "seal_mm")])
    changed: dict[str, Any] = {}
    for key in ("name", "short_name", "phone", "seal_mm", "in_portal", "qr_on_letters"):
        if getattr(unit, key) != values[key]:
            changed[key] = [getattr(unit, key), values[key]]
            setattr(unit, key, values[key])
    codes = {genre: code.strip() for genre, code in values["codes"].items() if code.strip()}
    if codes != unit.letter_codes:
        codes = _codes(session, unit, codes)
        changed["codes"] = [dict(unit.letter_codes), codes]
        unit.letter_codes, unit.codes_confirmed = codes, False
    if changed:
        _write_down(session, unit, "unit_changed", actor_id, reason.strip(), changed)
    return unit


def declare_weak(
    session: Session, unit_id: int, weak: bool, *, reason: str, since: date | None, actor_id: int
) -> Unit:
    """Put a county on or off the list of those with weak facilities; the prefecture says why and from when (A-05)."""
    unit = one(session, unit_id)
    if unit.kind != "county_bureau":
        raise Forbidden("只有县（市）民政局可以列为站内设施不足的县（市）")
    problems = []
    if len(reason.strip()) < MIN_REASON:
        problems.append(Problem(f"请写明依据，至少{MIN_REASON}个字", "weak_reason", "R-22", "A-05"))
    if since is None:
        problems.append(Problem("请填写起始日期", "weak_since", "R-22", "A-05"))
    if problems or since is None:
        raise Invalid("没有保存，请补充", problems)
    if unit.infra_weak != weak:
        unit.infra_weak = weak
        data = {"infra_weak": [not weak, weak], "since": since.isoformat()}
        _write_down(session, unit, "unit_infra_weak", actor_id, reason.strip(), data)
    return unit


def _write_down(
    session: Session, unit: Unit, kind: str, actor_id: int, reason: str, data: Mapping[str, Any]
) -> None:
    record(session, kind, actor_id=actor_id, unit_id=unit.id, opinion=reason, data={"unit": unit.code, **data})
