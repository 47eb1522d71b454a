"""Cloud backups and restore requests: the browser with the browser, with Python, and with everything swapped."""

import base64
from typing import Any

from tests.browser.modules.conftest import Modules, vectors
from tests.browser.modules.crypto.test_documents import SMALL
from webapp.client.formats import cloud_backups, recovery_keys, restore_requests
from webapp.client.formats import documents as client_documents
from webapp.client.recovery import approvals
from webapp.crypto.fingerprints import restore_request_fingerprint

# A member's vault, an organisation key, a backup, a request from a new device, an approval, a release.
STORY = (
    SMALL
    + """
const { text: keyText } = await keys.makeKeyFile({ organisation, organisationName: 'E', name: 'K', epoch: 1 });
const keyFile = await keys.parseKeyFile(keyText);
const { epoch, recipient, sign, fingerprint } = keyFile;
const key = { organisation, epoch, recipient, sign, fingerprint };
const vault = await small({ counter: 7, organisation_key: { epoch, fingerprint } });
const backup = await backups.makeBackup({ document: vault, kitRecipient: recipientKit, key, pinned: fingerprint,
  account, device, signingKey: seed });
const { file_sha256, a_sha256 } = JSON.parse(backup.meta);
const [newIdentity, newSeed] = [identities.makeIdentity(), bytes.randomBytes(32)];
const asking = {
  origin: location.origin, organisation, user, backup: backup.backup, fileSha256: file_sha256, device: bytes.randomId(),
  sign: base64(await signatures.publicOf(newSeed)), recipient: await identities.recipientOf(newIdentity),
  browser: 'Chromium', signingKey: newSeed, organisationKey: fingerprint,
};
const request = await requests.makeRequest(asking);
const row = { organisation, user, account, backup: backup.backup, file_sha256 };
const deciding = {
  exact: request.exact, typed: bytes.groups(request.fingerprint).toUpperCase(), row, shareA: fromBase64(backup.shareA),
  keyFile, origin: location.origin,
};
const approve = async (parts) =>
  requests.makeApproval(await requests.checkRequest(parts), { admin: device, expiresAt: bytes.now() });
const approved = await approve(deciding);
const shareS = { request: request.request, backup: backup.backup, share_s: backup.shareS };
const sealedS = async (inside = {}) => base64(await sealing.sealJson({ ...shareS, ...inside }, [asking.recipient]));
const release = {
  approval: approved.approval, approval_signature: approved.signature, wrapped: approved.wrapped,
  share_s: await sealedS(), organisation_key: key,
};
const released = (changes = {}, others = {}) =>
  requests.openRelease({ release: { ...release, ...changes }, file: backup.file, exact: request.exact,
    identity: newIdentity, ...others });
"""
)


def test_a_restore_goes_from_backup_to_opened_vault(modules: Modules) -> None:
    assert modules(STORY + """const document = await released();
        return [JSON.stringify(document.body) === JSON.stringify(body), request.fingerprint.length,
          await code(() => documents.read(backup.file, [kit])), await code(() => documents.read(backup.file, [V]))];
        """) == [True, 16, "no error", "wrong_key"]  # fmt: skip


