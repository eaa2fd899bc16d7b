"""Where `dhakacart reload-times` measures: under the embedded engine, under Tilt (Compose, a cluster), each beside what runs."""

import contextlib
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dhakacart.engines.embedded import EmbeddedEngine
from dhakacart.operations.cluster_space import Space
from dhakacart.operations.cluster_stop import pods
from dhakacart.operations.cluster_up import here
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import LOOPBACK, free_ports
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.programs import python, run_program

_PROJECT = "dhakacart-reload-times"
_COMPOSE_FILES = ("compose/compose.yaml", "compose/dev.yaml")
# A first run builds every image.
_START_SECONDS = 1800
_STOP_SECONDS = 120
_POLL_SECONDS = 0.5
_ROLL_SECONDS = 300


class Target(Protocol):
    """A running shop whose code reloads live."""

    @property
    def url(self) -> str:
        """Where both API and storefront answer, without a slash at the end."""

    @property
    def trust(self) -> ssl.SSLContext | bool:
        """Which certificates to believe."""

    def rebuild_shop(self) -> None:
        """What a change of Python costs without live reload."""

    def rebuild_storefront(self) -> None:
        """What a change of a component costs without live reload."""


@dataclass(frozen=True)
class Embedded:
    """Real processes on free ports; the storefront's Vite passes the API on."""

    checkout: Checkout

    @property
    def url(self) -> str:
        state = EmbeddedEngine(self.checkout).state.living()
        if state is None:
            raise ProblemError("the embedded shop has ended", hint="make logs SERVICE=supervisor")
        return f"http://{LOOPBACK}:{state.ports.storefront}"

    @property
    def trust(self) -> bool:
        return True

    def rebuild_shop(self) -> None:
        """Nothing is built here: everything is stopped and started."""
        self._dhakacart("down")
        self._dhakacart("dev", "--engine", "embedded", "--isolated", "--detach")

    def rebuild_storefront(self) -> None:
        self.rebuild_shop()

    def _dhakacart(self, *arguments: str) -> None:
        _run(
            [python(), "-m", "dhakacart", *arguments], folder=self.checkout.root, environment=dict(os.environ)
        )


@contextlib.contextmanager
def embedded(checkout: Checkout) -> Iterator[Target]:
    """The embedded shop on ports of its own. Raises ProblemError when this checkout runs already."""
    if EmbeddedEngine(checkout).status().running:
        raise ProblemError("this checkout runs already: its times would be measured too", hint="make down")
    target = Embedded(checkout)
    try:
        target.rebuild_shop()
        yield target
    finally:
        EmbeddedEngine(checkout).down(lambda _event: None)


@dataclass(frozen=True)
class Tilt:
    """The Compose stack under `tilt up`, as a project of its own."""

    checkout: Checkout
    https_port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https_port}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.checkout.secrets / "authority" / "ca.crt"))

    def rebuild_shop(self) -> None:
        """The image is built, and the containers of it are replaced."""
        self._compose("build", "web")
        self._compose("up", "--no-deps", "--force-recreate", "--detach", "--wait", "web", "worker")

    def rebuild_storefront(self) -> None:
        self._compose("build", "storefront")
        self._compose("up", "--no-deps", "--force-recreate", "--detach", "--wait", "storefront")

    def _compose(self, *arguments: str) -> None:
        files = [part for name in _COMPOSE_FILES for part in ("-f", name)]
        _run(
            ["docker", "compose", *files, *arguments], folder=self.checkout.root, environment=self.environment
        )


@contextlib.contextmanager
def tilt(checkout: Checkout) -> Iterator[Target]:
    """The shop under `tilt up` on free ports, with data of its own that go at the end."""
    names = ("HTTPS_PORT", "HTTP_PORT", "SIMULATOR_PORT", "PROMETHEUS_PORT", "TILT_PORT")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    environment = {
        **os.environ,
        **{name: str(port) for name, port in ports.items()},
        "COMPOSE_PROJECT_NAME": _PROJECT,
    }
    target = Tilt(checkout, ports["HTTPS_PORT"], environment)
    try:
        with _tilt_up(checkout, environment, [], ["all-healthy"]):
            yield target
    finally:
        # The next image must not have the probe, which is gone from the files by now.
        target._compose("build", "web", "storefront")
        target._compose("down", "--volumes")


