"""Labels: what everything is called, so that one selector finds a service and one finds the shop."""

from dhakacart.operations.manifests import (
    NAME_LABEL,
    PART_LABEL,
    Object,
    selected_pods,
    selects,
    title_of,
    workloads,
)

PART_OF = "dhakacart"


# What belongs to one service; a role, a quota or a policy for all belongs to none.
_NAMED = {
    *("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "PodDisruptionBudget"),
    *("ScaledObject", "HorizontalPodAutoscaler"),
}

_KEEPERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")


def violations(objects: list[Object]) -> list[str]:
    found = []
    for one in objects:
        own = one.get("metadata", {}).get("labels") or {}
        found += [f"{title_of(one)}: {fault}" for fault in _faults(own, named=one.get("kind") in _NAMED)]
    for workload in workloads(objects):
        found += [f"{workload.title}, its pods: {fault}" for fault in _faults(workload.labels, named=True)]
    return found


def selector_violations(objects: list[Object]) -> list[str]:
    """What keeps pods finds those that it makes (the API server refuses others), and nobody else's."""
    pods = workloads(objects)
    found = []
    for workload in (one for one in pods if one.kind in _KEEPERS):
        selector = workload.source["spec"].get("selector") or {}
        if not selector or not selects(selector, workload.labels):
            found.append(f"{workload.title}: its selector does not match its own pods")
        found += [
            f"{workload.title}: its selector matches the pods of {one.title} too"
            for one in selected_pods(selector, workload.namespace, pods)
            if selector and one.title != workload.title
        ]
    return found


def _faults(labels: dict[str, str], *, named: bool) -> list[str]:
    faults = []
    if named and not labels.get(NAME_LABEL):
        faults.append(f"no label {NAME_LABEL}")
    if labels.get(PART_LABEL) != PART_OF:
        faults.append(f"label {PART_LABEL} is not {PART_OF}")
    return faults
