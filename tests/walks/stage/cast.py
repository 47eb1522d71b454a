"""Who walks: an owner, two admins, two members, their browsers, and a stage that is set anew for every walk."""

import copy
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import update

from tests.support.people.people import ActiveKey, add_organisation_key, add_person
from tests.support.people.person import PASSWORD
from tests.support.servers.applications import dispose, make_app
from tests.walks.stage.chance import Chance
from tests.walks.stage.sight import Eyes
from tests.walks.stage.watch import Wire
from webapp import clock
from webapp.client.crypto.identities import Identity
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.formats.recovery_keys import OrganisationKey
from webapp.client.member import Member
from webapp.client.pairing.host import OtherDevice
from webapp.client.pairing.joiner import NewDevice
from webapp.client.recovery.cloud import Recovery
from webapp.client.recovery.self_service import SelfServiceRecovery
from webapp.database import transaction
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role

PIN = "274913"
ROLES = {"Alice": Role.MEMBER, "Bob": Role.ADMIN, "Charlie": Role.MEMBER, "Dana": Role.ADMIN, "Olga": Role.OWNER}
BROWSERS = {"Alice": 3, "Bob": 3, "Charlie": 2, "Dana": 1, "Olga": 1}
HAVE_VAULTS = ("Alice", "Bob", "Charlie")
SMTP = {"SMTP_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "Spare Key <keys@example.org>"}


@dataclass
class Authenticator:
    """Somebody’s second factor: the key in their app, the last code that it showed, and the codes on paper."""

    key: str = ""
    step: int = 0
    last: str = ""
    papers: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)


@dataclass
class Player:
    """Somebody: what they know."""

    id: str
    name: str
    email: str
    password: str | None = PASSWORD
    app: Authenticator = field(default_factory=Authenticator)


@dataclass
class Key:
    """What one browser keeps of one device, and the PINs somebody knows, by lock version."""

    state: DeviceState
    pins: dict[int, str] = field(default_factory=dict)


class KnownMember(Member):
    """One whose browser was asked before."""

    def find_device(self) -> str:
        """Nothing new."""
        return ""


@dataclass
class Profile:
    """One browser of somebody."""

    name: str
    owner: str
    wire: Wire
    keys: list[Key] = field(default_factory=list)
    open: dict[str, Vault] = field(default_factory=dict)
    """Vaults that were unlocked here, by device: a page that nobody closed."""
    recoveries: dict[str, Recovery] = field(default_factory=dict)
    asking: dict[str, NewDevice] = field(default_factory=dict)
    """Pages that asked to be paired, by the device they ask for."""
    showing: dict[str, OtherDevice] = field(default_factory=dict)
    """Pages of devices that show a code, or did."""
    alone: list[SelfServiceRecovery] = field(default_factory=list)
    """Pages that began a recovery which needs nobody’s help."""

    def member(self, key: Key | None = None, *, is_known: bool = False) -> Member:
        """Whoever sits here, with one of the keys, which the session may have proved already."""
        return (KnownMember if is_known else Member)(self.wire, key.state if key else None)


@dataclass
class Shown:
    """A code on a page, and what was typed."""

    page: OtherDevice
    code: str
    typed: str = ""


@dataclass(frozen=True)
class Copy:
    """A local backup."""

    place: str
    """User and epoch."""
    file: bytes
    titles: tuple[str, ...]
    kit: Identity
    """That of its time."""


@dataclass
class Cast:
    """Everybody, as they are before a step."""

    players: dict[str, Player]
    profiles: list[Profile]
    contents: dict[str, list[str]]
    """Titles in each vault, by user and epoch."""
    kits: dict[str, Identity] = field(default_factory=dict)
    """The Recovery Kit of each."""
    copies: list[Copy] = field(default_factory=list)
    mailbox: list[tuple[str, str]] = field(default_factory=list)
    """(user, token) of links for a password that arrived by mail or by hand."""
    doors: list[tuple[str, str]] = field(default_factory=list)
    """(user, token) of veto links that a device of theirs was led to."""
    stolen: list[tuple[str, str]] = field(default_factory=list)
    """(user, cookie): sessions that somebody copied."""
    codes: dict[str, Shown] = field(default_factory=dict)
    """The last code of each pairing."""
    organisation_keys: dict[str, OrganisationKey] = field(default_factory=dict)
    """Recovery keys whose files the admins have, by fingerprint."""

    def player(self, user: str) -> Player:
        """By id."""
        return next(player for player in self.players.values() if player.id == user)


