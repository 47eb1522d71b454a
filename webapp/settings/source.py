"""Where settings come from: the environment and the files it names; and the sentence that refuses one."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

SECRETS = ("DATABASE_URL", "SECRET_KEYS", "SEALING_KEYS", "SMTP_URL")
"""What hold a secret: each may also be given as `NAME_FILE`, the path of a file that has it."""
FILE = "_FILE"
FILE_BYTES = 64 * 1024
REQUIRED = {
    "DATABASE_URL": "postgresql://user:password@host/name, or to sqlite:////path/to/file",
    "PUBLIC_URL": "the address people type, such as https://keys.example.com",
    "TRUSTED_PROXIES": "how many proxies stand in front of Spare Key, usually 1",
    "SMTP_URL": "smtp://user:password@host:587, or to none: notices then appear on people’s other devices only",
}
"""What production guesses nothing about, and what to set it to."""
QUOTED = re.compile(r"(['\"]).*\1", re.DOTALL)
UNFILLED = re.compile(r"\$\{?[A-Za-z_]\w*\}?|<[^<>@]+>|\{\{.*\}\}")


class ConfigurationError(SystemExit):
    """A setting is missing or unsafe. The message is one sentence for the person who runs the server, without a secret.

    Where nobody catches it, it ends the process (a command, the mail worker, a worker of the web server) with this
    sentence alone and exit code 1: a traceback around it would hide it.
    """


class Mode(StrEnum):
    """What this process is run for. Production is the default, so forgetting the variable is the safe mistake."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TESTING = "testing"


class Source:
    """The settings as they were given, each without the blanks around it."""

    def __init__(self, environ: Mapping[str, str], mode_if_wrong: Mode | None = None) -> None:
        self._environ = environ
        self._mode_if_wrong = mode_if_wrong

    @property
    def mode(self) -> Mode:
        """Raises ConfigurationError for a word that is none."""
        word = self.get("SPAREKEY_MODE") or Mode.PRODUCTION
        try:
            return Mode(word)
        except ValueError:
            if self._mode_if_wrong:
                return self._mode_if_wrong
            raise ConfigurationError(f"SPAREKEY_MODE is “{word}”: set it to one of {', '.join(Mode)}.") from None

    def get(self, name: str) -> str:
        """What it is set to, or what is in the file that `NAME_FILE` names; "" where it is not set. Raises
        ConfigurationError where that can’t be meant."""
        value = self._environ.get(name, "").strip()
        path = self._environ.get(name + FILE, "").strip() if name in SECRETS else ""
        if value and path:
            raise ConfigurationError(f"{name} and {name}{FILE} are both set: one of them must go.")
        value = _content(name, path) if path else value
        if re.match(rf"(export\s+)?{re.escape(name)}\s*=", value):
            raise ConfigurationError(
                f"{name} begins with its own name: leave out “{name}=”, in the file, too, where it comes from one."
            )
        if QUOTED.fullmatch(value):
            raise ConfigurationError(f"{name} stands in quotation marks: set it to what is between them.")
        if UNFILLED.fullmatch(value):
            raise ConfigurationError(f"{name} is a place that nobody filled in: set it to what belongs there.")
        return value

    def demanded(self, name: str) -> str:
        """The same. Raises ConfigurationError where it is missing and production guesses nothing."""
        value = self.get(name)
        if not value and self.mode is Mode.PRODUCTION:
            raise ConfigurationError(f"{name} is missing: set it to {REQUIRED[name]}.")
        return value

    def number(self, name: str, usual: int | None, least: int, most: int) -> int | None:
        """A whole number within bounds, `usual` where it is not set. Raises ConfigurationError."""
        value = self.get(name)
        if not value:
            return usual
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ConfigurationError(f"{name} is “{value}”: set it to a whole number from {least} to {most}.")
        return int(value)

    def origin_of(self, name: str) -> str:
        """For whoever looks at the settings: the file it comes from, or ""."""
        return self._environ.get(name + FILE, "").strip() if name in SECRETS else ""


def _content(name: str, path: str) -> str:
    """One newline at its end is the editor’s, not the value’s; other blanks there mean nothing either."""
    must = f"{name}{FILE} must name a file that Spare Key may read"
    try:
        with Path(path).open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no path"
        raise ConfigurationError(f"{must}, and reading “{path}” says: {why}.") from None
    try:
        value = content.decode().strip()
    except UnicodeDecodeError:
        value = ""
    if not value or len(content) > FILE_BYTES:
        raise ConfigurationError(f"{must}, and “{path}” is empty, or no short text.")
    return value
