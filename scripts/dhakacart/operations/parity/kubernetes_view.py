"""A rendered overlay's workloads as facts, in the same words as Compose's services."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dhakacart.operations.environment import read_environment_file
from dhakacart.operations.manifests import (
    Object,
    Workload,
    kind_is,
    pre_stop_seconds,
    quantity,
    selects,
    workloads,
)
from dhakacart.operations.parity.dockerfile import ImageDefaults, defaults_of, image_defaults
from dhakacart.operations.parity.facts import (
    DEFAULT,
    UNCONFINED,
    Facts,
    View,
    capabilities_text,
    environment_facts,
    get_text,
    image_facts,
    limit_facts,
    probe_text,
    repository,
    seconds_text,
    yes_no,
)
from dhakacart.operations.parity.kubernetes_volumes import volume_facts
from dhakacart.operations.problem import ProblemError

_OUTWARD = ("LoadBalancer", "NodePort")
# Kubernetes' own default, when a pod says nothing.
_DEFAULT_GRACE_SECONDS = 30
UNKNOWN_PAUSE = "unknown: preStop is more than a sleep"
_OF_THE_HOST = ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace", "runtimeClassName")


def kubernetes_view(root: Path, overlay: str, objects: list[Object]) -> View:
    """The overlay's services, of what was rendered. Raises ProblemError."""
    contract = read_environment_file(root / "k8s" / "overlays" / overlay / "shop.env")
    images = image_defaults(root / "services")
    found: dict[str, Facts] = {}
    for workload in workloads(objects):
        if workload.service in found:
            raise ProblemError(f"overlay {overlay} has two workloads for {workload.service}")
        found[workload.service] = workload_facts(workload, images, contract, objects)
    return View(overlay, found, contract)


def container_of(workload: Workload) -> Object:
    """The container that is the service: the one of its name, else the first."""
    listed = workload.pod["containers"]
    found: Object = next((one for one in listed if one["name"] == workload.service), listed[0])
    return found


def workload_facts(
    workload: Workload,
    images: Mapping[str, ImageDefaults],
    contract: Mapping[str, str],
    objects: list[Object],
) -> Facts:
    """One service's facts."""
    container, pod = container_of(workload), workload.pod
    image = defaults_of(container.get("image", ""), images)
    security = container.get("securityContext", {})
    pod_security = pod.get("securityContext", {})
    capabilities = security.get("capabilities", {})
    limits = container.get("resources", {}).get("limits", {})
    # As in Kubernetes: `command` replaces the entrypoint and takes the image's command away.
    start = container.get("command") or image.entrypoint
    arguments = container.get("args") or (() if container.get("command") else image.command)
    seccomp = (security.get("seccompProfile") or pod_security.get("seccompProfile") or {}).get("type")
    ports = {port["containerPort"] for port in container.get("ports", ())}
    lifecycle = container.get("lifecycle", {})
    grace = pod.get("terminationGracePeriodSeconds", _DEFAULT_GRACE_SECONDS)
    pause = pre_stop_seconds(container)
    return {
        **image_facts(container.get("image", "")),
        "runs": "always" if workload.lasts else "once",
        "command": shlex.join((*start, *arguments)),
        "user": _user(security, pod_security, image),
        "read_only_root": yes_no(bool(security.get("readOnlyRootFilesystem"))),
        "capabilities": capabilities_text(capabilities.get("drop") or (), capabilities.get("add") or ()),
        "no_new_privileges": yes_no(security.get("allowPrivilegeEscalation") is False),
        # Without a profile Kubernetes uses none, unlike Docker.
        "seccomp": DEFAULT if seccomp == "RuntimeDefault" else seccomp or UNCONFINED,
        **environment_facts({**image.environment, **environment_of(container, objects)}, contract),
        **{f"ports.{port}": "listens" for port in ports},
        **{f"published.{port}": "yes" for port in _published(workload, container, objects)},
        **_probe_facts(container, image),
        **limit_facts(
            memory_bytes=round(quantity(limits.get("memory", 0)) or 0),
            cpus=quantity(limits.get("cpu", 0)),
            pids=None,
        ),
        # The process has what the pause before its signal leaves.
        "grace": seconds_text(grace - pause) if pause is not None else UNKNOWN_PAUSE,
        "stop_signal": lifecycle.get("stopSignal") or image.stop_signal,
        **volume_facts(workload, container, objects),
        **{
            f"beside.{one.spec['name']}": repository(one.spec.get("image", ""))[0]
            for one in workload.containers
            if one.spec is not container
        },
        **{f"other.{name}": "set" for name in _OF_THE_HOST if pod.get(name)},
        # Else there is a variable for every Service, and WEB_PORT means something else to the shop.
        **({} if pod.get("enableServiceLinks") is False else {"other.service-links": "set"}),
        **({"other.privileged": "set"} if security.get("privileged") else {}),
    }


