"""Walks that are led: straight to where one law speaks. For bugs that a walk finds only after a long way."""

from collections import Counter
from collections.abc import Callable

from tests.walks.stage.between import FOREIGN
from tests.walks.stage.cast import HAVE_VAULTS, Player, Stage
from tests.walks.stage.machine import Walk
from webapp import limits

Lead = Callable[[Walk], None]
PORTAL, LATE = FOREIGN[0], [answer for answer in FOREIGN if answer.arrives]
STEPS = 40
"""Within so many of them a rule that does the natural next thing has come to its end."""


def led(stage: Stage) -> Walk:
    """A walk that goes where a test leads it; hypothesis has no part in it."""

    class Led(Walk):
        pass

    Led.stage, Led.walked = stage, Counter()
    walk = Led()
    walk.settle()
    return walk


def alice(walk: Walk) -> Player:
    """The member of most of it."""
    return walk.cast.players["Alice"]


def asked(walk: Walk) -> None:
    """Alice asks for her backup, in another browser than that of her device."""
    walk.lose(HAVE_VAULTS.index("Alice"), 1)
    walk.settle()


def approved(walk: Walk) -> None:
    """And somebody approves."""
    asked(walk)
    walk.next_thing(walk.open_requests()[0], 0)
    walk.settle()


def recovered(walk: Walk) -> None:
    """Until some recovery can be undone by a mail."""
    for _ in range(STEPS):
        if walk.undoable():
            return
        walk.recover()
        walk.settle()
    raise RuntimeError("nobody recovered")


def disabled(walk: Walk) -> None:
    """Alice is, by the first who may."""
    user = alice(walk).id
    walk.disable_one(next(n for n, (by, _) in enumerate(walk.desks()) if by.id != user), user)
    walk.settle()


def own_request_is_approved(walk: Walk) -> None:
    """Bob, an admin, decides on a request of his own."""
    walk.lose(HAVE_VAULTS.index("Bob"), 1)
    walk.settle()
    number = next(n for n, (by, _) in enumerate(walk.desks()) if by.name == "Bob")
    by, browser = walk.at_desk(number)
    walk.decide(by, browser, walk.open_requests()[0])


def other_keys_ask_for_a_release(walk: Walk) -> None:
    """Alice’s first device, while her request of another browser is approved."""
    approved(walk)
    home = walk.cast.profiles[0]
    if walk.user_at(home) != alice(walk).id:
        walk.enter(home, alice(walk))
    for number in range(len(walk.keys_at_hand())):
        walk.key_is_curious(number)
        walk.settle()


def it_is_undone(walk: Walk) -> None:
    """A recovery, with a mail."""
    recovered(walk)
    walk.undo_a_recovery(0, 0)
    walk.settle()


def a_page_that_named_none_speaks(walk: Walk) -> None:
    """“This wasn’t me”, from a page that showed no recovery to undo, while there is one."""
    recovered(walk)
    who = list(walk.sight.users).index(walk.undoable()[0])
    for which in range(4):
        walk.veto_by_mail(who, which, 0, undoes=False, luck=2)
        walk.settle()


def a_lock_is_destroyed(walk: Walk) -> None:
    """By the last of ten wrong PINs."""
    walk.guess_pin(0, 3)
    walk.settle()


def shares_are_rewrapped(walk: Walk) -> None:
    """For a new key, while a request needs one of them as it is."""
    asked(walk)
    walk.regenerate(0)
    walk.settle()
    walk.rewrap_shares(0, 0)
    walk.settle()


def a_factor_is_turned_on(walk: Walk) -> None:
    """In one browser, while there is a session in another."""
    for profile in walk.cast.profiles[:2]:
        walk.enter(profile, alice(walk))
    walk.use_factor()
    walk.settle()


def disabled_while_a_request_is_open(walk: Walk) -> None:
    """Alice’s."""
    asked(walk)
    disabled(walk)


def disabled_while_a_pairing_is_open(walk: Walk) -> None:
    """Alice’s."""
    walk.lead_on(alice(walk), 1, 2)
    walk.settle()
    disabled(walk)


def disabled_while_a_link_is_open(walk: Walk) -> None:
    """For Alice’s password."""
    walk.reset(next(n for n, (by, _) in enumerate(walk.desks()) if by.name == "Olga"), 0, "hand_over")
    walk.settle()
    disabled(walk)


def devices_are_taken(walk: Walk) -> None:
    """On which a session is."""
    walk.spend_day(HAVE_VAULTS.index("Alice"), 0)
    walk.settle()
    walk.take_devices(0, HAVE_VAULTS.index("Alice"), 0, 0)
    walk.settle()


def it_is_undone_while_links_are_open(walk: Walk) -> None:
    """A veto holds the account; the operator lifts that."""
    asked(walk)
    who = list(walk.sight.users).index(alice(walk).id)
    walk.veto_by_mail(who, 0, 0, undoes=False, luck=0)
    walk.settle()
    walk.operator_lifts(0)
    walk.settle()


def a_way_is_taken_on_hold(walk: Walk) -> None:
    """One that needs nobody’s help, after “This wasn’t me”."""
    asked(walk)
    walk.veto_by_mail(list(walk.sight.users).index(alice(walk).id), 0, 0, undoes=False, luck=0)
    walk.settle()
    walk.take_way(alice(walk), 0, "the kit", None)
    walk.settle()


