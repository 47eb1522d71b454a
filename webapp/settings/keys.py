"""The secrets of the server: the keys of cookies and links, and those that seal its halves of members’ keys."""

import base64
import re
import secrets
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from webapp.crypto.sealing import KEY_ID
from webapp.settings.addresses import read_instance
from webapp.settings.dev_secrets import dev_secret
from webapp.settings.source import ConfigurationError, Mode, Source

KEYS = re.compile(r"[^\s,]+")
MINIMUM_KEY_LENGTH = 32
LEAST_DIFFERENT = 8
"""Of the characters, or bytes, of a key. 32 bytes that were drawn have fewer once in 10^28 times, 32 hexadecimal
characters once in a million."""
WORDS = re.compile(r"change.?me|replace|password|secret|example", re.IGNORECASE)
MAKE_SECRET = "what `openssl rand -hex 32` prints"  # noqa: S105
MAKE_SEALING = "what `openssl rand -base64 32 | tr '+/' '-_'` prints"


def read_secret_keys(source: Source) -> dict[str, Any]:
    """SECRET_KEYS, the current one first."""
    mode = source.mode
    keys = KEYS.findall(source.get("SECRET_KEYS"))
    if not keys:
        keys = [_made("SECRET_KEYS", source, secrets.token_urlsafe(32), MAKE_SECRET)]
    if any(len(key) < MINIMUM_KEY_LENGTH for key in keys):
        raise ConfigurationError(
            f"SECRET_KEYS holds a key shorter than {MINIMUM_KEY_LENGTH} characters: set it to {MAKE_SECRET}."
        )
    if mode is Mode.PRODUCTION and any(WORDS.search(key) or is_pattern(key) for key in keys):
        raise ConfigurationError(
            f"SECRET_KEYS holds a key that is a pattern or a word, so others guess it: set it to {MAKE_SECRET}."
        )
    return {"SECRET_KEYS": keys, "SECRET_KEY": keys[0], "SECRET_KEY_FALLBACKS": keys[1:]}


def read_sealing_keys(source: Source) -> dict[str, Any]:
    """SEALING_KEYS, each "id:key", the current one first. A pattern may only be a former one: what it sealed has to
    open until it is sealed anew."""
    keys = KEYS.findall(source.get("SEALING_KEYS"))
    if not keys:
        fresh = f"{source.mode}:{Fernet.generate_key().decode()}"
        keys = [_made("SEALING_KEYS", source, fresh, f"id:key, such as 2026-11-29: and {MAKE_SEALING}")]
    for number, entry in enumerate(keys, start=1):
        if not _is_sealing_key(entry):
            raise ConfigurationError(
                f"SEALING_KEYS can’t be read at its entry {number}: set it to id:key, where the id is the day the key"
                f" was made (2026-11-29; lower-case letters, digits and hyphens) and the key is {MAKE_SEALING};"
                " newest first, separated by commas."
            )
    ids = [entry.partition(":")[0] for entry in keys]
    twice = next((key_id for key_id in ids if ids.count(key_id) > 1), None)
    if twice:
        raise ConfigurationError(
            f"SEALING_KEYS holds two keys under the id “{twice}”: set it to one key an id,"
            " and give the newer one an id of its own, such as the day it was made."
        )
    if source.mode is Mode.PRODUCTION and is_pattern(base64.urlsafe_b64decode(keys[0].partition(":")[2])):
        raise ConfigurationError(
            f"SEALING_KEYS begins with a key that is a pattern, so others guess it: set it to {MAKE_SEALING},"
            " with an id of its own before it, and keep the present one behind it until `reseal` has moved everything."
        )
    if any(entry.partition(":")[2] in KEYS.findall(source.get("SECRET_KEYS")) for entry in keys):
        raise ConfigurationError("SEALING_KEYS repeats one of SECRET_KEYS: set it to a key of its own.")
    return {"SEALING_KEYS": keys}


def is_pattern(key: Sequence[object]) -> bool:
    """Whether somebody made it up: few different signs, the same again and again, or each a step after the other."""
    if len(set(key)) < LEAST_DIFFERENT:
        return True
    if any(key[period:] == key[:-period] for period in range(1, len(key) // 2 + 1)):
        return True
    codes = [ord(each) if isinstance(each, str) else int(str(each)) for each in key]
    return len({(after - before) % 256 for before, after in pairwise(codes)}) == 1


def _is_sealing_key(entry: str) -> bool:
    key_id, _, key = entry.partition(":")
    try:
        Fernet(key)
    except ValueError:
        return False
    return KEY_ID.fullmatch(key_id) is not None


def _made(name: str, source: Source, fresh: str, advice: str) -> str:
    """A key for a setting that nobody made: refused in production, kept on disk in development."""
    if source.mode is Mode.PRODUCTION:
        raise ConfigurationError(f"{name} is missing: set it to {advice}; keep it apart from the database.")
    if source.mode is Mode.TESTING:
        return fresh
    return dev_secret(Path(read_instance(source)["INSTANCE_PATH"]) / name.lower().replace("_", "-"), fresh)
