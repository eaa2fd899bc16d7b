"""A backlog gets every pool process of the workers, however few beat wakes: more workers are more messages a second."""

import secrets
from collections.abc import Iterator

import pytest
from psycopg.types.json import Jsonb
from servers.process import eventually
from servers.shop import Shop

# More than beat's one relay a second, of five seconds each, could keep busy.
PROCESSES = 12
MESSAGES = 240
START_SECONDS = 60.0
PREFIX = "backlog-"


@pytest.fixture
def shop(bare_shop: Shop) -> Iterator[Shop]:
    """A worker of many processes, and an SMS provider that takes a second for each message."""
    worker = bare_shop.roles["worker"]
    before = dict(worker.environment)
    worker.kill()
    worker.environment["WORKER_PROCESSES"] = str(PROCESSES)
    outage = f"{bare_shop.simulator_url}/control/outage"
    with bare_shop.client() as client:
        client.post(outage, json={"target": "sms", "kind": "slow", "for_requests": MESSAGES})
        try:
            bare_shop.ensure("worker", "beat")
            yield bare_shop
        finally:
            worker.kill()
            worker.environment = before
            client.delete(outage)
            bare_shop.query("DELETE FROM notify_effect WHERE key LIKE %s", f"{PREFIX}%")


def leased(shop: Shop) -> int:
    """How many messages are being sent."""
    return int(shop.query("SELECT count(*) FROM notify_effect WHERE lease IS NOT NULL")[0][0])


def test_every_process_performs(shop: Shop) -> None:
    """All of them at once, though two runs a second apart are five at most; and each message is received once."""
    to = f"+88017{secrets.randbelow(10**8):08d}"
    with shop.database() as connection, connection.transaction():
        for number in range(MESSAGES):
            connection.execute(
                "INSERT INTO notify_effect (id, kind, key, payload, state, attempts, last_error, traceparent)"
                " VALUES (gen_random_uuid(), 'sms', %s, %s, 'pending', 0, '', '')",
                (f"{PREFIX}{number}", Jsonb({"to": to, "text": "আপনার অর্ডার নিশ্চিত হয়েছে"})),
            )

    eventually("each process performs", lambda: leased(shop) == PROCESSES, seconds=START_SECONDS)
    eventually("all are sent", lambda: shop.pending_effects() == 0, seconds=START_SECONDS)

    assert [message.received_count for message in shop.inbox.messages(to=to)] == [1] * MESSAGES
