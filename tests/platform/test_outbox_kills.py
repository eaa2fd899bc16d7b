"""The outbox under SIGKILL: at each named point the performing process dies, and each effect is once in effect.

The points, in the life of an effect: its claim is not yet committed; it is claimed and nothing was sent; the receiver
has done it and the worker does not know; the worker knows and has not written it down; it is written down. Nothing
in the shop helps: requests are held by a proxy, commits by a lock.
"""

import contextlib
import os
import re
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import psycopg
import pytest
from psycopg.types.json import Jsonb
from servers.process import eventually
from servers.proxy import Moment
from servers.shop import Shop

# A worker that must be started again loads Django first, on a machine that may be busy.
STEP_SECONDS = 40.0
LEASE_IN_WORDS = "35 seconds"

INSERT = (
    "INSERT INTO notify_effect (id, kind, key, payload, state, attempts, last_error, traceparent)"
    " VALUES (gen_random_uuid(), %s, %s, %s, 'pending', 0, '', '')"
)

Kill = Callable[[Shop, int], None]


def kill_pool_process(shop: Shop, client_port: int) -> None:
    """The process that performs, alone: Celery replaces it. Found by its end of the connection that is held."""
    worker = psutil.Process(shop.roles["worker"].pid)
    for child in worker.children(recursive=True):
        # One that has just ended is gone, or a zombie, which nobody but root may ask.
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if any(connection.laddr.port == client_port for connection in child.net_connections("tcp")):
                os.kill(child.pid, signal.SIGKILL)
                return
    pytest.fail("the held connection is of no pool process")


def kill_worker(shop: Shop, client_port: int) -> None:
    """The whole worker at once, as when its container dies; then another is started."""
    shop.roles["worker"].kill()
    shop.roles["worker"].start()


victims = pytest.mark.parametrize("kill", [kill_pool_process, kill_worker])


@pytest.fixture
def shop(bare_shop: Shop) -> Iterator[Shop]:
    """Worker and beat run; nothing is left in the outbox."""
    bare_shop.ensure("worker", "beat")
    yield bare_shop
    bare_shop.sms_proxy.reset()
    bare_shop.mail_proxy.reset()
    bare_shop.query("DELETE FROM notify_effect WHERE key LIKE 'kill-%%'")


class Effect:
    """One effect asked for by this test, seen from the database and from its receiver."""

    def __init__(self, shop: Shop, *, kind: str, connection: psycopg.Connection[Any] | None = None) -> None:
        """Asked for at once, or in the transaction of a connection."""
        self.shop = shop
        self.key = f"kill-{secrets.token_hex(8)}"
        if kind == "sms":
            self.to = f"+88017{secrets.randbelow(10**8):08d}"
            payload = {"to": self.to, "text": "আপনার অর্ডার নিশ্চিত হয়েছে"}
        else:
            self.to = f"{self.key}@example.com"
            payload = {"to": self.to, "subject": "Confirmed", "text": "Your order is confirmed."}
        with contextlib.nullcontext(connection) if connection else shop.database() as asking:
            asking.execute(INSERT, (kind, self.key, Jsonb(payload)))

    def row(self, columns: str) -> tuple[Any, ...]:
        (row,) = self.shop.query(f"SELECT {columns} FROM notify_effect WHERE key = %s", self.key)
        return row

    @property
    def received(self) -> list[int]:
        """How often each message to this recipient was received."""
        return [message.received_count for message in self.shop.inbox.messages(to=self.to)]

    @property
    def is_leased(self) -> bool:
        return bool(
            self.row(f"lease IS NOT NULL AND available_at BETWEEN now() AND now() + '{LEASE_IN_WORDS}'")[0]
        )

    def end_lease(self) -> None:
        """As if the lease's time had passed."""
        assert self.is_leased
        self.shop.query("UPDATE notify_effect SET available_at = now() WHERE key = %s", self.key)

    def wait_until_done(self) -> None:
        eventually(f"{self.key} is done", lambda: self.row("state")[0] == "done", seconds=STEP_SECONDS)


@contextlib.contextmanager
def lock(shop: Shop, statement: str, *parameters: object) -> Iterator[psycopg.Connection[Any]]:
    """Hold the locks of a statement until the block ends."""
    with shop.database() as connection, connection.transaction():
        connection.execute(statement, parameters)
        yield connection


def wait_for_blocked(shop: Shop) -> tuple[int, int]:
    """The server process and the client's port of the session that waits for such a lock."""

    def blocked() -> list[tuple[Any, ...]]:
        return shop.query(
            "SELECT pid, client_port FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND query ~ '^\\s*UPDATE \"?notify_effect'"
        )

    pid, port = eventually("a session waits for the lock", blocked, seconds=STEP_SECONDS)[0]
    return pid, port


def end_session(shop: Shop, pid: int) -> None:
    """What the death of the client's machine does: the server's side of a killed process may outlive it else."""
    shop.query("SELECT pg_terminate_backend(%s, 5000)", pid)


