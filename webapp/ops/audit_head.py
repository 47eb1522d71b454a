"""`flask --app webapp audit head`: the one command about what happened that needs the database."""

import click
from flask.cli import with_appcontext

from webapp.crypto.sealing import SealingFailed
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.audit_key import AuditKey


@click.command("head")
@with_appcontext
def head() -> None:
    """Print the signed head: how the chain ends now. Keep it elsewhere, to check a later export against."""
    organisation = Organisation.the()
    if organisation is None:
        raise click.ClickException("There is no organisation yet. Run `flask --app webapp init` first.")
    try:
        click.echo(AuditKey.head(organisation.id).line)
    except SealingFailed as error:
        raise click.ClickException(str(error)) from None
