"""What runs, beside what was specified: a live view shows no value that stands in no committed file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dhakacart.operations.parity.facts import FROM_SHOP_ENV, Facts, View
from dhakacart.operations.parity.process import Process, as_seen

# Nobody but the engine or the API server knows these: they are about a container, not in it.
RECORDED = ("image", "image.config", "runs", "command", "grace", "stop_signal", "probe.", "published.")
_ENVIRONMENT = "environment."
_ONCE = "once"
_ON_THIS_MACHINE = re.compile(r"\b(https?://(?:localhost|127\.0\.0\.1)):\d+")
SET = "set"
OTHER_VALUE = "set to something else"


@dataclass(frozen=True)
class Running:
    """One service: what the engine or the API server has on record, and its first process; None for a job.

    of_image: the variables that the image itself brings.
    """

    recorded: Facts
    process: Process | None
    of_image: Mapping[str, str] = field(default_factory=dict)


def live_view(name: str, running: Mapping[str, Running], specification: View) -> View:
    """The facts of what runs, in the words of its specification."""
    services = {
        service: _facts(one, specification.services.get(service, {}), specification.contract)
        for service, one in running.items()
    }

    def knows(service: str, field_name: str) -> bool:
        if field_name.startswith(("beside.", "other.")):
            return False
        return running[service].process is not None or field_name.startswith(RECORDED)

    return View(name, services, specification.contract, knows)


def as_live(specification: View, live: View, images: Mapping[str, str]) -> View:
    """The specification as it must look from inside. images: the config digest that each image's name stands for."""
    services = {}
    for service, facts in specification.services.items():
        if facts.get("runs") == _ONCE and service not in live.services:
            continue  # a job that has done its work may be tidied away
        seen = {
            name: as_seen(value) if name.startswith("volumes.") else value for name, value in facts.items()
        }
        if digest := images.get(service):
            seen["image.config"] = digest
        # A start script becomes its server; any other command is the first process itself.
        process = live.services.get(service, {}).get("process", "")
        if process.split(" ")[0] == facts.get("command", "").split(" ")[0]:
            seen["process"] = facts["command"]
        services[service] = seen
    return replace(specification, services=services)


def side_by_side(left: View, right: View) -> tuple[View, View]:
    """Two live views, without what each was compared with its own specification for: values of the environment.

    A job that has done its work may be tidied away on one side.
    """
    return _beside(left, right), _beside(right, left)


def _beside(view: View, other: View) -> View:
    services = {
        service: {
            name: SET if name.startswith(_ENVIRONMENT) and name in other.services.get(service, {}) else value
            for name, value in facts.items()
        }
        for service, facts in view.services.items()
        if service in other.services or facts.get("runs") != _ONCE
    }
    return replace(view, services=services)


def _facts(running: Running, specified: Facts, contract: Mapping[str, str]) -> Facts:
    if running.process is None:
        return dict(running.recorded)
    environment = {
        f"{_ENVIRONMENT}{key}": _shown(value, key, specified, contract)
        for key, value in running.process.environment.items()
        if f"{_ENVIRONMENT}{key}" in specified or running.of_image.get(key) != value
    }
    return {**running.recorded, **running.process.facts, **environment}


def _shown(value: str, key: str, specified: Facts, contract: Mapping[str, str]) -> str:
    """A value that may be a secret is not printed: only that it is what a committed file says, or is not."""
    expected = specified.get(f"{_ENVIRONMENT}{key}")
    if expected is None:
        return SET
    committed = contract.get(key) if expected == FROM_SHOP_ENV else expected
    return expected if _own_port(value) == _own_port(committed or "") else OTHER_VALUE


def _own_port(value: str) -> str:
    """An address on this machine without its port, which each stack has of its own."""
    return _ON_THIS_MACHINE.sub(r"\1", value)
