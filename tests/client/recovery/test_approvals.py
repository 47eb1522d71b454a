"""Cloud backup, request, approval and release: the honest way through, and every swap on the way refused."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.vault.documents import ACCOUNT, ORIGIN, maker, note
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, sign
from webapp.client.errors import (
    BadSignature,
    DeviceError,
    ForeignBackup,
    KeyMismatch,
    Malformed,
    ShareMismatch,
    WrongAccount,
    WrongFingerprint,
    WrongKey,
)
from webapp.client.formats import documents
from webapp.client.formats.cloud_backups import CloudBackup, backup_identity, make_backup, open_share_a, require_writer
from webapp.client.formats.encoding import new_id, sha256_hex, to_json
from webapp.client.formats.restore_requests import LABEL, Asker, RestoreRequest, Told, make_request, verify_request
from webapp.client.recovery import approvals

MEMBER = maker()
DOCUMENT = MEMBER.document([note("saved")])
NEW, NEW_SEED = new_identity(), new_seed()
ASKER = Asker(ORIGIN, MEMBER.organisation, MEMBER.user, new_id(), recipient_of(NEW), "Firefox on Linux")


DANA = approvals.Approver(ORIGIN, new_id(), "2026-11-25T16:10:46Z")


def backup() -> CloudBackup:
    """A cloud backup of the member's."""
    return make_backup(DOCUMENT, ACCOUNT, MEMBER.key.public, MEMBER.device, MEMBER.seed)


def asked(of: CloudBackup) -> RestoreRequest:
    """The new device's request for it."""
    return make_request(ASKER, of.id, sha256_hex(of.file), NEW_SEED, Told(MEMBER.key.public.fingerprint))


def changed(request: RestoreRequest, **fields: Any) -> RestoreRequest:
    """The request with other fields, signed again by the new device."""
    exact = to_json({**json.loads(request.exact), **fields})
    return RestoreRequest(exact, sign(NEW_SEED, LABEL, exact.encode()))


def test_the_honest_way_gives_the_document_back() -> None:
    made = backup()
    request = asked(made)
    request.require_fingerprint(request.fingerprint.upper())
    approval = approvals.approve(request, made.share_a, MEMBER.key, DANA, ACCOUNT)
    approvals.verify_approval(approval, request, MEMBER.key.public)
    share_a = approvals.open_wrapped(approval.wrapped, request, NEW)
    share_s = approvals.open_share_s(approvals.wrap_share_s(request, made.share_s), request, NEW)
    document = documents.open_document(made.file, [backup_identity(share_a, share_s)])
    require_writer(share_a, document)
    assert document == DOCUMENT


def test_the_kit_opens_a_cloud_backup_without_an_admin() -> None:
    assert documents.open_document(backup().file, [MEMBER.kit]) == DOCUMENT


def test_neither_the_vault_key_nor_the_organisation_key_opens_a_cloud_backup() -> None:
    for identity in (MEMBER.vault, MEMBER.key.identity):
        with pytest.raises(WrongKey):
            documents.open_document(backup().file, [identity])


def test_the_recipient_of_a_backup_is_nowhere_in_what_the_server_gets() -> None:
    made = backup()
    recipient = open_share_a(made.share_a, MEMBER.key).recipient.encode()
    assert recipient not in json.dumps(made.header()).encode() + made.file


def test_share_a_with_another_share_s_opens_nothing() -> None:
    made = backup()
    with pytest.raises(ShareMismatch):
        backup_identity(open_share_a(made.share_a, MEMBER.key), backup().share_s)


def test_another_key_file_does_not_open_share_a() -> None:
    with pytest.raises(WrongKey):
        open_share_a(backup().share_a, maker().key)
    with pytest.raises(KeyMismatch):
        open_share_a(backup().share_a, replace(MEMBER.key, epoch=2))


def test_a_request_is_not_approved_with_the_share_of_another_backup() -> None:
    with pytest.raises(ShareMismatch):
        approvals.approve(asked(backup()), backup().share_a, MEMBER.key, DANA, ACCOUNT)


