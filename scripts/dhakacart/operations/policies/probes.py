"""Probes: every container that lasts says when it has started, when it serves, and when it hangs."""

from typing import Any

from dhakacart.operations.manifests import Container, Object, containers

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
# It asks for the database: a liveness probe that did would restart every pod for an outage that no restart mends.
READINESS_PATH = "/readyz"
_HANDLERS = {"httpGet", "tcpSocket", "exec", "grpc"}


def violations(objects: list[Object]) -> list[str]:
    found = []
    for one in containers(objects):
        if one.lasts:
            found += [f"{one.title}: no {name}" for name in PROBES if name not in one.spec]
        for name in PROBES:
            if probe := one.spec.get(name):
                found += [f"{one.title}: {name} {fault}" for fault in _faults(one, name, probe)]
    return found


def _faults(container: Container, name: str, probe: Object) -> list[str]:
    handlers = _HANDLERS & set(probe)
    if len(handlers) != 1:
        return ["asks nothing, or several things"]
    faults = []
    asked = probe[handlers.pop()]
    port = asked.get("port")
    if port is not None and not _declares(container, port):
        faults.append(f"asks port {port}, which the container does not declare")
    if name == "livenessProbe" and str(asked.get("path", "")).startswith(READINESS_PATH):
        faults.append(f"asks {READINESS_PATH}: an outage of the database would restart every pod")
    return faults


def _declares(container: Container, port: Any) -> bool:
    key = "name" if isinstance(port, str) else "containerPort"
    return any(one.get(key) == port for one in container.spec.get("ports") or [])
