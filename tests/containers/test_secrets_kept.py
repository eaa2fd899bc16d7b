"""Secrets are files that containers read: their values stand nowhere else."""

import json
import secrets
from collections.abc import Iterator

import pytest
from containers.shapes import SERVERS, SHAPES
from servers.containers import docker
from servers.production_shape import ProductionShop

from dhakacart.operations.secrets import SECRET_NAMES

# Everything that this container's user may read of each of its processes.
PROCESSES = (
    r"cat /proc/1/environ > /dev/null || exit 1; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\0' '\n'"
)
KEYS = ("authority/ca.key", "edge/tls.key", "pgbouncer/tls.key", "postgres/tls.key")


@pytest.fixture
def values(production: ProductionShop) -> dict[str, str]:
    """Every secret text by its name; of a private key its longest line."""
    folder = production.checkout.secrets
    return {
        **{name: (folder / name).read_text().strip() for name in SECRET_NAMES},
        **{name: max((folder / name).read_text().splitlines(), key=len) for name in KEYS},
    }


def told(production: ProductionShop, service: str) -> Iterator[tuple[str, str]]:
    """(where, text) of everything that the engine, and the container to its own user, tell of a service."""
    found = production.inspect(service)
    yield f"inspection of {service}", json.dumps(found)
    yield f"output of {service}", docker("logs", found["Id"], both=True)
    yield f"inspection of {service}'s image", docker("image", "inspect", found["Image"])
    yield f"history of {service}'s image", docker("history", "--no-trunc", found["Image"])
    if service in SERVERS:
        yield f"process list of {service}", docker("top", found["Id"], "-eo", "pid,args")
        inside = production.exec(service, "sh", "-c", PROCESSES)
        assert inside.returncode == 0, inside.stderr
        yield f"processes of {service}", inside.stdout


def leaks(text: str, values: dict[str, str]) -> list[str]:
    """The secrets whose value stands in a text, plainly or as JSON writes it."""
    return [name for name, value in values.items() if value in text or json.dumps(value)[1:-1] in text]


@pytest.mark.parametrize("service", SHAPES)
def test_no_secret_is_told(service: str, production: ProductionShop, values: dict[str, str]) -> None:
    """No inspection, process, environment, output, image or image's history holds the value of a secret."""
    files = production.checkout.secrets
    assert {path.name for path in files.iterdir() if path.is_file()} == set(SECRET_NAMES)
    assert all(len(value) > 30 for value in values.values())

    for where, text in told(production, service):
        assert leaks(text, values) == [], where


@pytest.mark.parametrize("place", ["--env", "--label", "--entrypoint"])
def test_a_told_secret_is_found(place: str, production: ProductionShop, values: dict[str, str]) -> None:
    """The pair: given as a variable, a label or a part of the command, it is found in the inspection."""
    name = f"dhakacart-told-{secrets.token_hex(4)}"
    text = f"TOLD={values['sms_token']}"
    docker("create", "--name", name, place, text, production.inspect("redis")["Image"])
    try:
        assert leaks(docker("inspect", name), values) == ["sms_token"]
    finally:
        docker("rm", name)
