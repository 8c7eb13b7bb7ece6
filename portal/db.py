"""The database: one declarative base, typed columns, and the one way to write.

One transaction writes at a time: every act ends in the one log, so acts would meet there in any case, and meeting at the
door they queue instead of failing half-way or locking each other out. SQLite runs in WAL with synchronous=FULL and takes its
write lock at BEGIN IMMEDIATE; on PostgreSQL an advisory lock does the same. Readers never wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: Name of the one write lock on PostgreSQL; any number that nobody else on the database uses.
_WRITERS = 20_270_101
#: JSON on SQLite, JSONB on PostgreSQL.
Json = JSON().with_variant(JSONB(), "postgresql")
#: SQLite counts rowids only for INTEGER PRIMARY KEY.
BigKey = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant(), dict[str, Any]: Json, list[str]: Json, str: String()}  # noqa: RUF012


def one_of(column: str, words: type[StrEnum], name: str) -> CheckConstraint:
    """Return the CHECK that keeps a text column to the words of an enum (an empty column is allowed)."""
    quoted = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({quoted})", name=name)


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Run the block as one write transaction: all of it or nothing.

    Any read transaction of the session ends first, so that the block sees the newest rows behind the write lock.
    """
    if session.in_transaction():
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("something was written outside a transaction block")
        session.rollback()
    connection = session.connection(execution_options={"begin": "IMMEDIATE"})
    try:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS)))
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def prepare_engine(engine: Engine) -> None:
    """Give every connection the settings the promises of this house rest on."""
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def _patience(connection: Any, _record: Any) -> None:
            with connection.cursor() as cursor:  # a process that hangs must not keep the others from writing
                cursor.execute("SET lock_timeout = '20s'")
                cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
                cursor.execute("SET jit = off")  # compiling a query costs more than reading a page of rows
            connection.commit()

    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not the driver, says when a transaction begins
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', '')}".strip())
