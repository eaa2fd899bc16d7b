"""The locks of the Python dependencies: universal, with hashes, without host names."""

import subprocess
from pathlib import Path

from dhakacart.operations.problem import ProblemError
from dhakacart.operations.programs import venv_program

# In the order of their inclusion: requirements-dev.in reads the services' files.
LOCKED = ("services/shop/requirements", "services/simulator/requirements", "requirements-dev")
_OLDEST_PYTHON = "3.11"


def lock_command(name: str, *, upgrade: bool) -> list[str]:
    """uv's command for one lock, relative to the checkout so that its comments name no machine's folder."""
    return [
        venv_program("uv"),
        *(
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            _OLDEST_PYTHON,
            "--generate-hashes",
        ),
        *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"),
        *(["--upgrade"] if upgrade else []),
        *(f"{name}.in", "-o", f"{name}.txt"),
    ]


def write_locks(root: Path, *, upgrade: bool) -> list[str]:
    """Writes every lock; returns their paths. Raises ProblemError with uv's words when one cannot be solved."""
    for name in LOCKED:
        result = subprocess.run(
            lock_command(name, upgrade=upgrade), cwd=root, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise ProblemError(f"{name}.in cannot be locked: {result.stderr.strip()[-1500:]}")
    return [f"{name}.txt" for name in LOCKED]
