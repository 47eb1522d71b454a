"""Requests that name a recovery key, and the six digits: the browser's modules against the vectors and Python."""

import json
from typing import Any

import pytest

from tests.browser.modules.conftest import Modules, vectors
from tests.support.attacks.id_search import ground_approver
from tests.support.vault.documents import ACCOUNT, maker, note
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.crypto.signatures import new_seed, sign
from webapp.client.formats.cloud_backups import make_backup
from webapp.client.formats.encoding import from_base64, new_id, sha256_hex, to_base64, to_json
from webapp.client.formats.key_successions import LABEL, Succession, leads_to, make_succession, own_pin
from webapp.client.formats.recovery_keys import OrganisationKey, make_key, write_key
from webapp.client.formats.restore_requests import Asker, Told, make_request
from webapp.client.recovery import approvals

MEMBER = maker()
FIRST = MEMBER.key
SECOND = make_key(FIRST.organisation, "Example", "Second", FIRST.epoch + 1)
MORE = """const [voice, chain] = await Promise.all(
    ['voice-checks', 'key-successions'].map((name) => load(`crypto/${name}`)));
  """


def test_the_browser_makes_the_request_of_the_vectors_and_the_same_digits(modules: Modules) -> None:
    made = vectors("voice-checks")
    found = modules(MORE + """const { exact } = made.request;
        const said = requests.readRequest(exact);
        const digits = (told) => voice.digitsToTell({ exact, ...told });
        return { said, fingerprint: await requests.fingerprintOf(exact),
          digits: await Promise.all(made.digits.map(digits)), other: await digits(made.of_another_key),
          naming: [requests.readRequest(made.naming.exact).approvers, await requests.fingerprintOf(made.naming.exact)],
          edges: await Promise.all(made.truncation.map(({ sha256 }) => voice.digitsOf(fromHex(sha256)))),
          leads: await chain.leadsTo(said.successions, said.organisation, made.known, said.organisation_key) };
        """, made=made)  # fmt: skip
    assert found["fingerprint"] == made["request"]["fingerprint"]
    assert found["said"]["successions"] == made["request"]["successions"]
    assert found["digits"] == [told["digits"] for told in made["digits"]]
    assert found["other"] == made["of_another_key"]["digits"]
    assert found["edges"] == [edge["digits"] for edge in made["truncation"]]
    assert found["leads"]
    assert found["naming"] == [made["naming"]["approvers"], made["naming"]["fingerprint"]]


def test_the_browsers_own_request_has_the_same_fields_in_the_same_order(modules: Modules) -> None:
    exact = vectors("voice-checks")["naming"]["exact"]
    made = modules("""const said = JSON.parse(exact);
        const made = await requests.makeRequest({ ...said, fileSha256: said.file_sha256,
          organisationKey: said.organisation_key, signingKey: fromHex(seed) });
        const many = await requests.makeRequest({ ...said, fileSha256: said.file_sha256,
          organisationKey: said.organisation_key, signingKey: fromHex(seed),
          successions: Array(31).fill(said.successions[0]) });
        const people = Array(21).fill(0).map((_, at) => String(at).padStart(32, '0'));
        const named = await requests.makeRequest({ ...said, fileSha256: said.file_sha256, approvers: people,
          organisationKey: said.organisation_key, signingKey: fromHex(seed) });
        return { made, many: JSON.parse(many.exact).successions.length, named: JSON.parse(named.exact).approvers.length,
          names: [Object.keys(JSON.parse(made.exact)), Object.keys(said)] };""",
        exact=exact, seed=vectors("voice-checks")["request"]["signing_seed"])  # fmt: skip
    assert made["names"][0] == made["names"][1]
    assert made["named"] == 20, "more people than that, and guessing would be worth while"
    assert made["many"] == 0, "more statements than a request may have are left out"


def asked(key: OrganisationKey) -> dict[str, Any]:
    """A backup for the first key, and a request for it that names `key`."""
    backup = make_backup(MEMBER.document([note("saved")]), ACCOUNT, FIRST.public, MEMBER.device, MEMBER.seed)
    identity, seed = maker().identity, new_seed()
    asker = Asker("https://x", MEMBER.organisation, MEMBER.user, new_id(), recipient_of(identity), "Firefox")
    request = make_request(asker, backup.id, sha256_hex(backup.file), seed, Told(key.public.fingerprint))
    by = approvals.Approver("https://x", new_id(), "2020-01-01T00:00:00Z")
    wrapped = seal(b"{}", [recipient_of(identity)])
    exact = approvals.write_approval(request, wrapped, FIRST.public, by)
    public = FIRST.public
    return {
        "exact": request.exact,
        "typed": request.fingerprint,
        "row": {"organisation": MEMBER.organisation, "user": MEMBER.user, "account": ACCOUNT, "backup": backup.id},
        "shareA": to_base64(backup.share_a),
        "file": to_base64(backup.file),
        "identity": identity,
        "release": {
            "approval": exact,
            "approval_signature": to_base64(sign(FIRST.seed, approvals.LABEL, exact.encode())),
            "wrapped": to_base64(wrapped),
            "organisation_key": {
                "epoch": public.epoch,
                "recipient": public.recipient,
                "sign": to_base64(public.sign),
                "fingerprint": public.fingerprint,
            },
        },
    }


CHECK = """const keyFile = await keys.parseKeyFile(text);
    const { exact, typed, row, shareA, file, identity, release } = asked;
    const whole = { ...row, file_sha256: JSON.parse(exact).file_sha256 };
    const check = () => requests.checkRequest(
      { exact, typed, row: whole, shareA: fromBase64(shareA), keyFile, origin: 'https://x' });
    const open = () => requests.openRelease({ release, file: fromBase64(file), exact, identity });
    return { check: await code(check), open: await code(open) };"""


