"""Documents: the browser reads Python's and Python reads the browser's; whatever was altered is refused."""

import base64
import gzip
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.modules.conftest import Modules, vectors
from webapp.client.formats import documents as client

# `small()` is a document as a device would write it; `file(plaintext)` seals three lines that nobody checked.
SMALL = """
const [V, kit] = [identities.makeIdentity(), identities.makeIdentity()];
const [recipientV, recipientKit] = [await identities.recipientOf(V), await identities.recipientOf(kit)];
const seed = bytes.randomBytes(32);
const [device, user, organisation] = [bytes.randomId(), bytes.randomId(), bytes.randomId()];
const at = bytes.now();
const item = { id: bytes.randomId(), kind: 'login', title: 'Zoë’s mail 🔑', username: 'z', password: 'p\\u2028\\n',
  url: '', notes: '',
  created_at: at, updated_at: at };
const note = { ...item, kind: 'note', username: '', password: '', url: '' };
const account = 'alice@example.org';
const draft = { organisation, user, account, epoch: 1, counter: 1, device, base_sha256: '', organisation_key: null,
  devices: [{ id: device, sign: base64(await signatures.publicOf(seed)), recipient: recipientV, name: 'Test' }] };
const body = { items: [item, note], tombstones: [{ id: bytes.randomId(), deleted_at: at }],
  keyring: { epochs: [{ epoch: 1, key: V }], kit: { number: 1, recipient: recipientKit, made_at: at,
    identity: kit } } };
const small = (changes = {}, inBody = {}) => documents.write({ manifest: { ...draft, ...changes }, body: { ...body,
  ...inBody },
  signingKey: seed, recipients: [recipientV, recipientKit] });
const file = async (plaintext) => sealing.seal(await gzip.deflate(plaintext), [recipientV]);
const readCode = (sealed) => code(() => documents.read(sealed, [V]));
const linesOf = ({ plaintext }) => fromUtf8(plaintext).split('\\n').slice(0, 3);
const resigned = async (manifest, bodyLine) => {
  const line = JSON.stringify(manifest);
  return utf8([line, base64(await signatures.sign('spare-key/v1/manifest', utf8(line), seed)), bodyLine,
    ''].join('\\n'));
};
"""


def test_the_browser_reads_pythons_document(modules: Modules) -> None:
    given = vectors("documents")
    found = modules("""const read = [await documents.read(fromBase64(given.file), [given.vault_key]),
          await documents.read(fromBase64(given.file), [given.kit])];
        return { lines: read.map(({ plaintext }) => fromUtf8(plaintext)), items: read[0].body.items,
          title: read[0].body.items[0].title };
        """, given=given)  # fmt: skip
    assert found["lines"] == ["\n".join([given["manifest"], given["signature"], given["body"], ""])] * 2
    assert found["title"] == "Zoë’s mail 🔑"


def test_a_file_from_before_addresses_were_sealed_is_still_read(modules: Modules) -> None:
    found = modules(
        """const { manifest, body } = await documents.read(fromBase64(given.unnamed_file), [given.vault_key]);
        return [manifest.account ?? null, body.items.length];""",
        given=vectors("documents"),
    )
    assert found == [None, 2]


def test_while_a_kit_takes_the_place_of_another_both_are_in_the_vault_and_open_it(modules: Modules) -> None:
    given = vectors("kit-changes")
    found = modules(
        """const rings = [];
        for (const key of [given.vault_key, given.kit, given.next_kit]) {
          rings.push((await documents.read(fromBase64(given.file), [key])).body.keyring);
        }
        return rings;""",
        given=given,
    )
    assert found[0] == found[1] == found[2]
    assert (found[0]["kit"]["number"], found[0]["next_kit"]["number"]) == (1, 2)
    assert (found[0]["next_kit"]["identity"], "identity" in found[0]["kit"]) == (given["next_kit"], False)
    assert {len(found[0][name]["verify_key"]) for name in ("kit", "next_kit")} == {44}


def test_python_and_the_age_command_read_the_browsers_document(modules: Modules, tmp_path: Path) -> None:
    found = modules(
        SMALL
        + """const written = await small();
        return { file: base64(written.file), V, kit, manifest: written.manifest, body: written.body,
          sha256: written.sha256 };"""
    )
    file = base64.b64decode(found["file"])
    for key in ("V", "kit"):
        document = client.open_document(file, [found[key]])
        assert (document.manifest, document.body) == (found["manifest"], found["body"])
    assert through_age(file, found["kit"], tmp_path) == document.lines


