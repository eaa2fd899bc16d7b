"""`dhakacart check`: everything that can be said of the code without running it."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from dhakacart.operations.check_context import Context
from dhakacart.operations.checks import CHECKS, Outcome, Result, run_checks
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

_STYLES = {Result.PASSED: "green", Result.FAILED: "bold red", Result.NOTHING: "dim"}
_MAX_PARALLEL = 4
Only = Annotated[str, typer.Option("--only", envvar="ONLY", help="Those whose name contains this.")]


def main(only: Only = "") -> None:
    """Run every check side by side. Edits nothing."""
    console = Console(highlight=False)
    chosen = [check for check in CHECKS if only.lower() in check.name.lower()]
    if not chosen:
        names = ", ".join(check.name for check in CHECKS)
        raise ProblemError(f"no check is called {only!r}; there are: {names}", exit_status=2)
    failed: list[Outcome] = []
    passed = 0
    with tempfile.TemporaryDirectory(prefix="dhakacart-check-") as scratch:
        context = Context(Checkout.here(), Path(scratch))
        context.prepare()
        for outcome in run_checks(chosen, context, parallel=min(_MAX_PARALLEL, max(2, os.cpu_count() or 2))):
            _show(console, outcome)
            passed += outcome.result is Result.PASSED
            if outcome.result is Result.FAILED:
                failed.append(outcome)
    for outcome in failed:
        console.print(Text(f"\n── {outcome.name}", style="bold red"))
        console.print(Text(outcome.output), soft_wrap=True)
    nothing = len(chosen) - passed - len(failed)
    console.print(
        f"\n{passed} passed, {len(failed)} failed{f', {nothing} had nothing to check' if nothing else ''}"
    )
    raise typer.Exit(1 if failed else 0)


def _show(console: Console, outcome: Outcome) -> None:
    line = Text(f"{outcome.name:<42} {outcome.seconds:6.1f} s  ")
    console.print(line + Text(outcome.result, style=_STYLES[outcome.result]), soft_wrap=True)
