"""`dhakacart manage`: Django's manage.py with the right settings."""

import typer

from dhakacart import engines
from dhakacart.commands.run import run
from dhakacart.operations.paths import Checkout


def main(context: typer.Context) -> None:
    """Run manage.py in the shop's environment; needs a running shop only where the command itself does."""
    checkout = Checkout.here()
    engine, _ = engines.choose(checkout)
    raise typer.Exit(run(engine.manage(context.args)))