@dataclass(frozen=True)
class TiltCluster:
    """The local overlay under `tilt up -- --target=cluster`, in this checkout's own namespace."""

    space: Space
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return self.space.public_url

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.space.checkout.secrets / "authority" / "ca.crt"))

    def rebuild_shop(self) -> None:
        """The image is built and brought to the cluster, and the pods of it are replaced."""
        self._roll("shop", "web", "worker")

    def rebuild_storefront(self) -> None:
        self._roll("storefront", "storefront")

    def _roll(self, image: str, *deployments: str) -> None:
        file = self.space.folder / f"{image}.image"
        root = self.space.checkout.root
        _run(
            [python(), "-m", "dhakacart", "cluster", "image", image, str(file)],
            folder=root,
            environment=self.environment,
        )
        for name in deployments:
            self.space.kubectl.call("set", "image", f"deployment/{name}", f"*={file.read_text()}")
        for name in deployments:
            wait = ("rollout", "status", f"deployment/{name}", f"--timeout={_ROLL_SECONDS}s")
            self.space.kubectl.call(*wait, timeout_seconds=_ROLL_SECONDS + _STOP_SECONDS)


@contextlib.contextmanager
def tilt_cluster(checkout: Checkout) -> Iterator[Target]:
    """The shop under Tilt on kubectl's current context; its data stay until make reset."""
    names = ("HTTPS_PORT", "HTTP_PORT", "SIMULATOR_PORT", "PROMETHEUS_PORT", "TILT_PORT")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    environment = {**os.environ, **{name: str(port) for name, port in ports.items()}, "ISOLATED": "1"}
    context = here(checkout)
    namespace = context.namespace(checkout, isolated=True)
    stack_ports = StackPorts(**{name.removesuffix("_PORT").lower(): ports[name] for name in names[:-1]})
    space = Space(checkout, context.name, namespace, stack_ports)
    if space.is_ours() and pods(space.kubectl):
        raise ProblemError(f"something runs in namespace {namespace}: it would be measured", hint="make down")
    target = TiltCluster(space, environment)
    arguments = ["--", "--target=cluster"]
    try:
        with _tilt_up(checkout, environment, arguments, ["web", "worker", "edge", "storefront"]):
            yield target
    finally:
        # The next image must not have the probe, which is gone from the files by now.
        _run(["tilt", "down", *arguments], folder=checkout.root, environment=environment)


@contextlib.contextmanager
def _tilt_up(
    checkout: Checkout, environment: dict[str, str], arguments: Sequence[str], resources: Sequence[str]
) -> Iterator[None]:
    """`tilt up` until the end of the block, entered once these resources are ready."""
    if shutil.which("tilt") is None:
        raise ProblemError(
            "tilt is not installed", hint="the devcontainer has it; or measure TARGET=embedded"
        )
    checkout.logs.mkdir(parents=True, exist_ok=True)
    log = checkout.logs / "tilt.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["tilt", "up", "--stream", *arguments],
            cwd=checkout.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(resources, environment, process, log)
            yield
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            process.kill()
            process.wait()


def _wait_until_ready(
    resources: Sequence[str], environment: dict[str, str], process: "subprocess.Popen[bytes]", log: Path
) -> None:
    """Asks Tilt, whose API is not there in its first moments. Raises ProblemError when it ends or takes too long."""
    names = [f"uiresource/{name}" for name in resources]
    question = ["tilt", "wait", "--for=condition=Ready", "--timeout=5s", *names]
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if subprocess.run(question, env=environment, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(_POLL_SECONDS)
    raise ProblemError(
        f"tilt up did not get healthy: {_tail(log.read_text(errors='replace'))}", hint=f"all of it: {log}"
    )


def _run(command: Sequence[str], *, folder: Path, environment: dict[str, str]) -> None:
    result = run_program(command, environment=environment, folder=folder)
    if result.returncode != 0:
        raise ProblemError(
            f"{' '.join(command)} ended with status {result.returncode}: {_tail(result.stdout)}"
        )


def _tail(text: str) -> str:
    return text.strip()[-400:]
