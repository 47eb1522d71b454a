"""The last step of a recovery on the new device: ends the epoch that the server has and begins the next."""

from collections.abc import Mapping
from typing import Any

from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity
from webapp.client.device.setup import Base, NewEpoch, begin_epoch, make_lock
from webapp.client.device.state import DeviceState
from webapp.client.formats import documents
from webapp.client.formats.encoding import from_base64, sha256_hex, to_base64


def base_of(chosen: documents.Document, current: Mapping[str, Any]) -> Base:
    """What the next epoch takes over: of the opened document, and of the place that the server's newest file has
    (`epoch`, `next_epoch`, `counter`, `sha256`, `kit`). Of the keyring, the keys up to the present epoch: whoever made
    a vault up can have put keys of coming ones into it."""
    body = chosen.body
    manifest = chosen.manifest
    return Base(
        epoch=current["epoch"],
        next=max(current["next_epoch"], current["epoch"] + 1),
        counter=max(current["counter"], manifest["counter"]),
        sha256=current["sha256"],
        items=tuple(body["items"]),
        tombstones=tuple(body["tombstones"]),
        epochs=tuple(entry for entry in body["keyring"]["epochs"] if entry["epoch"] <= current["epoch"]),
        kit=max(current.get("kit", 0), manifest["kit"]),
        pin=manifest["organisation_key"],
        unconfirmed_since=manifest.get("unconfirmed_since", ""),
        account=manifest.get("account", ""),
    )


def end(
    state: DeviceState, pin: str, base: Base, reference: str, ending_key: Identity | None
) -> tuple[NewEpoch, dict[str, Any]]:
    """The new epoch, and the header of its Finish. `reference` is the restore request, or the way where there is none;
    without an `ending_key` nothing is signed, as when a new account is begun. Raises WeakPin."""
    begun = begin_epoch(state, base)
    header = {
        "epoch": begun.document.manifest["epoch"],
        "counter": begun.document.manifest["counter"],
        "base_sha256": base.sha256,
        **begun.header(state),
        **make_lock(state, pin, begun.vault_key, 1).fields(),
        "name": state.name,
    }
    if ending_key:
        header["ended_signature"] = to_base64(_sign(state, base, begun, reference, ending_key))
    return begun, header


def _sign(state: DeviceState, base: Base, begun: NewEpoch, reference: str, key: Identity) -> bytes:
    ending = epochs.Ending(
        origin=state.origin,
        organisation=state.organisation,
        user=state.user,
        request=reference,
        old_epoch=base.epoch,
        new_epoch=begun.document.manifest["epoch"],
        device=state.id,
        sign=from_base64(state.entry["sign"], 32),
        recipient=state.recipient,
        verify_key=epochs.verify_key(begun.vault_key, state.user),
        file_sha256=bytes.fromhex(sha256_hex(begun.file)),
    )
    return epochs.sign_ending(key, ending)
