"""The mail server."""

import smtplib
from email.message import EmailMessage

import pytest


def mail(*, message_id="<1@dhakacart.test>", subject="আপনার অর্ডার DC-26-ABCDEFGH", html=None):
    """A mail as the shop sends it."""
    message = EmailMessage()
    message["From"] = "DhakaCart <shop@dhakacart.test>"
    message["To"] = "রহিমা <rahima@example.com>"
    message["Subject"] = subject
    if message_id:
        message["Message-ID"] = message_id
    message.set_content("ধন্যবাদ! http://127.0.0.1:5173/orders/abc\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def deliver(simulator):
    """deliver(content, *recipients): hand bytes or a message over by SMTP."""

    def send(content, *recipients):
        content = content if isinstance(content, bytes) else content.as_bytes()
        with smtplib.SMTP("127.0.0.1", simulator.smtp_port, timeout=5) as client:
            client.sendmail("shop@dhakacart.test", recipients or ("rahima@example.com",), content)

    return send


def test_a_mail_is_kept_with_its_text(simulator, deliver):
    """Subject, text, HTML part, recipient and Message-ID, with Bangla right."""
    deliver(mail(html="<p>ধন্যবাদ!</p>"))

    (message,) = simulator.messages(channel="mail")
    assert message["to"] == "rahima@example.com"
    assert message["subject"] == "আপনার অর্ডার DC-26-ABCDEFGH"
    assert message["text"].startswith("ধন্যবাদ! http://127.0.0.1:5173/orders/abc")
    assert message["html"].strip() == "<p>ধন্যবাদ!</p>"
    assert (message["key"], message["received_count"]) == ("<1@dhakacart.test>", 1)


def test_the_same_message_id_is_delivered_once(simulator, deliver):
    """The second is accepted, suppressed and counted; another Message-ID is another mail."""
    deliver(mail())
    deliver(mail(subject="the same, again"))
    deliver(mail(message_id="<2@dhakacart.test>"))

    messages = simulator.messages()
    assert [(one["key"], one["received_count"]) for one in messages] == [
        ("<2@dhakacart.test>", 1),
        ("<1@dhakacart.test>", 2),
    ]
    assert messages[1]["subject"] == "আপনার অর্ডার DC-26-ABCDEFGH"


def test_each_recipient_gets_the_mail(simulator, deliver):
    """Duplicates are those of one recipient, as with Cyrus."""
    deliver(mail(), "a@example.com", "b@example.com")
    deliver(mail(), "B@example.com")

    assert {(one["to"], one["received_count"]) for one in simulator.messages()} == {
        ("a@example.com", 1),
        ("b@example.com", 2),
    }


def test_without_message_id_nothing_is_suppressed(simulator, deliver):
    """There is nothing to recognise them by."""
    deliver(mail(message_id=None))
    deliver(mail(message_id=None))

    assert [one["received_count"] for one in simulator.messages()] == [1, 1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"Subject: \xff\xfe\r\nMessage-ID: <\xff>\r\n\r\n\xff\xfe",
        b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe0\xa6\xa7",
        b"Content-Type: text/plain; charset=\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Message-ID: <[\r\nTo: <<<>>>\r\nSubject: =?utf-8?b?%%%?=\r\n\r\nx",
        b"Subject: a\r\nSubject: b\r\n\r\n<script>alert(1)</script>",
    ],
)
def test_malformed_mail_is_kept_and_shown(simulator, deliver, content):
    """Whatever the content, the mail is accepted, and inbox and page can show it."""
    deliver(content)

    assert len(simulator.messages()) == 1
    page = simulator.client.get("/")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_a_mail_that_is_too_large_is_refused(simulator, deliver):
    """More than 5 MB: an SMTP error, and nothing is kept."""
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        deliver(b"Subject: large\r\n\r\n" + b"x" * 75 * 80_000)

    assert refusal.value.smtp_code == 552
    assert simulator.messages() == []
