"""What each behaviour sends, and what the gateway says of it afterwards."""

import asyncio
import socket

import httpx
import pytest

from simulator.settings import Settings
from simulator.sslcommerz import notification
from simulator.sslcommerz.signature import signature


@pytest.fixture
def sessionkey(simulator, shop):
    """An open session of 1150.50 BDT."""
    return simulator.open_session(shop)


def well_signed(simulator, fields):
    """Whether the shop would find the signature right."""
    keys = fields["verify_key"].split(",")
    expected = signature(fields, keys=keys, store_password=simulator.store["store_passwd"])
    return expected == fields["verify_sign"]


def test_approve_notifies_once_and_sends_the_browser_back(simulator, shop, sessionkey):
    """Paid: one well signed IPN, the same fields through the browser, and the validation agrees."""
    result = simulator.pay(sessionkey, "approve", browser=True)

    (ipn,) = shop.fields_of("/ipn")
    assert shop.fields_of("/success") == [ipn]
    assert well_signed(simulator, ipn)
    assert ipn["status"] == "VALID"
    assert (ipn["amount"], ipn["currency_amount"], ipn["currency_type"]) == ("1150.50", "1150.50", "BDT")
    assert (ipn["tran_id"], ipn["value_a"]) == ("DC-26-ABCDEFGH-1", "DC-26-ABCDEFGH")
    assert (ipn["risk_level"], ipn["risk_title"]) == ("0", "Safe")
    assert simulator.validate(ipn["val_id"])["amount"] == "1150.50"
    assert [delivery["status_code"] for delivery in result["ipn"]] == [200]
    assert result["browser"]["answer"] == "noted"


def test_the_notification_has_the_documented_fields(simulator, shop, sessionkey, documented):
    """Every documented field is there, but for cus_fax, which only the example has."""
    simulator.pay(sessionkey, "approve")

    (ipn,) = shop.fields_of("/ipn")
    example = documented("notification")
    assert set(example) - set(ipn) == {"cus_fax"}
    assert set(ipn) - set(example) == {"error", "card_sub_brand"}
    assert set(example["verify_key"].split(",")) <= set(ipn["verify_key"].split(","))


def test_without_browser_nothing_goes_to_the_return_address(simulator, shop, sessionkey):
    """browser=false: only the IPN is sent."""
    result = simulator.pay(sessionkey, "approve")

    assert [path for path, _ in shop.received] == ["/ipn"]
    assert result["browser"] is None
    assert result["return_url"] == f"{shop.url}/success"


@pytest.mark.parametrize(
    ("behaviour", "status", "path"),
    [("decline", "FAILED", "/fail"), ("cancel", "CANCELLED", "/cancel")],
)
def test_decline_and_cancel(simulator, shop, sessionkey, behaviour, status, path):
    """No payment: a well signed IPN without validation id, the browser at its address, FAILED in the query."""
    simulator.pay(sessionkey, behaviour, browser=True)

    (ipn,) = shop.fields_of("/ipn")
    assert (ipn["status"], ipn["val_id"], ipn["store_amount"]) == (status, "", "")
    assert ipn["error"]
    assert well_signed(simulator, ipn)
    assert shop.fields_of(path) == [ipn]
    assert simulator.query(sessionkey=sessionkey)["status"] == "FAILED"


def test_timeout_tells_nobody_and_leaves_the_session_open(simulator, shop, sessionkey):
    """Neither IPN nor redirect; a later approval is a late payment."""
    result = simulator.pay(sessionkey, "timeout", browser=True)

    assert shop.received == []
    assert (result["return_url"], result["browser"], result["fields"]) == (None, None, {})
    assert simulator.query(sessionkey=sessionkey)["status"] == "PENDING"

    simulator.pay(sessionkey, "approve")
    assert [ipn["status"] for ipn in shop.fields_of("/ipn")] == ["VALID"]


