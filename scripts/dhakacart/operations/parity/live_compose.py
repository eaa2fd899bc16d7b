"""The Compose stack of a checkout as it runs."""

import json
import shlex
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dhakacart.operations.compose_model import (
    COMPOSE_FILE,
    DEFAULT_GRACE_SECONDS,
    ComposeService,
    command_of_test,
    compose_services,
    read_compose,
)
from dhakacart.operations.docker import call, docker_environment
from dhakacart.operations.parity.compose_view import view_of_services
from dhakacart.operations.parity.dockerfile import ImageDefaults, defaults_of, image_defaults
from dhakacart.operations.parity.exec import read_process
from dhakacart.operations.parity.facts import Facts, View, image_facts, probe_text, repository, seconds_text
from dhakacart.operations.parity.live import Running, as_live, live_view
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import PREFIX, image_name

_LABEL = "com.docker.compose."
_DEVELOPMENT_FILE = Path("compose", "dev.yaml")
# The variables of compose.yaml that decide on a port, by service and the port inside.
_PORT_VARIABLES = {("edge", "8080/tcp"): "HTTP_PORT", ("edge", "8443/tcp"): "HTTPS_PORT"}
_PARALLEL = 4


@dataclass(frozen=True)
class RunningStack:
    """A Compose project: what `docker inspect` says of its containers, by service."""

    root: Path
    project: str
    containers: dict[str, dict[str, Any]]

    @property
    def for_development(self) -> bool:
        """Whether it was started with dev.yaml, which mounts the sources."""
        return any(_DEVELOPMENT_FILE.name in Path(one).name for one in self._files())

    def _files(self) -> list[str]:
        labels = next(iter(self.containers.values()))["Config"]["Labels"]
        return str(labels.get(f"{_LABEL}project.config_files", "")).split(",")

    def variables(self) -> dict[str, str]:
        """The variables that it was started with, as far as they show: ports, and which build of each image."""
        found = {}
        for service, one in self.containers.items():
            image = one["Config"]["Image"]
            if repository(image)[0] == PREFIX + image_name(image):
                found[f"{image_name(image).upper()}_IMAGE"] = image
            for port, bindings in (one["HostConfig"].get("PortBindings") or {}).items():
                variable = _PORT_VARIABLES.get((service, port))
                if variable and bindings:
                    found[variable] = bindings[0]["HostPort"]
        return found

    def specification(self) -> dict[str, ComposeService]:
        """What compose.yaml (and dev.yaml, for a stack of that shape) says; other files that it was given do not count."""
        if not self.for_development:
            return read_compose(self.root / COMPOSE_FILE, self.variables())
        files = [
            part for path in (COMPOSE_FILE, _DEVELOPMENT_FILE) for part in ("--file", str(self.root / path))
        ]
        text = call(
            ["docker", "compose", "--project-name", self.project, *files, "config", "--format", "json"],
            environment={**docker_environment(), **self.variables()},
        )
        return compose_services(json.loads(text), folder=self.root / "compose")


def find_stack(root: Path, project: str = "") -> RunningStack:
    """The stack of this checkout that runs, or that of another project's name. Raises ProblemError."""
    label = f"{_LABEL}project={project}" if project else f"{_LABEL}project.working_dir={root / 'compose'}"
    ids = call(["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={label}"]).split()
    stacks: dict[str, dict[str, dict[str, Any]]] = {}
    for one in json.loads(call(["docker", "inspect", *ids])) if ids else []:
        labels = one["Config"]["Labels"]
        if labels.get(f"{_LABEL}oneoff") != "True":
            stacks.setdefault(labels[f"{_LABEL}project"], {})[labels[f"{_LABEL}service"]] = one
    running = {
        name: all_ for name, all_ in stacks.items() if any(one["State"]["Running"] for one in all_.values())
    }
    if not running:
        raise ProblemError(
            "no Compose stack of this checkout runs",
            hint="docker compose -f compose/compose.yaml up -d --wait, or make dev ENGINE=containers",
        )
    if len(running) > 1:
        raise ProblemError(
            f"several Compose stacks of this checkout run: {', '.join(sorted(running))}",
            hint="choose one by --project",
        )
    [(name, containers)] = running.items()
    return RunningStack(root, name, containers)


def live_compose(stack: RunningStack) -> tuple[View, View]:
    """(what was specified, what runs), ready to be compared. Raises ProblemError."""
    services = stack.specification()
    specification = view_of_services(stack.root, services)
    images = inspect_images({one.image for one in services.values()})
    live = live_view("live compose", _running(stack), specification)
    digests = {name: images[one.image]["Id"] for name, one in services.items() if one.image in images}
    return as_live(specification, live, digests), live


def inspect_images(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the engine says of each of these images, by the name that was asked; without those it does not have."""
    found = {}
    for name in sorted(names):
        try:
            [found[name]] = json.loads(call(["docker", "image", "inspect", name]))
        except ProblemError:
            continue
    return found


def known_digests() -> dict[str, str]:
    """The config digest of each digest that a registry gave to an image of the engine's; nothing without an engine."""
    form = "{{.Digest}} {{.ID}}"
    try:
        lines = call(["docker", "image", "ls", "--digests", "--no-trunc", "--format", form]).splitlines()
    except ProblemError:
        return {}
    return dict(line.split(" ", 1) for line in lines if line.startswith("sha256:"))


def image_environment(image: Mapping[str, Any]) -> dict[str, str]:
    """The variables that an image brings."""
    return dict(one.partition("=")[::2] for one in image["Config"].get("Env") or ())


def _running(stack: RunningStack) -> dict[str, Running]:
    containers = stack.containers
    defaults = image_defaults(stack.root / "services")
    images = inspect_images({one["Image"] for one in containers.values()})

    def read(one: dict[str, Any]) -> Running | None:
        recorded = _recorded(one, defaults)
        if recorded["runs"] == "once":
            return Running(recorded, None)  # a job may end at any moment
        if not one["State"]["Running"]:
            return None
        process = read_process(["docker", "exec", one["Id"]], one["Name"].lstrip("/"), docker_environment())
        return Running(recorded, process, image_environment(images[one["Image"]]))

    with ThreadPoolExecutor(_PARALLEL) as pool:
        found = dict(zip(containers, pool.map(read, containers.values()), strict=True))
    return {service: one for service, one in found.items() if one is not None}


def _recorded(one: Mapping[str, Any], defaults: Mapping[str, ImageDefaults]) -> Facts:
    """What the engine keeps of a container."""
    settings, host = one["Config"], one["HostConfig"]
    health = command_of_test((settings.get("Healthcheck") or {}).get("Test") or ["NONE"])
    check = probe_text(health, defaults_of(settings["Image"], defaults).fetches)
    once = host["RestartPolicy"]["Name"] in ("", "no")
    grace = settings.get("StopTimeout")
    return {
        **image_facts(settings["Image"]),
        "image.config": one["Image"],
        "runs": "once" if once else "always",
        "command": shlex.join([*(settings.get("Entrypoint") or ()), *(settings.get("Cmd") or ())]),
        "grace": seconds_text(DEFAULT_GRACE_SECONDS if grace is None else grace),
        "stop_signal": settings.get("StopSignal") or "SIGTERM",
        **({"probe.ready": check, "probe.start": check} if health and not once else {}),
        **{
            f"published.{port.partition('/')[0]}": "yes"
            for port, bindings in (host.get("PortBindings") or {}).items()
            if bindings
        },
    }
