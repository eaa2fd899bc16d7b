"""Programs that stand beside this Python: linters and tools of the virtual environment."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def venv_program(name: str) -> str:
    """The path of a program in this virtual environment (not resolved: a link leads out of it)."""
    return str(Path(sys.executable).parent / name)


def python() -> str:
    """This environment's Python."""
    return sys.executable


def run_program(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    timeout_seconds: float | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Runs it to its end, whatever that is; both of its streams in `stdout`. Raises TimeoutExpired, FileNotFoundError."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=timeout_seconds,
    )