def test_a_document_comes_back_as_it_was_written(modules: Modules) -> None:
    assert modules(SMALL + """const written = await small();
        const read = await documents.read(written.file, [kit]);
        const again = await documents.read((await documents.reseal(read.plaintext, [recipientKit])).file, [kit]);
        return [JSON.stringify(read.body) === JSON.stringify(body), read.sha256 === written.sha256,
          bytes.equal(again.plaintext, written.plaintext), read.manifest.items, read.manifest.kit];""") == [
        True, True, True, 2, 1,
    ]  # fmt: skip


def test_every_altered_byte_of_the_file_is_refused(modules: Modules) -> None:
    codes = modules(
        SMALL
        + """const { file: sealed } = await small({}, { items: [], tombstones: [] });
        const codes = new Set();
        for (let i = 0; i < sealed.length; i++) {
          const altered = sealed.slice(); altered[i] ^= 0x20;
          codes.add(await readCode(altered));
        }
        return [...codes].sort();"""
    )
    assert set(codes) <= {"malformed", "wrong_key"}


def test_every_altered_byte_of_the_lines_is_refused(modules: Modules) -> None:
    codes = modules(
        SMALL
        + """const { plaintext } = await small({}, { items: [], tombstones: [] });
        const codes = new Set();
        for (let i = 0; i < plaintext.length; i++) {
          const altered = plaintext.slice(); altered[i] ^= 1;
          codes.add(await readCode(await file(altered)));
        }
        return [...codes].sort();"""
    )
    assert set(codes) <= {"malformed", "bad_signature"}


def test_truncated_doubled_and_padded_gzip_is_refused(modules: Modules) -> None:
    assert modules(SMALL + """const { plaintext } = await small();
        const packed = await gzip.deflate(plaintext);
        const broken = [packed.subarray(0, -1), packed.subarray(0, 40), bytes.concat(packed, packed),
          bytes.concat(packed, new Uint8Array(8)),
          plaintext, new Uint8Array(0)];
        return Promise.all(broken.map(async (each) => readCode(await sealing.seal(each,
          [recipientV]))));""") == ["malformed"] * 6  # fmt: skip


def test_a_small_file_that_unpacks_without_end_is_stopped(modules: Modules) -> None:
    bomb = gzip.compress(b"\0" * (128 * 1024 * 1024 + 1), 9)
    assert len(bomb) < 200_000
    assert modules(SMALL + "return readCode(await sealing.seal(fromBase64(bomb), [recipientV]))",
                   bomb=base64.b64encode(bomb).decode()) == "too_large"  # fmt: skip


def test_lines_must_be_three_and_whole(modules: Modules) -> None:
    assert modules(SMALL + """const [first, second, third] = linesOf(await small());
        const texts = [[first, second, third], [first, second, third, '', ''], [first, second, third, third, ''],
          [first, second, ''],
          ['', second, third, ''], [first, '', third, ''], [first, second, '', ''], [first + '\\r', second, third, '']];
        return Promise.all(texts.map(async (lines) => readCode(await file(utf8(lines.join('\\n'))))));""") == [
        *["malformed"] * 6, "bad_signature", "bad_signature",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("manifest.format = 2", "newer_format"),
        ("manifest.format = 0", "malformed"),
        ("manifest.items = 3", "malformed"),
        ("manifest.epoch = 2", "malformed"),
        ("manifest.kit = 2", "malformed"),
        ("manifest.counter = -1", "malformed"),
        ("manifest.made_at = 'today'", "malformed"),
        ("manifest.user = 'u'", "malformed"),
        ("manifest.account = null", "malformed"),
        ("manifest.base_sha256 = 'x'", "malformed"),
        ("manifest.organisation_key = {}", "malformed"),
        ("manifest.device = bytes.randomId()", "bad_signature"),
        ("manifest.devices = []", "bad_signature"),
        ("manifest.devices.push(manifest.devices[0])", "bad_signature"),
        ("manifest.devices[0].recipient = 'age1'", "malformed"),
        ("manifest.body_sha256 = '0'.repeat(64)", "bad_signature"),
        ("delete manifest.counter", "malformed"),
        ("manifest = []", "malformed"),
        ("manifest.later = true", "no error"),
    ],
)
def test_a_signed_manifest_must_still_have_the_format(modules: Modules, change: str, code: str) -> None:
    assert modules(SMALL + f"""const written = await small(); let {{ manifest }} = written; {change};
        return readCode(await file(await resigned(manifest, linesOf(written)[2])));""") == code  # fmt: skip


