"""A copy of the checkout with a namespace of its own, run by the real command line: `make dev ENGINE=cluster ISOLATED=1`."""

import os
import subprocess
from pathlib import Path

import psutil
from servers.containers import START_SECONDS, ContainerShop

from dhakacart.operations.cluster_forward import stop_forwarding
from dhakacart.operations.cluster_kubectl import Kubectl, kubectl_environment
from dhakacart.operations.cluster_space import Space, SpaceRecords
from dhakacart.operations.cluster_stop import delete_namespace
from dhakacart.operations.cluster_up import here
from dhakacart.operations.compose import StackPorts

_FORWARDS = {"port-forward", "dhakacart.operations.cluster_forward"}


class ClusterCheckout(ContainerShop):
    """Not started. `ports` and `namespace` are where the caller will have it, if that is not left to the command line."""

    def __init__(self, folder: Path, ports: StackPorts | None = None, *, namespace: str = "") -> None:
        super().__init__(folder)
        context = here(self.checkout)
        where = namespace or context.namespace(self.checkout, isolated=True)
        self.space = Space(self.checkout, context.name, where, ports or StackPorts())
        self.environment |= {
            **kubectl_environment(),
            **{name: os.environ[name] for name in ("CLUSTER_LOAD",) if name in os.environ},
        }

    @property
    def kubectl(self) -> Kubectl:
        return self.space.kubectl

    def dev(self) -> subprocess.CompletedProcess[str]:
        return self.run("dev", "--engine", "cluster", "--isolated", "--detach", seconds=START_SECONDS)

    def forwarders(self) -> list[int]:
        """The processes that forward ports into its namespace: kubectl's, and the one that begins them anew."""
        return [
            process.pid
            for process in psutil.process_iter(["cmdline"])
            if (words := set(process.info["cmdline"] or ())) & _FORWARDS and self.space.namespace in words
        ]

    def claims(self) -> dict[str, str]:
        """Its PersistentVolumeClaims: name -> the volume's name."""
        return {
            one["metadata"]["name"]: one["spec"]["volumeName"]
            for one in self.kubectl.items("persistentvolumeclaims")
        }

    def remove(self) -> None:
        """Ends it for good, whatever state it is in."""
        stop_forwarding(SpaceRecords.read(self.checkout))
        if self.space.is_ours():
            delete_namespace(self.kubectl)