def test_another_key_than_the_request_names_is_refused_by_admin_and_member(modules: Modules) -> None:
    text = write_key(FIRST).decode()
    found = modules(CHECK, asked=asked(SECOND), text=text)
    assert (found["check"], found["open"]) == ("other_key_shown", "key_mismatch")
    found = modules(CHECK, asked=asked(FIRST), text=text)
    assert (found["check"], found["open"]) == ("no error", "malformed"), "what this one wraps is nothing"


def backwards() -> Succession:
    """What a holder of both keys could sign, and no browser follows: to a key of an earlier epoch."""
    honest = make_succession(FIRST, SECOND).statement
    said = json.loads(honest)
    statement = to_json({**said, "former": said["next"], "next": said["former"]})
    return Succession(statement, sign(SECOND.seed, LABEL, statement.encode()))


@pytest.mark.parametrize("same", [False, True])
def test_no_statement_leads_back_to_an_earlier_epoch_or_to_one_of_the_same(modules: Modules, same: bool) -> None:
    third = make_key(FIRST.organisation, "Example", "Third", SECOND.epoch)
    statement = backwards()
    if same:
        said = json.loads(statement.statement)
        public = third.public
        said["next"] = {"epoch": public.epoch, "recipient": public.recipient, "sign": to_base64(public.sign)}
        exact = to_json(said)
        statement = Succession(exact, sign(SECOND.seed, LABEL, exact.encode()))
    to = (third if same else FIRST).public.fingerprint
    found = modules(MORE + "return chain.leadsTo(given, organisation, known, to);", given=[statement.fields()],
        organisation=FIRST.organisation, known=SECOND.public.fingerprint, to=to)  # fmt: skip
    assert not found
    assert not leads_to([statement], FIRST.organisation, SECOND.public.fingerprint, to)


def test_a_former_key_that_anybody_can_make_up_never_takes_the_place_of_the_known_one(modules: Modules) -> None:
    made_up = make_key(FIRST.organisation, "Example", "Made up", 0)
    succession = make_succession(made_up, FIRST)
    known, public = FIRST.public.fingerprint[:32], made_up.public
    key = {"epoch": public.epoch, "fingerprint": public.fingerprint}
    found = modules(MORE + """return Promise.all([chain.ownPin(given, organisation, known, key),
        chain.ownPin([], organisation, known, key), chain.areRelated(given, organisation, known, key.fingerprint)]);""",
        given=[succession.fields()], organisation=FIRST.organisation, known=known, key=key)  # fmt: skip
    genuine = {"epoch": FIRST.epoch, "fingerprint": FIRST.public.fingerprint}
    assert found == [genuine, None, True]
    assert own_pin([succession], FIRST.organisation, known, public) == genuine
    assert from_base64(succession.fields()["signature"])


@pytest.mark.parametrize("named", [(), (new_id(),)])
def test_no_digits_count_of_somebody_whom_only_a_later_page_names(alone: Modules, named: tuple[str, ...]) -> None:
    """The server knows the digits by then, and finds an id with which they fit."""
    evil = make_key(MEMBER.organisation, "Example", "Evil", 1).public.fingerprint
    asker = Asker(alone.origin, MEMBER.organisation, MEMBER.user, new_id(), recipient_of(new_identity()), "Firefox")
    request = make_request(asker, new_id(), "0" * 64, new_seed(), Told(evil, approvers=named))
    told = "271828"  # whatever the server knows that the admin will say
    found = alone("""const [voice, store] = await Promise.all([load('recovery/voice-check'), load('device/keystore')]);
        const { id } = await store.makeDevice({ organisation, user, name: 'Firefox' });
        const asking = await store.change(id, { request: { id: 'r', exact }, check: null });
        const typed = (by) => code(() => voice.typeDigits(asking, told, by));
        const thrown = [await typed(), await typed(approver)];
        // Noted by a version that believed the page.
        const before = await store.change(id, { check: { tries: 0, by: approver } });
        return [...thrown, await voice.standingOf(before, approver), await voice.standingOf(before)];""",
        organisation=MEMBER.organisation, user=MEMBER.user, exact=request.exact, told=told,
        approver=ground_approver(request, told))  # fmt: skip
    assert found == ["wrong_digits" if named else "nobody_named", "nobody_named", "missing", "missing"]


@pytest.mark.parametrize("known", ["pin", "device"])
def test_a_pin_counts_whatever_the_server_calls_the_organisation(alone: Modules, known: str) -> None:
    evil = make_key(new_id(), "Example", "Evil", 1).public
    asker = Asker(alone.origin, evil.organisation, MEMBER.user, new_id(), recipient_of(new_identity()), "Firefox")
    request = make_request(asker, new_id(), "0" * 64, new_seed(), Told(evil.fingerprint))
    found = alone("""const [voice, store] = await Promise.all([load('recovery/voice-check'), load('device/keystore')]);
        const make = (organisation) => store.makeDevice({ organisation, user, name: 'Firefox' });
        const asking = await store.change((await make(other)).id, { request: { id: 'r', exact }, check: null });
        const before = await voice.standingOf(asking);
        if (known === 'pin') await store.setPin(organisation, { fingerprint, epoch: 1 });
        else await store.change((await make(organisation)).id, { state: 'enrolled' });
        return [before, await voice.standingOf(asking)];""",
        organisation=MEMBER.organisation, fingerprint=FIRST.public.fingerprint, other=evil.organisation,
        user=MEMBER.user, exact=request.exact, known=known)  # fmt: skip
    assert found == ["missing", "foreign"], "the browser that was told a key is as one that knows nothing"
