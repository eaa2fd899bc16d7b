"""Tilt on a real cluster: `tilt ci` is green, a save is seen in the pods, `tilt down` takes no data; and make dev's refusals."""

import shutil
from collections.abc import Iterator

import pytest
from servers.cluster_requirements import FULL, LONG, skip_or_fail
from servers.own_folder import in_own_folder
from servers.process import eventually
from servers.tilt import CI_SECONDS, DOWN_SECONDS, TARGET, TiltShop

from dhakacart.operations.cluster_stop import pods
from dhakacart.operations.reload_probe import Probe


@pytest.fixture(scope="module")
def tilted(cluster: None) -> Iterator[TiltShop]:
    """Not started."""
    if shutil.which("tilt") is None:
        skip_or_fail("tilt is not installed")
    with in_own_folder(TiltShop, "tilt") as shop:
        yield shop


def test_tilt_ci_is_green(tilted: TiltShop) -> None:
    """Every workload gets ready, Jobs end well, and no image is pushed anywhere from a local context."""
    result = tilted.tilt("ci", *TARGET, seconds=CI_SECONDS)

    assert result.returncode == 0, result.stdout[-4000:]
    assert "Sending image data" not in result.stdout


def test_a_save_is_seen_in_the_pods_and_replaces_none(tilted: TiltShop) -> None:
    """A view and a task by HTTP through edge, a component as Vite serves it; the pods stay the same ones."""
    probe = Probe(tilted.checkout.root)
    with tilted.tilt_up():
        before = set(pods(tilted.kubectl))
        with probe.placed("marker-1"):
            tilted.shows("marker-1")
            probe.save_shop("marker-2")
            probe.save_storefront("marker-2")
            tilted.shows("marker-2")
        assert set(pods(tilted.kubectl)) == before


def test_tilt_down_takes_neither_data_nor_what_others_need(tilted: TiltShop) -> None:
    """Pods go; claims, Secrets, policies and the cluster's priority classes stay."""
    result = tilted.tilt("down", *TARGET, seconds=DOWN_SECONDS)

    assert result.returncode == 0, result.stdout[-2000:]
    eventually("the pods are gone", lambda: not pods(tilted.kubectl), seconds=DOWN_SECONDS)
    assert tilted.kubectl.items("persistentvolumeclaims")
    assert tilted.kubectl.items("secrets")
    assert tilted.kubectl.items("networkpolicies")
    assert "dhakacart-serving" in tilted.kubectl.call("get", "priorityclasses", "-o", "name")


def test_a_manifest_that_the_server_refuses_applies_nothing(tilted: TiltShop) -> None:
    """The API server's reason in one line, exit status 1, before any image is built; no pod has come."""
    broken = tilted.checkout.root / "k8s" / "base" / "web" / "deployment.yaml"
    as_it_was = broken.read_text()
    broken.write_text(as_it_was.replace("revisionHistoryLimit: 5", "revisionHistoryLimit: -5"))
    try:
        result = tilted.dev()
    finally:
        broken.write_text(as_it_was)

    assert result.returncode == 1
    assert "the API server refuses the manifests, nothing was applied" in result.stdout
    assert "revisionHistoryLimit" in result.stdout
    assert "image dhakacart/" not in result.stdout
    assert pods(tilted.kubectl) == []


@pytest.mark.skipif(not FULL, reason=LONG)
def test_images_that_were_not_loaded_are_told(tilted: TiltShop) -> None:
    """A CLUSTER_LOAD that does nothing: the image and the setting in one line, and nothing half-started stays."""
    changed = tilted.checkout.root / "services" / "simulator" / "simulator" / "__init__.py"
    changed.write_text(f"{changed.read_text()}# {tilted.checkout.key}\n")
    before = tilted.environment.get("CLUSTER_LOAD", "")
    tilted.environment["CLUSTER_LOAD"] = "true"
    try:
        result = tilted.dev()
    finally:
        tilted.environment["CLUSTER_LOAD"] = before

    assert result.returncode == 1
    assert "simulator: its node has no image" in result.stdout
    assert "CLUSTER_LOAD (now: true)" in result.stdout
    assert pods(tilted.kubectl) == []
