"""A purchase from end to end on the cluster: through edge by TLS, paid by the gateway, told by mail and SMS."""

import base64
import json
import ssl

import httpx
import pytest
from cryptography import x509
from servers.cluster import ClusterShop, until
from servers.gateway import approve_without_browser
from servers.process import eventually
from servers.shopper import Shopper

PAID_SECONDS = 60.0
MESSAGE_SECONDS = 60.0
# kubelet looks at a mounted Secret about once a minute, edge at its files every few seconds.
RENEWAL_SECONDS = 180.0


def test_an_order_is_confirmed(shop: ClusterShop) -> None:
    """Cash on delivery, as a customer with an account: page, search, order, and one mail and one SMS of it."""
    with shop.client(timeout=20) as client:
        page = client.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert '<div id="root"' in page.text
    with Shopper(shop) as shopper:
        shopper.register()
        shopper.log_in()
        shopper.search("phone")
        order = shopper.buy(shopper.browse())

        for to in (shopper.email, shopper.phone):
            message = shop.inbox.wait_for(to=to, containing=order["number"], seconds=MESSAGE_SECONDS)
            assert message.received_count == 1
            assert shop.urls()["storefront"] in message.text

        assert [visit for visit in shopper.visits if visit.status >= 400] == []


def test_the_gateways_notification_pays_an_order(shop: ClusterShop) -> None:
    """No browser reports the payment: the gateway's call alone does, through edge, whose certificate it verifies."""
    simulator = shop.urls()["simulator"]
    with Shopper(shop) as shopper:
        # given an order whose payment page is open
        order = shopper.buy(shopper.browse(), payment_method="sslcommerz")
        redirect = shopper.post(f"/orders/{order['token']}/payment").json()["redirect_url"]

        # when it is approved, and the browser never comes back
        paid = approve_without_browser(simulator, redirect)

        # then the notification was taken, the order is paid, and the customer is told
        assert [delivery["status_code"] for delivery in paid["ipn"]] == [200], paid["ipn"]
        eventually(
            "the order is paid",
            lambda: shopper.get(f"/orders/{order['token']}").json()["payment"]["status"] == "paid",
            seconds=PAID_SECONDS,
        )
        shop.inbox.wait_for(to=shopper.email, containing=order["number"], seconds=MESSAGE_SECONDS)


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


def test_edge_shows_a_renewed_certificate(shop: ClusterShop) -> None:
    """cert-manager renews; every edge shows the new one without a restart, and nobody is refused meanwhile."""
    before = shown(shop)
    pods = {pod["metadata"]["uid"]: restarts(pod) for pod in shop.pods("edge")}

    # As its command `renew` does: the condition Issuing.
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
    assert {pod["metadata"]["uid"]: restarts(pod) for pod in shop.pods("edge")} == pods


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
