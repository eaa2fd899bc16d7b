"""The client's address, believed only through trusted hops."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The address that the middleware settled on (``REMOTE_ADDR``)."""
    address: str = request.META["REMOTE_ADDR"]
    return address


def _trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.ENV.trusted_proxies)


def settle(request: HttpRequest) -> None:
    """Replace ``REMOTE_ADDR`` by the nearest hop that is not a trusted proxy.

    X-Forwarded-For is read from the right; a part that is no address ends the walk. From an untrusted
    peer both forwarded headers are dropped, so that nothing later can believe them.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    peer = request.META.get("REMOTE_ADDR", "")
    if not _trusted(peer):
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            break
        peer = hop
        if not _trusted(hop):
            break
    request.META["REMOTE_ADDR"] = peer
