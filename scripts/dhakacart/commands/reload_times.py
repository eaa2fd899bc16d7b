"""`dhakacart reload-times`: how long a save takes to show."""

import json
import signal
import sys
from typing import Annotated

import typer
from rich.console import Console

from dhakacart.commands.options import Json
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.reload_probe import Probe
from dhakacart.operations.reload_targets import embedded, tilt, tilt_cluster
from dhakacart.operations.reload_times import Row, measure, to_markdown

_TARGETS = {"embedded": embedded, "tilt": tilt, "tilt-cluster": tilt_cluster}
Targets = Annotated[
    str, typer.Option("--target", envvar="TARGET", help="embedded, tilt, tilt-cluster; several by commas.")
]
Rounds = Annotated[int, typer.Option("--rounds", envvar="ROUNDS", min=1, help="So many saves of each file.")]


def main(target: Targets = "embedded,tilt", rounds: Rounds = 5, as_json: Json = False) -> None:
    """Start a shop beside yours, save files in it, and time until each shows; the files are as before at the end."""
    names = target.split(",")
    if unknown := [name for name in names if name not in _TARGETS]:
        raise ProblemError(
            f"no target is called {unknown[0]!r}; there are: {', '.join(_TARGETS)}", exit_status=2
        )
    # A polite end takes the probe out of the files, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    checkout = Checkout.here()
    console = Console(stderr=True)
    rows: list[Row] = []
    for name in names:
        with console.status(f"starting {name}") as status, _TARGETS[name](checkout) as running:
            status.update(f"measuring {name}")
            rows += measure(name, running, Probe(checkout.root), rounds=rounds)
    typer.echo(json.dumps([row.to_json() for row in rows], indent=2) if as_json else to_markdown(rows))
