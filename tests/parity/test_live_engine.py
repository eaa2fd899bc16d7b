"""What runs, read from each first process: the stack as it is committed is clean, and one that was altered is not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.committed_shape import CommittedShop
from servers.containers import COMMAND_SECONDS
from servers.own_folder import in_own_folder
from servers.process import eventually

from dhakacart.operations.docker import docker_environment
from dhakacart.operations.paths import Checkout

RUNNING_SECONDS = 90.0
ALTERED_FIELDS = {
    "edge: environment.PARITY_EXTRA",
    "edge: environment.HSTS_SECONDS",
    "edge: seccomp",
    "edge: published.9113",
    "web: command",
    "web: process",
    "web: capabilities",
    "worker: user",
    "beat: read_only_root",
    "redis: secrets./run/secrets/dhakacart/sms_token",
    "redis: limits.cpus",
    "redis: limits.memory",
    "redis: limits.pids",
    "pgbouncer: probe.ready",
    "pgbouncer: probe.start",
    "pgbouncer: grace",
    "pgbouncer: stop_signal",
    "pgbouncer: volumes./cache",
    "postgres: no_new_privileges",
    "postgres: volumes./tmp",
    "prometheus: image",
    "prometheus: image.config",
    "prometheus: command",
    "prometheus: process",
    "prometheus: ports.9090",
    "prometheus: ports.9091",
    "prometheus: volumes./other",
}


@pytest.fixture(scope="module")
def shop(engine: None) -> Iterator[CommittedShop]:
    with in_own_folder(CommittedShop, "parity") as shop:
        yield shop.up()


def alter(shop: CommittedShop) -> None:
    """Starts anew what altered.yaml changes."""
    stack = shop.altered_stack
    subprocess.run(
        ["docker", "build", "--quiet", "--tag", stack.altered_image, "-"],
        input=f"FROM {stack.image('prometheus')}\nLABEL altered=yes\n",
        env=docker_environment(),
        text=True,
        capture_output=True,
        check=True,
    )
    # Not --wait: prometheus, which listens elsewhere now, is never healthy.
    stack.call("up", "--detach", "--no-build", timeout_seconds=COMMAND_SECONDS)


def test_what_runs_is_what_is_committed_and_any_change_is_seen(shop: CommittedShop) -> None:
    """compose.yaml alone runs as it says; one thing of each class altered, and all are named, none of the rest."""
    clean = shop.parity("compose")

    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert clean.stdout.splitlines()[-1].startswith("0 undeclared")

    alter(shop)
    try:
        eventually(
            "every change is seen", lambda: shop.differences() == ALTERED_FIELDS, seconds=RUNNING_SECONDS
        )
    except AssertionError:
        assert shop.differences() == ALTERED_FIELDS
    shown = shop.parity("compose")
    assert shown.returncode == 1
    for value in ("not-to-be-printed", "86399"):
        assert value not in shown.stdout + shop.parity("compose", "--json").stdout


def test_nothing_runs_is_said_in_one_line(engine: None, tmp_path: Path) -> None:
    """Of a checkout without a stack: what is lacking and how to start it."""
    here = Checkout.here().root
    for name in ("scripts", "compose", "services", "k8s"):
        shutil.copytree(
            here / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("node_modules")
        )
    result = subprocess.run(
        [sys.executable, "-m", "dhakacart", "parity", "--live", "compose"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert "error: no Compose stack of this checkout runs" in result.stderr
    assert "fix: docker compose" in result.stderr
