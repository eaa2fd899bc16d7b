"""Shops of tests that have a checkout of their own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar


class Removable(Protocol):
    """What can be ended for good, whatever state it is in."""

    def remove(self) -> None: ...


S = TypeVar("S", bound=Removable)


@contextmanager
def in_own_folder(make: Callable[[Path], S], name: str) -> Iterator[S]:
    """What `make` gives for a new folder, not started; it and the folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"dhakacart-{name}-"))
    try:
        shop = make(folder)
        try:
            yield shop
        finally:
            shop.remove()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
