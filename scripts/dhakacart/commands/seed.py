"""`dhakacart seed`: the demonstration shop."""

import subprocess
import sys
from typing import Annotated

import typer

from dhakacart import engines
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Arguments = Annotated[list[str] | None, typer.Argument(help="Passed on to `manage.py seed`.")]


def main(arguments: Arguments = None) -> None:
    """Fill the running shop with the demonstration data; does nothing where they already are."""
    checkout = Checkout.here()
    engine = engines.running(checkout)
    if engine is None:
        raise ProblemError("this checkout is not running", hint="make dev (it seeds too)")
    command = [sys.executable, "manage.py", "seed", *(arguments or [])]
    raise typer.Exit(
        subprocess.run(command, cwd=checkout.shop, env=engine.environment(), check=False).returncode
    )
