"""compose.yaml as typed services, read without Docker: anchors, variables, env files, short and long forms.

Only what this project's files use is understood; `docker compose config` is asked the same in
tests/parity/test_compose_model_engine.py. The output of that command can be read here too.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dhakacart.operations.environment import read_environment_file
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.quantities import cores, docker_bytes, seconds
from dhakacart.operations.yaml_documents import load_yaml

COMPOSE_FILE = Path("compose", "compose.yaml")
# Compose's own default, when a service says nothing.
DEFAULT_GRACE_SECONDS = 10.0
# Settings that would change what a container may do, and that no field above stands for.
_OTHERS = (
    *("privileged", "devices", "device_cgroup_rules", "pid", "ipc", "network_mode", "userns_mode", "cgroup"),
    *("sysctls", "ulimits", "group_add", "extra_hosts", "dns", "hostname", "working_dir", "configs", "init"),
    *("runtime", "oom_kill_disable", "oom_score_adj", "tty", "stdin_open", "volumes_from", "cgroup_parent"),
)
_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<braced>\w+)(?:(?P<operator>:?[-?])(?P<rest>[^}]*))?\}|(?P<bare>\w+))"
)


@dataclass(frozen=True)
class Mount:
    """kind: bind, volume or tmpfs; a file or a folder at `target`."""

    kind: str
    target: str
    source: str = ""
    read_only: bool = False
    size_bytes: int | None = None


@dataclass(frozen=True)
class ComposeService:
    """What Compose is told of one service. None: not said, so the image or the engine decides.

    ports are those published, as inside the container; expose those that it says it listens on; others names
    settings that widen or narrow what it may do and that no field here stands for.
    """

    name: str
    image: str
    command: tuple[str, ...] | None
    entrypoint: tuple[str, ...] | None
    environment: dict[str, str]
    user: str
    read_only: bool
    cap_drop: tuple[str, ...]
    cap_add: tuple[str, ...]
    security_opt: tuple[str, ...]
    mounts: tuple[Mount, ...]
    secrets: tuple[str, ...]
    shm_bytes: int | None
    ports: tuple[int, ...]
    expose: tuple[int, ...] | None
    health_command: tuple[str, ...] | None
    restart: str
    grace_seconds: float
    stop_signal: str
    memory_bytes: int | None
    cpus: float | None
    pids: int | None
    others: tuple[str, ...]


def read_compose(path: Path, variables: Mapping[str, str] | None = None) -> dict[str, ComposeService]:
    """The services of a Compose file, by name. Raises ProblemError for what cannot be read."""
    try:
        document = load_yaml(path.read_text())
    except FileNotFoundError:
        raise ProblemError(f"there is no {path}") from None
    except yaml.YAMLError as error:
        raise ProblemError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict) or not isinstance(document.get("services"), dict):
        raise ProblemError(f"{path} has no services")
    return compose_services(_interpolated(document, dict(variables or {}), path), folder=path.parent)


def compose_services(document: Mapping[str, Any], *, folder: Path) -> dict[str, ComposeService]:
    """The services of a document without variables, such as `docker compose config --format json` prints."""
    return {name: _service(name, value, folder) for name, value in document["services"].items()}


def _interpolated(value: Any, variables: Mapping[str, str], path: Path) -> Any:
    """Every text with its variables filled in, as Compose does: in values, not in keys."""
    if isinstance(value, dict):
        return {key: _interpolated(one, variables, path) for key, one in value.items()}
    if isinstance(value, list):
        return [_interpolated(one, variables, path) for one in value]
    if not isinstance(value, str):
        return value

    def fill(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        name = found["braced"] or found["bare"]
        if "${" in (found["rest"] or ""):
            raise ProblemError(f"{path}: a variable within a variable: {value}", hint="give it one default")
        given = variables.get(name)
        operator = found["operator"] or ""
        missing = not given if operator.startswith(":") else given is None
        if missing and operator.endswith("?"):
            raise ProblemError(f"{path}: variable {name} is not set: {found['rest']}")
        return (found["rest"] or "") if missing else str(given)

    return _VARIABLE.sub(fill, value)


def _service(name: str, value: Mapping[str, Any], folder: Path) -> ComposeService:
    limits = value.get("deploy", {}).get("resources", {}).get("limits", {})
    memory = limits.get("memory", value.get("mem_limit"))
    cpus = limits.get("cpus", value.get("cpus"))
    pids = limits.get("pids", value.get("pids_limit"))
    return ComposeService(
        name=name,
        image=value.get("image", ""),
        command=_words(value.get("command")),
        entrypoint=_words(value.get("entrypoint")),
        environment=_environment(value, folder),
        user=str(value.get("user", "")),
        read_only=bool(value.get("read_only", False)),
        cap_drop=tuple(value.get("cap_drop") or ()),
        cap_add=tuple(value.get("cap_add") or ()),
        security_opt=tuple(value.get("security_opt") or ()),
        mounts=tuple(sorted(_mounts(value), key=lambda mount: mount.target)),
        secrets=tuple(sorted(_secret_target(one) for one in value.get("secrets") or ())),
        shm_bytes=docker_bytes(value["shm_size"]) if "shm_size" in value else None,
        ports=tuple(sorted({_container_port(one) for one in value.get("ports") or ()})),
        expose=tuple(sorted(int(one) for one in value["expose"])) if "expose" in value else None,
        health_command=_health_command(value.get("healthcheck")),
        restart=str(value.get("restart", "no")),
        grace_seconds=seconds(value.get("stop_grace_period", DEFAULT_GRACE_SECONDS)),
        stop_signal=str(value.get("stop_signal", "")),
        memory_bytes=docker_bytes(memory) if memory else None,
        cpus=cores(cpus) if cpus else None,
        pids=int(pids) if pids else None,
        others=tuple(sorted(name for name in _OTHERS if value.get(name))),
    )


def _words(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    return tuple(shlex.split(value)) if isinstance(value, str) else tuple(str(one) for one in value)


def _environment(value: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The env files, then what stands in the service itself."""
    found: dict[str, str] = {}
    files = value.get("env_file") or []
    for one in [files] if isinstance(files, str | dict) else files:
        path = folder / (one["path"] if isinstance(one, dict) else one)
        if not path.exists():
            raise ProblemError(f"compose.yaml names an env_file that is not there: {path}")
        found.update(read_environment_file(path))
    own = value.get("environment") or {}
    if isinstance(own, list):
        own = dict(one.partition("=")[::2] for one in own)
    found.update({key: _scalar(one) for key, one in own.items() if one is not None})
    return found


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mounts(value: Mapping[str, Any]) -> list[Mount]:
    found = [_mount(one) for one in value.get("volumes") or ()]
    for one in value.get("tmpfs") or ():
        target, _, options = one.partition(":")
        sizes = [word.removeprefix("size=") for word in options.split(",") if word.startswith("size=")]
        found.append(Mount("tmpfs", target, size_bytes=docker_bytes(sizes[-1]) if sizes else None))
    return found


