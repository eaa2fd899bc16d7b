"""A shop that runs already, wherever it does: told by the environment, used by its addresses alone.

SHOP_URL: where shoppers reach it. SIMULATOR_URL: where its mail and SMS arrive. SHOP_AUTHORITY: the certificate (PEM)
that its HTTPS comes from, when machines do not know that. SHOP_WEB_COMMAND: by which another command runs beside its
database's client, `docker exec --interactive <web's container>`.
"""

import base64
import hashlib
import os
import shlex
import socket
import ssl
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from servers.container_database import ContainerDatabase
from servers.inbox import Inbox

ADDRESS = "SHOP_URL"
SIMULATOR_URL = "http://127.0.0.1:8090"
PATIENCE_SECONDS = 20.0


def is_running() -> bool:
    """Whether the environment names one."""
    return bool(os.environ.get(ADDRESS))


class RunningShop:
    """The one that the environment names."""

    def __init__(self) -> None:
        self.url = os.environ[ADDRESS].rstrip("/")
        self.simulator_url = os.environ.get("SIMULATOR_URL", SIMULATOR_URL)
        self.authority = os.environ.get("SHOP_AUTHORITY") or None
        self.inbox = Inbox(self.simulator_url)

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """Trusts its authority alone, or those of this machine; None when it speaks without TLS."""
        return ssl.create_default_context(cafile=self.authority) if self.url.startswith("https") else None

    def client(self, **options: Any) -> httpx.Client:
        """A client of it that goes through no proxy."""
        return httpx.Client(base_url=self.url, trust_env=False, verify=self.tls or True, **options)

    @cached_property
    def _database(self) -> ContainerDatabase:
        command = os.environ.get("SHOP_WEB_COMMAND")
        assert command, "SHOP_WEB_COMMAND is not set: the way to the running shop's database"
        return ContainerDatabase(shlex.split(command))

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement. Raises servers.container_database.DatabaseError."""
        return self._database.query(statement, *parameters)

    def close(self) -> None:
        if "_database" in self.__dict__:
            self._database.close()

    def certificate_pin(self) -> str:
        """SHA-256 (base64) of the public key that it proves to have, after its certificate and name were verified."""
        assert self.tls is not None
        url = urlsplit(self.url)
        address = (url.hostname or "", url.port or 443)
        with (
            socket.create_connection(address, timeout=PATIENCE_SECONDS) as plain,
            self.tls.wrap_socket(plain, server_hostname=url.hostname) as secure,
        ):
            certificate = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()
