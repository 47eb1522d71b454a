"""Every signed POST, by every answer that isn’t our server’s: nothing is taken for done, and nothing is lost."""

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, give_keys, open_vault, use_session
from tests.support.pages.false_answers import Between, Table, in_slot, lose, says
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import ask, heading, tell
from tests.support.people.invitations import accept, fragment, invite, kit_on
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.recovery.self_service_pages import NEW_PIN, kit_file, kit_known, understand
from tests.support.vault.devices import PIN, login
from tests.support.vault.vault_pages import add_login, titles_of
from webapp.database import db
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

Contexts = Callable[..., BrowserContext]


def vault_of(person_id: str, app: Flask) -> tuple[int, int, str, int]:
    with app.app_context():
        user = db.session.get_one(User, person_id)
        vault = Vault.current(user)
        return (user.epoch, vault.counter, vault.sha256, len(Device.of(user.id))) if vault else (0, 0, "", 0)


def tries(person: Person) -> int:
    with person.app.app_context():
        assert person.device
        return db.session.get_one(Device, person.device.id).tries_left


def at_unlock(still: BrowserContext, alice: Person) -> Page:
    """The page that asks for the PIN of Alice’s device."""
    device = enrolled(alice, here=False)
    client = alice.another_browser()
    be_at(alice, device, client, locked=True)
    use_session(still, alice, client)
    page = still.new_page()
    page.goto("/settings")
    give_keys(page, device)
    page.goto("/unlock")
    return page


def unlock(page: Page, pin: str) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Unlock").click()


def test_unlock(still: BrowserContext, alice: Person) -> None:
    page = at_unlock(still, alice)
    told = in_slot(page, "#unlock-error")
    for address, forged in (
        ("/devices/tab-keys", {"tab": "0" * 32}),
        ("/devices/unlock", {"keyslot": "AAAA", "server_share": "A" * 43 + "=", "version": 9}),
    ):
        between = Between(still, address)
        Table(page, between, lambda: unlock(page, PIN), told, lambda: tries(alice)).run(forged)
        page.wait_for_url("**/vault", timeout=SLOW)
        page.locator("[data-part=vault]").wait_for(timeout=SLOW)  # from then on it goes nowhere by itself
        page.evaluate("sessionStorage.clear()")
        page.goto("/unlock")
    assert tries(alice) == 10


def test_a_wrong_pin_whose_answers_are_lost_costs_one_try(still: BrowserContext, alice: Person) -> None:
    page = at_unlock(still, alice)
    for address in ("/devices/lock-versions", "/devices/challenge", "/devices/unlock"):
        between = Between(still, address)
        if address == "/devices/unlock":
            told = in_slot(page, "#unlock-error")
            Table(page, between, lambda: unlock(page, "000111"), told, lambda: tries(alice)).run()
    expect(page.get_by_text("Tries left: 9")).to_be_visible(timeout=SLOW)
    assert tries(alice) == 9


def test_a_reload_after_a_lost_answer_costs_no_second_try_and_keeps_nothing_of_the_pin(
    still: BrowserContext, alice: Person
) -> None:
    page, between = at_unlock(still, alice), Between(still, "/devices/unlock")
    for _ in range(2):
        between.give = lose
        unlock(page, "000111")
        in_slot(page, "#unlock-error")("offline")
        assert tries(alice) == 9
        [[name, kept]] = page.evaluate("Object.entries(sessionStorage)")
        assert re.fullmatch("[0-9a-f]{32}", kept), "what is drawn, and nothing that is made of the PIN"
        assert "000111" not in name
        page.reload()
    between.give = None
    unlock(page, "000222")
    expect(page.get_by_text("Tries left: 8")).to_be_visible(timeout=SLOW)
    unlock(page, "000222")
    expect(page.get_by_text("Tries left: 7")).to_be_visible(timeout=SLOW)
    assert page.evaluate("sessionStorage.length") == 0


def test_change_pin(still: BrowserContext, app: Flask, alice: Person) -> None:
    device = enrolled(alice, here=False)
    page = still.new_page()
    open_vault(page, alice)
    page.goto("/settings")

    def press() -> None:
        for label, pin in (("Present PIN", PIN), ("New PIN", NEW_PIN), ("New PIN, once more", NEW_PIN)):
            page.get_by_label(label, exact=True).fill(pin)
        page.get_by_role("button", name="Change PIN").click()

    def locks() -> object:
        with app.app_context():
            return DeviceLock.versions(device.id), db.session.get_one(Device, device.id).tries_left

    told = in_slot(page, "#change-pin-error")
    Table(page, Between(still, "/devices/pin"), press, lambda _: told("unsure"), locks).run(
        {"version": 2, "keyslot_sha256": "0" * 64}
    )
    expect(page.get_by_text("Your PIN is changed on this device")).to_be_visible(timeout=SLOW)
    assert locks() == ([2], 10)


def test_save(still: BrowserContext, app: Flask, alice: Person) -> None:
    enrolled(alice, [login("Bank")], here=False)
    page = still.new_page()
    open_vault(page, alice)
    between = Between(still, "/vault/file")
    between.give = lambda route: route.abort()
    add_login(page, "Of the train")
    button = page.get_by_role("button", name="Save Now")
    expect(button).to_be_visible()

    def told(code: str) -> None:
        banner = page.locator(f"[data-banner={'offline' if code == 'offline' else 'unanswered'}]:not([hidden])")
        expect(banner).to_have_attribute("data-code", code, timeout=SLOW)
        kept = "Your edit is kept in this browser, encrypted"
        expect(banner).to_contain_text(kept)

    forged = {"epoch": 1, "counter": 2, "sha256": "0" * 64}
    Table(page, between, button.locator("visible=true").click, told, lambda: titles_of(alice)).run(forged)
    expect(button).to_be_hidden(timeout=SLOW)
    assert titles_of(alice) == ["Bank", "Of the train"]
    assert vault_of(alice.user_id, app)[1] == 2


