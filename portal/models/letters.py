"""What was issued: number series without gaps, frozen letters, and each printing."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, one_of
from portal.models.documents import Document
from portal.models.people import Unit, User


class NumberSeries(Base):
    """One sequence per organ, code and year, starting at 1 (R-96). The row is the lock."""

    __tablename__ = "number_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str]
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)

    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        UniqueConstraint("unit_id", "year", "code"),
        CheckConstraint("last >= 0", name="counts_up"),
    )


class IncomingSeries(Base):
    """收文编号: one sequence per organ and year."""

    __tablename__ = "incoming_series"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class LetterState(StrEnum):
    """PENDING is numbered but its file is not made yet; a crash leaves it there and recovery finishes it."""

    PENDING = "pending"
    ISSUED = "issued"
    VOID = "void"


class Letter(Base):
    """The frozen copy of a paper: its content as set, the number it drew, and the digest of the signed file.

    Never changed once issued; a void keeps number, reason and name.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("number_series.id"))
    serial: Mapped[int | None]
    doc_no: Mapped[str | None]
    check_code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    content: Mapped[dict[str, Any]]  # the plain data the page was set from
    numbered_at: Mapped[datetime]
    numbered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(unique=True)
    size: Mapped[int | None]
    pages: Mapped[int | None]
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    void_reason: Mapped[str] = mapped_column(default="")

    document: Mapped[Document] = relationship()
    series: Mapped[NumberSeries | None] = relationship()
    numbered_by: Mapped[User] = relationship(foreign_keys=[numbered_by_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])
    printings: Mapped[list["Printing"]] = relationship(back_populates="letter", order_by="Printing.copy_no")

    __table_args__ = (
        one_of("state", LetterState, "state"),
        UniqueConstraint("series_id", "serial"),
        CheckConstraint("(series_id IS NULL) = (serial IS NULL)", name="serial_of_series"),
        CheckConstraint(
            "state <> 'issued' OR (sha256 IS NOT NULL AND issued_at IS NOT NULL)", name="issued_has_file"
        ),
        CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL) AND (state <> 'void' OR void_reason <> '')",
            name="void_says_why",
        ),
        Index("ix_letter_doc_no", "doc_no"),
        Index("ix_letter_issued_at", "issued_at"),
    )


class Printing(Base):
    """One print of a letter by a clerk: copy number from 1; from the second on a reason is asked."""

    __tablename__ = "printing"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    copy_no: Mapped[int]
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    printed_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")

    letter: Mapped[Letter] = relationship(back_populates="printings")
    printed_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("letter_id", "copy_no"),
        CheckConstraint("copy_no >= 1", name="copy_from_one"),
        CheckConstraint("copy_no = 1 OR reason <> ''", name="reprint_says_why"),
    )
