"""`dhakacart manage`: Django's manage.py with the right settings."""

import typer

from dhakacart import engines
from dhakacart.commands.run import run
from dhakacart.engines.embedded import EmbeddedEngine
from dhakacart.operations.paths import Checkout


def main(context: typer.Context) -> None:
    """Run manage.py in the shop that runs; where none does, on this machine's Python, which is all that many need."""
    checkout = Checkout.here()
    engine = engines.running(checkout) or EmbeddedEngine(checkout)
    raise typer.Exit(run(engine.manage(context.args)))
