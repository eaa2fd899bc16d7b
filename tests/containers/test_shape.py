"""Each container of the production shape: its user, mounts, limits and restraints, asked of the engine and from inside."""

import copy
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from containers.shapes import JOBS, SERVERS, SHAPES
from servers.container_shape import INSIDE, inside_faults, shape_faults
from servers.containers import docker
from servers.production_shape import ProductionShop, ProductionStack, inspect

SHELL_SECONDS = 60.0


def faults(production: ProductionShop, found: dict[str, Any], service: str) -> list[str]:
    return shape_faults(
        found, SHAPES[service], secrets=str(production.checkout.secrets), project=production.stack.project
    )


def test_these_are_all(production: ProductionShop) -> None:
    """Each container is one of the list, and none of the list is missing."""
    assert sorted(container.service for container in production.stack.containers()) == sorted(SHAPES)


@pytest.mark.parametrize("service", SHAPES)
def test_what_the_engine_says(service: str, production: ProductionShop) -> None:
    """User, mounts, limits, restraints, restart, grace, health check, published ports, logs: exactly the expected ones."""
    assert faults(production, production.inspect(service), service) == []


@pytest.mark.parametrize("service", SERVERS)
def test_what_the_process_may(service: str, production: ProductionShop) -> None:
    """From inside: no capability, no new privileges, the cgroup's limits, and nothing can be written but /tmp and the data."""
    result = production.exec(service, "sh", "-c", INSIDE)

    assert inside_faults(result.stdout, SHAPES[service]) == [], result.stderr


@pytest.mark.parametrize("service", JOBS)
def test_what_a_job_may(service: str, production: ProductionShop) -> None:
    """The same of those that have ended, in a container that is made as theirs were."""
    command = production.stack.command(
        "run", "--rm", "--no-deps", "--no-TTY", "--entrypoint", "sh", service, "-c", INSIDE
    )
    result = subprocess.run(
        command,
        env=production.stack.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SHELL_SECONDS,
        check=False,
    )

    assert inside_faults(result.stdout, SHAPES[service]) == [], result.stderr


def host(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["HostConfig"].update(values)


def config(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["Config"].update(values)


def mounted(**values: Any) -> Callable[[dict[str, Any]], None]:
    whole = {"Type": "bind", "Source": "/", "Destination": "/host", "RW": False, **values}
    return lambda found: found["Mounts"].append(whole)


def health(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["Config"]["Healthcheck"].update(values)


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("user", config(User="0:0")),
        ("user", config(User="")),
        ("mounts", mounted()),
        ("mounts", mounted(Source="/var/run/docker.sock")),
        ("mounts", lambda found: found["Mounts"].pop()),
        ("writable mounts", lambda found: found["Mounts"][0].update(RW=True)),
        ("tmpfs", host(Tmpfs={"/tmp": "mode=1777,size=128m", "/app": ""})),
        ("read-only root", host(ReadonlyRootfs=False)),
        ("dropped capabilities", host(CapDrop=["NET_RAW"])),
        ("added capabilities", host(CapAdd=["SYS_ADMIN"])),
        ("privileged", host(Privileged=True)),
        ("security options", host(SecurityOpt=["no-new-privileges:true", "seccomp=unconfined"])),
        ("security options", host(SecurityOpt=[])),
        ("devices", host(Devices=[{"PathOnHost": "/dev/kvm"}])),
        ("groups", host(GroupAdd=["0"])),
        ("namespaces of the host", host(PidMode="host")),
        ("shared memory", host(IpcMode="host")),
        ("memory", host(Memory=0)),
        ("processors", host(NanoCpus=0)),
        ("processes", host(PidsLimit=0)),
        ("killed when out of memory", host(OomKillDisable=True)),
        ("restart", host(RestartPolicy={"Name": "no", "MaximumRetryCount": 0})),
        ("grace", config(StopTimeout=None)),
        ("published", host(PortBindings={"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "1"}]})),
        ("published", host(PortBindings={"8000/tcp": [{"HostIp": "", "HostPort": "1"}]})),
        ("logs", host(LogConfig={"Type": "json-file", "Config": {}})),
        ("logs", host(LogConfig={"Type": "json-file", "Config": {"max-size": "1g", "max-file": "5"}})),
        ("logs", host(LogConfig={"Type": "local", "Config": {}})),
        ("health", config(Healthcheck=None)),
        ("health", config(Healthcheck={"Test": ["NONE"]})),
        ("health", health(Interval=3600 * 10**9)),
        ("health", health(Timeout=60 * 10**9)),
    ],
)
def test_each_fault_is_seen(
    word: str, change: Callable[[dict[str, Any]], None], production: ProductionShop
) -> None:
    """What the engine says of web, with one thing changed: exactly that is named."""
    found = copy.deepcopy(production.inspect("web"))
    change(found)

    assert {fault.partition(":")[0] for fault in faults(production, found, "web")} == {word}


BROKEN = """
services:
  redis:
    user: "0:0"
    read_only: false
    cap_drop: !reset []
    cap_add: [NET_ADMIN]
    security_opt: !override ["seccomp=unconfined"]
    pid: host
    tmpfs: !reset []
    volumes: ["/:/host"]
    ports: ["6379"]
    restart: "no"
    logging: !reset {}
    stop_grace_period: 1s
    healthcheck: {disable: true}
    deploy: !reset {}
"""


@pytest.fixture
def broken(production: ProductionShop, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the engine says of a Redis that an overlay has freed of every restraint; made, never started."""
    overlay = tmp_path / "broken.yaml"
    overlay.write_text(BROKEN)
    stack = ProductionStack(production.checkout, f"{production.stack.project}-broken", production.stack.ports)
    command = stack.command("--file", str(overlay), "create", "--no-build", "redis")
    result = subprocess.run(
        command, env=stack.environment(), capture_output=True, text=True, timeout=SHELL_SECONDS, check=False
    )
    assert result.returncode == 0, result.stderr
    [container] = stack.containers()
    yield inspect(container.name)
    stack.down(volumes=True)


def test_an_overlay_without_restraints_is_seen(broken: dict[str, Any], production: ProductionShop) -> None:
    """A real container of a spoilt compose file: every restraint that it lost is named."""
    words = {fault.partition(":")[0] for fault in faults(production, broken, "redis")}

    assert words >= {
        "user",
        "mounts",
        "writable mounts",
        "tmpfs",
        "read-only root",
        "dropped capabilities",
        "added capabilities",
        "security options",
        "namespaces of the host",
        "memory",
        "processors",
        "processes",
        "restart",
        "grace",
        "published",
        "logs",
        "health",
    }


def test_a_process_without_restraints_is_seen() -> None:
    """The same script in a container as the engine makes it unasked, as root: every freedom is named."""
    output = docker(
        "run", "--rm", "--user", "0:0", "--entrypoint", "sh", "dhakacart/redis:local", "-c", INSIDE
    )

    words = {fault.partition(":")[0] for fault in inside_faults(output, SHAPES["redis"])}

    assert words >= {
        *("Uid", "Gid", "CapEff", "CapPrm", "CapBnd", "NoNewPrivs"),
        *("memory", "pids", "processors", "written", "writable mounts"),
    }
