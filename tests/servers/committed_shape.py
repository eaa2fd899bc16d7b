"""compose.yaml as it is committed and nothing else, for tests that compare what runs with what is written."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from servers.containers import COMMAND_SECONDS, docker
from servers.production_shape import ProductionShop, ProductionStack

from dhakacart.operations.compose import StackPorts
from dhakacart.operations.docker import docker_environment
from dhakacart.operations.secrets import create_development_files
from dhakacart.operations.stack_records import isolated_project
from dhakacart.operations.stack_start import start

IMAGES = ("edge", "pgbouncer", "postgres", "prometheus", "redis", "shop")
# One thing of each class changed.
ALTERED = Path("tests") / "parity" / "altered.yaml"


@dataclass(frozen=True)
class CommittedStack(ProductionStack):
    """changed: with what ALTERED changes beside it."""

    changed: bool = False

    @property
    def files(self) -> list[Path]:
        root = self.checkout.root
        return [root / "compose" / "compose.yaml", *([root / ALTERED] if self.changed else [])]

    def environment(self) -> dict[str, str]:
        """With tags of its own: others build here too."""
        images = {f"{name.upper()}_IMAGE": self.image(name) for name in IMAGES}
        return {**super().environment(), **images, "ALTERED_IMAGE": self.altered_image}

    def image(self, name: str) -> str:
        return f"dhakacart/{name}:{self.project}"

    @property
    def altered_image(self) -> str:
        """Prometheus of somebody else."""
        return f"altered/prometheus:{self.project}"


class CommittedShop(ProductionShop):
    """Neither simulator nor seed: no test buys here."""

    @cached_property
    def stack(self) -> CommittedStack:
        return CommittedStack(self.checkout, isolated_project(self.checkout), StackPorts.free())

    def up_with(self, images: dict[str, str]) -> "CommittedShop":
        """Runs these images (digests by name), and builds none."""
        for name, digest in images.items():
            docker("tag", digest, self.stack.image(name))
        create_development_files(self.checkout.secrets)
        start(self.stack, log=self.checkout.logs / "up.log", on_event=lambda event: None)
        return self

    def remove(self) -> None:
        self.stack.down(volumes=True)
        images = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
        if ours := [image for image in images if image.endswith(f":{self.stack.project}")]:
            docker("image", "rm", *ours)

    @property
    def altered_stack(self) -> CommittedStack:
        """The same project."""
        return CommittedStack(self.checkout, self.stack.project, self.stack.ports, changed=True)

    def parity(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`dhakacart parity --live` of that checkout."""
        return subprocess.run(
            [sys.executable, "-m", "dhakacart", "parity", "--live", *arguments],
            cwd=self.checkout.root,
            env={**docker_environment(), "PYTHONPATH": str(self.checkout.root / "scripts"), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def differences(self) -> set[str]:
        """`service: field` of all in which the running stack is not what is committed."""
        result = self.parity("compose", "--json")
        assert result.stdout, result.stderr
        [comparison] = json.loads(result.stdout)["comparisons"]
        return {f"{one['service']}: {one['field']}" for one in comparison["differences"]}