@victims
def test_killed_before_its_claim_commits(shop: Shop, kill: Kill) -> None:
    """A claim that never committed leaves no trace: the effect is free at once, and performed once."""
    with lock(shop, "LOCK TABLE notify_effect IN SHARE ROW EXCLUSIVE MODE") as held:
        effect = Effect(shop, kind="sms", connection=held)
        pid, port = wait_for_blocked(shop)
        kill(shop, port)
        end_session(shop, pid)

    effect.wait_until_done()
    assert effect.received == [1]
    assert effect.row("attempts") == (1,)


@victims
def test_killed_after_the_claim_and_before_the_effect(shop: Shop, kill: Kill) -> None:
    """Nothing was sent; while the lease lasts nobody else takes it, then another performs it: received once."""
    hold = shop.sms_proxy.hold_next(Moment.BEFORE_REQUEST)
    effect = Effect(shop, kind="sms")
    hold.wait(seconds=STEP_SECONDS)

    kill(shop, hold.client_port)
    hold.cut()

    later = Effect(shop, kind="sms")
    later.wait_until_done()
    assert effect.is_leased
    assert effect.received == []
    effect.end_lease()
    effect.wait_until_done()
    assert effect.received == [1]
    assert effect.row("attempts") == (2,)


@victims
def test_killed_after_the_effect_and_before_the_answer(shop: Shop, kill: Kill) -> None:
    """The receiver has acted and the worker never knew: it is told the same key again, and acts once."""
    hold = shop.sms_proxy.hold_next(Moment.BEFORE_ANSWER)
    effect = Effect(shop, kind="sms")
    hold.wait(seconds=STEP_SECONDS)
    assert effect.received == [1]

    kill(shop, hold.client_port)
    hold.cut()

    effect.end_lease()
    effect.wait_until_done()
    assert effect.received == [2], "one message, which came twice and was recognised"


@victims
def test_killed_after_the_answer_and_before_it_is_recorded(shop: Shop, kill: Kill) -> None:
    """The worker knows and its mark is lost: the same, one message."""
    hold = shop.sms_proxy.hold_next(Moment.BEFORE_ANSWER)
    effect = Effect(shop, kind="sms")
    hold.wait(seconds=STEP_SECONDS)
    with lock(shop, "SELECT 1 FROM notify_effect WHERE key = %s FOR UPDATE", effect.key):
        hold.let_go()
        pid, port = wait_for_blocked(shop)
        kill(shop, port)
        end_session(shop, pid)

    assert effect.row("state") == ("pending",)
    effect.end_lease()
    effect.wait_until_done()
    assert effect.received == [2]


@victims
def test_killed_after_it_is_recorded(shop: Shop, kill: Kill) -> None:
    """What is written down stays done: the process dies over the next effect, and the first is not repeated."""
    first = Effect(shop, kind="sms")
    first.wait_until_done()
    hold = shop.sms_proxy.hold_next(Moment.BEFORE_REQUEST)
    second = Effect(shop, kind="sms")
    hold.wait(seconds=STEP_SECONDS)

    kill(shop, hold.client_port)
    hold.cut()

    second.end_lease()
    second.wait_until_done()
    assert (first.received, second.received) == ([1], [1])


def test_a_mail_is_recognised_by_its_message_id(shop: Shop) -> None:
    """Killed between the mail server's 250 and the mark: the mail is sent again, and is one mail to its reader."""
    hold = shop.mail_proxy.hold_next(Moment.BEFORE_ANSWER)
    effect = Effect(shop, kind="mail")
    hold.wait(seconds=STEP_SECONDS)
    assert effect.received == [1]

    kill_pool_process(shop, hold.client_port)
    hold.cut()

    effect.end_lease()
    effect.wait_until_done()
    assert effect.received == [2]


def test_without_the_key_the_same_kill_sends_two(shop: Shop) -> None:
    """The pair: when the key does not reach the receiver, the customer gets the message twice."""
    fresh = re.compile(rb"(?i)(idempotency-key: )[^\r]*")
    shop.sms_proxy.rewrite = lambda chunk: fresh.sub(rb"\g<1>" + secrets.token_hex(8).encode(), chunk)
    hold = shop.sms_proxy.hold_next(Moment.BEFORE_ANSWER)
    effect = Effect(shop, kind="sms")
    hold.wait(seconds=STEP_SECONDS)

    kill_pool_process(shop, hold.client_port)
    hold.cut()

    effect.end_lease()
    effect.wait_until_done()
    assert effect.received == [1, 1], "two messages"


def test_beat_killed_and_started_again(shop: Shop) -> None:
    """Without beat nothing is performed and nothing is lost; with it everything is, once."""
    shop.roles["beat"].kill()
    before = Effect(shop, kind="sms")
    shop.roles["beat"].start()
    after = Effect(shop, kind="sms")

    before.wait_until_done()
    after.wait_until_done()
    assert (before.received, after.received) == ([1], [1])
