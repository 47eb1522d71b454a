"""`flask --app webapp check`: a line for each setting, and for what the settings lead to, all of it in one go."""

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from webapp import config
from webapp.application import build
from webapp.config import Finding
from webapp.database import db
from webapp.ops import checks, health


@click.command("check")
def check() -> None:
    """Say of each setting, and of what they lead to, whether it is right and how to mend it. Ends with 1 unless all is.

    Changes nothing, and prints no secret.
    """
    findings = list(config.examine(os.environ))
    for each in findings:
        _say(each)
    for each in _at_work(findings):
        _say(each)
        findings.append(each)
    wrong = sum(bool(each.problem) for each in findings)
    click.echo(f"\n{wrong} to mend." if wrong else "\nAll is well.")
    sys.exit(1 if wrong else 0)


def _say(finding: Finding) -> None:
    click.echo(
        f"{'wrong' if finding.problem else 'ok':<6} {finding.name:<20} {finding.problem or finding.shown}".rstrip()
    )


def _at_work(findings: list[Finding]) -> Iterator[Finding]:
    """What is seen only by trying it, as far as the settings that it needs can be read."""
    values: dict[str, Any] = {}
    for each in findings:
        values |= each.values
    yield from checks.folders(values)
    if "SMTP" in values:
        yield checks.mail_server(values["SMTP"])
    if "SQLALCHEMY_DATABASE_URI" not in values:
        return
    if checks.is_missing_file(values["SQLALCHEMY_DATABASE_URI"]):  # to connect would make it
        yield Finding("migrations", problem=f"The database {health.NO_TABLES}: run `flask --app webapp upgrade-db`.")
    else:
        yield from _of_the_database(values)


def _of_the_database(values: Mapping[str, Any]) -> Iterator[Finding]:
    """With what the settings lack filled in from those of tests, which write nothing."""
    rest = config.load({"SPAREKEY_MODE": "testing", "DATABASE_URL": "sqlite://"})
    app = build({**rest, **values, "MODE": "testing"})
    with app.app_context():
        try:
            yield from checks.database(has_sealing_keys="SEALING_KEYS" in values, is_production=_is_production(values))
        except SQLAlchemyError as error:
            yield Finding("database", problem=checks.database_problem(error))
        finally:
            db.session.remove()
            db.engine.dispose()


def _is_production(values: Mapping[str, Any]) -> bool:
    return str(values.get("MODE", "production")) == "production"
