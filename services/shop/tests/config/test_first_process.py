"""A role as the first process of a container: the kernel gives it no signal for which it has set no handler."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from dhakacart.operations.ports import answers
from dhakacart.operations.waiting import wait_for

from .conftest import Role

StartRole = Callable[..., Role]
FIRST_PROCESS = ("unshare", "--pid", "--fork", "--kill-child")
KILLED_BY_SIGTERM = 128 + signal.SIGTERM
STOP_SECONDS = 20


@pytest.fixture(autouse=True)
def _namespaces() -> None:
    """Skips where this user may make no process namespace: elsewhere than on Linux, and without root on most."""
    try:
        subprocess.run([*FIRST_PROCESS, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no process namespace of one's own: {error}")


def tell(role: Role) -> None:
    """SIGTERM, as `docker stop` and a kubelet send it: to the first process in there, from outside."""
    [first] = psutil.Process(role.process.pid).children()
    first.terminate()


def status(role: Role) -> int:
    return role.process.wait(STOP_SECONDS)


def test_python_alone_ignores_sigterm(start_role: StartRole) -> None:
    """The pair: without a handler SIGTERM does nothing to a first process, so that its grace period would pass."""
    role = subprocess.Popen(
        [*FIRST_PROCESS, sys.executable, "-c", "print(1, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert role.stdout
    assert role.stdin
    role.stdout.readline()

    [first] = psutil.Process(role.pid).children()
    first.terminate()
    role.communicate(b"goes on\n", timeout=STOP_SECONDS)

    assert role.returncode == 0


@pytest.mark.parametrize("live_reload", ["false", "true"])
@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
def test_a_role_that_has_not_begun_ends_at_once(start_role: StartRole, name: str, live_reload: str) -> None:
    """SIGTERM as early as Python can take it: status 143, and nothing of the role was ever started."""
    role = start_role(name, inside=FIRST_PROCESS, LIVE_RELOAD=live_reload)
    role.until(lambda: bool(psutil.Process(role.process.pid).children()))

    def told_until_it_ends() -> bool:
        with suppress(psutil.NoSuchProcess, ValueError):  # it has just ended
            tell(role)
        return role.process.poll() is not None

    assert wait_for(told_until_it_ends, timeout_seconds=STOP_SECONDS)
    assert role.process.returncode == KILLED_BY_SIGTERM
    assert role.output() == ""
    assert not answers(role.metrics_port)


@pytest.mark.parametrize("live_reload", ["false", "true"])
@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_role_that_is_beginning_ends_too(start_role: StartRole, name: str, live_reload: str) -> None:
    """SIGTERM once, between the opening of its metrics' port and its first work: no gap where it is lost."""
    role = start_role(name, inside=FIRST_PROCESS, LIVE_RELOAD=live_reload)
    role.until(lambda: answers(role.metrics_port))

    tell(role)

    assert status(role) in (0, KILLED_BY_SIGTERM)
    assert not answers(role.metrics_port)
    assert not answers(role.port)


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_role_at_work_ends_by_its_own_rules(start_role: StartRole, name: str) -> None:
    """The early handler is gone then: status 0."""
    role = start_role(name, inside=FIRST_PROCESS, LIVE_RELOAD="false").ready()

    tell(role)

    assert status(role) == os.EX_OK
