"""The simulator's inbox: what customers have received, by mail and SMS."""

from dataclasses import dataclass
from typing import Any

import httpx
from servers.process import eventually

ARRIVAL_SECONDS = 30.0


@dataclass(frozen=True)
class Message:
    """One message; ``received_count`` counts every delivery of it, the suppressed ones too."""

    channel: str
    to: str
    subject: str
    text: str
    html: str
    key: str
    received_count: int


class Inbox:
    def __init__(self, url: str) -> None:
        self._url = url

    def messages(self, *, to: str, channel: str = "") -> list[Message]:
        """Newest first."""
        answer = httpx.get(
            f"{self._url}/api/messages", params={"to": to, "channel": channel}, trust_env=False
        )
        answer.raise_for_status()
        fields = Message.__dataclass_fields__
        rows: list[dict[str, Any]] = answer.json()
        return [Message(**{name: row[name] for name in fields}) for row in rows]

    def wait_for(
        self, *, to: str, channel: str = "", containing: str = "", seconds: float = ARRIVAL_SECONDS
    ) -> Message:
        """The newest message to this recipient that has this in its text or subject, once it is there."""

        def found() -> Message | None:
            for message in self.messages(to=to, channel=channel):
                if containing in f"{message.subject}\n{message.text}":
                    return message
            return None

        message = eventually(f"a message to {to} with {containing!r}", found, seconds=seconds)
        assert message is not None
        return message
