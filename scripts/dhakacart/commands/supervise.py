"""`dhakacart supervise`: the background half of `dhakacart dev`, not for people to call."""

import typer

from dhakacart.commands.options import Isolated
from dhakacart.engines.embedded import EmbeddedEngine
from dhakacart.engines.protocol import UpOptions
from dhakacart.operations.daemon import events_to_pipe
from dhakacart.operations.events import Event, Kind
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError


def supervise(isolated: Isolated = False) -> None:
    """Run everything until SIGTERM, and tell whoever started it."""
    send = events_to_pipe()
    options = UpOptions(isolated=isolated, detach=False, on_event=send, on_line=lambda _name, _line: None)
    try:
        status = EmbeddedEngine(Checkout.here()).supervise(options)
    except ProblemError as problem:
        send(Event(Kind.FAILED, text=f"{problem.message}{f' -> {problem.hint}' if problem.hint else ''}"))
        status = problem.exit_status
    except PermissionError as error:
        send(Event(Kind.FAILED, text=f"no permission: {error.filename} -> it belongs to another user"))
        status = 1
    raise typer.Exit(status)
