"""TLS at the cluster's edge: whom it convinces, that a handshake is made once, and a renewal that nobody notices."""

import base64
import json
import secrets
import socket
import ssl

import httpx
import pytest
from cryptography import x509
from servers.cluster import ClusterShop, until
from servers.cluster_load import SteadyLoad

# kubelet looks at a mounted Secret about once a minute, edge at its files every few seconds.
RENEWAL_SECONDS = 180.0
REQUESTS_PER_SECOND = 10.0
LOG_SECONDS = 30.0
# Of so many connections one edge of two gets none in one run of half a billion.
CONNECTIONS = 30


def test_only_the_authoritys_certificate_is_shown(shop: ClusterShop) -> None:
    """Whoever does not know the authority refuses edge; plain HTTP is sent to HTTPS."""
    host, port = shop.address
    url = f"https://{host}:{port}/"
    with httpx.Client(verify=ssl.create_default_context(), trust_env=False) as stranger:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            stranger.get(url, extensions={"sni_hostname": "localhost"})
        if shop.load_balancer:
            plain = stranger.get(f"http://{host}/p/x", headers={"Host": "localhost"})
            assert plain.status_code in (301, 308)
            assert plain.headers["location"].startswith("https://localhost")


def test_a_session_resumes_at_every_edge(shop: ClusterShop) -> None:
    """Whichever edge answers the next connection, the handshake is not made anew: all have the same ticket keys."""
    word, context = secrets.token_hex(8), shop.tls
    with visit(shop, context, f"/p/{word}") as first:
        assert not first.session_reused
        session = first.session
    for _ in range(CONNECTIONS):
        with visit(shop, context, f"/p/{word}", session=session) as another:
            assert another.session_reused

    # Each edge has answered some, and none but the very first was without a session.
    until(
        "each edge has logged its own",
        lambda: sum(map(len, resumed(shop, word).values())) > CONNECTIONS,
        seconds=LOG_SECONDS,
    )
    found = resumed(shop, word)
    assert all("r" in answers for answers in found.values()), found
    assert sorted(one for answers in found.values() for one in answers) == [".", *["r"] * CONNECTIONS]


def visit(
    shop: ClusterShop, context: ssl.SSLContext, path: str, *, session: ssl.SSLSession | None = None
) -> ssl.SSLSocket:
    """A new connection on which one page was answered (TLS 1.3 sends its tickets after the handshake)."""
    plain = socket.create_connection(shop.address, timeout=10)
    secure = context.wrap_socket(plain, server_hostname="localhost", session=session)
    secure.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert secure.recv(4096).startswith(b"HTTP/1.1 200")
    return secure


def resumed(shop: ClusterShop, word: str) -> dict[str, list[str]]:
    """By edge: `r` for each request of this path whose connection had an old session, `.` for a new one."""
    lines = {
        name: shop.kubectl.call("logs", name, "--since=5m").splitlines()
        for name in (str(pod["metadata"]["name"]) for pod in shop.pods("edge"))
    }
    return {
        name: [str(json.loads(one)["tls.resumed"]) for one in found if word in one]
        for name, found in lines.items()
    }


def test_edge_shows_a_renewed_certificate(shop: ClusterShop) -> None:
    """cert-manager renews; every edge shows the new one without a restart, and nobody is refused meanwhile."""
    before = shown(shop)
    pods = {pod["metadata"]["uid"]: restarts(pod) for pod in shop.pods("edge")}

    with SteadyLoad(shop, REQUESTS_PER_SECOND) as load:
        renew(shop, before)

    assert {pod["metadata"]["uid"]: restarts(pod) for pod in shop.pods("edge")} == pods
    assert load.failures == []


def renew(shop: ClusterShop, before: int) -> None:
    """Returns when every edge shows the new one."""
    # As cert-manager's command `renew` does: the condition Issuing.
    condition = {"type": "Issuing", "status": "True", "reason": "ManuallyTriggered", "message": "by a test"}
    renewal = json.dumps({"status": {"conditions": [condition]}})
    shop.kubectl.call("patch", "certificate", "edge", "--subresource=status", "--type=merge", "-p", renewal)

    def renewed() -> bool:
        return issued(shop) != before

    until("cert-manager has renewed it", renewed, seconds=RENEWAL_SECONDS)
    # kubelet looks at a pod that has changed at once, else every minute or so.
    shop.kubectl.call(
        "annotate", "pods", "--selector", "app.kubernetes.io/name=edge", "dhakacart/renewed=now"
    )
    # The balancer sends connections to all of them: a row of answers has met each.
    until(
        "edge shows it", lambda: {shown(shop) for _ in range(12)} == {issued(shop)}, seconds=RENEWAL_SECONDS
    )


def restarts(pod: dict) -> int:
    return sum(one["restartCount"] for one in pod["status"]["containerStatuses"])


def issued(shop: ClusterShop) -> int:
    """The serial number of the certificate in edge's Secret."""
    [secret] = shop.kubectl.items("secrets", "--field-selector", "metadata.name=edge-certificate")
    return x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["tls.crt"])).serial_number


def shown(shop: ClusterShop) -> int:
    """The serial number of the certificate that edge proves to have, on a new connection."""
    with shop.client(timeout=20) as client, client.stream("GET", "/api/v1/catalog/categories") as answer:
        assert answer.status_code == 200
        tls = answer.extensions["network_stream"].get_extra_info("ssl_object")
        return x509.load_der_x509_certificate(tls.getpeercert(True)).serial_number
