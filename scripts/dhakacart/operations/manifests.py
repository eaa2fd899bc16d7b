"""Kubernetes objects as Kustomize prints them: workloads, their pods, and who selects whom."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

Object = dict[str, Any]

NAME_LABEL = "app.kubernetes.io/name"
PART_LABEL = "app.kubernetes.io/part-of"
_NAME_CHARACTERS = 10
_TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")
_SUFFIXES = {
    "": Decimal(1),
    **{letter: Decimal(10) ** -power for letter, power in {"n": 9, "u": 6, "m": 3}.items()},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", start=1)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][0-9]+)?)(?P<suffix>[numkKMGTPE]?i?)")
# By itself, or by a shell that does nothing else.
_SLEEP = re.compile(r"((/bin/)?sh -e?c )?sleep (?P<seconds>[0-9]+)")


@dataclass(frozen=True)
class Container:
    """One container of a pod. lasts: it runs as long as the pod (a sidecar does, an init container does not)."""

    workload: "Workload"
    spec: Object
    lasts: bool

    @property
    def title(self) -> str:
        return f"{self.workload.title}, container {self.spec.get('name', '?')}"


@dataclass(frozen=True)
class Workload:
    """What makes pods. `pod` is the pod's specification, `labels` are the pod's."""

    source: Object
    template: Object

    @property
    def kind(self) -> str:
        return str(self.source["kind"])

    @property
    def name(self) -> str:
        return str(self.source["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return namespace_of(self.source)

    @property
    def title(self) -> str:
        return title_of(self.source)

    @property
    def service(self) -> str:
        """What it is one instance of: its label, since a Job's name changes with each release."""
        return str(self.labels.get(NAME_LABEL, self.name))

    @property
    def labels(self) -> dict[str, str]:
        labels: dict[str, str] = (self.template.get("metadata") or {}).get("labels") or {}
        return labels

    @property
    def pod(self) -> Object:
        pod: Object = self.template.get("spec") or {}
        return pod

    @property
    def lasts(self) -> bool:
        """Whether its pods are meant to run for ever."""
        return self.kind not in ("Job", "CronJob")

    @cached_property
    def containers(self) -> list[Container]:
        """Every container; an init container that is always restarted is a sidecar."""
        first = [
            Container(self, one, self.lasts and one.get("restartPolicy") == "Always")
            for one in self.pod.get("initContainers") or []
        ]
        return first + [Container(self, one, self.lasts) for one in self.pod.get("containers") or []]

    def ports(self) -> list[Object]:
        """The ports that its containers declare."""
        return [port for one in self.containers for port in one.spec.get("ports") or []]

    def has_port(self, port: int | str, protocol: str = "TCP") -> bool:
        """Whether a container declares this port, by number or by name."""
        key = "name" if isinstance(port, str) else "containerPort"
        return any(
            one.get(key) == port and str(one.get("protocol", "TCP")) == protocol for one in self.ports()
        )


def kind_is(objects: list[Object], *kinds: str) -> list[Object]:
    return [one for one in objects if one.get("kind") in kinds]


def name_jobs(objects: list[Object]) -> list[Object]:
    """The same objects; a Job gets a name of its content: it cannot be changed, so another one is another Job."""
    for job in kind_is(objects, "Job"):
        digest = hashlib.sha256(json.dumps(job["spec"], sort_keys=True).encode()).hexdigest()
        job["metadata"]["name"] += f"-{digest[:_NAME_CHARACTERS]}"
    return objects


def title_of(thing: Object) -> str:
    """`Deployment/web`."""
    return f"{thing.get('kind', '?')}/{thing.get('metadata', {}).get('name', '?')}"


def namespace_of(thing: Object) -> str:
    return str(thing.get("metadata", {}).get("namespace", ""))


def workloads(objects: list[Object]) -> list[Workload]:
    """All that makes pods."""
    found = [Workload(one, one["spec"]["template"]) for one in kind_is(objects, *_TEMPLATED)]
    found += [
        Workload(one, one["spec"]["jobTemplate"]["spec"]["template"]) for one in kind_is(objects, "CronJob")
    ]
    return found + [Workload(one, one) for one in kind_is(objects, "Pod")]


def containers(objects: list[Object]) -> Iterator[Container]:
    for workload in workloads(objects):
        yield from workload.containers


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) matches; the empty one matches all."""
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_holds(one, labels) for one in selector.get("matchExpressions") or [])


def selected_pods(selector: Object, namespace: str, pods: list[Workload]) -> list[Workload]:
    """Those that a label selector finds in a namespace."""
    return [one for one in pods if one.namespace == namespace and selects(selector, one.labels)]


def _holds(expression: Object, labels: dict[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def pre_stop_seconds(container: Object) -> int | None:
    """How long a container's preStop hook sleeps; 0 without one, None for anything but a sleep."""
    hook = (container.get("lifecycle") or {}).get("preStop")
    if not hook:
        return 0
    if "sleep" in hook:
        return int(hook["sleep"]["seconds"])
    command = [str(one) for one in (hook.get("exec") or {}).get("command") or []]
    found = _SLEEP.fullmatch(" ".join(command))
    return int(found["seconds"]) if found else None


def quantity(value: Any) -> float | None:
    """250m -> 0.25, 64Mi -> 67108864.0; None for what is no quantity. (apimachinery's resource.Quantity.)"""
    exact = exact_quantity(value)
    return None if exact is None else float(exact)


def exact_quantity(value: Any) -> Decimal | None:
    """The same, for sums."""
    found = _QUANTITY.fullmatch(str(value))
    if not found or found["suffix"] not in _SUFFIXES:
        return None
    return Decimal(found["number"]) * _SUFFIXES[found["suffix"]]


def environment_of(objects: list[Object]) -> str:
    """ENVIRONMENT in the ConfigMap of the shop: development, staging, production; empty when nobody says it."""
    found = {
        str(one["data"]["ENVIRONMENT"])
        for one in kind_is(objects, "ConfigMap")
        if "ENVIRONMENT" in (one.get("data") or {})
    }
    return found.pop() if len(found) == 1 else ""


def lowest_replicas(workload: Workload, objects: list[Object]) -> int:
    """How many pods it has at least: what a scaler's minimum says, else `replicas`, else 1."""
    return _replicas(workload, objects, keda=("minReplicaCount", 0), hpa=("minReplicas", 1))


def highest_replicas(workload: Workload, objects: list[Object]) -> int:
    """How many pods it has at most, without those of a rollout."""
    return _replicas(workload, objects, keda=("maxReplicaCount", 100), hpa=("maxReplicas", 1))


def _replicas(
    workload: Workload, objects: list[Object], *, keda: tuple[str, int], hpa: tuple[str, int]
) -> int:
    for one in kind_is(objects, "ScaledObject", "HorizontalPodAutoscaler"):
        if (namespace_of(one), *scale_target(one)) == (workload.namespace, workload.kind, workload.name):
            name, default = keda if one["kind"] == "ScaledObject" else hpa
            return int(one["spec"].get(name, default))
    return int(workload.source.get("spec", {}).get("replicas", 1))


def scale_target(scaler: Object) -> tuple[str, str]:
    """(kind, name) of what a ScaledObject or a HorizontalPodAutoscaler scales."""
    target = scaler["spec"]["scaleTargetRef"]
    return str(target.get("kind", "Deployment")), str(target["name"])