def test_approve_twice_sends_the_same_notification_twice(simulator, shop, sessionkey):
    """Two equal IPNs for one payment, and one return of the browser."""
    simulator.pay(sessionkey, "approve-twice", browser=True)

    first, second = shop.fields_of("/ipn")
    assert first == second
    assert len(shop.fields_of("/success")) == 1
    assert simulator.query(tran_id="DC-26-ABCDEFGH-1")["no_of_trans_found"] == 1


def test_approve_late_is_silent_until_released(simulator, shop, sessionkey):
    """Pending and silent; after the release paid and notified; a second release is refused."""
    simulator.pay(sessionkey, "approve-late", browser=True)
    assert shop.received == []
    assert simulator.query(sessionkey=sessionkey)["status"] == "PENDING"

    result = simulator.client.post(f"/control/release/{sessionkey}").json()

    (ipn,) = shop.fields_of("/ipn")
    assert (ipn["status"], ipn["amount"]) == ("VALID", "1150.50")
    assert well_signed(simulator, ipn)
    assert result["status"] == "VALID"
    assert simulator.validate(ipn["val_id"])["status"] == "VALID"
    assert simulator.client.post(f"/control/release/{sessionkey}").status_code == 409


def test_approve_risky_says_so_everywhere(simulator, shop, sessionkey):
    """Paid with risk_level 1, in the notification and in the validation."""
    simulator.pay(sessionkey, "approve-risky")

    (ipn,) = shop.fields_of("/ipn")
    assert (ipn["risk_level"], ipn["risk_title"]) == ("1", "Not Safe")
    assert simulator.validate(ipn["val_id"])["risk_level"] == "1"


def test_lie_is_only_a_browsers_word(simulator, shop, sessionkey):
    """A forged, badly signed success through the browser; no IPN, no payment, an unknown validation id."""
    simulator.pay(sessionkey, "lie", browser=True)

    assert shop.fields_of("/ipn") == []
    (claim,) = shop.fields_of("/success")
    assert (claim["status"], claim["amount"]) == ("VALID", "1150.50")
    assert claim["val_id"]
    assert not well_signed(simulator, claim)
    assert simulator.validate(claim["val_id"]) == {"status": "INVALID_TRANSACTION", "APIConnect": "DONE"}
    assert simulator.query(tran_id="DC-26-ABCDEFGH-1")["element"] == []


def test_lie_about_the_amount_shows_in_the_validation(simulator, shop, sessionkey):
    """A well signed IPN over the whole amount; the validation tells of a hundredth."""
    simulator.pay(sessionkey, "lie-amount")

    (ipn,) = shop.fields_of("/ipn")
    assert ipn["amount"] == "1150.50"
    assert well_signed(simulator, ipn)
    validation = simulator.validate(ipn["val_id"])
    assert (validation["status"], validation["amount"], validation["currency_amount"]) == (
        "VALID",
        "11.50",
        "11.50",
    )


def test_lie_about_the_currency_shows_in_the_validation(simulator, shop, sessionkey):
    """A well signed IPN in taka; the validation has the same numbers, but another currency_type."""
    simulator.pay(sessionkey, "lie-currency")

    (ipn,) = shop.fields_of("/ipn")
    assert ipn["currency_type"] == "BDT"
    assert well_signed(simulator, ipn)
    validation = simulator.validate(ipn["val_id"])
    assert (validation["amount"], validation["currency"]) == ("1150.50", "BDT")
    assert (validation["currency_amount"], validation["currency_type"]) == ("1150.50", "USD")


def test_bad_signature_is_on_the_notification_of_a_real_payment(simulator, shop, sessionkey):
    """Paid, as the query tells; but neither IPN nor browser carries a good signature."""
    simulator.pay(sessionkey, "bad-signature", browser=True)

    (ipn,) = shop.fields_of("/ipn")
    (browsed,) = shop.fields_of("/success")
    assert not well_signed(simulator, ipn)
    assert not well_signed(simulator, browsed)
    assert simulator.query(sessionkey=sessionkey)["status"] == "VALID"


