"""`dhakacart lock`: the dependencies' exact versions."""

from typing import Annotated

import typer

from dhakacart.operations.locks import write_locks
from dhakacart.operations.paths import Checkout

Upgrade = Annotated[
    bool, typer.Option("--upgrade", envvar="UPGRADE", help="Take the newest versions allowed.")
]


def main(upgrade: Upgrade = False) -> None:
    """Write requirements*.txt from requirements*.in: hashes, no host names, one lock for every platform."""
    for path in write_locks(Checkout.here().root, upgrade=upgrade):
        typer.echo(f"written: {path}")
