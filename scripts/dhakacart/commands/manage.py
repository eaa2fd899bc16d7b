"""`dhakacart manage`: Django's manage.py with the right settings."""

import subprocess
import sys

import typer

from dhakacart import engines
from dhakacart.operations.paths import Checkout


def main(context: typer.Context) -> None:
    """Run manage.py in the shop's environment; needs a running shop only where the command itself does."""
    checkout = Checkout.here()
    engine = engines.running(checkout) or engines.choose(checkout)[0]
    command = [sys.executable, "manage.py", *context.args]
    raise typer.Exit(
        subprocess.run(command, cwd=checkout.shop, env=engine.environment(), check=False).returncode
    )
