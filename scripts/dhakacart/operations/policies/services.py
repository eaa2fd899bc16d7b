"""Services: each selects the pods of one workload, and every port of it is one that those pods declare."""

from dhakacart.operations.manifests import (
    Object,
    Workload,
    kind_is,
    namespace_of,
    selected_pods,
    title_of,
    workloads,
)


def violations(objects: list[Object]) -> list[str]:
    pods = workloads(objects)
    found = []
    for service in kind_is(objects, "Service"):
        selector = service["spec"].get("selector")
        if not selector:
            continue  # its endpoints are made by somebody else
        selected = selected_by(service, pods)
        names = sorted(one.title for one in selected)
        if len(selected) != 1:
            what = ", ".join(names) or "no pod"
            found.append(f"{title_of(service)}: selects {what}, and must select those of one workload")
        for port in service["spec"].get("ports") or []:
            target = port.get("targetPort", port["port"])
            found += [
                f"{title_of(service)}: port {port['port']} leads to {target}, which {one.title} does not declare"
                for one in selected
                if not one.has_port(target, str(port.get("protocol", "TCP")))
            ]
    return found + _headless(objects)


def selected_by(service: Object, pods: list[Workload]) -> list[Workload]:
    selector = {"matchLabels": service["spec"].get("selector") or {}}
    return selected_pods(selector, namespace_of(service), pods)


def _headless(objects: list[Object]) -> list[str]:
    """The Service that a StatefulSet names exists."""
    names = {(namespace_of(one), one["metadata"]["name"]) for one in kind_is(objects, "Service")}
    return [
        f"{title_of(one)}: there is no Service {one['spec']['serviceName']} (serviceName)"
        for one in kind_is(objects, "StatefulSet")
        if one["spec"].get("serviceName") and (namespace_of(one), one["spec"]["serviceName"]) not in names
    ]
