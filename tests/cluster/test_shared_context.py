"""A shared cluster, as DOKS is one: images by a registry and their digests, a namespace per developer; and a release.

The cluster is the one that all tests here use, under a context of another name that a copied checkout's list calls remote.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers.cluster_requirements import FULL, LONG, skip_or_fail
from servers.containers import docker
from servers.own_folder import in_own_folder
from servers.process import eventually
from servers.tilt import DOWN_SECONDS, TARGET, TiltShop

from dhakacart.operations.cluster_contexts import SHARED_PREFIX
from dhakacart.operations.cluster_kubectl import Kubectl, run_kubectl
from dhakacart.operations.cluster_stop import pods
from dhakacart.operations.kustomize import kubectl_program
from dhakacart.operations.manifests import PART_LABEL
from dhakacart.operations.release import read_release
from dhakacart.operations.reload_probe import Probe
from dhakacart.operations.yaml_documents import load_all_yaml

REGISTRY_VARIABLE = "CLUSTER_REGISTRY"
REGISTRY = os.environ.get(REGISTRY_VARIABLE) or "localhost:5000/dhakacart"
CONTEXT = "shared-cluster-of-the-tests"
REFUSED_SECONDS = 60.0
RELEASE_SECONDS = 600.0
REGISTRY_SECONDS = 5.0
PRODUCTS = "/api/v1/catalog/products"
_OURS = f"{PART_LABEL}=dhakacart"
# What a registry says of itself at /v2/: come in, or log in.
_IS_A_REGISTRY = (httpx.codes.OK, httpx.codes.UNAUTHORIZED)


class SharedShop(TiltShop):
    """A developer of their own name, whose kubectl has the context `CONTEXT` alone; not on the list yet."""

    def __init__(self, folder: Path) -> None:
        user = f"suite-{os.getpid()}"
        super().__init__(folder, namespace=f"{SHARED_PREFIX}{user}")
        configuration = folder / "kubeconfig"
        configuration.write_text(_configuration(self.space.context))
        configuration.chmod(0o600)
        del self.environment["ISOLATED"]
        self.environment.pop("CLUSTER_LOAD", None)  # nothing is loaded into a cluster that has a registry
        self.environment |= {"KUBECONFIG": str(configuration), "LOGNAME": user}

    def allow(self) -> None:
        """Puts the context on the checkout's list, as a reviewed change would."""
        path = self.checkout.root / "k8s" / "contexts.yaml"
        text = path.read_text()
        assert "\nremote: {}\n" in text
        path.write_text(text.replace("\nremote: {}\n", f"\nremote:\n  {CONTEXT}: {{registry: {REGISTRY}}}\n"))


def _configuration(context: str) -> str:
    """The context that is in use, under another name and alone."""
    words = ["config", "view", "--raw", "--flatten", "--minify", "--output", "json", "--context", context]
    result = run_kubectl([kubectl_program(), *words])
    assert result.returncode == 0, result.stderr
    view = json.loads(result.stdout)
    view["contexts"][0]["name"] = view["current-context"] = CONTEXT
    return json.dumps(view)


@pytest.fixture(scope="module")
def shared(cluster: None) -> Iterator[SharedShop]:
    """Not started; its context is not allowed yet."""
    if shutil.which("tilt") is None:
        skip_or_fail("tilt is not installed")
    if not registry_url():
        skip_or_fail(f"no registry answers at {REGISTRY} ({REGISTRY_VARIABLE})")
    with in_own_folder(SharedShop, "shared") as shop:
        yield shop


def registry_url() -> str:
    """Of its API, with or without TLS; empty when no registry answers."""
    host = REGISTRY.partition("/")[0]
    for scheme in ("https", "http"):
        try:
            answer = httpx.get(f"{scheme}://{host}/v2/", timeout=REGISTRY_SECONDS, trust_env=False)
        except httpx.HTTPError:
            continue
        if answer.status_code in _IS_A_REGISTRY:
            return f"{scheme}://{host}/v2"
    return ""


def images_of(kubectl: Kubectl) -> dict[str, str]:
    """{"web-7d9f/web": its image} of every container of every pod, those of Jobs that have ended too."""
    return {
        f"{pod['metadata']['name']}/{container['name']}": container["image"]
        for pod in kubectl.items("pods", "--selector", _OURS)
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
    }


