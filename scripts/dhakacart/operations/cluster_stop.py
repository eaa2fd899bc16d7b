"""Ending a shop on a cluster: its pods go, its volumes and Secrets stay; or the whole namespace goes."""

import time
from collections.abc import Collection

from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.manifests import NAME_LABEL, PART_LABEL
from dhakacart.operations.problem import ProblemError

_OURS = f"{PART_LABEL}=dhakacart"
_WORKLOADS = "statefulsets,jobs,cronjobs,daemonsets"
_ORPHANING = ("deployments", "replicasets")
_STOP_SECONDS = 150.0
_DELETE_SECONDS = 300.0
_POLL_SECONDS = 0.5
# They only wait for visitors to move to another replica, and there is none.
_DRAINING = "edge,web,pgbouncer"
_DRAIN_SECONDS = 5


def stop_workloads(kubectl: Kubectl) -> None:
    """Ends every pod and waits for that. Keeps claims, Secrets and settings.

    Raises ProblemError when a pod is still there after a while.
    """
    _end_workloads(kubectl)
    deadline = time.monotonic() + _STOP_SECONDS
    while left := pods(kubectl):
        if time.monotonic() > deadline:
            raise ProblemError(
                f"still there after {_STOP_SECONDS:g} s in namespace {kubectl.namespace}: {', '.join(left)}"
            )
        time.sleep(_POLL_SECONDS)


def _end_workloads(kubectl: Kubectl) -> None:
    """Tells every pod to end, each within its own grace but for those that only drain. Raises ProblemError."""
    if "scaledobjects.keda.sh" in kubectl.call("api-resources", "--api-group=keda.sh", "-o", "name"):
        # Before the workloads, or it would start them again.
        kubectl.call("delete", "scaledobjects.keda.sh", "--selector", _OURS, "--ignore-not-found")
    kubectl.call("delete", _WORKLOADS, "--selector", _OURS, "--ignore-not-found", "--wait=false")
    # Their pods stay for a moment: kubelet keeps to the grace that it was told first, whatever it is told later.
    for kind in _ORPHANING:
        kubectl.call("delete", kind, "--selector", _OURS, "--ignore-not-found", "--cascade=orphan")
    for which, grace in (("notin", []), ("in", [f"--grace-period={_DRAIN_SECONDS}"])):
        selector = f"{_OURS},{NAME_LABEL} {which} ({_DRAINING})"
        kubectl.call("delete", "pods", "--selector", selector, *grace, "--wait=false", "--ignore-not-found")


def remove_other_jobs(kubectl: Kubectl, keep: Collection[str]) -> None:
    """Jobs of earlier images and settings: each has a name of its own, and has nothing left to do."""
    listed = kubectl.call("get", "jobs", "--selector", _OURS, "-o", "name").split()
    if old := [one for one in listed if one.rpartition("/")[2] not in keep]:
        kubectl.call("delete", *old, "--ignore-not-found", "--wait=false")


def pods(kubectl: Kubectl) -> list[str]:
    """Our pods that have not ended (those of Jobs that are done have)."""
    selector = "--field-selector=status.phase!=Succeeded,status.phase!=Failed"
    output = kubectl.call("get", "pods", "--selector", _OURS, selector, "-o", "name")
    return output.split()


def delete_namespace(kubectl: Kubectl) -> None:
    """Everything in it goes, with its data; what only drains does not keep it waiting. Raises ProblemError."""
    _end_workloads(kubectl)
    kubectl.call(
        "delete",
        "namespace",
        kubectl.namespace,
        "--ignore-not-found",
        "--wait=true",
        timeout_seconds=_DELETE_SECONDS,
    )
