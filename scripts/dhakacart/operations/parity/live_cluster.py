"""An overlay as it runs on a cluster: one pod of each service, by kubectl."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dhakacart.operations.cluster_kubectl import Kubectl, current_context, kubectl_environment
from dhakacart.operations.kustomize import render_any
from dhakacart.operations.manifests import PART_LABEL, Object, Workload, kind_is, workloads
from dhakacart.operations.parity.dockerfile import image_defaults
from dhakacart.operations.parity.exec import read_process
from dhakacart.operations.parity.facts import Facts, View
from dhakacart.operations.parity.kubernetes_view import (
    container_of,
    kubernetes_view,
    workload_facts,
)
from dhakacart.operations.parity.live import RECORDED, Running, as_live, live_view
from dhakacart.operations.parity.live_compose import image_environment, inspect_images, known_digests
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import image_name

OVERLAY = "local"
_PART_OF = "dhakacart"
# What facts are made of; no Secret.
_KINDS = "pods,services,configmaps,serviceaccounts"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PARALLEL = 4


def live_cluster(root: Path, context: str = "", namespace: str = "") -> tuple[View, View]:
    """(what was specified, what runs), ready to be compared. Raises ProblemError.

    In kubectl's current context and the overlay's own namespace, unless others are named.
    """
    specified = render_any(root, OVERLAY)
    specification = kubernetes_view(root, OVERLAY, specified)
    namespace = namespace or next(one.namespace for one in workloads(specified))
    kubectl = Kubectl(context or current_context()[0], namespace)
    objects = kubectl.items(_KINDS, "--selector", f"{PART_LABEL}={_PART_OF}")
    pods = _pods(objects)
    if not pods:
        raise ProblemError(
            f"nothing of the shop runs in namespace {namespace} of context {kubectl.context}",
            hint="make dev ENGINE=cluster",
        )
    names = {one.service: _chosen_image(one, pods) for one in workloads(specified)}
    images = inspect_images(names.values())
    defaults, known = image_defaults(root / "services"), known_digests()

    def read(pod: Workload) -> Running:
        facts = workload_facts(pod, defaults, specification.contract, objects)
        return _running(kubectl, pod, facts, known)

    with ThreadPoolExecutor(_PARALLEL) as pool:
        running = dict(zip(pods, pool.map(read, pods.values()), strict=True))
    live = live_view("live cluster", running, specification)
    digests = {service: images[name]["Id"] for service, name in names.items() if name in images}
    return as_live(specification, live, digests), live


def _chosen_image(specified: Workload, pods: Mapping[str, Workload]) -> str:
    """The image's name with the tag or digest that was chosen at the deployment; another image is not followed."""
    name = str(container_of(specified)["image"])
    if pod := pods.get(specified.service):
        chosen = str(container_of(pod)["image"])
        return chosen if image_name(chosen) == image_name(name) else name
    return name


def _pods(objects: list[Object]) -> dict[str, Workload]:
    """For each service the newest pod that runs, else the newest that has ended well."""
    found: dict[str, Workload] = {}
    pods = [one for one in kind_is(objects, "Pod") if "deletionTimestamp" not in one["metadata"]]
    order = {"Succeeded": 0, "Running": 1}
    pods = [one for one in pods if one["status"].get("phase") in order]
    pods.sort(key=lambda one: (order[one["status"]["phase"]], one["metadata"]["creationTimestamp"]))
    for one in workloads(pods):
        found[one.service] = one
    return found


def _running(kubectl: Kubectl, pod: Workload, facts: Facts, known: Mapping[str, str]) -> Running:
    """facts: what the API server has on record; known: see known_digests."""
    container = container_of(pod)
    image = _image(pod, container, known)
    once = any(owner["kind"] == "Job" for owner in pod.source["metadata"].get("ownerReferences", ()))
    recorded: Facts = {
        **{name: value for name, value in facts.items() if name.startswith(RECORDED)},
        "image.config": image["Id"],
        "runs": "once" if once else "always",
    }
    if once or pod.source["status"]["phase"] != "Running":
        return Running(recorded, None)  # a job may end at any moment
    command = kubectl.command("exec", pod.name, "--container", container["name"], "--")
    return Running(
        recorded, read_process(command, f"pod {pod.name}", kubectl_environment()), image_environment(image)
    )


def _image(pod: Workload, container: Object, known: Mapping[str, str]) -> dict[str, Any]:
    """The engine's image that the pod runs, found by its config digest or by one that a registry gave it.

    A digest that the engine does not know is another image, or one that cannot be shown to be the same.
    """
    statuses = pod.source["status"].get("containerStatuses") or ()
    identity = next((one["imageID"] for one in statuses if one["name"] == container["name"]), "")
    digest = (_DIGEST.findall(identity) or ["unknown"])[-1]
    digest = known.get(digest, digest)
    return inspect_images([digest]).get(digest) or {
        "Id": f"{digest}, unknown to the engine here",
        "Config": {},
    }
