"""Fixtures of the policies' tests: the real overlays, each rendered once."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

# `breaking` is imported by its own name, as `servers` is.
sys.path.append(str(Path(__file__).parent))

from dhakacart.operations.kustomize import render_any
from dhakacart.operations.manifest_check import Combination, render_combination
from dhakacart.operations.manifests import Object
from dhakacart.operations.paths import Checkout

ROOT = Checkout.here().root


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that render go to one process of xdist, so that each overlay is rendered once."""
    if "rendered" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.xdist_group("rendered"))


@pytest.fixture(scope="session")
def rendered() -> Callable[[str | Combination], list[Object]]:
    """A function: the objects of an overlay or a combination. They are shared: break only a copy (breaking.Manifests)."""

    def render(what: str | Combination) -> list[Object]:
        return render_any(ROOT, what) if isinstance(what, str) else render_combination(ROOT, what)

    return cache(render)
