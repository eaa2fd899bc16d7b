"""`dhakacart reset`: start over."""

import sys

import typer
from rich.console import Console

from dhakacart import engines
from dhakacart.commands.options import Yes
from dhakacart.commands.progress import Progress
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.tidying import remove_folders


def main(yes: Yes = False) -> None:
    """Stop everything and remove this checkout's data, secrets and logs. Asks first."""
    checkout = Checkout.here()
    if not yes:
        if not sys.stdin.isatty():
            raise ProblemError("there is no terminal to ask on", hint="make reset YES=1", exit_status=2)
        typer.confirm(f"Remove the databases, secrets and logs of {checkout.root}?", abort=True)
    console = Console(highlight=False)
    progress = Progress(console)
    for engine in engines.engines(checkout):
        engine.reset(progress.on_event)
    # When no engine has refused: data that stay would be lost with their passwords.
    remove_folders(checkout.secrets, checkout.logs)
    console.print("removed; make dev makes them anew")
