"""Live reload for development: run a role in a child process, and start it anew when the code changes.

One way for web, worker and beat. The child leads a process group, so that at last nothing of it is left; it holds
one end of a pipe as standard input, so that it ends when this process is killed without a farewell.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from watchfiles import DefaultFilter, watch

from config.run import CODE, run

SUFFIXES = (".py", ".html", ".txt", ".json")
DEBOUNCE_MILLISECONDS = 300  # an editor or git writes several files at once
POLL_MILLISECONDS = 100
RELOAD_STOP_SECONDS = 5.0  # what still runs then is given up: the developer waits
LAST_STOP_SECONDS = 30.0
# Nobody watches beat for a change: it leaves the processors to the roles that a developer waits for.
LATER_SECONDS = {"beat": 3.0}
IDLE_POLL_SECONDS = 0.05
YOUNG_SECONDS = 15.0  # who ends earlier after a change most likely has that change's fault


class _Code(DefaultFilter):
    """Sources and templates, but not the tests."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "tests")

    def __call__(self, change: Any, path: str) -> bool:
        return path.endswith(SUFFIXES) and super().__call__(change, path)


class _Child:
    """One run of a role, in a process group of its own."""

    def __init__(self, role: str) -> None:
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "config.reload", role], stdin=subprocess.PIPE, cwd=CODE, process_group=0
        )

    @property
    def status(self) -> int | None:
        """Exit status, None while it runs."""
        return self._process.poll()

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.started

    def stop(self, *, patience_seconds: float) -> None:
        """End it: SIGTERM, and SIGKILL for all that is left of its group."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_seconds)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def _say(text: str) -> None:
    print(f"live reload: {text}", file=sys.stderr, flush=True)


def run_reloading(role: str) -> int:
    """Run a role until SIGTERM or SIGINT, restarting it after each change of code; returns its exit status.

    A role that dies right after a change (a syntax error while editing) is left for the next change to start again;
    one that dies otherwise ends this process too, so that whoever supervises it can tell.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    child = _Child(role)
    after_change = False
    waiting = False
    for changes in watch(
        CODE,
        watch_filter=_Code(),
        debounce=DEBOUNCE_MILLISECONDS,
        step=POLL_MILLISECONDS,
        rust_timeout=1000,
        yield_on_timeout=True,
        stop_event=stopping,
        raise_interrupt=False,
    ):
        if changes and not stopping.wait(LATER_SECONDS.get(role, 0.0)):
            names = sorted({str(Path(path).relative_to(CODE)) for _change, path in changes})
            _say(f"{', '.join(names[:3])}{' ...' if len(names) > 3 else ''} changed, restarting {role}")
            child.stop(patience_seconds=RELOAD_STOP_SECONDS)
            child, after_change, waiting = _Child(role), True, False
        elif not waiting and child.status is not None:
            child.stop(patience_seconds=0)
            if not (after_change and child.age_seconds < YOUNG_SECONDS):
                return child.status or os.EX_SOFTWARE
            _say(f"{role} ended with status {child.status} after a change; waiting for the next one")
            waiting = True
    child.stop(patience_seconds=LAST_STOP_SECONDS)
    return 0


def _end_with_parent() -> None:
    """End this process when standard input closes: whoever started it is gone."""

    def wait_for_end() -> None:
        with suppress(OSError):
            os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(RELOAD_STOP_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_end, daemon=True, name="end with parent").start()


def _leave_once_idle(**_: Any) -> None:
    """End a worker as soon as its last task is done: Celery's own way out of the pool takes 2 s more."""
    from celery.worker import state

    def wait_until_idle() -> None:
        while state.reserved_requests or state.active_requests:
            time.sleep(IDLE_POLL_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_until_idle, daemon=True, name="leave once idle").start()


if __name__ == "__main__":
    _end_with_parent()
    if sys.argv[1] == "worker":
        from celery.signals import worker_shutting_down

        worker_shutting_down.connect(_leave_once_idle)
    run(sys.argv[1])
