"""A whole and valid environment contract, in which a test breaks one thing."""

import os
from pathlib import Path

import pytest

from config.env import Env, EnvironmentContractError, load

VARIABLES = {
    "ENVIRONMENT": "production",
    "PUBLIC_URL": "https://shop.dhakacart.example",
    "ALLOWED_HOSTS": "shop.dhakacart.example",
    "DATABASE_HOST": "postgres",
    "REDIS_URL": "redis://redis:6379",
    "SSLCOMMERZ_URL": "https://securepay.sslcommerz.com",
    "SSLCOMMERZ_STORE_ID": "dhakacartlive",
    "SMS_URL": "https://sms.example",
    "SMTP_HOST": "smtp.example",
    "PROMETHEUS_MULTIPROC_DIR": "/run/metrics",
}
SECRETS = {
    "secret_key": "planted-key-" + 50 * "k",
    "database_password": "planted-database-password",
    "sslcommerz_store_password": "planted-store-password",
    "sms_token": "planted-sms-token",
    "smtp_password": "planted-smtp-password",
    "redis_password": "planted-redis-password",
    "sentry_dsn": "https://planted-dsn@errors.example/1",
}


class Contract:
    """A whole and valid contract in this process' environment, in which a test breaks one thing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.monkeypatch = monkeypatch
        self.folder = folder
        for name in list(os.environ):
            if name.lower() in Env.model_fields:
                monkeypatch.delenv(name)
        self.set(SECRETS_DIR=str(folder), **VARIABLES)
        for name, text in SECRETS.items():
            self.secret(name, text + "\n")

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def unset(self, name: str) -> None:
        self.monkeypatch.delenv(name, raising=False)

    def secret(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def faults(self) -> list[str]:
        with pytest.raises(EnvironmentContractError) as refusal:
            load()
        return str(refusal.value).splitlines()