@pytest.mark.parametrize("name", ["user", "backup", "file_sha256"])
def test_a_request_for_somebody_elses_backup_is_not_approved(name: str) -> None:
    made = backup()
    request = changed(asked(made), **{name: new_id() * (2 if name == "file_sha256" else 1)})
    with pytest.raises(ShareMismatch):
        approvals.approve(request, made.share_a, MEMBER.key, DANA, ACCOUNT)


@pytest.mark.parametrize("fields", [{"origin": "https://elsewhere.example"}, {"organisation": new_id()}])
def test_a_request_of_another_site_is_not_approved(fields: dict[str, str]) -> None:
    made = backup()
    with pytest.raises(WrongAccount):
        approvals.approve(changed(asked(made), **fields), made.share_a, MEMBER.key, DANA, ACCOUNT)


def test_a_backup_that_names_another_member_is_not_approved() -> None:
    made = backup()
    with pytest.raises(ForeignBackup) as caught:
        approvals.approve(asked(made), made.share_a, MEMBER.key, DANA, "bob@example.org")
    assert (caught.value.account, caught.value.code) == (ACCOUNT, "wrong_account")


def test_a_request_signed_by_another_key_is_not_approved() -> None:
    made = backup()
    exact = asked(made).exact
    forged = RestoreRequest(exact, sign(new_seed(), LABEL, exact.encode()))
    with pytest.raises(BadSignature):
        approvals.approve(forged, made.share_a, MEMBER.key, DANA, ACCOUNT)


def test_a_request_whose_keys_were_swapped_has_another_fingerprint() -> None:
    request = asked(backup())
    swapped = changed(request, recipient=recipient_of(new_identity()))
    with pytest.raises(WrongFingerprint):
        swapped.require_fingerprint(request.fingerprint)


@pytest.mark.parametrize("typed", ["", "é", "abcd efgh abcd efgh"])
def test_another_fingerprint_is_refused(typed: str) -> None:
    with pytest.raises(WrongFingerprint):
        asked(backup()).require_fingerprint(typed)


def test_a_request_with_a_missing_or_further_field_is_refused() -> None:
    request = asked(backup())
    changes: list[dict[str, Any]] = [
        {"more": 1},
        {"v": 1},
        {"v": 3},
        {"type": "cloud-backup"},
        {"organisation_key": ""},
    ]
    for fields in changes:
        with pytest.raises(Malformed):
            verify_request(changed(request, **fields))


def test_an_approval_is_good_for_its_own_request_only() -> None:
    made = backup()
    request = asked(made)
    approval = approvals.approve(request, made.share_a, MEMBER.key, DANA, ACCOUNT)
    again = asked(made)
    with pytest.raises(BadSignature):
        approvals.verify_approval(approval, again, MEMBER.key.public)
    with pytest.raises(BadSignature):
        approvals.verify_approval(replace(approval, wrapped=b"other"), request, MEMBER.key.public)
    with pytest.raises(BadSignature):
        approvals.verify_approval(approval, request, maker().key.public)
    with pytest.raises(ShareMismatch):
        approvals.open_wrapped(approval.wrapped, again, NEW)


def test_what_was_sealed_to_the_new_device_opens_nowhere_else() -> None:
    made = backup()
    request = asked(made)
    approval = approvals.approve(request, made.share_a, MEMBER.key, DANA, ACCOUNT)
    with pytest.raises(WrongKey):
        approvals.open_wrapped(approval.wrapped, request, MEMBER.vault)
    with pytest.raises(ShareMismatch):
        approvals.open_share_s(approvals.wrap_share_s(asked(made), made.share_s), request, NEW)


def test_metadata_by_another_device_is_refused() -> None:
    made = make_backup(DOCUMENT, ACCOUNT, MEMBER.key.public, MEMBER.device, new_seed())
    with pytest.raises(BadSignature):
        require_writer(open_share_a(made.share_a, MEMBER.key), DOCUMENT)


def test_metadata_of_another_document_is_refused() -> None:
    share_a = open_share_a(backup().share_a, MEMBER.key)
    for other in (MEMBER.document([note(), note()]), maker().document([note()])):
        with pytest.raises(DeviceError):
            require_writer(share_a, other)
