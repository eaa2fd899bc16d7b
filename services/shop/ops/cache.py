"""A Redis cache that the shop survives losing.

Whether Redis is gone or frozen, every operation answers within a small budget: a read misses, a write does nothing,
and a counter (``add`` then ``incr``, as django-ratelimit has it) goes on in this process alone. After a failure Redis
is left alone for a while, so that not every request waits for a time-out.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops import metrics

log = logging.getLogger(__name__)
T = TypeVar("T")

SOCKET_TIMEOUT_SECONDS = 0.25  # one operation: at most this to connect and this for the answer
OPEN_SECONDS = 5.0  # how long Redis is left alone after a failure; then one caller tries
LOCAL_ENTRIES = 10_000  # bound of what a process counts for itself


class Breaker:
    """Remembers that Redis failed: closed (ask it), open (do not), half open (one caller asks, the others do not)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self._open_until > 0

    def allows(self) -> bool:
        """Whether this caller may ask Redis. When the pause is over, the first who asks this is the probe."""
        if not self.is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + OPEN_SECONDS
            return True

    def failed(self, error: Exception) -> None:
        with self._lock:
            was_open, self._open_until = self.is_open, time.monotonic() + OPEN_SECONDS
        if not was_open:
            log.warning("Redis is lost, going on without: %s", type(error).__name__)

    def succeeded(self) -> None:
        if self.is_open:
            self._open_until = 0.0
            log.warning("Redis is back")


class LocalEntries:
    """What a process remembers for itself while Redis is lost: bounded, expiring, safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[Any, float]] = {}

    def add(self, key: str, value: Any, timeout: float | None) -> bool:
        with self._lock:
            if self._live(key) is not None:
                return False
            self._put(key, value, timeout)
            return True

    def get(self, key: str, default: Any) -> Any:
        with self._lock:
            entry = self._live(key)
            return default if entry is None else entry[0]

    def incr(self, key: str, delta: int, timeout: float | None) -> int:
        with self._lock:
            entry = self._live(key)
            if entry is None:
                self._put(key, delta, timeout)
                return delta
            value: int = entry[0] + delta
            self._entries[key] = (value, entry[1])
            return value

    def forget(self, keys: Iterable[str]) -> None:
        with self._lock:
            for key in keys:
                self._entries.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def _live(self, key: str) -> tuple[Any, float] | None:
        entry = self._entries.get(key)
        return entry if entry is not None and entry[1] > time.monotonic() else None

    def _put(self, key: str, value: Any, timeout: float | None) -> None:
        self._entries.pop(key, None)
        if len(self._entries) >= LOCAL_ENTRIES:
            now = time.monotonic()
            self._entries = {k: entry for k, entry in self._entries.items() if entry[1] > now}
            while len(self._entries) >= LOCAL_ENTRIES:
                self._entries.pop(next(iter(self._entries)))
        lifetime = float("inf") if timeout is None else timeout
        self._entries[key] = (value, time.monotonic() + lifetime)


class JsonSerializer:
    """Values as JSON, counters as the plain integers that Redis adds to.

    Never pickle, Django's default: whoever can write to Redis could run code here.
    """

    def dumps(self, value: Any) -> bytes | int:
        """Raises TypeError for what JSON does not know."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        """Raises ValueError for what is not JSON."""
        return json.loads(data)


class _Client(RedisCacheClient):
    """Django's client without retries, and with a `count` that is one atomic step."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(
            servers,
            **{
                "socket_timeout": SOCKET_TIMEOUT_SECONDS,
                "socket_connect_timeout": SOCKET_TIMEOUT_SECONDS,
                "retry": Retry(NoBackoff(), 0),  # redis-py would try three times more
                "protocol": 2,  # 3 begins each connection with further questions
                "driver_info": None,
                "serializer": JsonSerializer(),
                **options,
            },
        )

    def count(self, key: str, delta: int, timeout: int | None) -> int:
        """Redis' INCRBY, and EXPIRE NX so that a counter that had just expired does not come back for ever."""
        pipeline = self.get_client(key, write=True).pipeline(transaction=True)
        pipeline.incrby(key, delta)
        if timeout is not None:
            pipeline.expire(key, timeout, nx=True)
        return int(pipeline.execute()[0])

    def ping(self) -> bool:
        return bool(self.get_client().ping())


