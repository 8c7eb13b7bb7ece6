"""The comparison of migrations with models finds what it is meant to find."""

from flask import Flask
from sqlalchemy import text

from portal.commands import differences
from portal.extensions import db


def test_a_database_made_from_the_models_differs_in_nothing(app: Flask) -> None:
    with app.app_context():
        assert differences(db.engine) == []


def test_a_lost_index_column_and_check_are_each_found(altered_schema: Flask) -> None:
    with altered_schema.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("DROP INDEX ix_event_kind"))
            connection.execute(text("ALTER TABLE bed RENAME COLUMN label TO sign"))
            connection.execute(text("DROP TABLE calendar_day"))
            connection.execute(text("CREATE TABLE calendar_day (day DATE PRIMARY KEY, working BOOLEAN NOT NULL)"))
        found = "\n".join(differences(db.engine))
    assert "event: missing in the migrations: index ix_event_kind" in found
    assert "bed: missing in the migrations: column label" in found
    assert "calendar_day: missing in the migrations: column year" in found
    assert "calendar_day: missing in the migrations: foreign key fk_calendar_day_year" in found


def test_a_weaker_check_of_the_same_name_is_found(altered_schema: Flask) -> None:
    with altered_schema.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE delegation"))
            connection.execute(
                text(
                    "CREATE TABLE delegation (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, stand_in_id INTEGER NOT NULL,"
                    " CONSTRAINT ck_delegation_somebody_else CHECK (user_id <> 0))"
                )
            )
        found = differences(db.engine)
    assert any(
        line.startswith("delegation: missing in the migrations: check ck_delegation_somebody_else")
        for line in found
    )
