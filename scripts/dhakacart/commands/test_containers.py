"""`dhakacart test-containers`: the suites that need a Docker engine."""

import typer

from dhakacart.commands.test import show
from dhakacart.operations.paths import Checkout
from dhakacart.operations.suites import run_pytest_on_engine


def main(context: typer.Context) -> None:
    """Run what needs a Docker engine: images, edge, the whole shop in containers. Arguments go to pytest."""
    raise typer.Exit(show([run_pytest_on_engine(Checkout.here(), context.args)]))
