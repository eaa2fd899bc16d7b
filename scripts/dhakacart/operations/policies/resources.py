"""Requests, limits, and the size of what is kept in emptyDirs."""

from dhakacart.operations.manifests import Container, Object, containers, quantity, workloads

_RESOURCES = ("cpu", "memory")


def violations(objects: list[Object]) -> list[str]:
    found = [f"{one.title}: {fault}" for one in containers(objects) for fault in _faults(one)]
    return found + [
        f"{workload.title}: emptyDir {volume.get('name')} has no sizeLimit"
        for workload in workloads(objects)
        for volume in workload.pod.get("volumes") or []
        if "emptyDir" in volume and quantity((volume["emptyDir"] or {}).get("sizeLimit")) is None
    ]


def _faults(container: Container) -> list[str]:
    given = container.spec.get("resources") or {}
    faults = []
    for name in _RESOURCES:
        request, limit = (quantity((given.get(kind) or {}).get(name)) for kind in ("requests", "limits"))
        if not request:
            faults.append(f"no {name} request")
        if not limit:
            faults.append(f"no {name} limit")
        if request and limit and request > limit:
            faults.append(f"{name} request above its limit")
    return faults
