"""The sign of life that config.health looks for: READY_FILE, touched when a message has passed through the broker.

A worker sends itself a message every few seconds, by a queue of its own and on the very channel on which it waits for
tasks. Its parent process consumes it, so that no process of the pool has to be free. That counts only while the worker
also consumes the tasks' queue, and its pool finishes what it begins: no task is held longer than the time limits allow.

With every place of the prefetch count taken by such a task a worker consumes nothing, and is right: that is life too.
Places that were lost (ops.task_request) are none, nor is a connection that has gone silent.
"""

import time
import uuid
from typing import Any

from celery import bootsteps
from celery.signals import after_task_publish, worker_ready
from celery.worker import state
from django.conf import settings

from config.env import Env, env
from config.health import PULSE_SECONDS

# What a killed worker leaves of its queue goes by itself.
QUEUE_LIFE_MILLISECONDS = 300_000


def touch_while_worker_consumes(contract: Env, app: Any) -> None:
    """Have the worker that this process becomes touch the file once it is ready, then with every pulse."""
    _begin(contract)
    worker_ready.connect(_touch_once)
    app.steps["consumer"].add(Pulse)


def touch_while_beat_sends(contract: Env) -> None:
    """Have the beat that this process becomes touch the file with every task that it has sent."""
    _begin(contract)
    after_task_publish.connect(_touch)


def _begin(contract: Env) -> None:
    if contract.ready_file is not None:
        contract.ready_file.unlink(missing_ok=True)


def _touch(**_: Any) -> None:
    if ready_file := env().ready_file:
        ready_file.touch()


def _touch_once(**_: Any) -> None:
    """Not when the signal comes again: a worker sends it after each reconnection, before it has consumed anything."""
    worker_ready.disconnect(_touch_once)
    _touch()


class Pulse(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Part of a worker's consumer: begun with each new connection to the broker, and stopped with it."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._name = f"pulse.{uuid.uuid4()}"
        self._held_since: dict[str, float] = {}
        self._timer: Any = None

    def include_if(self, _consumer: Any) -> bool:
        return env().ready_file is not None

    def start(self, consumer: Any) -> None:
        channel = consumer.task_consumer.channel
        channel.queue_declare(queue=self._name, arguments={"x-expires": QUEUE_LIFE_MILLISECONDS})
        channel.basic_consume(
            self._name,
            no_ack=True,
            callback=lambda _message: self._received(consumer),
            consumer_tag=self._name,
        )
        self._timer = consumer.timer.call_repeatedly(PULSE_SECONDS, self._send, (consumer, channel))

    def stop(self, _consumer: Any) -> None:
        """The rest goes with the channel, and that with the connection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _send(self, consumer: Any, channel: Any) -> None:
        """In the worker's event loop, which takes a connection error here for a lost broker, as it should."""
        now = time.monotonic()
        self._held_since = {
            request.id: self._held_since.get(request.id, now)
            for request in state.reserved_requests
            if not request.eta
        }
        if 0 < consumer.qos.value <= len(self._held_since) and self._pool_works():
            _touch()
        channel.queue_purge(self._name)  # so that there is one at most
        channel.basic_publish(channel.prepare_message("pulse"), exchange="", routing_key=self._name)

    def _received(self, consumer: Any) -> None:
        tasks = consumer.app.conf.task_default_queue
        if self._pool_works() and consumer.task_consumer.consuming_from(tasks):
            _touch()

    def _pool_works(self) -> bool:
        """Whether every task is held no longer than it may be: to wait for one begun before it, then to be done."""
        now = time.monotonic()
        return now - min(self._held_since.values(), default=now) < 2 * settings.LONGEST_TASK_SECONDS
