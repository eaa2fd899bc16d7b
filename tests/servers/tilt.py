"""Tilt with `--target=cluster`: a copied checkout that it runs, its ports, and what a test looks at."""

import contextlib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from servers.cluster_checkout import ClusterCheckout
from servers.process import eventually

from dhakacart.operations.compose import StackPorts
from dhakacart.operations.ports import free_ports
from dhakacart.operations.programs import run_program
from dhakacart.operations.reload_probe import ADDRESS, COMPONENT_ADDRESS

CI_SECONDS = 900.0
DOWN_SECONDS = 180.0
SHOWN_SECONDS = 180.0
PORTS = ("HTTPS_PORT", "HTTP_PORT", "SIMULATOR_PORT", "PROMETHEUS_PORT", "TILT_PORT")
TARGET = ("--", "--target=cluster")
RESOURCES = ("web", "worker", "edge", "storefront")


class TiltShop(ClusterCheckout):
    """A copy of the checkout in which files can be saved, with ports and a namespace of its own."""

    def __init__(self, folder: Path, *, namespace: str = "") -> None:
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        ports = StackPorts(**{name.removesuffix("_PORT").lower(): self.ports[name] for name in PORTS[:-1]})
        super().__init__(folder, ports, namespace=namespace)
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

    def shows(self, marker: str) -> None:
        """Waits until web and worker both have this code, and the storefront this component."""

        def by_the_shop() -> bool:
            answer = self.get(ADDRESS)
            return answer.status_code == 200 and answer.json() == {"web": marker, "worker": marker}

        eventually(f"web and worker show {marker}", by_the_shop, seconds=SHOWN_SECONDS)
        eventually(
            f"Vite serves {marker}", lambda: marker in self.get(COMPONENT_ADDRESS).text, seconds=SHOWN_SECONDS
        )
