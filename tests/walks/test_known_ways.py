"""Ways on which the walk’s model and the product once disagreed, step by step and without luck."""

import pytest

from tests.support.run.clock import MovableClock
from tests.walks.stage import walking
from tests.walks.stage.cast import Key, Player, Profile, Stage
from tests.walks.stage.leads import led
from tests.walks.stage.machine import Walk
from tests.walks.stage.walking import PINS
from webapp import limits


@pytest.fixture
def way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A walk that is led."""

    monkeypatch.setattr(walking, "note", lambda _: None)  # hypothesis takes notes in its own runs only
    return led(stage)


def let_three_codes_lapse(way: Walk, player: Player, helper: tuple[Profile, Key]) -> None:
    """The last one, too; nobody has looked since."""
    assert way.is_signed_in(player, helper[0])
    for number in range(limits.PAIRING_CODES):
        way.show_there(*helper, anew=number == 0)
        MovableClock().advance(minutes=2, seconds=10)
        way.settle()
    assert way.sight.users[player.id]["pairing_codes"] == limits.PAIRING_CODES


def test_a_device_that_asked_in_vain_opens_again_once_its_last_code_has_lapsed(way: Walk) -> None:
    alice = way.cast.players["Alice"]
    mine = [profile for profile in way.cast.profiles if profile.owner == "Alice"]
    way.lead_on(alice, 1, 6)
    assert way.is_signed_in(alice, mine[0])
    way.open_pairing(mine[0])  # in a browser that has a device: its session is that of the pairing now
    way.settle()
    helper = next((profile, key) for profile, key in way.helpers(alice.id) if profile is not mine[0])
    let_three_codes_lapse(way, alice, helper)
    way.try_pin(mine[0], mine[0].keys[0], right=True)
    way.settle()
    assert mine[0].keys[0].state.id in mine[0].open


def test_an_unconfirmed_recovery_backs_nothing_up_until_the_key_is_compared(way: Walk) -> None:
    alice = way.cast.players["Alice"]
    profile = next(profile for profile in way.cast.profiles if profile.owner == "Alice")
    assert way.is_signed_in(alice, profile)
    way.ask_there(profile, oldest=False)
    way.settle()
    by, browser = way.at_desk(0)
    row = way.sight.asked(alice.id)
    assert row
    way.decide(by, browser, row)
    way.settle()
    key = profile.keys[-1]
    assert way.fetch(profile, key, way.sight.requests[row["id"]])
    way.finish(profile, key, way.sight.requests[row["id"]], PINS[-1])
    way.settle()
    assert way.sight.users[alice.id]["key_unconfirmed_at"]
    before = set(way.sight.backups)
    for is_made in (False, True):
        way.back_up_there(profile, key)
        way.settle()
        assert bool(set(way.sight.backups) - before) == is_made
        if not is_made:
            way.switch_on_there(profile, key)
            way.settle()
            assert way.sight.users[alice.id]["key_unconfirmed_at"] is None
