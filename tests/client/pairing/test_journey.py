"""The headless device pairs with another, against the real application: what each device has afterwards."""

import pytest
from flask import Flask

from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.pairing.runs import wrong
from tests.support.people.person import Person
from tests.support.run.clock import MovableClock
from webapp.client.errors import CodesUsedUp, CodeUsed, RequestClosed, ServerRefused, WrongCode, WrongPin
from webapp.client.member import Member
from webapp.client.pairing.host import OtherDevice
from webapp.client.pairing.joiner import NewDevice
from webapp.crypto.passwords import hash_password
from webapp.database import db, transaction
from webapp.models.accounts.password_reset import choose_password, reset_by_operator
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, Purpose
from webapp.models.recovery.reasons import Reason

EMAIL = "zoe@example.org"
NEW_PASSWORD = "a quiet harbour in november"


@pytest.fixture
def people(app: Flask, bob: Person) -> People:
    return People(app, bob)


def fresh(people: People, name: str = "Safari on iPhone", password: str = PASSWORD) -> Member:
    """Zoë in a browser that knows nothing yet."""
    member = Member(people.browser(), name=name)
    member.sign_in(EMAIL, password)
    return member


def run(new: NewDevice, other: OtherDevice) -> None:
    """Show a code, type it, hand the key on, take it."""
    code = other.show_code()
    assert new.type_code(code)
    assert new.take_key() is None, "nothing before the other device has looked"
    assert other.let_in()
    assert new.take_key()


def states(people: People) -> dict[str, str]:
    """How Zoë’s devices stand, by name."""
    with people.app.app_context():
        user = User.by_email(EMAIL)
        assert user
        return {device.name: device.state for device in Device.of(user.id)}


def epoch(people: People) -> int:
    with people.app.app_context():
        user = User.by_email(EMAIL)
        assert user
        return user.epoch


def listed(member: Member) -> list[str]:
    return [device["name"] for device in member.vault.opened.manifest["devices"]]


def test_a_second_device_joins_the_first(people: People) -> None:
    zoe, phone = people.joined(), fresh(people)
    new = phone.pair_new()
    assert new.type_code("042137") is False, "no code is shown yet"
    other = zoe.other_device(PIN)
    assert other.announcement
    assert other.announcement["browser"] == "Safari on iPhone"
    run(new, other)
    phone.finish_pairing(NEW_PIN)
    assert [item["title"] for item in phone.vault.items] == ["Mail"]
    assert states(people) == {"Firefox on Linux": "active", "Safari on iPhone": "active"}
    assert (epoch(people), phone.vault.opened.manifest["epoch"]) == (1, 1)
    phone.lock()
    with pytest.raises(WrongPin):
        phone.unlock(PIN)
    assert phone.unlock(NEW_PIN).items
    assert zoe.unlock(PIN).items, "the other device keeps its own PIN"


def test_both_devices_save_afterwards_and_read_each_other(people: People) -> None:
    zoe, phone = people.joined(), fresh(people)
    new = phone.pair_new()
    run(new, zoe.other_device(PIN))
    phone.finish_pairing(NEW_PIN)
    phone.vault.add("From the phone")
    zoe.unlock(PIN).add("From the desk")
    phone.vault.load()
    assert [item["title"] for item in phone.vault.items] == ["Mail", "From the phone", "From the desk"]
    assert sorted(listed(phone)) == sorted(listed(zoe)) == ["Firefox on Linux", "Safari on iPhone"]
    assert phone.vault.opened.manifest["device"] == zoe.device.id, "signed by whoever saved last"


def test_the_new_device_pairs_a_third(people: People) -> None:
    zoe, phone, tablet = people.joined(), fresh(people), fresh(people, "Chrome on Android")
    run(phone.pair_new(), zoe.other_device(PIN))
    phone.finish_pairing(NEW_PIN)
    run(tablet.pair_new(), phone.other_device(NEW_PIN))
    tablet.finish_pairing(PIN)
    assert sorted(listed(tablet)) == ["Chrome on Android", "Firefox on Linux", "Safari on iPhone"]
    tablet.vault.back_up()


def reset_by_admin(people: People) -> None:
    with people.app.app_context(), transaction():
        found = User.by_email(EMAIL)
        assert found
        user = User.locked(found.id)
        link = reset_by_operator(user)
        choose_password(link, user, hash_password(NEW_PASSWORD))


def reset_by_mail(people: People) -> None:
    with people.app.app_context(), transaction():
        found = User.by_email(EMAIL)
        assert found
        user = User.locked(found.id)
        link = Link.make(user, Purpose.PASSWORD, Reason.OWN_RESET, mailed=False)
        choose_password(link, user, hash_password(NEW_PASSWORD))


