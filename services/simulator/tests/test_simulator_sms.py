"""The SMS provider."""

import pytest


def test_the_same_key_is_one_message(simulator):
    """201 the first time, 200 with the same answer after, and a count of what was received."""
    first = simulator.send_sms(key="order-1", text="আপনার অর্ডার নিশ্চিত হয়েছে")
    second = simulator.send_sms(key="order-1", text="আপনার অর্ডার নিশ্চিত হয়েছে")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    (message,) = simulator.messages(channel="sms")
    assert (message["to"], message["text"]) == ("+8801711111111", "আপনার অর্ডার নিশ্চিত হয়েছে")
    assert (message["key"], message["received_count"]) == ("order-1", 2)


def test_different_keys_are_different_messages(simulator):
    """The same text under two keys is two messages."""
    assert simulator.send_sms(key="1").json()["id"] != simulator.send_sms(key="2").json()["id"]
    assert len(simulator.messages()) == 2


def test_a_key_is_bound_to_its_message(simulator):
    """Another text or number under a used key: 422, and nothing is counted."""
    simulator.send_sms(key="1")

    assert simulator.send_sms(key="1", text="other").status_code == 422
    assert simulator.send_sms(key="1", to="01722222222").status_code == 422
    assert [message["received_count"] for message in simulator.messages()] == [1]


@pytest.mark.parametrize("token", ["wrong", "token-for-tests2", "টোকেন"])
def test_a_wrong_token_is_refused(simulator, token):
    """401, and nothing is kept."""
    headers = {"Authorization": f"Bearer {token}".encode(), "Idempotency-Key": "1"}

    response = simulator.client.post(
        "/sms/messages", json={"to": "01711111111", "text": "x"}, headers=headers
    )

    assert response.status_code == 401
    assert simulator.messages() == []


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_is_needed(simulator, key):
    """400 without a usable Idempotency-Key."""
    assert simulator.send_sms(key=key).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"{}",
        b'{"to": "01711111111"}',
        b'{"to": "01711111111", "text": ""}',
        b'{"to": "01711111111", "text": 7}',
        b'{"to": 1711111111, "text": "x"}',
        b'{"to": "friend", "text": "x"}',
        b'{"to": "01711111111", "text": "\\ud800"}',
        b'{"to": "01711111111", "text": "\xff"}',
        b'{"to": "01711111111", "text": "' + b"x" * 1601 + b'"}',
        b"[" * 50_000,
        b'{"to": "01711111111", "text": "x"}' + b" " * 70_000,
    ],
)
def test_a_malformed_body_is_refused(simulator, body):
    """400 with a reason, and nothing is kept."""
    headers = {"Authorization": "Bearer token-for-tests", "Idempotency-Key": "1"}

    response = simulator.client.post("/sms/messages", content=body, headers=headers)

    assert response.status_code == 400
    assert response.json()["error"]
    assert simulator.messages() == []
