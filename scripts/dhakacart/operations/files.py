"""The checkout's files as git sees them: tracked, or new and not ignored."""

import re
import subprocess
from pathlib import Path

from dhakacart.operations.problem import ProblemError

_SHELL_SHEBANG = re.compile(rb"^#!\s*(/usr)?/bin/(env\s+)?(ba|da)?sh\b")


def project_files(root: Path) -> list[Path]:
    """Every file that is or will be committed. Raises ProblemError outside a git checkout."""
    result = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ProblemError(f"git cannot list the files: {result.stderr.strip()}")
    paths = (root / name for name in result.stdout.split("\0") if name)
    return sorted({path for path in paths if path.is_file() and not path.is_symlink()})


def shell_files(root: Path) -> list[Path]:
    """Shell scripts, by their name or their first line."""
    return [path for path in project_files(root) if path.suffix == ".sh" or _has_shell_shebang(path)]


def dockerfiles(root: Path) -> list[Path]:
    return [path for path in project_files(root) if path.name == "Dockerfile" or path.suffix == ".Dockerfile"]


def _has_shell_shebang(path: Path) -> bool:
    if path.suffix and path.suffix != ".bash":
        return False
    with path.open("rb") as file:
        return bool(_SHELL_SHEBANG.match(file.read(64)))
