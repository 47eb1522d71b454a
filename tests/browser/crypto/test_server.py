"""Signed requests as the server sees them, answers as the page sees them, and the unlocked tab."""

import base64
import hashlib
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from webapp.crypto.framing import frame, unframe
from webapp.crypto.signatures import request_bytes, verify

from .conftest import Answer, Modules, Site

OCTETS = "application/octet-stream"
CHALLENGE = hashlib.sha256(b"challenge").digest()
MAKE = """const [store, server, session] = await Promise.all(['keystore', 'server', 'vault-session'].map(load));
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
            self.tab_keys[json.loads(body)["tab"]] = json.loads(body)["key"]
        elif path == "/devices/tab-keys/open":
            key = self.tab_keys.get(json.loads(body)["tab"])
            return said({"key": key}) if key else said({"error": "tab_key_gone"}, 410)
        elif path == "/devices/lock":
            self.tab_keys.clear()
        return self.answers.pop(0) if self.answers else said({})


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """These tests cut connections, and keep what they know of a session."""
    return alone


def said(value: object, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value).encode()


def test_a_request_is_signed_over_all_of_it(modules: Modules, site: Site) -> None:
    site.answerer = recorder = Recorder((200, OCTETS, frame({"é": 1}, b"\x00\xff")))
    answer = modules(
        MAKE
        + """
        const { header, file } = await server.signedFetch('/octets/vault', { device, header: { epoch: 1 },
          file: utf8('file') });
        return { header, file: hex(file), device };"""
    )
    assert (answer["header"], answer["file"]) == ({"é": 1}, "00ff")
    [(method, path, body, headers)] = recorder.seen
    assert unframe(body) == ({"epoch": 1}, b"file")
    assert base64.b64decode(headers["Spare-Challenge"]) == CHALLENGE
    exact = request_bytes(site.origin, method, path, answer["device"]["id"], CHALLENGE, body)
    signature = base64.b64decode(headers["Spare-Signature"])
    verify("spare-key/v1/request", exact, signature, base64.b64decode(answer["device"]["sign"]))


def test_errors_are_codes_with_details(modules: Modules, site: Site) -> None:
    site.answerer = Recorder(
        said({"error": "wrong_pin", "tries_left": 9}, 403),
        (502, "text/html", b"<h1>Bad gateway"),
        (401, "text/html", b""),
        (200, OCTETS, b"\x00\x00\x00\x09{}"),
    )
    modules.complaints = Ignored()
    assert modules(MAKE + """
        const errors = [];
        for (let i = 0; i < 4; i++) await server.postJson('/octets/x').catch(({ code, details,
          status }) => errors.push([code, details, status]));
        return errors;""") == [
        ["wrong_pin", {"tries_left": 9}, 403], ["server_failed", {}, 502], ["signed_out", {}, 401],
        ["malformed", None, None],
    ]  # fmt: skip


def test_a_stale_challenge_is_asked_for_once_more(modules: Modules, site: Site) -> None:
    site.answerer = Recorder(said({"error": "challenge_expired"}, 403), said({"ok": True}))
    modules.complaints = Ignored()
    assert modules(MAKE + "return server.signedFetch('/octets/x', { device, json: {} })") == {"ok": True}


def test_no_network_is_offline(modules: Modules) -> None:
    modules.complaints = Ignored()
    body = "const server = await load('server'); const later = code(() => server.getJson('/octets/x'));"
    modules(body)
    modules.page.context.set_offline(True)
    assert (
        modules("return code(() => import('/static/js/server.js').then((server) => server.getJson('/octets/x')))")
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
    assert modules("return (await (await load('vault-session')).reopen('u')).vaultKey") == key
    assert modules("""const session = await load('vault-session');
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
    assert modules("return (await load('vault-session')).reopen('u')") is None
    modules(begin)
    modules.page.reload()
    assert modules("return [await (await load('vault-session')).reopen('someone else'), sessionStorage.length]") == [
        None,
        0,
    ]


def test_locking_one_tab_locks_the_others(modules: Modules, site: Site) -> None:
    site.answerer = Recorder()
    modules(MAKE + "await session.begin({ vaultKey: identities.makeIdentity(), device });")
    other = Modules(modules.page.context.new_page(), site.origin)
    other("""const [store, session] = await Promise.all(['keystore', 'vault-session'].map(load));
        const [device] = await store.devicesOf('u');
        await session.begin({ vaultKey: identities.makeIdentity(), device });
        await session.lock();""")
    modules.page.wait_for_function("() => sessionStorage.length === 0")
    assert modules("return (await load('vault-session')).current()") is None


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
