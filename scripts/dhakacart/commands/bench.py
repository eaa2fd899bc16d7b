"""`dhakacart bench`: ratios."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dhakacart.operations.bench import measure
from dhakacart.operations.bench_report import write_report
from dhakacart.operations.bench_rows import ROWS
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Only = Annotated[str, typer.Option("--only", envvar="ONLY", help="Rows whose name contains this.")]
Rounds = Annotated[
    int, typer.Option("--rounds", envvar="ROUNDS", help="So many rounds of A B B A; 0: the row's own.")
]


def main(only: Only = "", rounds: Rounds = 0) -> None:
    """Measure two arms in turns, and print the ratio of their medians with its goal. A missed goal is no error."""
    console = Console(highlight=False)
    rows = [row for row in ROWS if only.lower() in row.name.lower()]
    if not rows:
        raise ProblemError(
            f"no row is called {only!r}; there are: {'; '.join(row.name for row in ROWS)}", exit_status=2
        )
    results = []
    for row in rows:
        with console.status(f"measuring {row.name}"):
            results.append(measure(row, rounds=rounds or None))
    table = Table("row", "subject", "reference", "ratio", "spread", "goal", "")
    for result in results:
        table.add_row(
            result.row.name,
            f"{result.subject.median:,.0f} {result.row.unit}",
            f"{result.reference.median:,.0f} {result.row.unit}",
            f"{result.ratio:.2f}",
            f"±{result.spread / 2:.2f}",
            f"{result.row.goal:.2f}",
            "[green]reached[/]" if result.reached else "[yellow]missed[/]",
        )
    console.print(table)
    root = Checkout.here().root
    for path in write_report(results, root / "bench-results"):
        console.print(f"written: {path.relative_to(root)}", soft_wrap=True)
