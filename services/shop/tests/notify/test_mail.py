"""Mail, over SMTP to a real server on loopback."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dhakacart.operations.ports import free_ports
from notify.mail import message_id, send_mail
from notify.outbox import Refused


class Server:
    """Takes mail for everybody but ``nobody@`` (for ever) and ``later@`` (for now)."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such person"
        if address.startswith("later@"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def server(settings) -> Iterator[Server]:
    server = Server()
    (port,) = free_ports(1)
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = False
    yield server
    controller.stop()


MAIL = {"to": "rahima@example.com", "subject": "অর্ডার DC-26-1", "text": "ধন্যবাদ ৳৫০০"}


def test_a_mail_arrives_as_it_was_asked_for(server):
    """Recipient, subject and text in Bangla, and the HTML beside the text."""
    send_mail(key="order-1", payload={**MAIL, "html": "<p>ধন্যবাদ</p>"})

    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == ("rahima@example.com", "অর্ডার DC-26-1")
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content().strip() == "ধন্যবাদ ৳৫০০"
    assert mail.get_body(("html",)).get_content().strip() == "<p>ধন্যবাদ</p>"


def test_the_key_is_the_message_id(server):
    """The same key is the same Message-ID however often it is sent; another key is another."""
    for key in ("order-1", "order-1", "order-2"):
        send_mail(key=key, payload=MAIL)

    first, again, other = [mail["Message-ID"] for mail in server.mails]
    assert first == again == message_id("order-1")
    assert other != first


def test_a_line_break_adds_no_header(server):
    """What a customer typed cannot become a header of the mail."""
    send_mail(key="order-1", payload={**MAIL, "subject": "Hello\r\nBcc: everybody@example.com"})

    (mail,) = server.mails
    assert mail["Subject"] == "Hello Bcc: everybody@example.com"
    assert mail["Bcc"] is None


def test_no_such_recipient_is_for_ever(server):
    """A 5xx for the recipient is not tried again."""
    with pytest.raises(Refused):
        send_mail(key="order-1", payload={**MAIL, "to": "nobody@example.com"})


def test_a_server_that_is_busy_is_for_now(server):
    """A 4xx for the recipient is an error like any other, which the outbox tries again."""
    with pytest.raises(OSError, match="451"):
        send_mail(key="order-1", payload={**MAIL, "to": "later@example.com"})
