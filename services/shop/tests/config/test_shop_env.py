"""Each overlay's shop.env is a whole contract: the shop starts with it and that environment's secrets."""

from pathlib import Path

import pytest

from config.env import Env, EnvironmentName, load
from config.settings import DATABASE_CONNECTION_MAX_AGE_SECONDS
from dhakacart.operations.environment import read_environment_file
from tests.config.contract import VARIABLES, Contract

OVERLAYS = Path(__file__).resolve().parents[4] / "k8s" / "overlays"
STRICT = ("staging", "production")
# Where the pods have it; here it is a file of the test.
CA_FILE = "/run/secrets/dhakacart/ca.crt"


def load_overlay(contract: Contract, overlay: str, tmp_path: Path, **changes: str) -> Env:
    """The contract as a pod of that overlay reads it; secrets are the test's."""
    for name in VARIABLES:
        contract.unset(name)
    values = read_environment_file(OVERLAYS / overlay / "shop.env") | changes
    assert values["DATABASE_CA_FILE"] == CA_FILE
    authority = tmp_path / "ca.crt"
    authority.touch()
    contract.set(**{**values, "DATABASE_CA_FILE": str(authority)})
    return load()


@pytest.mark.parametrize("overlay", ["local", *STRICT])
def test_the_shop_takes_it(contract: Contract, tmp_path: Path, overlay: str) -> None:
    """Nothing is missing or malformed, and it answers for the host that shoppers are sent to."""
    env = load_overlay(contract, overlay, tmp_path)

    assert env.public_url.host in env.allowed_hosts
    assert env.environment == (EnvironmentName.DEVELOPMENT if overlay == "local" else overlay)
    assert env.is_strict == (overlay in STRICT)
    assert env.database_sslmode == "verify-full"


@pytest.mark.parametrize("overlay", STRICT)
@pytest.mark.parametrize(
    "change", [{"SSLCOMMERZ_URL": "http://simulator:8090"}, {"LIVE_RELOAD": "true"}, {"ALLOWED_HOSTS": "*"}]
)
def test_it_is_held_to_production_s_rules(
    contract: Contract, tmp_path: Path, overlay: str, change: dict[str, str]
) -> None:
    """The pair of the test above: with development's value in its place the same file is refused."""
    with pytest.raises(Exception, match=next(iter(change))):
        load_overlay(contract, overlay, tmp_path, **change)


def test_the_release_is_the_image_s_own(contract: Contract, tmp_path: Path) -> None:
    """No shop.env of a promoted image names a release: it would tell a lie after the next promotion."""
    for overlay in STRICT:
        assert "RELEASE" not in read_environment_file(OVERLAYS / overlay / "shop.env")


def test_connections_are_younger_than_a_pgbouncer_waits_for_them() -> None:
    """docs/adr/0008: whoever is busy has left before a pgbouncer that is to go is cut off."""
    deployment = (OVERLAYS.parent / "base" / "pgbouncer" / "deployment.yaml").read_text()
    [grace] = [
        int(line.split()[1]) for line in deployment.splitlines() if "terminationGracePeriodSeconds" in line
    ]
    [sleep] = [
        int(line.split("seconds: ")[1].rstrip("} ")) for line in deployment.splitlines() if "preStop" in line
    ]

    assert grace - sleep > DATABASE_CONNECTION_MAX_AGE_SECONDS
