"""The Docker engine, by its command line: whether it answers, and what its failures mean to people."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dhakacart.operations.environment import from_the_shell
from dhakacart.operations.problem import ProblemError

OLDEST_COMPOSE = (2, 24)
_ANSWER_SECONDS = 3.0
_COMMAND_SECONDS = 60.0
_LEAST_FREE_BYTES = 1024**3
# What docker itself may take from the shell. No more: variables like VERSION or COMPOSE_FILE of another project would
# come through into compose.yaml.
_FOR_DOCKER = re.compile(
    r"DOCKER_|BUILDKIT_|BASE_IMAGE$|XDG_RUNTIME_DIR$|SSH_AUTH_SOCK$|(https?|no)_proxy$", re.I
)

_START_DOCKER = (
    "start Docker (Docker Desktop, or: sudo systemctl start docker); make dev ENGINE=embedded needs none"
)
# Words of docker, compose and BuildKit (lower case), what they mean, and the way out.
_KNOWN = (
    (
        "permission denied while trying to connect",
        "this user may not speak to the Docker engine",
        "sudo usermod -aG docker $USER, and log in anew; make dev ENGINE=embedded needs none",
    ),
    ("cannot connect to the docker daemon", "no Docker engine answers", _START_DOCKER),
    ("error during connect", "no Docker engine answers", _START_DOCKER),
    ("failed to connect to the docker api", "no Docker engine answers", _START_DOCKER),
    (
        "no space left on device",
        "the disk of the Docker engine is full",
        "docker system df shows what takes it; docker builder prune and docker image prune free some",
    ),
    (
        "failed to resolve source metadata",
        "the base image can neither be found here nor fetched",
        "connect to the network for the first build, or give BASE_IMAGE=<an image that is here>",
    ),
    ("pool overlaps with other one", "Docker has no free network addresses", "docker network prune"),
    ("could not find an available", "Docker has no free network addresses", "docker network prune"),
)
_TAKEN = re.compile(r":(\d+)[^\n]*(?:already allocated|already in use|not available)", re.IGNORECASE)


def docker_environment() -> dict[str, str]:
    """The few variables of this process that docker may have, and that an image of the same content is the same image.

    (Attestations have the time in them, and on an engine with containerd's image store they are part of its identity.)
    """
    return {
        **from_the_shell(),
        "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
        **{name: value for name, value in os.environ.items() if _FOR_DOCKER.match(name)},
    }


def engine_lacks() -> str:
    """What keeps containers from running here, in a few words; empty when nothing does. Takes 3 s at most."""
    if shutil.which("docker") is None:
        return "there is no docker command"
    questions = (
        ["docker", "version", "--format", "{{.Server.Version}}"],
        ["docker", "compose", "version", "--short"],
    )
    with ThreadPoolExecutor(len(questions)) as pool:
        engine, compose = pool.map(_ask, questions)
    if engine is None:
        return f"the Docker engine has not answered within {_ANSWER_SECONDS:g} s"
    if engine.returncode != 0:
        problem = explain(engine.stderr)
        return problem.message if problem else f"no Docker engine answers ({_last_line(engine.stderr)})"
    if compose is None or compose.returncode != 0:
        return "docker has no Compose plugin (package docker-compose-plugin)"
    version = compose_version(compose.stdout)
    if version < OLDEST_COMPOSE:
        return f"Compose {compose.stdout.strip()} is too old, {'.'.join(map(str, OLDEST_COMPOSE))} is needed"
    return ""


def compose_version(text: str) -> tuple[int, ...]:
    """(2, 24) of `v2.24.1-desktop.1`; (0, 0) of anything else."""
    found = re.match(r"v?(\d+)\.(\d+)", text.strip())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _ask(command: list[str]) -> "subprocess.CompletedProcess[str] | None":
    try:
        return subprocess.run(
            command,
            env=docker_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ANSWER_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None


def call(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float = _COMMAND_SECONDS,
) -> str:
    """Standard output of a docker command. Raises ProblemError in people's words where they are known."""
    try:
        result = subprocess.run(
            command,
            env=environment if environment is not None else docker_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_seconds,
        )
    except FileNotFoundError:
        raise ProblemError("there is no docker command", hint="make dev ENGINE=embedded needs none") from None
    except subprocess.TimeoutExpired:
        raise ProblemError(
            f"docker has not answered within {timeout_seconds:g} s: {' '.join(command)}", hint=_START_DOCKER
        ) from None
    if result.returncode == 0:
        return result.stdout
    raise explain(result.stderr) or ProblemError(
        f"{' '.join(command[:2])} failed: {_last_line(result.stderr) or f'status {result.returncode}'}"
    )


def explain(output: str) -> ProblemError | None:
    """The failure that docker's words stand for, with the way out; None when they are not known."""
    if taken := _TAKEN.search(output):
        return ProblemError(
            f"port {taken[1]} is taken", hint="end what holds it, or make dev ISOLATED=1 for free ports"
        )
    lower = output.lower()
    for words, message, hint in _KNOWN:
        if words in lower:
            return ProblemError(message, hint=hint)
    return None


def require_free_disk() -> None:
    """Raises ProblemError when the engine's disk, if it is one of this machine, is all but full."""
    root = Path(call(["docker", "info", "--format", "{{.DockerRootDir}}"]).strip())
    if not root.is_dir():
        return
    free = shutil.disk_usage(root).free
    if free < _LEAST_FREE_BYTES:
        raise ProblemError(
            f"the disk of the Docker engine has {free / 1024**2:.0f} MiB left, too few to start on",
            hint="docker system df shows what takes it; docker builder prune and docker image prune free some",
        )


def publisher(port: int) -> str:
    """`container NAME of FOLDER` for the container that publishes this port; empty when none does."""
    form = '{{.Names}}\t{{.Label "com.docker.compose.project.working_dir"}}'
    found = call(["docker", "ps", "--filter", f"publish={port}", "--format", form]).splitlines()
    if not found:
        return ""
    name, _, folder = found[0].partition("\t")
    return f"container {name}{f' of {folder}' if folder else ''}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
