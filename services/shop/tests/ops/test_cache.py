"""The cache without Redis: gone, frozen and back, always answering within its budget; counters that are exact."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from django_ratelimit.core import is_ratelimited

from dhakacart.operations.redis import RedisServer
from dhakacart.operations.waiting import wait_for
from ops import metrics
from ops.cache import LOCAL_ENTRIES, OPEN_SECONDS, DegradingRedisCache, LocalEntries

# A connection and an answer may each take the socket's time-out; the rest is for a machine that does other work too.
BUDGET_SECONDS = 0.25 * 2 + 0.5


@pytest.fixture
def cache(own_redis: RedisServer) -> DegradingRedisCache:
    return DegradingRedisCache(own_redis.login_url(0), {})


def stop(server: RedisServer) -> None:
    server.stop()


def freeze(server: RedisServer) -> None:
    assert server.pid
    os.kill(server.pid, signal.SIGSTOP)


def resume(server: RedisServer) -> None:
    if server.pid:
        os.kill(server.pid, signal.SIGCONT)
    else:
        server.start()


OPERATIONS: dict[str, tuple[Callable[[DegradingRedisCache], Any], Any]] = {
    "get": (lambda cache: cache.get("key", "default"), "default"),
    "get_many": (lambda cache: cache.get_many(["key"]), {}),
    "has_key": (lambda cache: cache.has_key("key"), False),
    "set": (lambda cache: cache.set("key", 1), None),
    "set_many": (lambda cache: cache.set_many({"key": 1}), ["key"]),
    "add": (lambda cache: cache.add("counter", 1), True),
    "incr": (lambda cache: cache.incr("other-counter"), 1),
    "decr": (lambda cache: cache.decr("third-counter"), -1),
    "touch": (lambda cache: cache.touch("key"), False),
    "delete": (lambda cache: cache.delete("key"), False),
    "delete_many": (lambda cache: cache.delete_many(["key"]), None),
    "clear": (lambda cache: cache.clear(), None),
    "ping": (lambda cache: cache.ping(), False),
    "get_or_set": (lambda cache: cache.get_or_set("computed", lambda: 7), 7),
}


@pytest.mark.parametrize("lose", [stop, freeze])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_answers_in_its_budget_without_redis(
    own_redis: RedisServer, cache: DegradingRedisCache, lose: Callable[[RedisServer], None], name: str
) -> None:
    """Gone or frozen, an operation gives its harmless answer in time, over a connection that was open before."""
    cache.set("key", "kept")
    operation, harmless = OPERATIONS[name]
    lose(own_redis)

    started = time.monotonic()
    answer = operation(cache)

    assert time.monotonic() - started < BUDGET_SECONDS
    assert answer == harmless


@pytest.mark.parametrize("lose", [stop, freeze])
def test_redis_is_left_alone_and_then_tried_once(
    own_redis: RedisServer, cache: DegradingRedisCache, lose: Callable[[RedisServer], None]
) -> None:
    """After a failure a thousand operations do not ask it; once the pause is over and Redis is back, it is used."""
    lose(own_redis)
    cache.get("key")

    failures = metrics.cache_failures.labels("lost")._value.get()
    for _ in range(1000):
        cache.get("key")
    assert metrics.cache_failures.labels("lost")._value.get() == failures

    resume(own_redis)
    assert wait_for(cache.ping, timeout_seconds=OPEN_SECONDS * 2)
    cache.set("key", "stored")
    assert cache.get("key") == "stored"


def test_only_one_caller_probes_when_the_pause_is_over(
    own_redis: RedisServer, cache: DegradingRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Redis still frozen, of many threads one waits for the time-out and the others answer at once."""
    monkeypatch.setattr("ops.cache.OPEN_SECONDS", 1.0)
    freeze(own_redis)
    cache.get("key")
    assert wait_for(lambda: time.monotonic() > cache.breaker._open_until, timeout_seconds=3)
    durations: list[float] = []
    together = threading.Barrier(20)

    def ask() -> None:
        together.wait()
        started = time.monotonic()
        cache.get("key")
        durations.append(time.monotonic() - started)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(duration > 0.2 for duration in durations) == 1


