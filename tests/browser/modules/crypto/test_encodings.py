"""Encodings, derivations, identities and signatures against the vectors that Python made."""

import base64

from tests.browser.modules.conftest import Modules, vectors


def test_encodings_agree_with_python(modules: Modules) -> None:
    given = vectors("encodings")
    assert modules("""
        const server = await load('device/server');
        return {
          lv: given.lv.map(({ parts }) =>
            hex(bytes.lv(...parts.map((part) => typeof part === 'string' ? part : fromHex(part.hex))))),
          base32: given.base32.map((each) => bytes.base32(fromHex(each.hex))),
          groups: given.groups.map(({ text }) => bytes.groups(text)),
          typed: given.typed.map(({ typed }) => bytes.fromTyped(typed)),
          frames: given.frames.map(({ header, file }) => hex(server.frame(header, fromHex(file)))),
          headers: given.frames.map((each) => server.unframe(fromHex(each.hex)).header),
        };""", given=given) == {
        "lv": [each["hex"] for each in given["lv"]],
        "base32": [each["base32"] for each in given["base32"]],
        "groups": [each["shown"] for each in given["groups"]],
        "typed": [each["read"] for each in given["typed"]],
        "frames": [each["hex"] for each in given["frames"]],
        "headers": [each["header"] for each in given["frames"]],
    }  # fmt: skip


def test_decoders_refuse_what_is_not_the_one_encoding(modules: Modules) -> None:
    refused = ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "Y-==", "Y_==", "YQ==YQ=="]
    assert modules("return Promise.all(refused.map((text) => code(() => fromBase64(text))))", refused=refused) == [
        "malformed"
    ] * len(refused)
    assert modules("""return Promise.all([() => fromHex('AB'), () => fromHex('abc'), () => fromUtf8(fromHex('ff')),
        () => fromBase64('YQ==', 2), () => fromBase64(null), () => bytes.xor(fromHex('00'), fromHex('0000')),
        () => bytes.lv(7)].map(code))""") == ["malformed"] * 7  # fmt: skip
    assert modules("return [bytes.equal(fromHex('00ff'), fromHex('00ff')), bytes.equal(fromHex('00'), fromHex('01')),"
                   " bytes.equal(fromHex('00'), fromHex(''))]") == [True, False, False]  # fmt: skip


def test_key_derivation_agrees_with_python(modules: Modules) -> None:
    given = vectors("derivations")
    every = [*given["derive"], given["rfc5869"]]
    derived = modules(
        "return Promise.all(every.map(async ({ key, info }) => hex(await bytes.hkdf(fromHex(key), fromHex(info)))))",
        every=every,
    )
    assert [out[: len(each["out"])] for out, each in zip(derived, every, strict=True)] == [
        each["out"] for each in every
    ]


def test_the_worker_stretches_pins_as_python_does(modules: Modules) -> None:
    given = vectors("argon2id")["stretch"]
    assert modules("""const { argon2id } = await load('device/kdf');
        return Promise.all(given.map(async ({ pin, salt }) => hex(await argon2id(pin, fromHex(salt)))));""",
                   given=given) == [each["out"] for each in given]  # fmt: skip


def test_the_bundled_argon2id_passes_rfc_9106(modules: Modules) -> None:
    given = vectors("argon2id")["rfc9106"]
    assert modules("""const { argon2id } = await import('/static/vendor/crypto.js');
        const { memory_kib: m, passes: t, lanes: p, length: dkLen } = given.parameters;
        const [key, personalization] = [given.secret, given.associated_data].map(fromHex);
        return hex(argon2id(fromHex(given.password), fromHex(given.salt), { m, t, p, dkLen, key, personalization }));
        """, given=given) == given["out"]  # fmt: skip


def test_identities_agree_with_python(modules: Modules) -> None:
    given = vectors("identities")
    assert modules("""return Promise.all(pairs.map(async ({ scalar }) => {
          const identity = identities.identityFromSecret(fromHex(scalar));
          return { scalar: hex(identities.secretOf(identity)), identity,
            recipient: await identities.recipientOf(identity) };
        }))""", pairs=given["pairs"]) == given["pairs"]  # fmt: skip


