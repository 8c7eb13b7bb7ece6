"""How often somebody outside asked: counted in the database, so that every process counts the same."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class RateLimit(Base):
    """Requests of one kind from one address in the running window. `key` holds a digest, not the address."""

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]

    __table_args__ = (CheckConstraint("count >= 1", name="counts_up"),)
