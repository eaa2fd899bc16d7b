"""Who reaches whom among pods: every port of every pod tried by TCP, from inside each pod's own network.

A program in an ephemeral container of the very pod tries them: it has the pod's address and the policies that hold for
it. What is refused is dropped on the way, so a try ends by its patience; all are made at once.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from servers.cluster import ClusterShop, until

# Of each try. What is expected to be reached is tried again: a connection may be late on a busy machine.
PATIENCE_SECONDS = 2.0
TRIES = {True: 12, False: 2}
PROBE_SECONDS = 120.0
_USER = 10001

# Reads [[name, address, port, tries], ...]; prints {"reached": [name, ...], "listening": [port, ...]}.
_PROGRAM = r"""
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
targets, patience = json.loads(sys.argv[1]), float(sys.argv[2])

def connects(target):
    name, address, port, tries = target
    for _ in range(tries):
        try:
            socket.create_connection((address, port), timeout=patience).close()
            return name
        except OSError:
            pass

listening = set()
for file in ("tcp", "tcp6"):
    for line in open("/proc/net/" + file).read().splitlines()[1:]:
        _, local, _, state = line.split()[:4]
        address, _, port = local.rpartition(":")
        if state == "0A" and not address.endswith("7F") and not address.startswith("0" * 24 + "01"):
            listening.add(int(port, 16))
with ThreadPoolExecutor(len(targets) or 1) as pool:
    reached = [name for name in pool.map(connects, targets) if name]
print(json.dumps({"reached": reached, "listening": sorted(listening)}))
"""


@dataclass(frozen=True)
class Target:
    """A port of a pod (or a Service). name: `web:8000`."""

    name: str
    address: str
    port: int


@dataclass(frozen=True)
class Found:
    """What the program in one pod has seen: names of targets, and the ports on which others may connect to the pod."""

    reached: frozenset[str]
    listening: frozenset[int]


class Probes:
    """Programs in the networks of pods, from the shop's image, which has Python."""

    def __init__(self, shop: ClusterShop) -> None:
        self._shop = shop
        self._name = f"probe-{uuid.uuid4().hex[:6]}"

    def look(
        self, pods: Mapping[str, str], targets: Sequence[Target], expected: Mapping[str, set[str]]
    ) -> dict[str, Found]:
        """Service -> what its pod reaches. pods: service -> name of a pod; `expected` only says what is tried longer."""
        for service, pod in pods.items():
            rows = [
                [one.name, one.address, one.port, TRIES[one.name in expected.get(service, set())]]
                for one in targets
            ]
            container = {**self._container(rows), "name": self._name}
            patch = json.dumps({"spec": {"ephemeralContainers": [container]}})
            self._shop.kubectl.call("patch", "pod", pod, "--subresource=ephemeralcontainers", "-p", patch)
        return {service: self._result(pod) for service, pod in pods.items()}

    def _container(self, rows: list[list[Any]]) -> dict[str, Any]:
        return {
            "image": f"{self._shop.references['shop']}",
            "imagePullPolicy": "IfNotPresent",
            "command": ["python", "-c", _PROGRAM, json.dumps(rows), str(PATIENCE_SECONDS)],
            "securityContext": {
                "runAsUser": _USER,
                "runAsNonRoot": True,
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        }

    def _result(self, pod: str) -> Found:
        def ended() -> dict[str, Any]:
            [found] = self._shop.kubectl.items("pods", "--field-selector", f"metadata.name={pod}")
            states = {
                one["name"]: one["state"] for one in found["status"].get("ephemeralContainerStatuses") or []
            }
            result: dict[str, Any] = states.get(self._name, {}).get("terminated") or {}
            return result

        state = until(f"the probe in {pod} has ended", ended, seconds=PROBE_SECONDS)
        output = self._shop.kubectl.call("logs", pod, "--container", self._name)
        assert state["exitCode"] == 0, output
        found = json.loads(output.splitlines()[-1])
        return Found(frozenset(found["reached"]), frozenset(found["listening"]))
