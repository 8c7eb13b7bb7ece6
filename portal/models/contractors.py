"""Custody contractors (托养机构) and who is placed with them (domain §3.8, R-37…R-49)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, one_of
from portal.models.cases import Case
from portal.models.people import Unit


class ContractorState(StrEnum):
    """Where a contractor stands."""

    PROPOSED = "proposed"  # 报批（备案）中
    EFFECTIVE = "effective"  # 可以托养
    SUSPENDED = "suspended"  # 暂停新增托养（R-48）
    REFUSED = "refused"  # 未获批复
    WITHDRAWN = "withdrawn"  # 申报没有报出（取消、未获同意、作废），可以重新申报
    ENDED = "ended"  # 终止


class Contractor(Base):
    """An institution chosen for custody. `answers` are those of the filing or request that proposed it.

    `counties` are the region codes the filing or the provincial reply names; `quota` is the number approved.
    """

    __tablename__ = "contractor"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    uscc: Mapped[str] = mapped_column(unique=True)  # 统一社会信用代码
    name: Mapped[str]
    kind: Mapped[str]  # 机构性质: public_welfare … enterprise
    operator: Mapped[str] = mapped_column(default="")  # 公建民营的运营主体性质
    serves: Mapped[list[str]]
    region_code: Mapped[str] = mapped_column(index=True)
    counties: Mapped[list[str]]
    state: Mapped[str]
    beds: Mapped[int]
    quota: Mapped[int]
    price_month: Mapped[int]  # 分
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    reply_no: Mapped[str] = mapped_column(default="")  # 批复文号
    replied_on: Mapped[date | None]
    agreed_from: Mapped[date | None]  # 托养服务协议
    agreed_to: Mapped[date | None]
    answers: Mapped[dict[str, Any]]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    proposed_at: Mapped[datetime]
    state_reason: Mapped[str] = mapped_column(default="")

    proposed_by: Mapped[Unit] = relationship()
    placements: Mapped[list["Placement"]] = relationship(back_populates="contractor", order_by="Placement.id")

    __table_args__ = (
        one_of("state", ContractorState, "state"),
        CheckConstraint("quota >= 0 AND quota <= beds", name="quota_within_beds"),
        CheckConstraint("price_month >= 0", name="price_not_negative"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="valid_range"),
    )


class Placement(Base):
    """One person in the custody of a contractor, from–to; `region_code` is the county that placed and pays."""

    __tablename__ = "placement"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    contractor_id: Mapped[int] = mapped_column(ForeignKey("contractor.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    region_code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="")

    case: Mapped[Case] = relationship()
    contractor: Mapped[Contractor] = relationship(back_populates="placements")

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_placement_contractor", "contractor_id", "ends_on"),
        # A person is with one contractor at a time.
        Index(
            "uq_placement_case_open",
            "case_id",
            unique=True,
            postgresql_where=text("ends_on IS NULL"),
            sqlite_where=text("ends_on IS NULL"),
        ),
    )
