"""The supervisor in the background: started in a session of its own, followed through a pipe until all is ready."""

import contextlib
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.problem import ProblemError

_FD_VARIABLE = "DHAKACART_EVENTS_FD"
_STOP_SECONDS = 90.0
_SHOWN_CHARACTERS = 1500


def start_and_follow(arguments: list[str], *, log: Path, on_event: OnEvent) -> int:
    """Runs `dhakacart <arguments>` as a daemon; returns 0 when all is ready, 1 when it has failed.

    Interrupted before that, it stops what was started: nothing half-started is left.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    read_end, write_end = os.pipe()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dhakacart", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[write_end],
            env={**os.environ, _FD_VARIABLE: str(write_end)},
        )
    os.close(write_end)
    try:
        return _follow(read_end, process, log, on_event)
    except BaseException:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(_STOP_SECONDS)
        process.kill()
        process.wait()
        raise


def _follow(read_end: int, process: "subprocess.Popen[bytes]", log: Path, on_event: OnEvent) -> int:
    explained = False
    with os.fdopen(read_end, encoding="utf-8") as pipe:
        for line in pipe:
            event = Event.from_line(line)
            on_event(event)
            explained = explained or event.kind is Kind.FAILED
            if event.kind is Kind.ALL_READY:
                return 0
    status = process.wait()
    if not explained:
        words = log.read_text(errors="replace").strip()[-_SHOWN_CHARACTERS:]
        raise ProblemError(f"the supervisor ended with status {status}: {words or 'without a word'}")
    return status or 1


def events_to_pipe() -> OnEvent:
    """In the daemon: a function that sends events to whoever started it, for as long as they listen, and logs them."""
    descriptor = int(os.environ.pop(_FD_VARIABLE))
    os.set_inheritable(descriptor, False)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)

    def send(event: Event) -> None:
        # Also into supervisor.log: what happens after everybody has stopped listening is read there.
        print(f"{datetime.now(UTC):%H:%M:%S} {event.kind} {event.name} {event.text}".rstrip(), flush=True)
        with contextlib.suppress(OSError):
            os.write(descriptor, event.to_line().encode())

    return send
