"""Hands the mail of the outbox over, for the worker: one conversation with the mail server for all that is due."""

from collections import deque
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app

from webapp.clock import now
from webapp.config import MailServer
from webapp.database import db
from webapp.email_addresses import sender, wire_of
from webapp.models.notices.notice import Notice
from webapp.models.outbox.delivery import Delivery, Lost
from webapp.ops.mail import rendered
from webapp.ops.mail_server import MAILED, Conversation, NoConversation, NotTaken


def deliver_due(is_over: Callable[[], bool] = lambda: False) -> int:
    """Try every mail that is due, until `is_over` says so; how many the server took."""
    server: MailServer | None = current_app.config["SMTP"]
    if server is None:
        return 0
    _report(Delivery.give_up_late())
    claim, waiting = Delivery.claim()
    going = _Round(claim, deque(waiting))
    if waiting:
        going.deliver(server, is_over)
    return going.went


class _Round:
    """What one worker has in hand."""

    def __init__(self, claim: str, left: deque[str]) -> None:
        self.claim = claim
        self.left = left
        self.went = 0

    def deliver(self, server: MailServer, is_over: Callable[[], bool]) -> None:
        """Where the server is not to be reached, all of it has failed once more; where it falls silent in the middle,
        the one it fell silent over, and the others are released: it may have been that one’s fault."""
        begun = False
        try:
            with Conversation(server, MAILED) as talk:
                begun = True
                while self.left and not is_over():
                    self._hand_over(talk, self.left.popleft())
            _note_state("")
        except NoConversation as error:
            _note_state(str(error))
            if not begun:
                Delivery.put_off_all(self.left, self.claim, str(error))
                self.left.clear()
        finally:
            Delivery.release(self.left, self.claim)

    def _hand_over(self, talk: Conversation, notice_id: str) -> None:
        if not Delivery.begin(notice_id, self.claim):
            return
        try:
            talk.hand_over(_message(db.session.get_one(Notice, notice_id)))
        except NotTaken as error:
            if error.is_final:
                _report(Delivery.give_up(notice_id, str(error)))
            else:
                Delivery.put_off(notice_id, self.claim, str(error))
        except NoConversation as error:
            Delivery.put_off(notice_id, self.claim, str(error))
            raise
        except Exception as error:  # one that can’t even be written holds up no other
            current_app.logger.exception("a mail could not be written")
            Delivery.put_off(notice_id, self.claim, type(error).__name__)
        else:
            Delivery.arrived(notice_id)
            self.went += 1


def _message(notice: Notice) -> EmailMessage:
    text = rendered(notice, for_mailbox=True)
    message = EmailMessage()
    message["Subject"] = text.subject
    message["From"] = sender(current_app.config["MAIL_FROM"])
    message["To"] = wire_of(notice.user.email)
    message["Date"] = format_datetime(now())
    # The same in every try, which make_msgid’s is not: who gets a mail twice because a worker died sees it once.
    message["Message-ID"] = f"<{notice.id}@{urlsplit(current_app.config['PUBLIC_URL']).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    return message


def _note_state(trouble: str) -> None:
    """One line a change: that no mail goes out, and that it does again."""
    before = current_app.extensions.get("mail_trouble", "")
    if trouble and not before:
        current_app.logger.error("no mail goes out: %s", trouble.partition(" ")[0])
    elif before and not trouble:
        current_app.logger.warning("mail goes out again")
    current_app.extensions["mail_trouble"] = trouble


def _report(lost: Iterable[Lost]) -> None:
    for mail in lost:
        current_app.logger.error("mail %s (%s) could not be delivered: %s", mail.id, mail.kind, mail.why)
