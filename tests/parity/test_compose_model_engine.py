"""The readers of compose.yaml and of the Dockerfiles, against Docker's own answers."""

import json
import os
from dataclasses import replace

import pytest

from dhakacart.operations.compose_model import (
    COMPOSE_FILE,
    ComposeService,
    command_of_test,
    compose_services,
    read_compose,
)
from dhakacart.operations.docker import call, docker_environment
from dhakacart.operations.parity.dockerfile import image_defaults

from .conftest import ROOT

VARIABLES = {
    "HTTPS_PORT": "12345",
    "SHOP_IMAGE": f"dhakacart/shop@sha256:{'a' * 64}",
    "SECRETS": str(ROOT / "elsewhere"),
}


def by_docker(variables: dict[str, str]) -> dict[str, ComposeService]:
    text = call(
        ["docker", "compose", "--file", str(ROOT / COMPOSE_FILE), "config", "--format", "json"],
        environment={**docker_environment(), **variables},
    )
    return compose_services(json.loads(text), folder=ROOT / "compose")


def comparable(service: ComposeService) -> ComposeService:
    """Docker makes a source absolute, which is no part of what a container sees."""
    return replace(service, mounts=tuple(replace(one, source="") for one in service.mounts))


@pytest.mark.parametrize("variables", [{}, VARIABLES], ids=["defaults", "given"])
def test_compose_says_the_same_of_its_file(engine: None, variables: dict[str, str]) -> None:
    """`docker compose config` resolves the file to the very services that are read without Docker."""
    ours = read_compose(ROOT / COMPOSE_FILE, variables)
    theirs = by_docker(variables)

    assert list(ours) != []
    assert {name: comparable(one) for name, one in ours.items()} == {
        name: comparable(one) for name, one in theirs.items()
    }


@pytest.mark.parametrize(
    "name", ["edge", "pgbouncer", "postgres", "prometheus", "redis", "shop", "simulator"]
)
def test_an_image_says_the_same_as_its_dockerfile(engine: None, name: str) -> None:
    """What was read from the Dockerfile is what the built image has."""
    # As in development: built if need be, from the layers that are there.
    identity = call(["docker", "build", "--quiet", *dockerfile_of(name)], timeout_seconds=900.0).strip()
    [built] = json.loads(call(["docker", "image", "inspect", identity]))
    settings, ours = built["Config"], image_defaults(ROOT / "services")[name]
    variables = dict(one.split("=", 1) for one in settings["Env"])

    assert ours.entrypoint == tuple(settings["Entrypoint"] or ())
    assert ours.command == tuple(settings["Cmd"] or ())
    assert ours.user == settings["User"]
    assert ours.stop_signal == settings.get("StopSignal", "SIGTERM")
    assert {f"{port}/tcp" for port in ours.ports} == set(settings["ExposedPorts"])
    assert ours.health_command == command_of_test((settings.get("Healthcheck") or {}).get("Test") or ["NONE"])
    # The base may bring some of its own.
    assert ours.environment == {key: variables[key] for key in ours.environment}


def dockerfile_of(name: str) -> list[str]:
    """edge takes the storefront's sources too. BASE_IMAGE as in compose.yaml."""
    base = os.environ.get("BASE_IMAGE")
    services = ROOT / "services"
    arguments = ["--build-arg", f"BASE={base}"] if base else []
    context = services if name == "edge" else services / name
    return [*arguments, "--file", str(services / name / "Dockerfile"), str(context)]
