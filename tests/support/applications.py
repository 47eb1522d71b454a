"""Applications as tests run them: the real factory, testing settings, a client that behaves like a browser."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp import config, create_app
from webapp.database import db


class BrowserLikeClient(FlaskClient):
    """A test client that comes from the public address and says, as browsers do, that its posts are same-origin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """As Flask's, but on PUBLIC_URL, and files are read to their end and closed."""
        kwargs.setdefault("buffered", True)
        if args and isinstance(args[0], str):
            kwargs.setdefault("base_url", self.application.config["PUBLIC_URL"])
        return super().open(*args, **kwargs)


def make_app(environ: dict[str, str], instance: Path) -> Flask:
    """An application in testing mode with the settings of `environ`; nothing comes from the real environment."""
    settings = config.load({"SPAREKEY_MODE": "testing", "SPAREKEY_INSTANCE": str(instance), **environ})
    app = create_app(settings)
    app.test_client_class = BrowserLikeClient
    return app


def migrate(database_url: str, instance: Path) -> None:
    """Bring an empty database to the current schema, exactly as a release does."""
    app = make_app({"DATABASE_URL": database_url}, instance)
    result = app.test_cli_runner().invoke(args=["upgrade-db"])
    dispose(app)
    assert result.exit_code == 0, result.output


def dispose(app: Flask) -> None:
    """Close every connection of an application that is no longer used."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
