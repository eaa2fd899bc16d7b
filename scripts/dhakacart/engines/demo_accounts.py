"""The accounts that the seed makes, as the tables of addresses show them; scripts/tests/test_addresses.py holds them."""

DEMO_CUSTOMER = "nusrat@example.com"
DEMO_ADMINISTRATOR = "admin@dhakacart.example"
DEMO_PASSWORD = "dhakacart-dev-2026"  # noqa: S105 - printed; the seed refuses to run in staging and production
