"""The inbox, as a page and as JSON."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def html_mail(simulator):
    """A mail with an HTML part, in the inbox."""
    with smtplib.SMTP("127.0.0.1", simulator.smtp_port, timeout=5) as client:
        client.sendmail(
            "shop@dhakacart.test",
            ["rahima@example.com"],
            b"Message-ID: <1@x>\r\nSubject: Hello\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            b"<script>alert(1)</script><p>Thanks</p>",
        )
    return simulator.messages(channel="mail")[0]


def test_messages_are_filtered_and_newest_first(simulator, html_mail):
    """By recipient without regard to case, by channel; newest first."""
    simulator.send_sms(key="1", text="first")
    simulator.send_sms(key="2", text="second")

    assert [one["text"] for one in simulator.messages(channel="sms")] == ["second", "first"]
    assert simulator.messages(to="RAHIMA@example.com") == [html_mail]
    assert simulator.messages(to="rahima@example.com", channel="sms") == []
    assert len(simulator.messages(to="", channel="")) == 3
    assert simulator.client.get("/api/messages", params={"channel": "pigeon"}).status_code == 400


def test_a_message_has_these_fields(simulator):
    """The shape that tests rely on; the time is UTC and now."""
    simulator.send_sms(key="1", text="hello")

    (message,) = simulator.messages()
    assert set(message) == {
        "id",
        "channel",
        "to",
        "subject",
        "text",
        "html",
        "key",
        "received_count",
        "at",
    }
    assert message["at"].endswith("Z")
    assert datetime.now(UTC) - datetime.fromisoformat(message["at"]) < timedelta(minutes=1)


def test_deleted_messages_are_forgotten(simulator):
    """DELETE empties the inbox, and a key that was used is new again."""
    simulator.send_sms(key="1")

    assert simulator.client.delete("/api/messages").json() == {"deleted": 1}
    assert simulator.messages() == []
    assert simulator.send_sms(key="1").status_code == 201


def test_the_page_shows_messages_and_payments(simulator, shop):
    """Text with its links, how often it came, the payment with its amount; Bangla and markup as text."""
    simulator.send_sms(key="1", text="অর্ডার <b>DC</b>: http://127.0.0.1:5173/orders/abc?a=1&b=2।")
    simulator.send_sms(key="1", text="অর্ডার <b>DC</b>: http://127.0.0.1:5173/orders/abc?a=1&b=2।")
    simulator.open_session(shop)

    page = simulator.client.get("/").text

    assert "অর্ডার &lt;b&gt;DC&lt;/b&gt;: " in page
    assert '<a href="http://127.0.0.1:5173/orders/abc?a=1&amp;b=2" ' in page
    assert "received 2 times" in page
    assert "৳1,150.50" in page


def test_an_empty_page_says_so(simulator):
    """Nothing yet is said in words."""
    page = simulator.client.get("/").text

    assert "No mail and no SMS yet." in page
    assert "No payment session yet." in page


def test_the_html_of_a_mail_is_shown_in_a_sandbox(simulator, html_mail):
    """It is served as it is, under a policy that lets nothing run or load."""
    response = simulator.client.get(f"/messages/{html_mail['id']}/html")

    assert "<p>Thanks</p>" in response.text
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; sandbox")
    assert "allow-scripts" not in policy
    assert simulator.client.get("/messages/0/html").status_code == 404


def test_payments_are_listed(simulator, shop):
    """GET /api/payments: the sessions, newest first, and by tran_id."""
    simulator.pay(simulator.open_session(shop), "approve")
    simulator.open_session(shop, tran_id="DC-26-OTHER-1")

    payments = simulator.client.get("/api/payments").json()
    assert [(one["tran_id"], one["status"]) for one in payments] == [
        ("DC-26-OTHER-1", "OPEN"),
        ("DC-26-ABCDEFGH-1", "VALID"),
    ]
    (payment,) = simulator.client.get("/api/payments", params={"tran_id": "DC-26-OTHER-1"}).json()
    assert payment["sessionkey"] == payments[0]["sessionkey"]