def test_python_reads_the_browsers_story(modules: Modules) -> None:
    found = modules(
        STORY
        + """return { exact: request.exact, signature: request.signature, shown: request.fingerprint, approved,
          backup: { ...backup, file: base64(backup.file) }, newIdentity, release };"""
    )
    backup, approved = found["backup"], found["approved"]
    request = restore_requests.RestoreRequest(found["exact"], base64.b64decode(found["signature"]))
    fields = restore_requests.verify_request(request)
    assert restore_request_fingerprint(found["exact"]) == found["shown"]
    row = found["release"]["organisation_key"]
    key = recovery_keys.PublicKey(row["organisation"], row["epoch"], row["recipient"], base64.b64decode(row["sign"]))
    approval = approvals.Approval(
        approved["approval"], *(base64.b64decode(approved[n]) for n in ("signature", "wrapped"))
    )
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
        const release = { approval: given.approval.exact, approval_signature: given.approval.signature,
          wrapped: given.approval.wrapped,
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


OTHER = """
const makeOther = async (epoch) =>
  keys.parseKeyFile((await keys.makeKeyFile({ organisation, organisationName: 'E', name: 'K', epoch })).text);
"""


def test_no_backup_is_made_with_a_key_that_is_not_pinned(modules: Modules) -> None:
    assert modules(STORY + OTHER + """const other = await makeOther(1);
        const making = {
          document: vault, account, kitRecipient: recipientKit, key, pinned: fingerprint, device, signingKey: seed,
        };
        const swapped = { ...key, recipient: other.recipient };
        return surprises([
          ['no error', {}],
          ['key_mismatch', { key: swapped }],
          ['key_mismatch', { key: { ...swapped, fingerprint: other.fingerprint } }],
          ['key_mismatch', { key: { ...key, organisation: user } }],
          ['key_mismatch', { pinned: 'a'.repeat(52) }],
        ], (change) => backups.makeBackup({ ...making, ...change }));""") == []  # fmt: skip


def test_an_approval_needs_the_right_words_key_and_backup(modules: Modules) -> None:
    assert modules(STORY + OTHER + """const other = await makeOther(2);
        const asked = async (change) => {
          const { exact, fingerprint: typed } = await requests.makeRequest({ ...asking, ...change });
          return { exact, typed };
        };
        return surprises([
          ['no error', {}],
          ['wrong_fingerprint', { typed: request.fingerprint.slice(0, 15) }],
          ['wrong_fingerprint', { typed: '' }],
          ['wrong_fingerprint', { exact: request.exact.replace('Chromium', 'chromium') }],
          ['other_key_shown', { keyFile: other }],
          ['other_key_shown', { keyFile: { ...keyFile, fingerprint: other.fingerprint } }],
          ['wrong_origin', { origin: 'https://elsewhere.example' }],
          ['wrong_member', await asked({ user: bytes.randomId() })],
          ['wrong_member', { row: { ...row, user: device } }],
          ['wrong_backup', await asked({ backup: bytes.randomId() })],
          ['wrong_backup', { row: { ...row, file_sha256: a_sha256 } }],
          ['wrong_account', { row: { ...row, account: 'bob@example.org' } }],
          ['wrong_account', { row: { ...row, account: undefined } }],
          ['malformed', { shareA: fromBase64(backup.shareA).subarray(1) }],
        ], (change) => approve({ ...deciding, ...change }));""") == []  # fmt: skip


def test_share_a_says_whose_backup_it_is_and_an_old_one_names_nobody(modules: Modules) -> None:
    given, key = vectors("restore-requests")["backup"], vectors("key-files")["organisation_key"]
    assert modules(STORY + """const old = await backups.makeBackup({ document: vault, account: undefined,
          kitRecipient: recipientKit, key, pinned: fingerprint, device, signingKey: seed });
        const { file_sha256: of } = JSON.parse(old.meta);
        const again = await requests.makeRequest({ ...asking, backup: old.backup, fileSha256: of });
        const { account: named } = await requests.checkRequest(deciding);
        const { account: unnamed } = await requests.checkRequest({ ...deciding, exact: again.exact,
          typed: again.fingerprint, row: { ...row, backup: old.backup, file_sha256: of },
          shareA: fromBase64(old.shareA) });
        const opener = await keys.parseKeyFile(pythons.text);
        const accounts = await Promise.all([given.share_a_file, given.unnamed_share_a_file].map(async (file) =>
          (await backups.openShareA(fromBase64(file), opener)).fields.account ?? null));
        return [named === account, unnamed ?? null, ...accounts];""",
        given=given, pythons=key) == [True, None, "zoe@example.org", None]  # fmt: skip


def test_a_release_with_anything_swapped_is_refused(modules: Modules) -> None:
    assert modules(STORY + OTHER + """const other = await makeOther(1);
        const otherKey = { ...key, recipient: other.recipient, sign: other.sign, fingerprint: other.fingerprint };
        const again = await requests.makeRequest(asking);
        const of = ({ approval, signature, wrapped }) => ({ approval, approval_signature: signature, wrapped });
        const byOther = of(await approve({ ...deciding, keyFile: { ...keyFile, seed: other.seed } }));
        const ofAgain = { ...deciding, exact: again.exact, typed: again.fingerprint };
        const second = of(await approve(ofAgain));
        return surprises([
          ['no error', []],
          ['bad_signature', [{ organisation_key: otherKey }]],
          ['key_mismatch', [{ organisation_key: { ...key, fingerprint: other.fingerprint } }]],
          ['bad_signature', [byOther]],
          ['wrong_request', [second]],
          ['bad_signature', [{ approval: approved.approval.replace('restore', 'Restore') }]],
          ['wrong_request', [{ wrapped: second.wrapped }]],
          ['wrong_request', [{ share_s: await sealedS({ request: again.request }) }]],
          ['wrong_backup', [{ share_s: await sealedS({ backup: device }) }]],
          ['wrong_shares', [{ share_s: await sealedS({ share_s: base64(bytes.randomBytes(32)) }) }]],
          ['wrong_backup', [{}, { file: vault.file }]],
          ['wrong_key', [{}, { identity: identities.makeIdentity() }]],
          ['wrong_request', [{}, { exact: again.exact }]],
        ], (changes) => released(...changes));""") == []  # fmt: skip


def test_the_metadata_must_be_signed_by_a_device_of_the_backup(modules: Modules) -> None:
    assert modules(STORY.replace("device, signingKey: seed });", "device, signingKey: bytes.randomBytes(32) });", 1)
                   + "return code(() => released())") == "bad_signature"  # fmt: skip


def test_the_newest_vault_is_chosen_where_the_keyring_opens_it(modules: Modules) -> None:
    assert modules(STORY + """const opened = await released();
        const stranger = await documents.write({ manifest: { ...draft, counter: 9 }, body, signingKey: seed,
          recipients: [await identities.recipientOf(identities.makeIdentity())] });
        const files = [await small({ counter: 9 }), await small({ counter: 7 }), await small({ counter: 6 }), stranger,
          await small({ counter: 9, user: device }), { file: utf8('nonsense') }];
        const chosen = await Promise.all(files.map(({ file }) => requests.chooseNewest({ backup: opened, file,
          epoch: 1 })));
        return chosen.map(({ document, newest, why }) => [document.manifest.counter, newest, why]);""") == [
        [9, True, None], [7, True, None], [7, False, "rolled_back"], [7, False, "wrong_key"],
        [7, False, "wrong_member"], [7, False, "malformed"],
    ]  # fmt: skip


def test_a_key_of_an_earlier_epoch_opens_no_newest_vault(modules: Modules) -> None:
    """Whoever copied one, and the server, would else make up what a member takes for their vault, and for the
    organisation's key in it."""
    assert modules(SMALL + """const former = identities.makeIdentity();
        const backup = await small({ epoch: 2, counter: 7 }, { keyring: { ...body.keyring,
          epochs: [{ epoch: 1, key: former }, { epoch: 2, key: V }] } });
        const forged = async (epoch) => documents.write({ manifest: { ...draft, epoch, counter: 9 }, signingKey: seed,
          body: { ...body, keyring: { ...body.keyring, epochs: [{ epoch, key: former }] } },
          recipients: [await identities.recipientOf(former)] });
        const chosen = [];
        for (const [said, made] of [[1, 1], [2, 2], [2, 1], [3, 1]]) {
          const { newest, why } = await requests.chooseNewest({ backup, file: (await forged(made)).file, epoch: said });
          chosen.push([newest, why]);
        }
        return chosen;""") == [[False, "wrong_epoch"], *[[False, "wrong_key"]] * 3]  # fmt: skip


def test_a_backup_older_than_its_signed_metadata_is_not_taken(modules: Modules) -> None:
    """Whoever has an old file and a device’s key could pass it off as the newest."""
    assert modules(STORY + """
        const lied = await backups.makeBackup({ document: { ...vault, manifest: { ...vault.manifest, counter: 9 } },
          kitRecipient: recipientKit, key, pinned: fingerprint, account, device, signingKey: seed });
        const { file_sha256: sha256 } = JSON.parse(lied.meta);
        const other = await requests.makeRequest({ ...asking, backup: lied.backup, fileSha256: sha256 });
        const given = await approve({ ...deciding, exact: other.exact, typed: other.fingerprint,
          row: { ...row, backup: lied.backup, file_sha256: sha256 }, shareA: fromBase64(lied.shareA) });
        const share = await sealedS({ request: other.request, backup: lied.backup, share_s: lied.shareS });
        return code(() => requests.openRelease({ file: lied.file, exact: other.exact, identity: newIdentity,
          release: { approval: given.approval, approval_signature: given.signature, wrapped: given.wrapped,
            share_s: share, organisation_key: key } }));""") == "rolled_back"  # fmt: skip


def test_an_approval_is_past_an_hour_after_its_end_and_not_before(modules: Modules) -> None:
    assert modules(STORY + """
        const until = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString().replace(/\\.\\d+Z$/, 'Z');
        const { expiresAt } = await released();
        return [expiresAt === JSON.parse(release.approval).expires_at,
          await Promise.all([-61, -59, 60].map((minutes) => code(() => requests.demandPresent(until(minutes)))))];
        """) == [True, ["approval_past", "no error", "no error"]]  # fmt: skip


def test_no_approval_is_signed_or_taken_for_longer_than_any_may_be(modules: Modules) -> None:
    """17 days; the clock of the admin’s computer may be a day slow."""
    assert modules(STORY + """
        const stamp = (at) => new Date(at).toISOString().replace(/\\.\\d+Z$/, 'Z');
        const hours = (count) => stamp(Date.now() + count * 3_600_000);
        const checked = await requests.checkRequest(deciding);
        const signing = await surprises(
          [['no error', hours(72)], ['no error', hours(17 * 24 + 23)], ['expires_too_late', hours(17 * 24 + 25)],
            ['expires_too_late', '2099-01-01T00:00:00Z'], ['expires_too_late', 'for ever']],
          (expiresAt) => requests.makeApproval(checked, { admin: device, expiresAt }));
        const said = JSON.parse(release.approval);
        const approval = JSON.stringify({ ...said, expires_at: '2099-01-01T00:00:00Z' });
        const signature = base64(await signatures.sign('spare-key/v1/restore-approval', utf8(approval), keyFile.seed));
        const { expiresAt } = await released({ approval, approval_signature: signature });
        return [signing, Date.parse(expiresAt) - Date.parse(said.made_at)];
        """) == [[], 17 * 24 * 3_600_000]  # fmt: skip
