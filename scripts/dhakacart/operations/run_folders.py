"""Folders that live as long as one process: named after it, and swept up once it is gone."""

import json
import shutil
from pathlib import Path

from dhakacart.operations.identity import Identity
from dhakacart.operations.postgres_binaries import make_public_folder

_OWNER_FILE = "owner.json"


def make_run_folder(parent: Path) -> Path:
    """A fresh folder for this process; what ended processes left beside it is removed first."""
    make_public_folder(parent)
    sweep(parent)
    owner = Identity.of_this_process()
    folder = parent / f"{owner.pid}-{int(owner.started * 1000)}"
    make_public_folder(folder)
    (folder / _OWNER_FILE).write_text(json.dumps(owner.to_json()))
    return folder


def sweep(parent: Path) -> None:
    """Removes the folders below `parent` whose processes are gone (a killed one removes nothing itself)."""
    for folder in parent.iterdir():
        try:
            owner = Identity.from_json(json.loads((folder / _OWNER_FILE).read_text()))
        except (OSError, ValueError, KeyError, TypeError):
            # Just made by another run that has not written its owner yet, or not ours: not for us to judge.
            continue
        if not owner.alive():
            shutil.rmtree(folder, ignore_errors=True)
