"""Cases (one admission of one person), the persons behind them, beds, and the search index."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, one_of
from portal.models.people import Unit


class IdentityStatus(StrEnum):
    """Only CONFIRMED counts as identified (§3.1.1)."""

    CONFIRMED = "confirmed"  # 已查明
    CLAIMED = "claimed"  # 自述未核实
    UNKNOWN = "unknown"  # 未查明


class Person(Base):
    """A human being as known now. Cases of the same person share one row once identity is found (R-14)."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity_status: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    alias: Mapped[str] = mapped_column(default="")  # 临时称谓
    sex: Mapped[str]
    birth_date: Mapped[date | None]
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    id_number: Mapped[str | None] = mapped_column(unique=True)
    hukou_code: Mapped[str] = mapped_column(default="")
    hukou_address: Mapped[str] = mapped_column(default="")
    identified_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("identity_status", IdentityStatus, "identity_status"),
        CheckConstraint("identity_status <> 'confirmed' OR name <> ''", name="confirmed_has_name"),
        CheckConstraint("identity_status <> 'unknown' OR alias <> ''", name="unknown_has_alias"),
        CheckConstraint("age_min IS NULL OR age_max IS NULL OR age_min <= age_max", name="age_range"),
    )


class Case(Base):
    """One admission (人次). `region_code` is the responsible county, or 522700; `place` where the person is now."""

    __tablename__ = "case"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    case_no: Mapped[str] = mapped_column(unique=True)
    national_no: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    region_code: Mapped[str]
    first_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    place_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    display_name: Mapped[str]
    answers: Mapped[dict[str, Any]]  # the admission form as last corrected
    admitted_at: Mapped[datetime]
    is_open: Mapped[bool] = mapped_column(default=True)
    exit_method: Mapped[str | None]
    exited_at: Mapped[datetime | None]
    photo_sha256: Mapped[str | None]
    flags: Mapped[dict[str, Any]] = mapped_column(default=dict)

    person: Mapped[Person] = relationship(lazy="joined")
    first_unit: Mapped[Unit] = relationship(foreign_keys=[first_unit_id])
    place: Mapped[Unit] = relationship(foreign_keys=[place_unit_id])

    __table_args__ = (
        CheckConstraint("is_open = (exited_at IS NULL)", name="closed_has_exit"),
        CheckConstraint("(exited_at IS NULL) = (exit_method IS NULL)", name="exit_has_method"),
        Index("ix_case_region_open", "region_code", "is_open", "admitted_at"),
        Index("ix_case_place_open", "place_unit_id", "is_open", "admitted_at"),
        Index(
            "ix_case_in_care",
            "admitted_at",
            postgresql_where=text("is_open IS true"),
            sqlite_where=text("is_open IS 1"),
        ),
    )


class Bed(Base):
    """A bed of the central station (R-33). `case_id` is who has it or for whom it is kept."""

    __tablename__ = "bed"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    ward: Mapped[str]  # male, female, minor, observation
    label: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), unique=True)

    __table_args__ = (
        UniqueConstraint("unit_id", "label"),
        CheckConstraint("ward IN ('male', 'female', 'minor', 'observation')", name="ward"),
    )


class SearchTerm(Base):
    """Inverted index of cases: pairs of characters of names, aliases, pinyin initials and case numbers.

    One row per organ that may see the case, so that a search is an index range whatever the number of cases.
    """

    __tablename__ = "search_term"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)

    __table_args__ = (Index("ix_search_term_case", "case_id"),)
