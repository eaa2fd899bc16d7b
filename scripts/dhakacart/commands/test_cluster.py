"""`dhakacart test-cluster`: the suites that need a Kubernetes cluster."""

import typer

from dhakacart.commands.test import show
from dhakacart.operations.paths import Checkout
from dhakacart.operations.suites import run_pytest_on_cluster


def main(context: typer.Context) -> None:
    """Deploy the shop to the current context and prove what it must do there. Arguments go to pytest."""
    raise typer.Exit(show([run_pytest_on_cluster(Checkout.here(), context.args)]))
