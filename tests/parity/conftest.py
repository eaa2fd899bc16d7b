"""A copy of the checkout in which one thing can be changed, and the overlays as they are rendered here."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dhakacart.operations.kustomize import overlays, render_any
from dhakacart.operations.manifests import Object
from dhakacart.operations.parity.compare import Comparison, compare
from dhakacart.operations.parity.compose_view import compose_view
from dhakacart.operations.parity.declared import FILE, of_overlay, read_declared
from dhakacart.operations.parity.kubernetes_view import kubernetes_view
from dhakacart.operations.paths import Checkout
from dhakacart.operations.yaml_documents import load_yaml

ROOT = Checkout.here().root
OVERLAYS = overlays(ROOT)
Change = Callable[[Any], None]
_rendered: dict[str, list[Object]] = {}
_unchanged: dict[str, set[str]] = {}


def objects_of(overlay: str) -> list[Object]:
    """The overlay's objects, rendered once for all tests of this process."""
    if overlay not in _rendered:
        _rendered[overlay] = render_any(ROOT, overlay)
    return copy.deepcopy(_rendered[overlay])


class Sides:
    """Compose and one overlay, each with a change or without."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        for name in ("services", "k8s"):
            (folder / name).symlink_to(ROOT / name)
        (folder / "compose").mkdir()

    def compare(
        self, overlay: str, *, compose: Change = lambda _: None, kubernetes: Change = lambda _: None
    ) -> Comparison:
        """compose changes the document of compose.yaml; kubernetes changes the list of rendered objects."""
        document = load_yaml((ROOT / "compose" / "compose.yaml").read_text())
        compose(document["services"])
        # JSON is YAML too.
        (self.root / "compose" / "compose.yaml").write_text(json.dumps(document))
        objects = objects_of(overlay)
        kubernetes(objects)
        declared = of_overlay(read_declared(ROOT / FILE), overlay)
        return compare(compose_view(self.root), kubernetes_view(self.root, overlay, objects), declared)

    def seen(self, overlay: str, **changes: Change) -> set[str]:
        """`service: field` of what a change adds to the undeclared differences."""
        if overlay not in _unchanged:
            _unchanged[overlay] = names(self.compare(overlay))
        return names(self.compare(overlay, **changes)) - _unchanged[overlay]


def names(comparison: Comparison) -> set[str]:
    return {f"{one.service}: {one.field}" for one in comparison.undeclared}


@pytest.fixture
def sides(tmp_path: Path) -> Sides:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return Sides(folder)
