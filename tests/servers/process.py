"""One real process of a test: started, watched, frozen, killed, and never left behind."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from dhakacart.operations import guardian
from dhakacart.operations.identity import signal_group

POLL_SECONDS = 0.05
STOP_SECONDS = 15.0
LOG_TAIL_CHARACTERS = 4_000

T = TypeVar("T")


class DidNotHappenError(AssertionError):
    """A condition that a test waited for did not come true in time."""


def eventually(what: str, condition: Callable[[], T], *, seconds: float) -> T:
    """Wait until the condition gives something true, and return that. Raises DidNotHappenError."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise DidNotHappenError(f"not within {seconds:g} s: {what} (last: {result!r})")
        time.sleep(POLL_SECONDS)
    return result


class Process:
    """A command in a session of its own, with its output in a file."""

    def __init__(
        self, name: str, command: list[str], *, folder: Path, environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.command = command
        self.folder = folder
        self.environment = dict(environment)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} is not started"
        return self._process.pid

    def start(self) -> None:
        assert self._process is None, f"{self.name} runs already"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        guardian.watch(self._process.pid)

    def run_to_end(self, *, seconds: float) -> None:
        """Start, and wait for a good end."""
        self.start()
        assert self._process is not None
        try:
            status = self._process.wait(seconds)
        finally:
            self.kill()
        assert status == 0, f"{self.name} ended with {status}:\n{self.tail()}"

    def until(self, condition: Callable[[], bool], *, seconds: float) -> None:
        """Wait until it serves; fails with its log's end when it dies or takes too long."""

        def done() -> bool:
            assert self.alive(), f"{self.name} died:\n{self.tail()}"
            return condition()

        try:
            eventually(f"{self.name} serves", done, seconds=seconds)
        except DidNotHappenError as error:
            raise DidNotHappenError(f"{error}\n{self.tail()}") from None

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """A polite end, then SIGKILL for what is left of its session."""
        if self._process is None:
            return
        signal_group(self._process.pid, signal.SIGCONT)
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole session at once, as when the machine or the container dies."""
        if self._process is None:
            return
        process, self._process = self._process, None
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        guardian.release(process.pid)

    def tail(self) -> str:
        """The end of its output."""
        return self.log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:] if self.log.exists() else ""
