"""Organs, accounts, positions held from–to, stand-ins, and sign-in sessions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Json, one_of


class UnitKind(StrEnum):
    """What an organ is (domain §1.1)."""

    PROVINCE = "province"
    PREFECTURE_BUREAU = "prefecture_bureau"
    CENTRAL_STATION = "central_station"
    CHILD_HOME = "child_home"
    COUNTY_BUREAU = "county_bureau"
    COUNTY_STATION = "county_station"
    GOVERNMENT = "government"
    POLICE = "police"
    CITY_MANAGEMENT = "city_management"
    HOSPITAL = "hospital"
    TOWNSHIP = "township"
    VILLAGE = "village"
    OUTSIDE = "outside"  # stations of other prefectures and other parties named once


class Unit(Base):
    """An organ. `letter_codes` maps a genre (函, 呈) to its 发文机关代字; `codes_confirmed` by the organ itself."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    region_code: Mapped[str] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    self_word: Mapped[str] = mapped_column(default="我县")
    infra_weak: Mapped[bool] = mapped_column(default=False)
    child_home: Mapped[bool] = mapped_column(default=False)
    in_portal: Mapped[bool] = mapped_column(default=False)
    seal_mm: Mapped[int] = mapped_column(default=42)
    letter_codes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    codes_confirmed: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(default="")
    qr_on_letters: Mapped[bool] = mapped_column(default=True)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])

    __table_args__ = (one_of("kind", UnitKind, "kind"), Index("ix_unit_region_kind", "region_code", "kind"))


class Position(StrEnum):
    """A position in an organ; with the organ's kind it is the role of domain §1.2 (county_clerk, station_head …)."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    SIGNER = "signer"
    PRINCIPAL = "principal"
    SEAL = "seal"
    DUTY = "duty"
    STATISTICIAN = "statistician"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Role(Base, RoleMixin):
    """A position as the accounts library knows it; one row per position."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    permissions: Mapped[list[str] | None] = mapped_column(Json)

    __table_args__ = (one_of("name", Position, "position"),)


class User(Base, UserMixin):
    """An account of one natural person. Column names are those the accounts library reads."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # as printed on papers
    phone: Mapped[str] = mapped_column(default="")
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int] = mapped_column(default=0)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    tf_last_step: Mapped[int | None]  # a one-time code is good once: the step last used
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(Json)
    failed_logins: Mapped[int] = mapped_column(default=0)
    failed_since: Mapped[datetime | None]  # first wrong answer of the running count
    locked_until: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    create_datetime: Mapped[datetime | None]
    update_datetime: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(default="zh")
    is_demo: Mapped[bool] = mapped_column(default=False)

    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="user", foreign_keys="Appointment.user_id", cascade="all, delete-orphan"
    )
    roles: Mapped[list[Role]] = relationship(secondary="appointment", viewonly=True)


class Appointment(Base):
    """A position held in an organ from–to; rights are read from here on every request."""

    __tablename__ = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="appointments", foreign_keys=[user_id])
    unit: Mapped[Unit] = relationship()
    role: Mapped[Role] = relationship()

    __table_args__ = (
        UniqueConstraint("user_id", "unit_id", "role_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="runs_forward"),
    )


class Delegation(Base):
    """A stand-in during leave: what reaches `user` reaches `stand_in` too, both days included; ends by itself."""

    __tablename__ = "delegation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    stand_in: Mapped[User] = relationship(foreign_keys=[stand_in_id])
    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        CheckConstraint("user_id <> stand_in_id", name="somebody_else"),
        CheckConstraint("ends_on >= starts_on", name="runs_forward"),
    )


class LoginSession(Base):
    """A signed-in browser. The cookie carries the key, the table the content; deleting the row ends the session."""

    __tablename__ = "login_session"

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
