"""Certificates for containers on this machine: a local authority, and what it signs for edge, PostgreSQL and PgBouncer.

Everything is made here, kept outside git, and renewed in place: each file is replaced by a rename, so that a reader
sees the old one or the new one. A service gets a folder of its own (`tls.crt`, `tls.key`, `ca.crt`, the names that
Kubernetes and cert-manager use), never another's key. The folders stand below the secrets' folder of mode 0700; inside
it files are readable, because containers read them under users of their own through the mount.
"""

import ipaddress
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dhakacart.operations.trust import AUTHORITY_NAME

AUTHORITY_LIFETIME = timedelta(days=3650)
# Browsers refuse longer ones, also from an authority that was installed by hand on Apple's systems (825 days).
LIFETIME = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
_CLOCK_SKEW = timedelta(hours=1)
# A key that leaks opens what was resumed with it, so it does not stay; clients resume for a day at most.
TICKET_LIFETIME = timedelta(days=1)
# nginx: 80 bytes are 16 of a name, 32 of an AES-256 key and 32 of an HMAC key.
TICKET_KEY_BYTES = 80


@dataclass(frozen=True)
class Server:
    """One folder of certificate files: who it is for, and the names and addresses that its certificate is valid for."""

    folder: str
    names: Sequence[str]


SERVERS = (
    Server("edge", ("localhost", "dhakacart.localhost", "edge", "127.0.0.1", "::1")),
    Server("postgres", ("postgres", "localhost", "127.0.0.1")),
    Server("pgbouncer", ("pgbouncer", "localhost", "127.0.0.1")),
)
# All that the authority may vouch for (RFC 5280, 4.2.1.10): browsers trust it, and its key lies on a laptop.
_CONSTRAINTS = x509.NameConstraints(
    permitted_subtrees=[
        *(x509.DNSName(name) for name in ("localhost", "edge", "postgres", "pgbouncer")),
        x509.IPAddress(ipaddress.ip_network("127.0.0.0/8")),
        x509.IPAddress(ipaddress.ip_network("::1/128")),
    ],
    excluded_subtrees=None,
)


def create_certificates(
    folder: Path, *, servers: Sequence[Server] = SERVERS, now: datetime | None = None
) -> list[str]:
    """Makes or renews what is missing, malformed, for other names, or ends within `RENEW_BEFORE` (a ticket key: is older
    than `TICKET_LIFETIME`); names what was made.

    `folder` gets `authority/` (mode 0700: its key signs), one folder per server, and `tickets/` with nginx' session
    ticket key. Safe to repeat.
    """
    moment = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    authority, made = _authority(folder / "authority", moment)
    for server in servers:
        target = folder / server.folder
        if _is_good(target, server, authority, moment):
            continue
        _issue(target, server, authority, moment)
        made.append(server.folder)
    if not _is_good_ticket_key(folder / "tickets" / "current.key", moment):
        rotate_ticket_key(folder)
        made.append("tickets")
    return made


def _is_good_ticket_key(path: Path, now: datetime) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    age = now - datetime.fromtimestamp(found.st_mtime, UTC)
    return found.st_size == TICKET_KEY_BYTES and age < TICKET_LIFETIME


def rotate_ticket_key(folder: Path) -> None:
    """A new key makes tickets, the one before still opens them, the one before that is gone."""
    tickets = folder / "tickets"
    current = tickets / "current.key"
    if current.exists() and current.stat().st_size == TICKET_KEY_BYTES:
        _write(tickets / "previous.key", current.read_bytes(), mode=0o444)
    _write(current, secrets.token_bytes(TICKET_KEY_BYTES), mode=0o444)


@dataclass(frozen=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def _authority(folder: Path, now: datetime) -> tuple[_Authority, list[str]]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    try:
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        if (
            isinstance(key, ec.EllipticCurvePrivateKey)
            and certificate.public_key() == key.public_key()
            and certificate.not_valid_after_utc - now > LIFETIME
            and certificate.extensions.get_extension_for_class(x509.NameConstraints).value == _CONSTRAINTS
        ):
            return _Authority(key, certificate), []
    except (OSError, ValueError, x509.ExtensionNotFound):
        pass  # missing or malformed: made anew below
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY_NAME)])
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(_CONSTRAINTS, critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _private_pem(key), mode=0o400)
    _write(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM), mode=0o444)
    return _Authority(key, certificate), ["authority"]


def _issue(folder: Path, server: Server, authority: _Authority, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, server.names[0])])
    certificate = (
        _builder(subject, authority.certificate.subject, key.public_key(), now, LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in server.names]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    _write(folder / "ca.crt", authority.certificate.public_bytes(serialization.Encoding.PEM), mode=0o444)
    _write(folder / "tls.key", _private_pem(key), mode=0o444)
    _write(folder / "tls.crt", certificate.public_bytes(serialization.Encoding.PEM), mode=0o444)


def _is_good(folder: Path, server: Server, authority: _Authority, now: datetime) -> bool:
    """Whether the certificate is this authority's, belongs to its key, covers the names, and lasts a while."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / "tls.key").read_bytes(), password=None)
        shown = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        certificate.verify_directly_issued_by(authority.certificate)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return (
        shown == authority.certificate
        and certificate.public_key() == key.public_key()
        and list(names) == [_general_name(name) for name in server.names]
        and certificate.not_valid_before_utc <= now
        and certificate.not_valid_after_utc - now > RENEW_BEFORE
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lifetime: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Replaces a file at once; it has its mode from the moment it exists."""
    if not path.parent.exists():
        path.parent.mkdir()
        path.parent.chmod(0o755)  # whatever the umask: containers read it under users of their own
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)
    temporary.rename(path)
