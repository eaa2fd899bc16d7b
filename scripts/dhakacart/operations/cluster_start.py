"""Applying a shop to a cluster, and waiting until all of it is ready or one part cannot become so."""

import json
import time
from dataclasses import dataclass

from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.cluster_troubles import Trouble, own_words, troubles
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.manifests import Object, Workload, workloads
from dhakacart.operations.stack_failure import StackFailure
from dhakacart.operations.stack_start import WHAT

START_SECONDS = 420.0
_APPLY_SECONDS = 120.0
_POLL_SECONDS = 1.0
_TELL_SECONDS = 1.0
_SHOWN_LINES = 15
_APPLY = ("apply", "--server-side", "--force-conflicts", "--field-manager=dhakacart", "-f", "-")
_KINDS = "deployments,statefulsets,jobs,pods,persistentvolumeclaims"
_VIOLATES = "would violate PodSecurity"


def ensure_namespace(kubectl: Kubectl, namespace: Object) -> None:
    """Makes the namespace, as it stands in the manifests. Raises ProblemError."""
    kubectl.call(*_APPLY, given=json.dumps(namespace))


def refuse_what_the_server_would(kubectl: Kubectl, objects: list[Object]) -> None:
    """Asks the API server for its judgement of everything, and applies nothing. Raises StackFailure with its reasons."""
    result = kubectl.run(*_APPLY, "--dry-run=server", given=_stream(objects), timeout_seconds=_APPLY_SECONDS)
    lines = [line.strip() for line in result.stderr.splitlines() if line.strip()]
    refused = [line for line in lines if not line.startswith("Warning:") or _VIOLATES in line]
    if result.returncode == 0 and not any(_VIOLATES in line for line in lines):
        return
    if problem := kubectl.explain(result.stderr):
        raise StackFailure("manifests", problem.message, hint=problem.hint)
    first = refused[0] if refused else f"status {result.returncode}"
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    raise StackFailure(
        "manifests",
        f"the API server refuses the manifests, nothing was applied: {first}{more}",
        lines=refused[:_SHOWN_LINES],
    )


def apply(kubectl: Kubectl, objects: list[Object]) -> None:
    """Raises ProblemError."""
    kubectl.call(*_APPLY, given=_stream(objects), timeout_seconds=_APPLY_SECONDS)


def event_counts(kubectl: Kubectl) -> dict[str, int]:
    """How often each event has happened so far: what is said later is of a later start."""
    return {one["metadata"]["uid"]: _count(one) for one in kubectl.items("events")}


@dataclass
class Start:
    """Looks at what was applied until all of it is ready. seen: event_counts() from before the apply."""

    kubectl: Kubectl
    objects: list[Object]
    seen: dict[str, int]
    on_event: OnEvent
    timeout_seconds: float = START_SECONDS

    def wait(self) -> None:
        """Returns when all is ready. Raises StackFailure with the reason why one part is not; stops nothing then."""
        began = told = time.monotonic()
        expected = workloads(self.objects)
        started: dict[str, float] = {}
        ready: set[str] = set()
        since: dict[str, float] = {}
        while True:
            items = self.kubectl.items(_KINDS)
            now = time.monotonic()
            awaited = []
            for workload in expected:
                name = workload.service
                if name not in started:
                    started[name] = now
                    self.on_event(Event(Kind.STARTING, name=name, text=WHAT.get(name, "")))
                if not _is_ready(workload, items):
                    awaited.append(name)
                elif name not in ready:
                    ready.add(name)
                    self.on_event(Event(Kind.READY, name=name, seconds=now - began))
            if not awaited:
                return
            found = [one for one in troubles(items, self._new_events()) if one.service in awaited]
            since = {one.text: since.get(one.text, now) for one in found}
            self._end_on([one for one in found if now - since[one.text] >= one.patience_seconds])
            if now - began > self.timeout_seconds:
                self._end_on(found)
                raise StackFailure(awaited[0], f"not ready after {now - began:.0f} s: {', '.join(awaited)}")
            if now - told > _TELL_SECONDS:
                told = now
                self.on_event(Event(Kind.WAITING, seconds=now - began, text=", ".join(awaited)))
            time.sleep(_POLL_SECONDS)

    def _new_events(self) -> list[Object]:
        return [
            one
            for one in self.kubectl.items("events")
            if _count(one) > self.seen.get(one["metadata"]["uid"], 0)
        ]

    def _end_on(self, found: list[Trouble]) -> None:
        """Raises StackFailure for the first: its own last words where they are meant for people, else what was seen."""
        for trouble in found:
            lines = self._last_lines(trouble) if trouble.container else []
            own = own_words(trouble.service, lines)
            hint = trouble.hint or (
                "" if own or not trouble.container else f"make logs SERVICE={trouble.service}"
            )
            if trouble.image:
                raise MissingImage(trouble.service, trouble.text)
            raise StackFailure(trouble.service, own or trouble.text, hint=hint, lines=lines)

    def _last_lines(self, trouble: Trouble) -> list[str]:
        words = ("logs", trouble.pod, "--container", trouble.container, f"--tail={_SHOWN_LINES}")
        result = self.kubectl.run(*words)
        output = result.stdout if result.stdout.strip() else self.kubectl.run(*words, "--previous").stdout
        return [line for line in output.splitlines() if line.strip()]


class MissingImage(StackFailure):
    """A node lacks an image, and cannot get it."""


def _is_ready(workload: Workload, items: list[Object]) -> bool:
    for one in items:
        if (one["kind"], one["metadata"]["name"]) == (workload.kind, workload.name):
            return is_ready(one)
    return False


def is_ready(one: Object) -> bool:
    """Whether a Deployment, StatefulSet or Job, as the API tells it, has become what its specification says."""
    status = one.get("status") or {}
    if one["kind"] == "Job":
        return bool(status.get("succeeded", 0))
    if status.get("observedGeneration", 0) < one["metadata"].get("generation", 0):
        return False
    wanted = one["spec"].get("replicas", 1)
    return bool(
        status.get("updatedReplicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
        and status.get("replicas", 0) == wanted
    )


def _stream(objects: list[Object]) -> str:
    """One document each: of a List kubectl would judge the fields itself, and not say in which object."""
    return "\n---\n".join(json.dumps(one) for one in objects)


def _count(event: Object) -> int:
    return int((event.get("series") or {}).get("count") or event.get("count") or 1)