def _user(security: Object, pod_security: Object, image: ImageDefaults) -> str:
    of_image = image.user.partition(":")
    ids = []
    for key, default in (("runAsUser", of_image[0]), ("runAsGroup", of_image[2])):
        value = security.get(key, pod_security.get(key))
        ids.append(str(value) if value is not None else default or "0")
    return ":".join(ids)


def environment_of(container: Object, objects: list[Object]) -> dict[str, str]:
    """Names and values; what only a running cluster knows is named by where it comes from."""
    maps = {one["metadata"]["name"]: one.get("data") or {} for one in kind_is(objects, "ConfigMap")}
    found: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        prefix = source.get("prefix", "")
        if "configMapRef" in source:
            values = maps.get(source["configMapRef"]["name"], {})
            found.update({f"{prefix}{key}": str(value) for key, value in values.items()})
        else:
            found[f"{prefix}*"] = f"every key of secret {source['secretRef']['name']}"
    for variable in container.get("env", ()):
        if "valueFrom" not in variable:
            found[variable["name"]] = str(variable.get("value", ""))
            continue
        kind, reference = next(iter(variable["valueFrom"].items()))
        key = reference.get("key") or reference.get("fieldPath") or reference.get("resource", "")
        text = f"{kind} {reference.get('name', '')} {key}".replace("  ", " ")
        if kind == "configMapKeyRef":
            text = str(maps.get(reference["name"], {}).get(key, text))
        found[variable["name"]] = text
    return found


def _published(workload: Workload, container: Object, objects: list[Object]) -> set[int]:
    """The container's ports that a Service offers to the outside."""
    named = _named_ports(container)
    found: set[int] = set()
    for one in kind_is(objects, "Service"):
        selector = one["spec"].get("selector") or {}
        if one["spec"].get("type") not in _OUTWARD or not selector:
            continue
        if selects({"matchLabels": selector}, workload.labels):
            targets = [port.get("targetPort", port["port"]) for port in one["spec"]["ports"]]
            found.update(int(named.get(target, target)) for target in targets)
    return found


def _named_ports(container: Object) -> dict[Any, int]:
    return {port.get("name"): port["containerPort"] for port in container.get("ports") or ()}


def _probe_facts(container: Object, image: ImageDefaults) -> Facts:
    named = _named_ports(container)
    fields = {"probe.ready": "readinessProbe", "probe.start": "startupProbe", "probe.live": "livenessProbe"}
    return {
        field: _probe(container[key], named, image) for field, key in fields.items() if container.get(key)
    }


def _probe(probe: Object, named: Mapping[Any, int], image: ImageDefaults) -> str:
    if "exec" in probe:
        return probe_text(probe["exec"]["command"], image.fetches)
    if "httpGet" in probe:
        port = probe["httpGet"]["port"]
        text = get_text(named.get(port, port), probe["httpGet"].get("path", "/"))
        return f"{text} over TLS" if probe["httpGet"].get("scheme") == "HTTPS" else text
    kind = "tcpSocket" if "tcpSocket" in probe else "grpc"
    port = probe[kind]["port"]
    return f"{kind} :{named.get(port, port)}"