@pytest.mark.parametrize("first", ["approve", "decline", "cancel", "approve-late"])
def test_a_session_is_used_once(simulator, shop, sessionkey, first):
    """After an outcome, nothing more can be done in the session."""
    simulator.pay(sessionkey, first)
    sent = len(shop.received)

    response = simulator.client.post(f"/control/pay/{sessionkey}/approve")

    assert response.status_code == 409
    assert len(shop.received) == sent


def test_another_currency_is_converted_at_the_documented_rate(simulator, shop):
    """100 USD are asked for; amount is 8222.00 BDT, currency_amount stays 100.00 USD."""
    simulator.pay(simulator.open_session(shop, total_amount="100", currency="USD"), "approve")

    (ipn,) = shop.fields_of("/ipn")
    assert (ipn["amount"], ipn["currency"]) == ("8222.00", "BDT")
    assert (ipn["currency_amount"], ipn["currency_type"], ipn["currency_rate"]) == (
        "100.00",
        "USD",
        "82.2200",
    )


def test_without_an_ipn_address_only_the_browser_tells(simulator, shop):
    """ipn_url is not mandatory: then no IPN is sent."""
    result = simulator.pay(simulator.open_session(shop, ipn_url=None), "approve", browser=True)

    assert [path for path, _ in shop.received] == ["/success"]
    assert result["ipn"] == []


def test_a_shop_that_fails_is_reported(simulator, shop, sessionkey):
    """The shop's status code is in the answer, and the payment stands all the same."""
    shop.status_code = 503

    result = simulator.pay(sessionkey, "approve")

    assert result["ipn"][0]["status_code"] == 503
    assert result["status"] == "VALID"


def test_a_shop_that_is_gone_is_reported(simulator, shop):
    """A connection that is refused is reported as an error, and the payment stands all the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = f"http://127.0.0.1:{listener.getsockname()[1]}/ipn"
    result = simulator.pay(simulator.open_session(shop, ipn_url=gone), "approve")

    assert result["ipn"][0]["status_code"] is None
    assert "ConnectError" in result["ipn"][0]["error"]
    assert result["status"] == "VALID"


def test_a_shop_that_hangs_is_given_up(monkeypatch):
    """A shop that accepts the connection and says nothing is given up after the time-out."""
    monkeypatch.setattr(notification, "CALLBACK_TIMEOUT_SECONDS", 0.1)
    settings = Settings(
        host="127.0.0.1",
        port=1,
        smtp_port=2,
        public_url="http://127.0.0.1:1",
        store_id="store",
        store_password="password",
        sms_token="token",
        callback_hosts=frozenset({"127.0.0.1"}),
    )

    async def deliver_to(url):
        async with asyncio.timeout(5), httpx.AsyncClient(trust_env=False) as client:
            return await notification.deliver(client, url=url, fields={}, settings=settings)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        delivery = asyncio.run(deliver_to(f"http://127.0.0.1:{silent.getsockname()[1]}/ipn"))

    assert (delivery.status_code, delivery.error) == (None, "TimeoutError")


@pytest.mark.parametrize(
    ("path", "status_code"),
    [
        ("/control/pay/unknown/approve", 404),
        ("/control/release/unknown", 404),
        ("/control/pay/{sessionkey}/bribe", 404),
        ("/control/pay/{sessionkey}/approve?browser=maybe", 400),
        ("/control/release/{sessionkey}?browser=maybe", 400),
        ("/control/release/{sessionkey}", 409),
    ],
)
def test_what_cannot_be_done_is_refused(simulator, sessionkey, path, status_code):
    """Unknown sessions and behaviours, and odd parameters, are refused with a reason."""
    response = simulator.client.post(path.format(sessionkey=sessionkey))

    assert response.status_code == status_code
    assert response.json()["error"]
