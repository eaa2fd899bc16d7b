"""The environment files of the overlays: what Compose, Kustomize and the embedded engine read alike, and no secret."""

from pathlib import Path

import pytest

from config.env import SECRET_NAMES, Env
from dhakacart.operations.environment import find_unportable_lines, read_environment_file

REPOSITORY = Path(__file__).resolve().parents[4]
OVERLAYS = sorted((REPOSITORY / "k8s" / "overlays").glob("*/shop.env"))


def overlay_faults(path: Path) -> list[str]:
    """What may not stand in an overlay's file: what engines read differently, unknown names, secrets."""
    faults = find_unportable_lines(path)
    if not faults:
        known = {name.upper() for name in set(Env.model_fields) - SECRET_NAMES}
        faults = sorted(set(read_environment_file(path)) - known)
    return faults


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.parent.name)
def test_overlays_hold_bare_plain_variables_of_the_contract(path: Path) -> None:
    """Compose, Kustomize and the embedded engine read the same values; no secret, no misspelt name."""
    assert overlay_faults(path) == []


def test_there_are_overlays() -> None:
    """The test above looks at something."""
    assert "local" in {path.parent.name for path in OVERLAYS}


@pytest.mark.parametrize(
    "line",
    [
        'RELEASE="local"',
        "RELEASE=local # comment",
        "RELEASE=$TAG",
        "RELEASE=local ",
        "RELEASE = local",
        "export RELEASE=local",
        "RELEASE",
        "RELAESE=local",
        "SECRET_KEY=abc",
        "DJANGO_DEBUG=1",
    ],
)
def test_the_guard_of_overlays_sees_a_fault(tmp_path: Path, line: str) -> None:
    """Each kind of fault, in an otherwise good file."""
    path = tmp_path / "shop.env"
    path.write_text(f"# comment\nENVIRONMENT=staging\n{line}\n")

    assert overlay_faults(path) != []
