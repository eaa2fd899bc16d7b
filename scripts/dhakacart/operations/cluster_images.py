"""Getting images into a cluster: named by their content, and loaded or pushed only when they are not there yet."""

import contextlib
import fcntl
import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dhakacart.operations.cluster_contexts import AllowedContext
from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.compose import PROJECT, Stack, StackPorts
from dhakacart.operations.docker import call, docker_environment
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.image_build import Image, Version, push
from dhakacart.operations.images import build_images
from dhakacart.operations.kustomize import overlay_images
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.programs import run_program
from dhakacart.operations.release import PREFIX, image_name

OVERLAY = "local"
_LOAD_SECONDS = 900.0
_TAG_CHARACTERS = 12


@dataclass(frozen=True)
class ClusterStack(Stack):
    """The Compose project as far as a cluster needs its images: the overlay's, or one of them."""

    only: str = ""

    def images(self) -> dict[str, str]:
        wanted = {self.only} if self.only else set(overlay_images(self.checkout.root, OVERLAY))
        return {image: service for image, service in super().images().items() if image_name(image) in wanted}


def build_for_cluster(checkout: Checkout, *, on_event: OnEvent, only: str = "") -> dict[str, str]:
    """Builds them as every engine does; name -> identity (`sha256:...`). Raises StackFailure, ProblemError."""
    stack = ClusterStack(checkout, PROJECT, StackPorts(), only)
    images = stack.images()
    build_images(stack, logs=checkout.logs, on_event=on_event)
    form = "{{.Id}}"
    return {
        image_name(one): call(["docker", "image", "inspect", "--format", form, one]).strip() for one in images
    }


def provide(
    identities: Mapping[str, str], context: AllowedContext, checkout: Checkout, *, on_event: OnEvent
) -> dict[str, str]:
    """Brings images to where the cluster finds them; name -> reference for its pods. Raises ProblemError.

    The reference says what is in it: a changed image is another one, so that pods roll, and an unchanged one rolls none.
    """
    tags = {name: identity.partition(":")[2][:_TAG_CHARACTERS] for name, identity in identities.items()}
    with _Known.of(checkout, context) as known:
        if context.is_local:
            references = {name: f"{PREFIX}{name}:{tag}" for name, tag in tags.items()}
            new = [name for name, reference in references.items() if reference not in known.images]
            for name in new:
                call(["docker", "tag", identities[name], references[name]])
            if new:
                _load([references[name] for name in new], context, on_event)
            known.images.update({references[name]: references[name] for name in new})
            return references
        keys = {name: f"{context.registry}/{name}:{tag}" for name, tag in tags.items()}
        new = [name for name, key in keys.items() if key not in known.images]
        pushed = push(
            [Image(name, identities[name], Version(tags[name], ""), identities[name], 0, "") for name in new],
            context.registry,
            on_event=on_event,
        )
        # The tag for Tilt, which wants one; the digest is what a node goes by.
        known.images.update(
            {keys[name]: f"{keys[name]}@{one.partition('@')[2]}" for name, one in pushed.items()}
        )
        return {name: known.images[key] for name, key in keys.items()}


def forget_provided(context: AllowedContext, checkout: Checkout) -> None:
    """A node lacked an image that was known to be there: all are brought again next time."""
    _known_file(checkout, context).unlink(missing_ok=True)


def _load(references: list[str], context: AllowedContext, on_event: OnEvent) -> None:
    words = [*context.load, *references]
    shown = f"CLUSTER_LOAD ({shlex.join(context.load)})"
    began = time.monotonic()
    on_event(Event(Kind.STARTING, name="load", text=f"{len(references)} images into {context.name}"))
    try:
        result = run_program(
            words,
            # What loads them finds its cluster by variables of its own, which only the user knows.
            environment=dict(os.environ) | docker_environment(),
            timeout_seconds=_LOAD_SECONDS,
        )
    except FileNotFoundError:
        raise ProblemError(
            f"there is no {words[0]}, which {shown} names to load images into {context.name}",
            hint="install it, or give CLUSTER_LOAD=<the command that loads images into your cluster>",
        ) from None
    except subprocess.TimeoutExpired:
        raise ProblemError(f"{shown} has not ended within {_LOAD_SECONDS:g} s") from None
    if result.returncode != 0:
        lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
        raise ProblemError(
            f"{shown} could not load images into {context.name}: {lines[-1] if lines else f'status {result.returncode}'}",
            hint="CLUSTER_LOAD=<the command that loads images into your cluster>; it gets their names as arguments",
        )
    on_event(Event(Kind.READY, name="load", seconds=time.monotonic() - began))


@dataclass
class _Known:
    """What a cluster has, as far as this checkout brought it; worth nothing once its nodes are others."""

    nodes: list[str]
    images: dict[str, str]

    @classmethod
    @contextlib.contextmanager
    def of(cls, checkout: Checkout, context: AllowedContext) -> Iterator["_Known"]:
        """For one process at a time; what is added to `images` is kept also when a later step fails."""
        path = _known_file(checkout, context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            nodes = _nodes(context) if context.is_local else [context.registry]
            known = cls(nodes, {})
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                value = json.loads(path.read_text())
                if value["nodes"] == nodes:
                    known.images = dict(value["images"])
            try:
                yield known
            finally:
                temporary = path.with_name(f".{path.name}.{os.getpid()}")
                temporary.write_text(json.dumps({"nodes": known.nodes, "images": known.images}, indent=1))
                temporary.replace(path)


def _known_file(checkout: Checkout, context: AllowedContext) -> Path:
    return checkout.private / "cluster" / f"images-{context.name.replace('/', '-')}.json"


def _nodes(context: AllowedContext) -> list[str]:
    """The nodes of this very cluster: a new cluster of the same name, or one more node, has no images yet."""
    output = Kubectl(context.name, "default").call(
        "get", "nodes", "-o", "jsonpath={range .items[*]}{.metadata.uid}{'\\n'}{end}"
    )
    return sorted(output.split())
