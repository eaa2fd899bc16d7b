"""`dhakacart images`: every image, built once; pushed, and named by digest in a release."""

from typing import Annotated

import typer
from rich.console import Console

from dhakacart.commands.options import OverlayName
from dhakacart.commands.progress import Progress
from dhakacart.operations.docker import engine_lacks, require_free_disk
from dhakacart.operations.image_build import Image, build, push, require_architecture, require_registry
from dhakacart.operations.kustomize import overlay_images
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import require_released, write_release
from dhakacart.operations.stack_failure import StackFailure

Push = Annotated[
    str,
    typer.Option("--push", "--to", envvar="PUSH", help="Registry to push to: registry.example/dhakacart."),
]


def main(registry: Push = "", overlay: OverlayName = "staging") -> None:
    """Build every image. With a registry: push those of the overlay, and write their digests into its release."""
    checkout = Checkout.here()
    wanted: list[str] = []
    if registry:
        require_registry(registry)
        require_released(overlay)
        wanted = overlay_images(checkout.root, overlay)
    if lacks := engine_lacks():
        raise ProblemError(f"images need a Docker engine: {lacks}")
    require_free_disk()
    progress = Progress(Console(stderr=True, highlight=False))
    try:
        images = build(checkout, on_event=progress.on_event)
        _show(images)
        if not registry:
            typer.echo(
                "not pushed, so there are no digests: staging and production cannot be rendered from these"
                " (make images PUSH=<registry>)"
            )
            return
        released = [one for one in images if one.name in wanted]
        require_architecture(released)
        pushed = push(released, registry, on_event=progress.on_event)
    except StackFailure as failure:
        raise ProblemError(str(failure), hint=failure.hint) from None
    finally:
        progress.close()
    path = write_release(checkout.root, overlay, pushed)
    typer.echo(f"written: {path.relative_to(checkout.root)} ({len(pushed)} digests)")


def _show(images: list[Image]) -> None:
    width = max(len(one.name) for one in images)
    for one in images:
        typer.echo(
            f"{one.name:<{width}}  {one.version.name}  {one.size_bytes / 1e6:.0f} MB  {one.architecture}"
            f"  {one.identity[:19]}"
        )