def test_a_cluster_is_known_by_its_contexts_name_and_not_by_its_address(shared: SharedShop) -> None:
    """The very cluster of an allowed context, under a name that is not on the list: refused, nothing is made."""
    result = shared.tilt("ci", *TARGET, seconds=REFUSED_SECONDS)

    assert result.returncode != 0
    assert f"kubectl's context is '{CONTEXT}'; only these of k8s/contexts.yaml" in result.stdout
    assert not shared.space.require_ours()


def test_pods_pull_from_the_registry_by_digest_in_a_developers_own_namespace(shared: SharedShop) -> None:
    """`tilt up` on the allowed context: the shop answers at the forwarded port alone, and a save is seen in the pods."""
    shared.allow()
    with shared.tilt_up():
        images = images_of(shared.kubectl)
        assert {name.partition("/")[2] for name in images} >= {"web", "worker", "edge", "postgres", "redis"}
        foreign = {
            name: one
            for name, one in images.items()
            if not (one.startswith(f"{REGISTRY}/") and "@sha256:" in one)
        }
        assert foreign == {}

        [edge] = shared.kubectl.items("services", "--field-selector=metadata.name=edge")
        assert edge["spec"]["type"] == "ClusterIP"
        assert shared.get(PRODUCTS).status_code == httpx.codes.OK

        before = set(pods(shared.kubectl))
        with Probe(shared.checkout.root).placed("marker-shared"):
            shared.shows("marker-shared")
        assert set(pods(shared.kubectl)) == before


@pytest.mark.skipif(not FULL, reason=LONG)
def test_tilt_down_leaves_the_namespace_with_its_data(shared: SharedShop) -> None:
    """Pods and ways to them go; claims, Secrets, and what others need stay."""
    result = shared.tilt("down", *TARGET, seconds=DOWN_SECONDS)

    assert result.returncode == 0, result.stdout[-2000:]
    eventually("the pods are gone", lambda: not pods(shared.kubectl), seconds=DOWN_SECONDS)
    assert shared.space.require_ours()
    assert not shared.kubectl.items("services", "--selector", _OURS)
    assert shared.kubectl.items("persistentvolumeclaims")
    assert shared.kubectl.items("secrets")
    assert "dhakacart-serving" in shared.kubectl.call("get", "priorityclasses", "-o", "name")


def test_a_release_has_the_digests_that_the_registry_has(shared: SharedShop) -> None:
    """Staging is refused, then `images --push`, then it renders with these digests; each one can be pulled."""
    refused = shared.run("render", "staging")
    assert refused.returncode != 0
    assert "staging has no release" in refused.stdout

    result = shared.run("images", "--push", REGISTRY, seconds=RELEASE_SECONDS)
    assert result.returncode == 0, result.stdout[-4000:]

    release = read_release(shared.checkout.root, "staging")
    rendered = shared.checkout.root / "staging.yaml"
    result = shared.run("render", "staging", "--output", str(rendered))
    assert result.returncode == 0, result.stdout[-4000:]
    named = {
        container["image"]
        for one in load_all_yaml(rendered.read_text())
        if one["kind"] in ("Deployment", "StatefulSet", "Job")
        for container in one["spec"]["template"]["spec"]["containers"]
    }
    assert named == set(release.values())
    for reference in release.values():
        assert reference.startswith(f"{REGISTRY}/")
        assert digest_of_manifest(reference) == reference.partition("@")[2]
    # As a node asks for it: by the digest alone.
    assert f"Digest: {release['redis'].partition('@')[2]}" in docker("pull", release["redis"])


def digest_of_manifest(reference: str) -> str:
    """Of the very bytes that the registry has of an image."""
    result = subprocess.run(
        ["docker", "buildx", "imagetools", "inspect", "--raw", reference],
        capture_output=True,
        check=False,
        timeout=REFUSED_SECONDS,
    )
    assert result.returncode == 0, result.stderr
    return f"sha256:{hashlib.sha256(result.stdout).hexdigest()}"


def test_reset_removes_the_developers_namespace_alone(shared: SharedShop) -> None:
    """The product's own verb takes the namespace with its data; the cluster's priority classes are others' too."""
    result = shared.run("reset", "--yes")

    assert result.returncode == 0, result.stdout[-2000:]
    assert not shared.space.require_ours()
    assert "dhakacart-serving" in shared.kubectl.call("get", "priorityclasses", "-o", "name")
