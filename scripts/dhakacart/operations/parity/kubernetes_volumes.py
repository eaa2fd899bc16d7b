"""A pod's volumes as facts: kind, path, whether they can be written, and the files of secrets."""

from collections.abc import Iterator

from dhakacart.operations.manifests import Object, Workload, kind_is, quantity
from dhakacart.operations.parity.facts import UNKNOWN_FILES, Facts, volume_text
from dhakacart.operations.parity.process import TOKEN_FOLDER


def volume_facts(workload: Workload, container: Object, objects: list[Object]) -> Facts:
    """The container's mounts."""
    volumes = {one["name"]: one for one in workload.pod.get("volumes") or ()}
    # A StatefulSet's own, one for each pod.
    for claim in workload.source.get("spec", {}).get("volumeClaimTemplates") or ():
        volumes[claim["metadata"]["name"]] = {"persistentVolumeClaim": {}}
    found: Facts = {}
    for mount in container.get("volumeMounts") or ():
        volume, path = volumes.get(mount["name"], {}), mount["mountPath"]
        kind, size = _kind(volume)
        read_only = bool(mount.get("readOnly")) or kind in ("secret", "config", "token")
        found[f"volumes.{path}"] = volume_text(kind, read_only=read_only, size_bytes=size)
        if kind == "secret":
            found |= {f"secrets.{path}/{file}": "given" for file in _files(volume, objects)}
    if _has_token(workload.pod, objects):
        found[f"volumes.{TOKEN_FOLDER}"] = volume_text("token", read_only=True)
    return found


def _kind(volume: Object) -> tuple[str, int | None]:
    """(kind, size in bytes where it is memory)."""
    if "emptyDir" in volume:
        settings = volume["emptyDir"] or {}
        if settings.get("medium") != "Memory":
            return "scratch", None
        return "memory", round(quantity(settings["sizeLimit"]) or 0) if "sizeLimit" in settings else None
    if "projected" in volume:
        sources = {next(iter(source)) for source in volume["projected"].get("sources", ())}
        return (
            "secret" if "secret" in sources else "token" if "serviceAccountToken" in sources else "config"
        ), None
    kinds = {
        "secret": "secret",
        "configMap": "config",
        "persistentVolumeClaim": "persistent",
        "ephemeral": "scratch",
        "hostPath": "host",
    }
    return next((name for key, name in kinds.items() if key in volume), "unknown"), None


def _files(volume: Object, objects: list[Object]) -> Iterator[str]:
    """The files of a secret; `*` where only the cluster knows them."""
    sources = volume.get("projected", {}).get("sources") or [volume]
    for source in sources:
        if not (kind := next((key for key in ("secret", "configMap") if key in source), "")):
            continue
        reference = source[kind]
        if reference.get("items"):
            yield from (item["path"] for item in reference["items"])
        else:
            yield from _keys(kind, reference.get("secretName") or reference.get("name", ""), objects)


def _keys(kind: str, name: str, objects: list[Object]) -> Iterator[str]:
    for one in kind_is(objects, "Secret" if kind == "secret" else "ConfigMap"):
        if one["metadata"]["name"] == name:
            yield from {**(one.get("data") or {}), **(one.get("stringData") or {})}
            return
    yield UNKNOWN_FILES


def _has_token(pod: Object, objects: list[Object]) -> bool:
    """Whether Kubernetes mounts the service account's token by itself: it does, unless it is told not to."""
    told = pod.get("automountServiceAccountToken")
    if told is None:
        name = pod.get("serviceAccountName", "default")
        accounts = [one for one in kind_is(objects, "ServiceAccount") if one["metadata"]["name"] == name]
        told = accounts[0].get("automountServiceAccountToken") if accounts else None
    return told is not False
