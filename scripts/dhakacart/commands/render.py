"""`dhakacart render`: what an overlay is for kubectl, and whether it may be."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from dhakacart.operations.kustomize import render_overlay
from dhakacart.operations.manifests import name_jobs
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

Overlay = Annotated[str, typer.Argument(envvar="OVERLAY", help="A folder of k8s/overlays.")]
Output = Annotated[
    Path | None, typer.Option("--output", envvar="OUTPUT", help="Write it there, not to the terminal.")
]


def main(overlay: Overlay = "local", output: Output = None) -> None:
    """Print an overlay's manifests, or a line for each rule (schemas, policies) that they break.

    A Job is named by its content: of one that is there already, kubectl apply could change nothing.
    """
    # Only where it is needed: the schemas' library takes long to load.
    from dhakacart.operations.manifest_check import object_violations

    objects = render_overlay(Checkout.here().root, overlay)
    broken = object_violations(objects)
    if broken:
        # Nothing on standard output: it may lead to `kubectl apply`.
        for complaint in broken:
            typer.echo(f"{overlay}: {complaint}", err=True)
        raise ProblemError(f"{overlay} breaks {len(broken)} rules", hint="each is a line above")
    text = yaml.safe_dump_all(name_jobs(objects), sort_keys=False, explicit_start=True)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text)
