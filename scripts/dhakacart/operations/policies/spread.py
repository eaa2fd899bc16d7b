"""Spread: what is several does not stand on one node."""

from dhakacart.operations.manifests import (
    NAME_LABEL,
    Object,
    Workload,
    lowest_replicas,
    selected_pods,
    selects,
    workloads,
)

FIELD = "topologySpreadConstraints"
_NODE = "kubernetes.io/hostname"
# Values that no two workloads share.
_OWN_KEYS = {NAME_LABEL, "pod-template-hash", "controller-revision-hash"}


def violations(objects: list[Object]) -> list[str]:
    """Two replicas or more at the least: kept apart by node, each workload counting its own pods and no others."""
    pods = [one for one in workloads(objects) if one.lasts and one.kind != "DaemonSet"]
    found = []
    for workload in (one for one in pods if lowest_replicas(one, objects) > 1):
        by_node = [one for one in workload.pod.get(FIELD) or [] if one.get("topologyKey") == _NODE]
        if not by_node:
            count = lowest_replicas(workload, objects)
            found.append(
                f"{workload.title}: {count} pods that may all stand on one node (no {FIELD} by {_NODE})"
            )
        found += [
            f"{workload.title}, {FIELD}: {fault}" for one in by_node for fault in _faults(one, workload, pods)
        ]
    return found


def _faults(constraint: Object, workload: Workload, pods: list[Workload]) -> list[str]:
    selector = constraint.get("labelSelector")
    if selector is None or not selects(selector, workload.labels):
        return ["does not count its own pods"]
    if _OWN_KEYS & set(constraint.get("matchLabelKeys") or []):
        return []
    return [
        f"counts the pods of {one.title} too"
        for one in selected_pods(selector, workload.namespace, pods)
        if one.title != workload.title
    ]
