"""Disruption budgets: each matches pods, lets a node drain, and none overlaps another."""

import math

from dhakacart.operations.manifests import (
    Object,
    Workload,
    kind_is,
    lowest_replicas,
    namespace_of,
    selected_pods,
    title_of,
    workloads,
)


def violations(objects: list[Object]) -> list[str]:
    pods = [one for one in workloads(objects) if one.lasts]
    found = []
    covered: dict[str, str] = {}
    for budget in kind_is(objects, "PodDisruptionBudget"):
        matched = matched_by(budget, pods)
        if not matched:
            found.append(f"{title_of(budget)}: matches no pod")
            continue
        count = sum(lowest_replicas(one, objects) for one in matched)
        if allowed_disruptions(budget["spec"], count) < 1:
            found.append(f"{title_of(budget)}: with {count} pods it never allows one to go: no node drains")
        for one in matched:
            if first := covered.get(one.title):
                found.append(
                    f"{one.title}: both {first} and {title_of(budget)}: then no pod of it can be evicted"
                )
            covered[one.title] = title_of(budget)
    return found


def coverage_violations(objects: list[Object]) -> list[str]:
    """What has more than one pod has a budget: a drain must not take them all at once."""
    pods = [one for one in workloads(objects) if one.lasts and one.kind != "DaemonSet"]
    budgets = kind_is(objects, "PodDisruptionBudget")
    covered = {one.title for budget in budgets for one in matched_by(budget, pods)}
    return [
        f"{one.title}: {lowest_replicas(one, objects)} pods and no budget"
        for one in pods
        if lowest_replicas(one, objects) > 1 and one.title not in covered
    ]


def matched_by(budget: Object, pods: list[Workload]) -> list[Workload]:
    """An empty selector matches all of the namespace (policy/v1), a missing one nothing."""
    selector = budget["spec"].get("selector")
    if selector is None:
        return []
    return selected_pods(selector, namespace_of(budget), pods)


def allowed_disruptions(spec: Object, count: int) -> int:
    """How many of `count` healthy pods may go. Percentages are rounded up, as the disruption controller does."""
    if "maxUnavailable" in spec:
        return min(count, _of(spec["maxUnavailable"], count))
    return count - _of(spec.get("minAvailable", 1), count)


def _of(value: int | str, count: int) -> int:
    if isinstance(value, str) and value.endswith("%"):
        return math.ceil(int(value[:-1]) * count / 100)
    return int(value)
