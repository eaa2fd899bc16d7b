"""The checks of `dhakacart check`: each reads, none edits, and each says when it has nothing to look at."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dhakacart.operations.check_context import Context
from dhakacart.operations.environment import find_unportable_lines
from dhakacart.operations.files import dockerfiles, project_files, shell_files
from dhakacart.operations.generated import stale_openapi, stale_types
from dhakacart.operations.host_names import registry_hosts
from dhakacart.operations.node import npm_command
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.programs import python, run_program, venv_program
from dhakacart.operations.tool_versions import LOCK, differing_versions

_TIMEOUT_SECONDS = 600


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOTHING = "nothing to check"


@dataclass(frozen=True)
class Outcome:
    """What a check found; `output` is for people and shown only for a failed one."""

    name: str
    result: Result
    seconds: float
    output: str = ""


@dataclass(frozen=True)
class Check:
    """A named check: `look` returns the complaints ("" for none), or None when there is nothing to check."""

    name: str
    look: Callable[[Context], str | None]


def run_checks(checks: list[Check], context: Context, *, parallel: int) -> Iterator[Outcome]:
    """Runs them side by side; yields each outcome as it comes."""
    with ThreadPoolExecutor(max_workers=parallel) as pool:
        for future in as_completed([pool.submit(_run, check, context) for check in checks]):
            yield future.result()


def _run(check: Check, context: Context) -> Outcome:
    began = time.monotonic()
    try:
        complaints = check.look(context)
    except (ProblemError, OSError, subprocess.TimeoutExpired) as error:
        complaints = f"the check itself failed: {error}"
    result = Result.NOTHING if complaints is None else Result.FAILED if complaints else Result.PASSED
    return Outcome(check.name, result, time.monotonic() - began, complaints or "")


def complaints_of(command: list[str], *, folder: Path, environment: dict[str, str] | None = None) -> str:
    """Runs a program: "" when it ends with 0, otherwise all that it printed."""
    result = run_program(
        command,
        environment=environment if environment is not None else os.environ,
        folder=folder,
        timeout_seconds=_TIMEOUT_SECONDS,
    )
    if result.returncode == 0:
        return ""
    return result.stdout.strip() or f"{command[0]} ended with status {result.returncode}"


def _ruff(*arguments: str) -> Callable[[Context], str | None]:
    return lambda context: complaints_of([venv_program("ruff"), *arguments], folder=context.root)


def _mypy(context: Context) -> str | None:
    targets = [
        path
        for path in ("services/shop", "services/simulator", "scripts/dhakacart", ".ci/stages.py")
        if (context.root / path).exists()
    ]
    environment = context.shop_environment()
    return complaints_of([venv_program("mypy"), *targets], folder=context.root, environment=environment)


def _imports(context: Context) -> str | None:
    if "[tool.importlinter" not in (context.root / "pyproject.toml").read_text():
        return None
    folders = [context.root / path for path in ("services/shop", "services/simulator", "scripts")]
    environment = {**context.shop_environment(), "PYTHONPATH": os.pathsep.join(map(str, folders))}
    return complaints_of([venv_program("lint-imports")], folder=context.root, environment=environment)


def _manage(*arguments: str, production: bool = False) -> Callable[[Context], str | None]:
    def look(context: Context) -> str | None:
        if not (context.shop / "manage.py").exists():
            return None
        return complaints_of(
            [python(), "manage.py", *arguments],
            folder=context.shop,
            environment=context.shop_environment(production=production),
        )

    return look


def _npm(script: str) -> Callable[[Context], str | None]:
    def look(context: Context) -> str | None:
        if not (context.storefront / "node_modules").exists():
            return None
        command = npm_command("run", "--silent", script)
        return complaints_of(command, folder=context.storefront, environment=context.node_environment())

    return look


def _bundle_size(context: Context) -> str | None:
    if not (context.storefront / "node_modules").exists():
        return None
    built = str(context.scratch / "storefront")
    environment = context.node_environment()
    for arguments in (["build", "--", "--outDir", built, "--logLevel", "error"], ["size", "--", built]):
        command = npm_command("run", "--silent", *arguments)
        if complaints := complaints_of(command, folder=context.storefront, environment=environment):
            return complaints
    return ""


def _shellcheck(context: Context) -> str | None:
    files = shell_files(context.root)
    return (
        complaints_of([venv_program("shellcheck"), *map(str, files)], folder=context.root) if files else None
    )


def _hadolint(context: Context) -> str | None:
    files = dockerfiles(context.root)
    return complaints_of([venv_program("hadolint"), *map(str, files)], folder=context.root) if files else None


def _tool_versions(context: Context) -> str | None:
    lock = context.root / LOCK
    if not lock.exists():
        return None
    files = [*dockerfiles(context.root), *shell_files(context.root)]
    return "\n".join(
        f"{path.relative_to(context.root)}: {fault}"
        for path in files
        for fault in differing_versions(path, lock)
    )


def _registry_hosts(context: Context) -> str | None:
    found = [
        f"{path.relative_to(context.root)}:{line}"
        for path in project_files(context.root)
        for line in registry_hosts(path)
    ]
    return "\n".join(found)


def _environment_files(context: Context) -> str | None:
    files = sorted((context.root / "k8s" / "overlays").glob("*/*.env"))
    if not files:
        return None
    return "\n".join(
        f"{path.relative_to(context.root)}:{line}" for path in files for line in find_unportable_lines(path)
    )


def _manifests(context: Context) -> str | None:
    if not any((context.root / "k8s" / "overlays").glob("*/kustomization.yaml")):
        return None
    # Only where it is needed: the schemas' library takes long to load.
    from dhakacart.operations.manifest_check import complaints

    return "\n".join(complaints(context.root))


# Slow ones first: side by side, the total is then nearly that of the longest.
CHECKS = [
    Check("mypy (strict types)", _mypy),
    Check("Kubernetes manifests (schemas, policies)", _manifests),
    Check("eslint", _npm("lint")),
    Check("tsc (TypeScript's types)", _npm("typecheck")),
    Check("JavaScript of a first page", _bundle_size),
    Check("OpenAPI is current", stale_openapi),
    Check("storefront's API types are current", stale_types),
    Check("migrations are complete", _manage("makemigrations", "--check", "--dry-run")),
    Check(
        "check --deploy (production's settings)",
        _manage("check", "--deploy", "--fail-level", "WARNING", production=True),
    ),
    Check("import contracts", _imports),
    Check("shellcheck", _shellcheck),
    Check("hadolint (Dockerfiles)", _hadolint),
    Check("images' tools are at the lock's versions", _tool_versions),
    Check("ruff check", _ruff("check", "--no-fix", "--quiet", ".")),
    Check("ruff format", _ruff("format", "--check", "--quiet", ".")),
    Check("environment files are bare KEY=value", _environment_files),
    Check("no registry's host is named", _registry_hosts),
]
