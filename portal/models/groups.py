"""Special groups (老少妇残): campaigns, residents on file (一人一档), and the problems found (domain §3.13–3.15)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, one_of
from portal.models.people import Unit, User


class Campaign(Base):
    """A screening campaign of one county with its two dates (R-75, R-76, A-19)."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    region_code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    screening_due: Mapped[date]  # 第一阶段：排查、汇总
    clearing_due: Mapped[date]  # 第二阶段：问题清零
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    opened_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("region_code", "name"),
        CheckConstraint("screening_due <= clearing_due", name="dates_in_order"),
    )


ON_FILE = text("closed_on IS NULL")


class Resident(Base):
    """A person of the special groups on file: the newest form, who looks after the file, when it was last seen to."""

    __tablename__ = "resident"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    village_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    region_code: Mapped[str]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    name: Mapped[str]
    sex: Mapped[str]
    birth_date: Mapped[date]
    id_number: Mapped[str | None] = mapped_column(unique=True)
    categories: Mapped[list[str]]
    answers: Mapped[dict[str, Any]]
    updated_on: Mapped[date]
    visited_on: Mapped[date | None]
    closed_on: Mapped[date | None]  # 迁出、死亡等不再列管
    close_reason: Mapped[str] = mapped_column(default="")

    village: Mapped[Unit] = relationship(foreign_keys=[village_id])
    town: Mapped[Unit] = relationship(foreign_keys=[town_id])

    __table_args__ = (
        CheckConstraint("(closed_on IS NULL) = (close_reason = '')", name="closed_says_why"),
        # In the order of the lists: by village and name.
        *(
            Index(name, *columns, "name", "id", postgresql_where=ON_FILE, sqlite_where=ON_FILE)
            for name, *columns in (
                ("ix_resident_village", "village_id"),
                ("ix_resident_town", "town_id", "village_id"),
                ("ix_resident_region", "region_code", "village_id"),
            )
        ),
    )


class ProblemSource(StrEnum):
    """Where a problem was found (§3.15)."""

    SCREENING = "screening"  # 附件1
    THEMATIC = "thematic"  # 专项排查
    VISIT = "visit"  # 走访
    COMPLAINT = "complaint"  # 举报
    SUPERIOR = "superior"  # 上级督查


class ProblemResult(StrEnum):
    """How a problem stands (§3.15)."""

    OPEN = "open"  # 整改中
    RECTIFIED = "rectified"  # 已整改
    REFUSED = "refused"  # 拒不整改→依法处理
    UNFOUNDED = "unfounded"  # 不属实


class Finding(Base):
    """One problem on the list (问题清单): found, owned, due, noticed to a department, cleared by somebody else (R-76)."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    number: Mapped[str] = mapped_column(unique=True)  # 问题编号
    region_code: Mapped[str]
    town_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)  # 发现它的文书
    found_on: Mapped[date]
    source: Mapped[str]
    subject: Mapped[str]  # 对象或场所
    kind: Mapped[str]  # 问题类别
    detail: Mapped[str]
    measure: Mapped[str] = mapped_column(default="")
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    owner_name: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)  # 抄告函
    result: Mapped[str] = mapped_column(default=ProblemResult.OPEN.value)
    result_note: Mapped[str] = mapped_column(default="")
    evidence_sha256: Mapped[str | None]
    evidence_name: Mapped[str] = mapped_column(default="")
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # 谁报告整改结果
    cleared_on: Mapped[date | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    town: Mapped[Unit] = relationship(foreign_keys=[town_id])
    owner_unit: Mapped[Unit] = relationship(foreign_keys=[owner_unit_id])
    resident: Mapped[Resident | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    cleared_by: Mapped[User | None] = relationship(foreign_keys=[cleared_by_id])

    __table_args__ = (
        one_of("source", ProblemSource, "source"),
        one_of("result", ProblemResult, "result"),
        CheckConstraint("(cleared_on IS NULL) = (cleared_by_id IS NULL)", name="cleared_by_somebody"),
        CheckConstraint("cleared_on IS NULL OR result <> 'open'", name="cleared_has_result"),
        CheckConstraint("cleared_by_id <> reported_by_id", name="clearer_is_not_owner"),
        CheckConstraint(
            "cleared_on IS NULL OR result <> 'rectified' OR evidence_sha256 IS NOT NULL",
            name="rectified_is_proved",
        ),
        Index("ix_finding_town", "town_id", "cleared_on"),
        Index("ix_finding_region", "region_code", "cleared_on", "due_on"),
    )
