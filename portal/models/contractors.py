"""Custody contractors (托养机构), what each county has with them, and who is placed (domain §3.8, R-37…R-49)."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
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

    Beds and state are those of the house; number, validity and agreement are each county's own (`terms`).
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
    state: Mapped[str]
    beds: Mapped[int]
    price_month: Mapped[int]  # 分, as first proposed; what a county agreed is in its terms
    answers: Mapped[dict[str, Any]]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    proposed_at: Mapped[datetime]
    state_reason: Mapped[str] = mapped_column(default="")

    proposed_by: Mapped[Unit] = relationship()
    terms: Mapped[list["ContractorTerm"]] = relationship(
        back_populates="contractor", order_by="ContractorTerm.region_code", cascade="all, delete-orphan"
    )
    placements: Mapped[list["Placement"]] = relationship(back_populates="contractor", order_by="Placement.id")

    __table_args__ = (
        one_of("state", ContractorState, "state"),
        CheckConstraint("beds >= 0", name="beds_not_negative"),
        CheckConstraint("price_month >= 0", name="price_not_negative"),
    )

    def term(self, region_code: str) -> "ContractorTerm | None":
        """Return what one county has with the contractor, None when no filing or reply names it."""
        return next((each for each in self.terms if each.region_code == region_code), None)

    def terms_of(self, regions: Collection[str] | None) -> list["ContractorTerm"]:
        """Return what these counties have with the contractor; None stands for all of them."""
        return [each for each in self.terms if regions is None or each.region_code in regions]

    @property
    def quota(self) -> int:
        """Persons approved for all counties together, never more than the beds."""
        return min(self.beds, sum(each.quota for each in self.terms))


class ContractorTerm(Base):
    """What one county has with a contractor: its own number and validity by filing or reply, its own agreement.

    The province answers each bureau's request by itself (§3.8), and each county signs for itself (S0 三（二）2（3）).
    """

    __tablename__ = "contractor_term"

    id: Mapped[int] = mapped_column(primary_key=True)
    contractor_id: Mapped[int] = mapped_column(ForeignKey("contractor.id"))
    region_code: Mapped[str]
    quota: Mapped[int]
    price_month: Mapped[int]  # 分, as approved or filed, then as agreed
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    approval_no: Mapped[str] = mapped_column(default="")  # 批复（备案）文号
    approved_on: Mapped[date | None]
    agreed_from: Mapped[date | None]  # 托养服务协议
    agreed_to: Mapped[date | None]

    contractor: Mapped[Contractor] = relationship(back_populates="terms")

    __table_args__ = (
        # The pages ask whether a county is named by a contractor: the index of this key answers.
        UniqueConstraint("contractor_id", "region_code"),
        CheckConstraint("quota >= 0", name="quota_not_negative"),
        CheckConstraint("price_month >= 0", name="price_not_negative"),
        CheckConstraint("valid_from <= valid_to", name="valid_range"),
        CheckConstraint(
            "(agreed_from IS NULL) = (agreed_to IS NULL) AND agreed_from <= agreed_to", name="agreed_range"
        ),
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
