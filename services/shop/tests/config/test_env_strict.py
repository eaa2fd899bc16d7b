"""What the environment contract refuses in staging and production, and only there."""

import pytest

from config.env import SECRET_NAMES, load
from tests.config.contract import Contract

STRICT = ("staging", "production")
STRICT_FAULTS = {
    "secret_key": ({}, {"secret_key": "development-only-" + 50 * "k"}),
    "secret_key has less than 50": ({}, {"secret_key": 49 * "k"}),
    **{
        name: ({}, {name: "development-only-password"})
        for name in sorted(SECRET_NAMES - {"secret_key", "sentry_dsn"})
    },
    "PUBLIC_URL": ({"PUBLIC_URL": "http://shop.dhakacart.example"}, {}),
    "SSLCOMMERZ_URL": ({"SSLCOMMERZ_URL": "http://securepay.sslcommerz.com"}, {}),
    "SMS_URL": ({"SMS_URL": "http://sms.example"}, {}),
    "ALLOWED_HOSTS": ({"ALLOWED_HOSTS": "shop.dhakacart.example,*"}, {}),
    "LIVE_RELOAD": ({"LIVE_RELOAD": "true"}, {}),
    "DATABASE_SSLMODE": ({"DATABASE_SSLMODE": "require"}, {}),
    "SMTP_STARTTLS": ({"SMTP_STARTTLS": "false"}, {}),
}


@pytest.mark.parametrize("named", STRICT_FAULTS)
@pytest.mark.parametrize("environment", STRICT)
def test_development_s_values_are_refused_where_it_is_strict(
    contract: Contract, environment: str, named: str
) -> None:
    """Staging and production start on none of them: one line names it and the environment."""
    variables, secrets = STRICT_FAULTS[named]
    contract.set(ENVIRONMENT=environment, **variables)
    for name, text in secrets.items():
        contract.secret(name, text)

    [line] = contract.faults()

    assert named in line
    assert line.endswith(f" in {environment}")
    assert "planted" not in line


@pytest.mark.parametrize("named", STRICT_FAULTS)
@pytest.mark.parametrize("environment", ["development", "test"])
def test_development_s_values_are_taken_elsewhere(contract: Contract, environment: str, named: str) -> None:
    """The pair of the test above: it is the environment that makes them a fault."""
    variables, secrets = STRICT_FAULTS[named]
    contract.set(ENVIRONMENT=environment, **variables)
    for name, text in secrets.items():
        contract.secret(name, text)

    assert load().environment == environment


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
@pytest.mark.parametrize("environment", STRICT)
def test_what_meets_no_network_needs_no_tls(contract: Contract, environment: str, host: str) -> None:
    """A database or a mail relay on this very machine is spoken to as it likes."""
    contract.set(ENVIRONMENT=environment, DATABASE_HOST=host, DATABASE_SSLMODE="disable")
    contract.set(SMTP_HOST=host, SMTP_STARTTLS="false")

    assert load().environment == environment


@pytest.mark.parametrize("mode", ["disable", "require", "verify-ca"])
def test_nothing_less_than_verify_full_is_taken(contract: Contract, mode: str) -> None:
    """Each of the others would speak to whoever answers under that address."""
    contract.set(DATABASE_SSLMODE=mode)

    [line] = contract.faults()

    assert line == (
        "environment contract: variable DATABASE_SSLMODE must be verify-full for a database on another machine"
        " in production"
    )


def test_all_strict_faults_are_told_at_once(contract: Contract) -> None:
    """A line for each, as with any other fault."""
    contract.set(PUBLIC_URL="http://shop.dhakacart.example", ALLOWED_HOSTS="*", LIVE_RELOAD="1")
    contract.secret("secret_key", "development-only-short")

    assert len(contract.faults()) == 5
