"""The command line in this process, by the way that `flask --app webapp` takes, in an environment of the test’s own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup

from tests.support.servers.applications import dispose
from webapp import cli, create_app


@dataclass(frozen=True)
class Said:
    """How a command ended. `sentence`: with what it refused, or ""."""

    code: int
    output: str
    sentence: str


def commands() -> list[list[str]]:
    """Every command that the application registers, those in groups, too: none is forgotten."""
    registered = Flask("commands")
    cli.init_app(registered)
    found = []
    for name, command in registered.cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        found += [[name, each] for each in inner] or [[name]]
    return found


def command_line(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`run(environ, "check")`."""

    apps: list[Flask] = []

    def made() -> Flask:
        apps.append(create_app())
        return apps[-1]

    def run(environ: Mapping[str, str], *arguments: str) -> Said:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("SPAREKEY_MODE", raising=False)
            for name, value in {"FLASK_RUN_FROM_CLI": "true", **environ}.items():
                patch.setenv(name, value)
            code: object = 0
            try:
                FlaskGroup(create_app=made).main(args=list(arguments), standalone_mode=False)
            except SystemExit as ended:
                code = ended.code
            while apps:
                _dispose(apps.pop())
        sentence = code if isinstance(code, str) else ""
        return Said(1 if sentence else int(str(code or 0)), capsys.readouterr().out, sentence)

    return run


def _dispose(app: Flask) -> None:
    if "sqlalchemy" in app.extensions:  # else it was stopped by its settings
        dispose(app)
