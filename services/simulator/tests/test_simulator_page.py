"""The payment page, as a browser gets it."""

from html.parser import HTMLParser

import pytest

from simulator.sslcommerz.behaviour import PLANS, Behaviour


class Forms(HTMLParser):
    """The forms of a page: (action, fields, whether it submits itself)."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            assert attributes["method"] == "post"
            self.found.append((attributes["action"], {}, "data-submit-at-once" in attributes))
        if tag == "input":
            self.found[-1][1][attributes["name"]] = attributes["value"]


def test_the_page_shows_amount_order_and_a_button_for_each_behaviour(simulator, shop):
    """The amount in taka with Bangladesh's grouping, the order's number, Bangla as it is, every behaviour once."""
    sessionkey = simulator.open_session(shop, total_amount="123456.50")

    page = simulator.client.get(f"/gateway/pay/{sessionkey}").text

    assert "৳1,23,456.50" in page
    assert "DC-26-ABCDEFGH" in page
    assert "রহিমা খাতুন" in page
    assert [action for action, _, _ in Forms(page).found] == [
        f"/gateway/pay/{sessionkey}/{behaviour}" for behaviour in PLANS
    ]
    assert set(PLANS) == set(Behaviour)


def test_a_button_notifies_the_shop_and_hands_the_browser_over(simulator, shop):
    """After approve: the IPN has been sent, and one form takes the same fields to success_url by itself."""
    sessionkey = simulator.open_session(shop)

    response = simulator.client.post(f"/gateway/pay/{sessionkey}/approve")

    (ipn,) = shop.fields_of("/ipn")
    assert response.status_code == 200
    assert Forms(response.text).found == [(f"{shop.url}/success", ipn, True)]
    assert "Continue to the shop" in response.text


def test_timeout_leads_nowhere(simulator, shop):
    """No form, no IPN; a link back to the choices."""
    sessionkey = simulator.open_session(shop)

    page = simulator.client.post(f"/gateway/pay/{sessionkey}/timeout").text

    assert Forms(page).found == []
    assert shop.received == []
    assert f'href="/gateway/pay/{sessionkey}"' in page


def test_a_late_payment_is_released_by_a_button(simulator, shop):
    """The page offers the release, then hands over like an approval."""
    sessionkey = simulator.open_session(shop)
    page = simulator.client.post(f"/gateway/pay/{sessionkey}/approve-late").text
    assert Forms(page).found == [(f"/gateway/pay/{sessionkey}/release", {}, False)]
    assert Forms(simulator.client.get(f"/gateway/pay/{sessionkey}").text).found == Forms(page).found

    released = simulator.client.post(f"/gateway/pay/{sessionkey}/release").text

    (ipn,) = shop.fields_of("/ipn")
    assert Forms(released).found == [(f"{shop.url}/success", ipn, True)]


def test_a_used_session_has_no_buttons(simulator, shop):
    """A second payment is refused, and the page says how the first ended."""
    sessionkey = simulator.open_session(shop)
    simulator.pay(sessionkey, "approve")

    response = simulator.client.post(f"/gateway/pay/{sessionkey}/decline")

    assert response.status_code == 409
    assert Forms(response.text).found == []
    assert "Paid" in response.text
    assert len(shop.fields_of("/ipn")) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_sessions_and_behaviours(simulator, shop, method):
    """404 with a page."""
    sessionkey = simulator.open_session(shop)
    paths = {"GET": "/gateway/pay/unknown", "POST": f"/gateway/pay/{sessionkey}/bribe"}

    response = simulator.client.request(method, paths[method])

    assert response.status_code == 404
    assert "No such payment" in response.text


def test_what_the_shop_sends_is_escaped(simulator, shop):
    """Markup in any text of the session stays text, on the page, in the hand-over and in the inbox."""
    attack = "\"'><script>alert(1)</script>"
    sessionkey = simulator.open_session(
        shop,
        cus_name=attack,
        product_name=attack,
        value_a=attack,
        tran_id=attack,
        success_url=f"{shop.url}/success?{attack}",
    )

    pages = [
        simulator.client.get(f"/gateway/pay/{sessionkey}").text,
        simulator.client.post(f"/gateway/pay/{sessionkey}/approve").text,
        simulator.client.get(f"/gateway/pay/{sessionkey}").text,
        simulator.client.get("/").text,
    ]

    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_pages_have_a_strict_policy(simulator, shop):
    """CSP without unsafe-inline, forms only to itself and the callback hosts; scripts and styles are files."""
    sessionkey = simulator.open_session(shop)
    for path in ("/", f"/gateway/pay/{sessionkey}"):
        response = simulator.client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "form-action 'self' http://127.0.0.1:* https://127.0.0.1:*" in policy
        assert "style=" not in response.text
        assert " onclick" not in response.text
        assert response.headers["x-content-type-options"] == "nosniff"
    for asset in ("style.css", "submit.js", "icon.svg"):
        assert simulator.client.get(f"/assets/{asset}").status_code == 200
