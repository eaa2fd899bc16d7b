"""From sources to a shop on a cluster, step by step; what engine `cluster` and Tilt share of it."""

import contextlib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from dhakacart.operations.cluster_contexts import AllowedContext, allowed_context
from dhakacart.operations.cluster_forward import start_forwarding
from dhakacart.operations.cluster_images import build_for_cluster, forget_provided, provide
from dhakacart.operations.cluster_kubectl import current_context
from dhakacart.operations.cluster_overlay import namespace_object, render_space, require_add_ons
from dhakacart.operations.cluster_secrets import apply_secrets
from dhakacart.operations.cluster_space import Space
from dhakacart.operations.cluster_start import (
    MissingImage,
    Start,
    apply,
    ensure_namespace,
    event_counts,
    refuse_what_the_server_would,
)
from dhakacart.operations.cluster_stop import delete_namespace, remove_other_jobs
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.manifests import Object, kind_is, name_jobs
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.secrets import create_development_files
from dhakacart.operations.stack_failure import StackFailure

Render = Callable[[Mapping[str, str]], list[Object]]

_ANSWER_SECONDS = 60.0
_REQUEST_SECONDS = 5.0
_POLL_SECONDS = 0.3


def here(checkout: Checkout, name: str = "") -> AllowedContext:
    """kubectl's current context, or the one named, if a shop may go there. Raises ProblemError that says why not."""
    return allowed_context(checkout.root, *current_context(name))


def prepare(space: Space, objects: list[Object]) -> None:
    """The namespace with its Secrets, and the API server's judgement of all else. Leaves no namespace that it refuses.

    Raises ProblemError, StackFailure.
    """
    was_there = space.require_ours()
    require_add_ons(space, objects)
    create_development_files(space.checkout.secrets)
    try:
        ensure_namespace(space.kubectl, namespace_object(objects))
        refuse_what_the_server_would(space.kubectl, objects)
    except BaseException:
        if not was_there and space.is_ours():
            delete_namespace(space.kubectl)
        raise
    apply_secrets(space.kubectl, space.checkout.secrets)


@dataclass(frozen=True)
class Deployed:
    """What runs now: name -> reference of each image, and the objects that were applied."""

    references: Mapping[str, str]
    objects: list[Object]


def deploy(space: Space, context: AllowedContext, render: Render, *, on_event: OnEvent) -> Deployed:
    """Builds, loads, applies, waits until all is ready. `render` makes the objects from the images' references.

    Raises ProblemError, StackFailure; stops nothing then.
    """
    checkout = space.checkout
    # Before any image is built: what is wrong with the cluster or the manifests is known at once.
    prepare(space, render({}))
    references = provide(build_for_cluster(checkout, on_event=on_event), context, checkout, on_event=on_event)
    objects = render(references)
    seen = event_counts(space.kubectl)
    apply(space.kubectl, objects)
    try:
        Start(space.kubectl, objects, seen, on_event).wait()
    except MissingImage as failure:
        forget_provided(context, checkout)
        raise StackFailure(
            failure.name, failure.text, hint=_way_to_images(context), lines=failure.lines
        ) from None
    remove_other_jobs(space.kubectl, {one["metadata"]["name"] for one in kind_is(objects, "Job")})
    return Deployed(references, objects)


def bring_up(space: Space, context: AllowedContext, *, on_event: OnEvent) -> None:
    """Deploys the overlay `local`, and forwards ports. Raises ProblemError, StackFailure; stops nothing then."""
    deploy(
        space,
        context,
        lambda references: name_jobs(render_space(space, references)),
        on_event=on_event,
    )
    start_forwarding(space)
    began = time.monotonic()
    on_event(Event(Kind.STARTING, name="forward", text=f"{space.public_url}, to edge in the cluster"))
    _until_the_shop_answers(space)
    on_event(Event(Kind.READY, name="forward", seconds=time.monotonic() - began))


def _until_the_shop_answers(space: Space) -> None:
    """Through the forwarded port and edge, with the certificate that this checkout's authority signed."""
    trust = ssl.create_default_context(cafile=str(space.checkout.secrets / "authority" / "ca.crt"))
    deadline = time.monotonic() + _ANSWER_SECONDS
    said = "no answer"
    with httpx.Client(verify=trust, timeout=_REQUEST_SECONDS, trust_env=False) as client:
        while time.monotonic() < deadline:
            try:
                answer = client.get(f"{space.public_url}/api/v1/catalog/products")
                if answer.status_code == httpx.codes.OK:
                    return
                said = f"status {answer.status_code}"
            except httpx.HTTPError as error:
                said = str(error) or type(error).__name__
            time.sleep(_POLL_SECONDS)
    log = "port-forward"
    with contextlib.suppress(OSError):
        said += f"; {(space.checkout.logs / f'{log}.log').read_text().splitlines()[-1]}"
    raise ProblemError(f"{space.public_url} does not answer: {said}", hint=f"make logs SERVICE={log}")


def _way_to_images(context: AllowedContext) -> str:
    if context.is_local:
        return f"make dev again loads all images anew by CLUSTER_LOAD (now: {' '.join(context.load)}), which must reach every node"
    return (
        f"the cluster must be allowed to pull from {context.registry}, and have processors of the images' kind"
        " (DOCKER_DEFAULT_PLATFORM); make dev again pushes all images anew"
    )
