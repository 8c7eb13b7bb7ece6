"""Papers on their way, with attachments, copies, tasks and the keys that make a repeated click harmless."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forms.kit.chains import FINAL_STATES, State
from portal.db import Base, one_of
from portal.models.about import AboutSomething
from portal.models.cases import Case
from portal.models.people import Unit, User

_FINAL = ", ".join(f"'{state.value}'" for state in sorted(FINAL_STATES))


class Document(AboutSomething, Base):
    """A paper: its answers as typed, where it stands, who has it. Moved only by `services.approvals.take_action`.

    `holder_*` name the desk or the person that has it; all empty when it is final. `acted` maps chain step → account.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    paper: Mapped[str]
    version: Mapped[int]
    issuer_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    counterpart_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    in_reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), unique=True)
    title: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    urgency: Mapped[str] = mapped_column(default="")

    state: Mapped[str]
    step: Mapped[str]
    holder_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    holder_desk: Mapped[str | None]
    holder_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    held_since: Mapped[datetime]
    next_due_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    acted: Mapped[dict[str, Any]] = mapped_column(default=dict)

    drafter_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    sealer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    doc_no: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    signed_on: Mapped[date | None]  # 成文日期（R-98）
    sent_at: Mapped[datetime | None]
    served_on: Mapped[date | None]
    received_at: Mapped[datetime | None]
    incoming_no: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")

    issuer: Mapped[Unit] = relationship(foreign_keys=[issuer_id])
    counterpart: Mapped[Unit | None] = relationship(foreign_keys=[counterpart_id])
    holder_unit: Mapped[Unit | None] = relationship(foreign_keys=[holder_unit_id])
    holder_user: Mapped[User | None] = relationship(foreign_keys=[holder_user_id])
    drafter: Mapped[User] = relationship(foreign_keys=[drafter_id])
    in_reply_to: Mapped["Document | None"] = relationship(remote_side=[id], foreign_keys=[in_reply_to_id])
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="document", order_by="Attachment.id")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy's name): a stale write fails

    __table_args__ = (
        one_of("state", State, "state"),
        CheckConstraint(f"(state IN ({_FINAL})) = (holder_desk IS NULL)", name="one_holder_until_final"),
        CheckConstraint("(holder_desk IS NULL) = (holder_unit_id IS NULL)", name="desk_has_unit"),
        CheckConstraint("holder_user_id IS NULL OR holder_desk IS NOT NULL", name="person_sits_at_desk"),
        # four persons on one paper.
        CheckConstraint("reviewer_id <> drafter_id", name="reviewer_is_not_drafter"),
        CheckConstraint("signer_id <> drafter_id", name="signer_is_not_drafter"),
        CheckConstraint("signer_id <> reviewer_id", name="signer_is_not_reviewer"),
        CheckConstraint("sealer_id <> drafter_id", name="sealer_is_not_drafter"),
        CheckConstraint("sealer_id <> reviewer_id", name="sealer_is_not_reviewer"),
        CheckConstraint("sealer_id <> signer_id", name="sealer_is_not_signer"),
        CheckConstraint("counterpart_id IS NULL OR counterpart_id <> issuer_id", name="not_to_itself"),
        Index("ix_document_holder", "holder_unit_id", "holder_desk", "holder_user_id", "held_since"),
        Index("ix_document_holder_user", "holder_user_id", "held_since"),
        Index("ix_document_case", "case_id", "paper", "id"),
        Index("ix_document_contractor", "contractor_id", "id"),
        Index("ix_document_resident", "resident_id", "id"),
        Index("ix_document_campaign", "campaign_id", "id"),
        Index("ix_document_issuer", "issuer_id", "id"),
        Index("ix_document_paper", "paper", "id"),
        Index("ix_document_counterpart", "counterpart_id", "received_at"),
        Index("ix_document_drafter", "drafter_id", "id"),
        Index("ix_document_doc_no", "doc_no"),
        Index("ix_document_reply", "in_reply_to_id"),
        Index(
            "ix_document_numbered",
            "state",
            postgresql_where=text("state = 'numbered'"),
            sqlite_where=text("state = 'numbered'"),
        ),
    )


class DocumentCase(Base):
    """A person that a paper about several persons names (落户安置方案的请示, its reply)."""

    __tablename__ = "document_case"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)

    document: Mapped[Document] = relationship()
    case: Mapped[Case] = relationship()

    __table_args__ = (Index("ix_document_case_case", "case_id"),)


class DocumentCopy(Base):
    """抄送: an organ that gets a copy to read."""

    __tablename__ = "document_copy"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship()

    __table_args__ = (Index("ix_document_copy_unit", "unit_id", "sent_at"),)


class Participation(Base):
    """Who has ever acted on a paper, and when last: the lists 已办 and 我发起 are ranges of this table."""

    __tablename__ = "participation"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    last_act: Mapped[str]
    last_at: Mapped[datetime]

    document: Mapped[Document] = relationship()

    __table_args__ = (Index("ix_participation_recent", "user_id", "last_at"),)


class Attachment(Base):
    """A file on a paper, already checked and re-encoded; its bytes are in the store under `sha256`."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str]  # line of the paper's checklist
    filename: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    dated_on: Mapped[date | None]
    width_px: Mapped[int | None]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(back_populates="attachments")

    __table_args__ = (
        CheckConstraint("mime IN ('image/jpeg', 'image/png', 'application/pdf')", name="allowed_type"),
        CheckConstraint("size > 0 AND size <= 20971520", name="at_most_20_mb"),
    )


class Task(AboutSomething, Base):
    """Another paper that is now due from an organ, because a rule says so."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    paper: Mapped[str]
    rule: Mapped[str] = mapped_column(default="")
    why: Mapped[str]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_task_unit_open", "unit_id", "done_at"),
        Index("ix_task_case", "case_id"),
        Index("ix_task_contractor", "contractor_id"),
        Index("ix_task_resident", "resident_id"),
        UniqueConstraint("case_id", "paper", "opened_by_id"),
    )


class SubmissionKey(Base):
    """One click: the same key posted again is answered with what the first one did, and does nothing."""

    __tablename__ = "submission_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    act: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
