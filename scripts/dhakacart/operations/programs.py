"""Programs that stand beside this Python: linters and tools of the virtual environment."""

import sys
from pathlib import Path


def venv_program(name: str) -> str:
    """The path of a program in this virtual environment (not resolved: a link leads out of it)."""
    return str(Path(sys.executable).parent / name)


def python() -> str:
    """This environment's Python."""
    return sys.executable
