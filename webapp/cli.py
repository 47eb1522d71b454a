"""Commands of the operator: `flask --app webapp …`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click
from flask import Flask, current_app, render_template
from flask.cli import AppGroup, FlaskGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from webapp import worker
from webapp.audit.commands import audit
from webapp.check_command import check
from webapp.config import ConfigurationError
from webapp.database import transaction
from webapp.database_backups.commands import backup, restore
from webapp.email_addresses import is_address
from webapp.models.accounts.password_reset import NotReset, reset_by_operator
from webapp.models.accounts.second_factor_reset import reset_factor_by_operator
from webapp.models.approval.hold import Hold, NotLifted
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.ops import seal_rotation, startup_checks, upgrading, web_server
from webapp.ops.audit_head import head
from webapp.ops.organisation_setup import make_organisation


class _Commands(AppGroup):
    """Our commands: each runs once the application has proved itself, but for `check`, which says what is wrong and
    writes nothing. Where the database fails one of them, it ends with a sentence."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self._app = app
        self._is_listing = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Click’s own, for the help: nothing is run."""
        self._is_listing = True
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Click’s own, under our roof. Raises ConfigurationError."""
        found = super().get_command(ctx, cmd_name)
        if found and isinstance(ctx.command, FlaskGroup) and not self._is_listing:
            self._prove(found)
        ctx.with_resource(_in_a_sentence())
        return found

    def _prove(self, command: click.Command) -> None:
        if command is check:
            return
        if command is upgrade_db:
            with self._app.app_context(), _in_a_sentence(), upgrading.alone():  # else the tables may be half there
                startup_checks.check(self._app, needs_tables=False)
            return
        try:
            startup_checks.check(self._app, needs_tables=command not in (backup, restore))
        except startup_checks.DatabaseAway:
            if command not in (serve, run_worker):  # they wait for it
                raise


class _Stopped(AppGroup):
    """The command line of an application that must not start: all commands but `check` end with the reason."""

    def __init__(self, error: ConfigurationError) -> None:
        super().__init__()
        self._error = error
        self.add_command(check)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Raises the reason."""
        found = super().get_command(ctx, cmd_name)
        if found is None:
            raise self._error
        return found


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli = _Commands(app)
    for command in (serve, check, upgrade_db, init, run_worker, demo, reseal, reset, reset_second_factor):
        app.cli.add_command(command)
    audit.add_command(head)
    for command in (lift_hold, audit):
        app.cli.add_command(command)
    for command in (backup, restore):
        app.cli.add_command(command)


def prove(app: Flask) -> None:
    """`startup_checks.check`, unless the command line is only looking for a command: that decides by what it found. A
    web process without its database raises nothing; others than web processes need no tables."""
    context = click.get_current_context(silent=True)
    if context and isinstance(context.command, FlaskGroup):
        return
    with suppress(startup_checks.DatabaseAway):
        startup_checks.check(app, needs_tables=context is None or context.info_name == "run")


def stop(app: Flask, error: ConfigurationError) -> None:
    """Raises the error, unless the command line is only looking for a command: then most commands raise it."""
    context = click.get_current_context(silent=True)
    if not context or not isinstance(context.command, FlaskGroup):
        raise error
    app.cli = _Stopped(error)


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise startup_checks.in_a_sentence(error) from None


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the site, by BIND, PORT, WORKERS and THREADS, now that the settings and the sealing keys were proved.

    It becomes the web server. That one starts a worker which refuses to run again and again; this has refused before.
    """
    web_server.become(current_app.config)


@click.command("upgrade-db")
@with_appcontext
def upgrade_db() -> None:
    """Bring the database’s tables up to this version. Safe to repeat."""
    said = upgrading.bring_up()
    startup_checks.check(current_app._get_current_object())  # type: ignore[attr-defined]
    print(said)  # noqa: T201


@click.command("init")
@click.option("--organisation", prompt="Name of the organisation")
@click.option("--email", prompt="Email address of its first owner")
@click.option("--name", default="", help="The owner’s name.")
@with_appcontext
def init(organisation: str, email: str, name: str) -> None:
    """Make the organisation and print a one-time link for its first owner (good for an hour)."""
    startup_checks.require_tables()
    if not is_address(email):
        raise click.ClickException("That is no email address. Give one with --email, such as owner@example.com.")
    found = Organisation.the()
    if found and _has_owner(found):
        raise click.ClickException(f"{found.name} is set up already, and has an owner. Nothing was changed.")
    print(f"Open this link within an hour to become the owner:\n{make_organisation(organisation, email, name)}")  # noqa: T201


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Hand over mail and tidy up, until stopped."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("reseal")
@with_appcontext
def reseal() -> None:
    """Move everything the server seals to the first of SEALING_KEYS. Safe to stop and repeat."""
    startup_checks.require_tables()
    resealed = seal_rotation.reseal()
    print(render_template("ops/seal_rotation.txt", resealed=resealed, standing=seal_rotation.standing()).rstrip())  # noqa: T201


@click.command("reset")
@click.argument("email")
@with_appcontext
def reset(email: str) -> None:
    """Void the password of EMAIL and print a one-time link for a new one (good for an hour)."""
    user = _user(email)
    name = f"{user.name} ({user.email})"
    user_id = user.id
    active = len(Device.of(user.id, DeviceState.ACTIVE))
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
    name = f"{user.name} ({user.email})"
    user_id = user.id
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
    name = f"{user.name} ({user.email})"
    user_id = user.id
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
    from webapp.ops import demo as demo_module  # the web process never loads the headless device

    demo_module.run()


def _has_owner(organisation: Organisation) -> bool:
    return any(user.role == Role.OWNER for user in User.admins(organisation.id))


def _devices(number: int) -> str:
    return "1 device has" if number == 1 else f"{number or 'no'} devices have"


def _user(email: str) -> User:
    startup_checks.require_tables()
    user = User.by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account under {email}. Check the address; Admin, Users lists them.")
    return user