@pytest.mark.parametrize("lose", [None, stop, freeze])
def test_fifty_parallel_increments_are_exact(
    own_redis: RedisServer, cache: DegradingRedisCache, lose: Callable[[RedisServer], None] | None
) -> None:
    """``add`` or else ``incr``, fifty times at once: fifty different sums, with Redis and without."""
    if lose:
        lose(own_redis)
        cache.get("key")

    def count(_: int) -> int:
        return 1 if cache.add("counter", 1, 60) else cache.incr("counter")

    with ThreadPoolExecutor(50) as pool:
        sums = list(pool.map(count, range(50)))

    assert sorted(sums) == list(range(1, 51))


def test_a_counter_that_had_vanished_does_not_live_for_ever(cache: DegradingRedisCache) -> None:
    """``incr`` of a key that expired between ``add`` and ``incr`` starts anew, with a lifetime."""
    assert cache.incr("vanished") == 1
    client = cache._client.get_client()

    assert 0 < client.ttl(cache.make_key("vanished")) <= cache.default_timeout


def test_incr_keeps_the_lifetime_that_add_gave(cache: DegradingRedisCache) -> None:
    """Counting does not push the end of a window away."""
    cache.add("counter", 1, 10)
    cache.incr("counter")

    assert 0 < cache._client.get_client().ttl(cache.make_key("counter")) <= 10


def test_rate_limits_hold_without_redis(own_redis: RedisServer, rf: Any, settings: Any) -> None:
    """django-ratelimit's own steps work on the fallback: the fourth of three is limited, not the first."""
    settings.CACHES = {
        "default": {"BACKEND": "ops.cache.DegradingRedisCache", "LOCATION": own_redis.login_url(0)}
    }
    own_redis.stop()
    request = rf.get("/")

    limited = [is_ratelimited(request, "group", key="ip", rate="3/h", increment=True) for _ in range(4)]

    assert limited == [False, False, False, True]


def test_a_refusal_of_redis_is_no_loss(own_redis: RedisServer, cache: DegradingRedisCache) -> None:
    """Redis out of memory refuses writes: they do nothing, reads go on, the breaker stays closed."""
    cache.set("key", "kept")
    cache._client.get_client().config_set("maxmemory-policy", "noeviction")
    cache._client.get_client().config_set("maxmemory", "1")

    cache.set("key", "refused")

    assert cache.get("key") == "kept"
    assert not cache.breaker.is_open


def test_what_a_process_counts_for_itself_is_bounded() -> None:
    """A flood of keys without Redis does not fill the memory, and the newest key is still counted."""
    entries = LocalEntries()
    for number in range(LOCAL_ENTRIES + 100):
        entries.add(f"key {number}", 1, 60)

    assert len(entries._entries) <= LOCAL_ENTRIES
    assert entries.incr(f"key {LOCAL_ENTRIES + 99}", 1, 60) == 2


def test_local_entries_expire() -> None:
    """A key whose time is over can be added again."""
    entries = LocalEntries()
    assert entries.add("key", 1, 0.01)

    assert wait_for(lambda: entries.add("key", 1, 60), timeout_seconds=1)


@pytest.mark.parametrize("planted", [b"\x80\x04N.", b"cos\nsystem\n(S'true'\ntR.", b"{", b"\xff\xfe"])
def test_what_another_wrote_into_redis_is_a_miss(
    cache: DegradingRedisCache, own_redis: RedisServer, planted: bytes
) -> None:
    """Not unpickled, no error: whoever can write to Redis runs no code here, and stops no request."""
    key = cache.make_and_validate_key("planted")
    redis.Redis.from_url(own_redis.login_url(0)).set(key, planted)

    assert cache.get("planted", "default") == "default"
    assert cache.get_many(["planted"]) == {}
    assert not cache.breaker.is_open


@pytest.mark.parametrize("value", [0, -3, True, None, 1.5, "মোবাইল", [1, "two"], {"three": None}])
def test_what_json_knows_comes_back_as_it_was(cache: DegradingRedisCache, value: Any) -> None:
    """Values survive the way through Redis, with their type."""
    cache.set("kept", value)

    kept = cache.get("kept", "default")
    assert kept == value
    assert type(kept) is type(value)
