"""`dhakacart logs`: what the processes print."""

from typing import Annotated

import typer
from rich.console import Console

from dhakacart import engines
from dhakacart.commands.progress import Progress
from dhakacart.operations.log_files import follow_logs
from dhakacart.operations.paths import Checkout

Name = Annotated[str, typer.Argument(envvar="SERVICE", help="One process; all when not given.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", envvar="FOLLOW", help="Go on until Ctrl-C.")]
Lines = Annotated[int, typer.Option("--lines", "-n", envvar="LINES_SHOWN", help="So many lines of each.")]


def main(name: Name = "", follow: Follow = False, lines: Lines = 30) -> None:
    """Print the end of the processes' output."""
    checkout = Checkout.here()
    progress = Progress(Console(highlight=False))
    progress.lines = True
    engine = engines.running(checkout)
    output = (
        engine.output(name, lines=lines, follow=follow)
        if engine is not None
        else follow_logs(checkout.logs, name, lines=lines, follow=follow)
    )
    for process, line in output:
        progress.on_line(process, line)
