"""The local authority and what it signs: right names, right modes, renewed when it must be and not before."""

import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from dhakacart.operations.certificates import (
    LIFETIME,
    RENEW_BEFORE,
    SERVERS,
    TICKET_KEY_BYTES,
    TICKET_LIFETIME,
    Server,
    create_certificates,
    rotate_ticket_key,
)

EVERYTHING = ["authority", *(server.folder for server in SERVERS), "tickets"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete set, made now."""
    assert create_certificates(tmp_path / "secrets") == EVERYTHING
    return tmp_path / "secrets"


def test_a_second_call_makes_nothing_and_changes_no_file(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert create_certificates(folder) == []
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.folder)
def test_a_client_that_trusts_the_authority_accepts_each_name(folder, server):
    """A handshake in memory, by OpenSSL's rules, for every name; another name is refused."""
    for name in server.names:
        assert _handshake(folder, server.folder, name) == ""
    assert "mismatch" in _handshake(folder, server.folder, "evil.example")


def test_a_client_that_does_not_trust_the_authority_refuses(folder, tmp_path):
    create_certificates(tmp_path / "other")

    assert "certificate" in _handshake(folder, "edge", "localhost", trusted=tmp_path / "other")


def test_containers_can_read_their_folder_and_nobody_else_the_whole(folder):
    """The outer folder keeps people out; inside, only the authority's key is closed: it never enters a container."""
    assert _mode(folder) == 0o700
    assert _mode(folder / "authority") == 0o700
    assert _mode(folder / "authority" / "ca.key") == 0o400
    for server in SERVERS:
        assert _mode(folder / server.folder) == 0o755
        assert {_mode(path) for path in (folder / server.folder).iterdir()} == {0o444}


def test_the_umask_does_not_close_the_containers_folders(tmp_path):
    before = os.umask(0o077)
    try:
        create_certificates(tmp_path / "secrets")
    finally:
        os.umask(before)

    assert _mode(tmp_path / "secrets" / "edge") == 0o755
    assert _mode(tmp_path / "secrets" / "edge" / "tls.crt") == 0o444


def test_a_certificate_is_renewed_before_it_ends_and_by_the_same_authority(folder):
    authority = (folder / "authority" / "ca.crt").read_bytes()
    soon, early = LIFETIME - RENEW_BEFORE + timedelta(hours=1), LIFETIME - RENEW_BEFORE - timedelta(hours=1)

    assert create_certificates(folder, now=datetime.now(UTC) + early) == ["tickets"]
    made = create_certificates(folder, now=datetime.now(UTC) + soon)
    assert made == [*(server.folder for server in SERVERS), "tickets"]
    assert (folder / "authority" / "ca.crt").read_bytes() == authority


@pytest.mark.parametrize("name", ["tls.crt", "tls.key", "ca.crt"])
@pytest.mark.parametrize("damage", ["missing", "garbage", "another's"])
def test_a_damaged_file_is_made_anew(folder, name, damage):
    path = folder / "edge" / name
    path.chmod(0o644)
    if damage == "missing":
        path.unlink()
    else:
        other = (
            (folder / "postgres" / name).read_bytes()
            if name != "ca.crt"
            else (folder / "edge" / "tls.crt").read_bytes()
        )
        path.write_bytes(b"garbage" if damage == "garbage" else other)

    assert create_certificates(folder) == ["edge"]
    assert _handshake(folder, "edge", "localhost") == ""


def test_another_list_of_names_makes_another_certificate(folder):
    servers = (Server("edge", ("shop.localhost",)),)

    assert create_certificates(folder, servers=servers) == ["edge"]
    assert _handshake(folder, "edge", "shop.localhost") == ""


@pytest.mark.parametrize("name", ["bank.example", "localhost.example", "10.0.0.1"])
def test_the_authority_can_vouch_for_nothing_but_this_machine(folder, name):
    """Whoever gets its key becomes no bank for a browser that trusts it."""
    create_certificates(folder, servers=(Server("edge", (name,)),))

    assert "permitted subtree violation" in _handshake(folder, "edge", name)


def test_an_authority_that_may_vouch_for_everything_is_made_anew(folder):
    """One of before the constraint."""
    authority = folder / "authority"
    key = serialization.load_pem_private_key((authority / "ca.key").read_bytes(), password=None)
    old = x509.load_pem_x509_certificate((authority / "ca.crt").read_bytes())
    unconstrained = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(old.public_key())
        .serial_number(old.serial_number)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (authority / "ca.crt").chmod(0o644)
    (authority / "ca.crt").write_bytes(unconstrained.public_bytes(serialization.Encoding.PEM))

    assert create_certificates(folder) == EVERYTHING[:-1]


def test_a_lost_authority_takes_everything_that_it_signed_with_it(folder):
    (folder / "authority" / "ca.key").unlink()

    assert create_certificates(folder) == EVERYTHING[:-1]
    assert _handshake(folder, "pgbouncer", "pgbouncer") == ""


def test_a_rotated_ticket_key_keeps_the_one_before(folder):
    tickets = folder / "tickets"
    first = (tickets / "current.key").read_bytes()

    rotate_ticket_key(folder)

    assert (tickets / "previous.key").read_bytes() == first
    assert (tickets / "current.key").read_bytes() != first
    assert (tickets / "current.key").stat().st_size == TICKET_KEY_BYTES == len(first)


def test_a_ticket_key_is_used_for_a_day(folder):
    """Then another makes tickets, and those that it made are opened for as long again."""
    tickets = folder / "tickets"
    first = (tickets / "current.key").read_bytes()

    assert create_certificates(folder, now=datetime.now(UTC) + TICKET_LIFETIME - timedelta(minutes=1)) == []
    assert create_certificates(folder, now=datetime.now(UTC) + TICKET_LIFETIME) == ["tickets"]

    assert (tickets / "previous.key").read_bytes() == first != (tickets / "current.key").read_bytes()


def test_no_certificate_may_sign_others(folder):
    """Only the authority is one, and not for another authority below it."""
    for server in SERVERS:
        certificate = x509.load_pem_x509_certificate((folder / server.folder / "tls.crt").read_bytes())
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    authority = x509.load_pem_x509_certificate((folder / "authority" / "ca.crt").read_bytes())
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _handshake(folder: Path, server: str, name: str, *, trusted: Path | None = None) -> str:
    """What OpenSSL holds against this certificate for this name; empty: nothing."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(folder / server / "tls.crt", folder / server / "tls.key")
    client_context = ssl.create_default_context(cafile=str((trusted or folder) / "authority" / "ca.crt"))
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    other = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for end in (client, other):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
    return "" if client.getpeercert() else "no handshake"
