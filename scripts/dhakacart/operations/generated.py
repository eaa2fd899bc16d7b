"""What is generated and committed: the API's description, and the storefront's types made from it."""

import os
import subprocess
import tempfile
from difflib import unified_diff
from pathlib import Path

from dhakacart.operations.check_context import Context
from dhakacart.operations.node import npm_command
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.programs import python

OPENAPI_FILE = "openapi.json"
TYPES_FILE = Path("src", "api", "schema.d.ts")
_SHOWN_LINES = 40
_WAY_OUT = "make fix writes it"


def current_openapi(context: Context) -> str:
    """The description as the code has it now. Raises ProblemError with Django's words."""
    result = subprocess.run(
        [python(), "manage.py", "openapi"],
        cwd=context.shop,
        env=context.shop_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ProblemError(f"manage.py openapi failed: {result.stderr.strip()[-2000:]}")
    return result.stdout


def stale_openapi(context: Context) -> str | None:
    """A check: the difference between the committed description and the code's."""
    committed = context.storefront / OPENAPI_FILE
    if not (context.shop / "manage.py").exists() or not committed.exists():
        return None
    return _difference(committed.read_text(), current_openapi(context), OPENAPI_FILE)


def stale_types(context: Context) -> str | None:
    """A check: the difference between the committed types and those made from the committed description.

    The storefront's own script makes them, in a shadow of its folder, so that nothing here is edited.
    """
    committed = context.storefront / TYPES_FILE
    if not committed.exists() or not (context.storefront / "node_modules").exists():
        return None
    with tempfile.TemporaryDirectory(dir=context.scratch) as folder:
        shadow = Path(folder)
        for entry in context.storefront.iterdir():
            if entry.name != TYPES_FILE.parts[0]:
                (shadow / entry.name).symlink_to(entry)
        (shadow / TYPES_FILE).parent.mkdir(parents=True)
        generate(shadow, context.node_environment())
        return _difference(committed.read_text(), (shadow / TYPES_FILE).read_text(), str(TYPES_FILE))


def generate(folder: Path, environment: dict[str, str]) -> None:
    """Runs the storefront's `generate` script there. Raises ProblemError with its words."""
    result = subprocess.run(
        npm_command("run", "--silent", "generate"),
        cwd=folder,
        env={**environment, "PWD": os.fspath(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ProblemError(f"npm run generate failed: {result.stdout.strip()[-2000:]}")


def _difference(committed: str, current: str, name: str) -> str:
    if committed == current:
        return ""
    lines = list(
        unified_diff(
            committed.splitlines(),
            current.splitlines(),
            f"{name} (committed)",
            f"{name} (now)",
            lineterm="",
            n=1,
        )
    )
    shown = "\n".join(lines[:_SHOWN_LINES]) or "the line ends or the last newline differ"
    more = f"\n... {len(lines) - _SHOWN_LINES} more lines" if len(lines) > _SHOWN_LINES else ""
    return f"{shown}{more}\n{_WAY_OUT}"
