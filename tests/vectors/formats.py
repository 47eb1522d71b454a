"""Vectors of the formats: epochs, device lock, documents, key files, cloud backups, restore requests, approvals."""

from dataclasses import replace

from tests.support.recovery.first_requests import make_first_request
from tests.vectors.age_files import gzip_stored, seal_fixed
from tests.vectors.primitives import Vectors
from tests.vectors.seeds import MADE_AT, ORIGIN, identifier, identity, octets, signing_seed
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import recipient_of
from webapp.client.crypto.signatures import public_key, sign
from webapp.client.device import lock as device_lock
from webapp.client.formats import cloud_backups, documents, restore_requests
from webapp.client.formats.document_shapes import Body, Draft, Item
from webapp.client.formats.encoding import from_json, sha256_hex, to_base64, to_json
from webapp.client.formats.recovery_keys import OrganisationKey, write_key
from webapp.client.formats.recovery_kits import RecoveryKit, write_kit
from webapp.client.recovery import approvals

USER, ORGANISATION, DEVICE = identifier("user"), identifier("organisation"), identifier("device")
ACCOUNT = "zoe@example.org"
VAULT, KIT, BACKUP, NEW = identity("vault"), identity("kit"), identity("backup"), identity("new device")
KEY = OrganisationKey(
    ORGANISATION, "Example", "Key of 2026", 1, MADE_AT, identity("organisation key"), signing_seed("organisation key")
)


def epoch_signing() -> Vectors:
    """The signing key of an epoch, and the statement that ends one."""
    keys = (public_key(signing_seed("new device")), recipient_of(NEW))
    new_verify_key = epochs.verify_key(identity("next vault"), USER)
    request, device = identifier("request"), identifier("new device")
    place = (ORIGIN, ORGANISATION, USER, request, 1, 2, device)
    ending = epochs.Ending(*place, *keys, new_verify_key, octets("new vault file"))
    return {
        "user": USER,
        "vault_key": VAULT,
        "seed": epochs.signing_seed(VAULT, USER).hex(),
        "verify_key": epochs.verify_key(VAULT, USER).hex(),
        "finish": {
            "origin": ORIGIN,
            "organisation": ORGANISATION,
            "user": USER,
            "request": request,
            "old_epoch": 1,
            "new_epoch": 2,
            "device": device,
            "sign": keys[0].hex(),
            "recipient": keys[1],
            "verify_key": new_verify_key.hex(),
            "file_sha256": ending.file_sha256.hex(),
            "message": ending.message().hex(),
            "signature": epochs.sign_ending(VAULT, ending).hex(),
        },
    }


def lock() -> Vectors:
    """A device lock with chosen salt, server share and iv."""
    place, pin, salt, share = device_lock.Place(ORIGIN, USER, DEVICE), "246810", octets("salt", 16), octets("share")
    stretched = device_lock.stretch(pin, salt)
    key = device_lock.unlock_key(stretched, share, place)
    inside = device_lock.encrypt_vault_key(VAULT, key, place, octets("iv", 12))
    return {
        "origin": ORIGIN,
        "user": USER,
        "device": DEVICE,
        "pin": pin,
        "salt": salt.hex(),
        "server_share": share.hex(),
        "stretched": stretched.hex(),
        "proof": device_lock.pin_proof(stretched, place).hex(),
        "unlock_key": key.hex(),
        "vault_key": VAULT,
        "inside": inside.hex(),
        "device_identity": identity("device"),
        "keyslot": to_base64(seal_fixed(inside, [identity("device")], "keyslot")),
    }


def example_items() -> list[Item]:
    """A login with characters that are easy to get wrong, and a note."""
    item: Item = {
        "id": identifier("login"),
        "kind": "login",
        "title": "Zoë’s mail 🔑",
        "username": "zoe@example.org",
        "password": 'p"\\ä\u2028 \n',
        "url": "https://mail.example.org",
        "notes": "",
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
    }
    empty = {"username": "", "password": "", "url": ""}
    note: Item = {**item, **empty, "id": identifier("note"), "kind": "note", "notes": "Line 1\nline 2"}  # type: ignore[typeddict-item]
    return [item, note]


def example_document(*, named: bool = True) -> documents.Document:
    """Two items, one deleted, in the first epoch; without the member’s address, as files were before it was sealed."""
    kit_recipient = recipient_of(KIT)
    body: Body = {
        "items": example_items(),
        "tombstones": [{"id": identifier("deleted"), "deleted_at": MADE_AT}],
        "keyring": {
            "epochs": [{"epoch": 1, "key": VAULT}],
            "kit": {"number": 1, "recipient": kit_recipient, "made_at": MADE_AT, "identity": KIT},
        },
    }
    draft: Draft = {
        "organisation": ORGANISATION,
        "user": USER,
        "account": ACCOUNT,
        "epoch": 1,
        "counter": 2,
        "made_at": MADE_AT,
        "device": DEVICE,
        "base_sha256": sha256_hex(b"the file before"),
        "devices": [
            {
                "id": DEVICE,
                "sign": to_base64(public_key(signing_seed("device"))),
                "recipient": recipient_of(identity("device")),
                "name": "Firefox on Linux",
            }
        ],
        "kit": 1,
        "organisation_key": {"epoch": 1, "fingerprint": KEY.public.fingerprint},
    }
    if not named:
        del draft["account"]
    return documents.write(draft, body, signing_seed("device"))


