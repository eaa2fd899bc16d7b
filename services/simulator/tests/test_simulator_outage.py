"""Outages on demand."""

import smtplib
import time
from email.message import EmailMessage

import httpx
import pytest

from simulator.outage import SLOW_SECONDS


def begin(simulator, **outage):
    """Begin an outage."""
    return simulator.client.post("/control/outage", json=outage)


def send_mail(simulator, message_id="<1@x>", patience_seconds=0.5):
    """Send a mail."""
    message = EmailMessage()
    message["Message-ID"] = message_id
    message.set_content("x")
    with smtplib.SMTP("127.0.0.1", simulator.smtp_port, timeout=patience_seconds) as client:
        client.send_message(message, "shop@dhakacart.test", ["rahima@example.com"])


def gateway_requests(simulator):
    """One request to each address of the gateway's API."""
    return [
        simulator.client.post("/gwprocess/v4/api.php", data=simulator.store),
        simulator.client.get("/validator/api/validationserverAPI.php", params=simulator.store),
        simulator.client.get("/validator/api/merchantTransIDvalidationAPI.php", params=simulator.store),
    ]


def test_an_outage_lasts_for_so_many_requests(simulator):
    """The gateway is the default; its whole API fails, then works again."""
    assert begin(simulator, kind="error", for_requests=3).json() == {
        "gateway": {"kind": "error", "for_requests": 3}
    }

    assert [response.status_code for response in gateway_requests(simulator)] == [500, 500, 500]
    assert [response.status_code for response in gateway_requests(simulator)] == [200, 200, 200]
    assert simulator.client.get("/control/outage").json() == {}


def test_only_the_target_is_hit(simulator):
    """An outage of SMS leaves gateway and mail alone."""
    begin(simulator, target="sms", kind="error", for_requests=1)

    assert [response.status_code for response in gateway_requests(simulator)] == [200, 200, 200]
    send_mail(simulator)
    assert simulator.send_sms(key="1").status_code == 500
    assert simulator.send_sms(key="1").status_code == 201


def test_garbage_is_no_json(simulator):
    """200 with a body that is not of the protocol."""
    begin(simulator, kind="garbage", for_requests=1)

    response = gateway_requests(simulator)[0]

    assert response.status_code == 200
    with pytest.raises(ValueError, match=r".+"):
        response.json()


@pytest.mark.parametrize("target", ["gateway", "sms"])
def test_hanging_requests_are_not_answered(simulator, target):
    """The client's own time-out ends them, and others are served meanwhile."""
    begin(simulator, target=target, kind="hang", for_requests=1)
    path = {"gateway": "/gwprocess/v4/api.php", "sms": "/sms/messages"}[target]

    with httpx.Client(base_url=simulator.url, trust_env=False, timeout=0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(path)
        assert client.get("/healthz").status_code == 200


def test_a_lost_answer_has_done_the_work(simulator):
    """SMS: 500, but the message is there; trying again with the same key adds nothing."""
    begin(simulator, target="sms", kind="lost-answer", for_requests=1)

    assert simulator.send_sms(key="1").status_code == 500
    assert simulator.send_sms(key="1").status_code == 200
    assert [one["received_count"] for one in simulator.messages()] == [2]


def test_slow_is_right_but_late(simulator):
    """SMS and mail are taken, not sooner than SLOW_SECONDS; the next ones are as quick as ever."""
    for target in ("sms", "mail"):
        begin(simulator, target=target, kind="slow", for_requests=1)
    began = time.monotonic()

    assert simulator.send_sms(key="1").status_code == 201
    assert time.monotonic() - began >= SLOW_SECONDS
    send_mail(simulator, patience_seconds=10)
    assert time.monotonic() - began >= 2 * SLOW_SECONDS

    assert simulator.client.get("/control/outage").json() == {}
    assert {one["received_count"] for one in simulator.messages()} == {1}
    assert len(simulator.messages()) == 2


@pytest.mark.parametrize(
    ("kind", "error", "kept"),
    [
        ("error", smtplib.SMTPDataError, 0),
        ("garbage", smtplib.SMTPException, 0),
        ("hang", smtplib.SMTPServerDisconnected, 0),
        ("lost-answer", smtplib.SMTPDataError, 1),
    ],
)
def test_mail_breaks_likewise(simulator, kind, error, kept):
    """Each kind makes sending fail, only a lost answer keeps the mail; the next attempt gets through, once."""
    begin(simulator, target="mail", kind=kind, for_requests=1)

    with pytest.raises(error):
        send_mail(simulator)
    assert len(simulator.messages()) == kept

    send_mail(simulator)
    assert [one["received_count"] for one in simulator.messages()] == [1 + kept]


def test_outages_are_shown_and_ended(simulator):
    """The inbox warns of them; DELETE and zero requests end them."""
    begin(simulator, kind="error", for_requests=7)
    begin(simulator, target="mail", kind="hang", for_requests=2)
    assert "gateway answers with error for 7 more requests" in simulator.client.get("/").text

    assert begin(simulator, kind="error", for_requests=0).json() == {
        "mail": {"kind": "hang", "for_requests": 2}
    }
    assert simulator.client.delete("/control/outage").json() == {}
    assert simulator.client.get("/control/outage").json() == {}


@pytest.mark.parametrize(
    "outage",
    [
        {},
        {"kind": "error"},
        {"for_requests": 1},
        {"kind": "flood", "for_requests": 1},
        {"kind": "error", "for_requests": -1},
        {"kind": "error", "for_requests": 1.5},
        {"kind": "error", "for_requests": True},
        {"kind": "error", "for_requests": "1"},
        {"kind": "error", "for_requests": 10**9},
        {"kind": "error", "for_requests": 1, "target": "moon"},
    ],
)
def test_a_malformed_outage_is_refused(simulator, outage):
    """400 with a reason, and nothing breaks."""
    response = begin(simulator, **outage)

    assert response.status_code == 400
    assert response.json()["error"]
    assert simulator.client.get("/control/outage").json() == {}