def the_vault_is_fetched_again_and_again(walk: Walk) -> None:
    """By the kit, each time within an hour of the last, for longer than one."""
    profile = next(profile for profile in walk.cast.profiles if profile.owner == "Alice")
    walk.enter(profile, alice(walk))
    for _ in range(3):
        walk.begin_there(profile, "the kit", 0, right=True)
        walk.time_passes(40)
        walk.settle()


def a_prior_device_helps(walk: Walk) -> None:
    """It shows the code of a pairing, after a reset; nothing is active before that is at its end."""
    walk.operator_resets(alice(walk))
    walk.settle()
    for _ in range(STEPS // 4):
        walk.lead_on(alice(walk), 1, 2)
        walk.settle()


def the_power_fails(walk: Walk) -> None:
    """Between counting and comparing the last try of a PIN."""
    walk.power_fails(0, 3)


def finish_is_said_twice(walk: Walk) -> None:
    """The answer to it got lost."""
    recovered(walk)
    walk.finish_again(0, 0)


def a_device_is_unpaired_and_comes_back(walk: Walk) -> None:
    """A second one, that was paired for it."""
    for _ in range(STEPS):
        if walk.managers("unpair"):
            break
        walk.lead_on(alice(walk), 1, 2)
        walk.settle()
    for way in ("unpair", "return"):
        walk.manage(*walk.managers(way)[0], way, 1)
        walk.settle()


def the_kit_is_changed(walk: Walk) -> None:
    """Where the vault is open."""
    walk.spend_day(HAVE_VAULTS.index("Alice"), 0)
    walk.settle()
    walk.change_kit(0, 0)


def every_code_is_typed_twice(walk: Walk) -> None:
    """Of the app and from paper."""
    walk.enter(walk.cast.profiles[0], alice(walk))
    walk.turn_on(walk.cast.profiles[0])
    walk.settle()
    for typed in ("app", "app again", "paper", "paper again"):
        walk.type_there(walk.cast.profiles[0], alice(walk), typed)


def wrong_codes_lock_pairing(walk: Walk) -> None:
    """Three of them, once she has begun."""
    for tries in (1, limits.PAIRING_CODES):
        walk.guess_codes(HAVE_VAULTS.index("Alice"), 1, tries)
        walk.settle()


def a_key_goes_with_its_backups(walk: Walk) -> None:
    """A week after it was announced, which nobody stopped."""
    for _ in range(5):
        walk.go_through_keys()
        walk.settle()


def a_wrong_pin_gets_lost(walk: Walk) -> None:
    """The answers to it; it goes again as it was."""
    walk.enter(walk.cast.profiles[0], alice(walk))
    walk.cast.profiles[0].wire.between.coming = [*LATE, *LATE]
    walk.try_pin(*walk.open_to_tries()[0], right=False)
    walk.settle()


def a_day_gets_lost(walk: Walk) -> None:
    """What the server says to whoever unlocks, saves and backs up."""
    walk.day_there(HAVE_VAULTS.index("Alice"), 0, [*LATE, *LATE, *LATE])
    walk.settle()


def a_portal_answers(walk: Walk) -> None:
    """In the server’s place; on the day after that there is nothing in between."""
    for answers in ([PORTAL, None] * 6, []):
        walk.day_there(HAVE_VAULTS.index("Alice"), 0, answers)
        walk.settle()


def an_approval_gets_lost(walk: Walk) -> None:
    """The server’s word on it."""
    asked(walk)
    for profile in walk.cast.profiles:
        profile.wire.between.coming = [*LATE]
    walk.next_thing(walk.open_requests()[0], 0)
    walk.settle()


SELDOM: dict[Lead, tuple[str, ...]] = {
    the_power_fails: ("the power failed",),
    finish_is_said_twice: ("finished again",),
    a_device_is_unpaired_and_comes_back: ("unpair on the Devices page", "return on the Devices page"),
    the_kit_is_changed: ("changed the kit",),
    every_code_is_typed_twice: (
        *("signed in, app", "signed in, app again, refused"),
        *("signed in, paper", "signed in, paper again, refused"),
    ),
    wrong_codes_lock_pairing: ("pairing was locked",),
    a_key_goes_with_its_backups: ("a recovery key was deleted", "a recovery key was deleted with its backups"),
    it_is_undone_while_links_are_open: ("lifted by the operator",),
    a_way_is_taken_on_hold: ("an own recovery met a hold",),
}
"""What a walk reaches late, if it goes by luck."""


ALL: tuple[Lead, ...] = (
    *(own_request_is_approved, other_keys_ask_for_a_release, it_is_undone, a_page_that_named_none_speaks),
    *(a_lock_is_destroyed, shares_are_rewrapped, a_factor_is_turned_on, disabled_while_a_request_is_open),
    *(disabled_while_a_pairing_is_open, disabled_while_a_link_is_open, devices_are_taken),
    *(it_is_undone_while_links_are_open, a_way_is_taken_on_hold, a_prior_device_helps),
    *(a_wrong_pin_gets_lost, a_day_gets_lost, a_portal_answers, an_approval_gets_lost),
    the_vault_is_fetched_again_and_again,
)
