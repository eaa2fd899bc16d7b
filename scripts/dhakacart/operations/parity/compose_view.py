"""Compose's services as facts: what compose.yaml says, and what the image says where that is silent."""

import shlex
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from dhakacart.operations.compose_model import COMPOSE_FILE, ComposeService, Mount, read_compose
from dhakacart.operations.environment import read_environment_file
from dhakacart.operations.parity.dockerfile import ImageDefaults, defaults_of, image_defaults
from dhakacart.operations.parity.facts import (
    DEFAULT,
    UNCONFINED,
    UNKNOWN_FILES,
    Facts,
    View,
    capabilities_text,
    environment_facts,
    image_facts,
    limit_facts,
    probe_text,
    seconds_text,
    volume_text,
    yes_no,
)

NAME = "compose"
_SECRETS = PurePosixPath("/run/secrets")
# The engine's own size of /dev/shm; another one is a volume of its own, as on Kubernetes.
_SHM = "/dev/shm"  # noqa: S108 - a path in a container


def compose_view(root: Path, variables: Mapping[str, str] | None = None) -> View:
    """The production shape of this checkout. Raises ProblemError."""
    return view_of_services(root, read_compose(root / COMPOSE_FILE, variables))


def view_of_services(root: Path, services: Mapping[str, ComposeService]) -> View:
    """The same of services that were read already."""
    contract = read_environment_file(root / "k8s" / "overlays" / "local" / "shop.env")
    images = image_defaults(root / "services")
    facts = {
        name: service_facts(one, defaults_of(one.image, images), contract) for name, one in services.items()
    }
    return View(NAME, facts, contract)


def service_facts(service: ComposeService, image: ImageDefaults, contract: Mapping[str, str]) -> Facts:
    """One service's facts. A service that is not started again when it ends is a job, and serves nothing."""
    job = service.restart == "no"
    # As in Docker: a new entrypoint takes the image's command away.
    command = service.command if service.command is not None else () if service.entrypoint else image.command
    entrypoint = service.entrypoint if service.entrypoint is not None else image.entrypoint
    health = service.health_command if service.health_command is not None else image.health_command
    ports = () if job else {*(service.expose if service.expose is not None else image.ports), *service.ports}
    check = probe_text(health, image.fetches)
    options = {option.replace("=", ":").removesuffix(":true") for option in service.security_opt}
    return {
        **image_facts(service.image),
        "runs": "once" if job else "always",
        "command": shlex.join((*entrypoint, *command)),
        "user": service.user or image.user or "0:0",
        "read_only_root": yes_no(service.read_only),
        "capabilities": capabilities_text(service.cap_drop, service.cap_add),
        "no_new_privileges": yes_no("no-new-privileges" in options),
        "seccomp": UNCONFINED if "seccomp:unconfined" in options else DEFAULT,
        **environment_facts({**image.environment, **service.environment}, contract),
        **{f"ports.{port}": "listens" for port in ports},
        **{f"published.{port}": "yes" for port in service.ports},
        # There is one check: it keeps others waiting at the start, and later says whether the service is well.
        **({"probe.ready": check, "probe.start": check} if health and not job else {}),
        **limit_facts(memory_bytes=service.memory_bytes, cpus=service.cpus, pids=service.pids),
        "grace": seconds_text(service.grace_seconds),
        "stop_signal": service.stop_signal or image.stop_signal,
        **_volume_facts(service),
        **{f"other.{name}": "set" for name in service.others},
    }


def _volume_facts(service: ComposeService) -> Facts:
    """Volumes by path. A secret's folder stands for the files in it, which are facts of their own."""
    found: Facts = {}
    for mount in service.mounts:
        kind = _kind(mount)
        found[f"volumes.{mount.target}"] = volume_text(
            kind, read_only=mount.read_only, size_bytes=mount.size_bytes
        )
        if kind == "secret":
            found[f"secrets.{mount.target}/{UNKNOWN_FILES}"] = "given"
    for target in service.secrets:
        found[f"volumes.{PurePosixPath(target).parent}"] = volume_text("secret", read_only=True)
        found[f"secrets.{target}"] = "given"
    if service.shm_bytes:
        found[f"volumes.{_SHM}"] = volume_text("memory", read_only=False, size_bytes=service.shm_bytes)
    return found


def _kind(mount: Mount) -> str:
    if mount.kind == "tmpfs":
        return "memory"
    if mount.kind == "volume":
        return "persistent"
    return "secret" if _SECRETS in PurePosixPath(mount.target).parents else "host"