def _mount(value: Any) -> Mount:
    if isinstance(value, str):
        source, _, rest = value.partition(":")
        target, _, options = rest.partition(":")
        kind = "bind" if source.startswith((".", "/", "~")) else "volume"
        return Mount(kind, target, source=source, read_only="ro" in options.split(","))
    size = (value.get("tmpfs") or {}).get("size")
    return Mount(
        kind=value["type"],
        target=value["target"],
        source=str(value.get("source", "")),
        read_only=bool(value.get("read_only", False)),
        size_bytes=docker_bytes(size) if size else None,
    )


def _secret_target(value: Any) -> str:
    target = value if isinstance(value, str) else value.get("target") or value["source"]
    return target if target.startswith("/") else f"/run/secrets/{target}"


def _container_port(value: Any) -> int:
    if isinstance(value, dict):
        return int(value["target"])
    return int(str(value).rpartition(":")[2].partition("/")[0])


def _health_command(value: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """The words that run; () when switched off; None when the image decides."""
    if not value:
        return None
    if value.get("disable"):
        return ()
    test = value.get("test")
    return None if test is None else command_of_test(test)


def command_of_test(test: Any) -> tuple[str, ...]:
    """The words of a health check's `test`: CMD, CMD-SHELL, NONE, or a text for the shell."""
    words = tuple(str(one) for one in test)
    if isinstance(test, str):
        words = ("NONE",) if test == "NONE" else ("CMD-SHELL", test)
    if not words or words[0] == "NONE":
        return ()
    return ("/bin/sh", "-c", *words[1:]) if words[0] == "CMD-SHELL" else words[1:]
