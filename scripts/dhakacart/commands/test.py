"""`dhakacart test`: the suites."""

import typer

from dhakacart.operations.paths import Checkout
from dhakacart.operations.suites import Suite, run_pytest, run_storefront


def main(context: typer.Context) -> None:
    """Run every suite on real servers. Arguments go to pytest, and leave the storefront's own tests out."""
    checkout = Checkout.here()
    suites: list[Suite | None] = [run_pytest(checkout, context.args)]
    if not context.args:
        suites.append(run_storefront(checkout))
    raise typer.Exit(show([suite for suite in suites if suite is not None]))


def show(suites: list[Suite]) -> int:
    """Prints the numbers of all suites in one line; the exit status."""
    reasons = [reason for suite in suites for reason in suite.reasons]
    line = (
        f"passed {sum(suite.passed for suite in suites)}, failed {sum(suite.failed for suite in suites)},"
        f" skipped {sum(suite.skipped for suite in suites)}"
    )
    typer.echo(line + (f": {'; '.join(reasons)}" if reasons else ""))
    return max((suite.status for suite in suites), default=0)
