"""A server that lies about everything it keeps: an organisation key, a vault and a backup of its own making."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.support.attacks.pretend_rows import ORIGIN
from tests.support.attacks.pretend_server import PretendServer
from tests.support.vault.documents import Maker, maker, note
from webapp import limits
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity
from webapp.client.formats import documents
from webapp.client.formats.cloud_backups import make_backup
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.encoding import from_base64, from_json, moment, to_base64
from webapp.client.formats.key_successions import Succession, make_succession
from webapp.client.formats.recovery_keys import OrganisationKey, PublicKey, make_key
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.client.recovery import approvals
from webapp.client.recovery.voice_checks import digits_to_tell


@dataclass
class Forger:
    """Whoever holds database and sealing keys of this server, and serves its honest scripts."""

    server: PretendServer
    genuine: PublicKey
    key: OrganisationKey

    @staticmethod
    def of(server: PretendServer) -> "Forger":
        """With a key that nobody of the organisation has ever seen."""
        named = server.key
        assert named
        genuine = PublicKey(server.organisation, named["epoch"], named["recipient"], from_base64(named["sign"], 32))
        return Forger(server, genuine, make_key(server.organisation, "Example", "Key of 2026", 7))

    def forge(
        self,
        pin: KeyPin | None,
        key: PublicKey | None = None,
        title: str = "Forged",
        planted: Sequence[tuple[int, Identity]] = (),
    ) -> Maker:
        """Put a vault with this pin and these keys beside its own, and a backup of it for this key (the forged one
        unless named), in the place of the member’s."""
        account, made = self.server.account, maker()
        whose = replace(made, organisation=self.server.organisation, user=account.id)
        draft = {**whose.draft(), "account": account.email, "organisation_key": pin, "epoch": account.epoch}
        body = whose.body([note(title)])
        body["keyring"]["epochs"] = [{"epoch": account.epoch, "key": whose.vault}]
        body["keyring"]["epochs"] += [{"epoch": epoch, "key": other} for epoch, other in planted]
        document = documents.write(draft, body, whose.seed)  # type: ignore[arg-type]
        backup = make_backup(document, account.email, key or self.key.public, whose.device, whose.seed)
        account.file = documents.seal_document(document, whose.recipients)
        account.verify_keys[account.epoch] = epochs.verify_key(whose.vault, account.id)
        account.backups = [{**backup.header(), "fields": from_json(backup.meta), "file": backup.file}]
        return whose

    def serve(self, *, older: bool = False) -> None:
        """Name the forged key as the one in use; `older`: as one that the genuine key took the place of."""
        if older:
            self.key = replace(self.key, epoch=0)
            self.server.successions = [self.succession().fields()]
        public = self.key.public
        named = {"epoch": public.epoch, "recipient": public.recipient, "sign": to_base64(public.sign)}
        self.server.key = {**named, "id": "0" * 32, "name": self.key.name, "fingerprint": public.fingerprint}

    def succession(self) -> Succession:
        """What anybody can sign: that the genuine key, of which all but the secrets is known, follows their own."""
        unknown = replace(make_key(self.key.organisation, "", "", self.genuine.epoch))

        class Following(OrganisationKey):
            """The genuine key’s public half."""

            @property
            def public(self) -> PublicKey:
                return genuine

        genuine = self.genuine
        fields: dict[str, Any] = {name: getattr(unknown, name) for name in unknown.__dataclass_fields__}
        return make_succession(self.key, Following(**fields))

    def approve(self, request: RestoreRequest) -> str:
        """With the forged key, as an impostor who answers the phone; the six digits that they tell."""
        by = approvals.Approver(ORIGIN, self.server.admin, moment(limits.APPROVAL_LIFE))
        share_a = from_base64(self.server.account.backups[0]["share_a"])
        made = approvals.approve(request, share_a, self.key, by, self.server.account.email)
        self.server.account.approval = {
            "approval": made.exact,
            "signature": to_base64(made.signature),
            "wrapped": to_base64(made.wrapped),
        }
        self.server.account.state = "approved"
        return digits_to_tell(request, self.key.public.fingerprint, self.server.admin)
