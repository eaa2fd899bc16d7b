"""`.ci/run` as its callers start it: by its name, or told to a shell. Its stages' commands are stand-ins here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_CI = Path(__file__).resolve().parents[2] / ".ci"
_STARTS = ([], ["sh"], ["bash"], ["bash", "-e"])
# Says that a Bangla font is there, notes what `make` is asked for, and fails when told to.
_STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >>"$STAND_IN_LOG"
case "$*" in "$FAILING") exit 3 ;; esac
echo "a font"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that has only `.ci`, without an engine or a cluster beside it."""
    shutil.copytree(_CI, tmp_path / "project" / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("make", "fc-list", "chromium"):
        program = programs / name
        program.write_text(_STAND_IN)
        program.chmod(0o755)
    return tmp_path / "project"


def _run(checkout: Path, command: list[str], failing: str = "nothing") -> subprocess.CompletedProcess[str]:
    programs, log = checkout.parent / "programs", checkout.parent / "log"
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "STAND_IN_LOG": str(log),
        "FAILING": failing,
    }
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("start", _STARTS, ids=lambda start: " ".join(start) or "by its name")
@pytest.mark.parametrize("path", [".ci/run", "../project/.ci/run"])
def test_it_runs_however_it_is_started(checkout: Path, start: list[str], path: str) -> None:
    result = _run(checkout, [*start, path])
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith("ci passed: check ")
    assert "LEFT OUT: containers (no way to an engine here), cluster" in result.stdout
    assert (checkout.parent / "log").read_text().splitlines()[-2:] == ["make check", "make test"]


def test_the_first_stage_that_fails_ends_it(checkout: Path) -> None:
    result = _run(checkout, ["bash", ".ci/run"], failing="check")
    assert result.returncode == 1
    assert "=== check FAILED with 3" in result.stdout
    assert "make test" not in (checkout.parent / "log").read_text()
