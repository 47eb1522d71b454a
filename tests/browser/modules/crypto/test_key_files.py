"""Recovery Kits and organisation recovery keys: files people keep, with the mistakes people make."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.browser.modules.conftest import Modules, vectors
from webapp.client.crypto.sealing import seal_with_passphrase, straightened
from webapp.client.formats import recovery_keys as client
from webapp.client.formats.recovery_kits import read_kit
from webapp.client.text_files import text_of
from webapp.crypto.fingerprints import lv


def test_kits_go_both_ways(modules: Modules) -> None:
    given = vectors("key-files")["kit"]
    found = modules("""const kit = { number: 3, account: 'zoe@example.org\\n# number: 9', organisation: 'Example' };
        const made = await kits.makeKit();
        made.text = kits.kitText({ ...kit, ...made });
        const groups = kits.keyGroups(made.identity);
        return { made, parsed: await kits.parseKit(given.text), own: await kits.parseKit(made.text), groups,
          typed: await kits.parseKit(groups.join(' ')),
          confirms: ['last', 'LAST', 'la st', 'tsal', ''].map((typed) => kits.confirms('AGE-SECRET-KEY-1XLAST',
            typed)) };""",
        given=given)  # fmt: skip
    kit = read_kit(found["made"]["text"])
    assert (kit.identity, kit.number, kit.recipient) == (found["made"]["identity"], 3, found["made"]["recipient"])
    assert found["parsed"] == {"identity": given["identity"], "recipient": given["recipient"], "number": 1}
    assert found["own"]["number"] == 3
    assert [len(each) for each in found["groups"]] == [16, *[4] * 14, 2]
    assert "".join(found["groups"]) == found["typed"]["identity"] == kit.identity
    assert found["confirms"] == [True, True, True, False, False]


def test_a_kit_typed_from_paper_is_read_and_mistakes_are_named(modules: Modules) -> None:
    given = vectors("key-files")
    identity = given["kit"]["identity"]
    fours = " ".join(identity[i : i + 4] for i in range(0, len(identity), 4)).lower()
    wrong = identity[:-1] + ("Q" if identity[-1] != "Q" else "P")
    assert modules("""const { kit, organisation_key } = given;
        return [(await kits.parseKit(fours)).identity === kit.identity,
          (await kits.parseKit('\\ufeff' + kit.text.replaceAll('\\n', '\\r\\n'))).number,
          ...await Promise.all([wrong, kit.identity.slice(0, -1), 'hello', '', kit.text + kit.text,
            organisation_key.text].map((text) =>
            code(() => kits.parseKit(text))))];""", given=given, fours=fours, wrong=wrong) == [
        True, 1, "mistyped_group", "kit_too_short", "not_a_kit", "not_a_kit", "kit_too_long", "organisation_key_file",
    ]  # fmt: skip


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
ENDS = ("\n", "\r\n", "\r", " \t\n", "\n\n", "\r\n\r\n")


ARMORED = f"""-----BEGIN AGE ENCRYPTED FILE-----
{base64.encodebytes(bytes(range(120))).decode()}-----END AGE ENCRYPTED FILE-----
"""


def edited(text: str, encoding: str, ends: list[str], above: str = "") -> bytes:
    """A text as an editor may have saved it."""
    lines = text.splitlines()
    return (above + "".join(line + ends[at % len(ends)] for at, line in enumerate(lines))).encode(encoding)


@settings(max_examples=40)
@drawn(
    st.sampled_from(ENCODINGS),
    st.lists(st.sampled_from(ENDS), min_size=1, max_size=3),
    st.sampled_from(["", "\n", " \r\n"]),
)
def test_what_an_editor_made_of_a_kit_or_a_key_opens_here_and_in_python(
    modules: Modules, encoding: str, ends: list[str], above: str
) -> None:
    given = vectors("key-files")
    texts = (given["kit"]["text"], given["organisation_key"]["text"], ARMORED)
    kit, key, armored = (edited(text, encoding, ends, above) for text in texts)
    found = modules("""const { number, identity } = await kits.parseKit(fromBase64(files[0]));
        const key = await keys.parseKeyFile(fromBase64(files[1]));
        return [identity, number, key.fingerprint, key.name, fromUtf8(sealing.straightened(fromBase64(files[2])))];""",
        files=[base64.b64encode(file).decode() for file in (kit, key, armored)])  # fmt: skip
    fingerprint, name = given["organisation_key"]["fingerprint"], given["organisation_key"]["name"]
    assert found == [given["kit"]["identity"], 1, fingerprint, name, ARMORED]
    assert read_kit(text_of(kit)).identity == given["kit"]["identity"]
    assert (client.read_key(key).public.fingerprint, client.read_key(key).name) == (fingerprint, name)
    assert straightened(armored).decode() == ARMORED


def test_a_key_file_with_a_passphrase_opens_however_an_editor_saved_it(modules: Modules) -> None:
    key = vectors("key-files")["organisation_key"]
    text = modules("return (await load('device/kdf')).sealWithPassphrase(utf8(text), 'p');", text=key["text"])
    for encoding, end in (("utf-16", "\r\n"), ("utf-8-sig", " \r")):
        file = edited(text, encoding, [end], "\n")
        found = modules("""const { openWithPassphrase } = await load('device/kdf');
            return (await keys.parseKeyFile(fromBase64(file), 'p', openWithPassphrase)).fingerprint;""",
            file=base64.b64encode(file).decode())  # fmt: skip
        assert found == client.read_key(file, "p").public.fingerprint == key["fingerprint"]


def test_other_hyphens_and_invisible_signs_in_a_kit_do_not_matter(modules: Modules) -> None:
    identity = vectors("key-files")["kit"]["identity"]
    typed = "\u200b" + identity.replace("-", "\u2011", 1).replace("-", "\u2013") + "\u00ad\u00a0"
    assert modules("return (await kits.parseKit(typed)).identity;", typed=typed) == identity


def test_every_single_wrong_character_of_a_kit_is_found(modules: Modules) -> None:
    """Also one that no key has (B, I, O and 1 among them), and an I or l for the 1 in front."""
    assert modules("""const { identity } = await kits.makeKit();
        const found = (text) => kits.parseKit(text).then(() => 'no error', ({ code, details }) => [code, details]);
        const wrong = [];
        for (let place = 16; place < 74; place += 1) {
          const other = 'QPBIO1?'.replace(identity[place], '')[place % 6];
          const typed = identity.slice(0, place) + other + identity.slice(place + 1);
          const start = place - (place % 4);
          const expected = ['mistyped_group', { number: start / 4 - 3, group: typed.slice(start, start + 4) }];
          if (JSON.stringify(await found(typed)) !== JSON.stringify(expected)) wrong.push(typed);
        }
        const other = (each) => (each === 'Q' ? 'P' : 'Q');
        const two = (text) => text.slice(0, 20) + other(text[20]) + other(text[21]) + text.slice(22);
        return [wrong, await found(two(identity)), await found(identity.slice(0, -3)), await found(identity + 'QQ'),
          await found(identity.replace('-1', '-l')), await found(identity.replace('-1', '-I'))];""") == [
        [], ["mistyped", None], ["kit_too_short", {"count": 3}], ["kit_too_long", {"count": 2}], "no error", "no error",
    ]  # fmt: skip


def test_the_browser_reads_pythons_key_file(modules: Modules) -> None:
    given = vectors("key-files")
    key = given["organisation_key"]
    sealed = base64.b64encode(seal_with_passphrase(key["text"].encode(), "correct horse")).decode()
    found: dict[str, Any] = modules("""const kdf = await load('device/kdf');
        const readable = (file) => ({ ...file, seed: hex(file.seed), sign: hex(fromBase64(file.sign)) });
        const plain = await keys.parseKeyFile(key.text);
        return { plain: readable(plain), opened: readable(await keys.parseKeyFile(fromBase64(sealed),
          'correct horse', kdf.openWithPassphrase)),
          later: await keys.fingerprintOf({ ...plain, epoch: 2 }),
          proof: hex(await keys.proof({ origin: proof.origin, keyId: proof.key, challenge: fromHex(proof.challenge),
            seed: plain.seed })) };
        """, key=key, proof=given["proof"], sealed=sealed)  # fmt: skip
    names = ("organisation", "name", "epoch", "identity", "recipient", "seed", "sign", "fingerprint")
    assert {name: found["plain"][name] for name in names} == {name: key[name] for name in names}
    assert found["plain"] == found["opened"]
    assert found["plain"]["organisationName"] == key["organisation_name"]
    assert (found["later"], found["proof"]) == (key["fingerprint_in_epoch_2"], given["proof"]["signature"])


def test_python_reads_the_browsers_key_file(modules: Modules) -> None:
    found = modules("""const [organisation, keyId] = [bytes.randomId(), bytes.randomId()];
        const made = await keys.makeKeyFile({ organisation, organisationName: 'Zoë & Co',
          name: 'Key\\nof\\u2028 2026', epoch: 4 });
        const { seed } = await keys.parseKeyFile(made.text);
        const challenge = bytes.randomBytes(32);
        const proof = await keys.proof({ origin: 'https://keys.example.org', keyId, challenge, seed });
        return { made, organisation, keyId, challenge: hex(challenge), proof: hex(proof) };""")
    key = client.read_key(found["made"]["text"].encode())
    assert (key.organisation, key.organisation_name, key.epoch) == (found["organisation"], "Zoë & Co", 4)
    assert (key.public.fingerprint, key.public.recipient) == (found["made"]["fingerprint"], found["made"]["recipient"])
    proven = lv("https://keys.example.org", found["keyId"], bytes.fromhex(found["challenge"]))
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(found["made"]["sign"]))
    public.verify(bytes.fromhex(found["proof"]), b"spare-key/v1/organisation-key-proof\n" + proven)


def test_what_is_no_key_file_is_named(modules: Modules) -> None:
    given = vectors("key-files")
    key = given["organisation_key"]
    broken = [key["text"].replace("# epoch: 1", "# epoch: x"), key["text"].replace("# signing-seed", "# seed"),
              key["text"] + key["identity"] + "\n", key["text"].replace(key["identity"][-5:], "AAAAA"),
              key["text"].replace("# name:", "# epoch: 2\n# name:")]  # fmt: skip
    assert modules("""const armored = await (await load('device/kdf')).sealWithPassphrase(
      utf8(given.organisation_key.text), 'p');
        return Promise.all([code(() => keys.parseKeyFile(given.kit.text)),
          code(() => keys.parseKeyFile(new Uint8Array([0xff, 0xfe]))),
          code(() => keys.parseKeyFile(armored)), code(() => keys.parseKeyFile(armored, 'q',
            async (...parts) => (await load('device/kdf')).openWithPassphrase(...parts))),
          ...broken.map((text) => code(() => keys.parseKeyFile(text)))]);""", given=given, broken=broken) == [
        "not_a_key_file", "not_a_key_file", "passphrase_needed", "wrong_passphrase", *["malformed"] * 5,
    ]  # fmt: skip


def test_a_key_other_than_the_pinned_one_is_refused(modules: Modules) -> None:
    key = vectors("key-files")["organisation_key"]
    assert modules("""const { organisation, epoch, recipient, fingerprint, sign } = await keys.parseKeyFile(key.text);
        const row = { organisation, epoch, recipient, fingerprint, sign };
        const pins = [fingerprint, fingerprint.slice(0, 32), fingerprint.slice(0, 16), fingerprint.slice(0, 15), '',
          'a'.repeat(16)];
        const codes = await Promise.all(pins.map((pin) => code(() => keys.demandPinned(row, pin))));
        return [...codes, await code(() => keys.demandPinned({ ...row, epoch: 2 }, fingerprint)),
          await code(() => keys.demandPinned({ ...row, fingerprint: 'a'.repeat(52) }, fingerprint)),
          (await keys.demandPinned(row, fingerprint.slice(0, 16))) === fingerprint];""", key=key) == [
        *["no error"] * 3, *["key_mismatch"] * 5, True,
    ]  # fmt: skip
