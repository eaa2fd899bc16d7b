"""Building every image once with the version of its sources, and pushing those that a release names by digest."""

import json
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dhakacart.operations.compose import PROJECT, Stack, StackPorts
from dhakacart.operations.docker import call
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.images import build_images
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import ARCHITECTURE, REPOSITORY, image_name

# Folders that an image is built from; services/<name> where nothing else is said.
_SOURCES = {"edge": ("services/edge", "services/storefront")}
_PUSH_SECONDS = 1800.0
_NOT_IN_A_TAG = re.compile(r"[^A-Za-z0-9_.-]")
_PUSHED = re.compile(r"digest: (?P<digest>sha256:[0-9a-f]{64})")
# Words of docker push (lower case), what they mean for people, and the way out; {} is the registry.
_KNOWN = (
    (
        ("denied", "unauthorized", "authentication required", "no basic auth credentials"),
        "registry {} does not let this user push",
        "docker login {}",
    ),
    (
        ("gave http response to https client", "certificate", "tls: "),
        "registry {} has no certificate that Docker trusts",
        "give it one, or add it to the Docker engine's insecure-registries",
    ),
    (
        (
            "connection refused",
            "no such host",
            "dial tcp",
            "timeout",
            "network is unreachable",
            "no route to host",
        ),
        "registry {} does not answer",
        "start it, or give another: make images PUSH=<registry>",
    ),
)


@dataclass(frozen=True)
class Version:
    """name: `v1.4-3-gabc1234`, `-dirty` with changes that are in no commit; revision: the commit."""

    name: str
    revision: str


@dataclass(frozen=True)
class Image:
    """An image of this engine. reference: `dhakacart/shop:local`; architecture: `amd64`."""

    name: str
    reference: str
    version: Version
    identity: str
    size_bytes: int
    architecture: str


class ReleaseStack(Stack):
    """The Compose project, for builds that say what they were built from."""

    def command(self, *arguments: str) -> list[str]:
        if arguments[:1] != ("build",):
            return super().command(*arguments)
        version = version_of(self.checkout.root, sources_of(arguments[-1], self.images()))
        stated = [f"--build-arg={key}={value}" for key, value in _arguments(version).items()]
        return super().command("build", *stated, *arguments[1:])


def _arguments(version: Version) -> dict[str, str]:
    return {"VERSION": version.name, "REVISION": version.revision}


def sources_of(service: str, images: dict[str, str]) -> tuple[str, ...]:
    """The folders that the image of a Compose service is built from."""
    name = next((image_name(image) for image, one in images.items() if one == service), service)
    return _SOURCES.get(name, (f"services/{name}",))


def version_of(root: Path, sources: Sequence[str]) -> Version:
    """The last commit that changed these folders: an image whose sources stay keeps its digest over other commits."""
    revision = _git(root, "log", "-1", "--format=%H", "--", *sources)
    if not revision:
        return Version("unreleased", "unknown")
    name = _git(root, "describe", "--tags", "--always", revision) or revision[:12]
    dirty = "-dirty" if _git(root, "status", "--porcelain", "--", *sources) else ""
    return Version(name + dirty, revision + dirty)


def _git(root: Path, *arguments: str) -> str:
    """What git says; empty outside a checkout of git's."""
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""


def build(checkout: Checkout, *, on_event: OnEvent) -> list[Image]:
    """Builds every image. Raises StackFailure for one that fails, ProblemError without an engine."""
    stack = ReleaseStack(checkout, PROJECT, StackPorts())
    build_images(stack, logs=checkout.logs, on_event=on_event)
    images = stack.images()
    return [
        _inspect(reference, version_of(checkout.root, sources_of(service, images)))
        for reference, service in sorted(images.items())
    ]


def _inspect(reference: str, version: Version) -> Image:
    [found] = json.loads(call(["docker", "image", "inspect", reference]))
    return Image(
        name=image_name(reference),
        reference=reference,
        version=version,
        identity=found["Id"],
        size_bytes=int(found["Size"]),
        architecture=str(found.get("Architecture", "")),
    )


def require_registry(registry: str) -> None:
    """Raises ProblemError (exit status 2) unless it is `host[:port][/path]`."""
    if not REPOSITORY.fullmatch(registry):
        raise ProblemError(
            f"PUSH={registry!r} is no registry",
            hint="like PUSH=registry.example:5000/dhakacart",
            exit_status=2,
        )


def require_architecture(images: Sequence[Image]) -> None:
    """Raises ProblemError when an image is not for the processors of staging and production."""
    if others := sorted({one.architecture for one in images} - {ARCHITECTURE}):
        raise ProblemError(
            f"the images are for {', '.join(others)}, the nodes of a release are {ARCHITECTURE}",
            hint=f"DOCKER_DEFAULT_PLATFORM=linux/{ARCHITECTURE} make images PUSH=<registry>",
        )


def push(images: Sequence[Image], registry: str, *, on_event: OnEvent) -> dict[str, str]:
    """Pushes them to `registry/<name>`; {"shop": "registry/shop@sha256:..."}. Raises ProblemError in people's words."""
    require_registry(registry)
    digests = {}
    for image in images:
        began = time.monotonic()
        repository = f"{registry}/{image.name}"
        target = f"{repository}:{_NOT_IN_A_TAG.sub('-', image.version.name)[:128]}"
        on_event(Event(Kind.STARTING, name=image.name, text=f"to {target}"))
        call(["docker", "tag", image.reference, target])
        digests[image.name] = f"{repository}@{_push(target, registry)}"
        on_event(Event(Kind.READY, name=image.name, seconds=time.monotonic() - began))
    return digests


def _push(target: str, registry: str) -> str:
    """Pushes one; the digest that the registry has it under."""
    try:
        output = call(["docker", "push", target], timeout_seconds=_PUSH_SECONDS)
    except ProblemError as problem:
        raise _explain(problem, registry) from None
    if found := _PUSHED.search(output):
        return found["digest"]
    # Some engines print no digest: then the image itself knows it.
    listed = json.loads(call(["docker", "image", "inspect", "--format", "{{json .RepoDigests}}", target]))
    repository = target.rpartition(":")[0]
    for one in listed or []:
        if one.startswith(f"{repository}@sha256:"):
            return str(one).partition("@")[2]
    raise ProblemError(f"docker has pushed {target} and does not tell its digest")


def _explain(problem: ProblemError, registry: str) -> ProblemError:
    lower = problem.message.lower()
    host = registry.partition("/")[0]
    for words, message, hint in _KNOWN:
        if any(word in lower for word in words):
            return ProblemError(message.format(host), hint=hint.format(host))
    return problem
