"""The environment contract: each fault is one line that names it, no secret is shown, its page is current."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.env import SECRET_NAMES, Env, EnvironmentContractError, load
from config.env_page import page
from tests.config.contract import SECRETS, Contract

SHOP = Path(__file__).resolve().parents[2]
REPOSITORY = SHOP.parents[1]

REQUIRED = [name for name, field in Env.model_fields.items() if field.is_required()]

# For each variable values that must be refused. Empty: any text that is not empty will do.
MALFORMED: dict[str, list[str]] = {
    "environment": ["prod", "Production", "production staging"],
    "release": [],
    "log_level": ["info", "TRACE"],
    "public_url": [
        "shop.example",
        "ftp://shop.example",
        "https://",
        "https://shop.example/shop",
        "https://shop.example/?a=1",
        "https://a:b@shop.example",
    ],
    "allowed_hosts": [
        ",",
        "https://shop.example",
        "shop.example:8000",
        "one.example two.example",
        "ok.example,*.x",
    ],
    "trusted_proxies": ["10.0.0.0/33", "10.0.0.1/8", "proxy.example", "10.0.0.0/8;10.1.0.0/16"],
    "database_host": ["http://postgres", "post gres", "postgres/x"],
    "database_port": ["0", "65536", "five", "5432.5"],
    "database_name": [],
    "database_user": [],
    "database_sslmode": ["prefer", "VERIFY-FULL", "true"],
    "database_ca_file": ["/nowhere/to/be/found"],
    "redis_url": ["redis", "http://redis:6379", "redis://redis:6379/1", "redis://:planted-secret@redis:6379"],
    "sslcommerz_url": ["securepay", "gopher://securepay.example"],
    "sslcommerz_store_id": [],
    "sms_url": ["sms", "//sms.example"],
    "smtp_host": ["smtp://smtp.example", "smtp example"],
    "smtp_port": ["-1", "70000", "smtp"],
    "smtp_user": [],
    "smtp_starttls": ["perhaps", "2"],
    "mail_from": ["shop", "Shop <shop>", "a@b.example, c@d.example <", "Shop\n <shop@dhakacart.example>"],
    "web_host": ["http://0.0.0.0", "0.0.0.0/0"],
    "web_port": ["0", "65536", "http"],
    "web_processes": ["0", "65", "two"],
    "web_threads": ["0", "65", "two"],
    "worker_processes": ["0", "65", "two"],
    "metrics_host": ["http://0.0.0.0"],
    "metrics_port": ["0", "65536", "x"],
    "prometheus_multiproc_dir": [],
    "live_reload": ["maybe", "2"],
    "ready_file": [],
    "secrets_dir": ["/nowhere/to/be/found", __file__],
}


def test_a_whole_contract_is_read(contract: Contract) -> None:
    """Values come typed, secrets without the file's last newline, and what has a default may be left out."""
    contract.set(ALLOWED_HOSTS="a.example, [::1]", TRUSTED_PROXIES="10.0.0.0/8,::1/128", WEB_PORT="8001")

    env = load()

    assert env.allowed_hosts == ["a.example", "[::1]"]
    assert [str(network) for network in env.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert (env.web_port, env.database_port) == (8001, 5432)
    assert env.origin == "https://shop.dhakacart.example"
    assert env.secret_key.get_secret_value() == SECRETS["secret_key"]
    assert env.redis(1) == "redis://:planted-redis-password@redis:6379/1"


def test_every_value_of_the_contract_is_tried_here() -> None:
    """A new variable without values that must be refused fails here, until somebody has decided on them."""
    assert set(MALFORMED) == set(Env.model_fields) - SECRET_NAMES
    assert set(SECRETS) == SECRET_NAMES


@pytest.mark.parametrize("name", [name for name in REQUIRED if name not in SECRET_NAMES])
@pytest.mark.parametrize("empty", [False, True])
def test_a_missing_variable_is_one_line(contract: Contract, name: str, empty: bool) -> None:
    """Not set, and set to nothing, are the same fault."""
    if empty:
        contract.set(**{name.upper(): ""})
    else:
        contract.unset(name.upper())

    [line] = contract.faults()

    assert line.startswith(f"environment contract: variable {name.upper()} is missing (")


@pytest.mark.parametrize("name", [name for name in REQUIRED if name in SECRET_NAMES])
@pytest.mark.parametrize("empty", [False, True])
def test_a_missing_secret_is_one_line(contract: Contract, name: str, empty: bool) -> None:
    """No file, and an empty one, are the same fault."""
    if empty:
        contract.secret(name, " \n")
    else:
        (contract.folder / name).unlink()

    [line] = contract.faults()

    assert line.startswith(f"environment contract: secret file {name} is missing (")


@pytest.mark.parametrize("name", [name for name in Env.model_fields if name not in REQUIRED])
def test_what_is_not_required_may_be_empty(contract: Contract, name: str) -> None:
    """An empty variable or file gives the default, as if it were not there."""
    if name in SECRET_NAMES:
        contract.secret(name, "")
    elif name != "secrets_dir":
        contract.set(**{name.upper(): ""})

    assert getattr(load(), name) == (
        contract.folder if name == "secrets_dir" else Env.model_fields[name].get_default()
    )


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in MALFORMED.items() for value in values]
)
def test_a_malformed_variable_is_one_line(contract: Contract, name: str, value: str) -> None:
    """It is named once, however many things are wrong with it, and the line says what it is for or what is wrong."""
    contract.set(**{name.upper(): value})

    [line] = contract.faults()

    assert line.startswith(f"environment contract: variable {name.upper()} is malformed: ")
    assert "planted" not in line