def test_recipients_anybody_could_open_for_are_refused(modules: Modules) -> None:
    given = vectors("identities")
    low_order = [
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    ]
    assert modules("""const { bech32 } = await import('/static/vendor/crypto.js');
        const recipients = given.refused_recipients.concat(points.map((point) => bech32.encodeFromBytes('age',
          fromHex(point))));
        return Promise.all([...given.refused_identities.map((text) => code(() => identities.secretOf(text))),
          ...recipients.map((text) => code(() => identities.parseRecipient(text))),
          code(() => identities.parseRecipient(null)), code(() => identities.identityFromSecret(fromHex('00')))]);
        """, given=given, points=low_order) == ["malformed"] * (
        len(given["refused_identities"]) + len(given["refused_recipients"]) + len(low_order) + 2
    )  # fmt: skip


def test_signatures_agree_with_python(modules: Modules) -> None:
    given = vectors("signatures")
    found = modules("""const [seed, key] = [fromHex(given.seed), fromHex(given.public)];
        return {
          public: hex(await signatures.publicOf(seed)),
          signed: await Promise.all(given.signed.map(async ({ label, message }) => hex(await signatures.sign(label,
            fromHex(message), seed)))),
          verified: await Promise.all(given.signed.map(({ label, message, signature }) =>
            signatures.verify(label, fromHex(message), fromHex(signature), key))),
          refused: await Promise.all(given.signed.map(({ label, message, signature }) =>
            signatures.verify(label + 'x', fromHex(message), fromHex(signature), key))),
          nonsense: [await signatures.verify('l', seed, seed, key), await signatures.verify('l', seed,
            new Uint8Array(64), fromHex('00'))],
          seedless: await code(() => signatures.sign('l', seed, fromHex('00'))),
        };""", given=given)  # fmt: skip
    count = len(given["signed"])
    assert found == {
        "public": given["public"], "signed": [each["signature"] for each in given["signed"]],
        "verified": [True] * count, "refused": [False] * count, "nonsense": [False, False], "seedless": "malformed",
    }  # fmt: skip


def test_epoch_keys_and_their_last_signature_agree_with_python(modules: Modules) -> None:
    given = vectors("epochs")
    as_base64 = {
        name: base64.b64encode(bytes.fromhex(given["finish"][name])).decode() for name in ("sign", "verify_key")
    }
    assert modules("""const { old_epoch: oldEpoch, new_epoch: newEpoch, file_sha256: fileSha256,
      ...place } = given.finish;
        const { vault_key: vaultKey, user } = given;
        const signed = await epochs.signFinish({ ...place, vaultKey, oldEpoch, newEpoch, fileSha256,
          sign: keys.sign, verifyKey: keys.verify_key });
        return [hex(await epochs.signingSeed(vaultKey, user)), hex(await epochs.verifyKey(vaultKey, user)),
          hex(signed)];
        """, given=given, keys=as_base64) == [given["seed"], given["verify_key"],
          given["finish"]["signature"]]  # fmt: skip


def test_the_proofs_of_a_kit_and_of_a_vault_key_agree_with_python(modules: Modules) -> None:
    given = vectors("own-recoveries")
    assert modules("""const { proveOwn } = await load('crypto/self-service');
        const { kit, vault_key: vaultKey, user, device, recipient, origin, organisation } = given;
        const seeds = { recovery_kit: await kits.kitSigningSeed(kit, user),
          local_backup: await epochs.signingSeed(vaultKey, user) };
        const sign = base64(fromHex(given.sign));
        const proofs = given.proofs.map(async ({ way }) => hex(await proveOwn(
          { seed: seeds[way], origin, organisation, user, way, device, sign, recipient })));
        return [hex(seeds.recovery_kit), hex(await kits.kitVerifyKey(kit, user)), ...await Promise.all(proofs)];
        """, given=given) == [
        given["kit_signing_seed"], given["kit_verify_key"], *(proof["signature"] for proof in given["proofs"]),
    ]  # fmt: skip


def test_the_same_pins_are_weak_in_the_browser_as_in_python(modules: Modules) -> None:
    given = vectors("pins")
    found = modules(
        "const { weakness } = await load('crypto/pins'); return given.pins.map(({ pin }) => weakness(pin));",
        given=given,
    )
    assert found == [each["weakness"] for each in given["pins"]]
