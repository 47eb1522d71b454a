"""A link of one use that goes by mail or from hand to hand, stored as a hash."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.crypto import links
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, new_id
from webapp.models.directory.user import User


class LinkClosed(Exception):
    """The link was used, has expired, or a newer one took its place."""


class Purpose(StrEnum):
    """What a link is good for."""

    PASSWORD = "password"  # noqa: S105
    """Choosing a new sign-in password."""
    VETO = "veto"
    """“This wasn’t me”."""


class Link(Base):
    """Whose it is, what for, and until when. Looking at it changes nothing: mail scanners open every link."""

    __tablename__ = "link"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(String(10))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    by_reset: Mapped[str] = mapped_column(String(60), default="")
    """Of a PASSWORD link: the `Reason` of the reset that it ends."""
    device_id: Mapped[str | None] = mapped_column(String(32))
    """Of a VETO link: the device it was made for; None: it went by mail."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    @staticmethod
    def make(
        user: User,
        purpose: Purpose,
        by_reset: str = "",
        *,
        mailed: bool = False,
        device_id: str | None = None,
        veto_life: timedelta = limits.VETO_LIFE,
    ) -> "Link":
        """A link, in the caller’s transaction. Older ones go on working: nobody makes a member’s link useless by
        asking for another. A mailed one’s time begins when the mail server has taken the mail (see `mail_accepted`);
        until then it lives as long as a mail may wait. `veto_life`: of a mailed VETO link.
        """
        assert in_transaction()
        link_id = new_id()
        life = limits.MAIL_LIFE if mailed else limits.LINK_LIFE
        if purpose == Purpose.VETO and device_id is None:
            life = veto_life
        link = Link(
            id=link_id,
            user_id=user.id,
            purpose=purpose,
            by_reset=by_reset,
            device_id=device_id,
            token_sha256=links.hash_of(links.make_token(link_id)),
            expires_at=now() + life,
        )
        db.session.add(link)
        db.session.flush()
        return link

    @staticmethod
    def close_all(user_id: str, purpose: Purpose) -> None:
        """Make every open link of this kind useless, in the caller’s transaction."""
        open_ones = update(Link).where(Link.user_id == user_id, Link.purpose == purpose, Link.used_at.is_(None))
        db.session.execute(open_ones.where(Link.expires_at > now()).values(expires_at=now()))

    @staticmethod
    def by_token(token: str, purpose: Purpose) -> "Link | None":
        """The link this token is from, whatever its state."""
        query = select(Link).where(Link.token_sha256 == links.hash_of(token), Link.purpose == purpose)
        return db.session.scalars(query).first()

    @property
    def token(self) -> str:
        """What stands in the address; "" if the secret key it was made under is gone."""
        return links.known_token(self.id, self.token_sha256)

    @property
    def is_open(self) -> bool:
        """Whether it still works."""
        return self.used_at is None and self.expires_at > now()

    def mail_accepted(self) -> None:
        """The mail with this link is on its way: a PASSWORD link’s hour begins."""
        assert in_transaction()
        still = update(Link).where(Link.id == self.id, Link.used_at.is_(None), Link.expires_at > now())
        hour = still.where(Link.purpose == Purpose.PASSWORD).values(expires_at=now() + limits.LINK_LIFE)
        db.session.execute(hour)  # by itself, so that one that a reset closes at this moment stays closed

    def use(self) -> None:
        """Spend it, in the caller’s transaction with the user locked. Raises LinkClosed."""
        assert in_transaction()
        db.session.refresh(self)
        if not self.is_open:
            raise LinkClosed
        self.used_at = now()
