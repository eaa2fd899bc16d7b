"""`dhakacart down`: the end of whatever runs of this checkout."""

from rich.console import Console

from dhakacart import engines
from dhakacart.commands.progress import Progress
from dhakacart.operations.paths import Checkout


def main() -> None:
    """Stop everything that runs here; the data stays."""
    console = Console(highlight=False)
    progress = Progress(console)
    stopped = [engine.down(progress.on_event) for engine in engines.engines(Checkout.here())]
    if not any(stopped):
        console.print("nothing was running")
