"""The shop's own suite inside the shop's image: Debian's Python and libraries, a numeric user, a root that is read-only."""

import os
import re
import subprocess
import sys

from servers.containers import COMMAND_SECONDS, ContainerShop, docker

from dhakacart.operations.docker import docker_environment
from dhakacart.operations.paths import Checkout
from dhakacart.operations.programs import run_program

IMAGE = "dhakacart/shop-tests:test"
SUITE = "services/shop/tests"
BUILD_SECONDS = 900.0
SUITE_SECONDS = 900.0
# On two processors 203 s, with two workers 234 s: a part of the tests waits for processes.
WORKERS = "3"
# What no unprivileged container may do; on the host, as root, these run.
KNOWN_SKIPS = ("no process namespace of one's own",)
MOST_SKIPPED = 30
# Of dhakacart.pytest_servers.
LAST_LINE = re.compile(
    r"passed (?P<passed>\d+), failed (?P<failed>\d+), skipped (?P<skipped>\d+)(: (?P<reasons>.*))?"
)
# `exec`: PostgreSQL is unpacked there.
SCRATCH = "/tmp:mode=1777,exec,size=4g"


def docker_run(*command: str, seconds: float) -> subprocess.CompletedProcess[str]:
    environment = {**docker_environment(), "DOCKER_BUILDKIT": "1"}
    return run_program(["docker", *command], environment=environment, timeout_seconds=seconds)


def collected_here() -> int:
    """How many tests the suite has on this machine."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", SUITE, "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=Checkout.here().root,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    found = re.search(r"^(\d+) tests collected", result.stdout, re.MULTILINE)
    assert found, result.stdout[-3000:] + result.stderr[-3000:]
    return int(found[1])


def test_the_shops_suite_passes_in_its_image(copied: ContainerShop) -> None:
    """Every test that there is on this machine passes there too, but for those that want more rights than production's."""
    root = copied.checkout.root
    base = os.environ.get("BASE_IMAGE")
    arguments = ["--build-arg", f"BASE={base}"] if base else []
    built = docker_run(
        *("build", "--quiet", "--target", "test", "--build-context", f"repository={root}"),
        *(*arguments, "--tag", IMAGE, str(root / "services" / "shop")),
        seconds=BUILD_SECONDS,
    )
    assert built.returncode == 0, built.stdout[-6000:]
    hardened = ("--read-only", "--tmpfs", SCRATCH, "--cap-drop", "ALL", "--security-opt", "no-new-privileges")

    ran = docker_run(
        *("run", "--rm", *hardened, "--volume", f"{root}:/repository:ro", IMAGE),
        *("python", "-m", "pytest", "-p", "no:cacheprovider"),
        *("-n", WORKERS, "--dist", "loadgroup", "-q", SUITE),
        seconds=SUITE_SECONDS,
    )

    assert ran.returncode == 0, ran.stdout[-8000:]
    numbers = LAST_LINE.fullmatch(ran.stdout.splitlines()[-1])
    assert numbers, ran.stdout[-3000:]
    assert int(numbers["failed"]) == 0
    reasons = numbers["reasons"].split("; ") if numbers["reasons"] else []
    assert not [reason for reason in reasons if not reason.startswith(KNOWN_SKIPS)]
    assert int(numbers["passed"]) + int(numbers["skipped"]) == collected_here()
    assert int(numbers["skipped"]) <= MOST_SKIPPED
    version = docker("run", "--rm", IMAGE, "python", "--version")
    assert version.startswith("Python 3.13."), version
