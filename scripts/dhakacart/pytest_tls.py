"""For tests of images that speak TLS: certificates as they are mounted and renewed, and handshakes that look at them."""

import shutil
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dhakacart.operations.certificates import SERVERS, Server, create_certificates
from dhakacart.operations.ports import LOOPBACK
from dhakacart.operations.secrets import read_secret
from dhakacart.pytest_engine import Container

# PostgreSQL and PgBouncer listen on the same one.
POSTGRES_PORT = 5432
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True)
class MountedFolder:
    """A server's certificate as Compose mounts it: a folder in which one file after another is replaced."""

    secrets: Path
    server: str

    @property
    def folder(self) -> Path:
        return self.secrets / self.server

    @property
    def authority(self) -> Path:
        return self.secrets / "authority" / "ca.crt"

    def make(self) -> None:
        """Makes the certificate, or renews it before its time: the same authority, another key."""
        (self.secrets / self.server / "tls.crt").unlink(missing_ok=True)
        create_certificates(self.secrets, servers=[_server(self.server)])

    def replace(self, name: str, content: bytes) -> None:
        """Another content for one file."""
        new = self.folder / ".new"
        new.write_bytes(content)
        new.rename(self.folder / name)


class SecretVolume(MountedFolder):
    """The same as Kubernetes mounts a Secret: links into a folder behind `..data`, which is itself a link and swapped.

    https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/util/atomic_writer.go
    """

    @property
    def folder(self) -> Path:
        return self.secrets / "mounted"

    def make(self) -> None:
        super().make()
        self._show({path.name: path.read_bytes() for path in (self.secrets / self.server).iterdir()})

    def replace(self, name: str, content: bytes) -> None:
        shown = {path.name: path.read_bytes() for path in (self.folder / "..data").iterdir()}
        self._show({**shown, name: content})

    def _show(self, files: dict[str, bytes]) -> None:
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        old = sorted(path for path in self.folder.glob("..2*") if not path.is_symlink())
        new = self.folder / f"..2026_{len(old) and int(old[-1].name.rpartition('_')[2]) + 1}"
        new.mkdir(mode=0o755)
        for name, content in files.items():
            (new / name).write_bytes(content)
        link = self.folder / "..data_tmp"
        link.symlink_to(new.name)
        link.rename(self.folder / "..data")
        for name in files:
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(Path("..data", name))
        for path in old:
            shutil.rmtree(path)


def _server(name: str) -> Server:
    return next(server for server in SERVERS if server.folder == name)


def tls_1_1(authority: Path) -> ssl.SSLContext:
    """A client that speaks nothing newer."""
    context = _client(authority)
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def tls_1_2(authority: Path) -> ssl.SSLContext:
    """A client that speaks that alone."""
    context = _client(authority)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _client(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


def postgres_handshake(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """A TLS connection to what speaks PostgreSQL's protocol on loopback, before any login.

    It begins with SSLRequest: https://www.postgresql.org/docs/17/protocol-message-formats.html
    """
    plain = socket.create_connection((LOOPBACK, port), timeout=10)
    plain.sendall(_SSL_REQUEST)
    if plain.recv(1) != b"S":
        pytest.fail("it offers no TLS")
    return context.wrap_socket(plain, server_hostname="localhost")


def shown_certificate(port: int, authority: Path) -> bytes:
    """The certificate (DER) that a PostgreSQL or PgBouncer on loopback shows now, verified."""
    with postgres_handshake(port, _client(authority)) as connection:
        return connection.getpeercert(binary_form=True) or b""


def connect_as_shop(
    container: Container, certificate: MountedFolder, **options: str
) -> "psycopg.Connection[Any]":
    """A session on a postgres or pgbouncer container; `options` are libpq's, before those of the shop."""
    conninfo = make_conninfo(
        **{
            "host": "localhost",
            "hostaddr": LOOPBACK,
            "port": str(container.port(POSTGRES_PORT)),
            "dbname": "dhakacart",
            "user": "dhakacart",
            "password": read_secret(certificate.secrets, "database_password"),
            "sslmode": "verify-full",
            "sslrootcert": str(certificate.authority),
            "connect_timeout": "5",
            **options,
        }
    )
    return psycopg.connect(conninfo, autocommit=True)


Mount = Callable[[Path, str], MountedFolder]
MOUNTS: dict[str, Mount] = {"folder": MountedFolder, "secret-volume": SecretVolume}
