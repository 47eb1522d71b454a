"""Sealing of the server's own halves (server shares, S, tab keys) with keys that are kept apart from the database.

A sealed value is `key-id:Fernet token`. The id lets a start refuse when a stored value needs a key that is missing,
and lets `reseal` move values to the current key. None of these values opens anything alone.
"""

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app


class UnknownSealingKey(Exception):
    """A stored value was sealed with a key that SEALING_KEYS doesn’t list."""


class SealBroken(Exception):
    """A stored value is not what was sealed, or not for this purpose."""


class Sealer:
    """Seals under the first key and opens under any. Values are bound to a context, so rows can’t be swapped."""

    def __init__(self, keys: list[tuple[str, str]]) -> None:
        self._keys = {key_id: Fernet(key) for key_id, key in keys}
        self.current = keys[0][0]
        self.ids = list(self._keys)

    def seal(self, data: bytes, context: str) -> str:
        """`data` sealed for `context` (what and whose it is)."""
        inside = context.encode() + b"\0" + data
        return f"{self.current}:{self._keys[self.current].encrypt(inside).decode()}"

    def unseal(self, sealed: str, context: str) -> bytes:
        """The data sealed for `context`. Raises UnknownSealingKey, SealBroken."""
        key_id, _, token = sealed.partition(":")
        if key_id not in self._keys:
            raise UnknownSealingKey(key_id)
        try:
            inside = self._keys[key_id].decrypt(token.encode())
        except InvalidToken as error:
            raise SealBroken(context) from error
        found, _, data = inside.partition(b"\0")
        if found != context.encode():
            raise SealBroken(context)
        return data


def init_app(app: Flask) -> None:
    """Keep one Sealer on the application, from the setting SEALING_KEYS (a list of "id:key")."""
    keys = [(key_id, key) for key_id, _, key in (entry.partition(":") for entry in app.config["SEALING_KEYS"])]
    app.extensions["sealer"] = Sealer(keys)


def sealer() -> Sealer:
    """The running application's Sealer."""
    found: Sealer = current_app.extensions["sealer"]
    return found
