"""`dhakacart parity`: whether Compose and Kubernetes run the same."""

import json
from typing import Annotated

import typer
from rich.console import Console

from dhakacart.commands.options import Json
from dhakacart.operations.parity.report import last_line, to_json, to_table
from dhakacart.operations.parity.run import compare_live, compare_rendered
from dhakacart.operations.paths import Checkout

_WIDE_COLUMNS = 180

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[OVERLAY]...",
        help="All when none is named; with --live: compose, cluster.",
        envvar="OVERLAY",
    ),
]
Live = Annotated[
    bool, typer.Option("--live", envvar="LIVE", help="Look at what runs, not at what is written.")
]
Project = Annotated[
    str, typer.Option("--project", envvar="PROJECT", help="The Compose project to look at, when several run.")
]
Context = Annotated[
    str,
    typer.Option("--context", envvar="CONTEXT", help="kubectl's context; its current one when not given."),
]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace", envvar="NAMESPACE", help="Where the shop runs, if not where the overlay says."
    ),
]


def main(
    names: Names = None,
    *,
    as_json: Json = False,
    live: Live = False,
    project: Project = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """Compare Compose with each overlay, service by service. Exit status 1 for a difference that is not declared."""
    root = Checkout.here().root
    if live:
        comparisons = compare_live(root, names or (), project=project, context=context, namespace=namespace)
    else:
        comparisons = compare_rendered(root, names or ())
    if as_json:
        typer.echo(json.dumps(to_json(comparisons), indent=2, ensure_ascii=False))
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = _WIDE_COLUMNS
        console.print(to_table(comparisons))
        console.print(f"\n{last_line(comparisons)}")
    raise typer.Exit(0 if all(one.holds for one in comparisons) else 1)
