"""Tasks whose effect a test can see: a file."""

import time
from pathlib import Path

from celery import shared_task


@shared_task(name="probe.touch")
def touch(path: str, seconds: float = 0.0) -> None:
    Path(path + ".started").touch()
    time.sleep(seconds)
    Path(path).touch()
