"""Commands of the operator: `flask --app webapp …`."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from webapp import limits, resealing, worker
from webapp.database import db, transaction
from webapp.models import Event, Invite, Organisation, Role, User


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (upgrade_db, init, run_worker, demo, reseal):
        app.cli.add_command(command)


@click.command("upgrade-db")
@with_appcontext
def upgrade_db() -> None:
    """Bring the database’s tables up to this version. Safe to repeat."""
    from flask_migrate import upgrade

    upgrade()


@click.command("init")
@click.option("--organisation", prompt="Name of the organisation")
@click.option("--email", prompt="Email address of its first owner")
@click.option("--name", default="", help="The owner’s name.")
@with_appcontext
def init(organisation: str, email: str, name: str) -> None:
    """Make the organisation and print a one-time link for its first owner (good for an hour)."""
    _stop_without_tables()
    if not User.is_email(User.normalised_email(email)):
        raise click.ClickException("That is no email address. Give one with --email, such as owner@example.com.")
    found = Organisation.the()
    if found and _has_owner(found):
        raise click.ClickException(f"{found.name} is set up already, and has an owner. Nothing was changed.")
    print(f"Open this link within an hour to become the owner:\n{make_organisation(organisation, email, name)}")  # noqa: T201


def make_organisation(organisation: str, email: str, name: str, *, is_demo: bool = False) -> str:
    """The link for the first owner; makes the organisation unless it is there without an owner yet."""
    found = Organisation.the()
    found_id = found.id if found else None
    with transaction() as session:
        made = session.get(Organisation, found_id) if found_id else None
        if made is None:
            made = Organisation(name=organisation, is_demo=is_demo)
            session.add(made)
            session.flush()
            Event.append("organisation.made", made.id, operator=True)
        _, token = Invite.make(made, email, name, Role.OWNER, life=limits.LINK_LIFE)
    return f"{current_app.config['PUBLIC_URL']}/join/{token}"


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Hand over mail and tidy up, until stopped."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("reseal")
@with_appcontext
def reseal() -> None:
    """Move everything the server seals to the first of SEALING_KEYS. Safe to stop and repeat."""
    print(f"{resealing.reseal()} values were sealed anew.")  # noqa: T201


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty development database with a demo organisation, and print how to try it."""
    from webapp import demo as demo_module

    demo_module.run()


def _has_owner(organisation: Organisation) -> bool:
    return any(user.role == Role.OWNER for user in User.admins(organisation.id))


def _stop_without_tables() -> None:
    if not inspect(db.engine).has_table("organisation"):
        raise click.ClickException("The database has no tables yet. Run `flask --app webapp upgrade-db` first.")
