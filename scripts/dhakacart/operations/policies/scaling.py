"""Scaling: one scaler for one thing, which exists and does not state replicas of its own."""

from collections import Counter

from dhakacart.operations.manifests import (
    Object,
    kind_is,
    namespace_of,
    scale_target,
    title_of,
    workloads,
)


def violations(objects: list[Object]) -> list[str]:
    scalers = kind_is(objects, "ScaledObject", "HorizontalPodAutoscaler")
    by_name = {(one.namespace, one.kind, one.name): one for one in workloads(objects)}
    found = []
    for scaler in scalers:
        kind, name = scale_target(scaler)
        target = by_name.get((namespace_of(scaler), kind, name))
        if target is None:
            found.append(f"{title_of(scaler)}: there is no {kind}/{name} to scale")
        elif "replicas" in target.source["spec"]:
            found.append(
                f"{target.title}: states replicas, which each rollout would set against {title_of(scaler)}"
            )
        found += [f"{title_of(scaler)}: {fault}" for fault in _faults(scaler)]
    counted = Counter((namespace_of(one), *scale_target(one)) for one in scalers)
    found += [
        f"{kind}/{name}: {count} scalers, which would undo each other's work"
        for (_space, kind, name), count in counted.items()
        if count > 1
    ]
    return found


def _faults(scaler: Object) -> list[str]:
    spec = scaler["spec"]
    keda = scaler["kind"] == "ScaledObject"
    least = spec.get("minReplicaCount", 0) if keda else spec.get("minReplicas", 1)
    most = spec.get("maxReplicaCount", 100) if keda else spec["maxReplicas"]
    faults = []
    if least < 1:
        faults.append("would scale to nothing")
    if most <= least:
        faults.append(f"at most {most} and at least {least}: there is nothing to scale")
    return faults
