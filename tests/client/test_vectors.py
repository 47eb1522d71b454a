"""The committed vectors are what the code makes today, and the published ones among them are met."""

from typing import Any

import pytest

from tests.vectors.generate import FOLDER, PUBLISHED, texts
from webapp.client.crypto.identities import check_recipient, read_identity, recipient_of
from webapp.client.device import lock as device_lock
from webapp.client.errors import Malformed
from webapp.client.formats import cloud_backups, documents, restore_requests
from webapp.client.formats.encoding import from_base64, from_json
from webapp.client.formats.recovery_keys import read_key
from webapp.client.formats.recovery_kits import read_kit, verify_key
from webapp.client.recovery import approvals
from webapp.crypto.fingerprints import base32, lv
from webapp.crypto.signatures import BadSignature, finish_bytes, own_recovery_bytes, verify

pytestmark = pytest.mark.usefixtures("real_pins")


def vectors(name: str) -> Any:
    """The content of a vector file."""
    return from_json((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_the_committed_files_are_what_is_generated_today() -> None:
    made = [path for path in FOLDER.glob("*.json") if path.stem not in PUBLISHED]
    committed = {path.name: path.read_text(encoding="utf-8") for path in made}
    assert committed == texts()


def test_published_values_are_met() -> None:
    assert vectors("argon2id")["rfc9106"]["out"] == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert vectors("argon2id")["stretch"][-1]["out"].startswith("2ff3e284")
    assert [base32(text.encode()) for text in ("", "f", "foobar")] == ["", "my", "mzxw6ytboi"]
    assert lv("1234", "5", "", "678").hex() == "043132333401350003363738"  # draft-irtf-cfrg-cpace, lv_cat
    test_key = vectors("identities")["pairs"][0]  # age's own test key
    assert test_key["identity"].endswith("PQ4EGAEX")
    assert test_key["recipient"] == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@pytest.mark.parametrize("text", vectors("identities")["refused_identities"])
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_identity(text)


@pytest.mark.parametrize("text", vectors("identities")["refused_recipients"])
def test_what_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        check_recipient(text)


def test_the_sealed_keyslot_opens() -> None:
    lock = vectors("device-lock")
    place = device_lock.Place(lock["origin"], lock["user"], lock["device"])
    stretched = device_lock.stretch(lock["pin"], bytes.fromhex(lock["salt"]))
    key = device_lock.unlock_key(stretched, bytes.fromhex(lock["server_share"]), place)
    identity = read_identity(lock["device_identity"])
    assert device_lock.open_keyslot(from_base64(lock["keyslot"]), key, identity, place) == lock["vault_key"]


@pytest.mark.parametrize("opener", ["vault_key", "kit"])
def test_the_sealed_document_opens(opener: str) -> None:
    made = vectors("documents")
    document = documents.open_document(from_base64(made["file"]), [read_identity(made[opener])])
    assert document.lines.decode() == f"{made['manifest']}\n{made['signature']}\n{made['body']}\n"


def test_what_was_made_before_addresses_were_sealed_is_still_read() -> None:
    old = documents.open_document(
        from_base64(vectors("documents")["unnamed_file"]), [read_identity(vectors("documents")["vault_key"])]
    )
    assert "account" not in old.manifest
    assert len(old.body["items"]) == 2
    key = read_key(vectors("key-files")["organisation_key"]["text"].encode())
    made = vectors("restore-requests")["backup"]
    unnamed, named = (
        cloud_backups.open_share_a(from_base64(made[name]), key) for name in ("unnamed_share_a_file", "share_a_file")
    )
    assert "account" not in cloud_backups.read_meta(unnamed.meta)
    assert cloud_backups.read_meta(named.meta)["account"] == "zoe@example.org"
    assert unnamed.share == named.share


@pytest.mark.parametrize("opener", ["vault_key", "kit", "next_kit"])
def test_while_a_kit_takes_the_place_of_another_both_are_in_the_vault_and_open_it(opener: str) -> None:
    made = vectors("kit-changes")
    document = documents.open_document(from_base64(made["file"]), [read_identity(made[opener])])
    keyring = document.body["keyring"]
    assert (keyring["kit"]["number"], keyring["next_kit"]["number"]) == (1, 2)
    assert keyring["next_kit"].get("identity") == made["next_kit"], "until it is confirmed"
    assert "identity" not in keyring["kit"]
    user, next_kit = document.manifest["user"], read_identity(made["next_kit"])
    assert from_base64(keyring["next_kit"]["verify_key"]) == verify_key(next_kit, user)


def test_the_key_files_are_read() -> None:
    made = vectors("key-files")
    assert read_kit(made["kit"]["text"]).identity == made["kit"]["identity"]
    assert (
        read_key(made["organisation_key"]["text"].encode()).public.fingerprint
        == made["organisation_key"]["fingerprint"]
    )


def test_kit_and_vault_key_prove_what_the_server_checks() -> None:
    made = vectors("own-recoveries")
    kit_key = verify_key(read_identity(made["kit"]), made["user"])
    assert kit_key.hex() == made["kit_verify_key"]
    epoch_key = bytes.fromhex(vectors("epochs")["verify_key"])
    whose, keys = (made["organisation"], made["user"]), (bytes.fromhex(made["sign"]), made["recipient"])
    for proof, key, other in zip(made["proofs"], (kit_key, epoch_key), (epoch_key, kit_key), strict=True):
        exact = own_recovery_bytes(made["origin"], whose, proof["way"], made["device"], keys)
        assert exact.hex() == proof["message"]
        verify(made["label"], exact, bytes.fromhex(proof["signature"]), key)
        with pytest.raises(BadSignature):
            verify(made["label"], exact, bytes.fromhex(proof["signature"]), other)
    end = made["finish"]
    epochs, file_sha256 = (end["old_epoch"], end["new_epoch"]), bytes.fromhex(end["file_sha256"])
    place = (made["origin"], *whose, end["request"], epochs, made["device"], keys)
    exact = finish_bytes(*place, bytes.fromhex(end["verify_key"]), file_sha256)
    verify("spare-key/v1/finish", exact, bytes.fromhex(end["signature"]), epoch_key)


def test_the_whole_restore_opens() -> None:
    made, key = vectors("restore-requests"), read_key(vectors("key-files")["organisation_key"]["text"].encode()).public
    asked, answer, identity = made["request"], made["approval"], read_identity(made["request"]["identity"])
    request = restore_requests.RestoreRequest(asked["exact"], from_base64(asked["signature"]))
    restore_requests.verify_request(request)
    approval = approvals.Approval(answer["exact"], from_base64(answer["signature"]), from_base64(answer["wrapped"]))
    approvals.verify_approval(approval, request, key)
    share_a = approvals.open_wrapped(approval.wrapped, request, identity)
    share_s = approvals.open_share_s(from_base64(made["share_s"]["sealed"]), request, identity)
    backup = cloud_backups.backup_identity(share_a, share_s)
    document = documents.open_document(from_base64(made["backup"]["file"]), [backup])
    cloud_backups.require_writer(share_a, document)
    assert recipient_of(backup) == share_a.recipient
    assert len(document.body["items"]) == 2
