"""`dhakacart cluster`: what the Tiltfile asks for under --target=cluster; people use make dev ENGINE=cluster."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from dhakacart.commands.options import Isolated
from dhakacart.operations.cluster_images import build_for_cluster, provide
from dhakacart.operations.cluster_overlay import render_space
from dhakacart.operations.cluster_space import Space, SpaceRecords
from dhakacart.operations.cluster_start import apply
from dhakacart.operations.cluster_up import here, prepare
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.events import Event, Kind
from dhakacart.operations.manifests import kind_is, name_jobs, workloads
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.stack_failure import StackFailure

app = typer.Typer(hidden=True, no_args_is_help=True)
Context = Annotated[str, typer.Option("--context", help="kubectl's own where none is named.")]
Components = Annotated[list[str] | None, typer.Argument(help="Folders of k8s/components to add.")]
_Result = TypeVar("_Result")


@app.command("prepare")
def prepare_space(components: Components = None, isolated: Isolated = False, context: Context = "") -> None:
    """Apply all but what makes pods and leads to them; print the namespace and those as JSON: they are Tilt's.

    So `tilt down` takes away neither data, Secrets and policies nor what other namespaces need too.
    """
    checkout = Checkout.here()
    allowed = here(checkout, context)
    namespace = allowed.namespace(checkout, isolated=isolated)
    space = Space(checkout, allowed.name, namespace, _ports())
    objects = render_space(space, {}, components=components or [])
    # A Job cannot be changed: Tilt replaces one, so that another in its place is what there will be.
    judged = name_jobs(copy.deepcopy(objects))
    _without_failure(lambda: prepare(space, judged))
    SpaceRecords.read(checkout).remember(space)
    makes_pods = [one.source for one in workloads(objects)]
    of_tilt = [*makes_pods, *kind_is(objects, "Service")]
    apply(space.kubectl, [one for one in objects if one not in of_tilt])
    typer.echo(json.dumps({"namespace": namespace, "objects": of_tilt}))


@app.command("image")
def image(name: str, reference_file: Path, context: Context = "") -> None:
    """Build one image, bring it to the cluster, and write what pods call it into a file."""
    checkout = Checkout.here()
    allowed = here(checkout, context)
    identity = _without_failure(lambda: build_for_cluster(checkout, on_event=_say, only=name))
    if name not in identity:
        raise ProblemError(f"no image is called {name!r}", exit_status=2)
    reference = provide(identity, allowed, checkout, on_event=_say)[name]
    reference_file.parent.mkdir(parents=True, exist_ok=True)
    reference_file.write_text(reference)
    typer.echo(f"{name}: {reference}")


def _ports() -> StackPorts:
    """The ports of a second stack beside the first, by the variables that Compose takes too (HTTPS_PORT and its kin)."""
    given = {
        name: os.environ.get(f"{name.upper()}_PORT", str(port)) for name, port in StackPorts().named().items()
    }
    return StackPorts(**{name: int(port) for name, port in given.items()})


def _say(event: Event) -> None:
    if event.kind in (Kind.STARTING, Kind.WAITING, Kind.NOTE):
        typer.echo(f"{event.name} {event.text}".strip(), err=True)


def _without_failure(work: Callable[[], _Result]) -> _Result:
    """A failure as one line and its output. Raises ProblemError."""
    try:
        return work()
    except StackFailure as failure:
        for line in failure.lines:
            typer.echo(f"  {line}", err=True)
        raise ProblemError(failure.text, hint=failure.hint) from None
