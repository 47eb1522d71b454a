"""Commands of the operator: `flask --app webapp …`."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from webapp import limits, resealing, worker
from webapp.audit.commands import audit
from webapp.database import db, transaction
from webapp.models import Device, DeviceState, Event, Hold, Invite, NotLifted, Organisation, Role, User
from webapp.models.password_reset import NotReset, reset_by_operator
from webapp.models.second_factor_reset import reset_factor_by_operator


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (upgrade_db, init, run_worker, demo, reseal, reset, reset_second_factor, lift_hold, audit):
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


@click.command("reset")
@click.argument("email")
@with_appcontext
def reset(email: str) -> None:
    """Void the password of EMAIL and print a one-time link for a new one (good for an hour)."""
    user = _user(email)
    name, user_id, active = f"{user.name} ({user.email})", user.id, len(Device.of(user.id, DeviceState.ACTIVE))
    try:
        with transaction():
            token = reset_by_operator(User.locked(user_id)).token
    except NotReset:
        raise click.ClickException(f"The account of {name} is disabled, so it takes no password.") from None
    print(  # noqa: T201
        f"The password of {name} no longer works, and every session is ended. The vault is not touched and nobody can\n"
        f"read it by this, but {_devices(active)} to be brought back to it. The member and the admins are told.\n"
        "\nHand over this link yourself. Whoever opens it chooses the new password; it works once, within an hour:\n"
        f"{current_app.config['PUBLIC_URL']}/password/{token}"
    )


@click.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Turn the second factor of EMAIL off, for somebody whom no admin can help."""
    user = _user(email)
    name, user_id = f"{user.name} ({user.email})", user.id
    try:
        with transaction():
            reset_factor_by_operator(User.locked(user_id))
    except NotReset:
        raise click.ClickException(f"{name} has no second factor on. Nothing was changed.") from None
    print(  # noqa: T201
        f"The second factor of {name} is off, and every session is ended: the password alone signs in until a new\n"
        "one is set up. Devices and vault stay as they are. The member and the admins are told."
    )


@click.command("lift-hold")
@click.argument("email")
@with_appcontext
def lift_hold(email: str) -> None:
    """Let recoveries of EMAIL go on after “This wasn’t me”, where no admin may decide that."""
    user = _user(email)
    name, user_id = f"{user.name} ({user.email})", user.id
    try:
        with transaction():
            hold = Hold.of(User.locked(user_id).id)
            if hold:
                hold.lift(None)
    except NotLifted:
        hold = None
    if hold is None:
        raise click.ClickException(f"The account of {name} is not on hold. Nothing was changed.")
    print(  # noqa: T201
        f"The hold on the account of {name} is lifted: it can be recovered again. What was stopped stays stopped.\n"
        "The member and the admins are told."
    )


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty development database with a demo organisation, and print how to try it."""
    from webapp import demo as demo_module

    demo_module.run()


def _has_owner(organisation: Organisation) -> bool:
    return any(user.role == Role.OWNER for user in User.admins(organisation.id))


def _devices(number: int) -> str:
    return "1 device has" if number == 1 else f"{number or 'no'} devices have"


def _user(email: str) -> User:
    _stop_without_tables()
    found = User.by_email(email)
    if found is None:
        raise click.ClickException(f"There is no account under {email}. Check the address; Admin, Users lists them.")
    return found


def _stop_without_tables() -> None:
    if not inspect(db.engine).has_table("organisation"):
        raise click.ClickException("The database has no tables yet. Run `flask --app webapp upgrade-db` first.")
