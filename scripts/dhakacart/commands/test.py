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
    ran = [suite for suite in suites if suite is not None]
    reasons = [reason for suite in ran for reason in suite.reasons]
    line = (
        f"passed {sum(suite.passed for suite in ran)}, failed {sum(suite.failed for suite in ran)},"
        f" skipped {sum(suite.skipped for suite in ran)}"
    )
    typer.echo(line + (f": {'; '.join(reasons)}" if reasons else ""))
    raise typer.Exit(max((suite.status for suite in ran), default=0))
