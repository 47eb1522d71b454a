"""Which notices a person sees first, and that no flood of some pushes others out of sight."""

from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import GATHERED, MAIL_ONLY, PRESSING, VETOED_BY_MAIL, Notice

MAILS = Path(__file__).parents[3] / "templates/mail"
KINDS = sorted({path.stem for path in MAILS.rglob("[!_]*.txt")} - MAIL_ONLY)
FLOOD = limits.NOTICES_READ + 1
pytestmark = pytest.mark.usefixtures("app_context")


def give(person: Person, kind: str, number: int = 1, **facts: str) -> list[str]:
    """Each about something of its own."""
    with transaction() as session:
        user = session.get_one(User, person.user_id)
        given = [Notice.give(user, kind, **({"request": f"{kind} {at}"} | facts)) for at in range(number)]
        session.flush()
        return [notice.id for notice in given]


def seen(person: Person, here: str = "") -> list[Notice]:
    return list(Notice.in_sight(Notice.shown_to(db.session.get_one(User, person.user_id), here)))


def kinds(person: Person) -> list[str]:
    return [notice.kind for notice in seen(person)]


def test_whatever_is_named_here_is_a_kind() -> None:
    assert set(KINDS) >= PRESSING | GATHERED | VETOED_BY_MAIL


@pytest.mark.databases
@pytest.mark.parametrize("flood", ["new_sign_in", "restore_cancelled", "restore_completed"])
def test_a_flood_pushes_nothing_out_on_either_database(alice: Person, clock: MovableClock, flood: str) -> None:
    give(alice, "own_recovery_begun", recovery="one")
    clock.advance(minutes=1)
    give(alice, flood, FLOOD)
    assert "own_recovery_begun" in kinds(alice)


@pytest.mark.parametrize("flood", KINDS)
def test_no_kind_pushes_another_out_of_sight(alice: Person, clock: MovableClock, flood: str) -> None:
    for kind in ("restore_requested_by_you", "device_unpaired", "kit_changed", "role_changed"):
        if kind != flood:
            give(alice, kind)
    clock.advance(minutes=1)
    give(alice, flood, FLOOD)
    found = Counter(kinds(alice))
    assert set(found) == {"restore_requested_by_you", "device_unpaired", "kit_changed", "role_changed", flood}
    assert found[flood] <= limits.NOTICES_READ


def test_what_is_pressing_stands_first(alice: Person, clock: MovableClock) -> None:
    for kind in ("restore_requested_by_you", "device_unpaired", "pairing_opened", "role_changed"):
        give(alice, kind)
        clock.advance(minutes=1)
    assert kinds(alice) == ["pairing_opened", "restore_requested_by_you", "role_changed", "device_unpaired"]


def test_what_can_no_longer_be_taken_back_presses_nobody(alice: Person, clock: MovableClock) -> None:
    give(alice, "restore_completed")
    clock.advance(days=29)
    give(alice, "role_changed")
    assert kinds(alice) == ["restore_completed", "role_changed"]
    clock.advance(days=2)
    assert kinds(alice) == ["role_changed", "restore_completed"]


@pytest.mark.parametrize("kind", sorted(GATHERED))
def test_the_newest_stands_for_all_of_its_kind_and_takes_them_along(
    alice: Person, clock: MovableClock, kind: str
) -> None:
    first = db.session.get_one(Notice, give(alice, kind)[0]).made_at
    clock.advance(days=1)
    give(alice, kind, FLOOD)
    clock.advance(minutes=1)
    (newest,) = give(alice, kind, sign_in="thief")
    (shown,) = seen(alice)
    assert (shown.id, shown.gathered()) == (newest, (FLOOD + 2, first))
    with transaction() as session:
        session.get_one(Notice, newest).dismiss()
    assert not seen(alice)
    (again,) = give(alice, kind)
    (shown,) = seen(alice)
    assert (shown.id, shown.gathered()) == (again, (1, shown.made_at)), (
        "one that comes later is shown, and counted anew"
    )


def test_my_own_sign_in_hides_no_other(alice: Person, clock: MovableClock) -> None:
    (other,) = give(alice, "new_sign_in", sign_in="thief")
    clock.advance(minutes=1)
    give(alice, "new_sign_in", sign_in="here")
    assert [notice.id for notice in seen(alice, "here")] == [other]


def test_what_is_told_of_two_things_stands_for_neither(app: Flask, alice: Person) -> None:
    give(alice, "device_unpaired", 2)
    assert [notice.gathered()[0] for notice in seen(alice)] == [1, 1]
