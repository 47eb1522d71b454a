"""Signed regeneration and re-wrap: what the browser signs and seals Python takes, and the other way round."""

from typing import Any

import pytest

from tests.browser.modules.conftest import Modules
from tests.support.vault.documents import ACCOUNT, maker, note
from webapp.client.crypto.identities import recipient_of
from webapp.client.crypto.signatures import new_seed, verify
from webapp.client.formats.cloud_backups import make_backup, open_share_a
from webapp.client.formats.encoding import from_base64, sha256_hex, to_base64
from webapp.client.formats.key_successions import Succession, leads_to, make_succession
from webapp.client.formats.recovery_keys import OrganisationKey, make_key, write_key
from webapp.client.formats.restore_requests import Asker, Told, make_request
from webapp.client.recovery import approvals
from webapp.client.recovery.rewrap import LABEL, rewrap_share

MEMBER = maker()
DOCUMENT = MEMBER.document([note("saved")])
FIRST = MEMBER.key
SECOND = make_key(FIRST.organisation, "Example", "Second", FIRST.epoch + 1)
THIRD = make_key(FIRST.organisation, "Example", "Third", FIRST.epoch + 2)
# Modules that the prelude lacks, and the key files as the page would have opened them.
MORE = """const [successions, rewraps] = await Promise.all(
    ['key-successions', 'rewrap'].map((name) => load(`crypto/${name}`)));
  const [first, second, third] = await Promise.all(files.map((text) => keys.parseKeyFile(text)));
  """


def files() -> list[str]:
    return [write_key(key).decode() for key in (FIRST, SECOND, THIRD)]


def given(*pairs: tuple[OrganisationKey, OrganisationKey]) -> list[dict[str, str]]:
    return [make_succession(former, following).fields() for former, following in pairs]


def row() -> dict[str, Any]:
    """A backup as the server lists it, and what it was made of."""
    made = make_backup(DOCUMENT, ACCOUNT, FIRST.public, MEMBER.device, MEMBER.seed)
    return {
        "backup": made.id, "organisation": MEMBER.organisation, "user": MEMBER.user,
        "file_sha256": sha256_hex(made.file), "share_a": to_base64(made.share_a),
    }  # fmt: skip


def test_the_browsers_statement_leads_python_and_pythons_the_browser(modules: Modules) -> None:
    found = modules(MORE + """const [a, b, c] = [first, second, third].map(({ fingerprint }) => fingerprint);
        const leads = (steps, from, to, organisation = first.organisation) =>
          successions.leadsTo(steps, organisation, from, to);
        const [one, two] = given;
        const forged = { ...one, signature: two.signature };
        return { made: await successions.makeSuccession(first, second),
          backwards: await code(() => successions.makeSuccession(second, first)),
          leads: await Promise.all([
            leads(given, a, c), leads(given, a.slice(0, 32), c), leads(given, a, c.slice(0, 16)), leads([], a, a),
            leads(given, c, a), leads([two], a, c), leads(given, a, c, '0'.repeat(32)), leads([forged, two], a, c),
            leads([], a.slice(0, 15), a), leads([{ statement: '7', signature: '' }], a, b)]) };
        """, files=files(), given=given((FIRST, SECOND), (SECOND, THIRD)))  # fmt: skip
    assert found["leads"] == [True] * 4 + [False] * 6
    assert found["backwards"] == "key_mismatch"
    made = Succession(found["made"]["statement"], from_base64(found["made"]["signature"]))
    assert leads_to([made], FIRST.organisation, FIRST.public.fingerprint, SECOND.public.fingerprint)


def test_what_the_browser_re_wraps_python_opens_and_both_keys_signed(modules: Modules) -> None:
    share = row()
    found = modules(MORE + """const keysOf = { former: first, next: second };
        const succession = await successions.makeSuccession(first, second);
        const made = await rewraps.rewrapShare({ row, ...keysOf, succession });
        const signed = await rewraps.signRewrap({ shares: [made], ...keysOf, origin: 'https://x', admin: row.user });
        return { file: base64(made.file), ...signed, sha: [made.formerSha256, made.sha256] };""",
        files=files(), row=share)  # fmt: skip
    file = from_base64(found["file"])
    before, after = open_share_a(from_base64(share["share_a"]), FIRST), open_share_a(file, SECOND)
    assert (after.meta, after.share, after.recipient) == (before.meta, before.share, before.recipient)
    assert found["sha"] == [sha256_hex(from_base64(share["share_a"])), sha256_hex(file)]
    for key, name in ((SECOND, "signature"), (FIRST, "formerSignature")):
        verify(key.public.sign, LABEL, found["statement"].encode(), from_base64(found[name]))


def test_the_browser_approves_and_opens_what_python_re_wrapped_twice(modules: Modules) -> None:
    share = row()
    once = rewrap_share(share, FIRST, SECOND, make_succession(FIRST, SECOND))
    again = {**share, "share_a": to_base64(once.file)}
    twice = rewrap_share(again, SECOND, THIRD, make_succession(SECOND, THIRD))
    device = maker()
    identity = device.identity
    seed = new_seed()
    asker = Asker("https://x", MEMBER.organisation, MEMBER.user, device.device, recipient_of(identity), "Firefox")
    told = Told(THIRD.public.fingerprint)
    request = make_request(asker, share["backup"], share["file_sha256"], seed, told)
    found = modules(MORE + """const row = { ...share, account: 'zoe@example.org' };
        const checked = await requests.checkRequest({ exact, typed, row, shareA: fromBase64(shareA), keyFile: third,
          origin: 'https://x' });
        const expiresAt = new Date(Date.now() + 86_400_000).toISOString().replace(/\\.\\d+/, '');
        return { ...await requests.makeApproval(checked, { admin: share.user, expiresAt }),
          wrong: await code(() => requests.checkRequest({ exact, typed, row, shareA: fromBase64(shareA),
            keyFile: second, origin: 'https://x' })) };""",
        files=files(), share=share, exact=request.exact, typed=request.fingerprint,
        shareA=to_base64(twice.file))  # fmt: skip
    assert found["wrong"] == "other_key_shown"
    approval = approvals.Approval(found["approval"], from_base64(found["signature"]), from_base64(found["wrapped"]))
    approvals.verify_approval(approval, request, THIRD.public)
    opened = approvals.open_wrapped(approval.wrapped, request, identity)
    opened.require_made_for(THIRD.public.fingerprint)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("former: second", "wrong_key"),
        ("row: { ...row, backup: '0'.repeat(32) }", "wrong_backup"),
        ("row: { ...row, user: '0'.repeat(32) }", "wrong_backup"),
        ("row: { ...row, share_a: row.share_a.slice(0, -8) + 'AAAAAAA=' }", "malformed"),
        ("succession: { statement: '{}', signature: succession.signature }", "key_mismatch"),
        ("next: third", "key_mismatch"),
    ],
)
def test_a_share_that_is_not_as_it_should_be_is_named(modules: Modules, change: str, expected: str) -> None:
    assert modules(MORE + """const succession = await successions.makeSuccession(first, second);
        return code(() => rewraps.rewrapShare({ row, former: first, next: second, succession, """ + change + " }));",
        files=files(), row=row()) == expected  # fmt: skip
