"""Cloud backups and restore requests: the browser with the browser, with Python, and with everything swapped."""

import base64
from typing import Any

from webapp.client import approvals, cloud_backups, organisation_keys, restore_requests
from webapp.client import documents as client_documents
from webapp.crypto.fingerprints import restore_request_fingerprint

from .conftest import Modules, vectors
from .test_documents import SMALL

# A member's vault, an organisation key, a backup, a request from a new device, an approval, a release.
STORY = SMALL + """
const keyFile = await keys.parseKeyFile((await keys.makeKeyFile({ organisation, organisationName: 'E', name: 'K', epoch: 1 })).text);
const { epoch, recipient, sign, fingerprint } = keyFile;
const key = { organisation, epoch, recipient, sign, fingerprint };
const vault = await small({ counter: 7, organisation_key: { epoch, fingerprint } });
const backup = await backups.makeBackup({ document: vault, kitRecipient: recipientKit, key, pinned: fingerprint, device, signingKey: seed });
const { file_sha256, a_sha256 } = JSON.parse(backup.meta);
const [newIdentity, newSeed] = [identities.makeIdentity(), bytes.randomBytes(32)];
const asking = { origin: location.origin, organisation, user, backup: backup.backup, fileSha256: file_sha256, device: bytes.randomId(),
  sign: base64(await signatures.publicOf(newSeed)), recipient: await identities.recipientOf(newIdentity), browser: 'Chromium', signingKey: newSeed };
const request = await requests.makeRequest(asking);
const row = { organisation, user, backup: backup.backup, file_sha256 };
const deciding = { exact: request.exact, typed: bytes.groups(request.fingerprint).toUpperCase(), row, shareA: fromBase64(backup.shareA), keyFile,
  admin: bytes.randomId(), origin: location.origin, expiresAt: bytes.now() };
const approved = await requests.makeApproval(deciding);
const sealedS = (inside = {}) => sealing.sealJson({ request: request.request, backup: backup.backup, share_s: backup.shareS, ...inside },
  [asking.recipient]).then(base64);
const release = { approval: approved.approval, approval_signature: approved.signature, wrapped: approved.wrapped,
  share_s: await sealedS(), organisation_key: key };
const released = (changes = {}, others = {}) =>
  requests.openRelease({ release: { ...release, ...changes }, file: backup.file, exact: request.exact, identity: newIdentity, ...others });
"""


def test_a_restore_goes_from_backup_to_opened_vault(modules: Modules) -> None:
    assert modules(STORY + """const document = await released();
        return [JSON.stringify(document.body) === JSON.stringify(body), request.fingerprint.length,
          await code(() => documents.read(backup.file, [kit])), await code(() => documents.read(backup.file, [V]))];
        """) == [True, 16, "no error", "wrong_key"]  # fmt: skip


def test_python_reads_the_browsers_story(modules: Modules) -> None:
    found = modules(STORY + """return { keyText: keyFile, seed: hex(keyFile.seed), exact: request.exact, signature: request.signature,
        shown: request.fingerprint, approved, backup: { ...backup, file: base64(backup.file) }, newIdentity, release };""")
    backup, approved = found["backup"], found["approved"]
    request = restore_requests.RestoreRequest(found["exact"], base64.b64decode(found["signature"]))
    fields = restore_requests.verify_request(request)
    assert restore_request_fingerprint(found["exact"]) == found["shown"]
    row = found["release"]["organisation_key"]
    key = organisation_keys.PublicKey(row["organisation"], row["epoch"], row["recipient"], base64.b64decode(row["sign"]))
    approval = approvals.Approval(approved["approval"], *(base64.b64decode(approved[n]) for n in ("signature", "wrapped")))
    approvals.verify_approval(approval, request, key)
    share_a = approvals.open_wrapped(approval.wrapped, request, found["newIdentity"])
    share_s = approvals.open_share_s(base64.b64decode(found["release"]["share_s"]), request, found["newIdentity"])
    identity = cloud_backups.backup_identity(share_a, share_s)
    document = client_documents.open_document(base64.b64decode(backup["file"]), [identity])
    cloud_backups.require_writer(share_a, document)
    assert document.manifest["user"] == fields["user"]


def test_the_browser_reads_pythons_story(modules: Modules) -> None:
    given: dict[str, Any] = vectors("restore-requests")
    key = vectors("key-files")["organisation_key"]
    found = modules("""const keyFile = await keys.parseKeyFile(key.text);
        const { organisation, epoch, recipient, sign, fingerprint } = keyFile;
        const release = { approval: given.approval.exact, approval_signature: given.approval.signature, wrapped: given.approval.wrapped,
          share_s: given.share_s.sealed, organisation_key: { organisation, epoch, recipient, sign, fingerprint } };
        const { exact, identity } = given.request;
        const document = await requests.openRelease({ release, file: fromBase64(given.backup.file), exact, identity });
        const { shareA, recipient: b } = await backups.openShareA(fromBase64(given.backup.share_a_file), keyFile);
        return { shown: await requests.fingerprintOf(exact), a: hex(shareA), counter: document.manifest.counter,
          b: await backups.joinShares({ shareA, shareS: fromHex(given.backup.share_s), recipient: b }) };""",
        given=given, key=key)  # fmt: skip
    assert found == {
        "shown": given["request"]["fingerprint"], "a": given["backup"]["share_a"], "counter": 2,
        "b": given["backup"]["identity"],
    }  # fmt: skip


