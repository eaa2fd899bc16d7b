"""`make dev ENGINE=containers` on a terminal: it stays, shows the output, and Ctrl-C ends all of it."""

import contextlib
import os
import pty
import select
import signal
import subprocess
from collections.abc import Iterator

import pytest
from servers.containers import START_SECONDS, ContainerShop
from servers.process import eventually

STOP_SECONDS = 120.0


class Terminal:
    """A `dhakacart dev` with a terminal of its own, and all that it has shown."""

    def __init__(self, shop: ContainerShop) -> None:
        self._ours, theirs = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            shop.command("dev", "--engine", "containers", "--isolated"),
            cwd=shop.checkout.root,
            env={**shop.environment, "TERM": "xterm", "COLUMNS": "200"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # As a terminal's shell would start it; what another runs with `&` has SIGINT ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        os.close(theirs)

    def shows(self, text: str, *, seconds: float = START_SECONDS) -> None:
        """Waits until this is on the screen."""
        eventually(f"{text!r} is shown", lambda: self._read() or text in self.shown, seconds=seconds)

    def end(self, number: int) -> int:
        """Signals it; its exit status."""
        self.process.send_signal(number)
        eventually("it ends", lambda: self._read() or self.process.poll() is not None, seconds=STOP_SECONDS)
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        os.close(self._ours)

    def _read(self) -> None:
        """What came meanwhile: nobody may have to wait for a full terminal."""
        while select.select([self._ours], [], [], 0)[0]:
            with contextlib.suppress(OSError):  # the other end is closed
                self.shown += os.read(self._ours, 65_536).decode(errors="replace")
                continue
            return


@pytest.fixture
def terminal(copied: ContainerShop) -> Iterator[Terminal]:
    copied.run("down")
    terminal = Terminal(copied)
    yield terminal
    terminal.close()


def test_it_shows_the_output_and_ctrl_c_stops_everything(terminal: Terminal, copied: ContainerShop) -> None:
    """A request's line appears under its service's name; after Ctrl-C no container is left, the data are."""
    terminal.shows("stop: Ctrl-C")
    with copied.client(timeout=20) as client:
        client.get("/api/v1/locations?seen-on-the-terminal")
    terminal.shows("edge       │")

    assert terminal.end(signal.SIGINT) == 0

    left = copied.left()
    assert (left["containers"], left["networks"]) == ([], [])
    assert left["volumes"]


def test_ctrl_c_during_the_start_leaves_nothing_half_started(
    terminal: Terminal, copied: ContainerShop
) -> None:
    """Between the first containers and the last: all of them are gone again."""
    terminal.shows("✓ redis       cache and broker")

    assert terminal.end(signal.SIGINT) == 130

    left = copied.left()
    assert (left["containers"], left["networks"]) == ([], [])
