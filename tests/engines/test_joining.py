"""The ceremony of the organisation’s recovery key, and joining with a comparison of it, in each engine."""

from pathlib import Path

from flask import Flask

from tests.support.engines.steps import add_login, begin_to_join, joined, saved, sign_in_as
from tests.support.engines.visitor import Visitor
from tests.support.people.people import ActiveKey, Person
from webapp.client.formats.recovery_keys import read_key
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup


def test_an_owner_makes_the_recovery_key_and_proves_its_file(visitor: Visitor, olga: Person, tmp_path: Path) -> None:
    sign_in_as(visitor, olga, "/sign-in?next=/admin/settings")
    visitor.fill("Name of the key", "Safe in the office")
    key = visitor.saves("Generate Key")
    visitor.choose_file("Saved key file", saved(tmp_path / "key.txt", key))
    visitor.click("button", "Enable Cloud Backups")
    visitor.sees("Cloud Backups are enabled")
    with olga.app.app_context():
        active = OrganisationKey.active(olga.organisation_id)
        assert active
        assert active.fingerprint == read_key(key).public.fingerprint


def test_a_member_joins_compares_the_recovery_key_and_is_backed_up(
    app: Flask, visitor: Visitor, organisation_key: ActiveKey, link: str
) -> None:
    begin_to_join(visitor, link)
    visitor.sees_heading("Turn On Cloud Backups")
    visitor.fill("First 16 characters of the recovery key", "a" * 16)
    visitor.click("button", "Turn On Cloud Backups")
    visitor.sees("not the characters of the key")
    visitor.fill("First 16 characters of the recovery key", organisation_key.key.public.fingerprint[:16])
    visitor.click("button", "Turn On Cloud Backups")
    visitor.sees("Your vault is empty")
    with app.app_context():
        assert CloudBackup.count(joined(app).user_id) == 1
    add_login(visitor, "Bank")
