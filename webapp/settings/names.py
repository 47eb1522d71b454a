"""Which names in the environment are settings, and which only look like one: misspelt, they would do nothing."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from webapp.settings.source import FILE, SECRETS

PREFIX = "SPAREKEY_"
OF_KUBERNETES = re.compile(r"SPAREKEY_(SERVICE_(HOST|PORT)|PORT)(_\w+)?")
"""What it tells every container of a service that is called sparekey."""
ALIKE = 0.8
"""How alike two names are, of 1, to be one misspelt: a letter or two of ten."""
LONG = 6
"""Shorter names are words that others use, too: those are only compared letter by letter."""


def misspelt(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """By what stands in the environment: the setting that was probably meant, or "" where only the prefix is ours."""
    known = {*names, *(name + FILE for name in SECRETS)}
    found = {}
    for given in sorted(set(environ) - known):
        if OF_KUBERNETES.fullmatch(given):
            continue
        meant = _meant(given, known) or _meant(given.removeprefix(PREFIX), known)
        if meant or given.startswith(PREFIX):
            found[given] = meant
    return found


def sentence(given: str, meant: str) -> str:
    """What is said of it; its value may be a secret, and is not told."""
    if not meant:
        return (
            f"{given} is no setting of Spare Key: take it out of the environment, or see the README for what is meant."
        )
    if given == meant + FILE:
        return f"{given} is no setting of Spare Key: only secrets come from a file; set {meant} itself."
    return f"{given} is no setting of Spare Key: rename it to {meant}, or take it out of the environment."


def _meant(given: str, known: set[str]) -> str:
    if given in known or given.removesuffix(FILE) in known:
        return given.removesuffix(FILE) if given not in known else given
    bare = _bare(given)
    by_letters = {_bare(name): name for name in sorted(known)}
    close = get_close_matches(bare, by_letters, n=1, cutoff=ALIKE)
    if not close or (min(len(bare), len(close[0])) < LONG and bare != close[0]):
        return ""
    meant = by_letters[close[0]]
    adds_a_word = set(meant.split("_")) < set(given.split("_"))
    return "" if adds_a_word else meant


def _bare(name: str) -> str:
    return name.upper().replace("_", "").replace("-", "")
