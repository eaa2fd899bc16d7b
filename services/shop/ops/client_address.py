"""The client's address, believed only through trusted hops."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - not listened on: stands for a peer without an address (a Unix socket)
IPV6_CUSTOMER_PREFIX_BITS = 64  # RFC 6177: a site gets at least a /64, so one client has all of its addresses


def of(request: HttpRequest) -> str:
    """The address that the middleware settled on (``REMOTE_ADDR``), in its canonical form."""
    address: str = request.META.get("REMOTE_ADDR", UNKNOWN)
    return address


def network_of(request: HttpRequest) -> str:
    """What counts as one client: the IPv4 address, or the first address of the IPv6 /64."""
    address = of(request)
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network((address, IPV6_CUSTOMER_PREFIX_BITS), strict=False).network_address)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address in its canonical form; None for what is none (a zone such as ``%eth0`` may hold anything)."""
    if "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in settings.ENV.trusted_proxies)


def settle(request: HttpRequest) -> None:
    """Replace ``REMOTE_ADDR`` by the nearest hop that is not a trusted proxy.

    X-Forwarded-For is read from the right; a part that is no address ends the walk. From an untrusted
    peer both forwarded headers are dropped, so that nothing later can believe them.
    """
    meta = request.META
    peer = _parse(meta.get("REMOTE_ADDR", ""))
    if peer is None or not _is_trusted(peer):
        meta.pop("HTTP_X_FORWARDED_FOR", None)
        meta.pop("HTTP_X_FORWARDED_PROTO", None)
    elif forwarded := meta.get("HTTP_X_FORWARDED_FOR"):
        for part in reversed(forwarded.split(",")):
            hop = _parse(part.strip())
            if hop is None:
                break
            peer = hop
            if not _is_trusted(hop):
                break
    meta["REMOTE_ADDR"] = str(peer) if peer else UNKNOWN
