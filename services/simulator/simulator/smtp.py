"""The mail server: takes every mail, delivers none, keeps one of each.

A mail that was already delivered to a recipient, by its Message-ID, is accepted and suppressed, as Cyrus does
(`duplicatesuppression`, https://www.cyrusimap.org/imap/reference/manpages/configs/imapd.conf.html).
"""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from simulator.messages import Inbox
from simulator.outage import GARBAGE, HANG_SECONDS, SLOW_SECONDS, Kind, Outages, Target

LARGEST_MAIL_BYTES = 5 * 1024 * 1024
ACCEPTED = "250 2.0.0 OK"
TEMPORARY_FAILURE = "451 4.3.0 simulated outage"


class MailHandler:
    """What aiosmtpd calls for each mail."""

    def __init__(self, *, inbox: Inbox, outages: Outages) -> None:
        self._inbox = inbox
        self._outages = outages

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail for each recipient and return the SMTP reply; an outage counts mails."""
        kind = self._outages.take(Target.MAIL)
        match kind:
            case Kind.HANG:
                await asyncio.sleep(HANG_SECONDS)
            case Kind.GARBAGE:
                return GARBAGE.encode("ascii", "replace").decode()
            case Kind.SLOW:
                await asyncio.sleep(SLOW_SECONDS)
                self._keep(envelope)
                return ACCEPTED
            case Kind.LOST_ANSWER | None:
                self._keep(envelope)
            case Kind.ERROR:
                pass
        return ACCEPTED if kind is None else TEMPORARY_FAILURE

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        mail = message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=policy.default
        )
        key = _header(mail, "Message-ID")
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            self._inbox.receive(
                identity=("mail", key, recipient.casefold()) if key else None,
                channel="mail",
                to=_readable(recipient),
                subject=_header(mail, "Subject"),
                text=_part(mail, "plain"),
                html=_part(mail, "html"),
                key=key,
            )


async def start_mail_server(
    *, host: str, port: int, inbox: Inbox, outages: Outages
) -> asyncio.AbstractServer:
    """Listen for mail in the running event loop; raise OSError if the port cannot be had."""
    handler = MailHandler(inbox=inbox, outages=outages)

    def protocol() -> asyncio.Protocol:
        server: asyncio.Protocol = SMTP(
            handler,
            hostname="simulator",
            ident="DhakaCart simulator",
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST_MAIL_BYTES,
        )
        return server

    return await asyncio.get_running_loop().create_server(protocol, host, port)


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return _readable(str(mail.get(name, ""))).strip()
    except (ValueError, IndexError, AttributeError, TypeError):
        # The standard library's parser trips over some malformed headers; the mail is kept without it.
        return ""


def _readable(text: str) -> str:
    """`text` without the surrogates that stand for undecodable bytes."""
    return text.encode("utf-8", "replace").decode()


def _part(mail: EmailMessage, subtype: str) -> str:
    """The text of the first text/`subtype` part, or "" ; an unknown or wrong charset is read as UTF-8."""
    for part in mail.walk():
        if part.get_content_type() != f"text/{subtype}" or part.is_attachment():
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            return ""
        try:
            return payload.decode(part.get_content_charset("utf-8"), "replace")
        except LookupError:
            return payload.decode("utf-8", "replace")
    return ""
