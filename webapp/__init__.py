"""Spare Key: account recovery for a password manager, self-hosted and end-to-end encrypted.

The server renders pages and keeps ciphertext. Nothing that runs here can open a vault.
"""

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from webapp import asking_again, assets, cli, config, database, errors, htmx, mail, moments, security, startup, views
from webapp.crypto import sealing


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application. `settings`: what `config.load` returned, for tests; else the environment’s.

    Raises ConfigurationError.

    Writes nothing to the database: migrations and the demo are commands of their own, since every worker runs this.
    """
    loaded = config.load(os.environ) if settings is None else settings
    app = Flask(
        "webapp", template_folder="../templates", static_folder=None, instance_path=str(loaded["INSTANCE_PATH"])
    )
    app.config.from_mapping(loaded)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    database.init_app(app)
    sealing.init_app(app)
    security.init_app(app)  # who is asking, and whether the request may be at all: before anything answers
    asking_again.init_app(app)
    htmx.init_app(app)
    errors.init_app(app)
    mail.init_app(app)
    moments.init_app(app)
    views.init_app(app)
    assets.init_app(app)  # wraps the WSGI app, so it comes after everything that registers with it
    cli.init_app(app)
    startup.check(app)
    return app
