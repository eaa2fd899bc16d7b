"""The overlay `local` as it runs: each first process is what is committed, also beside Compose; a change is seen."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from servers.cluster import ClusterShop
from servers.committed_shape import IMAGES, CommittedShop
from servers.own_folder import in_own_folder
from typer.testing import CliRunner, Result

from dhakacart.main import app
from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.parity.live_compose import known_digests
from dhakacart.operations.release import image_name

ROLLOUT_SECONDS = 180.0
# Everything that Pod Security's `restricted` lets through and that is another container all the same.
ALTERED_POD: dict[str, Any] = {
    "terminationGracePeriodSeconds": 31,
    "volumes": [{"name": "altered", "emptyDir": {}}],
    "containers": [
        {
            "name": "beat",
            # Ends when told to, which a first process does not do by itself.
            "args": [
                "python",
                "-c",
                "import signal; signal.signal(signal.SIGTERM, lambda *_: exit()); signal.pause()",
            ],
            "env": [{"name": "PARITY_EXTRA", "value": "not-to-be-printed"}],
            "securityContext": {
                "runAsUser": 10009,
                "readOnlyRootFilesystem": False,
                "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            },
            "startupProbe": {"exec": {"command": ["true"]}},
            "readinessProbe": {"exec": {"command": ["true"]}},
            "livenessProbe": None,
            "resources": {"limits": {"memory": "200Mi", "cpu": "300m"}},
            "volumeMounts": [{"name": "altered", "mountPath": "/altered"}],
        }
    ],
}
ALTERED_FIELDS = {
    *(
        "image",
        "image.config",
        "command",
        "user",
        "read_only_root",
        "capabilities",
        "environment.PARITY_EXTRA",
    ),
    *("ports.9100", "probe.ready", "probe.start", "probe.live", "limits.memory", "limits.cpus", "grace"),
    "volumes./altered",
}


@pytest.fixture
def kubectl(shop: ClusterShop) -> Kubectl:
    """Of the namespace in which the shop runs."""
    return shop.kubectl


@pytest.fixture
def composed(engine: None, kubectl: Kubectl) -> Iterator[CommittedShop]:
    """compose.yaml with the very images that the cluster runs."""
    with in_own_folder(CommittedShop, "parity") as shop:
        yield shop.up_with(running_images(kubectl))


def running_images(kubectl: Kubectl) -> dict[str, str]:
    """The config digest of the image that each one's pods run, also where a node knows it by a registry's digest."""
    found, known = {}, known_digests()
    for pod in kubectl.items("pods", "--field-selector", "status.phase=Running"):
        for one in pod["status"]["containerStatuses"]:
            digest = one["imageID"].rpartition("@")[2]
            found[image_name(one["image"])] = known.get(digest, digest)
    return {name: found[name] for name in IMAGES}


def parity(kubectl: Kubectl, *arguments: str) -> Result:
    options = ["--context", kubectl.context, "--namespace", kubectl.namespace, "--json"]
    return CliRunner().invoke(app, ["parity", "--live", *arguments, *options])


def undeclared(result: Result) -> set[str]:
    assert result.stdout, result.exception
    comparisons = json.loads(result.stdout)["comparisons"]
    found = [one for comparison in comparisons for one in comparison["differences"] if not one["declared"]]
    return {f"{one['service']}: {one['field']}" for one in found}


def test_what_runs_on_the_cluster_is_what_is_committed(kubectl: Kubectl) -> None:
    """User, mounts, limits, environment of each first process, and its image, are those of the overlay."""
    result = parity(kubectl, "cluster")

    assert undeclared(result) == set()
    assert result.exit_code == 0


def test_cluster_and_compose_run_the_same(kubectl: Kubectl, composed: CommittedShop) -> None:
    """Side by side only what is declared differs."""
    result = composed.parity("--context", kubectl.context, "--namespace", kubectl.namespace, "--json")

    assert result.stdout, result.stderr
    last = json.loads(result.stdout)["comparisons"][-1]
    assert (last["left"], last["right"]) == ("live compose", "live cluster")
    assert [one for one in last["differences"] if not one["declared"]] == []


def test_an_altered_pod_is_seen(shop: ClusterShop, kubectl: Kubectl) -> None:
    """One Deployment with one thing of each class altered: all are named, of that service alone, no value printed."""
    before = undeclared(parity(kubectl, "cluster"))
    altered = copy.deepcopy(ALTERED_POD)
    altered["containers"][0]["image"] = shop.references["simulator"]  # one that every node has
    patch = json.dumps({"spec": {"template": {"spec": altered}}})
    kubectl.call("patch", "deployment/beat", "--patch", patch)
    try:
        wait(kubectl)
        result = parity(kubectl, "cluster")
    finally:
        kubectl.call("rollout", "undo", "deployment/beat")
        wait(kubectl)

    found = undeclared(result) - before
    assert {f"beat: {field}" for field in ALTERED_FIELDS} <= found
    assert {one for one in found if not one.startswith("beat: ")} == set()
    assert "not-to-be-printed" not in result.stdout
    assert undeclared(parity(kubectl, "cluster")) == before


def wait(kubectl: Kubectl) -> None:
    seconds = f"--timeout={ROLLOUT_SECONDS:g}s"
    kubectl.call("rollout", "status", "deployment/beat", seconds, timeout_seconds=ROLLOUT_SECONDS + 10)
