"""The table that `make dev` ends with says what is so."""

from dhakacart.engines.demo_accounts import DEMO_ADMINISTRATOR, DEMO_CUSTOMER, DEMO_PASSWORD
from dhakacart.engines.embedded_services import addresses
from dhakacart.operations.ports import Ports


def test_the_logins_are_those_that_the_seed_makes():
    """Nobody is told a password that does not work."""
    from seeding.constants import DEVELOPMENT_PASSWORD
    from seeding.customers import DEMO_EMAIL
    from seeding.staff import ADMINISTRATOR

    assert (DEMO_CUSTOMER, DEMO_ADMINISTRATOR, DEMO_PASSWORD) == (
        DEMO_EMAIL,
        ADMINISTRATOR,
        DEVELOPMENT_PASSWORD,
    )


def test_every_address_is_on_a_port_of_this_run():
    """An isolated run prints its own ports, not the fixed ones."""
    ports = Ports.free()

    for address in addresses(ports):
        assert any(f":{port}" in address.url for port in ports.named().values()), address
