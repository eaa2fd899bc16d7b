"""A Redis cache that the shop survives losing."""

from django.core.cache.backends.redis import RedisCache


class DegradingRedisCache(RedisCache):
    """First version: see the issue; becomes fail-soft with an atomic ``incr``."""
