"""How a start is shown: a line for each step with the time it took, a spinner on terminals, the processes' output."""

import time
import zlib
from collections.abc import Sequence

from rich.console import Console
from rich.status import Status
from rich.text import Text

from dhakacart.engines.protocol import Address
from dhakacart.operations.events import Event, Kind

_COLOURS = ("cyan", "magenta", "green", "blue", "yellow", "bright_cyan", "bright_magenta", "bright_green")
_NAME_WIDTH = 11
_TELL_SECONDS = 4.5


class Progress:
    """Prints a supervisor's events, and (when `lines` is on) the output of its processes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.lines = False
        self._starting: dict[str, str] = {}
        self._status: Status | None = None
        self._waiting = ""
        self._told_at = time.monotonic()

    def on_event(self, event: Event) -> None:
        match event.kind:
            case Kind.STARTING:
                self._starting[event.name] = event.text
            case Kind.READY:
                what = self._starting.pop(event.name, "")
                self._print("✓", "green", f"{event.name:<{_NAME_WIDTH}} {what:<48} {event.seconds:5.1f} s")
            case Kind.NOTE | Kind.DIED:
                self._print("·", "dim" if event.kind is Kind.NOTE else "yellow", event.text)
            case Kind.WAITING:
                self._on_waiting(event)
            case _:
                self._starting.clear()
                self._on_turn(event)
        self._refresh_status()

    def _on_waiting(self, event: Event) -> None:
        """On a terminal the spinner says it, elsewhere a line now and then."""
        text = f"still starting: {event.text} ({event.seconds:.0f} s)"
        if self.console.is_terminal:
            self._waiting = text
        elif time.monotonic() - self._told_at >= _TELL_SECONDS:
            self._told_at = time.monotonic()
            self._print("…", "dim", text)

    def _on_turn(self, event: Event) -> None:
        """What concerns the run as a whole."""
        match event.kind:
            case Kind.FAILED:
                self._print("✗", "bold red", event.text)
                for line in event.lines:
                    prefix = Text(f"  {event.name:<{_NAME_WIDTH}}│ ", style="red")
                    self.console.print(prefix + Text(line), soft_wrap=True)
            case Kind.ALL_READY if event.seconds:
                self._print("✓", "green", f"all is ready after {event.seconds:.1f} s")
            case Kind.STOPPING:
                self._print("·", "dim", "stopping")
            case Kind.STOPPED:
                self._print("✓", "green", f"stopped, the data is kept ({event.seconds:.1f} s)")

    def on_line(self, name: str, line: str) -> None:
        if self.lines:
            text = Text(f"{name:<{_NAME_WIDTH}}│ ", style=_COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)])
            self.console.print(text + Text.from_ansi(line), soft_wrap=True)

    def close(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _print(self, mark: str, style: str, text: str) -> None:
        self.console.print(Text(mark, style=style) + Text(f" {text}"), soft_wrap=True)

    def _refresh_status(self) -> None:
        if not self.console.is_terminal or not self._starting:
            self.close()
            return
        text = self._waiting or f"starting {', '.join(self._starting)}"
        if self._status is None:
            self._status = self.console.status(text)
            self._status.start()
        else:
            self._status.update(text)


def print_addresses(console: Console, addresses: Sequence[Address]) -> None:
    """The table: never folded, so that an address can be clicked and copied."""
    rows = [
        ("name", "address", "what it is", "login"),
        *((a.name, a.url, a.what, a.login) for a in addresses),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    console.print()
    for number, row in enumerate(rows):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        console.print(Text(text, style="bold" if number == 0 else ""), soft_wrap=True)
    console.print()
