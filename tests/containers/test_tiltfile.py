"""The Tiltfile: what it would run, what it refuses, and that the stack it brings up sells."""

import json
import os
import shutil
import ssl
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import free_ports
from dhakacart.operations.programs import run_program

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("tilt")]

ROOT = Checkout.here().root
LOAD_SECONDS = 120
CI_SECONDS = 900
PORTS = ("HTTPS_PORT", "HTTP_PORT", "SIMULATOR_PORT", "PROMETHEUS_PORT", "TILT_PORT")


@pytest.fixture(scope="session")
def tilt() -> str:
    """The program, with an engine to work on; else the test is skipped, or fails where an engine is required."""
    lacks = "" if shutil.which("tilt") else "tilt is not installed"
    if not lacks:
        try:
            answer = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False)
            lacks = "" if answer.returncode == 0 else "no Docker engine answers"
        except (OSError, subprocess.TimeoutExpired) as error:
            lacks = f"no Docker engine: {error}"
    if lacks and os.environ.get("REQUIRE_ENGINE") == "1":
        pytest.fail(lacks)
    if lacks:
        pytest.skip(lacks)
    return "tilt"


def run(*command: str, seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
    alone = {"TILT_DISABLE_ANALYTICS": "1", "TILT_CLOUD_ADDRESS": "localhost:9"}
    return run_program(
        command, environment={**os.environ, **alone, **environment}, folder=ROOT, timeout_seconds=seconds
    )


def load(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Reads the Tiltfile and starts nothing."""
    return run("tilt", "alpha", "tiltfile-result", *arguments, seconds=LOAD_SECONDS, **environment)


@pytest.fixture(scope="session")
def resources(tilt: str) -> dict[str, dict[str, Any]]:
    """What `tilt up` would run, by name."""
    result = load()
    assert result.returncode == 0, result.stdout[-2000:]
    return {one["Name"]: one for one in json.loads(result.stdout[result.stdout.index("{") :])["Manifests"]}


@pytest.fixture(scope="session")
def services() -> dict[str, Any]:
    """Compose's own view of the stack."""
    result = run(
        "docker", "compose", "-f", "compose/compose.yaml", "-f", "compose/dev.yaml", "config", seconds=60
    )
    assert result.returncode == 0, result.stdout
    services: dict[str, Any] = yaml.safe_load(result.stdout)["services"]
    return services


def test_tilt_runs_every_service_of_compose(
    resources: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    """A service that Compose gains is not forgotten here: each is a resource with a label."""
    assert set(services) <= set(resources)
    assert [name for name in services if not resources[name].get("Labels")] == []


def test_no_image_is_built_twice_and_none_by_compose_alone(
    resources: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    """Services of one image share one build, which Tilt does when what the image is made of changes."""
    builds = {
        name: [one["selector"] for one in resources[name].get("ImageTargets") or []] for name in services
    }

    assert builds == {name: [service["image"].rpartition(":")[0]] for name, service in services.items()}


def test_a_save_of_mounted_code_rebuilds_nothing(
    resources: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    """What is mounted reloads by itself: were it also a reason to build, each save would replace containers."""
    for name, service in services.items():
        mounted = {
            Path(mount["source"])
            for mount in service.get("volumes", [])
            if mount["type"] == "bind" and "secrets" not in mount["source"]
        }
        for target in resources[name].get("ImageTargets") or []:
            stale_by = {Path(path) for path in target["BuildDetails"]["Deps"]}
            for folder in mounted:
                code = {path for path in stale_by if path == folder or folder in path.parents}
                # What a role needs beside its code stands in the mounted folder too, and is no code.
                assert {path.name for path in code} <= {"Dockerfile", "requirements.txt"}, name
                assert not stale_by & set(folder.parents), name


def test_a_service_starts_after_what_compose_says_it_needs(resources: dict[str, dict[str, Any]]) -> None:
    """Tilt does not wait for health or for the end of one-shots, so gates do: database, schema, data, shop."""
    needs = {name: set(one.get("ResourceDependencies") or []) for name, one in resources.items()}

    assert "postgres-healthy" in needs["migrate"] & needs["pgbouncer"]
    assert "migrated" in needs["seed"]
    assert all("seeded" in needs[role] for role in ("web", "worker", "beat"))
    assert {"web", "worker", "beat", "edge", "storefront"} <= needs["all-healthy"]


def test_buttons_wait_to_be_pressed(resources: dict[str, dict[str, Any]]) -> None:
    """Seed, reset, test and shell are there, and none runs by itself: reset empties the database."""
    manual_and_not_at_start = resources["reset"]["TriggerMode"]

    assert {resources[name]["TriggerMode"] for name in ("seed-again", "reset", "test", "shell")} == {
        manual_and_not_at_start
    }
    assert manual_and_not_at_start != resources["web"]["TriggerMode"]


@pytest.mark.parametrize("context", ["production", "kind-other", "minikube"])
def test_a_foreign_context_is_refused(tilt: str, tmp_path: Path, context: str) -> None:
    """Only contexts of the one list get a shop from a laptop, whatever kubectl points at; the list's file is named."""
    result = load("--", "--target=cluster", KUBECONFIG=str(kubeconfig(tmp_path, context)))

    assert result.returncode != 0
    assert f"kubectl's context is '{context}'; only these of k8s/contexts.yaml may" in result.stdout
    assert "kind-dhakacart" in result.stdout


def test_a_local_name_of_a_remote_cluster_is_refused(tilt: str, tmp_path: Path) -> None:
    """A context's name is only a name: one that the list calls local must lead to this machine."""
    elsewhere = kubeconfig(tmp_path, "docker-desktop", server="https://203.0.113.7:6443")
    result = load("--", "--target=cluster", KUBECONFIG=str(elsewhere))

    assert result.returncode != 0
    assert (
        "'docker-desktop' is local by k8s/contexts.yaml, but its API server is https://203.0.113.7"
        in result.stdout
    )


def test_a_cluster_that_does_not_answer_is_told(tilt: str, tmp_path: Path) -> None:
    """On an allowed context one line says so, with the context."""
    result = load("--", "--target=cluster", KUBECONFIG=str(kubeconfig(tmp_path, "kind-dhakacart")))

    assert result.returncode != 0
    assert "the cluster of context kind-dhakacart does not answer" in result.stdout


def test_an_unknown_target_is_named(tilt: str) -> None:
    """A slip in the target says which ones there are."""
    result = load("--", "--target=moon")

    assert result.returncode != 0
    assert "no target is called 'moon'; there are: compose, cluster" in result.stdout


def kubeconfig(folder: Path, context: str, *, server: str = "https://127.0.0.1:1") -> Path:
    """kubectl's settings with one context, of a cluster that is not there."""
    path = folder / "config"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": context,
                "clusters": [{"name": "nowhere", "cluster": {"server": server}}],
                "users": [{"name": "nobody", "user": {"token": "of-nobody"}}],
                "contexts": [{"name": context, "context": {"cluster": "nowhere", "user": "nobody"}}],
            }
        )
    )
    return path


@pytest.fixture(scope="session")
def brought_up(tilt: str) -> Iterator[tuple[subprocess.CompletedProcess[str], dict[str, str]]]:
    """`tilt ci` beside whatever runs: its output, and the environment in which it ran."""
    environment = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    environment["COMPOSE_PROJECT_NAME"] = f"dhakacart-tilt-{uuid.uuid4().hex[:8]}"
    try:
        yield run("tilt", "ci", seconds=CI_SECONDS, **environment), environment
    finally:
        down = run("tilt", "down", "--delete-volumes", seconds=LOAD_SECONDS, **environment)
    assert down.returncode == 0, down.stdout[-2000:]


def test_tilt_ci_is_green(brought_up: tuple[subprocess.CompletedProcess[str], dict[str, str]]) -> None:
    """Every resource gets healthy, and the shop that came up has goods to sell, through the edge."""
    result, environment = brought_up
    assert result.returncode == 0, result.stdout[-4000:]

    authority = Checkout.here().secrets / "authority" / "ca.crt"
    answer = httpx.get(
        f"https://localhost:{environment['HTTPS_PORT']}/api/v1/catalog/products",
        verify=ssl.create_default_context(cafile=str(authority)),
        trust_env=False,
        timeout=20,
    )
    assert answer.status_code == 200
    assert answer.json()["items"]
