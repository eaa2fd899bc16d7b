"""`dhakacart shell`: a prompt inside the running shop."""

import os
import sys
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
    if db:
        command, environment = engine.database_shell()
    else:
        command, environment = [sys.executable, "manage.py", "shell"], engine.environment()
    os.chdir(checkout.shop)
    os.execve(command[0], command, environment)  # noqa: S606 - the shell takes this process's place
