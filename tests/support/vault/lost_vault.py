"""A member without her browser, by the headless device: she has the kit and an older backup, and signs in elsewhere."""

from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from webapp.client.crypto.identities import Identity
from webapp.client.member import Member

EMAIL = "zoe@example.org"


class Lost:
    """Zoë, joined; she signs in on a new browser. The kit, and a local backup from before the last item."""

    def __init__(self, people: People) -> None:
        link = people.dana.invite(EMAIL, "Zoë", people.key_file)
        self.people = people
        self.old = Member(people.browser())
        vault = self.old.join(link, "Zoë", PASSWORD, PIN)
        self.kit: Identity = vault.kit().identity
        vault.confirm_kit(self.kit[-4:])
        vault.add("Mail", username="zoe", password="secret")
        self.backup = vault.browser.get_file("/vault/file")[1]
        vault.add("Bank, after the backup")
        self.new = self.somewhere()

    def somewhere(self, password: str = PASSWORD) -> Member:
        """A browser without keys, signed in."""
        member = Member(self.people.browser(), name="Safari on iPhone")
        member.sign_in(EMAIL, password)
        return member

    def titles(self, member: Member) -> list[str]:
        """What the vault shows after it is unlocked again."""
        return [item["title"] for item in member.unlock(NEW_PIN).items]
