"""Sealing of the server's own halves (server shares, S, tab keys) with keys that are kept apart from the database.

A sealed value is `key-id:Fernet token`. The id lets a start refuse when a stored value needs a key that is missing,
and lets `reseal` move values to the current key. None of these values opens anything alone. A canary is a value that
says nothing: whether a key opens it shows whether it is the key that the database was sealed with.
"""

import re

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app

KEY_ID = re.compile(r"[a-z0-9-]{1,32}")
"""Ids are compared exactly, so they come in one spelling only."""


class SealingFailed(Exception):
    """The server can’t open, or must not seal, a value of its own. The message is a sentence for whoever runs the
    server: it names the key by its id, and holds no secret."""


class UnknownSealingKey(SealingFailed):
    """A stored value was sealed with a key that SEALING_KEYS doesn’t list."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"A value was sealed with the key “{key_id}”: add that key to SEALING_KEYS, at the end.")


class SealBroken(SealingFailed):
    """A stored value is not what was sealed, or not for this purpose."""

    def __init__(self, key_id: str, context: str) -> None:
        super().__init__(
            f"A value that names the key “{key_id}” does not open with it as {context}:"
            f" SEALING_KEYS has another key under “{key_id}”, or the value was altered."
        )


class WrongSealingKey(SealingFailed):
    """SEALING_KEYS has another key under an id than the one that the database knows."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"The key “{key_id}” in SEALING_KEYS is not the one that seals the database: put that one back under"
            f" “{key_id}”, and give another key an id of its own, such as the day it was made."
        )


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
            raise SealBroken(key_id, context) from error
        found, _, data = inside.partition(b"\0")
        if found != context.encode():
            raise SealBroken(key_id, context)
        return data

    def canary(self, key_id: str) -> str:
        """Nothing, sealed under one of the keys."""
        return f"{key_id}:{self._keys[key_id].encrypt(_canary_context(key_id)).decode()}"

    def opens_canary(self, key_id: str, canary: str | None) -> bool:
        """Whether the key listed under this id is the one that made the canary."""
        _, _, token = (canary or "").partition(":")
        try:
            return key_id in self._keys and self._keys[key_id].decrypt(token.encode()) == _canary_context(key_id)
        except InvalidToken:
            return False


def key_id_of(sealed: str | None) -> str | None:
    """The id of the key that a stored value names, even if only its beginning is given; None where it names none."""
    key_id, separator, _ = (sealed or "").partition(":")
    return key_id if separator and KEY_ID.fullmatch(key_id) else None


def init_app(app: Flask) -> None:
    """Keep one Sealer on the application, from the setting SEALING_KEYS (a list of "id:key")."""
    keys = [(key_id, key) for key_id, _, key in (entry.partition(":") for entry in app.config["SEALING_KEYS"])]
    app.extensions["sealer"] = Sealer(keys)


def sealer() -> Sealer:
    """The running application's Sealer."""
    found: Sealer = current_app.extensions["sealer"]
    return found


def _canary_context(key_id: str) -> bytes:
    return f"spare-key/v1/canary {key_id}".encode()
