"""Signed requests as the server sees them, answers as the page sees them, and the unlocked tab."""

import base64
import hashlib
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.browser.modules.conftest import Answer, Modules, Site
from webapp.crypto.framing import frame, unframe
from webapp.crypto.signatures import request_bytes, verify

OCTETS = "application/octet-stream"
ANSWER = "application/vnd.spare-key+json"
CHALLENGE = hashlib.sha256(b"challenge").digest()
MAKE = """const [store, server, session] = await Promise.all(
      ['device/keystore', 'device/server', 'device/vault-session'].map(load));
    const device = await store.makeDevice({organisation: 'o', user: 'u', name: 'Test'});"""


class Recorder:
    """Answers challenges, remembers everything else and answers it from a list, or with {}."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.tab_keys: dict[str, str] = {}

    def __call__(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if path == "/devices/challenge":
            return said({"challenge": base64.b64encode(CHALLENGE).decode()})
        self.seen.append((method, path, body, headers))
        if path == "/devices/tab-keys":
            tab = json.loads(body)["tab"]
            self.tab_keys[tab] = json.loads(body)["key"]
            return said({"tab": tab})
        if path == "/devices/tab-keys/open":
            tab = json.loads(body)["tab"]
            key = self.tab_keys.get(tab)
            return said({"tab": tab, "key": key}) if key else said({"error": "tab_key_gone"}, 410)
        if path == "/devices/lock":
            self.tab_keys.clear()
            return said({"locked": True})
        if path == "/devices/activity":
            return said({"open": True})
        return self.answers.pop(0) if self.answers else said({})


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """These tests cut connections, and keep what they know of a session."""
    return alone


def said(value: object, status: int = 200) -> Answer:
    return status, ANSWER, json.dumps(value).encode()


def test_a_request_is_signed_over_all_of_it(modules: Modules, site: Site) -> None:
    site.answerer = recorder = Recorder((200, OCTETS, frame({"é": 1, "size": 2}, b"\x00\xff")))
    answer = modules(
        MAKE
        + """
        const { header, file } = await server.signedFetch('/octets/vault', { device, header: { epoch: 1 },
          file: utf8('file'), framed: true, holds: { é: (value) => value === 1 } });
        return { header, file: hex(file), device };"""
    )
    assert (answer["header"], answer["file"]) == ({"é": 1, "size": 2}, "00ff")
    [(method, path, body, headers)] = recorder.seen
    assert unframe(body) == ({"epoch": 1}, b"file")
    assert base64.b64decode(headers["Spare-Challenge"]) == CHALLENGE
    exact = request_bytes(site.origin, method, path, answer["device"]["id"], CHALLENGE, body)
    signature = base64.b64decode(headers["Spare-Signature"])
    verify("spare-key/v1/request", exact, signature, base64.b64decode(answer["device"]["sign"]))


def test_errors_are_codes_with_details(modules: Modules, site: Site) -> None:
    site.answerer = Recorder(
        said({"error": "wrong_pin", "tries_left": 9}, 403),
        said({"error": "signed_out"}, 401),
        said({"error": "server_error"}, 500),
    )
    modules.complaints = Ignored()
    assert modules(
        MAKE
        + """
        const errors = [];
        for (let i = 0; i < 3; i++) await server.postJson('/octets/x', {}, { holds: {} }).catch((error) =>
          errors.push([error.code, error.details, error.status, server.isUnsure(error)]));
        return errors;"""
    ) == [
        ["wrong_pin", {"tries_left": 9}, 403, False],
        ["signed_out", {}, 401, False],
        ["server_error", {}, 500, True],
    ]


HTML = b"<!doctype html><h1>Sign in</h1>"
NOT_OURS: dict[str, tuple[Answer, str]] = {
    "a page with 200": ((200, "text/html", HTML), "network_sign_in"),
    "a page with our type": ((200, ANSWER, HTML), "cut_off"),
    "another’s JSON": ((200, "application/json", b'{"stored": "x"}'), "foreign_answer"),
    "JSON without the names": ((200, ANSWER, b"{}"), "foreign_answer"),
    "a list": ((200, ANSWER, b"[]"), "cut_off"),
    "half of the JSON": ((200, ANSWER, b'{"stored": "'), "cut_off"),
    "a value of another kind": ((200, ANSWER, b'{"stored": "x", "number": -1}'), "foreign_answer"),
    "what was not sent": ((200, ANSWER, b'{"stored": "y", "number": 1}'), "answer_differs"),
    "octets for JSON": ((200, OCTETS, b'{"stored": "x", "number": 1}'), "foreign_answer"),
    "created": ((201, ANSWER, b'{"stored": "x", "number": 1}'), "foreign_answer"),
    "nothing": ((204, "", b""), "foreign_answer"),
    "a page with 401": ((401, "text/html", HTML), "network_sign_in"),
    "a network’s sign-in": ((511, "text/html", HTML), "network_sign_in"),
    "a firewall": ((403, "text/html", HTML), "blocked"),
    "a firewall that speaks JSON": ((403, "application/json", b'{"error": "signed_out"}'), "blocked"),
    "a proxy without a route": ((404, "text/html", HTML), "blocked"),
    "a proxy’s size limit": ((413, "text/html", HTML), "size_limit"),
    "a proxy that counts": ((429, "text/html", HTML), "proxy_throttled"),
    "a proxy that fails": ((500, "text/html", HTML), "server_failed"),
    "a proxy without a server": ((502, "text/html", HTML), "starting"),
    "a server that starts": ((503, "text/html", HTML), "starting"),
    "a server that is slow": ((504, "text/html", HTML), "starting"),
}


def test_what_is_not_in_the_form_agreed_on_is_no_answer(modules: Modules, site: Site) -> None:
    site.answerer = Recorder(*(answer for answer, _ in NOT_OURS.values()))
    modules.complaints = Ignored()
    found = modules("""const server = await load('device/server');
        const contract = { holds: { number: (value) => value >= 0 }, same: { stored: 'x' }, harmless: true };
        const found = [];
        for (let i = 0; i < count; i++) found.push(await server.postJson('/octets/x', {}, contract).then(() => 'done',
          (error) => [error.code, server.isUnsure(error), error.status, error.isHarmless]));
        return found;""", count=len(NOT_OURS))  # fmt: skip
    expected = [[code, True, 0, code != "size_limit"] for _, code in NOT_OURS.values()]
    assert dict(zip(NOT_OURS, found, strict=True)) == dict(zip(NOT_OURS, expected, strict=True))


FRAMES = {
    "whole": (frame({"epoch": 1, "size": 4}, b"file"), "done"),
    "half of the file": (frame({"epoch": 1, "size": 4}, b"fi"), "cut_off"),
    "half of the header": (b"\x00\x00\x00\x09{}", "cut_off"),
    "empty": (b"", "cut_off"),
    "without its size": (frame({"epoch": 1}, b"file"), "cut_off"),
    "without a name": (frame({"size": 4}, b"file"), "foreign_answer"),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_counts_when_it_is_whole(modules: Modules, site: Site, kind: str) -> None:
    octets, expected = FRAMES[kind]
    site.answerer = Recorder((200, OCTETS, octets))
    assert expected == modules("""const { getFramed } = await load('device/server');
        return getFramed('/octets/x', { holds: { epoch: (value) => value === 1 } })
          .then(() => 'done', ({ code }) => code)""")


def test_a_call_that_names_nothing_is_a_mistake(modules: Modules) -> None:
    assert modules("""const { postJson } = await load('device/server');
        return postJson('/octets/x', {}).catch(({ name }) => name)""") == "TypeError"  # fmt: skip


def test_a_size_limit_says_what_was_sent_and_what_is_needed(modules: Modules, site: Site) -> None:
    site.answerer = Recorder((413, "text/html", HTML), (413, "text/html", HTML))
    modules.complaints = Ignored()
    found = modules(MAKE + """const sizes = [];
        for (const length of [1.5 * 1024 * 1024, 31.2 * 1024 * 1024]) await server.signedFetch('/octets/x',
          { device, header: {}, file: new Uint8Array(length), holds: {} }).catch(({ details }) => sizes.push(details));
        return sizes;""")  # fmt: skip
    assert found == [{"status": 413, "size": "1.5", "needed": 3}, {"status": 413, "size": "31", "needed": 33}]


def test_a_stale_challenge_is_asked_for_once_more(modules: Modules, site: Site) -> None:
    site.answerer = Recorder(said({"error": "challenge_expired"}, 403), said({"number": 1}))
    modules.complaints = Ignored()
    assert modules(
        MAKE + "return server.signedFetch('/octets/x', { device, json: {}, holds: {}, same: { number: 1 } })"
    ) == {"number": 1}


def test_no_network_is_offline(modules: Modules) -> None:
    modules.complaints = Ignored()
    body = """const server = await load('device/server');
        const later = code(() => server.getJson('/octets/x', { holds: {} }));"""
    modules(body)
    modules.page.context.set_offline(True)
    assert (
        modules("return code(async () => (await load('device/server')).getJson('/octets/x', { holds: {} }))")
        == "offline"
    )
    modules.page.context.set_offline(False)


def test_an_unlocked_tab_survives_a_reload_until_it_locks(modules: Modules, site: Site) -> None:
    site.answerer = recorder = Recorder()
    key = modules(
        MAKE
        + """const vaultKey = identities.makeIdentity();
        await session.begin({ vaultKey, device });
        return vaultKey;"""
    )
    modules.page.reload()
    kept = modules.page.evaluate("JSON.stringify(sessionStorage) + document.cookie")
    assert key not in kept
    assert next(iter(recorder.tab_keys.values())) not in kept
    assert modules("return (await (await load('device/vault-session')).reopen('u')).vaultKey") == key
    assert modules("""const session = await load('device/vault-session');
        let locked = 0; session.onLock(() => locked++);
        await session.lock();
        return [session.current(), locked, sessionStorage.length, await session.reopen('u')];""") == [None, 1, 0, None]
    assert recorder.tab_keys == {}


def test_a_dead_tab_key_means_a_pin_and_another_user_gets_nothing(modules: Modules, site: Site) -> None:
    site.answerer = recorder = Recorder()
    modules.complaints = Ignored()
    begin = MAKE + "await session.begin({ vaultKey: identities.makeIdentity(), device });"
    modules(begin)
    recorder.tab_keys.clear()
    modules.page.reload()
    assert modules("return (await load('device/vault-session')).reopen('u')") is None
    modules(begin)
    modules.page.reload()
    assert modules(
        "return [await (await load('device/vault-session')).reopen('someone else'), sessionStorage.length]"
    ) == [
        None,
        0,
    ]


def test_locking_one_tab_locks_the_others(modules: Modules, site: Site) -> None:
    site.answerer = Recorder()
    modules(MAKE + "await session.begin({ vaultKey: identities.makeIdentity(), device });")
    other = Modules(modules.page.context.new_page(), site.origin)
    other("""const [store, session] = await Promise.all(['device/keystore', 'device/vault-session'].map(load));
        const [device] = await store.devicesOf('u');
        await session.begin({ vaultKey: identities.makeIdentity(), device });
        await session.lock();""")
    modules.page.wait_for_function("() => sessionStorage.length === 0")
    assert modules("return (await load('device/vault-session')).current()") is None


class Ignored(list[str]):
    """For tests in which Chromium reports the answers the test asked for."""

    def append(self, _: str) -> None:
        """Forget it."""


def test_ed25519_keys_of_the_browser_are_ordinary_ones(modules: Modules) -> None:
    made = modules(
        MAKE
        + """const sample = bytes.randomBytes(100);
        const { signingKey } = await store.keysOf(device);
        const signature = await crypto.subtle.sign('Ed25519', signingKey, sample);
        return { sign: device.sign, sample: hex(sample), signature: hex(new Uint8Array(signature)) };"""
    )
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(made["sign"]))
    signature, sample = bytes.fromhex(made["signature"]), bytes.fromhex(made["sample"])
    public.verify(signature, sample)
    with pytest.raises(InvalidSignature):
        public.verify(signature, sample + b"!")
