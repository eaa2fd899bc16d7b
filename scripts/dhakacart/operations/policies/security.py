"""Pod Security `restricted` and more: numeric users, read-only roots, nothing of the node, no needless tokens."""

from typing import Any

from dhakacart.operations.manifests import Container, Object, containers, kind_is, title_of, workloads
from dhakacart.operations.policies.declared import API_CLIENTS

_VOLUMES = {
    *(
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
}
_HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
_LEVEL = "pod-security.kubernetes.io/enforce"


def context_violations(objects: list[Object]) -> list[str]:
    """Of each container, with what it inherits from its pod."""
    return [f"{one.title}: {fault}" for one in containers(objects) for fault in _context_faults(one)]


def _context_faults(container: Container) -> list[str]:
    own = container.spec.get("securityContext") or {}
    pod = container.workload.pod.get("securityContext") or {}

    def inherited(name: str) -> Any:
        return own.get(name, pod.get(name))

    capabilities = own.get("capabilities") or {}
    wanted = {
        "runAsUser is not a number above 0": _is_plain_id(inherited("runAsUser")),
        "runAsGroup is not a number above 0": _is_plain_id(inherited("runAsGroup")),
        "runAsNonRoot is not true": inherited("runAsNonRoot") is True,
        "readOnlyRootFilesystem is not true": own.get("readOnlyRootFilesystem") is True,
        "allowPrivilegeEscalation is not false": own.get("allowPrivilegeEscalation") is False,
        "capabilities: not ALL are dropped": capabilities.get("drop") == ["ALL"],
        "capabilities are added": not capabilities.get("add"),
        "privileged": not own.get("privileged"),
        "procMount is set": own.get("procMount") in (None, "Default"),
        "seccompProfile is not RuntimeDefault": (inherited("seccompProfile") or {}).get("type")
        == "RuntimeDefault",
    }
    return [fault for fault, holds in wanted.items() if not holds]


def _is_plain_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def node_violations(objects: list[Object]) -> list[str]:
    """Host namespaces, host ports, host paths, and other kinds of volumes that `restricted` refuses."""
    found = []
    for workload in workloads(objects):
        found += [f"{workload.title}: {name}" for name in _HOST_NAMESPACES if workload.pod.get(name)]
        found += [
            f"{workload.title}: volume {volume.get('name')} is a {kind}"
            for volume in workload.pod.get("volumes") or []
            for kind in sorted(set(volume) - {"name"} - _VOLUMES)
        ]
        found += [f"{workload.title}: hostPort" for port in workload.ports() if "hostPort" in port]
    return found


def token_violations(objects: list[Object]) -> list[str]:
    """No token of the Kubernetes API unless it is declared, and no declaration without one."""
    found = []
    for workload in workloads(objects):
        refuses = workload.pod.get("automountServiceAccountToken") is False
        account = workload.pod.get("serviceAccountName", "default")
        if workload.service not in API_CLIENTS:
            if not refuses:
                found.append(f"{workload.title}: automountServiceAccountToken is not false")
        elif refuses:
            found.append(f"{workload.title}: is declared to speak to the Kubernetes API, yet has no token")
        elif account == "default":
            found.append(f"{workload.title}: speaks to the Kubernetes API by the default account")
    return found


def namespace_violations(objects: list[Object]) -> list[str]:
    """Every Namespace enforces `restricted`, and every object stands in one of them."""
    spaces = kind_is(objects, "Namespace")
    found = [
        f"{title_of(one)}: {_LEVEL} is not restricted"
        for one in spaces
        if (one["metadata"].get("labels") or {}).get(_LEVEL) != "restricted"
    ]
    names = {one["metadata"]["name"] for one in spaces}
    return found + [
        f"{one.title}: its namespace {one.namespace!r} is not among the manifests"
        for one in workloads(objects)
        if one.namespace not in names
    ]
