"""`dhakacart urls`: the table of addresses again."""

import json

import typer
from rich.console import Console

from dhakacart import engines
from dhakacart.commands.options import Json
from dhakacart.commands.progress import print_addresses
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError


def main(as_json: Json = False) -> None:
    """Print name, address, purpose and login of everything that runs."""
    engine = engines.running(Checkout.here())
    if engine is None:
        raise ProblemError(
            "this checkout is not running",
            hint="make dev (why the last run ended: make logs SERVICE=supervisor)",
        )
    if as_json:
        typer.echo(json.dumps([address.to_json() for address in engine.urls()], indent=2))
    else:
        print_addresses(Console(highlight=False), engine.urls())
