"""Which kubectl contexts may get a shop from this machine: k8s/contexts.yaml, the one list, and what it says of each."""

import getpass
import ipaddress
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.release import REPOSITORY
from dhakacart.operations.yaml_documents import load_yaml

BASE_NAMESPACE = "dhakacart"
# Before a developer's name: on a cluster that is not this machine's alone.
SHARED_PREFIX = f"{BASE_NAMESPACE}-dev-"
_FILE = Path("k8s/contexts.yaml")
_LOAD_VARIABLE = "CLUSTER_LOAD"
_DEFAULT_LOAD = "kind load docker-image"
# How Docker Desktop, k3d and kind name this machine.
_THIS_MACHINE = {"localhost", "kubernetes.docker.internal", "host.docker.internal"}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAMESPACE = 63


@dataclass(frozen=True)
class AllowedContext:
    """A context of the list. registry: where its images are pushed to; empty for a cluster on this machine. load: the
    command that gets images into such a cluster."""

    name: str
    registry: str = ""
    load: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        return not self.registry

    def namespace(self, checkout: Checkout, *, isolated: bool) -> str:
        """dhakacart; on a shared cluster dhakacart-dev-<user>; isolated: one that no other checkout has."""
        name = BASE_NAMESPACE if self.is_local else f"{SHARED_PREFIX}{_user()}"
        suffix = f"-{checkout.key[-10:]}" if isolated else ""
        return name[: _LONGEST_NAMESPACE - len(suffix)].rstrip("-") + suffix


def allowed_context(root: Path, name: str, server: str) -> AllowedContext:
    """The list's entry for this context, whose API server is at `server`.

    Raises ProblemError that names the context, the list and the file, for one that is not on it; for a local one whose
    API server is not on this machine; for a list that cannot be read.
    """
    local, remote = _read(root)
    known = ", ".join([*local, *remote])
    if name in local and not _on_this_machine(server):
        raise ProblemError(
            f"kubectl's context {name!r} is local by {_FILE}, but its API server is {server}",
            hint="give the context of another cluster another name: kubectl config rename-context",
        )
    if name in local:
        load = os.environ.get(_LOAD_VARIABLE) or local[name].get("load") or _DEFAULT_LOAD
        return AllowedContext(name, load=tuple(shlex.split(load)))
    if name in remote:
        return AllowedContext(name, registry=remote[name]["registry"])
    raise ProblemError(
        f"kubectl's context is {name!r}; only these of {_FILE} may get a shop from here: {known}",
        hint="kubectl config use-context <one of them>",
    )


def _read(root: Path) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    path = root / _FILE
    try:
        value: Any = load_yaml(path.read_text())
        local = {str(name): _entry(one, {"load"}) for name, one in (value["local"] or {}).items()}
        remote = {str(name): _entry(one, {"registry"}) for name, one in (value["remote"] or {}).items()}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ProblemError(
            f"{_FILE} cannot be read: {' '.join(str(error).split()) or type(error).__name__}"
        ) from None
    if without := [name for name, one in remote.items() if not one.get("registry")]:
        raise ProblemError(
            f"{_FILE}: no registry for {', '.join(without)}", hint="<context>: {registry: <host>/<path>}"
        )
    for name, one in remote.items():
        if not REPOSITORY.fullmatch(one["registry"]):
            raise ProblemError(
                f"{_FILE}: {one['registry']!r} is no registry (for {name})",
                hint="<host>[:<port>][/<path>], without scheme, tag or slash at the end",
            )
    return local, remote


def _entry(value: Any, keys: set[str]) -> dict[str, str]:
    entry = dict(value or {})
    if unknown := sorted(set(entry) - keys):
        raise ValueError(f"unknown: {', '.join(unknown)}")
    return {key: str(one) for key, one in entry.items()}


def _on_this_machine(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    if host in _THIS_MACHINE:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _user() -> str:
    """This user's name, as far as it may stand in a namespace's."""
    return _NOT_IN_A_NAME.sub("-", getpass.getuser().lower()).strip("-") or "somebody"
