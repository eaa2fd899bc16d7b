"""Why something does not get ready in a cluster, in people's words: read from pods, Jobs, claims and events."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dhakacart.operations.manifests import NAME_LABEL, Object

# The pod's end is told by its own last words, once it has ended so often; EX_CONFIG (sysexits.h) never heals.
_MOST_RESTARTS = 3
_PULL_REASONS = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")
_IMAGE_PATIENCE_SECONDS = 5.0
# Others make what is lacking while we look: cert-manager its Secrets, a provisioner a volume, an autoscaler a node.
_LACK_PATIENCE_SECONDS = 60.0
_PLACE_PATIENCE_SECONDS = 20.0
_NO_KEY = re.compile(
    r"couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) (?:\S+/)?(?P<name>[^/\s\"]+)"
)
_NO_OBJECT = re.compile(r"(?P<kind>secret|configmap) \"(?:[^\"/]+/)?(?P<name>[^\"]+)\" not found")
_NO_MOUNTED_KEY = re.compile(r"references non-existent (?P<kind>secret|config) key: (?P<key>\S+)")
_INSUFFICIENT = re.compile(r"(?P<count>\d+) Insufficient (?P<what>[a-z-]+)")
_CAUSES = {"secret": "Secret", "configmap": "ConfigMap", "config": "ConfigMap"}


@dataclass(frozen=True)
class Trouble:
    """What keeps a service from being ready. patience_seconds: how long it may heal by itself; pod, container: whose
    last words say more; image: the node lacks it."""

    service: str
    text: str
    hint: str = ""
    patience_seconds: float = 0.0
    pod: str = ""
    container: str = ""
    image: str = ""


def troubles(objects: list[Object], events: list[Object]) -> list[Trouble]:
    """Of pods, Jobs and claims; events are those of this start alone."""
    found: list[Trouble] = []
    by_object: dict[str, list[Object]] = {}
    for event in events:
        if event.get("type") == "Warning":
            by_object.setdefault(str(event["involvedObject"].get("uid", "")), []).append(event)
    for one in objects:
        warnings = by_object.pop(one["metadata"]["uid"], [])
        match one["kind"]:
            case "Pod" if "deletionTimestamp" not in one["metadata"]:
                found += _of_pod(one, warnings)
            case "Job":
                found += _of_job(one)
            case "PersistentVolumeClaim" if one["status"].get("phase") == "Pending":
                found += [
                    Trouble(
                        _service(one),
                        f"no volume for {one['metadata']['name']}: {_short(event)}",
                        patience_seconds=_PLACE_PATIENCE_SECONDS,
                    )
                    for event in warnings
                    if event["reason"] == "ProvisioningFailed"
                ]
    # What could not even make a pod: its ReplicaSet, StatefulSet or Job says why.
    found += [
        Trouble(
            _of_name(event),
            f"{_of_name(event)}: its pod is refused: {_short(event)}",
            patience_seconds=_PLACE_PATIENCE_SECONDS,
        )
        for left in by_object.values()
        for event in left
        if event["reason"] == "FailedCreate"
    ]
    return found


def own_words(service: str, lines: list[str]) -> str:
    """The last line that is meant for people (`postgres: the data ...`, `environment contract: ...`); empty without one."""
    own = [line.strip() for line in lines if line.startswith((f"{service}: ", "environment contract: "))]
    return own[-1] if own else ""


def _of_pod(pod: Object, warnings: list[Object]) -> Iterator[Trouble]:
    service, name = _service(pod), str(pod["metadata"]["name"])
    status = pod.get("status") or {}
    for condition in status.get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            text = f"{service}: {_place(str(condition.get('message', '')))}"
            yield Trouble(service, text, patience_seconds=_PLACE_PATIENCE_SECONDS, pod=name)
    for one in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        yield from _of_container(service, name, one)
    for event in warnings:
        if event["reason"] in ("FailedMount", "FailedCreatePodSandBox") and not status.get("podIP"):
            text = f"{service}: {_lack(str(event.get('message', '')))}"
            yield Trouble(service, text, patience_seconds=_LACK_PATIENCE_SECONDS, pod=name)


def _of_container(service: str, pod: str, status: dict[str, Any]) -> Iterator[Trouble]:
    waiting = status["state"].get("waiting") or {}
    reason, message = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    if reason in _PULL_REASONS:
        text = f"{service}: its node has no image {status['image']} and cannot get it ({reason})"
        patience = _IMAGE_PATIENCE_SECONDS if reason == "ErrImagePull" else 0.0
        yield Trouble(service, text, patience_seconds=patience, pod=pod, image=str(status["image"]))
    elif reason in ("CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
        yield Trouble(
            service, f"{service}: {_lack(message)}", patience_seconds=_LACK_PATIENCE_SECONDS, pod=pod
        )
    ended = status["state"].get("terminated") or (status.get("lastState") or {}).get("terminated") or {}
    if not ended.get("exitCode") or "running" in status["state"]:
        return
    if ended["exitCode"] == os.EX_CONFIG or status.get("restartCount", 0) >= _MOST_RESTARTS:
        what = f"ends with status {ended['exitCode']}"
        if ended.get("reason") == "OOMKilled":
            what = "needs more memory than its limit and is killed (OOMKilled)"
        yield Trouble(service, f"{service}: {what}", pod=pod, container=str(status["name"]))


def _of_job(job: Object) -> Iterator[Trouble]:
    for condition in (job.get("status") or {}).get("conditions") or []:
        if condition["type"] == "Failed" and condition["status"] == "True":
            service = _service(job)
            yield Trouble(service, f"{service}: the job failed: {condition.get('message', '')}")


def _place(message: str) -> str:
    """Why no node takes the pod."""
    lacks = _INSUFFICIENT.findall(message)
    if lacks:
        return "no node has room for its pod: " + ", ".join(f"{count} lack {what}" for count, what in lacks)
    return f"no node takes its pod: {message.partition('. preemption')[0]}"


def _lack(message: str) -> str:
    """What kubelet misses."""
    if found := _NO_KEY.search(message):
        return f"the {found['kind']} {found['name']} has no key {found['key']}"
    if found := _NO_OBJECT.search(message):
        return f"there is no {_CAUSES[found['kind']]} {found['name']}"
    if found := _NO_MOUNTED_KEY.search(message):
        return f"a {_CAUSES[found['kind']]} that it mounts has no key {found['key']}"
    return message[:300]


def _service(one: Object) -> str:
    return str((one["metadata"].get("labels") or {}).get(NAME_LABEL, one["metadata"]["name"]))


def _of_name(event: Object) -> str:
    """`web` of an event about ReplicaSet web-7d9f."""
    name = str(event["involvedObject"].get("name", "?"))
    return name.partition("-")[0]


def _short(event: Object) -> str:
    return " ".join(str(event.get("message", "")).split())[:300]
