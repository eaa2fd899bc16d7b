"""Tasks whose effect a test can see: a file."""

import time
from pathlib import Path

from celery import Task, shared_task


@shared_task(name="probe.touch")
def touch(path: str, seconds: float = 0.0) -> None:
    Path(path + ".started").touch()
    time.sleep(seconds)
    Path(path).touch()


class BareTask(Task):  # type: ignore[misc]
    """Celery's own, which looks at no acknowledgement (ops.task_request)."""

    Request = "celery.worker.request:Request"


@shared_task(name="probe.bare_touch", base=BareTask)
def bare_touch(path: str, seconds: float = 0.0) -> None:
    touch(path, seconds)
