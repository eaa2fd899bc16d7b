"""The production shape on this machine: compose.yaml alone (no mounted sources, no reload), a simulator, and the seed."""

import json
import shlex
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from servers.container_database import ContainerDatabase
from servers.containers import COMMAND_SECONDS, CopiedShop, docker
from servers.process import eventually

from dhakacart.operations.compose import Stack, StackPorts
from dhakacart.operations.images import build_images
from dhakacart.operations.secrets import create_development_files
from dhakacart.operations.stack_records import isolated_project
from dhakacart.operations.stack_start import start

# Compose's overlay, in the checkout.
OVERLAY = Path("tests") / "containers" / "production.yaml"
# A healthy service has started anew, been asked, and answered.
HEALTHY_SECONDS = 90.0
GONE_SECONDS = 15.0
# Any image with a shell: it is only there to send a signal.
_SIGNALLER_IMAGE = "dhakacart/redis:local"


@dataclass(frozen=True)
class ProductionStack(Stack):
    """Without dev.yaml."""

    @property
    def files(self) -> list[Path]:
        return [self.checkout.root / "compose" / "compose.yaml", self.checkout.root / OVERLAY]


class ProductionShop(CopiedShop):
    """Runs from `up()` to `remove()`; a test may stop, kill and freeze its containers, and leaves them healthy."""

    @cached_property
    def stack(self) -> ProductionStack:
        return ProductionStack(self.checkout, isolated_project(self.checkout), StackPorts.free())

    def up(self) -> "ProductionShop":
        """Builds what has changed, starts what does not run, and returns when all are ready."""
        create_development_files(self.checkout.secrets)
        logs = self.checkout.logs
        logs.mkdir(parents=True, exist_ok=True)
        build_images(self.stack, logs=logs, on_event=lambda event: None)
        start(self.stack, log=logs / "up.log", on_event=lambda event: None)
        return self

    def urls(self) -> dict[str, str]:
        ports = self.stack.ports
        return {
            "storefront": f"https://localhost:{ports.https}",
            "plain": f"http://localhost:{ports.http}",
            "simulator": f"http://127.0.0.1:{ports.simulator}",
        }

    def told(self) -> dict[str, str]:
        """The variables by which another process finds it (servers.running_shop)."""
        urls = self.urls()
        return {
            "SHOP_URL": urls["storefront"],
            "SIMULATOR_URL": urls["simulator"],
            "SHOP_AUTHORITY": str(self.authority),
            "SHOP_WEB_COMMAND": shlex.join(self.web_command),
        }

    def container(self, service: str) -> str:
        """The id of its container, which may have ended."""
        ids = self.stack.call("ps", "--all", "--quiet", service).split()
        assert len(ids) == 1, f"{service} has {len(ids)} containers"
        return ids[0]

    def inspect(self, service: str) -> dict[str, Any]:
        """All that the engine says of its container."""
        return inspect(self.container(service))

    def exec(
        self, service: str, *command: str, seconds: float = COMMAND_SECONDS, user: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs it in the service's container, under the container's own user unless told another."""
        options = ["--user", user] if user else []
        return subprocess.run(
            self.stack.command("exec", "-T", *options, service, *command),
            env=self.stack.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    @cached_property
    def web_command(self) -> list[str]:
        """By which another command runs in web's container, with standard input."""
        return ["docker", "exec", "--interactive", self.container("web")]

    @cached_property
    def _database(self) -> ContainerDatabase:
        return ContainerDatabase(self.web_command)

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement of the shop's own role. Raises servers.container_database.DatabaseError."""
        return self._database.query(statement, *parameters)

    def remove(self) -> None:
        self._database.close()
        super().remove()

    def kill(self, service: str, signal: str = "KILL") -> None:
        """The signal reaches its first process as from the kernel, and the container is seen to end.

        Not by `docker kill`: the engine takes that for a wish to stop, and the restart policy no longer holds.
        """
        before = self.inspect(service)["State"]
        assert before["Running"], f"{service} does not run"
        options = ["--rm", "--network", "none", "--pid", "host", "--user", "0:0"]
        options += ["--cap-drop", "ALL", "--cap-add", "KILL", "--entrypoint", "sh"]
        docker("run", *options, _SIGNALLER_IMAGE, "-c", f"kill -{signal} {before['Pid']}")
        eventually(
            f"{service} has ended by {signal}",
            lambda: self.inspect(service)["State"]["Pid"] != before["Pid"],
            seconds=GONE_SECONDS,
        )

    def healthy(self, *services: str, seconds: float = HEALTHY_SECONDS) -> None:
        """Waits until each of these (all, when none is named) runs and its health check says yes."""

        def are_ready() -> bool:
            found = [one for one in self.stack.containers() if one.service in services or not services]
            return len(found) >= max(1, len(services)) and all(one.ready for one in found)

        eventually(f"healthy: {', '.join(services) or 'all'}", are_ready, seconds=seconds)


def inspect(container: str) -> dict[str, Any]:
    """All that the engine says of a container."""
    [found] = json.loads(docker("inspect", container))
    return found
