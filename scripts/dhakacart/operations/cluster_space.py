"""Where a checkout runs in a cluster: the namespace, its ports here, and whose it is."""

import contextlib
import json
import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dhakacart.operations.cluster_contexts import SHARED_PREFIX, AllowedContext
from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.identity import Identity
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import is_taken
from dhakacart.operations.problem import ProblemError

# On the namespace: who made it. A namespace without it was made by hand, and is left alone.
OWNER_ANNOTATION = "dhakacart/checkout"
_FILE = "cluster.json"


@dataclass(frozen=True)
class Space:
    """A namespace of a context, and the ports of loopback that lead into it."""

    checkout: Checkout
    context: str
    namespace: str
    ports: StackPorts

    @property
    def kubectl(self) -> Kubectl:
        return Kubectl(self.context, self.namespace)

    @property
    def folder(self) -> Path:
        """Generated files of this namespace."""
        return self.checkout.private / "cluster" / self.namespace

    @property
    def public_url(self) -> str:
        """The shop's address for people. Never a load balancer's: it must be the same on every kind of cluster."""
        return f"https://localhost:{self.ports.https}"

    @property
    def is_shared(self) -> bool:
        """Whether others use the cluster too, and its load balancers may be reached by anybody."""
        return self.namespace.startswith(SHARED_PREFIX)

    @property
    def owner(self) -> str:
        return f"{platform.node()}:{self.checkout.root}"

    def require_ours(self) -> bool:
        """Whether the namespace is there. Raises ProblemError when it is another's."""
        found = self._namespace()
        if found is None:
            return False
        owner = (found["metadata"].get("annotations") or {}).get(OWNER_ANNOTATION)
        if owner != self.owner:
            whose = f"belongs to {owner}" if owner else "was not made by make dev or Tilt"
            raise ProblemError(
                f"namespace {self.namespace} of context {self.context} {whose}",
                hint="ISOLATED=1 takes another; where its data may be lost:"
                f" kubectl --context {self.context} delete namespace {self.namespace}",
            )
        return True

    def is_ours(self) -> bool:
        """Whether the namespace is there and this checkout's."""
        with contextlib.suppress(ProblemError):
            return self.require_ours()
        return False

    def _namespace(self) -> dict[str, Any] | None:
        output = self.kubectl.call("get", "namespace", self.namespace, "--ignore-not-found", "-o", "json")
        return json.loads(output) if output.strip() else None


@dataclass
class SpaceRecords:
    """The spaces of a checkout: the one that was started last, and the process that forwards its ports."""

    checkout: Checkout
    current: str = ""
    ports: dict[str, StackPorts] = field(default_factory=dict)
    forwarder: Identity | None = None

    @classmethod
    def read(cls, checkout: Checkout) -> "SpaceRecords":
        """Empty when nothing was ever started, or the file cannot be read."""
        try:
            value: dict[str, Any] = json.loads((checkout.private / _FILE).read_text())
            ports = {key: StackPorts(**one) for key, one in value["ports"].items()}
            forwarder = Identity.from_json(value["forwarder"]) if value["forwarder"] else None
            return cls(checkout, str(value["current"]), ports, forwarder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(checkout)

    def spaces(self) -> list[Space]:
        """Every space that was ever started and not reset, the last one first."""
        keys = sorted(self.ports, key=lambda key: key != self.current)
        parts = [(key.rpartition("/"), self.ports[key]) for key in keys]
        return [Space(self.checkout, context, namespace, ports) for (context, _, namespace), ports in parts]

    def space(self, context: AllowedContext, *, isolated: bool) -> Space:
        """Where this checkout runs (or would run) on this context."""
        namespace = context.namespace(self.checkout, isolated=isolated)
        ports = StackPorts()
        if isolated:
            # The last run's ports again when they are free: bookmarks and open pages stay right.
            remembered = self.ports.get(f"{context.name}/{namespace}")
            taken = remembered is None or any(is_taken(port) for port in remembered.named().values())
            ports = StackPorts.free() if remembered is None or taken else remembered
        return Space(self.checkout, context.name, namespace, ports)

    def remember(self, space: Space) -> None:
        """Makes it the current one."""
        self.current = f"{space.context}/{space.namespace}"
        self.ports[self.current] = space.ports
        self.write()

    def write(self) -> None:
        self.checkout.private.mkdir(parents=True, exist_ok=True)
        path = self.checkout.private / _FILE
        temporary = path.with_name(f".{_FILE}.{os.getpid()}")
        value = {
            "current": self.current,
            "ports": {key: one.named() for key, one in self.ports.items()},
            "forwarder": self.forwarder.to_json() if self.forwarder else None,
        }
        temporary.write_text(json.dumps(value, indent=1))
        temporary.replace(path)

    def forget(self) -> None:
        (self.checkout.private / _FILE).unlink(missing_ok=True)