def test_no_backup_is_made_with_a_key_that_is_not_pinned(modules: Modules) -> None:
    assert modules(STORY + """const making = { document: vault, kitRecipient: recipientKit, key, pinned: fingerprint, device, signingKey: seed };
        const other = await keys.makeKeyFile({ organisation, organisationName: 'E', name: 'K', epoch: 1 });
        const swapped = { ...key, recipient: other.recipient };
        return Promise.all([{ key: swapped }, { key: { ...swapped, fingerprint: other.fingerprint } }, { pinned: 'a'.repeat(52) },
          { key: { ...key, organisation: user } }].map((change) => code(() => backups.makeBackup({ ...making, ...change }))));""") == [
        "key_mismatch"
    ] * 4  # fmt: skip


def test_an_approval_needs_the_right_words_key_and_backup(modules: Modules) -> None:
    assert modules(STORY + """const other = await keys.parseKeyFile((await keys.makeKeyFile({ organisation, organisationName: 'E', name: 'K', epoch: 2 })).text);
        const foreign = await requests.makeRequest({ ...asking, user: bytes.randomId() });
        const later = await requests.makeRequest({ ...asking, backup: bytes.randomId() });
        const own = async ({ exact, fingerprint }) => ({ exact, typed: fingerprint });
        const changes = [{ typed: request.fingerprint.slice(0, 15) }, { typed: '' }, { exact: request.exact.replace('Chromium', 'chromium') },
          { keyFile: other }, { keyFile: { ...keyFile, fingerprint: other.fingerprint } }, { origin: 'https://elsewhere.example' },
          await own(foreign), { row: { ...row, user: device } }, await own(later), { row: { ...row, file_sha256: a_sha256 } },
          { shareA: fromBase64(backup.shareA).subarray(1) }];
        return Promise.all(changes.map((change) => code(() => requests.makeApproval({ ...deciding, ...change }))));""") == [
        *["wrong_fingerprint"] * 3, "wrong_key", "key_mismatch", "wrong_origin",
        "wrong_member", "wrong_member", "wrong_backup", "wrong_backup", "malformed",
    ]  # fmt: skip


def test_a_release_with_anything_swapped_is_refused(modules: Modules) -> None:
    assert modules(STORY + """const other = await keys.parseKeyFile((await keys.makeKeyFile({ organisation, organisationName: 'E', name: 'K', epoch: 1 })).text);
        const otherKey = { organisation, epoch: 1, recipient: other.recipient, sign: other.sign, fingerprint: other.fingerprint };
        const byOther = await requests.makeApproval({ ...deciding, keyFile: { ...keyFile, seed: other.seed } });
        const again = await requests.makeRequest(asking);
        const second = await requests.makeApproval({ ...deciding, exact: again.exact, typed: again.fingerprint });
        const [s1, s2, s3] = await Promise.all([sealedS({ request: again.request }), sealedS({ backup: device }),
          sealedS({ share_s: base64(bytes.randomBytes(32)) })]);
        return Promise.all([
          () => released({ organisation_key: otherKey }), () => released({ organisation_key: { ...key, fingerprint: other.fingerprint } }),
          () => released({ approval: byOther.approval, approval_signature: byOther.signature, wrapped: byOther.wrapped }),
          () => released({ approval: second.approval, approval_signature: second.signature, wrapped: second.wrapped }),
          () => released({ approval: approved.approval.replace('restore', 'Restore') }), () => released({ wrapped: second.wrapped }),
          () => released({ share_s: s1 }), () => released({ share_s: s2 }),
          () => released({ share_s: s3 }), () => released({}, { file: vault.file }),
          () => released({}, { identity: identities.makeIdentity() }), () => released({}, { exact: again.exact }),
        ].map(code));""") == [
        "bad_signature", "key_mismatch", "bad_signature", "wrong_request", "bad_signature", "wrong_request",
        "wrong_request", "wrong_backup", "wrong_shares", "wrong_backup", "wrong_key", "wrong_request",
    ]  # fmt: skip


def test_the_metadata_must_be_signed_by_a_device_of_the_backup(modules: Modules) -> None:
    assert modules(STORY.replace("device, signingKey: seed });", "device, signingKey: bytes.randomBytes(32) });", 1)
                   + "return code(() => released())") == "bad_signature"  # fmt: skip


def test_the_newest_vault_is_chosen_where_the_keyring_opens_it(modules: Modules) -> None:
    assert modules(STORY + """const opened = await released();
        const stranger = await documents.write({ manifest: { ...draft, counter: 9 }, body, signingKey: seed,
          recipients: [await identities.recipientOf(identities.makeIdentity())] });
        const files = [await small({ counter: 9 }), await small({ counter: 7 }), await small({ counter: 6 }), stranger,
          await small({ counter: 9, user: device }), { file: utf8('nonsense') }];
        const chosen = await Promise.all(files.map(({ file }) => requests.chooseNewest({ backup: opened, file, epoch: 1 })));
        return chosen.map(({ document, newest, why }) => [document.manifest.counter, newest, why]);""") == [
        [9, True, None], [7, True, None], [7, False, "rolled_back"], [7, False, "wrong_key"], [7, False, "wrong_member"],
        [7, False, "malformed"],
    ]  # fmt: skip
