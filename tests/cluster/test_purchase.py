"""A purchase from end to end on the cluster: through edge by TLS, paid by the gateway, told by mail and SMS."""

from servers.cluster import ClusterShop
from servers.gateway import approve_without_browser
from servers.process import eventually
from servers.shopper import Shopper

PAID_SECONDS = 60.0
MESSAGE_SECONDS = 60.0


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
