"""The one event log: every act, in order, each record hashed together with the one before it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, BigKey
from portal.models.people import Unit, User


class Event(Base):
    """One act. `hash` covers every other column and the previous hash; written only by `services.events.record`."""

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # on whose behalf a stand-in acted
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    step: Mapped[str] = mapped_column(default="")
    opinion: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])
    for_user: Mapped[User | None] = relationship(foreign_keys=[for_user_id])
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        Index("ix_event_document", "document_id", "seq"),
        Index("ix_event_case", "case_id", "seq"),
        Index("ix_event_kind", "kind", "seq"),
    )


class LogHead(Base):
    """The newest record of the log; the row is the lock that puts acts in order."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigKey)
    hash: Mapped[str]
