"""Which sign-in passwords are refused, and why. Length counts most; what everybody guesses first is refused too."""

import re
import unicodedata

from webapp.crypto.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH

COMMON = set(
    re.findall(
        r"\w+",
        """
        password passwort motdepasse contrasena letmein letmeinplease welcome willkommen iloveyou admin login secret
        administrator changeme qwerty qwertz azerty monkey dragon master sunshine princess football baseball superman
        batman shadow michael summer winter spring autumn trustno hello whatever starwars company default sparekey spare
        pass passphrase mypassword thisismypassword correcthorsebatterystaple
        """,
    )
)
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
FEWEST_CHARACTERS = 5
"""A password with fewer different characters is a pattern."""
REST = 8
"""So much must be left of a password once the person’s own names are taken out, and not a row of exclamation marks."""


def refusal(password: str, email: str, name: str) -> str | None:
    """Why this may not be the password of this person: short, long, common, personal; None: it may."""
    typed = unicodedata.normalize("NFKC", password)
    if len(typed) < MINIMUM_LENGTH:
        return "short"
    if len(typed) > MAXIMUM_LENGTH:
        return "long"
    folded = typed.casefold()
    rest = folded
    for own in _own_words(email, name):
        rest = rest.replace(own, "")
    if rest != folded and (len(rest) < REST or len(set(rest)) < FEWEST_CHARACTERS):
        return "personal"
    return "common" if _is_common(folded) else None


def _own_words(email: str, name: str) -> list[str]:
    email, name = email.casefold(), name.casefold()
    local, _, domain = email.partition("@")
    words = [email, local, domain.partition(".")[0], "".join(name.split()), *re.split(r"[\W_]+", f"{local} {name}")]
    return sorted((word for word in words if len(word) >= 3), key=len, reverse=True)


def _is_common(folded: str) -> bool:
    if len(set(folded)) < FEWEST_CHARACTERS or _outside_rows(folded) <= 3:
        return True
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    spelt = (re.sub(r"[\W\d_]", "", text) for text in (folded, bare.translate(LEET)))
    return any(_once(text) in COMMON for text in spelt)


def _outside_rows(folded: str) -> int:
    """How many characters are not part of a run of letters or digits as they lie on a keyboard or in the alphabet."""
    parts = [_once(part) for part in re.findall(r"[^\W\d_]{3,}|\d{3,}", _once(folded))]
    return len(_once(folded)) - sum(
        len(part) for part in parts if any(part in row or part in row[::-1] for row in ROWS)
    )


def _once(text: str) -> str:
    """The part that `text` repeats: `abcabcabc` is `abc`."""
    return next((text[:size] for size in range(1, len(text)) if text[:size] * (len(text) // size) == text), text)
