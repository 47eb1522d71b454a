"""Applications as tests run them: the real factory, testing settings, a client that behaves like a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.run import patience
from webapp import config, create_app
from webapp.database import db

USER_AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0"


class SharedBytecode(BytecodeCache):
    """Compiled templates, kept for the whole run: most of a page’s first rendering is compiling."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja’s hook; it checks by itself that the source is still the same."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja’s hook."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


BYTECODE = SharedBytecode()


class RememberedRule(Rule):
    """Compiles what builds an address once for the whole run: half of what making an application costs."""

    _builders: ClassVar[dict[tuple[str, bool], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Werkzeug’s own: what it makes follows from the rule’s text, where there are neither defaults nor hosts."""
        if self.defaults or self.subdomain or self.host:
            return super()._compile_builder(append_unknown)
        key = (self.rule, append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


Flask.url_rule_class = RememberedRule


class BrowserLikeClient(FlaskClient):
    """A test client that comes from the public address and says, as browsers do, that its posts are same-origin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        self.environ_base["HTTP_USER_AGENT"] = USER_AGENT

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
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _wait_long)
    app.test_client_class = BrowserLikeClient
    app.jinja_env.bytecode_cache = BYTECODE
    return app


def _wait_long(connection: Any, _record: object) -> None:
    """For another writer, however busy the machine is."""
    connection.execute(f"PRAGMA busy_timeout={patience.HUNG * 1000}")


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
