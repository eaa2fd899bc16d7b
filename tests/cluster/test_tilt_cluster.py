"""Tilt on a real cluster: `tilt ci` is green, a save is seen in the pods, `tilt down` takes no data; and make dev's refusals."""

import contextlib
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers.cluster_checkout import ClusterCheckout
from servers.cluster_requirements import skip_or_fail
from servers.process import eventually

from dhakacart.operations.cluster_stop import pods
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.ports import free_ports
from dhakacart.operations.programs import run_program
from dhakacart.operations.reload_probe import ADDRESS, COMPONENT_ADDRESS, Probe

CI_SECONDS = 900.0
DOWN_SECONDS = 180.0
SHOWN_SECONDS = 180.0
PORTS = ("HTTPS_PORT", "HTTP_PORT", "SIMULATOR_PORT", "PROMETHEUS_PORT", "TILT_PORT")
TARGET = ("--", "--target=cluster")
RESOURCES = ("web", "worker", "edge", "storefront")


class TiltShop(ClusterCheckout):
    """A copy of the checkout in which files can be saved, with a namespace of its own."""

    def __init__(self, folder: Path) -> None:
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        named = {name.removesuffix("_PORT").lower(): port for name, port in self.ports.items()}
        named.pop("tilt")
        super().__init__(folder, StackPorts(**named))
        self.environment |= {
            **{name: str(port) for name, port in self.ports.items()},
            "ISOLATED": "1",
            "TILT_DISABLE_ANALYTICS": "1",
            "TILT_CLOUD_ADDRESS": "localhost:9",
        }
        # The toolbox is the one that runs these tests; what it would install is there.
        (self.checkout.root / "scripts" / "bootstrap.py").write_text("")
        program = self.checkout.root / ".venv" / "bin" / "dhakacart"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dhakacart "$@"\n')
        program.chmod(0o755)

    def tilt(self, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """Its whole output in `stdout`."""
        return run_program(
            ["tilt", *arguments],
            environment=self.environment,
            folder=self.checkout.root,
            timeout_seconds=seconds,
        )

    @contextlib.contextmanager
    def tilt_up(self) -> Iterator[None]:
        """`tilt up` in the background, from the moment when all that a developer looks at is ready."""
        log = self.checkout.root / "tilt.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["tilt", "up", "--stream", *TARGET],
                cwd=self.checkout.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            names = [f"uiresource/{name}" for name in RESOURCES]
            try:
                eventually(
                    f"tilt up is ready ({log})",
                    lambda: (
                        self.tilt(
                            "wait", "--for=condition=Ready", "--timeout=5s", *names, seconds=60
                        ).returncode
                        == 0
                    ),
                    seconds=CI_SECONDS,
                )
                yield
            finally:
                process.terminate()
                process.wait(DOWN_SECONDS)

    def get(self, path: str) -> httpx.Response:
        """Through the forwarded port and edge, with this checkout's certificate alone; a failure is status 599."""
        try:
            with httpx.Client(
                base_url=self.space.public_url,
                verify=ssl.create_default_context(cafile=str(self.authority)),
                timeout=20,
                trust_env=False,
            ) as client:
                return client.get(path)
        except httpx.HTTPError:
            return httpx.Response(599)


@pytest.fixture(scope="module")
def tilted(cluster: None) -> Iterator[TiltShop]:
    """Not started."""
    if shutil.which("tilt") is None:
        skip_or_fail("tilt is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dhakacart-tilt-"))
    shop = TiltShop(folder)
    yield shop
    shop.remove()
    shutil.rmtree(folder, ignore_errors=True)


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
            shown(tilted, "marker-1")
            probe.save_shop("marker-2")
            probe.save_storefront("marker-2")
            shown(tilted, "marker-2")
        assert set(pods(tilted.kubectl)) == before


def shown(shop: TiltShop, marker: str) -> None:
    """web and worker both have this code, and the storefront this component."""

    def by_the_shop() -> bool:
        answer = shop.get(ADDRESS)
        return answer.status_code == 200 and answer.json() == {"web": marker, "worker": marker}

    eventually(f"web and worker show {marker}", by_the_shop, seconds=SHOWN_SECONDS)
    eventually(
        f"Vite serves {marker}", lambda: marker in shop.get(COMPONENT_ADDRESS).text, seconds=SHOWN_SECONDS
    )


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
