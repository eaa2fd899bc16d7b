"""The environment contract: every value that the shop reads from outside, declared once.

Plain values are environment variables. Secrets are files ``$SECRETS_DIR/<lower_case_name>``, never
variables, so that they show up in no process listing and no container inspection. Settings read
nothing else. ``python -m config.env`` prints the contract, which is docs/reference/environment.md.
"""

import ipaddress
import os
import re
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import AnyHttpUrl, Field, RedisDsn, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_SECRET_PREFIX = "development-only-"  # noqa: S105 - what marks a secret as unfit for production
MINIMUM_SECRET_KEY_CHARACTERS = 50

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]+$")]
AllowedHost = Annotated[str, Field(pattern=r"^(\*|\.?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])$")]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
SslMode = Literal["disable", "require", "verify-ca", "verify-full"]
MAIL_ADDRESS = r"^([^<>@\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$"
# https://develop.sentry.dev/sdk/overview/#parsing-the-dsn
SENTRY_DSN = re.compile(r"https?://[^/@\s]+@[^/@\s]+/(?:[^\s]*/)?[0-9]+")


def _is_this_machine(host: str) -> bool:
    """Whether what is sent there meets no network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class EnvironmentName(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


class EnvironmentContractError(Exception):
    """A value is missing or malformed; the message has one line per value, naming it and the fix."""


class Env(BaseSettings):
    """Typed values of the contract. Field name = variable name in lower case = secret's file name."""

    model_config = SettingsConfigDict(
        extra="ignore", case_sensitive=False, frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    environment: EnvironmentName = Field(
        description="Which rules apply: development, test, staging or production"
    )
    release: str = Field(
        "unreleased", description="What is running: image digest or commit; shown in logs and errors"
    )
    log_level: LogLevel = Field("INFO", description="Lowest level that is logged")
    public_url: AnyHttpUrl = Field(description="Where shoppers reach the shop; links in mail start with it")
    allowed_hosts: Annotated[list[AllowedHost], NoDecode] = Field(
        description="Host names to answer for, comma separated", min_length=1
    )
    trusted_proxies: Annotated[list[IPNetwork], NoDecode] = Field(
        [], description="Networks (CIDR, comma separated) whose X-Forwarded-For is believed"
    )

    database_host: Host = Field(description="PostgreSQL's host name or address")
    database_port: int = Field(5432, description="PostgreSQL's port", ge=1, le=65535)
    database_name: str = Field("dhakacart", description="Database name")
    database_user: str = Field("dhakacart", description="Database role")
    database_sslmode: SslMode = Field("verify-full", description="libpq sslmode")
    database_ca_file: Path | None = Field(
        None, description="Certificates (PEM) of the authority that PostgreSQL's must come from"
    )
    redis_url: RedisDsn = Field(description="Redis without a database number: 0 is the cache, 1 the broker")

    sslcommerz_url: AnyHttpUrl = Field(
        description="Base address of the payment gateway (the simulator in development)"
    )
    sslcommerz_store_id: str = Field(description="Store id given by SSLCommerz", min_length=1)
    sms_url: AnyHttpUrl = Field(description="Base address of the SMS provider")
    smtp_host: Host = Field(description="Mail relay's host")
    smtp_port: int = Field(587, description="Mail relay's port", ge=1, le=65535)
    smtp_user: str = Field("", description="Mail relay's user; empty: no login")
    smtp_starttls: bool = Field(True, description="Whether the mail relay is spoken to over TLS")
    mail_from: str = Field(
        "DhakaCart <shop@dhakacart.example>", description="Sender of the shop's mail", pattern=MAIL_ADDRESS
    )

    web_host: Host = Field("0.0.0.0", description="Address that web listens on")  # noqa: S104 - inside a container
    web_port: int = Field(8000, description="Port that web listens on", ge=1, le=65535)
    web_processes: int = Field(2, description="Processes that serve HTTP", ge=1, le=64)
    web_threads: int = Field(4, description="Threads (and database connections) per process", ge=1, le=64)
    worker_processes: int = Field(2, description="Celery's pool size", ge=1, le=64)
    metrics_host: Host = Field("0.0.0.0", description="Address of the metrics port")  # noqa: S104 - inside a container
    metrics_port: int = Field(
        9100, description="Port of Prometheus metrics, apart from web's", ge=1, le=65535
    )
    prometheus_multiproc_dir: Path = Field(
        description="Writable folder in which processes share their metrics"
    )
    live_reload: bool = Field(False, description="Restart on a change of code (development)")
    ready_file: Path | None = Field(
        None, description="File that worker and beat touch at each sign that they work (config.health)"
    )
    secrets_dir: Path = Field(Path("/run/secrets/dhakacart"), description="Folder of the secret files")

    secret_key: SecretStr = Field(description="Django's signing key")
    database_password: SecretStr = Field(description="Password of the database role")
    redis_password: SecretStr = Field(description="Redis' password")
    sslcommerz_store_password: SecretStr = Field(description="Store password given by SSLCommerz")
    sms_token: SecretStr = Field(description="Bearer token of the SMS provider")
    smtp_password: SecretStr | None = Field(None, description="Mail relay's password")
    sentry_dsn: SecretStr | None = Field(None, description="Where errors are reported; absent: nowhere")

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        # Here, since pydantic would complain of each kind of network by itself.
        return [ipaddress.ip_network(part) for part in cls._split(value)]

    @field_validator("database_ca_file")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None and not os.access(value, os.R_OK):
            raise PydanticCustomError("database_ca_file", "there is no such file that this user may read")
        return value

    @field_validator("public_url")
    @classmethod
    def _bare_origin(cls, value: AnyHttpUrl) -> AnyHttpUrl:
        if value.path != "/" or value.query or value.fragment or value.username or value.password:
            raise PydanticCustomError("public_url", "give scheme, host and port only")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _dsn(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not SENTRY_DSN.fullmatch(value.get_secret_value()):
            raise PydanticCustomError("sentry_dsn", "expected https://<key>@<host>/<project number>")
        return value

    @field_validator("redis_url")
    @classmethod
    def _bare_redis(cls, value: RedisDsn) -> RedisDsn:
        if value.password:
            raise PydanticCustomError(
                "redis_password", "the password belongs into the secret file redis_password"
            )
        if value.path not in {None, "", "/", "/0"}:  # pydantic adds the /0
            raise PydanticCustomError("redis_database", "give it without a database number")
        return value

    @property
    def is_strict(self) -> bool:
        """Whether production's rules hold (staging is held to the same)."""
        return self.environment in {EnvironmentName.STAGING, EnvironmentName.PRODUCTION}

    @property
    def origin(self) -> str:
        """The public address without a trailing slash."""
        return str(self.public_url).rstrip("/")

    def redis(self, database: int) -> str:
        """Redis' address with its password and a database number."""
        url = self.redis_url
        password = quote(self.redis_password.get_secret_value(), safe="")
        return f"{url.scheme}://{url.username or ''}:{password}@{url.host}:{url.port}/{database}"

    @model_validator(mode="after")
    def _strict_rules(self) -> Self:
        if not self.is_strict:
            return self
        key = self.secret_key.get_secret_value()
        problems = [
            f"secret file {name} is a development secret"
            for name in sorted(SECRET_NAMES)
            if (value := getattr(self, name))
            and value.get_secret_value().startswith(DEVELOPMENT_SECRET_PREFIX)
        ]
        if len(key) < MINIMUM_SECRET_KEY_CHARACTERS:
            problems.append(
                f"secret file secret_key has less than {MINIMUM_SECRET_KEY_CHARACTERS} characters"
            )
        problems += [
            f"variable {name.upper()} must be https"
            for name in ("public_url", "sslcommerz_url", "sms_url")
            if getattr(self, name).scheme != "https"
        ]
        if "*" in self.allowed_hosts:
            problems.append("variable ALLOWED_HOSTS must name hosts, not *")
        if self.live_reload:
            problems.append("variable LIVE_RELOAD must be off")
        if self.database_sslmode != "verify-full" and not _is_this_machine(self.database_host):
            problems.append("variable DATABASE_SSLMODE must be verify-full for a database on another machine")
        if not self.smtp_starttls and not _is_this_machine(self.smtp_host):
            problems.append("variable SMTP_STARTTLS must be on for a mail relay on another machine")
        if problems:
            raise PydanticCustomError(
                "strict",
                "{problems}",
                {"problems": "\n".join(f"{problem} in {self.environment}" for problem in problems)},
            )
        return self


SECRET_NAMES = frozenset(
    name for name, field in Env.model_fields.items() if "SecretStr" in str(field.annotation)
)


def _lines(error: ValidationError) -> Iterator[str]:
    """One line for each name, however many things are wrong with its value."""
    seen = set()
    for fault in error.errors():
        if not fault["loc"]:
            yield from fault["msg"].splitlines()
            continue
        name = str(fault["loc"][0])
        if name in seen:
            continue
        seen.add(name)
        where = f"secret file {name}" if name in SECRET_NAMES else f"variable {name.upper()}"
        what = "missing" if fault["type"] == "missing" else f"malformed: {' '.join(fault['msg'].split())}"
        yield f"{where} is {what} ({Env.model_fields[name].description})"


def _refusal(lines: Iterable[str]) -> EnvironmentContractError:
    return EnvironmentContractError("\n".join(f"environment contract: {line}" for line in lines))


def _read_secrets(folder: Path) -> dict[str, Any]:
    """What the secret files hold, without outer space; a file that is not there or empty is left out."""
    values, faults = {}, []
    for name in sorted(SECRET_NAMES):
        try:
            values[name] = (folder / name).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"secret file {name} cannot be read: {getattr(error, 'strerror', 'not UTF-8')}")
    if faults:
        raise _refusal(faults)
    return {name: value for name, value in values.items() if value}


def load() -> Env:
    """Read and check the contract.

    Raises:
        EnvironmentContractError: one line for each missing or malformed value.
    """
    exposed = sorted({name.upper() for name in os.environ if name.lower() in SECRET_NAMES})
    if exposed:
        raise _refusal(f"{name} is a secret: give it as a file, not as a variable" for name in exposed)
    folder = Path(os.environ.get("SECRETS_DIR") or Env.model_fields["secrets_dir"].default)
    if not folder.is_dir():
        raise _refusal([f"variable SECRETS_DIR is malformed: there is no folder {folder}"])
    try:
        return Env(**_read_secrets(folder))
    except ValidationError as error:
        raise _refusal(_lines(error)) from None


@cache
def env() -> Env:
    """The contract of this process; on a fault one line on stderr for each, and exit status 78 (EX_CONFIG)."""
    try:
        return load()
    except EnvironmentContractError as error:
        print(error, file=sys.stderr)
        raise SystemExit(os.EX_CONFIG) from None


if __name__ == "__main__":
    from config.env_page import page

    print(page())
