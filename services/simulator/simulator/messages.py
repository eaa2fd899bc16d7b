"""Messages received by mail or SMS, as an inbox that suppresses duplicates and counts them."""

import itertools
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from simulator.clock import api_time, now

MESSAGES_KEPT = 2_000

Channel = Literal["mail", "sms"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(slots=True)
class Message:
    """One message to one recipient. `received_count` counts every delivery of it, the first too."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    html: str
    key: str
    at: datetime = field(default_factory=now)
    received_count: int = 1

    def as_json(self) -> dict[str, str | int]:
        """The message as GET /api/messages shows it."""
        return {
            "id": self.id,
            "channel": self.channel,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "key": self.key,
            "received_count": self.received_count,
            "at": api_time(self.at),
        }


class Inbox:
    """The latest `kept` messages in memory. A dropped message is forgotten with its identity."""

    def __init__(self, *, kept: int = MESSAGES_KEPT) -> None:
        self._kept = kept
        self._numbers = itertools.count(1)
        self._messages: OrderedDict[tuple[str, ...], Message] = OrderedDict()

    def find(self, identity: tuple[str, ...]) -> Message | None:
        """The message received under `identity`, or None."""
        return self._messages.get(identity)

    def receive(
        self,
        *,
        identity: tuple[str, ...] | None,
        channel: Channel,
        to: str,
        subject: str = "",
        text: str,
        html: str = "",
        key: str,
    ) -> tuple[Message, bool]:
        """Keep a message; return it and whether it is new. A known `identity` only adds to the count.

        `identity` None: nothing to recognise it by, so it is always new.
        """
        number = str(next(self._numbers))
        identity = identity or ("unidentified", number)
        known = self._messages.get(identity)
        if known is not None:
            known.received_count += 1
            return known, False
        message = Message(id=number, channel=channel, to=to, subject=subject, text=text, html=html, key=key)
        self._messages[identity] = message
        while len(self._messages) > self._kept:
            self._messages.popitem(last=False)
        return message, True

    def newest_first(self, *, to: str | None = None, channel: str | None = None) -> list[Message]:
        """The messages, newest first; `to` is compared without regard to case."""
        return [
            message
            for message in reversed(self._messages.values())
            if (to is None or message.to.casefold() == to.casefold())
            and (channel is None or message.channel == channel)
        ]

    def get(self, message_id: str) -> Message | None:
        """The message with this id, or None."""
        return next((message for message in self._messages.values() if message.id == message_id), None)

    def clear(self) -> int:
        """Forget all messages and their identities; return how many there were."""
        count = len(self._messages)
        self._messages.clear()
        return count
