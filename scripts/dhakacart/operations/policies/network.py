"""Network policies: nothing passes unless a policy says so, and each policy speaks of pods and ports that exist."""

from collections.abc import Iterator
from typing import Any

from dhakacart.operations.manifests import (
    Object,
    Workload,
    kind_is,
    namespace_of,
    selected_pods,
    selects,
    title_of,
    workloads,
)
from dhakacart.operations.policies.declared import OTHER_NAMESPACES

INGRESS, EGRESS = "Ingress", "Egress"
_SPACE_NAME = "kubernetes.io/metadata.name"
_PEERS = {INGRESS: ("ingress", "from"), EGRESS: ("egress", "to")}


def coverage_violations(objects: list[Object]) -> list[str]:
    """Both directions are denied in every namespace with pods, and somebody has thought of each pod by name."""
    pods = workloads(objects)
    policies = kind_is(objects, "NetworkPolicy")
    found = [
        f"namespace {space!r}: no policy denies all {direction}"
        for space in sorted({one.namespace for one in pods})
        for direction in (INGRESS, EGRESS)
        if not any(_denies_all(one, direction) for one in policies if namespace_of(one) == space)
    ]
    for pod in pods:
        own = [one for one in policies if _is_named(one) and pod in selected(one, pods)]
        covered = {direction for one in own for direction in types_of(one)}
        found += [
            f"{pod.title}: no policy of its own for {direction}"
            for direction in sorted({INGRESS, EGRESS} - covered)
        ]
    return found


def selector_violations(objects: list[Object]) -> list[str]:
    """Every selector finds a pod, every port of a rule is one that the receiving pods declare."""
    pods = workloads(objects)
    found = []
    for policy in kind_is(objects, "NetworkPolicy"):
        subjects = selected(policy, pods)
        title = title_of(policy)
        if not subjects:
            found.append(f"{title}: podSelector matches no pod")
        if "policyTypes" not in policy["spec"]:
            found.append(f"{title}: policyTypes are left to a guess")
        for direction, rule in rules(policy):
            peers = peers_of(direction, rule)
            if not peers and (direction == EGRESS or not rule.get("ports")):
                found.append(f"{title}: a rule for {direction} names nobody, which means everybody")
            receivers = list(subjects) if direction == INGRESS else []
            for peer in peers:
                ours, fault = peer_pods(peer, policy, pods)
                if fault:
                    found.append(f"{title}, {direction}: {fault}")
                if direction == EGRESS:
                    receivers += ours
            found += [
                f"{title}, {direction}: port {port['port']} is none of {one.title}"
                for port in rule.get("ports") or []
                for one in receivers
                if not _reaches(one, port)
            ]
    return found


def types_of(policy: Object) -> list[str]:
    """Its directions; without policyTypes Ingress, and Egress where there are egress rules (networking/v1)."""
    spec = policy["spec"]
    return list(spec.get("policyTypes") or [INGRESS, *([EGRESS] if spec.get("egress") else [])])


def _denies_all(policy: Object, direction: str) -> bool:
    spec = policy["spec"]
    return not _is_named(policy) and direction in types_of(policy) and not spec.get(_PEERS[direction][0])


def _is_named(policy: Object) -> bool:
    """Whether it selects by anything at all; the empty selector is everybody."""
    selector = policy["spec"].get("podSelector") or {}
    return bool(selector.get("matchLabels") or selector.get("matchExpressions"))


def selected(policy: Object, pods: list[Workload]) -> list[Workload]:
    """Whose traffic it speaks of."""
    return selected_pods(policy["spec"].get("podSelector") or {}, namespace_of(policy), pods)


def rules(policy: Object) -> Iterator[tuple[str, Object]]:
    """(direction, rule) of every rule."""
    for direction, (key, _) in _PEERS.items():
        for rule in policy["spec"].get(key) or []:
            yield direction, rule


def peers_of(direction: str, rule: Object) -> list[Object]:
    """The other ends that a rule names; none means everybody."""
    return rule.get(_PEERS[direction][1]) or []


def peer_pods(peer: Object, policy: Object, pods: list[Workload]) -> tuple[list[Workload], str]:
    """The pods of ours that a peer means, and what is wrong with it."""
    if "ipBlock" in peer:
        return [], ""  # addresses.py judges it
    selector = peer.get("podSelector") or {}
    spaces = _spaces(peer, policy)
    if spaces is None:
        return [], "a namespaceSelector that does not go by the namespace's name"
    ours = [one for one in pods if one.namespace in spaces and selects(selector, one.labels)]
    known = {one.namespace for one in pods}
    if unknown := spaces - known - OTHER_NAMESPACES:
        return ours, f"namespace {', '.join(sorted(unknown))} is neither ours nor declared"
    if not ours and spaces <= known:
        return [], f"peer {peer} matches no pod"
    return ours, ""


def _spaces(peer: Object, policy: Object) -> set[str] | None:
    """The names of the namespaces that a peer means; its own without a namespaceSelector."""
    if "namespaceSelector" not in peer:
        return {namespace_of(policy)}
    selector: dict[str, Any] = peer["namespaceSelector"] or {}
    if name := (selector.get("matchLabels") or {}).get(_SPACE_NAME):
        return {str(name)}
    for one in selector.get("matchExpressions") or []:
        if one["key"] == _SPACE_NAME and one["operator"] == "In":
            return set(one["values"])
    return None


def _reaches(pod: Workload, port: Object) -> bool:
    number = port.get("port")
    if number is None or "endPort" in port:
        return True
    return pod.has_port(number, str(port.get("protocol", "TCP")))
