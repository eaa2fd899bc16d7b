"""Network policies that go by addresses: an ipBlock means the internet, never what is near a pod."""

import ipaddress
from collections.abc import Iterator

from dhakacart.operations.manifests import Object, kind_is, title_of
from dhakacart.operations.policies.network import peers_of, rules

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Other pods and nodes, the cloud's own networks and metadata (169.254.169.254), the pod itself.
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
NEAR: dict[str, str] = {
    "10.0.0.0/8": "private",
    "172.16.0.0/12": "private",
    "192.168.0.0/16": "private",
    "100.64.0.0/10": "a carrier's",
    "169.254.0.0/16": "link-local, the cloud's metadata",
    "127.0.0.0/8": "loopback",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "::1/128": "loopback",
    # The same IPv4 addresses, written as IPv6.
    "::ffff:0:0/96": "IPv4 within IPv6",
}


def violations(objects: list[Object]) -> list[str]:
    """Every ipBlock excepts all of NEAR that it includes; one that lies within NEAR has no business here."""
    return [
        f"{title_of(policy)}: {fault}"
        for policy in kind_is(objects, "NetworkPolicy")
        for block in _blocks(policy)
        for fault in _faults(block)
    ]


def _blocks(policy: Object) -> Iterator[Object]:
    for direction, rule in rules(policy):
        yield from (peer["ipBlock"] for peer in peers_of(direction, rule) if "ipBlock" in peer)


def _faults(block: Object) -> list[str]:
    try:
        whole = ipaddress.ip_network(block["cidr"])
        left_out = [ipaddress.ip_network(one) for one in block.get("except") or []]
    except ValueError as error:
        return [f"ipBlock {block['cidr']}: {error}"]
    return [
        f"ipBlock {block['cidr']} includes {near} ({what})"
        for near, what in NEAR.items()
        if _overlaps(whole, ipaddress.ip_network(near))
        and not _is_left_out(ipaddress.ip_network(near), whole, left_out)
    ]


def _overlaps(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _is_left_out(near: Network, whole: Network, left_out: list[Network]) -> bool:
    """Whether what both share is excepted."""
    shared = near if near.prefixlen >= whole.prefixlen else whole
    return any(
        one.version == shared.version and one.overlaps(shared) and one.prefixlen <= shared.prefixlen
        for one in left_out
    )
