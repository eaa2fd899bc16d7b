"""`dhakacart dev`: the shop, working."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from dhakacart import engines
from dhakacart.commands.options import EngineName, Isolated
from dhakacart.commands.progress import Progress, print_addresses
from dhakacart.engines.protocol import UpOptions
from dhakacart.operations.events import Event, Kind
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Detach = Annotated[bool, typer.Option("--detach", envvar="DETACH", help="Return when all is ready.")]


def main(engine: EngineName = "", detach: Detach = False, isolated: Isolated = False) -> None:
    """Bring the shop up: on a terminal it stays and shows the output, otherwise it returns when all is ready."""
    checkout = Checkout.here()
    console = Console(highlight=False)
    chosen, reason = engines.choose(checkout, engine)
    console.print(f"engine: {chosen.name} ({reason})", soft_wrap=True, markup=False)
    # Without a name, what runs is what was chosen.
    other = engines.running(checkout) if engine else None
    if other is not None and other.name != chosen.name:
        raise ProblemError(f"this checkout already runs by engine {other.name}", hint="make down")
    attached = sys.stdin.isatty() and sys.stdout.isatty() and not detach
    progress = Progress(console)

    def on_event(event: Event) -> None:
        progress.on_event(event)
        if event.kind is Kind.ALL_READY:
            progress.close()
            print_addresses(console, chosen.urls())
            console.print(
                "stop: Ctrl-C" if attached else "stop: make down · this table: make urls · output: make logs"
            )
            progress.lines = True

    try:
        status = chosen.up(
            UpOptions(isolated=isolated, detach=not attached, on_event=on_event, on_line=progress.on_line)
        )
    finally:
        progress.close()
    raise typer.Exit(status)
