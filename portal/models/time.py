"""Legal time limits, the official working-day calendar as loaded, and the settings behind [D] values."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base
from portal.models.about import AboutSomething
from portal.models.documents import Document
from portal.models.people import Unit, User

RUNNING = text("done_at IS NULL AND cancelled_at IS NULL")


class Clock(AboutSomething, Base):
    """A legal time limit that runs, or ran, for a case, a contractor, a resident, a campaign or one paper.

    `limit` is a code of `forms.kit.limits`. Open, due soon and overdue are read from the time; what is stored is how it
    ended. `trigger_at` is what it was counted from, so that it can be counted again when a calendar is loaded.
    """

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    limit: Mapped[str]
    rule: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    outside: Mapped[bool] = mapped_column(default=False)
    trigger_at: Mapped[datetime]
    due_at: Mapped[datetime]  # the moment after which it is late
    last_day: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    unserved: Mapped[bool] = mapped_column(default=False)  # 送达日期未登记（R-07）
    done_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")

    document: Mapped[Document | None] = relationship()
    owner: Mapped[Unit] = relationship()

    __table_args__ = (
        CheckConstraint("done_at IS NULL OR cancelled_at IS NULL", name="ends_once"),
        # Those that run are few, however many have ended.
        Index("ix_clock_running", "owner_id", "due_at", postgresql_where=RUNNING, sqlite_where=RUNNING),
        Index("ix_clock_case", "case_id", "limit"),
        Index("ix_clock_contractor", "contractor_id", "limit"),
        Index("ix_clock_resident", "resident_id", "limit"),
        Index("ix_clock_campaign", "campaign_id", "limit"),
    )


class CalendarYear(Base):
    """A year whose official arrangement an administrator has loaded."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    loaded_at: Mapped[datetime]
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    loaded_by: Mapped[User | None] = relationship()


class CalendarDay(Base):
    """A holiday or make-up working day that differs from Monday–Friday."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    year: Mapped[int] = mapped_column(ForeignKey("calendar_year.year"), index=True)


class Setting(Base):
    """A value the prefecture chose instead of the portal's default [D], with reason and name."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    set_at: Mapped[datetime]

    set_by: Mapped[User | None] = relationship()
