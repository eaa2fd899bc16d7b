"""`dhakacart logs`: what the processes print."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dhakacart.commands.progress import Progress
from dhakacart.operations.log_files import LogFollower
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Name = Annotated[str, typer.Argument(envvar="SERVICE", help="One process; all when not given.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", envvar="FOLLOW", help="Go on until Ctrl-C.")]
Lines = Annotated[int, typer.Option("--lines", "-n", envvar="LINES_SHOWN", help="So many lines of each.")]
_POLL_SECONDS = 0.3


def main(name: Name = "", follow: Follow = False, lines: Lines = 30) -> None:
    """Print the end of the processes' output."""
    folder = Checkout.here().logs
    known = sorted(folder.glob("*.log"))
    chosen = [path for path in known if name in ("", path.stem)]
    if not chosen:
        names = ", ".join(path.stem for path in known)
        raise ProblemError(
            f"no output of {name or 'anything'} yet{f'; there is: {names}' if names else ''}", exit_status=2
        )
    progress = Progress(Console(highlight=False))
    progress.lines = True
    followers = [(path, LogFollower(path, lines)) for path in chosen]
    _show(followers, progress)
    while follow:
        time.sleep(_POLL_SECONDS)
        _show(followers, progress)


def _show(followers: list[tuple[Path, LogFollower]], progress: Progress) -> None:
    for path, follower in followers:
        for line in follower.new_lines():
            progress.on_line(path.stem, line)
