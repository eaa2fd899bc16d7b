"""The entry point of `dhakacart`: collects the verbs, and turns a ProblemError into one line."""

import sys
from types import ModuleType

import typer
from rich.console import Console
from rich.text import Text

from dhakacart.commands import (
    bench,
    check,
    cluster,
    dev,
    doctor,
    down,
    fix,
    images,
    lock,
    logs,
    manage,
    parity,
    reload_times,
    render,
    reset,
    secrets,
    seed,
    shell,
    supervise,
    test,
    test_cluster,
    test_containers,
    trust,
    urls,
)
from dhakacart.operations.problem import ProblemError

app = typer.Typer(
    name="dhakacart",
    help="DhakaCart's verbs. `make help` lists the same, with make's spelling of the options.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _verb(command: ModuleType) -> str:
    """make's spelling: test-containers for commands/test_containers.py."""
    return command.__name__.rpartition(".")[2].replace("_", "-")


for command in (
    dev,
    urls,
    logs,
    down,
    reset,
    seed,
    shell,
    check,
    fix,
    bench,
    reload_times,
    images,
    render,
    parity,
    doctor,
    trust,
    lock,
):
    app.command(_verb(command))(command.main)
for command in (test, test_containers, test_cluster, manage):
    app.command(
        _verb(command),
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )(command.main)
app.command(hidden=True)(supervise.supervise)
app.add_typer(secrets.app, name="secrets")
app.add_typer(cluster.app, name="cluster")


def main() -> None:
    """Runs the verb; exit status 1 (or the problem's own) for a ProblemError, 130 after Ctrl-C."""
    try:
        app()
    except ProblemError as problem:
        _explain(problem.message, problem.hint)
        sys.exit(problem.exit_status)
    except PermissionError as error:
        _explain(
            f"no permission: {error.filename}", "it belongs to another user, or DHAKACART_CACHE is to be set"
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _explain(message: str, hint: str) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text("error: ", style="bold red") + Text(message))
    if hint:
        console.print(Text("  fix: ", style="bold") + Text(hint))