@pytest.mark.parametrize("reset", [reset_by_admin, reset_by_mail])
def test_after_a_reset_a_prior_device_lets_the_new_one_in(people: People, reset: object) -> None:
    zoe = people.joined()
    assert callable(reset)
    reset(people)
    assert states(people) == {"Firefox on Linux": DeviceState.PRIOR}
    zoe.sign_in(EMAIL, NEW_PASSWORD)
    with pytest.raises(ServerRefused):
        zoe.unlock(PIN)
    phone = fresh(people, password=NEW_PASSWORD)
    new = phone.pair_new()
    with pytest.raises(WrongPin):
        zoe.other_device(NEW_PIN)
    run(new, zoe.other_device(PIN))
    phone.finish_pairing(NEW_PIN)
    assert states(people) == {"Firefox on Linux": "active", "Safari on iPhone": "active"}
    assert epoch(people) == 1
    phone.vault.add("After the reset")
    assert [item["title"] for item in zoe.unlock(PIN).items] == ["Mail", "After the reset"]


def test_a_wrong_code_then_a_new_one(people: People) -> None:
    zoe, phone = people.joined(), fresh(people)
    new, other = phone.pair_new(), zoe.other_device(PIN)
    code = other.show_code()
    assert other.let_in() is False
    new.type_code(wrong(code))
    with pytest.raises(WrongCode):
        other.let_in()
    assert new.type_code(code) is False, "that code is burnt"
    run(new, other)
    assert phone.finish_pairing(NEW_PIN).items


def test_no_code_is_answered_with_twice(people: People) -> None:
    zoe, phone = people.joined(), fresh(people)
    new, other = phone.pair_new(), zoe.other_device(PIN)
    mistyped = wrong(other.show_code())
    new.type_code(mistyped)
    with pytest.raises(WrongCode):
        other.let_in()
    other.show_code()
    with pytest.raises(CodeUsed):
        new.type_code(mistyped)


def test_after_three_codes_neither_the_server_nor_the_device_shows_a_fourth(
    people: People, clock: MovableClock
) -> None:
    zoe, phone = people.joined(), fresh(people)
    new, other = phone.pair_new(), zoe.other_device(PIN)
    for _ in range(3):
        new.type_code(wrong(other.show_code()))
        with pytest.raises(WrongCode):
            other.let_in()
    with pytest.raises(CodesUsedUp):
        other.show_code()
    zoe.device.codes = []
    with pytest.raises(ServerRefused) as refused:
        other.show_code()
    assert refused.value.code == "pairing_locked"
    with pytest.raises(ServerRefused):
        phone.pair_new()
    clock.advance(hours=24, minutes=1)
    run(fresh(people).pair_new(), zoe.other_device(PIN))


def test_what_was_sent_is_sent_again_where_the_answer_got_lost(people: People) -> None:
    zoe, phone = people.joined(), fresh(people)
    run(phone.pair_new(), zoe.other_device(PIN))
    phone.finish_pairing(NEW_PIN)
    phone.finish_pairing(NEW_PIN)
    assert phone.unlock(NEW_PIN).items


def test_declined_is_declined(people: People) -> None:
    zoe, phone = people.joined(), fresh(people)
    new, other = phone.pair_new(), zoe.other_device(PIN)
    code = other.show_code()
    new.type_code(code)
    other.decline()
    with pytest.raises(RequestClosed) as closed:
        new.take_key()
    assert closed.value.details["state"] == "declined"
    with pytest.raises(RequestClosed):
        other.let_in()
    assert states(people) == {"Firefox on Linux": "active"}


def test_a_save_in_between_is_not_lost(people: People) -> None:
    """The vault is read at the last moment, and once more where another device was faster still."""
    zoe, phone = people.joined(), fresh(people)
    new, other = phone.pair_new(), zoe.other_device(PIN)
    code = other.show_code()
    desk = Member(people.browser(), zoe.device)
    desk.sign_in(EMAIL, PASSWORD)
    desk.unlock(PIN).add("Meanwhile")
    new.type_code(code)
    read, raced = other.vault.read, list[bool]()

    def slower(header: object, file: bytes) -> object:
        document = read(header, file)  # type: ignore[arg-type]
        if not raced:
            raced.append(True)
            desk.vault.add("In the last moment")
            zoe.device.seen_counter = document.manifest["counter"]
        return document

    other.vault.read = slower  # type: ignore[method-assign,assignment]
    assert other.let_in()
    assert new.take_key()
    assert [item["title"] for item in phone.finish_pairing(NEW_PIN).items] == [
        "Mail",
        "Meanwhile",
        "In the last moment",
    ]
    with people.app.app_context():
        assert db.session.query(Device).count() == 2
