"""`dhakacart shell`: a prompt inside the running shop."""

import os
from typing import Annotated

import typer

from dhakacart import engines
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Database = Annotated[bool, typer.Option("--db", envvar="DB", help="SQL on the shop's database, not Python.")]


def main(db: Database = False) -> None:
    """Open Django's shell (or the database's) with the running shop's settings."""
    checkout = Checkout.here()
    engine = engines.running(checkout)
    if engine is None:
        raise ProblemError("this checkout is not running", hint="make dev")
    command = engine.database_shell() if db else engine.manage(["shell"])
    os.chdir(command.folder)
    os.execvpe(command.words[0], command.words, command.environment)  # noqa: S606 - it takes this process's place
