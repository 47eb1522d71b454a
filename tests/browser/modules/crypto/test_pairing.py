"""Pairing in the browser: with itself, with Python on either side, and with somebody in between."""

import base64

from tests.browser.modules.conftest import Modules, vectors
from tests.client.pairing.test_protocol import CODE, MEMBER, NEW, OLD, PLACE
from webapp.client.formats.encoding import to_base64
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import Place, Signed, announce, read_announcement

# A member's two devices: `old` shows CODE, `fresh` types it.
STORY = """
const pairing = await load('crypto/pairing');
const CODE = '042137', WRONG = '042138';
const makeKeys = async () => {
  const [identity, signingKey] = [identities.makeIdentity(), bytes.randomBytes(32)];
  const [sign, recipient] = [base64(await signatures.publicOf(signingKey)), await identities.recipientOf(identity)];
  return { identity, device: bytes.randomId(), sign, recipient, signingKey };
};
const place = { origin: location.origin, organisation: bytes.randomId(), user: bytes.randomId() };
const [old, fresh, other] = await Promise.all([makeKeys(), makeKeys(), makeKeys()]);
const V = identities.makeIdentity();
const announceAs = (keys) => pairing.announce({ ...place, ...keys, browser: 'Chromium' });
const readAs = (announced, expected = {}) =>
  pairing.readAnnouncement(announced, { ...place, pairing: JSON.parse(announced.exact).pairing, ...expected });
const start = async (typed = CODE, announced = undefined) => {
  const announcement = announced ?? await announceAs(fresh);
  const offered = await pairing.offer({ announcement: await readAs(announcement), code: CODE, ...old });
  const answered = await pairing.answer({ exact: announcement.exact, offer: offered, code: typed });
  return { announcement, offered, waiting: offered.state, answered: answered.message, state: answered.state };
};
const change = (message, fields) => JSON.stringify({ ...JSON.parse(message), ...fields });
const signAs = async (exact, label, keys) =>
  ({ exact, signature: base64(await signatures.sign(label, utf8(exact), keys.signingKey)) });
const flip = (value) => base64(fromBase64(value).map((byte, i) => i ? byte : byte ^ 1));
"""


def test_the_right_code_brings_the_vault_key(modules: Modules) -> None:
    assert modules(STORY + """const run = await start();
        const told = await pairing.confirm(run.waiting, run.answered, V);
        const got = await pairing.accept(run.state, told, fresh.identity);
        const listed = { id: old.device, sign: old.sign, recipient: old.recipient };
        return [got.vaultKey === V, await surprises([
          ['no error', [listed]], ['wrong_pairing', []], ['wrong_pairing', [{ ...listed, sign: fresh.sign }]],
        ], (devices) => pairing.demandListed({ devices }, got.by))];""") == [True, []]  # fmt: skip


def test_the_transcript_is_the_published_one(modules: Modules) -> None:
    given = vectors("pairings")
    found = modules("""const [pairing, cpace] = [await load('crypto/pairing'), await load('crypto/cpace')];
        const [announced, offered, said, told] =
          [given.announcement.exact, given.offer.exact, given.answer, given.confirmation]
            .map((text) => JSON.parse(text));
        const { ci, sid, ada, adb } = await pairing.transcript(announced, offered);
        const generator = cpace.calculateGenerator(utf8(given.code), ci, sid);
        const [ya, yb] = given.scalars.map((scalar) => cpace.scalarMult(fromHex(scalar), generator));
        const k = cpace.scalarMultVfy(fromHex(given.scalars[0]), yb);
        const isk = cpace.sessionKey({ sid, k, ya, ada, yb, adb });
        const [ta, tb] = [[ya, ada], [yb, adb]].map((sent) => cpace.confirmation(sid, isk, ...sent));
        const pairs = [[ya, offered.share], [yb, said.share], [tb, said.tag], [ta, told.tag], [adb, said.associated]];
        const state = { sid, isk, ta, tb, pairing: announced.pairing };
        const { vaultKey } = await pairing.accept(state, given.confirmation, given.new_identity);
        const { origin, organisation, user } = announced;
        await pairing.readAnnouncement(given.announcement, { origin, organisation, user, pairing: announced.pairing });
        return { ci: hex(ci), sid: hex(sid), ada: hex(ada), adb: hex(adb), isk: hex(isk), vaultKey,
          same: pairs.every(([made, sent]) => base64(made) === sent) };""", given=given)  # fmt: skip
    assert found == {
        **{name: given[name] for name in ("ci", "sid", "ada", "adb", "isk")},
        "vaultKey": given["vault_key"],
        "same": True,
    }


def test_python_types_the_code_that_the_browser_shows(modules: Modules) -> None:
    announced = announce(Place(modules.origin, PLACE.organisation, PLACE.user), NEW, "Python")
    message = {"exact": announced.exact, "signature": to_base64(announced.signature)}
    found = modules(STORY + """const { organisation, user, pairing: name } = JSON.parse(announced.exact);
        const announcement = await readAs(announced, { organisation, user });
        const code = pairing.makeCode();
        const { state, ...offered } = await pairing.offer({ announcement, code, ...old });
        Object.assign(globalThis, { state, V });
        return { offered, code, V, by: { device: old.device, sign: old.sign, recipient: old.recipient } };""",
        announced=message)  # fmt: skip
    offered = Signed(found["offered"]["exact"], base64.b64decode(found["offered"]["signature"]))
    answered, state = protocol.answer(announced.exact, offered, found["code"])
    confirmed = modules(
        "const pairing = await load('crypto/pairing'); return pairing.confirm(state, answered, V);", answered=answered
    )
    got = protocol.accept(state, confirmed, NEW.identity)
    assert (got.vault_key, got.by) == (found["V"], found["by"])


def test_the_browser_types_the_code_that_python_shows(modules: Modules) -> None:
    found = modules(STORY + """const announced = await announceAs(fresh);
        Object.assign(globalThis, { announced, fresh }); return { announced, place };""")  # fmt: skip
    announced = Signed(found["announced"]["exact"], base64.b64decode(found["announced"]["signature"]))
    fields = read_announcement(announced, Place(**found["place"]), found["announced"]["pairing"])
    offered, waiting = protocol.offer(fields, CODE, OLD)
    answered = modules("""const pairing = await load('crypto/pairing');
        const { message, state } = await pairing.answer({ exact: announced.exact, offer: offered, code });
        globalThis.state = state; return message;""",
        offered={"exact": offered.exact, "signature": to_base64(offered.signature)}, code=CODE)  # fmt: skip
    confirmed = protocol.confirm(waiting, answered, MEMBER.vault)
    got = modules("""const pairing = await load('crypto/pairing');
        return pairing.accept(state, confirmed, fresh.identity);""", confirmed=confirmed)  # fmt: skip
    by = OLD.public()
    assert got == {
        "vaultKey": MEMBER.vault,
        "by": {"id": by["device"], "sign": by["sign"], "recipient": by["recipient"]},
    }
