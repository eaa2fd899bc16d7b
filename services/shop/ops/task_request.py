"""A worker that could not acknowledge a message connects anew, instead of going silent.

kombu logs a failed acknowledgement and goes on (``Message.ack_log_error``). The message then counts as delivered for
ever on that channel, so that each such failure takes one place of the prefetch count; with the last place gone, the
worker lives, is connected and consumes nothing. Seen here with Redis frozen for some seconds; celery #8030, #8091 and
#10205 read like it. A new connection has a channel with all its places, and gives the message back to the queue.
"""

import logging
from typing import Any

from celery import Task
from celery.worker.request import Request
from kombu.asynchronous import get_event_loop

log = logging.getLogger(__name__)
# The answer is written in a later turn of the worker's event loop than it is asked for; a timer comes after that turn.
CHECK_SECONDS = 1.0


class AcknowledgementLost(ConnectionError):
    """Raised in the worker's event loop, which takes every ConnectionError for a lost broker and connects anew."""


class ShopRequest(Request):  # type: ignore[misc]  # Celery has no types
    """Celery's request, that looks at what came of its answer to the broker."""

    def acknowledge(self) -> None:
        answered = self.acknowledged
        super().acknowledge()
        self._look_later(answered)

    def reject(self, requeue: bool = False) -> None:
        answered = self.acknowledged
        super().reject(requeue=requeue)
        self._look_later(answered)

    def _look_later(self, answered: bool) -> None:
        hub: Any = get_event_loop()
        if not answered and hub is not None:
            hub.call_later(CHECK_SECONDS, self._look)

    def _look(self) -> None:
        if not self.message.acknowledged and not self.message.channel.closed:
            raise AcknowledgementLost("a message could not be acknowledged")


class ShopTask(Task):  # type: ignore[misc]  # Celery has no types
    """What every task of the shop is made of."""

    Request = "ops.task_request:ShopRequest"
