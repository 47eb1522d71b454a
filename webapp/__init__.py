"""Spare Key: account recovery for a password manager, self-hosted and end-to-end encrypted.

The server renders pages and keeps ciphertext. Nothing that runs here can open a vault.
"""

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

from webapp import cli, config
from webapp.application import build


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application. `settings`: what `config.load` returned, for tests; else the environment’s.

    Raises ConfigurationError, but where the command line looks for a command: `check` runs with any settings. Where the
    database is away, the application answers that it is, and proves itself once it is back.

    Writes nothing to the database: migrations and the demo are commands of their own, since every worker runs this.
    """
    app = Flask("webapp")
    try:
        app = build(config.load(os.environ) if settings is None else settings)
        cli.init_app(app)
        cli.prove(app)
    except config.ConfigurationError as error:
        cli.stop(app, error)
    return app