def test_joining(still: BrowserContext, app: Flask, organisation: str, organisation_key: ActiveKey) -> None:
    page = still.new_page()
    accept(page, invite(app, organisation) + fragment(organisation_key))
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_label("PIN, once more", exact=True).fill(PIN)
    create = page.get_by_role("button", name="Create My Vault")

    def member() -> User:
        user = User.by_email("dana@example.org")
        assert user
        return user

    def state() -> object:
        with app.app_context():
            user = member()
            fields = user.epoch, user.kit_confirmed_at, user.cloud_backups_at
            return *fields, CloudBackup.count(user.id), len(Device.of(user.id))

    stored = {"next": "/join/kit", "device": "0" * 32, "epoch": 1, "counter": 1, "sha256": "0" * 64}
    told = in_slot(page, "#join-vault-error")
    Table(page, Between(still, "/join/vault"), create.click, told, state).run(stored)
    page.wait_for_url("**/join/kit", timeout=SLOW)
    assert state()[0] == 1  # type: ignore[index]
    page.get_by_label("Last four characters of the key").fill(kit_on(page)[-4:])
    confirm = page.get_by_role("button", name="Confirm")
    told = in_slot(page, "#recovery-kit-error")
    Table(page, Between(still, "/vault/kit-confirmation"), confirm.click, told, state).run({"kit": 9})
    page.wait_for_url("**/join/cloud-backup", timeout=SLOW)
    turn_on = page.get_by_role("button", name="Turn On Cloud Backups")
    told = in_slot(page, "cloud-backup-switch [role=alert]")
    run = Table(page, Between(still, "/backups/enrolment"), turn_on.click, told, state)
    last = Between(still, "/backups")
    last.give = lambda route: route.abort()
    run.run({"fingerprint": "a" * 52})
    told("offline")
    Table(page, last, turn_on.click, told, state).run({"backup": "0" * 32, "sha256": "0" * 64})
    page.wait_for_url("**/vault", timeout=SLOW)
    with app.app_context():
        assert CloudBackup.count(member().id) == 1


def test_restore(still: BrowserContext, app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = enter(still, alice)
    page.goto("/recovery")
    digits = approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible()
    tell(page, digits)
    page.get_by_label("New PIN", exact=True).fill(NEW_PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(NEW_PIN)
    button = page.get_by_role("button", name="Create PIN And Restore")

    def state() -> object:
        with app.app_context():
            latest = RestoreRequest.latest_of(alice.user_id)
            assert latest
            return latest.state == "completed", vault_of(alice.user_id, app)

    told = in_slot(page, "#restore-finish-error")
    vault, finish = Between(still, "/vault", framed=True), Between(still, "/finish")
    vault.give = finish.give = lambda route: route.abort()
    Table(page, Between(still, "/release", framed=True), button.click, told, state).run()
    told("offline")
    Table(page, vault, button.click, told, state).run()
    told("offline")
    stored = {"next": "/recovery/done", "device": "0" * 32, "epoch": 2, "counter": 2, "sha256": "0" * 64}
    Table(page, finish, button.click, told, state).run(stored)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    assert vault_of(alice.user_id, app)[::3] == (2, 2)


def test_the_end_of_a_voice_check(
    app: Flask, new_context: Contexts, alice: Person, organisation_key: ActiveKey, live_server: object
) -> None:
    """The browser stops for good, whoever answers; the server hears of it as soon as it answers."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = enter(new_context(), alice)
    page.goto("/recovery")
    ask(page)
    between, foreign = Between(page.context, "/check-failure"), [says(200)]
    between.give = lambda route: foreign.pop()(route) if foreign else route.fallback()
    for _ in range(5):
        page.get_by_label("The six digits").fill("000000")
        page.get_by_role("button", name="Check the Digits").click()
        expect(page.get_by_label("The six digits")).to_have_value("")
    expect(page.get_by_label("The six digits")).to_be_hidden()
    expect(page.get_by_text("whoever answered holds another recovery key").first).to_be_visible(timeout=SLOW)
    expect(heading(page, "Waiting for Approval")).to_be_hidden(timeout=SLOW)
    with app.app_context():
        latest = RestoreRequest.latest_of(alice.user_id)
        assert latest
        assert (latest.state, foreign) == ("stopped", [])


def test_recovery_with_the_kit(still: BrowserContext, app: Flask, alice: Person) -> None:
    device = enrolled(alice, [login("Bank")])
    kit_known(alice)
    page = enter(still, alice)
    page.goto("/recovery/kit")
    page.get_by_label("File of your Recovery Kit").set_input_files(kit_file(alice, device.kit))

    def state() -> object:
        return vault_of(alice.user_id, app)

    begin = page.get_by_role("button", name="Continue")
    told = in_slot(page, "#own-recovery-error")
    Table(page, Between(still, "/recovery/own", framed=True), begin.click, told, state).run()
    expect(page.get_by_text("It opens.")).to_be_visible(timeout=SLOW)
    understand(page)
    page.get_by_label("New PIN", exact=True).fill(NEW_PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(NEW_PIN)
    finish = page.get_by_role("button", name="Create PIN And Restore")
    stored = {"next": "/recovery/done", "device": "0" * 32, "epoch": 2, "counter": 2, "sha256": "0" * 64}
    told = in_slot(page, "#restore-finish-error")
    Table(page, Between(still, "/recovery/own/finish"), finish.click, told, state).run(stored)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    assert vault_of(alice.user_id, app)[::3] == (2, 2)
