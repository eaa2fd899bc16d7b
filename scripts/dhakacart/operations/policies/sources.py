"""The files below k8s/ themselves: what no render shows, such as patches by index and copied manifests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from dhakacart.operations.yaml_documents import load_all_yaml, load_yaml

# Files of an overlay that are no manifests: it consists of choices, not of objects.
_OVERLAY_FILES = {"kustomization.yaml"}
_RELEASE = "release"
_ADDRESS = re.compile(r"^(https?://|git@|[a-z0-9.-]+\.[a-z]+/.+//|.*\?ref=)")


def violations(root: Path) -> list[str]:
    """Complaints about the kustomizations, and about what stands beside them."""
    if unreadable := list(_unreadable(root)):
        return unreadable
    found = []
    for path in sorted((root / "k8s").rglob("kustomization.yaml")):
        kustomization = load_yaml(path.read_text()) or {}
        found += [f"{path.relative_to(root)}: {fault}" for fault in _faults(kustomization, path.parent)]
    return found + _overlay_faults(root) + _component_faults(root)


def _unreadable(root: Path) -> Iterator[str]:
    for path in sorted((root / "k8s").rglob("*.yaml")):
        try:
            list(load_all_yaml(path.read_text()))
        except yaml.YAMLError as error:
            yield f"{path.relative_to(root)}: {' '.join(str(error).split())}"


def _faults(kustomization: dict[str, Any], folder: Path) -> Iterator[str]:
    for patch in kustomization.get("patches") or []:
        yield from _patch_faults(patch, folder)
    for field in ("patchesJson6902", "patchesStrategicMerge", "commonLabels", "vars", "bases"):
        if field in kustomization:
            yield f"{field} is deprecated"
    for field in ("resources", "components", "crds"):
        for one in kustomization.get(field) or []:
            if _ADDRESS.match(one):
                yield f"{field} come from the network: {one}"
            elif not (folder / one).exists() and one != _RELEASE:
                yield f"{field}: there is no {one}"
    secrets = kustomization.get("secretGenerator")
    if secrets:
        yield "secretGenerator: a secret's value does not belong in a repository"
    if (kustomization.get("generatorOptions") or {}).get("disableNameSuffixHash"):
        yield "generatorOptions: without a hash a change of a ConfigMap rolls no pod"


def _patch_faults(patch: dict[str, Any], folder: Path) -> Iterator[str]:
    text = patch.get("patch") or (folder / patch["path"]).read_text()
    for operation in (
        one for document in load_all_yaml(text) if isinstance(document, list) for one in document
    ):
        path = str(operation.get("path", ""))
        if any(part.isdigit() for part in path.split("/")):
            yield f"a patch by index ({operation.get('op')} {path}): it means another thing once the list changes"


def _overlay_faults(root: Path) -> list[str]:
    """An overlay holds its kustomization, its shop.env and small patches, no object that stands elsewhere too."""
    base = _objects_of(root / "k8s" / "base") | _objects_of(root / "k8s" / "components")
    found = []
    for overlay in sorted((root / "k8s" / "overlays").glob("*/")):
        patches = _patch_files(overlay)
        for path in sorted(overlay.rglob("*.yaml")):
            if path.name in _OVERLAY_FILES or path.resolve() in patches:
                continue
            copied = sorted(_objects_in(path) & base)
            where = path.relative_to(root)
            found += [
                f"{where}: {kind}/{name} is a copy of one in base or a component" for kind, name in copied
            ]
    return found


def _patch_files(folder: Path) -> set[Path]:
    kustomization = folder / "kustomization.yaml"
    if not kustomization.is_file():
        return set()
    patches = (load_yaml(kustomization.read_text()) or {}).get("patches") or []
    return {(folder / one["path"]).resolve() for one in patches if "path" in one}


def _objects_of(folder: Path) -> set[tuple[str, str]]:
    patches = {path for one in folder.rglob("kustomization.yaml") for path in _patch_files(one.parent)}
    files = (path for path in folder.rglob("*.yaml") if path.name != "kustomization.yaml")
    return {one for path in files if path.resolve() not in patches for one in _objects_in(path)}


def _objects_in(path: Path) -> set[tuple[str, str]]:
    """(kind, name) of every object of a file."""
    documents = [one for one in load_all_yaml(path.read_text()) if isinstance(one, dict)]
    return {
        (str(one["kind"]), str(one["metadata"]["name"]))
        for one in documents
        if {"kind", "metadata"} <= set(one)
    }


def _component_faults(root: Path) -> list[str]:
    """A component is one decision: it has a README that says why."""
    return [
        f"{folder.relative_to(root)}: no README.md that says why"
        for folder in sorted((root / "k8s" / "components").glob("*/"))
        if not (folder / "README.md").is_file()
    ]
