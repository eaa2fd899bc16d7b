"""Rate limits on the API's operations, counted by django-ratelimit in the shared cache.

Where Redis is lost, each process counts for itself (ops.cache): limits get laxer, nobody is locked out. Bangladesh's
mobile operators put thousands of shoppers behind one address, so limits by address alone are generous.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Literal, ParamSpec, TypeVar

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from ops import client_address
from ops.errors import RateLimited

P = ParamSpec("P")
R = TypeVar("R")
Key = Literal["address"] | Callable[[Mapping[str, Any]], str]


class RATES:
    """Every limit of the shop: requests per period (s, m, h; ``10m`` is ten minutes) for one key."""

    LOGIN_PER_ADDRESS = "120/m"
    LOGIN_PER_ADDRESS_AND_ACCOUNT = "10/m"
    REGISTRATION = "60/10m"
    PASSWORD_RESET_PER_ADDRESS = "60/10m"  # noqa: S105 - a rate
    PASSWORD_RESET_PER_ADDRESS_AND_ACCOUNT = "5/10m"  # noqa: S105 - a rate
    PASSWORD_RESET_CONFIRMATION = "60/10m"  # noqa: S105 - a rate
    PASSWORD_CHANGE = "30/10m"  # noqa: S105 - a rate
    ADMIN_LOGIN = "30/m"
    CHECKOUT = "120/m"
    PAYMENT = "60/m"
    SEARCH = "600/m"


def check(request: HttpRequest, *, group: str, rate: str, value: str = "") -> None:
    """Count one request of this client (and ``value``) in ``group``; refuse it above ``rate``.

    Raises:
        RateLimited: 429 with the seconds until the window ends.
    """
    key = f"{client_address.network_of(request)}|{value}"
    usage = get_usage(request, group=group, key=lambda _group, _request: key, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise RateLimited(retry_after_seconds=max(usage["time_left"], 0) + 1)


def limited(group: str, *, rate: str, key: Key = "address") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator for a view of the API, below ``@router.post(...)``: at most ``rate`` requests per client.

    Args:
        group: views of one group share a counter.
        rate: one of `RATES`.
        key: "address", or a function of the view's arguments that names what is counted beside the address.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            request = args[0]
            if not isinstance(request, HttpRequest):
                raise TypeError("limited() is for views: their first argument is the request")
            check(request, group=group, rate=rate, value="" if key == "address" else key(kwargs))
            return view(*args, **kwargs)

        return counted

    return decorate
