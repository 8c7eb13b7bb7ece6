"""Commands of `flask` for those who run the portal: prepare, deadline, audit, recover."""

from datetime import date, datetime

import click
from flask import Flask, current_app

from forms.kit.limits import LIMITS, by_rule
from forms.kit.workdays import SHANGHAI
from portal import commands
from portal.config import Settings
from portal.db import transaction
from portal.extensions import db
from portal.services import clocks, demo, events, letters, reference
from portal.workshop import works_of


def install(app: Flask) -> None:
    """Add the commands."""
    for command in (prepare, load_reference, seed_demo, deadline, recover):
        app.cli.add_command(command)
    app.cli.add_command(audit)


def _settings() -> Settings:
    found = current_app.extensions["settings"]
    assert isinstance(found, Settings)
    return found


@click.command("prepare")
@click.option("--demo", "with_demo", is_flag=True, help="Add demo accounts and cases on the first start.")
@click.option("--accounts-only", is_flag=True, help="Add demo accounts without cases.")
@click.pass_context
def prepare(context: click.Context, with_demo: bool, accounts_only: bool) -> None:
    """Migrate, load reference data and (first start only) seed the demo. `flask recover` belongs to every start."""
    commands.bring_up_to_date()
    context.invoke(load_reference)
    if with_demo or accounts_only:
        context.invoke(seed_demo, accounts_only=accounts_only)
    click.echo(f"\n  {_settings().public_url}\n")
    if _settings().demo:
        for line in demo.accounts_summary(db.session):
            click.echo(f"  {line}")


@click.command("load-reference")
def load_reference() -> None:
    """Load organs, positions and beds; what is there stays."""
    with transaction(db.session):
        fresh = reference.load(db.session)
    click.echo(f"{fresh} organs added.")


@click.command("seed-demo")
@click.option("--accounts-only", is_flag=True, help="No cases.")
def seed_demo(accounts_only: bool = False) -> None:
    """Add invented persons and accounts, once."""
    if demo.is_seeded(db.session):
        click.echo("Demo data are there already.")
        return
    demo.seed(db.session, works_of(_settings()), accounts_only=accounts_only)
    click.echo("Demo data added.")


@click.command("deadline")
@click.argument("limit")
@click.argument("trigger")
def deadline(limit: str, trigger: str) -> None:
    """Say when a legal time limit ends and how it was counted: flask deadline R-12 2026-09-22T10:15."""
    codes = [limit] if limit in LIMITS else [found.code for found in by_rule(limit)]
    if not codes:
        raise click.BadParameter(f"没有规则或时限“{limit}”", param_hint="LIMIT")
    try:
        moment: datetime | date = (
            datetime.fromisoformat(trigger).replace(tzinfo=SHANGHAI)
            if "T" in trigger
            else date.fromisoformat(trigger)
        )
    except ValueError as error:
        raise click.BadParameter(
            f"“{trigger}”不是日期，请写成2026-09-22或2026-09-22T10:15", param_hint="TRIGGER"
        ) from error
    for code in codes:
        try:
            _limit, _due, lines = clocks.calculate(db.session, code, moment)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="TRIGGER") from error
        click.echo("\n".join(lines))


@click.group("audit")
def audit() -> None:
    """The event log."""


@audit.command("verify")
def audit_verify() -> None:
    """Recompute the hash chain from the first record; exit status 1 when it is broken."""
    anchor = events.last_anchor(_settings().files.parent / "anchors.txt")
    found = events.verify(db.session, anchor)
    if not found.sound:
        click.echo(f"操作记录校验失败：{found.fault}", err=True)
        raise SystemExit(1)
    click.echo(f"操作记录完整：共{found.records}条，末条校验值{found.head}")


@audit.command("anchor")
def audit_anchor() -> None:
    """Note the head of the log outside the database."""
    seq, digest = events.note_anchor(db.session, _settings().files.parent / "anchors.txt")
    click.echo(f"{seq} {digest}")


@click.command("recover")
def recover() -> None:
    """Finish letters whose number was drawn but whose file was not made."""
    finished = letters.recover(db.session, works_of(_settings()))
    if finished:
        click.echo(f"{finished} letters finished.")