class _Shared:
    """What all threads of a process share for one Redis; Django makes a cache object for each thread."""

    def __init__(self, servers: list[str], options: dict[str, Any]) -> None:
        self.client = _Client(servers, **options)
        self.breaker = Breaker()
        self.local = LocalEntries()


_shared: dict[tuple[str, ...], _Shared] = {}
_shared_lock = threading.Lock()


class DegradingRedisCache(RedisCache):
    """Django's Redis cache; differs in that it never raises for a lost Redis, and in `incr`."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        servers = [server] if isinstance(server, str) else list(server)
        with _shared_lock:
            name = tuple(servers)
            if name not in _shared:
                _shared[name] = _Shared(servers, params.get("OPTIONS", {}))
        shared = _shared[name]
        self._cache = self._client = shared.client  # the parent's methods know it by the first name
        self.breaker = shared.breaker
        self._local = shared.local

    def _ask(self, operation: Callable[[], T], instead: Callable[[], T]) -> T:
        if not self.breaker.allows():
            return instead()
        try:
            result = operation()
        except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
            self.breaker.failed(error)
            metrics.cache_failures.labels("lost").inc()
            return instead()
        except redis.ResponseError as error:  # it lives and refuses: out of memory, read-only
            log.warning("Redis refused an operation: %s", error)
            metrics.cache_failures.labels("refused").inc()
            return instead()
        except (json.JSONDecodeError, UnicodeDecodeError):
            log.warning("Redis held a value that this shop did not write")
            metrics.cache_failures.labels("foreign").inc()
            return instead()
        self.breaker.succeeded()
        return result

    def _seconds(self, timeout: Any) -> int | None:
        seconds = self.get_backend_timeout(timeout)
        return None if seconds is None else int(seconds)

    def ping(self) -> bool:
        """Whether Redis answers; False at once while it is being left alone."""
        return self._ask(self._client.ping, lambda: False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """True if the key was not there; without Redis: not there in this process."""
        key = self.make_and_validate_key(key, version=version)
        seconds = self._seconds(timeout)
        return self._ask(
            lambda: self._client.add(key, value, seconds), lambda: self._local.add(key, value, seconds)
        )

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add atomically and return the sum. Unlike Django's, a missing counter begins at 0 and is no error."""
        key = self.make_and_validate_key(key, version=version)
        seconds = self._seconds(DEFAULT_TIMEOUT)
        return self._ask(
            lambda: self._client.count(key, delta, seconds), lambda: self._local.incr(key, delta, seconds)
        )

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value or ``default``; without Redis only what this process has added or counted since."""
        key = self.make_and_validate_key(key, version=version)
        return self._ask(lambda: self._client.get(key, default), lambda: self._local.get(key, default))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(lambda: super(DegradingRedisCache, self).set(key, value, timeout, version), lambda: None)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda: super(DegradingRedisCache, self).touch(key, timeout, version), lambda: False)

    def delete(self, key: str, version: int | None = None) -> bool:
        self._local.forget([self.make_and_validate_key(key, version=version)])
        return self._ask(lambda: super(DegradingRedisCache, self).delete(key, version), lambda: False)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        wanted = list(keys)
        if not wanted:
            return {}
        return self._ask(lambda: super(DegradingRedisCache, self).get_many(wanted, version), dict)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask(lambda: super(DegradingRedisCache, self).has_key(key, version), lambda: False)

    def set_many(
        self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Empty; without Redis the keys, since none was stored."""
        return self._ask(
            lambda: super(DegradingRedisCache, self).set_many(data, timeout, version), lambda: list(data)
        )

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        unwanted = list(keys)
        self._local.forget(self.make_and_validate_key(key, version=version) for key in unwanted)
        self._ask(lambda: super(DegradingRedisCache, self).delete_many(unwanted, version), lambda: None)

    def clear(self) -> None:
        self._local.clear()
        self._ask(super().clear, lambda: None)
