"""The test suites, and what each of them says of itself in numbers."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.node import npm_command, path_with_node
from dhakacart.operations.paths import Checkout
from dhakacart.operations.programs import python

# Suites that need a Docker engine: minutes long, so a verb of their own runs them (`make test-containers`).
ENGINE_MARKER = "engine"
# The same of a Kubernetes cluster (`make test-cluster`).
CLUSTER_MARKER = "cluster"
# Read by dhakacart.pytest_servers: it then writes its last line there, instead of printing it.
SUMMARY_VARIABLE = "DHAKACART_TEST_SUMMARY"
_MAX_WORKERS = 4
_NO_TESTS = 5
# How many durations are printed.
_LONGEST = 20


@dataclass(frozen=True)
class Suite:
    """Numbers of one suite; status is its exit status, reasons say why tests were skipped."""

    status: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)


def run_pytest(checkout: Checkout, arguments: list[str]) -> Suite:
    """pytest over all that needs neither engine nor cluster; several processes unless the arguments say otherwise."""
    return _pytest(checkout, ["-m", f"not {ENGINE_MARKER} and not {CLUSTER_MARKER}", *arguments])


def run_pytest_on_engine(checkout: Checkout, arguments: list[str]) -> Suite:
    """pytest over what needs a Docker engine, one after the other: the engine is one."""
    return _pytest(checkout, ["-m", f"{ENGINE_MARKER} and not {CLUSTER_MARKER}", "-n", "0", *arguments])


def run_pytest_on_cluster(checkout: Checkout, arguments: list[str]) -> Suite:
    """pytest over what needs a cluster, one after the other, with the seconds that the longest took."""
    return _pytest(checkout, ["-m", CLUSTER_MARKER, "-n", "0", "--durations", str(_LONGEST), *arguments])


def _pytest(checkout: Checkout, arguments: list[str]) -> Suite:
    workers = str(min(_MAX_WORKERS, max(2, os.cpu_count() or 2)))
    # loadgroup: tests that share something (a browser, a running shop) mark themselves as one group.
    parallel = [] if _says_how_many(arguments) else ["-n", workers, "--dist", "loadgroup"]
    with tempfile.TemporaryDirectory(prefix="dhakacart-test-") as folder:
        summary = Path(folder) / "summary.json"
        environment = {**os.environ, SUMMARY_VARIABLE: str(summary)}
        command = [python(), "-m", "pytest", *parallel, *arguments]
        status = subprocess.run(command, cwd=checkout.root, env=environment, check=False).returncode
        values = _read(summary)
    # The command itself may have failed (bad arguments, a crash): then the numbers must not look well.
    failed = int(values.get("failed", 0)) or int(status not in (0, _NO_TESTS))
    return Suite(
        status=status,
        passed=int(values.get("passed", 0)),
        failed=failed,
        skipped=int(values.get("skipped", 0)),
        reasons=list(values.get("reasons", [])),
    )


def run_storefront(checkout: Checkout) -> Suite:
    """The storefront's unit tests (vitest); counted as skipped when it is not installed."""
    if not (checkout.storefront / "node_modules").exists():
        return Suite(
            status=0, skipped=1, reasons=["storefront: its packages are not installed (make install)"]
        )
    with tempfile.TemporaryDirectory(prefix="dhakacart-test-") as folder:
        summary = Path(folder) / "summary.json"
        command = npm_command(
            "test", "--silent", "--", "--reporter=default", "--reporter=json", f"--outputFile.json={summary}"
        )
        environment = {**from_the_shell(), "PATH": path_with_node(), "CI": "1"}
        status = subprocess.run(
            command, cwd=checkout.storefront, env=environment, stdin=subprocess.DEVNULL, check=False
        ).returncode
        values = _read(summary)
    skipped = int(values.get("numPendingTests", 0)) + int(values.get("numTodoTests", 0))
    return Suite(
        status=status,
        passed=int(values.get("numPassedTests", 0)),
        failed=int(values.get("numFailedTests", 0)) or int(status != 0),
        skipped=skipped,
        reasons=[f"storefront: marked so ({skipped})"] if skipped else [],
    )


def _says_how_many(arguments: list[str]) -> bool:
    return any(one.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for one in arguments)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    values: dict[str, Any] = json.loads(path.read_text())
    return values
