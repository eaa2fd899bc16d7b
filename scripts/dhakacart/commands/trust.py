"""`dhakacart trust`: no warning in the browser."""

import os
import shlex
import sys

import typer

from dhakacart.operations.paths import Checkout
from dhakacart.operations.secrets import create_development_files
from dhakacart.operations.trust import authority_file, trust


def main() -> None:
    """Install this checkout's local authority on this machine. Needs root: it asks by sudo, and shows each command."""
    secrets = Checkout.here().secrets
    create_development_files(secrets)
    authority = authority_file(secrets)
    trust(
        sys.platform,
        authority,
        is_root=os.geteuid() == 0,
        show=lambda command: typer.echo(f"$ {shlex.join(command)}"),
    )
    typer.echo(
        f"installed: this machine's tools trust it. Firefox, and Chromium on Linux, keep a store of their own:"
        f" import {authority} there under Certificates, Authorities. make reset makes a new authority."
    )
