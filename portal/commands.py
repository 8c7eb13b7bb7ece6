"""Commands of `flask`: bring the database up to date, and prove that the migrations say what the models say."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import click
from alembic.autogenerate.api import AutogenContext
from flask import Flask, current_app
from sqlalchemy import JSON, Engine, create_engine, inspect, make_url, text

from portal.config import ROOT
from portal.db import Base, Instant, prepare_engine
from portal.extensions import alembic, db

VERSIONS = ROOT / "migrations" / "versions"


def install(app: Flask) -> None:
    """Add the commands, and number new migrations 0001, 0002, …"""
    alembic.rev_id = _next_number
    app.config["ALEMBIC"].setdefault("file_template", "%%(rev)s_%%(slug)s")
    app.config["ALEMBIC_CONTEXT"]["render_item"] = _render_type
    app.cli.add_command(migrate)
    app.cli.add_command(db_check)


def _next_number() -> str:
    taken = [int(path.name[:4]) for path in VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py")]
    return f"{max(taken, default=0) + 1:04d}"


def _render_type(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as plain ones: a migration must outlive the code it was made from."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


@click.command("migrate")
def migrate() -> None:
    """Bring the database to the newest migration."""
    bring_up_to_date()
    click.echo("Database is up to date.")


def bring_up_to_date() -> None:
    """Apply the migrations that are missing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    url = make_url(str(current_app.extensions["settings"].database_url))
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    alembic.upgrade()


@click.command("db-check")
def db_check() -> None:
    """Compare a freshly migrated database with the models, table by table, CHECK constraints included.

    Works on a throw-away SQLite file, or, with PORTAL_DATABASE_URL=postgresql://…, on that (empty) database.
    """
    bring_up_to_date()
    faults = differences(db.engine)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"Migrations and models agree ({db.engine.dialect.name}).")


def differences(migrated: Engine) -> list[str]:
    """Return how a migrated database differs from what `create_all` makes of the models on the same engine."""
    if migrated.dialect.name == "sqlite":
        with TemporaryDirectory() as folder:
            wanted = create_engine(f"sqlite:///{Path(folder) / 'models.sqlite'}")
            prepare_engine(wanted)
            Base.metadata.create_all(wanted)
            found = _compare(describe(migrated), describe(wanted))
            wanted.dispose()
        return found
    with migrated.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS models CASCADE"))
        connection.execute(text("CREATE SCHEMA models"))
    wanted = migrated.execution_options(schema_translate_map={None: "models"})
    try:
        Base.metadata.create_all(wanted)
        return _compare(describe(migrated), describe(migrated, "models"))
    finally:
        with migrated.begin() as connection:
            connection.execute(text("DROP SCHEMA models CASCADE"))


def describe(engine: Engine, schema: str | None = None) -> dict[str, set[str]]:
    """Return each table as a set of lines: columns with type and null, keys, indexes, constraints with their text."""
    seen = inspect(engine)
    tables: dict[str, set[str]] = {}
    for table in seen.get_table_names(schema=schema):
        if table == "alembic_version":
            continue
        lines = tables[table] = set()
        for column in seen.get_columns(table, schema=schema):
            default = str(column["default"]).replace(f"{schema}.", "")
            lines.add(f"column {column['name']} {column['type']!r} null={column['nullable']} default={default}")
        key = seen.get_pk_constraint(table, schema=schema)
        lines.add(f"primary key {key['name']} {key['constrained_columns']}")
        for foreign in seen.get_foreign_keys(table, schema=schema):
            target = f"{foreign['referred_table']}{foreign['referred_columns']}"
            lines.add(f"foreign key {foreign['name']} {foreign['constrained_columns']} -> {target}")
        for unique in seen.get_unique_constraints(table, schema=schema):
            lines.add(f"unique {unique['name']} {unique['column_names']}")
        for check in seen.get_check_constraints(table, schema=schema):
            lines.add(f"check {check['name']} {' '.join(check['sqltext'].split())}")
        for index in seen.get_indexes(table, schema=schema):
            where = {
                name: str(value) for name, value in index.get("dialect_options", {}).items() if "where" in name
            }
            lines.add(f"index {index['name']} {index['column_names']} unique={index['unique']} {where}")
    return tables


def _compare(migrated: dict[str, set[str]], wanted: dict[str, set[str]]) -> list[str]:
    found: list[str] = []
    for table in sorted(migrated.keys() | wanted.keys()):
        has, needs = migrated.get(table, set()), wanted.get(table, set())
        found += [f"{table}: only in the migrations: {line}" for line in sorted(has - needs)]
        found += [f"{table}: missing in the migrations: {line}" for line in sorted(needs - has)]
    return found
