"""Talking with a mail server: how long, in which letters, and what its refusals mean."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from flask import Flask

from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Postbox
from webapp.config import MailServer
from webapp.ops import mail_server
from webapp.ops.mail_server import ASKED_AGAIN, Conversation, NoConversation, NotTaken, Patience, reaches

LONG, SHORT = 3_600, 0.05
UMLAUTS = ("keys@bücher.example", "pässwört")


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A mail server, and the application set up to use it, in a context."""
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    with app.app_context():
        yield postbox
    postbox.close()


def message(to: str = "ada@example.org") -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "keys@example.org", to, "Hello"
    found.set_content("Hello\n")
    return found


def send(server: MailServer, patience: Patience, *to: str) -> None:
    with Conversation(server, patience) as talk:
        for each in to or ("ada@example.org",):
            talk.hand_over(message(each))


def test_several_mails_are_one_conversation(postbox: Postbox) -> None:
    send(postbox.address, mail_server.MAILED, "ada@example.org", "bob@example.org")
    assert [one["To"] for one in postbox.taken] == ["ada@example.org", "bob@example.org"]
    assert (postbox.conversations, postbox.commands[-1]) == (1, "quit")


def test_it_introduces_itself_by_the_name_that_people_know(postbox: Postbox) -> None:
    send(postbox.address, mail_server.MAILED)
    assert postbox.commands[1] == "ehlo localhost"


@pytest.mark.parametrize("where", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_server_that_never_answers_is_given_up(postbox: Postbox, where: str) -> None:
    postbox.silent_at = {where}
    with pytest.raises(NoConversation, match="Timeout"):
        send(postbox.address, Patience(answer=SHORT, whole=LONG))
    assert postbox.taken == []


@pytest.mark.parametrize("where", ["CONNECT", "EHLO", "MAIL", "."])
def test_so_is_one_that_takes_too_long_altogether_however_it_deals_its_answers_out(
    postbox: Postbox, where: str
) -> None:
    postbox.silent_at = {where}
    with pytest.raises(NoConversation, match="Disconnected"):
        send(postbox.address, Patience(answer=LONG, whole=SHORT))


def test_a_server_that_is_not_there_is_no_conversation(postbox: Postbox) -> None:
    postbox.stop()
    with pytest.raises(NoConversation, match="ConnectionRefusedError"):
        send(postbox.address, mail_server.MAILED)


@pytest.mark.parametrize(
    ("answer", "is_final"),
    [("550 5.1.1 No such user", True), ("553 no", True), ("450 later", False), ("452 full", False)],
)
def test_a_refusal_of_a_recipient_is_final_or_not(postbox: Postbox, answer: str, is_final: bool) -> None:
    postbox.refused = {"ada@example.org": answer}
    with Conversation(postbox.address) as talk:
        with pytest.raises(NotTaken) as refused:
            talk.hand_over(message())
        talk.hand_over(message("bob@example.org"))
    assert (str(refused.value), refused.value.is_final) == (answer, is_final)
    assert [one["To"] for one in postbox.taken] == ["bob@example.org"], "the next one goes"


@pytest.mark.parametrize(("answer", "is_final"), [("554 5.7.1 Looks like spam", True), ("451 not now", False)])
def test_so_is_one_of_the_mail_itself(postbox: Postbox, answer: str, is_final: bool) -> None:
    postbox.refuses = answer
    with Conversation(postbox.address) as talk, pytest.raises(NotTaken) as refused:
        talk.hand_over(message())
    assert (str(refused.value), refused.value.is_final) == (answer, is_final)


def test_what_a_server_says_is_kept_short_and_in_one_line(postbox: Postbox) -> None:
    postbox.refused = {"ada@example.org": f"550 a\x07b \u202e{'x' * 400}"}
    with Conversation(postbox.address) as talk, pytest.raises(NotTaken) as refused:
        talk.hand_over(message())
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) == mail_server.ANSWER_CHARACTERS


@pytest.mark.parametrize(
    ("offered", "login"),
    [
        ("AUTH PLAIN LOGIN", UMLAUTS),
        ("AUTH LOGIN", UMLAUTS),
        ("AUTH CRAM-MD5 LOGIN", UMLAUTS),
        ("AUTH PLAIN", ("keys", "påss word")),
        ("AUTH PLAIN", ("keys", "password")),
        ("AUTH LOGIN", ("keys", "password")),
    ],
)
def test_it_signs_in_in_any_letters(postbox: Postbox, offered: str, login: tuple[str, str]) -> None:
    postbox.offers = [offered]
    send(MailServer("127.0.0.1", postbox.address.port, "none", *login), mail_server.MAILED)
    assert postbox.signed_in == [list(login)]
    assert len(postbox.taken) == 1


def test_where_a_server_has_no_way_for_them_it_says_so(postbox: Postbox) -> None:
    postbox.offers = ["AUTH CRAM-MD5"]
    with pytest.raises(NoConversation, match="neither PLAIN nor LOGIN"):
        send(MailServer("127.0.0.1", postbox.address.port, "none", *UMLAUTS), mail_server.MAILED)


def test_letters_before_the_at_go_where_the_server_takes_them(postbox: Postbox) -> None:
    with Conversation(postbox.address) as talk, pytest.raises(NotTaken, match="SMTPUTF8") as refused:
        talk.hand_over(message("josé@example.org"))
    assert refused.value.is_final
    postbox.offers = ["SMTPUTF8", "8BITMIME"]
    send(postbox.address, mail_server.MAILED, "josé@example.org")
    assert "RCPT TO:<josé@example.org>" in [command.replace("rcpt", "RCPT") for command in postbox.commands]


def test_the_server_is_asked_for_them_alone_and_now_and_then(postbox: Postbox, clock: MovableClock) -> None:
    plain, other = ["ada@example.org", "ada@bücher.example"], ["josé@example.org"]
    assert reaches(plain)
    assert postbox.conversations == 0
    assert [reaches(other), reaches([*plain, *other]), postbox.conversations] == [False, False, 1]
    postbox.offers = ["SMTPUTF8"]
    assert not reaches(other)
    clock.advance(seconds=ASKED_AGAIN.total_seconds())
    assert [reaches(other), postbox.conversations] == [True, 2]
    postbox.stop()
    assert reaches(other)
    clock.advance(seconds=ASKED_AGAIN.total_seconds())
    assert not reaches(other), "a server that isn’t there is asked each time"
    postbox.start()
    assert reaches(other)


def test_where_no_mail_goes_out_nothing_speaks_against_an_address(app: Flask) -> None:
    with app.app_context():
        assert reaches(["josé@example.org"])


def test_one_that_offers_no_way_to_sign_in_is_told(postbox: Postbox) -> None:
    with pytest.raises(NoConversation, match=r"^AUTH is not offered"):
        send(MailServer("127.0.0.1", postbox.address.port, "none", "keys", "password"), mail_server.MAILED)
