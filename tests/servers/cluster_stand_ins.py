"""Pods with a service's own specification, one thing of it changed, that are started once: how each container ends."""

import copy
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from servers.cluster import ClusterShop, until

from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.manifests import Object, workloads

_LABEL = "dhakacart/stand-in"
_OVER = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Ended:
    """One container that has run: its name, exit status, and whole output."""

    container: str
    exit_status: int
    log: str


def stand_in(shop: ClusterShop, service: str) -> Object:
    """The service's pod, never restarted, selected by no Service and no policy; in place of its volumes empty folders."""
    [workload] = [one for one in workloads(shop.objects) if one.service == service]
    spec = copy.deepcopy(workload.pod)
    spec["restartPolicy"] = "Never"
    spec.pop("topologySpreadConstraints", None)
    claims = workload.source["spec"].get("volumeClaimTemplates") or []
    spec["volumes"] += [{"name": claim["metadata"]["name"], "emptyDir": {}} for claim in claims]
    name = f"stand-in-{service}-{uuid.uuid4().hex[:6]}"
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def run_once(
    kubectl: Kubectl, pods: Mapping[str, Object], *others: Object, seconds: float
) -> dict[str, list[Ended]]:
    """Starts all at once and waits until all have ended; key -> its containers that ran, in their order.

    `others` (their Secrets) come before and go with them.
    """
    mark = uuid.uuid4().hex[:10]
    selector = ("--selector", f"{_LABEL}={mark}")
    items = [*others, *pods.values()]
    for one in items:
        one["metadata"]["labels"] = {_LABEL: mark}

    def over() -> dict[str, Object]:
        found = {one["metadata"]["name"]: one for one in kubectl.items("pods", *selector)}
        return found if all(one["status"]["phase"] in _OVER for one in found.values()) else {}

    try:
        kubectl.call(
            "create", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        )
        found = until(f"{', '.join(pods)} have ended", over, seconds=seconds)
        return {key: _ended(kubectl, found[pod["metadata"]["name"]]) for key, pod in pods.items()}
    finally:
        kubectl.call("delete", "pods,secrets", *selector, "--now", "--ignore-not-found")


def _ended(kubectl: Kubectl, pod: Object) -> list[Ended]:
    status = pod["status"]
    return [
        Ended(
            one["name"],
            one["state"]["terminated"]["exitCode"],
            kubectl.call("logs", pod["metadata"]["name"], "--container", one["name"]),
        )
        for one in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
        if "terminated" in one["state"]
    ]
