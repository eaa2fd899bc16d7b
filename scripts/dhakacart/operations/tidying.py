"""Removing what a checkout has made."""

import shutil
from pathlib import Path

from dhakacart.operations.problem import ProblemError


def remove_folders(*folders: Path) -> None:
    """Removes them with all they hold. Raises ProblemError for one that stays."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            raise ProblemError(f"{folder} could not be removed", hint="its files belong to another user")