def test_a_malformed_secret_is_one_line_that_does_not_show_it(contract: Contract) -> None:
    """The only secret that has a shape is the DSN."""
    contract.secret("sentry_dsn", "planted.example/without-a-project")

    [line] = contract.faults()

    assert line.startswith("environment contract: secret file sentry_dsn is malformed: ")
    assert "planted" not in line


def _make_folder(path: Path) -> None:
    path.mkdir()


def _make_binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def _make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [_make_folder, _make_binary, _make_loop])
def test_a_secret_that_cannot_be_read_is_one_line(contract: Contract, make: Callable[[Path], None]) -> None:
    """A folder in its place, bytes that are no UTF-8, a link to itself."""
    path = contract.folder / "sms_token"
    path.unlink()
    make(path)

    [line] = contract.faults()

    assert line.startswith("environment contract: secret file sms_token cannot be read: ")


def test_secrets_are_read_through_the_links_of_a_secret_volume(contract: Contract) -> None:
    """Kubernetes mounts name -> ..data/name, ..data -> a dated folder, so that all change at once."""
    dated = contract.folder / "..2026_11_23"
    dated.mkdir()
    for name in SECRETS:
        (contract.folder / name).rename(dated / name)
        (contract.folder / name).symlink_to(Path("..data") / name)
    (contract.folder / "..data").symlink_to(dated.name)

    assert load().sms_token.get_secret_value() == SECRETS["sms_token"]


@pytest.mark.parametrize("name", sorted(SECRET_NAMES))
@pytest.mark.parametrize("write", [str.upper, str.lower])
def test_a_secret_as_a_variable_is_refused(
    contract: Contract, name: str, write: Callable[[str], str]
) -> None:
    """Even beside its file, even empty or in lower case: a process listing would show it."""
    contract.set(**{write(name): "planted"})

    [line] = contract.faults()

    assert line == f"environment contract: {name.upper()} is a secret: give it as a file, not as a variable"


def test_each_of_several_faults_has_its_line(contract: Contract) -> None:
    """One start shows everything that is wrong."""
    contract.set(DATABASE_PORT="five", PUBLIC_URL="")
    (contract.folder / "sms_token").unlink()

    lines = contract.faults()

    assert len(lines) == 3
    for name in ("DATABASE_PORT", "PUBLIC_URL", "sms_token"):
        assert sum(name in line for line in lines) == 1


def test_secrets_never_show(contract: Contract) -> None:
    """Neither in repr, nor in str, nor in JSON, nor in an error about another value."""
    env = load()

    shown = f"{env!r} {env} {env.model_dump_json()} {json.dumps(env.model_dump(), default=repr)}"
    for text in SECRETS.values():
        assert text not in shown
    contract.set(DATABASE_PORT="five")
    with pytest.raises(EnvironmentContractError) as refusal:
        load()
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert "planted" not in str(refusal.value)


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "config.run", "web"],
        ["-m", "config.run", "worker"],
        ["-m", "config.run", "beat"],
        ["-m", "config.run", "migrate"],
        ["manage.py", "check"],
    ],
)
def test_whatever_is_started_ends_with_one_line_and_status_78(contract: Contract, command: list[str]) -> None:
    """EX_CONFIG and the line, without a traceback or a warning; nothing on standard output."""
    contract.set(DATABASE_PORT="five")
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    result = subprocess.run(
        [sys.executable, *command],
        cwd=SHOP,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    [line] = result.stderr.splitlines()
    assert line.startswith("environment contract: variable DATABASE_PORT is malformed: ")
    assert (result.returncode, result.stdout) == (78, "")


def test_the_reference_is_current() -> None:
    """The page says what the code says; its second line is the way to write it anew."""
    committed = (REPOSITORY / "docs" / "reference" / "environment.md").read_text()

    assert committed == page() + "\n"
