"""Network policies have two ends: what one pod may ask of another, the other lets in, and the other way round."""

from collections.abc import Iterator
from typing import NamedTuple

from dhakacart.operations.manifests import Object, Workload, kind_is, title_of, workloads
from dhakacart.operations.policies.network import (
    EGRESS,
    INGRESS,
    peer_pods,
    peers_of,
    rules,
    selected,
    types_of,
)


class Edge(NamedTuple):
    """Pods by their workloads' titles."""

    sender: str
    receiver: str
    port: int
    protocol: str

    def __str__(self) -> str:
        return f"{self.sender} to {self.receiver}, port {self.port}/{self.protocol}"


def violations(objects: list[Object]) -> list[str]:
    """An edge that a podSelector names must be open at its other end too, else nothing passes and nobody knows why."""
    pods = workloads(objects)
    policies = kind_is(objects, "NetworkPolicy")
    allowed: dict[str, set[Edge]] = {INGRESS: set(), EGRESS: set()}
    named: dict[str, dict[Edge, str]] = {INGRESS: {}, EGRESS: {}}
    for policy in policies:
        for direction, edge, is_named in _edges(policy, pods):
            allowed[direction].add(edge)
            if is_named:
                named[direction].setdefault(edge, title_of(policy))
    closed = {
        direction: {
            one.title
            for policy in policies
            if direction in types_of(policy)
            for one in selected(policy, pods)
        }
        for direction in (INGRESS, EGRESS)
    }
    return [
        f"{title}, {EGRESS}: {edge}: the receiver does not let it in"
        for edge, title in named[EGRESS].items()
        if edge.receiver in closed[INGRESS] and edge not in allowed[INGRESS]
    ] + [
        f"{title}, {INGRESS}: {edge}: the sender is not let out"
        for edge, title in named[INGRESS].items()
        if edge.sender in closed[EGRESS] and edge not in allowed[EGRESS]
    ]


def _edges(policy: Object, pods: list[Workload]) -> Iterator[tuple[str, Edge, bool]]:
    """(direction, edge, whether a selector names its other end) of every rule that counts; addresses are no pods."""
    own = selected(policy, pods)
    for direction, rule in rules(policy):
        if direction not in types_of(policy):
            continue
        peers = peers_of(direction, rule)
        others = [one for peer in peers for one in peer_pods(peer, policy, pods)[0]] if peers else pods
        for mine in own:
            for other in others:
                sender, receiver = (mine, other) if direction == EGRESS else (other, mine)
                for port, protocol in _ports(rule, receiver):
                    yield direction, Edge(sender.title, receiver.title, port, protocol), bool(peers)


def _ports(rule: Object, receiver: Workload) -> Iterator[tuple[int, str]]:
    """(number, protocol) of the ports of a rule, as the receiver has them; all that it declares where none is said."""
    declared = [
        (int(one["containerPort"]), str(one.get("protocol", "TCP")), one.get("name"))
        for one in receiver.ports()
    ]
    if not rule.get("ports"):
        yield from ((number, protocol) for number, protocol, _ in declared)
    for port in rule.get("ports") or []:
        wanted, protocol = port.get("port"), str(port.get("protocol", "TCP"))
        if isinstance(wanted, int) and "endPort" not in port:
            yield wanted, protocol
            continue
        yield from (
            (number, protocol)
            for number, its_protocol, name in declared
            if its_protocol == protocol and _means(port, number, name)
        )


def _means(port: Object, number: int, name: str | None) -> bool:
    wanted = port.get("port")
    if isinstance(wanted, int):
        return wanted <= number <= int(port["endPort"])
    return wanted is None or wanted == name
