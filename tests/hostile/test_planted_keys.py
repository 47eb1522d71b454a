"""A vault that was made up, with keys in its keyring that no such vault has: they would open what is saved later."""

from unittest import mock

import pytest

from tests.hostile.test_forged_restores import Scene
from tests.support.vault.documents import Maker, maker, note
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import new_identity
from webapp.client.errors import Malformed
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import Draft
from webapp.client.formats.recovery_keys import read_key
from webapp.client.recovery.finish import base_of

THEIRS = new_identity()
RINGS = {
    "a key of the next epoch": [2],
    "a key of an epoch far off": [999],
    "a second key of the present one": [1],
    "two keys of a former one": [0, 0],
    "one of the next before all others": [2, 1],
}
UNCHECKED = mock.patch("webapp.client.formats.documents.check_body", lambda body, _: body)
"""Whoever makes a document up doesn’t check it."""


@pytest.fixture
def scene() -> Scene:
    return Scene()


def made_up(made: Maker, planted: list[int]) -> documents.Document:
    """A signed document of epoch 1 with these keys beside its own."""
    body = made.body([note("Forged")])
    body["keyring"]["epochs"] += [{"epoch": epoch, "key": THEIRS} for epoch in planted]
    return documents.write(made.draft(), body, made.seed)


@pytest.mark.parametrize("ring", RINGS)
def test_no_document_is_read_whose_keyring_has_coming_epochs_or_one_twice(ring: str) -> None:
    made = maker()
    with UNCHECKED:
        file = documents.seal_document(made_up(made, RINGS[ring]), made.recipients)
    with pytest.raises(Malformed):
        documents.open_document(file, [made.vault])


@pytest.mark.parametrize("ring", RINGS)
def test_a_restore_takes_no_backup_with_planted_keys(scene: Scene, ring: str) -> None:
    """A made-up backup for the genuine key, approved with digits."""
    with UNCHECKED:
        scene.forger.forge(None, read_key(scene.key_file).public, planted=[(each, THEIRS) for each in RINGS[ring]])
    account = scene.server.account
    if ring in ("a key of the next epoch", "a key of an epoch far off"):
        account.verify_keys[1] = epochs.verify_key(THEIRS, account.id)  # a server that lies takes any proof
    alice = scene.browser("blank")
    recovery = alice.request_restore()
    recovery.type_digits(scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file))
    with pytest.raises(Malformed):
        recovery.wait(0)
    assert account.epoch == 1


def test_what_an_undo_took_back_is_no_part_of_the_next_keyring() -> None:
    """A backup of epoch 3, while the server says that 1 is the present one, and 4 the next."""
    made = maker()
    body = made.body([note("Genuine")])
    body["keyring"]["epochs"] = [{"epoch": epoch, "key": THEIRS if epoch > 1 else made.vault} for epoch in (1, 2, 3)]
    draft: Draft = {**made.draft(), "epoch": 3}
    place = {"epoch": 1, "next_epoch": 4, "counter": 1, "sha256": "0" * 64, "kit": 1}
    base = base_of(documents.write(draft, body, made.seed), place)
    assert (base.next, base.epochs) == (4, ({"epoch": 1, "key": made.vault},))
