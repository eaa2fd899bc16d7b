"""The whole shop in containers: a copy of this checkout with the real command line, isolated from everything else."""

import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from servers.inbox import Inbox

from dhakacart.operations.compose import Stack, StackPorts
from dhakacart.operations.docker import docker_environment
from dhakacart.operations.files import project_files
from dhakacart.operations.paths import Checkout
from dhakacart.operations.programs import run_program
from dhakacart.operations.stack_records import isolated_project

# The first start builds every image.
START_SECONDS = 1200.0
COMMAND_SECONDS = 300.0


class CopiedShop:
    """A checkout of its own: files as git sees them, its own secrets, project, volumes and ports."""

    def __init__(self, folder: Path) -> None:
        here = Checkout.here()
        self.checkout = Checkout(folder / "checkout", folder / "cache")
        for path in project_files(here.root):
            target = self.checkout.root / path.relative_to(here.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        # Containers read the sources under users of their own.
        for path in (folder, self.checkout.root):
            path.chmod(0o755)

    @property
    def stack(self) -> Stack:
        raise NotImplementedError

    def urls(self) -> dict[str, str]:
        """Addresses by name: at least `storefront`, `plain`, `simulator`."""
        raise NotImplementedError

    @property
    def authority(self) -> Path:
        """The certificate that edge's comes from."""
        return self.checkout.secrets / "authority" / "ca.crt"

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.urls()["simulator"])

    def client(self, *, timeout: float, **options: Any) -> httpx.Client:
        """Speaks HTTPS to edge, and trusts the checkout's authority alone."""
        context = ssl.create_default_context(cafile=str(self.authority))
        return httpx.Client(
            base_url=self.urls()["storefront"], verify=context, timeout=timeout, trust_env=False, **options
        )

    def left(self) -> dict[str, list[str]]:
        """What the engine still has of the project: containers, networks, volumes."""
        label = f"label=com.docker.compose.project={self.stack.project}"
        commands = {
            "containers": ["ps", "--all", "--format", "{{.Names}}"],
            "networks": ["network", "ls", "--format", "{{.Name}}"],
            "volumes": ["volume", "ls", "--format", "{{.Name}}"],
        }
        return {name: docker(*command, "--filter", label).split() for name, command in commands.items()}

    def remove(self) -> None:
        """Ends it for good: containers, volumes."""
        self.stack.down(volumes=True)


class ContainerShop(CopiedShop):
    """It is run by the real command line, as in development."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment = {
            **docker_environment(),
            "PYTHONPATH": str(self.checkout.root / "scripts"),
            "DHAKACART_CACHE": str(self.checkout.cache),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "dhakacart", *arguments]

    def run(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> subprocess.CompletedProcess[str]:
        """`dhakacart <arguments>` there; its whole output in `stdout`."""
        return run_program(
            self.command(*arguments),
            environment=self.environment,
            folder=self.checkout.root,
            timeout_seconds=seconds,
        )

    def dev(self) -> subprocess.CompletedProcess[str]:
        return self.run("dev", "--engine", "containers", "--isolated", "--detach", seconds=START_SECONDS)

    def up(self) -> "ContainerShop":
        """Brings it up, or says why not."""
        result = self.dev()
        assert result.returncode == 0, result.stdout[-6000:]
        return self

    def urls(self) -> dict[str, str]:
        rows: list[dict[str, str]] = json.loads(self.run("urls", "--json").stdout)
        return {row["name"]: row["url"] for row in rows}

    @property
    def stack(self) -> Stack:
        return Stack(self.checkout, isolated_project(self.checkout), StackPorts())


def docker(*arguments: str, both: bool = False) -> str:
    """Standard output of a docker command that must succeed; with `both` standard error too."""
    result = subprocess.run(
        ["docker", *arguments],
        env=docker_environment(),
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert result.returncode == 0, f"docker {' '.join(arguments)}: {result.stderr}"
    return result.stdout + (result.stderr if both else "")
