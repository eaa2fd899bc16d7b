"""`dhakacart seed`: the demonstration shop."""

from typing import Annotated

import typer

from dhakacart import engines
from dhakacart.commands.run import run
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Arguments = Annotated[list[str] | None, typer.Argument(help="Passed on to `manage.py seed`.")]


def main(arguments: Arguments = None) -> None:
    """Fill the running shop with the demonstration data; does nothing where they already are."""
    checkout = Checkout.here()
    engine = engines.running(checkout)
    if engine is None:
        raise ProblemError("this checkout is not running", hint="make dev (it seeds too)")
    raise typer.Exit(run(engine.manage(["seed", *(arguments or [])])))
