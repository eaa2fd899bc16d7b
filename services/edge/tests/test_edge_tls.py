"""HTTPS: the redirect, versions, sessions that resume at any replica, certificates renewed while open requests finish."""

import shutil
import ssl
import threading
from pathlib import Path

import httpx
import pytest

from dhakacart.operations.certificates import Server, create_certificates, rotate_ticket_key

TLS_1_2 = {"minimum_version": ssl.TLSVersion.TLSv1_2, "maximum_version": ssl.TLSVersion.TLSv1_2}
TLS_1_3 = {"minimum_version": ssl.TLSVersion.TLSv1_3, "maximum_version": ssl.TLSVersion.TLSv1_3}
EDGE_NAMES = (Server("edge", ("localhost", "127.0.0.1")),)


def test_plain_http_leads_to_the_public_address_whatever_host_is_named(edge):
    """The redirect goes to PUBLIC_URL, with path and query, and never to a host that the client made up."""
    answer = httpx.get(
        f"http://127.0.0.1:{edge.port(8080)}/p/phone?x=1",
        headers={"Host": "evil.example"},
        follow_redirects=False,
    )

    assert answer.status_code == 308
    assert answer.headers["location"] == "https://shop.example/p/phone?x=1"


@pytest.mark.parametrize("versions", [TLS_1_2, TLS_1_3], ids=["1.2", "1.3"])
def test_current_tls_versions_are_spoken(edge, versions):
    with edge.handshake(edge.tls_context(**versions)) as connection:
        assert connection.version() == f"TLSv1.{versions['minimum_version'].value - 0x301}"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_versions_are_refused(edge):
    """TLS 1.1 fails in the handshake although this client would speak it."""
    context = edge.tls_context(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    context.set_ciphers("ALL:@SECLEVEL=0")

    with pytest.raises((ssl.SSLError, ConnectionResetError)) as refusal:
        edge.handshake(context)

    assert "PROTOCOL_VERSION" in str(refusal.value).upper() or "ALERT" in str(refusal.value).upper()


def test_http2_is_spoken(edge):
    assert (
        edge.curl("--http2", "-o", "/dev/null", "-w", "%{http_version}", edge.url("/healthz")).stdout == "2"
    )


@pytest.mark.parametrize("versions", [TLS_1_2, TLS_1_3], ids=["1.2", "1.3"])
def test_a_session_resumes_at_another_replica_with_the_same_ticket_key(
    edge, starter, secrets, shop, versions
):
    context = edge.tls_context(**versions)
    other = starter.edge(secrets, web=shop)
    with edge.handshake(context) as first:
        session = first.session
        assert not first.session_reused

    with other.handshake(context, session) as second:
        assert second.session_reused


def test_a_session_does_not_resume_with_another_ticket_key_but_does_with_the_previous(
    edge, starter, secrets, shop, tmp_path
):
    """The shared file is what makes the resumption, and a change of keys cuts nobody off."""
    context = edge.tls_context(**TLS_1_2)
    stranger, changed = tmp_path / "stranger", tmp_path / "changed"
    for folder in (stranger, changed):
        shutil.copytree(secrets, folder)
    (stranger / "tickets" / "current.key").unlink()
    create_certificates(stranger, servers=EDGE_NAMES)
    rotate_ticket_key(changed)
    with edge.handshake(context) as first:
        session = first.session

    with starter.edge(stranger, web=shop).handshake(context, session) as connection:
        assert not connection.session_reused
    with starter.edge(changed, web=shop).handshake(context, session) as connection:
        assert connection.session_reused


def test_a_renewed_certificate_is_served_without_a_restart_and_open_requests_finish(
    starter, secrets, shop, tmp_path, wait_until, docker
):
    """The watcher sees the new files and reloads; the container stays, and a request begun before ends whole."""
    own = tmp_path / "own"
    shutil.copytree(secrets, own)
    edge = starter.edge(own, web=shop)
    before, started = _served(edge), docker("inspect", "-f", "{{.State.StartedAt}}", edge.name)
    slow = _SlowRequest(edge, pieces=24)

    (own / "edge" / "tls.crt").unlink()
    assert create_certificates(own, servers=EDGE_NAMES) == ["edge"]

    wait_until(lambda: _served(edge) != before, "the new certificate is served")
    assert not slow.ended
    assert slow.result() == "." * 24
    assert docker("inspect", "-f", "{{.State.StartedAt}}", edge.name) == started


def test_a_broken_certificate_changes_nothing(starter, secrets, shop, tmp_path, wait_until, docker):
    """What nginx would refuse is never loaded: the old certificate stays, and the log says why."""
    own = tmp_path / "own"
    shutil.copytree(secrets, own)
    edge = starter.edge(own, web=shop)
    before = _served(edge)

    _replace(own / "edge" / "tls.crt", b"not a certificate")

    wait_until(lambda: "cannot load certificate" in docker("logs", edge.name, both=True), "nginx refuses it")
    assert _served(edge) == before


def test_a_ticket_key_that_is_taken_away_changes_nothing(
    starter, secrets, shop, tmp_path, wait_until, docker
):
    """edge goes on with the key that it has: a session still resumes, and the log says what is gone."""
    own = tmp_path / "own"
    shutil.copytree(secrets, own)
    edge = starter.edge(own, web=shop)
    context = edge.tls_context(**TLS_1_2)
    with edge.handshake(context) as first:
        session = first.session

    (own / "tickets" / "current.key").unlink()

    wait_until(lambda: "current.key" in docker("logs", edge.name, both=True), "nginx refuses to be without")
    with edge.handshake(context, session) as second:
        assert second.session_reused


def test_sighup_lets_open_requests_finish(edge, wait_until, docker):
    """New workers take over while the old one answers what it had begun."""
    slow = _SlowRequest(edge, pieces=16)
    before = edge.workers()

    docker("kill", "-s", "HUP", edge.name)

    wait_until(lambda: edge.workers() and not edge.workers() & before, "every worker is a new one")
    assert not slow.ended
    assert slow.result() == "." * 16


def _served(edge):
    with edge.handshake(edge.tls_context()) as connection:
        return connection.getpeercert()["serialNumber"]


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(".new")
    temporary.write_bytes(content)
    temporary.rename(path)


class _SlowRequest:
    """A request whose answer drips, one piece each 0.25 s; begun when the constructor returns."""

    def __init__(self, edge, *, pieces):
        self.text, self.ended = "", False
        began = threading.Event()

        def read():
            with edge.client() as client, client.stream("GET", f"/api/v1/drip?drip={pieces}") as answer:
                for part in answer.iter_text():
                    self.text += part
                    began.set()
            self.ended = True

        self.thread = threading.Thread(target=read)
        self.thread.start()
        assert began.wait(10)

    def result(self):
        self.thread.join(30)
        return self.text
