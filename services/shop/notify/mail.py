"""Effects of kind ``mail``: one message to one person, recognisable by its Message-ID however often it is sent."""

import hashlib
import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notify.outbox import Refused, handler

KIND = "mail"
LOWEST_PERMANENT_SMTP_CODE = 500  # RFC 5321, 4.2.1: 5yz is a permanent negative completion


def message_id(key: str) -> str:
    """RFC 5322 Message-ID that follows from the key alone."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


@handler(KIND)
def send_mail(*, key: str, payload: dict[str, Any]) -> None:
    """Send ``{to, subject, text, html?}``.

    Raises:
        Refused: the server will not take mail for this recipient.
        smtplib.SMTPException, OSError: it may work later.
    """
    message = EmailMultiAlternatives(
        subject=" ".join(str(payload["subject"]).split()),  # no line break may reach a header
        body=payload["text"],
        to=[payload["to"]],
        headers={"Message-ID": message_id(key)},
    )
    if html := payload.get("html"):
        message.attach_alternative(html, "text/html")
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if min(codes) >= LOWEST_PERMANENT_SMTP_CODE:
            raise Refused(f"mail server refused the recipient: {codes}") from error
        raise