def test_a_body_must_have_the_format(modules: Modules) -> None:
    bodies: list[dict[str, Any]] = [
        {"items": {}}, {"tombstones": [{}]}, {"keyring": {}}, {"items": [None]}, {"keyring": None},
    ]  # fmt: skip
    assert modules(SMALL + """return Promise.all([...bodies.map((inBody) => code(() => small({}, inBody))),
        code(() => small({}, { items: [{ ...item, kind: 'note' }] })), code(() => small({}, { items: [{ ...item,
          kind: 'card' }] })),
        code(() => small({}, { keyring: { ...body.keyring, kit: { ...body.keyring.kit, identity: 'x' } } })),
        code(() => small({}, { keyring: { ...body.keyring, epochs: [] } })),
        code(() => small({}, { items: Array(50_001).fill(note) }))]);""", bodies=bodies) == [
        *["malformed"] * 9, "too_large",
    ]  # fmt: skip


def test_a_document_must_be_the_one_expected(modules: Modules) -> None:
    assert modules(SMALL + """const read = await small({ counter: 5 });
        return Promise.all([{}, { epoch: 1, minimumCounter: 5 }, { user: device }, { organisation: user },
          { epoch: 2 }, { minimumCounter: 6 }]
          .map((expected) => code(() => documents.check(read, { organisation, user, ...expected }))));""") == [
        "no error", "no error", "wrong_member", "wrong_member", "wrong_epoch", "rolled_back",
    ]  # fmt: skip


def through_age(file: bytes, identity: str, folder: Path) -> bytes:
    """`age -d -i kit.txt FILE | gunzip`: what people do when the service is gone."""
    age = shutil.which("age")
    if age is None:
        pytest.skip("age is not installed")
    (folder / "kit.txt").write_text(f"# a comment\n{identity}\n")
    (folder / "vault.age").write_bytes(file)
    command = [age, "-d", "-i", str(folder / "kit.txt"), str(folder / "vault.age")]
    return gzip.decompress(subprocess.run(command, capture_output=True, check=True).stdout)


def test_no_keyring_has_keys_of_coming_epochs_or_two_of_one(modules: Modules) -> None:
    """Whoever made the vault up would open what is saved in them."""
    assert modules(SMALL + """const theirs = identities.makeIdentity();
        const ring = (...epochs) => ({ keyring: { ...body.keyring,
          epochs: [{ epoch: 2, key: V }, ...epochs.map((epoch) => ({ epoch, key: theirs }))] } });
        const cases = [['no error', []], ['no error', [0, 1]], ['malformed', [3]], ['malformed', [999]],
          ['malformed', [2]], ['malformed', [1, 1]], ['malformed', [3, 1]]];
        const written = await surprises(cases, (epochs) => small({ epoch: 2 }, ring(...epochs)));
        const signed = async (epochs) => {
          const { manifest } = await small({ epoch: 2 }, ring());
          const bodyLine = JSON.stringify({ ...body, ...ring(...epochs) });
          const named = { ...manifest, body_sha256: hex(await bytes.sha256(utf8(bodyLine))) };
          return documents.read(await file(await resigned(named, bodyLine)), [V]);
        };
        return [...written, ...await surprises(cases, signed)];""") == []  # fmt: skip


def test_the_next_epoch_takes_over_no_key_above_the_present_one(modules: Modules) -> None:
    """What an undo took back, or says that it did."""
    assert modules(SMALL + """const { baseOf } = await load('recovery/finish');
        const epochs = [1, 2, 3].map((epoch) => ({ epoch, key: epoch === 1 ? V : identities.makeIdentity() }));
        const { manifest, body: whole } = await small({ epoch: 3 }, { keyring: { ...body.keyring, epochs } });
        const place = { epoch: 1, next_epoch: 4, counter: 1, sha256: '0'.repeat(64), kit: 1 };
        const base = baseOf({ manifest, body: whole }, place);
        return [base.next, base.epochs.map(({ epoch }) => epoch)];""") == [4, [1]]  # fmt: skip
