"""`dhakacart fix`: edits what a program can put right."""

import tempfile
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from dhakacart.operations.check_context import Context
from dhakacart.operations.fixes import FIXES
from dhakacart.operations.paths import Checkout


def main() -> None:
    """Format, sort, regenerate. What is left to do by hand is printed, with exit status 1."""
    console = Console(highlight=False)
    left = False
    with tempfile.TemporaryDirectory(prefix="dhakacart-fix-") as scratch:
        context = Context(Checkout.here(), Path(scratch))
        context.prepare()
        for fix in FIXES:
            remains = fix.apply(context)
            console.print(f"{fix.name:<42} {'by hand:' if remains else 'done'}")
            if remains:
                left = True
                console.print(Text(remains), soft_wrap=True)
    raise typer.Exit(1 if left else 0)
