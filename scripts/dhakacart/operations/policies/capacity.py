"""What the namespace may take: quotas fit the overlay at its largest, and everybody knows who gives way."""

import math
from collections import defaultdict
from decimal import Decimal

from dhakacart.operations.manifests import (
    Container,
    Object,
    Workload,
    containers,
    exact_quantity,
    highest_replicas,
    kind_is,
    namespace_of,
    title_of,
    workloads,
)
from dhakacart.operations.policies.declared import DEVELOPMENT_IMAGES

_COMPUTE = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")


def quota_violations(objects: list[Object]) -> list[str]:
    """A quota below what the overlay asks for, every scaler at its most and every rollout under way, would stop one."""
    found = []
    for quota in kind_is(objects, "ResourceQuota"):
        needed = needs(objects, namespace_of(quota))
        for name, text in quota["spec"].get("hard", {}).items():
            limit = exact_quantity(text)
            if limit is not None and needed[name] > limit:
                found.append(
                    f"{title_of(quota)}: {name} is {text}, and {needed[name].normalize():f} may be asked for"
                )
    return found + _ranges(objects)


def needs(objects: list[Object], namespace: str) -> dict[str, Decimal]:
    """What all of a namespace takes at most, by a ResourceQuota's names."""
    needed: dict[str, Decimal] = defaultdict(Decimal)
    for workload in (one for one in workloads(objects) if one.namespace == namespace):
        count = most_pods(workload, objects)
        needed["pods"] += count
        for name in _COMPUTE:
            needed[name] += count * _pod_takes(workload, name)
        claims = workload.source.get("spec", {}).get("volumeClaimTemplates") or []
        needed["persistentvolumeclaims"] += len(claims) * highest_replicas(workload, objects)
    needed["persistentvolumeclaims"] += len(kind_is(objects, "PersistentVolumeClaim"))
    for service in (one for one in kind_is(objects, "Service") if namespace_of(one) == namespace):
        balanced = service["spec"].get("type") == "LoadBalancer"
        needed["services.loadbalancers"] += int(balanced)
        if balanced or service["spec"].get("type") == "NodePort":
            needed["services.nodeports"] += len(service["spec"]["ports"])
    return needed


def most_pods(workload: Workload, objects: list[Object]) -> int:
    """Its replicas at most, and those of a rollout beside them (maxSurge is rounded up, 25% when not said)."""
    count = highest_replicas(workload, objects)
    strategy = workload.source.get("spec", {}).get("strategy") or {}
    if workload.kind != "Deployment" or strategy.get("type") == "Recreate":
        return count
    surge = (strategy.get("rollingUpdate") or {}).get("maxSurge", "25%")
    if isinstance(surge, str):
        return count + math.ceil(int(surge.removesuffix("%")) * count / 100)
    return count + int(surge)


def _pod_takes(workload: Workload, name: str) -> Decimal:
    """One pod's: its lasting containers together, or the largest that runs before them."""
    kind, resource = name.split(".")
    main = {one["name"] for one in workload.pod.get("containers") or []}
    together = [one for one in workload.containers if one.lasts or one.spec["name"] in main]
    first = [one for one in workload.containers if one not in together]
    return max(
        [
            sum((_takes(one, kind, resource) for one in together), Decimal(0)),
            *(_takes(one, kind, resource) for one in first),
        ]
    )


def _takes(container: Container, kind: str, resource: str) -> Decimal:
    return exact_quantity(((container.spec.get("resources") or {}).get(kind) or {}).get(resource)) or Decimal(
        0
    )


def _ranges(objects: list[Object]) -> list[str]:
    """Containers above a LimitRange's maximum, which the API server would refuse one by one."""
    found = []
    for range_ in kind_is(objects, "LimitRange"):
        for limit in (one for one in range_["spec"]["limits"] if one["type"] == "Container"):
            for resource, text in (limit.get("max") or {}).items():
                found += [
                    f"{one.title}: {resource} limit above {title_of(range_)}'s {text}"
                    for one in containers(objects)
                    if one.workload.namespace == namespace_of(range_)
                    and _takes(one, "limits", resource) > (exact_quantity(text) or 0)
                ]
    return found


def priority_violations(objects: list[Object]) -> list[str]:
    """Everything but development's own has a class: on a full node it is known who gives way."""
    return [
        f"{one.title}: no priorityClassName"
        for one in workloads(objects)
        if one.service not in DEVELOPMENT_IMAGES and not one.pod.get("priorityClassName")
    ]
