"""The differences that are meant, each with its reason: k8s/parity.yaml."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from dhakacart.operations.problem import ProblemError
from dhakacart.operations.yaml_documents import load_yaml

FILE = Path("k8s", "parity.yaml")
ANY = "*"
_NEEDED = ("services", "field", "compose", "kubernetes", "reason")
_KEYS = {*_NEEDED, "overlays"}
_LEAST_REASON_CHARACTERS = 20


@dataclass(frozen=True)
class Declared:
    """One entry. services, overlays: names or (*,); field, compose and kubernetes may have * within, for anything.

    number counts the entries from 1, for messages.
    """

    number: int
    services: tuple[str, ...]
    overlays: tuple[str, ...]
    field: str
    compose: str
    kubernetes: str
    reason: str

    def allows(self, service: str, field: str, left: str, right: str) -> bool:
        return (
            (ANY in self.services or service in self.services)
            and _matches(self.field, field)
            and _matches(self.compose, left)
            and _matches(self.kubernetes, right)
        )

    def name_of(self, service: str) -> str:
        """Under which of its names it speaks of this service."""
        return service if service in self.services else ANY

    def only(self, service: str) -> "Declared":
        """The part of it that is about one service."""
        return replace(self, services=(service,))

    @property
    def sentence(self) -> str:
        return f"{', '.join(self.services)}: {self.field}: {self.compose} / {self.kubernetes}"


def read_declared(path: Path) -> list[Declared]:
    """Every entry of the file. Raises ProblemError that names the entry."""
    try:
        entries = load_yaml(path.read_text())
    except FileNotFoundError:
        raise ProblemError(f"there is no {path}, which declares the differences that are meant") from None
    except yaml.YAMLError as error:
        raise ProblemError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(entries, list):
        raise ProblemError(f"{path} is not a list of differences")
    return [_entry(path, number, entry) for number, entry in enumerate(entries, start=1)]


def of_overlay(entries: Iterable[Declared], overlay: str) -> list[Declared]:
    """Those that are about this overlay."""
    return [one for one in entries if ANY in one.overlays or overlay in one.overlays]


def _entry(path: Path, number: int, value: Any) -> Declared:
    def refuse(what: str) -> ProblemError:
        return ProblemError(f"{path.name}, entry {number}: {what}", hint="docs/how-to/parity.md shows one")

    if not isinstance(value, dict):
        raise refuse("not a set of names and values")
    if missing := [key for key in _NEEDED if value.get(key) in (None, "", [])]:
        raise refuse(f"{', '.join(missing)} is missing")
    if unknown := sorted(set(value) - _KEYS):
        raise refuse(f"{', '.join(unknown)} is not known")
    if len(str(value["reason"])) < _LEAST_REASON_CHARACTERS:
        raise refuse(f"the reason says too little: {value['reason']!r}")
    if value["field"] == ANY:
        raise refuse("it would allow everything")
    if open_sides := [side for side in ("compose", "kubernetes") if value[side] == ANY]:
        raise refuse(f"{' and '.join(open_sides)}: {ANY} alone would allow every change there")
    return Declared(
        number=number,
        services=_names(value["services"]),
        overlays=_names(value.get("overlays", ANY)),
        field=str(value["field"]),
        compose=str(value["compose"]),
        kubernetes=str(value["kubernetes"]),
        reason=" ".join(str(value["reason"]).split()),
    )


def _names(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split(ANY))), text, re.DOTALL) is not None
