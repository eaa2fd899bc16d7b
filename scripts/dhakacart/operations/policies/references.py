"""References: every ConfigMap, Secret, key, volume, claim, account and class that something names exists."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dhakacart.operations.manifests import (
    Container,
    Object,
    Workload,
    kind_is,
    namespace_of,
    title_of,
    workloads,
)
from dhakacart.operations.policies.declared import CERTIFICATE_KEYS, CONFIG_MAPS, SECRETS

# Kustomize's alphabet for hashes: no vowels, nothing that looks like something else.
_HASHED = re.compile(r".+-[bcdfghkmt2456789]{10}")


class Reference(NamedTuple):
    """kind: ConfigMap or Secret. keys: those named; none means all of it. optional: any of it may be absent."""

    kind: str
    name: str
    keys: tuple[str, ...] = ()
    optional: bool = False


def violations(objects: list[Object]) -> list[str]:
    found = [f"{title_of(one)}: a Secret's value in a manifest" for one in kind_is(objects, "Secret")]
    known = known_keys(objects)
    for workload in workloads(objects):
        for one in (reference for reference in references_of(workload) if not reference.optional):
            keys = known.get((one.kind, one.name))
            if keys is None:
                found.append(f"{workload.title}: there is no {one.kind}/{one.name}, nor is it declared")
            else:
                found += [
                    f"{workload.title}: {one.kind}/{one.name} has no key {key}"
                    for key in one.keys
                    if key not in keys
                ]
        found += [f"{workload.title}: {fault}" for fault in _other_faults(workload, objects)]
    return found


def hash_violations(objects: list[Object]) -> list[str]:
    """A ConfigMap that pods use changes its name with its content, so that a change rolls the pods."""
    names = {
        (workload.title, one.name)
        for workload in workloads(objects)
        for one in references_of(workload)
        if one.kind == "ConfigMap" and one.name not in CONFIG_MAPS
    }
    return [
        f"{title}: ConfigMap/{name} has no hash in its name, so a change of it rolls no pod"
        for title, name in sorted(names)
        if not _HASHED.fullmatch(name)
    ]


def references_of(workload: Workload) -> Iterator[Reference]:
    """Every ConfigMap and Secret that its pods name."""
    for container in workload.containers:
        for variable in container.spec.get("env") or []:
            source = variable.get("valueFrom") or {}
            yield from _keyed("ConfigMap", source.get("configMapKeyRef"))
            yield from _keyed("Secret", source.get("secretKeyRef"))
        for source in container.spec.get("envFrom") or []:
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source:
                    yield Reference(kind, source[key]["name"], (), bool(source[key].get("optional")))
    for volume in workload.pod.get("volumes") or []:
        for source in [volume, *((volume.get("projected") or {}).get("sources") or [])]:
            yield from _mounted("ConfigMap", source.get("configMap"), "name")
            yield from _mounted("Secret", source.get("secret"), "secretName" if source is volume else "name")


def _keyed(kind: str, source: Object | None) -> Iterator[Reference]:
    if source:
        yield Reference(kind, source["name"], (source["key"],), bool(source.get("optional")))


def _mounted(kind: str, source: Object | None, name: str) -> Iterator[Reference]:
    if source:
        keys = tuple(item["key"] for item in source.get("items") or [])
        yield Reference(kind, source[name], keys, bool(source.get("optional")))


def known_keys(objects: list[Object]) -> dict[tuple[str, str], frozenset[str]]:
    """The keys of every ConfigMap and Secret: rendered, declared, or made by cert-manager."""
    known = {("ConfigMap", name): keys for name, keys in CONFIG_MAPS.items()}
    known |= {("Secret", name): keys for name, keys in SECRETS.items()}
    for one in kind_is(objects, "Certificate"):
        known["Secret", one["spec"]["secretName"]] = CERTIFICATE_KEYS
    for one in kind_is(objects, "ConfigMap"):
        known["ConfigMap", one["metadata"]["name"]] = frozenset(
            {*(one.get("data") or {}), *(one.get("binaryData") or {})}
        )
    return known


def _other_faults(workload: Workload, objects: list[Object]) -> Iterator[str]:
    """Volumes, claims, accounts and priority classes."""
    volumes = {one["name"] for one in workload.pod.get("volumes") or []}
    volumes |= {
        one["metadata"]["name"] for one in workload.source.get("spec", {}).get("volumeClaimTemplates") or []
    }
    for container in workload.containers:
        yield from _mount_faults(container, volumes)
    for volume in workload.pod.get("volumes") or []:
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim and claim not in _names(objects, "PersistentVolumeClaim", workload.namespace):
            yield f"there is no PersistentVolumeClaim/{claim}"
    account = workload.pod.get("serviceAccountName", "default")
    if account not in {"default", *_names(objects, "ServiceAccount", workload.namespace)}:
        yield f"there is no ServiceAccount/{account}"
    priority = workload.pod.get("priorityClassName", "")
    if (
        priority
        and not priority.startswith("system-")
        and priority not in _names(objects, "PriorityClass", "")
    ):
        yield f"there is no PriorityClass/{priority}"


def _mount_faults(container: Container, volumes: set[str]) -> Iterator[str]:
    paths: set[str] = set()
    for mount in container.spec.get("volumeMounts") or []:
        if mount["name"] not in volumes:
            yield f"container {container.spec['name']} mounts {mount['name']}, which is no volume of the pod"
        if mount["mountPath"] in paths:
            yield f"container {container.spec['name']} mounts two volumes at {mount['mountPath']}"
        paths.add(mount["mountPath"])


def _names(objects: list[Object], kind: str, space: str) -> set[str]:
    return {
        str(one["metadata"]["name"])
        for one in kind_is(objects, kind)
        if namespace_of(one) == space or kind == "PriorityClass"
    }
