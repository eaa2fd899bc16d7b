"""What docker and Compose say, in people's words; and what they are told."""

import time

import pytest

from dhakacart.operations.compose import Stack, StackPorts, compose_containers, followed_line
from dhakacart.operations.docker import (
    call,
    compose_version,
    docker_environment,
    engine_lacks,
    explain,
    require_free_disk,
)
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

DEAD = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
ROW = '{"Service":"web","Name":"dhakacart-web-1","State":"running","Health":"healthy","ExitCode":0}'


@pytest.mark.parametrize(
    ("words", "message", "way_out"),
    [
        (DEAD, "no Docker engine answers", "start Docker"),
        ("error during connect: Get http://docker: EOF", "no Docker engine answers", "ENGINE=embedded"),
        ("permission denied while trying to connect to the Docker daemon socket", "this user", "usermod"),
        ("write /var/lib/x: no space left on device", "disk of the Docker engine is full", "builder prune"),
        (
            "driver failed programming external connectivity: Bind for 127.0.0.1:8443 failed: port is already allocated",
            "port 8443 is taken",
            "ISOLATED=1",
        ),
        ("listen tcp4 127.0.0.1:8090: bind: address already in use", "port 8090 is taken", "ISOLATED=1"),
        ("failed to solve: debian: failed to resolve source metadata for x", "base image", "BASE_IMAGE"),
        ("all predefined address pools: could not find an available subnet", "addresses", "network prune"),
    ],
)
def test_known_failures_are_one_line_with_the_way_out(words, message, way_out):
    """Docker's own words stand for something that can be mended, and the hint says how."""
    problem = explain(f"some line before\n{words}")

    assert message in problem.message
    assert way_out in problem.hint
    assert "\n" not in problem.message + problem.hint


def test_unknown_words_are_left_alone():
    """No wrong diagnosis of what is not known."""
    assert explain('process "/bin/sh -c make" did not complete successfully: exit code: 2') is None


@pytest.mark.parametrize(
    ("text", "version"),
    [("2.24.0\n", (2, 24)), ("v2.39.1-desktop.1", (2, 39)), ("5.6.1", (5, 6)), ("unknown", (0, 0))],
)
def test_compose_versions_are_read(text, version):
    """With and without v, with a vendor's suffix; nonsense counts as too old."""
    assert compose_version(text) == version


@pytest.mark.parametrize(
    ("answers", "lacks"),
    [
        ([{"to": "compose version", "stdout": "2.24.0\n"}], ""),
        ([{"to": "version --format", "stderr": DEAD, "status": 1}], "no Docker engine answers"),
        ([{"to": "version --format", "seconds": 30}], "has not answered within 3 s"),
        ([{"to": "compose version", "status": 1}], "no Compose plugin"),
        ([{"to": "compose version", "stdout": "2.23.3\n"}], "Compose 2.23.3 is too old, 2.24 is needed"),
    ],
)
def test_what_the_machine_lacks_is_said_quickly(docker, answers, lacks):
    """A dead, a hanging, an old one: a few words, after little more than three seconds at most."""
    docker(*answers)
    began = time.monotonic()

    said = engine_lacks()

    assert (lacks in said) if lacks else said == ""
    assert time.monotonic() - began < 15


def test_without_the_docker_command_it_says_so(monkeypatch, tmp_path):
    """A machine without Docker is told in a few words."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert engine_lacks() == "there is no docker command"
    with pytest.raises(ProblemError, match="no docker command"):
        call(["docker", "ps"])


def test_a_full_disk_is_told_before_anything_starts(docker, monkeypatch, tmp_path):
    """Some MiB left on the engine's disk: refused, with what frees some; a disk elsewhere cannot be judged."""
    docker({"to": "info", "stdout": f"{tmp_path}\n"})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 5 * 1024**2}))
    with pytest.raises(ProblemError, match="has 5 MiB left") as problem:
        require_free_disk()
    assert "docker builder prune" in problem.value.hint

    docker({"to": "info", "stdout": "/nowhere/on/this/machine\n"})
    require_free_disk()


def test_docker_gets_nothing_of_another_project(monkeypatch):
    """What would change compose.yaml's meaning stays out; where the engine is comes through."""
    for name in ("VERSION", "SECRETS", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "HTTPS_PORT", "SHOP_IMAGE"):
        monkeypatch.setenv(name, "another project's")
    monkeypatch.setenv("DOCKER_HOST", "unix:///somewhere")
    monkeypatch.setenv("https_proxy", "proxy.example:3128")

    environment = docker_environment()

    assert "another project's" not in environment.values()
    assert environment["DOCKER_HOST"] == "unix:///somewhere"
    assert environment["https_proxy"] == "proxy.example:3128"


def test_the_stack_gets_its_ports_and_secrets(tmp_path):
    """compose.yaml's variables are those of this run."""
    stack = Stack(Checkout(tmp_path / "root", tmp_path), "x", StackPorts(https=20443))

    environment = stack.environment()

    assert environment["HTTPS_PORT"] == "20443"
    assert environment["SECRETS"] == str(tmp_path / "root" / ".dhakacart" / "secrets")


@pytest.mark.parametrize("output", [f"{ROW}\n{ROW}\n", f"[{ROW},{ROW}]\n"])
def test_compose_lists_containers_as_lines_or_as_an_array(output):
    """Both forms occur, by version."""
    assert [one.service for one in compose_containers(output)] == ["web", "web"]


@pytest.mark.parametrize(
    ("changes", "ready"),
    [
        ({}, True),
        ({"Health": ""}, False),
        ({"Health": "starting"}, False),
        ({"Health": "unhealthy"}, False),
        ({"State": "exited", "Health": ""}, True),
        ({"State": "exited", "Health": "", "ExitCode": 1}, False),
        ({"State": "created", "Health": ""}, False),
        ({"State": "restarting", "Health": "", "Status": "Restarting (78) 2 seconds ago"}, False),
    ],
)
def test_a_container_is_ready_when_it_serves_or_has_done_its_job(changes, ready):
    """Healthy, or ended with 0; what has no check is a job, which is not done while it runs."""
    import json

    [container] = compose_containers(json.dumps({**json.loads(ROW), **changes}))

    assert container.ready is ready


def test_containers_of_compose_run_are_not_the_stacks():
    """A shell that somebody has open is neither waited for nor counted as running."""
    one_off = ROW.replace("}", ',"Labels":"a=b,com.docker.compose.oneoff=True"}')

    assert [one.service for one in compose_containers(f"{ROW}\n{one_off}\n")] == ["web"]


def test_the_status_of_a_restarting_container_is_known():
    """It stands only in the sentence for people."""
    row = ROW.replace("running", "restarting").replace("}", ',"Status":"Restarting (78) 2 seconds ago"}')

    [container] = compose_containers(row)

    assert container.exit_status == 78


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("web-1         | GET / 200\n", ("web", "GET / 200")),
        ("postgres-1  | a | b", ("postgres", "a | b")),
        ("redis-12 |", ("redis", "")),
        ("no bar here", ("", "no bar here")),
    ],
)
def test_followed_lines_are_told_apart(line, parts):
    """The service without its number, and the text as it was."""
    assert followed_line(line) == parts