class Stage:
    """One application and a template of its database in which everybody has joined. One is enough for any number of
    walks."""

    def __init__(self, folder: Path, migrated: str, chance: Chance) -> None:
        self.path, self._template = folder / "walk.sqlite3", folder / "joined.sqlite3"
        shutil.copyfile(migrated.removeprefix("sqlite:///"), self.path)
        self.app = make_app({"DATABASE_URL": f"sqlite:///{self.path}", **SMTP}, folder)
        self.eyes, self.chance, self.judged = Eyes(self.path), chance, 0
        self.key: ActiveKey
        chance.begin("everybody joins")
        self._joined = self._join()
        self.close()
        shutil.copyfile(self.path, self._template)

    def begin(self) -> Cast:
        """Everybody as they were when they had joined."""
        self.close()
        for old in self.path.parent.glob(f"{self.path.name}-*"):
            old.unlink()
        shutil.copyfile(self._template, self.path)
        self.chance.begin("a walk")
        self.eyes = Eyes(self.path)
        begun = self._joined
        profiles = [self._again(profile) for profile in begun.profiles]
        contents = copy.deepcopy(begun.contents)
        cast = Cast(copy.deepcopy(begun.players), profiles, contents, dict(begun.kits), list(begun.copies))
        cast.organisation_keys = {self.key.key.public.fingerprint: self.key.key}
        return cast

    def wire(self, cookie: str = "") -> Wire:
        """A browser that has never been here, or has this cookie."""
        made = Wire(self.app, self.app.config["ORIGIN"])
        made.eyes, made.cookie = self.eyes, cookie
        return made

    def leave_tries(self, device: str, number: int) -> None:
        """Count all tries of its PIN but so many, as they are counted just before they are compared."""
        with self.app.app_context(), transaction() as session:
            session.execute(
                update(Device).where(Device.id == device).values(tries_left=number, last_used_at=clock.now())
            )

    def close(self) -> None:
        """Let go of the database, until everybody begins again."""
        self.eyes.close()
        dispose(self.app)

    def _again(self, profile: Profile) -> Profile:
        wire = self.wire(profile.wire.cookie)
        known = profile.wire.client.get_cookie("sparekey-browser")
        if known:
            wire.client.set_cookie("sparekey-browser", known.value)
        return Profile(profile.name, profile.owner, wire, copy.deepcopy(profile.keys))

    def _join(self) -> Cast:
        with self.app.app_context(), transaction() as session:
            organisation = Organisation(name="Example Works")
            session.add(organisation)
            session.flush()
            organisation_id = organisation.id
        people = {name: add_person(self.app, organisation_id, name, role) for name, role in ROLES.items()}
        self.key = add_organisation_key(people["Olga"])
        players = {name: Player(person.user_id, name, person.email) for name, person in people.items()}
        cast = Cast(players, [], {})
        for name, number in BROWSERS.items():
            cast.profiles += [Profile(f"{name}’s {place}", name, self.wire()) for place in range(1, number + 1)]
        for name in HAVE_VAULTS:
            profile = next(profile for profile in cast.profiles if profile.owner == name)
            self._begin_vault(cast, profile)
        return cast

    def _begin_vault(self, cast: Cast, profile: Profile) -> None:
        player, member = cast.players[profile.owner], profile.member()
        member.sign_in(player.email, PASSWORD)
        vault = member.make_vault(PIN, self.key.key.link_fragment.removeprefix("k="))
        place = f"{player.id}/1"
        cast.kits[place] = vault.kit().identity
        assert vault.confirm_kit(cast.kits[place][-4:])
        vault.add("Mail", username=player.name)
        cast.copies.append(Copy(place, vault.browser.get_file("/vault/file")[1], ("Mail",), cast.kits[place]))
        vault.switch_on_cloud_backups()
        vault.back_up()
        profile.keys.append(Key(member.device, {1: PIN}))
        cast.contents[place] = ["Mail"]
