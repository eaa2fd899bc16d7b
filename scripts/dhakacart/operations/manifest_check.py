"""What is wrong with an overlay or a combination of components: sources, render, schemas and policies in one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dhakacart.operations import policies
from dhakacart.operations.kustomize import (
    copy_of_manifests,
    kustomize,
    overlays,
    parse,
    render_any,
)
from dhakacart.operations.manifests import Object
from dhakacart.operations.policies import schemas, sources
from dhakacart.operations.policies.declared import DEVELOPMENT_IMAGES, IMAGES
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import PREFIX, RELEASED, made_up_release, write_release
from dhakacart.operations.yaml_documents import load_yaml

SCALES = "autoscaling"
COMBINATIONS = Path("k8s") / "combinations.yaml"


@dataclass(frozen=True)
class Combination:
    """An overlay with these components alone, or with these on top of its own. title: `local with live-source`."""

    overlay: str
    components: tuple[str, ...]
    on_top: bool

    @property
    def title(self) -> str:
        return f"{self.overlay} with {'' if self.on_top else 'only '}{', '.join(self.components)}"


def object_violations(objects: list[Object], *, whole: bool = True) -> list[str]:
    """Schemas of every supported version, then the policies; policies need not bear what no schema allows."""
    broken = [
        f"Kubernetes {version}: {one}"
        for version in schemas.VERSIONS
        for one in schemas.violations(objects, version=version)
    ]
    return broken or policies.violations(objects, whole=whole)


def combinations(root: Path) -> list[Combination]:
    """Those declared in k8s/combinations.yaml. Raises ProblemError for a component that does not exist."""
    path = root / COMBINATIONS
    declared: dict[str, Any] = (load_yaml(path.read_text()) if path.is_file() else None) or {}
    found = []
    for overlay, choices in declared.items():
        for one in choices:
            if not isinstance(one, dict) or len(one) != 1 or not set(one) <= {"only", "on_top"}:
                raise ProblemError(f"{COMBINATIONS}: {overlay}: neither `only:` nor `on_top:`: {one}")
            [(how, components)] = one.items()
            found.append(Combination(overlay, tuple(components), how == "on_top"))
    there = {path.parent.name for path in (root / "k8s" / "components").glob("*/kustomization.yaml")}
    if unknown := sorted({name for one in found for name in one.components} - there):
        raise ProblemError(f"{COMBINATIONS} names components that are not there: {', '.join(unknown)}")
    return found


def render_combination(root: Path, combination: Combination) -> list[Object]:
    """Its objects; the overlay's own patches stay, so what they patch must be there."""
    with copy_of_manifests(root) as copy:
        folder = copy / "k8s" / "overlays" / combination.overlay
        if combination.overlay in RELEASED:
            write_release(copy, combination.overlay, made_up_release(sorted(IMAGES)))
        if combination.on_top:
            folder = _layer(folder, combination.components)
        else:
            _replace(folder / "kustomization.yaml", combination)
        return parse(kustomize(folder, root=copy))


def _replace(path: Path, combination: Combination) -> None:
    """The overlay's components by these."""
    kustomization = load_yaml(path.read_text())
    kustomization["components"] = [f"../../components/{name}" for name in combination.components]
    if combination.overlay in RELEASED:
        kustomization["components"].append("release")
    if SCALES in combination.components:
        # As its README says: the number is no overlay's then.
        kustomization.pop("replicas", None)
    path.write_text(yaml.safe_dump(kustomization, sort_keys=False))


def _layer(overlay: Path, components: tuple[str, ...]) -> Path:
    """A folder beside the overlay that has it as its base."""
    original = load_yaml((overlay / "kustomization.yaml").read_text())
    kept = {key: original[key] for key in ("namespace", "labels") if key in original}
    images = [{"name": PREFIX + name, "newTag": "local"} for name in sorted(IMAGES | DEVELOPMENT_IMAGES)]
    folder = overlay.with_name("combination")
    folder.mkdir()
    kustomization = {
        **kept,
        "resources": [f"../{overlay.name}"],
        "components": [f"../../components/{name}" for name in components],
        "images": images,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return folder


def complaints(root: Path) -> Iterator[str]:
    """Everything that is wrong below k8s/, each with the overlay or combination in which it shows."""
    yield from sources.violations(root)
    for overlay in overlays(root):
        for one in object_violations(render_any(root, overlay)):
            yield f"{overlay}: {one}"
    for combination in combinations(root):
        for one in object_violations(render_combination(root, combination), whole=False):
            yield f"{combination.title}: {one}"
