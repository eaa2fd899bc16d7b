"""The shop's own metrics. Names and labels follow OpenTelemetry's HTTP conventions; labels are bounded.

With several processes each writes files in ``PROMETHEUS_MULTIPROC_DIR``, which ``ops.exposition`` sums up. What must
be asked at the moment of a scrape (a queue's depth) is a collector given to `register_collector`.
"""

from prometheus_client import Counter, Histogram
from prometheus_client.registry import Collector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "_OTHER"  # OpenTelemetry's word for a method that is none of the known
UNMATCHED_ROUTE = "unmatched"
DURATION_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

http_request_duration = Histogram(
    "http_server_request_duration_seconds",
    "Duration of HTTP requests; its _count is their number",
    ["method", "route", "status_class"],
    buckets=DURATION_BUCKETS_SECONDS,
)
task_duration = Histogram(
    "celery_task_duration_seconds",
    "Duration of Celery tasks; its _count is their number",
    ["task", "state"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0),
)
cache_failures = Counter("cache_failures_total", "Cache operations answered without Redis", ["reason"])

collectors: list[Collector] = []


def register_collector(collector: Collector) -> None:
    """Have ``collector.collect()`` asked at each scrape of worker and beat (the roles whose parent has Django loaded).

    Both answer with the same value: a rule takes the ``max``. One that raises is left out of that scrape and logged.
    """
    collectors.append(collector)


def observe_request(*, method: str | None, route: str | None, status: int, seconds: float) -> None:
    """Count one answered request."""
    http_request_duration.labels(
        method if method in METHODS else OTHER_METHOD, route or UNMATCHED_ROUTE, f"{status // 100}xx"
    ).observe(seconds)
