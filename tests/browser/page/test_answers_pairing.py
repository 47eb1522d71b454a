"""The signed POSTs of a pairing, by every answer that isn’t our server’s: no code is answered or shown twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.false_answers import NOT_OURS, STILL, Between, Give, Table, in_slot, lose
from tests.support.pages.open_pages import enter
from tests.support.pages.tour import heading
from tests.support.pairing.pages import NEW_PIN, Pair, alert, wrong
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import PIN, login
from webapp import limits
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing

Contexts = Callable[..., BrowserContext]
ELSEWHERE = "0" * 64
PATIENT = """const still = setTimeout;
globalThis.setTimeout = (work, ms, ...rest) => still(work, ms >= 3000 ? 250 : ms, ...rest);
Math.random = () => 0;
const forbearing = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => forbearing(Math.min(ms, 1_000));
addEventListener('time-up', (event) => event.stopImmediatePropagation(), true);"""
"""What goes again by itself does so soon, however often: its pauses are the shortest, and no clock ends it. Not at
once, since polls are as frequent then; nor does the page’s own clock, which shows two minutes, end a code on a busy
machine."""
REFUSE = """async ([device, pairing]) => {
  const load = (name) => import(new URL(`../js/${name}.js`, document.querySelector('link[rel=icon]').href));
  const [{ letIn }, { deviceBy }] = await Promise.all([load('pairing/host'), load('device/keystore')]);
  const run = { announcement: { pairing }, state: {} };
  const opened = { device: await deviceBy(device), vaultKey: '' };
  return letIn(opened, run, 'another code').then(() => '', ({ code }) => code);
}"""
"""The device that shows a code finds another one in the answer; the code of what it says then."""


@pytest.fixture
def pair(
    app: Flask, live_server: object, new_context: Contexts, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> Pair:
    """Both browsers, in which no form goes again by itself; nothing is over before the test is."""
    for name in ("PAIRING_LIFE", "PAIRING_CODE_LIFE", "PAIRING_ANSWER_LIFE"):
        monkeypatch.setattr(limits, name, timedelta(hours=1))
    enrolled(alice, [login("Bank")])
    contexts = [new_context(), new_context()]
    for context in contexts:
        context.add_init_script(STILL)
    contexts[0].add_init_script(PATIENT)
    old = enter(contexts[0], alice, alice.device)
    alice.client = alice.another_browser()
    return Pair(app, alice, enter(contexts[1], alice), old)


def state_of(pair: Pair) -> tuple[str, str, int]:
    """The state of the pairing, the answer that it has, how many codes were counted."""
    with pair.app.app_context():
        found = Pairing.latest_of(pair.alice.user_id)
        user = User.by_email(pair.alice.email)
        assert found
        assert user
        return str(found.state), found.answer, user.pairing_codes


def one_by_one(*gives: Give) -> Give:
    """The first answers, in their order; what comes after them reaches the server."""
    left = list(gives)
    return lambda route: left.pop(0)(route) if left else route.fallback()


def by_itself(between: Between, forged: dict[str, object] | None) -> list[Give]:
    """All that are not ours after which the same goes again by itself: what is too large would be so again."""
    return [give for give, code in between.kinds(forged).values() if code != "size_limit"]


def test_pairing(pair: Pair) -> None:
    pair.ask()
    old, new = pair.old, pair.new
    old.goto("/pair")

    def show() -> None:
        old.get_by_label("PIN of this device", exact=True).fill(PIN)
        old.get_by_role("button", name="Show Code").click()

    forged = {"pairing": "0" * 32, "sha256": ELSEWHERE}
    told = in_slot(old, "#pair-other-error")
    Table(old, Between(old.context, "/offer"), show, told, lambda: state_of(pair)).run(forged)
    code = pair.shown()
    assert state_of(pair)[::2] == ("offered", 1), "one code, however often it was sent"

    vault, confirmation = Between(old.context, "/vault", framed=True), Between(old.context, "/confirmation")
    vault.give = one_by_one(*by_itself(vault, None), lose)
    confirmed = {"pairing": "0" * 32, "epoch": 1, "counter": 9, "sha256": ELSEWHERE}
    confirmation.give = one_by_one(*by_itself(confirmation, confirmed), lose)
    key, completion = Between(new.context, "/key", framed=True), Between(new.context, "/completion")
    key.give = completion.give = lambda route: route.abort()
    new.get_by_label("Code from your other device").fill(code)
    press = new.get_by_role("button", name="Pair", exact=True).click
    told = in_slot(new, "#pairing-code-error")
    Table(new, Between(new.context, "/answer"), press, told, lambda: state_of(pair)).run(forged, loses=False)

    expect(heading(new, "Create a New PIN")).to_be_visible(timeout=SLOW)
    expect(old.get_by_text("The code was right")).to_be_visible(timeout=SLOW)
    told = in_slot(new, "#pairing-pin-error")
    told("offline")
    for label in ("New PIN", "New PIN, once more"):
        new.get_by_label(label, exact=True).fill(NEW_PIN)
    press = new.get_by_role("button", name="Create PIN").click
    Table(new, key, press, told, lambda: (state_of(pair), pair.states())).run()
    told("offline")
    stored = {"next": "/recovery", "pairing": "0" * 32, "device": "0" * 32, "version": 9}
    Table(new, completion, press, told, lambda: state_of(pair)[0] if completion.give is not lose else "").run(stored)
    expect(heading(new, "Done")).to_be_visible(timeout=SLOW)
    assert pair.states() == ["active", "active"]


@pytest.mark.parametrize(
    ("address", "is_right", "words"),
    [
        ("/refusal", False, "Another code was typed"),
        ("/confirmation", True, "client_max_body_size in nginx"),
        ("/vault", True, "client_max_body_size in nginx"),
    ],
)
def test_what_is_too_large_for_somebody_in_between_lets_nobody_in(
    pair: Pair, address: str, is_right: bool, words: str
) -> None:
    pair.ask()
    code = pair.show_code()
    Between(pair.old.context, address).give = NOT_OURS["a size limit"][0]
    pair.type_code(code if is_right else wrong(code))
    alert(pair.old, words)
    assert state_of(pair)[0] == "answered"
    assert pair.states() == ["active"]


def test_a_refusal_that_nobody_hears_is_one_all_the_same(pair: Pair) -> None:
    pair.ask()
    pair.show_code()
    between, before = Between(pair.old.context, "/refusal"), state_of(pair)
    assert pair.alice.device
    with pair.app.app_context():
        found = Pairing.latest_of(pair.alice.user_id)
        assert found
        place = [pair.alice.device.id, found.id]
    for name, (give, _) in between.kinds({"pairing": "0" * 32}).items():
        between.give = give
        assert pair.old.evaluate(REFUSE, place) == "wrong_code", name
        assert (state_of(pair), pair.states()) == (before, ["active"]), name
