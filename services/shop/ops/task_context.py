"""Celery's side of ops.context: a task goes on with the trace of who sent it, and leaves one log line.

The trace travels as the message's header ``traceparent``. Field names follow OpenTelemetry's Celery instrumentation.
"""

import logging
import time
from contextvars import ContextVar
from typing import Any

from celery import Task
from celery.signals import before_task_publish, task_postrun, task_prerun

from ops import context, metrics

log = logging.getLogger("shop.task")
HEADER = "traceparent"
_started: ContextVar[float] = ContextVar("task_started", default=0.0)


def _publish(*, headers: dict[str, Any], **_: Any) -> None:
    if traceparent := context.current.get().traceparent:
        headers.setdefault(HEADER, traceparent)


def _begin(*, task: Task, **_: Any) -> None:
    context.begin(traceparent=str(task.request.get(HEADER) or ""))
    _started.set(time.perf_counter())


def _end(*, task_id: str, task: Task, state: str | None = None, **_: Any) -> None:
    seconds = time.perf_counter() - _started.get()
    metrics.task_duration.labels(task.name, state or "UNKNOWN").observe(seconds)
    log.info(
        "task",
        extra={
            "celery.task_name": task.name,
            "celery.state": state,
            "duration_ms": round(seconds * 1000, 1),
            "messaging.message.id": task_id,
        },
    )
    context.current.set(context.OUTSIDE)


def install() -> None:
    """Connect to Celery's signals; a second call changes nothing."""
    before_task_publish.connect(_publish, dispatch_uid="ops.task_context")
    task_prerun.connect(_begin, dispatch_uid="ops.task_context")
    task_postrun.connect(_end, dispatch_uid="ops.task_context")
