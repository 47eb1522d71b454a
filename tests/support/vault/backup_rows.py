"""Cloud backups as rows, past the server’s own checks."""

from tests.support.vault.devices import MadeDevice
from webapp.client.formats import cloud_backups
from webapp.models.vaults.cloud_backup import CloudBackup


def backup_row(user_id: str, device: MadeDevice, key_id: str, made: cloud_backups.CloudBackup) -> CloudBackup:
    """What the device made, sealed to the recovery key with this id; to be added in the caller’s transaction."""
    meta = cloud_backups.read_meta(made.meta)
    row = CloudBackup(
        id=made.id,
        user_id=user_id,
        organisation_key_id=key_id,
        device_id=device.id,
        device_name=device.name,
        **{name: meta[name] for name in ("epoch", "counter", "items", "kit", "file_sha256")},
        meta=made.meta,
        meta_signature=made.meta_signature,
        file=made.file,
        size=len(made.file),
        share_a=made.share_a,
    )
    row.seal_share_s(made.share_s)
    return row
