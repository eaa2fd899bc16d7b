"""What an image says by itself, read from its Dockerfile: what neither Compose nor Kubernetes need to repeat.

Only as much of the language as the Dockerfiles here use; tests/parity/test_compose_model_engine.py asks the built
images the same.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dhakacart.operations.compose_model import command_of_test
from dhakacart.operations.release import image_name

# Of debian:trixie-slim, the one base.
_BASE_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
_HEREDOC = re.compile(r"<<-?['\"]?(\w+)['\"]?")
_OPTIONS = re.compile(r"^(--\S+\s+)*")
# bash's own HTTP, in an image without curl.
_CONNECTION = re.compile(r"/dev/tcp/127\.0\.0\.1/(\d+)")
_REQUEST = re.compile(r"GET (/\S*) HTTP/")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True)
class ImageDefaults:
    """entrypoint and command are what starts when nobody says otherwise; user is uid:gid; no health command is ().

    fetches: scripts of the image that only fetch one address on loopback, and (port, path) of it.
    """

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=lambda: dict(_BASE_ENVIRONMENT))
    user: str = ""
    ports: tuple[int, ...] = ()
    stop_signal: str = "SIGTERM"
    health_command: tuple[str, ...] = ()
    fetches: dict[str, tuple[str, str]] = field(default_factory=dict)


def image_defaults(services: Path) -> dict[str, ImageDefaults]:
    """By folder of `services`, which is the last part of the image's name."""
    return {
        path.parent.name: replace(read_dockerfile(path), fetches=_fetches(path.parent / "bin"))
        for path in sorted(services.glob("*/Dockerfile"))
    }


def defaults_of(image: str, defaults: Mapping[str, ImageDefaults]) -> ImageDefaults:
    """Those of the image of this name; nothing for an image that is not ours."""
    return defaults.get(image_name(image), ImageDefaults())


def read_dockerfile(path: Path) -> ImageDefaults:
    """Of the last stage, which is the one that is built when none is named."""
    stages: dict[str, _Stage] = {}
    arguments: dict[str, str] = {}  # before the first stage
    stage = _Stage(ImageDefaults())
    for verb, rest in _instructions(path.read_text()):
        if verb == "FROM":
            base, *name = rest.split()
            start = stages.get(_filled(base, arguments))
            stage = _Stage(start.image, start.shell) if start else _Stage(ImageDefaults())
            stages[name[-1] if name else ""] = stage
        elif verb == "ARG":
            key, _, value = rest.partition("=")
            known = stage.known if stages else arguments
            known[key] = _filled(value, known) or arguments.get(key, "")
        else:
            stage.apply(verb, rest)
    return stage.image


class _Stage:
    """One stage as it grows. known: its arguments and variables."""

    def __init__(self, image: ImageDefaults, shell: tuple[str, ...] = ("/bin/sh", "-c")) -> None:
        self.image = image
        self.shell = shell
        self.known = dict(image.environment)

    def apply(self, verb: str, rest: str) -> None:
        """An instruction that changes what the image says; any other is passed over."""
        changes: dict[str, Any] = {}
        match verb:
            case "SHELL":
                self.shell = tuple(json.loads(rest))
            case "ENV":
                added = {key: _filled(value, self.known) for key, value in _pairs(rest)}
                self.known.update(added)
                changes["environment"] = {**self.image.environment, **added}
            case "USER":
                changes["user"] = _filled(rest, self.known)
            case "EXPOSE":
                ports = {int(word.partition("/")[0]) for word in _filled(rest, self.known).split()}
                changes["ports"] = tuple(sorted({*self.image.ports, *ports}))
            case "STOPSIGNAL":
                changes["stop_signal"] = rest
            case "ENTRYPOINT":
                changes["entrypoint"] = self._command(rest)
            case "CMD":
                changes["command"] = self._command(rest)
            case "HEALTHCHECK":
                changes["health_command"] = _health_command(rest)
        self.image = replace(self.image, **changes)

    def _command(self, text: str) -> tuple[str, ...]:
        return tuple(json.loads(text)) if text.startswith("[") else (*self.shell, text)


def _fetches(folder: Path) -> dict[str, tuple[str, str]]:
    found = {}
    for script in sorted(folder.glob("*")):
        text = script.read_text()
        connection, request = _CONNECTION.search(text), _REQUEST.search(text)
        if connection and request:
            found[script.name] = (connection[1], request[1])
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for word in shlex.split(text):
        key, _, value = word.partition("=")
        yield key, value


def _health_command(text: str) -> tuple[str, ...]:
    """Of `NONE`, or `--interval=5s ... CMD [...]` or `CMD words for the shell`."""
    words = _OPTIONS.sub("", text).removeprefix("CMD").strip()
    return command_of_test(["CMD", *json.loads(words)] if words.startswith("[") else words)


def _filled(text: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: known.get(found[1] or found[2], ""), text)


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """(verb, the rest in one line), without comments and the bodies of heredocs."""
    lines = iter(text.splitlines())
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        whole = line
        while whole.endswith("\\"):
            following = next(lines, "")
            if not following.lstrip().startswith("#"):
                whole = whole[:-1] + " " + following.strip()
        for end in _HEREDOC.findall(whole):
            while next(lines, end) != end:
                pass
        verb, _, rest = whole.strip().partition(" ")
        yield verb.upper(), rest.strip()
