"""The districts that an address may name. The list belongs to a higher app, so it is found by name in the settings."""

from functools import cache
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings


class Place(Protocol):
    """A district or a division."""

    @property
    def code(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def name_bn(self) -> str: ...


@cache
def _module() -> Any:
    """``settings.PLACES_MODULE``: has DISTRICTS and DIVISION_OF, both by the code of a district."""
    return import_module(settings.PLACES_MODULE)


def district(code: str) -> Place | None:
    """The district of this code, None if there is none."""
    place: Place | None = _module().DISTRICTS.get(code)
    return place


def division_of(code: str) -> Place:
    """The division of a known district."""
    place: Place = _module().DIVISION_OF[code]
    return place