def document() -> Vectors:
    """The three lines, and a vault file of them that V and the kit open."""
    example = example_document()
    unnamed = example_document(named=False).lines
    manifest, signature, body = example.lines.decode().split("\n")[:3]
    return {
        "vault_key": VAULT,
        "kit": KIT,
        "signing_seed": signing_seed("device").hex(),
        "manifest": manifest,
        "signature": signature,
        "body": body,
        "body_sha256": sha256_hex(body.encode()),
        "lines_sha256": sha256_hex(example.lines),
        "file": to_base64(seal_fixed(gzip_stored(example.lines), [VAULT, KIT], "vault file")),
        "unnamed_file": to_base64(seal_fixed(gzip_stored(unnamed), [VAULT, KIT], "vault file")),
    }


def key_files() -> Vectors:
    """The texts of the kit and of the organisation recovery key."""
    kit = RecoveryKit(1, MADE_AT, ACCOUNT, "Example", KIT)
    other = replace(KEY, epoch=2)
    return {
        "kit": {
            "number": 1,
            "identity": KIT,
            "recipient": kit.recipient,
            "last_four": KIT[-4:],
            "text": write_kit(kit),
        },
        "organisation_key": {
            "organisation": ORGANISATION,
            "organisation_name": KEY.organisation_name,
            "name": KEY.name,
            "epoch": 1,
            "made_at": MADE_AT,
            "identity": KEY.identity,
            "recipient": KEY.public.recipient,
            "seed": KEY.seed.hex(),
            "sign": KEY.public.sign.hex(),
            "fingerprint": KEY.public.fingerprint,
            "fingerprint_in_epoch_2": other.public.fingerprint,
            "link_fragment": KEY.link_fragment,
            "text": write_key(KEY).decode(),
        },
        "proof": {
            "origin": ORIGIN,
            "key": identifier("organisation key"),
            "challenge": octets("challenge").hex(),
            "signature": KEY.prove(ORIGIN, identifier("organisation key"), octets("challenge")).hex(),
        },
    }


def restore() -> Vectors:
    """A cloud backup, the request of version 1 for it, its approval, and what the asking device opens."""
    share_s = octets("share S")
    share_a = cloud_backups.xor(octets("identity of backup"), share_s)
    file = seal_fixed(gzip_stored(example_document().lines), [BACKUP, KIT], "cloud backup")
    parts = {"file": file, "a": share_a}
    ids = {"backup": identifier("backup"), "device": DEVICE}
    meta = cloud_backups.write_meta(example_document(), ACCOUNT, ids, parts, KEY.public)
    signature = sign(signing_seed("device"), cloud_backups.LABEL, meta.encode())
    inside = cloud_backups.ShareA(meta, signature, share_a, recipient_of(BACKUP))
    share_a_file = _sealed_share_a(inside)
    asker = restore_requests.Asker(
        ORIGIN, ORGANISATION, USER, identifier("new device"), recipient_of(NEW), "Safari on iPhone"
    )
    request = make_first_request(asker, identifier("backup"), sha256_hex(file), signing_seed("new device"))
    return {
        "backup": {
            "id": identifier("backup"),
            "identity": BACKUP,
            "share_a": share_a.hex(),
            "share_s": share_s.hex(),
            "meta": meta,
            "meta_signature": to_base64(signature),
            "share_a_file": to_base64(share_a_file),
            "unnamed_share_a_file": to_base64(_sealed_share_a(_unnamed(inside))),
            "file": to_base64(file),
        },
        "request": {
            "exact": request.exact,
            "signature": to_base64(request.signature),
            "fingerprint": request.fingerprint,
            "sha256": request.sha256,
            "identity": NEW,
            "signing_seed": signing_seed("new device").hex(),
        },
        "approval": _approval(request, inside),
        "share_s": {"sealed": to_base64(_sealed_share_s(request, share_s))},
    }


def _unnamed(share_a: cloud_backups.ShareA) -> cloud_backups.ShareA:
    """As it was before the member’s address was sealed."""
    meta = to_json({name: value for name, value in from_json(share_a.meta).items() if name != "account"})
    return replace(share_a, meta=meta, signature=sign(signing_seed("device"), cloud_backups.LABEL, meta.encode()))


def _sealed_share_a(share_a: cloud_backups.ShareA) -> bytes:
    return seal_fixed(to_json(share_a.fields()).encode(), [KEY.identity], "share A")


def _approval(request: restore_requests.RestoreRequest, share_a: cloud_backups.ShareA) -> Vectors:
    inside = to_json({"request": from_json(request.exact)["request"], **share_a.fields()})
    wrapped = seal_fixed(inside.encode(), [NEW], "wrapped")
    by = approvals.Approver(ORIGIN, identifier("admin"), "2026-11-25T16:10:46Z")
    exact = approvals.write_approval(request, wrapped, KEY.public, by)
    signature = sign(KEY.seed, approvals.LABEL, exact.encode())
    return {"exact": exact, "signature": to_base64(signature), "wrapped": to_base64(wrapped)}


def _sealed_share_s(request: restore_requests.RestoreRequest, share_s: bytes) -> bytes:
    inside = {"request": request.fields["request"], "backup": identifier("backup"), "share_s": to_base64(share_s)}
    return seal_fixed(to_json(inside).encode(), [NEW], "share S")
