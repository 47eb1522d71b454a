"""Thousands of steps of everybody, in any order, the clock included, that break no law.

The walks that everybody’s test run takes are drawn once, by SEEDS, so that a change is judged and not the day’s luck:
one in which rules are switched off for whole walks, and one that goes on until it has been everywhere that luck leads
to soon; to the rest a test leads. `make walk` takes others, ten thousand steps and more, until luck has led everywhere.

A failure says with which number `WALK_SEED=… pytest tests/walks` walks the same way again; then the walk that broke a
law is made as short as it can be, too, which takes minutes.
"""

import os
import random

import pytest
from hypothesis import Phase

from tests.walks.stage.between import FOREIGN
from tests.walks.stage.cast import Stage
from tests.walks.stage.leads import SELDOM, Lead
from tests.walks.stage.machine import walk
from tests.walks.stage.planted import go

SEEDS = (20_261, 1)
SHARDS, STEPS = (4, 2_500) if os.environ.get("WALK_SEED") == "random" else (len(SEEDS), 1_000)
"""How many walks, and how many steps each takes at least."""
REACHED = [
    *("unlocked", "saved", "backed up", "changed the PIN", "changed the password"),
    *("destroyed a lock", "the power failed"),
    *("reset by an admin", "reset by the operator", "chose a password", "used a stolen session"),
    *("asked for a backup", "approved, free", "denied", "cancelled", "released", "finished", "finished again"),
    *("undo by mail", "veto by mail", "veto by device", "a former device proved to open", "lifted by the operator"),
    *("asked to be paired", "a second pairing took the place of the first", "a prior device showed a code"),
    *("took the key", "paired", "paired again", "another code was refused", "pairing was locked"),
    *(f"pairing: {move}" for move in ("offer", "answer", "refuse", "lapse", "confirm", "complete", "lock")),
    *(f"pairing: {move}" for move in ("decline", "cancel", "expire", "stop")),
    *(f"{way} on the Devices page" for way in ("unpair", "unpair others", "return", "destroy")),
    *("an unpaired device was refused", "a veto unpaired what was paired"),
    *(f"began with {way}" for way in ("the kit", "a backup and the kit", "a backup and a PIN", "nothing")),
    *("began with the kit, refused", "began with a backup and the kit, refused", "an own recovery met a hold"),
    *(f"finished alone, {way}" for way in ("local_backup", "recovery_kit", "new_account")),
    *("finished alone again", "the power failed within a Finish", "archived vaults opened with their kits"),
    *("changed the kit", "a recovery stopped a request"),
    *(f"undone: {way}" for way in ("local_backup", "recovery_kit", "new_account")),
    *("disabled", "enabled", "took devices", "a device that was taken was refused", "changed a role"),
    *(f"{what} a disabled member, refused" for what in ("approved for", "released to", "paired")),
    *("regenerated the key", "regenerated the key, refused", "followed another recovery key", "shares were re-wrapped"),
    *("a former key opened a share", "asked for the removal of a key", "stopped a removal"),
    *("a recovery key was deleted", "a recovery key was deleted with its backups"),
    *("turned the second factor on", "turned the second factor off", "reset a second factor"),
    *(f"no answer: {answer.name}" for answer in FOREIGN),
    *("signed in, app", "signed in, paper", "signed in, app again, refused", "signed in, paper again, refused"),
]
"""A walk that got nowhere would prove nothing. One that has luck against it goes on until it has been everywhere."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_random_walk_breaks_no_law(stage: Stage, shard: int) -> None:
    given = os.environ.get("WALK_SEED")
    number = random.SystemRandom().getrandbits(32) if given == "random" else int(given or SEEDS[shard])
    swarm = shard == 0
    phases = [Phase.generate, *[Phase.shrink] * bool(given)]
    seldom = {what for reached in SELDOM.values() for what in reached} if given is None else set()
    until = [] if swarm else [what for what in REACHED if what not in seldom]
    walked = walk(stage, STEPS, number, swarm=swarm, until=until, phases=phases)
    assert walked["steps"] >= STEPS
    assert [what for what in until if not walked[what]] == []


@pytest.mark.parametrize("way", SELDOM)
def test_where_luck_seldom_leads_no_law_is_broken_either(stage: Stage, way: Lead) -> None:
    walked = go(stage, way)
    assert set(SELDOM[way]) <= set(REACHED)
    assert [what for what in SELDOM[way] if not walked[what]] == []
