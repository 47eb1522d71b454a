"""What makes a PIN too easy to guess within ten tries. The PIN itself goes nowhere from here."""

import re
import unicodedata

SHORTEST = 6
UP = "01234567890123456789"
DOWN = "98765432109876543210"
# What people choose first, beyond repeats and runs.
COMMON = {"112233", "112358", "123321", "159753", "246810", "696969", "789456", "147258", "102030"}


def normalised(pin: str) -> str:
    """The PIN as it counts, whichever digits it was typed in."""
    return unicodedata.normalize("NFKC", pin)


def weakness(pin: str) -> str | None:
    """None where it will do, else `pin_not_digits`, `pin_too_short`, `pin_repeats`, `pin_runs`, `pin_common`."""
    typed = normalised(pin)
    rules = {
        "pin_not_digits": not re.fullmatch("[0-9]*", typed),
        "pin_too_short": len(typed) < SHORTEST,
        "pin_repeats": re.fullmatch(r"(.{1,3})\1+", typed) is not None,
        "pin_runs": typed in UP or typed in DOWN,
        "pin_common": typed in COMMON,
    }
    return next((code for code, broken in rules.items() if broken), None)
