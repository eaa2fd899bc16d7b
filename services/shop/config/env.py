"""The environment contract: every value that the shop reads from outside, declared once.

Plain values are environment variables. Secrets are files ``$SECRETS_DIR/<lower_case_name>``, never
variables, so that they show up in no process listing and no container inspection. Settings read
nothing else. ``python -m config.env`` prints the contract.
"""

import ipaddress
import os
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AnyHttpUrl, Field, RedisDsn, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_SECRET_PREFIX = "development-only-"  # noqa: S105 - what marks a secret as unfit for production
MINIMUM_SECRET_KEY_CHARACTERS = 50

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class EnvironmentName(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


class EnvironmentContractError(Exception):
    """A value is missing or malformed; the message has one line per value, naming it and the fix."""


class Env(BaseSettings):
    """Typed values of the contract. Field name = variable name in lower case = secret's file name."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False, frozen=True)

    environment: EnvironmentName = Field(
        description="Which rules apply: development, test, staging or production"
    )
    release: str = Field(
        "unreleased", description="What is running: image digest or commit; shown in logs and errors"
    )
    log_level: str = Field(
        "INFO", description="Lowest level that is logged", pattern="^(DEBUG|INFO|WARNING|ERROR)$"
    )
    public_url: AnyHttpUrl = Field(description="Where shoppers reach the shop; links in mail start with it")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        description="Host names to answer for, comma separated"
    )
    trusted_proxies: Annotated[list[IPNetwork], NoDecode] = Field(
        [], description="Networks (CIDR, comma separated) whose X-Forwarded-For is believed"
    )

    database_host: str = Field(description="PostgreSQL's host name or address")
    database_port: int = Field(5432, description="PostgreSQL's port", ge=1, le=65535)
    database_name: str = Field("dhakacart", description="Database name")
    database_user: str = Field("dhakacart", description="Database role")
    database_sslmode: str = Field(
        "verify-full", description="libpq sslmode", pattern="^(disable|require|verify-ca|verify-full)$"
    )
    redis_url: RedisDsn = Field(description="Redis without a database number: 0 is the cache, 1 the broker")

    sslcommerz_url: AnyHttpUrl = Field(
        description="Base address of the payment gateway (the simulator in development)"
    )
    sslcommerz_store_id: str = Field(description="Store id given by SSLCommerz", min_length=1)
    sms_url: AnyHttpUrl = Field(description="Base address of the SMS provider")
    smtp_host: str = Field(description="Mail relay's host")
    smtp_port: int = Field(587, description="Mail relay's port", ge=1, le=65535)
    smtp_user: str = Field("", description="Mail relay's user; empty: no login")
    smtp_starttls: bool = Field(True, description="Whether the mail relay is spoken to over TLS")
    mail_from: str = Field("DhakaCart <shop@dhakacart.example>", description="Sender of the shop's mail")

    web_host: str = Field("0.0.0.0", description="Address that web listens on")  # noqa: S104 - inside a container
    web_port: int = Field(8000, description="Port that web listens on", ge=1, le=65535)
    web_processes: int = Field(2, description="Processes that serve HTTP", ge=1, le=64)
    web_threads: int = Field(4, description="Threads (and database connections) per process", ge=1, le=64)
    worker_processes: int = Field(2, description="Celery's pool size", ge=1, le=64)
    metrics_host: str = Field("0.0.0.0", description="Address of the metrics port")  # noqa: S104 - inside a container
    metrics_port: int = Field(
        9100, description="Port of Prometheus metrics, apart from web's", ge=1, le=65535
    )
    prometheus_multiproc_dir: Path = Field(
        description="Writable folder in which processes share their metrics"
    )
    live_reload: bool = Field(False, description="Restart on a change of code (development)")
    ready_file: Path | None = Field(None, description="File that worker and beat touch once they work")
    secrets_dir: Path = Field(Path("/run/secrets/dhakacart"), description="Folder of the secret files")

    secret_key: SecretStr = Field(description="Django's signing key")
    database_password: SecretStr = Field(description="Password of the database role")
    sslcommerz_store_password: SecretStr = Field(description="Store password given by SSLCommerz")
    sms_token: SecretStr = Field(description="Bearer token of the SMS provider")
    smtp_password: SecretStr | None = Field(None, description="Mail relay's password")
    redis_password: SecretStr | None = Field(None, description="Redis' password")
    sentry_dsn: SecretStr | None = Field(None, description="Where errors are reported; absent: nowhere")

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

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
        base = str(self.redis_url).rstrip("/")
        if self.redis_password:
            scheme, rest = base.split("://", 1)
            base = f"{scheme}://:{self.redis_password.get_secret_value()}@{rest.rpartition('@')[2]}"
        return f"{base}/{database}"

    @model_validator(mode="after")
    def _strict_rules(self) -> Self:
        if not self.is_strict:
            return self
        problems = []
        key = self.secret_key.get_secret_value()
        if key.startswith(DEVELOPMENT_SECRET_PREFIX) or len(key) < MINIMUM_SECRET_KEY_CHARACTERS:
            problems.append("SECRET_KEY is a development secret or shorter than 50 characters")
        problems += [
            f"{name.upper()} is a development secret"
            for name in sorted(SECRET_NAMES - {"secret_key"})
            if (value := getattr(self, name))
            and value.get_secret_value().startswith(DEVELOPMENT_SECRET_PREFIX)
        ]
        if self.public_url.scheme != "https":
            problems.append("PUBLIC_URL must be https")
        if "*" in self.allowed_hosts:
            problems.append("ALLOWED_HOSTS must name hosts, not *")
        if self.live_reload:
            problems.append("LIVE_RELOAD must be off")
        if problems:
            raise ValueError(f"refused in {self.environment}: {'; '.join(problems)}")
        return self


SECRET_NAMES = frozenset(
    name for name, field in Env.model_fields.items() if "SecretStr" in str(field.annotation)
)


def _line(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    if not name:
        return f"environment contract: {error['msg'].removeprefix('Value error, ')}"
    where = f"secret file {name}" if name in SECRET_NAMES else f"variable {name.upper()}"
    purpose = Env.model_fields[name].description
    if error["type"] == "missing":
        return f"environment contract: {where} is missing ({purpose})"
    return f"environment contract: {where} is malformed: {error['msg']} ({purpose})"


def load() -> Env:
    """Read and check the contract.

    Raises:
        EnvironmentContractError: one line for each missing or malformed value.
    """
    exposed = sorted(name.upper() for name in SECRET_NAMES if name.upper() in os.environ)
    if exposed:
        raise EnvironmentContractError(
            "\n".join(
                f"environment contract: {name} is a secret: give it as a file, not as a variable"
                for name in exposed
            )
        )
    folder = Path(os.environ.get("SECRETS_DIR") or Env.model_fields["secrets_dir"].default)
    if not folder.is_dir():
        raise EnvironmentContractError(f"environment contract: variable SECRETS_DIR: no folder {folder}")
    try:
        return Env(_secrets_dir=folder)
    except ValidationError as error:
        raise EnvironmentContractError("\n".join(_line(e) for e in error.errors())) from None


@cache
def env() -> Env:
    """The contract of this process; on a fault one line on stderr for each, and exit status 78 (EX_CONFIG)."""
    try:
        return load()
    except EnvironmentContractError as error:
        print(error, file=sys.stderr)
        raise SystemExit(os.EX_CONFIG) from None


def describe() -> str:
    """The contract as a Markdown table."""
    rows = ["| name | given as | type | default | what it is for |", "|---|---|---|---|---|"]
    for name, field in Env.model_fields.items():
        secret = name in SECRET_NAMES
        kind = (
            "text"
            if secret
            else str(getattr(field.annotation, "__name__", field.annotation)).replace("|", "or")
        )
        default = "required" if field.is_required() else f"`{field.default}`"
        rows.append(
            f"| {name if secret else name.upper()} | {'secret file' if secret else 'variable'} | {kind} | {default} | {field.description} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    print(describe())
