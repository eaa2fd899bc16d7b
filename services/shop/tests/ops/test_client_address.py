"""Whose address a request has: what a client writes into headers is believed only from a trusted hop."""

from typing import Any

import pytest
from django.test import RequestFactory

from ops import client_address

PROXY = "127.0.0.1"  # trusted in the tests' environment: 127.0.0.0/8 and ::1
STRANGER = "203.0.113.9"


def settled(rf: RequestFactory, peer: str, forwarded: str | None = None) -> Any:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https", **headers)
    client_address.settle(request)
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        (STRANGER, None, STRANGER),
        (STRANGER, "198.51.100.1", STRANGER),  # a client that forges the header
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
        (PROXY, STRANGER, STRANGER),
        (PROXY, f"198.51.100.1, {STRANGER}", STRANGER),  # forged by the client, then appended by the proxy
        (PROXY, f"198.51.100.1, {STRANGER}, 127.0.0.8, ::1", STRANGER),  # a chain of trusted hops
        (PROXY, "127.0.0.5, 127.0.0.6", "127.0.0.5"),  # nothing but trusted hops: the farthest
        (PROXY, f"{STRANGER},", PROXY),  # an empty part is no address: the walk ends
        (PROXY, f"evil, {STRANGER}", STRANGER),
        (PROXY, f"{STRANGER}, evil", PROXY),
        (PROXY, f"{STRANGER}, <script>", PROXY),
        (PROXY, "unknown", PROXY),
        (PROXY, "203.0.113.9:443", PROXY),
        (PROXY, "0177.0.0.1", PROXY),
        (PROXY, "2001:DB8::0001", "2001:db8::1"),
        (PROXY, "2001:db8::1%eth0'; drop table", PROXY),
        (PROXY, "::ffff:203.0.113.9", STRANGER),
        ("::1", STRANGER, STRANGER),
        ("::ffff:127.0.0.1", STRANGER, STRANGER),
        ("", STRANGER, client_address.UNKNOWN),
        ("not an address", STRANGER, client_address.UNKNOWN),
    ],
)
def test_the_nearest_untrusted_hop_is_the_client(
    rf: RequestFactory, peer: str, forwarded: str | None, expected: str
) -> None:
    """Read from the right; trusted hops are passed, the first other one counts, garbage ends the walk."""
    assert client_address.of(settled(rf, peer, forwarded)) == expected


def test_a_very_long_chain_is_no_burden(rf: RequestFactory) -> None:
    """Ten thousand hops in a header are read until the first untrusted one."""
    assert client_address.of(settled(rf, PROXY, ", ".join(["10.0.0.1"] * 10_000))) == "10.0.0.1"


@pytest.mark.parametrize(("peer", "secure"), [(STRANGER, False), (PROXY, True)])
def test_the_scheme_is_believed_from_trusted_hops_only(rf: RequestFactory, peer: str, secure: bool) -> None:
    """A stranger cannot make a plain request look like TLS."""
    assert settled(rf, peer).is_secure() is secure


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (STRANGER, STRANGER),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
    ],
)
def test_one_client_is_an_ipv4_address_or_an_ipv6_network(
    rf: RequestFactory, address: str, network: str
) -> None:
    """What is counted: an IPv6 site has all addresses of its /64."""
    assert client_address.network_of(settled(rf, address)) == network
