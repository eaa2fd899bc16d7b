"""`dhakacart doctor`: what this machine lacks."""

import sys

import typer

from dhakacart.commands.options import Json
from dhakacart.operations.doctor import examine
from dhakacart.operations.findings import exit_status, to_json, to_text


def main(as_json: Json = False) -> None:
    """Look at every prerequisite: pass, warn or fail, why it matters, the exact fix. Exit status 1 only on fail."""
    findings = examine()
    typer.echo(to_json(findings) if as_json else to_text(findings, colour=sys.stdout.isatty()))
    raise typer.Exit(exit_status(findings))
