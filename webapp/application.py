"""The application put together, before the database was looked at and without its commands."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from webapp import database, views
from webapp.crypto import sealing
from webapp.models import tables  # noqa: F401  what is sealed is counted by table: each must be known
from webapp.ops import logs, mail, metrics, startup_checks
from webapp.web import access, assets, compression, database_outage, errors, formatting, htmx, reauthentication


def build(settings: Mapping[str, Any]) -> Flask:
    """Every part of it, with these settings."""
    app = Flask(
        "webapp", template_folder="../templates", static_folder=None, instance_path=str(settings["INSTANCE_PATH"])
    )
    app.config.from_mapping(settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    logs.init_app(app)  # sees a request first, and an answer last
    compression.init_app(app)  # sees an answer last, when everything else is in it
    database.init_app(app)
    database_outage.init_app(app)
    sealing.init_app(app)
    metrics.init_app(app)
    startup_checks.init_app(app)  # nothing is answered before the sealing keys were proved
    access.init_app(app)  # who is asking, and whether the request may be at all: before anything answers
    reauthentication.init_app(app)
    htmx.init_app(app)
    errors.init_app(app)
    mail.init_app(app)
    formatting.init_app(app)
    views.init_app(app)
    assets.init_app(app)  # wraps the WSGI app, so it comes after everything that registers with it
    return app
