"""`dhakacart secrets`: development secrets."""

import typer

from dhakacart.operations.paths import Checkout
from dhakacart.operations.secrets import create_development_files

app = typer.Typer(help="Development secrets: made here, kept outside git.", no_args_is_help=True)


@app.callback()
def secrets() -> None:
    """Keeps `init` a word of its own while it is the only one."""


@app.command()
def init() -> None:
    """Make every secret and certificate that is missing or about to end. Safe to repeat."""
    folder = Checkout.here().secrets
    made = create_development_files(folder)
    typer.echo(f"made: {', '.join(made)}" if made else f"nothing to make: {folder} is complete")
